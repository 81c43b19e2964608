"""What inspections add to the kernel's pages: ways in, search, agenda, panels, sentences."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inspections import invariants
from inspections.models import Checklist, Inspection
from inspections.public_pages.renewing import renew
from inspections.services import checklists, media
from inspections.services.beginning import SERIES
from inspections.states import AcknowledgementAnswer, InspectionStatus, Stage
from shopdisputes.actors import DESK, Actor
from shopdisputes.customers.models import Customer
from shopdisputes.dates import end_of_day, local_day, start_of_day
from shopdisputes.links.models import LinkPurpose
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.repairorders.states import RepairOrderStatus
from shopdisputes.shops import numbering
from shopdisputes.shops.models import Shop
from shopdisputes.web.contributions import (
    AgendaItem,
    Contribution,
    Hit,
    NavigationEntry,
    Panel,
    Step,
    Words,
)
from shopdisputes.web.requests import StaffRequest

#: Results of a search; who has more narrows it down.
_MOST_HITS = 8
#: Rows of one kind on the agenda; the list of inspections shows all.
_MOST_ROWS = 20
_MOST_ON_PANEL = 10
#: Who does not agree, or remarks something, and hears nothing for so long has waited too long.
_REMARK_PATIENCE = timedelta(hours=4)
#: What ends within so many days is worth a call.
_SOON = timedelta(days=1)
#: An inspection that nobody finished for so long was forgotten.
_PATIENCE = timedelta(days=1)
#: Silence is news for so long.
_SILENCE_IS_NEWS = timedelta(days=7)


def _search(shop: Shop, words: str) -> list[Hit]:
    """Find inspections by their number or a part of it."""
    if not numbering.may_be_in(words, series=SERIES):
        return []
    found = Inspection.objects.for_shop(shop).select_related(
        "repair_order__customer", "repair_order__vehicle"
    )
    for word in words.split():
        found = found.filter(number__icontains=word)
    return [
        Hit(
            title=inspection.number,
            subtitle=f"{inspection.repair_order.customer} · {inspection.repair_order.vehicle}",
            url=_page(inspection),
            kind=gettext_lazy("Inspection"),
            exact=inspection.number.casefold() == words.strip().casefold(),
        )
        for inspection in found.order_by("-created_at", "id")[:_MOST_HITS]
    ]


def _agenda(shop: Shop, actor: Actor, at: datetime) -> list[AgendaItem]:
    """Return what waits for somebody: remarks, silence, ends (for the desk), what was forgotten."""
    inspections = (
        Inspection.objects.for_shop(shop)
        .with_everything()
        .filter(repair_order__status=RepairOrderStatus.OPEN)
    )
    forgotten = inspections.filter(status=InspectionStatus.IN_PROGRESS, created_at__lte=at)
    if actor.role in DESK:
        # Whoever is in the bay goes on with what was begun; the desk is told of what was forgotten.
        forgotten = forgotten.filter(created_at__lt=at - _PATIENCE)
    late = [_forgotten(each) for each in forgotten.order_by("created_at")[:_MOST_ROWS]]
    if actor.role not in DESK:
        return late
    today = local_day(at, zone=shop.zone)
    remarked = inspections.filter(
        status=InspectionStatus.ANSWERED,
        acknowledgements__answer__in=[
            AcknowledgementAnswer.DISAGREE,
            AcknowledgementAnswer.AGREE_WITH_REMARKS,
        ],
    ).annotate(said=F("acknowledgements__answer"))
    silent = inspections.filter(
        status=InspectionStatus.NO_ANSWER, answer_by__gte=today - _SILENCE_IS_NEWS
    )
    ending = inspections.filter(status=InspectionStatus.SHARED, answer_by__lte=today + _SOON)
    yesterday = start_of_day(today - timedelta(days=1), zone=shop.zone)
    agreed = inspections.filter(
        status=InspectionStatus.ANSWERED,
        answered_at__gte=yesterday,
        answered_at__lte=at,
        acknowledgements__answer=AcknowledgementAnswer.AGREE,
    )
    return [
        *(
            _remarked(each, each.said, at=at)
            for each in remarked.order_by("answered_at", "number").distinct()[:_MOST_ROWS]
        ),
        *(_silent(each) for each in silent.order_by("answer_by", "id")[:_MOST_ROWS]),
        *(_ending(each) for each in ending.order_by("answer_by", "id")[:_MOST_ROWS]),
        *(_agreed(each) for each in agreed.order_by("-answered_at")[:_MOST_ROWS]),
        *late,
    ]


def _remarked(inspection: Inspection, said: str, *, at: datetime) -> AgendaItem:
    answered_at = inspection.answered_at
    assert answered_at is not None
    disagrees = said == AcknowledgementAnswer.DISAGREE
    title = (
        _("%(name)s does not agree with %(number)s")
        if disagrees
        else _("%(name)s has remarks about %(number)s")
    )
    return AgendaItem(
        title=title % _facts(inspection),
        detail=_about(inspection),
        url=_page(inspection),
        due_at=answered_at,
        late=at - answered_at > _REMARK_PATIENCE,
        kind="message",
    )


def _silent(inspection: Inspection) -> AgendaItem:
    return AgendaItem(
        title=_("%(name)s did not answer %(number)s") % _facts(inspection),
        detail=_about(inspection),
        url=_page(inspection),
        due_at=_end_of(inspection),
        late=True,
        kind="phone",
    )


def _ending(inspection: Inspection) -> AgendaItem:
    return AgendaItem(
        title=_("%(number)s of %(name)s ends soon without an answer") % _facts(inspection),
        detail=_about(inspection),
        url=_page(inspection),
        due_at=_end_of(inspection),
        kind="calendar-due",
    )


def _agreed(inspection: Inspection) -> AgendaItem:
    return AgendaItem(
        title=_("%(name)s agrees with %(number)s") % _facts(inspection),
        detail=_about(inspection),
        url=_page(inspection),
        due_at=inspection.answered_at,
        kind="checks",
    )


def _forgotten(inspection: Inspection) -> AgendaItem:
    return AgendaItem(
        title=_("%(number)s for %(name)s is not finished") % _facts(inspection),
        detail=_about(inspection),
        url=reverse("inspection-run", args=[inspection.number]),
        due_at=inspection.created_at,
        late=True,
        kind="checklist",
    )


def _facts(inspection: Inspection) -> dict[str, str]:
    return {"number": inspection.number, "name": inspection.repair_order.customer.name}


def _about(inspection: Inspection) -> str:
    order = inspection.repair_order
    return f"{inspection.get_stage_display()} · {order.vehicle} · {order.number}"


def _page(inspection: Inspection) -> str:
    return reverse("inspection", args=[inspection.number])


def _end_of(inspection: Inspection) -> datetime:
    assert inspection.answer_by is not None
    return end_of_day(inspection.answer_by, zone=inspection.shop.zone)


def _repair_order_panels(request: StaffRequest, repair_order: RepairOrder) -> list[Panel]:
    """Return the order's inspections, and what can be begun with one touch."""
    found = list(
        Inspection.objects.for_shop(request.shop)
        .standing()
        .filter(repair_order=repair_order)
        .order_by("created_at", "id")
    )
    summaries = media.summaries(found)
    may_write = repair_order.status == RepairOrderStatus.OPEN
    return [
        Panel(
            template="inspections/panel_repair_order.html",
            context={
                "order": repair_order,
                "rows": [(each, summaries[each.pk]) for each in found],
                "may_write": may_write,
                "beginnings": _beginnings(request.shop) if may_write else [],
                "can_compare": _comparable(found),
            },
        )
    ]


