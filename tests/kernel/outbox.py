"""What tests of the outbox share: running the clockwork at a moment, reading a mail again."""

from datetime import datetime

from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.outbox.tasks import drain


def run_at(moment: datetime) -> dict[str, int]:
    """Deliver as the clockwork does at a moment, and return what it counted."""
    return drain(at=moment.isoformat())


def again(email: OutgoingEmail) -> OutgoingEmail:
    """Read a mail from the database."""
    return OutgoingEmail.objects.get(pk=email.pk)
