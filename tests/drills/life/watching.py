"""What must hold after whatever was done: seen with a handful of statements for one shop."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import chain
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection
from django.db.models import Model

from disputes.models import (
    Chargeback,
    DisputeCase,
    DisputeItem,
    FollowUp,
    Offer,
    ResolverAnswer,
    ReworkRequest,
)
from dunning.models import Fee, Reminder
from estimates.models import EstimateRevision
from invoices import collecting
from invoices.models import Claim, Hold, Invoice, Payment, PaymentPlan, Promise, StopWork
from invoices.states import InvoiceKind, InvoiceStatus
from shopdisputes.ops import invariants
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.shops.models import Shop, ShopOwned
from shopdisputes.web.contributions import contributions

#: How a row is told from others of its kind, in SQL.
_INVOICE = (
    "CASE WHEN kind = 'credit_note' THEN 'credit_note'"
    " WHEN status <> 'issued' THEN status WHEN balance > 0 THEN 'owed' ELSE 'paid' END"
)
_PAYMENT = (
    "CASE WHEN annulled_at IS NOT NULL THEN 'annulled'"
    " WHEN unallocated > 0 THEN 'free' ELSE 'used' END"
)
_STOP = (
    "CASE WHEN lifted_at IS NOT NULL THEN 'lifted'"
    " WHEN option = 'undecided' THEN 'open' ELSE 'chosen' END"
)
_HOLD = "CASE WHEN released_at IS NOT NULL THEN 'released' ELSE kind END"
_KINDS: Sequence[tuple[type[Model], str]] = (
    (RepairOrder, "status"),
    (EstimateRevision, "status"),
    (StopWork, _STOP),
    (Invoice, _INVOICE),
    (Payment, _PAYMENT),
    (Promise, "status"),
    (PaymentPlan, "status"),
    (Claim, "status"),
    (Hold, _HOLD),
    (Reminder, "status || ' ' || channel"),
    (Fee, "status"),
    (OutgoingEmail, "status"),
    (DisputeCase, "status"),
    (DisputeItem, "state"),
    (FollowUp, "status"),
    (ResolverAnswer, "status"),
    (Offer, "status || ' ' || side"),
    (ReworkRequest, "status"),
    (Chargeback, "status || ' ' || funds"),
)
# In the order of keys: that in which rows lie on the disk differs from one life to the next.
_SEEN = (
    " UNION ALL ".join(
        f"SELECT '{model.__name__}', id, {state} FROM {model._meta.db_table}"
        " WHERE shop_id = %(shop)s"
        for model, state in _KINDS
    )
    + " ORDER BY 2"
)
#: One row for each sentence that is true of something, which it never must be.
_BROKEN = """
SELECT 'the balance of ' || i.number || ' is not the sum of its entries'
    FROM invoices_invoice i LEFT JOIN invoices_ledgerentry e ON e.invoice_id = i.id
    WHERE i.shop_id = %(shop)s GROUP BY i.id HAVING i.balance <> coalesce(sum(e.amount), 0)
UNION ALL
SELECT i.number || ': an entry says another balance than the entries up to it make'
    FROM (SELECT invoice_id, balance, sequence,
            sum(amount) OVER (PARTITION BY invoice_id ORDER BY sequence) AS made,
            row_number() OVER (PARTITION BY invoice_id ORDER BY sequence) AS place
        FROM invoices_ledgerentry WHERE shop_id = %(shop)s) e
    JOIN invoices_invoice i ON i.id = e.invoice_id
    WHERE e.balance <> e.made OR e.balance < 0 OR e.sequence <> e.place
UNION ALL
SELECT i.number || ' still owes, but has ended'
    FROM invoices_invoice i WHERE i.shop_id = %(shop)s AND i.balance <> 0
    AND (i.status <> 'issued' OR i.kind = 'credit_note')
