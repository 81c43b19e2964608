"""What a bank asks about a payment and takes of it: recorded, divided, withdrawn, given back."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from disputes.models import Chargeback, DisputeCase
from disputes.services import bank_cases, bank_money, bank_trail, opening
from disputes.services.bank_cases import Locked
from disputes.states import ChargebackKind, ChargebackStatus, Funds
from invoices.models import Invoice, Payment
from invoices.services import ledger
from invoices.services.moving import MovedMeanwhile, PaymentAnnulled, need_desk
from shopdisputes.actors import Actor
from shopdisputes.dates import local_day
from shopdisputes.errors import Conflict, Refused
from shopdisputes.money import ZERO
from shopdisputes.shops import numbering
from shopdisputes.transitions import IllegalTransition

SERIES = "CB"
#: How far off a day for evidence may be.
_FURTHEST = timedelta(days=731)

#: An invoice, and how much of what the bank asks about falls on it.
Part = tuple[Invoice, Decimal]


class ReferenceMissing(Refused):
    """Without it nobody can tell two of them apart."""

    code = "reference-missing"
    default_message = _("Write the bank's reference: by it the same thing is recorded once.")


class ReferenceTaken(Conflict):
    """The reference stands for something else."""

    code = "reference-taken"
    default_message = _("This reference was used for %(number)s, which is about something else.")


class EvidenceDayOver(Refused):
    """The day for evidence is over, and nobody said that it is meant so."""

    code = "evidence-day-over"
    default_message = _("This is over already. Say that you know if it is right.")


class EvidenceDayFarOff(Refused):
    """No bank waits, or has waited, so long."""

    code = "evidence-day-far-off"
    default_message = _("Choose a day that is at most two years away.")


@transaction.atomic
def record(
    *,
    payment: Payment,
    kind: str,
    amount: Decimal,
    reference: str,
    evidence_due_by: datetime,
    network_reason: str = "",
    evidence_is_late: bool = False,
    funds_withdrawn: bool = False,
    note: str = "",
    owner: Any = None,
    by: Actor,
    at: datetime,
) -> Chargeback:
    """Keep what a bank sent about a payment; the same ``reference`` again is the same.

    It is fused with the running case about the invoices that the payment had paid; where there is
    none, one is opened and followed up three days before the evidence is due. A chargeback, not an
    inquiry, blocks refunds of the payment from now on. ``bank_money.proposed`` divides ``amount``.
    With ``funds_withdrawn`` the bank has taken the money as well (``withdraw_funds``).

    Raises:
        NotYourTransition: not for this role.
        ReferenceMissing: at ``reference``.
        ReferenceTaken: it stands for another payment or amount.
        WrongAmount, MoreThanPaid: at ``amount``: none, or more than was neither refunded nor
            charged back.
        PaymentAnnulled: it never came.
        EvidenceDayOver: at ``evidence_due_by``, unless ``evidence_is_late``.
        EvidenceDayFarOff: at ``evidence_due_by``: more than two years from now, or ago.
        StillWrittenOff: the money is gone from an invoice that is written off.
        MovedMeanwhile: the payment was moved at the same moment.
    """
    need_desk(by)
    reference = reference.strip()
    if not reference:
        raise ReferenceMissing(fields={"reference": ReferenceMissing.default_message})
    try:
        locked = bank_cases.lock(payment)
    except MovedMeanwhile:
        # What opened a case at this moment may have been the same, sent twice.
        if earlier := _earlier(payment, reference, amount):
            return earlier
        raise
    payment = locked.payment
    if earlier := _earlier(payment, reference, amount):
        return earlier
    ledger.check_amount(amount)
    if payment.annulled_at is not None:
        raise PaymentAnnulled
    bank_money.need_left(payment, amount)
    need_day(evidence_due_by, late=evidence_is_late, at=at)
    parts = bank_money.proposed(payment, amount)
    # Before anything is written into the audit trail: whoever holds its end waits for no number.
    numbering.lock_series(
        shop=payment.shop,
        series=[SERIES, opening.SERIES],
        year=local_day(at, zone=payment.shop.zone).year,
    )
    follow_up = bank_cases.join(
        locked=locked,
        amount=amount,
        parts=parts,
        network_reason=network_reason,
        evidence_due_by=evidence_due_by,
        owner=owner,
        by=by,
        at=at,
    )
    case = follow_up.case if follow_up else None
    chargeback = _create(
        payment,
        case,
        follow_up=follow_up,
        kind=ChargebackKind(kind),
        amount=amount,
        reference=reference,
        network_reason=network_reason.strip(),
        evidence_due_by=evidence_due_by,
        note=note.strip(),
        recorded_at=at,
        recorded_by=by.name,
    )
    bank_money.write_parts(chargeback, parts)
    bank_trail.record(
        action="chargeback.recorded",
        chargeback=chargeback,
        by=by,
        at=at,
        data={
            "chargeback_kind": str(chargeback.kind),
            "amount": str(amount),
            "payment": payment.number,
            "reference": reference,
            "network_reason": chargeback.network_reason,
            "evidence_due_by": evidence_due_by.isoformat(),
            "case": case.number if case else "",
        },
    )
    if funds_withdrawn:
        bank_money.take(chargeback=chargeback, locked=locked, by=by, at=at)
    return chargeback


@transaction.atomic
def divide(*, chargeback: Chargeback, parts: Sequence[Part], by: Actor, at: datetime) -> Chargeback:
    """Say on which invoices a chargeback falls, before the bank takes the money.

    What ``parts`` leave over is taken from what the payment has on no invoice.

    Raises:
        NotYourTransition: not for this role.
        FundsMoved: the money is gone already, or came back.
        PartsRefused: at an invoice's id, or at ``parts``: less of the payment is there.
    """
    need_desk(by)
    locked, chargeback = read_locked(chargeback)
    if chargeback.funds != Funds.WITH_SHOP:
        raise bank_money.FundsMoved
    wanted: dict[UUID, Decimal] = {}
    for invoice, amount in parts:
        ledger.check_amount(amount, field=str(invoice.pk))
        wanted[invoice.pk] = wanted.get(invoice.pk, ZERO) + amount
    if where := bank_money.does_not_fit(locked.payment, chargeback.amount, wanted):
        words = bank_money.PartsRefused.default_message
        raise bank_money.PartsRefused(fields={where: words})
    bank_money.write_parts(chargeback, wanted)
    bank_trail.record(
        action="chargeback.divided",
        chargeback=chargeback,
        by=by,
        at=at,
        data={"parts": bank_money.told(chargeback)},
    )
    return chargeback


@transaction.atomic
def withdraw_funds(*, chargeback: Chargeback, by: Actor, at: datetime) -> Chargeback:
    """Note that the bank took the money: it is owed again, and held, invoice by invoice.

    Twice is once. An inquiry becomes a chargeback by it. Parts that no longer fit, because the
    payment was moved meanwhile, are divided anew as ``bank_money.proposed``.

    Raises:
        NotYourTransition: not for this role.
        IllegalTransition: the procedure has ended.
        FundsMoved: it came back already.
        MoreThanPaid: less is left of the payment.
        StillWrittenOff: an invoice is written off; take that back first.
    """
    need_desk(by)
    locked, chargeback = read_locked(chargeback)
    if chargeback.funds == Funds.WITHDRAWN:
        return chargeback
    if not chargeback.is_running:
        raise IllegalTransition
    bank_money.take(chargeback=chargeback, locked=locked, by=by, at=at)
    return chargeback


@transaction.atomic
def reinstate(*, chargeback: Chargeback, by: Actor, at: datetime) -> Chargeback:
    """Note that the bank gave the money back: it pays its invoices again. Twice is once.

    What is not owed there any more is unallocated afterwards.

    Raises:
        NotYourTransition: not for this role.
        NothingWithdrawn: the bank has not taken it.
        IllegalTransition: the shop gave in, which cannot be undone.
    """
    need_desk(by)
    locked, chargeback = read_locked(chargeback)
    if chargeback.funds == Funds.REINSTATED:
        return chargeback
    if chargeback.status == ChargebackStatus.ACCEPTED:
        raise IllegalTransition
    bank_money.give_back(chargeback=chargeback, locked=locked, by=by, at=at)
    return chargeback


def need_day(evidence_due_by: datetime, *, late: bool = False, at: datetime) -> None:
    """Refuse a moment until which no evidence can be due; ``late``: it may be over.

    Raises:
        EvidenceDayOver, EvidenceDayFarOff: at ``evidence_due_by``.
    """
    if abs(evidence_due_by - at) > _FURTHEST:
        raise EvidenceDayFarOff(fields={"evidence_due_by": EvidenceDayFarOff.default_message})
    if evidence_due_by <= at and not late:
        raise EvidenceDayOver(fields={"evidence_due_by": EvidenceDayOver.default_message})


def read_locked(chargeback: Chargeback) -> tuple[Locked, Chargeback]:
    """Lock everything that a chargeback is about, and return it with the chargeback as it is.

    Raises:
        MovedMeanwhile: the payment was moved at the same moment.
    """
    locked = bank_cases.lock(chargeback.payment, chargeback=chargeback)
    fresh = Chargeback.objects.select_related("shop", "payment__customer", "case")
    found: Chargeback = fresh.get(pk=chargeback.pk)
    return locked, found


def _earlier(payment: Payment, reference: str, amount: Decimal) -> Chargeback | None:
    known = Chargeback.objects.for_shop(payment.shop).filter(reference=reference)
    earlier = known.select_related("shop", "payment", "case").first()
    if earlier and (earlier.payment_id != payment.pk or earlier.amount != amount):
        raise ReferenceTaken(ReferenceTaken.default_message % {"number": earlier.number})
    return earlier


def _create(payment: Payment, case: DisputeCase | None, **facts: Any) -> Chargeback:
    shop = payment.shop
    year = local_day(facts["recorded_at"], zone=shop.zone).year
    try:
        with transaction.atomic():
            return Chargeback.objects.create(
                shop=shop,
                number=numbering.next_number(shop=shop, series=SERIES, year=year),
                payment=payment,
                case=case,
                **facts,
            )
    except IntegrityError:
        # The same reference for another payment, at the same moment: only the index sees both.
        _earlier(payment, facts["reference"], facts["amount"])
        raise
