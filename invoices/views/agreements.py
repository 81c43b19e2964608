"""Holds by hand, promises noted at the desk, payment plans, answers to what customers say."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from invoices import collecting, planning
from invoices.forms.agreements import (
    AgreementForm,
    AnswerForm,
    HoldForm,
    PlanForm,
    PromiseForm,
    ProposalForm,
    ReasonForm,
)
from invoices.models import Claim, Hold, Invoice, PaymentPlan, Promise
from invoices.services import claims, holds, plans, promises
from invoices.states import HoldKind, PlanStatus
from invoices.views.lookups import invoice_of, today
from shopdisputes.actors import DESK
from shopdisputes.errors import DomainError
from shopdisputes.links.tokens import token_of
from shopdisputes.money import ZERO
from shopdisputes.web.requests import StaffRequest, staff
from shopdisputes.web.responses import refused, see_other

VERB = "invoices/agreement.html"
PLAN = "invoices/plan.html"

_PAGE_OR_FORM = ["GET", "HEAD", "POST"]
#: Monthly parts that are proposed at first.
_MONTHS = 3


@require_http_methods(_PAGE_OR_FORM)
@staff(*DESK)
def hold(request: StaffRequest, number: str) -> HttpResponseBase:
    """Keep an amount back by hand."""
    invoice = invoice_of(request, number)
    form = HoldForm(
        _sent(request),
        shop=request.shop,
        initial={"review_on": today(request, timezone.now()) + timedelta(days=14)},
    )

    def act(form: Form) -> None:
        given = form.cleaned_data
        owner = given["owner"]
        holds.place(
            invoice=invoice,
            kind=HoldKind(given["kind"]),
            amount=given["amount"],
            reason=given["reason"],
            review_on=given["review_on"],
            owner=owner.user if owner else None,
            by=request.actor,
            at=timezone.now(),
        )

    return _ask(
        request,
        invoice,
        form,
        act,
        verb=gettext_lazy("Hold back"),
        help_text=gettext_lazy("What is held back is not asked for until you let it go."),
        done=gettext_lazy("The amount is held back."),
    )


@require_http_methods(_PAGE_OR_FORM)
@staff(*DESK)
def release(request: StaffRequest, number: str, hold_id: UUID) -> HttpResponseBase:
    """Let go what was held back by hand."""
    invoice = invoice_of(request, number)
    held = get_object_or_404(
        Hold.objects.for_shop(request.shop), pk=hold_id, invoice=invoice, source_id=None
    )
    return _ask(
        request,
        invoice,
        ReasonForm(_sent(request)),
        lambda form: holds.release(
            hold=held, reason=form.cleaned_data["reason"], by=request.actor, at=timezone.now()
        ),
        verb=gettext_lazy("Let go"),
        help_text=gettext_lazy("The amount can be asked for again from now on."),
        done=gettext_lazy("The amount can be asked for again."),
    )


@require_http_methods(_PAGE_OR_FORM)
@staff(*DESK)
def promise(request: StaffRequest, number: str) -> HttpResponseBase:
    """Note what a customer promised on the phone or at the desk."""
    invoice = invoice_of(request, number)
    free = collecting.standing(invoice, at=timezone.now()).figures.collectible
    return _ask(
        request,
        invoice,
        PromiseForm(_sent(request), initial={"amount": free}),
        lambda form: promises.make(
            invoice=invoice,
            amount=form.cleaned_data["amount"],
            promised_on=form.cleaned_data["promised_on"],
            note=form.cleaned_data["note"],
            by=request.actor,
            at=timezone.now(),
        ),
        verb=gettext_lazy("Note a promise to pay"),
        help_text=gettext_lazy(
            "The amount is not asked for until that day and the days of grace are over. The"
            " customer gets a mail that repeats it."
        ),
        done=gettext_lazy("The promise is noted, and repeated to the customer by mail."),
    )


@require_http_methods(_PAGE_OR_FORM)
@staff(*DESK)
def promise_withdraw(request: StaffRequest, number: str, promise_id: UUID) -> HttpResponseBase:
    """Take a promise back."""
    invoice = invoice_of(request, number)
    made = get_object_or_404(Promise.objects.for_shop(request.shop), pk=promise_id, invoice=invoice)
    return _ask(
        request,
        invoice,
        ReasonForm(_sent(request)),
        lambda form: promises.withdraw(
            promise=made, reason=form.cleaned_data["reason"], by=request.actor, at=timezone.now()
        ),
        verb=gettext_lazy("Take the promise back"),
        help_text=gettext_lazy("The amount can be asked for again from now on."),
        done=gettext_lazy("The promise is taken back."),
    )


@require_http_methods(_PAGE_OR_FORM)
@staff(*DESK)
def claim_answer(request: StaffRequest, number: str, claim_id: UUID) -> HttpResponseBase:
    """Answer what a customer says."""
    invoice = invoice_of(request, number)
    made = get_object_or_404(Claim.objects.for_shop(request.shop), pk=claim_id, invoice=invoice)
    return _ask(
        request,
        invoice,
        AnswerForm(_sent(request)),
        lambda form: claims.answer(
            claim=made,
            accepted=form.cleaned_data["accepted"] == "yes",
            answer=form.cleaned_data["answer"],
            by=request.actor,
            at=timezone.now(),
        ),
        verb=gettext_lazy("Answer the customer"),
        help_text=gettext_lazy(
            "What was held for it can be asked for again. To say that the customer is right moves"
            " no money: record the payment or write a credit note first."
        ),
        done=gettext_lazy("The answer goes to the customer by mail."),
        more={"claim": made},
    )


@require_http_methods(_PAGE_OR_FORM)
@staff(*DESK)
def plan(request: StaffRequest, number: str) -> HttpResponseBase:
    """Propose the parts of a payment plan, change them, offer it."""
    invoice = invoice_of(request, number)
    at = timezone.now()
    standing = collecting.standing(invoice, at=at)
    total = standing.figures.collectible
    day = today(request, at)
    asked = "months" in request.GET
    proposal = ProposalForm(
        request.GET if asked else None,
        initial={"down_payment": ZERO, "months": _MONTHS, "first_on": planning.month_later(day, 1)},
    )
    wanted: dict[str, Any] = {
        "down_payment": ZERO,
        "months": _MONTHS,
        "first_on": planning.month_later(day, 1),
    }
    if asked and proposal.is_valid():
        wanted |= {name: value for name, value in proposal.cleaned_data.items() if value}
    parts = planning.propose(
        total=total,
        down_payment=min(wanted["down_payment"], total),
        on=day,
        months=wanted["months"],
        first_on=wanted["first_on"],
    )
    sent = _sent(request)
    form = PlanForm(sent, invoice=invoice, parts=() if sent is not None else parts)
    valid = sent is None or form.is_valid()
    context = {
        "invoice": invoice,
        "proposal": proposal,
        "form": form,
        "total": total,
        "holds": standing.holds,
        "together": form.together(),
    }
    if sent is None:
        return render(request, PLAN, context)
    if not valid:
        return refused(request, PLAN, context, form)
    try:
        made = plans.offer(
            invoice=invoice,
            instalments=form.parts(),
            note=form.cleaned_data["note"],
            by_email=form.cleaned_data.get("by_email", False),
            by=request.actor,
            at=at,
        )
    except DomainError as error:
        error.fields = form.renamed(error.fields)
        return refused(request, PLAN, context, error)
    messages.success(request, _("Payment plan %(number)s is offered.") % {"number": made.number})
    return see_other("invoice", invoice.number)


@require_POST
@staff(*DESK)
def plan_send(request: StaffRequest, number: str, plan_number: str) -> HttpResponseBase:
    """Mail an offered plan once more."""
    made = _plan_of(request, number, plan_number)
    made = plans.resend(plan=made, by=request.actor, at=timezone.now())
    messages.success(request, _("A mail with a new link goes to %(to)s.") % {"to": made.sent_to})
    return see_other("invoice", number)


@require_POST
@staff(*DESK)
def plan_tablet(request: StaffRequest, number: str, plan_number: str) -> HttpResponseBase:
    """Open the plan on this device, to be handed to the customer for an hour."""
    made = _plan_of(request, number, plan_number)
    link = plans.open_in_person(plan=made, by=request.actor, at=timezone.now())
    return see_other("public-plan", token_of(link))


@require_http_methods(_PAGE_OR_FORM)
@staff(*DESK)
def plan_agree(request: StaffRequest, number: str, plan_number: str) -> HttpResponseBase:
    """Note that a plan was agreed on paper or orally."""
    made = _plan_of(request, number, plan_number)
    return _ask(
        request,
        made.invoice,
        AgreementForm(_sent(request)),
        lambda form: plans.record_agreement(
            plan=made, how=form.cleaned_data["how"], by=request.actor, at=timezone.now()
        ),
        verb=gettext_lazy("Note the agreement"),
        help_text=gettext_lazy("Each part is asked for from its own day on."),
        done=gettext_lazy("The plan runs; the customer gets it by mail."),
    )


@require_http_methods(_PAGE_OR_FORM)
@staff(*DESK)
def plan_end(request: StaffRequest, number: str, plan_number: str) -> HttpResponseBase:
    """Take an offered plan back, or end a running one."""
    made = _plan_of(request, number, plan_number)
    act = plans.withdraw if made.status == PlanStatus.OFFERED else plans.end
    return _ask(
        request,
        made.invoice,
        ReasonForm(_sent(request)),
        lambda form: act(
            plan=made, reason=form.cleaned_data["reason"], by=request.actor, at=timezone.now()
        ),
        verb=gettext_lazy("Take the plan back")
        if made.status == PlanStatus.OFFERED
        else gettext_lazy("End the plan"),
        help_text=gettext_lazy("What is owed can be asked for at once."),
        done=gettext_lazy("The plan does not count any more."),
    )


def _sent(request: StaffRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _plan_of(request: StaffRequest, number: str, plan_number: str) -> PaymentPlan:
    invoice = invoice_of(request, number)
    found = get_object_or_404(
        PaymentPlan.objects.for_shop(request.shop).select_related("shop"),
        invoice=invoice,
        number=plan_number,
    )
    found.invoice = invoice
    return found


def _ask(
    request: StaffRequest,
    invoice: Invoice,
    form: Form,
    act: Callable[[Any], object],
    *,
    verb: str | LazyText,
    help_text: str | LazyText,
    done: str | LazyText,
    more: dict[str, Any] | None = None,
) -> HttpResponseBase:
    """Show a form on a page of its own; take it, and lead back to the invoice."""
    context = {"invoice": invoice, "form": form, "verb": verb, "help": help_text, **(more or {})}
    if request.method != "POST":
        return render(request, VERB, context)
    if not form.is_valid():
        return refused(request, VERB, context, form)
    try:
        act(form)
    except DomainError as error:
        return refused(request, VERB, context, error)
    messages.success(request, str(done))
    return see_other("invoice", invoice.number)
