"""Promises and payment plans over the API."""

import pytest

from invoices.models import Invoice, PaymentPlan, Promise
from invoices.states import PlanStatus, PromiseStatus
from shopdisputes.shops.models import Shop
from tests.api.conftest import Program
from tests.invoices.customers import issued

pytestmark = pytest.mark.django_db

PARTS = [{"due_on": "2026-03-23", "amount": "20.00"}, {"due_on": "2026-04-23", "amount": "100.00"}]


@pytest.fixture
def invoice(shop: Shop) -> Invoice:
    return issued(shop=shop)


def test_promises_and_reads_it_back(api: Program, invoice: Invoice) -> None:
    body = {"invoice": str(invoice.pk), "amount": "50.00", "promised_on": "2026-03-20"}
    made = api.post("promises/", body)

    assert made.status_code == 201
    assert (made.json()["amount"], made.json()["grace_until"]) == ("50.00", "2026-03-23")
    listed = api.get(f"promises/?invoice={invoice.pk}").json()["results"]
    assert [each["id"] for each in listed] == [made.json()["id"]]
    again = api.post("promises/", body)
    assert (again.status_code, again.json()["code"]) == (409, "already-promised")
    back = api.post(f"promises/{made.json()['id']}/withdraw/", {"reason": "Wrong."})
    assert back.json()["status"] == PromiseStatus.WITHDRAWN


def test_refuses_more_than_can_be_asked_for(api: Program, invoice: Invoice) -> None:
    body = {"invoice": str(invoice.pk), "amount": "120.01", "promised_on": "2026-03-20"}
    refused = api.post("promises/", body)

    assert (refused.status_code, refused.json()["code"]) == (422, "more-than-collectible")
    assert not Promise.objects.exists()


def test_offers_a_plan_and_notes_the_agreement(api: Program, invoice: Invoice) -> None:
    body = {"invoice": str(invoice.pk), "instalments": PARTS}
    made = api.post("payment-plans/", body)

    assert made.status_code == 201
    assert (made.json()["total"], len(made.json()["instalments"])) == ("120.00", 2)
    path = f"payment-plans/{made.json()['id']}/"
    agreed = api.post(f"{path}agree/", {"how": "By phone."})
    assert agreed.json()["status"] == PlanStatus.ACTIVE
    assert api.get(path).json()["agreed_how"] == "By phone."
    ended = api.post(f"{path}end/", {"reason": "Missed."})
    assert ended.json()["status"] == PlanStatus.ENDED


def test_refuses_parts_that_do_not_sum(api: Program, invoice: Invoice) -> None:
    body = {"invoice": str(invoice.pk), "instalments": PARTS[:1]}
    refused = api.post("payment-plans/", body)

    assert (refused.status_code, refused.json()["code"]) == (422, "plan-sum-wrong")
    assert not PaymentPlan.objects.exists()


def test_sees_nothing_of_another_shop(api: Program, invoice: Invoice) -> None:
    body = {"invoice": str(issued().pk), "amount": "50.00", "promised_on": "2026-03-20"}

    assert api.post("promises/", body).status_code in (404, 422)
    assert not Promise.objects.exists()
