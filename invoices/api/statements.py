"""The call about what a customer owes."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from invoices import statements
from invoices.ageing import Bucket
from invoices.statements import Statement
from invoices.states import InvoiceKind, InvoiceStatus, Settlement
from shopdisputes.api.fields import Out, money
from shopdisputes.api.views import ShopViewSet
from shopdisputes.customers.models import Customer


class OpenItemOut(Out):
    """An invoice of which something is owed."""

    invoice = serializers.UUIDField(source="invoice.pk")
    number = serializers.CharField(source="invoice.number")
    kind = serializers.ChoiceField(source="invoice.kind", choices=InvoiceKind.choices)
    repair_order = serializers.UUIDField(source="invoice.repair_order_id")
    issued_on = serializers.DateField(source="invoice.issued_on")
    due_on = serializers.DateField(source="invoice.due_on")
    total = money(source="invoice.total")
    balance = money(source="standing.figures.balance")
    disputed = money(source="standing.figures.disputed")
    promised = money(source="standing.figures.promised")
    planned = money(source="standing.figures.planned", help_text="Instalments not due yet")
    held = money(source="standing.figures.held")
    collectible = money(source="standing.figures.collectible")
    status = serializers.ChoiceField(source="invoice.status", choices=InvoiceStatus.choices)
    settlement = serializers.ChoiceField(source="standing.settlement", choices=Settlement.choices)
    overdue = serializers.BooleanField(source="standing.overdue")
    days_late = serializers.IntegerField()
    age = serializers.ChoiceField(source="bucket", choices=Bucket.choices)


class WaitingOut(Out):
    """A payment of which money is on no invoice yet."""

    payment = serializers.UUIDField(source="pk")
    number = serializers.CharField()
    received_on = serializers.DateField()
    unallocated = money()


class AgeOut(Out):
    """What is owed of one age."""

    age = serializers.ChoiceField(choices=Bucket.choices)
    balance = money()


class StatementOut(Out):
    """What a customer owes on a day; ``unallocated`` is not taken off ``balance``."""

    customer = serializers.UUIDField(source="customer.pk")
    on = serializers.DateField()
    currency = serializers.CharField(source="customer.shop.currency")
    open_items = OpenItemOut(source="items", many=True)
    balance = money()
    disputed = money()
    collectible = money()
    overdue = money()
    unallocated = money()
    payments = WaitingOut(many=True)
    ageing = serializers.SerializerMethodField()

    @extend_schema_field(AgeOut(many=True))
    def get_ageing(self, statement: Statement) -> Any:
        """The youngest first."""
        rows = [{"age": age, "balance": sum_} for age, sum_ in statement.ageing.items()]
        return AgeOut(rows, many=True).data


class StatementViewSet(ShopViewSet):
    """Statements of open items."""

    queryset = Customer.objects.all()
    out = StatementOut
    ordering = ("id",)

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("shop")

    @extend_schema(responses=StatementOut)
    def retrieve(self, request: Request, pk: Any) -> Response:
        """What the customer owes now, the oldest due first, and what of their money waits."""
        return self.answer(statements.of(self.get_object(), at=timezone.now()))
