"""The PDFs about money: worded in the customer's language, complete in themselves."""

import io
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from pypdf import PdfReader

from invoices import documents, statements
from invoices.models import Invoice
from invoices.services import ledger
from shopdisputes.canonical import sha256_hex
from shopdisputes.documents import typesetting
from shopdisputes.documents.models import Document
from tests.factories import (
    ADVISOR,
    NOW,
    AuditEventFactory,
    BillingSettingsFactory,
    CustomerFactory,
    HandOverFactory,
    HoldFactory,
    InvoiceFactory,
    PaymentFactory,
    PaymentPlanFactory,
    RepairOrderFactory,
    ShopFactory,
    SignatureFactory,
    StopWorkFactory,
    StorageNoticeFactory,
    VehicleFactory,
)

pytestmark = pytest.mark.django_db

LANGUAGES = [code for code, _name in settings.LANGUAGES]
BASIS = {
    "authorization": {
        "estimate": "EST-2026-0007",
        "revision": 2,
        "mode": "electronic",
        "at": "2026-03-12T10:00:00+00:00",
        "amount": "100.00",
    },
    "disclosure": None,
    "work": None,
}


def billed(language: str = "en", **facts: Any) -> Invoice:
    """An issued invoice of 120.00 in that language."""
    shop = ShopFactory()
    BillingSettingsFactory(shop=shop, guarantee="Parts: 24 months.", tax_note="VAT on debits.")
    customer = CustomerFactory(shop=shop, language=language)
    order = RepairOrderFactory(shop=shop, vehicle=VehicleFactory(shop=shop, customer=customer))
    made = InvoiceFactory(
        shop=shop,
        repair_order=order,
        issued=True,
        language=language,
        **{"lines": [{"basis": BASIS}]} | facts,
    )
    return again(made)


def again(invoice: Invoice) -> Invoice:
    """The invoice as services have it."""
    return Invoice.objects.with_everything().get(pk=invoice.pk)


def words_of(document: Document) -> str:
    return " ".join(document.html.split())


def all_of(invoice: Invoice) -> list[Document]:
    """Every document there is, about an invoice and its visit."""
    shop, order = invoice.shop, invoice.repair_order
    note = InvoiceFactory(credit_note=True, original=invoice, shop=shop, language=invoice.language)
    payment = PaymentFactory(shop=shop, on=invoice, amount=Decimal("20.00"))
    plan = PaymentPlanFactory(shop=shop, invoice=invoice)
    stop = StopWorkFactory(shop=shop, repair_order=order)
    signature = SignatureFactory(shop=shop, language=invoice.language)
    signed = {"signature": signature, "event": AuditEventFactory(shop=shop), "at": NOW}
    return [
        documents.invoice(invoice, at=NOW),
        documents.signed_invoice(invoice, **signed),
        documents.credit_note(again(note), at=NOW),
        documents.receipt(payment, at=NOW),
        documents.statement(invoice.customer, statements.of(invoice.customer, at=NOW), at=NOW),
        documents.payment_plan(plan, at=NOW),
        documents.signed_payment_plan(plan, **signed),
        documents.stop_work(stop, at=NOW),
        documents.signed_stop_work(stop, **signed),
        documents.storage_notice(StorageNoticeFactory(shop=shop, repair_order=order), at=NOW),
        documents.hand_over(HandOverFactory(shop=shop, repair_order=order), at=NOW),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_is_worded_in_the_customers_language_and_needs_nothing_else(language: str) -> None:
    made = all_of(billed(language))
    assert len({document.kind for document in made}) == 10
    for document in made:
        assert document.language == language
        assert f'lang="{language}"' in document.html
        assert "{{" not in document.html
        assert ">None<" not in document.html
        assert "http://" not in document.html
        assert 'src="/' not in document.html
        assert document.seal_wanted == ("signed" in document.filename)


def test_an_invoice_says_what_each_line_stands_on_and_how_to_pay() -> None:
    invoice = billed(
        lines=[
            {"basis": BASIS, "note": "As agreed."},
            {
                "unit_price": Decimal("0.00"),
                "override_reason": "Said on the phone.",
                "override_by": "Max Manager",
                "override_at": NOW,
            },
        ]
    )
    html = words_of(documents.invoice(invoice, at=NOW))
    for words in (
        invoice.number,
        invoice.repair_order.number,
        "Authorized on Mar 12, 2026 by link: EST-2026-0007, revision 2",
        "As agreed.",
        "Billed by decision of Max Manager: Said on the phone.",
        "Tax 20% on €100.00",
        "Please pay <strong>€120.00</strong> by Mar 30, 2026.",
        "FR76 3000 6000 0112 3456 7890 189",
        "Parts: 24 months.",
        "VAT on debits.",
        "Scan with your bank",
    ):
        assert words in html, words


def test_asks_for_no_more_than_what_is_collectible() -> None:
    invoice = billed()
    deposit = PaymentFactory(
        repair_order=invoice.repair_order,
        customer=invoice.customer,
        shop=invoice.shop,
        amount=Decimal("20.00"),
    )
    ledger.put_on(payment=deposit, invoice=invoice, amount=Decimal("20.00"), by=ADVISOR, at=NOW)
    HoldFactory(invoice=invoice, shop=invoice.shop, kind="dispute", amount=Decimal("30.00"))
    html = words_of(documents.invoice(again(invoice), at=NOW))
    for words in (
        f"Deposit {deposit.number} of Mar 16, 2026",
        "Still owed",
        "€100.00",
        "Disputed, not asked for",
        "Please pay <strong>€70.00</strong>",
    ):
        assert words in html, words


def test_shows_no_way_to_pay_when_nothing_is_asked_for() -> None:
    invoice = billed()
    HoldFactory(invoice=invoice, shop=invoice.shop, kind="dispute", amount=None)
    html = words_of(documents.invoice(invoice, at=NOW))
    assert "How to pay" not in html
    assert "data:image/png" not in html


def test_sixty_lines_repeat_the_heads_and_leave_no_total_alone() -> None:
    line = {"unit_price": Decimal("2.00"), "net": Decimal("2.00")}
    invoice = billed(lines=[line] * 60)
    document = documents.invoice(invoice, at=NOW)
    made = typesetting.typeset(document, at=NOW)
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(made.content)).pages]
    assert made.pages == len(pages) > 2
    (last,) = [text for text in pages if "Total with tax" in text]
    assert "Replace the front brake pads" in last
    for text in pages:
        assert ("Unit price" in text) == ("Replace the front brake pads" in text)
        assert f"/ {len(pages)}" in text


def test_the_pdf_carries_the_hashed_facts() -> None:
    invoice = billed()
    document = documents.invoice(invoice, at=NOW)
    made = typesetting.typeset(document, at=NOW)
    attached = PdfReader(io.BytesIO(made.content)).attachments[f"{invoice.number}.json"]
    assert sha256_hex(attached[0]) == invoice.sha256
