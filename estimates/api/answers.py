"""What the calls about estimates answer."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from estimates import pricing
from estimates.models import EstimateLine, EstimateRevision
from estimates.states import (
    Answer,
    AuthorizationMode,
    LineKind,
    Necessity,
    PartCondition,
    RevisionStatus,
)
from shopdisputes.api.fields import Out, money
from shopdisputes.evidence import EvidenceLevel
from shopdisputes.signing.models import Signature, SignatureMethod


class LineOut(Out):
    """A line of a revision and what the customer said to it."""

    id = serializers.UUIDField()
    key = serializers.UUIDField(help_text="The same in every revision in which the line lives on")
    position = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=LineKind.choices)
    description = serializers.CharField()
    reason = serializers.CharField()
    quantity = serializers.DecimalField(max_digits=9, decimal_places=3)
    unit_price = money(help_text="Before tax")
    tax_rate = serializers.DecimalField(max_digits=5, decimal_places=2)
    necessity = serializers.ChoiceField(choices=Necessity.choices)
    part_condition = serializers.ChoiceField(choices=PartCondition.choices, allow_blank=True)
    contingent = serializers.BooleanField()
    disclosure = serializers.CharField()
    finding = serializers.UUIDField(
        source="finding_id",
        allow_null=True,
        help_text="The item of an inspection that made it necessary",
    )
    net = money(help_text="Before tax")
    gross = serializers.SerializerMethodField()
    answer = serializers.SerializerMethodField()

    def get_gross(self, line: EstimateLine) -> str:
        """With tax, for display beside the line; the total's tax is rounded once per rate."""
        return f"{pricing.gross_of_line(net=line.net, tax_rate=line.tax_rate):.2f}"

    @extend_schema_field(serializers.ChoiceField(choices=Answer.choices, allow_null=True))
    def get_answer(self, line: EstimateLine) -> str | None:
        """The answer in force; null while it waits for one."""
        answers: dict[UUID, str] = self.context["answers"]
        return answers.get(line.pk)


class SignatureOut(Out):
    """A signature and the sealed copy of what was signed."""

    id = serializers.UUIDField()
    evidence_level = serializers.ChoiceField(choices=EvidenceLevel.choices)
    method = serializers.ChoiceField(choices=SignatureMethod.choices)
    signer_name = serializers.CharField()
    signed_at = serializers.DateTimeField()
    document_sha256 = serializers.SerializerMethodField()

    def get_document_sha256(self, signature: Signature) -> str | None:
        """Of the sealed PDF; null until it is sealed."""
        document = signature.authorization.document
        return document.sha256 or None if document else None


class LineAnswerOut(Out):
    """The answer to one line."""

    line = serializers.UUIDField(source="line_id")
    answer = serializers.ChoiceField(choices=Answer.choices)


class AuthorizationOut(Out):
    """What the customer answered, and how that is known."""

    id = serializers.UUIDField()
    revision = serializers.IntegerField(source="revision.number")
    mode = serializers.ChoiceField(choices=AuthorizationMode.choices)
    evidence_level = serializers.ChoiceField(choices=EvidenceLevel.choices)
    person = serializers.CharField()
    contact = serializers.CharField()
    at = serializers.DateTimeField(help_text="When the customer said it")
    recorded_at = serializers.DateTimeField()
    recorded_by = serializers.CharField()
    reason = serializers.CharField()
    added_amount = money(help_text="With tax: the change of the authorized total")
    authorized_total = money(source="new_total", help_text="With tax, after this answer")
    objection_until = serializers.DateTimeField(allow_null=True)
    signature = serializers.UUIDField(source="signature_id", allow_null=True)
    answers = LineAnswerOut(many=True)


class EstimateSummaryOut(Out):
    """An estimate as lists show it."""

    id = serializers.UUIDField()
    number = serializers.CharField()
    repair_order = serializers.UUIDField(source="repair_order_id")
    revision = serializers.IntegerField(source="newest_number")
    status = serializers.ChoiceField(choices=RevisionStatus.choices)
    total = money()
    valid_until = serializers.DateField()
    created_at = serializers.DateTimeField()


class EstimateOut(Out):
    """An estimate as its newest revision says it, and everything that was answered."""

    id = serializers.UUIDField(source="estimate_id")
    number = serializers.CharField(source="estimate.number")
    repair_order = serializers.UUIDField(source="estimate.repair_order_id")
    revision = serializers.IntegerField(source="number")
    status = serializers.ChoiceField(choices=RevisionStatus.choices)
    reason = serializers.CharField()
    currency = serializers.CharField()
    subtotal = money(help_text="Before tax")
    tax = money()
    total = money()
    authorized_total = serializers.SerializerMethodField()
    valid_until = serializers.DateField()
    deposit_amount = money()
    message = serializers.CharField()
    request_authorization = serializers.BooleanField()
    request_signature = serializers.BooleanField()
    sha256 = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()
    sent_at = serializers.DateTimeField(allow_null=True)
    sent_to = serializers.CharField()
    answered_at = serializers.DateTimeField(allow_null=True)
    lines = serializers.SerializerMethodField()
    signatures = serializers.SerializerMethodField()
    authorizations = serializers.SerializerMethodField()

    def get_authorized_total(self, revision: EstimateRevision) -> str:
        """With tax: what the customer has agreed to, whatever is proposed now."""
        return f"{self.context['ledger'].authorized.total:.2f}"

    def get_sha256(self, revision: EstimateRevision) -> str | None:
        """Of what was put before the customer; null for a draft."""
        return revision.sha256 or None

    @extend_schema_field(LineOut(many=True))
    def get_lines(self, revision: EstimateRevision) -> Any:
        """In the order of the page."""
        return LineOut(revision.lines.in_order(), many=True, context=self.context).data

    @extend_schema_field(SignatureOut(many=True))
    def get_signatures(self, revision: EstimateRevision) -> Any:
        """Every signature to any revision, the oldest first."""
        given = [made.signature for made in self.context["authorizations"] if made.signature]
        return SignatureOut(given, many=True).data

    @extend_schema_field(AuthorizationOut(many=True))
    def get_authorizations(self, revision: EstimateRevision) -> Any:
        """Every answer to any revision, the oldest first."""
        return AuthorizationOut(self.context["authorizations"], many=True).data
