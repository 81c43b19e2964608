"""Lines as a customer sees them: in groups, with their answers, and what they come to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from estimates import ledger, pricing
from estimates.models import EstimateLine, EstimateRevision
from estimates.public_forms import AnswersForm, field_of
from estimates.public_pages.findings import FindingShown
from estimates.states import Answer, LedgerState, LineKind, Necessity
from shopdisputes.money import ZERO

Words = str | Promise

#: Kinds that are reckoned by the hour.
HOURLY = frozenset({LineKind.LABOUR, LineKind.DIAGNOSIS, LineKind.TEARDOWN, LineKind.REASSEMBLY})

_NECESSITIES: tuple[tuple[Necessity, Words, Words], ...] = (
    (
        Necessity.REQUIRED,
        _("Needed"),
        _("Without it the vehicle is not safe, or what you asked for cannot be repaired."),
    ),
    (
        Necessity.RECOMMENDED,
        _("Recommended"),
        _("It would be good to have it done soon. You decide."),
    ),
    (Necessity.OPTIONAL, _("Can wait"), _("It can be done another time without harm.")),
)

_ANSWERED: tuple[tuple[str, Words], ...] = (
    (LedgerState.AUTHORIZED, _("You authorize")),
    (LedgerState.DEFERRED, _("Not now")),
    (LedgerState.DECLINED, _("You do not want")),
    (LedgerState.PENDING, _("Still without an answer")),
)


@dataclass(frozen=True, kw_only=True)
class LineShown:
    """A line on the page. ``gross`` is its price with tax, for display beside it."""

    line: EstimateLine
    gross: Decimal
    field: str = ""
    #: The answer chosen on the page, or in force; empty for none.
    answer: str = ""
    #: Authorized before and unchanged since: nothing to answer.
    carried: bool = False
    error: Words = ""
    #: How it differs from the revision before, in a word.
    change: Words = ""
    #: What was seen on the car and made the line necessary.
    finding: FindingShown | None = None


@dataclass(frozen=True, kw_only=True)
class LineGroup:
    """Lines under one heading."""

    title: Words
    lines: Sequence[LineShown]
    explanation: Words = ""
    necessity: str = ""
    answer: str = ""


@dataclass(frozen=True, kw_only=True)
class AnswerSums:
    """What the answers on the page come to. Amounts include tax, reckoned once per rate.

    ``authorized`` is what is authorized now, ``carried`` what was before and stays,
    ``new_total`` both together.
    """

    authorized: Decimal
    carried: Decimal
    new_total: Decimal
    authorized_count: int
    open: int
    count: int
    #: The prices shown beside the lines add up to another cent than their sum.
    rounds: bool


@dataclass(frozen=True, kw_only=True)
class Difference:
    """How a line differs between two revisions; amounts with tax, None where it is not there."""

    label: Words
    line: EstimateLine
    before: Decimal | None = None
    after: Decimal | None = None


def gross_of(line: EstimateLine) -> Decimal:
    """Return a line's price with tax, as it is shown beside the line."""
    return pricing.gross_of_line(net=line.net, tax_rate=line.tax_rate)


def lines_on_page(
    lines: Iterable[EstimateLine],
    *,
    carried: Mapping[UUID, object],
    given: Mapping[UUID, Answer],
    form: AnswersForm | None,
    changes: Mapping[UUID, Words],
    findings: Mapping[UUID, FindingShown],
) -> list[LineShown]:
    """Put together every line of a revision as the question page shows it.

    ``findings`` by their own id.
    """
    errors = form.errors if form is not None and form.is_bound else {}
    return [
        LineShown(
            line=line,
            gross=gross_of(line),
            field=field_of(line),
            answer=given.get(line.pk, ""),
            carried=line.pk in carried,
            error=next((str(error) for error in errors.get(field_of(line), [])), ""),
            change=changes.get(line.key, ""),
            finding=findings.get(line.finding_id) if line.finding_id else None,
        )
        for line in lines
    ]


def by_necessity(lines: Iterable[LineShown]) -> list[LineGroup]:
    """Group lines by how badly the vehicle needs them; empty groups are left out."""
    lines = list(lines)
    groups = (
        LineGroup(
            title=title,
            explanation=explanation,
            necessity=necessity,
            lines=[shown for shown in lines if shown.line.necessity == necessity],
        )
        for necessity, title, explanation in _NECESSITIES
    )
    return [group for group in groups if group.lines]


def by_answer(lines: Iterable[tuple[EstimateLine, str]]) -> list[LineGroup]:
    """Group lines by what was answered to them; empty groups are left out."""
    pairs = list(lines)
    groups = (
        LineGroup(
            title=title,
            answer=answer,
            lines=[
                LineShown(line=line, gross=gross_of(line), answer=answer)
                for line, given in pairs
                if given == answer
            ],
        )
        for answer, title in _ANSWERED
    )
    return [group for group in groups if group.lines]


def answered_lines(revision: EstimateRevision) -> list[tuple[EstimateLine, str]]:
    """Return each line on the table with the answer in force."""
    return [
        (entry.latest, entry.state)
        for entry in ledger.of(revision.estimate).entries
        if entry.line is not None
    ]


def sums_of_answers(
    lines: Iterable[EstimateLine],
    *,
    carried: Mapping[UUID, object],
    given: Mapping[UUID, Answer],
) -> AnswerSums:
    """Reckon what the answers on the page come to; nothing is stored."""
    lines = list(lines)
    questions = [line for line in lines if line.pk not in carried]
    kept = [line for line in lines if line.pk in carried]
    chosen = [line for line in questions if given.get(line.pk) == Answer.AUTHORIZED]
    authorized = ledger.sums_of(chosen).total
    before = ledger.sums_of(kept).total
    after = ledger.sums_of([*kept, *chosen]).total
    return AnswerSums(
        authorized=authorized,
        carried=before,
        new_total=after,
        authorized_count=len(chosen),
        open=sum(1 for line in questions if line.pk not in given),
        count=len(questions),
        rounds=sum((gross_of(line) for line in chosen), ZERO) != authorized,
    )
