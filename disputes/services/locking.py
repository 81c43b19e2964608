"""The locks behind which everything about a case happens, in their fixed order.

Invoices by key, payments by key, the case, its offers.
"""

from collections.abc import Iterable
from uuid import UUID

from disputes.models import DisputeCase, DisputeItem
from invoices.models import Invoice


def lock_case(case: DisputeCase, *, also: Iterable[Invoice] = ()) -> DisputeCase:
    """Lock the invoices of a case, then the case, and return it as it is now.

    ``also`` are invoices that are not in it yet.
    """
    wanted = {invoice.pk for invoice in also} | invoices_of(case)
    Invoice.objects.lock_all(sorted(wanted))
    DisputeCase.objects.lock(case.pk)
    return DisputeCase.objects.with_everything().get(pk=case.pk)


def invoices_of(case: DisputeCase) -> set[UUID]:
    """Return the keys of the invoices of which something is, or was, contested in a case."""
    return set(DisputeItem.objects.filter(case=case).values_list("invoice_id", flat=True))
