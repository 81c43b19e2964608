"""The pages about payments, as somebody at the desk uses them."""

import uuid
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from invoices.models import Invoice, Payment, Refund
from shopdisputes.actors import Role
from tests.estimates import stages
from tests.estimates.staff import browser_of, text_of
from tests.factories import (
    CustomerFactory,
    HoldFactory,
    InvoiceFactory,
    PaymentFactory,
    RepairOrderFactory,
)
from tests.invoices.money import balance_of, euros, parts_of, pay

pytestmark = pytest.mark.django_db


@pytest.fixture
def invoice() -> Invoice:
    return InvoiceFactory(issued=True)


@pytest.fixture
def browser(invoice: Invoice) -> Client:
    return browser_of(invoice.shop)


def typed(amount: str, **other: str) -> dict[str, str]:
    return {
        "key": str(uuid.uuid4()),
        "amount": amount,
        "method": "cash",
        "received_on": "2026-03-16",
        "way": "oldest",
        "by_email": "on",
    } | other


def new_page(**query: Any) -> str:
    return (
        reverse("payment-new") + "?" + "&".join(f"{name}={value}" for name, value in query.items())
    )


def page(payment: Payment, verb: str = "") -> str:
    return reverse(f"payment-{verb}" if verb else "payment", args=[payment.number])


# --- Recording ------------------------------------------------------------------------------


def test_the_oldest_due_is_paid_first_and_what_is_contested_is_left_out(
    invoice: Invoice, browser: Client
) -> None:
    HoldFactory(invoice=invoice, kind="dispute", amount=euros("50.00"))
    late = InvoiceFactory(issued=True, customer=invoice.customer, due_on=date(2026, 3, 1))

    answer = browser.post(new_page(customer=invoice.customer_id), typed("200,00"))

    payment = Payment.objects.get()
    assert answer.status_code == 303
    assert answer["Location"] == page(payment)
    assert (balance_of(late), balance_of(invoice)) == (0, euros("50.00"))
    assert parts_of(payment) == (euros("10.00"), euros("190.00"), 0)


def test_the_invoice_one_comes_from_is_paid_first(invoice: Invoice, browser: Client) -> None:
    late = InvoiceFactory(issued=True, customer=invoice.customer, due_on=date(2026, 3, 1))
    url = new_page(invoice=invoice.number)

    assert 'value="120.00"' in browser.get(url).content.decode()
    browser.post(url, typed("130.00"))

    assert (balance_of(invoice), balance_of(late)) == (0, euros("110.00"))


def test_it_is_divided_as_it_is_written_or_left_on_account(
    invoice: Invoice, browser: Client
) -> None:
    url = new_page(customer=invoice.customer_id)

    browser.post(url, typed("100.00", way="chosen") | {str(invoice.pk): "30.00"})
    browser.post(url, typed("100.00", way="account") | {str(invoice.pk): "30.00"})

    assert balance_of(invoice) == euros("90.00")
    assert [each.unallocated for each in Payment.objects.order_by("number")] == [
        euros("70.00"),
        euros("100.00"),
    ]


def test_without_a_script_the_division_is_shown_before_it_is_made(
    invoice: Invoice, browser: Client
) -> None:
    answer = browser.post(new_page(customer=invoice.customer_id), typed("150.00", do="divide"))

    assert (answer.status_code, Payment.objects.count()) == (200, 0)
    assert answer.context["form"][str(invoice.pk)].value() == "120.00"


def test_a_double_click_is_one_payment(invoice: Invoice, browser: Client) -> None:
    sent = typed("120.00")
    first = browser.post(new_page(customer=invoice.customer_id), sent)
    second = browser.post(new_page(customer=invoice.customer_id), sent)

    assert first["Location"] == second["Location"]
    assert Payment.objects.count() == 1


def test_what_is_refused_stands_at_its_invoice_and_nothing_is_lost(
    invoice: Invoice, browser: Client
) -> None:
    sent = typed("500.00", way="chosen", reference="Slip 7") | {str(invoice.pk): "120.01"}

    answer = browser.post(new_page(customer=invoice.customer_id), sent)

    assert answer.status_code == 422
    assert answer.context["form"].errors[str(invoice.pk)] == [
        "This is more than is still owed. Leave the rest on account."
    ]
    assert 'value="Slip 7"' in answer.content.decode()
    assert Payment.objects.count() == 0


def test_a_deposit_is_what_the_estimate_asked_for(browser: Client, invoice: Invoice) -> None:
    order = RepairOrderFactory(shop=invoice.shop)
    stages.sent(order=order, deposit_amount=Decimal("100.00"))
    url = new_page(repair_order=order.number)

    assert browser.get(url).context["form"].initial["amount"] == euros("100.00")
    browser.post(url, typed("60.00"))

    deposit = Payment.objects.get()
    assert (deposit.purpose, deposit.repair_order, deposit.unallocated) == (
        "deposit",
        order,
        euros("60.00"),
    )
    assert browser.get(url).context["form"].initial["amount"] == euros("40.00")


def test_whose_money_it_is_is_found_first(invoice: Invoice, browser: Client) -> None:
    CustomerFactory(name=invoice.customer.name)
    url = new_page(q=invoice.customer.name)

    found = browser.get(url).context["found"]

    assert list(found) == [invoice.customer]
    assert browser.post(reverse("payment-new"), typed("9.00")).status_code == 200
    assert Payment.objects.count() == 0


