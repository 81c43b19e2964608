"""The customer's pages behind a link: look, remark, answer, sign, and what comes after.

Reading changes nothing. What is written travels in the form from page to page and is stored with
the signature; files are kept when they arrive, as a draft of this link.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from inspections.models import Inspection, InspectionItem, ItemMedia, RemarkFile
from inspections.public_forms import AnswerForm, SignForm, files_field_of
from inspections.public_pages.contexts import (
    address,
    answered_page,
    closed_page,
    files_part,
    is_ready,
    question_page,
    signed_answer,
    signing_page,
)
from inspections.public_pages.items import items_of
from inspections.services import answering
from inspections.services.sharing import AWAITING
from inspections.states import InspectionStatus
from shopdisputes.documents.models import Document
from shopdisputes.errors import Conflict, DomainError, Unavailable
from shopdisputes.links import services as links
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.uploads.models import FileKind
from shopdisputes.web import files as giving
from shopdisputes.web.limits import LINK_FILES, LINK_UPLOADS
from shopdisputes.web.pages.documents import give_file
from shopdisputes.web.requests import CustomerRequest, customer
from shopdisputes.web.responses import file_refused, refused, see_other, words_about_file

QUESTIONS = "inspections/public/inspection.html"
OWN_FILES = "inspections/public/_own_files.html"
SIGNING = "inspections/public/sign.html"
ANSWERED = "inspections/public/answered.html"
CLOSED = "inspections/public/closed.html"
NOT_READY = "inspections/public/not_ready.html"

_PURPOSES = (LinkPurpose.INSPECTION, LinkPurpose.INSPECTION_IN_PERSON)
#: What the customer is shown: neither what the shop still works on, nor what it threw away.
_SHOWN = AWAITING | {InspectionStatus.ANSWERED}
_PAGE_OR_FORM = ["GET", "HEAD", "POST"]


@dataclass(frozen=True)
class _Opened:
    """What a link opens."""

    link: AccessLink
    inspection: Inspection
    items: Sequence[InspectionItem]

    @property
    def awaits(self) -> bool:
        """Whether an answer is still waited for."""
        return self.inspection.status in AWAITING

    def item_at(self, position: str) -> InspectionItem | None:
        """Return the item with this position in the inspection."""
        return next((item for item in self.items if str(item.position) == position), None)

    def answers(self, request: CustomerRequest) -> AnswerForm:
        """Return the form with what was written so far."""
        # Signed ones too: the second tap of a double one must find the form as the first did.
        sent = RemarkFile.objects.for_shop(self.link.shop).filter(link=self.link, removed_at=None)
        return AnswerForm(request.POST, items=self.items, has_files=sent.exists())


@customer(*_PURPOSES)
@require_safe
def show(request: CustomerRequest, link: AccessLink) -> HttpResponse:
    """Show the inspection with its questions, or what has become of it."""
    opened = _open(link)
    if not opened.awaits:
        return _what_became_of_it(request, opened)
    return _ask(request, opened, AnswerForm(items=opened.items))


@customer(*_PURPOSES, acts=LINK_UPLOADS)
@require_http_methods(_PAGE_OR_FORM)
def sign(request: CustomerRequest, link: AccessLink) -> HttpResponse:
    """Go from the questions to the signature and back, and take the signature.

    ``review`` goes on to the sentence, ``change`` back to the questions; neither stores more
    than the files that came along.
    """
    if request.method != "POST":
        return HttpResponseRedirect(address("", link))
    opened = _open(link)
    asks_only = "review" in request.POST or "change" in request.POST
    # A complete one goes to the service in any state: the second tap of a double one is no error.
    if asks_only and not opened.awaits:
        return _what_became_of_it(request, opened, status=HTTPStatus.CONFLICT)
    problems = _take_files(request, opened)
    answers = opened.answers(request)
    if "change" in request.POST or problems:
        return _ask(request, opened, _as_typed(answers), problems)
    if not answers.is_valid():
        return refused(request, QUESTIONS, _questions(opened, answers), answers)
    if "review" in request.POST:
        return render(request, SIGNING, _signing(opened, answers, SignForm.as_typed(request.POST)))
    return _take_answer(request, opened, answers)


@customer(*_PURPOSES, acts=LINK_UPLOADS)
@require_http_methods(_PAGE_OR_FORM)
def files(request: CustomerRequest, link: AccessLink) -> HttpResponseBase:
    """Take files about an item or the whole.

    A script sends one and gets the list that it now stands in, or what is wrong; a plain form
    brings everything that was written along and gets it back. GET with htmx is that list again.
    """
    opened = _open(link)
    if request.method != "POST":
        if not request.htmx:
            # Where a reload or another language leads once a file was sent.
            return HttpResponseRedirect(address("", link))
        item = opened.item_at(request.GET.get("item", ""))
        return render(request, OWN_FILES, files_part(link, item))
    in_json = _wants_json(request)
    if not opened.awaits:
        if in_json:
            return file_refused(answering.AlreadyAnswered())
        return _what_became_of_it(request, opened, status=HTTPStatus.CONFLICT)
    if in_json:
        return _take_one(request, opened)
    problems = _take_files(request, opened)
    return _ask(request, opened, _as_typed(opened.answers(request)), problems)


@customer(*_PURPOSES, acts=LINK_UPLOADS)
@require_http_methods(_PAGE_OR_FORM)
def file_remove(request: CustomerRequest, link: AccessLink, remark_file_id: UUID) -> HttpResponse:
    """Take one of the customer's own files away again, before it is signed."""
    if request.method != "POST":
        return HttpResponseRedirect(address("", link))
    opened = _open(link)
    if not opened.awaits:
        return _what_became_of_it(request, opened, status=HTTPStatus.CONFLICT)
    own = RemarkFile.objects.for_shop(link.shop).filter(link=link).select_related("item")
    found = get_object_or_404(own, pk=remark_file_id)
    answering.detach(link=link, remark_file=found, by=request.actor, at=timezone.now())
    if _wants_json(request):
        return _files_now(request, link, found.item)
    problems = _take_files(request, opened)
    return _ask(request, opened, _as_typed(opened.answers(request)), problems)


