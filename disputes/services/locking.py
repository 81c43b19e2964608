"""The locks behind which everything about a case happens, in their fixed order.

Repair orders and invoices by key, payments by key, the case, its offers, counters.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from disputes.models import DisputeCase, DisputeItem, Offer
from invoices.models import Invoice, LedgerEntry, Payment
from shopdisputes.dates import local_day
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.shops import numbering

#: Numbers that carrying an offer out may take.
_NUMBERED = ("CN", "PLAN", "REF", "RO", "RW")


def lock_case(case: DisputeCase, *, also: Iterable[Invoice] = ()) -> DisputeCase:
    """Lock the invoices of a case, then the case, and return it as it is now.

    ``also`` are invoices that are not in it yet.
    """
    wanted = {invoice.pk for invoice in also} | invoices_of(case)
    Invoice.objects.lock_all(sorted(wanted))
    DisputeCase.objects.lock(case.pk)
    return DisputeCase.objects.with_everything().get(pk=case.pk)


def lock_offer(offer: Offer) -> Offer:
    """Lock an offer behind its case, and return it as it is now, with the case."""
    case = lock_case(offer.case)
    return _locked(offer, case)


def lock_to_settle(offer: Offer, *, at: datetime) -> Offer:
    """Lock all that carrying an offer out may touch, and return the offer as it is now.

    Visits, invoices and the payments on them, the case and the offer, and the counters: carrying
    out takes numbers between what it writes into the audit trail.
    """
    invoices = sorted(invoices_of(offer.case))
    visits = set(Invoice.objects.filter(pk__in=invoices).values_list("repair_order", flat=True))
    for visit in sorted(visits):
        RepairOrder.objects.lock(visit)
    Invoice.objects.lock_all(invoices)
    entries = LedgerEntry.objects.filter(invoice__in=invoices, payment__isnull=False)
    Payment.objects.lock_all(sorted(set(entries.values_list("payment", flat=True).order_by())))
    case = lock_case(offer.case)
    locked = _locked(offer, case)
    numbering.lock_series(
        shop=case.shop, series=_NUMBERED, year=local_day(at, zone=case.shop.zone).year
    )
    return locked


def _locked(offer: Offer, case: DisputeCase) -> Offer:
    Offer.objects.lock(offer.pk)
    offer = Offer.objects.with_everything().get(pk=offer.pk)
    offer.case = case
    return offer


def invoices_of(case: DisputeCase) -> set[UUID]:
    """Return the keys of the invoices of which something is, or was, contested in a case."""
    return set(DisputeItem.objects.filter(case=case).values_list("invoice_id", flat=True))
