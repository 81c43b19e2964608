"""Writing an estimate: new, edit, live totals, revise, copy, throw away."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from estimates import deferred, findings
from estimates.forms.drafting import CopyForm, HeadForm, ReasonForm
from estimates.forms.lines import HOURLY, LineEditor
from estimates.models import EstimateLine, EstimateRevision, JobTemplate
from estimates.services import drafting
from estimates.views.lookups import draft_of, estimate_of, repair_order_of, revisions_of, today
from estimates.views.verbs import refuse_verb
from shopdisputes.actors import DESK
from shopdisputes.errors import DomainError
from shopdisputes.money import ZERO
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.web.requests import StaffRequest, object_id, staff
from shopdisputes.web.responses import refused, see_other

EDITOR = "estimates/editor.html"
#: More than one visit brings; older ones are found on their inspections' pages.
_MOST_FINDINGS = 60


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*DESK)
def new(request: StaffRequest, number: str) -> HttpResponseBase:
    """Write the first revision of an estimate on a repair order."""
    order = repair_order_of(request, number)
    at = timezone.now()
    day = today(request, at)
    if request.method != "POST":
        head = HeadForm.beginning(shop=request.shop, today=day)
        return _show(request, order, None, head, _first_lines(request, order))
    head = HeadForm(request.POST, revision_number=1, today=day)
    return _take(request, order, None, head, at)


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*DESK)
def edit(request: StaffRequest, number: str) -> HttpResponseBase:
    """Go on writing the draft of an estimate."""
    estimate = estimate_of(request, number)
    order = estimate.repair_order
    revision = draft_of(estimate)
    at = timezone.now()
    day = today(request, at)
    if request.method != "POST":
        head = HeadForm.showing(revision, today=day)
        lines = revision.lines.order_by("position")
        return _show(request, order, revision, head, LineEditor.showing(lines, shop=request.shop))
    head = HeadForm(request.POST, revision_number=revision.number, today=day)
    return _take(request, order, revision, head, at)


@require_POST
@staff(*DESK)
def totals_of_new(request: StaffRequest, number: str) -> HttpResponse:
    """Reckon what stands in the editor of a new estimate; nothing is changed."""
    repair_order_of(request, number)
    return _totals(request)


@require_POST
@staff(*DESK)
def totals(request: StaffRequest, number: str) -> HttpResponse:
    """Reckon what stands in the editor of a draft; nothing is changed."""
    estimate_of(request, number)
    return _totals(request)


@require_POST
@staff(*DESK)
def revise(request: StaffRequest, number: str) -> HttpResponseBase:
    """Begin the next revision with the lines of the one in force."""
    estimate = estimate_of(request, number)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return refuse_verb(request, form, estimate, _("Revise"))
    revision = drafting.revise(
        estimate=estimate,
        reason=form.cleaned_data["reason"],
        by=request.actor,
        at=timezone.now(),
    )
    messages.success(
        request,
        _("Revision %(number)s is a draft. The one in force stands until you send it.")
        % {"number": revision.number},
    )
    return see_other("estimate-edit", estimate.number)


@require_POST
@staff(*DESK)
def duplicate(request: StaffRequest, number: str) -> HttpResponseBase:
    """Copy the newest revision into a new estimate, on the same or another repair order."""
    estimate = estimate_of(request, number)
    form = CopyForm(request.POST, shop=request.shop)
    if not form.is_valid():
        return refuse_verb(request, form, estimate, _("Duplicate"))
    revision = drafting.duplicate(
        estimate=estimate,
        repair_order=form.cleaned_data["repair_order"],
        by=request.actor,
        at=timezone.now(),
    )
    messages.success(
        request,
        _("This is a copy of %(number)s. Nothing was sent yet.") % {"number": estimate.number},
    )
    return see_other("estimate-edit", revision.estimate.number)


@require_POST
@staff(*DESK)
def discard(request: StaffRequest, number: str) -> HttpResponseBase:
    """Throw the draft away; what was sent before it stays."""
    estimate = estimate_of(request, number)
    revisions = revisions_of(estimate)
    drafting.discard(revision=draft_of(estimate), by=request.actor, at=timezone.now())
    messages.success(request, _("The draft was discarded."))
    if len(revisions) > 1:
        return see_other("estimate", estimate.number)
    return see_other("repair-order", estimate.repair_order.number)


def _take(
    request: StaffRequest,
    order: RepairOrder,
    revision: EstimateRevision | None,
    head: HeadForm,
    at: datetime,
) -> HttpResponseBase:
    """Do what the pressed button says: change the rows, or save."""
    action = request.POST.get("do", "save")
    if not action.startswith("save"):
        editor = LineEditor.typed(request.POST, shop=request.shop)
        _perform(request, order, editor, action)
        return _show(request, order, revision, head.as_typed(), editor)
    editor = LineEditor.posted(request.POST, shop=request.shop)
    checks = [head.is_valid(), editor.is_valid()]
    if not all(checks):
        return refused(request, EDITOR, _context(request, order, revision, head, editor), head)
    try:
        saved = _save(request, order, revision, head, editor, at)
    except DomainError as error:
        editor.take_errors(error)
        context = _context(request, order, revision, head, editor)
        return refused(request, EDITOR, context, error)
    if action == "save-send":
        return see_other("estimate-send", saved.estimate.number)
    messages.success(request, _("The draft was saved. The customer has not seen it yet."))
    return see_other("estimate", saved.estimate.number)


def _first_lines(request: StaffRequest, order: RepairOrder) -> LineEditor:
    """Return an empty editor, or one with what was chosen for this vehicle elsewhere."""
    if "finding" in request.GET:
        return _cited_lines(request, order)
    wanted = [key for text in request.GET.getlist("deferred") if (key := object_id(text))]
    if not wanted:
        return LineEditor.blank(request.shop)
    answers = deferred.work(shop=request.shop).filter(
        pk__in=wanted, line__revision__estimate__repair_order__vehicle=order.vehicle_id
    )
    editor = LineEditor(shop=request.shop)
    editor.offer(answer.line for answer in answers)
    return editor if editor.rows else LineEditor.blank(request.shop)


def _cited_lines(request: StaffRequest, order: RepairOrder) -> LineEditor:
    """Return an editor with a line for each finding that was chosen on the inspection's page."""
    wanted = {key for text in request.GET.getlist("finding") if (key := object_id(text))}
    editor = LineEditor(shop=request.shop)
    ours = findings.citable(shop=request.shop, vehicle=order.vehicle)
    editor.cite(ours.filter(pk__in=wanted))
    return editor if editor.rows else LineEditor.blank(request.shop)


