"""A vehicle that waits in the yard: the notice, the clock, the bill."""

from copy import copy
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from invoices import emails, yard
from invoices.forms.leaving import NoticeForm, ResumeForm, StopForm, SuspendForm
from invoices.models import Invoice, StorageNotice, StorageSuspension, settings_of
from invoices.services import storage, storage_billing
from invoices.states import InvoiceKind, InvoiceStatus
from invoices.views.lookups import repair_order_of, today
from shopdisputes.actors import DESK
from shopdisputes.errors import DomainError
from shopdisputes.jurisdictions import profiles
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.repairorders.states import RepairOrderStatus
from shopdisputes.web.requests import StaffRequest, staff
from shopdisputes.web.responses import refused, see_other

PAGE = "invoices/storage.html"


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*DESK)
def page(request: StaffRequest, number: str) -> HttpResponseBase:
    """Show what storage comes to, day by day; take the notice that it will cost something."""
    order = repair_order_of(request, number)
    at = timezone.now()
    if request.method != "POST":
        return render(request, PAGE, _context(request, order, at))
    form = NoticeForm(request.POST)
    context = _context(request, order, at) | {"form": form}
    if not form.is_valid():
        return refused(request, PAGE, context, form)
    if request.POST.get("do") == "preview":
        return render(request, PAGE, context | _previewed(order, form, at))
    try:
        notice = storage.notify(repair_order=order, **form.cleaned_data, by=request.actor, at=at)
    except DomainError as error:
        return refused(request, PAGE, context, error)
    messages.success(request, _words_after(notice))
    return see_other("storage", order.number)


@require_POST
@staff(*DESK)
def suspend(request: StaffRequest, number: str) -> HttpResponseBase:
    """Let days cost nothing."""
    order = repair_order_of(request, number)
    notice = _running_or_404(request, order)
    at = timezone.now()
    form = SuspendForm(request.POST)
    context = _context(request, order, at) | {"suspend_form": form, "open_part": "suspend"}
    if not form.is_valid():
        return refused(request, PAGE, context, form)
    values = form.cleaned_data
    try:
        storage.suspend(
            notice=notice,
            reason=values["why"],
            from_on=values["from_on"],
            until_on=values["until_on"],
            note=values["note"],
            by=request.actor,
            at=at,
        )
    except DomainError as error:
        return refused(request, PAGE, context, error, form=form)
    messages.success(request, _("These days cost nothing."))
    return see_other("storage", order.number)


@require_POST
@staff(*DESK)
def resume(request: StaffRequest, number: str, suspension_id: UUID) -> HttpResponseBase:
    """End a suspension; later days count again."""
    order = repair_order_of(request, number)
    suspension = get_object_or_404(
        StorageSuspension.objects.for_shop(request.shop).select_related(
            "notice__shop", "notice__repair_order__shop"
        ),
        notice__repair_order=order,
        pk=suspension_id,
    )
    at = timezone.now()
    form = ResumeForm(request.POST)
    context = _context(request, order, at) | {"resume_form": form, "open_part": "resume"}
    if not form.is_valid():
        return refused(request, PAGE, context, form)
    try:
        storage.resume(
            suspension=suspension,
            until_on=form.cleaned_data["until_on"],
            by=request.actor,
            at=at,
        )
    except DomainError as error:
        return refused(request, PAGE, context, error, form=form)
    messages.success(request, _("Later days count again."))
    return see_other("storage", order.number)


@require_POST
@staff(*DESK)
def stop(request: StaffRequest, number: str) -> HttpResponseBase:
    """Stop the clock: later days never count."""
    order = repair_order_of(request, number)
    notice = _running_or_404(request, order)
    at = timezone.now()
    form = StopForm(request.POST)
    context = _context(request, order, at) | {"stop_form": form, "open_part": "stop"}
    if not form.is_valid():
        return refused(request, PAGE, context, form)
    try:
        storage.stop(notice=notice, **form.cleaned_data, by=request.actor, at=at)
    except DomainError as error:
        return refused(request, PAGE, context, error, form=form)
    messages.success(request, _("The clock has stopped."))
    return see_other("storage", order.number)


@require_POST
@staff(*DESK)
def bill(request: StaffRequest, number: str) -> HttpResponseBase:
    """Draft an invoice of the days that count and are not billed."""
    order = repair_order_of(request, number)
    at = timezone.now()
    try:
        draft = storage_billing.draft(repair_order=order, by=request.actor, at=at)
    except DomainError as error:
        return refused(request, PAGE, _context(request, order, at), error)
    messages.success(request, _("The draft is ready. Look at it before you issue it."))
    return see_other("invoice-draft", draft.pk)


def _running_or_404(request: StaffRequest, order: RepairOrder) -> StorageNotice:
    notices = StorageNotice.objects.for_shop(request.shop).filter(repair_order=order).in_force()
    return get_object_or_404(notices.select_related("shop", "repair_order__shop"))


def _context(request: StaffRequest, order: RepairOrder, at: datetime) -> dict[str, Any]:
    accounts = yard.accounts(order, at=at)
    running = next((each for each in accounts if each.notice.stopped_on is None), None)
    day = today(request, at)
    terms = settings_of(request.shop)
    is_open = order.status == RepairOrderStatus.OPEN
    draft = (
        Invoice.objects.for_shop(request.shop)
        .filter(repair_order=order, kind=InvoiceKind.STORAGE, status=InvoiceStatus.DRAFT)
        .first()
    )
    return {
        "order": order,
        "customer": order.customer,
        "accounts": accounts,
        "running": running,
        "draft": draft,
        "may_bill": draft is None and any(each.unbilled for each in accounts),
        "may_notify": is_open and running is None,
        "rules": profiles.storage_of(order.profile),
        "place": profiles.name_of(order.profile),
        "form": NoticeForm(
            initial={
                "ready_on": day,
                "daily_rate": terms.storage_daily_rate or None,
                "tax_rate": terms.storage_tax_rate,
                "free_days": terms.storage_free_days,
                "by_email": bool(order.customer.email),
            }
        ),
        "suspend_form": SuspendForm(initial={"from_on": day}),
        "resume_form": ResumeForm(initial={"until_on": day}),
        "stop_form": StopForm(initial={"stopped_on": day}),
    }


def _previewed(order: RepairOrder, form: NoticeForm, at: datetime) -> dict[str, Any]:
    values = copy(form.cleaned_data)
    del values["by_email"]
    notice = StorageNotice(
        shop=order.shop,
        repair_order=order,
        first_day=storage.first_day(repair_order=order, free_days=values["free_days"], at=at),
        sent_at=at,
        **values,
    )
    subject, text = emails.wording_of_storage_notice(notice)
    return {
        "subject": subject,
        "text": text,
        "first_day": notice.first_day,
        "daily_total": yard.with_tax(notice.daily_rate, notice.tax_rate),
    }


def _words_after(notice: StorageNotice) -> str:
    if notice.sent_to:
        return _("The notice goes to %(to)s within moments.") % {"to": notice.sent_to}
    return _("The notice is written down. Its paper is being made.")
