"""What disputes add to the kernel's pages."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from disputes import invariants, pausing, wordings
from disputes.public_pages import contesting, dispute
from disputes.services import bank_guard, reasons
from disputes.views import hits, panels, today
from shopdisputes.actors import DESK, MANAGEMENT
from shopdisputes.links.models import LinkPurpose
from shopdisputes.shops.models import Shop
from shopdisputes.web.contributions import Contribution, NavigationEntry


def _furnish(shop: Shop, at: datetime) -> None:
    reasons.install(shop=shop, at=at)


contribution = Contribution(
    lists=("dispute-list", "dispute-agenda"),
    navigation=(NavigationEntry(_("Disputes"), "dispute-list", "scale", DESK, 40, shortcut="g d"),),
    settings_entries=(
        NavigationEntry(_("Disputes"), "dispute-reason-list", "scale", MANAGEMENT, 28),
    ),
    search=hits.search,
    agenda=today.items,
    repair_order_panels=panels.of_repair_order,
    customer_panels=panels.of_customer,
    page_panels={
        "invoice": panels.of_invoice,
        "statement": panels.of_statement,
        "reports": panels.of_reports,
    },
    public_panels={"invoice": contesting.of_invoice},
    sentences=wordings.SENTENCES,
    renewals={LinkPurpose.DISPUTE: dispute.renewal},
    invariants=invariants.broken,
    storage_pauses=pausing.storage,
    refund_blocks=bank_guard.refund_block,
    furnish=_furnish,
)
