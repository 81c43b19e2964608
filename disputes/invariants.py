"""What must hold across all rows about disputes, always; each sentence names what does not."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, F, ForeignKey, OuterRef, Q, QuerySet

from disputes.billed import billed_for
from disputes.models import (
    CaseFile,
    CaseMessage,
    Chargeback,
    ChargebackNotice,
    ChargebackPart,
    DisputeCase,
    DisputeItem,
    DisputeReason,
    FollowUp,
    Offer,
    ResolverAnswer,
    ReworkFile,
    ReworkRequest,
)
from disputes.states import ENDED, FollowUpStatus, ItemState, OfferStatus
from invoices.models import Hold
from invoices.states import HoldKind
from shopdisputes.canonical import sha256_hex
from shopdisputes.ops.invariants import broken_numbers
from shopdisputes.shops.models import Shop, ShopOwned

_CHUNK = 500
_MODELS: tuple[type[ShopOwned], ...] = (
    *(DisputeReason, DisputeCase, DisputeItem, FollowUp, CaseMessage, ResolverAnswer, CaseFile),
    *(Offer, ReworkRequest, ReworkFile, Chargeback, ChargebackPart, ChargebackNotice),
)


def broken() -> Iterator[str]:
    """Yield a sentence for everything that does not hold; nothing when all does."""
    yield from _strangers()
    for shop in Shop.objects.order_by("slug"):
        yield from _series(shop)
    yield from _cases()
    yield from _items()
    yield from _holds()
    yield from _offers()


def _strangers() -> Iterator[str]:
    """What hangs together belongs to one shop."""
    for model in _MODELS:
        for field in model._meta.concrete_fields:
            related = field.related_model
            if not isinstance(field, ForeignKey) or not isinstance(related, type):
                continue
            if not issubclass(related, ShopOwned):
                continue
            strangers = (
                model._default_manager.filter(**{f"{field.name}__isnull": False})
                .exclude(**{f"{field.name}__shop": F("shop")})
                .values_list("pk", flat=True)
            )
            for key in strangers:
                yield f"{model._meta.label_lower} {key} and its {field.name} are of two shops"


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
