"""Charges for being late: proposed by a reminder that leaves, claimed or waived by a person.

Only a claimed charge is owed. None is ever computed on what is disputed.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dunning import accruals
from dunning.models import Fee, Reminder
from dunning.states import FEE_TRANSITIONS, FeeRule, FeeStatus
from invoices import collecting
from invoices.models import Invoice, LedgerEntry
from invoices.services import ledger, trail
from invoices.services.locking import lock_invoice
from invoices.services.reasons import reason_of
from invoices.states import CHARGES, EntryKind, InvoiceStatus
from shopdisputes.actors import Actor
from shopdisputes.customers.models import CustomerKind
from shopdisputes.errors import Conflict
from shopdisputes.jurisdictions import profiles
from shopdisputes.money import ZERO

_MONEY = (EntryKind.PAYMENT, EntryKind.PAYMENT_TAKEN_BACK)


class FeeNotAllowed(Conflict):
    """The rules of the place, or of the invoice as it stands, allow no such charge."""

    code = "fee-not-allowed"
    default_message = gettext_lazy("The rules of this place allow no such charge.")


class FeeOnContested(Conflict):
    """What the charge was computed on was contested or credited since."""

    code = "fee-on-contested"
    default_message = gettext_lazy(
        "A part of what this charge was computed on was disputed or credited since. Waive it, or"
        " wait for the end of the dispute."
    )


class ReminderNotSent(Conflict):
    """The reminder that would propose the charge does not count as sent (yet)."""

    code = "reminder-not-sent"
    default_message = gettext_lazy(
        "The reminder that proposes this charge does not count as sent. Settle that first."
    )


class FeePaid(Conflict):
    """The charge is paid: nothing of it could be waived."""

    code = "fee-paid"
    default_message = gettext_lazy(
        "This charge is paid. To give the money back, take the payment off and refund it."
    )


@transaction.atomic
def propose(*, reminders: Sequence[Reminder], at: datetime) -> list[Fee]:
    """Propose what the steps of reminders that leave now say; return the new proposals.

    Call it behind the locks of their invoices. Nothing is owed by it. A step proposes once a
    cycle, whatever happens twice, and nothing where the place allows no such charge, where all
    is disputed, or where interest comes to nothing. What leaves once more proposes anew, over
    the figures of then.
    """
    charging = [each for each in reminders if each.step.fee_rule != FeeRule.NONE]
    if not charging:
        return []
    withdraw(reminders=[each.pk for each in charging])
    invoices = {each.invoice_id: each.invoice for each in charging}
    standings = collecting.of(list(invoices.values()), at=at)
    running = [each for each in charging if each.step.fee_rule == FeeRule.INTEREST]
    accrued = accruals.of(
        [each.invoice for each in running],
        rates={each.invoice_id: accruals.rate_of(each.version, each.invoice) for each in running},
        at=at,
    )
    found = []
    for reminder in charging:
        base = standings[reminder.invoice_id].figures.collectible
        if base <= 0:
            continue
        if reminder.step.fee_rule == FeeRule.INTEREST:
            fee = _interest(reminder, accrued[reminder.invoice_id], at=at)
        else:
            fee = _fixed(reminder, base=base, at=at)
        if fee is not None:
            found.append(fee)
    there = _already_proposed(found)
    found = [fee for fee in found if (fee.invoice_id, fee.step_key, fee.cycle) not in there]
    return Fee.objects.bulk_create(found)


@transaction.atomic
def withdraw(*, reminders: Collection[UUID]) -> None:
    """Forget what reminders proposed that do not leave after all, or leave anew.

    Call it behind the locks of their invoices. What was decided already stays.
    """
    Fee.objects.filter(reminder__in=reminders, status=FeeStatus.PROPOSED).delete()


@transaction.atomic
def claim(*, fee: Fee, by: Actor, at: datetime) -> Fee:
    """Ask for a proposed charge: from now on it is owed with the invoice.

    Raises:
        IllegalTransition: it is not proposed any more.
        NotYourTransition: ``by`` is not of the management.
        InvoiceNotPayable: the invoice is not issued any more.
        ReminderNotSent: the reminder that proposes it does not count as sent.
        FeeNotAllowed: the place allows no such charge of this payer.
        FeeOnContested: what it was computed on was contested or credited since.
    """
    invoice = lock_invoice(fee.invoice)
    fee = _again(fee, invoice)
    status = FEE_TRANSITIONS.target("claim", state=fee.status, by=by)
    if invoice.status != InvoiceStatus.ISSUED:
        raise ledger.InvoiceNotPayable
    if not fee.reminder.has_left:
        raise ReminderNotSent
    if problem := refusal_of(invoice=invoice, rule=fee.rule, besides=fee):
        raise FeeNotAllowed(problem)
    if fee.base > _uncontested(invoice, since=fee.proposed_at, at=at):
        raise FeeOnContested
    fee.entry = ledger.post(
        invoice=invoice,
        kind=EntryKind.FEE,
        amount=fee.amount,
        note=_words_of(fee),
        by=by,
        at=at,
    )
    return _decide(fee, status, action="invoice.fee_claimed", amount=fee.amount, by=by, at=at)


@transaction.atomic
def waive(*, fee: Fee, reason: str, by: Actor, at: datetime) -> Fee:
    """Let go of a charge; of a claimed one, of what is still owed of it.

    Money on the invoice counts for what was billed first, then for the oldest charge.

    Raises:
        ReasonMissing, ReasonTooLong: ``reason`` is empty, or longer than 1000 characters.
        IllegalTransition: it was waived before.
        NotYourTransition: ``by`` is not of the management.
        InvoiceNotPayable: it was claimed, and the invoice is not issued any more.
        FeePaid: it was claimed, and nothing of it is owed any more.
    """
    reason = reason_of(reason)
    invoice = lock_invoice(fee.invoice)
    fee = _again(fee, invoice)
    status = FEE_TRANSITIONS.target("waive", state=fee.status, by=by)
    amount = fee.amount
    if fee.status == FeeStatus.CLAIMED:
        if invoice.status != InvoiceStatus.ISSUED:
            raise ledger.InvoiceNotPayable
        amount = owed_of(fee)
        if amount <= 0:
            raise FeePaid
        ledger.post(
            invoice=invoice,
            kind=EntryKind.FEE_WAIVED,
            amount=-amount,
            note=reason[: LedgerEntry._meta.get_field("note").max_length],
            by=by,
            at=at,
        )
    fee.reason = reason[: Fee._meta.get_field("reason").max_length]
    return _decide(
        fee, status, action="invoice.fee_waived", amount=amount, reason=reason, by=by, at=at
    )


def owed_of(fee: Fee) -> Decimal:
    """Return what is still owed of a claimed charge: money counts for the invoice itself first."""
    claimed = Fee.objects.filter(invoice=fee.invoice_id, status=FeeStatus.CLAIMED).select_related(
        "entry"
    )
    left = fee.invoice.balance
    for each in sorted(claimed, key=_place_in_ledger, reverse=True):
        owed = min(each.amount, left)
        if each.pk == fee.pk:
            return owed
        left -= owed
    return ZERO


def refusal_of(*, invoice: Invoice, rule: str, besides: Fee | None = None) -> str:
    """Say in a sentence why the place allows no such charge; nothing where it does.

    ``besides`` is a charge of the invoice that does not count as another one.
    """
    if rule != FeeRule.FIXED:
        return ""
    profile = invoice.repair_order.profile
    rules = profiles.late_of(profile)
    place = profiles.name_of(profile)
    if invoice.customer.kind == CustomerKind.PERSON and not rules.fixed_for_persons:
        return _("The rules of %(place)s: no fixed charge of a consumer.") % {"place": place}
    if invoice.customer.kind == CustomerKind.BUSINESS and not rules.fixed_for_businesses:
        return _("The rules of %(place)s: no fixed charge without a written agreement.") % {
            "place": place
        }
    others = Fee.objects.filter(invoice=invoice, rule=FeeRule.FIXED).that_may_count()
    if besides is not None:
        others = others.exclude(pk=besides.pk)
    if rules.fixed_once and others.exclude(status=FeeStatus.WAIVED).exists():
        return _("The rules of %(place)s: one fixed charge for an invoice.") % {"place": place}
    return ""


def _fixed(reminder: Reminder, *, base: Decimal, at: datetime) -> Fee | None:
    if refusal_of(invoice=reminder.invoice, rule=FeeRule.FIXED):
        return None
    most = profiles.late_of(reminder.invoice.repair_order.profile).fixed_most
    amount = reminder.step.fee_amount
    return _fee(reminder, amount=amount if most is None else min(amount, most), base=base, at=at)


def _interest(reminder: Reminder, accrual: accruals.Accrual, *, at: datetime) -> Fee | None:
    if accrual.amount <= 0:
        return None
    fee = _fee(reminder, amount=accrual.amount, base=accrual.base, at=at)
    fee.explanation = accrual.explanation
    return fee


def _fee(reminder: Reminder, *, amount: Decimal, base: Decimal, at: datetime) -> Fee:
    return Fee(
        shop=reminder.shop,
        reminder=reminder,
        invoice=reminder.invoice,
        step_key=reminder.step_key,
        cycle=reminder.cycle,
        rule=reminder.step.fee_rule,
        amount=amount,
        base=base,
        proposed_at=at,
    )


def _already_proposed(fees: Iterable[Fee]) -> set[tuple[object, int, int]]:
    invoices = [fee.invoice_id for fee in fees]
    return set(Fee.objects.filter(invoice__in=invoices).values_list("invoice", "step_key", "cycle"))


def _again(fee: Fee, invoice: Invoice) -> Fee:
    """Return a charge as it is now, behind its invoice's lock."""
    found: Fee = Fee.objects.select_related("shop", "reminder__step", "reminder__email").get(
        pk=fee.pk
    )
    found.invoice = invoice
    return found


