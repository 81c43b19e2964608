"""The calls about work on authorized lines."""

from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from invoices import progress
from invoices.api.visits import VisitViewSet
from invoices.progress import Job
from invoices.services import work
from invoices.states import PartState, WorkState
from shopdisputes.actors import STAFF
from shopdisputes.api.fields import Amount, Choice, Day, In, Number, Out, Text, Upload, money
from shopdisputes.api.parsers import FlatJSONParser
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.uploads import services as uploads

#: What may be taken back with null.
_NULLABLE = ("hours_spent", "returnable_until", "supplier_proof")


class WorkIn(In):
    """How far a line is; what is not sent stays. Null takes a fact back."""

    state = Choice(
        choices=[choice for choice in WorkState.choices if choice[0] != WorkState.STOPPED],
        required=False,
    )
    done_quantity = Number(
        max_digits=9,
        decimal_places=3,
        required=False,
        help_text="Hours for labour, else pieces, as authorized; never more than that",
    )
    hours_spent = Number(
        max_digits=7,
        decimal_places=2,
        required=False,
        allow_null=True,
        help_text="What it really took",
    )
    part_state = Choice(choices=PartState.choices, required=False, help_text="Of a part only")
    returnable_until = Day(
        required=False, allow_null=True, help_text="Until when the supplier takes the part back"
    )
    restocking_fee = Amount(
        required=False, help_text="What the supplier keeps for taking it back, before tax"
    )
    supplier_proof = Upload(
        required=False,
        allow_null=True,
        allow_empty_file=True,
        help_text="JPEG, PNG or PDF by content, 20 MiB",
    )
    note = Text(max_length=500, required=False, allow_blank=True)


class WorkOut(Out):
    """An authorized line and how far it is."""

    line = serializers.UUIDField(source="line.pk", help_text="The version that is authorized")
    key = serializers.UUIDField(help_text="The same through all revisions")
    kind = serializers.CharField(source="line.kind")
    description = serializers.CharField(source="line.description")
    quantity = serializers.DecimalField(max_digits=9, decimal_places=3, source="line.quantity")
    state = serializers.SerializerMethodField()
    done_quantity = serializers.SerializerMethodField()
    hours_spent = serializers.DecimalField(
        max_digits=7,
        decimal_places=2,
        allow_null=True,
        default=None,
        source="work.hours_spent",
    )
    part_state = serializers.CharField(default="", source="work.part_state")
    returnable_until = serializers.DateField(
        allow_null=True, default=None, source="work.returnable_until"
    )
    restocking_fee = money(default="0.00", source="work.restocking_fee")
    supplier_proof_sha256 = serializers.CharField(
        allow_null=True, default=None, source="work.supplier_proof.sha256"
    )
    note = serializers.CharField(default="", source="work.note")
    updated_at = serializers.DateTimeField(allow_null=True, default=None, source="work.updated_at")
    updated_by = serializers.CharField(default="", source="work.updated_by")

    def get_state(self, job: Job) -> str:
        """One of not_started, in_progress, done, stopped."""
        return str(job.work.state if job.work else WorkState.NOT_STARTED)

    def get_done_quantity(self, job: Job) -> str:
        """In the unit of quantity."""
        return f"{job.work.done_quantity if job.work else 0:.3f}"


class WorkViewSet(VisitViewSet):
    """Work on the authorized lines of a repair order. Technicians may note it."""

    out = WorkOut
    writers = STAFF
    parser_classes = [FlatJSONParser, MultiPartParser]
    pagination_class = None
    filter_backends = []

    @extend_schema(responses=WorkOut(many=True))
    def every(self, request: Request, pk: Any) -> Response:
        """Every authorized line, in the estimates' order."""
        jobs = work.items_of(self.get_object())
        return Response(WorkOut(jobs, many=True, context=self.get_serializer_context()).data)

    @extend_schema(responses=WorkOut)
    def one(self, request: Request, pk: Any, line: UUID) -> Response:
        """One authorized line, by its id or key."""
        return self._job(self.get_object(), line)

    @extend_schema(request=WorkIn, responses=WorkOut)
    def note(self, request: Request, pk: Any, line: UUID) -> Response:
        """Note how far a line is, by its id or key."""
        order = self.get_object()
        key = progress.key_of(order, line)
        if key is None:
            raise Http404
        sent = self.read(WorkIn, partial=True)
        forget = [name for name in _NULLABLE if name in sent and sent[name] is None]
        at = timezone.now()
        if sent.get("supplier_proof") is not None:
            sent["supplier_proof"] = uploads.store(
                shop=self.shop,
                upload=sent["supplier_proof"],
                max_bytes=work.LARGEST_PROOF,
                allowed=work.PROOF_KINDS,
                by=self.actor,
                at=at,
            )
        work.note(repair_order=order, key=key, **sent, forget=forget, by=self.actor, at=at)
        return self._job(order, line)

    def _job(self, order: RepairOrder, line: UUID) -> Response:
        key = progress.key_of(order, line)
        job = next((each for each in work.items_of(order) if each.key == key), None)
        if job is None:
            raise Http404
        return Response(WorkOut(job, context=self.get_serializer_context()).data)
