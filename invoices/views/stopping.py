"""The customer wants to stop: recorded, the ways to go on offered, the choice, the invoice."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from estimates.forms.lines import HOURLY
from estimates.forms.recording import local_minute
from inspections.models import Inspection
from invoices import explaining, progress
from invoices.forms.agreements import ReasonForm
from invoices.forms.stopping import ChoiceForm, OfferForm, RecordForm, StateForm
from invoices.models import Invoice, StopWork
from invoices.services import choosing, offering, stopping, work
from invoices.services.stops import Proof
from invoices.states import InvoiceKind, InvoiceStatus
from invoices.views.lookups import repair_order_of
from shopdisputes.actors import DESK
from shopdisputes.documents.models import Document
from shopdisputes.documents.states import DocumentStatus
from shopdisputes.errors import DomainError
from shopdisputes.links.tokens import token_of
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.uploads import services as uploads
from shopdisputes.uploads.models import FileKind
from shopdisputes.web.pages.documents import give_file
from shopdisputes.web.requests import StaffRequest, staff
from shopdisputes.web.responses import refused, see_other, words_about_file

RECORD = "invoices/stop_record.html"
PAGE = "invoices/stop.html"


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*DESK)
def stop_work(request: StaffRequest, number: str) -> HttpResponseBase:
    """Record that the customer stops the repair; once recorded, show where it stands."""
    order = repair_order_of(request, number)
    stop = _newest(request, order)
    in_force = stop is not None and stop.lifted_at is None
    if request.method == "POST" and not in_force:
        return _record(request, order)
    if stop is not None and (in_force or "again" not in request.GET):
        return render(request, PAGE, _page(request, stop))
    at = timezone.now()
    form = RecordForm(
        jobs=work.items_of(order),
        inspections=_inspections(order),
        initial={
            "happened_at": local_minute(timezone.localtime(at)),
            "person": order.customer.name,
        },
    )
    return render(request, RECORD, _record_page(order, form))


@require_POST
@staff(*DESK)
def describe(request: StaffRequest, number: str) -> HttpResponseBase:
    """Correct the state of the vehicle before the customer has chosen."""
    stop = _current(request, number)
    form = StateForm(request.POST, inspections=_inspections(stop.repair_order))
    if not form.is_valid():
        return refused(request, PAGE, _page(request, stop, state_form=form), form)
    values = form.cleaned_data
    try:
        stopping.describe(stop=stop, **values, by=request.actor, at=timezone.now())
    except DomainError as error:
        return refused(request, PAGE, _page(request, stop, state_form=form), error, form=form)
    messages.success(request, _("The state of the vehicle is written down."))
    return see_other("stop-work", number)


@require_POST
@staff(*DESK)
def offer(request: StaffRequest, number: str) -> HttpResponseBase:
    """Price the ways to go on as of now; mail them, or keep them for the phone or paper."""
    stop = _current(request, number)
    form = OfferForm(request.POST)
    if not form.is_valid():
        return refused(request, PAGE, _page(request, stop, offer_form=form), form)
    by_email = request.POST.get("how", "email") == "email"
    try:
        offering.offer(
            stop=stop,
            note=form.cleaned_data["note"],
            by_email=by_email,
            by=request.actor,
            at=timezone.now(),
        )
    except DomainError as error:
        return refused(request, PAGE, _page(request, stop, offer_form=form), error, form=form)
    messages.success(
        request,
        _("The ways to go on are on their way to %(email)s.")
        % {"email": stop.repair_order.customer.email}
        if by_email
        else _("The prices are fixed. Tell the customer, or print the record."),
    )
    return see_other("stop-work", number)


@require_POST
@staff(*DESK)
def in_person(request: StaffRequest, number: str) -> HttpResponseBase:
    """Open the customer's page on this device, for an hour."""
    stop = _current(request, number)
    link = offering.open_in_person(stop=stop, by=request.actor, at=timezone.now())
    return see_other(reverse("public-stop", args=[token_of(link)]))


@require_POST
@staff(*DESK)
def choice(request: StaffRequest, number: str) -> HttpResponseBase:
    """Write down what the customer chose on the phone, at the desk or on paper."""
    stop = _current(request, number)
    form = ChoiceForm(request.POST, request.FILES)
    if not form.is_valid():
        return refused(request, PAGE, _page(request, stop, choice_form=form), form)
    values = dict(form.cleaned_data)
    at = timezone.now()
    try:
        files = _kept(request, values.pop("files"), at)
        choosing.record_choice(stop=stop, **values, files=files, by=request.actor, at=at)
    except DomainError as error:
        return refused(request, PAGE, _page(request, stop, choice_form=form), error, form=form)
    messages.success(request, _("The choice is written down; a mail confirms it."))
    return see_other("stop-work", number)


@require_POST
@staff(*DESK)
def lift(request: StaffRequest, number: str) -> HttpResponseBase:
    """End the stop: the repair goes on."""
    stop = _current(request, number)
    form = ReasonForm(request.POST)
    shown: dict[str, Any] = {"lift_reason": request.POST.get("reason", "")}
    if not form.is_valid():
        wrong = " ".join(str(problem) for problem in form.errors["reason"])
        return refused(request, PAGE, _page(request, stop) | shown | {"lift_error": wrong})
    try:
        stopping.lift(stop=stop, **form.cleaned_data, by=request.actor, at=timezone.now())
    except DomainError as error:
        shown["lift_error"] = error.fields.get("reason") or error.message
        return refused(request, PAGE, _page(request, stop) | shown, error)
    messages.success(request, _("The repair goes on."))
    return see_other("stop-work", number)


