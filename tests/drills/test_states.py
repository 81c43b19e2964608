"""Any acts in any order: whatever is done to a shop, everything that must hold still holds.

Lives of a shop are made up by chance and lived on real PostgreSQL through the real services:
estimates, answers, work, stops, invoices, money, promises, plans, reminders, disputes, offers,
rework, chargebacks, and time that goes by. After every act it is checked what can be checked with
a few statements, and every sixteen acts and at each end everything that ``check_invariants``
checks. A refusal of a service is an outcome as good as any, and must have changed nothing.

Each life is a transaction that is rolled back, so thousands of them need one database.
"""

import os
import time
from unittest import mock

import pytest
from hypothesis import HealthCheck, Phase
from hypothesis import settings as how_often
from hypothesis.stateful import run_state_machine_as_test

from dunning.services import sending
from tests.drills import results
from tests.drills.life import world
from tests.drills.life.base import Tally
from tests.drills.life.cases import Cases
from tests.drills.life.money import Money
from tests.drills.life.reminders import Reminders
from tests.drills.life.settlements import Settlements
from tests.drills.life.visits import Visits

ACTS_A_LIFE = 50


def live(*, lives: int, by_chance: bool, shrink: bool = True) -> Tally:
    """Live so many lives of one shop; not ``by_chance``: always the same ones.

    A life in which something breaks is made as short as it can be, unless ``shrink`` is False,
    and its acts are told.
    """
    tally = Tally()

    class AnyLife(Visits, Money, Reminders, Cases, Settlements):
        """A life with everything in it."""

    AnyLife.world, AnyLife.tally = world.make(), tally
    run_state_machine_as_test(
        AnyLife,
        settings=how_often(
            max_examples=lives,
            stateful_step_count=ACTS_A_LIFE,
            deadline=None,
            database=None,
            derandomize=not by_chance,
            phases=[Phase.generate, *([Phase.shrink] if shrink else [])],
            suppress_health_check=list(HealthCheck),
            print_blob=False,
            report_multiple_bugs=False,
        ),
    )
    return tally


def report(tally: Tally, *, seconds: float, full: bool) -> None:
    names = sorted(tally.done.keys() | tally.refused.keys())
    figures = {
        "lives": tally.lives,
        "acts": tally.acts,
        "done": tally.done.total(),
        "refused": tally.refused.total(),
        "kinds_of_acts": len(names),
        "never_done": [name for name in names if not tally.done[name]],
        "broken": 0,
        "checked_wholly": tally.checked_wholly,
        "refusals_compared": tally.refusals_compared,
        "milliseconds_an_act": round(1000 * seconds / max(tally.acts, 1), 1),
        "seconds": round(seconds, 1),
    }
    results.write("states", figures, full=full)


@pytest.mark.django_db(transaction=True)
def test_whatever_is_done_everything_still_holds() -> None:
    begun = time.monotonic()
    tally = live(lives=int(os.environ.get("DRILL_LIVES", "12")), by_chance=False)

    report(tally, seconds=time.monotonic() - begun, full=False)
    assert tally.done.total() > 100


@pytest.mark.drill
@pytest.mark.django_db(transaction=True)
def test_two_thousand_lives() -> None:
    lives = int(os.environ.get("DRILL_LIVES", "2000"))
    begun = time.monotonic()
    tally = live(lives=lives, by_chance=True)

    report(tally, seconds=time.monotonic() - begun, full=True)
    assert tally.lives >= lives
    assert not [name for name in tally.refused if not tally.done[name]]


@pytest.mark.django_db(transaction=True)
def test_without_the_last_look_at_holds_it_is_found_that_held_money_was_asked_for() -> None:
    with (
        mock.patch.object(sending, "_against", return_value=[]),
        pytest.raises(AssertionError, match="asked for") as found,
    ):
        live(lives=200, by_chance=False, shrink=False)

    acts = "\n".join(found.value.__notes__)
    assert "let_time_pass(" in acts
