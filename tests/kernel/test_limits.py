"""Counting what may be done so many times, also when everybody does it at once."""

from unittest import mock

import pytest

from shopdisputes.web import limits
from shopdisputes.web.limits import Limit
from tests.factories import NOW
from tests.races import overtake

LIMIT = Limit(name="knocking", hits=2, seconds=60)


@pytest.mark.django_db
def test_counts_up_to_the_limit_for_each_subject() -> None:
    assert [LIMIT.count("door", at=NOW) for _knock in range(3)] == [True, True, False]
    assert (LIMIT.is_reached("door", at=NOW), LIMIT.is_reached("gate", at=NOW)) == (True, False)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locks", [True, False])
def test_who_counts_at_the_same_moment_is_counted_too(locks: bool) -> None:
    def knock() -> bool:
        return LIMIT.count("door", at=NOW)

    with mock.patch.object(limits, "_hold", wraps=limits._hold if locks else lambda _key: None):
        first, second = overtake(knock, knock, pause_in="shopdisputes.web.limits._keep")

    assert (first.result(), second.result()) == (True, True)
    # Without the lock one of the two is forgotten, and a third is let in.
    assert knock() is not locks
