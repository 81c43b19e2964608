"""Writing down what the customer answered: by phone, on the shop's tablet, on paper."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from estimates import ledger, pricing
from estimates.forms.recording import AnswersForm, LineAsked, OralForm, PaperForm, local_minute
from estimates.models import Authorization, Estimate, EstimateRevision, LineAnswer, PaperCopy
from estimates.services import papers, recording, sending, writing
from estimates.services.recording import PaperDetails
from estimates.states import TRANSITIONS, AuthorizationMode, LedgerState, RevisionStatus
from estimates.views.lookups import estimate_of, proposed_of, today
from shopdisputes.actors import DESK
from shopdisputes.customers import phones
from shopdisputes.dates import at_local_time
from shopdisputes.errors import DomainError
from shopdisputes.links.tokens import token_of
from shopdisputes.uploads import services as uploads
from shopdisputes.uploads.models import FileKind, StoredFile
from shopdisputes.web.requests import StaffRequest, staff
from shopdisputes.web.responses import refused, see_other

ORAL = "estimates/oral.html"
PAPER = "estimates/paper.html"
#: A colour scan of a few pages is a tenth of it.
LARGEST_SCAN = 20 * 1024 * 1024


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*DESK)
def oral(request: StaffRequest, number: str) -> HttpResponseBase:
    """Write down what was said on the phone; a mail confirms it at once."""
    estimate = estimate_of(request, number)
    revision = _answerable(request, estimate)
    asked = _asked(revision)
    customer = estimate.repair_order.customer
    at = timezone.now()
    if request.method != "POST":
        form = OralForm(
            asked=asked,
            initial={
                "person": customer.name,
                "contact": phones.readable(customer.phone, country=request.shop.country),
                "said_at": local_minute(timezone.localtime(at)),
            },
        )
        return render(request, ORAL, _page(request, revision, form, at))
    form = OralForm(request.POST, asked=asked)
    if not form.is_valid():
        return refused(request, ORAL, _page(request, revision, form, at), form)
    values = form.cleaned_data
    try:
        recording.record(
            revision=revision,
            mode=AuthorizationMode.ORAL,
            person=values["person"],
            contact=values["contact"],
            said_at=values["said_at"],
            reason=form.full_reason,
            answers=form.answers(),
            witness=values["witness"],
            by=request.actor,
            at=at,
        )
    except DomainError as error:
        error.fields = form.renamed(error.fields)
        return refused(request, ORAL, _page(request, revision, form, at), error)
    messages.success(request, _words_after_call(customer.email))
    return see_other("estimate", estimate.number)


@require_POST
@staff(*DESK)
def what_if(request: StaffRequest, number: str) -> HttpResponse:
    """Reckon what the answers chosen so far would come to; nothing is changed."""
    revision = _answerable(request, estimate_of(request, number))
    form = AnswersForm(request.POST, asked=_asked(revision))
    form.is_valid()
    return render(
        request, "estimates/_what_if.html", _what_if(revision, form.answers()) | {"form": form}
    )


@require_POST
@staff(*DESK)
def in_person(request: StaffRequest, number: str) -> HttpResponseBase:
    """Open the customer's page on this device, for an hour."""
    revision = proposed_of(estimate_of(request, number))
    link = sending.open_in_person(revision=revision, by=request.actor, at=timezone.now())
    return see_other(reverse("public-estimate", args=[token_of(link)]))


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*DESK)
def paper(request: StaffRequest, number: str) -> HttpResponseBase:
    """Print for signature; take in what came back, and attest it."""
    estimate = estimate_of(request, number)
    revision = _answerable(request, estimate)
    asked = _asked(revision)
    at = timezone.now()
    day = today(request, at)
    if request.method != "POST":
        initial = {"person": estimate.repair_order.customer.name}
        form = PaperForm(asked=asked, today=day, initial=initial)
        return render(request, PAPER, _paper_page(request, revision, form, at))
    form = PaperForm(request.POST, request.FILES, asked=asked, today=day)
    if not form.is_valid():
        return refused(request, PAPER, _paper_page(request, revision, form, at), form)
    values = form.cleaned_data
    try:
        recording.record(
            revision=revision,
            mode=AuthorizationMode.PAPER,
            person=values["person"],
            contact="",
            said_at=_moment_on(values["signed_on"], today=day, request=request, at=at),
            reason=values["reason"],
            answers=form.answers(),
            witness=values["witness"],
            paper=PaperDetails(
                receipt=values["receipt"],
                location=values["location"],
                files=_stored(request, values["scans"], at),
                unread_reason=values["unread_reason"],
            ),
            by=request.actor,
            at=at,
        )
    except DomainError as error:
        error.fields = form.renamed(error.fields)
        return refused(request, PAPER, _paper_page(request, revision, form, at), error)
    messages.success(request, _("The signed paper was recorded. Its sealed copy is being made."))
    return see_other("estimate", estimate.number)


