"""The authorization ledger: for each line the answer in force and the amount that it gives."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from estimates import pricing
from estimates.models import Authorization, Estimate, EstimateLine, EstimateRevision, LineAnswer
from estimates.pricing import Totals
from estimates.states import Answer, LedgerState, RevisionStatus


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of work through all revisions.

    ``line`` is how it stands in the revision on the table, None once it is no longer proposed.
    ``answer`` is the customer's last one; it was given to ``answer.line``, whose amount is the
    one in force, whatever ``line`` says now.
    """

    key: UUID
    line: EstimateLine | None
    answer: LineAnswer | None
    state: LedgerState

    @property
    def latest(self) -> EstimateLine:
        """The newest version of the line."""
        if self.line is not None:
            return self.line
        assert self.answer is not None
        return self.answer.line

    @property
    def in_force(self) -> EstimateLine | None:
        """The version whose amount is authorized, if any."""
        if (
            self.answer is None
            or self.answer.answer != Answer.AUTHORIZED
            or self.state == LedgerState.REMOVED
        ):
            return None
        return self.answer.line

    @property
    def authorization(self) -> Authorization | None:
        """The authorization that gave the last answer."""
        return self.answer.authorization if self.answer else None


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """Everything the customer has said about an estimate, as it stands now."""

    entries: tuple[Entry, ...]

    @property
    def in_force(self) -> Totals:
        """The sums of the authorized lines in force as they add up, tax once per rate.

        Below zero when a discount stays in force and what it was taken from is gone.
        """
        return sums_of(entry.in_force for entry in self.entries if entry.in_force)

    @property
    def authorized(self) -> Totals:
        """The sums that the customer has authorized: those in force, never below zero."""
        sums = self.in_force
        return sums if sums.total >= 0 else sums_of(())

    @property
    def pending(self) -> Totals:
        """The sums of the lines on the table that wait for an answer."""
        return self._sums_of_state(LedgerState.PENDING)

    @property
    def not_authorized(self) -> Totals:
        """The sums of the lines on the table that the customer put off or declined."""
        return self._sums_of_state(LedgerState.DEFERRED, LedgerState.DECLINED)

    def entry_of(self, key: UUID) -> Entry | None:
        """Return the entry of a line's key."""
        return next((entry for entry in self.entries if entry.key == key), None)

    def _sums_of_state(self, *states: LedgerState) -> Totals:
        return sums_of(entry.line for entry in self.entries if entry.line and entry.state in states)


def of(estimate: Estimate, *, adding: Sequence[LineAnswer] = ()) -> Ledger:
    """Return the ledger of an estimate, in the order of the revision on the table.

    On the table is the newest revision that was sent and not withdrawn; drafts change nothing.
    ``adding`` are answers not written yet, which count as the last ones.
    """
    revision = (
        EstimateRevision.objects.filter(estimate=estimate)
        .proposed()
        .exclude(status=RevisionStatus.WITHDRAWN)
        .order_by("-number")
        .first()
    )
    lines = list(revision.lines.in_order()) if revision else []
    last = _last_answers(estimate) | {answer.line.key: answer for answer in adding}
    entries = [
        Entry(key=line.key, line=line, answer=last.get(line.key), state=_state(line, last))
        for line in lines
    ]
    proposed = {line.key for line in lines}
    entries += [
        Entry(key=key, line=None, answer=answer, state=LedgerState.REMOVED)
        for key, answer in last.items()
        if key not in proposed
    ]
    return Ledger(entries=tuple(entries))


def already_authorized(revision: EstimateRevision) -> dict[UUID, LineAnswer]:
    """Return, by line id, the earlier authorization that each unchanged line keeps."""
    last = _last_answers(revision.estimate, before=revision.number)
    kept = {}
    for line in revision.lines.in_order():
        answer = last.get(line.key)
        if (
            answer is not None
            and answer.answer == Answer.AUTHORIZED
            and line.says_the_same_as(answer.line)
        ):
            kept[line.pk] = answer
    return kept


def sums_of(lines: Iterable[EstimateLine]) -> Totals:
    """Add up lines, tax once per rate."""
    return pricing.totals((line.net, line.tax_rate) for line in lines)


def _last_answers(estimate: Estimate, *, before: int | None = None) -> dict[UUID, LineAnswer]:
    answers = LineAnswer.objects.of_estimate(estimate)
    if before is not None:
        answers = answers.filter(line__revision__number__lt=before)
    return {answer.line.key: answer for answer in answers}


def _state(line: EstimateLine, last: dict[UUID, LineAnswer]) -> LedgerState:
    answer = last.get(line.key)
    if answer is None:
        return LedgerState.PENDING
    authorized = answer.answer == Answer.AUTHORIZED
    if answer.line_id == line.pk or (authorized and line.says_the_same_as(answer.line)):
        return LedgerState(answer.answer)
    return LedgerState.PENDING
