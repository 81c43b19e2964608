"""What disputes add to the kernel's pages."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from disputes import ended, invariants, pausing, wordings
from disputes.models import ReworkRequest
from disputes.public_pages import contesting, dispute, reworks
from disputes.services import bank_guard, reasons, rework_visits
from disputes.views import (
    chargeback_panels,
    chargeback_today,
    hits,
    panels,
    rework_panels,
    rework_today,
    today,
)
from shopdisputes.actors import DESK, MANAGEMENT, Actor
from shopdisputes.links.models import LinkPurpose
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.shops.models import Shop
from shopdisputes.web.contributions import Contribution, NavigationEntry


def _furnish(shop: Shop, at: datetime) -> None:
    reasons.install(shop=shop, at=at)


def _call_off(repair_order: RepairOrder, reason: str, by: Actor, at: datetime) -> None:
    rework_visits.need_none(repair_order)


def _uncounted_visits(shop: Shop) -> Iterable[UUID]:
    return ReworkRequest.objects.for_shop(shop).unused_visits()


def _all(*parts: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
    """Return what gives what all parts give, in their order."""
    return lambda *asked: [each for part in parts for each in part(*asked)]


contribution = Contribution(
    lists=("dispute-list", "dispute-agenda", "rework-list", "chargeback-list"),
    navigation=(
        NavigationEntry(
            _("Disputes"),
            "dispute-list",
            "scale",
            DESK,
            40,
            shortcut="g d",
            also=("rework-list", "chargeback-list"),
        ),
    ),
    settings_entries=(
        NavigationEntry(_("Disputes"), "dispute-reason-list", "scale", MANAGEMENT, 28),
    ),
    search=_all(hits.search, hits.search_reworks, hits.search_chargebacks),
    agenda=_all(chargeback_today.items, rework_today.items, today.items),
    repair_order_panels=_all(panels.of_repair_order, rework_panels.of_repair_order),
    customer_panels=_all(panels.of_customer, rework_panels.of_customer),
    page_panels={
        "dispute": _all(chargeback_panels.of_case, rework_panels.of_case),
        "invoice": _all(panels.of_invoice, rework_panels.of_invoice, chargeback_panels.of_invoice),
        "payment": chargeback_panels.of_payment,
        "statement": panels.of_statement,
        "reports": panels.of_reports,
    },
    public_panels={"invoice": contesting.of_invoice},
    sentences=wordings.SENTENCES,
    renewals={LinkPurpose.DISPUTE: dispute.renewal, LinkPurpose.REWORK: reworks.renewal},
    invariants=invariants.broken,
    storage_pauses=pausing.storage,
    ended_disputes=ended.of,
    refund_blocks=bank_guard.refund_block,
    annul_blocks=bank_guard.annul_block,
    uncounted_visits=_uncounted_visits,
    furnish=_furnish,
    call_off=_call_off,
)
