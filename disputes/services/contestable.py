"""What an ended case can contest once more: what nobody credited or contests meanwhile."""

from collections.abc import Iterable
from decimal import Decimal
from uuid import UUID

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from disputes.models import DisputeCase, DisputeItem
from disputes.reworkable import amount_asked_of
from disputes.services.opening import need_not_done_again
from disputes.states import ItemState
from estimates import pricing
from invoices import correcting
from invoices.models import Invoice
from invoices.services import crediting
from invoices.states import InvoiceStatus
from shopdisputes.errors import Conflict
from shopdisputes.money import ZERO


class NothingToContest(Conflict):
    """What a case contested has gone, or is in another case."""

    code = "nothing-to-contest"
    default_message = _(
        "Nothing of it can be contested again: it was credited meanwhile, or another dispute is"
        " about it."
    )


def left_of(case: DisputeCase) -> list[tuple[DisputeItem, Decimal]]:
    """Return what an ended case contested last, each with what of it can be contested again.

    The invoices are locked. What was credited in full meanwhile is left out; of the rest an item
    takes at most what is left of its line, and together those of an invoice at most what is left
    of it, for all that this case contests. Of a whole invoice, lines that another case contests
    are left to that case, and those that are to be done again to their request.

    Raises:
        DoneAgain: nothing is left of any, because of what is to be done again.
        NothingToContest: nothing is left of any.
    """
    rooms: dict[UUID, Decimal | None] = {}
    found = []
    for item in _last_contested(case):
        invoice = item.invoice
        if invoice.pk not in rooms:
            rooms[invoice.pk] = _room(invoice)
        room = rooms[invoice.pk]
        amount = item.amount
        if room is not None:
            amount = min(amount, room, _left_of_line(item))
        if item.line is None:
            most = invoice.total if room is None else room
            amount = min(amount, most - _contested_by_lines(invoice) - amount_asked_of(invoice))
        if amount > 0:
            found.append((item, amount))
            rooms[invoice.pk] = None if room is None else room - amount
    if not found:
        for item in _last_contested(case):
            need_not_done_again(item.invoice)
        raise NothingToContest
    return found


def _last_contested(case: DisputeCase) -> Iterable[DisputeItem]:
    """Return what was contested until the case ended, not what had left it before."""
    return (
        DisputeItem.objects.filter(case=case, state=ItemState.SETTLED, ended_at=case.closed_at)
        .select_related("invoice__shop", "line")
        .order_by("added_at", "pk")
    )


def _room(invoice: Invoice) -> Decimal | None:
    """Return what is left of an invoice of which something was credited; None: nothing was.

    Lines may come to more than their invoice, which a discount has lessened: then they are not
    measured by its total.
    """
    if invoice.status == InvoiceStatus.VOID:
        return ZERO
    left = correcting.total_of(crediting.left_of(invoice).values())
    return None if left == invoice.total else max(left, ZERO)


def _left_of_line(item: DisputeItem) -> Decimal:
    if item.line is None:
        return item.amount
    net = max(crediting.left_of_lines(item.invoice)[item.line.pk], ZERO)
    return pricing.gross_of_line(net=net, tax_rate=item.line.tax_rate)


def _contested_by_lines(invoice: Invoice) -> Decimal:
    others = DisputeItem.objects.filter(invoice=invoice, line__isnull=False, state=ItemState.OPEN)
    return others.aggregate(sum=Sum("amount"))["sum"] or ZERO
