"""Previews while workers are killed: every file gets its two pictures, none twice, none is lost.

Real processes draw them on the test's database and storage, and are killed with ``kill -9`` while
they hold a file.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from unittest import mock

import pytest
from django.db import connection
from django.utils import timezone

from shopdisputes.canonical import sha256_hex
from shopdisputes.ops import processes
from shopdisputes.uploads import intake as intakes
from shopdisputes.uploads.models import Intake, StoredFile
from shopdisputes.uploads.states import IntakeStatus
from shopdisputes.uploads.tasks import drain
from tests.factories import ShopFactory, StoredFileFactory

WITHOUT_PROGRESS_SECONDS = 60
#: What a worker does at every ring; the other jobs would only make its start longer.
_WORK = "import django; django.setup(); from shopdisputes.uploads.tasks import drain; drain()"
_ROOT = Path(__file__).resolve().parents[2]


class Workers:
    """Processes that run the clockwork once and end; started again until all is done."""

    def __init__(self, folder: Path, *, number: int) -> None:
        database = connection.settings_dict
        self._environment = os.environ | {
            "DATABASE_URL": (
                f"postgresql://{database['USER']}@{database['HOST']}:{database['PORT']}"
                f"/{database['NAME']}"
            ),
            "DJANGO_SETTINGS_MODULE": "shopdisputes.settings.test",
            "STORAGE_URL": f"file://{folder}/media",
            "DATA_DIR": str(folder),
        }
        self._log = folder / "workers.log"
        self._number = number
        self._running: list[subprocess.Popen[bytes]] = []

    def tend(self) -> None:
        """Start those that do not run."""
        self._running = [worker for worker in self._running if worker.poll() is None]
        while len(self._running) < self._number:
            with self._log.open("ab") as output:
                worker = processes.start(
                    [sys.executable, "-c", _WORK],
                    output=output,
                    environment=self._environment,
                    folder=_ROOT,
                    death_signal=signal.SIGKILL,
                )
            self._running.append(worker)

    def kill(self) -> int:
        """Kill all at the same moment; return how many."""
        for worker in self._running:
            processes.kill_group(worker.pid)
        for worker in self._running:
            worker.wait()
        killed = len(self._running)
        self._running = []
        return killed

    def said(self) -> str:
        """What they wrote, for a test that fails."""
        return self._log.read_text(errors="replace")[-3000:] if self._log.exists() else ""


def run_drill(folder: Path, *, files: int, kills: int, workers: int) -> dict[str, float]:
    """Let ``files`` be drawn, kill ``kills`` times on the way, restart, and judge."""
    chance = random.Random(20261121)
    begun = time.monotonic()
    StoredFileFactory.create_batch(files, jpeg=True, shop=ShopFactory())
    ready = Intake.objects.filter(status=IntakeStatus.READY)
    held = Intake.objects.filter(status=IntakeStatus.CLAIMED)
    queued = Intake.objects.filter(status=IntakeStatus.QUEUED)
    machinery, killed = Workers(folder, number=workers), 0
    try:
        for number in range(kills):
            # Spread over the whole run, and each while a file is held.
            still = files - files * (number + 1) // (kills + 2)
            before = held.count()
            _work_until(
                lambda most=still, over=before: queued.count() <= most and held.count() > over,
                machinery,
            )
            # A little chance decides in which step it falls: drawing, writing, noting.
            time.sleep(chance.random() * 0.15)
            killed += machinery.kill()
        _work_until(lambda: not queued.exists(), machinery)
    finally:
        machinery.kill()
    # What the killed ones held waits for its lease: the clock is put past it.
    left = held.count()
    later = (timezone.now() + intakes.LEASE + timedelta(seconds=1)).isoformat()
    with mock.patch.object(intakes, "sweep", return_value=0):
        drain(at=later)
    lost_without_sweep = files - ready.count()
    drain(at=later)
    report = {
        "files": files,
        "kills": kills,
        "killed_processes": killed,
        "held_by_killed": left,
        "lost_without_sweep": lost_without_sweep,
        "lost": files - ready.count(),
        "seconds": round(time.monotonic() - begun, 1),
    }
    print(f"\npreviews drill: {json.dumps(report)}")
    return report


def _work_until(done: Callable[[], bool], machinery: Workers) -> None:
    last, since = -1, time.monotonic()
    while not done():
        machinery.tend()
        time.sleep(0.01)
        now = Intake.objects.filter(status=IntakeStatus.READY).count()
        if now != last:
            last, since = now, time.monotonic()
        assert time.monotonic() - since < WITHOUT_PROGRESS_SECONDS, machinery.said()


def _judge(report: dict[str, float], folder: Path) -> None:
    assert report["lost"] == 0
    # Else the kills fell where nothing was to be lost, and prove nothing.
    assert report["lost_without_sweep"] == report["held_by_killed"] > 0
    named = {
        name for intake in Intake.objects.all() for name in (intake.thumbnail.name, intake.web.name)
    }
    lying = {
        str(path.relative_to(folder / "media"))
        for path in (folder / "media" / "previews").rglob("*")
        if path.is_file()
    }
    assert len(named) == 2 * report["files"]
    assert lying == named
    for stored in StoredFile.objects.all():
        with stored.file.open("rb") as original:
            assert sha256_hex(original.read()) == stored.sha256


@pytest.mark.real_clock
@pytest.mark.django_db(transaction=True)
def test_three_kills_lose_no_file_and_leave_no_preview_twice(tmp_path: Path) -> None:
    _judge(run_drill(tmp_path, files=16, kills=3, workers=1), tmp_path)


@pytest.mark.drill
@pytest.mark.django_db(transaction=True)
def test_dozens_of_kills_lose_no_file_and_leave_no_preview_twice(tmp_path: Path) -> None:
    files = int(os.environ.get("DRILL_FILES", "300"))
    kills = int(os.environ.get("DRILL_KILLS", "40"))

    _judge(run_drill(tmp_path, files=files, kills=kills, workers=2), tmp_path)
