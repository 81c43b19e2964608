"""The calls about reminders: each one service call and one answer."""

from typing import Any

from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from dunning import agenda
from dunning.models import Reminder, ReminderQuerySet
from dunning.services import approving, reminding
from dunning.states import Channel, Reason, ReminderStatus, Template
from invoices.models import Invoice
from shopdisputes.actors import DESK
from shopdisputes.api.fields import Choice, In, Out, Text, money
from shopdisputes.api.idempotency import idempotent
from shopdisputes.api.views import ShopViewSet


class SkipIn(In):
    """Why a reminder does not leave."""

    reason = Text(max_length=1000)


class SettleIn(In):
    """What is known of a reminder in doubt."""

    outcome = Choice(choices=["delivered", "not_delivered"])


class ReminderOut(Out):
    """One step for one invoice.

    ``status`` of one in an e-mail is the e-mail's: what its sender and its server made of it.
    """

    id = serializers.UUIDField()
    invoice = serializers.UUIDField(source="invoice_id")
    customer = serializers.UUIDField(source="customer_id")
    step = serializers.SerializerMethodField()
    cycle = serializers.IntegerField(help_text="1, and one more each time the steps begin anew")
    channel = serializers.ChoiceField(choices=Channel.choices)
    template = serializers.ChoiceField(source="step.template", choices=Template.choices)
    status = serializers.SerializerMethodField()
    reason = serializers.ChoiceField(
        choices=Reason.choices, allow_blank=True, help_text="Why it is held or skipped"
    )
    detail = serializers.CharField()
    amount = money(help_text="What it asks for, tax included")
    planned_on = serializers.DateField()
    pay_by = serializers.DateField(allow_null=True, help_text="The time to pay that it gives")
    sent_at = serializers.DateTimeField(allow_null=True)
    email = serializers.UUIDField(source="email_id", allow_null=True)
    approved_at = serializers.DateTimeField(allow_null=True)
    approved_by = serializers.CharField()

    def get_step(self, reminder: Reminder) -> int:
        """The step's place on its ladder, from 1 on."""
        return reminder.step.position + 1

    @extend_schema_field(serializers.ChoiceField(choices=ReminderStatus.choices))
    def get_status(self, reminder: Reminder) -> str:
        return str(reminder.shown_status)


class ReminderFilter(filters.FilterSet):
    """How reminders are found."""

    invoice = filters.UUIDFilter(field_name="invoice_id")
    customer = filters.UUIDFilter(field_name="customer_id")
    status = filters.ChoiceFilter(choices=ReminderStatus.choices, method="by_status")
    channel = filters.ChoiceFilter(choices=Channel.choices)

    def by_status(self, rows: ReminderQuerySet, name: str, status: str) -> ReminderQuerySet:
        return agenda.standing_as(rows, status)


@extend_schema_view(
    list=extend_schema(responses=ReminderOut(many=True)),
    retrieve=extend_schema(responses=ReminderOut),
)
class ReminderViewSet(ShopViewSet):
    """Reminders, those planned last first."""

    queryset = Reminder.objects.all()
    out = ReminderOut
    ordering = ("-planned_on", "id")
    writers = DESK
    filterset_class = ReminderFilter

    def get_queryset(self) -> Any:
        """The shop's reminders with what an answer tells of them, in one query."""
        return (
            super()
            .get_queryset()
            .select_related("shop", "invoice", "step", "email")
            .defer("invoice__canonical_json", "email__text", "email__html")
        )

    @extend_schema(request=None, responses=ReminderOut)
    @action(detail=True, methods=["post"])
    @idempotent
    def approve(self, request: Request, pk: Any) -> Response:
        """Let it leave, over what may be asked for now.

        409 ``not-remindable`` when nothing may be asked for, with the reason. A formal demand is
        approved by the management.
        """
        reminder = approving.approve(reminder=self.get_object(), by=self.actor, at=timezone.now())
        return Response(ReminderOut(reminder).data)

    @extend_schema(request=SkipIn, responses=ReminderOut)
    @action(detail=True, methods=["post"])
    @idempotent
    def skip(self, request: Request, pk: Any) -> Response:
        """Leave it out; the next step comes in its time."""
        reminder = approving.skip(
            reminder=self.get_object(), **self.read(SkipIn), by=self.actor, at=timezone.now()
        )
        return Response(ReminderOut(reminder).data)

    @extend_schema(request=SettleIn, responses=ReminderOut)
    @action(detail=True, methods=["post"])
    @idempotent
    def settle(self, request: Request, pk: Any) -> Response:
        """Say whether one in doubt arrived; all others in its e-mail are settled with it."""
        reminder = approving.settle(
            reminder=self.get_object(),
            delivered=self.read(SettleIn)["outcome"] == "delivered",
            by=self.actor,
            at=timezone.now(),
        )
        return Response(ReminderOut(reminder).data)


class RemindViewSet(ShopViewSet):
    """The reminders of one invoice."""

    queryset = Invoice.objects.all()
    out = ReminderOut
    ordering = ("-created_at", "id")
    writers = DESK

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("shop", "customer", "repair_order")

    @extend_schema(request=None, responses={201: ReminderOut})
    @idempotent
    def remind(self, request: Request, pk: Any) -> Response:
        """Take the next step now; it leaves when the shop's hours allow.

        409 ``not-remindable`` when nothing may be asked for, with the reason.
        """
        reminder = reminding.remind_now(invoice=self.get_object(), by=self.actor, at=timezone.now())
        return Response(ReminderOut(reminder).data, status=201)
