"""The calls about disputes: each one service call and one answer."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from disputes import asking
from disputes.api.answers import DisputeOut, FollowUpOut, ReasonOut
from disputes.models import CaseQuerySet, DisputeCase, DisputeItem, DisputeReason, FollowUp
from disputes.services import (
    chasing,
    escalating,
    finishing,
    following_up,
    messaging,
    opening,
    resolving,
)
from disputes.services.chasing import ResolverMissing
from disputes.services.opening import LONGEST_COMMENT, Contested
from disputes.services.resolving import LONGEST_NOTE
from disputes.states import CaseStatus, Cause, ClosingCode, Resume
from invoices.models import Invoice, InvoiceLine
from shopdisputes.actors import DESK, MANAGEMENT
from shopdisputes.api.fields import Amount, Choice, Day, Email, Flag, In, Reference, Text
from shopdisputes.api.idempotency import idempotent
from shopdisputes.api.views import ShopViewSet
from shopdisputes.customers.models import Customer
from shopdisputes.web.lists import LONGEST_SEARCH

MOST_ITEMS = 500


class ReasonField(Text):
    """The code of a reason that the shop uses; the reason itself comes out."""

    default_error_messages = {"unknown": _("There is no such reason in use.")}

    def to_internal_value(self, data: Any) -> Any:
        code = super().to_internal_value(data)
        reasons = DisputeReason.objects.for_shop(self.context["shop"]).select_related("shop")
        # The database knows no NUL, and would not say that politely.
        found = None if "\0" in code else reasons.filter(code=code, is_active=True).first()
        if found is None:
            self.fail("unknown")
        return found


class DisputeItemIn(In):
    """What is contested, tax included; without a line the whole invoice, without an amount all."""

    invoice = Reference(Invoice)
    line = Reference(InvoiceLine, required=False, allow_null=True)
    amount = Amount(required=False, allow_null=True)


class DisputeIn(In):
    """What a customer contests, and who looks into it."""

    customer = Reference(Customer)
    reason = ReasonField(help_text="The code of a reason, see dispute-reasons")
    comment = Text(max_length=LONGEST_COMMENT, help_text="In the customer's words")
    items = DisputeItemIn(many=True, max_length=MOST_ITEMS, allow_empty=False)  # type: ignore[call-arg]
    resolver_name = Text(max_length=200, required=False, allow_blank=True)
    resolver_email = Email(
        required=False, allow_blank=True, help_text="Left out: the reason's resolver"
    )
    follow_up_on = Day(required=False, help_text="Left out: by the reason's days")
    send_email = Flag(
        required=False, help_text="True: ask the resolver by mail, in the product's words"
    )
    tell_customer = Flag(
        required=False, help_text="True: tell the customer by mail that the case is open"
    )


class FollowUpIn(In):
    """When somebody looks at it again, and what to do then."""

    due_on = Day(help_text="From tomorrow on, at most 90 days ahead")
    note = Text(max_length=500, required=False, allow_blank=True)


class ReleaseIn(In):
    """What leaves the case; the last items leave by closing it."""

    items = serializers.ListField(
        child=Reference(DisputeItem), allow_empty=False, max_length=MOST_ITEMS
    )
    reason = Text(max_length=500, required=False)


class ResolveIn(In):
    """How the case ended, and how dunning goes on."""

    closing_code = Choice(choices=ClosingCode.choices)
    note = Text(max_length=LONGEST_NOTE, help_text="The customer reads it")
    cause = Choice(choices=Cause.choices, required=False, allow_blank=True)
    resume = Choice(choices=Resume.choices, required=False, help_text="Left out: keep_step")
    new_due_on = Day(required=False, allow_null=True, help_text="With new_due_date")


class FinishIn(In):
    """How the case ends with its last follow-up; empty while another one is open."""

    closing_code = Choice(choices=ClosingCode.choices, required=False)
    note = Text(max_length=LONGEST_NOTE, required=False, help_text="The customer reads it")
    cause = Choice(choices=Cause.choices, required=False, allow_blank=True)
    resume = Choice(choices=Resume.choices, required=False, help_text="Left out: keep_step")
    new_due_on = Day(required=False, allow_null=True, help_text="With new_due_date")


class WordsIn(In):
    """Why."""

    note = Text(max_length=LONGEST_NOTE)


class DisputeFilter(filters.FilterSet):
    """How disputes are found."""

    search = filters.CharFilter(
        method="by_words",
        max_length=LONGEST_SEARCH,
        help_text="Every word in number, customer, plate or invoices",
    )
    number = filters.CharFilter()
    customer = filters.UUIDFilter(field_name="customer_id")
    invoice = filters.UUIDFilter(field_name="items__invoice_id", distinct=True)
    repair_order = filters.UUIDFilter(field_name="repair_order_id")
    status = filters.ChoiceFilter(choices=CaseStatus.choices)
    reason = filters.CharFilter(field_name="reason__code")
    running = filters.BooleanFilter(
        method="by_end", help_text="True: only those that have not ended"
    )

    def by_words(self, rows: CaseQuerySet, name: str, words: str) -> CaseQuerySet:
        return rows.search(words)

    def by_end(self, rows: CaseQuerySet, name: str, wanted: bool) -> CaseQuerySet:
        return rows.running() if wanted else rows


@extend_schema_view(
    list=extend_schema(responses=DisputeOut(many=True)),
    retrieve=extend_schema(responses=DisputeOut),
)
class DisputeViewSet(ShopViewSet):
    """Disputes."""

    queryset = DisputeCase.objects.all()
    out = DisputeOut
    ordering = ("-opened_at", "id")
    writers = DESK
    filterset_class = DisputeFilter

    def get_queryset(self) -> Any:
        """The shop's cases, with what they contest and who looks at them."""
        return (
            super()
            .get_queryset()
            .select_related("shop", "reason")
            .prefetch_related(
                *("items", "follow_ups"),
                *("offers__credit_notes", "offers__refunds", "offers__rework"),
            )
        )

    @extend_schema(request=DisputeIn, responses={201: DisputeOut})
    @idempotent
    def create(self, request: Request) -> Response:
        """Open a case: what it contests is not asked for from then on."""
        sent = self.read(DisputeIn)
        told = sent.pop("send_email", False)
        items = [Contested(**item) for item in sent.pop("items")]
        if told and not (sent.get("resolver_email") or sent["reason"].resolver_email):
            raise ResolverMissing(fields={"resolver_email": ResolverMissing.default_message})
        at = timezone.now()
        case = opening.open_case(**sent, items=items, by=self.actor, at=at)
        if told:
            words = asking.proposed(case)
            chasing.tell_resolver(
                case=case, subject=words.subject, body=words.body, by=self.actor, at=at
            )
        return self._case(case, status=201)

    @extend_schema(request=ReleaseIn, responses=DisputeOut)
    @action(detail=True, methods=["post"], url_path="release-items")
    @idempotent
    def release_items(self, request: Request, pk: Any) -> Response:
        """Let items leave the case: they can be asked for again."""
        case = self.get_object()
        sent = {"reason": str(_("Not contested any more."))} | self.read(ReleaseIn)
        return self._case(
            resolving.release_items(case=case, **sent, by=self.actor, at=timezone.now())
        )

    @extend_schema(request=ResolveIn, responses=DisputeOut)
    @action(detail=True, methods=["post"])
    @idempotent
    def resolve(self, request: Request, pk: Any) -> Response:
        """Close the case: all of it can be asked for again, and dunning goes on as chosen."""
        case = self.get_object()
        sent = self.read(ResolveIn)
        return self._case(resolving.resolve(case=case, **sent, by=self.actor, at=timezone.now()))

    @extend_schema(request=WordsIn, responses=DisputeOut)
    @action(detail=True, methods=["post"], writers=MANAGEMENT)
    @idempotent
    def reject(self, request: Request, pk: Any) -> Response:
        """Close a case that cannot be one."""
        case = self.get_object()
        sent = self.read(WordsIn)
        return self._case(resolving.reject(case=case, **sent, by=self.actor, at=timezone.now()))

    @extend_schema(request=WordsIn, responses=DisputeOut)
    @action(detail=True, methods=["post"])
    @idempotent
    def withdraw(self, request: Request, pk: Any) -> Response:
        """Note that the customer does not contest it any more."""
        case = self.get_object()
        sent = self.read(WordsIn)
        return self._case(resolving.withdraw(case=case, **sent, by=self.actor, at=timezone.now()))

    @extend_schema(request=WordsIn, responses=DisputeOut)
    @action(detail=True, methods=["post"], writers=MANAGEMENT)
    @idempotent
    def reopen(self, request: Request, pk: Any) -> Response:
        """Contest again what the case contested last."""
        case = self.get_object()
        sent = self.read(WordsIn)
        return self._case(resolving.reopen(case=case, **sent, by=self.actor, at=timezone.now()))

    @extend_schema(request=None, responses=DisputeOut)
    @action(detail=True, methods=["post"])
    @idempotent
    def accept(self, request: Request, pk: Any) -> Response:
        """Begin to work on a case that a customer opened."""
        case = self.get_object()
        return self._case(messaging.take_up(case=case, by=self.actor, at=timezone.now()))

    @extend_schema(request=WordsIn, responses=DisputeOut)
    @action(detail=True, methods=["post"])
    @idempotent
    def escalate(self, request: Request, pk: Any) -> Response:
        """Note that others decide from now on; the customer reads who and why."""
        case = self.get_object()
        sent = self.read(WordsIn)
        return self._case(escalating.escalate(case=case, **sent, by=self.actor, at=timezone.now()))

    @extend_schema(request=None, responses=DisputeOut)
    @action(detail=True, methods=["post"])
    @idempotent
    def chase(self, request: Request, pk: Any) -> Response:
        """Remind the resolver by mail; nothing ends by it."""
        case = self.get_object()
        chasing.chase(case=case, by=self.actor, at=timezone.now())
        return self._case(case)

    def _case(self, case: DisputeCase, *, status: int = 200) -> Response:
        return self.answer(self.get_queryset().get(pk=case.pk), status=status)


