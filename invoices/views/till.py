"""Taking money in, putting it on invoices, taking it off, giving it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Sum
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from estimates.models import EstimateRevision
from invoices import dividing, statements
from invoices.forms.payments import (
    AllocateForm,
    AnnulForm,
    DividedForm,
    PaymentForm,
    RefundForm,
    TakeOffForm,
    most_for,
)
from invoices.models import Payment
from invoices.services import payments
from invoices.services.moving import MovedMeanwhile
from invoices.statements import OpenItem
from invoices.views.lookups import invoice_of, repair_order_of, today
from invoices.views.payments import payment_of
from shopdisputes.actors import DESK, MANAGEMENT
from shopdisputes.customers.models import Customer
from shopdisputes.errors import DomainError
from shopdisputes.money import ZERO, format_money
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.web.lists import words_of
from shopdisputes.web.requests import StaffRequest, object_id, staff
from shopdisputes.web.responses import refused, see_other

NEW = "invoices/payment_new.html"
ALLOCATE = "invoices/payment_allocate.html"
MOVE = "invoices/payment_move.html"
_GET_AND_POST = ["GET", "HEAD", "POST"]
_MOST_CUSTOMERS = 20


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What a payment is recorded for: whose, on which visit, which invoices first."""

    customer: Customer
    repair_order: RepairOrder | None
    items: Sequence[OpenItem]
    amount: Decimal | None


@require_http_methods(_GET_AND_POST)
@staff(*DESK)
def new(request: StaffRequest) -> HttpResponseBase:
    """Record money of ``?customer=``, for ``?invoice=``, or a deposit on ``?repair_order=``."""
    asked = _asked(request)
    if asked is None:
        return render(request, "invoices/payment_customer.html", _customers(request))
    if request.method != "POST":
        form = PaymentForm.beginning(
            items=asked.items,
            amount=asked.amount,
            today=today(request, timezone.now()),
            email=asked.customer.email,
        )
        return render(request, NEW, _context(asked, form))
    form = PaymentForm(request.POST, items=asked.items)
    if not form.is_valid():
        return refused(request, NEW, _context(asked, form), form)
    if request.POST.get("do") == "divide":
        return render(request, NEW, _context(asked, _written_out(form, items=asked.items)))
    at = timezone.now()
    try:
        payment = payments.record(
            customer=asked.customer,
            repair_order=asked.repair_order,
            allocations=[] if asked.repair_order else form.allocations(),
            **form.facts(),
            by=request.actor,
            at=at,
        )
    except DomainError as error:
        return refused(request, NEW, _context(asked, form), error)
    if payment.recorded_at == at:
        messages.success(request, _words_after(payment))
    else:
        messages.info(request, _("%(number)s was recorded already.") % {"number": payment.number})
    return see_other("payment", payment.number)


@require_http_methods(_GET_AND_POST)
@staff(*DESK)
def allocate(request: StaffRequest, number: str) -> HttpResponseBase:
    """Put what is unallocated of a payment on invoices."""
    payment = payment_of(request, number)
    at = timezone.now()
    items = statements.of(payment.customer, at=at).items
    context = {"payment": payment, "customer": payment.customer, "to_divide": payment.unallocated}
    if request.method != "POST":
        form = AllocateForm(items=items, payment=payment)
        return render(request, ALLOCATE, context | {"form": form})
    form = AllocateForm(request.POST, items=items, payment=payment)
    if not form.is_valid():
        return refused(request, ALLOCATE, context | {"form": form}, form)
    try:
        payments.allocate(
            payment=payment,
            allocations=form.allocations(),
            seen=form.cleaned_data["seen"],
            by=request.actor,
            at=at,
        )
    except MovedMeanwhile as error:
        return _moved(request, payment, error)
    except DomainError as error:
        return refused(request, ALLOCATE, context | {"form": form}, error)
    messages.success(request, _("The money was put on invoices."))
    return see_other("payment", payment.number)


