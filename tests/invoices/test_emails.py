"""What the e-mails about money say, in every language, and whom they reach."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import settings

from invoices import emails
from invoices.models import Invoice
from invoices.states import ClaimKind, ClaimStatus, PlanStatus, PromiseStatus, StopOption
from shopdisputes.links.models import LinkPurpose
from shopdisputes.outbox.models import OutgoingEmail
from tests.factories import (
    NOW,
    AccessLinkFactory,
    BillingSettingsFactory,
    ClaimFactory,
    CustomerFactory,
    DocumentFactory,
    HandOverFactory,
    InvoiceFactory,
    PaymentFactory,
    PaymentPlanFactory,
    PromiseFactory,
    RefundFactory,
    RepairOrderFactory,
    ShopFactory,
    SignatureFactory,
    StopWorkFactory,
    StorageNoticeFactory,
    VehicleFactory,
)

pytestmark = pytest.mark.django_db

LANGUAGES = [code for code, _name in settings.LANGUAGES]
CUSTOMERS = {
    "invoice_sent",
    "invoice_voided",
    "credit_note_sent",
    "receipt",
    "refund_made",
    "promise_noted",
    "plan_offered",
    "plan_signed",
    "claim_received",
    "claim_answered",
    "stop_options",
    "stop_chosen",
    "storage_notice",
    "statement_sent",
    "hand_over_copy",
}
SHOPS = {"promise_broken", "plan_answered", "claim_made", "stop_choice_made"}


def issued_in(language: str, *, email: str = "camille@customer.example") -> Invoice:
    shop = ShopFactory(language=language, name="Garage d'Été & Fils", legal_name="")
    BillingSettingsFactory(shop=shop)
    customer = CustomerFactory(shop=shop, language=language, name="Camille Durand", email=email)
    order = RepairOrderFactory(vehicle=VehicleFactory(customer=customer))
    return InvoiceFactory(repair_order=order, issued=True, document=DocumentFactory(shop=shop))


def link_to(invoice: Invoice, target_id: object, purpose: str = LinkPurpose.INVOICE) -> object:
    return AccessLinkFactory(
        shop=invoice.shop,
        purpose=purpose,
        target_id=target_id,
        recipient=invoice.customer.email,
        recipient_name=invoice.customer.name,
        language=invoice.customer.language,
    )


def every_email(invoice: Invoice) -> dict[str, OutgoingEmail]:
    """One e-mail of each kind about one invoice and its visit."""
    link = link_to(invoice, invoice.pk)
    shop, order = invoice.shop, invoice.repair_order
    emails.invoice_sent(invoice, link=link, at=NOW)
    emails.invoice_voided(invoice, link=link, at=NOW)
    note = InvoiceFactory(credit_note=True, original=invoice, total=Decimal("20.00"))
    emails.credit_note_sent(note, link=link, at=NOW)
    payment = PaymentFactory(on=invoice, amount=Decimal("20.00"))
    emails.receipt(payment, at=NOW)
    rest = PaymentFactory(customer=invoice.customer)
    emails.refund_made(RefundFactory(payment=rest), at=NOW)
    invoice.refresh_from_db()
    promise = PromiseFactory(
        invoice=invoice, status=PromiseStatus.PARTLY_KEPT, paid=Decimal("5.00")
    )
    emails.promise_noted(promise, link=link, at=NOW)
    emails.promise_broken(promise, at=NOW)
    plan = PaymentPlanFactory(invoice=invoice, status=PlanStatus.DECLINED, end_reason="No.")
    emails.plan_offered(plan, link=link_to(invoice, plan.pk, LinkPurpose.PLAN), at=NOW)
    emails.plan_signed(plan, at=NOW)
    emails.plan_answered(plan, at=NOW)
    claim = ClaimFactory(
        invoice=invoice,
        kind=ClaimKind.ALREADY_PAID,
        status=ClaimStatus.REFUSED,
        paid_on=NOW.date(),
        method="card",
        amount=Decimal("30.00"),
        answer="The slip is of another garage.",
    )
    emails.claim_received(claim, at=NOW)
    emails.claim_made(claim, at=NOW)
    emails.claim_answered(claim, link=link, at=NOW)
    stop = StopWorkFactory(
        repair_order=order,
        option=StopOption.REASSEMBLE,
        chosen_at=NOW,
        choice_person="Camille Durand",
        signature=SignatureFactory(shop=shop),
        option_prices={"finish": "251.88", "reassemble": "84.00"},
    )
    emails.stop_options(stop, link=link_to(invoice, stop.pk, LinkPurpose.STOP), at=NOW)
    emails.stop_chosen(stop, at=NOW)
    emails.storage_notice(StorageNoticeFactory(repair_order=order), at=NOW)
    emails.statement_sent(
        invoice.customer,
        document=DocumentFactory(shop=shop),
        day=NOW.date(),
        balance=Decimal("100.00"),
        collectible=Decimal("60.00"),
        disputed=Decimal("40.00"),
        unallocated=Decimal("3.00"),
        at=NOW,
    )
    emails.hand_over_copy(HandOverFactory(repair_order=order), at=NOW)
    return {email.kind: email for email in OutgoingEmail.objects.order_by("created_at")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_is_worded_in_the_readers_language(language: str) -> None:
    made = every_email(issued_in(language))

    assert set(made) == CUSTOMERS | SHOPS
    for email in made.values():
        assert email.language == language
        assert f'lang="{language}"' in email.html
        for words in (email.subject, email.text, email.html):
            assert words.strip()
            assert "{{" not in words
            assert "{%" not in words
            assert "None" not in words


def test_customers_write_to_the_customer_and_alarms_to_the_shop() -> None:
    invoice = issued_in("en")
    made = every_email(invoice)

    assert {kind for kind, email in made.items() if email.recipient == invoice.shop.email} == SHOPS
    assert {
        kind for kind, email in made.items() if email.recipient == "camille@customer.example"
    } == CUSTOMERS


def test_an_invoice_says_what_is_owed_by_when_and_how_to_pay() -> None:
    invoice = issued_in("en")
    emails.invoice_sent(invoice, link=link_to(invoice, invoice.pk), at=NOW)
    email = OutgoingEmail.objects.get()

    assert "To pay now: €120.00" in email.text
    assert "IBAN: FR76 3000 6000 0112 3456 7890 189" in email.text
    assert invoice.reference in email.text
    assert list(email.attachments.all()) == [invoice.document]


def test_an_apostrophe_stays_one_in_plain_text() -> None:
    invoice = issued_in("en")
    emails.invoice_voided(invoice, at=NOW)

    assert "Garage d'Été & Fils" in OutgoingEmail.objects.get().text


def test_who_has_no_address_is_written_nothing() -> None:
    invoice = issued_in("en", email="")

    assert emails.invoice_voided(invoice, at=NOW) is None
    assert not OutgoingEmail.objects.exists()


def test_the_same_act_again_queues_nothing_more() -> None:
    invoice = issued_in("en")
    emails.invoice_voided(invoice, at=NOW)
    emails.invoice_voided(invoice, at=NOW + timedelta(hours=1))

    assert OutgoingEmail.objects.count() == 1
