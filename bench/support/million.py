"""A hundred shops with ten thousand invoices each, written by the database itself.

Runs in Django's shell. Rows are as the services leave them as far as lists, searches and
statements read them: every shop has a thousand customers, three invoices in ten are open, and the
first customer of each shop owes two hundred of them. Lines and ledgers are not read there, and
left out.
"""

import time

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from invoices.models import Invoice, Payment
from shopdisputes.actors import Role
from shopdisputes.customers.models import Customer, Vehicle
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.shops.models import Shop
from tests.factories import ShopFactory, staff

CUSTOMERS = 1000
_TABLES = (Customer, Vehicle, RepairOrder, Invoice, Payment)

_NUMBERED = """
CREATE TEMP TABLE place AS
SELECT row_number() OVER (ORDER BY id)::int AS shop_place, id AS shop_id FROM shops_shop
"""
_CUSTOMERS = """
INSERT INTO customers_customer (id, shop_id, kind, name, email, phone, language, line1, line2,
    postal_code, city, country, notes, created_at)
SELECT gen_random_uuid(), shop_id, 'person',
    (ARRAY['Camille','Marie','Louis','Jeanne','Paul','Alice','Hugo','Nina'])[1 + n %% 8] || ' '
    || (ARRAY['Durand','Lefevre','Moreau','Petit','Roux','Garnier','Faure','Blanc','Girard'])
        [1 + (n / 8) %% 9] || ' ' || n,
    'c' || n || '@customer.example', '+336' || lpad(n::text, 8, '0'), 'en', '3 quai Perrache', '',
    '69002', 'Lyon', 'FR', '', now() - interval '2 years'
FROM place, generate_series(1, %(customers)s) AS n
"""
_VEHICLES = """
INSERT INTO customers_vehicle (id, shop_id, customer_id, vin, plate, plate_key, make, model, year,
    created_at)
SELECT gen_random_uuid(), shop_id, id, '', plate, replace(plate, '-', ''), 'Renault', 'Clio', 2019,
    created_at
FROM (SELECT customer.*, chr(65 + (nth / 1000)::int %% 26) || 'B-'
        || lpad((nth %% 1000)::text, 3, '0') || '-' || chr(65 + nth::int %% 26) || 'D' AS plate
    FROM (SELECT c.*, row_number() OVER (ORDER BY id) AS nth FROM customers_customer c) customer
) AS plated
"""
_DRIVERS = """
CREATE TEMP TABLE driver AS
SELECT vehicle.shop_id, vehicle.customer_id, vehicle.id AS vehicle_id, vehicle.plate,
    vehicle.plate_key, customer.name,
    row_number() OVER (PARTITION BY vehicle.shop_id ORDER BY customer.phone)::int AS nth
FROM customers_vehicle vehicle JOIN customers_customer customer ON customer.id = customer_id;
CREATE INDEX ON driver (shop_id, nth);
CREATE TEMP TABLE visit AS
SELECT gen_random_uuid() AS order_id, gen_random_uuid() AS invoice_id, place.shop_id, n,
    driver.customer_id, driver.vehicle_id, driver.plate, driver.plate_key, driver.name,
    now() - interval '1 minute' * (n * 100 + place.shop_place) AS at,
    CASE WHEN %(owed)s THEN 'issued' WHEN n %% 50 = 0 THEN 'draft' WHEN n %% 61 = 0 THEN 'void'
        ELSE 'issued' END AS status,
    20 + (n * 7919) %% 90000 / 100.0 AS net
FROM generate_series(1, %(invoices)s) AS n
CROSS JOIN place
JOIN driver ON driver.shop_id = place.shop_id
    AND driver.nth = CASE WHEN n %% 40 = 1 THEN 1 ELSE 1 + (n * 31) %% %(customers)s END
"""
_ORDERS = """
INSERT INTO repairorders_repairorder (id, shop_id, number, customer_id, vehicle_id, concern,
    odometer, status, profile, opened_at)
SELECT order_id, shop_id, 'RO-2026-' || lpad(n::text, 5, '0'), customer_id, vehicle_id,
    'The brakes squeal.', 84000, 'open', '{"code": "GENERIC", "version": "1"}', at
FROM visit
"""
_INVOICES = """
INSERT INTO invoices_invoice (id, shop_id, repair_order_id, customer_id, kind, status, number,
    reference, currency, language, issued_on, performed_on, due_on, explanation, subtotal, tax,
    total, taxes, balance, canonical_json, sha256, search_text, created_at, created_by, issued_at,
    issued_by, sent_at, sent_to, end_reason)
SELECT invoice_id, shop_id, order_id, customer_id, 'full', status, number,
    CASE WHEN number = '' THEN '' ELSE 'RF18' || replace(number, '-', '') END, 'EUR', 'en',
    CASE WHEN status <> 'draft' THEN at::date END, at::date, at::date + 14, '', net, tax,
    net + tax, '[]',
    CASE WHEN status = 'issued' AND (%(owed)s OR n %% 10 < 3 OR n %% 40 = 1) THEN net + tax
        ELSE 0 END,
    repeat(md5(invoice_id::text), 20), repeat('0', 64),
    lower(concat_ws(' ', number, 'RO-2026-' || lpad(n::text, 5, '0'), name, plate, plate_key,
        'RF18' || replace(number, '-', ''))),
    at, 'Ada Advisor', at, 'Ada Advisor', at, 'c@customer.example', ''
FROM (SELECT visit.*, round(net * 0.2, 2) AS tax,
    CASE WHEN status = 'draft' THEN '' ELSE 'INV-2026-' || lpad(n::text, 5, '0') END AS number
    FROM visit) AS made
"""
_PAYMENTS = """
INSERT INTO invoices_payment (id, shop_id, customer_id, number, purpose, currency, amount,
    unallocated, refunded, charged_back, method, received_on, reference, note, recorded_at,
    recorded_by, receipt_sent_to, annulled_by, annul_reason)
SELECT gen_random_uuid(), shop_id, customer_id, 'PAY-2026-' || lpad(n::text, 5, '0'), 'payment',
    'EUR', net, CASE WHEN n %% 100 = 7 AND NOT %(owed)s THEN net ELSE 0 END, 0, 0, 'cash',
    at::date, '', '', at, 'Ada Advisor', '', '', ''
FROM visit WHERE n %% 10 = 7
"""


