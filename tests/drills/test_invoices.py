"""Numbers of invoices while many processes issue at once and take part of it back.

Real processes issue drafts of one shop through the service; every fifth attempt or so is rolled
back after its number was taken. No number may be missing afterwards, none may be given twice.
"""

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter as Tally
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from invoices.models import Invoice, InvoiceLine
from invoices.services import issuing
from invoices.states import InvoiceStatus
from shopdisputes.audit import services as audit
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.shops import numbering
from shopdisputes.shops.models import Counter, Shop
from tests.factories import ADVISOR, NOW, InvoiceFactory

_ROOT = Path(__file__).resolve().parents[2]
_WORK = (
    "import django; django.setup();"
    " from tests.drills.test_invoices import issue_share; issue_share()"
)
#: How many attempts in a hundred are taken back after they got their number.
_TAKEN_BACK_PERCENT = 20


class TakenBack(Exception):
    """Something that goes wrong after an invoice was issued, in the same transaction."""


def make_drafts(count: int) -> Shop:
    """Write drafts of one shop that only wait to be issued; a manager let each line pass."""
    passed = {"override_reason": "Agreed.", "override_by": "Olga Owner", "override_at": NOW}
    first = InvoiceFactory(lines=[passed])
    line = first.lines.get()
    order = first.repair_order
    orders, drafts, lines = [], [], []
    for number in range(2, count + 1):
        visit = copy_of(order, number=f"RO-DRILL-{number}")
        draft = copy_of(first, repair_order=visit)
        orders.append(visit)
        drafts.append(draft)
        lines.append(copy_of(line, invoice=draft))
    RepairOrder.objects.bulk_create(orders)
    Invoice.objects.bulk_create(drafts)
    InvoiceLine.objects.bulk_create(lines)
    return first.shop


def copy_of(row: Any, **changes: Any) -> Any:
    """Return an unsaved copy of a row with a key of its own."""
    names = [field.attname for field in row._meta.concrete_fields if not field.primary_key]
    return type(row)(**({name: getattr(row, name) for name in names} | changes_of(row, changes)))


def changes_of(row: Any, changes: dict[str, Any]) -> dict[str, Any]:
    """Return changes by the names of columns."""
    return {
        row._meta.get_field(name).attname: getattr(value, "pk", value)
        for name, value in changes.items()
    }


def largest_and_one(*, shop: Shop, series: str, year: int) -> str:
    """Number as it must not be done: the largest number that can be seen, and one more."""
    prefix = f"{series}-{year}-"
    seen = Invoice.objects.for_shop(shop).filter(number__startswith=prefix)
    last = max(
        (int(number.removeprefix(prefix)) for number in seen.values_list("number", flat=True)),
        default=0,
    )
    time.sleep(0.02)
    return f"{prefix}{last + 1:04d}"


def issue_share() -> None:
    """Issue every draft of a process's share; print what happened. Runs in a process of its own."""
    keys = [UUID(key) for key in json.loads(os.environ["DRILL_SHARE"])]
    chance = random.Random(os.environ["DRILL_SEED"])
    if os.environ["DRILL_NUMBERING"] == "largest_and_one":
        numbering.next_number = largest_and_one
    told: Tally[str] = Tally(issued=0, taken_back=0, refused=0)
    for key in keys:
        goes_wrong = chance.random() * 100 < _TAKEN_BACK_PERCENT
        if goes_wrong:
            told[attempt(key, goes_wrong=True)] += 1
        told[attempt(key, goes_wrong=False)] += 1
    print(json.dumps(told))


def attempt(key: UUID, *, goes_wrong: bool) -> str:
    """Issue one draft, or begin to, and say what came of it."""
    try:
        with transaction.atomic():
            issuing.issue(
                invoice=Invoice.objects.get(pk=key), by_email=False, by=ADVISOR, at=timezone.now()
            )
            if goes_wrong:
                raise TakenBack
    except TakenBack:
        return "taken_back"
    except IntegrityError:
        # The database has the last word on numbers given twice.
        return "refused"
    return "issued"