@customer(*_PURPOSES, reads=LINK_FILES)
@require_safe
def file(
    request: CustomerRequest, link: AccessLink, file_id: UUID, variant: str
) -> HttpResponseBase:
    """Give a photo, video or PDF that this link's page shows."""
    inspection = _inspection(link)
    shown = [inspection.pk]
    if before := Inspection.objects.for_shop(link.shop).counterpart_of(inspection):
        shown.append(before.pk)
    media = ItemMedia.objects.for_shop(link.shop).filter(item__inspection__in=shown)
    own = RemarkFile.objects.for_shop(link.shop).filter(link=link)
    # His own first: he knows it by the name that he gave it.
    found = next(
        (each for rows in (own, media) if (each := rows.shown().filter(file=file_id).first())),
        None,
    )
    if found is None:
        raise Http404
    return giving.respond(request, found.file, variant, for_customer=True, name=found.name)


@customer(*_PURPOSES)
@require_POST
def displayed(request: CustomerRequest, link: AccessLink) -> HttpResponse:
    """Note that a person saw the page: its script reports it after two seconds."""
    links.note_displayed(link=link, by=request.actor, at=timezone.now())
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@customer(*_PURPOSES)
@require_safe
def pdf(request: CustomerRequest, link: AccessLink) -> HttpResponseBase:
    """Give the report as a PDF."""
    return _give(request, link, _inspection(link).report)


@customer(*_PURPOSES)
@require_safe
def signed(request: CustomerRequest, link: AccessLink) -> HttpResponseBase:
    """Give the sealed copy of what was signed."""
    answer = signed_answer(_inspection(link))
    return _give(request, link, answer.document if answer else None)


def _inspection(link: AccessLink) -> Inspection:
    """Return what the link opens, unless the shop works on it again or threw it away.

    Raises:
        Http404: there is nothing to be shown.
    """
    inspection = get_object_or_404(Inspection.objects.for_link(link).with_everything())
    if inspection.status not in _SHOWN:
        raise Http404
    return inspection


def _open(link: AccessLink) -> _Opened:
    inspection = get_object_or_404(Inspection.objects.for_link(link).with_everything())
    items = items_of(inspection) if inspection.status in _SHOWN else []
    return _Opened(link=link, inspection=inspection, items=items)


def _as_typed(answers: AnswerForm) -> AnswerForm:
    """Return what was written, complaining of nothing yet."""
    answers.is_bound = False
    return answers


def _questions(
    opened: _Opened, answers: AnswerForm, problems: dict[str, str] | None = None
) -> dict[str, Any]:
    return question_page(
        opened.link, opened.inspection, opened.items, form=answers, problems=problems
    )


