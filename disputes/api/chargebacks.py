"""The calls about what banks ask, take and give back: each one service call and one answer."""

from typing import Any

from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from disputes.models import Chargeback
from disputes.models.chargebacks import ChargebackQuerySet
from disputes.services import bank_answers, charging_back
from disputes.services.bank_answers import LONGEST_NOTE
from disputes.states import BankOutcome, ChargebackKind, ChargebackStatus, Funds
from invoices.models import Invoice, Payment
from shopdisputes.actors import DESK, MANAGEMENT
from shopdisputes.api.fields import (
    Amount,
    Choice,
    Day,
    Flag,
    In,
    Moment,
    Out,
    Reference,
    Text,
    money,
)
from shopdisputes.api.idempotency import idempotent
from shopdisputes.api.views import ShopViewSet
from shopdisputes.web.lists import LONGEST_SEARCH

#: As many invoices as are paid with one payment.
MOST_PARTS = 200


class ChargebackPartOut(Out):
    """What of it falls on an invoice; ``hold`` keeps it from being asked for."""

    invoice = serializers.UUIDField(source="invoice_id")
    amount = money()
    hold = serializers.UUIDField(source="hold_id", allow_null=True)


class ChargebackOut(Out):
    """What a bank asks about a payment; what ``parts`` leave over is on no invoice."""

    id = serializers.UUIDField()
    number = serializers.CharField()
    payment = serializers.UUIDField(source="payment_id")
    dispute = serializers.UUIDField(source="case_id", allow_null=True)
    kind = serializers.ChoiceField(choices=ChargebackKind.choices)
    status = serializers.ChoiceField(choices=ChargebackStatus.choices)
    funds = serializers.ChoiceField(choices=Funds.choices)
    amount = money()
    network_reason = serializers.CharField()
    reference = serializers.CharField()
    evidence_due_by = serializers.DateTimeField()
    withdrawn_by_customer_at = serializers.DateTimeField(allow_null=True)
    recorded_at = serializers.DateTimeField()
    recorded_by = serializers.CharField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    note = serializers.CharField()
    parts = ChargebackPartOut(many=True)


class ChargebackIn(In):
    """What a bank sent about a payment."""

    payment = Reference(Payment)
    kind = Choice(choices=ChargebackKind.choices)
    amount = Amount()
    network_reason = Text(max_length=200, required=False, allow_blank=True)
    evidence_due_by = Moment()
    evidence_is_late = Flag(required=False, help_text="True: it is over, and meant so")
    reference = Text(max_length=100, help_text="The bank's; the same again is the same chargeback")
    note = Text(max_length=LONGEST_NOTE, required=False, allow_blank=True)


class PartIn(In):
    """How much falls on an invoice."""

    invoice = Reference(Invoice)
    amount = Amount()


class DivideIn(In):
    """On which invoices it falls; what is left over is taken from what is on no invoice."""

    parts = PartIn(many=True, max_length=MOST_PARTS)  # type: ignore[call-arg]


class SubmitIn(In):
    """What was handed in to the bank."""

    note = Text(max_length=LONGEST_NOTE)


class AskAgainIn(In):
    """Until when the bank wants more."""

    evidence_due_by = Moment()
    kind = Choice(choices=ChargebackKind.choices, required=False, help_text="Left out: what it was")


class WithdrawnIn(In):
    """When the customer withdrew it, as he says."""

    on = Day()


class CloseIn(In):
    """How it ended; ``accepted`` is for the management, ``closed`` for what moved no money."""

    outcome = Choice(choices=BankOutcome.choices)
    note = Text(max_length=LONGEST_NOTE, required=False, allow_blank=True)


class LetGoIn(In):
    """Why it is asked for again."""

    reason = Text(max_length=500)


class ChargebackFilter(filters.FilterSet):
    """How chargebacks are found."""

    search = filters.CharFilter(
        method="by_words",
        max_length=LONGEST_SEARCH,
        help_text="Every word in number, bank's reference, payment, dispute or customer",
    )
    number = filters.CharFilter()
    reference = filters.CharFilter()
    payment = filters.UUIDFilter(field_name="payment_id")
    invoice = filters.UUIDFilter(field_name="parts__invoice_id", distinct=True)
    dispute = filters.UUIDFilter(field_name="case_id")
    status = filters.ChoiceFilter(choices=ChargebackStatus.choices)
    funds = filters.ChoiceFilter(choices=Funds.choices)

    def by_words(self, rows: ChargebackQuerySet, name: str, words: str) -> ChargebackQuerySet:
        return rows.search(words)


