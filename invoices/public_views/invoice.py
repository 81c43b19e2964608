"""The customer's page behind the link of an invoice: what is owed and why, and what to say to it.

Reading changes nothing.
"""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone, translation
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from invoices.models import Invoice
from invoices.public_forms import AlreadyPaidForm, PromiseForm, SignForm, SomethingWrongForm
from invoices.public_pages.invoice import address, invoice_page, is_ready, receipt_page
from invoices.services import claims, promises, receiving
from shopdisputes.documents.models import Document
from shopdisputes.errors import Conflict, DomainError, Unavailable
from shopdisputes.links import services as links
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.uploads.models import FileKind
from shopdisputes.web.limits import LINK_UPLOADS
from shopdisputes.web.pages.documents import give_file
from shopdisputes.web.requests import CustomerRequest, customer
from shopdisputes.web.responses import refused, see_other, status_of, words_about_file

PAGE = "invoices/public/invoice.html"
RECEIPT = "invoices/public/receipt.html"
NOT_READY = "invoices/public/not_ready.html"

_PAGE_OR_FORM = ["GET", "HEAD", "POST"]


@customer(LinkPurpose.INVOICE)
@require_safe
def show(request: CustomerRequest, link: AccessLink) -> HttpResponse:
    """Show the invoice: what is asked for, how to pay, why, and what was said so far."""
    return render(request, PAGE, _page(request, link))


@customer(LinkPurpose.INVOICE)
@require_http_methods(_PAGE_OR_FORM)
def promise(request: CustomerRequest, link: AccessLink) -> HttpResponse:
    """Take a promise to pay."""
    if request.method != "POST":
        return HttpResponseRedirect(address("", link))
    form = PromiseForm(request.POST)
    if not form.is_valid():
        return _again(request, link, form, promise_form=form)
    try:
        promises.make(
            invoice=_invoice(link),
            amount=form.cleaned_data["amount"],
            promised_on=form.cleaned_data["promised_on"],
            note=form.cleaned_data["note"],
            link=link,
            by=request.actor,
            at=timezone.now(),
        )
    except DomainError as error:
        return _again(request, link, form, error, promise_form=form)
    return see_other(f"{address('', link)}?thanks=promise")


@customer(LinkPurpose.INVOICE, acts=LINK_UPLOADS)
@require_http_methods(_PAGE_OR_FORM)
def paid(request: CustomerRequest, link: AccessLink) -> HttpResponse:
    """Take "I have already paid", with proofs."""
    return _claim(request, link, AlreadyPaidForm)


@customer(LinkPurpose.INVOICE, acts=LINK_UPLOADS)
@require_http_methods(_PAGE_OR_FORM)
def wrong(request: CustomerRequest, link: AccessLink) -> HttpResponse:
    """Take "Something is wrong", with files."""
    return _claim(request, link, SomethingWrongForm)


@customer(LinkPurpose.INVOICE)
@require_http_methods(_PAGE_OR_FORM)
def sign(request: CustomerRequest, link: AccessLink) -> HttpResponse:
    """Show what the signature of receipt says, and take it."""
    invoice = _invoice(link)
    if request.method != "POST":
        if not receiving.is_asked(invoice):
            return HttpResponseRedirect(address("", link))
        return render(request, RECEIPT, receipt_page(link, invoice, SignForm()))
    form = SignForm(request.POST)
    context = receipt_page(link, invoice, form)
    if not form.is_valid():
        return refused(request, RECEIPT, context, form)
    try:
        receiving.sign(
            link=link,
            invoice_sha256=form.cleaned_data["subject_sha256"],
            signer_name=form.cleaned_data["signer_name"],
            drawn=form.drawn(),
            consent=form.cleaned_data["consent"],
            signer_timezone=form.cleaned_data["signer_timezone"],
            language=translation.get_language(),
            by=request.actor,
            at=timezone.now(),
        )
    except Conflict as error:
        context = _page(request, link) | {"error_message": error.message}
        return render(request, PAGE, context, status=HTTPStatus.CONFLICT)
    except DomainError as error:
        return refused(request, RECEIPT, context, error)
    return see_other(f"{address('', link)}?thanks=signed")


