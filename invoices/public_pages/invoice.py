"""What the customer's page about an invoice shows, put together from rows."""

from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import translation

from invoices import collecting
from invoices.documents import bills
from invoices.holding import DISPUTED
from invoices.models import Claim, Hold, Invoice, PaymentPlan
from invoices.public_forms import AlreadyPaidForm, PromiseForm, SignForm, SomethingWrongForm
from invoices.services import promises, receiving, signatures
from invoices.states import (
    CHARGES,
    ClaimKind,
    ClaimStatus,
    EntryKind,
    HoldKind,
    InvoiceStatus,
    PlanStatus,
)
from shopdisputes.dates import local_day
from shopdisputes.documents.models import Document
from shopdisputes.documents.states import DocumentStatus
from shopdisputes.evidence import EvidenceLevel
from shopdisputes.links.models import AccessLink
from shopdisputes.links.tokens import token_of
from shopdisputes.shops.models import Shop
from shopdisputes.signing import texts
from shopdisputes.web.contributions import public_panels_on

_BY_THE_BANK = (EntryKind.CHARGEBACK, EntryKind.CHARGEBACK_REVERSED)


def address(name: str, link: AccessLink) -> str:
    """Return the address of one of a link's pages, ``name`` without its common beginning."""
    return reverse(f"public-invoice-{name}" if name else "public-invoice", args=[token_of(link)])


def invoice_page(
    link: AccessLink,
    invoice: Invoice,
    *,
    at: datetime,
    promise_form: PromiseForm | None = None,
    claim_form: AlreadyPaidForm | SomethingWrongForm | None = None,
) -> dict[str, Any]:
    """Return what the page shows. A form that came back with errors is shown open."""
    facts = bills.facts_of(invoice, at=at)
    figures = facts["figures"]
    today = local_day(at, zone=invoice.shop.zone)
    claims = list(
        Claim.objects.for_shop(link.shop)
        .filter(invoice=invoice)
        .prefetch_related("files")
        .order_by("-made_at", "pk")
    )
    waiting = {claim.kind for claim in claims if claim.status == ClaimStatus.OPEN}
    is_open = invoice.status == InvoiceStatus.ISSUED
    panels = public_panels_on("invoice", link, invoice)
    said_wrong = isinstance(claim_form, SomethingWrongForm)
    plan = _plan(link, invoice)
    due_on = _due_on(invoice, plan, figures)
    return (
        frame(link, invoice)
        | facts
        | {
            "state": _state(invoice, figures),
            "today": today,
            "due_on": due_on,
            "overdue": figures.collectible > 0 and due_on < today,
            "paid": sum(
                (
                    -row.amount
                    for row in facts["moved"]
                    if row.payment_id and row.kind not in _BY_THE_BANK
                ),
                start=0,
            ),
            "taken_back": sum(
                (row.amount for row in facts["moved"] if row.kind in _BY_THE_BANK), start=0
            ),
            "credited": sum(
                (-row.amount for row in facts["moved"] if row.kind == EntryKind.CREDIT), start=0
            ),
            "charged": sum((row.amount for row in facts["moved"] if row.kind in CHARGES), start=0),
            "reviewed": _reviewed(link, invoice, at=at) if figures.disputed > 0 else "",
            "not_billed": list(invoice.lines.in_order().filter(net=0)),
            "rows": [row for row in facts["rows"] if row["line"].net != 0],
            "promise": invoice.promises.filter(status="open").first(),
            "plan": plan,
            "claims": claims,
            "can_promise": is_open and figures.collectible > 0,
            "can_say_paid": is_open
            and figures.balance > 0
            and ClaimKind.ALREADY_PAID not in waiting,
            # Where an app offers to contest single lines, it is said there.
            "can_say_wrong": is_open
            and ClaimKind.SOMETHING_WRONG not in waiting
            and (said_wrong or not panels),
            "panels": panels,
            "promise_form": promise_form or PromiseForm(initial={"amount": figures.collectible}),
            "paid_form": claim_form
            if isinstance(claim_form, AlreadyPaidForm)
            else AlreadyPaidForm(),
            "wrong_form": claim_form if said_wrong else SomethingWrongForm(),
            "latest_day": today + timedelta(days=promises.FURTHEST_DAYS),
            "receipt_asked": receiving.is_asked(invoice),
            "pdf_ready": is_ready(invoice.document),
            "signed_ready": is_ready(invoice.signed_document),
            "credit_notes": [
                note
                for note in invoice.credit_notes.select_related("document").order_by("number")
                if is_ready(note.document)
            ],
        }
    )


