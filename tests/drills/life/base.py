"""One life of a shop as a state machine: acts in any order, and what must hold after each."""

import os
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar, TypeVar
from unittest import mock
from uuid import UUID

import time_machine
from django.db import transaction
from django.db.models import Model
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize

from shopdisputes.dates import local_day
from shopdisputes.errors import DomainError
from shopdisputes.money import to_cents
from tests.drills.life import watching
from tests.drills.life.watching import Seen, Watch
from tests.drills.life.world import OWNER, World
from tests.factories import NOW

#: Which of several, and how much of something.
PICK = st.integers(0, 11)
SHARE = st.sampled_from(("all", "half", "fifty", "cent", "over"))
#: Of so many acts one is looked at closely: a refusal must leave no row changed.
_LOOKED_AT_CLOSELY = 8
#: Every so many acts everything is checked that ``check_invariants`` knows.
_CHECKED_WHOLLY = 25
Row = TypeVar("Row", bound=Model)


@dataclass
class Tally:
    """What all lives of a drill came to."""

    lives: int = 0
    acts: int = 0
    checked_wholly: int = 0
    refusals_compared: int = 0
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)


class Life(RuleBasedStateMachine):
    """Acts on one shop within a transaction that is rolled back at the end.

    ``world`` and ``tally`` are those of the drill. A life can be lived again: the clock goes on
    with its acts only, and its keys, by whose order much is chosen, come from what is drawn.
    """

    world: ClassVar[World]
    tally: ClassVar[Tally]

    def __init__(self) -> None:
        super().__init__()
        self.at = NOW
        self._own_acts = 0
        self._went_well = True
        self._transaction = transaction.atomic(durable=True)
        self._transaction.__enter__()
        self.watch = Watch(self.world.shop)
        self._others = watching.digest(self.world.other)
        self.seen: Seen = watching.look(self.world.shop)
        self.tally.lives += 1
        self._keys = random.Random(0)
        self._made_keys = mock.patch.object(os, "urandom", self._keys.randbytes)
        self._made_keys.start()
        self._stopped_clock = time_machine.travel(self.at, tick=False)
        self._clock = self._stopped_clock.start()

    def teardown(self) -> None:
        """Check everything once more, then forget this life."""
        try:
            if self._went_well:
                self.check_wholly()
        finally:
            transaction.set_rollback(True)
            self._transaction.__exit__(None, None, None)
            self._stopped_clock.stop()
            self._made_keys.stop()

    @initialize(seed=st.integers(0, 9999))
    def deal_keys(self, seed: int) -> None:
        """Let other keys, and so another order of them, come with every life."""
        self._keys.seed(seed)

    @property
    def today(self) -> date:
        """The shop's day."""
        return local_day(self.at, zone=self.world.shop.zone)

    @property
    def how(self) -> dict[str, Any]:
        """Who acts, and when: the owner, now."""
        return {"by": OWNER, "at": self.at}

    def day(self, ahead: int) -> date:
        """Return the day so many days ahead."""
        return self.today + timedelta(days=ahead)

    def has(self, model: type[Model], *states: str) -> bool:
        """Whether there is a row in one of these states."""
        return bool(self.seen.of(model, states))

    def one(self, model: type[Row], pick: int, *states: str) -> Row:
        """Return one of the rows in these states, as it is now."""
        keys = self.seen.of(model, states)
        return model._default_manager.get(pk=keys[pick % len(keys)])

    def some(self, model: type[Row], pick: int, *states: str) -> list[Row]:
        """Return one or two of the rows in these states."""
        keys = self.seen.of(model, states)
        wanted = {keys[pick % len(keys)], keys[(pick // 3) % len(keys)]}
        return list(model._default_manager.filter(pk__in=wanted).order_by("pk"))

    def act(self, name: str, act: Callable[[], Any]) -> None:
        """Do something a minute later; it may be refused, and then has changed nothing.

        Whatever came of it, everything must hold afterwards.
        """
        self.at += timedelta(minutes=1)
        self._clock.move_to(self.at)
        self._went_well = False
        self._own_acts += 1
        self.tally.acts += 1
        shop = self.world.shop
        closely = self.tally.acts % _LOOKED_AT_CLOSELY == 0
        before = watching.digest(shop) if closely else ""
        refused = ""
        try:
            act()
        except DomainError as refusal:
            refused = refusal.code
        (self.tally.refused if refused else self.tally.done)[name] += 1
        self.tally.codes[refused] += bool(refused)
        if refused and closely:
            self.tally.refusals_compared += 1
            changed = watching.changed(before, watching.digest(shop))
            assert not changed, f"{name} was refused ({refused}), but changed {changed}"
        broken = list(self.watch.broken(at=self.at))
        assert not broken, broken
        if self._own_acts % _CHECKED_WHOLLY == 0:
            self.check_wholly()
        self.seen = watching.look(shop)
        self._went_well = True

    def check_wholly(self) -> None:
        """Check what ``check_invariants`` checks, and that the other shop is as it was."""
        self.tally.checked_wholly += 1
        broken = watching.everything_broken()
        assert not broken, broken
        changed = watching.changed(self._others, watching.digest(self.world.other))
        assert not changed, f"the other shop's rows changed: {changed}"


def part(share: str, whole: Decimal) -> Decimal:
    """Return so much of an amount, or more than it."""
    return {
        "all": whole,
        "half": to_cents(whole / 2),
        "fifty": Decimal("50.00"),
        "cent": Decimal("0.01"),
        "over": whole + Decimal("10.00"),
    }[share]


def key_from(pick: int) -> UUID:
    """Return the same key for the same number."""
    return UUID(int=random.Random(pick).getrandbits(128), version=4)


def said(answers: Sequence[str], keys: Sequence[UUID], pick: int) -> dict[UUID, str]:
    """Return an answer to each line, other ones for another number."""
    return {
        key: answers[(pick + place * (pick % 3)) % len(answers)] for place, key in enumerate(keys)
    }


def moment(day: date) -> datetime:
    """Return noon of a day, in UTC."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=NOW.tzinfo)