@customer(LinkPurpose.INVOICE)
@require_POST
def displayed(request: CustomerRequest, link: AccessLink) -> HttpResponse:
    """Note that a person saw the page: its script reports it after two seconds."""
    links.note_displayed(link=link, by=request.actor, at=timezone.now())
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@customer(LinkPurpose.INVOICE)
@require_safe
def pdf(request: CustomerRequest, link: AccessLink) -> HttpResponseBase:
    """Give the invoice as a PDF."""
    return give(request, _invoice(link).document, back_url=address("", link))


@customer(LinkPurpose.INVOICE)
@require_safe
def signed(request: CustomerRequest, link: AccessLink) -> HttpResponseBase:
    """Give the sealed copy of what was signed."""
    return give(request, _invoice(link).signed_document, back_url=address("", link))


@customer(LinkPurpose.INVOICE)
@require_safe
def credit_note(request: CustomerRequest, link: AccessLink, note_id: UUID) -> HttpResponseBase:
    """Give a credit note on this invoice as a PDF."""
    notes = Invoice.objects.for_shop(link.shop).filter(original=_invoice(link))
    note = get_object_or_404(notes.numbered().select_related("document"), pk=note_id)
    return give(request, note.document, back_url=address("", link))


def give(request: CustomerRequest, document: Document | None, *, back_url: str) -> HttpResponseBase:
    """Give a PDF, or say that it is being made."""
    if document is not None and is_ready(document):
        return give_file(request, document.file, kind=FileKind.PDF, filename=document.filename)
    response = render(
        request, NOT_READY, {"back_url": back_url}, status=HTTPStatus.SERVICE_UNAVAILABLE
    )
    response["Retry-After"] = "30"
    return response


def _invoice(link: AccessLink) -> Invoice:
    return get_object_or_404(
        Invoice.objects.for_link(link)
        .with_everything()
        .select_related("document", "signed_document", "signature")
    )


def _page(request: CustomerRequest, link: AccessLink, **forms: Any) -> dict[str, Any]:
    context = invoice_page(link, _invoice(link), at=timezone.now(), **forms)
    return context | {"thanks": request.GET.get("thanks", "")}


def _again(
    request: CustomerRequest,
    link: AccessLink,
    form: Any,
    error: DomainError | None = None,
    **forms: Any,
) -> HttpResponse:
    """Show the page with what is wrong at the form that it is about."""
    context = _page(request, link, **forms) | {"form": form}
    return refused(request, PAGE, context, error or form)


def _claim(
    request: CustomerRequest,
    link: AccessLink,
    form_class: type[AlreadyPaidForm] | type[SomethingWrongForm],
) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseRedirect(address("", link))
    _invoice(link)
    form = form_class(request.POST, files_sent=request.FILES.getlist("files"))
    if not form.is_valid():
        return _again(request, link, form, claim_form=form)
    try:
        # The gate counted the request; each further file is as dear as another request.
        for _more in form.files_sent[1:]:
            if not LINK_UPLOADS.count(str(link.pk), at=timezone.now()):
                raise Unavailable
        claims.make(link=link, by=request.actor, at=timezone.now(), **form.facts())
    except DomainError as error:
        if "file" in error.fields or not set(error.fields) & set(form.fields):
            problem = words_about_file(error)
            if "file" in error.fields:
                form.files_problem = problem
            context = _page(request, link, claim_form=form) | {
                "form": form,
                "claim_problem": problem,
                "claim_kind": form.kind,
            }
            return render(request, PAGE, context, status=status_of(error))
        return _again(request, link, form, error, claim_form=form)
    return see_other(f"{address('', link)}?thanks={form.kind}")
