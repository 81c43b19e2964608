"""What estimates add to the kernel's pages: ways in, search, agenda, panels, sentences."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from estimates import deferred, invariants, ledger
from estimates.models import Estimate, EstimateLine, EstimateRevision
from estimates.services import sending
from estimates.services.drafting import SERIES
from estimates.states import RevisionStatus
from inspections.models import Inspection, InspectionItem
from shopdisputes.actors import DESK, Actor
from shopdisputes.customers.models import Customer
from shopdisputes.dates import end_of_day, local_day, start_of_day
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.repairorders.states import RepairOrderStatus
from shopdisputes.shops import numbering
from shopdisputes.shops.models import Shop
from shopdisputes.web.contributions import (
    AgendaItem,
    Contribution,
    Hit,
    NavigationEntry,
    NextStep,
    Panel,
    Renewal,
    Step,
    Words,
)
from shopdisputes.web.requests import StaffRequest

#: Results of a search; who has more narrows it down.
_MOST_HITS = 8
#: Rows of one kind on the agenda; the list of estimates shows all.
_MOST_ROWS = 20
_MOST_ON_PANEL = 10
#: Who asked for a call and heard nothing for so long has waited too long.
_CALL_PATIENCE = timedelta(hours=4)
_PAPER_PATIENCE = timedelta(days=1)
#: What ends within so many days is worth a call.
_SOON = timedelta(days=3)
#: A draft that nobody touched for so long was forgotten.
_DRAFT_PATIENCE = timedelta(days=2)


def _call_off(repair_order: RepairOrder, reason: str, by: Actor, at: datetime) -> None:
    sending.stop_asking(repair_order)


def _search(shop: Shop, words: str) -> list[Hit]:
    """Find estimates by their number or a part of it."""
    if not numbering.may_be_in(words, series=SERIES):
        return []
    found = Estimate.objects.for_shop(shop).select_related(
        "repair_order__customer", "repair_order__vehicle"
    )
    for word in words.split():
        found = found.filter(number__icontains=word)
    return [
        Hit(
            title=estimate.number,
            subtitle=f"{estimate.repair_order.customer} · {estimate.repair_order.vehicle}",
            url=reverse("estimate", args=[estimate.number]),
            kind=gettext_lazy("Estimate"),
            exact=estimate.number.casefold() == words.strip().casefold(),
        )
        for estimate in found.order_by("-created_at", "id")[:_MOST_HITS]
    ]


def _agenda(shop: Shop, actor: Actor, at: datetime) -> list[AgendaItem]:
    """Return what waits for the desk: calls, papers, answers, ends, forgotten drafts."""
    if actor.role not in DESK:
        return []
    today = local_day(at, zone=shop.zone)
    revisions = (
        EstimateRevision.objects.for_shop(shop)
        .with_everything()
        .filter(estimate__repair_order__status=RepairOrderStatus.OPEN)
    )
    waiting = revisions.filter(status=RevisionStatus.SENT)
    calls = waiting.filter(call_requested_at__isnull=False, call_done_at=None)
    papers = waiting.filter(paper_requested_at__isnull=False)
    ending = waiting.filter(valid_until__lte=today + _SOON)
    yesterday = start_of_day(today - timedelta(days=1), zone=shop.zone)
    answered = revisions.filter(
        status=RevisionStatus.ANSWERED, answered_at__gte=yesterday, answered_at__lte=at
    )
    forgotten = revisions.filter(status=RevisionStatus.DRAFT, created_at__lt=at - _DRAFT_PATIENCE)
    return [
        *(_call(revision, at=at) for revision in calls.order_by("call_requested_at")[:_MOST_ROWS]),
        *(_paper(each, at=at) for each in papers.order_by("paper_requested_at")[:_MOST_ROWS]),
        *(_ending(each) for each in ending.order_by("valid_until", "id")[:_MOST_ROWS]),
        *(_answered(each) for each in answered.order_by("-answered_at")[:_MOST_ROWS]),
        *(_forgotten(each) for each in forgotten.order_by("created_at")[:_MOST_ROWS]),
    ]


def _call(revision: EstimateRevision, *, at: datetime) -> AgendaItem:
    asked_at = revision.call_requested_at
    assert asked_at is not None
    return AgendaItem(
        title=_("Call %(name)s about %(number)s") % _facts(revision),
        detail=revision.call_note or _about(revision),
        url=_page(revision),
        due_at=asked_at,
        late=at - asked_at > _CALL_PATIENCE,
        kind="phone",
    )


def _paper(revision: EstimateRevision, *, at: datetime) -> AgendaItem:
    asked_at = revision.paper_requested_at
    assert asked_at is not None
    return AgendaItem(
        title=_("%(name)s wants to sign %(number)s on paper") % _facts(revision),
        detail=_about(revision),
        url=reverse("estimate-paper", args=[revision.estimate.number]),
        due_at=asked_at,
        late=at - asked_at > _PAPER_PATIENCE,
        kind="writing-sign",
    )


def _ending(revision: EstimateRevision) -> AgendaItem:
    return AgendaItem(
        title=_("%(number)s of %(name)s ends soon without an answer") % _facts(revision),
        detail=_about(revision),
        url=_page(revision),
        due_at=end_of_day(revision.valid_until, zone=revision.shop.zone),
        kind="calendar-due",
    )


def _answered(revision: EstimateRevision) -> AgendaItem:
    return AgendaItem(
        title=_("%(name)s has answered %(number)s") % _facts(revision),
        detail=_about(revision),
        url=_page(revision),
        due_at=revision.answered_at,
        kind="checks",
    )


def _forgotten(revision: EstimateRevision) -> AgendaItem:
    return AgendaItem(
        title=_("%(number)s for %(name)s is still a draft") % _facts(revision),
        detail=_about(revision),
        url=_page(revision),
        due_at=revision.created_at,
        kind="edit",
    )


def _facts(revision: EstimateRevision) -> dict[str, str]:
    return {
        "number": revision.estimate.number,
        "name": revision.estimate.repair_order.customer.name,
    }


def _about(revision: EstimateRevision) -> str:
    order = revision.estimate.repair_order
    return f"{order.vehicle} · {order.number}"


def _page(revision: EstimateRevision) -> str:
    return reverse("estimate", args=[revision.estimate.number])


def _repair_order_panels(request: StaffRequest, repair_order: RepairOrder) -> list[Panel]:
    """Return the order's estimates with what of them is authorized."""
    found = (
        Estimate.objects.for_shop(request.shop)
        .filter(repair_order=repair_order)
        .with_newest()
        .order_by("-created_at", "id")
    )
    estimates = [(estimate, ledger.of(estimate).authorized.total) for estimate in found]
    may_write = request.actor.role in DESK and repair_order.status == RepairOrderStatus.OPEN
    return [
        Panel(
            template="estimates/panel_repair_order.html",
            context={
                "order": repair_order,
                "estimates": estimates,
                "may_write": may_write,
            },
            next_step=NextStep(
                label=_("New estimate"),
                icon="plus",
                url=reverse("estimate-new", args=[repair_order.number]),
                position=20,
            )
            if may_write and not estimates
            else None,
        )
    ]


