"""Putting an estimate before the customer, seeing it as they will, taking it back."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from estimates import emails
from estimates.forms.drafting import ReasonForm
from estimates.forms.sending import SendForm
from estimates.models import Estimate, EstimateRevision
from estimates.public_pages.contexts import question_page
from estimates.services import sending
from estimates.states import RevisionStatus
from estimates.views.lookups import draft_of, estimate_of, proposed_of
from estimates.views.verbs import refuse_verb
from shopdisputes.actors import DESK
from shopdisputes.errors import DomainError
from shopdisputes.web.requests import StaffRequest, staff
from shopdisputes.web.responses import refused, see_other

DIALOG = "estimates/send.html"
CUSTOMERS_PAGE = "estimates/public/estimate.html"


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*DESK)
def send(request: StaffRequest, number: str) -> HttpResponseBase:
    """Ask what is wanted of the customer, then freeze the draft and mail its link."""
    estimate = estimate_of(request, number)
    revision = draft_of(estimate)
    if request.method != "POST":
        form = SendForm(revision=revision)
        return render(request, DIALOG, _context(estimate, revision, form))
    form = SendForm(request.POST, revision=revision)
    if not form.is_valid():
        return refused(request, DIALOG, _context(estimate, revision, form), form)
    values = form.cleaned_data
    try:
        sent = sending.send(
            revision=revision,
            request_authorization=values["request_authorization"],
            request_signature=values["request_signature"],
            message=values["message"],
            deposit_amount=form.deposit,
            by_email=form.by_email,
            by=request.actor,
            at=timezone.now(),
        )
    except DomainError as error:
        return refused(request, DIALOG, _context(estimate, revision, form), error)
    messages.success(request, _words_after(sent))
    return see_other("estimate", estimate.number)


@require_http_methods(["GET", "HEAD", "POST"])
@staff()
def preview(request: StaffRequest, number: str) -> HttpResponse:
    """Show the page, or the mail, as the customer will see it; nothing is changed.

    POST shows it with what stands in the dialog, GET as it is saved.
    """
    estimate = estimate_of(request, number)
    revision = _previewed(request, estimate)
    if request.method == "POST" and revision.status == RevisionStatus.DRAFT:
        form = SendForm(request.POST, revision=revision)
        if not form.is_valid():
            return refused(request, DIALOG, _context(estimate, revision, form), form)
        values = form.cleaned_data
        revision.request_authorization = values["request_authorization"]
        revision.request_signature = values["request_signature"]
        revision.message = values["message"]
        revision.deposit_amount = form.deposit
    customer = estimate.repair_order.customer
    if request.POST.get("part") == "mail":
        subject, text = emails.wording_of_estimate_sent(revision)
        context = {"estimate": estimate, "customer": customer, "subject": subject, "text": text}
        return render(request, "estimates/mail_preview.html", context)
    with translation.override(customer.language):
        page = question_page(None, revision, given={})
        page["language"] = customer.language
        return render(request, CUSTOMERS_PAGE, page)


@require_POST
@staff(*DESK)
def resend(request: StaffRequest, number: str) -> HttpResponseBase:
    """Mail the link once more, to the address now on file."""
    estimate = estimate_of(request, number)
    revision = sending.resend(revision=proposed_of(estimate), by=request.actor, at=timezone.now())
    messages.success(
        request, _("A mail with a new link goes to %(to)s.") % {"to": revision.sent_to}
    )
    return see_other("estimate", estimate.number)


@require_POST
@staff(*DESK)
def withdraw(request: StaffRequest, number: str) -> HttpResponseBase:
    """Take a sent estimate back."""
    estimate = estimate_of(request, number)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return refuse_verb(request, form, estimate, _("Withdraw"))
    sending.withdraw(
        revision=proposed_of(estimate),
        reason=form.cleaned_data["reason"],
        by=request.actor,
        at=timezone.now(),
    )
    messages.success(
        request, _("The estimate was withdrawn. Its link now says so, and nothing can be signed.")
    )
    return see_other("estimate", estimate.number)


def _previewed(request: StaffRequest, estimate: Estimate) -> EstimateRevision:
    """Return the revision asked for (``?revision=2``), else the newest."""
    revisions = EstimateRevision.objects.for_shop(request.shop).filter(estimate=estimate)
    wanted = request.GET.get("revision", "")
    if wanted.isdecimal():
        revisions = revisions.filter(number=int(wanted[:4]))
    revision = revisions.with_everything().order_by("-number").first()
    if revision is None:
        raise Http404
    return revision


def _context(estimate: Estimate, revision: EstimateRevision, form: SendForm) -> dict[str, Any]:
    return {
        "estimate": estimate,
        "revision": revision,
        "customer": estimate.repair_order.customer,
        "lines": revision.lines.in_order(),
        "form": form,
        "level_signed": _level(revision, request_signature=True),
        "level_unsigned": _level(revision, request_signature=False),
        "code_from": estimate.shop.code_from_amount,
        "code_asked": _asks_for_code(estimate.shop.code_from_amount, revision.total),
    }


def _level(revision: EstimateRevision, *, request_signature: bool) -> str:
    level = sending.level_for(
        revision.shop, total=revision.total, request_signature=request_signature
    )
    return str(level.label)


def _asks_for_code(code_from: Decimal | None, total: Decimal) -> bool:
    return code_from is not None and total >= code_from


def _words_after(revision: EstimateRevision) -> str:
    if revision.sent_to:
        return _("Sent to %(to)s. The mail leaves within moments.") % {"to": revision.sent_to}
    return _("Ready to be answered here on the tablet, on paper or by phone. No mail was sent.")
