"""What the calls about invoices answer."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from estimates import pricing
from estimates.states import LineKind, PartCondition
from invoices import basis, coverage, sentences
from invoices.collecting import Standing
from invoices.models import Invoice, InvoiceLine
from invoices.states import (
    Classification,
    Gap,
    HoldKind,
    InvoiceKind,
    InvoiceStatus,
    Settlement,
)
from shopdisputes.api.fields import Out, money
from shopdisputes.web.contributions import Outlook


class TaxOut(Out):
    """The tax of one rate, in percent."""

    rate = serializers.CharField()
    base = serializers.CharField()
    tax = serializers.CharField()


class HoldOut(Out):
    """An amount that is not asked for at present; null: all of it."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=HoldKind.choices)
    amount = money(allow_null=True)
    reason = serializers.CharField()
    subject = serializers.CharField()
    review_on = serializers.DateField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)
    placed_at = serializers.DateTimeField()
    placed_by = serializers.CharField()


class BasisOut(Out):
    """On what a line stands; each is an object, or null where there is none."""

    authorization = serializers.DictField(allow_null=True)
    disclosure = serializers.DictField(allow_null=True)
    work = serializers.DictField(allow_null=True)


class NextReminderOut(Out):
    """The reminder that comes next."""

    step = serializers.IntegerField()
    due_on = serializers.DateField()


class InvoiceLineOut(Out):
    """A line, what it stands on, and what it lacks."""

    id = serializers.UUIDField()
    position = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=LineKind.choices)
    description = serializers.CharField()
    quantity = serializers.DecimalField(max_digits=9, decimal_places=3)
    unit_price = money(help_text="Before tax")
    tax_rate = serializers.DecimalField(max_digits=5, decimal_places=2)
    part_condition = serializers.ChoiceField(choices=PartCondition.choices, allow_blank=True)
    net = money(help_text="Before tax")
    gross = serializers.SerializerMethodField()
    classification = serializers.ChoiceField(choices=Classification.choices)
    note = serializers.CharField()
    estimate_line = serializers.UUIDField(source="estimate_line_id", allow_null=True)
    credited_line = serializers.UUIDField(source="credited_line_id", allow_null=True)
    basis = serializers.SerializerMethodField()
    gaps = serializers.SerializerMethodField()
    override_reason = serializers.CharField()
    override_by = serializers.CharField()
    override_at = serializers.DateTimeField(allow_null=True)

    def get_gross(self, line: InvoiceLine) -> str:
        """With tax, for display beside the line; the total's tax is rounded once per rate."""
        return f"{pricing.gross_of_line(net=line.net, tax_rate=line.tax_rate):.2f}"

    @extend_schema_field(BasisOut)
    def get_basis(self, line: InvoiceLine) -> Any:
        """As things stand now for a draft; as it was frozen for an issued invoice."""
        return self.context["bases"][line.pk]

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(choices=Gap.choices)))
    def get_gaps(self, line: InvoiceLine) -> Any:
        """What is missing; a draft cannot be issued with any but for an override."""
        return [str(gap) for gap in self.context["gaps"].get(line.pk, [])]


