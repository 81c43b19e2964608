"""What a bank moves: how it is divided among invoices, taken off them, and put on them again."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Min
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from disputes.models import Chargeback, ChargebackPart
from disputes.services import bank_cases, bank_trail
from disputes.services.bank_cases import Locked
from disputes.states import ChargebackKind, Funds
from invoices import dividing
from invoices.models import Hold, Invoice, LedgerEntry, Payment
from invoices.services import holds, ledger
from invoices.states import EntryKind, HoldKind, InvoiceStatus
from shopdisputes.actors import Actor
from shopdisputes.dates import local_day
from shopdisputes.errors import Conflict, Refused
from shopdisputes.money import ZERO


class MoreThanPaid(Refused):
    """More than the shop still has of the payment."""

    code = "more-than-paid"
    default_message = _("This is more than is left of the payment.")


class PartsRefused(Refused):
    """The parts do not fit what stands where."""

    code = "parts-refused"
    default_message = _("Not so much of this payment stands there.")


class FundsMoved(Conflict):
    """The bank has taken the money, or has given it back, already."""

    code = "funds-moved"
    default_message = _(
        "The bank has moved this money already. What it takes another time is a chargeback of its"
        " own."
    )


class NothingWithdrawn(Conflict):
    """There is nothing that could come back."""

    code = "nothing-withdrawn"
    default_message = _("The bank has not taken this money.")


class StillWrittenOff(ledger.InvoiceNotPayable):
    """What was given up would be owed again by it: a person decides that, invoice by invoice."""

    code = "invoice-written-off"
    default_message = _(
        "%(number)s is written off: money that is gone opens it again. Take the write-off back on"
        " the invoice's page first, then note here what the bank took."
    )


def proposed(payment: Payment, amount: Decimal) -> dict[UUID, Decimal]:
    """Return how much of ``amount`` falls on each invoice, by its key.

    What of the payment is on no invoice is taken first; the rest falls on the invoices in the
    order in which the payment came on them, on the newest last.
    """
    first = dict(
        LedgerEntry.objects.for_shop(payment.shop)
        .filter(payment=payment, kind=EntryKind.PAYMENT)
        .values_list("invoice")
        .annotate(first=Min("at"))
        .order_by()
    )
    shares = sorted(
        dividing.shares_of(payment), key=lambda share: (first[share.invoice.pk], share.invoice.pk)
    )
    rest = amount - min(amount, payment.unallocated)
    return dividing.suggested(rest, [(share.invoice.pk, share.amount) for share in shares])


def take(*, chargeback: Chargeback, locked: Locked, by: Actor, at: datetime) -> None:
    """Move the money of a locked chargeback away, in the ledger and under holds.

    Raises:
        FundsMoved, MoreThanPaid, StillWrittenOff: as ``withdraw_funds``.
    """
    if chargeback.funds != Funds.WITH_SHOP:
        raise FundsMoved
    payment = locked.payment
    need_left(payment, chargeback.amount)
    if does_not_fit(payment, chargeback.amount, amounts_of(chargeback)):
        write_parts(chargeback, proposed(payment, chargeback.amount))
    if given_up := written_off_of(chargeback):
        numbers = [invoice.number for invoice in given_up]
        words = StillWrittenOff.default_message % {"number": numbers[0]}
        raise StillWrittenOff(words, details={"invoices": numbers})
    if chargeback.case is None or chargeback.case.has_ended:
        _see_to_it(chargeback, locked, by=by, at=at)
    rest = chargeback.amount
    for part in parts_of(chargeback):
        invoice = locked.invoices[part.invoice_id]
        part.taken = ledger.charge_back(
            payment=payment,
            invoice=invoice,
            amount=part.amount,
            note=chargeback.number,
            by=by,
            at=at,
        )
        part.hold = holds.place(
            invoice=invoice,
            kind=HoldKind.CHARGEBACK,
            amount=part.amount,
            reason=chargeback.network_reason,
            subject=chargeback.number,
            source_id=part.pk,
            review_on=local_day(chargeback.evidence_due_by, zone=chargeback.shop.zone),
            even_on_nothing=True,
            by=by,
            at=at,
        )
        part.save(update_fields=["taken", "hold"])
        rest -= part.amount
    if rest:
        ledger.charge_back_unallocated(payment=payment, amount=rest)
    move(chargeback, funds=Funds.WITHDRAWN, kind=ChargebackKind.CHARGEBACK)
    bank_trail.record(
        action="chargeback.funds_withdrawn",
        chargeback=chargeback,
        by=by,
        at=at,
        data={"amount": str(chargeback.amount), "parts": told(chargeback)},
    )


def give_back(*, chargeback: Chargeback, locked: Locked, by: Actor, at: datetime) -> None:
    """Move the money of a locked chargeback back, and end its holds.

    Raises:
        NothingWithdrawn: the bank has not taken it.
    """
    if chargeback.funds != Funds.WITHDRAWN:
        raise NothingWithdrawn
    payment, rest = locked.payment, chargeback.amount
    with translation.override(payment.shop.language):
        words = str(Funds.REINSTATED.label)
    for part in parts_of(chargeback):
        invoice = locked.invoices[part.invoice_id]
        part.given_back = ledger.give_back(
            payment=payment,
            invoice=invoice,
            amount=part.amount,
            note=chargeback.number,
            by=by,
            at=at,
        )
        part.save(update_fields=["given_back"])
        end_hold(part=part, invoice=invoice, reason=words, by=by, at=at)
        rest -= part.amount
    if rest:
        ledger.give_back_unallocated(payment=payment, amount=rest)
    move(chargeback, funds=Funds.REINSTATED)
    bank_trail.record(
        action="chargeback.funds_reinstated",
        chargeback=chargeback,
        by=by,
        at=at,
        data={"amount": str(chargeback.amount), "parts": told(chargeback)},
    )


def review_holds(chargeback: Chargeback, *, on: date | None) -> None:
    """Let what holds a locked chargeback's parts say when somebody looks again, or nothing."""
    held = Hold.objects.filter(chargeback_part__chargeback=chargeback, released_at=None)
    held.update(review_on=on)


