"""Having the open invoices of a shop looked at anew, because the rules for all of them changed."""

from datetime import datetime

from django.db.models import Exists, Max, OuterRef, Q

from dunning.models import CustomerLadder, DunningSettings, Ladder, LadderVersion
from invoices.models import DunningPosition
from invoices.states import InvoiceStatus
from shopdisputes.customers.models import Customer
from shopdisputes.dates import local_day
from shopdisputes.shops.models import Shop


def locked_settings(shop: Shop) -> DunningSettings:
    """Return the shop's switch with its row locked: nothing is planned for the shop meanwhile."""
    settings, _made = DunningSettings.objects.select_for_update().get_or_create(shop=shop)
    return settings


def hold_planner(shop: Shop) -> None:
    """Have nothing planned for the shop until the transaction ends; senders go on.

    Who holds it may name payers and invoices in new rows: a sender that holds those and looks at
    the switch waits for nobody here.
    """
    DunningSettings.objects.get_or_create(shop=shop)
    switch = DunningSettings.objects.for_shop(shop).select_for_update(no_key=True)
    switch.values("pk").first()


def wake_shop(*, shop: Shop, at: datetime) -> None:
    """Have every open invoice of a shop looked at today; call it behind the shop's switch.

    Those whose steps are all taken stay with the person who decides about them.
    """
    today = local_day(at, zone=shop.zone)
    asleep = DunningPosition.objects.for_shop(shop).filter(
        Q(look_on=None) | Q(look_on__gt=today),
        stopped_at=None,
        ended_at=None,
        invoice__status=InvoiceStatus.ISSUED,
        invoice__balance__gt=0,
    )
    DunningPosition.objects.in_order(asleep).update(look_on=today)


def wake_ended(*, ladder: Ladder, customer: Customer | None = None, at: datetime) -> None:
    """Have invoices looked at today that stood at their end, where the ladder goes on behind it.

    ``customer``: his alone. Call it once the ladder is what it is to be. They wait for no
    person's decision any more.
    """
    version = LadderVersion.objects.in_force().get(ladder=ladder)
    last = version.steps.aggregate(last=Max("offset_days"))["last"]
    if last is None:
        return
    own = CustomerLadder.objects.filter(customer=OuterRef("customer"))
    theirs = Exists(own.filter(ladder=ladder))
    shop = ladder.shop
    ended = DunningPosition.objects.for_shop(shop).filter(
        theirs | ~Exists(own) if ladder.is_default else theirs,
        ended_at__isnull=False,
        stopped_at=None,
        reached_offset__lt=last,
        invoice__status=InvoiceStatus.ISSUED,
        invoice__balance__gt=0,
    )
    if customer is not None:
        ended = ended.filter(customer=customer)
    DunningPosition.objects.in_order(ended).update(
        look_on=local_day(at, zone=shop.zone), ended_at=None
    )
