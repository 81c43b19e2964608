"""Behind an invoice's link: the customer ticks what is wrong, and a case is opened at once."""

from datetime import datetime

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from disputes.models import DisputeCase
from disputes.public_forms import ContestForm, ticked_in
from disputes.public_pages import contesting
from disputes.public_views.leading import lead_to
from disputes.public_views.sending import count_files, refused_with_files
from disputes.services import filing, opening
from disputes.services.opening import ContestedBefore
from disputes.states import Opening
from invoices.models import Invoice
from invoices.public_pages.invoice import frame
from shopdisputes.actors import Actor
from shopdisputes.errors import DomainError
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.links.tokens import token_of
from shopdisputes.web import renewing
from shopdisputes.web.limits import LINK_UPLOADS
from shopdisputes.web.requests import CustomerRequest, customer
from shopdisputes.web.responses import refused, see_other

PAGE = "disputes/public/contest.html"
CONTESTED = "disputes/public/contested.html"


@customer(LinkPurpose.INVOICE, acts=LINK_UPLOADS)
@require_http_methods(["GET", "HEAD", "POST"])
def contest(request: CustomerRequest, link: AccessLink) -> HttpResponse:
    """Show what can be contested; open the case about what is ticked."""
    invoice = get_object_or_404(Invoice.objects.for_link(link).with_everything())
    at = timezone.now()
    sent = request.method == "POST"
    comment, ticked = request.POST.get("comment", ""), ticked_in(request.POST)
    if earlier := contesting.opened_before(invoice, comment, ticked):
        return _to_its_page(earlier, link, by=request.actor, at=at)
    rows, reasons = contesting.contestable(invoice), contesting.reasons(invoice)
    if not rows or not reasons:
        said = contesting.said(link, invoice)
        name = "public-invoice-contested" if said.anything else "public-invoice"
        return HttpResponseRedirect(reverse(name, args=[token_of(link)]))
    form = ContestForm(
        request.POST if sent else None,
        contestable=rows,
        reasons=reasons,
        files_sent=request.FILES.getlist("files"),
    )
    context = contesting.contest_page(link, invoice, form)
    if not sent:
        return render(request, PAGE, context)
    if not form.is_valid():
        return refused(request, PAGE, context, form)
    try:
        count_files(link, form.files_sent)
        kept = filing.keep(shop=invoice.shop, files=form.files_sent, by=request.actor, at=at)
        case = opening.open_case(
            customer=invoice.customer,
            reason=form.cleaned_data["reason"],
            comment=form.cleaned_data["comment"],
            items=form.contested(),
            opening=Opening.CUSTOMER,
            files=kept,
            by=request.actor,
            at=at,
        )
    except ContestedBefore as error:
        # The same form, sent twice at once, waited for the first one's commit.
        if earlier := contesting.opened_before(invoice, comment, ticked):
            return _to_its_page(earlier, link, by=request.actor, at=at)
        return refused_with_files(request, PAGE, context, error, form)
    except DomainError as error:
        error.fields = {form.field_of(name): words for name, words in error.fields.items()}
        return refused_with_files(request, PAGE, context, error, form)
    return _to_its_page(case, link, by=request.actor, at=at)


@customer(LinkPurpose.INVOICE)
@require_http_methods(["GET", "HEAD", "POST"])
def contested(request: CustomerRequest, link: AccessLink) -> HttpResponse:
    """Tell what is contested, or to be done again, already; mail a link to its page.

    An invoice's link may have been passed on: it opens what was said about it for nobody else.
    """
    invoice = get_object_or_404(Invoice.objects.for_link(link).with_everything())
    if request.method != "POST":
        said = contesting.said(link, invoice)
        if not said.anything:
            return HttpResponseRedirect(reverse("public-invoice", args=[token_of(link)]))
        mailed = request.GET.get("thanks") == "mailed"
        return render(request, CONTESTED, frame(link, invoice) | {"said": said, "mailed": mailed})
    asked = contesting.renewal_of(invoice, request.POST.get("number", ""))
    if asked is None:
        # It has ended meanwhile: the page tells what is still there.
        return see_other(contesting.said_address(link))
    purpose, opens = asked
    # Too many within the hour, and what is not on file, are answered alike.
    renewing.mail_link(
        behind=link, purpose=purpose, opens=opens, by=request.actor, at=timezone.now()
    )
    return see_other(f"{contesting.said_address(link)}?thanks=mailed")


def _to_its_page(
    case: DisputeCase, link: AccessLink, *, by: Actor, at: datetime
) -> HttpResponseRedirect:
    """Lead whoever opened a case to its page, behind a link of its own."""
    return lead_to(
        LinkPurpose.DISPUTE,
        case.pk,
        name="public-dispute",
        thanks="opened",
        link=link,
        by=by,
        at=at,
    )
