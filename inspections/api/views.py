"""The calls about inspections: each one service call and one answer."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import FileResponse, Http404
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from inspections.api.answers import (
    ChecklistOut,
    ChecklistSummaryOut,
    InspectionOut,
    InspectionSummaryOut,
    ItemOut,
    MediaOut,
)
from inspections.api.bodies import (
    CompleteIn,
    DiscardIn,
    ExtraItemIn,
    InspectionChangeIn,
    InspectionIn,
    ItemIn,
    MediaIn,
    RestIn,
    ShareIn,
)
from inspections.models import (
    Acknowledgement,
    Checklist,
    Inspection,
    InspectionItem,
    InspectionQuerySet,
    ItemMedia,
)
from inspections.services import beginning, checklists, completing, media, recording, sharing
from inspections.services.beginning import ChecklistNotOffered
from inspections.services.completing import Incomplete
from inspections.states import READ, InspectionStatus, MediaSource, Result, Stage
from shopdisputes.actors import DESK, STAFF
from shopdisputes.api.fields import In
from shopdisputes.api.files import NotReady, describe_pdf, pdf_response
from shopdisputes.api.idempotency import idempotent
from shopdisputes.api.views import ShopViewSet
from shopdisputes.web.lists import LONGEST_SEARCH

_ITEM = "items/<uuid:item_id>"
_MEDIA = f"{_ITEM}/media"


class InspectionFilter(filters.FilterSet):
    """How inspections are found."""

    search = filters.CharFilter(
        method="by_words",
        max_length=LONGEST_SEARCH,
        help_text="Every word in number, order, customer, make or plate",
    )
    number = filters.CharFilter()
    stage = filters.ChoiceFilter(choices=Stage.choices)
    status = filters.ChoiceFilter(choices=InspectionStatus.choices)
    repair_order = filters.UUIDFilter(field_name="repair_order_id")

    def by_words(self, rows: InspectionQuerySet, name: str, words: str) -> InspectionQuerySet:
        return rows.search(words)


@extend_schema_view(
    list=extend_schema(responses=InspectionSummaryOut(many=True)),
    retrieve=extend_schema(responses=InspectionOut),
)
class InspectionViewSet(ShopViewSet):
    """Inspections, their items and files. Technicians may do all but share."""

    queryset = Inspection.objects.all()
    out = InspectionSummaryOut
    ordering = ("-created_at", "id")
    filterset_class = InspectionFilter
    http_method_names = ["get", "head", "post", "patch", "delete"]
    writers = STAFF

    def retrieve(self, request: Request, pk: Any) -> Response:
        """The inspection with its items, their files, and the customer's answer."""
        return self._inspection(self.get_object())

    @extend_schema(request=InspectionIn, responses={201: InspectionOut})
    @idempotent
    def create(self, request: Request) -> Response:
        """Begin an inspection with the newest version of a checklist."""
        sent = self.read(InspectionIn)
        inspection = beginning.begin(
            repair_order=sent["repair_order"],
            checklist=self._checklist(sent.get("checklist"), stage=sent["stage"]),
            by=self.actor,
            at=timezone.now(),
        )
        return self._inspection(inspection, status=201)

    @extend_schema(request=InspectionChangeIn, responses=InspectionOut)
    def partial_update(self, request: Request, pk: Any) -> Response:
        """Say something about the whole, while it is in progress."""
        inspection = self.get_object()
        sent = self.read(InspectionChangeIn)
        recording.set_note(
            inspection=inspection, note=sent["note"], by=self.actor, at=timezone.now()
        )
        return self._inspection(inspection)

    @extend_schema(request=ExtraItemIn, responses={201: ItemOut})
    @action(detail=True, methods=["post"])
    @idempotent
    def items(self, request: Request, pk: Any) -> Response:
        """Add an item that stands on no checklist."""
        inspection = self.get_object()
        sent = self.read(ExtraItemIn)
        section = sent.get("section", "")
        added = recording.add_item(
            inspection=inspection,
            section={self.shop.language: section} if section else {},
            name=sent["name"],
            by=self.actor,
            at=timezone.now(),
        )
        return self._item(added, status=201)

    @extend_schema(request=ItemIn, responses=ItemOut)
    @action(detail=True, methods=["patch"], url_path=_ITEM)
    def item(self, request: Request, pk: Any, item_id: UUID) -> Response:
        """Write down what was seen."""
        item = self._item_of(item_id)
        sent = self.read(ItemIn)
        recording.record(item=item, **_seen(item, sent), by=self.actor, at=timezone.now())
        return self._item(item)

    @item.mapping.delete
    @extend_schema(responses={204: None})
    def remove_item(self, request: Request, pk: Any, item_id: UUID) -> Response:
        """Take away an item that was added by hand, while the inspection is in progress."""
        recording.remove_item(item=self._item_of(item_id), by=self.actor, at=timezone.now())
        return Response(status=204)

    @extend_schema(request={"multipart/form-data": MediaIn}, responses={201: MediaOut})
    @action(detail=True, methods=["post"], url_path=_MEDIA, parser_classes=[MultiPartParser])
    @idempotent
    def media(self, request: Request, pk: Any, item_id: UUID) -> Response:
        """Put a photo, video or PDF beside an item; the same bytes again are the same file.

        413 `too-large` above 50 MiB; 415 `wrong-type` when it is not a JPEG, PNG, PDF or MP4 by
        its content, or is damaged.
        """
        item = self._item_of(item_id)
        sent = self.read(MediaIn)
        added = media.add(
            item=item,
            upload=sent["file"],
            shot=sent.get("shot"),
            caption=sent.get("caption", ""),
            source=MediaSource.API,
            by=self.actor,
            at=timezone.now(),
        )
        return Response(MediaOut(added).data, status=201)

    @extend_schema(responses=MediaOut)
    @action(detail=True, methods=["get"], url_path=f"{_MEDIA}/<uuid:media_id>")
    def media_item(self, request: Request, pk: Any, item_id: UUID, media_id: UUID) -> Response:
        """One file of an item, and what became of it since it came."""
        return Response(MediaOut(self._media_of(item_id, media_id)).data)

    @media_item.mapping.delete
    @extend_schema(responses={204: None})
    def remove_media(self, request: Request, pk: Any, item_id: UUID, media_id: UUID) -> Response:
        """Take a file away from its item, while the inspection is in progress."""
        media.remove(media=self._media_of(item_id, media_id), by=self.actor, at=timezone.now())
        return Response(status=204)

    @extend_schema(request=RestIn, responses=InspectionOut)
    @action(detail=True, methods=["post"])
    @idempotent
    def rest(self, request: Request, pk: Any) -> Response:
        """Say once why everything that has no result yet was not inspected."""
        return self._act(recording.rest_not_inspected, RestIn)

    @extend_schema(request=CompleteIn, responses=InspectionOut)
    @action(detail=True, methods=["post"])
    @idempotent
    def complete(self, request: Request, pk: Any) -> Response:
        """Freeze it; 422 `incomplete` names every item that still lacks something."""
        try:
            return self._act(completing.complete, CompleteIn)
        except Incomplete as error:
            error.fields = {f"items.{item}": words for item, words in error.fields.items()}
            raise

    @extend_schema(request=None, responses=InspectionOut)
    @action(detail=True, methods=["post"])
    @idempotent
    def reopen(self, request: Request, pk: Any) -> Response:
        """Go on with a completed inspection that no customer has seen."""
        return self._act(completing.reopen, In)

    @extend_schema(request=DiscardIn, responses=InspectionOut)
    @action(detail=True, methods=["post"])
    @idempotent
    def discard(self, request: Request, pk: Any) -> Response:
        """Let an inspection count no more that no customer has seen."""
        return self._act(completing.discard, DiscardIn)

    @extend_schema(request=ShareIn, responses=InspectionOut)
    @action(detail=True, methods=["post"], writers=DESK)
    @idempotent
    def share(self, request: Request, pk: Any) -> Response:
        """Mail the customer a link to a completed inspection, and ask for an answer."""
        return self._act(sharing.share, ShareIn)

    @extend_schema(request=ShareIn, responses=InspectionOut)
    @action(detail=True, methods=["post"], writers=DESK)
    @idempotent
    def reshare(self, request: Request, pk: Any) -> Response:
        """Mail it once more, with a new link and a new date."""
        return self._act(sharing.reshare, ShareIn)

    @describe_pdf
    @action(detail=True, methods=["get"])
    def pdf(self, request: Request, pk: Any) -> FileResponse:
        """The report of a completed inspection."""
        inspection = self.get_object()
        if inspection.report is not None:
            return pdf_response(inspection.report)
        if not Inspection.objects.for_shop(self.shop).finished().filter(pk=inspection.pk).exists():
            raise Http404
        raise NotReady

    @describe_pdf
    @action(detail=True, methods=["get"], url_path="signed-pdf")
    def signed_pdf(self, request: Request, pk: Any) -> FileResponse:
        """The sealed report with the customer's signed answer."""
        answer = self._answers(self.get_object()).exclude(signature=None).first()
        if answer is None:
            raise Http404
        if answer.document is None:
            raise NotReady
        return pdf_response(answer.document)

    def _checklist(self, chosen: Checklist | None, *, stage: str) -> Checklist:
        if chosen is None:
            chosen = beginning.default_checklist(self.shop, stage)
        if chosen is None or chosen.stage != stage:
            field = "stage" if chosen is None else "checklist"
            raise ChecklistNotOffered(fields={field: ChecklistNotOffered.default_message})
        return chosen

    def _item_of(self, item_id: UUID) -> InspectionItem:
        """Return an item of the inspection in the address."""
        rows = InspectionItem.objects.for_shop(self.shop).select_related("shop", "inspection")
        item: InspectionItem = get_object_or_404(
            rows.filter(inspection=self.get_object()), pk=item_id
        )
        return item

    def _media_of(self, item_id: UUID, media_id: UUID) -> ItemMedia:
        """Return a file, not taken away, of the item in the address."""
        rows = ItemMedia.objects.for_shop(self.shop).shown().select_related("item")
        found: ItemMedia = get_object_or_404(rows.filter(item=self._item_of(item_id)), pk=media_id)
        return found

    def _answers(self, inspection: Inspection) -> QuerySet[Acknowledgement]:
        answers: QuerySet[Acknowledgement] = (
            Acknowledgement.objects.for_shop(self.shop)
            .filter(inspection=inspection)
            .with_copy()
            .prefetch_related("item_remarks")
            .order_by("-at", "-id")
        )
        return answers

    def _act(self, service: Any, body: type[In]) -> Response:
        inspection = self.get_object()
        service(inspection=inspection, **self.read(body), by=self.actor, at=timezone.now())
        return self._inspection(inspection)

    def _item(self, item: InspectionItem, *, status: int = 200) -> Response:
        """Write an item out as it is now."""
        rows = InspectionItem.objects.for_shop(self.shop).with_media()
        return Response(ItemOut(rows.get(pk=item.pk)).data, status=status)

    def _inspection(self, inspection: Inspection, *, status: int = 200) -> Response:
        """Write an inspection out as it is now."""
        inspection = self.get_queryset().select_related("version").get(pk=inspection.pk)
        context = {
            "items": inspection.items.in_order().with_media(),
            "acknowledgement": self._answers(inspection).first(),
        }
        return Response(InspectionOut(inspection, context=context).data, status=status)


