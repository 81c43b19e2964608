"""The calls about promises to pay and payment plans: each one service call and one answer."""

from typing import Any

from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from invoices.models import Invoice, PaymentPlan, Promise
from invoices.services import plans, promises
from invoices.services.plan_terms import LONGEST_NOTE, MOST_INSTALMENTS
from invoices.states import PlanStatus, PromiseStatus
from shopdisputes.actors import DESK
from shopdisputes.api.fields import Amount, Day, Flag, In, Out, Reference, Text, money
from shopdisputes.api.idempotency import idempotent
from shopdisputes.api.views import ShopViewSet


class PromiseIn(In):
    """What a customer promises, tax included; left out: all that can be asked for."""

    invoice = Reference(Invoice)
    amount = Amount(required=False)
    promised_on = Day(help_text="Today in the shop, or up to 60 days later")
    note = Text(max_length=500, required=False, allow_blank=True)


class AgreementEndIn(In):
    """Why it counts no more."""

    reason = Text(max_length=500)


class InstalmentIn(In):
    """One part, tax included."""

    due_on = Day()
    amount = Amount()


class PaymentPlanIn(In):
    """The parts of a plan; they must sum to what can be asked for."""

    invoice = Reference(Invoice)
    instalments = InstalmentIn(many=True, max_length=MOST_INSTALMENTS, allow_empty=False)  # type: ignore[call-arg]
    note = Text(max_length=LONGEST_NOTE, required=False, allow_blank=True)
    by_email = Flag(
        required=False, help_text="Left out: mailed to be signed where there is an address"
    )


class AgreementIn(In):
    """How a plan was agreed without a link."""

    how = Text(max_length=300)


class PromiseOut(Out):
    """A promise; ``amount`` is held until ``grace_until`` is over."""

    id = serializers.UUIDField()
    invoice = serializers.UUIDField(source="invoice_id")
    amount = money()
    promised_on = serializers.DateField()
    grace_until = serializers.DateField()
    status = serializers.ChoiceField(choices=PromiseStatus.choices)
    paid = money()
    note = serializers.CharField()
    made_at = serializers.DateTimeField()
    made_by = serializers.CharField()
    settled_at = serializers.DateTimeField(allow_null=True)


class InstalmentOut(Out):
    """One part."""

    position = serializers.IntegerField()
    due_on = serializers.DateField()
    amount = money()


class PaymentPlanOut(Out):
    """A plan with its parts, the earliest first."""

    id = serializers.UUIDField()
    number = serializers.CharField()
    invoice = serializers.UUIDField(source="invoice_id")
    status = serializers.ChoiceField(choices=PlanStatus.choices)
    total = money()
    instalments = serializers.SerializerMethodField()
    note = serializers.CharField()
    answer_by = serializers.DateField()
    created_at = serializers.DateTimeField()
    created_by = serializers.CharField()
    signed_at = serializers.DateTimeField(allow_null=True)
    agreed_how = serializers.CharField()
    ended_at = serializers.DateTimeField(allow_null=True)
    end_reason = serializers.CharField()
    sha256 = serializers.CharField()

    @extend_schema_field(InstalmentOut(many=True))
    def get_instalments(self, plan: PaymentPlan) -> Any:
        parts = sorted(plan.instalments.all(), key=lambda part: part.position)
        return InstalmentOut(parts, many=True).data


class PromiseFilter(filters.FilterSet):
    """How promises are found."""

    invoice = filters.UUIDFilter(field_name="invoice_id")
    customer = filters.UUIDFilter(field_name="invoice__customer_id")
    status = filters.ChoiceFilter(choices=PromiseStatus.choices)


class PaymentPlanFilter(filters.FilterSet):
    """How payment plans are found."""

    number = filters.CharFilter()
    invoice = filters.UUIDFilter(field_name="invoice_id")
    customer = filters.UUIDFilter(field_name="invoice__customer_id")
    status = filters.ChoiceFilter(choices=PlanStatus.choices)


@extend_schema_view(
    list=extend_schema(responses=PromiseOut(many=True)),
    retrieve=extend_schema(responses=PromiseOut),
)
class PromiseViewSet(ShopViewSet):
    """Promises to pay."""

    queryset = Promise.objects.all()
    out = PromiseOut
    ordering = ("-made_at", "id")
    writers = DESK
    filterset_class = PromiseFilter

    @extend_schema(request=PromiseIn, responses={201: PromiseOut})
    @idempotent
    def create(self, request: Request) -> Response:
        """Note a promise; it is repeated to the customer by mail."""
        sent = {"amount": None} | self.read(PromiseIn)
        promise = promises.make(**sent, by=self.actor, at=timezone.now())
        return Response(PromiseOut(promise).data, status=201)

    @extend_schema(request=AgreementEndIn, responses=PromiseOut)
    @action(detail=True, methods=["post"])
    @idempotent
    def withdraw(self, request: Request, pk: Any) -> Response:
        """Take an open promise back."""
        promise = promises.withdraw(
            promise=self.get_object(), **self.read(AgreementEndIn), by=self.actor, at=timezone.now()
        )
        return Response(PromiseOut(promise).data)


@extend_schema_view(
    list=extend_schema(responses=PaymentPlanOut(many=True)),
    retrieve=extend_schema(responses=PaymentPlanOut),
)
class PaymentPlanViewSet(ShopViewSet):
    """Payment plans."""

    queryset = PaymentPlan.objects.all()
    out = PaymentPlanOut
    ordering = ("-created_at", "id")
    writers = DESK
    filterset_class = PaymentPlanFilter

    def get_queryset(self) -> Any:
        """The shop's plans, their parts in one query."""
        return super().get_queryset().prefetch_related("instalments")

    @extend_schema(request=PaymentPlanIn, responses={201: PaymentPlanOut})
    @idempotent
    def create(self, request: Request) -> Response:
        """Offer a plan; it runs once the customer has agreed to it."""
        sent = self.read(PaymentPlanIn)
        invoice = sent["invoice"]
        plan = plans.offer(
            invoice=invoice,
            instalments=[(part["due_on"], part["amount"]) for part in sent["instalments"]],
            note=sent.get("note", ""),
            by_email=sent.get("by_email", bool(invoice.customer.email)),
            by=self.actor,
            at=timezone.now(),
        )
        return Response(PaymentPlanOut(plan).data, status=201)

    @extend_schema(request=AgreementIn, responses=PaymentPlanOut)
    @action(detail=True, methods=["post"])
    @idempotent
    def agree(self, request: Request, pk: Any) -> Response:
        """Note that the customer agreed on paper or orally."""
        plan = self.get_object()
        sent = self.read(AgreementIn)
        plan = plans.record_agreement(plan=plan, **sent, by=self.actor, at=timezone.now())
        return Response(PaymentPlanOut(plan).data)

    @extend_schema(request=AgreementEndIn, responses=PaymentPlanOut)
    @action(detail=True, methods=["post"])
    @idempotent
    def end(self, request: Request, pk: Any) -> Response:
        """Take an offered plan back, or end a running one."""
        plan = self.get_object()
        act = plans.withdraw if plan.status == PlanStatus.OFFERED else plans.end
        plan = act(plan=plan, **self.read(AgreementEndIn), by=self.actor, at=timezone.now())
        return Response(PaymentPlanOut(plan).data)
