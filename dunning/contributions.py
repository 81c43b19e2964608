"""What reminders add to the kernel's pages."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from dunning.services import ladders, texts
from shopdisputes.shops.models import Shop
from shopdisputes.web.contributions import Contribution, Words


def _furnish(shop: Shop, at: datetime) -> None:
    """Give a new shop the ready-made ladders and texts."""
    ladders.install(shop=shop, at=at)
    texts.install(shop=shop, at=at)


_SENTENCES: Mapping[str, Words] = {
    "ladder.created": _("Ladder “%(name)s” made"),
    "ladder.changed": _("Ladder “%(name)s” changed, version %(version)s"),
    "ladder.renamed": _("Ladder “%(old)s” is now called “%(name)s”"),
    "ladder.made_default": _("Ladder “%(name)s” is used unless told otherwise"),
    "reminder_text.changed": _("Text of reminders changed, version %(version)s"),
    "reminders.paused": _("All reminders paused: %(reason)s"),
    "reminders.resumed": _("Reminders leave again"),
    "customer.ladder_chosen": _("Ladder of the customer chosen"),
    "customer.reminders_stopped": _("The customer gets no reminders"),
}

contribution = Contribution(
    sentences=_SENTENCES,
    furnish=_furnish,
)