def _beginnings(shop: Shop) -> list[dict[str, Any]]:
    """Return a button a stage; it carries the checklist when there is just one to choose."""
    offered: dict[str, list[Checklist]] = {}
    for checklist in Checklist.objects.for_shop(shop).offered():
        offered.setdefault(checklist.stage, []).append(checklist)
    return [
        {
            "stage": stage.value,
            "label": stage.label,
            "checklist": offered[stage][0].pk if len(offered[stage]) == 1 else None,
        }
        for stage in Stage
        if stage in offered
    ]


def _comparable(found: list[Inspection]) -> Inspection | None:
    """Return the newest finished check-out when there is a finished check-in too."""
    unfinished = {InspectionStatus.IN_PROGRESS, InspectionStatus.DISCARDED}
    finished = [each for each in found if each.status not in unfinished]
    if not any(each.stage == Stage.CHECK_IN for each in finished):
        return None
    return next((each for each in reversed(finished) if each.stage == Stage.CHECK_OUT), None)


def _customer_panels(request: StaffRequest, customer: Customer) -> list[Panel]:
    """Return the newest inspections of the customer's cars."""
    found = (
        Inspection.objects.for_shop(request.shop)
        .standing()
        .filter(repair_order__customer=customer)
        .select_related("repair_order__vehicle")
        .order_by("-created_at", "id")[:_MOST_ON_PANEL]
    )
    return [
        Panel(
            template="inspections/panel_customer.html",
            context={"customer": customer, "inspections": found},
        )
    ]


