"""The customer's pages behind a link: read, answer, sign, and what comes after.

Reading changes nothing. The answers travel in the address, so a reload, the browser's back
button or another language keep them, and nothing is stored before the signature.
"""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from estimates.models import EstimateRevision
from estimates.public_forms import AnswersForm, CallForm, SignForm
from estimates.public_pages.contexts import (
    address,
    answered_page,
    closed_page,
    is_ready,
    is_visit_open,
    question_page,
    replaced_page,
    replacement_page,
    signed_copy,
    signing_page,
)
from estimates.services import answering, requests
from estimates.services.writing import lines_to_answer
from estimates.states import RevisionStatus
from inspections.models import ItemMedia
from shopdisputes import dates
from shopdisputes.documents.models import Document
from shopdisputes.errors import Conflict, DomainError
from shopdisputes.links import services as links
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.uploads.models import FileKind
from shopdisputes.web import files
from shopdisputes.web.limits import LINK_FILES
from shopdisputes.web.pages.documents import give_file
from shopdisputes.web.requests import CustomerRequest, customer
from shopdisputes.web.responses import refused, see_other

QUESTIONS = "estimates/public/estimate.html"
SIGNING = "estimates/public/sign.html"
ANSWERED = "estimates/public/answered.html"
REPLACED = "estimates/public/replaced.html"
CLOSED = "estimates/public/closed.html"
NOT_READY = "estimates/public/not_ready.html"

_PURPOSES = (LinkPurpose.ESTIMATE, LinkPurpose.ESTIMATE_IN_PERSON)
_PAGE_OR_FORM = ["GET", "HEAD", "POST"]


@customer(*_PURPOSES)
@require_safe
def show(request: CustomerRequest, link: AccessLink) -> HttpResponse:
    """Show the estimate with its questions, or what has become of it."""
    revision = _revision(link)
    if not _is_open(revision):
        return _what_became_of_it(request, link, revision)
    # Answers in the address are shown as they are; only going on to sign asks for all of them.
    given = AnswersForm(request.GET, lines=lines_to_answer(revision)).given()
    return render(request, QUESTIONS, question_page(link, revision, given=given))


@customer(*_PURPOSES)
@require_safe
def totals(request: CustomerRequest, link: AccessLink) -> HttpResponse:
    """Reckon the answers given so far: the part of the page at the bottom."""
    revision = _revision(link)
    given = AnswersForm(request.GET, lines=lines_to_answer(revision)).given()
    return render(request, f"{QUESTIONS}#totals", question_page(link, revision, given=given))


@customer(*_PURPOSES)
@require_http_methods(_PAGE_OR_FORM)
def sign(request: CustomerRequest, link: AccessLink) -> HttpResponse:
    """Show the exact sentence that the answers make, and take the signature under it."""
    revision = _revision(link)
    if request.method != "POST":
        return _ask_for_signature(request, link, revision)
    carried_over = "review" in request.POST
    answers = AnswersForm(
        request.POST if carried_over else request.GET, lines=lines_to_answer(revision)
    )
    form = SignForm(request.POST, code_wanted=answering.code_needed(revision, link))
    complete = not carried_over and answers.is_valid() and form.is_valid()
    # A complete one goes to the service in any state: the second tap of a double one is no error.
    if not complete and not _is_open(revision):
        return _too_late(request, link, revision)
    if not answers.is_valid():
        return _incomplete(request, link, revision, answers)
    if carried_over:
        # From the page that told of a new revision, with the name that was typed before.
        form = SignForm.as_typed(request.POST)
        return render(request, SIGNING, signing_page(link, revision, answers, form))
    context = signing_page(link, revision, answers, form)
    if not complete:
        return refused(request, SIGNING, context, form)
    try:
        answering.answer(
            link=link,
            answers=answers.given(),
            drawn=form.drawn(),
            revision_sha256=form.cleaned_data["revision_sha256"],
            signer_name=form.cleaned_data["signer_name"],
            code=form.cleaned_data["code"],
            consent=form.cleaned_data["consent"],
            signer_timezone=form.cleaned_data["signer_timezone"],
            language=translation.get_language(),
            by=request.actor,
            at=timezone.now(),
        )
    except Conflict:
        return _too_late(request, link, _revision(link))
    except DomainError as error:
        return refused(request, SIGNING, context, error)
    return see_other(address("", link, {"thanks": "1"}))


