"""What ``bench.invoices`` measures; runs in Django's shell and prints one JSON object."""

import base64
import json
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.models import Count
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import reverse
from django.utils import timezone
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration

from bench.support import million
from invoices.models import Invoice, Payment
from invoices.services import drafting, issuing
from invoices.states import InvoiceKind
from shopdisputes.accounts.models import User
from shopdisputes.customers.models import Customer
from shopdisputes.documents import typesetting
from shopdisputes.documents.models import Document
from shopdisputes.shops.models import Shop
from tests.factories import ADVISOR, BillingSettingsFactory, ShopFactory, authorized_order

#: What is reached; worse makes the benchmark fail. Times are compared with those of a bare Django
#: list that is asked for in turn with the page, so that a slow or busy machine makes no difference.
MOST_OF_BARE = 2.0
#: Of a search in the list, which reads the words of every invoice of the shop.
MOST_OF_BARE_FOR_WORDS = 2.5
#: Of the search box, which asks for six kinds of things.
MOST_OF_BARE_FOR_ALL_KINDS = 3.0
#: Of a customer with hundreds of open invoices: all of them are added up.
MOST_OF_BARE_FOR_MANY = 5.0
MOST_DEEP = 1.3
MOST_COUNTED = 10_000

_WARM_UPS = 5


def issue(*, count: int) -> None:
    """Print how many invoices are issued a second by one process, with PDF queued and mail."""
    shop = ShopFactory()
    BillingSettingsFactory(shop=shop)
    at = timezone.now()
    drafts = [
        drafting.draft(
            repair_order=authorized_order(shop, opened_at=at),
            kind=InvoiceKind.FULL,
            by=ADVISOR,
            at=at,
        )
        for _number in range(count + _WARM_UPS)
    ]
    for draft in drafts[:_WARM_UPS]:
        issuing.issue(invoice=draft, by=ADVISOR, at=at)
    seconds = [
        _timed(lambda draft=draft: issuing.issue(invoice=draft, by=ADVISOR, at=at))
        for draft in drafts[_WARM_UPS:]
    ]
    _say(issued=count, a_second=round(count / sum(seconds), 1), ms=_ms(statistics.median(seconds)))


def typeset(*, runs: int) -> None:
    """Print what our PDF of an issued invoice costs, beside WeasyPrint alone on the same HTML."""
    at, fonts = timezone.now(), FontConfiguration()
    invoice = Invoice.objects.numbered().order_by("-created_at").select_related("document")[0]
    document = invoice.document
    assert isinstance(document, Document)

    def ours() -> None:
        typesetting.typeset(document, at=at)

    def alone() -> None:
        HTML(string=document.html).write_pdf(font_config=fonts)

    ours(), alone()
    mine, theirs = [], []
    for run in range(runs):
        # Each is first in every other run: what the one leaves in the caches helps the other.
        first, second = (ours, alone) if run % 2 else (alone, ours)
        taken = {first: _timed(first), second: _timed(second)}
        mine.append(taken[ours])
        theirs.append(taken[alone])
    ratios = [one / other for one, other in zip(mine, theirs, strict=True)]
    _say(
        pdf_seconds=round(statistics.median(mine), 3),
        weasyprint_alone_seconds=round(statistics.median(theirs), 3),
        ratio=round(statistics.median(ratios), 2),
        runs=runs,
    )


@dataclass(frozen=True)
class Page:
    """A page that is asked for; ``beside`` names the one whose time it is compared with."""

    name: str
    path: str
    beside: str = ""
    most_of_bare: float = MOST_OF_BARE


def fill(*, shops: int, invoices: int) -> None:
    """Write the invoices, unless an earlier run has left them."""
    if not Invoice.objects.exists():
        million.fill(shops=shops, invoices=invoices)


def pages(*, runs: int) -> None:
    """Print queries, times and the rows counted of the pages that have to stay quick."""
    owner = User.objects.get(email="owner@bench.example")
    client = Client()
    client.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
    shop = owner.memberships.select_related("shop").get().shop
    bare = f"/bare/?shop={shop.pk}"
    figures: dict[str, Any] = {}
    failed = set()
    with override_settings(ROOT_URLCONF="bench.support.bare"):
        for page in _pages(shop):
            figures[page.name] = found = _measure(client, page.path, beside=bare, runs=runs)
            if found["of_bare"] > page.most_of_bare or found["most_rows_counted"] > MOST_COUNTED:
                failed.add(page.name)
            if page.beside:
                found["ratio"] = round(found["ms"] / figures[page.beside]["ms"], 2)
                if found["ratio"] > MOST_DEEP:
                    failed.add(page.name)
    _say(invoices=Invoice.objects.count(), pages=figures, failed=sorted(failed))