def _furnish(shop: Shop, at: datetime) -> None:
    """Give a new shop the ready-made checklists."""
    checklists.install(shop=shop, at=at)


_SENTENCES: Mapping[str, Words] = {
    "inspection.started": gettext_lazy("Inspection %(number)s begun"),
    "inspection.completed": gettext_lazy("Inspection %(number)s completed"),
    "inspection.reopened": gettext_lazy("Inspection %(number)s opened again"),
    "inspection.discarded": gettext_lazy("Inspection %(number)s discarded"),
    "inspection.shared": gettext_lazy("Inspection %(number)s shared with %(to)s"),
    "inspection.reshared": gettext_lazy("Inspection %(number)s shared again with %(to)s"),
    "inspection.handed_over": gettext_lazy("Inspection %(number)s handed over on the tablet"),
    "inspection.answered": gettext_lazy("%(person)s answered and signed inspection %(number)s"),
    "inspection.no_answer": gettext_lazy("No answer to inspection %(number)s by %(answer_by)s"),
    "inspection.media_removed": gettext_lazy("File %(file)s taken away from “%(item)s”"),
    "inspection.report_made": gettext_lazy("Report of inspection %(number)s made"),
    "inspection.item_added": gettext_lazy("“%(item)s” added to inspection %(number)s"),
    "inspection.item_removed": gettext_lazy("“%(item)s” taken out of inspection %(number)s"),
    "checklist.created": gettext_lazy("Checklist “%(name)s” made"),
    "checklist.changed": gettext_lazy("Checklist “%(name)s” changed, version %(version)s"),
    "checklist.activated": gettext_lazy("Checklist “%(name)s” offered again"),
    "checklist.deactivated": gettext_lazy("Checklist “%(name)s” not offered any more"),
}

contribution = Contribution(
    navigation=(
        NavigationEntry(
            gettext_lazy("Inspections"),
            "inspection-list",
            "clipboard-check",
            position=15,
            shortcut="g i",
        ),
    ),
    settings_entries=(
        NavigationEntry(gettext_lazy("Checklists"), "checklist-list", "checklist", DESK),
    ),
    search=_search,
    agenda=_agenda,
    repair_order_panels=_repair_order_panels,
    customer_panels=_customer_panels,
    steps=(
        Step(
            gettext_lazy("Checked in"),
            frozenset({"inspection.completed"}),
            stage=Stage.CHECK_IN,
            position=10,
        ),
        Step(
            gettext_lazy("Checked out"),
            frozenset({"inspection.completed"}),
            stage=Stage.CHECK_OUT,
            position=90,
        ),
    ),
    sentences=_SENTENCES,
    renewals={LinkPurpose.INSPECTION: renew},
    invariants=invariants.broken,
    furnish=_furnish,
)
