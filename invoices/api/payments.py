"""The calls about money that came in: each one service call and one answer."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from django.http import FileResponse, Http404
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from invoices import dividing
from invoices.models import Invoice, Payment, PaymentQuerySet
from invoices.services import payments
from invoices.states import PaymentMethod, PaymentPurpose
from shopdisputes.actors import DESK, MANAGEMENT
from shopdisputes.api.fields import (
    Amount,
    Choice,
    Day,
    Flag,
    In,
    Out,
    Reference,
    Text,
    money,
)
from shopdisputes.api.files import describe_pdf, pdf_response
from shopdisputes.api.idempotency import idempotent
from shopdisputes.api.views import ShopViewSet
from shopdisputes.customers.models import Customer
from shopdisputes.errors import DomainError
from shopdisputes.repairorders.models import RepairOrder

#: More invoices than are paid with one payment.
MOST_ALLOCATIONS = 200


class AllocationIn(In):
    """How much goes on an invoice, tax included."""

    invoice = Reference(Invoice)
    amount = Amount()


class AllocationsIn(In):
    """What is put on invoices."""

    allocations = AllocationIn(
        many=True,
        max_length=MOST_ALLOCATIONS,  # type: ignore[call-arg]
        allow_empty=False,
    )


class PaymentIn(In):
    """Money that came in; what is not allocated stays on account."""

    customer = Reference(Customer)
    amount = Amount()
    method = Choice(choices=PaymentMethod.choices)
    received_on = Day(help_text="Not after the shop's today")
    reference = Text(max_length=140, required=False, allow_blank=True)
    note = Text(max_length=300, required=False, allow_blank=True)
    allocations = AllocationIn(
        many=True,
        max_length=MOST_ALLOCATIONS,  # type: ignore[call-arg]
        required=False,
    )
    repair_order = Reference(
        RepairOrder,
        required=False,
        help_text="It is a deposit, put on this visit's invoice when that is issued",
    )
    by_email = Flag(required=False, help_text="False: no receipt is mailed")


class TakeOffIn(In):
    """What is taken off an invoice again, and why."""

    invoice = Reference(Invoice)
    amount = Amount()
    reason = Text(max_length=500)


class RefundIn(In):
    """What is given back, and why."""

    amount = Amount()
    reason = Text(max_length=500)
    method = Choice(choices=PaymentMethod.choices, required=False, help_text="Left out: as it came")
    refunded_on = Day(required=False, help_text="Left out: today")


class AnnulIn(In):
    """Why it counts no more."""

    reason = Text(max_length=500)


class ShareOut(Out):
    """What of a payment stands on an invoice."""

    invoice = serializers.UUIDField(source="invoice.pk")
    number = serializers.CharField(source="invoice.number")
    amount = money()


class RefundOut(Out):
    """Money that was given back."""

    id = serializers.UUIDField()
    number = serializers.CharField()
    amount = money()
    method = serializers.ChoiceField(choices=PaymentMethod.choices)
    reason = serializers.CharField()
    refunded_on = serializers.DateField()
    recorded_at = serializers.DateTimeField()


class PaymentSummaryOut(Out):
    """Money that came in.

    ``allocated``, ``unallocated``, ``refunded`` and what the bank took (``charged_back``) add up to
    it.
    """

    id = serializers.UUIDField()
    number = serializers.CharField()
    customer = serializers.UUIDField(source="customer_id")
    repair_order = serializers.UUIDField(source="repair_order_id", allow_null=True)
    purpose = serializers.ChoiceField(choices=PaymentPurpose.choices)
    method = serializers.ChoiceField(choices=PaymentMethod.choices)
    currency = serializers.CharField()
    amount = money()
    allocated = money()
    unallocated = money()
    refunded = money()
    charged_back = money()
    received_on = serializers.DateField()
    reference = serializers.CharField()
    note = serializers.CharField()
    recorded_at = serializers.DateTimeField()
    recorded_by = serializers.CharField()
    annulled_at = serializers.DateTimeField(allow_null=True)


class PaymentOut(PaymentSummaryOut):
    """A payment with the invoices it stands on and what was given back of it."""

    allocations = serializers.SerializerMethodField()
    refunds = serializers.SerializerMethodField()

    @extend_schema_field(ShareOut(many=True))
    def get_allocations(self, payment: Payment) -> Any:
        return ShareOut(dividing.shares_of(payment), many=True).data

    @extend_schema_field(RefundOut(many=True))
    def get_refunds(self, payment: Payment) -> Any:
        return RefundOut(payment.refunds.order_by("recorded_at", "pk"), many=True).data


class PaymentFilter(filters.FilterSet):
    """How payments are found."""

    number = filters.CharFilter()
    customer = filters.UUIDFilter(field_name="customer_id")
    repair_order = filters.UUIDFilter(field_name="repair_order_id")
    method = filters.ChoiceFilter(choices=PaymentMethod.choices)
    received_from = filters.DateFilter(field_name="received_on", lookup_expr="gte")
    received_until = filters.DateFilter(field_name="received_on", lookup_expr="lte")
    unallocated = filters.BooleanFilter(
        method="by_rest", help_text="True: only those of which money is on no invoice"
    )

    def by_rest(self, rows: PaymentQuerySet, name: str, wanted: bool) -> PaymentQuerySet:
        return rows.unallocated() if wanted else rows


@extend_schema_view(
    list=extend_schema(responses=PaymentSummaryOut(many=True)),
    retrieve=extend_schema(responses=PaymentOut),
)
class PaymentViewSet(ShopViewSet):
    """Payments and refunds."""

    queryset = Payment.objects.all()
    out = PaymentSummaryOut
    ordering = ("-received_on", "-recorded_at", "id")
    writers = DESK
    filterset_class = PaymentFilter

    def retrieve(self, request: Request, pk: Any) -> Response:
        """A payment, the invoices it stands on, and its refunds."""
        return self._payment(self.get_object())

    @extend_schema(request=PaymentIn, responses={201: PaymentOut})
    @idempotent
    def create(self, request: Request) -> Response:
        """Record money that came in."""
        sent = self.read(PaymentIn)
        allocations = _pairs(sent.pop("allocations", []))
        payment = _at_fields(
            allocations,
            lambda: payments.record(
                **sent, allocations=allocations, by=self.actor, at=timezone.now()
            ),
        )
        return self._payment(payment, status=201)

    @extend_schema(request=AllocationsIn, responses=PaymentOut)
    @action(detail=True, methods=["post"])
    @idempotent
    def allocations(self, request: Request, pk: Any) -> Response:
        """Put unallocated money on invoices."""
        payment = self.get_object()
        allocations = _pairs(self.read(AllocationsIn)["allocations"])
        _at_fields(
            allocations,
            lambda: payments.allocate(
                payment=payment, allocations=allocations, by=self.actor, at=timezone.now()
            ),
        )
        return self._payment(self.get_object())

    @extend_schema(request=TakeOffIn, responses=PaymentOut)
    @action(detail=True, methods=["post"], url_path="take-off")
    @idempotent
    def take_off(self, request: Request, pk: Any) -> Response:
        """Take money off an invoice again; it is unallocated afterwards."""
        payment = self.get_object()
        sent = self.read(TakeOffIn)
        payments.unallocate(payment=payment, **sent, by=self.actor, at=timezone.now())
        return self._payment(self.get_object())

    @extend_schema(request=RefundIn, responses={201: RefundOut})
    @action(detail=True, methods=["post"])
    @idempotent
    def refunds(self, request: Request, pk: Any) -> Response:
        """Give unallocated money back."""
        payment = self.get_object()
        sent = self.read(RefundIn)
        refund = payments.refund(payment=payment, **sent, by=self.actor, at=timezone.now())
        return Response(RefundOut(refund).data, status=201)

    @extend_schema(request=AnnulIn, responses=PaymentOut)
    @action(detail=True, methods=["post"], writers=MANAGEMENT)
    @idempotent
    def annul(self, request: Request, pk: Any) -> Response:
        """Say that it never came; it is taken off its invoices. For the management."""
        payment = self.get_object()
        sent = self.read(AnnulIn)
        payments.annul(payment=payment, **sent, by=self.actor, at=timezone.now())
        return self._payment(self.get_object())

    @describe_pdf
    @action(detail=True, methods=["get"])
    def pdf(self, request: Request, pk: Any) -> FileResponse:
        """The PDF of the newest receipt."""
        receipt = self.get_object().receipt
        if receipt is None:
            raise Http404
        return pdf_response(receipt)

    def _payment(self, payment: Payment, *, status: int = 200) -> Response:
        return Response(PaymentOut(payment).data, status=status)


def _pairs(sent: Sequence[dict[str, Any]]) -> list[tuple[Invoice, Decimal]]:
    return [(each["invoice"], each["amount"]) for each in sent]


def _at_fields(
    allocations: Sequence[tuple[Invoice, Decimal]], act: Callable[[], Payment]
) -> Payment:
    """Act, and put what is refused of an allocation at its place in the body."""
    places = {
        str(invoice.pk): f"allocations.{place}.amount"
        for place, (invoice, _amount) in enumerate(allocations)
    }
    try:
        return act()
    except DomainError as error:
        error.fields = {places.get(name, name): words for name, words in error.fields.items()}
        raise
