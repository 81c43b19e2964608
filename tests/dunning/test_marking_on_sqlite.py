"""What SQLite's driver gives for a line of a mail is read as PostgreSQL's would be."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest

from dunning.services import marking

KEYS = ("email", "reminder", "invoice", "customer", "repair_order")
#: SQLite's driver knows no zones.
NAIVE = datetime(2026, 12, 1, 9, 30, tzinfo=UTC).replace(tzinfo=None)


@pytest.mark.parametrize("day", [date(2026, 12, 5), "2026-12-05"])
@pytest.mark.parametrize("moment", [NAIVE, "2026-12-01 09:30:00"])
def test_days_and_moments_are_read_converted_or_as_text(
    day: date | str, moment: datetime | str
) -> None:
    given: dict[str, Any] = dict.fromkeys(marking.Line._fields)
    given |= {key: uuid4().hex for key in KEYS}
    given |= {"due_on": day, "base_on": day, "handed_at": moment}
    line = marking._from_text(tuple(given.values()))
    assert (line.due_on, line.base_on, line.pay_by) == (date(2026, 12, 5), date(2026, 12, 5), None)
    assert line.handed_at == datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
    assert line.stopped_at is None
