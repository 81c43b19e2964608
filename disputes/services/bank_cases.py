"""The locks around a chargeback, and the case that gives it somebody who answers for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from disputes.billed import billed_for
from disputes.models import Chargeback, DisputeCase, DisputeItem, DisputeReason, FollowUp
from disputes.services import following_up, opening, reasons
from disputes.services.locking import invoices_of
from disputes.services.opening import FURTHEST_DAYS, Contested
from disputes.states import ENDED, FollowUpStatus, ItemState, Opening, ReasonCode
from invoices import dividing
from invoices.models import Invoice, Payment
from invoices.services.locking import lock_invoices, lock_payment
from invoices.services.moving import MovedMeanwhile
from invoices.states import InvoiceStatus
from shopdisputes.actors import Actor
from shopdisputes.dates import local_day
from shopdisputes.money import format_money
from shopdisputes.shops.models import Shop

#: Somebody looks at the case so many days before the bank's day.
DAYS_AHEAD = 3
#: Banks take weeks to decide; then somebody asks.
DAYS_OF_THE_BANK = 30
#: What the card networks' codes mean in the shop's catalogue; the other codes say nothing that
#: it could map. After the published lists of reason codes of Visa (10.x to 13.x).
_REASONS = {
    "10.": ReasonCode.NOT_AUTHORIZED,
    "12.5": ReasonCode.PRICE_ERROR,
    "12.6": ReasonCode.DUPLICATE,
    "13.1": ReasonCode.NOT_DONE,
    "13.3": ReasonCode.BADLY_DONE,
    "13.4": ReasonCode.BADLY_DONE,
    "13.5": ReasonCode.BADLY_DONE,
}


@dataclass(frozen=True, kw_only=True)
class Locked:
    """What a bank's act is about, locked and as it is now; ``case`` runs, or there is none."""

    payment: Payment
    invoices: Mapping[UUID, Invoice]
    case: DisputeCase | None


def lock(payment: Payment, *, chargeback: Chargeback | None = None) -> Locked:
    """Lock the invoices that a payment was ever on, the payment, and the running case about them.

    The case of ``chargeback`` comes first, else the oldest one. ``chargeback`` itself is locked
    last; read it again.

    Raises:
        MovedMeanwhile: the payment was put on another invoice, or contested, at the same moment.
    """
    case = _running_case(payment, chargeback)
    wanted = dividing.ever_on(payment) | (invoices_of(case) if case else set())
    invoices = lock_invoices(Invoice.objects.filter(pk__in=wanted))
    payment = lock_payment(payment)
    if not dividing.ever_on(payment) <= wanted:
        raise MovedMeanwhile
    if _running_case(payment, chargeback) != case:
        raise MovedMeanwhile
    if case is not None:
        DisputeCase.objects.lock(case.pk)
        case = DisputeCase.objects.with_everything().get(pk=case.pk)
    if chargeback is not None:
        Chargeback.objects.lock(chargeback.pk)
    return Locked(
        payment=payment, invoices={invoice.pk: invoice for invoice in invoices}, case=case
    )