# --- The list -------------------------------------------------------------------------------


def test_the_list_says_where_the_money_is(invoice: Invoice, browser: Client) -> None:
    on_it = pay(invoice.customer, "120.00", (invoice, "100.00"), reference="=SUM(A1)")
    other = PaymentFactory(shop=invoice.shop, amount="5.00")
    PaymentFactory()

    shown = browser.get(reverse("payment-list"))

    assert {row.payment for row in shown.context["rows"]} == {on_it, other}
    assert (shown.context["sums"].received, shown.context["sums"].unallocated) == (
        euros("125.00"),
        euros("25.00"),
    )
    assert invoice.number in text_of(shown)
    found = browser.get(reverse("payment-list"), {"q": "sum(a1)", "show": "unallocated"})
    assert [row.payment for row in found.context["rows"]] == [on_it]
    csv = b"".join(browser.get(reverse("payment-export")).streaming_content).decode()
    assert "'=SUM(A1)" in csv
    xlsx = browser.get(reverse("payment-export-xlsx"))
    assert b"".join(xlsx.streaming_content)[:2] == b"PK"


def test_the_list_takes_as_many_queries_for_forty_as_for_one(
    invoice: Invoice, browser: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    pay(invoice.customer, "1.00", (invoice, "1.00"))
    url = reverse("payment-list")
    with django_assert_num_queries(_LIST_QUERIES):
        browser.get(url)
    for _each in range(5):
        pay(invoice.customer, "1.00", (invoice, "1.00"))
    with django_assert_num_queries(_LIST_QUERIES):
        browser.get(url)


#: Session, user, memberships; the page, its invoices, the sums.
_LIST_QUERIES = 6


# --- One payment ----------------------------------------------------------------------------


def test_its_page_tells_where_it_is_and_what_happened(invoice: Invoice, browser: Client) -> None:
    payment = pay(invoice.customer, "150.00", (invoice, "100.00"))

    words = text_of(browser.get(page(payment)))

    assert "€50.00 is on no invoice." in words
    assert f"Put on {invoice.number}" in words
    assert "Payment PAY-2026-0001 received" in words


def test_money_on_account_is_put_on_invoices(invoice: Invoice, browser: Client) -> None:
    payment = pay(invoice.customer, "150.00")
    url = page(payment, "allocate")

    answer = browser.post(url, {"seen": "150.00", "way": "oldest"})
    again = browser.post(url, {"seen": "150.00", "way": "chosen", str(invoice.pk): "1.00"})
    nothing = browser.post(url, {"seen": "30.00", "way": "chosen"})

    assert (answer.status_code, balance_of(invoice)) == (303, 0)
    # The form was sent twice: the first one did it.
    assert again.status_code in (303, 422)
    assert nothing.status_code == 422
    assert parts_of(payment) == (euros("30.00"), euros("120.00"), 0)


def test_it_is_taken_off_with_a_reason(invoice: Invoice, browser: Client) -> None:
    payment = pay(invoice.customer, "100.00", (invoice, "100.00"))
    url = f"{page(payment, 'unallocate')}?invoice={invoice.number}"

    assert browser.get(url).context["form"].initial["amount"] == euros("100.00")
    without = browser.post(url, {"seen": "0.00", "amount": "40.00", "reason": " "})
    answer = browser.post(url, {"seen": "0.00", "amount": "40.00", "reason": "Too much."})
    again = browser.post(url, {"seen": "0.00", "amount": "40.00", "reason": "Too much."})

    assert (without.status_code, answer.status_code, again.status_code) == (422, 303, 303)
    assert balance_of(invoice) == euros("60.00")


def test_it_is_given_back_once_however_often_the_form_is_sent(
    invoice: Invoice, browser: Client
) -> None:
    payment = pay(invoice.customer, "100.00")
    url = page(payment, "refund")
    sent = {"seen": "100.00", "amount": "40.00", "method": "cash", "refunded_on": "2026-03-16"}

    too_much = browser.post(url, sent | {"amount": "100.01", "reason": "No."})
    answer = browser.post(url, sent | {"reason": "Paid twice."})
    again = browser.post(url, sent | {"reason": "Paid twice."})

    assert (too_much.status_code, answer.status_code, again.status_code) == (422, 303, 303)
    assert "amount" in too_much.context["form"].errors
    assert [refund.amount for refund in Refund.objects.all()] == [euros("40.00")]
    assert "Paid twice." in text_of(browser.get(page(payment)))


def test_only_the_management_annuls(invoice: Invoice, browser: Client) -> None:
    payment = pay(invoice.customer, "100.00", (invoice, "100.00"))
    url = page(payment, "annul")

    assert browser.post(url, {"reason": "It bounced."}).status_code == 403
    answer = browser_of(invoice.shop, Role.OWNER).post(url, {"reason": "It bounced."})

    assert answer.status_code == 303
    assert balance_of(invoice) == euros("120.00")
    assert "“It bounced.”" in text_of(browser.get(page(payment)))


def test_the_receipt_is_mailed_again(invoice: Invoice, browser: Client) -> None:
    payment = pay(invoice.customer, "100.00", by_email=False)

    assert browser.post(page(payment, "receipt")).status_code == 303
    payment.refresh_from_db()
    assert payment.receipt_sent_to == invoice.customer.email
