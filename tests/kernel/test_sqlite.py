"""The embedded database keeps the same promises: frozen rows, gap-free numbers, no lost writes."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

#: Runs in processes of their own, because the tests' own database is PostgreSQL.
WRITER = """
import json, sys
import django
django.setup()
from datetime import datetime, UTC
from django.db import IntegrityError, transaction
from shopdisputes.actors import SYSTEM
from shopdisputes.audit import services as audit
from shopdisputes.audit.models import AuditEvent
from shopdisputes.shops.models import Shop
from shopdisputes.shops.numbering import next_number

now = datetime(2026, 11, 23, 9, tzinfo=UTC)
shop = Shop.objects.get(slug="embedded")
numbers = []
for turn in range(int(sys.argv[1])):
    try:
        with transaction.atomic():
            number = next_number(shop=shop, series="EST", year=2026)
            audit.record(shop=shop, action="shop.changed", target=shop, by=SYSTEM, at=now)
            if turn % 5 == 0:
                raise KeyError
            numbers.append(number)
    except KeyError:
        pass
refused = []
for change in ("update", "delete"):
    try:
        rows = AuditEvent.objects.filter(sequence=1)
        rows.update(actor_name="X") if change == "update" else rows.delete()
    except IntegrityError as error:
        refused.append(str(error))
broken = list(audit.broken_events(shop)) if sys.argv[2] == "verify" else []
print(json.dumps({"numbers": numbers, "refused": refused, "broken": broken}))
"""
SETUP = """
import django
django.setup()
from datetime import datetime, UTC
from shopdisputes.shops.models import Shop
Shop.objects.create(name="Embedded", slug="embedded", country="FR", language="en",
                    currency="EUR", timezone="Europe/Paris", created_at=datetime.now(UTC))
"""


def _environment(folder: Path) -> dict[str, str]:
    return os.environ | {
        "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "shopdisputes.settings.test",
    }


def _start(folder: Path, script: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        env=_environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _finish(process: subprocess.Popen[str]) -> str:
    output, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    return output


@pytest.fixture
def folder(tmp_path: Path, embedded_database: Path) -> Path:
    """A folder with a migrated SQLite file and one shop in it."""
    shutil.copyfile(embedded_database, tmp_path / "db.sqlite3")
    _finish(_start(tmp_path, SETUP))
    return tmp_path


def test_four_writers_at_once_lose_nothing_and_leave_no_gap(folder: Path) -> None:
    writers = [_start(folder, WRITER, "50", "no") for _ in range(4)]
    results = [json.loads(_finish(writer)) for writer in writers]
    numbers = sorted(number for result in results for number in result["numbers"])
    assert numbers == [f"EST-2026-{position:04d}" for position in range(1, 161)]
    final = json.loads(_finish(_start(folder, WRITER, "0", "verify")))
    assert final["broken"] == []


def test_frozen_rows_are_refused_there_too(folder: Path) -> None:
    result = json.loads(_finish(_start(folder, WRITER, "2", "verify")))
    assert result["refused"] == ["audit_auditevent is frozen"] * 2
    assert result["broken"] == []
