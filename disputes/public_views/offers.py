"""The customer's pages about offers: make one, read the shop's, sign it, refuse it, take back.

Reading changes nothing.
"""

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone, translation
from django.views.decorators.http import require_http_methods, require_safe

from disputes.models import DisputeCase, Offer
from disputes.public_forms import RefuseOfferForm
from disputes.public_pages.dispute import address, dispute_page
from disputes.public_pages.offers import blank_form, offer_address, offer_page
from disputes.public_views.sending import too_late
from disputes.services import agreeing, ending_offers, offering
from disputes.states import OfferStatus
from invoices.public_forms import SignForm
from invoices.public_views.invoice import give
from shopdisputes.errors import Conflict, DomainError
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.web.requests import CustomerRequest, customer
from shopdisputes.web.responses import refused, see_other

CASE = "disputes/public/dispute.html"
OFFER = "disputes/public/offer.html"

_PURPOSES = (LinkPurpose.DISPUTE, LinkPurpose.DISPUTE_IN_PERSON)
_PAGE_OR_FORM = ["GET", "HEAD", "POST"]


@customer(LinkPurpose.DISPUTE)
@require_http_methods(_PAGE_OR_FORM)
def make(request: CustomerRequest, link: AccessLink) -> HttpResponse:
    """Take the customer's offer; one of the shop's is answered by it. Twice is once."""
    if request.method != "POST":
        return HttpResponseRedirect(address("", link))
    case, at = _case(link), timezone.now()
    form = blank_form(case, request.POST, at=at)
    context = dispute_page(link, case, at=at, offer_form=form) | {"form": form}
    if not form.is_valid():
        return refused(request, CASE, context, form)
    try:
        offering.make(case=case, **form.facts(), link=link, by=request.actor, at=at)
    except Conflict as error:
        return _case_again(request, link, error)
    except DomainError as error:
        error.fields = form.renamed(error.fields)
        return refused(request, CASE, context, error, form=form)
    return see_other(f"{address('', link)}?thanks=offer")


@customer(*_PURPOSES)
@require_safe
def show(request: CustomerRequest, link: AccessLink, position: int) -> HttpResponse:
    """Show an offer with its signature, or what has become of it."""
    context = offer_page(link, _offer(link, position), at=timezone.now())
    return render(request, OFFER, context | {"thanks": request.GET.get("thanks", "")})


@customer(*_PURPOSES)
@require_http_methods(_PAGE_OR_FORM)
def sign(request: CustomerRequest, link: AccessLink, position: int) -> HttpResponse:
    """Take the signature under the shop's offer; it is carried out at once. Twice is once."""
    offer = _offer(link, position)
    if request.method != "POST":
        return HttpResponseRedirect(offer_address("", link, offer))
    form = SignForm(request.POST)
    context = offer_page(link, offer, at=timezone.now(), form=form)
    if not form.is_valid():
        return refused(request, OFFER, context, form)
    try:
        signed = agreeing.sign(
            link=link,
            position=position,
            offer_sha256=form.cleaned_data["subject_sha256"],
            signer_name=form.cleaned_data["signer_name"],
            drawn=form.drawn(),
            consent=form.cleaned_data["consent"],
            signer_timezone=form.cleaned_data["signer_timezone"],
            language=translation.get_language(),
            by=request.actor,
            at=timezone.now(),
        )
    except Conflict as error:
        return _offer_again(request, link, position, error)
    except DomainError as error:
        return refused(request, OFFER, context, error)
    return see_other(f"{offer_address('', link, signed)}?thanks=signed")


@customer(*_PURPOSES)
@require_http_methods(_PAGE_OR_FORM)
def refuse(request: CustomerRequest, link: AccessLink, position: int) -> HttpResponse:
    """Note that the customer does not want the shop's offer. Twice is once."""
    offer = _offer(link, position)
    if request.method != "POST":
        return HttpResponseRedirect(offer_address("", link, offer))
    form = RefuseOfferForm(request.POST)
    if not form.is_valid():
        context = offer_page(link, offer, at=timezone.now(), refuse_form=form)
        return refused(request, OFFER, context | {"form": form}, form)
    try:
        ending_offers.refuse(
            offer=offer,
            answer=form.cleaned_data["answer"],
            by=request.actor,
            at=timezone.now(),
        )
    except Conflict as error:
        if _offer(link, position).status != OfferStatus.REFUSED:
            return _offer_again(request, link, position, error)
    return see_other(f"{offer_address('', link, offer)}?thanks=refused")


@customer(LinkPurpose.DISPUTE)
@require_http_methods(_PAGE_OR_FORM)
def take_back(request: CustomerRequest, link: AccessLink, position: int) -> HttpResponse:
    """Take the customer's own offer back. Twice is once."""
    offer = _offer(link, position)
    if request.method != "POST":
        return HttpResponseRedirect(address("", link))
    try:
        ending_offers.take_back(offer=offer, by=request.actor, at=timezone.now())
    except Conflict as error:
        if _offer(link, position).status != OfferStatus.WITHDRAWN:
            return _case_again(request, link, error)
    return see_other(f"{address('', link)}?thanks=taken_back")


@customer(*_PURPOSES)
@require_safe
def pdf(request: CustomerRequest, link: AccessLink, position: int) -> HttpResponseBase:
    """Give the offer as a PDF: as it was made, or what was agreed, sealed when it was signed."""
    offer = _offer(link, position)
    return give(request, offer.document, back_url=offer_address("", link, offer))


def _case(link: AccessLink) -> DisputeCase:
    return get_object_or_404(DisputeCase.objects.for_link(link).with_everything())


def _offer(link: AccessLink, position: int) -> Offer:
    offers = Offer.objects.for_shop(link.shop).with_everything()
    return get_object_or_404(offers, case=link.target_id, position=position)


def _case_again(request: CustomerRequest, link: AccessLink, error: DomainError) -> HttpResponse:
    """409: say on the page of the case what has happened meanwhile."""
    return too_late(request, CASE, dispute_page(link, _case(link), at=timezone.now()), error)


def _offer_again(
    request: CustomerRequest, link: AccessLink, position: int, error: DomainError
) -> HttpResponse:
    """409: say on the page of the offer what has happened meanwhile."""
    context = offer_page(link, _offer(link, position), at=timezone.now())
    return too_late(request, OFFER, context, error)
