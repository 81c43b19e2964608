"""A private PostgreSQL and Valkey for the tests, on free loopback ports.

``python -m tests.services run COMMAND...`` starts both, runs the command with their addresses in
its environment, and stops them whatever happens. ``python -m tests.services serve FILE`` keeps
them running in the foreground and writes their addresses to FILE, to be sourced by a shell.
"""

import glob
import os
import pwd
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from shopdisputes.ops import processes

BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


class ServiceUnavailable(Exception):
    """A server or browser that the tests need is not there, or did not start."""


def postgresql_program(name: str) -> str:
    """The newest installed ``initdb``, ``postgres`` or ``pg_ctl``.

    Debian keeps them outside PATH, one folder a version.

    Raises:
        ServiceUnavailable: PostgreSQL's server is not installed.
    """
    folders = [
        *sorted(
            glob.glob("/usr/lib/postgresql/*/bin"),
            key=lambda folder: int(Path(folder).parent.name),
            reverse=True,
        ),
        "/opt/homebrew/opt/postgresql@17/bin",
        "/opt/homebrew/opt/postgresql@16/bin",
    ]
    found = shutil.which(name, path=os.pathsep.join([*folders, os.environ.get("PATH", "")]))
    if found is None:
        raise ServiceUnavailable(f"PostgreSQL's {name} is not installed")
    return found


def browser() -> str:
    """The Chromium that the browser tests drive; CHROMIUM overrides the search.

    Raises:
        ServiceUnavailable: there is none.
    """
    for name in filter(None, (os.environ.get("CHROMIUM"), *BROWSERS)):
        if found := shutil.which(name):
            return found
    raise ServiceUnavailable("no Chromium is installed")


