"""The machinery of drills: real workers, schedulers, a mail server and a broker, all to be killed.

Everything runs on the test's database, and on loopback.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TypeVar
from unittest import mock
from urllib.parse import urlsplit

import kombu
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from shopdisputes import celery
from shopdisputes.ops import processes
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.outbox.states import EmailStatus
from shopdisputes.outbox.tasks import drain
from tests import services
from tests.sink import Sink

ROOT = Path(__file__).resolve().parents[2]
WITHOUT_PROGRESS_SECONDS = 90
#: How long each mail is between "text taken" and "answered": where a kill leaves doubt.
ANSWER_SECONDS = 0.02
_RING_SECONDS = 0.5
Answer = TypeVar("Answer")


class Program:
    """A program that is started again whenever it ends, as a supervisor does."""

    def __init__(self, command: Sequence[str], environment: dict[str, str], log: Path) -> None:
        self._command = command
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
                self._command,
                output=output,
                environment=self._environment,
                folder=ROOT,
                death_signal=signal.SIGKILL,
            )

    def children(self) -> list[int]:
        """Return the processes it has started that are alive now."""
        assert self._process is not None
        listed = subprocess.run(
            ["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True
        )
        pairs = (line.split() for line in listed.stdout.splitlines())
        return [int(pid) for pid, parent in pairs if int(parent) == self._process.pid]

    def kill_child(self, pid: int) -> bool:
        """Kill one of them; False when it had ended by itself."""
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return False
        return True

    def kill(self) -> None:
        """Kill it and all it has started at the same moment."""
        assert self._process is not None
        processes.kill_group(self._process.pid)
        self._process.wait()

    def end(self) -> None:
        """Kill whatever runs."""
        if self._process is not None:
            self.kill()

    def said(self) -> str:
        """What it wrote, for a test that fails."""
        return self._log.read_text(errors="replace")[-3000:] if self._log.exists() else ""


def worker(environment: dict[str, str], folder: Path, *, children: int, name: str = "") -> Program:
    """A Celery worker with a pool of processes, which takes from every queue."""
    return Program(
        [
            *(sys.executable, "-m", "celery", "--app", "shopdisputes", "worker"),
            *("--pool", "prefork", "--concurrency", str(children), "--hostname", f"w{name}@drill"),
            *("--without-gossip", "--without-mingle", "--without-heartbeat"),
        ],
        environment,
        folder / f"worker{name}.log",
    )


#: The scheduler with every interval divided: for drills that have half a minute.
_HASTY_BEAT = (
    "import sys; from shopdisputes.celery import app;"
    " haste = float(sys.argv.pop(1));"
    " jobs = app.conf.beat_schedule.values();"
    " [job.update(schedule=job['schedule'] / haste) for job in jobs];"
    " app.start(sys.argv[1:])"
)


def beat(environment: dict[str, str], folder: Path, *, name: str, haste: float = 1.0) -> Program:
    """A Celery scheduler of its own; ``haste`` 4 makes it ring four times as often."""
    return Program(
        [
            *(sys.executable, "-c", _HASTY_BEAT, str(haste)),
            *("beat", "--pidfile=", "--schedule", str(folder / f"beat{name}-schedule")),
        ],
        environment,
        folder / f"beat{name}.log",
    )


class SinkProcess:
    """The mail server, in a process that can be killed."""

    def __init__(self, folder: Path, *, answer_seconds: float = ANSWER_SECONDS) -> None:
        self.folder = folder
        self.port = processes.free_port()
        self._answer_seconds = answer_seconds
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it listens."""
        self._process = processes.start(
            [
                *(sys.executable, "-m", "tests.sink"),
                *(str(self.folder), str(self.port), str(self._answer_seconds)),
            ],
            output=subprocess.DEVNULL,
            folder=ROOT,
            death_signal=signal.SIGKILL,
        )
        assert processes.wait_until(lambda: processes.listens(self.port), seconds=60)

    def kill(self) -> None:
        """Kill it."""
        if self._process is not None:
            processes.kill_group(self._process.pid)
            self._process.wait()

    @property
    def settings(self) -> dict[str, object]:
        """What ``settings.SMTP`` is for a sender in the test's own process."""
        return {
            "host": processes.LOOPBACK,
            "port": self.port,
            "user": "",
            "password": "",
            "security": "none",
        }

    def taken(self) -> int:
        """Return how many mails it has on disk."""
        # What is still being written has a name that begins with a dot.
        return sum(not name.startswith(".") for name in os.listdir(self.folder))

    def sink(self) -> Sink:
        """Return what it has on disk, to be read."""
        return Sink(folder=self.folder)


