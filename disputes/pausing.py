"""When storage pauses because of a dispute."""

from datetime import datetime
from uuid import UUID

from disputes.models import DisputeItem


def storage(repair_order_id: UUID) -> list[tuple[datetime, datetime | None]]:
    """Return from when until when something of a visit was contested in a case that pauses it."""
    items = DisputeItem.objects.filter(
        invoice__repair_order=repair_order_id, case__stops_storage=True
    )
    return list(items.order_by("added_at", "pk").values_list("added_at", "ended_at"))