UNION ALL
SELECT p.number || ': its parts do not make it'
    FROM invoices_payment p LEFT JOIN invoices_ledgerentry e ON e.payment_id = p.id
    WHERE p.shop_id = %(shop)s GROUP BY p.id
    HAVING p.unallocated + p.refunded + p.charged_back - coalesce(sum(e.amount), 0) <> p.amount
UNION ALL
SELECT p.number || ': more was given back than came in, or a part is below zero'
    FROM invoices_payment p WHERE p.shop_id = %(shop)s
    AND (p.refunded > p.amount OR least(p.unallocated, p.refunded, p.charged_back) < 0
        OR p.refunded <> (SELECT coalesce(sum(r.amount), 0) FROM invoices_refund r
            WHERE r.payment_id = p.id))
UNION ALL
SELECT 'a step was taken twice for the invoice ' || r.invoice_id::text
    FROM dunning_reminder r WHERE r.shop_id = %(shop)s
    GROUP BY r.invoice_id, r.step_key, r.cycle HAVING count(*) > 1
UNION ALL
SELECT 'a case runs of which nothing is contested, or nobody looks after: ' || c.number
    FROM disputes_disputecase c WHERE c.shop_id = %(shop)s
    AND c.status NOT IN ('resolved', 'rejected', 'withdrawn')
    AND (NOT EXISTS (SELECT 1 FROM disputes_disputeitem d
            WHERE d.case_id = c.id AND d.state = 'open')
        OR NOT EXISTS (SELECT 1 FROM disputes_followup f
            WHERE f.case_id = c.id AND f.status = 'open'))
UNION ALL
SELECT 'what is contested is not held, or held and not contested: ' || c.number
    FROM disputes_disputeitem d JOIN invoices_hold h ON h.id = d.hold_id
    JOIN disputes_disputecase c ON c.id = d.case_id
    WHERE d.shop_id = %(shop)s AND (d.state = 'open') <> (h.released_at IS NULL)
UNION ALL
SELECT s.series || ' lacks numbers, or has some twice'
    FROM (
        SELECT 'INV' AS series, number FROM invoices_invoice
            WHERE shop_id = %(shop)s AND number LIKE 'INV-%%'
        UNION ALL SELECT 'CN', number FROM invoices_invoice
            WHERE shop_id = %(shop)s AND number LIKE 'CN-%%'
        UNION ALL SELECT 'PAY', number FROM invoices_payment WHERE shop_id = %(shop)s
        UNION ALL SELECT 'REF', number FROM invoices_refund WHERE shop_id = %(shop)s
        UNION ALL SELECT 'PLAN', number FROM invoices_paymentplan WHERE shop_id = %(shop)s
        UNION ALL SELECT 'D', number FROM disputes_disputecase WHERE shop_id = %(shop)s
        UNION ALL SELECT 'RW', number FROM disputes_reworkrequest WHERE shop_id = %(shop)s
        UNION ALL SELECT 'CB', number FROM disputes_chargeback WHERE shop_id = %(shop)s
    ) s
    GROUP BY s.series, split_part(s.number, '-', 2)
    HAVING count(*) <> max(split_part(s.number, '-', 3)::int)
        OR count(*) <> count(DISTINCT s.number)
"""


@dataclass(frozen=True)
class Seen:
    """The keys of a shop's rows by what they are and how they stand."""

    rows: dict[tuple[str, str], list[UUID]] = field(default_factory=dict)

    def of(self, model: type[Model], states: Sequence[str]) -> list[UUID]:
        """Return the keys of rows in one of the states; of all when none is named."""
        name = model.__name__
        if states:
            return [key for state in states for key in self.rows.get((name, state), ())]
        return [key for (what, _state), keys in self.rows.items() if what == name for key in keys]


def look(shop: Shop) -> Seen:
    """Return what there is, in one statement; the same history is told in the same order."""
    found: dict[tuple[str, str], list[UUID]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_SEEN, {"shop": shop.pk})
        for what, key, state in cursor.fetchall():
            found.setdefault((what, state), []).append(key)
    return Seen(found)


