"""An issued invoice: what is owed and why, what stands on it, what happened, what comes next."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Sum
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from estimates import pricing
from invoices import collecting
from invoices.models import Invoice, LedgerEntry, Payment
from invoices.states import CHARGES, EntryKind, InvoiceStatus
from invoices.views import actions, agreed, bases
from invoices.views.lookups import invoice_of, today
from invoices.views.shown import states_of
from shopdisputes.actors import DESK
from shopdisputes.audit.models import AuditEvent
from shopdisputes.documents.models import Document
from shopdisputes.documents.states import DocumentStatus
from shopdisputes.links.models import AccessLink
from shopdisputes.money import ZERO
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.web import timelines
from shopdisputes.web.contributions import panels_on
from shopdisputes.web.requests import StaffRequest, staff
from shopdisputes.web.responses import see_other

#: The newest of what happened; the audit trail keeps all of it.
_MOST_EVENTS = 200
_PAID = (EntryKind.PAYMENT, EntryKind.PAYMENT_TAKEN_BACK)


@dataclass(frozen=True, kw_only=True)
class Sums:
    """How the balance came about.

    ``charged`` for being late and ``taken_back`` by the bank add to it, the others take off.
    """

    paid: Decimal
    taken_back: Decimal
    credited: Decimal
    charged: Decimal
    written_off: Decimal


@require_safe
@staff()
def invoice(request: StaffRequest, number: str) -> HttpResponse:
    """Show an issued invoice or a credit note."""
    found = invoice_of(request, number)
    at = timezone.now()
    day = today(request, at)
    standing = collecting.standing(found, at=at)
    # Parts of a plan have days of their own, and stand on the page.
    due_on = found.due_on if standing.figures.planned else collecting.due_day_of(found)
    standing = replace(standing, overdue=standing.overdue and due_on < day)
    entries = _entries(found)
    credit_notes = list(found.credit_notes.numbered().order_by("issued_on", "number"))
    return render(
        request,
        "invoices/invoice.html",
        {
            "invoice": found,
            "order": found.repair_order,
            "customer": found.customer,
            "standing": standing,
            "figures": standing.figures,
            "states": states_of(found, standing),
            "lines": [
                bases.line_shown(
                    line, gross=pricing.gross_of_line(net=line.net, tax_rate=line.tax_rate)
                )
                for line in found.lines.in_order()
            ],
            "taxes": [{name: Decimal(value) for name, value in tax.items()} for tax in found.taxes],
            "sums": _sums(entries),
            "entries": entries,
            "credit_notes": credit_notes,
            "unallocated": _unallocated(found),
            "actions": actions.of(
                found, standing, may_void=may_void(found, entries), role=request.actor.role
            ),
            "may_write": request.actor.role in DESK,
            "agreed": agreed.shown(found, standing, may_write=request.actor.role in DESK),
            "panels": panels_on("invoice", request, found),
            "due_on": due_on,
            "today": day,
            "at": at,
            **_around(request, found, entries, credit_notes),
        },
    )


@require_safe
@staff()
def pdf(request: StaffRequest, number: str) -> HttpResponseBase:
    """Lead to the invoice's PDF; with the customer's signature where there is one."""
    found = invoice_of(request, number)
    document = get_object_or_404(
        Document.objects.for_shop(request.shop),
        pk=found.signed_document_id or found.document_id,
    )
    return see_other("document", document.pk)


def may_void(invoice: Invoice, entries: Sequence[LedgerEntry]) -> bool:
    """Say whether nothing but its issuing happened to an invoice, as far as its ledger tells."""
    return invoice.status == InvoiceStatus.ISSUED and [entry.kind for entry in entries] == [
        EntryKind.BILLED
    ]


def _entries(invoice: Invoice) -> list[LedgerEntry]:
    return list(
        LedgerEntry.objects.for_shop(invoice.shop)
        .filter(invoice=invoice)
        .select_related("payment", "credit_note")
        .in_order()
    )


def _sums(entries: Iterable[LedgerEntry]) -> Sums:
    def of(*kinds: EntryKind) -> Decimal:
        return -sum((entry.amount for entry in entries if entry.kind in kinds), ZERO)

    return Sums(
        paid=of(*_PAID),
        taken_back=-of(EntryKind.CHARGEBACK, EntryKind.CHARGEBACK_REVERSED),
        credited=of(EntryKind.CREDIT),
        charged=-of(*CHARGES),
        written_off=of(EntryKind.WRITE_OFF, EntryKind.RECOVERY),
    )


def _unallocated(invoice: Invoice) -> Decimal:
    """Return what of the customer's money stands on no invoice."""
    money = Payment.objects.for_shop(invoice.shop).unallocated().filter(customer=invoice.customer)
    return money.aggregate(sum=Sum("unallocated"))["sum"] or ZERO


def _around(
    request: StaffRequest,
    invoice: Invoice,
    entries: Sequence[LedgerEntry],
    credit_notes: Sequence[Invoice],
) -> dict[str, Any]:
    """Return the documents, mails and events about an invoice."""
    shop = invoice.shop
    plans = list(invoice.plans.values_list("pk", flat=True))
    targets: list[UUID] = [invoice.pk, *(note.pk for note in credit_notes), *plans]
    documents = list(
        Document.objects.for_shop(shop)
        .filter(target_id__in=targets)
        .defer("html", "attachment")
        .order_by("-created_at", "id")
    )
    links = list(AccessLink.objects.for_shop(shop).filter(target_id__in=targets))
    # What was written to customers is for those who deal with them.
    readable = targets if request.actor.role in DESK else []
    emails = OutgoingEmail.objects.for_shop(shop).filter(target_id__in=readable)
    mails = list(emails.select_related("link").order_by("-created_at", "id"))
    told = [
        *targets,
        *{entry.payment_id for entry in entries if entry.payment_id},
        *(each.pk for each in (*links, *documents, *mails)),
    ]
    events = AuditEvent.objects.for_shop(shop).to_be_told().filter(target_id__in=told)
    return {
        "documents": documents,
        "pdf_ready": any(
            document.pk == (invoice.signed_document_id or invoice.document_id)
            and document.status == DocumentStatus.READY
            for document in documents
        ),
        "timeline": timelines.merged(events.order_by("-sequence")[:_MOST_EVENTS], mails),
        "seen_at": max((link.displayed_at for link in links if link.displayed_at), default=None),
    }
