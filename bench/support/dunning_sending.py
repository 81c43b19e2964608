"""How fast one worker sends reminders, beside two others with the very same mails in the same run.

The one hands them over and does nothing else; the other is what one would write first with Django:
a transaction a mail that locks its invoice, looks for holds and marks it, then Django's own mail.

Every reminder is claimed, worded from the figures of the moment, asked about again behind the
locks of its invoice and payer, marked, handed over and confirmed. Runs within Django, on an empty
PostgreSQL or one that holds other shops.
"""

import os
import secrets
import smtplib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend
from django.db import connection, transaction
from django.test.utils import override_settings

from dunning.models import LadderVersion, Reminder
from invoices.models import DunningPosition, Hold, Invoice
from shopdisputes import long_running
from shopdisputes.customers.models import Customer, Vehicle
from shopdisputes.outbox import delivery
from shopdisputes.outbox.messages import compose, envelope_sender
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.shops.models import Shop
from tests.factories import BillingSettingsFactory, LadderFactory, ShopFactory

#: A Monday morning in Lyon.
AT = datetime(2026, 3, 16, 9, 30, tzinfo=UTC)
#: A worker runs for days: what it imports and draws once does not count.
_WARM_UPS = 100
_TABLES = (Customer, Vehicle, RepairOrder, Invoice, DunningPosition, OutgoingEmail, Reminder)
_ROOT = Path(__file__).resolve().parents[2]
_TICKS = os.sysconf("SC_CLK_TCK")

_PAYERS = """
CREATE TEMP TABLE payer AS
SELECT n, gen_random_uuid() AS customer_id, gen_random_uuid() AS vehicle_id,
    gen_random_uuid() AS order_id, gen_random_uuid() AS invoice_id, gen_random_uuid() AS email_id,
    20 + (n * 7919) %% 90000 / 100.0 AS net
FROM generate_series(1, %(count)s) AS n
"""
_ROWS = (
    """
INSERT INTO customers_customer (id, shop_id, kind, name, email, phone, language, line1, line2,
    postal_code, city, country, notes, created_at)
SELECT customer_id, %(shop)s, 'person', 'Camille Durand ' || n, 'p' || n || '@customer.example', '',
    (ARRAY['en','fr','ru'])[1 + n %% 3], '3 quai Perrache', '', '69002', 'Lyon', 'FR', '', %(at)s
FROM payer
""",
    """
INSERT INTO customers_vehicle (id, shop_id, customer_id, vin, plate, plate_key, make, model, year,
    created_at)
SELECT vehicle_id, %(shop)s, customer_id, '', 'S-' || n, 'S' || n, 'Renault', 'Clio', 2019, %(at)s
FROM payer
""",
    """
INSERT INTO repairorders_repairorder (id, shop_id, number, customer_id, vehicle_id, concern,
    odometer, status, profile, opened_at)
SELECT order_id, %(shop)s, 'RO-2026-' || lpad(n::text, 6, '0'), customer_id, vehicle_id,
    'The brakes squeal.', 84000, 'open', '{"code": "GENERIC", "version": "1"}', %(at)s
FROM payer
""",
    """
INSERT INTO invoices_invoice (id, shop_id, repair_order_id, customer_id, kind, status, number,
    reference, currency, language, issued_on, performed_on, due_on, explanation, subtotal, tax,
    total, taxes, balance, canonical_json, sha256, search_text, created_at, created_by, issued_at,
    issued_by, sent_at, sent_to, end_reason)
SELECT invoice_id, %(shop)s, order_id, customer_id, 'full', 'issued',
    'INV-2026-' || lpad(n::text, 6, '0'), 'RF18INV2026' || lpad(n::text, 6, '0'), 'EUR', 'en',
    date '2026-02-27', date '2026-02-27', date '2026-03-13', '', net, 0, net, '[]', net,
    repeat(md5(invoice_id::text), 20), repeat('0', 64), 'inv', %(at)s, 'Ada Advisor', %(at)s,
    'Ada Advisor', %(at)s, 'p@customer.example', ''
FROM payer
""",
    """
INSERT INTO invoices_dunningposition (id, shop_id, invoice_id, customer_id, cycle, base_on,
    begun_on, reached_key, reached_offset, stopped_by, stop_reason)
SELECT gen_random_uuid(), %(shop)s, invoice_id, customer_id, 1, date '2026-03-13',
    date '2026-02-27', %(key)s, 3, '', ''
FROM payer
""",
    """
INSERT INTO outbox_outgoingemail (id, shop_id, kind, key, recipient, recipient_name, reply_to,
    sender_name, subject, text, html, language, customer_id, status, message_id, created_at,
    next_try_at, attempts, reply)
SELECT email_id, %(shop)s, 'reminder', 'reminder:' || customer_id, 'p' || n || '@customer.example',
    'Camille Durand ' || n, 'desk@garage.example', 'Garage', '', '', '',
    (ARRAY['en','fr','ru'])[1 + n %% 3], customer_id, 'queued', '<' || email_id || '@localhost>',
    %(at)s, %(at)s, 0, ''
FROM payer
""",
    """
INSERT INTO dunning_reminder (id, shop_id, invoice_id, customer_id, version_id, step_id, step_key,
    cycle, channel, status, reason, detail, amount, planned_on, email_id, created_at, approved_by,
    ended_by, outcome, note)
SELECT gen_random_uuid(), %(shop)s, invoice_id, customer_id, %(version)s, %(step)s, %(key)s, 1,
    'email', 'queued', '', '', net, date '2026-03-16', email_id, %(at)s, '', '', '', ''
FROM payer
""",
)


@dataclass(frozen=True)
class _Cost:
    """Seconds by the wall and on the processors: this process's, and the database's for it."""

    wall: float
    own: float
    database: float = 0.0


