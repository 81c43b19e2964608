"""Follow-ups of a case: another one, another day, done."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from disputes import ending
from disputes.forms.acting import FollowUpForm, ResolveForm
from disputes.services import finishing, following_up
from disputes.views.act_pages import PAGE_OR_FORM
from disputes.views.acts import ask
from disputes.views.lookups import case_of, follow_up_of, sent
from shopdisputes.actors import DESK
from shopdisputes.shops.models import Membership
from shopdisputes.web.requests import StaffRequest, staff
from shopdisputes.web.responses import see_other


@require_http_methods(PAGE_OR_FORM)
@staff(*DESK)
def new(request: StaffRequest, number: str) -> HttpResponseBase:
    """Have somebody look at the case on one more day."""
    case = case_of(request, number)
    form = FollowUpForm(sent(request), shop=request.shop)

    def act() -> None:
        given = form.cleaned_data
        following_up.add(
            case=case,
            due_on=given["due_on"],
            note=given["note"],
            person=given["person"].user if given["person"] else None,
            by=request.actor,
            at=timezone.now(),
        )

    return ask(
        request,
        case,
        form,
        act,
        verb=gettext_lazy("Add a follow-up"),
        help_text=gettext_lazy("It stands on the agenda, and on Today when its day comes."),
        done=gettext_lazy("The follow-up is set."),
    )


@require_http_methods(PAGE_OR_FORM)
@staff(*DESK)
def change(request: StaffRequest, number: str, follow_up_id: UUID) -> HttpResponseBase:
    """Give a follow-up another day, other words or another person."""
    case = case_of(request, number)
    found = follow_up_of(request, case, follow_up_id)
    members = Membership.objects.for_shop(request.shop).filter(user=found.person_id)
    form = FollowUpForm(
        sent(request),
        shop=request.shop,
        initial={"due_on": found.due_on, "note": found.note, "person": members.first()},
    )

    def act() -> None:
        given = form.cleaned_data
        following_up.change(
            follow_up=found,
            due_on=given["due_on"],
            note=given["note"],
            person=given["person"].user if given["person"] else case.owner,
            by=request.actor,
            at=timezone.now(),
        )

    return ask(
        request,
        case,
        form,
        act,
        verb=gettext_lazy("Change the follow-up"),
        help_text=gettext_lazy(
            "The invoices say the new day when somebody asks why nothing is asked for."
        ),
        done=gettext_lazy("The follow-up is changed."),
    )


@require_http_methods(PAGE_OR_FORM)
@staff(*DESK)
def finish(request: StaffRequest, number: str, follow_up_id: UUID) -> HttpResponseBase:
    """Note that a follow-up is done; with the last one the page asks how the case ends."""
    case = case_of(request, number)
    found = follow_up_of(request, case, follow_up_id)
    if request.method == "POST" and "note" not in request.POST:
        try:
            following_up.finish(follow_up=found, by=request.actor, at=timezone.now())
        except following_up.LastFollowUp:
            return see_other("dispute-follow-up-finish", case.number, found.pk)
        messages.success(request, _("The follow-up is done."))
        return see_other("dispute", case.number)
    form = ResolveForm(sent(request), initial=ending.proposed(case))
    return ask(
        request,
        case,
        form,
        lambda: finishing.finish_last(
            follow_up=found, **form.cleaned_data, by=request.actor, at=timezone.now()
        ),
        verb=gettext_lazy("Finish the last follow-up"),
        help_text=gettext_lazy(
            "Nobody would look at the case any more, so it ends with this follow-up. What was"
            " contested is not held back from then on; the customer reads your words and can open"
            " the case again for 14 days, with something new."
        ),
        done=gettext_lazy("The follow-up is done, and the case is resolved."),
        button=gettext_lazy("Close the case"),
    )
