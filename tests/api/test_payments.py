"""Money over the API: payments, refunds, the statement of open items."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from invoices.models import Invoice, Payment
from shopdisputes.actors import Role
from shopdisputes.shops.models import Shop
from tests.api.conftest import Program
from tests.factories import (
    CustomerFactory,
    DocumentFactory,
    HoldFactory,
    InvoiceFactory,
    PaymentFactory,
    RepairOrderFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def invoice(shop: Shop) -> Invoice:
    return InvoiceFactory(shop=shop, issued=True)


def body(invoice: Invoice, amount: str, *on: tuple[Invoice, str], **other: Any) -> dict[str, Any]:
    return {
        "customer": str(invoice.customer_id),
        "amount": amount,
        "method": "bank_transfer",
        "received_on": "2026-03-16",
        "reference": "RF18INV20260001",
        "allocations": [{"invoice": str(each.pk), "amount": part} for each, part in on],
    } | other


def test_money_is_recorded_and_put_on_an_invoice(api: Program, invoice: Invoice) -> None:
    answer = api.post("payments/", body(invoice, "150.00", (invoice, "120.00")))

    assert answer.status_code == 201
    said = answer.json()
    assert said["number"] == "PAY-2026-0001"
    assert (said["amount"], said["allocated"], said["unallocated"], said["refunded"]) == (
        "150.00",
        "120.00",
        "30.00",
        "0.00",
    )
    assert said["allocations"] == [
        {"invoice": str(invoice.pk), "number": invoice.number, "amount": "120.00"}
    ]
    assert api.get(f"payments/{said['id']}/").json() == said


def test_the_same_key_takes_the_money_once(api: Program, invoice: Invoice) -> None:
    sent = body(invoice, "20.00", (invoice, "20.00"))
    first = api.post("payments/", sent, Idempotency_Key="k")
    second = api.post("payments/", sent, Idempotency_Key="k")
    other = api.post("payments/", sent | {"amount": "21.00"}, Idempotency_Key="k")

    assert first.json() == second.json()
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    assert Payment.objects.count() == 1


def test_a_refused_allocation_is_told_at_its_place(api: Program, invoice: Invoice) -> None:
    other = InvoiceFactory(issued=True, customer=invoice.customer)

    answer = api.post("payments/", body(invoice, "500.00", (other, "1.00"), (invoice, "120.01")))

    assert (answer.status_code, answer.json()["code"]) == (422, "overpayment")
    assert list(answer.json()["fields"]) == ["allocations.1.amount"]
    assert Payment.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "status", "code", "field"),
    [
        ({"amount": "0.00"}, 422, "wrong-amount", "amount"),
        ({"received_on": "2026-03-17"}, 422, "in-the-future", "received_on"),
        ({"method": "barter"}, 422, "invalid", "method"),
        ({"amount": ["1.00"]}, 400, "malformed", "amount"),
        ({"amount": "1.005"}, 422, "invalid", "amount"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(
    api: Program, invoice: Invoice, change: dict[str, Any], status: int, code: str, field: str
) -> None:
    answer = api.post("payments/", body(invoice, "20.00") | change)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert list(answer.json()["fields"]) == [field]
    assert Payment.objects.count() == 0


def test_another_shops_invoice_is_nobodys(api: Program, invoice: Invoice) -> None:
    answer = api.post("payments/", body(invoice, "20.00", (InvoiceFactory(issued=True), "20.00")))

    assert answer.status_code == 422
    assert list(answer.json()["fields"]) == ["allocations.0.invoice"]


def test_a_deposit_names_its_visit(api: Program, shop: Shop) -> None:
    order = RepairOrderFactory(shop=shop)
    sent = {"customer": str(order.customer_id), "repair_order": str(order.pk)}
    sent |= {"amount": "100.00", "method": "card", "received_on": "2026-03-15"}

    said = api.post("payments/", sent).json()

    assert (said["purpose"], said["repair_order"]) == ("deposit", str(order.pk))


def test_money_on_account_is_moved_and_given_back(api: Program, invoice: Invoice) -> None:
    payment = PaymentFactory(customer=invoice.customer)
    path = f"payments/{payment.pk}/"
    part = {"invoice": str(invoice.pk), "amount": "70.00"}

    put_on = api.post(f"{path}allocations/", {"allocations": [part]})
    taken_off = api.post(f"{path}take-off/", part | {"amount": "50.00", "reason": "Too much."})
    too_much = api.post(f"{path}refunds/", {"amount": "80.01", "reason": "Asked for it."})
    refund = api.post(f"{path}refunds/", {"amount": "80.00", "reason": "Asked for it."})

    assert put_on.json()["unallocated"] == "30.00"
    assert taken_off.json()["allocations"][0]["amount"] == "20.00"
    assert (too_much.status_code, too_much.json()["code"]) == (422, "refund-more-than-unallocated")
    assert too_much.json()["details"] == {"unallocated": "80.00"}
    assert (refund.status_code, refund.json()["number"]) == (201, "REF-2026-0001")
    assert refund.json()["method"] == "cash"
    assert api.get(path).json()["refunds"] == [refund.json()]


def test_annulling_is_for_the_management(program: Callable[..., Program], invoice: Invoice) -> None:
    payment = PaymentFactory(customer=invoice.customer)
    path = f"payments/{payment.pk}/annul/"

    assert program(Role.ADVISOR).post(path, {"reason": "It bounced."}).status_code == 403
    said = program(Role.MANAGER).post(path, {"reason": "It bounced."}).json()
    assert said["annulled_at"] is not None
    again = program(Role.MANAGER).post(path, {"reason": "It bounced."})
    assert (again.status_code, again.json()["code"]) == (409, "payment-annulled")


def test_payments_are_listed_and_found(api: Program, invoice: Invoice) -> None:
    old = PaymentFactory(customer=invoice.customer, on=invoice, received_on=date(2026, 3, 1))
    new = PaymentFactory(customer=invoice.customer)
    PaymentFactory()

    def numbers(query: str) -> list[str]:
        return [row["number"] for row in api.get(f"payments/{query}").json()["results"]]

    assert numbers("") == [new.number, old.number]
    assert numbers("?unallocated=true") == [new.number]
    assert numbers("?received_until=2026-03-02") == [old.number]
    assert numbers(f"?customer={CustomerFactory(shop=invoice.shop).pk}") == []


def test_the_receipt_is_handed_out_when_it_is_typeset(api: Program, invoice: Invoice) -> None:
    bare = PaymentFactory(customer=invoice.customer)
    paper = DocumentFactory(shop=invoice.shop, ready=True)
    printed = PaymentFactory(customer=invoice.customer, receipt=paper)

    assert api.get(f"payments/{bare.pk}/pdf/").status_code == 404
    assert api.get(f"payments/{printed.pk}/pdf/")["Content-Type"] == "application/pdf"


def test_the_statement_says_what_is_owed_and_what_waits(api: Program, invoice: Invoice) -> None:
    HoldFactory(invoice=invoice, kind="dispute", amount=Decimal("50.00"))
    late = InvoiceFactory(issued=True, customer=invoice.customer, due_on=date(2026, 2, 10))
    InvoiceFactory(customer=invoice.customer)
    PaymentFactory(customer=invoice.customer, amount="30.00")

    said = api.get(f"customers/{invoice.customer_id}/statement/").json()

    first, second = said["open_items"]
    assert (first["number"], first["age"], first["days_late"]) == (late.number, "up_to_60", 34)
    assert {name: second[name] for name in ("invoice", "number", "kind", "due_on", "status")} == {
        "invoice": str(invoice.pk),
        "number": invoice.number,
        "kind": "full",
        "due_on": "2026-03-30",
        "status": "issued",
    }
    assert (second["total"], second["balance"], second["disputed"], second["collectible"]) == (
        "120.00",
        "120.00",
        "50.00",
        "70.00",
    )
    assert (said["balance"], said["disputed"], said["collectible"], said["overdue"]) == (
        "240.00",
        "50.00",
        "190.00",
        "120.00",
    )
    assert (said["unallocated"], said["payments"][0]["unallocated"]) == ("30.00", "30.00")
    assert said["ageing"][0] == {"age": "not_due", "balance": "120.00"}


def test_a_statement_is_of_a_customer_of_the_shop(api: Program) -> None:
    assert api.get(f"customers/{CustomerFactory().pk}/statement/").status_code == 404
