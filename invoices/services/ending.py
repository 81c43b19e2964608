"""The ends of an invoice that are not payment: void, written off, and back again."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from invoices import emails
from invoices.models import Claim, Hold, Invoice, PaymentPlan, Promise
from invoices.services import following, issuing, ledger, plans, trail
from invoices.services.locking import lock_draft
from invoices.services.reasons import reason_of
from invoices.states import TRANSITIONS, EntryKind, PlanStatus, PromiseStatus
from shopdisputes.actors import Actor
from shopdisputes.errors import Conflict
from shopdisputes.outbox import queueing as outbox
from shopdisputes.transitions import IllegalTransition


class VoidRefused(Conflict):
    """Something has happened to the invoice since it was issued."""

    code = "void-refused"
    default_message = _("Something has happened to this invoice already. Credit it instead.")


class NothingToWriteOff(Conflict):
    """Nothing is owed."""

    code = "nothing-owed"
    default_message = _("Nothing is owed on this invoice.")


@transaction.atomic
def void(*, invoice: Invoice, reason: str, by: Actor, at: datetime) -> Invoice:
    """Declare void an invoice to which nothing happened but its issuing; its number stays taken.

    Raises:
        ReasonMissing, ReasonTooLong: the reason is empty, or longer than 1000 characters.
        IllegalTransition, NotYourTransition: it is not issued, or not for this role.
        VoidRefused: it is a credit note, or was paid, credited, held, promised or claimed about.
    """
    reason = reason_of(reason)
    invoice = lock_draft(invoice)
    status = TRANSITIONS.target("void", state=invoice.status, by=by)
    if invoice.is_credit_note or _was_touched(invoice):
        raise VoidRefused
    if invoice.balance:
        ledger.post(
            invoice=invoice,
            kind=EntryKind.VOIDED,
            amount=-invoice.balance,
            note=reason[:300],
            by=by,
            at=at,
        )
    _end(invoice, status=status, reason=reason, at=at)
    unsent = outbox.withdraw(shop=invoice.shop, target_id=invoice.pk, kinds=emails.ASKING_FOR_MONEY)
    trail.record(
        action="invoice.voided",
        invoice=invoice,
        by=by,
        at=at,
        data={"reason": reason, "total": f"{invoice.total:.2f}"},
    )
    if invoice.sent_to and not unsent:
        link = issuing.give_link(invoice=invoice, by=by, at=at)
        emails.invoice_voided(invoice, link=link, at=at)
    return invoice


@transaction.atomic
def write_off(*, invoice: Invoice, reason: str, by: Actor, at: datetime) -> Invoice:
    """Give up what is still owed; promises and plans on it end.

    Raises:
        ReasonMissing, ReasonTooLong: the reason is empty, or longer than 1000 characters.
        IllegalTransition, NotYourTransition: it is not issued, or not for this role.
        NothingToWriteOff: nothing is owed.
    """
    reason = reason_of(reason)
    invoice = lock_draft(invoice)
    status = TRANSITIONS.target("write_off", state=invoice.status, by=by)
    amount = invoice.balance
    if not amount:
        raise NothingToWriteOff
    _end_what_waits(invoice, reason=reason, by=by, at=at)
    ledger.post(
        invoice=invoice,
        kind=EntryKind.WRITE_OFF,
        amount=-amount,
        note=reason[:300],
        by=by,
        at=at,
    )
    _end(invoice, status=status, reason=reason, at=at)
    outbox.withdraw(shop=invoice.shop, target_id=invoice.pk, kinds=emails.ASKING_FOR_MONEY)
    trail.record(
        action="invoice.written_off",
        invoice=invoice,
        by=by,
        at=at,
        data={"reason": reason, "amount": f"{amount:.2f}"},
    )
    return invoice


@transaction.atomic
def recover(*, invoice: Invoice, reason: str, by: Actor, at: datetime) -> Invoice:
    """Take a write-off back: what was given up is owed again.

    Raises:
        ReasonMissing, ReasonTooLong: the reason is empty, or longer than 1000 characters.
        IllegalTransition, NotYourTransition: it is not written off, or not for this role.
    """
    reason = reason_of(reason)
    invoice = lock_draft(invoice)
    status = TRANSITIONS.target("recover", state=invoice.status, by=by)
    given_up = invoice.entries.filter(kind=EntryKind.WRITE_OFF).order_by("-sequence")[0]
    # Only issued invoices are owed: the state goes first, in the same transaction.
    _move(invoice, status=status, ended_at=None, end_reason="")
    ledger.post(
        invoice=invoice,
        kind=EntryKind.RECOVERY,
        amount=-given_up.amount,
        note=reason[:300],
        by=by,
        at=at,
    )
    trail.record(
        action="invoice.recovered",
        invoice=invoice,
        by=by,
        at=at,
        data={"reason": reason, "amount": f"{-given_up.amount:.2f}"},
    )
    return invoice


def _was_touched(invoice: Invoice) -> bool:
    return (
        invoice.entries.exclude(kind=EntryKind.BILLED).exists()
        or Hold.objects.filter(invoice=invoice).exists()
        or Promise.objects.filter(invoice=invoice).exists()
        or PaymentPlan.objects.filter(invoice=invoice).exists()
        or Claim.objects.filter(invoice=invoice).exists()
        or invoice.signature_id is not None
    )


def _end_what_waits(invoice: Invoice, *, reason: str, by: Actor, at: datetime) -> None:
    """End promises and plans before the balance falls: nobody kept them."""
    for plan in PaymentPlan.objects.filter(
        invoice=invoice, status__in=[PlanStatus.OFFERED, PlanStatus.ACTIVE]
    ):
        ended = plans.end if plan.status == PlanStatus.ACTIVE else plans.withdraw
        ended(plan=plan, reason=reason[:500], by=by, at=at)
    for promise in Promise.objects.filter(
        invoice=invoice, status=PromiseStatus.OPEN
    ).select_related("hold"):
        following.finish_promise(
            invoice=invoice, promise=promise, status=PromiseStatus.WITHDRAWN, at=at
        )


def _end(invoice: Invoice, *, status: str, reason: str, at: datetime) -> None:
    _move(invoice, status=status, ended_at=at, end_reason=reason)


def _move(invoice: Invoice, *, status: str, ended_at: datetime | None, end_reason: str) -> None:
    """Change a status from the one that was read.

    Raises:
        IllegalTransition: somebody was quicker, where locks do nothing (SQLite).
    """
    moved = Invoice.objects.filter(pk=invoice.pk, status=invoice.status)
    if not moved.update(status=status, ended_at=ended_at, end_reason=end_reason):
        raise IllegalTransition
    invoice.status, invoice.ended_at, invoice.end_reason = status, ended_at, end_reason