def _inspection_panels(request: StaffRequest, inspection: Inspection) -> list[Panel]:
    """Offer to price what was found, and show which lines cite it already."""
    if request.actor.role not in DESK:
        return []
    found = (
        InspectionItem.objects.for_shop(request.shop)
        .findings()
        .filter(inspection=inspection)
        .order_by("position")
        .prefetch_related(
            Prefetch(
                "estimate_lines",
                queryset=EstimateLine.objects.for_shop(request.shop)
                .exclude(revision__status=RevisionStatus.SUPERSEDED)
                .select_related("revision__estimate"),
                to_attr="citing_lines",
            )
        )
    )
    findings = list(found)
    if not findings:
        return []
    order = inspection.repair_order
    return [
        Panel(
            template="estimates/panel_inspection.html",
            context={
                "order": order,
                "findings": findings,
                "may_write": order.status == RepairOrderStatus.OPEN,
            },
        )
    ]


def _customer_panels(request: StaffRequest, customer: Customer) -> list[Panel]:
    """Return the customer's newest estimates, and the work that was put off."""
    found = (
        Estimate.objects.for_shop(request.shop)
        .filter(repair_order__customer=customer)
        .select_related("repair_order__vehicle")
        .with_newest()
        .order_by("-created_at", "id")[:_MOST_ON_PANEL]
    )
    put_off = deferred.work(shop=request.shop).filter(
        line__revision__estimate__repair_order__customer=customer
    )
    return [
        Panel(
            template="estimates/panel_customer.html",
            context={
                "customer": customer,
                "estimates": found,
                "deferred": put_off[:_MOST_ON_PANEL],
            },
        )
    ]


