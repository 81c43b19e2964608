"""Disputes over the API."""

from typing import Any

import pytest
import time_machine

from disputes.models import DisputeCase
from disputes.states import CaseStatus
from invoices.models import Invoice
from shopdisputes.customers.models import Customer
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.shops.models import Shop
from tests.api.conftest import Program
from tests.disputes.cases import brakes, contest, euros, figures, fresh, mails
from tests.factories import (
    DisputeReasonFactory,
    FollowUpFactory,
    InvoiceFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def invoice(shop: Shop) -> Invoice:
    DisputeReasonFactory(shop=shop)
    return brakes(shop)


def body(invoice: Invoice, **changes: Any) -> dict[str, Any]:
    pads = invoice.lines.in_order()[1]
    return {
        "customer": str(invoice.customer_id),
        "reason": "price_error",
        "comment": "The pads were to cost 40.00.",
        "items": [{"invoice": str(invoice.pk), "line": str(pads.pk), "amount": "17.90"}],
    } | changes


def test_tells_the_reasons_of_the_shop(api: Program, invoice: Invoice) -> None:
    DisputeReasonFactory()

    (reason,) = api.get("dispute-reasons/").json()["results"]

    assert (reason["code"], reason["name"]) == ("price_error", "The price or the tax is wrong")
    assert (reason["follow_up_days"], reason["resolver_email"]) == (2, "")


def test_opens_a_case_whose_amount_is_held_and_asks_the_resolver(
    api: Program, invoice: Invoice
) -> None:
    sent = body(invoice, resolver_email="theo@garage.example", send_email=True)
    made = api.post("disputes/", sent)

    assert made.status_code == 201
    case = made.json()
    assert (case["number"], case["status"], case["disputed_total"]) == (
        "D-2026-0001",
        "open",
        "17.90",
    )
    assert [item["amount"] for item in case["items"]] == ["17.90"]
    assert case["follow_ups"][0]["due_on"] == "2026-03-18"
    assert figures(invoice) == euros("17.90", "224.38")
    assert mails() == {"dispute_resolver": "theo@garage.example"}
    bill = api.get(f"invoices/{invoice.pk}/").json()
    assert (bill["disputed"], bill["collectible"]) == ("17.90", "224.38")
    found = api.get(f"disputes/?invoice={invoice.pk}&running=true").json()["results"]
    assert [each["id"] for each in found] == [case["id"]]


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"reason": "no_such"}, 422, "reason"),
        ({"items": []}, 422, "items"),
        ({"follow_up_on": "2026-03-16"}, 422, "follow_up_on"),
        ({"send_email": True}, 409, "resolver_email"),
        ({"customer": "nobody"}, 422, "customer"),
        ({"comment": " "}, 422, "comment"),
        ({"resolver_email": "theo"}, 422, "resolver_email"),
    ],
)
def test_refuses_and_opens_nothing(
    api: Program, invoice: Invoice, changes: dict[str, Any], code: int, field: str
) -> None:
    refused = api.post("disputes/", body(invoice, **changes))

    assert refused.status_code == code
    assert list(refused.json()["fields"]) == [field]
    assert not DisputeCase.objects.exists()


def test_tells_the_customer_who_has_an_address(api: Program, invoice: Invoice) -> None:
    customer = invoice.customer
    Customer.objects.update(email="")
    refused = api.post("disputes/", body(invoice, tell_customer=True))
    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["tell_customer"])
    assert not DisputeCase.objects.exists()

    Customer.objects.update(email=customer.email)
    assert api.post("disputes/", body(invoice, tell_customer=True)).status_code == 201
    assert mails() == {"dispute_opened": customer.email}


def test_refuses_a_line_of_another_invoice(api: Program, invoice: Invoice) -> None:
    other = InvoiceFactory(issued=True, customer=invoice.customer)
    items = [{"invoice": str(other.pk), "line": str(invoice.lines.in_order()[0].pk)}]

    refused = api.post("disputes/", body(invoice, items=items))

    assert (refused.status_code, refused.json()["code"]) == (422, "line-elsewhere")
    assert not DisputeCase.objects.exists()


