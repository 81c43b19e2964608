"""Reminders while their invoices are held, paid and voided: none is marked after the commit.

Sender processes deliver what is queued, others hold, pay and void the invoices of it, above all
those of mails that a sender has in hand. Measured without clocks: once its commit has returned,
a process reads whether a mail with its invoice is marked already. If none is, none may ever be:
the mail server says at the end which invoices it was asked to remind of.
"""

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock
from uuid import UUID

import pytest
from django.db.models import Q
from django.utils import timezone

from dunning.models import Reminder
from dunning.services import marking, planning
from dunning.services.sending import keeper
from invoices.models import Invoice
from invoices.services import ending, holds, payments
from invoices.states import HoldKind, PaymentMethod
from shopdisputes.actors import Actor, Role
from shopdisputes.dates import local_day
from shopdisputes.errors import DomainError
from shopdisputes.outbox import delivery
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.outbox.states import EmailStatus
from tests.drills import crowd, results
from tests.drills.machinery import ROOT, WITHOUT_PROGRESS_SECONDS, SinkProcess, address

SHOPS = 4
OWNER = Actor(role=Role.OWNER, name="Olga Owner")
ACTS = ("hold", "pay", "void")
_IN_HAND = (EmailStatus.CLAIMED,)
_WAITS = (EmailStatus.QUEUED, EmailStatus.CLAIMED)
_MARKED = (EmailStatus.HANDING, EmailStatus.SENT, EmailStatus.IN_DOUBT)
#: How long a sender stands between its last question and its mark: where acts would slip in.
_STANDS_SECONDS = 0.02
_LONGEST_SECONDS = 3000


@dataclass
class Report:
    """What the drill found. ``in_time`` are acts whose commit came before any mark."""

    reminders: int
    senders: int
    disputers: int
    locked: bool
    acts: int = 0
    held: int = 0
    paid: int = 0
    voided: int = 0
    in_time: int = 0
    sent_after_the_commit: int = 0
    sent: int = 0
    lost: int = 0
    doubled: int = 0
    seconds: float = 0.0


def send() -> None:
    """Deliver until nothing waits. Runs in a process of its own."""
    waits = OutgoingEmail.objects.filter(status__in=_WAITS)
    left, since = waits.count(), time.monotonic()
    with _standing_between(), _maybe_without_locks():
        while left:
            delivery.drain(clock=timezone.now, time_left=lambda: True)
            time.sleep(0.05)
            if (now := waits.count()) != left:
                left, since = now, time.monotonic()
            assert time.monotonic() - since < WITHOUT_PROGRESS_SECONDS, f"no progress at {left}"


@contextmanager
def _maybe_without_locks() -> Iterator[None]:
    if os.environ["DRILL_LOCKED"] == "1":
        yield
        return
    with mock.patch.object(marking, "lock"):
        yield


@contextmanager
def _standing_between() -> Iterator[None]:
    """Let a sender stand a moment after it was told that a mail may leave."""
    stands = float(os.environ["DRILL_STANDS"])
    allow = keeper.allow

    def allow_and_stand(*args: Any, **kwargs: Any) -> Any:
        verdict = allow(*args, **kwargs)
        if verdict is None:
            time.sleep(stands)
        return verdict

    with mock.patch.object(keeper, "allow", allow_and_stand):
        yield


def dispute() -> None:
    """Hold, pay and void invoices of a share until enough is done or all mails have left.

    Runs in a process of its own; prints one line for each act.
    """
    chance = random.Random(os.environ["DRILL_SEED"])
    mine, of = int(os.environ["DRILL_SEED"]), int(os.environ["DRILL_DISPUTERS"])
    wanted = int(os.environ["DRILL_ACTS"])
    done: set[UUID] = set()
    while len(done) < wanted:
        keys = [key for key in _candidates(chance) if key.int % of == mine and key not in done]
        if not keys and not OutgoingEmail.objects.filter(status__in=_WAITS).exists():
            return
        for key in keys[: wanted - len(done)]:
            done.add(key)
            act(key, ACTS[len(done) % len(ACTS)])


def _candidates(chance: random.Random) -> list[UUID]:
    """Return invoices of mails that a sender has in hand, and some of those that wait."""
    reminders = Reminder.objects.order_by()
    in_hand = list(
        reminders.filter(email__status__in=_IN_HAND).values_list("invoice", flat=True)[:50]
    )
    # A random place among those that wait: keys are random.
    pivot = UUID(int=chance.getrandbits(128))
    waiting = reminders.filter(email__status=EmailStatus.QUEUED, pk__gt=pivot).order_by("pk")
    return in_hand + list(waiting.values_list("invoice", flat=True)[:10])


