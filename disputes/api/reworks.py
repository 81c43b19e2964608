"""The calls about work that is done again: each one service call and one answer."""

from typing import Any

from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from disputes.models import ReworkQuerySet, ReworkRequest
from disputes.services import asking_rework, deciding_rework, rework_disputes, reworking
from disputes.services.deciding_rework import LONGEST_NOTE
from disputes.services.rework_steps import LONGEST_TEXT
from disputes.states import RefusalReason, ReworkStatus
from invoices.models import Invoice, InvoiceLine
from shopdisputes.actors import DESK
from shopdisputes.api.fields import Choice, Day, In, Out, Reference, Text, money
from shopdisputes.api.idempotency import idempotent
from shopdisputes.api.views import ShopViewSet
from shopdisputes.web.lists import LONGEST_SEARCH

MOST_LINES = 500


class ReworkOut(Out):
    """A request; ``amount`` is that of its lines, tax included, held until it ends."""

    id = serializers.UUIDField()
    number = serializers.CharField()
    status = serializers.ChoiceField(choices=ReworkStatus.choices)
    invoice = serializers.UUIDField(source="invoice_id")
    lines = serializers.SerializerMethodField()
    amount = money()
    hold = serializers.UUIDField(source="hold_id", allow_null=True)
    description = serializers.CharField()
    asked_at = serializers.DateTimeField()
    asked_by = serializers.CharField()
    answer_by = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)
    answered_by = serializers.CharField()
    reason = serializers.ChoiceField(
        source="refusal_reason", choices=RefusalReason.choices, allow_blank=True
    )
    explanation = serializers.CharField()
    customer_until = serializers.DateField(allow_null=True)
    appointment_on = serializers.DateField(allow_null=True)
    appointment_note = serializers.CharField()
    repair_order = serializers.UUIDField(source="repair_order_id", allow_null=True)
    compared_with = serializers.UUIDField(source="compared_with_id", allow_null=True)
    supplement = serializers.UUIDField(source="supplement_id", allow_null=True)
    tries = serializers.IntegerField()
    delivered_at = serializers.DateTimeField(allow_null=True)
    work_note = serializers.CharField()
    check_until = serializers.DateField(allow_null=True)
    complaint = serializers.CharField()
    ended_at = serializers.DateTimeField(allow_null=True)
    dispute = serializers.UUIDField(source="case_id", allow_null=True)

    def get_lines(self, rework: ReworkRequest) -> list[str]:
        """The lines of the invoice that are to be done again."""
        lines = sorted(rework.lines.all(), key=lambda line: line.position)
        return [str(line.pk) for line in lines]


class ReworkIn(In):
    """What a customer wants done again."""

    invoice = Reference(Invoice)
    lines = serializers.ListField(
        child=Reference(InvoiceLine), allow_empty=False, max_length=MOST_LINES
    )
    description = Text(max_length=LONGEST_TEXT, help_text="In the customer's words")


class ReworkAcceptIn(In):
    """When the vehicle comes, when that is known."""

    appointment_on = Day(
        required=False, allow_null=True, help_text="From today on, at most 90 days ahead"
    )
    note = Text(max_length=LONGEST_NOTE, required=False, allow_blank=True)


class ReworkAppointmentIn(In):
    """When the vehicle comes."""

    appointment_on = Day(help_text="From today on, at most 90 days ahead")
    note = Text(max_length=LONGEST_NOTE, required=False, allow_blank=True)


class ReworkRefuseIn(In):
    """Why it is not done again for nothing; the customer has seven days to answer."""

    reason = Choice(choices=RefusalReason.choices)
    explanation = Text(max_length=LONGEST_TEXT, help_text="The customer reads it")


class ReworkNoteIn(In):
    """In words."""

    note = Text(max_length=LONGEST_TEXT)


class ReworkTextIn(In):
    """In the customer's words."""

    text = Text(max_length=LONGEST_TEXT)


class ReworkDisputeIn(In):
    """What the customer adds."""

    text = Text(max_length=LONGEST_TEXT, required=False, allow_blank=True)


class ReworkFilter(filters.FilterSet):
    """How reworks are found."""

    search = filters.CharFilter(
        method="by_words",
        max_length=LONGEST_SEARCH,
        help_text="Every word in number, invoice, customer or plate",
    )
    number = filters.CharFilter()
    customer = filters.UUIDFilter(field_name="invoice__customer_id")
    invoice = filters.UUIDFilter(field_name="invoice_id")
    repair_order = filters.UUIDFilter(field_name="repair_order_id")
    dispute = filters.UUIDFilter(field_name="case_id")
    status = filters.ChoiceFilter(choices=ReworkStatus.choices)
    running = filters.BooleanFilter(
        method="by_end", help_text="True: only those that have not ended"
    )

    def by_words(self, rows: ReworkQuerySet, name: str, words: str) -> ReworkQuerySet:
        return rows.search(words)

    def by_end(self, rows: ReworkQuerySet, name: str, wanted: bool) -> ReworkQuerySet:
        return rows.running() if wanted else rows


