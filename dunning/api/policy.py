"""The call about when and how a shop reminds: its usual ladder and its send hours."""

from datetime import time
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from dunning.laddering import ordered
from dunning.models import LadderVersion, Step
from dunning.rungs import MOST_STEPS, USUAL_TIME_TO_PAY, Limits, StepInput
from dunning.services import ladders, policy
from dunning.states import Channel, FeeRule, Template
from shopdisputes.actors import MANAGEMENT
from shopdisputes.api.fields import Amount, Choice, Flag, In, Number, Out, Text, Whole, money
from shopdisputes.api.views import ShopViewSet
from shopdisputes.money import LARGEST_AMOUNT, ZERO, to_cents

#: What ``fee`` says when interest by days is proposed.
INTEREST = "interest"
_CLOCK = "%H:%M"


class TimeOfDay(serializers.TimeField):
    """A wall-clock time, ``09:00``; of seconds the hours of a shop know nothing."""

    def to_internal_value(self, value: Any) -> time:
        found: time = super().to_internal_value(value)
        return found.replace(second=0, microsecond=0)


class StepIn(In):
    """One step. A ``key`` names a step that the policy has already."""

    key = Whole(required=False, allow_null=True, min_value=1)
    offset_days = Whole(help_text="After the due day; before it when negative")
    channel = Choice(choices=Channel.choices)
    template = Choice(
        choices=Template.choices, required=False, help_text="Of a call always the notes for it"
    )
    requires_approval = Flag(
        required=False,
        help_text="Left out: a formal demand, and every e-mail after it, waits for somebody",
    )
    fee = Text(
        required=False,
        allow_null=True,
        allow_blank=True,
        help_text="What the step proposes to charge: an amount, “interest”, or null",
    )
    pay_within_days = Whole(
        required=False, help_text="Only of texts that name a last day; left out: what is usual"
    )

    def validate_fee(self, value: str | None) -> tuple[FeeRule, Decimal]:
        """Return the rule and the amount that a fee says."""
        if not value:
            return FeeRule.NONE, ZERO
        if value == INTEREST:
            return FeeRule.INTEREST, ZERO
        try:
            amount = Decimal(value)
            # Of what is no number, or has more digits than numbers have, there are no cents.
            is_in_cents = to_cents(amount) == amount
        except InvalidOperation:
            raise serializers.ValidationError(_("Write an amount, “interest”, or null.")) from None
        if not is_in_cents or not 0 <= amount <= LARGEST_AMOUNT:
            raise serializers.ValidationError(_("Write an amount, “interest”, or null."))
        return (FeeRule.FIXED, amount) if amount else (FeeRule.NONE, ZERO)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Fill in what follows from the channel and the text."""
        if attrs["channel"] == Channel.CALL:
            attrs["template"] = Template.CALL.value
        elif "template" not in attrs:
            raise serializers.ValidationError({"template": _("Choose a text.")})
        return attrs


class PolicyIn(In):
    """The whole policy; what is left out stays as it is, ``steps`` are all there shall be."""

    steps = StepIn(many=True, max_length=MOST_STEPS, allow_empty=False)  # type: ignore[call-arg]
    send_days = serializers.ListField(
        child=Whole(min_value=0, max_value=6),
        required=False,
        allow_empty=False,
        help_text="0 is Monday, 6 is Sunday",
    )
    send_from = TimeOfDay(required=False)
    send_until = TimeOfDay(required=False)
    min_gap_days = Whole(required=False, help_text="Between two contacts with one customer")
    min_amount = Amount(required=False, help_text="What is less is not asked for")
    interest_business = Number(
        max_digits=5, decimal_places=2, required=False, help_text="A year, in percent"
    )
    interest_person = Number(
        max_digits=5, decimal_places=2, required=False, help_text="A year, in percent"
    )


class StepOut(Out):
    """One step, as it is in force."""

    key = serializers.IntegerField(help_text="The same through all versions")
    offset_days = serializers.IntegerField()
    channel = serializers.ChoiceField(choices=Channel.choices)
    template = serializers.ChoiceField(choices=Template.choices)
    requires_approval = serializers.BooleanField()
    fee = serializers.SerializerMethodField()
    pay_within_days = serializers.IntegerField()

    @extend_schema_field(
        serializers.CharField(
            allow_null=True, help_text="What it proposes to charge: an amount, “interest”, or null"
        )
    )
    def get_fee(self, step: Step) -> str | None:
        if step.fee_rule == FeeRule.FIXED:
            return f"{step.fee_amount:.2f}"
        return INTEREST if step.fee_rule == FeeRule.INTEREST else None


class PolicyOut(Out):
    """When and how the shop reminds, unless a customer has a ladder of his own."""

    ladder = serializers.CharField(allow_null=True)
    version = serializers.IntegerField(allow_null=True)
    steps = StepOut(many=True)
    send_days = serializers.ListField(child=serializers.IntegerField())
    send_from = serializers.TimeField(format=_CLOCK)
    send_until = serializers.TimeField(format=_CLOCK)
    min_gap_days = serializers.IntegerField()
    min_amount = money()
    interest_business = serializers.DecimalField(max_digits=5, decimal_places=2)
    interest_person = serializers.DecimalField(max_digits=5, decimal_places=2)


@extend_schema(tags=["reminders"])
class PolicyViewSet(ShopViewSet):
    """When and how the shop reminds."""

    queryset = LadderVersion.objects.all()
    out = PolicyOut
    writers = MANAGEMENT
    http_method_names = ["get", "head", "put"]
    pagination_class = None

    @extend_schema(responses=PolicyOut)
    def current(self, request: Request) -> Response:
        """The policy in force; without steps nobody is reminded."""
        return self._answered(policy.in_force(self.shop))

    @extend_schema(request=PolicyIn, responses=PolicyOut)
    def put_in_force(self, request: Request) -> Response:
        """Put a policy in force; what was planned already stays planned."""
        sent = self.read(PolicyIn)
        current = policy.in_force(self.shop)
        limits = ladders.limits_of(current) if current else Limits()
        version = policy.put(
            shop=self.shop,
            steps=_steps(sent["steps"], current),
            settings=Limits(
                **{
                    name: sent.get(name, getattr(limits, name))
                    for name in Limits.__dataclass_fields__
                }
            ),
            send_days=sent.get("send_days", self.shop.send_days),
            send_from=sent.get("send_from", self.shop.send_from),
            send_until=sent.get("send_until", self.shop.send_until),
            by=self.actor,
            at=timezone.now(),
        )
        self.shop.refresh_from_db()
        return self._answered(version)

    def _answered(self, version: LadderVersion | None) -> Response:
        limits = ladders.limits_of(version) if version else Limits()
        facts = {
            "ladder": version.ladder.name if version else None,
            "version": version.number if version else None,
            "steps": ordered(version).steps if version else [],
            "send_days": self.shop.send_days,
            "send_from": self.shop.send_from,
            "send_until": self.shop.send_until,
            "min_gap_days": limits.min_gap_days,
            "min_amount": limits.min_amount,
            "interest_business": limits.interest_business,
            "interest_person": limits.interest_person,
        }
        return Response(PolicyOut(facts).data)


def _steps(sent: list[dict[str, Any]], current: LadderVersion | None) -> list[StepInput]:
    """Return the steps as the service takes them; what is left out of one that is there stays."""
    known = {step.key: step for step in ordered(current).steps} if current else {}
    steps = []
    for each in sent:
        earlier = known.get(each.get("key") or 0)
        rule, amount = each.get("fee") or (FeeRule.NONE, ZERO)
        usual = USUAL_TIME_TO_PAY.get(Template(each["template"]), 0)
        if earlier is not None and earlier.template == each["template"]:
            usual = earlier.pay_within_days
        steps.append(
            StepInput(
                key=each.get("key"),
                offset_days=each["offset_days"],
                channel=each["channel"],
                template=each["template"],
                requires_approval=each.get("requires_approval", _asks_usually(each, sent)),
                fee_rule=rule,
                fee_amount=amount,
                pay_within_days=each.get("pay_within_days", usual),
            )
        )
    return steps


def _asks_usually(step: dict[str, Any], steps: list[dict[str, Any]]) -> bool:
    if step["template"] == Template.FORMAL_DEMAND:
        return True
    return step["channel"] == Channel.EMAIL and any(
        each["template"] == Template.FORMAL_DEMAND and each["offset_days"] < step["offset_days"]
        for each in steps
    )
