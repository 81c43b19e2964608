"""Reminders planned and sent by many at once: each leaves once, whatever the broker forgets.

Several schedulers ring, so that every job is rung for several times at once; two workers with
their children plan and send; the broker is emptied on the way, as if it had lost every ring.
Nobody else rings: what goes on, goes on by the clockwork alone.
"""

import os
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from dunning.models import Reminder
from invoices.models import Invoice
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.outbox.states import EmailStatus
from tests.drills import crowd, results
from tests.drills.machinery import Machinery, SinkProcess, beat, machinery

WORKERS = 2
LONGEST_STALL_SECONDS = 90.0


@dataclass
class Report:
    """What the drill found; a stall is a time in which no mail left, after the first one."""

    reminders: int
    senders: int
    beats: int
    flushes: int
    #: How much more often than in production the schedulers ring.
    haste: float
    planned: int = 0
    mails: int = 0
    sent: int = 0
    lost: int = 0
    doubled: int = 0
    until_the_first_seconds: float = 0.0
    longest_stall_seconds: float = 0.0
    seconds: float = 0.0


def run_drill(
    folder: Path,
    *,
    reminders: int,
    senders: int,
    beats: int,
    flushes: int,
    haste: float = 1.0,
) -> Report:
    """Let ``reminders`` that are due be planned and sent while the broker is emptied."""
    report = Report(reminders=reminders, senders=senders, beats=beats, flushes=flushes, haste=haste)
    crowd.overdue(crowd.open_shop(), invoices=reminders)
    begun = time.monotonic()
    with machinery(
        folder, workers=WORKERS, children=senders // WORKERS, answer_seconds=0.0
    ) as machine:
        machine.workers += [
            beat(machine.environment, folder, name=str(number), haste=haste)
            for number in range(beats)
        ]
        _watch(machine, report)
        machine.end()
        _count(report, machine.server)
    report.seconds = round(time.monotonic() - begun, 1)
    return report


def _watch(machine: Machinery, report: Report) -> None:
    """Wait until everything has left; empty the broker at equal parts of the way."""
    server, flushed = machine.server, 0
    begun = since = time.monotonic()
    taken = 0
    while not _all_left(report.reminders):
        machine.tend()
        time.sleep(0.02)
        now, moment = server.taken(), time.monotonic()
        if now > taken:
            if not taken:
                report.until_the_first_seconds = round(moment - begun, 1)
            taken, since = now, moment
        if flushed < report.flushes and taken > report.reminders * flushed // (report.flushes + 1):
            machine.flush()
            flushed += 1
        if taken:
            report.longest_stall_seconds = max(
                report.longest_stall_seconds, round(moment - since, 1)
            )
        assert moment - since < 2 * LONGEST_STALL_SECONDS, machine.workers[0].said()
    assert flushed == report.flushes


def _all_left(reminders: int) -> bool:
    mails = OutgoingEmail.objects.all()
    return (
        Reminder.objects.count() >= reminders
        and not mails.exclude(status=EmailStatus.SENT).exists()
    )


def _count(report: Report, server: SinkProcess) -> None:
    asked = crowd.asked_for(server.sink())
    report.planned = Reminder.objects.count()
    report.mails = OutgoingEmail.objects.count()
    report.sent = len(asked)
    report.doubled = sum(count - 1 for count in asked.values())
    report.lost = Invoice.objects.exclude(number__in=list(asked)).count()


def _judge(report: Report, *, full: bool) -> None:
    results.write("workers", vars(report), full=full)
    assert report.planned == report.sent == report.reminders
    assert (report.lost, report.doubled) == (0, 0)
    assert report.longest_stall_seconds <= LONGEST_STALL_SECONDS


@pytest.mark.real_clock
@pytest.mark.django_db(transaction=True)
def test_each_reminder_leaves_once_with_two_schedulers(tmp_path: Path) -> None:
    report = run_drill(tmp_path, reminders=600, senders=4, beats=2, flushes=1, haste=20.0)
    _judge(report, full=False)


@pytest.mark.drill
@pytest.mark.django_db(transaction=True)
def test_each_of_ten_thousand_leaves_once_with_three_schedulers(tmp_path: Path) -> None:
    reminders = int(os.environ.get("DRILL_REMINDERS", "10000"))

    _judge(run_drill(tmp_path, reminders=reminders, senders=8, beats=3, flushes=5), full=True)
