"""The walls around frozen rows stand on both databases after all migrations.

SQLite rebuilds a table to alter it and drops its triggers with the old one, silently; a later
migration that alters a frozen table has to put the wall up again.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from shopdisputes.immutability import ForbidChanges


def _frozen_tables() -> set[str]:
    """Return the tables that any migration has declared frozen."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return {
        apps.get_model(migration.app_label, operation.model)._meta.db_table
        for migration in loader.disk_migrations.values()
        for operation in migration.operations
        if isinstance(operation, ForbidChanges)
    }


def test_what_must_never_change_is_declared_frozen() -> None:
    assert _frozen_tables() >= {
        "audit_auditevent",
        "disputes_casefile",
        "disputes_casemessage",
        "disputes_chargebacknotice",
        "disputes_disputeitem",
        "disputes_offer",
        "disputes_resolveranswer",
        "disputes_reworkfile",
        "documents_document",
        "dunning_fee",
        "dunning_ladderversion",
        "dunning_reminder",
        "dunning_remindertext",
        "dunning_step",
        "estimates_authorization",
        "estimates_authorization_files",
        "estimates_estimateline",
        "estimates_estimaterevision",
        "estimates_lineanswer",
        "estimates_papercopy",
        "inspections_acknowledgement",
        "inspections_checklistitem",
        "inspections_checklistversion",
        "inspections_inspection",
        "inspections_inspectionitem",
        "inspections_itemmedia",
        "inspections_itemremark",
        "inspections_remarkfile",
        "invoices_bankimport",
        "invoices_banktransaction",
        "invoices_claim",
        "invoices_claimfile",
        "invoices_handover",
        "invoices_hold",
        "invoices_instalment",
        "invoices_invoice",
        "invoices_invoiceline",
        "invoices_ledgerentry",
        "invoices_payment",
        "invoices_paymentplan",
        "invoices_promise",
        "invoices_refund",
        "invoices_stopwork",
        "invoices_stopworkfile",
        "invoices_storagenotice",
        "signing_legaltext",
        "signing_signature",
        "uploads_storedfile",
    }


@pytest.mark.django_db
def test_every_frozen_table_has_its_wall_on_postgresql() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        triggers = {name for (name,) in cursor.fetchall()}
    assert {f"{table}_frozen" for table in _frozen_tables()} <= triggers


def test_every_frozen_table_has_its_wall_on_sqlite(embedded_database: Path) -> None:
    with closing(sqlite3.connect(embedded_database)) as file:
        found = file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        triggers = {name for (name,) in found}
    expected = {
        f"{table}_frozen_{event}" for table in _frozen_tables() for event in ("update", "delete")
    }
    assert expected <= triggers
