"""Follow-ups: a running case is never without somebody who looks at it again."""

from datetime import date, timedelta

import pytest

from disputes.models import DisputeCase, FollowUp
from disputes.services import finishing, following_up, resolving
from disputes.services.opening import DayRefused
from disputes.states import Cause, ClosingCode, FollowUpStatus
from tests.disputes.cases import DESK, TODAY, contest, events, everything
from tests.factories import NOW, InvoiceFactory, staff

pytestmark = pytest.mark.django_db

FRIDAY = date(2026, 3, 20)


@pytest.fixture
def case() -> DisputeCase:
    return contest(InvoiceFactory(issued=True))


def hold_is_reviewed_on(case: DisputeCase) -> date | None:
    hold = case.items.get().hold
    assert hold is not None
    return hold.review_on


def test_is_added_and_the_hold_says_the_earliest_day(case: DisputeCase) -> None:
    following_up.add(case=case, due_on=date(2026, 3, 17), note=" Call him. ", by=DESK, at=NOW)

    upcoming = following_up.next_of(case)
    assert upcoming is not None
    assert (upcoming.due_on, upcoming.note) == (date(2026, 3, 17), "Call him.")
    assert hold_is_reviewed_on(case) == date(2026, 3, 17)
    assert events(case) == ["dispute.opened", "dispute.follow_up_added"]


def test_the_same_within_a_minute_is_the_same(case: DisputeCase) -> None:
    facts = {"case": case, "due_on": FRIDAY, "note": "Call him.", "by": DESK}
    first = following_up.add(**facts, at=NOW)
    before = everything()

    assert following_up.add(**facts, at=NOW + timedelta(seconds=59)) == first
    assert everything() == before
    following_up.add(**facts | {"note": "Call her."}, at=NOW)
    following_up.add(**facts, at=NOW + timedelta(minutes=1))
    assert case.follow_ups.count() == 4


def test_gets_another_day_and_another_person(case: DisputeCase) -> None:
    somebody = staff(case.shop).user

    changed = following_up.change(
        follow_up=case.follow_ups.get(), due_on=FRIDAY, person=somebody, by=DESK, at=NOW
    )

    assert (changed.due_on, changed.person) == (FRIDAY, somebody)
    assert hold_is_reviewed_on(case) == FRIDAY


def test_keeps_a_day_that_is_over_when_only_words_change(case: DisputeCase) -> None:
    FollowUp.objects.update(due_on=date(2026, 3, 1))

    changed = following_up.change(follow_up=case.follow_ups.get(), note="Late.", by=DESK, at=NOW)

    assert (changed.due_on, changed.note) == (date(2026, 3, 1), "Late.")


def test_the_last_one_cannot_be_finished_another_can(case: DisputeCase) -> None:
    first = case.follow_ups.get()
    before = everything()
    with pytest.raises(following_up.LastFollowUp):
        following_up.finish(follow_up=first, by=DESK, at=NOW)
    assert everything() == before

    following_up.add(case=case, due_on=FRIDAY, by=DESK, at=NOW)
    done = following_up.finish(follow_up=first, by=DESK, at=NOW)

    assert (done.status, done.finished_by) == (FollowUpStatus.FINISHED, "Ada Advisor")
    assert hold_is_reviewed_on(case) == FRIDAY
    with pytest.raises(following_up.AlreadyFinished):
        following_up.finish(follow_up=first, by=DESK, at=NOW)


def test_the_last_one_ends_with_its_case_in_one_act(case: DisputeCase) -> None:
    closed = finishing.finish_last(
        follow_up=case.follow_ups.get(),
        closing_code=ClosingCode.SHARED,
        note="Half of it.",
        cause=Cause.BILLING,
        by=DESK,
        at=NOW,
    )

    assert (closed.status, closed.cause, closed.resume) == ("resolved", "billing", "keep_step")
    done = case.follow_ups.get()
    assert (done.status, done.finished_by) == (FollowUpStatus.FINISHED, "Ada Advisor")
    with pytest.raises(following_up.CaseEnded):
        finishing.finish_last(
            follow_up=done, closing_code=ClosingCode.SHARED, note="Again.", by=DESK, at=NOW
        )


def test_closes_no_case_that_somebody_looks_at_later_nor_one_without_words(
    case: DisputeCase,
) -> None:
    first = case.follow_ups.get()
    shared = ClosingCode.SHARED
    before = everything()
    with pytest.raises(resolving.WordsMissing):
        finishing.finish_last(follow_up=first, closing_code=shared, note=" ", by=DESK, at=NOW)
    assert everything() == before

    following_up.add(case=case, due_on=FRIDAY, by=DESK, at=NOW)
    before = everything()
    with pytest.raises(finishing.OthersOpen):
        finishing.finish_last(follow_up=first, closing_code=shared, note="Half.", by=DESK, at=NOW)
    assert everything() == before


@pytest.mark.parametrize("day", [TODAY, date(2026, 6, 15)])
def test_is_on_a_day_on_which_somebody_can_act(case: DisputeCase, day: date) -> None:
    before = everything()

    with pytest.raises(DayRefused) as refused:
        following_up.add(case=case, due_on=day, by=DESK, at=NOW)

    assert list(refused.value.fields) == ["due_on"]
    assert everything() == before


def test_says_no_more_than_fits(case: DisputeCase) -> None:
    with pytest.raises(following_up.NoteTooLong):
        following_up.add(case=case, due_on=FRIDAY, note="x" * 501, by=DESK, at=NOW)

    assert case.follow_ups.count() == 1


def test_ends_with_its_case(case: DisputeCase) -> None:
    upcoming = case.follow_ups.get()
    resolving.resolve(case=case, closing_code=ClosingCode.GOODWILL, note="Agreed.", by=DESK, at=NOW)

    assert following_up.next_of(case) is None
    with pytest.raises(following_up.CaseEnded):
        following_up.change(follow_up=upcoming, due_on=FRIDAY, by=DESK, at=NOW)
