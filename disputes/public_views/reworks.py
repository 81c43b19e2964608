"""The customer's pages about work done again: asking behind an invoice's link, and following it.

Reading changes nothing.
"""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.forms import Form
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from disputes import reworkable
from disputes.models import ReworkRequest
from disputes.public_forms.reworks import AskForm, CallOffForm, ComplainForm, DisputeForm
from disputes.public_pages import reworks
from disputes.public_pages.reworks import address
from disputes.public_views.leading import lead_to
from disputes.public_views.sending import count_files, refused_with_files, too_late
from disputes.services import asking_rework, filing, rework_disputes, reworking
from disputes.states import ReworkStatus
from invoices.models import Invoice
from shopdisputes.errors import Conflict, DomainError
from shopdisputes.links import services as links
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.links.tokens import token_of
from shopdisputes.web import files
from shopdisputes.web.limits import LINK_FILES, LINK_UPLOADS
from shopdisputes.web.lists import is_comparable
from shopdisputes.web.requests import CustomerRequest, customer
from shopdisputes.web.responses import refused, see_other

ASK = "disputes/public/ask_rework.html"
PAGE = "disputes/public/rework.html"

_PAGE_OR_FORM = ["GET", "HEAD", "POST"]


@customer(LinkPurpose.INVOICE, acts=LINK_UPLOADS)
@require_http_methods(_PAGE_OR_FORM)
def ask(request: CustomerRequest, link: AccessLink) -> HttpResponse:
    """Show what can be done again; keep what is ticked."""
    invoice = get_object_or_404(Invoice.objects.for_link(link).with_everything())
    at = timezone.now()
    sent = request.method == "POST"
    description = request.POST.get("description", "")
    chosen = request.POST.getlist("lines")
    if is_comparable(description) and (
        earlier := asking_rework.same(invoice, link, description, chosen)
    ):
        return _to_its_page(request, earlier, link, at=at)
    lines = reworkable.lines_of(invoice)
    if not lines:
        return HttpResponseRedirect(reverse("public-invoice", args=[token_of(link)]))
    form = AskForm(
        request.POST if sent else None,
        invoice=invoice,
        lines=lines,
        files_sent=request.FILES.getlist("files"),
    )
    context = reworks.ask_page(link, invoice, form)
    if not sent:
        return render(request, ASK, context)
    if not form.is_valid():
        return refused(request, ASK, context, form)
    try:
        count_files(link, form.files_sent)
        kept = filing.keep(shop=invoice.shop, files=form.files_sent, by=request.actor, at=at)
        made = asking_rework.ask(
            invoice=invoice,
            lines=form.chosen,
            description=description,
            files=kept,
            link=link,
            by=request.actor,
            at=at,
        )
    except DomainError as error:
        return refused_with_files(request, ASK, context, error, form)
    return _to_its_page(request, made, link, at=at)


@customer(LinkPurpose.REWORK)
@require_safe
def show(request: CustomerRequest, link: AccessLink) -> HttpResponse:
    """Show the request."""
    return render(request, PAGE, _page(request, link))


@customer(LinkPurpose.REWORK)
@require_http_methods(_PAGE_OR_FORM)
def confirm(request: CustomerRequest, link: AccessLink) -> HttpResponse:
    """Take it as in order. Twice is once."""
    return _act(
        request,
        link,
        lambda rework, at: reworking.confirm(rework=rework, by=request.actor, at=at),
        after=ReworkStatus.CONFIRMED,
    )


@customer(LinkPurpose.REWORK)
@require_http_methods(_PAGE_OR_FORM)
def complain(request: CustomerRequest, link: AccessLink) -> HttpResponse:
    """Take what is still not right. Twice is once."""
    form = ComplainForm(request.POST)
    return _act(
        request,
        link,
        lambda rework, at: reworking.complain(
            rework=rework, text=form.cleaned_data["text"], by=request.actor, at=at
        ),
        after=ReworkStatus.NOT_FIXED,
        form=form,
        name="complain_form",
    )


