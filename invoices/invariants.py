"""What must hold across all rows about money, always; each sentence names what does not."""

import json
from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db.models import F, Q, QuerySet, Sum

from estimates import pricing
from estimates.states import LineKind
from invoices import billable, collecting, snapshot
from invoices.models import (
    Claim,
    HandOver,
    Hold,
    Invoice,
    InvoiceLine,
    LedgerEntry,
    Payment,
    PaymentPlan,
    Promise,
    Refund,
    StopWork,
)
from invoices.states import (
    ClaimStatus,
    EntryKind,
    InvoiceKind,
    InvoiceStatus,
    PlanStatus,
    PromiseStatus,
)
from shopdisputes.canonical import canonical_json, sha256_hex
from shopdisputes.jurisdictions import profiles
from shopdisputes.money import ZERO
from shopdisputes.ops.invariants import broken_numbers
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.shops.models import Shop

_CHUNK = 500


def broken() -> Iterator[str]:
    """Yield a sentence for everything that does not hold; nothing when all does."""
    for shop in Shop.objects.order_by("slug"):
        yield from _series(shop)
    yield from _ledgers()
    for invoice in Invoice.objects.numbered().with_everything().order_by("pk").iterator(_CHUNK):
        yield from _totals(invoice)
        yield from _snapshot(invoice)
        yield from _basis(invoice)
    yield from _credited()
    yield from _covered()
    yield from _payments()
    yield from _plans()
    yield from _held_for_nothing()
    yield from _hashes()


def _series(shop: Shop) -> Iterator[str]:
    """Numbers have no gaps and no doubles."""
    numbered: list[tuple[str, QuerySet[Any]]] = [
        ("INV", Invoice.objects.for_shop(shop)),
        ("CN", Invoice.objects.for_shop(shop)),
        ("PAY", Payment.objects.for_shop(shop)),
        ("REF", Refund.objects.for_shop(shop)),
        ("PLAN", PaymentPlan.objects.for_shop(shop)),
    ]
    for series, rows in numbered:
        yield from broken_numbers(shop, rows, series=series)


def _ledgers() -> Iterator[str]:
    """An invoice's balance is the sum of its entries, each of which says what it became."""
    entries = (
        LedgerEntry.objects.select_related("invoice")
        .order_by("invoice", "sequence")
        .iterator(_CHUNK)
    )
    for _key, group in groupby(entries, key=lambda entry: entry.invoice_id):
        yield from _ledger(list(group))
    billed = Invoice.objects.billing().filter(entries=None).order_by("pk")
    for invoice in billed.iterator(_CHUNK):
        yield f"{invoice}: it was issued, but never billed"


def _ledger(entries: list[LedgerEntry]) -> Iterator[str]:
    invoice = entries[0].invoice
    balance = ZERO
    for place, entry in enumerate(entries, start=1):
        balance += entry.amount
        if entry.sequence != place:
            yield f"{invoice}: its ledger lacks entry {place}"
            return
        if entry.balance != balance:
            yield f"{invoice}: entry {place} says {entry.balance}, but it makes {balance}"
            return
    first = entries[0]
    if first.kind != EntryKind.BILLED or first.amount != invoice.total:
        yield f"{invoice}: its ledger does not begin with what it bills"
    if balance != invoice.balance:
        yield f"{invoice}: its balance is {invoice.balance}, its entries make {balance}"


def _totals(invoice: Invoice) -> Iterator[str]:
    lines = list(invoice.lines.all())
    rates = [{name: Decimal(value) for name, value in tax.items()} for tax in invoice.taxes]
    sums = pricing.totals((line.net, line.tax_rate) for line in lines)
    told = (sum((rate["base"] for rate in rates), ZERO), sum((rate["tax"] for rate in rates), ZERO))
    if sums.subtotal != invoice.subtotal or told != (invoice.subtotal, invoice.tax):
        yield f"{invoice}: the totals are not those of its lines"
    # A credit note over an amount contains its tax, which is not reckoned from its lines.
    elif not invoice.is_credit_note and sums.tax != invoice.tax:
        yield f"{invoice}: its tax is not that of its lines"


def _snapshot(invoice: Invoice) -> Iterator[str]:
    if sha256_hex(invoice.canonical_json) != invoice.sha256:
        yield f"{invoice}: the hash is not that of what was issued"
        return
    facts = json.loads(invoice.canonical_json)
    if canonical_json(facts.get("invoice")) != canonical_json(snapshot.bill_of(invoice)):
        yield f"{invoice}: its rows do not say what was issued"
    if invoice.document_id is None:
        yield f"{invoice}: it has no document"
    if invoice.sent_to and not OutgoingEmail.objects.filter(target_id=invoice.pk).exists():
        yield f"{invoice}: it counts as mailed, but there is no e-mail"
    if invoice.signature is not None and invoice.signature.subject_sha256 != invoice.sha256:
        yield f"{invoice}: what was signed is not what was issued"


def _basis(invoice: Invoice) -> Iterator[str]:
    """No line asks for money without a basis, or the reason of a manager."""
    if invoice.is_credit_note:
        return
    for line in invoice.lines.all():
        if line.override_reason or line.net <= 0 or line.kind == LineKind.DISCOUNT:
            continue
        if line.gaps:
            yield f"{invoice}: line {line.position} has gaps {line.gaps} and no reason"
        stands_on = "disclosure" if line.kind == LineKind.STORAGE else "authorization"
        if not line.basis.get(stands_on):
            yield f"{invoice}: line {line.position} has no {stands_on}"


