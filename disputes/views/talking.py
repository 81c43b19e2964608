"""What is said in a case: to the customer, by the customer, among ourselves."""

from django.contrib import messages
from django.http import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from disputes.forms.acting import MessageForm
from disputes.services import messaging
from disputes.views import detail
from disputes.views.lookups import case_of
from shopdisputes.actors import DESK
from shopdisputes.errors import DomainError
from shopdisputes.web.requests import StaffRequest, staff
from shopdisputes.web.responses import refused, see_other


@require_POST
@staff(*DESK)
def message(request: StaffRequest, number: str) -> HttpResponseBase:
    """Keep a message as ``do`` says: ``say``, ``ask``, ``note`` for ourselves, or ``heard``.

    What the customer told us otherwise is ``heard``; it ends the waiting for an answer.
    """
    case = case_of(request, number)
    at = timezone.now()
    form = MessageForm(request.POST, request.FILES)
    if not form.is_valid():
        context = detail.page(request, case, at=at, message=form)
        return refused(request, detail.PAGE, context, form)
    text, files = form.cleaned_data["text"], form.cleaned_data["files"]
    try:
        match request.POST.get("do"):
            case "ask":
                said = messaging.ask(case=case, text=text, files=files, by=request.actor, at=at)
            case "heard":
                said = messaging.note_answer(
                    case=case, text=text, files=files, by=request.actor, at=at
                )
            case do:
                said = messaging.say(
                    case=case,
                    text=text,
                    internal=do == "note",
                    files=files,
                    by=request.actor,
                    at=at,
                )
    except DomainError as error:
        context = detail.page(request, case, at=at, message=form)
        return refused(request, detail.PAGE, context, error, form=form)
    if said.email is not None:
        words = _("Your message goes to %(to)s.") % {"to": said.email.recipient}
    elif said.side == said.Side.SHOP and not said.internal:
        words = _("It stands on the customer's page. There is no address to mail it to.")
    else:
        words = _("It is noted.")
    messages.success(request, words)
    return see_other("dispute", case.number)


@require_POST
@staff(*DESK)
def take_up(request: StaffRequest, number: str) -> HttpResponseBase:
    """Begin to work on a case that a customer opened."""
    case = case_of(request, number)
    messaging.take_up(case=case, by=request.actor, at=timezone.now())
    messages.success(request, _("The case is taken up."))
    return see_other("dispute", case.number)
