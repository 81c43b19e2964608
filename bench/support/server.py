"""The product as it runs in production, on loopback, with a database and a folder of its own."""

import http.client
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from shopdisputes.ops import processes

ROOT = Path(__file__).resolve().parents[2]
_MANAGE = (sys.executable, "manage.py")


@dataclass(frozen=True)
class Server:
    """A web server that answers, and what a program needs to talk to it."""

    port: int
    pid: int
    folder: Path
    key: str
    inspection: str
    item: str

    @property
    def media_path(self) -> str:
        """Where an item takes its files."""
        return f"/api/v1/inspections/{self.inspection}/items/{self.item}/media/"

    def workers(self) -> list[int]:
        """The processes that answer requests."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return [int(pid) for pid in children]


@contextmanager
def running(*, static_files: bool = False) -> Iterator[Server]:
    """Prepare everything and serve for as long as the block lasts."""
    with tempfile.TemporaryDirectory(prefix="shopdisputes-bench-") as name, database() as address:
        folder, port = Path(name), processes.free_port()
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "shopdisputes.settings.production",
            "DATABASE_URL": address,
            "DATA_DIR": str(folder),
            "STORAGE_URL": f"file://{folder / 'media'}",
            "SECRET_KEY": secrets.token_urlsafe(64),
            "SEAL_PASSPHRASE": secrets.token_urlsafe(32),
            "ALLOWED_HOSTS": processes.LOOPBACK,
            "PUBLIC_URL": f"http://{processes.LOOPBACK}:{port}",
            # There is no proxy in front that would speak TLS.
            "SECURE_SSL_REDIRECT": "0",
        }
        _run(environment, "migrate", "--verbosity", "0")
        if static_files:
            _run(environment, "collectstatic", "--no-input", "--verbosity", "0")
        rows = _run(
            *(environment, "shell", "--verbosity", "0"),
            *("--command", "from bench.support import rows; rows.make()"),
        )
        with (folder / "web.log").open("wb") as log:
            process = processes.start(
                [
                    *(sys.executable, "-m", "gunicorn", "shopdisputes.wsgi:application"),
                    *("--bind", f"{processes.LOOPBACK}:{port}"),
                ],
                output=log,
                environment=environment,
                folder=ROOT,
            )
            try:
                if not processes.wait_until(lambda: _answers(port), seconds=60):
                    sys.exit((folder / "web.log").read_text())
                yield Server(port=port, pid=process.pid, folder=folder, **json.loads(rows))
            finally:
                processes.stop(process, first=signal.SIGTERM, seconds=15)


@contextmanager
def database() -> Iterator[str]:
    """An empty database beside the one that DATABASE_URL names; gives its address."""
    given = os.environ["DATABASE_URL"].rpartition("/")[0]
    name = f"bench_{os.getpid()}"
    with psycopg.connect(f"{given}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield f"{given}/{name}"
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _run(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [*_MANAGE, *arguments],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(done.stderr)
    return done.stdout


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection(processes.LOOPBACK, port, timeout=5)
    try:
        connection.request("GET", "/healthz/")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()
