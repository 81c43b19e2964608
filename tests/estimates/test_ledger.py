"""The ledger over supplements: which answer is in force, and what it comes to, to the cent."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from estimates import deferred, differences, ledger
from estimates.models import EstimateRevision
from estimates.services import drafting, sending
from estimates.states import Answer, LedgerState
from tests.estimates import stages
from tests.estimates.stages import BRAKES, DESK, LABOUR, LATER, NO, PART, YES
from tests.factories import NOW, EstimateFactory

pytestmark = pytest.mark.django_db

DISCS = replace(PART, description="Front brake discs, pair", unit_price=Decimal("120.00"))
FLUID = replace(
    PART, description="Brake fluid", unit_price=Decimal("9.99"), tax_rate=Decimal("5.5")
)


def states(revision: EstimateRevision) -> list[str]:
    return [entry.state for entry in ledger.of(revision.estimate).entries]


def test_a_draft_has_no_ledger() -> None:
    revision = stages.draft()
    found = ledger.of(revision.estimate)
    assert found.entries == ()
    assert found.authorized.total == Decimal("0.00")


def test_everything_sent_waits() -> None:
    revision = stages.sent()
    found = ledger.of(revision.estimate)
    assert states(revision) == [LedgerState.PENDING] * 2
    assert found.pending.total == Decimal("242.28")
    assert found.entries[0].authorization is None
    assert found.entries[0].in_force is None


def test_each_answer_is_in_force_with_its_amount() -> None:
    revision = stages.sent(*BRAKES, DISCS)
    authorization = stages.answer(revision, YES, LATER, NO)
    found = ledger.of(revision.estimate)
    assert states(revision) == ["authorized", "deferred", "declined"]
    assert found.authorized.total == Decimal("172.80")
    assert found.not_authorized.total == Decimal("213.48")
    assert found.pending.total == Decimal("0.00")
    labour = stages.lines_of(revision)[0]
    entry = found.entry_of(labour.key)
    assert entry is not None
    assert entry.authorization == authorization
    assert entry.in_force == entry.latest == labour
    assert found.entry_of(EstimateFactory(lines=None).pk) is None


def test_tax_is_reckoned_once_per_rate_over_what_is_in_force() -> None:
    penny = replace(PART, unit_price=Decimal("0.11"))
    lines = [replace(penny, description=f"Clip {n}") for n in range(3)]
    revision = stages.sent(*lines, FLUID)
    authorization = stages.answer(revision, YES, YES, YES, YES)
    # 0.33 + 20 % = 0.40; 9.99 + 5.5 % = 10.54.
    assert authorization.new_total == Decimal("10.94")
    assert ledger.of(revision.estimate).authorized.total == Decimal("10.94")


def test_a_supplement_adds_to_what_was_authorized() -> None:
    first = stages.sent()
    stages.answer(first, YES, LATER)
    second = stages.revised(first, *BRAKES, DISCS)
    assert states(second) == ["authorized", "pending", "pending"]
    assert ledger.of(second.estimate).authorized.total == Decimal("172.80")
    _labour, part, discs = stages.lines_of(second)
    stages.answer(second, answers={part.pk: YES, discs.pk: NO})
    assert states(second) == ["authorized", "authorized", "declined"]
    assert ledger.of(second.estimate).authorized.total == Decimal("242.28")


def test_a_changed_line_keeps_the_amount_that_was_answered_until_it_is_answered_again() -> None:
    first = stages.sent()
    stages.answer(first, YES, YES)
    second = stages.revised(first, LABOUR, replace(PART, unit_price=Decimal("70.00")))
    found = ledger.of(second.estimate)
    entry = found.entries[1]
    assert entry.state == LedgerState.PENDING
    assert entry.answer is not None
    assert entry.answer.answer == Answer.AUTHORIZED
    assert entry.in_force == stages.lines_of(first)[1]
    assert found.authorized.total == Decimal("242.28")
    assert found.pending.total == Decimal("84.00")
    part = stages.lines_of(second)[1]
    authorization = stages.answer(second, answers={part.pk: YES})
    assert authorization.added_amount == Decimal("14.52")
    assert ledger.of(second.estimate).authorized.total == Decimal("256.80")


def test_declining_the_new_price_takes_the_line_out() -> None:
    first = stages.sent()
    stages.answer(first, YES, YES)
    second = stages.revised(first, LABOUR, replace(PART, unit_price=Decimal("70.00")))
    stages.answer(second, answers={stages.lines_of(second)[1].pk: NO})
    assert ledger.of(second.estimate).authorized.total == Decimal("172.80")


def test_words_about_a_line_may_change_without_a_new_question() -> None:
    first = stages.sent()
    stages.answer(first, YES, YES)
    second = stages.revised(
        first, replace(LABOUR, reason="Worn to the metal.", necessity="required"), PART
    )
    assert states(second) == ["authorized", "authorized"]


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "diagnosis"},
        {"quantity": Decimal("1.9")},
        {"unit_price": Decimal("80.01")},
        {"tax_rate": Decimal("10")},
        {"part_condition": "used"},
        {"description": "Replace the rear brake pads"},
    ],
)
def test_another_proposal_needs_another_answer(change: dict[str, object]) -> None:
    first = stages.sent()
    stages.answer(first, YES, YES)
    key = stages.lines_of(first)[0].key
    second = stages.revised(first, replace(LABOUR, key=key, **change), PART)
    assert states(second) == ["pending", "authorized"]


def test_a_line_no_longer_proposed_counts_no_more() -> None:
    first = stages.sent()
    stages.answer(first, YES, YES)
    second = stages.revised(first, PART)
    found = ledger.of(second.estimate)
    assert states(second) == ["authorized", "removed"]
    removed = found.entries[1]
    assert removed.line is None
    assert removed.in_force is None
    assert removed.latest == stages.lines_of(first)[0]
    assert found.authorized.total == Decimal("69.48")


def test_a_draft_changes_nothing() -> None:
    first = stages.sent()
    stages.answer(first, YES, YES)
    drafting.revise(estimate=first.estimate, lines=[PART], by=DESK, at=NOW)
    assert ledger.of(first.estimate).authorized.total == Decimal("242.28")


def test_a_withdrawn_supplement_leaves_what_was_authorized_before() -> None:
    first = stages.sent()
    stages.answer(first, YES, YES)
    second = stages.revised(first, PART, DISCS)
    sending.withdraw(revision=second, reason="Not needed.", by=DESK, at=NOW)
    assert states(second) == ["authorized", "authorized"]
    assert ledger.of(second.estimate).authorized.total == Decimal("242.28")


def test_what_is_deferred_waits_again_when_it_is_proposed_again() -> None:
    first = stages.sent()
    stages.answer(first, LATER, NO)
    second = stages.revised(first)
    assert states(second) == ["pending", "pending"]


def test_the_last_word_counts_over_three_revisions() -> None:
    first = stages.sent()
    stages.answer(first, NO, LATER)
    second = stages.revised(first, *BRAKES, DISCS)
    stages.answer(second, YES, NO, YES)
    third = stages.revised(second, LABOUR, replace(PART, unit_price=Decimal("50.00")), DISCS)
    kept = ledger.already_authorized(third)
    assert [line.position for line in stages.lines_of(third) if line.pk in kept] == [1, 3]
    stages.record(third, answers=stages.said(third, YES, YES, NO))
    found = ledger.of(third.estimate)
    assert states(third) == ["authorized", "authorized", "declined"]
    # 144.00 + 50.00 = 194.00, with 20 % tax 232.80.
    assert found.authorized.total == Decimal("232.80")


@pytest.mark.parametrize("behind", [timedelta(0), timedelta(seconds=2)])
def test_what_was_written_last_counts_last_though_clocks_disagree(behind: timedelta) -> None:
    revision = stages.sent()
    stages.answer(revision, YES, LATER)
    part = stages.lines_of(revision)[1]
    for word in (YES, NO, YES, LATER, YES):
        stages.record(revision, answers={part.pk: word}, said_at=NOW, at=NOW - behind)
        assert ledger.of(revision.estimate).entries[1].state == word
        waits = {answer.line_id for answer in deferred.work(shop=revision.shop)}
        assert (part.pk in waits) == (word != YES)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    first=st.tuples(*[st.sampled_from(Answer.values)] * 2),
    second=st.tuples(*[st.sampled_from(Answer.values)] * 3),
)
def test_whatever_is_answered_the_ledger_is_the_sum_of_what_was_authorized_last(
    first: tuple[str, ...], second: tuple[str, ...]
) -> None:
    one = stages.sent()
    stages.answer(one, *first)
    two = stages.revised(one, *BRAKES, DISCS)
    stages.record(two, *second)
    nets = [Decimal("144.00"), Decimal("57.90"), Decimal("120.00")]
    net = sum(
        (amount for amount, given in zip(nets, second, strict=True) if given == YES), Decimal(0)
    )
    assert ledger.of(two.estimate).authorized.total == net + (net * 20 / 100).quantize(
        Decimal("0.01")
    )


# What changed between two revisions.


def test_differences_name_what_was_added_removed_changed_and_kept() -> None:
    first = stages.sent(*BRAKES, FLUID)
    second = stages.revised(first, replace(PART, unit_price=Decimal("70.00")), DISCS, FLUID)
    found = differences.between(first, second)
    assert [line.description for line in found.added] == ["Front brake discs, pair"]
    assert [line.description for line in found.removed] == ["Replace the front brake pads"]
    assert [line.description for line in found.unchanged] == ["Brake fluid"]
    (changed,) = found.changed
    assert (changed.old.unit_price, changed.new.unit_price) == (
        Decimal("57.90"),
        Decimal("70.00"),
    )
    assert changed.fields == ("unit_price",)
    assert (found.old_total, found.new_total) == (first.total, second.total)
    assert found.any


def test_a_copy_differs_in_nothing() -> None:
    first = stages.sent()
    second = stages.revised(first)
    found = differences.between(first, second)
    assert not found.any
    assert len(found.unchanged) == 2
