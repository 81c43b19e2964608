"""What the places have in common."""

from collections.abc import Iterable
from datetime import date

from shopdisputes.jurisdictions.rules import Certainty, Source

VERSION = "2026-11-22"
_CHECKED_ON = date(2026, 11, 21)
#: What a record of an oral authorization says everywhere.
ORAL_FIELDS = ("person", "contact", "said_at", "reason")
#: What a formal demand offers everywhere before it says what may follow.
DEMAND = ("demand_pay_part_or_plan", "demand_contest_with_reasons")


def sources(rows: Iterable[tuple[str, str, Certainty]]) -> tuple[Source, ...]:
    """Write down where rules come from: the rule, its reference, how it was read."""
    return tuple(
        Source(rule=rule, reference=reference, certainty=certainty, checked_on=_CHECKED_ON)
        for rule, reference, certainty in rows
    )
