"""Runs the demo shop: prepares its data, then keeps web server, worker and scheduler alive.

``./run demo`` starts it. Everything lives below ``DEMO_DIR`` and listens on loopback only.
INT or TERM stops every process in order; none outlives this one, not even after ``kill -9``.
"""

import fcntl
import hashlib
import http.client
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from shopdisputes.ops import assets, processes

ROOT = Path(__file__).resolve().parents[2]
READY_WITHIN_SECONDS = 150
STOP_WITHIN_SECONDS = 20
# A child that lived this long was well; its next death starts the waiting anew.
WELL_AFTER_SECONDS = 60
LONGEST_WAIT_SECONDS = 30


class DemoFailed(Exception):
    """The demo cannot run; the message tells a person why."""


class StopAsked(Exception):
    """Somebody pressed Ctrl-C or sent TERM."""


@dataclass
class Service:
    """One long-running child and how it is started, watched and stopped."""

    name: str
    command: Sequence[str]
    # What ends it at once when this process was killed and nobody can wait for it.
    death_signal: signal.Signals = signal.SIGTERM
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_again_at: float = 0.0
    wait_seconds: float = 1.0
    deaths: int = 0


@dataclass
class Supervisor:
    """The children, in the order in which they start; they stop in the reverse order."""

    environment: dict[str, str]
    log_folder: Path
    services: list[Service] = field(default_factory=list)
    stop_asked: bool = False

    def ask_to_stop(self, _number: int, _frame: object) -> None:
        """Signal handler: only leaves a note, so that no child is lost halfway through a start."""
        self.stop_asked = True

    def pause(self, seconds: float) -> None:
        """Wait a little.

        Raises:
            StopAsked: Ctrl-C or TERM arrived.
        """
        time.sleep(seconds)
        if self.stop_asked:
            raise StopAsked

    def log(self, name: str) -> Path:
        """The file that holds what a child printed."""
        return self.log_folder / f"{name}.log"

    def tail(self, name: str) -> str:
        """The last lines of a child's log."""
        lines = self.log(name).read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-20:])

    def run(self, name: str, *arguments: str) -> str:
        """Run one of ``manage.py``'s commands to its end; what it told on standard output.

        Its log holds what it said besides.

        Raises:
            DemoFailed: it ended with an error.
            StopAsked: Ctrl-C or TERM arrived; the command is stopped.
        """
        told = self.log_folder / f"{name}.out"
        with told.open("wb") as output, self.log(name).open("wb") as errors:
            process = processes.start(
                [sys.executable, "manage.py", *arguments],
                output=output,
                errors=errors,
                environment=self.environment,
                folder=ROOT,
            )
        try:
            while process.poll() is None:
                self.pause(0.05)
        finally:
            processes.stop(process, first=signal.SIGTERM, seconds=STOP_WITHIN_SECONDS)
        if process.returncode:
            raise DemoFailed(
                f"manage.py {' '.join(arguments)} failed:\n{self.tail(name)}",
            )
        return told.read_text(encoding="utf-8", errors="replace")

    def add(self, service: Service) -> None:
        """Start a service and watch it from now on."""
        self.log(service.name).write_bytes(b"")
        self.services.append(service)
        self._start(service)

    def _start(self, service: Service) -> None:
        with self.log(service.name).open("ab") as output:
            service.process = processes.start(
                service.command,
                output=output,
                environment=self.environment,
                folder=ROOT,
                death_signal=service.death_signal,
            )
        service.started_at = time.monotonic()

    def tend(self) -> None:
        """Start again what has died, after a wait that doubles with every early death."""
        now = time.monotonic()
        for service in self.services:
            if service.process is None:
                if now >= service.start_again_at:
                    self._start(service)
                continue
            if service.process.poll() is None:
                continue
            # Its children must not go on working beside the new one.
            processes.kill_group(service.process.pid)
            service.deaths += 1
            if now - service.started_at >= WELL_AFTER_SECONDS:
                service.wait_seconds = 1.0
            say(
                f"{service.name} ended with {service.process.returncode}; "
                f"starting it again in {service.wait_seconds:.0f} s, see {self.log(service.name)}"
            )
            service.process = None
            service.start_again_at = now + service.wait_seconds
            service.wait_seconds = min(service.wait_seconds * 2, LONGEST_WAIT_SECONDS)

    def stop_all(self) -> None:
        """Stop every child, the last started first; each may finish what it has begun."""
        while self.services:
            service = self.services.pop()
            if service.process is not None:
                processes.stop(service.process, first=signal.SIGTERM, seconds=STOP_WITHIN_SECONDS)


