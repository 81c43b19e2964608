"""What of the coming days would be otherwise by another version of a ladder."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from dunning.forecast import Day, Line, Message
from dunning.states import Channel, Template
from shopdisputes.customers.models import Customer


class Change(TextChoices):
    """What becomes of a message."""

    NEW = "new", _("Leaves in addition")
    GONE = "gone", _("Does not leave")
    MOVED = "moved", _("Leaves on another day")
    ALTERED = "altered", _("Says something else")


@dataclass(frozen=True)
class Difference:
    """A message to a customer that would be otherwise. ``instead_of`` is what it was."""

    change: Change
    customer: Customer
    channel: Channel
    template: Template
    numbers: list[str]
    asks: bool = False
    earlier_on: date | None = None
    instead_of: Template | None = None


@dataclass(frozen=True)
class ChangedDay:
    """A day on which something would be otherwise."""

    day: date
    differences: list[Difference] = field(default_factory=list)


@dataclass(frozen=True)
class _Leaving:
    """One invoice in a message that leaves."""

    day: date
    message: Message
    line: Line

    @property
    def template(self) -> Template:
        return Template(self.line.step.template)

    @property
    def manner(self) -> tuple[str, str, bool]:
        """What a customer or a colleague would notice of it on its day."""
        return (self.message.channel, self.line.step.template, self.line.asks)


def between(now: Sequence[Day], then: Sequence[Day]) -> list[ChangedDay]:
    """Return the days on which ``then`` differs from ``now``, in their order; empty: none.

    A step of an invoice is the same one when its key is, so one that comes later has moved.
    """
    before, after = _leaving(now), _leaving(then)
    found: dict[tuple[date, UUID, Change, tuple[str, str, bool], date | None], list[str]] = {}
    told: dict[tuple[date, UUID, Change, tuple[str, str, bool], date | None], Difference] = {}

    def note(change: Change, here: _Leaving, earlier: _Leaving | None = None) -> None:
        earlier_on = earlier.day if earlier and earlier.day != here.day else None
        key = (here.day, here.message.customer.pk, change, here.manner, earlier_on)
        numbers = found.setdefault(key, [])
        numbers.append(here.line.invoice.number)
        other = earlier.template if earlier and earlier.template != here.template else None
        told.setdefault(
            key,
            Difference(
                change=change,
                customer=here.message.customer,
                channel=here.message.channel,
                template=here.template,
                numbers=numbers,
                asks=here.line.asks,
                earlier_on=earlier_on,
                instead_of=other,
            ),
        )

    for step, leaving in after.items():
        earlier = before.get(step)
        if earlier is None:
            note(Change.NEW, leaving)
        elif earlier.day != leaving.day:
            note(Change.MOVED, leaving, earlier)
        elif earlier.manner != leaving.manner:
            note(Change.ALTERED, leaving, earlier)
    for step, leaving in before.items():
        if step not in after:
            note(Change.GONE, leaving)
    return _by_day((key[0], difference) for key, difference in told.items())


def _leaving(days: Iterable[Day]) -> Mapping[tuple[UUID, int], _Leaving]:
    """Return everything that leaves, by the invoice and the key of the step."""
    return {
        (line.invoice.pk, line.step.key): _Leaving(day.day, message, line)
        for day in days
        for message in day.messages
        for line in message.lines
        if line.reason is None
    }


def _by_day(differences: Iterable[tuple[date, Difference]]) -> list[ChangedDay]:
    days: dict[date, ChangedDay] = {}
    for day, difference in differences:
        days.setdefault(day, ChangedDay(day)).differences.append(difference)
    for changed in days.values():
        changed.differences.sort(key=lambda each: (each.customer.name, each.change))
    return [days[day] for day in sorted(days)]
