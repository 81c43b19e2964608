"""What can still be done with an issued invoice: mail it, credit it, void it, write it off."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from invoices.forms.correcting import CreditForm, ReasonForm
from invoices.models import Invoice
from invoices.services import crediting, ending, issuing
from invoices.services.moving import MovedMeanwhile
from invoices.states import TRANSITIONS
from invoices.views.lookups import invoice_of
from shopdisputes.actors import DESK, MANAGEMENT
from shopdisputes.errors import DomainError
from shopdisputes.money import ZERO, format_money
from shopdisputes.web.requests import StaffRequest, staff
from shopdisputes.web.responses import refused, see_other

CREDIT = "invoices/credit.html"
VERB = "invoices/verb.html"


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*DESK)
def credit(request: StaffRequest, number: str) -> HttpResponseBase:
    """Take back all of an invoice, an amount of it, or amounts of its lines."""
    invoice = invoice_of(request, number)
    TRANSITIONS.target("credit", state=invoice.status, by=request.actor)
    at = timezone.now()
    of_lines = crediting.left_of_lines(invoice)
    lines = [line for line in invoice.lines.in_order() if of_lines[line.pk] > 0]
    left = sum((share.gross for share in crediting.left_of(invoice).values()), ZERO)
    sent = request.POST if request.method == "POST" else None
    form = CreditForm(sent, lines=lines, initial={"seen": left})
    context = _credit_context(invoice, form, left, of_lines)
    if request.method != "POST":
        return render(request, CREDIT, context)
    if not form.is_valid():
        return refused(request, CREDIT, context, form)
    try:
        note = crediting.credit(
            invoice=invoice,
            reason=form.cleaned_data["reason"],
            amount=form.credit_amount(),
            lines=form.credit_lines(),
            seen=form.cleaned_data["seen"],
            by=request.actor,
            at=at,
        )
    except MovedMeanwhile as error:
        # A form that was sent twice: the first one did it. Show what it came to.
        messages.info(request, str(error.message))
        return see_other("invoice", invoice.number)
    except DomainError as error:
        error.fields = form.renamed(error.fields)
        return refused(request, CREDIT, context, error)
    messages.success(
        request,
        _("Credit note %(number)s over %(amount)s is issued.")
        % {
            "number": note.number,
            "amount": format_money(
                note.total, currency=note.currency, language=get_language() or note.language
            ),
        },
    )
    return see_other("invoice", invoice.number)


@require_POST
@staff(*DESK)
def send(request: StaffRequest, number: str) -> HttpResponseBase:
    """Mail the link once more, to the address now on file."""
    invoice = issuing.resend(
        invoice=invoice_of(request, number), by=request.actor, at=timezone.now()
    )
    messages.success(request, _("A mail with a new link goes to %(to)s.") % {"to": invoice.sent_to})
    return see_other("invoice", invoice.number)


@require_POST
@staff(*MANAGEMENT)
def void(request: StaffRequest, number: str) -> HttpResponseBase:
    """Declare an invoice void to which nothing has happened yet."""
    return _end(
        request,
        number,
        ending.void,
        verb=gettext_lazy("Void the invoice"),
        done=gettext_lazy("The invoice is void. Its number stays, nothing is owed on it."),
    )


@require_POST
@staff(*MANAGEMENT)
def write_off(request: StaffRequest, number: str) -> HttpResponseBase:
    """Give up what is still owed."""
    return _end(
        request,
        number,
        ending.write_off,
        verb=gettext_lazy("Write off"),
        done=gettext_lazy("What was owed is written off. It can be taken back when money comes."),
    )


@require_POST
@staff(*DESK)
def recover(request: StaffRequest, number: str) -> HttpResponseBase:
    """Ask again for what was written off."""
    return _end(
        request,
        number,
        ending.recover,
        verb=gettext_lazy("Take the write-off back"),
        done=gettext_lazy("The amount is owed again, and payments can be recorded."),
    )


def _end(
    request: StaffRequest,
    number: str,
    service: Callable[..., Any],
    *,
    verb: str | Promise,
    done: str | Promise,
) -> HttpResponseBase:
    """Do what a dialog asked the reason for; without one it is asked again on a page."""
    invoice = invoice_of(request, number)
    form = ReasonForm(request.POST)
    context = {"invoice": invoice, "verb": verb, "form": form}
    if not form.is_valid():
        return refused(request, VERB, context, form)
    try:
        service(
            invoice=invoice,
            reason=form.cleaned_data["reason"],
            by=request.actor,
            at=timezone.now(),
        )
    except DomainError as error:
        return refused(request, VERB, context, error)
    messages.success(request, str(done))
    return see_other("invoice", invoice.number)


def _credit_context(
    invoice: Invoice, form: CreditForm, left: Decimal, of_lines: Mapping[UUID, Decimal]
) -> dict[str, Any]:
    return {
        "invoice": invoice,
        "order": invoice.repair_order,
        "customer": invoice.customer,
        "form": form,
        "left": left,
        "credited": invoice.total - left,
        "rows": [(line, field, line.net - of_lines[line.pk]) for line, field in form.rows],
    }
