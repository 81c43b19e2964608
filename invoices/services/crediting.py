"""Credit notes: what corrects an issued invoice, which itself never changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from estimates import pricing
from estimates.pricing import TaxAmount, Totals
from estimates.services.lines import has_places
from estimates.states import LineKind
from invoices import collecting, correcting, documents, emails
from invoices.correcting import Share
from invoices.models import Invoice, InvoiceLine, LedgerEntry, Payment
from invoices.services import issuing, ledger, moving, trail
from invoices.services.lines import taxes_of
from invoices.services.locking import lock_draft
from invoices.services.reasons import reason_of
from invoices.states import TRANSITIONS, EntryKind, InvoiceKind, InvoiceStatus
from shopdisputes.actors import Actor
from shopdisputes.dates import local_day
from shopdisputes.errors import Refused
from shopdisputes.money import ZERO
from shopdisputes.transitions import IllegalTransition


class MoreThanBilled(Refused):
    """More than was billed and is not credited yet."""

    code = "more-than-billed"
    default_message = _("This is more than was billed and is not credited yet.")


class AmountOrLines(Refused):
    """An amount and lines at once say two things."""

    code = "amount-or-lines"
    default_message = _("Credit an amount or lines, not both.")


class UnknownLine(Refused):
    """The line is not on this invoice, or is named twice."""

    code = "unknown-line"
    default_message = _("This line belongs to nothing here.")


class WrongQuantity(Refused):
    """Zero, below zero, or finer than thousandths."""

    code = "wrong-quantity"
    default_message = _("Write a quantity above zero, with three decimals at most.")


@dataclass(frozen=True, kw_only=True)
class CreditLine:
    """A line to be credited: so much of its quantity, or of its net; neither: all that is left."""

    line_id: UUID
    quantity: Decimal | None = None
    net: Decimal | None = None


@transaction.atomic
def credit(
    *,
    invoice: Invoice,
    reason: str,
    amount: Decimal | None = None,
    lines: Sequence[CreditLine] | None = None,
    seen: Decimal | None = None,
    by: Actor,
    at: datetime,
) -> Invoice:
    """Issue a credit note over ``amount`` (with tax), over ``lines``, or over all that is left.

    What it takes off beyond what is still owed first takes payments off the invoice, the newest
    first; that money is unallocated then. ``seen`` is what was left to credit when whoever asks
    looked; with it, a form that is sent twice credits once.

    Raises:
        ReasonMissing, ReasonTooLong: the reason is empty, or longer than 1000 characters.
        AmountOrLines: both are told.
        IllegalTransition: it is not issued any more, or a credit note itself.
        UnknownLine: a line is not on the invoice, or is named twice.
        WrongAmount, WrongQuantity: nothing, below zero, or too fine.
        MoreThanBilled: more than was billed and is not credited yet.
        MovedMeanwhile: something else is left to credit than was ``seen``.
    """
    reason = reason_of(reason)
    if amount is not None and lines is not None:
        raise AmountOrLines(fields={"amount": AmountOrLines.default_message})
    original = lock_draft(invoice)
    TRANSITIONS.target("credit", state=original.status, by=by)
    if original.is_credit_note:
        raise IllegalTransition
    payments = _payments_on(original)
    Payment.objects.lock_all([payment.pk for payment in payments])
    left = left_of(original)
    whole = correcting.total_of(left.values())
    if seen is not None and seen != whole:
        raise moving.MovedMeanwhile
    if whole <= 0:
        raise MoreThanBilled(fields={"amount": MoreThanBilled.default_message})
    if amount is not None and amount != whole:
        rows, shares = _over_amount(original, left, amount)
    else:
        rows, shares = _over_lines(original, left, lines)
    sums = correcting.totals_of(shares)
    if not 0 < sums.total <= whole:
        raise MoreThanBilled(fields={"amount": MoreThanBilled.default_message})
    note = _issue(original, rows, sums, reason=reason, by=by, at=at)
    _settle(original, note, by=by, at=at)
    trail.record(
        action="invoice.credited",
        invoice=original,
        by=by,
        at=at,
        data={"credit_note": note.number, "amount": f"{note.total:.2f}", "reason": reason},
    )
    note.document = documents.credit_note(note, at=at)
    note.sent_to = original.customer.email
    note.sent_at = at if note.sent_to else None
    note.save(update_fields=["document", "sent_to", "sent_at"])
    if note.sent_to:
        link = issuing.give_link(invoice=original, by=by, at=at)
        emails.credit_note_sent(note, link=link, at=at)
    return note


def left_of(invoice: Invoice) -> dict[Decimal, Share]:
    """Return, by tax rate, what of an issued invoice is not credited yet."""
    notes = Invoice.objects.filter(original=invoice).numbered()
    return correcting.left_of(_taxes(invoice), [tax for note in notes for tax in _taxes(note)])


def left_of_lines(invoice: Invoice) -> dict[UUID, Decimal]:
    """Return, by line, what of its net no credit note has named yet."""
    sums = dict(
        InvoiceLine.objects.filter(credited_line__invoice=invoice)
        .values_list("credited_line")
        .annotate(sum=Sum("net"))
        .order_by()
    )
    return {line.pk: line.net - sums.get(line.pk, ZERO) for line in invoice.lines.all()}


def _taxes(invoice: Invoice) -> list[TaxAmount]:
    return [
        TaxAmount(**{name: Decimal(tax[name]) for name in ("rate", "base", "tax")})
        for tax in invoice.taxes
    ]


def _over_amount(
    original: Invoice, left: dict[Decimal, Share], amount: Decimal
) -> tuple[list[InvoiceLine], list[Share]]:
    ledger.check_amount(amount)
    if amount > correcting.total_of(left.values()):
        raise MoreThanBilled(fields={"amount": MoreThanBilled.default_message})
    shares = correcting.by_amount(left, amount)
    with translation.override(original.language):
        words = gettext("Credit on %(number)s") % {"number": original.number}
    rows = [
        InvoiceLine(
            kind=LineKind.DISCOUNT if share.base < 0 else LineKind.FEE,
            description=words,
            quantity=Decimal("1"),
            unit_price=share.base,
            tax_rate=share.rate,
            net=share.base,
        )
        for share in shares
    ]
    return rows, shares


def _over_lines(
    original: Invoice, left: dict[Decimal, Share], wanted: Sequence[CreditLine] | None
) -> tuple[list[InvoiceLine], list[Share]]:
    billed = {line.pk: line for line in original.lines.in_order()}
    uncredited = left_of_lines(original)
    if wanted is None:
        rest = correcting.total_of(left.values())
        by_rate = pricing.totals((uncredited[pk], line.tax_rate) for pk, line in billed.items())
        if any(left[tax.rate].base != tax.base for tax in by_rate.taxes):
            # Amounts were credited that named no line: what is left cannot be told by lines.
            return _over_amount(original, left, rest)
        wanted = [CreditLine(line_id=pk) for pk, net in uncredited.items() if net != 0]
    rows: list[InvoiceLine] = []
    for index, asked in enumerate(wanted):
        line = billed.get(asked.line_id)
        if line is None or line.pk in {row.credited_line_id for row in rows}:
            raise UnknownLine(fields={f"lines.{index}.line": UnknownLine.default_message})
        rows.append(_row(line, asked, uncredited[line.pk], index=index))
    shares = correcting.by_lines(left, [(row.net, row.tax_rate) for row in rows])
    if shares is None:
        raise MoreThanBilled(fields={"lines": MoreThanBilled.default_message})
    return rows, shares


def _row(line: InvoiceLine, asked: CreditLine, left: Decimal, *, index: int) -> InvoiceLine:
    quantity, unit_price, net = Decimal("1"), left, left
    if asked.quantity is not None:
        if asked.quantity <= 0 or not has_places(asked.quantity, 3):
            raise WrongQuantity(fields={f"lines.{index}.quantity": WrongQuantity.default_message})
        quantity, unit_price = asked.quantity, line.unit_price
        net = pricing.net_of(quantity=quantity, unit_price=unit_price)
    elif asked.net is not None:
        ledger.check_amount(abs(asked.net), field=f"lines.{index}.net")
        quantity, unit_price, net = Decimal("1"), asked.net, asked.net
    elif left == line.net:
        quantity, unit_price = line.quantity, line.unit_price
    # A discount is below zero: what is left of it lies between it and zero.
    if net == 0 or not min(left, ZERO) <= net <= max(left, ZERO):
        words = MoreThanBilled.default_message
        raise MoreThanBilled(fields={f"lines.{index}": words})
    return InvoiceLine(
        kind=line.kind,
        description=line.description,
        quantity=quantity,
        unit_price=unit_price,
        tax_rate=line.tax_rate,
        part_condition=line.part_condition,
        net=net,
        classification=line.classification,
        estimate_line_id=line.estimate_line_id,
        credited_line=line,
    )


def _issue(
    original: Invoice,
    rows: Sequence[InvoiceLine],
    sums: Totals,
    *,
    reason: str,
    by: Actor,
    at: datetime,
) -> Invoice:
    today = local_day(at, zone=original.shop.zone)
    note = Invoice.objects.create(
        shop=original.shop,
        repair_order=original.repair_order,
        customer=original.customer,
        kind=InvoiceKind.CREDIT_NOTE,
        original=original,
        currency=original.currency,
        language=original.language,
        issued_on=today,
        performed_on=original.performed_on,
        due_on=today,
        explanation=reason,
        subtotal=sums.subtotal,
        tax=sums.tax,
        total=sums.total,
        taxes=taxes_of(sums),
        created_at=at,
        created_by=by.name,
    )
    for position, row in enumerate(rows, start=1):
        row.shop_id, row.invoice, row.position = note.shop_id, note, position
    InvoiceLine.objects.bulk_create(rows)
    issuing.number(invoice=note, series=issuing.CREDIT_NOTE_SERIES)
    issuing.freeze(invoice=note, status=InvoiceStatus.ISSUED, by=by, at=at)
    return note


def _payments_on(invoice: Invoice) -> list[Payment]:
    """Return the payments of which something stands on an invoice, the newest first."""
    sums = (
        LedgerEntry.objects.filter(invoice=invoice, payment__isnull=False)
        .values_list("payment")
        .annotate(sum=Sum("amount"))
        .filter(sum__lt=0)
        .order_by()
    )
    return list(
        Payment.objects.filter(pk__in=[pk for pk, _sum in sums])
        .select_related("shop", "customer", "repair_order")
        .order_by("-received_on", "-recorded_at", "pk")
    )


def _settle(original: Invoice, note: Invoice, *, by: Actor, at: datetime) -> None:
    """Make room on the balance by taking payments off, then credit it; all rows are locked."""
    # A credit note takes back what was billed; what was charged for being late is waived apart.
    charged = collecting.charged_of([original]).get(original.pk, ZERO)
    excess = note.total - max(original.balance - charged, ZERO)
    for payment in _payments_on(original):
        if excess <= 0:
            break
        amount = min(excess, ledger.on_invoice(payment=payment, invoice=original))
        moving.take_off(
            payment=payment, invoice=original, amount=amount, reason=note.number, by=by, at=at
        )
        excess -= amount
    ledger.post(
        invoice=original,
        kind=EntryKind.CREDIT,
        amount=-note.total,
        credit_note=note,
        by=by,
        at=at,
    )