def fill(*, shops: int, invoices: int, owed: bool = False) -> Shop:
    """Write everything and let the planner know; ``invoices`` a shop. Return one of the shops.

    With ``owed`` all invoices are issued and open, and no money waits to be put on them.
    """
    begun = time.monotonic()
    made = ShopFactory.create_batch(shops)
    staff(made[0], Role.OWNER, email="owner@bench.example")
    with transaction.atomic(), connection.cursor() as cursor:
        # Foreign keys are right by how the rows are made; indexes are built once, at the end.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        indexes = _drop_indexes(cursor)
        for statement in (_NUMBERED, _CUSTOMERS, _VEHICLES, _DRIVERS):
            cursor.execute(statement, {"customers": CUSTOMERS, "invoices": invoices, "owed": owed})
        for statement in (_ORDERS, _INVOICES, _PAYMENTS):
            cursor.execute(statement, {"owed": owed})
        for definition in indexes:
            cursor.execute(definition)
    with connection.cursor() as cursor:
        for model in _TABLES:
            cursor.execute(f"VACUUM ANALYZE {model._meta.db_table}")
    print(f"{Invoice.objects.count():,} invoices written in {time.monotonic() - begun:.0f} s")
    return made[0]


def _drop_indexes(cursor: CursorWrapper) -> list[str]:
    """Drop the indexes that no constraint needs; return how to make them again."""
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s)"
        " AND indexname NOT IN (SELECT conname FROM pg_constraint)",
        [[model._meta.db_table for model in _TABLES]],
    )
    found = cursor.fetchall()
    for name, _definition in found:
        cursor.execute(f'DROP INDEX "{name}"')
    return [definition for _name, definition in found]
