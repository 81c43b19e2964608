"""Fresh links for customers who come back with an old one."""

from inspections.models import Inspection
from inspections.states import InspectionStatus
from shopdisputes.links.models import AccessLink
from shopdisputes.web.contributions import Renewal

_SHOWN = frozenset({InspectionStatus.SHARED, InspectionStatus.ANSWERED, InspectionStatus.NO_ANSWER})


def renew(link: AccessLink) -> Renewal | None:
    """Return the inspection that a link opened; None when the customer is not shown it."""
    inspection = Inspection.objects.for_link(link).with_everything().first()
    if inspection is None or inspection.status not in _SHOWN:
        return None
    return Renewal(target_id=inspection.pk, customer=inspection.repair_order.customer)
