"""The statement of open items: what it says, its page, its papers."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from invoices import ageing, statements
from invoices.ageing import Bucket
from invoices.models import Invoice
from invoices.services import stating
from invoices.services.issuing import NoAddress
from shopdisputes.audit.models import AuditEvent
from shopdisputes.documents.models import Document, DocumentKind
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.transitions import NotYourTransition
from tests.estimates.staff import browser_of, text_of
from tests.factories import (
    NOW,
    CustomerFactory,
    HoldFactory,
    InvoiceFactory,
    PaymentFactory,
    PaymentPlanFactory,
)
from tests.invoices.money import DESK, TECHNICIAN, TODAY, euros, everything, pay

pytestmark = pytest.mark.django_db


@pytest.fixture
def invoice() -> Invoice:
    return InvoiceFactory(issued=True)


def owed(invoice: Invoice, due_on: date) -> Invoice:
    return InvoiceFactory(issued=True, customer=invoice.customer, due_on=due_on)


@pytest.mark.parametrize(
    ("days", "bucket"),
    [
        (-5, Bucket.NOT_DUE),
        (0, Bucket.NOT_DUE),
        (1, Bucket.UP_TO_30),
        (30, Bucket.UP_TO_30),
        (31, Bucket.UP_TO_60),
        (60, Bucket.UP_TO_60),
        (61, Bucket.UP_TO_90),
        (90, Bucket.UP_TO_90),
        (91, Bucket.OVER_90),
    ],
)
def test_a_debt_is_as_old_as_the_days_since_it_was_due(days: int, bucket: Bucket) -> None:
    assert ageing.bucket_of(TODAY - timedelta(days=days), today=TODAY) == bucket


def test_it_names_what_is_owed_with_the_oldest_due_first(invoice: Invoice) -> None:
    HoldFactory(invoice=invoice, kind="dispute", amount=euros("50.00"))
    HoldFactory(invoice=invoice, kind="promise", amount=euros("30.00"))
    late = owed(invoice, date(2026, 2, 1))
    pay(invoice.customer, "100.00", (late, "20.00"))
    InvoiceFactory(customer=invoice.customer)
    InvoiceFactory(issued=True, shop=invoice.shop)

    found = statements.of(invoice.customer, at=NOW)

    assert [item.invoice for item in found.items] == [late, invoice]
    assert (found.balance, found.disputed, found.kept_back, found.collectible) == (
        euros("220.00"),
        euros("50.00"),
        euros("30.00"),
        euros("140.00"),
    )
    assert (found.overdue, found.unallocated) == (euros("100.00"), euros("80.00"))
    assert found.ageing[Bucket.UP_TO_60] == euros("100.00")
    assert found.ageing[Bucket.NOT_DUE] == euros("120.00")


def test_who_owes_nothing_has_an_empty_one() -> None:
    found = statements.of(CustomerFactory(), at=NOW)

    assert (found.items, found.payments, found.balance, found.unallocated) == ((), (), 0, 0)


def test_it_takes_as_many_queries_for_many_as_for_one(
    invoice: Invoice, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    PaymentPlanFactory(invoice=invoice, active=True)
    customer = invoice.customer
    with django_assert_num_queries(5):
        statements.of(customer, at=NOW)
    for days in range(3):
        HoldFactory(invoice=owed(invoice, TODAY - timedelta(days=days)))
        PaymentFactory(customer=customer)
    with django_assert_num_queries(5):
        assert len(statements.of(customer, at=NOW).items) == 4


def test_its_page_ticks_invoices_to_be_paid(invoice: Invoice) -> None:
    late = owed(invoice, date(2026, 2, 1))
    browser: Client = browser_of(invoice.shop)

    page = browser.get(reverse("customer-statement", args=[invoice.customer_id]))
    new = browser.get(
        reverse("payment-new"),
        {"customer": invoice.customer_id, "invoice": [invoice.number, late.number]},
    )

    assert "43 days late" in text_of(page)
    assert page.content.decode().count('name="invoice"') == 2
    assert new.context["form"].initial["amount"] == euros("240.00")


def test_its_page_shows_the_oldest_of_very_many_and_the_sums_of_all(
    invoice: Invoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("invoices.views.statements.SHOWN_AT_ONCE", 1)
    InvoiceFactory(
        issued=True, customer=invoice.customer, due_on=invoice.due_on + timedelta(days=1)
    )
    desk = browser_of(invoice.shop)
    address = f"/customers/{invoice.customer_id}/statement/"
    few = desk.get(address)
    assert [row.invoice for row in few.context["rows"]] == [invoice]
    assert "Show all 2; the sums are of all of them" in text_of(few)
    assert len(desk.get(address, {"all": "1"}).context["rows"]) == 2


def test_its_csv_names_invoices_and_waiting_money(invoice: Invoice) -> None:
    payment = PaymentFactory(customer=invoice.customer)
    url = reverse("customer-statement-export", args=[invoice.customer_id])

    rows = b"".join(browser_of(invoice.shop).get(url).streaming_content).decode().splitlines()

    assert len(rows) == 3
    assert rows[1].startswith(f"{invoice.number},Invoice,")
    assert rows[1].endswith(",120.00,120.00,0.00,0.00,120.00,EUR")
    assert rows[2].startswith(f"{payment.number},Unallocated payment")
    assert "-100.00" in rows[2]


def test_it_is_mailed_with_its_pdf(invoice: Invoice) -> None:
    url = reverse("customer-statement-send", args=[invoice.customer_id])

    assert browser_of(invoice.shop).post(url).status_code == 303

    document = Document.objects.get(kind=DocumentKind.STATEMENT)
    mail = OutgoingEmail.objects.get(kind="statement_sent")
    assert (mail.recipient, list(mail.attachments.all())) == (invoice.customer.email, [document])
    event = AuditEvent.objects.get(action="statement.sent")
    assert event.data == {
        "to": invoice.customer.email,
        "balance": "120.00",
        "collectible": "120.00",
    }


def test_it_is_not_mailed_without_an_address_or_by_a_technician(invoice: Invoice) -> None:
    silent = CustomerFactory(email="")
    before = everything()

    with pytest.raises(NoAddress):
        stating.send(customer=silent, by=DESK, at=NOW)
    with pytest.raises(NotYourTransition):
        stating.send(customer=invoice.customer, by=TECHNICIAN, at=NOW)

    assert everything() == before


def test_its_pdf_is_made_when_somebody_asks(invoice: Invoice) -> None:
    url = reverse("customer-statement-pdf", args=[invoice.customer_id])

    answer = browser_of(invoice.shop).post(url)

    document = Document.objects.get(kind=DocumentKind.STATEMENT)
    assert answer["Location"] == f"/documents/{document.pk}/?inline=1"
