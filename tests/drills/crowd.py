"""Thousands of overdue invoices, written within seconds: copies of one, made by the factories."""

import re
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from email.message import EmailMessage
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Model
from django.utils import timezone

from dunning.services import planning, texts
from invoices.models import DunningPosition, Invoice, InvoiceLine, LedgerEntry
from shopdisputes.customers.models import Customer, Vehicle
from shopdisputes.dates import local_day
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.shops.models import Shop
from tests.factories import DunningPositionFactory, InvoiceFactory, LadderFactory, ShopFactory
from tests.sink import Sink

_NUMBER = re.compile(r"D[0-9a-f]{8}-[0-9]{6}")
#: How the friendly reminder asks.
_ASKED = re.compile(r"Please pay €([0-9,]+\.[0-9]{2}) in")
_TOTAL = Decimal("120.00")
#: Overdue for so long, the friendly reminder of the usual ladder is due, and no other.
_OVERDUE_DAYS = 5
#: Of ten payers, one owes two invoices.
_INVOICES_OF_TEN_PAYERS = 11


def open_shop() -> Shop:
    """Return a shop where it is about noon now, whose reminders leave on any day of the year."""
    hours = timezone.now().hour - 12
    return ShopFactory(
        # The sign is the other way round in these names.
        timezone=f"Etc/GMT{hours:+d}" if hours else "Etc/GMT",
        send_days=list(range(7)),
        # No public holidays are known there.
        country="AQ",
    )


def overdue(shop: Shop, *, invoices: int, some_share: bool = True) -> None:
    """Give a shop open invoices of payers with an address, each due for one reminder by e-mail.

    ``some_share``: of ten payers, one owes two, whose reminders share a mail.
    """
    at = timezone.now()
    today = local_day(at, zone=ZoneInfo(shop.timezone))
    issued_at = at - timedelta(days=30)
    texts.install(shop=shop, at=at)
    LadderFactory(shop=shop, default=True)
    first = InvoiceFactory(
        shop=shop,
        issued=True,
        number=f"{_prefix(shop)}-000000",
        created_at=issued_at,
        due_on=today - timedelta(days=_OVERDUE_DAYS),
    )
    position = DunningPositionFactory(
        invoice=first,
        base_on=first.due_on,
        begun_on=local_day(issued_at, zone=shop.zone),
        look_on=today,
    )
    sharing = (invoices - 1) // _INVOICES_OF_TEN_PAYERS if some_share else 0
    _copy(first, position, invoices - 1, sharing=sharing)


def _copy(first: Invoice, position: DunningPosition, count: int, *, sharing: int) -> None:
    visit = first.repair_order
    payers = count - sharing
    payer = f"CASE WHEN copy > {payers} THEN copy - {payers} ELSE copy END"
    customer = _key("customer", first.shop, payer)
    own = {"id": _key("customer", first.shop, "copy")}
    _insert(
        Customer,
        visit.customer.pk,
        payers,
        own | {"name": "'Payer ' || copy", "email": "'payer' || copy || '@drill.example'"},
    )
    vehicle = _key("vehicle", first.shop, "copy")
    order = _key("order", first.shop, "copy")
    invoice = _key("invoice", first.shop, "copy")
    _insert(Vehicle, visit.vehicle.pk, count, {"id": vehicle, "customer_id": customer})
    _insert(
        RepairOrder,
        visit.pk,
        count,
        {
            "id": order,
            "vehicle_id": vehicle,
            "customer_id": customer,
            "number": "'RO-DRILL-' || copy",
        },
    )
    _insert(
        Invoice,
        first.pk,
        count,
        {
            "id": invoice,
            "repair_order_id": order,
            "customer_id": customer,
            "number": f"'{_prefix(first.shop)}-' || lpad(copy::text, 6, '0')",
        },
    )
    copies = ((InvoiceLine, first.lines.get().pk), (LedgerEntry, first.entries.get().pk))
    for model, template in copies:
        name = model.__name__.lower()
        changes = {"id": _key(name, first.shop, "copy"), "invoice_id": invoice}
        _insert(model, template, count, changes)
    _insert(
        DunningPosition,
        position.pk,
        count,
        {
            "id": _key("position", first.shop, "copy"),
            "invoice_id": invoice,
            "customer_id": customer,
        },
    )


def plan() -> None:
    """Have everything planned, and let the database know how much there is now.

    It would find that out by itself within a minute; until then it takes tables for empty.
    """
    planning.plan(at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def asked_for(sink: Sink) -> Counter[str]:
    """Return how often the mails that were taken name each invoice of a crowd, by its number."""
    return Counter(
        number for message in sink.messages() for number in set(_NUMBER.findall(_words(message)))
    )


def asks_too_much(message: EmailMessage, most: Mapping[str, Decimal]) -> bool:
    """Say whether a mail asks for more than ``most`` allows, or speaks of what is not owed.

    An invoice that is not in ``most`` may be asked for as a whole.
    """
    words = _words(message)
    asked = _ASKED.search(words)
    assert asked is not None, words
    allowed = [most.get(number, _TOTAL) for number in set(_NUMBER.findall(words))]
    return not all(allowed) or Decimal(asked[1].replace(",", "")) > sum(allowed)


def _words(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return f"{message['Subject']}\n{body.get_content()}"


def _prefix(shop: Shop) -> str:
    """Return how the numbers of a shop's invoices begin: no two shops have the same."""
    return f"D{shop.pk.hex[:8]}"


def _key(kind: str, shop: Shop, copy: str) -> str:
    """Return the SQL of the key of a copy, the same wherever it is spoken of."""
    return f"md5('{kind} {shop.pk} ' || {copy})::uuid"


def _insert(model: type[Model], template: object, count: int, changes: Mapping[str, str]) -> None:
    table = model._meta.db_table
    columns = [field.column for field in model._meta.concrete_fields]
    values = [changes.get(column, f'"{table}"."{column}"') for column in columns]
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{table}" ({", ".join(f"{chr(34)}{name}{chr(34)}" for name in columns)})'
            f' SELECT {", ".join(values)} FROM "{table}",'
            " generate_series(1, %s) AS copy"
            f' WHERE "{table}"."id" = %s',
            [count, template],
        )