def digest(shop: Shop) -> str:
    """Return what changes with any row of a shop, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_digest_of(), {"shop": shop.pk})
        return str(cursor.fetchone()[0])


def _digest_of() -> str:
    tables = sorted(
        model._meta.db_table for model in apps.get_models() if issubclass(model, ShopOwned)
    )
    parts = " UNION ALL ".join(
        f"SELECT '{table}' AS name, md5(coalesce(string_agg(t::text, '|' ORDER BY t.id::text), ''))"
        f" AS hash FROM {table} t WHERE t.shop_id = %(shop)s"
        for table in tables
    )
    return f"SELECT string_agg(name || hash, ',' ORDER BY name) FROM ({parts}) parts"


def changed(before: str, after: str) -> list[str]:
    """Return the tables in which two digests differ."""
    pairs = zip(before.split(","), after.split(","), strict=True)
    return [first[:-32] for first, second in pairs if first != second]


class Watch:
    """Looks at one shop again and again, and remembers what never may change."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self._issued: dict[UUID, tuple[Any, ...]] = {}
        self._handed: set[UUID] = set()

    def broken(self, *, at: datetime) -> Iterator[str]:
        """Yield what does not hold now, in a handful of statements."""
        with connection.cursor() as cursor:
            cursor.execute(_BROKEN, {"shop": self.shop.pk})
            yield from (str(row[0]) for row in cursor.fetchall())
        invoices = list(Invoice.objects.for_shop(self.shop).select_related("shop"))
        yield from self._thawed(invoices)
        standings = self._standings(invoices, at=at)
        for invoice in invoices:
            if invoice.pk in standings:
                yield from _wrong_figures(invoice, standings[invoice.pk])
        yield from self._asked_in_vain(standings)

    def _standings(
        self, invoices: Sequence[Invoice], *, at: datetime
    ) -> dict[UUID, collecting.Standing]:
        owed = [
            invoice
            for invoice in invoices
            if invoice.status == InvoiceStatus.ISSUED and invoice.kind != InvoiceKind.CREDIT_NOTE
        ]
        return collecting.of(owed, at=at)

    def _thawed(self, invoices: Sequence[Invoice]) -> Iterator[str]:
        """What was issued stays as it was issued."""
        for invoice in invoices:
            if not invoice.number:
                continue
            facts = (
                *(invoice.number, invoice.total, invoice.sha256, invoice.canonical_json),
                *(invoice.issued_on, invoice.customer_id, invoice.kind),
            )
            if self._issued.setdefault(invoice.pk, facts) != facts:
                yield f"{invoice} is not what was issued any more"

    def _asked_in_vain(self, standings: dict[UUID, collecting.Standing]) -> Iterator[str]:
        """A reminder that leaves asks for what may be asked for at that moment, and no more."""
        left = (
            Reminder.objects.for_shop(self.shop)
            # What was skipped still says in which mail it would have left.
            .filter(status="queued", email__status__in=["handing", "sent"])
            .exclude(pk__in=self._handed)
            .select_related("invoice")
        )
        for reminder in left:
            self._handed.add(reminder.pk)
            standing = standings.get(reminder.invoice_id)
            free = standing.figures.collectible if standing else Decimal(0)
            if not 0 < reminder.amount <= free:
                yield f"{reminder} asked for {reminder.amount} of {reminder.invoice}, not {free}"


def _wrong_figures(invoice: Invoice, standing: collecting.Standing) -> Iterator[str]:
    figures = standing.figures
    if not 0 <= figures.collectible <= invoice.balance:
        yield f"{invoice}: {figures.collectible} can be asked for of {invoice.balance}"
    if figures.disputed + figures.promised > invoice.balance:
        yield f"{invoice}: more is contested and promised than is owed"
    if figures.collectible > invoice.balance - figures.disputed - figures.promised:
        yield f"{invoice}: what is contested or promised can be asked for"


def everything_broken() -> list[str]:
    """Return what ``manage.py check_invariants`` would tell, of all shops."""
    parts = (part.invariants() for part in contributions())
    return list(chain(invariants.broken(), *parts))
