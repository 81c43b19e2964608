"""How long people have: the shop to answer a request, the customer to answer the shop."""

from datetime import date, datetime, time, timedelta

from shopdisputes.dates import add_business_days, at_local_time, is_business_day, local_day
from shopdisputes.shops.models import Shop

#: The shop answers within 48 hours, of which only those of business days count.
_ANSWER_DAYS = 2
_LAST_MINUTE = time(23, 59)
#: Days that a customer has after a refusal, and to look at what was done again.
CUSTOMER_DAYS = 7
#: Without an appointment the work begins within so many days after it was promised.
_BEGIN_DAYS = 14
#: The desk is reminded so long before its time to answer is over.
WARNED_BEFORE = timedelta(hours=12)
#: The customer is reminded so many days before his.
REMINDED_DAYS = 2


def answer_by(asked_at: datetime, *, shop: Shop) -> datetime:
    """Return until when the shop answers what was asked at a moment, to the minute.

    It is the same time of the shop's clock two business days later, whatever the clocks do
    meanwhile; what is asked on another day is answered before the next two business days are
    over.
    """
    zone, country = shop.zone, shop.country
    day, clock = local_day(asked_at, zone=zone), asked_at.astimezone(zone).time()
    if not is_business_day(day, country=country):
        # People read midnight at the start of a day as its end: the minute before is plain.
        clock = _LAST_MINUTE
    last = add_business_days(day, _ANSWER_DAYS, country=country)
    return at_local_time(last, clock.replace(second=0, microsecond=0), zone=zone)


def customer_until(at: datetime, *, shop: Shop) -> date:
    """Return the last day, of the shop, on which a customer who is asked now can answer."""
    return local_day(at, zone=shop.zone) + timedelta(days=CUSTOMER_DAYS)


def begin_until(answered_at: datetime, appointment_on: date | None, *, shop: Shop) -> date:
    """Return the last day, of the shop, on which work that it promised can begin in time."""
    if appointment_on is not None:
        return appointment_on
    return local_day(answered_at, zone=shop.zone) + timedelta(days=_BEGIN_DAYS)
