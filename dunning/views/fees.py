"""Charges for being late: proposed, claimed, waived."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Sum
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from dunning.forms.posting import WaiveForm
from dunning.models import Fee
from dunning.services import fees
from dunning.states import FEE_TRANSITIONS, FeeStatus
from shopdisputes.actors import DESK, MANAGEMENT
from shopdisputes.errors import DomainError
from shopdisputes.money import ZERO
from shopdisputes.web.lists import Keyset, Sort, chips, chosen
from shopdisputes.web.requests import StaffRequest, object_id, staff
from shopdisputes.web.responses import refused, see_other

LIST = "dunning/fees.html"
PAGE = "dunning/fee.html"
_SORTS = {
    "newest": Sort(gettext_lazy("Newest first"), ("-proposed_at", "id")),
    "amount": Sort(gettext_lazy("Largest first"), ("-amount", "id")),
}
_MOST_AT_ONCE = 200


@require_safe
@staff(*DESK)
def fee_list(request: StaffRequest) -> HttpResponse:
    """Show the charges, those that wait for a decision unless asked otherwise."""
    status = chosen(request, "status", FeeStatus.choices)
    found = Fee.objects.for_shop(request.shop).that_count()
    if status:
        found = found.filter(status=status)
    shown = found.select_related("invoice", "reminder__customer", "reminder__step").defer(
        "invoice__canonical_json"
    )
    page = Keyset(request, shown, sorts=_SORTS)
    waiting = Fee.objects.for_shop(request.shop).filter(status=FeeStatus.PROPOSED).that_count()
    return render(
        request,
        LIST,
        {
            "page": page,
            "rows": page.rows,
            "chips": chips(request, "status", FeeStatus.choices, everything=_("All")),
            "filtered": bool(status),
            "proposed": waiting.aggregate(sum=Sum("amount"))["sum"] or ZERO,
            "may_manage": request.actor.role in MANAGEMENT,
        },
    )


@require_safe
@staff(*DESK)
def fee(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show how a charge was computed, and what can be decided about it."""
    return render(request, PAGE, _context(request, _fee_or_404(request, pk)))


@require_POST
@staff(*MANAGEMENT)
def claim(request: StaffRequest) -> HttpResponseBase:
    """Claim the charges that are ticked, each for itself."""
    at = timezone.now()
    keys = [key for text in request.POST.getlist("fee") if (key := object_id(text))]
    found = list(
        Fee.objects.for_shop(request.shop)
        .select_related("invoice")
        .filter(pk__in=keys[:_MOST_AT_ONCE])
        .order_by("proposed_at", "pk")
    )
    if keys and not found:
        raise Http404
    if not keys:
        messages.error(request, _("Tick at least one."))
    claimed = 0
    for each in found:
        try:
            fees.claim(fee=each, by=request.actor, at=at)
        except DomainError as error:
            messages.error(request, f"{each.invoice.number}: {error.message}")
        else:
            claimed += 1
    if claimed:
        messages.success(
            request,
            ngettext("%(count)s charge is owed now.", "%(count)s charges are owed now.", claimed)
            % {"count": claimed},
        )
    back = request.POST.get("back", "")
    return see_other("fee", back) if object_id(back) in keys else see_other("fee-list")


@require_POST
@staff(*MANAGEMENT)
def waive(request: StaffRequest, pk: UUID) -> HttpResponseBase:
    """Let go of a charge."""
    found = _fee_or_404(request, pk)
    form = WaiveForm(request.POST)
    context = _context(request, found) | {"form": form}
    if not form.is_valid():
        return refused(request, PAGE, context, form)
    try:
        fees.waive(fee=found, **form.cleaned_data, by=request.actor, at=timezone.now())
    except DomainError as error:
        return refused(request, PAGE, context, error)
    messages.success(request, _("The charge is waived."))
    return see_other("fee", found.pk)


def _fee_or_404(request: StaffRequest, pk: UUID) -> Fee:
    found: Fee = get_object_or_404(
        Fee.objects.for_shop(request.shop).select_related(
            "shop",
            "invoice__customer",
            "invoice__repair_order",
            "reminder__step",
            "reminder__email",
            "reminder__version__ladder",
            "entry",
        ),
        pk=pk,
    )
    return found


def _context(request: StaffRequest, found: Fee) -> dict[str, Any]:
    actions = FEE_TRANSITIONS.actions(state=found.status, role=request.actor.role)
    claimed = found.status == FeeStatus.CLAIMED
    problem = _problem(found)
    return {
        "fee": found,
        "spans": [_span(each) for each in found.explanation.get("spans", ())],
        "rate": Decimal(found.explanation.get("rate", "0")),
        "owed": fees.owed_of(found) if claimed else None,
        "problem": problem if found.status == FeeStatus.PROPOSED else "",
        "may_claim": "claim" in actions and not problem,
        "may_waive": "waive" in actions and not (claimed and fees.owed_of(found) <= 0),
        "form": WaiveForm(),
    }


def _problem(found: Fee) -> str:
    """Say why a charge cannot be claimed; nothing where it can."""
    if not found.reminder.has_left:
        return str(fees.ReminderNotSent.default_message)
    return fees.refusal_of(invoice=found.invoice, rule=found.rule, besides=found)


def _span(span: Mapping[str, Any]) -> dict[str, Any]:
    """Return a stretch of the computation with days and amounts as such."""
    return {
        "first_day": date.fromisoformat(span["from"]),
        "last_day": date.fromisoformat(span["until"]),
        "days": span["days"],
        "base": Decimal(span["base"]),
        "amount": Decimal(span["amount"]),
    }
