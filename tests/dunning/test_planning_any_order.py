"""However often, late or unevenly it is planned: no step twice, no customer pestered."""

from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from dunning.models import Reminder
from dunning.services import planning
from invoices.models import Hold, Invoice
from invoices.services import holds
from invoices.states import HoldKind
from shopdisputes.dates import local_day
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.outbox.states import EmailStatus
from tests.factories import (
    ADVISOR,
    NOW,
    CustomerFactory,
    DunningPositionFactory,
    LadderFactory,
    ShopFactory,
)

pytestmark = pytest.mark.django_db

#: Days between two runs, and what happens before each: a hold, its release, mail that leaves.
Act = tuple[str, int]
Visits = list[tuple[int, list[Act]]]
ACTS = st.tuples(st.sampled_from(["hold", "release", "send", "send"]), st.integers(0, 1))
VISITS = st.lists(st.tuples(st.integers(1, 9), st.lists(ACTS, max_size=2)), min_size=3, max_size=6)


class World:
    """Two customers with two invoices each, a few days before the first is due."""

    def __init__(self) -> None:
        self.shop = ShopFactory()
        LadderFactory(shop=self.shop, default=True)
        self.invoices: list[Invoice] = [
            DunningPositionFactory(
                shop=self.shop,
                invoice__shop=self.shop,
                invoice__customer=customer,
                invoice__due_on=NOW.date() + timedelta(days=days),
            ).invoice
            for customer in CustomerFactory.create_batch(2, shop=self.shop)
            for days in (0, 4)
        ]

    def act(self, kind: str, which: int, at: datetime) -> None:
        """Do something to one of the first customer's invoices, or hand all mail over."""
        invoice = self.invoices[which]
        held = Hold.objects.filter(invoice=invoice, released_at=None).first()
        if kind == "hold" and held is None:
            holds.place(invoice=invoice, kind=HoldKind.LEGAL, by=ADVISOR, at=at)
        elif kind == "release" and held is not None:
            holds.release(hold=held, reason="It was right.", by=ADVISOR, at=at)
        elif kind == "send":
            OutgoingEmail.objects.filter(status=EmailStatus.QUEUED).update(
                status=EmailStatus.SENT, handed_at=at, sent_at=at
            )

    def plan(self, at: datetime) -> None:
        """Plan, and see that nobody is contacted twice by one run."""
        known = set(Reminder.objects.values_list("pk", flat=True))
        planning.plan(at=at)
        new = Reminder.objects.exclude(pk__in=known).exclude(status="skipped")
        assert all(count == 1 for count in Counter(new.values_list("invoice")).values())
        for customer, mails in self.sent().items():
            days = [local_day(moment, zone=self.shop.zone) for moment in mails]
            gaps = [later - earlier for earlier, later in pairwise(days)]
            assert all(gap >= timedelta(days=1) for gap in gaps), customer

    def sent(self) -> dict[Any, list[datetime]]:
        """When mail left, by customer."""
        found: dict[Any, list[datetime]] = {}
        mails = OutgoingEmail.objects.filter(status=EmailStatus.SENT).order_by("handed_at")
        for customer, moment in mails.values_list("customer_id", "handed_at"):
            found.setdefault(customer, []).append(moment)
        return found

    def told(self, *which: int) -> list[tuple[Any, ...]]:
        """What became of the invoices: each step, its day, its state, and whether it left."""
        rows = Reminder.objects.select_related("email").order_by("step_key")
        return [
            (place, row.step_key, row.cycle, row.planned_on, row.shown_status, row.amount)
            for place in which
            for row in rows.filter(invoice=self.invoices[place])
        ]


def live(visits: Visits, *, times: int = 1, without: str = "") -> list[list[tuple[Any, ...]]]:
    """Live through the visits, planning so many times at each; return both customers' rows."""
    with transaction.atomic():
        world, at = World(), NOW
        for days, acts in visits:
            at += timedelta(days=days)
            for kind, which in acts:
                if kind != without:
                    world.act(kind, which, at)
            for minute in range(times):
                world.plan(at + timedelta(minutes=minute))
        found = [world.told(0, 1), world.told(2, 3)]
        steps = [(row[0], row[1], row[2]) for rows in found for row in rows]
        assert len(steps) == len(set(steps))
        transaction.set_rollback(True)
    return found


@settings(max_examples=8, deadline=None)
@given(visits=VISITS)
def test_planning_many_times_equals_once(visits: Visits) -> None:
    assert live(visits, times=3) == live(visits)


@settings(max_examples=6, deadline=None)
@given(visits=VISITS)
def test_a_hold_on_one_customers_invoice_moves_nobody_elses(visits: Visits) -> None:
    assert live(visits)[1] == live(visits, without="hold")[1]


def test_a_week_that_was_skipped_is_one_contact() -> None:
    world = World()
    world.plan(NOW + timedelta(days=4))
    world.act("send", 0, NOW + timedelta(days=4))

    world.plan(NOW + timedelta(days=14))
    world.act("send", 0, NOW + timedelta(days=14))

    assert [len(mails) for mails in world.sent().values()] == [2, 2]


def test_a_hold_that_is_let_go_sends_nothing_again() -> None:
    world = World()
    for days in (3, 4, 7):
        at = NOW + timedelta(days=days)
        world.plan(at)
        world.act("send", 0, at)
    before = world.told(0)
    world.act("hold", 0, NOW + timedelta(days=7, hours=1))
    world.act("release", 0, NOW + timedelta(days=7, hours=2))

    world.plan(NOW + timedelta(days=8))

    assert [row[1] for row in before] == [2]
    assert world.told(0) == before
