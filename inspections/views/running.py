"""The runner: walking round the car with a phone, item by item."""

import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from inspections.forms.recording import (
    QUICK_REASONS,
    ExtraItemForm,
    NoteForm,
    ReasonForm,
    RecordForm,
)
from inspections.models import Checklist, Inspection, InspectionItem
from inspections.services import beginning, completing, recording
from inspections.states import Stage
from inspections.views import actions, shown
from inspections.views.lookups import inspection_of, item_of, repair_order_of
from shopdisputes.errors import DomainError
from shopdisputes.uploads.services import LARGEST_MEDIA
from shopdisputes.web.requests import StaffRequest, object_id, staff
from shopdisputes.web.responses import refused, see_other, status_of

RUN = "inspections/run.html"
SAID = "inspections/_said.html"


@require_http_methods(["GET", "HEAD", "POST"])
@staff()
def new(request: StaffRequest, number: str) -> HttpResponseBase:
    """Begin an inspection on a repair order; GET asks with which checklist."""
    order = repair_order_of(request, number)
    offered = Checklist.objects.for_shop(request.shop).offered()
    if request.method == "POST":
        if "checklist" not in request.POST:
            raise beginning.ChecklistNotOffered
        checklist = get_object_or_404(
            Checklist.objects.for_shop(request.shop),
            pk=object_id(request.POST.get("checklist", "")),
        )
        begun = beginning.begin(
            repair_order=order, checklist=checklist, by=request.actor, at=timezone.now()
        )
        return see_other("inspection-run", begun.number)
    wanted = request.GET.get("stage", "")
    by_stage = [
        (stage, stage.label, [each for each in offered if each.stage == stage])
        for stage in Stage
        if wanted not in Stage.values or stage == wanted
    ]
    return render(
        request,
        "inspections/new.html",
        {"order": order, "by_stage": [entry for entry in by_stage if entry[2]]},
    )


# Two dozen cards are long, and the line in the bay is slow.
@gzip_page
@require_safe
@staff()
def run(request: StaffRequest, number: str) -> HttpResponseBase:
    """Show every item of an inspection in progress, ready to be recorded."""
    inspection = inspection_of(request, number)
    if not actions.may(inspection, "record", role=request.actor.role):
        return see_other("inspection", inspection.number)
    return render(request, RUN, page_of(request, inspection))


@require_POST
@staff()
def item(request: StaffRequest, number: str, item_id: UUID) -> HttpResponseBase:
    """Write down what was seen at one item; htmx gets back how the item stands."""
    found = item_of(request, number, item_id)
    form = RecordForm(request.POST, item=found)
    problem = _record(request, found, form, at=timezone.now())
    if request.htmx:
        context = said_of(request, found.inspection, item_id, problem=problem)
        status = HTTPStatus.OK
        if problem is not None:
            status = (
                status_of(problem)
                if isinstance(problem, DomainError)
                else HTTPStatus.UNPROCESSABLE_ENTITY
            )
        return render(request, SAID, context, status=status)
    if problem is None:
        return see_other(_card_url(found.inspection, item_id))
    page = page_of(request, found.inspection, refused_form=form)
    return refused(request, RUN, page, problem, form=form)


@require_POST
@staff()
def add_item(request: StaffRequest, number: str) -> HttpResponseBase:
    """Put in something that is on no checklist."""
    inspection = inspection_of(request, number)
    form = ExtraItemForm(request.POST, auto_id="extra-%s")
    if not form.is_valid():
        return refused(request, RUN, page_of(request, inspection, extra_form=form), form)
    section, name = form.wordings(language=get_language() or inspection.shop.language)
    added = recording.add_item(
        inspection=inspection, section=section, name=name, by=request.actor, at=timezone.now()
    )
    return see_other(_card_url(inspection, added.pk))


@require_POST
@staff()
def remove_item(request: StaffRequest, number: str, item_id: UUID) -> HttpResponseBase:
    """Take away an item that was put in by hand."""
    found = item_of(request, number, item_id)
    recording.remove_item(item=found, by=request.actor, at=timezone.now())
    messages.success(request, _("The item was taken away."))
    return see_other("inspection-run", number)


@require_POST
@staff()
def note(request: StaffRequest, number: str) -> HttpResponseBase:
    """Write the note about the whole."""
    inspection = inspection_of(request, number)
    form = NoteForm(request.POST, auto_id="whole-%s")
    if not form.is_valid():
        return refused(request, RUN, page_of(request, inspection, note_form=form), form)
    recording.set_note(
        inspection=inspection,
        note=form.cleaned_data["note"],
        by=request.actor,
        at=timezone.now(),
    )
    if request.htmx:
        return render(request, "inspections/_note_saved.html")
    return see_other(f"{reverse('inspection-run', args=[number])}#finish")


