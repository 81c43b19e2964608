"""Beginning an inspection: a checklist becomes items to be looked at."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from inspections.models import Checklist, Inspection, InspectionItem
from inspections.services import trail
from inspections.services.checklists import DEFINED, newest_version
from inspections.services.locking import lock_repair_order, need_open
from inspections.states import TRANSITIONS, InspectionStatus
from shopdisputes import dates
from shopdisputes.actors import Actor
from shopdisputes.errors import Refused
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.shops import numbering
from shopdisputes.shops.models import Shop

SERIES = "INS"


class ChecklistNotOffered(Refused):
    """The checklist is another shop's, or nothing is begun with it any more."""

    code = "checklist-not-offered"
    default_message = _("This checklist is not offered any more. Choose another one.")


@transaction.atomic
def begin(
    *, repair_order: RepairOrder, checklist: Checklist, by: Actor, at: datetime
) -> Inspection:
    """Begin an inspection with the newest version of ``checklist``.

    The items are copies: whatever becomes of the checklist, they stay. What shows whose car it
    is (VIN, plate, odometer) comes first; nothing is filled in, because it is to be read off the
    car.

    Raises:
        RepairOrderNotOpen: the visit is over.
        ChecklistNotOffered: ``checklist`` is another shop's or switched off.
        NotYourTransition: ``by`` is not of the staff.
    """
    order = lock_repair_order(repair_order)
    status = TRANSITIONS.target("record", state=InspectionStatus.IN_PROGRESS, by=by)
    need_open(order)
    shop = order.shop
    offered = Checklist.objects.for_shop(shop).offered().filter(pk=checklist.pk).first()
    if offered is None:
        raise ChecklistNotOffered(fields={"checklist": ChecklistNotOffered.default_message})
    version = newest_version(offered)
    assert version is not None, "a checklist is written with its first version"
    inspection = Inspection(
        shop=shop,
        repair_order=order,
        stage=offered.stage,
        status=status,
        version=version,
        title=offered.name,
        created_at=at,
        created_by=by.name,
    )
    asked = sorted(version.items.order_by("position"), key=lambda item: not item.proves_identity)
    items = [
        InspectionItem(
            shop=shop,
            inspection=inspection,
            position=position,
            **{name: getattr(item, name) for name in DEFINED},
        )
        for position, item in enumerate(asked, start=1)
    ]
    inspection.number = numbering.next_number(
        shop=shop, series=SERIES, year=dates.local_day(at, zone=shop.zone).year
    )
    inspection.save(force_insert=True)
    InspectionItem.objects.bulk_create(items)
    trail.record(
        action="inspection.started",
        inspection=inspection,
        data={"version": version.number, "items": len(items)},
        by=by,
        at=at,
    )
    return inspection


def default_checklist(shop: Shop, stage: str) -> Checklist | None:
    """Return what an inspection at ``stage`` is begun with when nobody chooses; None if nothing."""
    return Checklist.objects.for_shop(shop).offered(stage=stage).first()
