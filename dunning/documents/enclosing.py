"""What lies in the envelope with a formal demand: copies of what it speaks of."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from invoices.models import Invoice
from shopdisputes.documents.models import Document, DocumentKind
from shopdisputes.shops.models import Shop


def of(*, shop: Shop, invoices: Collection[Invoice]) -> Mapping[UUID, Sequence[Document]]:
    """Return the copies that belong to invoices, by their keys, in two queries.

    The bill itself, then the authorizations of its visit that were signed, in the order in which
    they came. Whether they are typeset yet is for the caller to see.
    """
    there = Document.objects.for_shop(shop).defer("html", "attachment")
    bills = there.in_bulk([each.document_id for each in invoices if each.document_id])
    signed: dict[UUID, list[Document]] = defaultdict(list)
    authorizations = there.filter(
        kind=DocumentKind.SIGNED_ESTIMATE,
        repair_order_id__in=[each.repair_order_id for each in invoices],
    )
    for document in authorizations.order_by("created_at", "pk"):
        assert document.repair_order_id is not None
        signed[document.repair_order_id].append(document)
    return {
        each.pk: [
            *([bills[each.document_id]] if each.document_id in bills else []),
            *signed[each.repair_order_id],
        ]
        for each in invoices
    }