def join(
    *,
    locked: Locked,
    amount: Decimal,
    parts: Mapping[UUID, Decimal],
    network_reason: str,
    evidence_due_by: datetime,
    owner: Any = None,
    by: Actor,
    at: datetime,
) -> FollowUp | None:
    """Have somebody answer for what the bank asks: in the running case, else in one of its own.

    Returns the follow-up, with the case. ``amount`` is what the bank asks about, ``parts`` what of
    it falls on each invoice. None: no invoice is concerned that could be contested.
    The follow-up comes three days before the evidence is due, tomorrow at the soonest.
    """
    shop = locked.payment.shop
    items = _contested(locked, parts)
    today = local_day(at, zone=shop.zone)
    wanted = local_day(evidence_due_by, zone=shop.zone) - timedelta(days=DAYS_AHEAD)
    day = min(max(wanted, today + timedelta(days=1)), today + timedelta(days=FURTHEST_DAYS))
    with translation.override(shop.language):
        note = _("Hand in the evidence to the bank.")
        comment = _comment(locked.payment, amount, network_reason, language=shop.language)
    if locked.case is not None:
        for item in items:
            assert item.amount is not None
            opening.contest(
                case=locked.case,
                invoice=item.invoice,
                line=None,
                amount=item.amount,
                review_on=day,
                by=by,
                at=at,
            )
        return following_up.add(case=locked.case, due_on=day, note=note, by=by, at=at)
    if not items:
        return None
    case = opening.open_case(
        customer=locked.payment.customer,
        reason=_reason(shop, network_reason, at=at),
        comment=comment,
        items=items,
        opening=Opening.CHARGEBACK,
        owner=owner,
        follow_up_on=day,
        by=by,
        at=at,
    )
    return following_up.change(
        follow_up=case.follow_ups.select_related("case").get(), note=note, by=by, at=at
    )


def wait_for_the_bank(*, chargeback: Chargeback, by: Actor, at: datetime) -> None:
    """Note that evidence was handed in: its follow-up is done; the last one of a case waits on.

    The caller holds the locks of ``lock``.
    """
    follow_up = chargeback.follow_up
    if follow_up is None or follow_up.status == FollowUpStatus.FINISHED:
        return
    if follow_up.case.has_ended:
        return
    if following_up.others(follow_up).exists():
        following_up.finish(follow_up=follow_up, by=by, at=at)
        return
    day = local_day(at, zone=chargeback.shop.zone) + timedelta(days=DAYS_OF_THE_BANK)
    with translation.override(chargeback.shop.language):
        note = _("Ask what the bank has decided.")
    following_up.change(follow_up=follow_up, due_on=day, note=note, by=by, at=at)


def _running_case(payment: Payment, chargeback: Chargeback | None) -> DisputeCase | None:
    cases = DisputeCase.objects.running()
    if chargeback is not None and chargeback.case_id is not None:
        own = cases.filter(pk=chargeback.case_id).first()
        if own is not None:
            return own
    about = DisputeItem.objects.filter(
        invoice__in=[share.invoice.pk for share in dividing.shares_of(payment)],
        state=ItemState.OPEN,
    )
    return cases.filter(pk__in=about.values("case")).order_by("opened_at", "pk").first()


def _contested(locked: Locked, parts: Mapping[UUID, Decimal]) -> list[Contested]:
    """Return what the bank contests of invoices about which nobody has a case yet."""
    known = set(
        DisputeItem.objects.filter(invoice__in=list(parts), state=ItemState.OPEN)
        .exclude(case__status__in=sorted(ENDED))
        .values_list("invoice", flat=True)
    )
    return [
        Contested(invoice=invoice, amount=min(parts[pk], billed_for(invoice, None)))
        for pk, invoice in locked.invoices.items()
        if pk in parts and pk not in known and invoice.status == InvoiceStatus.ISSUED
    ]


def _reason(shop: Shop, network_reason: str, *, at: datetime) -> DisputeReason:
    code = network_reason.strip()
    wanted = next((str(name) for start, name in _REASONS.items() if code.startswith(start)), "")
    found = DisputeReason.objects.for_shop(shop).filter(is_active=True)
    if not found.exists():
        reasons.install(shop=shop, at=at)
    for name in (wanted, str(ReasonCode.OTHER)):
        if reason := found.filter(code=name).first():
            return reason
    return found.order_by("position", "code")[0]


def _comment(payment: Payment, amount: Decimal, network_reason: str, *, language: str) -> str:
    words = _("The bank asks about %(amount)s of payment %(number)s.") % {
        "amount": format_money(amount, currency=payment.currency, language=language),
        "number": payment.number,
    }
    return f"{words} {network_reason}".strip()
