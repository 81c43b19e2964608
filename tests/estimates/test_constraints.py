"""Rows that can never be absurd, and rows that can never change: the database itself refuses."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction

from estimates.models import (
    Authorization,
    Estimate,
    EstimateLine,
    EstimateRevision,
    JobTemplate,
    LineAnswer,
    PaperCopy,
)
from estimates.services import papers
from estimates.states import AuthorizationMode, LineKind, RevisionStatus
from shopdisputes.evidence import EvidenceLevel
from tests.estimates import stages
from tests.estimates.stages import DESK, LATER, YES
from tests.factories import (
    NOW,
    AuthorizationFactory,
    EstimateFactory,
    JobTemplateFactory,
    LineAnswerFactory,
    LineFactory,
    RevisionFactory,
    SignatureFactory,
)

pytestmark = pytest.mark.django_db


def refuses(name: str, act: Callable[[], Any]) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        act()


def test_a_number_is_given_once_a_shop() -> None:
    estimate = EstimateFactory()
    refuses(
        "estimate_number_unique",
        lambda: EstimateFactory(shop=estimate.shop, number=estimate.number),
    )
    EstimateFactory(number=estimate.number)


def test_a_revision_number_is_given_once_an_estimate() -> None:
    revision = RevisionFactory(sent=True)
    refuses(
        "revision_number_unique",
        lambda: RevisionFactory(estimate=revision.estimate, number=revision.number),
    )


def test_an_estimate_has_one_draft() -> None:
    revision = RevisionFactory()
    refuses(
        "revision_one_draft_per_estimate",
        lambda: RevisionFactory(estimate=revision.estimate, number=2),
    )


@pytest.mark.parametrize("second", [RevisionStatus.SENT, RevisionStatus.ANSWERED])
def test_an_estimate_has_one_revision_in_force(second: str) -> None:
    revision = RevisionFactory(sent=True)
    refuses(
        "revision_one_in_force_per_estimate",
        lambda: RevisionFactory(estimate=revision.estimate, number=2, sent=True, status=second),
    )


def test_a_revision_adds_up() -> None:
    refuses("revision_total_adds_up", lambda: RevisionFactory(total=Decimal("0.01")))


@pytest.mark.parametrize("missing", [{"sha256": ""}, {"sent_at": None}])
def test_what_was_sent_is_hashed_and_has_its_time(missing: dict[str, Any]) -> None:
    refuses("revision_sent_is_hashed", lambda: RevisionFactory(sent=True, **missing))


def test_a_deposit_is_not_negative() -> None:
    refuses(
        "revision_deposit_within_total", lambda: RevisionFactory(deposit_amount=Decimal("-0.01"))
    )


def test_a_deposit_sent_is_at_most_the_total() -> None:
    refuses(
        "revision_deposit_within_total",
        lambda: RevisionFactory(sent=True, deposit_amount=Decimal("0.01")),
    )


def test_a_key_stands_once_in_a_revision() -> None:
    line = LineFactory()
    refuses("line_key_once_a_revision", lambda: LineFactory(revision=line.revision, key=line.key))


@pytest.mark.parametrize("quantity", ["0", "-1", "9999.001"])
def test_a_quantity_is_sane(quantity: str) -> None:
    refuses("line_quantity_sane", lambda: LineFactory(quantity=Decimal(quantity), net=Decimal(1)))


@pytest.mark.parametrize("rate", ["-0.01", "100.01"])
def test_a_tax_rate_is_sane(rate: str) -> None:
    refuses("line_tax_rate_sane", lambda: LineFactory(tax_rate=Decimal(rate)))


@pytest.mark.parametrize(
    ("kind", "price"), [(LineKind.DISCOUNT, "0.01"), (LineKind.LABOUR, "-0.01")]
)
def test_only_discounts_are_negative(kind: str, price: str) -> None:
    refuses(
        "line_negative_only_for_discounts",
        lambda: LineFactory(kind=kind, unit_price=Decimal(price)),
    )


def test_a_revision_is_signed_once_by_link() -> None:
    first = AuthorizationFactory()
    revision = first.revision

    def sign() -> None:
        AuthorizationFactory(
            revision=revision,
            mode=AuthorizationMode.ELECTRONIC,
            evidence_level=EvidenceLevel.L1,
            signature=SignatureFactory(shop=revision.shop),
        )

    sign()
    refuses("authorization_signed_once_a_revision", sign)


def test_an_answer_by_link_is_signed() -> None:
    refuses(
        "authorization_by_link_is_signed",
        lambda: AuthorizationFactory(mode=AuthorizationMode.ELECTRONIC),
    )


@pytest.mark.parametrize(
    "claimed", [{"evidence_level": EvidenceLevel.L1}, {"objection_until": None}]
)
def test_an_unsigned_answer_is_weak_and_can_be_objected_to(claimed: dict[str, Any]) -> None:
    refuses(
        "authorization_unsigned_is_l0_and_can_be_objected",
        lambda: AuthorizationFactory(**claimed),
    )


def test_a_line_is_answered_once_an_authorization() -> None:
    given = LineAnswerFactory()
    refuses(
        "line_answered_once_an_authorization",
        lambda: LineAnswerFactory(authorization=given.authorization, line=given.line),
    )


def test_a_frequent_job_has_its_name_alone() -> None:
    job = JobTemplateFactory()
    refuses("job_template_name_unique", lambda: JobTemplateFactory(shop=job.shop, name=job.name))


#: Columns of a sent revision that go on with its life.
STILL_OPEN = {
    "status",
    "sent_to",
    "answered_at",
    "reminded_at",
    "call_requested_at",
    "call_note",
    "call_done_at",
    "paper_requested_at",
}


def frozen_columns(model: type[models.Model], *, open_columns: set[str] = frozenset()) -> list[str]:
    return [
        field.attname
        for field in model._meta.concrete_fields
        if field.attname not in open_columns | {"id"}
    ]


def another(row: models.Model, name: str) -> Any:
    """A value that differs from the row's and that no other constraint minds."""
    field = next(f for f in row._meta.concrete_fields if f.attname == name)
    value = getattr(row, name)
    if isinstance(field, models.ForeignKey | models.UUIDField):
        return "00000000-0000-4000-8000-000000000000"
    if isinstance(field, models.BooleanField):
        return not value
    if isinstance(field, models.DateTimeField):
        return NOW + timedelta(days=400)
    if isinstance(field, models.DateField):
        return (NOW + timedelta(days=400)).date()
    if isinstance(field, models.DecimalField):
        return (value or Decimal(0)) + 1
    if isinstance(field, models.IntegerField):
        return (value or 0) + 1
    return "other" if field.max_length is None or field.max_length >= 5 else "L5"


