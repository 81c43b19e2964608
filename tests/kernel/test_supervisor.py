"""The supervisor of the demo: restarts, stops and refuses."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from shopdisputes.ops import processes, supervisor

# The tests wait for other programs.
pytestmark = pytest.mark.real_clock

ROOT = Path(__file__).resolve().parents[2]
STAYS = [sys.executable, "-c", "import time; time.sleep(600)"]
DIES = [sys.executable, "-c", "raise SystemExit('no room')"]


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[supervisor.Supervisor]:
    watched = supervisor.Supervisor(environment=dict(os.environ), log_folder=tmp_path)
    yield watched
    watched.stop_all()


def process_of(service: supervisor.Service) -> subprocess.Popen[bytes]:
    assert service.process is not None
    return service.process


def tend_until(watched: supervisor.Supervisor, service: supervisor.Service, deaths: int) -> None:
    deadline = time.monotonic() + 20
    while service.deaths < deaths:
        assert time.monotonic() < deadline
        watched.tend()
        time.sleep(0.05)


def test_starts_again_what_was_killed(watched: supervisor.Supervisor) -> None:
    service = supervisor.Service("web", STAYS)
    watched.add(service)
    first = process_of(service).pid

    os.kill(first, signal.SIGKILL)
    tend_until(watched, service, deaths=1)
    service.start_again_at = 0
    watched.tend()

    assert process_of(service).pid != first
    assert process_of(service).poll() is None


def test_waits_longer_after_every_early_death(watched: supervisor.Supervisor) -> None:
    service = supervisor.Service("worker", DIES)
    watched.add(service)

    waits = []
    for deaths in range(1, 8):
        tend_until(watched, service, deaths)
        waits.append(service.wait_seconds)
        service.start_again_at = 0

    assert waits == [2, 4, 8, 16, 30, 30, 30]
    assert "no room" in watched.tail("worker")


def test_does_not_start_again_before_the_wait_is_over(watched: supervisor.Supervisor) -> None:
    service = supervisor.Service("worker", DIES)
    watched.add(service)
    tend_until(watched, service, deaths=1)

    service.start_again_at = time.monotonic() + 60
    watched.tend()

    assert service.process is None


def test_a_long_life_is_forgiven(watched: supervisor.Supervisor) -> None:
    service = supervisor.Service("worker", DIES, wait_seconds=30)
    watched.add(service)
    service.started_at -= supervisor.WELL_AFTER_SECONDS

    tend_until(watched, service, deaths=1)

    assert service.wait_seconds == 2


def test_stops_the_last_started_first(watched: supervisor.Supervisor, tmp_path: Path) -> None:
    order = tmp_path / "order"
    tells = (
        "import signal, sys, time\n"
        "def leave(*_):\n"
        f"    open({str(order)!r}, 'a').write(sys.argv[1])\n"
        "    sys.exit()\n"
        "signal.signal(signal.SIGTERM, leave)\n"
        "print('ready', flush=True)\n"
        "time.sleep(600)\n"
    )
    for name in ("a", "b", "c"):
        watched.add(supervisor.Service(name, [sys.executable, "-c", tells, name]))
        assert processes.wait_until(lambda name=name: "ready" in watched.tail(name), seconds=10)

    watched.stop_all()

    assert order.read_text() == "cba"
    assert watched.services == []


def test_a_failed_command_tells_what_it_said(watched: supervisor.Supervisor) -> None:
    with pytest.raises(supervisor.DemoFailed, match="no-such-command"):
        watched.run("failing", "no-such-command")


def test_a_stop_ends_a_running_command(watched: supervisor.Supervisor) -> None:
    watched.ask_to_stop(signal.SIGTERM, None)

    with pytest.raises(supervisor.StopAsked):
        watched.run("shell", "check")


def test_a_secret_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "secret-key"

    first = supervisor.own_secret(file)

    assert supervisor.own_secret(file) == first
    assert len(first) >= 50
    assert file.stat().st_mode & 0o777 == 0o600


def test_an_address_that_is_set_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/shop")
    monkeypatch.setenv("CELERY_BROKER_URL", "")

    environment = supervisor.demo_environment(tmp_path, port=8000, broker_port=7)

    assert environment["DATABASE_URL"] == "postgresql://elsewhere/shop"
    assert environment["CELERY_BROKER_URL"] == "redis://127.0.0.1:7/0"


def demo(folder: Path, port: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "shopdisputes.ops.supervisor"],
        cwd=ROOT,
        env=os.environ | {"DEMO_DIR": str(folder), "PORT": port},
        capture_output=True,
        text=True,
        check=False,
    )


def test_refuses_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind((processes.LOOPBACK, 0))
        other.listen()
        port = str(other.getsockname()[1])

        refused = demo(tmp_path / "demo", port)

    assert refused.returncode == 1
    assert refused.stderr.startswith(f"Port {port} is taken.")
    assert not (tmp_path / "demo").exists()


@pytest.mark.parametrize("port", ["web", "0", "65536", "-1"])
def test_refuses_what_is_no_port(port: str, tmp_path: Path) -> None:
    refused = demo(tmp_path / "demo", port)

    assert refused.returncode == 1
    assert refused.stderr.startswith("PORT must be a number from 1 to 65535")


def test_refuses_a_second_demo_in_the_same_folder(tmp_path: Path) -> None:
    with supervisor.only_one(tmp_path):
        refused = demo(tmp_path, str(processes.free_port()))

    assert refused.returncode == 1
    assert refused.stderr.startswith(f"A demo is already running in {tmp_path};")