def say(text: str) -> None:
    """Tell the person at the terminal."""
    print(text, flush=True)


def own_secret(file: Path) -> str:
    """A secret made once and kept in a file that only its owner can read."""
    if not file.exists():
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as handle:
            handle.write(secrets.token_urlsafe(48))
    return file.read_text().strip()


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold the folder for this process; two demos in it would mix up their data.

    Raises:
        DemoFailed: another demo is running in it.
    """
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DemoFailed(
                f"A demo is already running in {folder}; stop it, or set another DEMO_DIR."
            ) from error
        yield


def demo_environment(folder: Path, *, port: int, broker_port: int) -> dict[str, str]:
    """What the demo's processes are told; an address that is already set stays as it is."""
    defaults = {
        "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}",
        "CELERY_BROKER_URL": f"redis://{processes.LOOPBACK}:{broker_port}/0",
        "STORAGE_URL": f"file://{folder / 'media'}",
        "SEAL_DIR": str(folder / "seals"),
        "PUBLIC_URL": f"http://localhost:{port}",
    }
    given = {name: value for name, value in os.environ.items() if value}
    own = {
        "DJANGO_SETTINGS_MODULE": "shopdisputes.settings.demo",
        "DATA_DIR": str(folder),
        "SECRET_KEY": own_secret(folder / "secret-key"),
        "SEAL_PASSPHRASE": own_secret(folder / "seal-passphrase"),
        "PYTHONUNBUFFERED": "1",
    }
    return defaults | given | own


def broker(folder: Path, port: int) -> Service:
    """The embedded Valkey; what it holds survives a restart of the demo."""
    folder.mkdir(exist_ok=True)
    return Service("valkey", processes.valkey_command(port=port, folder=folder, durable=True))


def product_services(port: int) -> list[Service]:
    """Worker, scheduler and web server."""
    celery = [sys.executable, "-m", "celery", "--app", "shopdisputes"]
    return [
        Service(
            "worker",
            [
                *(*celery, "worker", "--pool", "prefork", "--concurrency", "2"),
                *("--queues", "default,mail,documents,clockwork"),
                *("--without-gossip", "--without-mingle", "--loglevel", "INFO"),
            ],
            # It would not end on TERM or QUIT once the broker is gone as well; its own
            # children notice its death. A task that is cut off is a row that is swept later.
            death_signal=signal.SIGKILL,
        ),
        Service("beat", [*celery, "beat", "--pidfile=", "--loglevel", "INFO"]),
        Service(
            "web",
            # The rest is in gunicorn.conf.py. No access log: the addresses of customers' pages
            # open them.
            [
                *(sys.executable, "-m", "gunicorn", "shopdisputes.wsgi:application"),
                *("--bind", f"{processes.LOOPBACK}:{port}"),
                # Shorter than the time after which the demo's end turns to force.
                *("--graceful-timeout", "10"),
                "--preload",
            ],
        ),
    ]


def collect_static_files(supervisor: Supervisor, folder: Path) -> None:
    """Collect and compress what pages load, unless that was done with the same files.

    Raises:
        DemoFailed: a file refers to one that is not there.
        StopAsked: Ctrl-C or TERM arrived.
    """
    ours = (file for file in (ROOT / "static").rglob("*") if file.is_file())
    theirs = (ROOT / "requirements" / "base.txt", ROOT / "package-lock.json", Path(assets.__file__))
    digest = hashlib.sha256()
    for file in (*theirs, *sorted(ours)):
        digest.update(f"{file.relative_to(ROOT)}\n".encode() + file.read_bytes())
    stamp = folder / "static-files"
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        return
    say("Collecting the static files")
    supervisor.run("collectstatic", "collectstatic", "--no-input", "--clear", "--verbosity", "0")
    stamp.write_text(digest.hexdigest())


