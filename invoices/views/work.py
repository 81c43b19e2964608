"""The technician's page: how far each authorized line of a repair order is."""

from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from estimates.forms.lines import HOURLY
from estimates.states import LineKind
from invoices.forms.work import STATES, WorkForm
from invoices.progress import Job
from invoices.services import stops, work
from invoices.states import WorkState
from invoices.views.lookups import repair_order_of
from shopdisputes.actors import DESK
from shopdisputes.errors import DomainError
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.repairorders.states import RepairOrderStatus
from shopdisputes.uploads import services as uploads
from shopdisputes.web.requests import StaffRequest, staff
from shopdisputes.web.responses import see_other, words_about_file

PAGE = "invoices/work.html"
CARD = "invoices/_work_card.html"


@require_safe
@staff()
def show(request: StaffRequest, number: str) -> HttpResponseBase:
    """Show every authorized line with what was noted of it."""
    order = repair_order_of(request, number)
    return render(request, PAGE, _page(request, order))


@require_POST
@staff()
def note(request: StaffRequest, number: str, key: UUID) -> HttpResponseBase:
    """Note how far a line is; htmx gets its card back, a plain form the page."""
    order = repair_order_of(request, number)
    job = _job_of(order, key)
    form = WorkForm(request.POST, request.FILES, job=job)
    if not form.is_valid():
        return _again(request, order, form)
    at = timezone.now()
    try:
        proof = _kept(request, form, at)
        work.note(
            repair_order=order,
            key=key,
            **form.facts(),
            supplier_proof=proof,
            by=request.actor,
            at=at,
        )
    except DomainError as error:
        _place(form, error)
        return _again(request, order, form)
    if request.htmx:
        context = _page(request, order)
        card = next(each for each in context["cards"] if each["job"].key == key)
        return render(request, CARD, context | {"card": card, "saved": True})
    messages.success(request, _("Noted."))
    return see_other(f"{reverse('work', args=[order.number])}#line-{key}")


def _page(
    request: StaffRequest, order: RepairOrder, *, form: WorkForm | None = None
) -> dict[str, Any]:
    jobs = work.items_of(order)
    stop = stops.in_force(order)
    done = [job for job in jobs if job.work and job.work.state == WorkState.DONE]
    return {
        "order": order,
        "cards": [
            _card(job, form if form is not None and form.job.key == job.key else None)
            for job in jobs
        ],
        "states": STATES,
        "stop": stop,
        "done": len(done),
        "is_open": order.status == RepairOrderStatus.OPEN,
        "may_stop": request.actor.role in DESK
        and order.status == RepairOrderStatus.OPEN
        and bool(jobs)
        and stop is None,
        "may_desk": request.actor.role in DESK,
    }


def _card(job: Job, form: WorkForm | None = None) -> dict[str, Any]:
    state = job.work.state if job.work else WorkState.NOT_STARTED
    return {
        "job": job,
        "state": state,
        "label": WorkState(state).label,
        "form": form or WorkForm(job=job),
        "in_hours": job.line.kind in HOURLY,
        "is_part": job.line.kind == LineKind.PART,
    }


def _again(request: StaffRequest, order: RepairOrder, form: WorkForm) -> HttpResponseBase:
    """422 with everything that was typed."""
    context = _page(request, order, form=form)
    template = PAGE
    if request.htmx:
        template = CARD
        context["card"] = next(card for card in context["cards"] if card["job"].key == form.job.key)
    return render(request, template, context, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _job_of(order: RepairOrder, key: UUID) -> Job:
    job = next((each for each in work.items_of(order) if each.key == key), None)
    if job is None:
        raise Http404
    return job


def _kept(request: StaffRequest, form: WorkForm, at: datetime) -> Any:
    upload = form.cleaned_data.get("supplier_proof")
    if not upload:
        return None
    try:
        return uploads.store(
            shop=request.shop,
            upload=upload,
            max_bytes=work.LARGEST_PROOF,
            allowed=work.PROOF_KINDS,
            by=request.actor,
            at=at,
        )
    except DomainError as error:
        error.fields = {"supplier_proof": words_about_file(error)}
        raise


def _place(form: WorkForm, error: DomainError) -> None:
    """Put what the business said at the fields, or on top of the card."""
    placed = False
    for name, words in error.fields.items():
        if name in form.fields:
            form.add_error(name, str(words))
            placed = True
    if not placed:
        form.add_error(None, str(error.message))
