"""The settings' pages about ladders: what is asked for when, and how."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Prefetch
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dunning import forecast, revising, telling
from dunning.forms.ladders import LadderEditor, LadderForm
from dunning.laddering import InForce, ordered
from dunning.models import Ladder, LadderVersion
from dunning.rungs import Limits
from dunning.services import ladders, retiring
from shopdisputes.actors import MANAGEMENT
from shopdisputes.errors import DomainError
from shopdisputes.shops.models import Shop
from shopdisputes.web.requests import StaffRequest, object_id, staff
from shopdisputes.web.responses import refused, see_other

EDITOR = "dunning/settings/ladder.html"
REVIEW = "dunning/settings/review.html"
#: A number of a version has fewer.
_MOST_DIGITS = 10


@require_safe
@staff(*MANAGEMENT)
def ladder_list(request: StaffRequest) -> HttpResponse:
    """Show the shop's ladders with their steps, the usual one first."""
    versions = LadderVersion.objects.for_shop(request.shop).in_force()
    newest = Prefetch("versions", queryset=versions, to_attr="newest")
    shop_ladders = Ladder.objects.for_shop(request.shop)
    found = (
        shop_ladders.on_offer().annotate(customer_count=Count("customers")).prefetch_related(newest)
    )
    rows = [
        (ladder, version, _told(request.shop, ordered(version)))
        for ladder in found
        for version in ladder.newest
    ]
    retired = shop_ladders.filter(retired_at__isnull=False).order_by("-retired_at", "name")
    context = {"rows": rows, "retired": retired}
    return render(request, "dunning/settings/ladders.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*MANAGEMENT)
def new(request: StaffRequest) -> HttpResponseBase:
    """Write a ladder; it begins as a copy of another one."""
    if request.method == "POST":
        return _create(request)
    wanted = object_id(request.GET.get("from", ""))
    shop_ladders = Ladder.objects.for_shop(request.shop)
    source = shop_ladders.filter(pk=wanted).first() if wanted else None
    source = source or shop_ladders.filter(is_default=True).first()
    if source is None:
        editor = LadderEditor()
        editor.add()
        form = LadderForm.showing("", Limits())
    else:
        in_force = _newest(source)
        editor = LadderEditor.showing(in_force.steps)
        form = LadderForm.showing("", ladders.limits_of(in_force.version))
    return render(request, EDITOR, _context(None, form, editor))


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*MANAGEMENT)
def edit(request: StaffRequest, ladder_id: UUID) -> HttpResponseBase:
    """Write the next version of a ladder; what it would change is shown before it is in force."""
    ladder = _look_up(request.shop, ladder_id)
    if ladder.retired_at is not None:
        return see_other("ladder-version", ladder.pk, _newest(ladder).version.number)
    if request.method == "POST":
        return _change(request, ladder, timezone.now())
    newest = _newest(ladder)
    form = LadderForm.showing(ladder.name, ladders.limits_of(newest.version))
    return render(request, EDITOR, _context(ladder, form, LadderEditor.showing(newest.steps)))


@require_safe
@staff(*MANAGEMENT)
def version(request: StaffRequest, ladder_id: UUID, number: int) -> HttpResponse:
    """Show a version as it was, and what it changed."""
    ladder = _look_up(request.shop, ladder_id)
    versions = list(ladder.versions.order_by("-number").prefetch_related("steps"))
    shown = next((each for each in versions if each.number == number), None)
    if shown is None:
        return see_other("ladder", ladder_id=ladder.pk)
    earlier = next((each for each in versions if each.number < number), None)
    context = {
        "ladder": ladder,
        "version": shown,
        "steps": _told(request.shop, ordered(shown)),
        "earlier": earlier,
        "differences": _between(request.shop, ordered(earlier), ordered(shown))
        if earlier
        else None,
        "versions": versions,
        "is_newest": shown == versions[0],
    }
    return render(request, "dunning/settings/version.html", context)


@require_POST
@staff(*MANAGEMENT)
def make_default(request: StaffRequest, ladder_id: UUID) -> HttpResponseBase:
    """Use a ladder for everybody who has none of his own."""
    return _act(
        request,
        ladder_id,
        ladders.make_default,
        _("“%(name)s” is used from now on unless told otherwise."),
    )


@require_POST
@staff(*MANAGEMENT)
def retire(request: StaffRequest, ladder_id: UUID) -> HttpResponseBase:
    """Offer a ladder to nobody any more."""
    return _act(
        request, ladder_id, retiring.retire, _("“%(name)s” is retired: nobody is offered it.")
    )


@require_POST
@staff(*MANAGEMENT)
def bring_back(request: StaffRequest, ladder_id: UUID) -> HttpResponseBase:
    """Offer a retired ladder again."""
    return _act(request, ladder_id, retiring.bring_back, _("“%(name)s” can be chosen again."))


def _act(
    request: StaffRequest, ladder_id: UUID, act: Callable[..., Ladder], done: str
) -> HttpResponseBase:
    """Do something to a ladder and go back to all of them, where a refusal is told, too."""
    ladder = _look_up(request.shop, ladder_id)
    try:
        act(ladder=ladder, by=request.actor, at=timezone.now())
    except DomainError as error:
        messages.error(request, f"{ladder.name}: {error.message}")
    else:
        messages.success(request, done % {"name": ladder.name})
    return see_other("ladder-list")


