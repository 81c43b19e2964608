"""What drills found, as one JSON each: printed, and kept in ``var/drills``.

``full`` is how ``./run drill`` runs one: only that goes into docs/guarantees.md. The short form
that is part of ``./run test`` is kept beside it, under a name of its own.
"""

import json
import os
import platform
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "var" / "drills"


def write(drill: str, figures: Mapping[str, Any], *, full: bool, variant: str = "") -> None:
    """Print a drill's figures and keep them with the day, the machine and the commit.

    ``variant`` names, in a word, a run that is meant to go wrong: the drill's own proof.
    """
    told = {
        "drill": drill,
        "variant": variant,
        "full": full,
        "figures": dict(figures),
        "date": datetime.now(tz=UTC).date().isoformat(),
        "machine": machine(),
        "commit": commit(),
        "command": f"./run drill {drill}" if full else "./run test tests/drills",
    }
    print(f"\n{drill} drill: {json.dumps(told)}")
    KEPT.mkdir(parents=True, exist_ok=True)
    name = "-".join(part for part in (drill, variant, "" if full else "short") if part)
    file = KEPT / f"{name}.json"
    file.write_text(json.dumps(told, indent=2) + "\n")


def machine() -> str:
    """Say on what it ran, without the machine's name."""
    server = connection.pg_version if connection.vendor == "postgresql" else 0
    gigabytes = round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1024**3)
    return (
        f"{os.cpu_count()} cores, {gigabytes} GB, {platform.system()} {platform.machine()},"
        f" Python {platform.python_version()}, PostgreSQL {server // 10000}.{server % 10000}"
    )


def commit() -> str:
    """Return the commit that ran; a plus sign says that something was changed since."""
    asked = ["git", "describe", "--always", "--abbrev=10", "--dirty=+", "--exclude=*"]
    told = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    return told.stdout.strip() or "unknown"
