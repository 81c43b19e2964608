"""What was seen on the car and made a line necessary."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from estimates.models import EstimateLine
from inspections.models import InspectionItem, InspectionItemQuerySet
from inspections.wordings import said
from shopdisputes.customers.models import Vehicle
from shopdisputes.shops.models import Shop


def citable(*, shop: Shop, vehicle: Vehicle) -> InspectionItemQuerySet:
    """Return the findings of a vehicle that its lines may cite, the newest inspection first."""
    found: InspectionItemQuerySet = (
        InspectionItem.objects.for_shop(shop)
        .findings()
        .filter(inspection__repair_order__vehicle=vehicle)
        .select_related("inspection")
        .order_by("-inspection__completed_at", "position")
    )
    return found


def cited_by(lines: Iterable[EstimateLine], *, shop: Shop) -> dict[UUID, InspectionItem]:
    """Return the findings that lines cite, with their files, by their id; two queries."""
    wanted = {line.finding_id for line in lines if line.finding_id}
    if not wanted:
        return {}
    found = InspectionItem.objects.for_shop(shop).filter(pk__in=wanted)
    return {item.pk: item for item in found.select_related("inspection").with_media()}


def facts_of(finding: InspectionItem) -> dict[str, Any]:
    """Return what a finding says, as JSON data: it is part of what the customer signs.

    ``finding`` must come from ``with_media()``.
    """
    return {
        "inspection": finding.inspection.number,
        "inspection_sha256": finding.inspection.sha256,
        "item": str(finding.pk),
        "name": finding.name,
        "result": finding.result,
        "measurement": None if finding.measurement is None else _plain(finding.measurement),
        "unit": finding.unit,
        "note": finding.note,
        "files": [media.file.sha256 for media in finding.media.all()],
    }


def words_of(finding: InspectionItem) -> str:
    """Return how a line begins that mends a finding: the item's name in the reader's language."""
    return said(finding.name)


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
