"""What reminders add to the kernel's pages."""

from datetime import datetime

from django.utils.translation import pgettext_lazy

from dunning import invariants, outlook, progress, wordings
from dunning.services import ladders, texts
from dunning.views import panels, today
from shopdisputes.actors import DESK, MANAGEMENT
from shopdisputes.shops.models import Shop
from shopdisputes.web.contributions import Contribution, NavigationEntry


def _furnish(shop: Shop, at: datetime) -> None:
    """Give a new shop the ready-made ladders and texts."""
    ladders.install(shop=shop, at=at)
    texts.install(shop=shop, at=at)


contribution = Contribution(
    navigation=(
        NavigationEntry(
            pgettext_lazy("navigation", "Reminders"),
            "dunning-agenda",
            "bell",
            DESK,
            32,
            shortcut="g b",
        ),
    ),
    settings_entries=(
        NavigationEntry(
            pgettext_lazy("navigation", "Reminders"), "ladder-list", "bell", MANAGEMENT, 27
        ),
    ),
    agenda=today.items,
    repair_order_panels=panels.of_repair_order,
    customer_panels=panels.of_customer,
    page_panels={"invoice": panels.of_invoice},
    backlogs={"reminders": progress.backlog},
    sentences=wordings.SENTENCES,
    invariants=invariants.broken,
    furnish=_furnish,
    outlooks=outlook.of,
)