def _pages(shop: Shop) -> Iterator[Page]:
    listed, searched = reverse("invoice-list"), reverse("search")
    invoices = Invoice.objects.for_shop(shop)
    owing = invoices.open_items()
    yield Page("list", listed)
    yield Page("list, deep", _deep(listed, invoices, "-created_at", "id"), "list")
    yield Page("by day due", f"{listed}?show=unpaid&sort=due")
    yield Page(
        "by day due, deep",
        _deep(f"{listed}?show=unpaid&sort=due", owing, "due_on", "id"),
        "by day due",
    )
    yield Page("overdue", f"{listed}?show=overdue")
    yield Page("paid", f"{listed}?show=paid")
    for name, words in {
        "a name": "girard",
        "a number": invoices.numbered().order_by("created_at")[0].number,
        "a plate": shop_plate(shop),
        "nothing": "nobody has this",
    }.items():
        path = f"{listed}?q={words}"
        yield Page(f"list, search for {name}", path, most_of_bare=MOST_OF_BARE_FOR_WORDS)
    yield Page("search box", f"{searched}?q=girard", most_of_bare=MOST_OF_BARE_FOR_ALL_KINDS)
    for name, wanted, most in (
        ("large", "-owed", MOST_OF_BARE_FOR_MANY),
        ("usual", "owed", MOST_OF_BARE),
    ):
        customer = (
            Customer.objects.for_shop(shop)
            .filter(invoices__balance__gt=0)
            .annotate(owed=Count("invoices"))
            .order_by(wanted, "id")[0]
        )
        address = reverse("customer-statement", args=[customer.pk])
        yield Page(f"statement, {name}", address, most_of_bare=most)
    paid = reverse("payment-list")
    yield Page("payments", paid)
    yield Page(
        "payments, deep",
        _deep(paid, Payment.objects.for_shop(shop), "-received_on", "-recorded_at", "id"),
        "payments",
    )


def shop_plate(shop: Shop) -> str:
    """A plate of the shop, as people type it."""
    return Invoice.objects.for_shop(shop).order_by("created_at")[0].repair_order.vehicle.plate


def _deep(path: str, rows: Any, *key: str) -> str:
    """The address of the page that begins after nine tenths of the rows."""
    row = rows.order_by(*key)[rows.count() * 9 // 10]
    values = [getattr(row, name.lstrip("-")) for name in key]
    values = [value.isoformat() if hasattr(value, "isoformat") else value for value in values]
    text = json.dumps(values, cls=DjangoJSONEncoder, separators=(",", ":"))
    token = base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()
    return f"{path}{'&' if '?' in path else '?'}after={token}"


def _measure(client: Client, path: str, *, beside: str, runs: int) -> dict[str, Any]:
    """Ask for a page and for the bare list in turn; return what the page takes."""
    for _number in range(_WARM_UPS):
        answer = client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        client.get(beside)
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    queries = list(captured.captured_queries)
    busy, seconds, bare = 0.0, [], []
    for _number in range(runs):
        begun = time.process_time()
        seconds.append(_timed(lambda: client.get(path)))
        busy += time.process_time() - begun
        bare.append(_timed(lambda: client.get(beside)))
    return {
        "queries": len(queries),
        "ms": _ms(statistics.median(seconds)),
        "ms_p95": _ms(_p95(seconds)),
        "bare_ms_p95": _ms(_p95(bare)),
        "of_bare": round(_p95(seconds) / _p95(bare), 2),
        # Of this process alone: what a busy machine does not change.
        "cpu_ms": _ms(busy / runs),
        "slowest_query_ms": _slowest(queries),
        "most_rows_counted": max(map(_rows_counted, queries), default=0),
    }


def _p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1]


def _slowest(queries: list[dict[str, str]]) -> float:
    return max((float(query["time"]) * 1000 for query in queries), default=0.0)


def _rows_counted(query: dict[str, str]) -> int:
    """How many rows a query adds up or counts, by what the database says it did."""
    if "COUNT(" not in query["sql"] and "SUM(" not in query["sql"]:
        return 0
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + query["sql"].replace("%", "%%"), [])
        plan = cursor.fetchone()[0]
    if isinstance(plan, str):
        plan = json.loads(plan)
    return max(_fed(plan[0]["Plan"]), default=0)


def _fed(node: dict[str, Any]) -> Iterator[int]:
    """Yield how many rows went into each aggregate of a plan."""
    for below in node.get("Plans", []):
        if node["Node Type"] == "Aggregate":
            yield int(below["Actual Rows"] * below["Actual Loops"])
        yield from _fed(below)


def _timed(act: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)


def _say(**figures: Any) -> None:
    assert not settings.DEBUG
    print(json.dumps(figures))
