"""How the reminders stand: whether somebody plans them, and what of them nobody can know."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef

from dunning.models import DunningSettings, Reminder
from dunning.states import ReminderStatus
from invoices.models import DunningPosition
from shopdisputes.dates import at_local_time, local_day
from shopdisputes.outbox.states import EmailStatus
from shopdisputes.shops.models import Shop


def backlog(at: datetime) -> dict[str, float]:
    """Return for how long invoices wait to be looked at, in seconds, and how many are in doubt.

    An invoice waits from the hour on at which its shop's reminders may leave: what was to be
    looked at on an earlier day is due then. Those of today are not counted, for money and holds
    wake invoices all day long.
    """
    in_doubt = Reminder.objects.filter(
        status=ReminderStatus.QUEUED, email__status=EmailStatus.IN_DOUBT
    )
    return {
        "oldest_due_seconds": max((_waits(shop, at) for shop in _waiting(at)), default=0.0),
        "in_doubt": in_doubt.count(),
    }


def _waiting(at: datetime) -> list[Shop]:
    """Return the shops with invoices of earlier days; a query for each time zone there is."""
    waiting: list[Shop] = []
    paused = DunningSettings.objects.filter(shop=OuterRef("pk"), paused_at__isnull=False)
    for zone in Shop.objects.order_by().values_list("timezone", flat=True).distinct():
        today = local_day(at, zone=ZoneInfo(zone))
        left = DunningPosition.objects.filter(shop=OuterRef("pk"), look_on__lt=today)
        waiting += Shop.objects.filter(~Exists(paused), Exists(left), timezone=zone)
    return waiting


def _waits(shop: Shop, at: datetime) -> float:
    """Return for how many seconds today's reminders of a shop may leave; 0 while they may not."""
    window = shop.send_window
    if not window.weekdays or window.next_slot(at) != at:
        return 0.0
    opened = at_local_time(local_day(at, zone=shop.zone), window.opens, zone=shop.zone)
    return (at - opened).total_seconds()
