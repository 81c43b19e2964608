"""Reminders: planned, approved, posted, called, charged, held back; and time that goes by."""

from datetime import timedelta

from django.conf import settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from dunning.models import Fee, Reminder
from dunning.services import (
    approving,
    calling,
    fees,
    pausing,
    posting,
    reminding,
    replying,
    resuming,
)
from dunning.states import CallOutcome
from invoices.models import Invoice
from shopdisputes.celery import app
from shopdisputes.outbox.models import OutgoingEmail
from tests.drills.life import watching
from tests.drills.life.base import PICK, Life

_REASON = "It was agreed so."
#: Files and papers are made beside what is owed, and take their time.
_LEFT_OUT = (
    "shopdisputes.uploads.tasks.drain",
    "shopdisputes.uploads.tasks.sweep_orphans",
    "shopdisputes.api.tasks.forget_keys",
    "shopdisputes.documents.tasks.drain",
    "inspections.tasks.make_reports",
)
_MAIL = "shopdisputes.outbox.tasks.drain"
_HOURS = st.sampled_from((1, 5, 24, 24, 72, 24 * 8, 24 * 15))


class Reminders(Life):
    """What is asked for, and the clockwork that asks."""

    @rule(hours=_HOURS, twice=st.booleans(), mail=st.booleans())
    def let_time_pass(self, hours: int, twice: bool, mail: bool) -> None:
        """Whatever runs by itself runs, until it finds nothing left to do.

        Without ``mail`` the mail server is away, and what is planned waits.
        """
        self.at += timedelta(hours=hours)
        self.act("let_time_pass", lambda: self.run_all(mail=mail))
        if twice:
            # One more run, and no other: in the order of the jobs the planner comes before those
            # that let holds go (offers that ran out, reworks that end) and before the sender,
            # which gives steps back to be looked at today. It skips those for good, so that none
            # comes back a second time; whatever else it holds back is looked at tomorrow.
            self.act("let_time_pass", lambda: self.run_all(mail=mail))
            before = watching.digest(self.world.shop)
            self.run_all(mail=mail)
            changed = watching.changed(before, watching.digest(self.world.shop))
            assert not changed, f"what runs by itself changed {changed} when it ran again"

    @rule()
    def let_a_day_pass(self) -> None:
        """As most of them are: everything runs."""
        self.at += timedelta(days=1)
        self.act("let_a_day_pass", lambda: self.run_all(mail=True))

    @precondition(lambda self: self.has(OutgoingEmail, "queued"))
    @rule()
    def deliver(self) -> None:
        """The sender comes before anything else does."""
        self.act("deliver", lambda: app.tasks[_MAIL].run(at=self.at.isoformat()))

    @precondition(lambda self: any(self._waiting("awaiting_approval")))
    @rule(pick=PICK)
    def approve(self, pick: int) -> None:
        reminder = self.one(Reminder, pick, *self._states("awaiting_approval"))
        self.act("approve", lambda: approving.approve(reminder=reminder, **self.how))

    @precondition(lambda self: any(self._waiting("awaiting_approval", "queued")))
    @rule(pick=PICK)
    def skip(self, pick: int) -> None:
        reminder = self.one(Reminder, pick, *self._states("awaiting_approval", "queued"))
        self.act("skip", lambda: approving.skip(reminder=reminder, reason=_REASON, **self.how))

    @precondition(lambda self: self.has(Reminder, "queued letter"))
    @rule(pick=PICK)
    def post(self, pick: int) -> None:
        letters = self.some(Reminder, pick, "queued letter")
        self.act("make_letters", lambda: posting.make_letters(reminders=letters, **self.how))
        if pick % 3:
            self.act(
                "mark_posted",
                lambda: posting.mark_posted(reminders=letters, posted_on=self.today, **self.how),
            )

    @precondition(lambda self: self.has(Reminder, "queued call"))
    @rule(pick=PICK)
    def call(self, pick: int) -> None:
        reminder = self.one(Reminder, pick, "queued call")
        outcome = list(CallOutcome)[pick % len(CallOutcome)]
        self.act("call", lambda: calling.note_call(reminder=reminder, outcome=outcome, **self.how))

    @precondition(lambda self: self.has(Fee, "proposed", "claimed"))
    @rule(pick=PICK)
    def charge(self, pick: int) -> None:
        fee = self.one(Fee, pick, "proposed", "claimed")
        if pick % 3:
            self.act("claim_fee", lambda: fees.claim(fee=fee, **self.how))
        else:
            self.act("waive_fee", lambda: fees.waive(fee=fee, reason=_REASON, **self.how))

    @precondition(lambda self: self.has(Invoice, "owed", "paid"))
    @rule(pick=PICK)
    def remind_now(self, pick: int) -> None:
        invoice = self.one(Invoice, pick, "owed", "paid")
        self.act("remind_now", lambda: reminding.remind_now(invoice=invoice, **self.how))

    @precondition(lambda self: self.has(Invoice, "owed"))
    @rule(pick=PICK, kind=st.sampled_from(("restart", "new_base", "stop", "start_again")))
    def turn(self, pick: int, kind: str) -> None:
        invoice = self.one(Invoice, pick, "owed")
        acts = {
            "restart": lambda: resuming.restart(invoice=invoice, **self.how),
            "new_base": lambda: resuming.new_base(
                invoice=invoice, base_on=self.day(pick), **self.how
            ),
            "stop": lambda: resuming.stop(invoice=invoice, reason=_REASON, **self.how),
            "start_again": lambda: resuming.start_again(invoice=invoice, **self.how),
        }
        self.act(f"{kind}_steps", acts[kind])

    @rule(pick=PICK)
    def note_reply(self, pick: int) -> None:
        customer = self.world.customers[pick % len(self.world.customers)]
        self.act(
            "note_reply", lambda: replying.note_reply(customer=customer, note=_REASON, **self.how)
        )

    @rule(pause=st.booleans())
    def switch(self, pause: bool) -> None:
        shop = self.world.shop
        if pause:
            self.act("pause", lambda: pausing.pause(shop=shop, reason=_REASON, **self.how))
        else:
            self.act("resume", lambda: pausing.resume(shop=shop, **self.how))

    def _waiting(self, *states: str) -> list[bool]:
        return [self.has(Reminder, state) for state in self._states(*states)]

    def _states(self, *states: str) -> list[str]:
        return [f"{state} {channel}" for state in states for channel in ("email", "letter", "call")]

    def run_all(self, *, mail: bool) -> None:
        """Run every periodic job but those that make files."""
        for entry in settings.CELERY_BEAT_SCHEDULE.values():
            if entry["task"] not in _LEFT_OUT and (mail or entry["task"] != _MAIL):
                app.tasks[entry["task"]].run(at=self.at.isoformat())
