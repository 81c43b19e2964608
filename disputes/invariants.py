"""What must hold across all rows about disputes, always; each sentence names what does not."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum

from disputes.billed import billed_for
from disputes.models import (
    Chargeback,
    ChargebackPart,
    DisputeCase,
    DisputeItem,
    FollowUp,
    Offer,
    ReworkRequest,
)
from disputes.states import (
    ENDED,
    CaseStatus,
    FollowUpStatus,
    Funds,
    ItemState,
    OfferKind,
    OfferStatus,
)
from invoices.models import Hold, LedgerEntry, Payment
from invoices.states import EntryKind, HoldKind
from shopdisputes.canonical import sha256_hex
from shopdisputes.money import ZERO
from shopdisputes.ops.invariants import broken_numbers
from shopdisputes.shops.models import Shop

_CHUNK = 500


def broken() -> Iterator[str]:
    """Yield a sentence for everything that does not hold; nothing when all does."""
    for shop in Shop.objects.order_by("slug"):
        yield from _series(shop)
    yield from _cases()
    yield from _items()
    yield from _holds()
    yield from _offers()
    yield from _reworks()
    yield from _chargebacks()


def _series(shop: Shop) -> Iterator[str]:
    """Numbers have no gaps and no doubles."""
    numbered: list[tuple[str, QuerySet[Any]]] = [
        ("D", DisputeCase.objects.for_shop(shop)),
        ("RW", ReworkRequest.objects.for_shop(shop)),
        ("CB", Chargeback.objects.for_shop(shop)),
    ]
    for series, rows in numbered:
        yield from broken_numbers(shop, rows, series=series)


def _cases() -> Iterator[str]:
    """A running case has something contested and somebody who looks at it; an ended one neither."""
    contested = DisputeItem.objects.filter(case=OuterRef("pk"), state=ItemState.OPEN)
    looked_at = FollowUp.objects.filter(case=OuterRef("pk"), status=FollowUpStatus.OPEN)
    cases = DisputeCase.objects.annotate(contested=Exists(contested), looked_at=Exists(looked_at))
    for case in cases.order_by("pk").iterator(_CHUNK):
        if case.has_ended:
            if case.contested:
                yield f"{case}: it has ended, but something of it is still contested"
            if case.looked_at:
                yield f"{case}: it has ended, but somebody is still to look at it"
            continue
        if not case.contested:
            yield f"{case}: it runs, but nothing is contested in it"
        if not case.looked_at:
            yield f"{case}: it runs, but nobody is to look at it"


def _items() -> Iterator[str]:
    """What is contested is the customer's, was billed, and not for more than that."""
    items = DisputeItem.objects.select_related("case", "invoice", "line").order_by("pk")
    for item in items.iterator(_CHUNK):
        if item.invoice.customer_id != item.case.customer_id:
            yield f"{item}: the invoice is another customer's"
        if item.line is not None and item.line.invoice_id != item.invoice_id:
            yield f"{item}: its line stands on another invoice"
        elif item.amount > billed_for(item.invoice, item.line):
            yield f"{item}: {item.amount} is contested, more than was billed"
        if (item.ended_at is None) != (item.state == ItemState.OPEN):
            yield f"{item}: it is {item.state}, which its times do not say"


def _holds() -> Iterator[str]:
    """A contested amount and its hold begin and end together."""
    items = DisputeItem.objects.filter(hold__isnull=False).select_related("case", "invoice", "hold")
    for item in items.order_by("pk").iterator(_CHUNK):
        hold = item.hold
        assert hold is not None
        if hold.invoice_id != item.invoice_id or hold.source_id != item.pk:
            yield f"{item}: its hold is for something else"
        if item.state != ItemState.OPEN and hold.released_at is None:
            yield f"{item}: it is not contested any more, but still held"
        if item.state == ItemState.OPEN and hold.released_at is not None:
            yield f"{item}: it is contested, but not held any more"
        if hold.amount is None or hold.amount > item.amount:
            yield f"{item}: more is held than is contested"
    alone = Hold.objects.filter(
        kind=HoldKind.DISPUTE, released_at=None, source_id__isnull=False, dispute_item=None
    )
    for hold in alone.select_related("invoice").order_by("pk"):
        yield f"{hold.invoice}: it is held for a dispute that there is not"


def _offers() -> Iterator[str]:
    """An offer is open in a running case only, and what was signed is what was offered."""
    late = Offer.objects.filter(
        Q(status=OfferStatus.SENT), case__status__in=sorted(ENDED)
    ).select_related("case")
    for offer in late.order_by("pk"):
        yield f"{offer}: it is open in a case that has ended"
    for offer in Offer.objects.select_related("case", "signature").order_by("pk").iterator(_CHUNK):
        if sha256_hex(offer.canonical_json) != offer.sha256:
            yield f"{offer}: the hash is not that of what was offered"
        elif offer.signature is not None and offer.signature.subject_sha256 != offer.sha256:
            yield f"{offer}: what was signed is not what was offered"
        if offer.status == OfferStatus.ACCEPTED:
            yield f"{offer}: it is accepted, but neither carried out nor failed"
        if offer.status == OfferStatus.EXECUTED:
            yield from _carried_out(offer)
    waiting = Offer.objects.filter(case=OuterRef("pk"), status=OfferStatus.SENT)
    cases = DisputeCase.objects.annotate(offered=Exists(waiting)).exclude(status__in=sorted(ENDED))
    for case in cases.order_by("pk").iterator(_CHUNK):
        if case.offered != (case.status == CaseStatus.PROPOSAL_OUT):
            yield f"{case}: it is {case.status}, which its offers do not say"


