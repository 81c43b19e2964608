"""What a reminder mail speaks of, read twice: when it is worded, and behind the locks.

One statement reads everything by which the mail's words and its leave were decided. When it
answers the same behind the locks, what was decided still holds, and nothing is decided anew.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.utils.dateparse import parse_date, parse_datetime

from shopdisputes import prepared
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.prepared import Statement


class Line(NamedTuple):
    """A reminder in a mail, with one of the holds on its invoice or none."""

    email: UUID
    reminder: UUID
    invoice: UUID
    customer: UUID
    amount: Decimal
    step_key: int
    cycle: int
    pay_by: date | None
    template: str
    offset_days: int
    fee_rule: str
    pay_within_days: int
    number: str
    reference: str
    currency: str
    due_on: date
    repair_order: UUID
    status: str
    balance: Decimal
    position_cycle: int
    reached_offset: int | None
    stopped_at: datetime | None
    base_on: date
    customer_name: str
    customer_email: str
    customer_language: str
    excluded: bool
    paused_at: datetime | None
    hold: Any
    hold_amount: Decimal | None
    unallocated: Decimal
    #: When another mail to the same payer was handed over last.
    handed_at: datetime | None


_LINES = """
SELECT r.email_id, r.id, r.invoice_id, r.customer_id, r.amount, r.step_key, r.cycle, r.pay_by,
    st.template, st.offset_days, st.fee_rule, st.pay_within_days,
    i.number, i.reference, i.currency, i.due_on, i.repair_order_id, i.status, i.balance,
    d.cycle, d.reached_offset, d.stopped_at, d.base_on,
    c.name, c.email, c.language,
    cl.id IS NOT NULL AND cl.ladder_id IS NULL, ds.paused_at,
    h.id, h.amount,
    (SELECT coalesce(sum(p.unallocated), 0) FROM invoices_payment p
        WHERE p.shop_id = r.shop_id AND p.customer_id = r.customer_id
        AND p.unallocated > 0 AND p.annulled_at IS NULL),
    (SELECT max(o.handed_at) FROM outbox_outgoingemail o
        WHERE o.customer_id = r.customer_id AND o.kind = 'reminder' AND o.id <> r.email_id
        AND o.status IN ('handing', 'sent', 'in_doubt'))
FROM dunning_reminder r
JOIN dunning_step st ON st.id = r.step_id
JOIN invoices_invoice i ON i.id = r.invoice_id
JOIN invoices_dunningposition d ON d.invoice_id = r.invoice_id
JOIN customers_customer c ON c.id = r.customer_id
LEFT JOIN dunning_customerladder cl ON cl.customer_id = r.customer_id
LEFT JOIN dunning_dunningsettings ds ON ds.shop_id = r.shop_id
LEFT JOIN invoices_hold h ON h.invoice_id = r.invoice_id AND h.released_at IS NULL
WHERE r.email_id {which} AND r.status = 'queued'
ORDER BY r.email_id, i.due_on, i.number, r.id, h.id
"""
_READ = _LINES.format(which="= ANY(%s)")
#: A plan for one key is never worth making anew; one for a list always seems to be.
_READ_ONE = _LINES.format(which="= %s")
#: One after the other, in this order, each answer being asked for in turn.
#: The invoices, against services, which change them behind FOR UPDATE. Their keys stay free, for
#: who only points to an invoice waits for nothing here, and nobody here waits for him.
#: The payer, against another mail to him, and against money of his that comes in: a new payment
#: points to its payer, which takes the key's lock when it commits. After the invoices, because
#: whoever commits such a payment may hold theirs.
#: The shop's switch; the planner, which holds the same row, should lock no key.
_LOCKS = """
WITH invoice AS MATERIALIZED (
    SELECT id FROM invoices_invoice WHERE id {which} ORDER BY id FOR NO KEY UPDATE
), payer AS MATERIALIZED (
    SELECT id FROM customers_customer WHERE id = %s FOR UPDATE
), switch AS MATERIALIZED (
    SELECT id FROM dunning_dunningsettings WHERE shop_id = %s FOR KEY SHARE
)
SELECT (SELECT count(*) FROM invoice), (SELECT count(*) FROM payer), (SELECT count(*) FROM switch)
"""
_LOCK = _LOCKS.format(which="= ANY(%s)")
_LOCK_ONE = _LOCKS.format(which="= %s")
#: Where invoices stand, for a mail that moves it: between the invoices and the payer, whom the
#: planner names while it holds positions.
_INVOICES = "SELECT id FROM invoices_invoice WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
_POSITIONS = """
SELECT id FROM invoices_dunningposition WHERE invoice_id = ANY(%s)
ORDER BY invoice_id FOR NO KEY UPDATE
"""

_UUIDS = ("email", "reminder", "invoice", "customer", "repair_order")
_DAYS = ("pay_by", "due_on", "base_on")
_MOMENTS = ("stopped_at", "paused_at", "handed_at")


def read(emails: Sequence[OutgoingEmail]) -> dict[UUID, tuple[Line, ...]]:
    """Return the lines of each mail by its key; a mail without planned reminders has none."""
    found: dict[UUID, list[Line]] = defaultdict(list)
    for row in prepared.fetch(_READ, [[email.pk for email in emails]]):
        line = _line(row)
        found[line.email].append(line)
    return {email.pk: tuple(found[email.pk]) for email in emails}


def read_behind_locks(
    email: OutgoingEmail, *, invoices: Sequence[UUID], moved: Sequence[UUID], customer: UUID
) -> tuple[Line, ...]:
    """Return the lines of one mail as they are once nobody else can change what they say.

    ``moved`` are the invoices of which the caller writes where they stand. Waits for everybody who
    is changing any of it, and has others wait until the transaction ends. Where locks do nothing
    (SQLite) there is one writer at a time.
    """
    locks = _locks(invoices=invoices, moved=moved, customer=customer, shop=email.shop_id)
    return tuple(_line(row) for row in prepared.fetch_after(locks, _READ_ONE, [email.pk]))


def _locks(
    *, invoices: Sequence[UUID], moved: Sequence[UUID], customer: UUID, shop: UUID
) -> list[Statement]:
    if not connection.features.has_select_for_update:
        return []
    first: list[Statement] = []
    if moved:
        first = [(_INVOICES, [list(invoices)]), (_POSITIONS, [list(moved)])]
    if len(invoices) == 1:
        return [*first, (_LOCK_ONE, [invoices[0], customer, shop])]
    return [*first, (_LOCK, [list(invoices), customer, shop])]


def _line(row: Sequence[Any]) -> Line:
    return Line(*row) if connection.features.has_native_uuid_field else _from_text(row)


def _from_text(row: Sequence[Any]) -> Line:
    """Convert what a database keeps as text (SQLite)."""
    line = Line(*row)
    converted: dict[str, Any] = {name: UUID(getattr(line, name)) for name in _UUIDS}
    converted |= {name: _day(getattr(line, name)) for name in _DAYS}
    converted |= {name: _moment(getattr(line, name)) for name in _MOMENTS}
    return line._replace(**converted)


def _day(value: date | str | None) -> date | None:
    """Return a day: SQLite's driver converts a plain column itself, an expression it does not."""
    return parse_date(value) if isinstance(value, str) else value


def _moment(value: datetime | str | None) -> datetime | None:
    found = parse_datetime(value) if isinstance(value, str) else value
    return found.replace(tzinfo=UTC) if found is not None else None