def test_a_sent_revision_refuses_every_change_but_that_of_its_life() -> None:
    revision = stages.sent()
    rows = EstimateRevision.objects.filter(pk=revision.pk)
    for name in frozen_columns(EstimateRevision, open_columns=STILL_OPEN):
        changed = another(revision, name)
        refuses("is frozen", lambda name=name, changed=changed: rows.update(**{name: changed}))
    refuses("is frozen", lambda: rows.delete())
    assert rows.update(status=RevisionStatus.EXPIRED, reminded_at=NOW, call_note="evenings") == 1


def test_lines_of_a_sent_revision_refuse_every_change() -> None:
    line = stages.lines_of(stages.sent())[0]
    rows = EstimateLine.objects.filter(pk=line.pk)
    for name in frozen_columns(EstimateLine):
        changed = another(line, name)
        refuses("is frozen", lambda name=name, changed=changed: rows.update(**{name: changed}))
    refuses("is frozen", lambda: rows.delete())


def test_lines_of_a_draft_may_change_and_go() -> None:
    line = stages.lines_of(stages.draft())[0]
    assert EstimateLine.objects.filter(pk=line.pk).update(description="Other") == 1
    assert EstimateLine.objects.filter(pk=line.pk).delete()[0] == 1


def test_an_authorization_and_its_answers_refuse_every_change() -> None:
    authorization = stages.answer(stages.sent(), YES, LATER)
    for row in (authorization, authorization.answers.first()):
        rows = type(row).objects.filter(pk=row.pk)
        for name in frozen_columns(type(row)):
            changed = another(row, name)
            refuses("is frozen", lambda n=name, c=changed, r=rows: r.update(**{n: c}))
        refuses("is frozen", lambda r=rows: r._raw_delete(r.db))
    assert Authorization.objects.count() == 1
    assert LineAnswer.objects.count() == 2


def test_a_print_for_signature_refuses_every_change() -> None:
    copy = papers.print_for_signature(revision=stages.sent(), by=DESK, at=NOW)
    rows = PaperCopy.objects.filter(pk=copy.pk)
    for name in frozen_columns(PaperCopy):
        changed = another(copy, name)
        refuses("is frozen", lambda n=name, c=changed: rows.update(**{n: c}))
    refuses("is frozen", lambda: rows.delete())


def test_every_constraint_of_the_app_is_tested_here() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    named = {
        constraint.name
        for model in (Estimate, EstimateRevision, EstimateLine, Authorization, LineAnswer)
        for constraint in model._meta.constraints
    } | {constraint.name for constraint in JobTemplate._meta.constraints}
    assert {name for name in named if name not in source} == set()