@require_http_methods(_GET_AND_POST)
@staff(*DESK)
def unallocate(request: StaffRequest, number: str) -> HttpResponseBase:
    """Take money off ``?invoice=`` again, else off the first invoice it stands on."""
    payment = payment_of(request, number)
    wanted = request.GET.get("invoice", "")
    share = next(
        (each for each in dividing.shares_of(payment) if wanted in ("", each.invoice.number)),
        None,
    )
    if share is None:
        # Somebody else was quicker, or it was never there: the payment's page says where it is.
        messages.info(request, _("Nothing of this payment is on that invoice."))
        return see_other("payment", payment.number)
    invoice, amount = share.invoice, share.amount
    context = {
        "payment": payment,
        "title": _("Take money off %(invoice)s") % {"invoice": invoice.number},
        "button": _("Take it off"),
        "explained": _("It will be owed again on %(invoice)s, and unallocated on this payment.")
        % {"invoice": invoice.number},
        "danger": True,
    }
    if request.method != "POST":
        form = TakeOffForm(initial={"amount": amount, "seen": payment.unallocated})
        return render(request, MOVE, context | {"form": form})
    form = TakeOffForm(request.POST)
    if not form.is_valid():
        return refused(request, MOVE, context | {"form": form}, form)
    try:
        payments.unallocate(
            payment=payment,
            invoice=invoice,
            **form.cleaned_data,
            by=request.actor,
            at=timezone.now(),
        )
    except MovedMeanwhile as error:
        return _moved(request, payment, error)
    except DomainError as error:
        return refused(request, MOVE, context | {"form": form}, error)
    messages.success(request, _("It was taken off %(invoice)s.") % {"invoice": invoice.number})
    return see_other("payment", payment.number)


@require_http_methods(_GET_AND_POST)
@staff(*DESK)
def refund(request: StaffRequest, number: str) -> HttpResponseBase:
    """Give unallocated money back."""
    payment = payment_of(request, number)
    at = timezone.now()
    context = {
        "payment": payment,
        "title": _("Give money back"),
        "button": _("Note the refund"),
        "explained": _(
            "%(amount)s of this payment is on no invoice and can be given back. The refund is"
            " noted here; the money itself leaves by your till or your bank."
        )
        % {"amount": _money(payment.unallocated, payment.currency)},
        "danger": True,
    }
    if request.method != "POST":
        form = RefundForm(
            initial={
                "amount": payment.unallocated,
                "seen": payment.unallocated,
                "method": payment.method,
                "refunded_on": today(request, at),
            }
        )
        return render(request, MOVE, context | {"form": form})
    form = RefundForm(request.POST)
    if not form.is_valid():
        return refused(request, MOVE, context | {"form": form}, form)
    try:
        given_back = payments.refund(payment=payment, **form.cleaned_data, by=request.actor, at=at)
    except MovedMeanwhile as error:
        return _moved(request, payment, error)
    except DomainError as error:
        return refused(request, MOVE, context | {"form": form}, error)
    messages.success(
        request,
        _("Refund %(number)s of %(amount)s is noted.")
        % {
            "number": given_back.number,
            "amount": _money(given_back.amount, payment.currency),
        },
    )
    return see_other("payment", payment.number)


@require_http_methods(_GET_AND_POST)
@staff(*MANAGEMENT)
def annul(request: StaffRequest, number: str) -> HttpResponseBase:
    """Say that the money never came."""
    payment = payment_of(request, number)
    context = {
        "payment": payment,
        "title": _("Annul this payment"),
        "button": _("Annul"),
        "explained": _(
            "Say that this money never came: it was typed by mistake, or a cheque bounced. It is"
            " taken off every invoice, and what it paid is owed again. It cannot be undone."
        ),
        "danger": True,
    }
    if request.method != "POST":
        return render(request, MOVE, context | {"form": AnnulForm()})
    form = AnnulForm(request.POST)
    if not form.is_valid():
        return refused(request, MOVE, context | {"form": form}, form)
    try:
        payments.annul(
            payment=payment,
            reason=form.cleaned_data["reason"],
            by=request.actor,
            at=timezone.now(),
        )
    except DomainError as error:
        return refused(request, MOVE, context | {"form": form}, error)
    messages.success(request, _("The payment was annulled."))
    return see_other("payment", payment.number)


