"""The calls about a repair that the customer stops."""

import json
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import Http404, QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from inspections.models import Inspection
from invoices import progress
from invoices.api.visits import VisitViewSet
from invoices.models import StopWork
from invoices.services import choosing, offering, stopping
from invoices.services.stops import Proof, StopRefused
from invoices.states import ChoiceMode, Safety, StopChannel, StopOption
from shopdisputes.api.fields import (
    Choice,
    Flag,
    In,
    Key,
    Moment,
    Number,
    Out,
    Reference,
    Text,
    Upload,
    money,
)
from shopdisputes.api.idempotency import idempotent
from shopdisputes.api.parsers import FlatJSONParser
from shopdisputes.api.repair_orders import ReasonIn
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.uploads import services as uploads

#: Of a letter, a message, a recording's note.
LARGEST_PROOF = uploads.LARGEST_MEDIA
MOST_FILES = 20
_CHOICES = [choice for choice in StopOption.choices if choice[0] != StopOption.UNDECIDED]
#: Under which names a form may bring its files.
_FILES = ("attachments", "files", "file", "attachment")


class _WithFiles(In):
    """A body that may come as a form with ``attachments``."""

    attachments = serializers.ListField(
        child=Upload(),
        required=False,
        max_length=MOST_FILES,
        help_text="JPEG, PNG, PDF or MP4 by content, 50 MiB each; by multipart",
    )

    @classmethod
    def from_form(cls, form: QueryDict) -> dict[str, Any]:
        """Return a form's fields as the plain data that JSON would bring.

        Raises:
            ParseError: ``work`` is not JSON.
        """
        data: dict[str, Any] = {
            name: value for name, value in form.dict().items() if name not in _FILES
        }
        files = [file for name in _FILES for file in form.getlist(name)]
        if files:
            data["attachments"] = files
        if "work" in form:
            try:
                data["work"] = json.loads(str(form["work"]))
            except (ValueError, TypeError, RecursionError) as error:
                raise ParseError(_("The work is not JSON.")) from error
        return data


class DoneIn(In):
    """How far a line is."""

    line = Key(help_text="The line's id or key")
    done_quantity = Number(
        max_digits=9, decimal_places=3, help_text="Hours for labour, else pieces, as authorized"
    )


class StopWorkIn(_WithFiles):
    """The customer stops the repair. As a form (multipart), ``work`` is a JSON text."""

    happened_at = Moment(help_text="Not in the future")
    reason = Text(max_length=2000, help_text="In the customer's words")
    channel = Choice(choices=StopChannel.choices)
    person = Text(max_length=200, required=False, allow_blank=True, help_text="Who told it")
    option = Choice(
        choices=StopOption.choices,
        required=False,
        help_text="Left out: the customer has not chosen; finish ends the stop at once",
    )
    work = DoneIn(many=True, required=False)
    car_state = Text(max_length=2000, required=False, allow_blank=True)
    safety = Choice(choices=Safety.choices, required=False)
    inspection = Reference(Inspection, required=False, allow_null=True)


class OfferIn(In):
    """How the three ways of going on are put before the customer."""

    note = Text(max_length=2000, required=False, allow_blank=True)
    by_email = Flag(required=False, help_text="False: told in person, by phone or on paper")


#: By link the customer chooses himself.
RECORDED_MODES = [
    (mode.value, mode.label) for mode in (ChoiceMode.ORAL, ChoiceMode.PAPER, ChoiceMode.IN_PERSON)
]


class StopChoiceIn(_WithFiles):
    """What the customer chose, as staff heard it or as it stands on a paper."""

    option = Choice(choices=_CHOICES)
    mode = Choice(choices=RECORDED_MODES)
    person = Text(max_length=200)
    note = Text(max_length=500, required=False, allow_blank=True)


class StopPricesOut(Out):
    """What each way of going on comes to, with tax."""

    finish = money()
    reassemble = money()
    release_as_is = money()


class StopFileOut(Out):
    """A proof of the stop."""

    id = serializers.UUIDField()
    name = serializers.CharField(source="sent_as")
    sha256 = serializers.CharField(source="file.sha256")
    size = serializers.IntegerField(source="file.size")


