"""Opening a case by staff, in three steps; what is contested is held from the first one on."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from disputes import covering
from disputes.forms.acting import FollowUpForm
from disputes.forms.opening import Choice, ClaimForm, OpeningForm, choices_of, says
from disputes.models import DisputeCase, DisputeItem, DisputeReason
from disputes.services import claimed, following_up, opening
from disputes.services.opening import ContestedBefore
from disputes.states import ItemState
from disputes.taken import taken_of
from disputes.views.lookups import case_of, keys, sent
from invoices import collecting
from invoices.collecting import Standing
from invoices.models import Claim, Invoice, InvoiceLine
from invoices.states import ClaimKind, InvoiceKind, InvoiceStatus
from invoices.views.lookups import today
from shopdisputes.actors import DESK
from shopdisputes.customers.models import Customer
from shopdisputes.errors import DomainError
from shopdisputes.shops.models import Membership
from shopdisputes.web.lists import is_comparable
from shopdisputes.web.requests import StaffRequest, object_id, staff
from shopdisputes.web.responses import refused, see_other

OPENING = "disputes/new.html"
CLAIM = "disputes/from_claim.html"
FOLLOW_UP = "disputes/step_follow_up.html"
STEPS = (
    gettext_lazy("What is contested"),
    gettext_lazy("Tell the resolver"),
    gettext_lazy("Follow-up"),
)

#: Nobody means to open the same twice within this time.
_SAME_WITHIN = timedelta(minutes=1)
_PAGE_OR_FORM = ["GET", "HEAD", "POST"]
#: Nobody ticks more at once; who opens the page without ticks sees the oldest.
_MOST_INVOICES = 200
#: Of more invoices than these only those lines are offered that were ticked.
_MOST_WITH_LINES = 20


@require_http_methods(_PAGE_OR_FORM)
@staff(*DESK)
def new(request: StaffRequest) -> HttpResponseBase:
    """Step 1: open a case about what was ticked; from its commit on nothing of it is dunned.

    The query names the ``customer``, invoices by number and lines by key; without invoices
    everything that the customer owes can be chosen.
    """
    at = timezone.now()
    lines_ticked = keys(request.GET.getlist("line"), most=2 * _MOST_INVOICES)
    invoices = _invoices(request, lines_ticked)
    customer = _customer(request, invoices)
    if customer is None:
        # Nobody is named: what is contested is ticked on a customer's statement.
        return see_other("customer-list")
    if request.method == "POST" and (earlier := _just_opened(request, customer, at)):
        return _go_on(request, earlier)
    for invoice in invoices:
        invoice.shop, invoice.customer = request.shop, customer
    standings = collecting.of(invoices, at=at)
    form = OpeningForm(
        sent(request),
        customer=customer,
        choices=_choices(request, invoices, standings, lines_ticked),
        initial=_initial(request),
    )
    context = {
        "customer": customer,
        "form": form,
        "steps": STEPS,
        "step": 1,
        **_of_reason(request, form, at),
    }
    if request.method != "POST":
        context["groups"] = list(form.groups(standings))
        part = "#resolver" if request.htmx and request.htmx.target == "resolver" else ""
        return render(request, OPENING + part, context)
    valid = form.is_valid()
    context["groups"] = list(form.groups(standings))
    if not valid:
        return refused(request, OPENING, context, form)
    given = form.cleaned_data
    try:
        case = opening.open_case(
            customer=customer,
            reason=given["reason"],
            comment=given["comment"],
            items=form.contested(),
            resolver_name=given["resolver_name"],
            resolver_email=given["resolver_email"],
            owner=given["owner"].user if given["owner"] else None,
            tell_customer=given.get("tell_customer", False),
            by=request.actor,
            at=at,
        )
    except DomainError as error:
        # The same form, sent twice at once, waited for the first one's commit.
        if isinstance(error, ContestedBefore) and (earlier := _just_opened(request, customer, at)):
            return _go_on(request, earlier)
        error.fields = form.renamed(error.fields)
        return refused(request, OPENING, context, error)
    return _go_on(request, case)


@require_http_methods(_PAGE_OR_FORM)
@staff(*DESK)
def follow_up(request: StaffRequest, number: str) -> HttpResponseBase:
    """Step 3: confirm or change when somebody looks at the case again."""
    case = case_of(request, number)
    upcoming = following_up.next_of(case)
    if upcoming is None:
        raise Http404
    members = Membership.objects.for_shop(request.shop).filter(user=upcoming.person_id)
    form = FollowUpForm(
        sent(request),
        shop=request.shop,
        initial={
            "due_on": upcoming.due_on,
            "note": upcoming.note,
            "person": members.first(),
        },
    )
    context = {
        "case": case,
        "form": form,
        "steps": STEPS,
        "step": 3,
        # Read only where it is shown.
        "coverage": partial(covering.of, case),
        "usual": upcoming.due_on,
    }
    if request.method != "POST":
        return render(request, FOLLOW_UP, context)
    if not form.is_valid():
        return refused(request, FOLLOW_UP, context, form)
    given = form.cleaned_data
    try:
        following_up.change(
            follow_up=upcoming,
            due_on=given["due_on"],
            note=given["note"],
            person=given["person"].user if given["person"] else case.owner,
            by=request.actor,
            at=timezone.now(),
        )
    except DomainError as error:
        return refused(request, FOLLOW_UP, context, error)
    messages.success(request, _("The follow-up is set."))
    return see_other("dispute", case.number)


@require_http_methods(_PAGE_OR_FORM)
@staff(*DESK)
def from_claim(request: StaffRequest, claim_id: UUID) -> HttpResponseBase:
    """Step 1 for what a customer said is wrong on his invoice: the case takes over its hold."""
    claims = Claim.objects.for_shop(request.shop).select_related("invoice__customer")
    claim = get_object_or_404(claims, pk=claim_id, kind=ClaimKind.SOMETHING_WRONG)
    claim.invoice.shop = request.shop
    form = ClaimForm(
        sent(request),
        invoice=claim.invoice,
        initial={
            "owner": request.membership.pk,
            "amount": claim.amount and min(claim.amount, claim.invoice.total),
        },
    )
    context = {"claim": claim, "form": form, "steps": STEPS, "step": 1}
    if request.method != "POST":
        return render(request, CLAIM, context)
    if not form.is_valid():
        return refused(request, CLAIM, context, form)
    given = form.cleaned_data
    try:
        case = claimed.from_claim(
            claim=claim,
            reason=given["reason"],
            line=given["line"],
            amount=given["amount"],
            owner=given["owner"].user if given["owner"] else None,
            by=request.actor,
            at=timezone.now(),
        )
    except DomainError as error:
        error.fields = form.renamed(error.fields)
        return refused(request, CLAIM, context, error)
    return _go_on(request, case)


def new_url(customer: Customer, *invoices: Invoice) -> str:
    """Return where a case about a customer's invoices is opened."""
    parts = [f"customer={customer.pk}", *(f"invoice={invoice.number}" for invoice in invoices)]
    return f"{reverse('dispute-new')}?{'&'.join(parts)}"


