"""What will leave in the coming days, message by message, and what is kept back and why."""

from datetime import timedelta

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from dunning import agenda, forecast
from invoices.views.lookups import today
from shopdisputes.actors import DESK
from shopdisputes.web.requests import StaffRequest, staff

DAYS = 14
#: A page cannot show more; the day says how many are left out.
_MOST_MESSAGES = 40


@require_safe
@staff(*DESK)
def calendar(request: StaffRequest) -> HttpResponseBase:
    """Play the coming days through; nothing is written."""
    at = timezone.now()
    days = forecast.days(request.shop, at, DAYS, language=get_language())
    first = today(request, at)
    customers = {message.customer.pk for day in days for message in day.messages}
    return render(
        request,
        "dunning/calendar.html",
        {
            "days": [
                (day, day.messages[:_MOST_MESSAGES], len(day.messages[_MOST_MESSAGES:]))
                for day in days
            ],
            "leaving": sum(message.leaves for day in days for message in day.messages),
            "kept": sum(not message.leaves for day in days for message in day.messages),
            "planned": agenda.counted(agenda.leaving(request.shop, at=at)),
            "today": first,
            "tomorrow": first + timedelta(days=1),
            "bounded": len(customers) >= forecast.MOST_CUSTOMERS,
            "most_customers": forecast.MOST_CUSTOMERS,
        },
    )
