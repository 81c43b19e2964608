"""What a measurement says by itself, on plain values."""

from decimal import Decimal

from inspections.states import Result

#: From mild to grave; what was not inspected stands outside.
SEVERITY: dict[str, int] = {Result.OK: 0, Result.ATTENTION: 1, Result.URGENT: 2}


def suggest(
    measurement: Decimal,
    *,
    urgent_below: Decimal | None = None,
    attention_below: Decimal | None = None,
    attention_above: Decimal | None = None,
    urgent_above: Decimal | None = None,
) -> Result:
    """Return the result that a measurement suggests; all values are in the same unit.

    A value exactly at a limit is still on its good side. Without limits everything is all right.
    """
    if _beyond(measurement, below=urgent_below, above=urgent_above):
        return Result.URGENT
    if _beyond(measurement, below=attention_below, above=attention_above):
        return Result.ATTENTION
    return Result.OK


def is_milder(result: str, than: str) -> bool:
    """Say whether one result plays down another; what was not inspected plays nothing down."""
    return result in SEVERITY and than in SEVERITY and SEVERITY[result] < SEVERITY[than]


def _beyond(measurement: Decimal, *, below: Decimal | None, above: Decimal | None) -> bool:
    return (below is not None and measurement < below) or (
        above is not None and measurement > above
    )
