"""Money: exact decimals, one currency a shop, and the only rounding of the code base."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache, lru_cache
from typing import Any

from babel import Locale
from babel.numbers import format_currency
from django.db import models

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
#: Amounts closer than this are the same amount, whatever a database stores them as.
HALF_A_CENT = Decimal("0.005")
#: The largest single amount that a document may carry, in the shop's currency.
LARGEST_AMOUNT = Decimal("9999999.99")


def to_cents(value: Decimal) -> Decimal:
    """Round an amount to two places, halves away from zero (``ROUND_HALF_UP``).

    Nothing else in the code base rounds money, so a sum is the same on the page, in the
    PDF and in the API.
    """
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


def parse_decimal(text: str) -> Decimal:
    """Read a number as people type it: comma or point, spaces as thousands marks.

    Raises:
        ValueError: ``text`` is not a plain finite number.
    """
    compact = "".join(text.split()).replace("\u202f", "").replace("\u00a0", "")
    if "," in compact and "." in compact:
        # The mark that comes last is the decimal one: 1.234,50 and 1,234.50 both mean 1234.50.
        thousands = "." if compact.rfind(",") > compact.rfind(".") else ","
        compact = compact.replace(thousands, "")
    try:
        value = Decimal(compact.replace(",", "."))
    except InvalidOperation as error:
        raise ValueError(text) from error
    if not value.is_finite():
        raise ValueError(text)
    return value


# A page writes many amounts twice and zero often, and writing one takes as long as a small query.
@lru_cache(maxsize=4096)
def format_money(amount: Decimal, *, currency: str, language: str) -> str:
    """Write an amount as readers of ``language`` (en, fr, ru) expect it, with its currency."""
    written: str = format_currency(amount, currency, locale=_locale(language))
    # The sign that templates write before what is taken off; a hyphen beside it looks like a slip.
    return written.replace("-", "\N{MINUS SIGN}", 1)


@cache
def _locale(language: str) -> Locale:
    # Reading what a language code means takes longer than writing an amount.
    return Locale.parse(language)


class MoneyField(models.DecimalField):
    """An amount in the shop's currency with exactly two places."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 12)
        kwargs.setdefault("decimal_places", 2)
        super().__init__(*args, **kwargs)