def address() -> str:
    """Return the DATABASE_URL of the database that this test uses."""
    database = connection.settings_dict
    return (
        f"postgresql://{database['USER']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    )


@dataclass
class Machinery:
    """A mail server, a broker, and the environment in which workers find both."""

    folder: Path
    server: SinkProcess
    broker: services.Broker
    environment: dict[str, str]
    workers: list[Program]

    def tend(self) -> None:
        """Start again whatever has ended."""
        for program in self.workers:
            program.tend()

    def end(self) -> None:
        """Kill all programs; the servers go on."""
        for program in self.workers:
            program.end()

    def flush(self) -> None:
        """Empty the broker, as if it had lost everything."""
        with kombu.Connection(self.broker.url) as held:
            held.default_channel.client.flushall()


@contextmanager
def machinery(
    folder: Path,
    *,
    workers: int = 1,
    children: int = 4,
    answer_seconds: float = ANSWER_SECONDS,
) -> Iterator[Machinery]:
    """A mail server and workers on the test's database, with a broker of their own."""
    server = SinkProcess(folder / "sink", answer_seconds=answer_seconds)
    with ExitStack() as stack:
        broker = stack.enter_context(services.broker())
        environment = os.environ | {
            "DATABASE_URL": address(),
            "CELERY_BROKER_URL": broker.url,
            "DJANGO_SETTINGS_MODULE": "shopdisputes.settings.test",
            "EMAIL_URL": f"smtp://{processes.LOOPBACK}:{server.port}",
            "DATA_DIR": str(folder),
        }
        made = Machinery(
            folder=folder,
            server=server,
            broker=broker,
            environment=environment,
            workers=[
                worker(environment, folder, children=children, name=str(number))
                for number in range(workers)
            ],
        )
        stack.callback(server.kill)
        stack.callback(made.end)
        # Celery asks the environment first: this process rings there as well.
        stack.enter_context(mock.patch.dict(os.environ, {"CELERY_BROKER_URL": broker.url}))
        server.start()
        made.tend()
        yield made


def keep_ringing(
    machine: Machinery, *, done: Callable[[], bool], progress: Callable[[], int]
) -> None:
    """Ring as a scheduler does, and tend the workers, until ``done()``."""
    last, since = progress(), time.monotonic()
    rung = 0.0
    while not done():
        machine.tend()
        if time.monotonic() - rung > _RING_SECONDS:
            celery.ring("shopdisputes.outbox.tasks.drain")
            rung = time.monotonic()
        time.sleep(0.02)
        now = progress()
        if now != last:
            last, since = now, time.monotonic()
        assert time.monotonic() - since < WITHOUT_PROGRESS_SECONDS, (
            f"no progress at {last}: {machine.workers[0].said()}"
        )


def kill_something(machine: Machinery, number: int, *, chance: random.Random) -> int:
    """Kill with ``kill -9``: of five times four times one child, once a whole worker.

    Returns how many processes that were.
    """
    # A little chance decides in which step of the hand-over it falls.
    time.sleep(chance.random() * 2 * ANSWER_SECONDS)
    pools = {program: program.children() for program in machine.workers}
    # One that has just been started has nothing in hand yet.
    busy = [program for program, children in pools.items() if children]
    program = chance.choice(busy or machine.workers)
    children = pools[program]
    if number % 5 == 4 or not children:
        program.kill()
        return max(len(children), 1)
    return int(program.kill_child(chance.choice(children)))


def persistently(ask: Callable[[], Answer]) -> Answer:
    """Ask the database, and again on a new connection while it is away."""
    ends = time.monotonic() + WITHOUT_PROGRESS_SECONDS
    while True:
        try:
            return ask()
        except (OperationalError, InterfaceError):
            if time.monotonic() > ends:
                raise
            connection.close()
            time.sleep(0.1)


@contextmanager
def own_database() -> Iterator[services.Cluster]:
    """Let the test use a copy of its database in a PostgreSQL that may be stopped at once."""
    with services.cluster(durable=True) as cluster:
        dumped = subprocess.run(
            [services.postgresql_program("pg_dump"), "--no-owner", address()],
            capture_output=True,
            check=True,
        )
        subprocess.run(
            [
                services.postgresql_program("psql"),
                "--quiet",
                "--set",
                "ON_ERROR_STOP=1",
                cluster.url,
            ],
            input=dumped.stdout,
            stdout=subprocess.DEVNULL,
            check=True,
        )
        there = urlsplit(cluster.url)
        own = {
            "HOST": there.hostname,
            "PORT": there.port,
            "USER": there.username,
            "NAME": there.path.removeprefix("/"),
        }
        with mock.patch.dict(connection.settings_dict, own):
            connection.close()
            try:
                yield cluster
            finally:
                connection.close()


def finish(machine: Machinery, settings: object) -> None:
    """Take up what the killed ones held: the clock is put past their leases."""
    settings.SMTP = machine.server.settings
    later = timezone.now() + timedelta(seconds=61)
    unfinished = (EmailStatus.CLAIMED, EmailStatus.HANDING, EmailStatus.QUEUED)
    while OutgoingEmail.objects.filter(status__in=unfinished).exists():
        drain(at=later.isoformat())
        later += timedelta(minutes=10)
