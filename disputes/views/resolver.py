"""Asking whoever knows the matter, asking again, handing over, and what they answer."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from disputes import asking, covering
from disputes.forms.acting import HandOverForm, ResolverMailForm, TurnDownForm
from disputes.models import DisputeCase
from disputes.services import answers, chasing
from disputes.views.act_pages import PAGE_OR_FORM
from disputes.views.acts import ask
from disputes.views.lookups import answer_of, case_of, sent
from disputes.views.wizard import STEPS
from shopdisputes.actors import DESK
from shopdisputes.errors import DomainError
from shopdisputes.shops.models import Membership
from shopdisputes.web.requests import StaffRequest, staff
from shopdisputes.web.responses import refused, see_other

TELL = "disputes/step_resolver.html"


@require_http_methods(PAGE_OR_FORM)
@staff(*DESK)
def tell(request: StaffRequest, number: str) -> HttpResponseBase:
    """Step 2: the internal mail to the resolver, seen as they read it, then sent or skipped."""
    case = case_of(request, number)
    if case.has_ended or not case.resolver_email:
        raise Http404
    words = asking.proposed(case)
    previewed = request.POST.get("do") == "preview"
    if previewed:
        typed = {name: request.POST.get(name, "") for name in ResolverMailForm.base_fields}
        form = ResolverMailForm(initial=typed)
    else:
        form = ResolverMailForm(
            sent(request), initial={"subject": words.subject, "body": words.body}
        )
    context = {
        "case": case,
        "form": form,
        "steps": STEPS,
        "step": 2,
        # Read only where it is shown: the preview alone has none of it.
        "coverage": partial(covering.of, case),
        **_preview(case, form),
    }
    if request.method != "POST" or previewed:
        part = "#preview" if previewed and request.htmx else ""
        return render(request, TELL + part, context)
    if not form.is_valid():
        return refused(request, TELL, context, form)
    try:
        email = chasing.tell_resolver(
            case=case, **form.cleaned_data, by=request.actor, at=timezone.now()
        )
    except DomainError as error:
        return refused(request, TELL, context, error)
    messages.success(request, _("The mail goes to %(to)s.") % {"to": email.recipient})
    return see_other("dispute-step-follow-up", case.number)


@require_POST
@staff(*DESK)
def chase(request: StaffRequest, number: str) -> HttpResponseBase:
    """Remind the resolver without ending anything."""
    case = case_of(request, number)
    email = chasing.chase(case=case, by=request.actor, at=timezone.now())
    messages.success(request, _("A reminder goes to %(to)s.") % {"to": email.recipient})
    return see_other("dispute", case.number)


@require_http_methods(PAGE_OR_FORM)
@staff(*DESK)
def hand_over(request: StaffRequest, number: str) -> HttpResponseBase:
    """Give the case another resolver, another owner, or both."""
    case = case_of(request, number)
    members = Membership.objects.for_shop(request.shop).filter(user=case.owner_id)
    form = HandOverForm(
        sent(request),
        shop=request.shop,
        initial={
            "resolver_name": case.resolver_name,
            "resolver_email": case.resolver_email,
            "owner": members.first(),
        },
    )

    def act() -> None:
        given = form.cleaned_data
        chasing.hand_over(
            case=case,
            resolver_name=given["resolver_name"],
            resolver_email=given["resolver_email"],
            owner=given["owner"].user if given["owner"] else None,
            by=request.actor,
            at=timezone.now(),
        )

    return ask(
        request,
        case,
        form,
        act,
        verb=pgettext_lazy("dispute", "Hand over"),
        help_text=gettext_lazy(
            "A new resolver is asked by a mail of its own; the former one's page closes. Open"
            " follow-ups of who looked after the case go along with it."
        ),
        done=gettext_lazy("The case is handed over."),
    )


@require_POST
@staff(*DESK)
def take(request: StaffRequest, number: str, answer_id: UUID) -> HttpResponseBase:
    """Take what the resolver answers into the case."""
    case = case_of(request, number)
    answer = answer_of(request, case, answer_id)
    answers.take(answer=answer, by=request.actor, at=timezone.now())
    messages.success(request, _("The answer is in the case. The customer does not see it."))
    return see_other("dispute", case.number)


@require_http_methods(PAGE_OR_FORM)
@staff(*DESK)
def turn_down(request: StaffRequest, number: str, answer_id: UUID) -> HttpResponseBase:
    """Keep an answer out of the case, with the reason."""
    case = case_of(request, number)
    answer = answer_of(request, case, answer_id)
    form = TurnDownForm(sent(request))
    return ask(
        request,
        case,
        form,
        lambda: answers.refuse(
            answer=answer, note=form.cleaned_data["note"], by=request.actor, at=timezone.now()
        ),
        verb=gettext_lazy("Turn the answer down"),
        help_text=gettext_lazy(
            "It stays on the record and does not enter the case; the resolver can answer again."
        ),
        done=gettext_lazy("The answer is turned down."),
        more={"quoted": answer},
    )


def _preview(case: DisputeCase, form: ResolverMailForm) -> dict[str, Any]:
    """Return the mail as the resolver reads it, or what is wrong with its text."""
    subject, body = str(form["subject"].value() or ""), str(form["body"].value() or "")
    problems = asking.check(subject=subject, body=body.replace("\r\n", "\n"))
    preview = None if problems else chasing.preview(case=case, subject=subject, body=body)
    return {
        "problems": problems,
        "preview": preview,
        "link_mark": f"#{asking.LINK}",
        "hashtags": [(f"#{tag}", meaning) for tag, meaning in asking.HASHTAGS.items()],
    }