class StopWorkOut(Out):
    """A stop, what was offered and what was chosen."""

    id = serializers.UUIDField()
    repair_order = serializers.UUIDField(source="repair_order_id")
    happened_at = serializers.DateTimeField()
    reason = serializers.CharField()
    channel = serializers.ChoiceField(choices=StopChannel.choices)
    person = serializers.CharField()
    car_state = serializers.CharField()
    safety = serializers.ChoiceField(choices=Safety.choices)
    inspection = serializers.UUIDField(source="inspection_id", allow_null=True)
    recorded_at = serializers.DateTimeField()
    recorded_by = serializers.CharField()
    option = serializers.ChoiceField(choices=StopOption.choices)
    prices = serializers.SerializerMethodField()
    offered_at = serializers.DateTimeField(allow_null=True)
    chosen_at = serializers.DateTimeField(allow_null=True)
    choice_mode = serializers.CharField()
    choice_person = serializers.CharField()
    signature = serializers.UUIDField(source="signature_id", allow_null=True)
    sha256 = serializers.CharField(help_text="Of what was offered; empty before")
    lifted_at = serializers.DateTimeField(allow_null=True, help_text="The repair goes on since")
    lift_reason = serializers.CharField()
    attachments = serializers.SerializerMethodField()

    @extend_schema_field(StopPricesOut(allow_null=True))
    def get_prices(self, stop: StopWork) -> Any:
        """As offered; null before."""
        return StopPricesOut(stop.option_prices).data if stop.option_prices else None

    @extend_schema_field(StopFileOut(many=True))
    def get_attachments(self, stop: StopWork) -> Any:
        """How the customer stopped the repair."""
        files = stop.files.select_related("file").order_by("added_at", "pk")
        return StopFileOut(files, many=True).data


class StopWorkViewSet(VisitViewSet):
    """The customer stops a repair under way."""

    out = StopWorkOut
    parser_classes = [FlatJSONParser, MultiPartParser]
    pagination_class = None
    filter_backends = []

    @extend_schema(responses=StopWorkOut)
    def newest(self, request: Request, pk: Any) -> Response:
        """The order's newest stop, in force or lifted."""
        return self.answer(self._newest())

    @extend_schema(request=StopWorkIn, responses={201: StopWorkOut})
    @idempotent
    def record(self, request: Request, pk: Any) -> Response:
        """Write down that the customer stops the repair; no work may be noted from now on."""
        order, sent, at = self.get_object(), self.read(StopWorkIn), timezone.now()
        work = self._work(order, sent.pop("work", []))
        files = self._proofs(sent.pop("attachments", []), at)
        stop = stopping.record(
            repair_order=order, **sent, work=work, files=files, by=self.actor, at=at
        )
        return self.answer(stop, status=201)

    @extend_schema(request=OfferIn, responses=StopWorkOut)
    @idempotent
    def offer(self, request: Request, pk: Any) -> Response:
        """Price the three ways of going on as of now, and mail a link to choose by."""
        stop, sent = self._newest(), {"note": "", "by_email": True} | self.read(OfferIn)
        offered = offering.offer(stop=stop, **sent, by=self.actor, at=timezone.now())
        return self.answer(offered)

    @extend_schema(request=StopChoiceIn, responses=StopWorkOut)
    @idempotent
    def choice(self, request: Request, pk: Any) -> Response:
        """Write down what the customer chose on the phone, in person or on paper."""
        stop, sent, at = self._newest(), self.read(StopChoiceIn), timezone.now()
        files = self._proofs(sent.pop("attachments", []), at)
        chosen = choosing.record_choice(stop=stop, **sent, files=files, by=self.actor, at=at)
        return self.answer(chosen)

    @extend_schema(request=ReasonIn, responses=StopWorkOut)
    @idempotent
    def lift(self, request: Request, pk: Any) -> Response:
        """End the stop: the repair goes on."""
        stop, sent = self._newest(), self.read(ReasonIn)
        lifted = stopping.lift(stop=stop, **sent, by=self.actor, at=timezone.now())
        return self.answer(lifted)

    def _newest(self) -> StopWork:
        stops = StopWork.objects.for_shop(self.shop).filter(repair_order=self.get_object())
        stop = stops.with_everything().order_by("-recorded_at", "-pk").first()
        if stop is None:
            raise Http404
        return stop

    def _work(self, order: RepairOrder, sent: Iterable[Any]) -> list[tuple[UUID, Decimal]]:
        found = [(each, progress.key_of(order, each["line"])) for each in sent]
        unknown = [each["line"] for each, key in found if key is None]
        if unknown:
            words = _("This is no line of this repair order.")
            raise StopRefused(fields={str(line): words for line in unknown})
        return [(key, each["done_quantity"]) for each, key in found if key is not None]

    def _proofs(self, files: Iterable[Any], at: datetime) -> list[Proof]:
        return [
            Proof(
                file=uploads.store(
                    shop=self.shop,
                    upload=file,
                    max_bytes=LARGEST_PROOF,
                    allowed=uploads.MEDIA_KINDS,
                    by=self.actor,
                    at=at,
                ),
                sent_as=uploads.name_of(file),
            )
            for file in files
        ]
