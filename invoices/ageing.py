"""How old a debt is, in the steps that people who collect money think in; on plain values."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from shopdisputes.money import ZERO


class Bucket(TextChoices):
    """How many days have passed since the last day to pay."""

    NOT_DUE = "not_due", _("Not due yet")
    UP_TO_30 = "up_to_30", _("1–30 days late")
    UP_TO_60 = "up_to_60", _("31–60 days late")
    UP_TO_90 = "up_to_90", _("61–90 days late")
    OVER_90 = "over_90", _("Over 90 days late")


#: The last day late of each bucket but the oldest.
_ENDS = {0: Bucket.NOT_DUE, 30: Bucket.UP_TO_30, 60: Bucket.UP_TO_60, 90: Bucket.UP_TO_90}


def days_late(due_on: date, *, today: date) -> int:
    """Return how many days have passed since the last day to pay; 0 up to and on that day."""
    return max(0, (today - due_on).days)


def agreed_day(due_on: date, *, base_on: date, begun_on: date) -> date | None:
    """Return the later day to pay that was agreed on; None: ``due_on``, the invoice's own, counts.

    Steps that were begun anew on ``begun_on`` count from ``base_on``. Where that is the same day
    they were only begun anew, and nobody was given more time.
    """
    return base_on if base_on > max(begun_on, due_on) else None


def bucket_of(due_on: date, *, today: date) -> Bucket:
    """Return how old a debt is that was to be paid by ``due_on``."""
    late = days_late(due_on, today=today)
    return next((bucket for end, bucket in _ENDS.items() if late <= end), Bucket.OVER_90)


def sums(amounts: Iterable[tuple[Bucket, Decimal]]) -> dict[Bucket, Decimal]:
    """Return the sum of each bucket, the youngest first, empty ones too."""
    found = dict.fromkeys(Bucket, ZERO)
    for bucket, amount in amounts:
        found[bucket] += amount
    return found
