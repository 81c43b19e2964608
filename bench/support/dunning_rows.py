"""What ``bench.dunning`` has done in the database; runs in Django's shell and prints JSON."""

import json
import os
import resource
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from bench.support import dunning_sending, million
from dunning.models import Reminder
from dunning.services import planning
from invoices.models import DunningPosition, Invoice
from shopdisputes import long_running
from shopdisputes.dates import local_day
from shopdisputes.outbox import ringing
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.shops.models import Shop
from tests.factories import LadderFactory

_REMINDERS = Reminder._meta.db_table
_EMAILS = OutgoingEmail._meta.db_table
_POSITIONS = DunningPosition._meta.db_table
_MOVED = (
    *("cycle", "base_on", "begun_on", "reached_key", "reached_offset", "pay_by", "look_on"),
    *("next_key", "ended_at"),
)

#: A tenth of each shop's invoices has been due for three days, the others are not due for weeks.
_STANDING = """
SELECT invoice.id, shop_id, customer_id, %(today)s::date + CASE
    WHEN place.nth <= %(shops)s AND right(number, 5)::int <= %(due)s THEN -3
    ELSE 20 + (right(number, 5)::int %% 60) END AS base_on
FROM invoices_invoice invoice
JOIN (SELECT id AS shop, row_number() OVER (ORDER BY id) AS nth FROM shops_shop) place
    ON place.shop = shop_id
"""
_STAND = f"""
INSERT INTO {_POSITIONS} (id, shop_id, invoice_id, customer_id, cycle, base_on, begun_on, look_on,
    next_key, stopped_by, stop_reason)
SELECT id, shop_id, id, customer_id, 1, base_on, base_on - 14, base_on + 3, 2, '', ''
FROM ({_STANDING}) AS standing
"""  # noqa: S608 - names of our own tables
_STAND_BACK = f"""
UPDATE {_POSITIONS} AS old
SET base_on = new.base_on, begun_on = new.base_on - 14, look_on = new.base_on + 3, next_key = 2,
    reached_key = NULL, reached_offset = NULL
FROM ({_STANDING}) AS new
WHERE old.id = new.id AND (old.reached_key IS NOT NULL OR old.base_on <> new.base_on)
"""  # noqa: S608 - names of our own tables


def fill(*, shops: int, invoices: int) -> None:
    """Write the invoices, unless an earlier run has left them."""
    if not Invoice.objects.exists():
        million.fill(shops=shops, invoices=invoices, owed=True)
        for shop in Shop.objects.all():
            LadderFactory(shop=shop, default=True)
    window = Shop.objects.all()[0].send_window
    _say(open=Invoice.objects.open_items().count(), at=window.next_slot(timezone.now()).isoformat())


def reset(*, at: str, shops: int) -> None:
    """Take everything back to before the first run; a tenth of so many shops' invoices is due."""
    moment = datetime.fromisoformat(at)
    shop = Shop.objects.all()[0]
    each = Invoice.objects.for_shop(shop).count()
    facts = {
        "today": local_day(moment, zone=shop.zone),
        "shops": shops,
        "due": each // 10,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {_REMINDERS}, {_EMAILS} CASCADE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(_STAND_BACK if DunningPosition.objects.exists() else _STAND, facts)
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM ANALYZE {_POSITIONS}")
        cursor.execute("CHECKPOINT")
    _say(due=each // 10 * shops)


def plan(*, at: str, begin: float = 0.0) -> None:
    """Plan once; print the seconds, the counts, and by how much the memory grew at its peak.

    ``begin``: the moment (seconds since 1970) at which others begin as well.
    """
    moment = datetime.fromisoformat(at)
    # A worker runs for days: what it imports once does not count.
    for shop in Shop.objects.all()[:1]:
        shop.send_window.is_open(moment)
    ringing.ring()
    long_running.settle()
    before = _resident()
    counts: dict[str, int] = {}
    connection.ensure_connection()
    time.sleep(max(0.0, begin - time.time()))
    spent = _timed(lambda: counts.update(planning.plan(at=moment)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    _say(**spent, ended=time.time(), megabytes=round(max(0.0, peak - before), 1), **counts)


def set_aside(*, at: str, shops: int) -> None:
    """Keep the rows that planning wrote, and take everything back."""
    with connection.cursor() as cursor:
        for table in (_REMINDERS, _EMAILS, _POSITIONS):
            which = "WHERE reached_key IS NOT NULL" if table == _POSITIONS else ""
            cursor.execute(f"DROP TABLE IF EXISTS aside_{table}")
            copied = f"SELECT * FROM {table} {which}"  # noqa: S608 - our own tables
            cursor.execute(f"CREATE UNLOGGED TABLE aside_{table} AS {copied}")
            cursor.execute(f"ANALYZE aside_{table}")
    reset(at=at, shops=shops)


def write_again() -> None:
    """Have the database write the rows that were set aside, in one transaction."""
    changes = ", ".join(f"{name} = new.{name}" for name in _MOVED)
    statements = (
        f"INSERT INTO {_EMAILS} SELECT * FROM aside_{_EMAILS}",  # noqa: S608 - our own tables
        f"INSERT INTO {_REMINDERS} SELECT * FROM aside_{_REMINDERS}",  # noqa: S608 - our own
        f"UPDATE {_POSITIONS} AS old SET {changes} FROM aside_{_POSITIONS} AS new"  # noqa: S608
        " WHERE old.id = new.id",
    )

    @transaction.atomic
    def write() -> None:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    connection.ensure_connection()
    _say(**_timed(write))


def send() -> None:
    """Print what sending costs."""
    _say(**dunning_sending.measure())


def _timed(act: Callable[[], object]) -> dict[str, float]:
    """Return the seconds an act takes, and those of a processor, with the database's share.

    The latter say the same on a busy machine.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    begun, worked, served = time.perf_counter(), time.process_time(), _worked(backend)
    act()
    return {
        "seconds": round(time.perf_counter() - begun, 3),
        "own_cpu": round(time.process_time() - worked, 3),
        "database_cpu": round(_worked(backend) - served, 3),
    }


def _worked(pid: int) -> float:
    """Return the seconds of a processor that a process on this machine has had."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1024**2


def _say(**found: Any) -> None:
    print(json.dumps(found))