def run_drill(
    *, drafts: int, processes: int, numbered: Callable[..., str] = numbering.next_number
) -> dict[str, Any]:
    """Let ``processes`` issue ``drafts`` of one shop, and count."""
    shop = make_drafts(drafts)
    keys = [str(key) for key in Invoice.objects.order_by("pk").values_list("pk", flat=True)]
    # The drafts are due two weeks after the tests' day, which is long over.
    Invoice.objects.update(due_on=timezone.now().date().replace(year=timezone.now().year + 1))
    begun = time.monotonic()
    running = [
        _start(keys[index::processes], seed=index, numbered=numbered) for index in range(processes)
    ]
    told: Tally[str] = Tally()
    for process in running:
        output, errors = process.communicate(timeout=1200)
        assert process.returncode == 0, errors[-3000:]
        told.update(json.loads(output.splitlines()[-1]))
    seconds = time.monotonic() - begun
    numbers = [
        int(number.rpartition("-")[2])
        for number in Invoice.objects.for_shop(shop)
        .filter(status=InvoiceStatus.ISSUED)
        .values_list("number", flat=True)
    ]
    report = {
        "drafts": drafts,
        "processes": processes,
        **told,
        "gaps": len(set(range(1, max(numbers) + 1)) - set(numbers)),
        "doubles": len(numbers) - len(set(numbers)),
        "broken_links_of_the_audit_chain": len(list(audit.broken_events(shop))),
        "issued_a_second": round(told["issued"] / seconds, 1),
        "seconds": round(seconds, 1),
    }
    print(f"\ninvoices drill: {json.dumps(report)}")
    return report


def _start(keys: list[str], *, seed: int, numbered: Callable[..., str]) -> "subprocess.Popen[str]":
    database = connection.settings_dict
    environment = os.environ | {
        "DATABASE_URL": (
            f"postgresql://{database['USER']}@{database['HOST']}:{database['PORT']}"
            f"/{database['NAME']}"
        ),
        "DJANGO_SETTINGS_MODULE": "shopdisputes.settings.test",
        "DRILL_SHARE": json.dumps(keys),
        "DRILL_SEED": str(seed),
        "DRILL_NUMBERING": numbered.__name__,
    }
    return subprocess.Popen(
        [sys.executable, "-c", _WORK],
        env=environment,
        cwd=_ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _judge(report: dict[str, Any]) -> None:
    assert (report["gaps"], report["doubles"], report["refused"]) == (0, 0, 0)
    assert report["issued"] == report["drafts"]
    # Else nothing was taken back, and the numbers prove nothing.
    assert report["taken_back"] > 0
    assert report["broken_links_of_the_audit_chain"] == 0
    assert Counter.objects.get(series="INV").last == report["drafts"]
    assert Invoice.objects.filter(balance=Decimal("120.00")).count() == report["drafts"]


@pytest.mark.real_clock
@pytest.mark.django_db(transaction=True)
def test_two_processes_leave_no_gap_and_no_double() -> None:
    _judge(run_drill(drafts=30, processes=2))


@pytest.mark.real_clock
@pytest.mark.django_db(transaction=True)
def test_the_largest_number_and_one_would_be_given_twice() -> None:
    report = run_drill(drafts=12, processes=2, numbered=largest_and_one)
    assert report["refused"] > 0
    assert report["issued"] < report["drafts"]


@pytest.mark.drill
@pytest.mark.django_db(transaction=True)
def test_eight_processes_leave_no_gap_and_no_double() -> None:
    _judge(
        run_drill(
            drafts=int(os.environ.get("DRILL_INVOICES", "2000")),
            processes=int(os.environ.get("DRILL_PROCESSES", "8")),
        )
    )
