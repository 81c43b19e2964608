"""The calls about estimates: each one service call and one answer."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import FileResponse, Http404
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from estimates import ledger
from estimates.api.answers import AuthorizationOut, EstimateOut, EstimateSummaryOut
from estimates.api.bodies import (
    AuthorizationIn,
    EstimateChangeIn,
    EstimateIn,
    ReviseIn,
    SendIn,
)
from estimates.models import (
    Authorization,
    Estimate,
    EstimateQuerySet,
    EstimateRevision,
)
from estimates.pricing import LineInput
from estimates.services import drafting, recording, sending
from estimates.services.recording import PaperDetails
from estimates.states import Answer, AuthorizationMode, RevisionStatus
from shopdisputes.api.fields import In
from shopdisputes.api.files import describe_pdf, pdf_response
from shopdisputes.api.idempotency import idempotent
from shopdisputes.api.parsers import FlatJSONParser
from shopdisputes.api.repair_orders import ReasonIn
from shopdisputes.api.views import ShopViewSet
from shopdisputes.errors import DomainError
from shopdisputes.uploads import services as uploads
from shopdisputes.uploads.models import FileKind, StoredFile
from shopdisputes.web.lists import LONGEST_SEARCH

#: A colour scan of a few pages is a tenth of it.
LARGEST_SCAN = 20 * 1024 * 1024
_UUID_LENGTH = len(str(UUID(int=0)))


class EstimateFilter(filters.FilterSet):
    """How estimates are found."""

    search = filters.CharFilter(
        method="by_words",
        max_length=LONGEST_SEARCH,
        help_text="Every word in number, order, customer, make or plate",
    )
    number = filters.CharFilter()
    status = filters.ChoiceFilter(choices=RevisionStatus.choices)
    repair_order = filters.UUIDFilter(field_name="repair_order_id")

    def by_words(self, rows: EstimateQuerySet, name: str, words: str) -> EstimateQuerySet:
        return rows.search(words)


@extend_schema_view(
    list=extend_schema(responses=EstimateSummaryOut(many=True)),
    retrieve=extend_schema(responses=EstimateOut),
)
class EstimateViewSet(ShopViewSet):
    """Estimates."""

    queryset = Estimate.objects.all()
    out = EstimateSummaryOut
    ordering = ("-created_at", "id")
    filterset_class = EstimateFilter

    def get_queryset(self) -> Any:
        rows: Any = super().get_queryset()
        return rows.with_newest() if self.action == "list" else rows

    def retrieve(self, request: Request, pk: Any) -> Response:
        """The newest revision with its lines, and everything that was answered."""
        return self._estimate(self.get_object())

    @extend_schema(request=EstimateIn, responses={201: EstimateOut})
    @idempotent
    def create(self, request: Request) -> Response:
        """Write the first draft of a new estimate."""
        sent = self.read(EstimateIn)
        revision = drafting.create(
            **sent | {"lines": self._lines(sent.get("lines", []))},
            by=self.actor,
            at=timezone.now(),
        )
        return self._estimate(revision.estimate, status=201)

    @extend_schema(request=EstimateChangeIn, responses=EstimateOut)
    def partial_update(self, request: Request, pk: Any) -> Response:
        """Change what is sent of a draft; lines are replaced as a whole."""
        revision = self._newest()
        sent = self.read(EstimateChangeIn, partial=True)
        lines = (
            self._lines(sent["lines"])
            if "lines" in sent
            else [drafting.as_input(line) for line in revision.lines.in_order()]
        )
        drafting.change(
            revision=revision,
            lines=lines,
            valid_until=sent.get("valid_until", revision.valid_until),
            deposit_amount=sent.get("deposit_amount", revision.deposit_amount),
            reason=sent.get("reason"),
            by=self.actor,
            at=timezone.now(),
        )
        return self._estimate(revision.estimate)

    @extend_schema(request=SendIn, responses=EstimateOut)
    @action(detail=True, methods=["post"])
    @idempotent
    def send(self, request: Request, pk: Any) -> Response:
        """Freeze the draft and mail its link to the customer."""
        return self._act(sending.send, SendIn)

    @extend_schema(request=None, responses=EstimateOut)
    @action(detail=True, methods=["post"])
    @idempotent
    def resend(self, request: Request, pk: Any) -> Response:
        """Mail it once more, with a new link."""
        return self._act(sending.resend, In)

    @extend_schema(request=ReasonIn, responses=EstimateOut)
    @action(detail=True, methods=["post"])
    @idempotent
    def withdraw(self, request: Request, pk: Any) -> Response:
        """Take a sent estimate back."""
        return self._act(sending.withdraw, ReasonIn)

    @extend_schema(request=ReviseIn, responses={201: EstimateOut})
    @action(detail=True, methods=["post"])
    @idempotent
    def revise(self, request: Request, pk: Any) -> Response:
        """Draft the next revision; unchanged lines keep their authorization."""
        estimate = self.get_object()
        sent = self.read(ReviseIn)
        drafting.revise(
            estimate=estimate,
            reason=sent.get("reason", ""),
            lines=self._lines(sent["lines"]) if "lines" in sent else None,
            by=self.actor,
            at=timezone.now(),
        )
        return self._estimate(estimate, status=201)

    @extend_schema(request=AuthorizationIn, responses={201: AuthorizationOut})
    @action(detail=True, methods=["post"], parser_classes=[FlatJSONParser, MultiPartParser])
    @idempotent
    def authorizations(self, request: Request, pk: Any) -> Response:
        """Record what the customer said, or signed on paper.

        It counts for the revision that the customer was shown last. A revision that waits needs
        an answer to each of its lines; to an answered one, single answers may be added.
        """
        revision = self._shown()
        sent = self.read(AuthorizationIn)
        at = timezone.now()
        paper = PaperDetails(
            receipt=sent.get("receipt", ""),
            location=sent.get("location", ""),
            files=self._stored(sent.get("files", []), at),
            unread_reason=sent.get("unread_reason", ""),
        )
        try:
            authorization = recording.record(
                revision=revision,
                mode=sent["mode"],
                person=sent["person"],
                contact=sent.get("contact", ""),
                said_at=sent["at"],
                reason=sent.get("reason", ""),
                answers=sent["answers"],
                witness=sent.get("witness", ""),
                paper=paper if sent["mode"] == AuthorizationMode.PAPER else None,
                by=self.actor,
                at=at,
            )
        except DomainError as error:
            error.fields = {_field(name): words for name, words in error.fields.items()}
            raise
        return Response(AuthorizationOut(authorization).data, status=201)

    @describe_pdf
    @action(detail=True, methods=["get"])
    def pdf(self, request: Request, pk: Any) -> FileResponse:
        """The PDF of the newest revision that was sent."""
        revision = self.get_object().revisions.proposed().order_by("-number").first()
        if revision is None or revision.document is None:
            raise Http404
        return pdf_response(revision.document)

    @describe_pdf
    @action(detail=True, methods=["get"], url_path="signed-pdf")
    def signed_pdf(self, request: Request, pk: Any) -> FileResponse:
        """The sealed PDF of the newest signed answer."""
        signed = (
            Authorization.objects.for_shop(self.shop)
            .of_estimate(self.get_object())
            .exclude(document=None)
            .last()
        )
        if signed is None or signed.document is None:
            raise Http404
        return pdf_response(signed.document)

    def _newest(self) -> EstimateRevision:
        newest: EstimateRevision = self.get_object().revisions.order_by("-number")[0]
        return newest

    def _shown(self) -> EstimateRevision:
        """Return the revision that the customer was shown last; a draft when there is none."""
        shown = self.get_object().revisions.proposed().order_by("-number").first()
        return shown or self._newest()

    def _stored(self, files: Sequence[Any], at: datetime) -> list[StoredFile]:
        return [
            uploads.store(
                shop=self.shop,
                upload=file,
                max_bytes=LARGEST_SCAN,
                allowed=list(FileKind),
                by=self.actor,
                at=at,
            )
            for file in files
        ]

    def _act(self, service: Any, body: type[In]) -> Response:
        revision = self._newest()
        service(revision=revision, **self.read(body), by=self.actor, at=timezone.now())
        return self._estimate(revision.estimate)

    def _lines(self, sent: Any) -> list[LineInput]:
        usual = {"tax_rate": self.shop.tax_rate}
        return [LineInput(**usual | line) for line in sent]

    def _estimate(self, estimate: Estimate, *, status: int = 200) -> Response:
        """Write an estimate out as its newest revision says it now."""
        revision = estimate.revisions.select_related("estimate").order_by("-number")[0]
        book = ledger.of(estimate)
        authorizations = (
            Authorization.objects.for_shop(self.shop)
            .of_estimate(estimate)
            .select_related("revision", "signature", "document")
            .prefetch_related("answers")
        )
        context = {
            "ledger": book,
            "answers": _answers(revision, book),
            "authorizations": list(authorizations),
        }
        return Response(EstimateOut(revision, context=context).data, status=status)


def _answers(revision: EstimateRevision, book: ledger.Ledger) -> dict[UUID, str]:
    """Return the answer in force to each line of a revision, by line id."""
    kept = {line: given.answer for line, given in ledger.already_authorized(revision).items()}
    on_table = {
        entry.line.pk: str(entry.state)
        for entry in book.entries
        if entry.line is not None and entry.state in Answer.values
    }
    return kept | on_table


def _field(name: str) -> str:
    """Return how the call names a field of the service; a line's answer goes by the line's id."""
    if name == "said_at":
        return "at"
    return f"answers.{name}" if len(name) == _UUID_LENGTH else name
