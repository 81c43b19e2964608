"""The customer's page behind the link of a payment plan: read it, sign it, or say no."""

from http import HTTPStatus

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone, translation
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from invoices.models import PaymentPlan
from invoices.public_forms import DeclineForm, SignForm
from invoices.public_pages.plan import address, plan_page
from invoices.public_views.invoice import give
from invoices.services import plans
from shopdisputes.errors import Conflict, DomainError
from shopdisputes.links import services as links
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.web.requests import CustomerRequest, customer
from shopdisputes.web.responses import refused, see_other

PAGE = "invoices/public/plan.html"

_PURPOSES = (LinkPurpose.PLAN, LinkPurpose.PLAN_IN_PERSON)
_PAGE_OR_FORM = ["GET", "HEAD", "POST"]


@customer(*_PURPOSES)
@require_safe
def show(request: CustomerRequest, link: AccessLink) -> HttpResponse:
    """Show the plan with its signature, or what has become of it."""
    context = plan_page(link, _plan(link), at=timezone.now())
    return render(request, PAGE, context | {"thanks": "thanks" in request.GET})


@customer(*_PURPOSES)
@require_http_methods(_PAGE_OR_FORM)
def sign(request: CustomerRequest, link: AccessLink) -> HttpResponse:
    """Take the signature under the plan."""
    if request.method != "POST":
        return HttpResponseRedirect(address("", link))
    form = SignForm(request.POST)
    context = plan_page(link, _plan(link), at=timezone.now(), form=form)
    if not form.is_valid():
        return refused(request, PAGE, context, form)
    try:
        plans.sign(
            link=link,
            plan_sha256=form.cleaned_data["subject_sha256"],
            signer_name=form.cleaned_data["signer_name"],
            drawn=form.drawn(),
            consent=form.cleaned_data["consent"],
            signer_timezone=form.cleaned_data["signer_timezone"],
            language=translation.get_language(),
            by=request.actor,
            at=timezone.now(),
        )
    except Conflict as error:
        return _too_late(request, link, error)
    except DomainError as error:
        return refused(request, PAGE, context, error)
    return see_other(f"{address('', link)}?thanks=1")


@customer(*_PURPOSES)
@require_http_methods(_PAGE_OR_FORM)
def decline(request: CustomerRequest, link: AccessLink) -> HttpResponse:
    """Note that the customer does not want the plan."""
    if request.method != "POST":
        return HttpResponseRedirect(address("", link))
    form = DeclineForm(request.POST)
    if not form.is_valid():
        context = plan_page(link, _plan(link), at=timezone.now()) | {"decline_form": form}
        return refused(request, PAGE, context, form)
    try:
        plans.decline(
            plan=_plan(link),
            reason=form.cleaned_data["reason"],
            by=request.actor,
            at=timezone.now(),
        )
    except Conflict as error:
        return _too_late(request, link, error)
    return see_other(address("", link))


@customer(*_PURPOSES)
@require_POST
def displayed(request: CustomerRequest, link: AccessLink) -> HttpResponse:
    """Note that a person saw the page: its script reports it after two seconds."""
    links.note_displayed(link=link, by=request.actor, at=timezone.now())
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@customer(*_PURPOSES)
@require_safe
def pdf(request: CustomerRequest, link: AccessLink) -> HttpResponseBase:
    """Give the plan as a PDF: as offered, or the sealed copy of what was signed."""
    return give(request, _plan(link).document, back_url=address("", link))


def _plan(link: AccessLink) -> PaymentPlan:
    found = PaymentPlan.objects.for_link(link).select_related(
        "shop",
        "document",
        "signature",
        "invoice__shop",
        "invoice__customer",
        "invoice__repair_order__customer",
        "invoice__repair_order__vehicle",
    )
    return get_object_or_404(found)


def _too_late(request: CustomerRequest, link: AccessLink, error: Conflict) -> HttpResponse:
    """409: say what has happened meanwhile."""
    context = plan_page(link, _plan(link), at=timezone.now()) | {"error_message": error.message}
    return render(request, PAGE, context, status=HTTPStatus.CONFLICT)
