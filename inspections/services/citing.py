"""What of an inspection went into something that a customer was sent."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from inspections.models import Inspection
from shopdisputes.errors import Conflict


class NotFinished(Conflict):
    """Somebody opened the inspection again, or discarded it, in this moment."""

    code = "inspection-not-finished"
    default_message = _("An inspection that is cited here is not finished any more.")


@transaction.atomic
def cite(*, inspection: Inspection, at: datetime) -> bool:
    """Note once that a customer was sent what cites this inspection; say whether it was the first.

    From then on the inspection is not reopened: the photos beside a signed line stay as they
    were.

    Raises:
        NotFinished: it is in progress again, or was discarded.
    """
    finished = Inspection.objects.finished().filter(pk=inspection.pk)
    # The UPDATE waits for whoever holds the row and then looks at its status anew.
    if finished.filter(cited_at=None).update(cited_at=at):
        return True
    if not finished.exists():
        raise NotFinished
    return False
