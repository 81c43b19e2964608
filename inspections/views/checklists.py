"""The settings' pages about checklists: what is looked at, at each stage of a visit."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from inspections import ready_made
from inspections.forms.checklist_rows import HeadForm, Pairs
from inspections.forms.checklists import ChecklistEditor, head_as_typed, head_shown
from inspections.models import Checklist, ChecklistVersion
from inspections.services import checklists
from inspections.states import Stage
from inspections.views import versions
from inspections.wordings import said
from shopdisputes.actors import MANAGEMENT
from shopdisputes.errors import ChangedMeanwhile, DomainError
from shopdisputes.shops.models import Shop
from shopdisputes.web.requests import StaffRequest, staff
from shopdisputes.web.responses import refused, see_other

EDITOR = "inspections/checklists/editor.html"
#: Items of these two are compared with one another.
_OTHER_STAGE = {Stage.CHECK_IN: Stage.CHECK_OUT, Stage.CHECK_OUT: Stage.CHECK_IN}


@require_safe
@staff()
def checklist_list(request: StaffRequest) -> HttpResponse:
    """Show the checklists of every stage, those on offer first."""
    found = (
        Checklist.objects.for_shop(request.shop)
        .with_newest()
        .order_by("-is_active", "position", "created_at")
    )
    kept = {checklist.ready_made for checklist in found}
    stages = [
        {
            "stage": stage,
            "checklists": [each for each in found if each.stage == stage],
            "missing": [
                {"code": made.code, "name": said(made.name)}
                for made in ready_made.READY_MADE
                if made.stage == stage and made.code not in kept
            ],
        }
        for stage in Stage
    ]
    context = {"stages": stages, **_frame(request)}
    return render(request, "inspections/checklists/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*MANAGEMENT)
def new(request: StaffRequest) -> HttpResponseBase:
    """Write a checklist."""
    if request.method == "POST":
        return _take(request, None, timezone.now())
    wanted = request.GET.get("stage", "")
    stage = Stage(wanted) if wanted in Stage.values else Stage.CHECK_IN
    editor = ChecklistEditor.blank(
        language=request.shop.language, pairs=_pairs(request.shop, stage)
    )
    head = head_shown(language=request.shop.language, stage=stage, name={})
    return render(request, EDITOR, _context(request.shop, None, head, editor))


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*MANAGEMENT)
def edit(request: StaffRequest, checklist_id: UUID) -> HttpResponseBase:
    """Write the next version of a checklist; inspections keep the one they were begun with."""
    checklist = _look_up(request.shop, checklist_id)
    if request.method == "POST":
        return _take(request, checklist, timezone.now())
    editor = ChecklistEditor.showing(
        _items(checklists.newest_version(checklist)),
        language=request.shop.language,
        pairs=_pairs(request.shop, checklist.stage),
    )
    head = head_shown(language=request.shop.language, stage=checklist.stage, name=checklist.name)
    return render(request, EDITOR, _context(request.shop, checklist, head, editor))


@require_POST
@staff(*MANAGEMENT)
def offer(request: StaffRequest, checklist_id: UUID) -> HttpResponseBase:
    """Offer a checklist for new inspections, or stop offering it."""
    checklist = _look_up(request.shop, checklist_id)
    active = request.POST.get("offered") == "1"
    checklists.set_active(checklist=checklist, active=active, by=request.actor, at=timezone.now())
    words = _("%(name)s is offered again.") if active else _("%(name)s is not offered any more.")
    messages.success(request, words % {"name": checklist})
    return see_other("checklist-list")


@require_POST
@staff(*MANAGEMENT)
def restore(request: StaffRequest) -> HttpResponseBase:
    """Bring a ready-made checklist back as it comes with the product."""
    version = checklists.restore_ready_made(
        shop=request.shop,
        code=request.POST.get("code", ""),
        by=request.actor,
        at=timezone.now(),
    )
    words = _("%(name)s is the ready-made one again, as version %(number)d.")
    messages.success(request, words % {"name": version.checklist, "number": version.number})
    return _to_version(version)


@require_safe
@staff()
def version(request: StaffRequest, checklist_id: UUID, number: int) -> HttpResponse:
    """Show one version as it was, and what it changed."""
    checklist = _look_up(request.shop, checklist_id)
    all_versions = checklist.versions.order_by("-number")
    shown = get_object_or_404(all_versions, number=number)
    earlier = all_versions.filter(number__lt=number).first()
    context = {
        "checklist": checklist,
        "version": shown,
        "groups": versions.sections(_items(shown)),
        "earlier": earlier,
        "changes": versions.between(_items(earlier), _items(shown)) if earlier else None,
        "versions": all_versions,
        "is_newest": shown.number == checklist.newest_number,
        **_frame(request),
    }
    return render(request, "inspections/checklists/version.html", context)


def _take(request: StaffRequest, checklist: Checklist | None, at: datetime) -> HttpResponseBase:
    """Do what a button of the editor asks, or save."""
    shop, action = request.shop, request.POST.get("do", "save")
    head = _head_posted(request, checklist)
    stage = checklist.stage if checklist else head["stage"].data or ""
    facts: dict[str, Any] = {"language": shop.language, "pairs": _pairs(shop, stage)}
    if action != "save":
        editor = ChecklistEditor.typed(request.POST, **facts)
        editor.perform(action)
        return render(request, EDITOR, _context(shop, checklist, head_as_typed(head), editor))
    editor = ChecklistEditor.posted(request.POST, **facts)
    checks = [head.is_valid(), editor.is_valid()]
    if not all(checks):
        return refused(request, EDITOR, _context(shop, checklist, head, editor), head)
    before = checklists.newest_version(checklist) if checklist else None
    try:
        _need_unchanged(request, before)
        saved = checklists.save_version(
            checklist=checklist,
            shop=shop,
            stage=stage,
            name=head.words("name"),
            items=editor.drafts(),
            by=request.actor,
            at=at,
        )
    except DomainError as error:
        editor.take_errors(error)
        if "name" in error.fields:
            head.place_error("name", str(error.fields["name"]))
        return refused(request, EDITOR, _context(shop, checklist, head, editor), error)
    _say_saved(request, saved, before)
    return _to_version(saved)


def _frame(request: StaffRequest) -> dict[str, Any]:
    """Return what a page shows around it: who changes nothing here has no menu of settings."""
    may_change = request.membership.role in MANAGEMENT
    return {
        "may_change": may_change,
        "layout": "settings/base.html" if may_change else "base.html",
    }


def _head_posted(request: StaffRequest, checklist: Checklist | None) -> HeadForm:
    """Return the posted head; a checklist that is there stays at its stage."""
    head = HeadForm(request.POST, language=request.shop.language)
    if checklist is not None:
        head.fields["stage"].disabled = True
        head.initial["stage"] = checklist.stage
    return head


def _need_unchanged(request: StaffRequest, newest: ChecklistVersion | None) -> None:
    """Refuse to write over what somebody else saved meanwhile, without having been seen.

    Raises:
        ChangedMeanwhile: the page was made from an older version.
    """
    based_on = request.POST.get("based_on", "")
    if newest is not None and based_on and based_on != str(newest.number):
        message = _(
            "%(who)s saved version %(number)d meanwhile. Look at it first; saving again writes "
            "yours after it."
        )
        raise ChangedMeanwhile(message % {"who": newest.created_by, "number": newest.number})


def _say_saved(
    request: StaffRequest, saved: ChecklistVersion, before: ChecklistVersion | None
) -> None:
    if before is not None and before.number == saved.number:
        words = _("%(name)s was saved. Its items are as before, so version %(number)d stays.")
    else:
        words = _("%(name)s was saved as version %(number)d.")
    messages.success(request, words % {"name": saved.checklist, "number": saved.number})


def _to_version(version: ChecklistVersion) -> HttpResponseBase:
    return see_other("checklist-version", checklist_id=version.checklist_id, number=version.number)


def _look_up(shop: Shop, checklist_id: UUID) -> Any:
    return get_object_or_404(Checklist.objects.for_shop(shop).with_newest(), pk=checklist_id)


def _items(version: ChecklistVersion | None) -> Sequence[checklists.ItemDraft]:
    return checklists.drafts_of(version) if version else []


def _pairs(shop: Shop, stage: str) -> Pairs | None:
    """Return what the items of a stage can be compared with: key → section and name there."""
    other = _OTHER_STAGE.get(Stage(stage)) if stage in Stage.values else None
    if other is None:
        return None
    found: dict[str, str] = {}
    for checklist in Checklist.objects.for_shop(shop).offered(stage=other):
        for item in _items(checklists.newest_version(checklist)):
            if item.pair_key:
                words = [said(item.section), said(item.name)]
                found.setdefault(item.pair_key, " · ".join(filter(None, words)))
    return list(found.items())


def _context(
    shop: Shop, checklist: Checklist | None, head: HeadForm, editor: ChecklistEditor
) -> dict[str, Any]:
    newest = checklists.newest_version(checklist) if checklist else None
    return {
        "checklist": checklist,
        "newest": newest,
        "versions": checklist.versions.order_by("-number") if checklist else [],
        "form": head,
        "editor": editor,
        "problems": list(editor.problems()),
    }
