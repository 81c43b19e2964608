"""The customer's page of a case: how it stands, what was said, and what to say to it.

Reading changes nothing.
"""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from disputes.models import DisputeCase
from disputes.public_forms import MessageForm, ReopenForm, WithdrawForm
from disputes.public_pages.dispute import address, dispute_page, shared_files
from disputes.public_views.sending import count_files, refused_with_files, too_late
from disputes.services import filing, messaging, resolving
from disputes.states import CaseStatus
from shopdisputes.errors import Conflict, DomainError
from shopdisputes.links import services as links
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.transitions import IllegalTransition
from shopdisputes.web import files
from shopdisputes.web.limits import LINK_FILES, LINK_UPLOADS
from shopdisputes.web.requests import CustomerRequest, customer
from shopdisputes.web.responses import refused, see_other

PAGE = "disputes/public/dispute.html"

_PAGE_OR_FORM = ["GET", "HEAD", "POST"]


@customer(LinkPurpose.DISPUTE)
@require_safe
def show(request: CustomerRequest, link: AccessLink) -> HttpResponse:
    """Show the case."""
    return render(request, PAGE, _page(request, link))


@customer(LinkPurpose.DISPUTE, acts=LINK_UPLOADS)
@require_http_methods(_PAGE_OR_FORM)
def message(request: CustomerRequest, link: AccessLink) -> HttpResponse:
    """Take a message to the shop, with files."""
    if request.method != "POST":
        return HttpResponseRedirect(address("", link))
    form = MessageForm(request.POST, files_sent=request.FILES.getlist("files"))
    if not form.is_valid():
        context = _page(request, link, message_form=form) | {"form": form}
        return refused(request, PAGE, context, form)
    try:
        count_files(link, form.files_sent)
        messaging.answer(
            link=link,
            text=form.cleaned_data["text"],
            files=form.files_sent,
            by=request.actor,
            at=timezone.now(),
        )
    except Conflict as error:
        return _too_late(request, link, error)
    except DomainError as error:
        context = _page(request, link, message_form=form)
        return refused_with_files(request, PAGE, context, error, form)
    return see_other(f"{address('', link)}?thanks=message")


@customer(LinkPurpose.DISPUTE)
@require_http_methods(_PAGE_OR_FORM)
def withdraw(request: CustomerRequest, link: AccessLink) -> HttpResponse:
    """Close the case: nothing is contested any more. Twice is once."""
    if request.method != "POST":
        return HttpResponseRedirect(address("", link))
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        context = _page(request, link, withdraw_form=form) | {"form": form}
        return refused(request, PAGE, context, form)
    try:
        resolving.withdraw(
            case=_case(link),
            note=form.cleaned_data["note"],
            by=request.actor,
            at=timezone.now(),
        )
    except resolving.WithdrawingOver as error:
        if _case(link).status != CaseStatus.WITHDRAWN:
            return _too_late(request, link, error)
    return see_other(f"{address('', link)}?thanks=withdrawn")


@customer(LinkPurpose.DISPUTE, acts=LINK_UPLOADS)
@require_http_methods(_PAGE_OR_FORM)
def reopen(request: CustomerRequest, link: AccessLink) -> HttpResponse:
    """Contest it again, with something new and its proofs. Twice is once."""
    if request.method != "POST":
        return HttpResponseRedirect(address("", link))
    form = ReopenForm(request.POST, files_sent=request.FILES.getlist("files"))
    if not form.is_valid():
        context = _page(request, link, reopen_form=form) | {"form": form}
        return refused(request, PAGE, context, form)
    case, at = _case(link), timezone.now()
    if not case.has_ended:
        # It runs: the same button, pressed twice; its files are there already.
        return see_other(address("", link))
    try:
        count_files(link, form.files_sent)
        kept = filing.keep(shop=case.shop, files=form.files_sent, by=request.actor, at=at)
        resolving.reopen(
            case=case, note=form.cleaned_data["note"], files=kept, by=request.actor, at=at
        )
    except IllegalTransition:
        # The other press of the button was faster.
        return see_other(address("", link))
    except Conflict as error:
        return _too_late(request, link, error)
    except DomainError as error:
        context = _page(request, link, reopen_form=form)
        return refused_with_files(request, PAGE, context, error, form)
    return see_other(f"{address('', link)}?thanks=reopened")


@customer(LinkPurpose.DISPUTE, reads=LINK_FILES)
@require_safe
def file(
    request: CustomerRequest, link: AccessLink, file_id: UUID, variant: str
) -> HttpResponseBase:
    """Give a file that shop and customer showed each other."""
    kept = get_object_or_404(shared_files(_case(link)), pk=file_id)
    return files.respond(request, kept.file, variant, for_customer=True, name=kept.sent_as)


@customer(LinkPurpose.DISPUTE, LinkPurpose.DISPUTE_IN_PERSON)
@require_POST
def displayed(request: CustomerRequest, link: AccessLink) -> HttpResponse:
    """Note that a person saw the page: its script reports it after two seconds."""
    links.note_displayed(link=link, by=request.actor, at=timezone.now())
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _case(link: AccessLink) -> DisputeCase:
    return get_object_or_404(DisputeCase.objects.for_link(link).with_everything())


def _page(request: CustomerRequest, link: AccessLink, **forms: Any) -> dict[str, Any]:
    context = dispute_page(link, _case(link), at=timezone.now(), **forms)
    return context | {"thanks": request.GET.get("thanks", "")}


def _too_late(request: CustomerRequest, link: AccessLink, error: DomainError) -> HttpResponse:
    """409: say what has happened meanwhile."""
    return too_late(request, PAGE, _page(request, link), error)