def end_hold(
    *, part: ChargebackPart, invoice: Invoice, reason: str, by: Actor, at: datetime
) -> None:
    """End what holds a part on a locked invoice, if it is still held."""
    if part.hold is not None and part.hold.released_at is None:
        holds.release_locked(invoice=invoice, hold=part.hold, reason=reason, by=by, at=at)


def is_held(part: ChargebackPart) -> bool:
    """Whether a part is kept from being asked for."""
    return part.hold is not None and part.hold.released_at is None


def parts_of(chargeback: Chargeback) -> list[ChargebackPart]:
    """Return on which invoices a chargeback falls, with their holds."""
    found = ChargebackPart.objects.for_shop(chargeback.shop).filter(chargeback=chargeback)
    return list(found.select_related("invoice", "hold").order_by("invoice__number", "pk"))


def written_off_of(chargeback: Chargeback) -> list[Invoice]:
    """Return the invoices of a chargeback that were written off."""
    invoices = [part.invoice for part in parts_of(chargeback)]
    return [each for each in invoices if each.status == InvoiceStatus.WRITTEN_OFF]


def move(chargeback: Chargeback, **changes: object) -> None:
    """Write what changes of a locked chargeback to its row and to ``chargeback``."""
    Chargeback.objects.filter(pk=chargeback.pk).update(**changes)
    for name, value in changes.items():
        setattr(chargeback, name, value)


def left_of(payment: Payment) -> Decimal:
    """Return what the shop still has of a payment, on invoices or not."""
    return payment.amount - payment.refunded - payment.charged_back


def need_left(payment: Payment, amount: Decimal) -> None:
    """Refuse more than the shop still has of a payment.

    Raises:
        MoreThanPaid: at ``amount``.
    """
    if amount > left_of(payment):
        raise MoreThanPaid(
            fields={"amount": MoreThanPaid.default_message},
            details={"left": str(left_of(payment))},
        )


def _see_to_it(chargeback: Chargeback, locked: Locked, *, by: Actor, at: datetime) -> None:
    """Have somebody answer for money that is gone: the case of an inquiry may have ended."""
    follow_up = bank_cases.join(
        locked=locked,
        amount=chargeback.amount,
        parts=amounts_of(chargeback),
        network_reason=chargeback.network_reason,
        evidence_due_by=chargeback.evidence_due_by,
        by=by,
        at=at,
    )
    if follow_up is not None:
        move(chargeback, case=follow_up.case, follow_up=follow_up)


def does_not_fit(payment: Payment, amount: Decimal, parts: Mapping[UUID, Decimal]) -> str:
    """Return the name of the part of which less of a payment is there; empty: all fit."""
    there = {share.invoice.pk: share.amount for share in dividing.shares_of(payment)}
    for pk, part in parts.items():
        if part > there.get(pk, ZERO):
            return str(pk)
    rest = amount - sum(parts.values(), ZERO)
    return "" if 0 <= rest <= payment.unallocated else "parts"


def write_parts(chargeback: Chargeback, parts: Mapping[UUID, Decimal]) -> None:
    """Write the parts of a chargeback anew; nothing is taken of the old ones yet."""
    ChargebackPart.objects.for_shop(chargeback.shop).filter(chargeback=chargeback).delete()
    ChargebackPart.objects.bulk_create(
        ChargebackPart(
            shop=chargeback.shop, chargeback=chargeback, invoice_id=invoice, amount=amount
        )
        for invoice, amount in parts.items()
    )


def amounts_of(chargeback: Chargeback) -> dict[UUID, Decimal]:
    return {part.invoice_id: part.amount for part in parts_of(chargeback)}


def told(chargeback: Chargeback) -> dict[str, str]:
    return {part.invoice.number: str(part.amount) for part in parts_of(chargeback)}