class InvoiceSummaryOut(Out):
    """An invoice as lists show it. Amounts include tax."""

    id = serializers.UUIDField()
    number = serializers.CharField(allow_blank=True, help_text="Empty until issued")
    kind = serializers.ChoiceField(choices=InvoiceKind.choices)
    status = serializers.ChoiceField(choices=InvoiceStatus.choices)
    settlement = serializers.SerializerMethodField()
    overdue = serializers.SerializerMethodField()
    repair_order = serializers.UUIDField(source="repair_order_id")
    customer = serializers.UUIDField(source="customer_id")
    currency = serializers.CharField()
    issued_on = serializers.DateField(allow_null=True)
    due_on = serializers.DateField()
    total = money()
    balance = money(help_text="What is still owed")
    disputed = serializers.SerializerMethodField()
    promised = serializers.SerializerMethodField()
    planned = serializers.SerializerMethodField()
    held = serializers.SerializerMethodField()
    collectible = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()

    def standing(self, invoice: Invoice) -> Standing:
        """Return the standing that was read for the whole page."""
        found: Standing = self.context["standings"][invoice.pk]
        return found

    @extend_schema_field(serializers.ChoiceField(choices=Settlement.choices))
    def get_settlement(self, invoice: Invoice) -> str:
        """How much of it is paid."""
        return str(self.standing(invoice).settlement)

    def get_overdue(self, invoice: Invoice) -> bool:
        """Whether something is owed and the last day to pay is over."""
        return self.standing(invoice).overdue

    def get_disputed(self, invoice: Invoice) -> str:
        """Contested by the customer."""
        return _money(self.standing(invoice).figures.disputed)

    def get_promised(self, invoice: Invoice) -> str:
        """Promised for a day that is still to come."""
        return _money(self.standing(invoice).figures.promised)

    def get_planned(self, invoice: Invoice) -> str:
        """Instalments of a payment plan that are not due yet."""
        return _money(self.standing(invoice).figures.planned)

    def get_held(self, invoice: Invoice) -> str:
        """Held for other reasons."""
        return _money(self.standing(invoice).figures.held)

    def get_collectible(self, invoice: Invoice) -> str:
        """What may be asked for now."""
        return _money(self.standing(invoice).figures.collectible)


class InvoiceOut(InvoiceSummaryOut):
    """An invoice with its lines, what holds it, and what comes next."""

    original = serializers.UUIDField(
        source="original_id", allow_null=True, help_text="Of a credit note: what it corrects"
    )
    reference = serializers.CharField(help_text="ISO 11649, for the bank transfer")
    language = serializers.CharField()
    performed_on = serializers.DateField(allow_null=True)
    explanation = serializers.CharField()
    subtotal = money(help_text="Before tax")
    taxes = TaxOut(many=True)
    tax = money()
    lines = serializers.SerializerMethodField()
    holds = serializers.SerializerMethodField()
    next_reminder = serializers.SerializerMethodField()
    dunning_sentence = serializers.SerializerMethodField()
    sha256 = serializers.CharField(help_text="Of the frozen facts; empty for a draft")
    issued_at = serializers.DateTimeField(allow_null=True)
    issued_by = serializers.CharField()
    sent_at = serializers.DateTimeField(allow_null=True)
    sent_to = serializers.CharField()
    ended_at = serializers.DateTimeField(allow_null=True)
    end_reason = serializers.CharField()

    @extend_schema_field(InvoiceLineOut(many=True))
    def get_lines(self, invoice: Invoice) -> Any:
        """In the order of the page."""
        lines = list(invoice.lines.in_order())
        if invoice.status == InvoiceStatus.DRAFT:
            gaps: Any = coverage.check(invoice).gaps
        else:
            gaps = {line.pk: line.gaps for line in lines}
        context = {"bases": basis.of(invoice), "gaps": gaps}
        return InvoiceLineOut(lines, many=True, context=context).data

    @extend_schema_field(HoldOut(many=True))
    def get_holds(self, invoice: Invoice) -> Any:
        """In force now, the newest last."""
        return HoldOut(self.standing(invoice).holds, many=True).data

    @extend_schema_field(NextReminderOut(allow_null=True))
    def get_next_reminder(self, invoice: Invoice) -> dict[str, Any] | None:
        """Null: none is to come; ``dunning_sentence`` says why."""
        outlook = self._outlook(invoice)
        if outlook is None or outlook.step is None:
            return None
        return NextReminderOut(outlook).data

    def get_dunning_sentence(self, invoice: Invoice) -> str:
        """What comes next, or why nothing does."""
        language = self.context["shop"].language
        standing, outlook = self.standing(invoice), self._outlook(invoice)
        return sentences.why(invoice, standing, language=language, outlook=outlook)

    def _outlook(self, invoice: Invoice) -> Outlook | None:
        outlooks: dict[UUID, Outlook] = self.context["outlooks"]
        return outlooks.get(invoice.pk)


def _money(amount: Decimal) -> str:
    return f"{amount:.2f}"
