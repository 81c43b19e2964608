"""The calls about a vehicle's leaving: the storage notice and the hand-over."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from inspections.models import Inspection
from invoices.api.visits import VisitViewSet
from invoices.services import leaving, storage
from invoices.states import CollectorAuthority, PaymentState
from shopdisputes.api.fields import (
    Amount,
    Choice,
    Day,
    Flag,
    In,
    Moment,
    Number,
    Out,
    Reference,
    Text,
    Whole,
    money,
)
from shopdisputes.api.idempotency import idempotent


class StorageNoticeIn(In):
    """The notice that the vehicle is ready; ``daily_rate`` is before tax."""

    ready_on = Day()
    daily_rate = Amount(min_value=0)
    tax_rate = Number(max_digits=5, decimal_places=2, min_value=0, max_value=100)
    free_days = Whole(min_value=0, max_value=365)
    message = Text(max_length=2000, required=False, allow_blank=True)
    served_how = Text(max_length=300, required=False, allow_blank=True)
    by_email = Flag(required=False)


class StorageNoticeOut(Out):
    """A notice; ``first_day`` is the first day that costs something."""

    id = serializers.UUIDField()
    ready_on = serializers.DateField()
    daily_rate = money()
    tax_rate = serializers.DecimalField(max_digits=5, decimal_places=2)
    free_days = serializers.IntegerField()
    first_day = serializers.DateField()
    sent_to = serializers.CharField()
    served_how = serializers.CharField()
    sent_at = serializers.DateTimeField()


class HandOverIn(In):
    """Who takes the vehicle, and what goes with it."""

    happened_at = Moment()
    odometer = Whole(min_value=0, max_value=9_999_999, required=False, allow_null=True)
    collected_by = Text(max_length=200)
    authority = Choice(choices=CollectorAuthority.choices)
    identity_checked = Flag()
    items_returned = Text(max_length=500, required=False, allow_blank=True)
    remarks = Text(max_length=2000, required=False, allow_blank=True)
    check_out = Reference(Inspection, required=False, allow_null=True)
    approval_reason = Text(max_length=500, required=False, allow_blank=True)


class HandOverOut(Out):
    """A hand-over; ``balance`` is what was owed at that moment."""

    id = serializers.UUIDField()
    happened_at = serializers.DateTimeField()
    odometer = serializers.IntegerField(allow_null=True)
    collected_by = serializers.CharField()
    authority = serializers.ChoiceField(choices=CollectorAuthority.choices)
    identity_checked = serializers.BooleanField()
    items_returned = serializers.CharField()
    remarks = serializers.CharField()
    check_out = serializers.UUIDField(source="check_out_id", allow_null=True)
    payment_state = serializers.ChoiceField(choices=PaymentState.choices)
    balance = money()
    approved_by = serializers.CharField()
    approval_reason = serializers.CharField()
    sha256 = serializers.CharField()


class StorageNoticeViewSet(VisitViewSet):
    """Storage notices of a repair order."""

    out = StorageNoticeOut

    @extend_schema(request=StorageNoticeIn, responses={201: StorageNoticeOut})
    @idempotent
    def give(self, request: Request, pk: Any) -> Response:
        """Tell the customer that the vehicle is ready and from when on storage costs something."""
        notice = storage.notify(
            repair_order=self.get_object(),
            **self.read(StorageNoticeIn),
            by=self.actor,
            at=timezone.now(),
        )
        return self.answer(notice, status=201)


class HandOverViewSet(VisitViewSet):
    """Hand-overs of a repair order's vehicle."""

    out = HandOverOut

    @extend_schema(request=HandOverIn, responses={201: HandOverOut})
    @idempotent
    def record(self, request: Request, pk: Any) -> Response:
        """Write down that the vehicle left; 403 ``approval-needed`` while something is owed."""
        record = leaving.hand_over(
            repair_order=self.get_object(),
            **self.read(HandOverIn),
            by=self.actor,
            at=timezone.now(),
        )
        return self.answer(record, status=201)
