"""The calls about invoices: each one service call and one answer."""

from decimal import Decimal
from typing import Any

from django.http import FileResponse, Http404
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from invoices import collecting
from invoices.api.invoice_answers import InvoiceOut, InvoiceSummaryOut
from invoices.api.invoice_bodies import CreditIn, EndIn, InvoiceChangeIn, InvoiceIn, IssueIn
from invoices.models import Invoice, InvoiceQuerySet
from invoices.services import crediting, drafting, ending, issuing
from invoices.services.crediting import CreditLine
from invoices.services.lines import InvoiceLineInput
from invoices.states import InvoiceKind, InvoiceStatus
from shopdisputes.actors import DESK, MANAGEMENT
from shopdisputes.api.fields import In
from shopdisputes.api.files import describe_pdf, pdf_response
from shopdisputes.api.idempotency import idempotent
from shopdisputes.api.views import ShopViewSet
from shopdisputes.web.contributions import outlooks_of
from shopdisputes.web.lists import LONGEST_SEARCH


class InvoiceFilter(filters.FilterSet):
    """How invoices are found."""

    search = filters.CharFilter(
        method="by_words",
        max_length=LONGEST_SEARCH,
        help_text="Every word in number, order, customer, plate or reference",
    )
    number = filters.CharFilter()
    reference = filters.CharFilter()
    kind = filters.ChoiceFilter(choices=InvoiceKind.choices)
    status = filters.ChoiceFilter(choices=InvoiceStatus.choices)
    customer = filters.UUIDFilter(field_name="customer_id")
    repair_order = filters.UUIDFilter(field_name="repair_order_id")
    original = filters.UUIDFilter(
        field_name="original_id", help_text="The credit notes of an invoice"
    )
    owed = filters.BooleanFilter(
        method="by_balance", help_text="True: only those of which something is owed"
    )

    def by_words(self, rows: InvoiceQuerySet, name: str, words: str) -> InvoiceQuerySet:
        return rows.search(words)

    def by_balance(self, rows: InvoiceQuerySet, name: str, wanted: bool) -> InvoiceQuerySet:
        return rows.open_items() if wanted else rows


