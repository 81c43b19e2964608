"""Repair orders over the API."""

from typing import Any

from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from shopdisputes.api.fields import In, Out, Reference, Text, Whole
from shopdisputes.api.idempotency import idempotent
from shopdisputes.api.views import ShopViewSet
from shopdisputes.customers.models import Customer, Vehicle
from shopdisputes.repairorders import services
from shopdisputes.repairorders.models import RepairOrder, RepairOrderQuerySet
from shopdisputes.repairorders.states import RepairOrderStatus
from shopdisputes.web import calling_off, closing
from shopdisputes.web.lists import LONGEST_SEARCH


class RepairOrderChangeIn(In):
    """What is noted at check-in."""

    concern = Text(max_length=4000)
    odometer = Whole(min_value=0, max_value=9_999_999, required=False, allow_null=True)


class RepairOrderIn(RepairOrderChangeIn):
    """A visit of a customer's vehicle."""

    customer = Reference(Customer)
    vehicle = Reference(Vehicle)


class NoteIn(In):
    """A remark for the timeline."""

    note = Text(max_length=2000, required=False, allow_blank=True)


class ReasonIn(In):
    """Why, for the timeline."""

    reason = Text(max_length=2000)


class RepairOrderOut(Out):
    """A repair order."""

    id = serializers.UUIDField()
    number = serializers.CharField()
    status = serializers.ChoiceField(choices=RepairOrderStatus.choices)
    customer = serializers.UUIDField(source="customer_id")
    vehicle = serializers.UUIDField(source="vehicle_id")
    concern = serializers.CharField()
    odometer = serializers.IntegerField(allow_null=True)
    jurisdiction = serializers.CharField(source="profile.code")
    opened_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)


class RepairOrderFilter(filters.FilterSet):
    """How repair orders are found."""

    search = filters.CharFilter(
        method="by_words",
        max_length=LONGEST_SEARCH,
        help_text="Every word in number, customer, plate, VIN or vehicle",
    )
    number = filters.CharFilter()
    status = filters.ChoiceFilter(choices=RepairOrderStatus.choices)
    customer = filters.UUIDFilter(field_name="customer_id")
    vehicle = filters.UUIDFilter(field_name="vehicle_id")

    def by_words(self, rows: RepairOrderQuerySet, name: str, words: str) -> RepairOrderQuerySet:
        return rows.search(words)


@extend_schema_view(
    list=extend_schema(responses=RepairOrderOut(many=True)),
    retrieve=extend_schema(responses=RepairOrderOut),
)
class RepairOrderViewSet(ShopViewSet):
    """Repair orders."""

    queryset = RepairOrder.objects.all()
    out = RepairOrderOut
    ordering = ("-opened_at", "id")
    filterset_class = RepairOrderFilter

    @extend_schema(request=RepairOrderIn, responses={201: RepairOrderOut})
    @idempotent
    def create(self, request: Request) -> Response:
        """Open a visit; the rules of the shop's jurisdiction are frozen on it."""
        order = services.open_order(**self.read(RepairOrderIn), by=self.actor, at=timezone.now())
        return self.answer(order, status=201)

    @extend_schema(request=RepairOrderChangeIn, responses=RepairOrderOut)
    def partial_update(self, request: Request, pk: Any) -> Response:
        """Correct what was noted at check-in; the rest stays."""
        order = self.get_object()
        known = {"concern": order.concern, "odometer": order.odometer}
        sent = self.read(RepairOrderChangeIn, partial=True)
        changed = services.change(
            repair_order=order, **known | sent, by=self.actor, at=timezone.now()
        )
        return self.answer(changed)

    @extend_schema(request=NoteIn, responses=RepairOrderOut)
    @action(detail=True, methods=["post"])
    @idempotent
    def close(self, request: Request, pk: Any) -> Response:
        """End the visit: the vehicle is gone. 409 ``hand-over-first`` while something is owed."""
        return self._move(closing.close, NoteIn)

    @extend_schema(request=ReasonIn, responses=RepairOrderOut)
    @action(detail=True, methods=["post"])
    @idempotent
    def cancel(self, request: Request, pk: Any) -> Response:
        """Call the visit off; deposits go back in full, 409 ``credit-first`` while it is billed."""
        return self._move(calling_off.cancel, ReasonIn)

    @extend_schema(request=ReasonIn, responses=RepairOrderOut)
    @action(detail=True, methods=["post"])
    @idempotent
    def reopen(self, request: Request, pk: Any) -> Response:
        """Go on with a visit that was closed or called off."""
        return self._move(services.reopen, ReasonIn)

    def _move(self, service: Any, body: type[In]) -> Response:
        order = service(
            repair_order=self.get_object(), **self.read(body), by=self.actor, at=timezone.now()
        )
        return self.answer(order)
