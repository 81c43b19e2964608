"""What is said of invoices before anything leaves: in previews, and on the phone."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from dunning import facts, missing
from dunning.emails import Item
from invoices import collecting
from invoices.models import Invoice, Promise
from invoices.states import PromiseStatus
from shopdisputes.money import ZERO


def of(
    invoices: Sequence[Invoice], *, link_id: UUID | None = None, at: datetime
) -> dict[UUID, Item]:
    """Return what a reminder would say now of each invoice, by its key, in their order.

    A few queries, however many there are. ``amount`` is zero where nothing may be asked for.
    """
    keys = [invoice.pk for invoice in invoices]
    cases = facts.of(keys, at=at)
    standings = collecting.of(invoices, at=at)
    charged = collecting.charged_of(invoices)
    promises = Promise.objects.filter(invoice__in=keys, status=PromiseStatus.OPEN)
    promised_on = dict(promises.values_list("invoice", "promised_on"))
    broken = missing.of(keys)
    found = {}
    for invoice in invoices:
        figures = standings[invoice.pk].figures
        case = cases.get(invoice.pk)
        found[invoice.pk] = Item(
            number=invoice.number,
            due_on=(case and case.later_due_on) or invoice.due_on,
            amount=figures.collectible,
            currency=invoice.currency,
            reference=invoice.reference,
            link_id=link_id,
            disputed=figures.disputed,
            promised=figures.promised,
            promised_on=promised_on.get(invoice.pk),
            missing=broken.get(invoice.pk, missing.NOTHING),
            charged=min(charged.get(invoice.pk, ZERO), figures.collectible),
        )
    return found
