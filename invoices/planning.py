"""The arithmetic of a payment plan's parts, on plain values."""

import calendar
from datetime import date
from decimal import ROUND_DOWN, Decimal

from shopdisputes.money import CENT, ZERO


def propose(
    *, total: Decimal, down_payment: Decimal, on: date, months: int, first_on: date
) -> list[tuple[date, Decimal]]:
    """Return a down-payment on ``on`` (zero: none) and ``months`` parts from ``first_on`` on.

    The monthly parts are equal to the cent; what cannot be divided is on the first of them. They
    always sum to ``total``. A month without the day of ``first_on`` has its last day instead.
    """
    rest = total - down_payment
    parts = [(on, down_payment)] if down_payment > 0 else []
    if rest <= 0 or months < 1:
        return [(on, total)]
    each = (rest / months).quantize(CENT, rounding=ROUND_DOWN)
    amounts = [rest - each * (months - 1), *[each] * (months - 1)]
    return [
        *parts,
        *(
            (month_later(first_on, number), amount)
            for number, amount in enumerate(amounts)
            if amount > ZERO
        ),
    ]


def month_later(day: date, months: int) -> date:
    """Return the same day so many months later, or the last of a month that is too short.

    Of months that no calendar has, it is the last day of all.
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    if year > date.max.year:
        return date.max
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
