"""Reminders on the point of leaving, and what became of them."""

from datetime import datetime

from dunning.models import Reminder
from invoices.models import DunningPosition, Invoice
from shopdisputes.outbox.tasks import drain
from tests.factories import NOW
from tests.factories.dunning import DunningPositionFactory, ReminderFactory


def planned(invoice: Invoice | None = None, **given: object) -> Reminder:
    """A reminder as the planner leaves it: in a mail without words, its step taken."""
    reminder = ReminderFactory(queued=True, **({"invoice": invoice} if invoice else {}), **given)
    DunningPositionFactory(
        invoice=reminder.invoice,
        reached_key=reminder.step_key,
        reached_offset=reminder.step.offset_days,
        look_on=None,
    )
    return reminder


def run(moment: datetime = NOW) -> dict[str, int]:
    """Deliver as the clockwork does at a moment, and return what it counted if it was any."""
    tally = drain(at=moment.isoformat())
    return {name: count for name, count in tally.items() if count}


def again(reminder: Reminder) -> Reminder:
    """Read a reminder from the database."""
    return Reminder.objects.select_related("email", "invoice").get(pk=reminder.pk)


def position_of(reminder: Reminder) -> tuple[int | None, object, int | None]:
    """Return which step its invoice has reached, when it is looked at, and which is next."""
    position = DunningPosition.objects.get(invoice=reminder.invoice)
    return position.reached_key, position.look_on, position.next_key
