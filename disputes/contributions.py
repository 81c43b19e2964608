"""What disputes add to the kernel's pages."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from disputes import invariants, pausing, wordings
from disputes.public_pages import contesting, dispute, reworks
from disputes.services import bank_guard, reasons
from disputes.views import hits, panels, rework_panels, rework_today, today
from shopdisputes.actors import DESK, MANAGEMENT
from shopdisputes.links.models import LinkPurpose
from shopdisputes.shops.models import Shop
from shopdisputes.web.contributions import Contribution, NavigationEntry


def _furnish(shop: Shop, at: datetime) -> None:
    reasons.install(shop=shop, at=at)


def _all(*parts: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
    """Return what gives what all parts give, in their order."""
    return lambda *asked: [each for part in parts for each in part(*asked)]


contribution = Contribution(
    lists=("dispute-list", "dispute-agenda", "rework-list"),
    navigation=(NavigationEntry(_("Disputes"), "dispute-list", "scale", DESK, 40, shortcut="g d"),),
    settings_entries=(
        NavigationEntry(_("Disputes"), "dispute-reason-list", "scale", MANAGEMENT, 28),
    ),
    search=_all(hits.search, hits.search_reworks),
    agenda=_all(rework_today.items, today.items),
    repair_order_panels=_all(panels.of_repair_order, rework_panels.of_repair_order),
    customer_panels=_all(panels.of_customer, rework_panels.of_customer),
    page_panels={
        "dispute": rework_panels.of_case,
        "invoice": _all(panels.of_invoice, rework_panels.of_invoice),
        "statement": panels.of_statement,
        "reports": panels.of_reports,
    },
    public_panels={"invoice": contesting.of_invoice},
    sentences=wordings.SENTENCES,
    renewals={LinkPurpose.DISPUTE: dispute.renewal, LinkPurpose.REWORK: reworks.renewal},
    invariants=invariants.broken,
    storage_pauses=pausing.storage,
    refund_blocks=bank_guard.refund_block,
    furnish=_furnish,
)
