"""What the calls about invoices take."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from estimates.states import LineKind, PartCondition
from invoices.states import InvoiceKind
from shopdisputes.api.fields import (
    Amount,
    Choice,
    Day,
    Flag,
    In,
    Key,
    Number,
    Reference,
    Text,
)
from shopdisputes.repairorders.models import RepairOrder


class InvoiceIn(In):
    """A draft, billed from the authorized lines, or from what was done of a stopped repair."""

    repair_order = Reference(RepairOrder)
    kind = Choice(
        choices=[
            (kind.value, kind.label) for kind in (InvoiceKind.FULL, InvoiceKind.PARTIAL_REPAIR)
        ],
        required=False,
        help_text="Left out: full",
    )
    due_on = Day(required=False, help_text="Left out: the shop's usual term")
    explanation = Text(max_length=4000, required=False, allow_blank=True)


class InvoiceLineIn(In):
    """A line to be billed. What is left out is taken from ``estimate_line``."""

    id = Key(
        required=False,
        allow_null=True,
        source="line_id",
        help_text="The line of the draft that it replaces",
    )
    estimate_line = Key(
        required=False,
        allow_null=True,
        source="estimate_line_id",
        help_text="Any version of the authorized line; without one there must be a kind",
    )
    kind = Choice(choices=LineKind.choices, required=False)
    description = Text(max_length=300, required=False)
    quantity = Number(
        max_digits=9, decimal_places=3, required=False, help_text="Hours for labour, else pieces"
    )
    unit_price = Amount(required=False, help_text="Before tax")
    tax_rate = Number(
        max_digits=5,
        decimal_places=2,
        required=False,
        help_text="Percent; left out: the authorized line's, else the shop's usual rate",
    )
    part_condition = Choice(choices=PartCondition.choices, required=False, allow_blank=True)
    note = Text(max_length=500, required=False, allow_blank=True)
    override_reason = Text(
        max_length=1000,
        required=False,
        allow_blank=True,
        help_text="Why it is billed although something is missing; managers only",
    )


class InvoiceChangeIn(In):
    """What a draft says; lines are replaced as a whole."""

    lines = InvoiceLineIn(many=True, required=False)
    due_on = Day(required=False)
    explanation = Text(max_length=4000, required=False, allow_blank=True)


class IssueIn(In):
    """How a draft is issued."""

    issued_on = Day(required=False, help_text="Left out: today; never in the future")
    by_email = Flag(required=False, help_text="False: no mail leaves")


class CreditLineIn(In):
    """How much of a line is taken back; neither quantity nor net: all that is left of it."""

    line = Key(source="line_id")
    quantity = Number(max_digits=9, decimal_places=3, required=False)
    net = Amount(required=False, help_text="Before tax")

    def validate(self, sent: dict[str, Any]) -> dict[str, Any]:
        """Refuse two answers to one question."""
        if "quantity" in sent and "net" in sent:
            raise serializers.ValidationError({"net": _("Write a quantity or an amount.")})
        return sent


class CreditIn(In):
    """What is taken back; neither amount nor lines: all that is not credited yet."""

    reason = Text(max_length=1000)
    amount = Amount(required=False, help_text="With tax")
    lines = CreditLineIn(many=True, required=False, allow_empty=False)


class EndIn(In):
    """Why, for the timeline and on the invoice."""

    reason = Text(max_length=1000)