@require_POST
@staff()
def rest(request: StaffRequest, number: str) -> HttpResponseBase:
    """Note for everything that nobody looked at why it was not inspected."""
    inspection = inspection_of(request, number)
    form = ReasonForm(request.POST, auto_id="rest-%s")
    if not form.is_valid():
        return refused(request, RUN, page_of(request, inspection, rest_form=form), form)
    count = recording.rest_not_inspected(
        inspection=inspection,
        reason=form.cleaned_data["reason"],
        by=request.actor,
        at=timezone.now(),
    )
    words = ngettext(
        "%(count)s item noted as not inspected.", "%(count)s items noted as not inspected.", count
    )
    messages.success(request, words % {"count": count})
    return see_other(f"{reverse('inspection-run', args=[number])}#finish")


@require_POST
@staff()
def complete(request: StaffRequest, number: str) -> HttpResponseBase:
    """Finish an inspection: from then on it says what it says."""
    inspection = inspection_of(request, number)
    try:
        completing.complete(inspection=inspection, by=request.actor, at=timezone.now())
    except completing.Incomplete as error:
        words = page_of(request, inspection)
        # The list of what is missing stands at the bottom, with a way to each card.
        error.fields = {}
        return refused(request, RUN, words, error)
    messages.success(request, _("The inspection is complete."))
    return see_other("inspection", inspection.number)


def said_of(
    request: StaffRequest,
    inspection: Inspection,
    item_id: UUID,
    *,
    problem: DomainError | Form | None = None,
) -> dict[str, Any]:
    """Return what changes on the page when an item was touched: its state, the count, the list."""
    as_of = time.time_ns() // 1000
    items = shown.items_of(inspection)
    item = next((each for each in items if each.pk == item_id), None)
    if item is None:
        raise Http404
    missing = completing.missing(inspection)
    return {
        "inspection": inspection,
        "item": item,
        "item_missing": missing.get(item_id, []),
        "problems": _sentences(problem),
        "live": True,
        **_finish(items, missing, as_of=as_of),
    }


def page_of(
    request: StaffRequest,
    inspection: Inspection,
    *,
    refused_form: RecordForm | None = None,
    extra_form: ExtraItemForm | None = None,
    note_form: NoteForm | None = None,
    rest_form: ReasonForm | None = None,
) -> dict[str, Any]:
    """Return what the runner shows."""
    as_of = time.time_ns() // 1000
    items = shown.items_of(inspection)
    missing = completing.missing(inspection)
    cards = shown.cards(inspection, items, missing=missing, with_forms=True)
    if refused_form is not None:
        wanted = refused_form.item.pk
        cards = [card.with_form(refused_form) if card.item.pk == wanted else card for card in cards]
    return {
        "inspection": inspection,
        "order": inspection.repair_order,
        "sections": shown.by_section(cards),
        "warnings": completing.warnings(inspection),
        "quick_reasons": QUICK_REASONS,
        "extra_form": extra_form or ExtraItemForm(auto_id="extra-%s"),
        "note_form": note_form or NoteForm(initial={"note": inspection.note}, auto_id="whole-%s"),
        "rest_form": rest_form or ReasonForm(auto_id="rest-%s"),
        "form": refused_form or extra_form or note_form or rest_form,
        "largest": LARGEST_MEDIA,
        "largest_shown": filesizeformat(LARGEST_MEDIA),
        **_finish(items, missing, as_of=as_of),
    }


def _finish(
    items: Sequence[InspectionItem], missing: Mapping[UUID, Sequence[str]], *, as_of: int
) -> dict[str, Any]:
    # Two items saved at once may be answered in the other order: the page keeps what was read
    # last, and ``as_of`` (microseconds, taken before reading) tells which that is.
    return {
        "as_of": as_of,
        "progress": shown.progress_of(items),
        "to_do": [(each, missing[each.pk]) for each in items if missing.get(each.pk)],
    }


def _record(
    request: StaffRequest, item: InspectionItem, form: RecordForm, *, at: datetime
) -> DomainError | Form | None:
    """Write the form down; return what is wrong with it, None when it is written."""
    if not form.is_valid():
        return form
    told: dict[str, Any] = {"by": request.actor, "at": at}
    try:
        with transaction.atomic():
            if form.clears_measurement:
                # An empty number leaves the old one; only an item without a result loses it.
                recording.record(item=item, result="", **told)
            recording.record(item=item, **form.cleaned_data, **told)
    except DomainError as error:
        return error
    return None


def _sentences(problem: DomainError | Form | None) -> list[str]:
    if problem is None:
        return []
    if isinstance(problem, DomainError):
        return [str(words) for words in problem.fields.values()] or [str(problem.message)]
    return [str(words) for errors in problem.errors.values() for words in errors]


def _card_url(inspection: Inspection, item_id: UUID) -> str:
    return f"{reverse('inspection-run', args=[inspection.number])}#item-{item_id}"