@extend_schema_view(retrieve=extend_schema(responses=InvoiceOut))
class InvoiceViewSet(ShopViewSet):
    """Invoices and credit notes."""

    queryset = Invoice.objects.all()
    out = InvoiceSummaryOut
    ordering = ("-created_at", "id")
    writers = DESK
    filterset_class = InvoiceFilter

    def get_queryset(self) -> Any:
        # What may be asked for is reckoned by the shop's day.
        return super().get_queryset().select_related("shop")

    @extend_schema(responses=InvoiceSummaryOut(many=True))
    def list(self, request: Request) -> Response:
        """One page of the invoices that the filters leave, with what may be asked for of each."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(
            InvoiceSummaryOut(page, many=True, context=self._context(page or [])).data
        )

    def retrieve(self, request: Request, pk: Any) -> Response:
        """An invoice with its lines, what holds it, and what comes next."""
        return self._invoice(self.get_object())

    @extend_schema(request=InvoiceIn, responses={201: InvoiceOut})
    @idempotent
    def create(self, request: Request) -> Response:
        """Draft an invoice of what is authorized, or of what was done of a stopped repair."""
        sent = self.read(InvoiceIn)
        invoice = drafting.draft(**sent, by=self.actor, at=timezone.now())
        return self._invoice(invoice, status=201)

    @extend_schema(request=InvoiceChangeIn, responses=InvoiceOut)
    def partial_update(self, request: Request, pk: Any) -> Response:
        """Change what is sent of a draft; lines are replaced as a whole."""
        invoice = self.get_object()
        sent = self.read(InvoiceChangeIn, partial=True)
        if "lines" in sent:
            sent["lines"] = [self._line(line) for line in sent["lines"]]
        drafting.change(invoice=invoice, **sent, by=self.actor, at=timezone.now())
        return self._invoice(self.get_object())

    @extend_schema(request=None, responses=InvoiceOut)
    @action(detail=True, methods=["post"])
    @idempotent
    def discard(self, request: Request, pk: Any) -> Response:
        """Throw a draft away; the answer is what it was."""
        invoice = self.get_object()
        written = self._invoice(invoice)
        drafting.discard(invoice=invoice, by=self.actor, at=timezone.now())
        return written

    @extend_schema(request=IssueIn, responses=InvoiceOut)
    @action(detail=True, methods=["post"])
    @idempotent
    def issue(self, request: Request, pk: Any) -> Response:
        """Number it, freeze it, and mail it.

        409 ``not-covered`` when lines lack a basis: ``details.lines`` names them and what is
        missing. Deposits on the visit are put on it.
        """
        return self._act(issuing.issue, IssueIn)

    @extend_schema(request=None, responses=InvoiceOut)
    @action(detail=True, methods=["post"])
    @idempotent
    def send(self, request: Request, pk: Any) -> Response:
        """Mail it once more, with a new link."""
        return self._act(issuing.resend, In)

    @extend_schema(request=CreditIn, responses={201: InvoiceOut})
    @action(detail=True, methods=["post"], url_path="credit-notes")
    @idempotent
    def credit_notes(self, request: Request, pk: Any) -> Response:
        """Issue a credit note over an amount, over lines, or over all that is left."""
        invoice = self.get_object()
        sent = self.read(CreditIn)
        if "lines" in sent:
            sent["lines"] = [CreditLine(**line) for line in sent["lines"]]
        note = crediting.credit(invoice=invoice, **sent, by=self.actor, at=timezone.now())
        return self._invoice(note, status=201)

    @extend_schema(request=EndIn, responses=InvoiceOut)
    @action(detail=True, methods=["post"], writers=MANAGEMENT)
    @idempotent
    def void(self, request: Request, pk: Any) -> Response:
        """Declare void an invoice to which nothing happened since. For the management."""
        return self._act(ending.void, EndIn)

    @extend_schema(request=EndIn, responses=InvoiceOut)
    @action(detail=True, methods=["post"], url_path="write-off", writers=MANAGEMENT)
    @idempotent
    def write_off(self, request: Request, pk: Any) -> Response:
        """Give up what is still owed. For the management."""
        return self._act(ending.write_off, EndIn)

    @extend_schema(request=EndIn, responses=InvoiceOut)
    @action(detail=True, methods=["post"])
    @idempotent
    def recover(self, request: Request, pk: Any) -> Response:
        """Take a write-off back."""
        return self._act(ending.recover, EndIn)

    @describe_pdf
    @action(detail=True, methods=["get"])
    def pdf(self, request: Request, pk: Any) -> FileResponse:
        """The PDF of the issued invoice or credit note."""
        document = self.get_object().document
        if document is None:
            raise Http404
        return pdf_response(document)

    def _act(self, service: Any, body: type[In]) -> Response:
        invoice = self.get_object()
        service(invoice=invoice, **self.read(body), by=self.actor, at=timezone.now())
        return self._invoice(self.get_object())

    def _line(self, sent: dict[str, Any]) -> InvoiceLineInput:
        if sent.get("estimate_line_id") is None:
            sent = {"tax_rate": self.shop.tax_rate, "quantity": Decimal("1")} | sent
        return InvoiceLineInput(**sent)

    def _invoice(self, invoice: Invoice, *, status: int = 200) -> Response:
        outlooks = outlooks_of([invoice], timezone.now())
        written = InvoiceOut(invoice, context={**self._context([invoice]), "outlooks": outlooks})
        return Response(written.data, status=status)

    def _context(self, invoices: Any) -> dict[str, Any]:
        standings = collecting.of(list(invoices), at=timezone.now())
        return {**self.get_serializer_context(), "standings": standings}