@customer(*_PURPOSES)
@require_http_methods(_PAGE_OR_FORM)
def code(request: CustomerRequest, link: AccessLink) -> HttpResponse:
    """Mail a code and show the page for signing again, with everything that was typed."""
    if request.method != "POST":
        # Where a reload or another language leads once a code was sent.
        return HttpResponseRedirect(address("sign", link, request.GET.dict()))
    revision = _revision(link)
    if not _is_open(revision):
        return _too_late(request, link, revision)
    answers = AnswersForm(request.GET, lines=lines_to_answer(revision))
    if not answers.is_valid():
        return _incomplete(request, link, revision, answers)
    form = SignForm.as_typed(request.POST)
    context = signing_page(link, revision, answers, form)
    try:
        sent = requests.send_code(link=link, by=request.actor, at=timezone.now())
    except DomainError as error:
        words = context | {"code_problem": error.message}
        return render(request, SIGNING, words, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return render(request, SIGNING, context | {"code_sent_until": sent.expires_at})


@customer(*_PURPOSES)
@require_http_methods(_PAGE_OR_FORM)
def call(request: CustomerRequest, link: AccessLink) -> HttpResponse:
    """Ask the shop for a call."""
    if request.method != "POST":
        return HttpResponseRedirect(address("", link))
    revision = _revision(link)
    if not _is_open(revision):
        return _too_late(request, link, revision)
    form = CallForm(request.POST)
    if not form.is_valid():
        context = question_page(link, revision, given={})
        return refused(request, QUESTIONS, context | {"call_form": form})
    note = form.cleaned_data["note"]
    requests.ask_for_call(link=link, note=note, by=request.actor, at=timezone.now())
    return see_other(address("", link))


@customer(LinkPurpose.ESTIMATE)
@require_POST
def paper(request: CustomerRequest, link: AccessLink) -> HttpResponse:
    """Tell the shop that the customer will sign on paper."""
    revision = _revision(link)
    if not _is_open(revision):
        return _too_late(request, link, revision)
    requests.ask_for_paper(link=link, by=request.actor, at=timezone.now())
    return see_other(address("", link))


@customer(*_PURPOSES)
@require_POST
def displayed(request: CustomerRequest, link: AccessLink) -> HttpResponse:
    """Note that a person saw the page: its script reports it after two seconds."""
    links.note_displayed(link=link, by=request.actor, at=timezone.now())
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@customer(*_PURPOSES, reads=LINK_FILES)
@require_safe
def file(
    request: CustomerRequest, link: AccessLink, file_id: UUID, variant: str
) -> HttpResponseBase:
    """Give a photo, video or PDF of a finding that this estimate's lines cite."""
    cited = ItemMedia.objects.for_shop(link.shop).filter(
        item__estimate_lines__revision=_revision(link)
    )
    found = cited.shown().filter(file=file_id).first()
    if found is None:
        raise Http404
    return files.respond(request, found.file, variant, for_customer=True, name=found.name)


@customer(*_PURPOSES)
@require_safe
def pdf(request: CustomerRequest, link: AccessLink) -> HttpResponseBase:
    """Give the PDF that is offered before signing."""
    return _give(request, link, _revision(link).document)


@customer(*_PURPOSES)
@require_safe
def signed(request: CustomerRequest, link: AccessLink) -> HttpResponseBase:
    """Give the sealed copy of what was signed."""
    return _give(request, link, signed_copy(_revision(link))["copy"])


def _revision(link: AccessLink) -> EstimateRevision:
    return get_object_or_404(EstimateRevision.objects.for_link(link).with_everything())


def _is_open(revision: EstimateRevision) -> bool:
    today = dates.local_day(timezone.now(), zone=revision.shop.zone)
    return (
        revision.status == RevisionStatus.SENT
        and today <= revision.valid_until
        and is_visit_open(revision)
    )


def _ask_for_signature(
    request: CustomerRequest, link: AccessLink, revision: EstimateRevision
) -> HttpResponse:
    lines = lines_to_answer(revision)
    answers = AnswersForm(request.GET, lines=lines)
    if not _is_open(revision) or not revision.request_authorization or not request.GET:
        return HttpResponseRedirect(address("", link))
    if not answers.is_valid():
        return _incomplete(request, link, revision, answers)
    return render(request, SIGNING, signing_page(link, revision, answers, SignForm()))


def _incomplete(
    request: CustomerRequest,
    link: AccessLink,
    revision: EstimateRevision,
    answers: AnswersForm,
) -> HttpResponse:
    context = question_page(link, revision, given=answers.given(), form=answers)
    context["typed_name"] = request.POST.get("signer_name", "")
    return refused(request, QUESTIONS, context, answers)


def _too_late(
    request: CustomerRequest, link: AccessLink, revision: EstimateRevision
) -> HttpResponse:
    """409: say what has happened meanwhile; a new revision stands there to be answered at once."""
    answers = AnswersForm(request.GET, lines=lines_to_answer(revision))
    if _is_open(revision):
        context = question_page(link, revision, given=answers.given())
        context["error_message"] = _("What you sent belongs to another version of this page.")
        return render(request, QUESTIONS, context, status=HTTPStatus.CONFLICT)
    newer = replacement_page(link, revision, answers=answers, at=timezone.now())
    if newer is None:
        return _what_became_of_it(request, link, revision, status=HTTPStatus.CONFLICT)
    newer["typed_name"] = request.POST.get("signer_name", "")
    return render(request, QUESTIONS, newer, status=HTTPStatus.CONFLICT)


def _what_became_of_it(
    request: CustomerRequest,
    link: AccessLink,
    revision: EstimateRevision,
    *,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    context: dict[str, Any]
    if revision.status == RevisionStatus.ANSWERED:
        template, context = ANSWERED, answered_page(link, revision)
        context["just_signed"] = "thanks" in request.GET
    elif revision.status == RevisionStatus.SUPERSEDED:
        template, context = REPLACED, replaced_page(link, revision, at=timezone.now())
    else:
        template, context = CLOSED, closed_page(link, revision)
    if status == HTTPStatus.CONFLICT:
        context["error_message"] = _("Your answer could not be taken any more. This is why:")
    return render(request, template, context, status=status)


def _give(request: CustomerRequest, link: AccessLink, document: Document | None) -> Any:
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
