"""What planning reminders costs, and sending them, among a million open invoices.

``./run bench dunning`` measures on PostgreSQL, in a database of its own with 1,000,000 open
invoices in 100 shops of which a tenth is due (BENCH_SCALE=0.1: in a tenth of the shops): planning
by the two workers between whom the clockwork shares it, beside the database writing the very same
rows by ``INSERT … SELECT`` and ``UPDATE … FROM``; by one worker alone; a second run right after
the first; the time of an invoice and the memory beside those of a tenth of the work; and sending,
beside a plain Django transaction a mail and raw SMTP, with the same mails. It prints one JSON
object, names on standard error what missed its limit, and fails when anything did. Seconds of a
processor say the same on a busy machine, seconds by the wall do not: both are shown, and limits
are judged by what they name.

With BENCH_DATABASE set to a name, that database is filled once and kept for the next run.
"""

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bench.invoices import kept_database, manage
from bench.support.server import database

_SHOPS = 100
_EACH = 10_000
_ROUNDS = 3
#: As many planners as the clockwork rings for at once, and the time that their start may take.
_PLANNERS = 2
_READY_SECONDS = 10.0
#: What is reached; worse makes the benchmark fail.
MOST_OF_RAW = 2.5
MOST_SECOND_RUN = 0.05
MOST_OF_SMALL = 1.3
MOST_MEGABYTES = 150
#: Beside a plain Django transaction a mail: the machine that these were set on did 238 of those a
#: second at 3.7 ms, and 300 reminders a second at 3 ms of a processor were asked for.
LEAST_OF_PLAIN = 300 / 238
MOST_CPU_OF_PLAIN = 3.0 / 3.7


def run(address: str, folder: str, command: str) -> dict[str, Any]:
    """Run a part of the measuring in a process of its own and return what it found."""
    code = f"from bench.support import dunning_rows; {command}"
    told = manage(address, folder, "shell", "--verbosity", "0", "--command", code).splitlines()
    found: dict[str, Any] = json.loads(told[-1])
    print(command, found, file=sys.stderr, flush=True)
    return found


def plan_together(address: str, folder: str, *, at: str) -> dict[str, Any]:
    """Let all planners begin at the same moment; return what they did and cost together."""
    begin = time.time() + _READY_SECONDS
    command = f"dunning_rows.plan(at='{at}', begin={begin})"
    with ThreadPoolExecutor() as pool:
        parts = [pool.submit(run, address, folder, command) for _planner in range(_PLANNERS)]
        found = [part.result() for part in parts]
    summed = ("own_cpu", "database_cpu", "megabytes", "planned", "mails")
    return {
        "seconds": max(each["ended"] for each in found) - begin,
        **{name: round(sum(each[name] for each in found), 3) for name in summed},
    }


def plan(address: str, folder: str, *, shops: int) -> dict[str, Any]:
    """Measure everything about planning."""
    filled = run(address, folder, f"dunning_rows.fill(shops={shops}, invoices={_EACH})")
    at = filled["at"]
    rounds: list[dict[str, Any]] = []
    for _round in range(_ROUNDS):
        run(address, folder, f"dunning_rows.reset(at='{at}', shops={shops})")
        alone = run(address, folder, f"dunning_rows.plan(at='{at}')")
        second = run(address, folder, f"dunning_rows.plan(at='{at}')")
        run(address, folder, f"dunning_rows.set_aside(at='{at}', shops={shops})")
        raw = run(address, folder, "dunning_rows.write_again()")
        run(address, folder, f"dunning_rows.reset(at='{at}', shops={shops})")
        first = plan_together(address, folder, at=at)
        run(address, folder, f"dunning_rows.reset(at='{at}', shops={shops // 10})")
        small = run(address, folder, f"dunning_rows.plan(at='{at}')")
        rounds.append(
            {"first": first, "alone": alone, "second": second, "raw": raw, "small": small}
        )

    def middle(ratio: Any) -> float:
        return round(statistics.median(ratio(each) for each in rounds), 3)

    return {
        "open_invoices": filled["open"],
        "planned": rounds[0]["first"]["planned"],
        "mails": rounds[0]["first"]["mails"],
        "seconds": middle(lambda each: each["first"]["seconds"]),
        "raw_seconds": middle(lambda each: each["raw"]["seconds"]),
        "of_raw": middle(lambda each: each["first"]["seconds"] / each["raw"]["seconds"]),
        "of_raw_alone": middle(lambda each: each["alone"]["seconds"] / each["raw"]["seconds"]),
        "of_raw_cpu": middle(lambda each: _cpu(each["first"]) / _cpu(each["raw"])),
        "cpu_seconds": middle(lambda each: _cpu(each["first"])),
        "second_run": middle(lambda each: each["second"]["seconds"] / each["alone"]["seconds"]),
        "of_small_per_invoice": middle(
            lambda each: (
                (each["alone"]["seconds"] / each["alone"]["planned"])
                / (each["small"]["seconds"] / each["small"]["planned"])
            )
        ),
        "megabytes": middle(lambda each: each["first"]["megabytes"]),
        "megabytes_small": middle(lambda each: each["small"]["megabytes"]),
    }


def _cpu(found: dict[str, Any]) -> float:
    """The seconds of a processor, with the database's share."""
    return float(found["own_cpu"] + found["database_cpu"])


def main() -> int:
    """Print the figures; 1 when one of them is worse than it may be."""
    scale = float(os.environ.get("BENCH_SCALE", "1"))
    kept = os.environ.get("BENCH_DATABASE", "")
    with tempfile.TemporaryDirectory(prefix="shopdisputes-bench-") as folder:
        with database() as address:
            manage(address, folder, "migrate", "--verbosity", "0")
            sending = run(address, folder, "dunning_rows.send()")
        with kept_database(kept) if kept else database() as address:
            manage(address, folder, "migrate", "--verbosity", "0")
            planning = plan(address, folder, shops=max(10, round(_SHOPS * scale)))
    missed = list(_missed(planning, sending))
    for line in missed:
        print(f"missed: {line}", file=sys.stderr, flush=True)
    print(json.dumps({"planning": planning, "sending": sending, "missed": missed}))
    return int(bool(missed))


def _missed(planning: dict[str, Any], sending: dict[str, Any]) -> Iterator[str]:
    """Name each figure that is worse than it may be."""
    for found, name, most in (
        (planning, "of_raw", MOST_OF_RAW),
        (planning, "second_run", MOST_SECOND_RUN),
        (planning, "of_small_per_invoice", MOST_OF_SMALL),
        (planning, "megabytes", MOST_MEGABYTES),
        (sending, "cpu_of_plain", MOST_CPU_OF_PLAIN),
    ):
        if found[name] > most:
            yield f"{name} is {found[name]}, at most {most:.2f}"
    if sending["of_plain"] < LEAST_OF_PLAIN:
        yield f"of_plain is {sending['of_plain']}, at least {LEAST_OF_PLAIN:.2f}"


if __name__ == "__main__":
    sys.exit(main())