@customer(LinkPurpose.REWORK)
@require_http_methods(_PAGE_OR_FORM)
def close(request: CustomerRequest, link: AccessLink) -> HttpResponse:
    """Leave it as it is after a refusal. Twice is once."""
    return _act(
        request,
        link,
        lambda rework, at: reworking.close(rework=rework, by=request.actor, at=at),
        after=ReworkStatus.CLOSED_AS_IS,
    )


@customer(LinkPurpose.REWORK)
@require_http_methods(_PAGE_OR_FORM)
def call_off(request: CustomerRequest, link: AccessLink) -> HttpResponse:
    """Take it that nothing needs to be done any more. Twice is once."""
    form = CallOffForm(request.POST)
    return _act(
        request,
        link,
        lambda rework, at: reworking.call_off(
            rework=rework,
            note=form.cleaned_data["note"] or _("Called off by the customer on the page."),
            by=request.actor,
            at=at,
        ),
        after=ReworkStatus.CANCELLED,
        form=form,
        name="call_off_form",
    )


@customer(LinkPurpose.REWORK)
@require_http_methods(_PAGE_OR_FORM)
def dispute(request: CustomerRequest, link: AccessLink) -> HttpResponse:
    """Open a dispute of it, and lead to its page. Twice is once."""
    if request.method != "POST":
        return HttpResponseRedirect(address("", link))
    form = DisputeForm(request.POST)
    if not form.is_valid():
        return refused(request, PAGE, _page(request, link, dispute_form=form), form)
    at, rework = timezone.now(), _rework(link)
    try:
        case = rework_disputes.dispute(
            rework=rework, text=form.cleaned_data["text"], by=request.actor, at=at
        )
    except Conflict as error:
        now = _rework(link)
        if now.status != ReworkStatus.DISPUTED or now.case is None:
            return _too_late(request, link, error)
        case = now.case
    return lead_to(
        LinkPurpose.DISPUTE,
        case.pk,
        name="public-dispute",
        thanks="opened",
        link=link,
        by=request.actor,
        at=at,
    )


@customer(LinkPurpose.REWORK, reads=LINK_FILES)
@require_safe
def file(
    request: CustomerRequest, link: AccessLink, file_id: UUID, variant: str
) -> HttpResponseBase:
    """Give a file that customer and shop showed each other."""
    kept = get_object_or_404(reworks.files_of(_rework(link)), pk=file_id)
    return files.respond(request, kept.file, variant, for_customer=True, name=kept.sent_as)


@customer(LinkPurpose.REWORK)
@require_POST
def displayed(request: CustomerRequest, link: AccessLink) -> HttpResponse:
    """Note that a person saw the page: its script reports it after two seconds."""
    links.note_displayed(link=link, by=request.actor, at=timezone.now())
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _act(
    request: CustomerRequest,
    link: AccessLink,
    act: Callable[[ReworkRequest, datetime], object],
    *,
    after: ReworkStatus,
    form: Form | None = None,
    name: str = "",
) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseRedirect(address("", link))
    if form is not None and not form.is_valid():
        return refused(request, PAGE, _page(request, link, **{name: form}), form)
    try:
        act(_rework(link), timezone.now())
    except Conflict as error:
        if _rework(link).status != after:
            return _too_late(request, link, error)
    return see_other(f"{address('', link)}?thanks={after}")


def _to_its_page(
    request: CustomerRequest, rework: ReworkRequest, link: AccessLink, *, at: datetime
) -> HttpResponseRedirect:
    return lead_to(
        LinkPurpose.REWORK,
        rework.pk,
        name="public-rework",
        thanks="asked",
        link=link,
        by=request.actor,
        at=at,
    )


def _rework(link: AccessLink) -> ReworkRequest:
    return get_object_or_404(ReworkRequest.objects.for_link(link).with_everything())


def _page(request: CustomerRequest, link: AccessLink, **forms: Any) -> dict[str, Any]:
    context = reworks.rework_page(link, _rework(link), at=timezone.now(), **forms)
    return context | {"thanks": request.GET.get("thanks", "")}


def _too_late(request: CustomerRequest, link: AccessLink, error: DomainError) -> HttpResponse:
    """409: say what has happened meanwhile."""
    return too_late(request, PAGE, _page(request, link), error)
