"""Mail while processes are killed: nothing is lost, nothing leaves twice, every doubt is shown.

A real Celery worker on a real Valkey and PostgreSQL hands mail to a real server, whose folder
says what was taken. Processes are killed with ``kill -9``: single children and whole workers.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone

from shopdisputes import celery
from shopdisputes.ops import processes
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.outbox.states import EmailStatus
from shopdisputes.outbox.tasks import drain
from tests import services
from tests.factories import OutgoingEmailFactory, ShopFactory
from tests.sink import Sink

CHILDREN = 4
#: How long each mail is between "text taken" and "answered": where a kill leaves doubt.
ANSWER_SECONDS = 0.02
WITHOUT_PROGRESS_SECONDS = 90
_ROOT = Path(__file__).resolve().parents[2]


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


class Worker:
    """A Celery worker that is started again whenever it ends, as a supervisor does."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self._environment = environment
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def tend(self) -> None:
        """Start it when it does not run."""
        if self._process is not None and self._process.poll() is None:
            return
        if self._process is not None:
            processes.kill_group(self._process.pid)
        with self._log.open("ab") as output:
            self._process = processes.start(
                [
                    *(sys.executable, "-m", "celery", "--app", "shopdisputes", "worker"),
                    *("--pool", "prefork", "--concurrency", str(CHILDREN)),
                    *("--without-gossip", "--without-mingle", "--without-heartbeat"),
                ],
                output=output,
                environment=self._environment,
                folder=_ROOT,
                death_signal=signal.SIGKILL,
            )

    def children(self) -> list[int]:
        """Return the pool's processes that are alive now."""
        assert self._process is not None
        listed = subprocess.run(
            ["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True
        )
        pairs = (line.split() for line in listed.stdout.splitlines())
        return [int(pid) for pid, parent in pairs if int(parent) == self._process.pid]

    def kill_child(self, pid: int) -> bool:
        """Kill one process of the pool; False when it had ended by itself."""
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return False
        return True

    def kill(self) -> None:
        """Kill the worker and its pool at the same moment."""
        assert self._process is not None
        processes.kill_group(self._process.pid)
        self._process.wait()

    def end(self) -> None:
        """Kill whatever runs."""
        if self._process is not None:
            self.kill()


class SinkProcess:
    """The mail server, in a process that can be killed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = processes.free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it listens."""
        self._process = processes.start(
            [
                *(sys.executable, "-m", "tests.sink"),
                *(str(self.folder), str(self.port), str(ANSWER_SECONDS)),
            ],
            output=subprocess.DEVNULL,
            folder=_ROOT,
            death_signal=signal.SIGKILL,
        )
        assert processes.wait_until(lambda: processes.listens(self.port), seconds=60)

    def kill(self) -> None:
        """Kill it."""
        if self._process is not None:
            processes.kill_group(self._process.pid)
            self._process.wait()

    def taken(self) -> int:
        """Return how many mails it has on disk."""
        return sum(1 for _file in self.folder.glob("*.eml"))


@contextmanager
def machinery(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Worker, SinkProcess]]:
    """A mail server and a worker on the test's database, with a broker of their own."""
    database = connection.settings_dict
    server = SinkProcess(folder / "sink")
    with services.valkey() as broker:
        monkeypatch.setenv("CELERY_BROKER_URL", broker)
        environment = os.environ | {
            "DATABASE_URL": (
                f"postgresql://{database['USER']}@{database['HOST']}:{database['PORT']}"
                f"/{database['NAME']}"
            ),
            "CELERY_BROKER_URL": broker,
            "DJANGO_SETTINGS_MODULE": "shopdisputes.settings.test",
            "EMAIL_URL": f"smtp://{processes.LOOPBACK}:{server.port}",
            "DATA_DIR": str(folder),
        }
        worker = Worker(environment, folder / "worker.log")
        try:
            server.start()
            worker.tend()
            yield worker, server
        finally:
            worker.end()
            server.kill()


def run_drill(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
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
    with machinery(folder, monkeypatch) as (worker, server):
        for number, moment in enumerate(moments):
            _work_until(server, moment, worker)
            # A little chance decides in which step of the hand-over it falls.
            time.sleep(chance.random() * 2 * ANSWER_SECONDS)
            children = worker.children()
            if number % 5 == 4 or not children:
                report.killed_processes += max(len(children), 1)
                worker.kill()
            else:
                report.killed_processes += worker.kill_child(chance.choice(children))
            if outage and number == kills // 2:
                server.kill()
                time.sleep(5)
                server.start()
        held = (EmailStatus.CLAIMED, EmailStatus.HANDING)
        _work_until_none(OutgoingEmail.objects.filter(status=EmailStatus.QUEUED), worker)
        worker.end()
        # What the killed ones held waits for its lease: the clock is put past it.
        settings.SMTP = {
            "host": processes.LOOPBACK,
            "port": server.port,
            "user": "",
            "password": "",
            "security": "none",
        }
        later = timezone.now() + timedelta(seconds=61)
        while OutgoingEmail.objects.filter(status__in=[*held, EmailStatus.QUEUED]).exists():
            drain(at=later.isoformat())
            later += timedelta(minutes=10)
    _count(report, Sink(folder=folder / "sink"))
    report.seconds = round(time.monotonic() - begun, 1)
    return report


def _work_until(server: SinkProcess, moment: int, worker: Worker) -> None:
    _keep_ringing(lambda: server.taken() >= moment, server.taken, worker)


def _work_until_none(rows: QuerySet[OutgoingEmail], worker: Worker) -> None:
    _keep_ringing(lambda: not rows.exists(), rows.count, worker)


def _keep_ringing(done: Callable[[], bool], progress: Callable[[], int], worker: Worker) -> None:
    """Ring like the scheduler does, and tend the worker, until ``done()``."""
    last, since = progress(), time.monotonic()
    rung = 0.0
    while not done():
        worker.tend()
        if time.monotonic() - rung > 0.5:
            celery.ring("shopdisputes.outbox.tasks.drain")
            rung = time.monotonic()
        time.sleep(0.005)
        now = progress()
        if now != last:
            last, since = now, time.monotonic()
        assert time.monotonic() - since < WITHOUT_PROGRESS_SECONDS, f"no progress at {last}"


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


def _judge(report: Report) -> None:
    print(f"\nmail drill: {json.dumps(report.__dict__)}")
    assert (report.lost, report.doubled) == (0, 0)
    assert report.sent + report.in_doubt == report.mails
    assert report.in_doubt <= report.killed_processes
    shown = Client().get("/healthz/progress/").json()["emails"]
    assert shown["in_doubt"] == report.in_doubt


@pytest.mark.real_clock
@pytest.mark.django_db(transaction=True)
def test_ten_kills_lose_and_double_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    _judge(run_drill(tmp_path, monkeypatch, settings, mails=300, kills=10, outage=False))


@pytest.mark.drill
@pytest.mark.django_db(transaction=True)
def test_hundreds_of_kills_and_an_outage_lose_and_double_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    mails = int(os.environ.get("DRILL_MAILS", "10000"))
    kills = int(os.environ.get("DRILL_KILLS", "200"))

    _judge(run_drill(tmp_path, monkeypatch, settings, mails=mails, kills=kills, outage=True))