def _uncontested(invoice: Invoice, *, since: datetime, at: datetime) -> Decimal:
    """Return what was billed, is not contested now, and was not credited; payments since count."""
    entries = invoice.entries.exclude(kind__in=CHARGES)
    owed = entries.aggregate(sum=Sum("amount"))["sum"] or ZERO
    paid = entries.filter(kind__in=_MONEY, at__gt=since).aggregate(sum=Sum("amount"))["sum"]
    disputed = collecting.standing(invoice, at=at).figures.disputed
    return owed - (paid or ZERO) - disputed


def _decide(
    fee: Fee,
    status: str,
    *,
    action: str,
    amount: Decimal,
    reason: str = "",
    by: Actor,
    at: datetime,
) -> Fee:
    fee.status, fee.decided_at, fee.decided_by = status, at, by.name
    fee.save(update_fields=["status", "decided_at", "decided_by", "reason", "entry"])
    data = {"fee": str(fee.pk), "rule": fee.rule, "amount": str(amount)}
    trail.record(
        action=action,
        invoice=fee.invoice,
        by=by,
        at=at,
        data=data | ({"reason": reason} if reason else {}),
    )
    return fee


def _place_in_ledger(fee: Fee) -> int:
    return fee.entry.sequence if fee.entry is not None else 0


def _words_of(fee: Fee) -> str:
    """Return what the ledger says about a charge, in the shop's language."""
    with translation.override(fee.shop.language):
        if fee.rule == FeeRule.FIXED:
            return str(fee.reminder.step.get_template_display())
        spans = fee.explanation["spans"]
        return _("%(days)s days at %(rate)s %% a year") % {
            "days": sum(span["days"] for span in spans),
            "rate": fee.explanation["rate"],
        }