def answers(port: int) -> bool:
    """Whether the web server says that it is well."""
    connection = http.client.HTTPConnection(processes.LOOPBACK, port, timeout=5)
    try:
        connection.request("GET", "/healthz/")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def wait_until_ready(supervisor: Supervisor, port: int) -> None:
    """Wait for the web server.

    Raises:
        DemoFailed: a child keeps dying, or the page does not come in time.
        StopAsked: Ctrl-C or TERM arrived.
    """
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while not answers(port):
        supervisor.tend()
        for service in supervisor.services:
            if service.deaths >= 3:
                raise DemoFailed(f"{service.name} does not start:\n{supervisor.tail(service.name)}")
        if time.monotonic() > deadline:
            raise DemoFailed(f"The web server does not answer:\n{supervisor.tail('web')}")
        supervisor.pause(0.2)


def box(lines: Sequence[str]) -> str:
    """The lines with a frame around them."""
    width = max(map(len, lines))
    return "\n".join(
        [
            f"┌─{'─' * width}─┐",
            *(f"│ {line.ljust(width)} │" for line in lines),
            f"└─{'─' * width}─┘",
        ]
    )


def serve(folder: Path, port: int) -> None:
    """Prepare and run the demo until it is stopped.

    Raises:
        DemoFailed: it cannot be prepared or does not start.
    """
    broker_port = processes.free_port()
    environment = demo_environment(folder, port=port, broker_port=broker_port)
    log_folder = folder / "log"
    log_folder.mkdir(exist_ok=True)
    supervisor = Supervisor(environment=environment, log_folder=log_folder)
    signal.signal(signal.SIGINT, supervisor.ask_to_stop)
    signal.signal(signal.SIGTERM, supervisor.ask_to_stop)
    try:
        if not os.environ.get("CELERY_BROKER_URL"):
            supervisor.add(broker(folder / "valkey", broker_port))
        say("Preparing the database")
        supervisor.run("migrate", "migrate", "--no-input", "--verbosity", "0")
        collect_static_files(supervisor, folder)
        say("Loading the demo shop")
        log_ins = supervisor.run("seed_demo", "seed_demo").rstrip().splitlines()
        say("Starting web server, worker and scheduler")
        for service in product_services(port):
            supervisor.add(service)
        wait_until_ready(supervisor, port)
        say(
            box(
                [
                    f"ShopDisputes is running at {environment['PUBLIC_URL']}/",
                    "",
                    *log_ins,
                    "",
                    f"Data and logs: {folder}",
                    "Ctrl-C stops everything.",
                ]
            )
        )
        while True:
            supervisor.tend()
            supervisor.pause(0.5)
    except StopAsked:
        say("Stopping")
    finally:
        supervisor.stop_all()


def asked_port() -> int:
    """The port to serve on.

    Raises:
        DemoFailed: PORT is not a port, or another program listens there.
    """
    text = os.environ.get("PORT") or "8000"
    if not (text.isdecimal() and 0 < int(text) < 65536):
        raise DemoFailed(f"PORT must be a number from 1 to 65535, not {text!r}.")
    if processes.is_taken(int(text)):
        raise DemoFailed(
            f"Port {text} is taken. Stop what uses it, or choose another: PORT=8001 ./run demo"
        )
    return int(text)


def main() -> int:
    """The command line; returns the exit code."""
    folder = Path(os.environ.get("DEMO_DIR") or ROOT / "var" / "demo").resolve()
    try:
        port = asked_port()
        folder.mkdir(parents=True, exist_ok=True)
        with only_one(folder):
            serve(folder, port)
    except DemoFailed as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
