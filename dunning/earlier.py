"""The reminders that invoices have already, whatever became of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from dunning.facts import Case
from dunning.models import Reminder, Step
from dunning.states import ReminderStatus
from shopdisputes.bulk import among

_HELD = str(ReminderStatus.HELD)


class Known(NamedTuple):
    """A reminder that is there already."""

    pk: UUID
    invoice: UUID
    cycle: int
    step_key: int
    status: str
    channel: str
    email: UUID | None


@dataclass
class Earlier:
    """The reminders that some invoices have already."""

    by_invoice: Mapping[UUID, Sequence[Known]] = field(default_factory=dict)

    def taken(self, case: Case) -> frozenset[int]:
        """The steps of the cycle that are not to be taken again: all but those that were held."""
        known = self.by_invoice.get(case.row.invoice)
        if not known:
            return frozenset()
        return frozenset(
            one.step_key for one in known if one.cycle == case.cycle and one.status != _HELD
        )

    def at_step(self, case: Case, step: Step) -> Known | None:
        """The reminder that is there for a step of the cycle."""
        for one in self.by_invoice.get(case.row.invoice, ()):
            if one.cycle == case.cycle and one.step_key == step.key:
                return one
        return None


def of(cases: Iterable[Case]) -> Earlier:
    """Read the reminders that invoices have already."""
    return of_invoices([case.row.invoice for case in cases])


def of_invoices(invoices: Iterable[UUID]) -> Earlier:
    """Read the reminders of invoices by their keys."""
    found: dict[UUID, list[Known]] = defaultdict(list)
    rows = Reminder.objects.filter(among("invoice_id", invoices))
    for values in rows.values_list(
        "pk", "invoice_id", "cycle", "step_key", "status", "channel", "email_id"
    ):
        known = Known(*values)
        found[known.invoice].append(known)
    return Earlier(found)
