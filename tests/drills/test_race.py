"""Reminders while their invoices are disputed, held, paid and voided: none asks after the commit.

Sender processes deliver what is queued, others dispute, hold, pay and void the invoices of it,
above all those of mails that a sender has in hand. Measured without clocks: once its commit has
returned, a process reads whether a mail with its invoice is marked already. If none is, none may
ever ask for what was taken out of dunning: the mail server says at the end which invoices it was
asked to remind of, and for how much.
"""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Q

from dunning.models import Reminder
from tests.drills import crowd, results
from tests.drills.machinery import ROOT, SinkProcess, address
from tests.factories import DisputeReasonFactory

SHOPS = 4
#: How long a sender stands between its last question and its mark: where acts would slip in.
_STANDS_SECONDS = 0.001
#: In thousands: so long that the acts, which do more than a sender, keep up with three of them.
_STANDS_AMONG_THOUSANDS_SECONDS = 0.08
#: The same where nothing keeps them out: so long that some do, however busy the machine is.
_STANDS_UNLOCKED_SECONDS = 0.2
_LONGEST_SECONDS = 3000


@dataclass
class Report:
    """What the drill found. ``in_time`` are acts whose commit came before any mark."""

    reminders: int
    senders: int
    disputers: int
    locked: bool
    acts: int = 0
    disputed: int = 0
    disputed_in_part: int = 0
    released: int = 0
    held: int = 0
    paid: int = 0
    voided: int = 0
    in_time: int = 0
    sent_after_the_commit: int = 0
    sent: int = 0
    lost: int = 0
    doubled: int = 0
    seconds: float = 0.0


def run_drill(
    folder: Path,
    *,
    reminders: int,
    acts: int,
    locked: bool,
    senders: int = 3,
    disputers: int = 2,
    stands: float = _STANDS_SECONDS,
    some_share: bool = False,
) -> Report:
    """Let ``reminders`` leave while ``acts`` invoices of them are disputed, held, paid and voided.

    ``some_share``: some leave two in a mail, which may then wait a minute for its words.
    """
    report = Report(reminders=reminders, senders=senders, disputers=disputers, locked=locked)
    for _number in range(SHOPS):
        shop = crowd.open_shop()
        DisputeReasonFactory(shop=shop)
        crowd.overdue(shop, invoices=reminders // SHOPS, some_share=some_share)
    crowd.plan()
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
    work = f"import django; django.setup(); from tests.drills.racers import {what}; {what}()"
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
    # What may still be asked for of those that no mail was marked for when they were acted on.
    most = {act["invoice"]: Decimal(act["most"]) for act in acts if not act["marked"]}
    report.acts = len(acts)
    report.disputed, report.disputed_in_part = kinds["dispute"], kinds["part"]
    report.released, report.held = kinds["release"], kinds["hold"]
    report.paid, report.voided = kinds["pay"], kinds["void"]
    report.in_time = len(most)
    report.sent_after_the_commit = sum(
        crowd.asks_too_much(message, most) for message in server.sink().messages()
    )
    report.sent = len(asked)
    report.doubled = sum(count - 1 for count in asked.values())
    nothing = [number for number, amount in most.items() if not amount]
    report.lost = Reminder.objects.filter(
        ~Q(invoice__number__in=nothing), ~Q(invoice__number__in=list(asked))
    ).count()


def _judge(report: Report, *, full: bool) -> None:
    results.write("race", vars(report), full=full)
    assert report.sent_after_the_commit == 0
    assert (report.lost, report.doubled) == (0, 0)
    # Else the acts came too late to prove anything.
    assert report.in_time > report.acts // 4


def _judge_unlocked(report: Report, *, full: bool) -> None:
    results.write("race", vars(report), full=full, variant="unlocked")
    assert report.sent_after_the_commit > 0


@pytest.mark.real_clock
@pytest.mark.django_db(transaction=True)
def test_no_reminder_is_marked_after_the_commit(tmp_path: Path) -> None:
    report = run_drill(tmp_path, reminders=900, acts=300, locked=True, stands=0.01)
    _judge(report, full=False)


@pytest.mark.real_clock
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_reminders_are_marked_after_the_commit(tmp_path: Path) -> None:
    report = run_drill(
        tmp_path, reminders=360, acts=300, locked=False, stands=_STANDS_UNLOCKED_SECONDS
    )
    _judge_unlocked(report, full=False)


@pytest.mark.drill
@pytest.mark.django_db(transaction=True)
def test_thirty_thousand_reminders_against_ten_thousand_acts(tmp_path: Path) -> None:
    reminders = int(os.environ.get("DRILL_REMINDERS", "30000"))
    acts = int(os.environ.get("DRILL_ACTS", "10000"))

    report = run_drill(
        tmp_path,
        reminders=reminders,
        acts=acts,
        locked=True,
        disputers=4,
        stands=_STANDS_AMONG_THOUSANDS_SECONDS,
        some_share=True,
    )
    _judge(report, full=True)
    assert report.acts >= acts


@pytest.mark.drill
@pytest.mark.django_db(transaction=True)
def test_the_same_without_the_lock(tmp_path: Path) -> None:
    report = run_drill(
        tmp_path, reminders=1000, acts=600, locked=False, stands=_STANDS_UNLOCKED_SECONDS
    )
    _judge_unlocked(report, full=True)