@require_POST
@staff(*DESK)
def receipt(request: StaffRequest, number: str) -> HttpResponseBase:
    """Make the receipt anew, as the money stands now, and mail it when there is an address."""
    payment = payments.renew_receipt(
        payment=payment_of(request, number), by=request.actor, at=timezone.now()
    )
    if payment.customer.email:
        words = _("The receipt goes to %(to)s.") % {"to": payment.customer.email}
    else:
        words = _("The receipt was made anew. There is no e-mail address to mail it to.")
    messages.success(request, words)
    return see_other("payment", payment.number)


def _moved(request: StaffRequest, payment: Payment, error: MovedMeanwhile) -> HttpResponseBase:
    # A form that was sent twice: the first one did it. Show what it came to.
    messages.info(request, str(error.message))
    return see_other("payment", payment.number)


def _asked(request: StaffRequest) -> _Asked | None:
    """Read from the address what the payment is for; None: the customer must be found first."""
    if number := request.GET.get("repair_order", ""):
        order = repair_order_of(request, number)
        return _Asked(
            customer=order.customer,
            repair_order=order,
            items=(),
            amount=_deposit_wanted(request, order),
        )
    first = [invoice_of(request, number) for number in request.GET.getlist("invoice")]
    customer = first[0].customer if first else _customer(request)
    if customer is None:
        return None
    wanted = {invoice.pk for invoice in first}
    items = statements.of(customer, at=timezone.now()).items
    # What was asked for comes first; the sort keeps the rest as it was, the oldest due first.
    items = tuple(sorted(items, key=lambda item: item.invoice.pk not in wanted))
    # What the customer is asked for now, which is what most bring; who pays more is not hindered.
    amounts = [
        item.standing.figures.collectible or most_for(item)
        for item in items
        if item.invoice.pk in wanted
    ]
    return _Asked(
        customer=customer,
        repair_order=None,
        items=items,
        amount=sum(amounts, ZERO) if amounts else None,
    )


def _customer(request: StaffRequest) -> Customer | None:
    wanted: UUID | None = object_id(request.GET.get("customer", ""))
    if wanted is None:
        return None
    return get_object_or_404(
        Customer.objects.for_shop(request.shop).select_related("shop"), pk=wanted
    )


def _customers(request: StaffRequest) -> dict[str, Any]:
    words = words_of(request)
    customers = Customer.objects.for_shop(request.shop)
    found = customers.search(words, shop=request.shop).order_by("name", "id")
    return {"words": words, "found": found[:_MOST_CUSTOMERS] if words else ()}


def _deposit_wanted(request: StaffRequest, order: RepairOrder) -> Decimal | None:
    """Return what of the deposits that the estimates ask for has not come in; None for nothing."""
    asked = (
        EstimateRevision.objects.for_shop(request.shop)
        .filter(estimate__repair_order=order)
        .proposed()
        .order_by("estimate", "-number")
        .values_list("estimate", "deposit_amount")
    )
    # The newest revision of each estimate counts.
    newest: dict[UUID, Decimal] = {}
    for estimate, amount in asked:
        newest.setdefault(estimate, amount)
    paid = (
        Payment.objects.for_shop(request.shop)
        .filter(repair_order=order)
        .standing()
        .aggregate(sum=Sum("amount"))["sum"]
    )
    left = sum(newest.values(), ZERO) - (paid or ZERO)
    return left if left > 0 else None


def _context(asked: _Asked, form: DividedForm) -> dict[str, Any]:
    return {
        "form": form,
        "customer": asked.customer,
        "repair_order": asked.repair_order,
        "shop_currency": asked.customer.shop.currency,
    }


def _written_out(form: PaymentForm, *, items: Sequence[OpenItem]) -> PaymentForm:
    typed = {name: form.data[name] for name in form.data}
    return PaymentForm(typed | form.written_out(), items=items)


def _words_after(payment: Payment) -> str:
    words = {
        "number": payment.number,
        "amount": _money(payment.amount, payment.currency),
        "left": _money(payment.unallocated, payment.currency),
    }
    if payment.repair_order is not None:
        return _("%(number)s: a deposit of %(amount)s is recorded.") % words
    if payment.unallocated:
        return _("%(number)s: %(amount)s recorded, %(left)s left on account.") % words
    return _("%(number)s: %(amount)s recorded.") % words


def _money(amount: Decimal, currency: str) -> str:
    return format_money(amount, currency=currency, language=get_language() or "en")
