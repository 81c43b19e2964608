"""What of chargebacks waits for the desk today."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from disputes.models import Chargeback
from disputes.services.bank_countdown import COUNTS, days_left
from shopdisputes.actors import DESK, Actor
from shopdisputes.shops.models import Shop
from shopdisputes.web.contributions import AgendaItem

_MOST_ROWS = 10
#: A day has at most 25 hours where clocks are changed.
_NEAR = timedelta(days=COUNTS[0] + 1)


def items(shop: Shop, actor: Actor, at: datetime) -> list[AgendaItem]:
    """Return for which chargebacks evidence is due within a week, or overdue. For the desk."""
    return list(_due(shop, at)) if actor.role in DESK else []


def _due(shop: Shop, at: datetime) -> Iterator[AgendaItem]:
    found = (
        Chargeback.objects.for_shop(shop)
        .waiting()
        .filter(evidence_due_by__lte=at + _NEAR)
        .with_everything()
        .order_by("evidence_due_by", "pk")
    )
    for each in found[:_MOST_ROWS]:
        left = days_left(each, at=at)
        if left > COUNTS[0]:
            continue
        yield AgendaItem(
            title=_words(left) % {"number": each.number, "count": left},
            detail=f"{each.payment.customer} · {each.payment.number}",
            url=reverse("chargeback", args=[each.number]),
            due_at=each.evidence_due_by,
            late=left < 0,
            kind="building-bank",
        )


def _words(left: int) -> str:
    if left < 0:
        return _("The bank's day for evidence is over: %(number)s")
    if left == 0:
        return _("Hand in the evidence to the bank today: %(number)s")
    return ngettext(
        "Hand in the evidence to the bank within %(count)s day: %(number)s",
        "Hand in the evidence to the bank within %(count)s days: %(number)s",
        left,
    )