def _perform(request: StaffRequest, order: RepairOrder, editor: LineEditor, action: str) -> None:
    if action == "cite":
        wanted = {key for text in request.POST.getlist("finding") if (key := object_id(text))}
        chosen = findings.citable(shop=request.shop, vehicle=order.vehicle).filter(pk__in=wanted)
        editor.cite(chosen)
        return
    if action != "insert":
        editor.perform(action)
        return
    job = _jobs(request).filter(pk=object_id(request.POST.get("job", ""))).first()
    if job is not None:
        editor.insert(job)


def _save(
    request: StaffRequest,
    order: RepairOrder,
    revision: EstimateRevision | None,
    head: HeadForm,
    editor: LineEditor,
    at: datetime,
) -> EstimateRevision:
    values = head.cleaned_data
    known = _keys_of(revision) if revision else frozenset()
    facts: dict[str, Any] = {
        "lines": editor.inputs(known=known),
        "valid_until": values["valid_until"],
        "deposit_amount": values["deposit_amount"] or ZERO,
        "by": request.actor,
        "at": at,
    }
    if revision is None:
        return drafting.create(repair_order=order, **facts)
    return drafting.change(
        revision=revision,
        reason=values.get("reason", ""),
        based_on=request.POST.get("based_on", ""),
        **facts,
    )


def _keys_of(revision: EstimateRevision) -> frozenset[UUID]:
    """Return the keys of every line that the estimate ever had."""
    lines = EstimateLine.objects.for_shop(revision.shop)
    return frozenset(
        lines.filter(revision__estimate=revision.estimate_id).values_list("key", flat=True)
    )


def _show(
    request: StaffRequest,
    order: RepairOrder,
    revision: EstimateRevision | None,
    head: HeadForm,
    editor: LineEditor,
) -> HttpResponse:
    return render(request, EDITOR, _context(request, order, revision, head, editor))


def _context(
    request: StaffRequest,
    order: RepairOrder,
    revision: EstimateRevision | None,
    head: HeadForm,
    editor: LineEditor,
) -> dict[str, Any]:
    cited = editor.cited()
    ours = findings.citable(shop=request.shop, vehicle=order.vehicle)
    offered = list(ours.with_media()[:_MOST_FINDINGS])
    known = {finding.pk: finding for finding in offered}
    editor.show_findings(known)
    back = (
        reverse("estimate", args=[revision.estimate.number])
        if revision
        else reverse("repair-order", args=[order.number])
    )
    totals_address = (
        reverse("estimate-totals", args=[revision.estimate.number])
        if revision
        else reverse("estimate-new-totals", args=[order.number])
    )
    return {
        "order": order,
        "revision": revision,
        "state": drafting.state_of(revision) if revision else "",
        "form": head,
        "editor": editor,
        "problems": list(editor.problems()),
        "sums": editor.sums(),
        "jobs": _jobs(request),
        "findings": [finding for finding in offered if finding.pk not in cited],
        "hourly_kinds": " ".join(HOURLY),
        "back": back,
        "totals_address": totals_address,
    }


def _totals(request: StaffRequest) -> HttpResponse:
    editor = LineEditor.posted(request.POST, shop=request.shop)
    context = {"editor": editor, "sums": editor.sums(), "live": True}
    return render(request, "estimates/editor.html#totals", context)


def _jobs(request: StaffRequest) -> Any:
    return JobTemplate.objects.for_shop(request.shop).filter(is_active=True).order_by("name")