@extend_schema_view(
    list=extend_schema(responses=ReworkOut(many=True)),
    retrieve=extend_schema(responses=ReworkOut),
)
class ReworkViewSet(ShopViewSet):
    """Reworks."""

    queryset = ReworkRequest.objects.all()
    out = ReworkOut
    ordering = ("-asked_at", "id")
    writers = DESK
    filterset_class = ReworkFilter

    def get_queryset(self) -> Any:
        """The shop's requests, with their lines."""
        found: ReworkQuerySet = super().get_queryset()  # type: ignore[assignment]
        return found.with_everything().prefetch_related("lines")

    @extend_schema(request=ReworkIn, responses={201: ReworkOut})
    @idempotent
    def create(self, request: Request) -> Response:
        """Note what a customer wants done again: it is not asked for from then on."""
        sent = self.read(ReworkIn)
        made = asking_rework.ask(**sent, by=self.actor, at=timezone.now())
        return self._rework(made, status=201)

    @extend_schema(request=ReworkAcceptIn, responses=ReworkOut)
    @action(detail=True, methods=["post"])
    @idempotent
    def accept(self, request: Request, pk: Any) -> Response:
        """Do it again for nothing: a free repair order is opened."""
        rework = self.get_object()
        sent = self.read(ReworkAcceptIn)
        return self._rework(
            deciding_rework.accept(rework=rework, **sent, by=self.actor, at=timezone.now())
        )

    @extend_schema(request=ReworkAppointmentIn, responses=ReworkOut)
    @action(detail=True, methods=["post"])
    @idempotent
    def appointment(self, request: Request, pk: Any) -> Response:
        """Set the day on which the vehicle comes, or another one."""
        rework = self.get_object()
        sent = self.read(ReworkAppointmentIn)
        return self._rework(
            deciding_rework.appoint(rework=rework, **sent, by=self.actor, at=timezone.now())
        )

    @extend_schema(request=ReworkRefuseIn, responses=ReworkOut)
    @action(detail=True, methods=["post"])
    @idempotent
    def refuse(self, request: Request, pk: Any) -> Response:
        """Say why it is not done again for nothing."""
        rework = self.get_object()
        sent = self.read(ReworkRefuseIn)
        return self._rework(
            deciding_rework.refuse(rework=rework, **sent, by=self.actor, at=timezone.now())
        )

    @extend_schema(request=None, responses=ReworkOut)
    @action(detail=True, methods=["post"])
    @idempotent
    def begin(self, request: Request, pk: Any) -> Response:
        """Note that the vehicle is here; it counts as a try."""
        rework = self.get_object()
        return self._rework(reworking.begin(rework=rework, by=self.actor, at=timezone.now()))

    @extend_schema(request=ReworkNoteIn, responses=ReworkOut)
    @action(detail=True, methods=["post"])
    @idempotent
    def deliver(self, request: Request, pk: Any) -> Response:
        """Say what was done; the customer is asked to check it."""
        rework = self.get_object()
        sent = self.read(ReworkNoteIn)
        return self._rework(
            reworking.deliver(rework=rework, **sent, by=self.actor, at=timezone.now())
        )

    @extend_schema(request=None, responses=ReworkOut)
    @action(detail=True, methods=["post"])
    @idempotent
    def confirm(self, request: Request, pk: Any) -> Response:
        """Note that the customer found it in order."""
        rework = self.get_object()
        return self._rework(reworking.confirm(rework=rework, by=self.actor, at=timezone.now()))

    @extend_schema(request=ReworkTextIn, responses=ReworkOut)
    @action(detail=True, methods=["post"])
    @idempotent
    def complain(self, request: Request, pk: Any) -> Response:
        """Note what the customer says is still not right."""
        rework = self.get_object()
        sent = self.read(ReworkTextIn)
        return self._rework(
            reworking.complain(rework=rework, **sent, by=self.actor, at=timezone.now())
        )

    @extend_schema(request=ReworkNoteIn, responses=ReworkOut)
    @action(detail=True, methods=["post"])
    @idempotent
    def close(self, request: Request, pk: Any) -> Response:
        """Note that the customer leaves it as it is after a refusal, without prejudice."""
        rework = self.get_object()
        sent = self.read(ReworkNoteIn)
        return self._rework(
            reworking.close(rework=rework, **sent, by=self.actor, at=timezone.now())
        )

    @extend_schema(request=ReworkDisputeIn, responses=ReworkOut)
    @action(detail=True, methods=["post"])
    @idempotent
    def dispute(self, request: Request, pk: Any) -> Response:
        """Make a case of it; what was held is the case's."""
        rework = self.get_object()
        sent = self.read(ReworkDisputeIn)
        rework_disputes.dispute(rework=rework, **sent, by=self.actor, at=timezone.now())
        return self._rework(rework)

    @extend_schema(request=ReworkNoteIn, responses=ReworkOut)
    @action(detail=True, methods=["post"], url_path="call-off", url_name="call-off")
    @idempotent
    def call_off(self, request: Request, pk: Any) -> Response:
        """Do nothing more about it."""
        rework = self.get_object()
        sent = self.read(ReworkNoteIn)
        return self._rework(
            reworking.call_off(rework=rework, **sent, by=self.actor, at=timezone.now())
        )

    @extend_schema(request=None, responses=ReworkOut)
    @action(detail=True, methods=["post"])
    @idempotent
    def supplement(self, request: Request, pk: Any) -> Response:
        """Draft an estimate of what is not free, on the free repair order."""
        rework = self.get_object()
        reworking.offer_supplement(rework=rework, by=self.actor, at=timezone.now())
        return self._rework(rework)

    def _rework(self, rework: ReworkRequest, *, status: int = 200) -> Response:
        return self.answer(self.get_queryset().get(pk=rework.pk), status=status)
