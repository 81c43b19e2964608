"""The calls about offers in a dispute."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from disputes.api.answers import OfferOut
from disputes.models import DisputeCase, Offer
from disputes.services import agreeing, ending_offers, offering
from disputes.services.agreeing import LONGEST_HOW
from disputes.services.ending_offers import LONGEST_ANSWER
from disputes.services.offer_terms import LONGEST_TEXT
from disputes.states import OfferKind, OfferSide, Resume
from invoices.services.plan_terms import MOST_INSTALMENTS
from shopdisputes.actors import DESK
from shopdisputes.api.fields import Amount, Choice, Day, In, Text
from shopdisputes.api.idempotency import idempotent
from shopdisputes.api.views import ShopViewSet
from shopdisputes.shops.models import Shop


class SettlementPartIn(In):
    """A part of a payment plan."""

    due_on = Day()
    amount = Amount()


class SettlementIn(In):
    """What the shop offers to settle the case."""

    kind = Choice(choices=OfferKind.choices)
    amount = Amount(
        required=False,
        allow_null=True,
        help_text="What the customer gets, tax included; of a credit, a discount, a refund",
    )
    text = Text(
        max_length=LONGEST_TEXT,
        required=False,
        allow_blank=True,
        help_text="In words for the customer; a rework and what stays as billed need them",
    )
    expires_on = Day(required=False, help_text="Left out: two weeks from today")
    terms = SettlementPartIn(  # type: ignore[call-arg]
        many=True,
        max_length=MOST_INSTALMENTS,
        required=False,
        help_text="Of a plan: together all that can be asked for once the case has ended",
    )
    resume = Choice(choices=Resume.choices, required=False, help_text="Left out: keep_step")
    new_due_on = Day(required=False, allow_null=True, help_text="With new_due_date")


class SettlementAcceptIn(In):
    """How the customer accepted the shop's offer; his own needs no words."""

    how = Text(max_length=LONGEST_HOW, required=False, allow_blank=True)


class SettlementRefuseIn(In):
    """Why."""

    answer = Text(max_length=LONGEST_ANSWER, required=False, allow_blank=True)


def offers_of(shop: Shop) -> QuerySet[Offer]:
    """Return a shop's offers with what came of them."""
    found: QuerySet[Offer] = Offer.objects.for_shop(shop)
    return found.select_related("rework").prefetch_related("credit_notes", "refunds")


class OfferViewSet(ShopViewSet):
    """Offers in a dispute, by their position in it."""

    queryset = Offer.objects.all()
    out = OfferOut
    ordering = ("position",)
    writers = DESK
    pagination_class = None
    filter_backends = []

    def get_queryset(self) -> Any:
        """The offers of the case that the address names."""
        offers: Any = super().get_queryset()
        return offers.with_everything().filter(case=self.kwargs["pk"])

    def get_object(self) -> Offer:
        found: Offer = get_object_or_404(self.get_queryset(), position=self.kwargs["position"])
        self.check_object_permissions(self.request, found)
        return found

    @extend_schema(responses=OfferOut(many=True))
    def every(self, request: Request, pk: Any) -> Response:
        """All of them, in their order."""
        rows = offers_of(self.shop).filter(case=self._case()).order_by(*self.ordering)
        return Response(OfferOut(rows, many=True).data)

    @extend_schema(request=SettlementIn, responses={201: OfferOut})
    @idempotent
    def make(self, request: Request, pk: Any) -> Response:
        """Offer the customer a way to settle the case; one of his that is open is answered."""
        case = self._case()
        sent = self.read(SettlementIn)
        parts = [(part["due_on"], part["amount"]) for part in sent.pop("terms", [])]
        made = offering.make(case=case, **sent, instalments=parts, by=self.actor, at=timezone.now())
        return self._offer(made, status=201)

    @extend_schema(request=SettlementAcceptIn, responses=OfferOut)
    @idempotent
    def accept(self, request: Request, pk: Any, position: int) -> Response:
        """Accept it: it is carried out at once, or fails with its reason in \"failure\"."""
        offer = self.get_object()
        how = self.read(SettlementAcceptIn).get("how", "")
        at = timezone.now()
        if offer.side == OfferSide.CUSTOMER:
            return self._offer(agreeing.accept(offer=offer, by=self.actor, at=at))
        return self._offer(agreeing.record(offer=offer, how=how, by=self.actor, at=at))

    @extend_schema(request=SettlementRefuseIn, responses=OfferOut)
    @idempotent
    def refuse(self, request: Request, pk: Any, position: int) -> Response:
        """Refuse it, or note that the customer refused the shop's."""
        offer = self.get_object()
        answer = self.read(SettlementRefuseIn).get("answer", "")
        return self._offer(
            ending_offers.refuse(offer=offer, answer=answer, by=self.actor, at=timezone.now())
        )

    @extend_schema(request=None, responses=OfferOut)
    @idempotent
    def take_back(self, request: Request, pk: Any, position: int) -> Response:
        """Take the shop's own offer back."""
        offer = self.get_object()
        return self._offer(ending_offers.take_back(offer=offer, by=self.actor, at=timezone.now()))

    def _case(self) -> DisputeCase:
        cases = DisputeCase.objects.for_shop(self.shop)
        found: DisputeCase = get_object_or_404(cases.with_everything(), pk=self.kwargs["pk"])
        return found

    def _offer(self, offer: Offer, *, status: int = 200) -> Response:
        return self.answer(offers_of(self.shop).get(pk=offer.pk), status=status)