def _signing(opened: _Opened, answers: AnswerForm, form: SignForm) -> dict[str, Any]:
    return signing_page(opened.link, opened.inspection, opened.items, answers=answers, form=form)


def _ask(
    request: CustomerRequest,
    opened: _Opened,
    answers: AnswerForm,
    problems: dict[str, str] | None = None,
) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK
    return render(request, QUESTIONS, _questions(opened, answers, problems), status=status)


def _take_answer(request: CustomerRequest, opened: _Opened, answers: AnswerForm) -> HttpResponse:
    form = SignForm(request.POST)
    if not form.is_valid():
        if not opened.awaits:
            return _what_became_of_it(request, opened, status=HTTPStatus.CONFLICT)
        return refused(request, SIGNING, _signing(opened, answers, form), form)
    try:
        answering.answer(
            link=opened.link,
            inspection_sha256=form.cleaned_data["inspection_sha256"],
            answer=answers.cleaned_data["answer"],
            remarks=answers.cleaned_data["remarks"],
            item_remarks=answers.item_remarks(),
            signer_name=form.cleaned_data["signer_name"],
            drawn=form.drawn(),
            consent=form.cleaned_data["consent"],
            signer_timezone=form.cleaned_data["signer_timezone"],
            language=translation.get_language(),
            by=request.actor,
            at=timezone.now(),
        )
    except Conflict as error:
        return _too_late(request, _open(opened.link), answers, error)
    except DomainError as error:
        return refused(request, SIGNING, _signing(opened, answers, form), error)
    return see_other(f"{address('', opened.link)}?thanks=1")


def _too_late(
    request: CustomerRequest, opened: _Opened, answers: AnswerForm, error: Conflict
) -> HttpResponse:
    """409: say what has happened meanwhile; what was written stays on the page."""
    if not opened.awaits:
        return _what_became_of_it(request, opened, status=HTTPStatus.CONFLICT)
    context = _questions(opened, _as_typed(answers)) | {"error_message": error.message}
    return render(request, QUESTIONS, context, status=HTTPStatus.CONFLICT)


def _what_became_of_it(
    request: CustomerRequest, opened: _Opened, *, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    context: dict[str, Any]
    if opened.inspection.status == InspectionStatus.ANSWERED:
        template = ANSWERED
        context = answered_page(opened.link, opened.inspection, opened.items)
        context["just_signed"] = "thanks" in request.GET
    else:
        template, context = CLOSED, closed_page(opened.link, opened.inspection)
    if status == HTTPStatus.CONFLICT:
        context["error_message"] = _("Your answer could not be taken any more. This is why:")
    return render(request, template, context, status=status)


def _take_files(request: CustomerRequest, opened: _Opened) -> dict[str, str]:
    """Keep every file that came with a form; say by field what was wrong with the others."""
    problems: dict[str, str] = {}
    uploads = [
        (item, upload)
        for item in (None, *opened.items)
        for upload in request.FILES.getlist(files_field_of(item))
    ]
    for number, (item, upload) in enumerate(uploads):
        try:
            # The gate counted the request; each further file is as dear as another request.
            if number and not LINK_UPLOADS.count(str(opened.link.pk), at=timezone.now()):
                raise Unavailable
            _keep(request, opened.link, item, upload)
        except DomainError as error:
            problems[files_field_of(item)] = f"{upload.name}: {words_about_file(error)}"
    return problems


def _take_one(request: CustomerRequest, opened: _Opened) -> HttpResponse:
    for item in (None, *opened.items):
        if upload := request.FILES.get(files_field_of(item)):
            try:
                _keep(request, opened.link, item, upload)
            except DomainError as error:
                return file_refused(error)
            return _files_now(request, opened.link, item, status=HTTPStatus.CREATED)
    message = _("Choose a file first.")
    return JsonResponse({"message": message}, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _keep(
    request: CustomerRequest, link: AccessLink, item: InspectionItem | None, upload: Any
) -> None:
    answering.attach(link=link, item=item, upload=upload, by=request.actor, at=timezone.now())


def _files_now(
    request: CustomerRequest,
    link: AccessLink,
    item: InspectionItem | None,
    *,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    html = render_to_string(OWN_FILES, files_part(link, item), request)
    return JsonResponse({"html": html}, status=status)


def _wants_json(request: CustomerRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


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
