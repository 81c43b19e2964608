"""Reminders while everything they need is killed: none is lost, none leaves twice.

Workers and their children are killed with ``kill -9``; on the way the broker is killed and comes
back empty, the mail server is gone for ten seconds, and PostgreSQL is stopped at once, in the
middle of whatever it does. What the mail server has on disk says what was sent.
"""

import os
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dunning import agenda
from dunning.models import Reminder
from dunning.states import ReminderStatus
from shopdisputes.actors import Role
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.outbox.states import EmailStatus
from shopdisputes.shops.models import Shop
from tests.drills import crowd, results
from tests.drills.machinery import (
    Machinery,
    finish,
    keep_ringing,
    kill_something,
    machinery,
    own_database,
    persistently,
)
from tests.factories import staff
from tests.services import Cluster

#: A quick server: the less of a sender's time goes into waiting for it, the fewer doubts.
_ANSWER_SECONDS = 0.005
_MAIL_SERVER_AWAY_SECONDS = 10
_BROKER_AWAY_SECONDS = 2


@dataclass
class Report:
    """What the drill found. Reminders of one payer share a mail: doubts are counted in mails."""

    reminders: int
    kills: int
    killed_processes: int = 0
    mails: int = 0
    sent: int = 0
    lost: int = 0
    doubled: int = 0
    in_doubt: int = 0
    in_doubt_but_taken: int = 0
    in_doubt_shown: int = 0
    seconds: float = 0.0


def run_drill(folder: Path, settings: object, *, reminders: int, kills: int) -> Report:
    """Plan ``reminders``, kill ``kills`` times while they leave, finish, and count."""
    chance = random.Random(20261122)
    report = Report(reminders=reminders, kills=kills)
    with own_database() as cluster:
        shop = crowd.open_shop()
        crowd.overdue(shop, invoices=reminders)
        crowd.plan()
        assert Reminder.objects.filter(status=ReminderStatus.QUEUED).count() == reminders
        report.mails = OutgoingEmail.objects.count()
        begun = time.monotonic()
        with machinery(folder, workers=2, children=2, answer_seconds=_ANSWER_SECONDS) as machine:
            _leave(machine, cluster, report, chance=chance)
            finish(machine, settings)
            _count(report, machine)
        report.seconds = round(time.monotonic() - begun, 1)
        report.in_doubt_shown = _shown(shop)
        assert _health()["emails"]["in_doubt"] == report.in_doubt
        assert _health()["reminders"]["in_doubt"] == agenda.in_doubt(shop).count()
    return report


def _leave(machine: Machinery, cluster: Cluster, report: Report, *, chance: random.Random) -> None:
    """Let everything leave while something is killed again and again."""
    server = machine.server
    queued = OutgoingEmail.objects.filter(status=EmailStatus.QUEUED)
    accidents: dict[int, Callable[[], None]] = {
        report.kills // 4: lambda: _kill_broker(machine),
        report.kills // 2: lambda: _kill_mail_server(machine),
        report.kills * 3 // 4: lambda: _kill_database(cluster),
    }
    for number in range(report.kills):
        # Spread over the whole run, by how many were taken.
        moment = report.mails * (number + 1) // (report.kills + 2)
        keep_ringing(
            machine, done=lambda least=moment: server.taken() >= least, progress=server.taken
        )
        if accident := accidents.get(number):
            accident()
        report.killed_processes += kill_something(machine, number, chance=chance)
    # What the outage of the mail server put off by minutes is left to ``finish``, as are leases.
    keep_ringing(
        machine,
        done=lambda: not persistently(OutgoingEmail.objects.due(at=timezone.now()).exists),
        progress=lambda: persistently(queued.count),
    )
    machine.end()


def _kill_broker(machine: Machinery) -> None:
    machine.broker.kill()
    time.sleep(_BROKER_AWAY_SECONDS)
    machine.broker.start()


def _kill_mail_server(machine: Machinery) -> None:
    machine.server.kill()
    time.sleep(_MAIL_SERVER_AWAY_SECONDS)
    machine.server.start()


def _kill_database(cluster: Cluster) -> None:
    cluster.stop_at_once()
    cluster.start()


def _count(report: Report, machine: Machinery) -> None:
    sink = machine.server.sink()
    taken, asked = Counter(sink.message_ids()), crowd.asked_for(sink)
    rows = dict(OutgoingEmail.objects.values_list("message_id", "status"))
    doubtful = {key for key, status in rows.items() if status == EmailStatus.IN_DOUBT}
    report.sent = sum(status == EmailStatus.SENT for status in rows.values())
    report.in_doubt = len(doubtful)
    report.in_doubt_but_taken = len(doubtful & taken.keys())
    # By mail and by invoice: neither may have come twice.
    report.doubled = max(
        sum(count - 1 for count in taken.values()), sum(count - 1 for count in asked.values())
    )
    # Neither taken nor shown to anybody as doubtful: that is what must never happen.
    report.lost = sum(
        number not in asked and key not in doubtful
        for number, key in Reminder.objects.values_list("invoice__number", "email__message_id")
    )


def _health() -> dict[str, dict[str, float]]:
    return Client().get("/healthz/progress/").json()


def _shown(shop: Shop) -> int:
    """Count the mails in doubt of which the agenda offers to say whether they arrived."""
    client = Client()
    client.force_login(
        staff(shop, Role.OWNER).user, backend="django.contrib.auth.backends.ModelBackend"
    )
    in_doubt = list(agenda.in_doubt(shop).values_list("pk", "email"))
    query, offered = "?tab=doubt", set[object]()
    for _page in in_doubt:
        answer = client.get(reverse("dunning-agenda") + query)
        shown = answer.content.decode()
        offered |= {email for reminder, email in in_doubt if str(reminder) in shown}
        if not answer.context["page"].has_next:
            break
        query = answer.context["page"].next_url
    return len(offered)


def _judge(report: Report, *, full: bool) -> None:
    results.write("kill", vars(report), full=full)
    assert (report.lost, report.doubled) == (0, 0)
    assert report.sent + report.in_doubt == report.mails
    assert report.in_doubt <= report.kills
    assert report.in_doubt_shown == report.in_doubt


@pytest.mark.real_clock
@pytest.mark.django_db(transaction=True)
def test_reminders_outlive_kills_and_outages(tmp_path: Path, settings: object) -> None:
    _judge(run_drill(tmp_path, settings, reminders=1000, kills=20), full=False)


@pytest.mark.drill
@pytest.mark.django_db(transaction=True)
def test_ten_thousand_reminders_outlive_hundreds_of_kills(tmp_path: Path, settings: object) -> None:
    reminders = int(os.environ.get("DRILL_REMINDERS", "10000"))
    kills = int(os.environ.get("DRILL_KILLS", "200"))

    _judge(run_drill(tmp_path, settings, reminders=reminders, kills=kills), full=True)
