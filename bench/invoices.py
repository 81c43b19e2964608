"""What issuing, typesetting and listing invoices cost, the last among a million of them.

``./run bench invoices [INVOICES]`` measures on PostgreSQL, in a database of its own: how many
invoices one process issues a second; what our PDF of one costs beside WeasyPrint alone on the
same HTML, fonts looked up once in both; and, over 1,000,000 invoices in 100 shops (or as many as
are told), each page that lists, searches or states them: its number of queries, its time, how
much longer it takes than a bare Django list and a deep page than the first one, and the most
rows that any of its queries adds up. It prints one JSON object for each part and fails when one
of them is worse than it may be.

With BENCH_DATABASE set to a name, that database is filled once and kept for the next run.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from bench.support.server import ROOT, database

_SHOPS = 100
#: What is reached; more makes the benchmark fail.
MOST_RATIO = 1.1


@contextmanager
def kept_database(name: str) -> Iterator[str]:
    """The database of that name, made when it is not there; it stays."""
    given = os.environ["DATABASE_URL"].rpartition("/")[0]
    with psycopg.connect(f"{given}/postgres", autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if known.fetchone() is None:
            connection.execute(f'CREATE DATABASE "{name}"')
    yield f"{given}/{name}"


def run(address: str, folder: str, command: str) -> dict[str, Any]:
    """Run a part of the measuring in a process of its own and return what it found."""
    shell = [*("shell", "--verbosity", "0", "--command")]
    arguments = [*shell, f"from bench.support import billing; billing.{command}"]
    found = manage(address, folder, *arguments).splitlines()
    for line in found:
        print(line, flush=True)
    return json.loads(found[-1]) if found and found[-1].startswith("{") else {}


def manage(address: str, folder: str, *arguments: str) -> str:
    """Run a command of the product on the database at ``address``."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        env=os.environ
        | {
            "DJANGO_SETTINGS_MODULE": "shopdisputes.settings.test",
            "DATABASE_URL": address,
            "DATA_DIR": folder,
            "STORAGE_URL": f"file://{folder}/media",
        },
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(done.stderr)
    return done.stdout


def main() -> int:
    """Print the figures; 1 when one of them is worse than it may be."""
    invoices = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    kept = os.environ.get("BENCH_DATABASE", "")
    with tempfile.TemporaryDirectory(prefix="shopdisputes-bench-") as folder:
        with database() as address:
            manage(address, folder, "migrate", "--verbosity", "0")
            run(address, folder, "issue(count=100)")
            typeset = run(address, folder, "typeset(runs=15)")
        with kept_database(kept) if kept else database() as address:
            manage(address, folder, "migrate", "--verbosity", "0")
            run(address, folder, f"fill(shops={_SHOPS}, invoices={invoices // _SHOPS})")
            pages = run(address, folder, "pages(runs=100)")
    return int(typeset["ratio"] > MOST_RATIO or bool(pages["failed"]))


if __name__ == "__main__":
    sys.exit(main())
