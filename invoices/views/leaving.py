"""The vehicle leaves: a page for the desk and for the tablet in the yard."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from estimates.forms.recording import local_minute
from inspections.models import Inspection
from inspections.states import Stage
from invoices import yard
from invoices.forms.leaving import HandOverForm
from invoices.models import HandOver, Invoice
from invoices.services import leaving, signatures
from invoices.services.leaving import SignedHere
from invoices.states import CollectorAuthority, InvoiceStatus
from invoices.views.lookups import repair_order_of
from shopdisputes.actors import DESK, MANAGEMENT
from shopdisputes.errors import DomainError
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.repairorders.states import RepairOrderStatus
from shopdisputes.signing import texts
from shopdisputes.signing.models import TextCode
from shopdisputes.web.forms.signing import SignatureForm
from shopdisputes.web.requests import StaffRequest, staff
from shopdisputes.web.responses import refused, see_other

PAGE = "invoices/hand_over.html"


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*DESK)
def hand_over(request: StaffRequest, number: str) -> HttpResponseBase:
    """Write down who takes the vehicle and what was paid; warn when not everything is."""
    order = repair_order_of(request, number)
    at = timezone.now()
    if request.method != "POST" or order.status != RepairOrderStatus.OPEN:
        return render(request, PAGE, _context(request, order, at))
    context = _context(request, order, at)
    form = HandOverForm(request.POST, repair_order=order, needs_approval=context["asks_approval"])
    wants_signature = bool(request.POST.get("with_signature"))
    signature_form = SignatureForm(request.POST) if wants_signature else SignatureForm()
    context |= {"form": form, "signature_form": signature_form}
    if not form.is_valid() or (wants_signature and not signature_form.is_valid()):
        return refused(request, PAGE, context, form)
    try:
        leaving.hand_over(
            repair_order=order,
            **_facts(form),
            signed=_signed(order, signature_form) if wants_signature else None,
            by=request.actor,
            at=at,
        )
    except DomainError as error:
        if wants_signature:
            _place(error, signature_form)
        return refused(request, PAGE, context, error)
    messages.success(request, _("The vehicle is handed over and the repair order is closed."))
    return see_other("hand-over", order.number)


def _facts(form: HandOverForm) -> dict[str, Any]:
    facts = dict(form.cleaned_data)
    del facts["with_signature"]
    return facts


def _signed(order: RepairOrder, form: SignatureForm) -> SignedHere:
    return SignedHere(
        signer_name=form.cleaned_data["signer_name"],
        drawn=form.drawn(),
        consent=form.cleaned_data["consent"],
        # The device is the shop's own.
        signer_timezone=order.shop.timezone,
        language=order.customer.language,
    )


def _place(error: DomainError, form: SignatureForm) -> None:
    """Put what is wrong with the signature at its own fields."""
    for name in [name for name in error.fields if name in form.fields]:
        form.add_error(name, str(error.fields.pop(name)))


def _context(request: StaffRequest, order: RepairOrder, at: datetime) -> dict[str, Any]:
    records = list(
        HandOver.objects.for_shop(request.shop)
        .filter(repair_order=order)
        .select_related("document", "check_out", "signature")
        .order_by("-happened_at", "pk")
    )
    context = {"order": order, "customer": order.customer, "records": records}
    if order.status != RepairOrderStatus.OPEN:
        return context | {"invoices": _bills(request, order) if records else []}
    language = order.customer.language
    accounts = yard.accounts(order, at=at)
    paid = leaving.paid_so_far(order)
    asks_approval = paid.needs_approval and request.actor.role in MANAGEMENT
    return context | {
        "form": HandOverForm(
            repair_order=order,
            needs_approval=asks_approval,
            initial={
                "happened_at": local_minute(timezone.localtime(at)),
                "collected_by": order.customer.name,
                "authority": CollectorAuthority.CUSTOMER,
                "check_out": _newest_check_out(request, order),
            },
        ),
        "signature_form": SignatureForm(initial={"signer_name": order.customer.name}),
        "paid": paid,
        "asks_approval": asks_approval,
        "drafts": Invoice.objects.for_shop(request.shop)
        .filter(repair_order=order, status=InvoiceStatus.DRAFT)
        .order_by("created_at", "pk"),
        "unbilled_storage": sum(each.unbilled_total for each in accounts),
        "sentence": signatures.sentence(
            request.shop, TextCode.HAND_OVER, language=language, number=order.number
        ).words,
        "consent_text": texts.render(
            signatures.consent_text(request.shop, language=language), shop=request.shop.name
        ),
    }


def _bills(request: StaffRequest, order: RepairOrder) -> QuerySet[Invoice]:
    return (
        Invoice.objects.for_shop(request.shop)
        .filter(repair_order=order)
        .billing()
        .exclude(status=InvoiceStatus.VOID)
        .defer("canonical_json")
        .order_by("issued_on", "number")
    )


def _newest_check_out(request: StaffRequest, order: RepairOrder) -> Inspection | None:
    return (
        Inspection.objects.for_shop(request.shop)
        .filter(repair_order=order, stage=Stage.CHECK_OUT)
        .finished()
        .order_by("-completed_at", "-number")
        .first()
    )
