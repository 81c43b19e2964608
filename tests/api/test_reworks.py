"""Work done again, over the API."""

from typing import Any

import pytest

from disputes.models import ReworkRequest
from disputes.states import ReworkStatus
from invoices.models import Invoice
from shopdisputes.shops.models import Shop
from tests.api.conftest import Program
from tests.disputes.cases import euros, figures
from tests.disputes.reworks import bill
from tests.factories import DisputeReasonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def invoice(shop: Shop) -> Invoice:
    DisputeReasonFactory(shop=shop, code="badly_done")
    return bill(shop=shop)


def body(invoice: Invoice, /, **changes: Any) -> dict[str, Any]:
    pads = invoice.lines.in_order()[0]
    return {
        "invoice": str(invoice.pk),
        "lines": [str(pads.pk)],
        "description": "They squeal again.",
    } | changes


def asked(api: Program, invoice: Invoice) -> str:
    return f"rework-requests/{api.post('rework-requests/', body(invoice)).json()['id']}/"


def test_asks_and_the_lines_are_held(api: Program, invoice: Invoice) -> None:
    made = api.post("rework-requests/", body(invoice))

    assert made.status_code == 201
    rework = made.json()
    assert (rework["number"], rework["status"], rework["amount"]) == (
        "RW-2026-0001",
        "requested",
        "120.00",
    )
    assert rework["answer_by"] == "2026-03-18T10:30:00+01:00"
    assert figures(invoice) == euros("120.00", "84.00")
    (found,) = api.get(f"rework-requests/?invoice={invoice.pk}&running=true").json()["results"]
    assert found == api.get(f"rework-requests/{rework['id']}/").json() == rework


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"lines": []}, "lines"), ({"description": " "}, "description"), ({"invoice": 1}, "invoice")],
)
def test_refuses_what_is_incomplete(
    api: Program, invoice: Invoice, changes: dict[str, Any], field: str
) -> None:
    refused = api.post("rework-requests/", body(invoice, **changes))

    assert refused.status_code in {400, 422}
    assert field in refused.json()["fields"]
    assert not ReworkRequest.objects.exists()


def test_is_refused_and_becomes_a_dispute(api: Program, invoice: Invoice) -> None:
    path = asked(api, invoice)

    wrong = api.post(f"{path}refuse/", {"reason": "too_dear", "explanation": "No."})
    assert (wrong.status_code, set(wrong.json()["fields"])) == (422, {"reason"})
    refused = api.post(f"{path}refuse/", {"reason": "new_fault", "explanation": "The axle."}).json()
    assert (refused["status"], refused["customer_until"]) == ("refused", "2026-03-23")
    late = api.post(f"{path}refuse/", {"reason": "misuse", "explanation": "No."})
    assert (late.status_code, late.json()["code"]) == (409, "not-allowed-in-this-state")
    disputed = api.post(f"{path}dispute/", {"text": "It is not."}).json()

    assert disputed["status"] == "disputed"
    case = api.get(f"disputes/{disputed['dispute']}/").json()
    assert (case["opening"], case["reason"], case["disputed_total"]) == (
        "rework",
        "badly_done",
        "120.00",
    )
    assert figures(invoice) == euros("120.00", "84.00")


def test_is_done_again_and_confirmed(api: Program, invoice: Invoice) -> None:
    path = asked(api, invoice)

    accepted = api.post(f"{path}accept/", {"appointment_on": "2026-03-19"}).json()
    assert (accepted["status"], accepted["appointment_on"]) == ("accepted", "2026-03-19")
    visit = api.get(f"repair-orders/{accepted['repair_order']}/").json()
    assert visit["status"] == "open"
    moved = api.post(f"{path}appointment/", {"appointment_on": "2026-03-20"}).json()
    assert moved["appointment_on"] == "2026-03-20"
    assert api.post(f"{path}supplement/", {}).json()["supplement"]
    assert api.post(f"{path}begin/", {}).json()["tries"] == 1
    done = api.post(f"{path}deliver/", {"note": "New pads."}).json()
    assert (done["status"], done["check_until"]) == ("delivered", "2026-03-23")
    still = api.post(f"{path}complain/", {"text": "Still."}).json()
    assert (still["status"], still["complaint"]) == ("not_fixed", "Still.")
    api.post(f"{path}begin/", {})
    api.post(f"{path}deliver/", {"note": "Other pads."})
    assert api.post(f"{path}confirm/", {}).json()["status"] == ReworkStatus.CONFIRMED
    assert figures(invoice) == euros("0.00", "204.00")


def test_is_called_off_or_left_as_it_is(api: Program, invoice: Invoice) -> None:
    first = asked(api, invoice)
    assert api.post(f"{first}call-off/", {"note": "Gone."}).json()["status"] == "cancelled"
    second = asked(api, invoice)
    api.post(f"{second}refuse/", {"reason": "vague", "explanation": "What squeals?"})
    assert api.post(f"{second}close/", {"note": "He rang."}).json()["status"] == "closed_as_is"