def act(key: UUID, kind: str) -> None:
    """Hold, pay or void an invoice, then tell whether a mail with it was marked already."""
    invoice = Invoice.objects.select_related("shop", "customer__shop").get(pk=key)
    at = timezone.now()
    try:
        match kind:
            case "hold":
                holds.place(
                    invoice=invoice, kind=HoldKind.DISPUTE, reason="Not agreed.", by=OWNER, at=at
                )
            case "pay":
                payments.record(
                    customer=invoice.customer,
                    amount=invoice.balance,
                    method=PaymentMethod.CARD,
                    received_on=local_day(at, zone=invoice.shop.zone),
                    allocations=[(invoice, invoice.balance)],
                    by_email=False,
                    by=OWNER,
                    at=at,
                )
            case "void":
                ending.void(invoice=invoice, reason="Billed twice.", by=OWNER, at=at)
    except DomainError as refusal:
        print(json.dumps({"invoice": invoice.number, "kind": kind, "refused": refusal.code}))
        return
    marked = Reminder.objects.filter(invoice=key, email__status__in=_MARKED).exists()
    print(json.dumps({"invoice": invoice.number, "kind": kind, "marked": marked}))


def run_drill(
    folder: Path,
    *,
    reminders: int,
    acts: int,
    locked: bool,
    senders: int = 3,
    disputers: int = 2,
    stands: float = _STANDS_SECONDS,
) -> Report:
    """Let ``reminders`` leave while ``acts`` invoices of them are held, paid and voided."""
    report = Report(reminders=reminders, senders=senders, disputers=disputers, locked=locked)
    for _number in range(SHOPS):
        crowd.overdue(crowd.open_shop(), invoices=reminders // SHOPS)
    planning.plan(at=timezone.now())
    server = SinkProcess(folder / "sink", answer_seconds=0.0)
    begun = time.monotonic()
    environment = os.environ | {
        "DATABASE_URL": address(),
        "DJANGO_SETTINGS_MODULE": "shopdisputes.settings.test",
        "EMAIL_URL": f"smtp://127.0.0.1:{server.port}",
        "DATA_DIR": str(folder),
        "DRILL_LOCKED": "1" if locked else "0",
        "DRILL_STANDS": str(stands),
        "DRILL_DISPUTERS": str(disputers),
        "DRILL_ACTS": str(-(-acts // disputers)),
    }
    running: list[subprocess.Popen[str]] = []
    try:
        server.start()
        running += [_start(folder, "dispute", environment, seed) for seed in range(disputers)]
        running += [_start(folder, "send", environment, seed) for seed in range(senders)]
        for process in running:
            process.wait(timeout=_LONGEST_SECONDS)
    finally:
        for process in running:
            process.kill()
        server.kill()
    for process in running:
        assert process.returncode == 0, (folder / f"{process.args[-1]}.errors").read_text()[-3000:]
    _count(report, server, _told(folder, disputers))
    report.seconds = round(time.monotonic() - begun, 1)
    return report


def _start(
    folder: Path, what: str, environment: Mapping[str, str], seed: int
) -> "subprocess.Popen[str]":
    name = f"{what}{seed}"
    work = f"import django; django.setup(); from tests.drills.test_race import {what}; {what}()"
    with (folder / f"{name}.lines").open("w") as lines, (folder / f"{name}.errors").open("w") as up:
        return subprocess.Popen(
            [sys.executable, "-c", work, name],
            env={**environment, "DRILL_SEED": str(seed)},
            cwd=ROOT,
            stdout=lines,
            stderr=up,
            text=True,
        )


def _told(folder: Path, disputers: int) -> list[dict[str, Any]]:
    lines = [
        json.loads(line)
        for seed in range(disputers)
        for line in (folder / f"dispute{seed}.lines").read_text().splitlines()
    ]
    return [line for line in lines if "refused" not in line]


def _count(report: Report, server: SinkProcess, acts: list[dict[str, Any]]) -> None:
    asked, kinds = crowd.asked_for(server.sink()), Counter(act["kind"] for act in acts)
    in_time = {act["invoice"] for act in acts if not act["marked"]}
    report.acts = len(acts)
    report.held, report.paid, report.voided = (kinds[kind] for kind in ACTS)
    report.in_time = len(in_time)
    report.sent_after_the_commit = len(in_time & asked.keys())
    report.sent = len(asked)
    report.doubled = sum(count - 1 for count in asked.values())
    report.lost = Reminder.objects.filter(
        ~Q(invoice__number__in=in_time), ~Q(invoice__number__in=list(asked))
    ).count()


def _judge(report: Report, *, full: bool) -> None:
    results.write("race", vars(report), full=full)
    assert report.sent_after_the_commit == 0
    assert (report.lost, report.doubled) == (0, 0)
    # Else the acts came too late to prove anything.
    assert report.in_time > report.acts // 4


@pytest.mark.real_clock
@pytest.mark.django_db(transaction=True)
def test_no_reminder_is_marked_after_the_commit(tmp_path: Path) -> None:
    _judge(run_drill(tmp_path, reminders=2000, acts=660, locked=True), full=False)


@pytest.mark.real_clock
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_reminders_are_marked_after_the_commit(tmp_path: Path) -> None:
    report = run_drill(tmp_path, reminders=400, acts=300, locked=False)
    assert report.sent_after_the_commit > 0


@pytest.mark.drill
@pytest.mark.django_db(transaction=True)
def test_thirty_thousand_reminders_against_ten_thousand_acts(tmp_path: Path) -> None:
    reminders = int(os.environ.get("DRILL_REMINDERS", "30000"))
    acts = int(os.environ.get("DRILL_ACTS", "10000"))

    report = run_drill(tmp_path, reminders=reminders, acts=acts, locked=True, stands=0.001)
    _judge(report, full=True)
    assert report.acts >= acts