class Cluster:
    """A PostgreSQL of its own that drills stop at once and start again on its data."""

    def __init__(self, home: Path, *, durable: bool) -> None:
        self._home = home
        self._durable = durable
        self._port = processes.free_port()
        user = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
        if user is not None:
            os.chown(home, user.pw_uid, user.pw_gid)
        # PostgreSQL refuses to run as root, so then it runs as the user that its package made.
        self._identity = {} if user is None else {"user": user.pw_uid, "group": user.pw_gid}
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The DATABASE_URL of its first database."""
        return f"postgresql://shopdisputes@{processes.LOOPBACK}:{self._port}/postgres"

    def make(self) -> None:
        """Make its data.

        Raises:
            ServiceUnavailable: PostgreSQL said why not.
        """
        made = subprocess.run(
            [
                postgresql_program("initdb"),
                *("--pgdata", str(self._home / "data")),
                *("--username", "shopdisputes"),
                *("--auth", "trust"),
                *("--encoding", "UTF8"),
                *("--locale", "C.UTF-8"),
                "--no-sync",
            ],
            cwd=self._home,
            extra_groups=[] if self._identity else None,
            capture_output=True,
            text=True,
            check=False,
            **self._identity,
        )
        if made.returncode:
            raise ServiceUnavailable(f"initdb failed: {made.stderr.strip()}")

    def start(self) -> None:
        """Start it and wait until it answers; after a crash that is when it has recovered."""
        # Without it a commit that was answered for may be gone after a crash of the server.
        durable = "on" if self._durable else "off"
        with (self._home / "log").open("ab") as log:
            self._server = processes.start(
                [
                    postgresql_program("postgres"),
                    *("-D", str(self._home / "data")),
                    *("-c", f"listen_addresses={processes.LOOPBACK}"),
                    *("-c", f"port={self._port}"),
                    *("-c", f"unix_socket_directories={self._home}"),
                    *("-c", "fsync=off"),
                    *("-c", f"synchronous_commit={durable}"),
                    *("-c", "full_page_writes=off"),
                    *("-c", "max_connections=200"),
                    *("-c", "timezone=UTC"),
                ],
                output=log,
                folder=self._home,
                death_signal=signal.SIGQUIT,
                **self._identity,
            )
        _await(self._server, self._port, self._home / "log", "PostgreSQL")

    def stop_at_once(self) -> None:
        """End it as ``pg_ctl stop -m immediate`` does: every connection is cut, nothing tidied."""
        assert self._server is not None
        processes.stop(self._server, first=signal.SIGQUIT, seconds=15)

    def stop(self) -> None:
        """End it in order, without waiting for clients to leave."""
        if self._server is not None:
            processes.stop(self._server, first=signal.SIGINT, seconds=15)


@contextmanager
def cluster(*, durable: bool) -> Iterator[Cluster]:
    """A fresh cluster for as long as the block lasts; ``durable``: commits outlive a crash of it.

    The data is in the system's folder for temporary files: the user it runs as can reach it
    wherever the checkout is, and the path is short enough for a socket. Nothing is synced to
    disk, which only a crash of the machine would notice.
    """
    with tempfile.TemporaryDirectory(prefix="shopdisputes-postgresql-") as folder:
        made = Cluster(Path(folder), durable=durable)
        made.make()
        try:
            made.start()
            yield made
        finally:
            made.stop()


@contextmanager
def postgresql() -> Iterator[str]:
    """A fresh PostgreSQL for as long as the block lasts; gives its DATABASE_URL."""
    with cluster(durable=False) as made:
        yield made.url


class Broker:
    """An empty Valkey that drills kill and start again at the same address."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = processes.free_port()
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its CELERY_BROKER_URL."""
        return f"redis://{processes.LOOPBACK}:{self._port}/0"

    def start(self) -> None:
        """Start it, empty, and wait until it answers."""
        log_file = self._folder / "log"
        with log_file.open("ab") as log:
            self._server = processes.start(
                processes.valkey_command(port=self._port, folder=self._folder, durable=False),
                output=log,
                death_signal=signal.SIGKILL,
            )
        _await(self._server, self._port, log_file, "Valkey")

    def kill(self) -> None:
        """Kill it; whatever it kept is gone."""
        assert self._server is not None
        processes.kill_group(self._server.pid)
        self._server.wait()

    def stop(self) -> None:
        """End it in order."""
        if self._server is not None:
            processes.stop(self._server, first=signal.SIGTERM, seconds=10)


@contextmanager
def broker() -> Iterator[Broker]:
    """An empty Valkey for as long as the block lasts."""
    with tempfile.TemporaryDirectory(prefix="shopdisputes-valkey-") as folder:
        made = Broker(Path(folder))
        try:
            made.start()
            yield made
        finally:
            made.stop()


@contextmanager
def valkey() -> Iterator[str]:
    """An empty Valkey for as long as the block lasts; gives its CELERY_BROKER_URL."""
    with broker() as made:
        yield made.url


#: What every virus scanner is tried with: harmless, and known to all. Two halves, so that one
#: which looks through this folder does not take this file away.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-" + b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def clamd_program() -> str:
    """ClamAV's server; Debian keeps it outside an ordinary user's PATH.

    Raises:
        ServiceUnavailable: it is not installed.
    """
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/opt/homebrew/sbin"])
    found = shutil.which("clamd", path=path)
    if found is None:
        raise ServiceUnavailable("ClamAV's clamd is not installed")
    return found


@dataclass(frozen=True)
class Clamd:
    """Where a virus scanner listens: two forms of CLAMD_URL."""

    tcp: str
    unix: str


@contextmanager
def clamd(*, port: int | None = None, largest: str = "60M") -> Iterator[Clamd]:
    """A virus scanner for as long as the block lasts.

    It knows one signature, ``Eicar``, and takes files of at most ``largest`` (clamd's
    ``StreamMaxLength``).
    """
    port = port or processes.free_port()
    with tempfile.TemporaryDirectory(prefix="shopdisputes-clamd-") as folder:
        home = Path(folder)
        (home / "db").mkdir()
        # A signature for any kind of file (0), anywhere in it (*).
        (home / "db" / "local.ndb").write_text(f"Eicar:0:*:{EICAR.hex()}\n")
        settings = {
            "Foreground": "yes",
            "DatabaseDirectory": home / "db",
            "TCPAddr": processes.LOOPBACK,
            "TCPSocket": port,
            "LocalSocket": home / "clamd.sock",
            "StreamMaxLength": largest,
            "MaxThreads": 2,
        }
        (home / "conf").write_text("".join(f"{key} {value}\n" for key, value in settings.items()))
        with (home / "log").open("wb") as log:
            server = processes.start(
                [clamd_program(), "--config-file", str(home / "conf")],
                output=log,
                death_signal=signal.SIGKILL,
            )
            try:
                _await(server, port, home / "log", "clamd")
                yield Clamd(
                    tcp=f"tcp://{processes.LOOPBACK}:{port}", unix=f"unix://{home}/clamd.sock"
                )
            finally:
                processes.stop(server, first=signal.SIGTERM, seconds=10)


@contextmanager
def s3() -> Iterator[str]:
    """A server that speaks the S3 protocol for as long as the block lasts; gives its address.

    It keeps everything in memory and looks at no signature: what it proves is that files
    arrive, are found again and leave with the headers that an address asks for.
    """
    with tempfile.TemporaryDirectory(prefix="shopdisputes-s3-") as folder:
        port = processes.free_port()
        log_file = Path(folder) / "log"
        with log_file.open("wb") as log:
            server = processes.start(
                [sys.executable, "-m", "moto.server", "-H", processes.LOOPBACK, "-p", str(port)],
                output=log,
                death_signal=signal.SIGKILL,
            )
            try:
                _await(server, port, log_file, "The S3 server")
                yield f"http://{processes.LOOPBACK}:{port}"
            finally:
                processes.stop(server, first=signal.SIGTERM, seconds=5)


def _await(server: subprocess.Popen[bytes], port: int, log: Path, name: str) -> None:
    """Wait until a server accepts connections.

    Raises:
        ServiceUnavailable: it ended, or did not answer within 30 seconds.
    """
    processes.wait_until(lambda: server.poll() is not None or processes.listens(port), seconds=30)
    if server.poll() is not None or not processes.listens(port):
        raise ServiceUnavailable(f"{name} did not start: {log.read_text(errors='replace')[-2000:]}")


@contextmanager
def everything() -> Iterator[dict[str, str]]:
    """Both servers and the browser; gives the environment variables that name them."""
    with ExitStack() as stack:
        yield {
            "DATABASE_URL": stack.enter_context(postgresql()),
            "CELERY_BROKER_URL": stack.enter_context(valkey()),
            "CHROMIUM": browser(),
            "DJANGO_SETTINGS_MODULE": "shopdisputes.settings.test",
            # Playwright's event loop is running in the thread that talks to the database.
            "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
        }


def run(command: list[str]) -> int:
    """Run a command beside the services; its exit code."""
    with (
        everything() as addresses,
        subprocess.Popen(command, env=os.environ | addresses) as process,
    ):
        try:
            return process.wait()
        except SystemExit:
            process.terminate()
            raise


def serve(target: Path) -> NoReturn:
    """Keep the services running until INT or TERM; their addresses are in ``target``."""
    with everything() as addresses:
        target.parent.mkdir(parents=True, exist_ok=True)
        lines = [f"export {name}={shlex.quote(value)}\n" for name, value in addresses.items()]
        # Test runs of several shells at once must share neither the database nor the queue.
        lines.append('export DATABASE_URL="${DATABASE_URL%/*}/shell_$$"\n')
        lines.append('export CELERY_BROKER_URL="${CELERY_BROKER_URL%/*}/$(($$ % 16))"\n')
        target.write_text("".join(lines))
        print(f"PostgreSQL and Valkey are running; use them with: . {target}", flush=True)
        try:
            while True:
                signal.pause()
        finally:
            target.unlink(missing_ok=True)


def _leave(number: int, _frame: object) -> None:
    # Goes out through the context managers, which stop the servers.
    raise SystemExit(128 + number)


def _stay(_number: int, _frame: object) -> None:
    # The terminal has sent the signal to the command as well; its end is ours. Not SIG_IGN,
    # which the command would inherit.
    return


def main(arguments: list[str]) -> int:
    """The command line; returns the exit code."""
    match arguments:
        case ["run", *command] if command:
            signal.signal(signal.SIGINT, _stay)
            signal.signal(signal.SIGTERM, _leave)
            return run(command)
        case ["serve", target]:
            signal.signal(signal.SIGINT, _leave)
            signal.signal(signal.SIGTERM, _leave)
            serve(Path(target))
    sys.stderr.write("usage: python -m tests.services run COMMAND... | serve FILE\n")
    return 2


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ServiceUnavailable as problem:
        sys.exit(f"tests: {problem}")