def _carried_out(offer: Offer) -> Iterator[str]:
    """What was agreed has come: as much credited, and given back, as was offered."""
    credited = offer.credit_notes.aggregate(sum=Sum("total"))["sum"] or ZERO
    refunded = offer.refunds.aggregate(sum=Sum("amount"))["sum"] or ZERO
    of_money = offer.kind in (OfferKind.CREDIT, OfferKind.DISCOUNT, OfferKind.REFUND)
    if credited != (offer.amount if of_money else ZERO):
        yield f"{offer}: {credited} was credited for it"
    if refunded != (offer.amount if offer.kind == OfferKind.REFUND else ZERO):
        yield f"{offer}: {refunded} was given back for it"
    if (offer.plan_id is not None) != (offer.kind == OfferKind.PLAN):
        yield f"{offer}: it is carried out, which its payment plan does not say"
    if hasattr(offer, "rework") != (offer.kind == OfferKind.REWORK):
        yield f"{offer}: it is carried out, which its rework does not say"


def _chargebacks() -> Iterator[str]:
    """What banks have taken is away once, from where the parts say, and kept from being asked."""
    away = dict(
        Chargeback.objects.filter(funds=Funds.WITHDRAWN)
        .values_list("payment")
        .annotate(sum=Sum("amount"))
        .order_by()
    )
    concerned = Payment.objects.filter(Q(pk__in=away) | Q(charged_back__gt=0)).order_by("pk")
    for payment in concerned.iterator(_CHUNK):
        taken = away.get(payment.pk, ZERO)
        if payment.charged_back != taken:
            yield f"{payment}: {payment.charged_back} counts as taken by the bank, it took {taken}"
    parts = ChargebackPart.objects.select_related(
        "chargeback", "invoice", "hold", "taken", "given_back"
    )
    for part in parts.order_by("pk").iterator(_CHUNK):
        yield from _chargeback_part(part)
    alone = LedgerEntry.objects.filter(
        kind=EntryKind.CHARGEBACK, chargeback_taken=None
    ) | LedgerEntry.objects.filter(kind=EntryKind.CHARGEBACK_REVERSED, chargeback_given_back=None)
    for entry in alone.select_related("invoice").order_by("pk"):
        yield f"{entry.invoice}: the bank moved {entry.amount} without a chargeback"
    over = Chargeback.objects.annotate(sum=Sum("parts__amount")).filter(sum__gt=F("amount"))
    for chargeback in over.order_by("pk"):
        yield f"{chargeback}: its parts are more than itself"


def _chargeback_part(part: ChargebackPart) -> Iterator[str]:
    chargeback, taken, back, hold = part.chargeback, part.taken, part.given_back, part.hold
    moved = chargeback.funds != Funds.WITH_SHOP
    if (taken is not None) != moved or (hold is not None) != moved:
        yield f"{part}: what was taken and held does not say where the money is"
    for entry, sign in ((taken, 1), (back, -1)):
        if entry is None:
            continue
        if (entry.invoice_id, entry.payment_id) != (part.invoice_id, chargeback.payment_id):
            yield f"{part}: its entry is about other money"
        # Less may have been put back: what was not owed there any more is unallocated.
        if entry.amount * sign > part.amount or (sign == 1 and entry.amount != part.amount):
            yield f"{part}: its entry moves {entry.amount}"
    if hold is not None and (hold.source_id, hold.amount) != (part.pk, part.amount):
        yield f"{part}: its hold is for something else"
    held = hold is not None and hold.released_at is None
    if chargeback.funds == Funds.WITHDRAWN and not held and chargeback.is_running:
        yield f"{part}: the bank has the money and is deciding, but nothing holds it back"
    if chargeback.funds == Funds.REINSTATED and held:
        yield f"{part}: the bank gave the money back, but it is still held back"


def _reworks() -> Iterator[str]:
    """A running request holds its amount, an ended one nothing; its lines are its invoice's."""
    rows = ReworkRequest.objects.select_related("invoice__customer", "hold", "repair_order")
    for rework in rows.order_by("pk").iterator(_CHUNK):
        hold = rework.hold
        if hold is not None:
            if hold.invoice_id != rework.invoice_id or hold.source_id != rework.pk:
                yield f"{rework}: its hold is for something else"
            if hold.amount is None or hold.amount > rework.amount:
                yield f"{rework}: more is held than it is about"
            if rework.has_ended and hold.released_at is None:
                yield f"{rework}: it has ended, but is still held"
            if not rework.has_ended and hold.released_at is not None:
                yield f"{rework}: it runs, but is not held any more"
        if rework.has_ended != (rework.ended_at is not None):
            yield f"{rework}: it is {rework.status}, which its times do not say"
        if rework.amount > rework.invoice.total:
            yield f"{rework}: {rework.amount} is in question, more than was billed"
        visit = rework.repair_order
        if visit is not None and visit.customer_id != rework.invoice.customer_id:
            yield f"{rework}: it is done again on another customer's visit"
    alone = Hold.objects.filter(
        kind=HoldKind.REWORK, released_at=None, source_id__isnull=False, rework=None
    )
    for hold in alone.select_related("invoice").order_by("pk"):
        yield f"{hold.invoice}: it is held for a rework that there is not"
    elsewhere = ReworkRequest.objects.exclude(lines__invoice=F("invoice")).filter(
        lines__isnull=False
    )
    for rework in elsewhere.distinct().order_by("pk"):
        yield f"{rework}: a line of it stands on another invoice"
