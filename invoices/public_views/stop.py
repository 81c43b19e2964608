"""The customer's page behind the link of a stopped repair: three ways to go on, one signature.

Reading changes nothing. The chosen way travels in the address until it is signed.
"""

from http import HTTPStatus
from typing import Any

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from invoices.forms.choosing import StopSignForm
from invoices.models import StopWork
from invoices.public_pages.stop import (
    address,
    chosen_page,
    closed_page,
    is_ready,
    options_page,
    signing_page,
)
from invoices.services import choosing
from invoices.states import StopOption
from shopdisputes.documents.models import Document
from shopdisputes.errors import Conflict, DomainError
from shopdisputes.links import services as links
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.repairorders.states import RepairOrderStatus
from shopdisputes.uploads.models import FileKind
from shopdisputes.web.pages.documents import give_file
from shopdisputes.web.requests import CustomerRequest, customer
from shopdisputes.web.responses import refused, see_other

OPTIONS = "invoices/public/stop.html"
SIGNING = "invoices/public/stop_sign.html"
CHOSEN = "invoices/public/stop_chosen.html"
CLOSED = "invoices/public/stop_closed.html"
NOT_READY = "invoices/public/stop_not_ready.html"

_PURPOSES = (LinkPurpose.STOP, LinkPurpose.STOP_IN_PERSON)
_PAGE_OR_FORM = ["GET", "HEAD", "POST"]
_CHOICES = frozenset(set(StopOption.values) - {StopOption.UNDECIDED.value})


@customer(*_PURPOSES)
@require_safe
def show(request: CustomerRequest, link: AccessLink) -> HttpResponse:
    """Show the three ways to go on, or what has become of the question."""
    stop = _stop(link)
    if not _is_open(stop):
        return _what_became_of_it(request, link, stop)
    return render(request, OPTIONS, options_page(link, stop))


@customer(*_PURPOSES)
@require_http_methods(_PAGE_OR_FORM)
def sign(request: CustomerRequest, link: AccessLink) -> HttpResponse:
    """Show the exact sentence that the choice makes, and take the signature under it."""
    stop = _stop(link)
    if request.method != "POST":
        option = request.GET.get("option", "")
        if not _is_open(stop) or option not in _CHOICES:
            return HttpResponseRedirect(address("", link))
        form = StopSignForm(initial={"option": option, "stop_sha256": stop.sha256})
        return render(request, SIGNING, signing_page(link, stop, StopOption(option), form))
    form = StopSignForm(request.POST)
    option = request.POST.get("option", "")
    complete = form.is_valid()
    # A complete one goes to the service in any state: the second tap of a double one is no error.
    if not complete and not _is_open(stop):
        return _what_became_of_it(request, link, stop, status=HTTPStatus.CONFLICT)
    if option not in _CHOICES:
        return HttpResponseRedirect(address("", link))
    if not complete:
        return refused(request, SIGNING, signing_page(link, stop, StopOption(option), form), form)
    try:
        choosing.choose(
            link=link,
            stop_sha256=form.cleaned_data["stop_sha256"],
            option=option,
            signer_name=form.cleaned_data["signer_name"],
            drawn=form.drawn(),
            consent=form.cleaned_data["consent"],
            signer_timezone=form.cleaned_data["signer_timezone"],
            language=translation.get_language(),
            by=request.actor,
            at=timezone.now(),
        )
    except Conflict as error:
        return _too_late(request, link, _stop(link), error)
    except DomainError as error:
        context = signing_page(link, stop, StopOption(option), form)
        return refused(request, SIGNING, context, error)
    return see_other(address("", link, {"thanks": "1"}))


@customer(*_PURPOSES)
@require_POST
def displayed(request: CustomerRequest, link: AccessLink) -> HttpResponse:
    """Note that a person saw the page: its script reports it after two seconds."""
    links.note_displayed(link=link, by=request.actor, at=timezone.now())
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@customer(*_PURPOSES)
@require_safe
def pdf(request: CustomerRequest, link: AccessLink) -> HttpResponseBase:
    """Give the record with the ways to go on as a PDF."""
    return _give(request, link, _stop(link).document)


@customer(*_PURPOSES)
@require_safe
def signed(request: CustomerRequest, link: AccessLink) -> HttpResponseBase:
    """Give the sealed copy of what was signed."""
    return _give(request, link, _stop(link).signed_document)


def _stop(link: AccessLink) -> StopWork:
    return get_object_or_404(
        StopWork.objects.for_link(link)
        .with_everything()
        .select_related("document", "signed_document", "signature")
    )


def _is_open(stop: StopWork) -> bool:
    return (
        stop.chosen_at is None
        and stop.lifted_at is None
        and bool(stop.sha256)
        and stop.repair_order.status == RepairOrderStatus.OPEN
    )


def _too_late(
    request: CustomerRequest, link: AccessLink, stop: StopWork, error: Conflict
) -> HttpResponse:
    """409: say what has happened meanwhile; new prices stand there to be chosen from at once."""
    if not _is_open(stop):
        return _what_became_of_it(request, link, stop, status=HTTPStatus.CONFLICT)
    context = options_page(link, stop) | {"error_message": error.message}
    return render(request, OPTIONS, context, status=HTTPStatus.CONFLICT)


def _what_became_of_it(
    request: CustomerRequest,
    link: AccessLink,
    stop: StopWork,
    *,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    context: dict[str, Any]
    if stop.chosen_at is not None:
        template, context = CHOSEN, chosen_page(link, stop)
        context["just_signed"] = "thanks" in request.GET
    else:
        template, context = CLOSED, closed_page(link, stop)
    if status == HTTPStatus.CONFLICT:
        context["error_message"] = _("Your answer could not be taken any more. This is why:")
    return render(request, template, context, status=status)


def _give(
    request: CustomerRequest, link: AccessLink, document: Document | None
) -> HttpResponseBase:
    if document is None or not is_ready(document):
        response = render(
            request,
            NOT_READY,
            {"back_url": address("", link)},
            status=HTTPStatus.SERVICE_UNAVAILABLE,
        )
        response["Retry-After"] = "30"
        return response
    return give_file(request, document.file, kind=FileKind.PDF, filename=document.filename)
