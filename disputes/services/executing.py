"""Carrying out what both sides agreed to: once, and as a whole or not at all."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext

from disputes import emails
from disputes.models import DisputeItem, Offer
from disputes.services import offer_terms, resolving, reworking, trail
from disputes.services.crediting_lines import credit_of
from disputes.services.locking import lock_to_settle
from disputes.services.moving import move
from disputes.services.resolving import open_items
from disputes.states import (
    OFFER_TRANSITIONS,
    TRANSITIONS,
    ClosingCode,
    OfferKind,
    OfferStatus,
)
from invoices.models import Invoice, LedgerEntry, Payment, Refund
from invoices.services import crediting, ledger, payments, plans
from shopdisputes.actors import DESK, SYSTEM, Actor
from shopdisputes.errors import DomainError
from shopdisputes.money import ZERO


@transaction.atomic
def execute(*, offer: Offer, by: Actor, at: datetime) -> Offer:
    """Carry an accepted offer out; a second time does nothing.

    What it does, and that the case is resolved by it, are one savepoint: when any of it is
    refused, nothing of it happened, the offer has failed with the reason, the case is open again
    with all that it held, and both sides are mailed. What is done again stays held by its request.
    Money that follows a customer's signature is moved by the clockwork.
    """
    offer = lock_to_settle(offer, at=at)
    if offer.status != OfferStatus.ACCEPTED:
        return offer
    try:
        with transaction.atomic():
            _carry_out(offer, by=by, at=at)
    except DomainError as error:
        return _fail(offer, error, by=by, at=at)
    return Offer.objects.with_everything().get(pk=offer.pk)


def _carry_out(offer: Offer, *, by: Actor, at: datetime) -> None:
    status = OFFER_TRANSITIONS.target("execute", state=offer.status, by=by)
    # Where locks do nothing (SQLite), this UPDATE decides who carries it out.
    won = Offer.objects.filter(pk=offer.pk, status=offer.status).update(
        status=status, executed_at=at
    )
    if not won:
        return
    hands = by if by.role in DESK else SYSTEM
    items = open_items(offer.case)
    if offer.kind == OfferKind.REWORK:
        # Before the case lets go: at no moment can it be asked for.
        reworking.begin_from_offer(case=offer.case, offer=offer, by=hands, at=at)
    resolving.resolve(
        case=offer.case,
        closing_code=_closing_code(offer, items),
        note="",
        resume=offer.resume,
        new_due_on=offer.new_due_on,
        settlement=lambda: _do(offer, items, hands=hands, by=by, at=at),
        by=by,
        at=at,
    )
    trail.record(
        action="dispute.offer_executed",
        case=offer.case,
        by=by,
        at=at,
        data={"offer": offer.position, "kind": str(offer.kind)},
    )


def _do(offer: Offer, items: list[DisputeItem], *, hands: Actor, by: Actor, at: datetime) -> None:
    match offer.kind:
        case OfferKind.CREDIT | OfferKind.DISCOUNT | OfferKind.REFUND:
            _credit(offer, items, by=hands, at=at)
        case OfferKind.PLAN:
            # Whoever accepts agrees to the parts.
            _agree_on_parts(offer, items[0].invoice, by=by, at=at)
        case _:
            return


def _credit(offer: Offer, items: list[DisputeItem], *, by: Actor, at: datetime) -> None:
    """Credit what was agreed on each invoice; of a refund, give the same sum back."""
    assert offer.amount is not None
    shares = offer_terms.share_out(offer.kind, offer.amount, items)
    if sum(shares.values(), ZERO) != offer.amount:
        raise crediting.MoreThanBilled
    of_invoice: dict[Invoice, dict[DisputeItem, Decimal]] = {}
    for item in items:
        if item.pk in shares:
            of_invoice.setdefault(item.invoice, {})[item] = shares[item.pk]
    for invoice, parts in of_invoice.items():
        _credit_invoice(offer, invoice, parts, by=by, at=at)


def _credit_invoice(
    offer: Offer,
    invoice: Invoice,
    parts: Mapping[DisputeItem, Decimal],
    *,
    by: Actor,
    at: datetime,
) -> None:
    reason = _reason(offer, invoice.language)
    stood = _standing_on(invoice)
    note = crediting.credit(
        invoice=invoice, reason=reason, **credit_of(invoice, parts), by=by, at=at
    )
    offer.credit_notes.add(note)
    if offer.kind == OfferKind.REFUND:
        total = sum(parts.values(), ZERO)
        offer.refunds.add(*_give_back(invoice, total, stood, reason=reason, by=by, at=at))


def _give_back(
    invoice: Invoice,
    total: Decimal,
    stood: Mapping[Payment, Decimal],
    *,
    reason: str,
    by: Actor,
    at: datetime,
) -> list[Refund]:
    """Give back of the payments on an invoice, the newest first, the way each of them came.

    The credit note has taken off what is beyond the balance; the rest is taken off here, so that
    as much is owed afterwards as before.
    """
    given: list[Refund] = []
    left = total
    for payment, before in stood.items():
        amount = min(left, before)
        if amount <= 0:
            break
        off = before - ledger.on_invoice(payment=payment, invoice=invoice)
        if off < amount:
            payments.unallocate(
                payment=payment, invoice=invoice, amount=amount - off, reason=reason, by=by, at=at
            )
        given.append(payments.refund(payment=payment, amount=amount, reason=reason, by=by, at=at))
        left -= amount
    if left > 0:
        raise payments.RefundMoreThanUnallocated
    return given


def _standing_on(invoice: Invoice) -> dict[Payment, Decimal]:
    """Return what of each payment stands on an invoice, as a credit note takes them off."""
    paid = Payment.objects.filter(
        pk__in=LedgerEntry.objects.filter(invoice=invoice, payment__isnull=False).values("payment")
    ).order_by("-received_on", "-recorded_at", "pk")
    found = {each: ledger.on_invoice(payment=each, invoice=invoice) for each in paid}
    return {payment: amount for payment, amount in found.items() if amount > 0}


def _agree_on_parts(offer: Offer, invoice: Invoice, *, by: Actor, at: datetime) -> None:
    plan = plans.offer(invoice=invoice, instalments=offer.instalments, by_email=False, by=by, at=at)
    plans.record_agreement(plan=plan, how=_how(offer, invoice.language), by=by, at=at)
    Offer.objects.filter(pk=offer.pk).update(plan=plan)


def _closing_code(offer: Offer, items: list[DisputeItem]) -> ClosingCode:
    """Say how the case ended: who got all of it was right, else both in part."""
    match offer.kind:
        case OfferKind.PLAN | OfferKind.KEEP_AS_BILLED:
            return ClosingCode.SHOP_RIGHT
        case OfferKind.CREDIT | OfferKind.REFUND:
            contested = sum((item.amount for item in items), ZERO)
            return ClosingCode.SHOP_WRONG if offer.amount == contested else ClosingCode.SHARED
        case _:
            return ClosingCode.GOODWILL


def _reason(offer: Offer, language: str) -> str:
    with translation.override(language):
        return gettext("As agreed in dispute %(number)s, offer %(position)s.") % {
            "number": offer.case.number,
            "position": offer.position,
        }


def _how(offer: Offer, language: str) -> str:
    if offer.signature is None:
        return _reason(offer, language)
    with translation.override(language):
        return gettext("As signed by %(name)s in dispute %(number)s, offer %(position)s.") % {
            "name": offer.signature.signer_name[:200],
            "number": offer.case.number,
            "position": offer.position,
        }


def _fail(offer: Offer, error: DomainError, *, by: Actor, at: datetime) -> Offer:
    status = OFFER_TRANSITIONS.target("fail", state=offer.status, by=by)
    with translation.override(offer.shop.language):
        reason = str(error.message)
    Offer.objects.filter(pk=offer.pk, status=offer.status).update(
        status=status, failure=reason[:500]
    )
    move(offer.case, TRANSITIONS.target("execution_failed", state=offer.case.status, by=by))
    trail.record(
        action="dispute.offer_failed",
        case=offer.case,
        by=by,
        at=at,
        data={"offer": offer.position, "reason": reason},
    )
    offer = Offer.objects.with_everything().get(pk=offer.pk)
    emails.offer_failed(offer, by=by, at=at)
    emails.offer_moved_desk(offer, at=at)
    return offer
