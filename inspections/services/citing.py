"""What of an inspection went into something that a customer was sent."""

from datetime import datetime

from django.db import transaction

from inspections.models import Inspection


@transaction.atomic
def cite(*, inspection: Inspection, at: datetime) -> bool:
    """Note once that a customer was sent what cites this inspection; say whether it was the first.

    From then on the inspection is not reopened: the photos beside a signed line stay as they
    were.
    """
    return bool(Inspection.objects.filter(pk=inspection.pk, cited_at=None).update(cited_at=at))