def _just_opened(request: StaffRequest, customer: Customer, at: datetime) -> DisputeCase | None:
    """Return the case that the same form opened a moment ago: a button was pressed twice."""
    comment, reason = request.POST.get("comment", ""), object_id(request.POST.get("reason", ""))
    if reason is None or not is_comparable(comment):
        return None
    found = DisputeCase.objects.for_shop(request.shop).filter(
        customer=customer,
        reason=reason,
        comment=comment.strip().replace("\r\n", "\n"),
        opened_by=request.actor.name,
        opened_at__gt=at - _SAME_WITHIN,
    )
    # What left a case may be contested anew: only what is in it still would be refused.
    open_items = DisputeItem.objects.for_shop(request.shop).filter(state=ItemState.OPEN)
    in_it = Prefetch("items", open_items)
    for case in found.prefetch_related(in_it).order_by("-opened_at", "pk"):
        if says(request.POST, list(case.items.all())):
            return case
    return None


def _go_on(request: StaffRequest, case: DisputeCase) -> HttpResponseBase:
    """Lead from step 1 to the next one; the case stands, whatever becomes of the others."""
    messages.success(
        request,
        _("Case %(number)s is open. What is contested is not asked for from now on.")
        % {"number": case.number},
    )
    if case.resolver_email:
        return see_other("dispute-tell-resolver", case.number)
    return see_other("dispute-step-follow-up", case.number)


