"""What the desk notes about a chargeback, a page for each act; what the bank does is a fact."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from disputes.forms.bank import (
    AskAgainForm,
    CloseForm,
    DivideForm,
    PlainForm,
    ReasonForm,
    RecordForm,
    SubmitForm,
    WithdrawnForm,
)
from disputes.models import Chargeback
from disputes.services import bank_answers, charging_back
from disputes.services.bank_money import left_of, parts_of
from disputes.states import ChargebackKind
from disputes.views import act_pages, chargeback_actions
from disputes.views.act_pages import PAGE_OR_FORM
from disputes.views.chargebacks import chargeback_of, in_the_way
from disputes.views.lookups import sent
from invoices import dividing
from invoices.states import InvoiceStatus
from invoices.views.lookups import today
from invoices.views.payments import payment_of
from shopdisputes.actors import DESK, MANAGEMENT
from shopdisputes.errors import DomainError
from shopdisputes.web.requests import StaffRequest, staff
from shopdisputes.web.responses import refused, see_other

ACT = "disputes/chargebacks/act.html"
NEW = "disputes/chargebacks/new.html"
NOTHING = "disputes/chargebacks/nothing_to_divide.html"


@require_http_methods(PAGE_OR_FORM)
@staff(*DESK)
def new(request: StaffRequest, number: str) -> HttpResponseBase:
    """Record what a bank sent about a payment."""
    payment = payment_of(request, number)
    form = RecordForm(sent(request), shop=request.shop, initial={"amount": left_of(payment)})
    shares = dividing.shares_of(payment)
    context = {
        "payment": payment,
        "form": form,
        "shares": shares,
        "left": left_of(payment),
        "written_off": [
            share.invoice for share in shares if share.invoice.status == InvoiceStatus.WRITTEN_OFF
        ],
    }
    if request.method != "POST":
        return render(request, NEW, context)
    if not form.is_valid():
        return refused(request, NEW, context, form)
    facts = form.cleaned_data
    owner, at = facts.pop("owner"), timezone.now()
    try:
        made = charging_back.record(
            payment=payment, owner=owner.user if owner else None, **facts, by=request.actor, at=at
        )
    except DomainError as error:
        return refused(request, NEW, context, error)
    if made.recorded_at == at:
        messages.success(request, _("%(number)s is recorded.") % {"number": made.number})
    else:
        messages.info(request, _("%(number)s was recorded already.") % {"number": made.number})
    return see_other("chargeback", made.number)


@require_http_methods(PAGE_OR_FORM)
@staff(*DESK)
def divide(request: StaffRequest, number: str) -> HttpResponseBase:
    """Say on which invoices it falls."""
    chargeback = chargeback_of(request, number)
    shares = dividing.shares_of(chargeback.payment)
    if not shares:
        return render(request, NOTHING, {"chargeback": chargeback, "payment": chargeback.payment})
    amounts = {str(part.invoice_id): part.amount for part in parts_of(chargeback)}
    form = DivideForm(sent(request), shares=shares, initial=amounts)
    return _ask(
        request,
        chargeback,
        form,
        lambda: charging_back.divide(
            chargeback=chargeback, parts=form.parts(), by=request.actor, at=timezone.now()
        ),
        verb=_("Divide it otherwise"),
        help_text=_(
            "What is taken of each invoice that the payment pays. What is left over is taken from"
            " what the payment has on no invoice."
        ),
        done=_("It is divided so."),
    )


@require_http_methods(PAGE_OR_FORM)
@staff(*DESK)
def withdraw_funds(request: StaffRequest, number: str) -> HttpResponseBase:
    """Note that the bank took the money."""
    chargeback = chargeback_of(request, number)
    return _ask(
        request,
        chargeback,
        PlainForm(sent(request)),
        lambda: charging_back.withdraw_funds(
            chargeback=chargeback, by=request.actor, at=timezone.now()
        ),
        verb=_("The bank took the money"),
        help_text=_(
            "Its invoices are open again for their parts. Nobody is reminded of these amounts until"
            " a person lets them go, and no money of the payment can be refunded meanwhile."
        ),
        done=_("The money is taken off its invoices and held back."),
        takes_money=True,
    )


@require_http_methods(PAGE_OR_FORM)
@staff(*DESK)
def reinstate(request: StaffRequest, number: str) -> HttpResponseBase:
    """Note that the bank gave the money back."""
    chargeback = chargeback_of(request, number)
    return _ask(
        request,
        chargeback,
        PlainForm(sent(request)),
        lambda: charging_back.reinstate(chargeback=chargeback, by=request.actor, at=timezone.now()),
        verb=_("The bank gave the money back"),
        help_text=_(
            "It pays its invoices again. What is not owed there any more stays on the customer's"
            " account."
        ),
        done=_("The money pays its invoices again."),
    )


@require_http_methods(PAGE_OR_FORM)
@staff(*DESK)
def submit(request: StaffRequest, number: str) -> HttpResponseBase:
    """Note what was handed in to the bank."""
    chargeback = chargeback_of(request, number)
    files = request.FILES if request.method == "POST" else None
    form = SubmitForm(sent(request), files, with_files=chargeback.case is not None)
    return _ask(
        request,
        chargeback,
        form,
        lambda: bank_answers.submit(
            chargeback=chargeback, **form.cleaned_data, by=request.actor, at=timezone.now()
        ),
        verb=_("Evidence was handed in"),
        help_text=_(
            "Hand the evidence in at the bank or the payment provider first: as a rule that is"
            " possible once only. Then note it here, and nobody is reminded of the day any more."
        ),
        done=_("It is with the bank now."),
    )


@require_http_methods(PAGE_OR_FORM)
@staff(*DESK)
def ask_again(request: StaffRequest, number: str) -> HttpResponseBase:
    """Note that the bank wants more."""
    chargeback = chargeback_of(request, number)
    form = AskAgainForm(sent(request), inquiry=chargeback.kind == ChargebackKind.INQUIRY)
    return _ask(
        request,
        chargeback,
        form,
        lambda: bank_answers.ask_again(
            chargeback=chargeback, **form.cleaned_data, by=request.actor, at=timezone.now()
        ),
        verb=_("The bank asks again"),
        help_text=_("The days until the evidence is due are counted anew."),
        done=_("Evidence is due again."),
    )


@require_http_methods(PAGE_OR_FORM)
@staff(*DESK)
def withdrawn(request: StaffRequest, number: str) -> HttpResponseBase:
    """Note that the customer says he withdrew it."""
    chargeback = chargeback_of(request, number)
    form = WithdrawnForm(sent(request), initial={"on": today(request, timezone.now())})
    return _ask(
        request,
        chargeback,
        form,
        lambda: bank_answers.note_withdrawn(
            chargeback=chargeback, **form.cleaned_data, by=request.actor, at=timezone.now()
        ),
        verb=_("The customer withdrew it"),
        help_text=_(
            "Nothing else changes: for the bank it goes on like any other, and without evidence it"
            " is lost. Ask the customer for the bank's letter, and hand it in with the rest."
        ),
        done=_("It is noted. The evidence is due all the same."),
    )


@require_http_methods(PAGE_OR_FORM)
@staff(*DESK)
def decided(request: StaffRequest, number: str) -> HttpResponseBase:
    """Note how it ended."""
    chargeback = chargeback_of(request, number)
    found = chargeback_actions.outcomes(chargeback, role=request.actor.role)
    form = CloseForm(sent(request), outcomes=found)
    return _ask(
        request,
        chargeback,
        form,
        lambda: bank_answers.close(
            chargeback=chargeback,
            outcome=form.cleaned_data["outcome"],
            note=form.cleaned_data["note"],
            by=request.actor,
            at=timezone.now(),
        ),
        verb=_("The bank has decided"),
        help_text=_(
            "Won: the money comes back to its invoices. Lost or given in: it stays away, and what"
            " is open because of it stays held back until the management decides."
        ),
        done=_("The end is noted."),
        button=_("Note the end"),
        takes_money=True,
    )


@require_http_methods(PAGE_OR_FORM)
@staff(*MANAGEMENT)
def let_go(request: StaffRequest, number: str) -> HttpResponseBase:
    """Ask for lost money again."""
    chargeback = chargeback_of(request, number)
    form = ReasonForm(sent(request))
    return _ask(
        request,
        chargeback,
        form,
        lambda: bank_answers.let_go(
            chargeback=chargeback,
            reason=form.cleaned_data["reason"],
            by=request.actor,
            at=timezone.now(),
        ),
        verb=_("Ask for the money again"),
        help_text=_(
            "What the bank took can be asked for from now on, and reminders go on where they stood."
            " Take advice first: the bank has decided for the customer."
        ),
        done=_("It can be asked for again."),
        tone="danger",
    )


def _ask(
    request: StaffRequest,
    chargeback: Chargeback,
    form: Form,
    act: Callable[[], object],
    *,
    takes_money: bool = False,
    **words: Any,
) -> HttpResponseBase:
    about = {
        "chargeback": chargeback,
        "payment": chargeback.payment,
        "written_off": in_the_way(chargeback) if takes_money else [],
    }
    back = ("chargeback", chargeback.number)
    return act_pages.ask(request, ACT, about, form, act, back=back, **words)
