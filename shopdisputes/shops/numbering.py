"""Numbers without gaps and without doubles, per shop, series and year."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import F

from shopdisputes.shops.models import Counter, Shop


def next_number(*, shop: Shop, series: str, year: int) -> str:
    """Take the next number, for example ``EST-2026-0042``.

    Must run inside the transaction that uses the number, as its last lock: the raised counter
    row stays locked until the commit, and a rollback gives the number back.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a number must be taken inside the transaction that uses it")
    row = Counter.objects.for_shop(shop).filter(series=series, year=year)
    # The UPDATE takes the row's lock before anything is read, on every database.
    if not row.update(last=F("last") + 1):
        Counter.objects.bulk_create(
            [Counter(shop=shop, series=series, year=year)], ignore_conflicts=True
        )
        row.update(last=F("last") + 1)
    return f"{series}-{year}-{row.get().last:04d}"


def lock_series(*, shop: Shop, series: Iterable[str], year: int) -> None:
    """Take the locks of several series, before an act that writes into the audit trail between
    one number and the next: whoever holds the end of the trail must not wait for a number.
    """
    rows = Counter.objects.for_shop(shop).filter(year=year)
    for each in sorted(series):
        # An UPDATE that changes nothing is a lock on every database.
        rows.filter(series=each).update(last=F("last"))


def may_be_in(words: str, *, series: str) -> bool:
    """Say whether every word may be a part of a number of ``series``, without looking.

    A number's letters are those of its series: what has others and no digit is in none.
    """
    letters = f"{series}-"
    return all(
        word.upper() in letters or any(character.isdigit() for character in word)
        for word in words.split()
    )