def _renew(link: AccessLink) -> Renewal | None:
    """Return the newest version that the customer was shown; a withdrawn one is not shown again."""
    revision = EstimateRevision.objects.for_link(link).first()
    if revision is None:
        return None
    newest = (
        EstimateRevision.objects.for_shop(link.shop)
        .filter(estimate=revision.estimate_id)
        .proposed()
        .select_related("estimate__repair_order__customer")
        .order_by("-number")[0]
    )
    if newest.status == RevisionStatus.WITHDRAWN:
        return None
    return Renewal(target_id=newest.pk, customer=newest.estimate.repair_order.customer)


_SENTENCES: Mapping[str, Words] = {
    "estimate.created": gettext_lazy("Estimate %(number)s begun"),
    "estimate.changed": gettext_lazy("Draft of %(number)s changed, total %(total)s"),
    "estimate.sent": gettext_lazy("Revision %(revision)s of %(number)s sent, total %(total)s"),
    "estimate.resent": gettext_lazy("Revision %(revision)s of %(number)s mailed again to %(to)s"),
    "estimate.withdrawn": gettext_lazy("Revision %(revision)s of %(number)s withdrawn"),
    "estimate.revised": gettext_lazy("Revision %(revision)s of %(number)s begun"),
    "estimate.discarded": gettext_lazy("Draft of revision %(revision)s of %(number)s discarded"),
    "estimate.expired": gettext_lazy("Revision %(revision)s of %(number)s expired unanswered"),
    "estimate.reminded": gettext_lazy("Reminder before %(number)s expires"),
    "estimate.answered": gettext_lazy(
        "%(person)s answered and signed revision %(revision)s of %(number)s; "
        "authorized is now %(new_total)s"
    ),
    "estimate.authorization_recorded": gettext_lazy(
        "Answer of %(person)s to revision %(revision)s of %(number)s written down; "
        "authorized is now %(new_total)s"
    ),
    "estimate.code_sent": gettext_lazy("Code to sign %(number)s mailed to %(to)s"),
    "estimate.call_requested": gettext_lazy("Customer asked for a call about %(number)s"),
    "estimate.call_finished": gettext_lazy("Customer called back about %(number)s"),
    "estimate.paper_requested": gettext_lazy("Customer wants to sign %(number)s on paper"),
    "estimate.paper_printed": gettext_lazy("Revision %(revision)s of %(number)s printed to sign"),
    "estimate.copy_sealed": gettext_lazy("Signed copy of %(number)s sealed"),
    "job.created": gettext_lazy("Frequent job “%(name)s” made"),
    "job.changed": gettext_lazy("Frequent job “%(name)s” changed"),
    "job.activated": gettext_lazy("Frequent job “%(name)s” offered again"),
    "job.deactivated": gettext_lazy("Frequent job “%(name)s” not offered any more"),
}

contribution = Contribution(
    lists=("estimate-list",),
    navigation=(
        NavigationEntry(
            gettext_lazy("Estimates"), "estimate-list", "file-dollar", position=20, shortcut="g e"
        ),
        NavigationEntry(gettext_lazy("Deferred work"), "deferred-work", "clock-pause", position=25),
    ),
    settings_entries=(
        NavigationEntry(gettext_lazy("Frequent jobs"), "job-list", "template", DESK),
    ),
    search=_search,
    agenda=_agenda,
    repair_order_panels=_repair_order_panels,
    customer_panels=_customer_panels,
    page_panels={"inspection": _inspection_panels},
    steps=(
        Step(gettext_lazy("Estimate sent"), frozenset({"estimate.sent"})),
        Step(
            gettext_lazy("Authorized"),
            frozenset({"estimate.answered", "estimate.authorization_recorded"}),
        ),
    ),
    sentences=_SENTENCES,
    renewals={LinkPurpose.ESTIMATE: _renew},
    invariants=invariants.broken,
    call_off=_call_off,
)