class FollowUpViewSet(ShopViewSet):
    """Follow-ups of a dispute."""

    queryset = FollowUp.objects.all()
    out = FollowUpOut
    ordering = ("due_on", "created_at", "id")
    writers = DESK
    pagination_class = None
    filter_backends = []

    def get_queryset(self) -> Any:
        """The follow-ups of the case that the address names."""
        return super().get_queryset().filter(case=self.kwargs["pk"]).select_related("case__shop")

    def get_object(self) -> FollowUp:
        found: FollowUp = get_object_or_404(self.get_queryset(), pk=self.kwargs["follow_up"])
        self.check_object_permissions(self.request, found)
        return found

    @extend_schema(responses=FollowUpOut(many=True))
    def every(self, request: Request, pk: Any) -> Response:
        """All of them, the earliest first."""
        rows = self.get_queryset().filter(case=self._case()).order_by(*self.ordering)
        return Response(FollowUpOut(rows, many=True).data)

    @extend_schema(request=FollowUpIn, responses={201: FollowUpOut})
    @idempotent
    def add(self, request: Request, pk: Any) -> Response:
        """Have somebody look at the case again."""
        case = self._case()
        sent = self.read(FollowUpIn)
        made = following_up.add(case=case, **sent, by=self.actor, at=timezone.now())
        return self.answer(made, status=201)

    @extend_schema(request=FollowUpIn, responses=FollowUpOut)
    def change(self, request: Request, pk: Any, follow_up: UUID) -> Response:
        """Give it another day, or other words."""
        found = self.get_object()
        sent = self.read(FollowUpIn, partial=True)
        return self.answer(
            following_up.change(follow_up=found, **sent, by=self.actor, at=timezone.now())
        )

    @extend_schema(request=FinishIn, responses=FollowUpOut)
    @idempotent
    def finish(self, request: Request, pk: Any, follow_up: UUID) -> Response:
        """Note that it is done; the last one needs what closes the case, and ends with it."""
        found = self.get_object()
        at = timezone.now()
        if self.read(FinishIn):
            # Something of an ending without the rest is told at the field that is missing.
            finishing.finish_last(follow_up=found, **self.read(ResolveIn), by=self.actor, at=at)
            return self.answer(self.get_object())
        return self.answer(following_up.finish(follow_up=found, by=self.actor, at=at))

    def _case(self) -> DisputeCase:
        cases = DisputeCase.objects.for_shop(self.shop)
        found: DisputeCase = get_object_or_404(cases, pk=self.kwargs["pk"])
        return found


@extend_schema(tags=["disputes"])
class ReasonViewSet(ShopViewSet):
    """Reasons of disputes."""

    queryset = DisputeReason.objects.all()
    out = ReasonOut
    ordering = ("position", "code")

    @extend_schema(responses=ReasonOut(many=True))
    def list(self, request: Request) -> Response:
        """The shop's catalogue, in its order."""
        return super().list(request)
