"""Mail while processes are killed: nothing is lost, nothing leaves twice, every doubt is shown.

A real Celery worker on a real Valkey and PostgreSQL hands mail to a real server, whose folder
says what was taken. Processes are killed with ``kill -9``: single children and whole workers.
"""

import os
import random
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.test import Client

from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.outbox.states import EmailStatus
from tests.drills import results
from tests.drills.machinery import finish, keep_ringing, kill_something, machinery
from tests.factories import OutgoingEmailFactory, ShopFactory
from tests.sink import Sink


@dataclass
class Report:
    """What a drill found."""

    mails: int
    kills: int
    killed_processes: int = 0
    sent: int = 0
    lost: int = 0
    doubled: int = 0
    in_doubt: int = 0
    in_doubt_but_taken: int = 0
    seconds: float = 0.0


def run_drill(
    folder: Path,
    settings: object,
    *,
    mails: int,
    kills: int,
    outage: bool,
) -> Report:
    """Queue ``mails``, kill ``kills`` times on the way, finish, and count."""
    chance = random.Random(20260316)
    report = Report(mails=mails, kills=kills)
    begun = time.monotonic()
    shop = ShopFactory()
    OutgoingEmail.objects.bulk_create(OutgoingEmailFactory.build_batch(mails, shop=shop))
    #: After how many taken mails each kill falls: spread over the whole run.
    moments = [mails * (number + 1) // (kills + 2) for number in range(kills)]
    queued = OutgoingEmail.objects.filter(status=EmailStatus.QUEUED)
    with machinery(folder) as machine:
        server = machine.server
        for number, moment in enumerate(moments):
            keep_ringing(
                machine, done=lambda least=moment: server.taken() >= least, progress=server.taken
            )
            report.killed_processes += kill_something(machine, number, chance=chance)
            if outage and number == kills // 2:
                server.kill()
                time.sleep(5)
                server.start()
        keep_ringing(machine, done=lambda: not queued.exists(), progress=queued.count)
        machine.end()
        finish(machine, settings)
    _count(report, server.sink())
    report.seconds = round(time.monotonic() - begun, 1)
    return report


def _count(report: Report, sink: Sink) -> None:
    taken = Counter(sink.message_ids())
    rows = dict(OutgoingEmail.objects.values_list("message_id", "status"))
    report.sent = sum(status == EmailStatus.SENT for status in rows.values())
    report.doubled = sum(count - 1 for count in taken.values())
    doubtful = {key for key, status in rows.items() if status == EmailStatus.IN_DOUBT}
    report.in_doubt = len(doubtful)
    report.in_doubt_but_taken = len(doubtful & taken.keys())
    # Neither taken nor shown to anybody as doubtful: that is what must never happen.
    report.lost = len(rows.keys() - taken.keys() - doubtful)


def _judge(report: Report, *, full: bool) -> None:
    results.write("mail", vars(report), full=full)
    assert (report.lost, report.doubled) == (0, 0)
    assert report.sent + report.in_doubt == report.mails
    assert report.in_doubt <= report.killed_processes
    shown = Client().get("/healthz/progress/").json()["emails"]
    assert shown["in_doubt"] == report.in_doubt


# Not in every run: what leaves by the same sender is killed in the drill of reminders, too.
@pytest.mark.drill
@pytest.mark.django_db(transaction=True)
def test_some_kills_lose_and_double_nothing(tmp_path: Path, settings: object) -> None:
    _judge(run_drill(tmp_path, settings, mails=200, kills=6, outage=False), full=False)


@pytest.mark.drill
@pytest.mark.django_db(transaction=True)
def test_hundreds_of_kills_and_an_outage_lose_and_double_nothing(
    tmp_path: Path, settings: object
) -> None:
    mails = int(os.environ.get("DRILL_MAILS", "10000"))
    kills = int(os.environ.get("DRILL_KILLS", "200"))

    _judge(run_drill(tmp_path, settings, mails=mails, kills=kills, outage=True), full=True)