def measure(*, mails: int = 3000) -> dict[str, Any]:
    """Send ``mails`` reminders, one a payer, through one worker; return rates and costs."""
    warm_up, shop = _shop(), _shop()
    with connection.cursor() as cursor:
        # As in production: no mark may be lost once its mail has left.
        cursor.execute("SET synchronous_commit = on")
    with tempfile.TemporaryDirectory(prefix="shopdisputes-bench-") as folder:
        taken = Path(folder) / "taken"
        with _sink(taken) as port:
            _fill(warm_up, _WARM_UPS)
            _send(port)
            long_running.settle()
            _fill(shop, mails)
            cost, sent = _send(port)
            answered = taken.read_text().split()
            assert len(answered) == len(set(answered)) == mails + _WARM_UPS, len(answered)
            assert sent == mails, sent
            raw = _send_raw(port, _composed(shop))
            plain = _send_plainly(port, shop)
    return {
        "reminders": mails,
        "reminders_per_second": round(mails / cost.wall, 1),
        "cpu_ms_each": round((cost.own + cost.database) / mails * 1000, 2),
        "of_which_worker_ms": round(cost.own / mails * 1000, 2),
        "of_which_database_ms": round(cost.database / mails * 1000, 2),
        "of_plain": round(plain.wall / cost.wall, 2),
        "cpu_of_plain": round((cost.own + cost.database) / (plain.own + plain.database), 2),
        "plain_django_per_second": round(mails / plain.wall, 1),
        "plain_django_cpu_ms_each": round((plain.own + plain.database) / mails * 1000, 2),
        "raw_smtp_per_second": round(mails / raw.wall, 1),
        "raw_smtp_cpu_ms_each": round(raw.own / mails * 1000, 2),
    }


def _shop() -> Shop:
    # Whoever ran before may have made shops in another process.
    shop: Shop = ShopFactory(slug=f"sending-{secrets.token_hex(4)}")
    BillingSettingsFactory(shop=shop, iban="FR7630006000011234567890189", bic="AGRIFRPP")
    return shop


def _fill(shop: Shop, mails: int) -> None:
    version = LadderVersion.objects.get(ladder=LadderFactory(shop=shop, name="Bench"))
    step = version.steps.get(position=1)
    facts = {
        "count": mails,
        "shop": shop.pk,
        "at": AT,
        "version": version.pk,
        "step": step.pk,
        "key": step.key,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_PAYERS, facts)
        for statement in _ROWS:
            cursor.execute(statement, facts)
        cursor.execute("DROP TABLE payer")
    with connection.cursor() as cursor:
        for model in _TABLES:
            cursor.execute(f"ANALYZE {model._meta.db_table}")


def _send(port: int) -> tuple[_Cost, int]:
    server = {"host": "127.0.0.1", "port": port, "user": "", "password": "", "security": "none"}
    with override_settings(SMTP=server, DEBUG=False), _measured() as cost:
        tally = delivery.drain(clock=lambda: AT, time_left=lambda: True)
    return cost[0], tally.outcomes.get("sent", 0)


def _composed(shop: Shop) -> list[tuple[str, bytes]]:
    """Return what was sent as it was sent."""
    sent = OutgoingEmail.objects.for_shop(shop).prefetch_related("shop", "attachments")
    return [(email.recipient, compose(email, at=AT)) for email in sent.order_by("pk")]


def _send_raw(port: int, mails: list[tuple[str, bytes]]) -> _Cost:
    """Hand the same mails over one after the other on one connection, and do nothing else."""
    with smtplib.SMTP("127.0.0.1", port, "localhost") as smtp, _measured() as cost:
        for recipient, content in mails:
            smtp.sendmail(envelope_sender(), [recipient], content)
    return cost[0]


def _send_plainly(port: int, shop: Shop) -> _Cost:
    """Send the same mails once more, whose words are known already, without any of our services."""
    keys = list(OutgoingEmail.objects.for_shop(shop).values_list("pk", flat=True).order_by("pk"))
    smtp = EmailBackend(host="127.0.0.1", port=port)
    with smtp, _measured() as cost:
        for key in keys:
            with transaction.atomic():
                email = OutgoingEmail.objects.select_for_update().get(pk=key)
                reminder = Reminder.objects.select_related("customer").get(email=email)
                invoice = Invoice.objects.select_for_update().get(pk=reminder.invoice_id)
                held = Hold.objects.filter(invoice=invoice, released_at__isnull=True).exists()
                assert invoice.balance > 0
                assert not held
                email.handed_at = AT
                email.save(update_fields=["handed_at"])
            message = EmailMultiAlternatives(
                email.subject,
                email.text,
                envelope_sender(),
                [reminder.customer.email],
                connection=smtp,
                headers={"Message-ID": email.message_id},
            )
            message.attach_alternative(email.html, "text/html")
            message.send()
            email.sent_at = AT
            email.save(update_fields=["sent_at"])
    return cost[0]


@contextmanager
def _measured() -> Iterator[list[_Cost]]:
    cost: list[_Cost] = []
    backend = _backend()
    wall, own, database = time.perf_counter(), time.process_time(), _seconds_of(backend)
    yield cost
    cost.append(
        _Cost(
            wall=time.perf_counter() - wall,
            own=time.process_time() - own,
            database=_seconds_of(backend) - database,
        )
    )


def _backend() -> int:
    """Return the process of the database that works for this connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid: int = cursor.fetchone()[0]
    return pid


def _seconds_of(pid: int) -> float:
    # After the program's name, which may hold blanks; user and system are the 14th and 15th.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


@contextmanager
def _sink(taken: Path) -> Iterator[int]:
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.support.lean_sink", str(taken)],
        stdout=subprocess.PIPE,
        cwd=_ROOT,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