def _create(request: StaffRequest) -> HttpResponseBase:
    action = request.POST.get("do", "save")
    form = LadderForm(request.POST)
    if action != "save":
        return _redrawn(request, None, form, action)
    editor = LadderEditor.posted(request.POST)
    checks = [form.is_valid(), editor.is_valid()]
    if not all(checks):
        return refused(request, EDITOR, _context(None, form, editor), form)
    try:
        ladder = ladders.create(
            shop=request.shop,
            name=form.cleaned_data["name"],
            settings=form.limits(),
            steps=editor.steps(),
            by=request.actor,
            at=timezone.now(),
        )
    except DomainError as error:
        return _refused(request, None, form, editor, error)
    messages.success(request, _("“%(name)s” was saved.") % {"name": ladder.name})
    return see_other("ladder-list")


def _change(request: StaffRequest, ladder: Ladder, at: datetime) -> HttpResponseBase:
    """Do what a button of the editor asks: show what would change, or put it in force."""
    action = request.POST.get("do", "review")
    form = LadderForm(request.POST)
    if action not in ("review", "confirm"):
        return _redrawn(request, ladder, form, action)
    editor = LadderEditor.posted(request.POST)
    checks = [form.is_valid(), editor.is_valid()]
    if not all(checks):
        return refused(request, EDITOR, _context(ladder, form, editor), form)
    facts: dict[str, Any] = {
        "ladder": ladder,
        "settings": form.limits(),
        "steps": editor.steps(),
        "by": request.actor,
        "at": at,
    }
    newest = _newest(ladder)
    try:
        if action == "review":
            planned = ladders.drafted(**facts)
            differences = _between(request.shop, newest, planned)
            if differences:
                return _review(request, ladder, form, newest, planned, differences, at)
        saved = ladders.change(
            **facts, name=form.cleaned_data["name"], based_on=_based_on(request, newest)
        )
    except DomainError as error:
        return _refused(request, ladder, form, editor, error)
    words = (
        _("“%(name)s” was saved. Its steps are as before, so version %(number)d stays.")
        if saved.number == newest.version.number
        else _("“%(name)s” was saved as version %(number)d.")
    )
    messages.success(request, words % {"name": form.cleaned_data["name"], "number": saved.number})
    return see_other("ladder", ladder_id=ladder.pk)


def _review(
    request: StaffRequest,
    ladder: Ladder,
    form: LadderForm,
    newest: InForce,
    planned: InForce,
    differences: telling.Differences,
    at: datetime,
) -> HttpResponse:
    """Show what the next version would change, with all that was typed, to be confirmed."""
    posted = [
        (name, value)
        for name in request.POST
        if name not in ("do", "csrfmiddlewaretoken")
        for value in request.POST.getlist(name)
    ]
    context = {
        "ladder": ladder,
        "name": form.cleaned_data["name"],
        "number": planned.version.number,
        "differences": differences,
        "posted": posted,
        "coming": _coming(ladder, newest, planned, at),
        "most_customers": forecast.MOST_CUSTOMERS,
    }
    return render(request, REVIEW, context)


def _coming(
    ladder: Ladder, newest: InForce, planned: InForce, at: datetime
) -> list[revising.ChangedDay]:
    """Return on which of the coming days what is otherwise; both are reckoned from now on."""
    now = forecast.days(ladder.shop, at, versions={ladder.pk: newest})
    then = forecast.days(ladder.shop, at, versions={ladder.pk: planned})
    return revising.between(now, then)


def _redrawn(
    request: StaffRequest, ladder: Ladder | None, form: LadderForm, action: str
) -> HttpResponse:
    """Show the page again with a row more or less, or as it was before it was reviewed."""
    editor = LadderEditor.typed(request.POST)
    editor.perform(action)
    return render(request, EDITOR, _context(ladder, form.as_typed(), editor))


def _refused(
    request: StaffRequest,
    ladder: Ladder | None,
    form: LadderForm,
    editor: LadderEditor,
    error: DomainError,
) -> HttpResponse:
    error.fields = dict(editor.take_errors(error))
    return refused(request, EDITOR, _context(ladder, form, editor), error)


def _context(ladder: Ladder | None, form: LadderForm, editor: LadderEditor) -> dict[str, Any]:
    versions = list(ladder.versions.order_by("-number")) if ladder else []
    return {
        "ladder": ladder,
        "form": form,
        "editor": editor,
        "problems": list(editor.problems()),
        "versions": versions,
        "newest": versions[0] if versions else None,
    }


def _look_up(shop: Shop, ladder_id: UUID) -> Ladder:
    return get_object_or_404(Ladder.objects.for_shop(shop).select_related("shop"), pk=ladder_id)


def _newest(ladder: Ladder) -> InForce:
    return ordered(LadderVersion.objects.for_shop(ladder.shop).in_force().get(ladder=ladder))


def _based_on(request: StaffRequest, newest: InForce) -> int:
    """Return the version from which the page was made."""
    posted = request.POST.get("based_on", "")
    is_number = posted.isdecimal() and len(posted) < _MOST_DIGITS
    return int(posted) if is_number else newest.version.number


def _told(shop: Shop, in_force: InForce) -> list[telling.Told]:
    return [telling.tell(step, currency=shop.currency) for step in in_force.steps]


def _between(shop: Shop, old: InForce, new: InForce) -> telling.Differences:
    return telling.between(
        old.steps,
        new.steps,
        ladders.limits_of(old.version),
        ladders.limits_of(new.version),
        currency=shop.currency,
    )