@require_POST
@staff(*DESK)
def print_paper(request: StaffRequest, number: str) -> HttpResponseBase:
    """Make a print for signature, with a code on every page."""
    estimate = estimate_of(request, number)
    papers.print_for_signature(revision=proposed_of(estimate), by=request.actor, at=timezone.now())
    messages.success(request, _("The print is being made. It can be opened within moments."))
    return see_other("estimate-paper", estimate.number)


def _answerable(request: StaffRequest, estimate: Estimate) -> EstimateRevision:
    """Return the revision to which an answer can be written down.

    Raises:
        IllegalTransition: no answer can be, in its state.
    """
    revision = proposed_of(estimate)
    action = "amend" if revision.status == RevisionStatus.ANSWERED else "answer"
    TRANSITIONS.target(action, state=revision.status, by=request.actor)
    return revision


def _asked(revision: EstimateRevision) -> list[LineAsked]:
    """Return the lines with how they stand; those without an answer need one first."""
    first = revision.status == RevisionStatus.SENT
    waiting = {line.pk for line in writing.lines_to_answer(revision)} if first else set()
    book = ledger.of(revision.estimate)
    asked = []
    for line in revision.lines.in_order():
        entry = book.entry_of(line.key)
        asked.append(
            LineAsked(
                line=line,
                gross=pricing.gross_of_line(net=line.net, tax_rate=line.tax_rate),
                state=entry.state if entry else LedgerState.PENDING,
                needed=line.pk in waiting,
            )
        )
    return asked


def _page(
    request: StaffRequest, revision: EstimateRevision, form: AnswersForm, at: datetime
) -> dict[str, Any]:
    estimate = revision.estimate
    if form.is_bound:
        form.is_valid()
        chosen = form.answers()
    else:
        chosen = {}
    return {
        "estimate": estimate,
        "order": estimate.repair_order,
        "customer": estimate.repair_order.customer,
        "revision": revision,
        "form": form,
        "objection_hours": request.shop.oral_objection_hours,
        "at": at,
        **_what_if(revision, chosen),
    }


def _paper_page(
    request: StaffRequest, revision: EstimateRevision, form: PaperForm, at: datetime
) -> dict[str, Any]:
    copies = (
        PaperCopy.objects.for_shop(request.shop)
        .filter(revision=revision)
        .select_related("document")
        .order_by("-printed_at")
    )
    return _page(request, revision, form, at) | {
        "copies": copies,
        "printable": revision.status == RevisionStatus.SENT,
    }


def _what_if(revision: EstimateRevision, answers: Mapping[UUID, str]) -> dict[str, Any]:
    """Return the authorized total as it is, and as the answers would make it."""
    authorization = Authorization(shop=revision.shop, revision=revision)
    adding = [
        LineAnswer(authorization=authorization, line=line, answer=answers[line.pk])
        for line in revision.lines.in_order()
        if line.pk in answers
    ]
    before = ledger.of(revision.estimate).authorized.total
    after = ledger.of(revision.estimate, adding=adding).authorized.total
    return {"before": before, "after": after, "added": after - before}


def _stored(request: StaffRequest, files: Sequence[Any], at: datetime) -> list[StoredFile]:
    return [
        uploads.store(
            shop=request.shop,
            upload=file,
            max_bytes=LARGEST_SCAN,
            allowed=list(FileKind),
            by=request.actor,
            at=at,
        )
        for file in files
    ]


def _moment_on(day: date, *, today: date, request: StaffRequest, at: datetime) -> datetime:
    """Return when a paper was signed, as far as its date says: noon, or now when it is today."""
    return at if day == today else at_local_time(day, time(12, 0), zone=request.shop.zone)


def _words_after_call(email: str) -> str:
    if email:
        return _("Written down. A mail to %(email)s confirms it now.") % {"email": email}
    return _("Written down. The customer has no e-mail address, so nothing confirms it: write.")