def _customer(request: StaffRequest, invoices: Sequence[Invoice]) -> Customer | None:
    """Return whose case it is: of who is named, else of the first invoice."""
    if key := object_id(request.GET.get("customer", "")):
        known = Customer.objects.for_shop(request.shop).select_related("shop")
        return get_object_or_404(known, pk=key)
    return invoices[0].customer if invoices else None


def _invoices(request: StaffRequest, lines: Sequence[UUID]) -> list[Invoice]:
    """Return the invoices that were named, or of which a line was; else all that are open."""
    customer = object_id(request.GET.get("customer", ""))
    numbers = [*filter(is_comparable, request.GET.getlist("invoice"))][:_MOST_INVOICES]
    found = (
        Invoice.objects.for_shop(request.shop)
        .filter(status=InvoiceStatus.ISSUED)
        .exclude(kind=InvoiceKind.CREDIT_NOTE)
        .with_everything()
        .defer("canonical_json")
        .order_by("due_on", "id")
    )
    if customer is not None:
        found = found.filter(customer=customer)
    of_lines = InvoiceLine.objects.for_shop(request.shop).filter(pk__in=lines)
    if numbers or lines:
        named = found.filter(number__in=numbers)
        by_line = found.filter(pk__in=of_lines.values("invoice"))
        together = {invoice.pk: invoice for invoice in (*named, *by_line)}
        rows = sorted(together.values(), key=lambda invoice: (invoice.due_on, invoice.number))
        # One case is one customer's.
        return [row for row in rows if row.customer_id == rows[0].customer_id]
    return list(found.open_items()[:_MOST_INVOICES]) if customer is not None else []


def _choices(
    request: StaffRequest,
    invoices: Sequence[Invoice],
    standings: Mapping[UUID, Standing],
    ticked: Sequence[UUID],
) -> list[Choice]:
    offered = InvoiceLine.objects.for_shop(request.shop).filter(
        invoice__in=[invoice.pk for invoice in invoices]
    )
    if len(invoices) > _MOST_WITH_LINES:
        offered = offered.filter(pk__in=ticked)
    lines = list(offered.in_order())
    chosen: set[Any] = set(ticked)
    with_lines = {line.invoice_id for line in lines if line.pk in chosen}
    named = set(request.GET.getlist("invoice"))
    chosen |= {
        invoice.pk
        for invoice in invoices
        if invoice.number in named and invoice.pk not in with_lines
    }
    taken = taken_of(request.shop, invoices)
    return choices_of(invoices, lines, standings, ticked=chosen, taken=taken)


def _initial(request: StaffRequest) -> dict[str, Any]:
    own = request.membership.pk
    return {
        "reason": request.GET.get("reason", ""),
        "owner": own,
        "resolver_name": request.GET.get("resolver_name", ""),
        "resolver_email": request.GET.get("resolver_email", ""),
    }


def _of_reason(request: StaffRequest, form: OpeningForm, at: datetime) -> dict[str, Any]:
    """Return what a chosen reason brings; its resolver is put in unless somebody else was typed."""
    key = object_id(str(form["reason"].value() or ""))
    reasons = {reason.pk: reason for reason in DisputeReason.objects.for_shop(request.shop)}
    reason = reasons.get(key) if key else None
    if reason is None:
        return {}
    # Asked of the query: a field that was read once keeps what it was to begin with.
    typed = request.GET.get("resolver_email", "")
    if not form.is_bound and typed in {each.resolver_email for each in reasons.values()} | {""}:
        form.initial["resolver_name"] = reason.resolver_name
        form.initial["resolver_email"] = reason.resolver_email
    return {
        "reason": reason,
        "follow_up_on": today(request, at) + timedelta(days=reason.follow_up_days),
    }
