"""What calls about disputes answer."""

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from disputes.models import DisputeCase, DisputeReason, Offer
from disputes.states import (
    CaseStatus,
    Cause,
    ClosingCode,
    FollowUpStatus,
    ItemState,
    OfferKind,
    OfferSide,
    OfferStatus,
    Opening,
    Resume,
    Severity,
)
from shopdisputes.api.fields import Out, money
from shopdisputes.money import ZERO


class ReasonOut(Out):
    """A reason of the shop's catalogue, worded in the shop's language."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    name = serializers.SerializerMethodField()
    follow_up_days = serializers.IntegerField()
    resolver_name = serializers.CharField()
    resolver_email = serializers.CharField()
    severity = serializers.ChoiceField(choices=Severity.choices)
    stops_storage = serializers.BooleanField()
    for_customers = serializers.BooleanField()
    is_active = serializers.BooleanField()

    def get_name(self, reason: DisputeReason) -> str:
        return reason.name_in(self.context["shop"].language)


class DisputeItemOut(Out):
    """A contested amount, tax included; ``hold`` is null when nothing was left to hold."""

    id = serializers.UUIDField()
    invoice = serializers.UUIDField(source="invoice_id")
    line = serializers.UUIDField(source="line_id", allow_null=True)
    amount = money()
    state = serializers.ChoiceField(choices=ItemState.choices)
    hold = serializers.UUIDField(source="hold_id", allow_null=True)
    added_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    end_reason = serializers.CharField()


class FollowUpOut(Out):
    """Somebody looks at the case again on a day."""

    id = serializers.UUIDField()
    due_on = serializers.DateField()
    note = serializers.CharField()
    person = serializers.UUIDField(source="person_id", allow_null=True)
    status = serializers.ChoiceField(choices=FollowUpStatus.choices)
    created_at = serializers.DateTimeField()
    created_by = serializers.CharField()
    finished_at = serializers.DateTimeField(allow_null=True)
    finished_by = serializers.CharField()


class OfferPartOut(Out):
    """A part of a payment plan that is offered."""

    due_on = serializers.DateField()
    amount = money()


class OfferOut(Out):
    """An offer to settle the case, and what came of it; ``amount`` is what the customer gets."""

    id = serializers.UUIDField()
    position = serializers.IntegerField()
    side = serializers.ChoiceField(choices=OfferSide.choices)
    kind = serializers.ChoiceField(choices=OfferKind.choices)
    amount = money(allow_null=True)
    text = serializers.CharField()
    terms = serializers.SerializerMethodField()
    expires_on = serializers.DateField()
    resume = serializers.ChoiceField(choices=Resume.choices)
    new_due_on = serializers.DateField(allow_null=True)
    status = serializers.ChoiceField(choices=OfferStatus.choices)
    made_at = serializers.DateTimeField()
    made_by = serializers.CharField()
    sha256 = serializers.CharField()
    decided_at = serializers.DateTimeField(allow_null=True)
    decided_by = serializers.CharField()
    answer = serializers.CharField()
    signature = serializers.UUIDField(source="signature_id", allow_null=True)
    executed_at = serializers.DateTimeField(allow_null=True)
    failure = serializers.CharField()
    credit_notes = serializers.SerializerMethodField()
    refunds = serializers.SerializerMethodField()
    plan = serializers.UUIDField(source="plan_id", allow_null=True)
    rework = serializers.SerializerMethodField()

    @extend_schema_field(OfferPartOut(many=True))
    def get_terms(self, offer: Offer) -> Any:
        parts = [{"due_on": due_on, "amount": amount} for due_on, amount in offer.instalments]
        return OfferPartOut(parts, many=True).data

    @extend_schema_field(serializers.ListField(child=serializers.UUIDField()))
    def get_credit_notes(self, offer: Offer) -> list[str]:
        return sorted(str(note.pk) for note in offer.credit_notes.all())

    @extend_schema_field(serializers.ListField(child=serializers.UUIDField()))
    def get_refunds(self, offer: Offer) -> list[str]:
        return sorted(str(refund.pk) for refund in offer.refunds.all())

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_rework(self, offer: Offer) -> str | None:
        rework = getattr(offer, "rework", None)
        return str(rework.pk) if rework else None


class DisputeOut(Out):
    """A case; ``disputed_total`` is what is contested in it at present."""

    id = serializers.UUIDField()
    number = serializers.CharField()
    status = serializers.ChoiceField(choices=CaseStatus.choices)
    customer = serializers.UUIDField(source="customer_id")
    repair_order = serializers.UUIDField(source="repair_order_id", allow_null=True)
    reason = serializers.CharField(source="reason.code")
    severity = serializers.ChoiceField(choices=Severity.choices)
    comment = serializers.CharField()
    disputed_total = serializers.SerializerMethodField()
    items = serializers.SerializerMethodField()
    follow_ups = serializers.SerializerMethodField()
    offers = serializers.SerializerMethodField()
    opening = serializers.ChoiceField(choices=Opening.choices)
    opened_at = serializers.DateTimeField()
    opened_by = serializers.CharField()
    owner = serializers.UUIDField(source="owner_id", allow_null=True)
    resolver_name = serializers.CharField()
    resolver_email = serializers.CharField()
    closing_code = serializers.ChoiceField(choices=ClosingCode.choices, allow_blank=True)
    cause = serializers.ChoiceField(choices=Cause.choices, allow_blank=True)
    note = serializers.CharField(source="closing_words")
    resume = serializers.ChoiceField(choices=Resume.choices, allow_blank=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    closed_by = serializers.CharField()
    reopen_until = serializers.DateField(allow_null=True)

    def get_disputed_total(self, case: DisputeCase) -> str:
        """The open items' sum, tax included."""
        total: Decimal = sum(
            (item.amount for item in case.items.all() if item.state == ItemState.OPEN), ZERO
        )
        return f"{total:.2f}"

    @extend_schema_field(DisputeItemOut(many=True))
    def get_items(self, case: DisputeCase) -> Any:
        items = sorted(case.items.all(), key=lambda item: (item.added_at, item.pk))
        return DisputeItemOut(items, many=True).data

    @extend_schema_field(FollowUpOut(many=True))
    def get_follow_ups(self, case: DisputeCase) -> Any:
        rows = sorted(case.follow_ups.all(), key=lambda row: (row.due_on, row.created_at, row.pk))
        return FollowUpOut(rows, many=True).data

    @extend_schema_field(OfferOut(many=True))
    def get_offers(self, case: DisputeCase) -> Any:
        rows = sorted(case.offers.all(), key=lambda offer: offer.position)
        return OfferOut(rows, many=True).data
