"""Any acts in any order: whatever is done to a shop, everything that must hold still holds.

Lives of a shop are made up by chance and lived on real PostgreSQL through the real services:
estimates, answers, work, stops, invoices, money, promises, plans, reminders, disputes, offers,
rework, chargebacks, and time that goes by. After every act it is checked what can be checked with
a few statements, and every twenty-five acts and at each end everything that ``check_invariants``
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

from invoices.services import holds
from shopdisputes.celery import app
from tests.drills import results
from tests.drills.life import world
from tests.drills.life.base import Life, Tally
from tests.drills.life.cases import Cases
from tests.drills.life.money import Money
from tests.drills.life.reminders import Reminders
from tests.drills.life.settlements import Settlements
from tests.drills.life.visits import Visits

ACTS_A_LIFE = 50
#: What is refused so often and never done is an act that nobody gets to: the drill is blind there.
OFTEN = 50
#: So that several processes can share the work: ``./run drill states -n 2``.
PARTS = 4


class AnyLife(Visits, Money, Reminders, Cases, Settlements):
    """A life with everything in it."""


class LifeOfCases(Life):
    """Nothing but what is contested, and how that ends."""

    contest, resolve = Cases.contest, Cases.resolve


def live(*, lives: int, by_chance: bool, kind: type[Life] = AnyLife, shrink: bool = True) -> Tally:
    """Live so many lives of one shop; not ``by_chance``: always the same ones.

    ``kind`` says what may happen in them.

    A life in which something breaks is made as short as it can be, unless ``shrink`` is False,
    and its acts are told.
    """
    tally = Tally()

    # The clockwork is found by name, as a worker finds it.
    app.loader.import_default_modules()
    kind.world, kind.tally = world.make(), tally
    run_state_machine_as_test(
        kind,
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


def report(tally: Tally, *, seconds: float, full: bool, variant: str = "") -> None:
    names = sorted(tally.done.keys() | tally.refused.keys())
    figures = {
        "lives": tally.lives,
        "acts": tally.acts,
        "done": tally.done.total(),
        "refused": tally.refused.total(),
        "kinds_of_acts": len(names),
        "kinds_of_refusals": sum(bool(count) for count in tally.codes.values()),
        "never_done": [name for name in names if not tally.done[name]],
        "broken": 0,
        "checked_wholly": tally.checked_wholly,
        "refusals_compared": tally.refusals_compared,
        "milliseconds_an_act": round(1000 * seconds / max(tally.acts, 1), 1),
        "seconds": round(seconds, 1),
    }
    results.write("states", figures, full=full, variant=variant)


@pytest.mark.django_db(transaction=True)
def test_whatever_is_done_everything_still_holds() -> None:
    begun = time.monotonic()
    tally = live(lives=int(os.environ.get("DRILL_LIVES", "4")), by_chance=False)

    report(tally, seconds=time.monotonic() - begun, full=False)
    assert tally.done.total() > 50


@pytest.mark.drill
@pytest.mark.parametrize("part", range(1, PARTS + 1))
@pytest.mark.django_db(transaction=True)
def test_two_thousand_lives(part: int) -> None:
    lives = int(os.environ.get("DRILL_LIVES", "2000")) // PARTS
    begun = time.monotonic()
    tally = live(lives=lives, by_chance=True)

    seconds = time.monotonic() - begun
    report(tally, seconds=seconds, full=True, variant=f"part-{part}-of-{PARTS}")
    assert tally.lives >= lives
    assert not [
        name for name in tally.refused if tally.refused[name] >= OFTEN and not tally.done[name]
    ]


@pytest.mark.django_db(transaction=True)
def test_a_case_that_ends_without_its_hold_is_found_and_its_acts_are_told() -> None:
    with (
        mock.patch.object(holds, "release_locked", side_effect=lambda **told: told["hold"]),
        pytest.raises(AssertionError, match="held and not contested") as found,
    ):
        live(lives=50, by_chance=False, kind=LifeOfCases, shrink=False)

    acts = "\n".join(found.value.__notes__)
    assert "contest(" in acts
    assert "resolve(" in acts