@extend_schema_view(
    list=extend_schema(responses=ChargebackOut(many=True)),
    retrieve=extend_schema(responses=ChargebackOut),
)
class ChargebackViewSet(ShopViewSet):
    """Chargebacks and inquiries of banks."""

    queryset = Chargeback.objects.all()
    out = ChargebackOut
    ordering = ("-recorded_at", "id")
    writers = DESK
    filterset_class = ChargebackFilter

    def get_queryset(self) -> Any:
        """The shop's chargebacks with their parts."""
        return super().get_queryset().select_related("shop", "payment").prefetch_related("parts")

    @extend_schema(request=ChargebackIn, responses={200: ChargebackOut, 201: ChargebackOut})
    @idempotent
    def create(self, request: Request) -> Response:
        """Record what a bank sent; the same reference again is 200 and the same."""
        sent, at = self.read(ChargebackIn), timezone.now()
        made = charging_back.record(**sent, by=self.actor, at=at)
        return self._chargeback(made, status=201 if made.recorded_at == at else 200)

    @extend_schema(request=DivideIn, responses=ChargebackOut)
    @action(detail=True, methods=["post"])
    @idempotent
    def divide(self, request: Request, pk: Any) -> Response:
        """Say on which invoices it falls, before the bank takes the money."""
        chargeback = self.get_object()
        parts = [(each["invoice"], each["amount"]) for each in self.read(DivideIn)["parts"]]
        return self._chargeback(
            charging_back.divide(
                chargeback=chargeback, parts=parts, by=self.actor, at=timezone.now()
            )
        )

    @extend_schema(request=None, responses=ChargebackOut)
    @action(detail=True, methods=["post"], url_path="withdraw-funds")
    @idempotent
    def withdraw_funds(self, request: Request, pk: Any) -> Response:
        """Note that the bank took the money: it is owed again, and held."""
        chargeback = self.get_object()
        return self._chargeback(
            charging_back.withdraw_funds(chargeback=chargeback, by=self.actor, at=timezone.now())
        )

    @extend_schema(request=None, responses=ChargebackOut)
    @action(detail=True, methods=["post"])
    @idempotent
    def reinstate(self, request: Request, pk: Any) -> Response:
        """Note that the bank gave the money back."""
        chargeback = self.get_object()
        return self._chargeback(
            charging_back.reinstate(chargeback=chargeback, by=self.actor, at=timezone.now())
        )

    @extend_schema(request=SubmitIn, responses=ChargebackOut)
    @action(detail=True, methods=["post"])
    @idempotent
    def submit(self, request: Request, pk: Any) -> Response:
        """Note what was handed in."""
        chargeback = self.get_object()
        sent = self.read(SubmitIn)
        return self._chargeback(
            bank_answers.submit(chargeback=chargeback, **sent, by=self.actor, at=timezone.now())
        )

    @extend_schema(request=AskAgainIn, responses=ChargebackOut)
    @action(detail=True, methods=["post"], url_path="ask-again")
    @idempotent
    def ask_again(self, request: Request, pk: Any) -> Response:
        """Note that the bank wants more, or made a chargeback of its inquiry."""
        chargeback = self.get_object()
        sent = self.read(AskAgainIn)
        return self._chargeback(
            bank_answers.ask_again(chargeback=chargeback, **sent, by=self.actor, at=timezone.now())
        )

    @extend_schema(request=WithdrawnIn, responses=ChargebackOut)
    @action(detail=True, methods=["post"])
    @idempotent
    def withdrawn(self, request: Request, pk: Any) -> Response:
        """Note that the customer withdrew it: evidence is due all the same."""
        chargeback = self.get_object()
        sent = self.read(WithdrawnIn)
        return self._chargeback(
            bank_answers.note_withdrawn(
                chargeback=chargeback, **sent, by=self.actor, at=timezone.now()
            )
        )

    @extend_schema(request=CloseIn, responses=ChargebackOut)
    @action(detail=True, methods=["post"])
    @idempotent
    def close(self, request: Request, pk: Any) -> Response:
        """Note how it ended; the same outcome again is the same."""
        chargeback = self.get_object()
        sent = self.read(CloseIn)
        return self._chargeback(
            bank_answers.close(chargeback=chargeback, **sent, by=self.actor, at=timezone.now())
        )

    @extend_schema(request=LetGoIn, responses=ChargebackOut)
    @action(detail=True, methods=["post"], url_path="let-go", url_name="let-go", writers=MANAGEMENT)
    @idempotent
    def let_go(self, request: Request, pk: Any) -> Response:
        """Let money that is lost be asked for again."""
        chargeback = self.get_object()
        sent = self.read(LetGoIn)
        return self._chargeback(
            bank_answers.let_go(chargeback=chargeback, **sent, by=self.actor, at=timezone.now())
        )

    def _chargeback(self, chargeback: Chargeback, *, status: int = 200) -> Response:
        return self.answer(self.get_queryset().get(pk=chargeback.pk), status=status)
