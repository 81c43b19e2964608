"""What invoices add to the kernel's pages: ways in, search, agenda, panels, sentences."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from invoices import invariants, wordings
from invoices.public_pages import renewing
from invoices.services import cancelling, leaving
from invoices.services.leaving import HandOverFirst
from invoices.views import agenda, calling_off, hits, panels
from shopdisputes.actors import DESK, MANAGEMENT, Actor
from shopdisputes.links.models import LinkPurpose
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.web.contributions import Contribution, NavigationEntry, Step


def _call_off(repair_order: RepairOrder, reason: str, by: Actor, at: datetime) -> None:
    cancelling.prepare(repair_order=repair_order, reason=reason, by=by, at=at)


def _close(repair_order: RepairOrder, by: Actor, at: datetime) -> None:
    leaving.allow_closing(repair_order=repair_order, by=by, at=at)


def _close_notes(repair_order: RepairOrder) -> list[str]:
    owed = leaving.paid_so_far(repair_order).needs_approval
    return [str(HandOverFirst.default_message)] if owed else []


contribution = Contribution(
    lists=("invoice-list",),
    navigation=(
        NavigationEntry(_("Invoices"), "invoice-list", "file-invoice", position=30, shortcut="g v"),
        NavigationEntry(_("Payments"), "payment-list", "cash", DESK, 35, shortcut="g p"),
        NavigationEntry(
            pgettext_lazy("navigation", "Bank"), "bank-import-list", "building-bank", DESK, 36
        ),
        NavigationEntry(_("Reports"), "reports", "chart-bar", DESK, 65),
    ),
    settings_entries=(
        NavigationEntry(_("Billing"), "billing-settings", "file-invoice", MANAGEMENT, 25),
    ),
    search=hits.search,
    agenda=agenda.items,
    repair_order_panels=panels.of_repair_order,
    customer_panels=panels.of_customer,
    steps=(
        Step(_("Invoiced"), frozenset({"invoice.issued"}), position=92),
        Step(_("Paid"), frozenset({"invoice.paid"}), position=94),
        Step(_("Handed over"), frozenset({"vehicle.handed_over"}), position=96),
    ),
    sentences=wordings.SENTENCES,
    renewals={LinkPurpose.INVOICE: renewing.invoice, LinkPurpose.PLAN: renewing.plan},
    invariants=invariants.broken,
    call_off=_call_off,
    call_off_notes=calling_off.notes,
    close=_close,
    close_notes=_close_notes,
)
