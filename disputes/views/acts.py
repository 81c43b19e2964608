"""What the desk does about a case, a page for each act: letting go, closing, opening again."""

from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.http import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from disputes import ending
from disputes.forms.acting import NoteForm, ReleaseForm, ResolveForm
from disputes.models import DisputeCase
from disputes.services import escalating, resolving
from disputes.views import act_pages
from disputes.views.act_pages import PAGE_OR_FORM
from disputes.views.lookups import case_of, sent
from shopdisputes.actors import DESK, MANAGEMENT
from shopdisputes.web.requests import StaffRequest, staff

ACT = "disputes/act.html"


@require_http_methods(PAGE_OR_FORM)
@staff(*DESK)
def release(request: StaffRequest, number: str) -> HttpResponseBase:
    """Let some amounts leave the case; they can be asked for again."""
    case = case_of(request, number)
    form = ReleaseForm(sent(request), items=resolving.open_items(case))
    return ask(
        request,
        case,
        form,
        lambda: resolving.release_items(
            case=case,
            items=form.chosen,
            reason=form.cleaned_data["reason"],
            by=request.actor,
            at=timezone.now(),
        ),
        verb=_("Let amounts go"),
        help_text=_(
            "They can be asked for again from now on, at the step where they stood. The rest stays"
            " contested; the last ones leave by closing the case."
        ),
        done=_("They can be asked for again."),
    )


@require_http_methods(PAGE_OR_FORM)
@staff(*DESK)
def resolve(request: StaffRequest, number: str) -> HttpResponseBase:
    """Close the case with its outcome, and choose how dunning goes on."""
    case = case_of(request, number)
    form = ResolveForm(sent(request), initial=ending.proposed(case))
    return ask(
        request,
        case,
        form,
        lambda: resolving.resolve(
            case=case, **form.cleaned_data, by=request.actor, at=timezone.now()
        ),
        verb=_("Resolve"),
        help_text=_(
            "What was contested is not held back any more. The customer reads your words and can"
            " open the case again for 14 days, with something new."
        ),
        done=_("The case is resolved."),
        button=_("Close the case"),
    )


@require_http_methods(PAGE_OR_FORM)
@staff(*MANAGEMENT)
def reject(request: StaffRequest, number: str) -> HttpResponseBase:
    """Turn the case down with words for the customer."""
    case = case_of(request, number)
    form = NoteForm(
        sent(request),
        label=_("Words for the customer"),
        help_text=_("Why it cannot be a dispute. The customer reads it."),
    )
    return ask(
        request,
        case,
        form,
        lambda: resolving.reject(
            case=case, note=form.cleaned_data["note"], by=request.actor, at=timezone.now()
        ),
        verb=_("Reject"),
        help_text=_("The amounts can be asked for again at once, at the step where they stood."),
        done=_("The case is rejected."),
        tone="danger",
    )


@require_http_methods(PAGE_OR_FORM)
@staff(*DESK)
def withdraw(request: StaffRequest, number: str) -> HttpResponseBase:
    """Note that the customer contests nothing any more."""
    case = case_of(request, number)
    form = NoteForm(
        sent(request),
        label=_("How you know"),
        help_text=_("Who said it, when, and how: on the phone, at the desk, by letter."),
    )
    return ask(
        request,
        case,
        form,
        lambda: resolving.withdraw(
            case=case, note=form.cleaned_data["note"], by=request.actor, at=timezone.now()
        ),
        verb=_("The customer withdraws it"),
        help_text=_("The amounts can be asked for again at once, at the step where they stood."),
        done=_("The case is closed as withdrawn."),
    )


@require_http_methods(PAGE_OR_FORM)
@staff(*MANAGEMENT)
def reopen(request: StaffRequest, number: str) -> HttpResponseBase:
    """Contest again what the case contested last."""
    case = case_of(request, number)
    form = NoteForm(sent(request), label=_("What is new"))
    return ask(
        request,
        case,
        form,
        lambda: resolving.reopen(
            case=case, note=form.cleaned_data["note"], by=request.actor, at=timezone.now()
        ),
        verb=_("Open it again"),
        help_text=_(
            "What was contested until the end is held back again, as far as it is still owed."
        ),
        done=_("The case is open again."),
    )


@require_http_methods(PAGE_OR_FORM)
@staff(*DESK)
def escalate(request: StaffRequest, number: str) -> HttpResponseBase:
    """Note that others decide from now on."""
    case = case_of(request, number)
    form = NoteForm(
        sent(request),
        label=_("Who decides, and why"),
        help_text=_("For example a mediator or an insurer. The customer reads it."),
    )
    return ask(
        request,
        case,
        form,
        lambda: escalating.escalate(
            case=case, note=form.cleaned_data["note"], by=request.actor, at=timezone.now()
        ),
        verb=_("Hand it on to others"),
        help_text=_("What is contested stays held back. An open offer is taken back."),
        done=_("Others decide about the case now."),
    )


def ask(
    request: StaffRequest,
    case: DisputeCase,
    form: Form,
    act: Callable[[], object],
    *,
    more: dict[str, Any] | None = None,
    **words: Any,
) -> HttpResponseBase:
    """Ask about a case, and lead back to it; ``words`` are those of ``act_pages.ask``."""
    about = {"case": case, **(more or {})}
    return act_pages.ask(request, ACT, about, form, act, back=("dispute", case.number), **words)
