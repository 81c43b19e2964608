"""Chargebacks over the API."""

from collections.abc import Callable
from typing import Any

import pytest
import time_machine

from disputes.models import Chargeback
from invoices.models import Payment
from shopdisputes.actors import Role
from shopdisputes.shops.models import Shop
from tests.api.conftest import Program
from tests.disputes.bank import asked, paid
from tests.factories import DisputeReasonFactory, InvoiceFactory
from tests.invoices.money import pay

pytestmark = pytest.mark.django_db


@pytest.fixture
def payment(shop: Shop) -> Payment:
    DisputeReasonFactory(shop=shop)
    invoice = InvoiceFactory(shop=shop, issued=True)
    return pay(invoice.customer, "120.00", (invoice, "120.00"))


def body(payment: Payment, **changes: Any) -> dict[str, Any]:
    return {
        "payment": str(payment.pk),
        "kind": "chargeback",
        "amount": "100.00",
        "network_reason": "13.1",
        "evidence_due_by": "2026-03-30T17:00:00+02:00",
        "reference": "ARN-7",
    } | changes


def test_goes_from_the_bank_s_letter_to_the_money_s_return(
    api: Program, payment: Payment, clock: time_machine.Traveller
) -> None:
    made = api.post("chargebacks/", body(payment))
    assert made.status_code == 201
    one = made.json()
    assert (one["number"], one["status"], one["funds"], one["amount"]) == (
        "CB-2026-0001",
        "needs_response",
        "with_shop",
        "100.00",
    )
    clock.shift(1)
    again = api.post("chargebacks/", body(payment))
    assert (again.status_code, again.json()["id"]) == (200, one["id"])
    path = f"chargebacks/{one['id']}/"

    away = api.post(f"{path}withdraw-funds/").json()
    assert (away["funds"], [part["amount"] for part in away["parts"]]) == ("withdrawn", ["100.00"])
    invoice = api.get(f"invoices/{away['parts'][0]['invoice']}/").json()
    assert (invoice["balance"], invoice["disputed"], invoice["collectible"]) == (
        "100.00",
        "100.00",
        "0.00",
    )
    assert invoice["settlement"] == "part_paid"
    refused = api.post(f"payments/{payment.pk}/refunds/", {"amount": "1.00", "reason": "Asked."})
    assert (refused.status_code, refused.json()["code"]) == (409, "refund-blocked")
    assert api.post(f"{path}submit/", {"note": "Photos."}).json()["status"] == "under_review"
    won = api.post(f"{path}close/", {"outcome": "won"}).json()
    assert (won["status"], won["funds"]) == ("won", "reinstated")
    assert api.get(f"payments/{payment.pk}/").json()["charged_back"] == "0.00"
    assert api.get("chargebacks/?status=won").json()["results"] == [api.get(path).json()]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": "120.01"}, "amount"),
        ({"evidence_due_by": "2026-03-01T17:00:00+01:00"}, "evidence_due_by"),
        ({"evidence_due_by": "2026-03-30T17:00:00"}, "evidence_due_by"),
        ({"reference": " "}, "reference"),
    ],
)
def test_refuses_and_records_nothing(
    api: Program, payment: Payment, changes: dict[str, Any], field: str
) -> None:
    refused = api.post("chargebacks/", body(payment, **changes))

    assert (refused.status_code, set(refused.json()["fields"])) == (422, {field})
    assert not Chargeback.objects.exists()


def test_finds_no_payment_of_another_shop(api: Program, payment: Payment) -> None:
    _invoice, theirs = paid()

    assert api.post("chargebacks/", body(theirs)).status_code in (404, 422)
    made = asked(theirs)
    assert api.post(f"chargebacks/{made.pk}/withdraw-funds/").status_code == 404


def test_moves_on_by_what_the_bank_does(
    program: Callable[..., Program], api: Program, payment: Payment
) -> None:
    made = api.post("chargebacks/", body(payment, kind="inquiry")).json()
    path = f"chargebacks/{made['id']}/"
    invoice = made["parts"][0]["invoice"]

    parts = {"parts": [{"invoice": invoice, "amount": "99.00"}]}
    assert api.post(f"{path}divide/", parts).json()["code"] == "parts-refused"
    assert api.post(f"{path}close/", {"outcome": "lost"}).json()["code"] == "outcome-refused"
    assert api.post(f"{path}withdrawn/", {"on": "2026-03-16"}).json()["status"] == "needs_response"
    assert api.post(f"{path}close/", {"outcome": "closed"}).json()["status"] == "closed"
    again = {"kind": "chargeback", "evidence_due_by": "2026-04-10T12:00:00Z"}
    assert api.post(f"{path}ask-again/", again).json()["kind"] == "chargeback"
    advisor = program(Role.ADVISOR)
    refused = advisor.post(f"{path}close/", {"outcome": "accepted"})
    assert (refused.status_code, refused.json()["code"]) == (403, "not-allowed-for-you")
    assert api.post(f"{path}close/", {"outcome": "accepted"}).json()["funds"] == "withdrawn"
    assert api.post(f"{path}reinstate/").json()["code"] == "not-allowed-in-this-state"
    reason = {"reason": "He owes it all the same."}
    assert advisor.post(f"{path}let-go/", reason).status_code == 403
    assert api.post(f"{path}let-go/", reason).json()["code"] == "case-still-runs"
    case = api.get(path).json()["dispute"]
    ended = {"closing_code": "shop_right", "note": "The work was done."}
    assert api.post(f"disputes/{case}/resolve/", ended).status_code == 200
    assert api.post(f"{path}let-go/", reason).status_code == 200
    assert api.get(f"invoices/{invoice}/").json()["collectible"] == "100.00"
