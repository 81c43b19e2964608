"""The demo, as somebody starts it: it comes up, mends itself, and leaves no process."""

import http.client
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from shopdisputes.ops import processes

pytestmark = pytest.mark.real_clock

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 240
# What this test run has set for itself, and a demo must not be told.
OF_THE_TESTS = {"DATABASE_URL", "CELERY_BROKER_URL", "EMAIL_URL", "STORAGE_URL", "SEAL_DIR"}


@dataclass
class Demo:
    """A running demo."""

    process: subprocess.Popen[str]
    folder: Path
    port: int
    printed: Path

    def status(self, path: str) -> int:
        """The HTTP status of a page."""
        connection = http.client.HTTPConnection(processes.LOOPBACK, self.port, timeout=30)
        connection.request("GET", path)
        try:
            return connection.getresponse().status
        finally:
            connection.close()

    def children(self) -> dict[str, int]:
        """The processes that the supervisor itself started, by what they are."""
        found = {}
        for process in alive_in(self.folder):
            try:
                status = Path(f"/proc/{process}/status").read_text()
                command = Path(f"/proc/{process}/cmdline").read_text()
            except (FileNotFoundError, ProcessLookupError):
                continue
            # One that is just being started still has the command of the supervisor.
            for kind in ("valkey", "gunicorn", "worker", "beat"):
                if f"PPid:\t{self.process.pid}\n" in status and kind in command:
                    found[kind] = process
        return found


def alive_in(folder: Path) -> list[int]:
    """Every process that was told to keep its data in a folder, or stands in it.

    Valkey writes its title over its environment, but stands in its folder.
    """
    found = []
    for process in Path("/proc").iterdir():
        if not process.name.isdecimal():
            continue
        try:
            environment = (process / "environ").read_bytes().split(b"\0")
            stands_in = (process / "cwd").readlink()
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
        if f"DATA_DIR={folder}".encode() in environment or stands_in.is_relative_to(folder):
            found.append(int(process.name))
    return found


def eventually(holds: Callable[[], bool], *, seconds: float, otherwise: Callable[[], str]) -> None:
    assert processes.wait_until(holds, seconds=seconds), otherwise()


@contextmanager
def running_demo(folder: Path) -> Iterator[Demo]:
    """Start a demo and wait until it says that it is ready."""
    port = processes.free_port()
    printed = folder.with_name("printed")
    kept = {name: value for name, value in os.environ.items() if name not in OF_THE_TESTS}
    with printed.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "shopdisputes.ops.supervisor"],
            cwd=ROOT,
            env=kept | {"DEMO_DIR": str(folder), "PORT": str(port)},
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        )
    demo = Demo(process, folder, port, printed)
    try:
        eventually(
            lambda: process.poll() is not None or "stops everything" in printed.read_text(),
            seconds=READY_SECONDS,
            otherwise=printed.read_text,
        )
        assert process.poll() is None, printed.read_text()
        yield demo
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "data"


def log_ins(printed: str) -> list[str]:
    return re.findall(r"\S+@\S+", printed)


def test_comes_up_mends_itself_and_stops_without_a_trace(folder: Path) -> None:
    with running_demo(folder) as demo:
        said = demo.printed.read_text()
        assert f"http://localhost:{demo.port}/" in said
        assert len(log_ins(said)) >= 4
        assert demo.status("/healthz/") == 200
        assert demo.status("/accounts/login/") == 200

        before = demo.children()
        assert before.keys() == {"valkey", "gunicorn", "worker", "beat"}
        for process in before.values():
            os.kill(process, signal.SIGKILL)
        eventually(
            lambda: (
                demo.children().keys() == before.keys()
                and not set(demo.children().values()) & set(before.values())
            ),
            seconds=30,
            otherwise=demo.printed.read_text,
        )
        eventually(
            lambda: processes.listens(demo.port) and demo.status("/healthz/") == 200,
            seconds=60,
            otherwise=demo.printed.read_text,
        )
        (folder / "log" / "worker.log").write_bytes(b"")
        eventually(
            lambda: "succeeded" in (folder / "log" / "worker.log").read_text(),
            seconds=60,
            otherwise=(folder / "log" / "worker.log").read_text,
        )

        demo.process.send_signal(signal.SIGINT)

        assert demo.process.wait(timeout=60) == 0
        assert alive_in(folder) == []


def test_starts_again_on_the_same_data_and_dies_with_its_parent(folder: Path) -> None:
    # Runs after the test above, on what it left; alone it makes its own data.
    with running_demo(folder) as demo:
        assert demo.status("/healthz/") == 200
        assert len(alive_in(folder)) > 4
        begun = time.monotonic()

        demo.process.kill()

        eventually(
            lambda: not alive_in(folder), seconds=30, otherwise=lambda: str(alive_in(folder))
        )
        assert time.monotonic() - begun < 30