def _reviewed(link: AccessLink, invoice: Invoice, *, at: datetime) -> str:
    """Say why a part is under review: ``chargeback`` (too), ``rework`` alone, else ``dispute``."""
    held = Hold.objects.for_shop(link.shop).filter(invoice=invoice, kind__in=DISPUTED)
    kinds = set(held.active(at=at).values_list("kind", flat=True))
    if HoldKind.CHARGEBACK in kinds:
        return str(HoldKind.CHARGEBACK)
    return str(HoldKind.REWORK if kinds == {HoldKind.REWORK} else HoldKind.DISPUTE)


def receipt_page(link: AccessLink, invoice: Invoice, form: SignForm) -> dict[str, Any]:
    """Return what the page shows on which the customer signs the receipt."""
    language = translation.get_language()
    return (
        frame(link, invoice)
        | signing(invoice.shop, form)
        | {
            "sentence": receiving.sentence_for(invoice, language=language).words,
            "pdf_ready": is_ready(invoice.document),
        }
    )


def signing(shop: Shop, form: SignForm) -> dict[str, Any]:
    """Return what ``components/signature.html`` needs."""
    consent = signatures.consent_text(shop, language=translation.get_language())
    return {
        "form": form,
        "consent_text": texts.render(consent, shop=shop.name),
        "wants_drawing": shop.signature_level != EvidenceLevel.L1,
    }


def frame(link: AccessLink, invoice: Invoice) -> dict[str, Any]:
    """Return what every page about an invoice shows."""
    vehicle = invoice.repair_order.vehicle
    return {
        "link": link,
        "token": token_of(link),
        "shop": invoice.shop,
        "invoice": invoice,
        "currency": invoice.currency,
        "repair_order": invoice.repair_order,
        "vehicle": vehicle,
        "car": f"{vehicle.make} {vehicle.model}".strip(),
    }


def is_ready(document: Document | None) -> bool:
    """Say whether a document can be given out."""
    return document is not None and document.status == DocumentStatus.READY


def _state(invoice: Invoice, figures: Any) -> str:
    """Name what the first sentence of the page says."""
    if invoice.status in (InvoiceStatus.VOID, InvoiceStatus.WRITTEN_OFF):
        return str(invoice.status)
    if figures.balance == 0:
        return "credited" if invoice.total and _was_credited(invoice) else "paid"
    return "to_pay" if figures.collectible else "held"


def _was_credited(invoice: Invoice) -> bool:
    """Say whether it is settled by credit notes alone."""
    return not invoice.entries.filter(kind=EntryKind.PAYMENT).exists() and (
        invoice.entries.filter(kind=EntryKind.CREDIT).exists()
    )


def _due_on(invoice: Invoice, plan: PaymentPlan | None, figures: Any) -> date:
    """Return the day by which it was to be paid: a later one that was agreed on counts.

    In parts it is that of the oldest unpaid part.
    """
    if plan is None or plan.status != PlanStatus.ACTIVE:
        return collecting.due_day_of(invoice)
    day, left = invoice.due_on, figures.planned + figures.collectible
    for part in sorted(plan.instalments.all(), key=lambda each: each.position, reverse=True):
        if left <= 0:
            break
        day, left = part.due_on, left - part.amount
    return day


def _plan(link: AccessLink, invoice: Invoice) -> PaymentPlan | None:
    """Return the plan that is offered or runs."""
    return (
        PaymentPlan.objects.for_shop(link.shop)
        .filter(invoice=invoice, status__in=[PlanStatus.OFFERED, PlanStatus.ACTIVE])
        .prefetch_related("instalments")
        .first()
    )
