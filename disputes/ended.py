"""What is said of invoices whose dispute ended lately."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from disputes.models import DisputeItem
from disputes.states import ENDED, CaseStatus, ItemState
from shopdisputes.bulk import among
from shopdisputes.web.contributions import EndedDispute, Words

_WORDS: dict[str, Words] = {
    CaseStatus.RESOLVED: _("Dispute resolved: %(number)s."),
    CaseStatus.REJECTED: _("Dispute turned down: %(number)s."),
    CaseStatus.WITHDRAWN: _("Dispute withdrawn: %(number)s."),
}


def of(invoices: Collection[UUID], since: datetime) -> Mapping[UUID, EndedDispute]:
    """Return how the last dispute about each invoice ended, if it did after ``since``.

    What left a case that went on says nothing: the case ended without it. Words are in the active
    language.
    """
    items = (
        DisputeItem.objects.filter(
            among("invoice_id", invoices),
            state=ItemState.SETTLED,
            case__status__in=sorted(ENDED),
            case__closed_at__gt=since,
        )
        .order_by("case__closed_at", "case_id")
        .values_list("invoice_id", "case__status", "case__number", "case__closed_at")
    )
    return {
        invoice: EndedDispute(words=str(_WORDS[status]) % {"number": number}, at=closed_at)
        for invoice, status, number, closed_at in items
    }