@require_safe
@staff(*DESK)
def pdf(request: StaffRequest, number: str, which: str) -> HttpResponseBase:
    """Give the record as offered, or the sealed copy with the choice."""
    stop = _newest(request, repair_order_of(request, number))
    document = None
    if stop is not None:
        document = stop.signed_document if which == "signed" else stop.document
    if document is None or not _is_ready(document):
        raise Http404
    return give_file(request, document.file, kind=FileKind.PDF, filename=document.filename)


def _record(request: StaffRequest, order: RepairOrder) -> HttpResponseBase:
    jobs = work.items_of(order)
    form = RecordForm(request.POST, request.FILES, jobs=jobs, inspections=_inspections(order))
    if not form.is_valid():
        return refused(request, RECORD, _record_page(order, form), form)
    values, at = form.cleaned_data, timezone.now()
    try:
        files = _kept(request, values["files"], at)
        stopping.record(
            repair_order=order,
            happened_at=values["happened_at"],
            reason=values["reason"],
            channel=values["channel"],
            person=values["person"],
            work=form.work(),
            car_state=values["car_state"],
            safety=values["safety"],
            inspection=values["inspection"],
            files=files,
            by=request.actor,
            at=at,
        )
    except DomainError as error:
        error.fields = form.renamed(error.fields)
        return refused(request, RECORD, _record_page(order, form), error)
    messages.success(request, _("The stop is recorded. Put the ways to go on before the customer."))
    return see_other("stop-work", order.number)


def _record_page(order: RepairOrder, form: RecordForm) -> dict[str, Any]:
    return {
        "order": order,
        "form": form,
        "lines": [(job, field, job.line.kind in HOURLY) for job, field in form.lines()],
    }


def _page(request: StaffRequest, stop: StopWork, **forms: Form) -> dict[str, Any]:
    order = stop.repair_order
    undecided = stop.chosen_at is None and stop.lifted_at is None
    options = explaining.options_of(stop)
    if not options and undecided:
        options = explaining.options_now(stop, progress.of(order))
    invoice = (
        Invoice.objects.for_shop(request.shop)
        .filter(repair_order=order, kind=InvoiceKind.PARTIAL_REPAIR)
        .exclude(status=InvoiceStatus.VOID)
        .order_by("-created_at")
        .first()
    )
    return {
        "order": order,
        "stop": stop,
        "undecided": undecided,
        "in_force": stop.lifted_at is None,
        "options": options,
        "files": stop.files.select_related("file__intake").order_by("added_at", "pk"),
        "invoice": invoice,
        "may_lift": stop.lifted_at is None and invoice is None,
        "state_form": forms.get("state_form") or _state_form(stop),
        "offer_form": forms.get("offer_form") or OfferForm(initial={"note": stop.option_note}),
        "choice_form": forms.get("choice_form")
        or ChoiceForm(initial={"person": stop.person or order.customer.name}),
        "form": next(iter(forms.values()), None),
        "opened": next(iter(forms), ""),
        "record_ready": _is_ready(stop.document),
        "signed_ready": _is_ready(stop.signed_document),
        "explanation": stopping.explanation_for(order) if stop.lifted_at is None else "",
    }


def _state_form(stop: StopWork) -> StateForm:
    return StateForm(
        inspections=_inspections(stop.repair_order),
        initial={
            "car_state": stop.car_state,
            "safety": stop.safety,
            "inspection": stop.inspection,
        },
    )


def _newest(request: StaffRequest, order: RepairOrder) -> StopWork | None:
    stops = StopWork.objects.for_shop(request.shop).filter(repair_order=order)
    return (
        stops.with_everything()
        .select_related("document", "signed_document", "signature")
        .order_by("-recorded_at", "-pk")
        .first()
    )


def _current(request: StaffRequest, number: str) -> StopWork:
    stop = _newest(request, repair_order_of(request, number))
    if stop is None:
        raise Http404
    return stop


def _inspections(order: RepairOrder) -> Any:
    return (
        Inspection.objects.for_shop(order.shop)
        .filter(repair_order=order)
        .order_by("-created_at", "pk")
    )


def _kept(request: StaffRequest, files: Iterable[Any], at: datetime) -> list[Proof]:
    """Keep files as proofs.

    Raises:
        DomainError: one cannot be taken; at ``files``.
    """
    proofs = []
    for file in files:
        try:
            stored = uploads.store(
                shop=request.shop,
                upload=file,
                max_bytes=uploads.LARGEST_MEDIA,
                allowed=uploads.MEDIA_KINDS,
                by=request.actor,
                at=at,
            )
        except DomainError as error:
            error.fields = {"files": f"{file.name}: {words_about_file(error)}"}
            raise
        proofs.append(Proof(file=stored, sent_as=uploads.name_of(file)))
    return proofs


def _is_ready(document: Document | None) -> bool:
    return document is not None and document.status == DocumentStatus.READY
