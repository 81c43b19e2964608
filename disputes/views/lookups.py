"""How the staff's pages find cases and what belongs to them: always within the shop of who asks."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.shortcuts import get_object_or_404

from disputes.models import DisputeCase, FollowUp, Offer, ResolverAnswer, ReworkRequest
from shopdisputes.web.requests import StaffRequest, object_id


def case_of(request: StaffRequest, number: str) -> DisputeCase:
    """Return the shop's case of that number with what its pages say; else 404."""
    return get_object_or_404(
        DisputeCase.objects.for_shop(request.shop).with_everything(), number=number
    )


def follow_up_of(request: StaffRequest, case: DisputeCase, key: UUID) -> FollowUp:
    """Return a follow-up of a case; else 404."""
    found = FollowUp.objects.for_shop(request.shop).select_related("case__shop", "person")
    return get_object_or_404(found, case=case, pk=key)


def answer_of(request: StaffRequest, case: DisputeCase, key: UUID) -> ResolverAnswer:
    """Return what a resolver answered in a case; else 404."""
    found = ResolverAnswer.objects.for_shop(request.shop).select_related("case__shop")
    return get_object_or_404(found, case=case, pk=key)


def rework_of(request: StaffRequest, number: str) -> ReworkRequest:
    """Return the shop's rework of that number with what its pages say; else 404."""
    return get_object_or_404(
        ReworkRequest.objects.for_shop(request.shop).with_everything(), number=number
    )


def offer_of(request: StaffRequest, case: DisputeCase, position: int) -> Offer:
    """Return an offer of a case with what its pages say; else 404."""
    found = Offer.objects.for_shop(request.shop).with_everything()
    return get_object_or_404(found, case=case, position=position)


def sent(request: StaffRequest) -> QueryDict | None:
    """Return what was posted; None when the page is only looked at."""
    return request.POST if request.method == "POST" else None


def keys(texts: Sequence[str], *, most: int) -> list[UUID]:
    """Return the keys that a request names, each once, in its order."""
    found: dict[UUID, Any] = dict.fromkeys(key for text in texts if (key := object_id(text)))
    return list(found)[:most]
