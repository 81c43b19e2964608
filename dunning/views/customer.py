"""By which ladder a customer is reminded, if at all."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dunning.forms.choosing import NONE, USUAL, CustomerLadderForm
from dunning.models import CustomerLadder, Ladder
from dunning.services import ladders
from shopdisputes.actors import DESK
from shopdisputes.customers.models import Customer
from shopdisputes.errors import DomainError
from shopdisputes.web.requests import StaffRequest, staff
from shopdisputes.web.responses import refused, see_other

PAGE = "dunning/customer.html"


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*DESK)
def customer_ladder(request: StaffRequest, pk: UUID) -> HttpResponseBase:
    """Choose how a customer is reminded."""
    customer = get_object_or_404(Customer.objects.for_shop(request.shop), pk=pk)
    own = CustomerLadder.objects.for_shop(request.shop).filter(customer=customer).first()
    form = CustomerLadderForm(
        request.POST if request.method == "POST" else None,
        initial={"choice": _chosen(own), "reason": own.reason if own else ""},
        offered=list(Ladder.objects.for_shop(request.shop).on_offer()),
    )
    context = {"form": form, "customer": customer, "own": own}
    if request.method != "POST":
        return render(request, PAGE, context)
    if not form.is_valid():
        return refused(request, PAGE, context, form)
    try:
        ladders.assign(
            customer=customer,
            ladder=form.ladder,
            none=form.none,
            reason=form.cleaned_data["reason"],
            by=request.actor,
            at=timezone.now(),
        )
    except DomainError as error:
        return refused(request, PAGE, context, error)
    messages.success(request, _("Saved."))
    return see_other("customer", pk=customer.pk)


def _chosen(own: CustomerLadder | None) -> str:
    if own is None:
        return USUAL
    return NONE if own.ladder_id is None else str(own.ladder_id)