def test_says_at_which_item_something_is_wrong(api: Program, invoice: Invoice) -> None:
    (item,) = body(invoice)["items"]
    draft = {"invoice": str(InvoiceFactory(customer=invoice.customer).pk)}
    refusals = {
        "items.1": [item, item],
        "items.1.invoice": [item, draft],
        "items.0.amount": [item | {"amount": "9999.00"}],
        "items.0.line": [item | {"line": "none"}],
    }

    for field, items in refusals.items():
        refused = api.post("disputes/", body(invoice, items=items))
        assert (refused.status_code // 100, list(refused.json()["fields"])) == (4, [field])
    assert not DisputeCase.objects.exists()
    contest(invoice, "17.90", invoice.lines.in_order()[1])
    refused = api.post("disputes/", body(invoice))
    assert (refused.status_code, list(refused.json()["fields"])) == (409, ["items.0"])


def test_says_at_which_field_an_act_is_refused(api: Program, invoice: Invoice) -> None:
    case = contest(invoice)
    path, item = f"disputes/{case.pk}/", str(case.items.get().pk)
    follow_up = f"{path}follow-ups/{case.follow_ups.get().pk}/"
    ending = {"closing_code": "shared", "note": "x", "resume": "new_due_date"}
    refusals = [
        (f"{path}release-items/", {"items": [item]}, "items"),
        (f"{path}release-items/", {"items": []}, "items"),
        (f"{path}release-items/", {"items": [item], "reason": " "}, "reason"),
        (f"{path}resolve/", {"closing_code": "won", "note": "x"}, "closing_code"),
        (f"{path}resolve/", {"closing_code": "shared", "note": " "}, "note"),
        (f"{path}resolve/", {"closing_code": "shared", "note": "x", "cause": "y"}, "cause"),
        (f"{path}resolve/", ending | {"new_due_on": "2026-03-16"}, "new_due_on"),
        (f"{path}resolve/", ending | {"new_due_on": "2036-03-16"}, "new_due_on"),
        (f"{path}reject/", {"note": ""}, "note"),
        (f"{path}withdraw/", {}, "note"),
        (f"{path}follow-ups/", {"due_on": "2026-03-16"}, "due_on"),
        (f"{follow_up}finish/", {"closing_code": "shared", "note": "x", "resume": "y"}, "resume"),
    ]

    for call, sent, field in refusals:
        refused = api.post(call, sent)
        assert (refused.status_code // 100, list(refused.json()["fields"])) == (4, [field]), call
    assert api.patch(follow_up, {"note": "x" * 501}).json()["fields"].keys() == {"note"}
    assert fresh(case).status == CaseStatus.OPEN


def test_follows_up_on_another_day_and_finishes(api: Program, invoice: Invoice) -> None:
    case = contest(invoice)
    path = f"disputes/{case.pk}/follow-ups/"

    made = api.post(path, {"due_on": "2026-03-20", "note": "Call him."})
    assert (made.status_code, made.json()["note"]) == (201, "Call him.")
    moved = api.patch(f"{path}{made.json()['id']}/", {"due_on": "2026-03-23"})
    assert (moved.json()["due_on"], moved.json()["note"]) == ("2026-03-23", "Call him.")
    done = api.post(f"{path}{made.json()['id']}/finish/", {})
    assert done.json()["status"] == "finished"
    last = api.get(path).json()[0]
    refused = api.post(f"{path}{last['id']}/finish/", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "last-follow-up")
    half = api.post(f"{path}{last['id']}/finish/", {"note": "Half."})
    assert (half.status_code, list(half.json()["fields"])) == (422, ["closing_code"])
    ended = api.post(f"{path}{last['id']}/finish/", {"closing_code": "shared", "note": "Half."})
    assert (ended.status_code, ended.json()["status"]) == (200, "finished")
    closed = api.get(f"disputes/{case.pk}/").json()
    assert (closed["status"], closed["closing_code"]) == (CaseStatus.RESOLVED, "shared")


def test_finds_no_follow_up_of_another_case(api: Program, invoice: Invoice) -> None:
    case, other = contest(invoice, "1.00"), FollowUpFactory(shop=invoice.shop)

    path = f"disputes/{case.pk}/follow-ups/{other.pk}/"
    assert api.patch(path, {"due_on": "2026-03-20"}).status_code == 404


def test_releases_an_item_and_resolves_the_rest(api: Program, invoice: Invoice) -> None:
    lines = [{"invoice": str(invoice.pk), "line": str(line.pk)} for line in invoice.lines.all()]
    case = api.post("disputes/", body(invoice, items=lines)).json()
    path = f"disputes/{case['id']}/"

    left = api.post(f"{path}release-items/", {"items": [case["items"][0]["id"]]})
    assert left.json()["disputed_total"] == case["items"][1]["amount"]
    late = api.post(
        f"{path}resolve/",
        {"closing_code": "shared", "note": "Half.", "resume": "new_due_date"},
    )
    assert (late.status_code, late.json()["code"]) == (422, "new-day-missing")
    ended = api.post(f"{path}resolve/", {"closing_code": "shared", "note": "Half."})

    assert (ended.status_code, ended.json()["status"]) == (200, CaseStatus.RESOLVED)
    assert (ended.json()["disputed_total"], ended.json()["resume"]) == ("0.00", "keep_step")
    assert figures(invoice) == euros("0.00", "242.28")


def test_what_is_said_is_mailed_or_kept_as_its_purpose_says(
    api: Program, invoice: Invoice, clock: time_machine.Traveller
) -> None:
    path = f"disputes/{contest(invoice).pk}/"
    purposes = {"note": "open", "question": "awaiting_customer", "answer": "open"}

    for purpose, status in purposes.items():
        clock.shift(1)
        made = api.post(f"{path}messages/", {"text": f"A {purpose}.", "purpose": purpose})
        assert made.status_code == 201
        assert api.get(path).json()["status"] == status
    clock.shift(1)
    assert api.post(f"{path}messages/", {"text": "Hello."}).status_code == 201

    said = api.get(f"{path}messages/").json()["results"]
    assert [(each["text"], each["side"], each["internal"]) for each in said] == [
        ("A note.", "shop", True),
        ("A question.", "shop", False),
        ("A answer.", "customer", False),
        ("Hello.", "shop", False),
    ]
    assert OutgoingEmail.objects.filter(kind="dispute_message").count() == 2


def test_others_decide_and_the_resolver_is_reminded(api: Program, invoice: Invoice) -> None:
    path = f"disputes/{contest(invoice).pk}/"

    alone = api.post(f"{path}chase/")
    assert (alone.status_code, alone.json()["code"]) == (409, "resolver-missing")
    DisputeCase.objects.update(resolver_email="theo@garage.example", status=CaseStatus.SUBMITTED)
    assert api.post(f"{path}accept/").json()["status"] == "open"
    assert api.post(f"{path}chase/").status_code == 200
    assert api.post(f"{path}escalate/", {"note": "The mediator."}).json()["status"] == "escalated"
    assert api.post(f"{path}accept/").status_code == 409
    assert mails()["dispute_resolver_chased"] == "theo@garage.example"