def _credited() -> Iterator[str]:
    """Credit notes take their amounts off, and never more than was billed."""
    notes = Invoice.objects.numbered().filter(kind=InvoiceKind.CREDIT_NOTE)
    for note in notes.select_related("original").order_by("pk").iterator(_CHUNK):
        taken = LedgerEntry.objects.filter(
            invoice=note.original, credit_note=note, kind=EntryKind.CREDIT, amount=-note.total
        )
        if not taken.exists():
            yield f"{note}: it takes nothing off {note.original}"
    too_much = (
        Invoice.objects.billing()
        .annotate(credited=Sum("credit_notes__total", filter=Q(credit_notes__number__gt="")))
        .filter(credited__gt=F("total"))
    )
    for invoice in too_much.order_by("pk"):
        yield f"{invoice}: more was credited than was billed"


def _covered() -> Iterator[str]:
    """What a visit's invoices bill is within what was authorized, by what they say themselves."""
    orders = RepairOrder.objects.filter(
        invoices__status__in=[InvoiceStatus.ISSUED, InvoiceStatus.WRITTEN_OFF]
    ).distinct()
    for order in orders.order_by("pk").iterator(_CHUNK):
        billed = billable.gross(billable.billed_by_rate(order, with_overrides=False))
        authorized = max(_frozen_authorized(order), ZERO)
        whole = max(billable.authorized_total(order), authorized)
        if billed > authorized + profiles.tolerance_of(order.profile).of(whole):
            yield f"{order}: {billed} is billed, but {authorized} was authorized"


def _frozen_authorized(order: RepairOrder) -> Decimal:
    """Return with tax what the lines billed were authorized for, each once, without discounts."""
    amounts: dict[Any, tuple[Decimal, Decimal]] = {}
    lines = InvoiceLine.objects.filter(
        invoice__repair_order=order, estimate_line__isnull=False, override_reason=""
    ).exclude(Q(invoice__status=InvoiceStatus.DRAFT) | Q(kind=LineKind.DISCOUNT))
    for line in lines.select_related("estimate_line"):
        given = line.basis.get("authorization")
        if given and line.estimate_line:
            amounts[line.estimate_line.key] = (Decimal(given["amount"]), line.tax_rate)
    return pricing.totals(amounts.values()).total


def _payments() -> Iterator[str]:
    """Money stands on invoices, was given back, or waits; never twice, never less."""
    entries = dict(
        LedgerEntry.objects.filter(payment__isnull=False)
        .values_list("payment")
        .annotate(sum=Sum("amount"))
        .order_by()
    )
    refunds = dict(Refund.objects.values_list("payment").annotate(sum=Sum("amount")).order_by())
    for payment in Payment.objects.order_by("pk").iterator(_CHUNK):
        on_invoices = -entries.get(payment.pk, ZERO)
        if payment.allocated != on_invoices:
            yield f"{payment}: {payment.allocated} counts as used, {on_invoices} is on invoices"
        if payment.refunded != refunds.get(payment.pk, ZERO):
            yield f"{payment}: what counts as given back is not the sum of its refunds"


def _plans() -> Iterator[str]:
    for plan in PaymentPlan.objects.prefetch_related("instalments").order_by("pk").iterator(_CHUNK):
        parts = sorted(plan.instalments.all(), key=lambda part: part.position)
        if sum((part.amount for part in parts), ZERO) != plan.total:
            yield f"{plan}: its instalments do not sum to its total"
        days = [part.due_on for part in parts]
        if days != sorted(set(days)):
            yield f"{plan}: the days of its instalments do not rise"


def _held_for_nothing() -> Iterator[str]:
    """A hold ends with what it is for."""
    over: list[tuple[str, QuerySet[Any]]] = [
        ("promise", Promise.objects.exclude(status=PromiseStatus.OPEN)),
        ("claim", Claim.objects.exclude(status=ClaimStatus.OPEN)),
        (
            "payment plan",
            PaymentPlan.objects.exclude(status__in=[PlanStatus.OFFERED, PlanStatus.ACTIVE]),
        ),
    ]
    for what, rows in over:
        for row in rows.filter(hold__released_at=None, hold__isnull=False).select_related(
            "invoice"
        ):
            yield f"{row.invoice}: it is still held for a {what} that is over"
    unissued = Hold.objects.filter(released_at=None, source_id=None).filter(
        invoice__status__in=[InvoiceStatus.DRAFT, InvoiceStatus.VOID]
    )
    for hold in unissued.select_related("invoice"):
        yield f"{hold.invoice}: it is held, but nothing can be owed on it"
    beyond = list(Hold.objects.filter(amount__gt=F("invoice__total")).select_related("invoice"))
    charged = collecting.charged_of([hold.invoice for hold in beyond])
    for hold in beyond:
        if hold.amount <= hold.invoice.total + charged.get(hold.invoice_id, ZERO):
            continue
        yield f"{hold.invoice}: {hold.amount} of it is held, more than it bills"


def _hashes() -> Iterator[str]:
    """What was offered or recorded still has its hash, and was signed as such."""
    models: tuple[Any, ...] = (PaymentPlan, StopWork, HandOver)
    for model in models:
        for row in model.objects.exclude(sha256="").select_related("signature").iterator(_CHUNK):
            if sha256_hex(row.canonical_json) != row.sha256:
                yield f"{row}: the hash is not that of what was written down"
            elif row.signature is not None and row.signature.subject_sha256 != row.sha256:
                yield f"{row}: what was signed is not what was written down"