class ChecklistFilter(filters.FilterSet):
    """How checklists are found."""

    stage = filters.ChoiceFilter(choices=Stage.choices)
    is_active = filters.BooleanFilter(help_text="Offered for new inspections")


@extend_schema_view(
    list=extend_schema(responses=ChecklistSummaryOut(many=True)),
    retrieve=extend_schema(responses=ChecklistOut),
)
@extend_schema(tags=["inspections"])
class ChecklistViewSet(ShopViewSet):
    """What is looked at, by stage. Checklists are written on the pages of the settings."""

    queryset = Checklist.objects.all()
    out = ChecklistSummaryOut
    ordering = ("stage", "position", "id")
    filterset_class = ChecklistFilter
    http_method_names = ["get", "head"]

    def get_queryset(self) -> Any:
        rows: Any = super().get_queryset()
        return rows.with_newest()

    def retrieve(self, request: Request, pk: Any) -> Response:
        """The checklist with the items of its newest version."""
        checklist = self.get_object()
        version = checklists.newest_version(checklist)
        context = {"items": version.items.order_by("position") if version else []}
        return Response(ChecklistOut(checklist, context=context).data)


def _seen(item: InspectionItem, sent: dict[str, Any]) -> dict[str, Any]:
    """Return what ``recording.record`` is told; what was not sent stays as it is."""
    if item.kind in READ and sent.get("measurement") is not None:
        measured = sent["measurement"]
        sent = {
            **sent,
            "measurement": None,
            "reading": sent.get("reading") or f"{measured.normalize():f}",
        }
    is_read_anew = sent.get("measurement") is not None or bool(sent.get("reading"))
    result = sent.get("result", "" if is_read_anew else item.result) or ""
    reason = sent.get("reason")
    if result == Result.NOT_INSPECTED and reason is None and not item.reason:
        reason = sent.get("note")
    return {**sent, "result": result, "reason": reason}
