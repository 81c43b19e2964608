"""Offers in disputes over the API."""

from typing import Any

import pytest

from disputes.models import DisputeCase, Offer
from invoices.models import Invoice
from shopdisputes.shops.models import Shop
from tests.api.conftest import Program
from tests.disputes.cases import CUSTOMER, brakes, contest, link_to
from tests.disputes.settling import balance, offer

pytestmark = pytest.mark.django_db

CREDIT = {
    "kind": "credit",
    "amount": "30.00",
    "expires_on": "2026-03-20",
    "text": "The pads were too dear.",
}


@pytest.fixture
def invoice(shop: Shop) -> Invoice:
    return brakes(shop)


@pytest.fixture
def case(invoice: Invoice) -> DisputeCase:
    return contest(invoice, line=invoice.lines.in_order()[1])


def test_makes_an_offer_and_notes_that_it_is_accepted(
    api: Program, case: DisputeCase, invoice: Invoice
) -> None:
    path = f"disputes/{case.pk}/offers/"
    made = api.post(path, CREDIT)
    assert made.status_code == 201
    assert (made.json()["position"], made.json()["side"], made.json()["status"]) == (
        1,
        "shop",
        "sent",
    )
    assert api.post(path, CREDIT).json() == made.json()
    another = api.post(path, CREDIT | {"text": "A little more."})
    assert (another.status_code, another.json()["code"]) == (409, "offer-stands")
    unsaid = api.post(f"{path}1/accept/", {})
    assert (unsaid.status_code, list(unsaid.json()["fields"])) == (422, ["how"])

    done = api.post(f"{path}1/accept/", {"how": "By phone, Monday."})

    assert (done.status_code, done.json()["status"]) == (200, "executed")
    assert len(done.json()["credit_notes"]) == 1
    assert balance(invoice) == invoice.total - 30
    told = api.get(f"disputes/{case.pk}/").json()
    assert (told["status"], told["closing_code"]) == ("resolved", "shared")
    assert [each["status"] for each in told["offers"]] == ["executed"]
    assert api.get(path).json() == told["offers"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": "69.49"}, "amount"),
        ({"amount": None}, "amount"),
        ({"kind": "refund"}, "amount"),
        ({"expires_on": "2026-03-15"}, "expires_on"),
        ({"kind": "keep_as_billed", "text": ""}, "text"),
        ({"kind": "plan", "terms": [{"due_on": "2026-03-20", "amount": "1.00"}]}, "terms"),
    ],
)
def test_refuses_an_offer_at_its_field(
    api: Program, case: DisputeCase, changes: dict[str, Any], field: str
) -> None:
    refused = api.post(f"disputes/{case.pk}/offers/", CREDIT | changes)

    assert (refused.status_code, refused.json()["code"]) == (422, "offer-refused")
    assert field in refused.json()["fields"]
    assert not Offer.objects.exists()


def test_offers_a_plan(api: Program, case: DisputeCase) -> None:
    parts = [
        {"due_on": "2026-03-20", "amount": "100.00"},
        {"due_on": "2026-04-20", "amount": "142.28"},
    ]

    made = api.post(f"disputes/{case.pk}/offers/", CREDIT | {"kind": "plan", "terms": parts})

    assert (made.status_code, made.json()["terms"], made.json()["amount"]) == (201, parts, None)


def test_accepts_refuses_and_answers_what_the_customer_offers(
    api: Program, case: DisputeCase, invoice: Invoice
) -> None:
    path = f"disputes/{case.pk}/offers/"
    offer(case, by=CUSTOMER, link=link_to(case))
    refused = api.post(f"{path}1/refuse/", {"answer": "The price is right."})
    assert (refused.json()["status"], refused.json()["answer"]) == (
        "refused",
        "The price is right.",
    )
    offer(case, "60.00", by=CUSTOMER, link=link_to(case))
    assert api.post(path, CREDIT).json()["position"] == 3
    assert api.post(f"{path}3/take-back/", {}).json()["status"] == "withdrawn"
    offer(case, "40.00", by=CUSTOMER, link=link_to(case))

    assert api.post(f"{path}4/accept/", {}).json()["status"] == "executed"

    assert balance(invoice) == invoice.total - 40
    assert [each["status"] for each in api.get(path).json()] == [
        "refused",
        "countered",
        "withdrawn",
        "executed",
    ]
