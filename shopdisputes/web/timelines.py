"""What happened and what was mailed, in one line of time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shopdisputes.audit.models import AuditEvent
from shopdisputes.outbox import reading
from shopdisputes.outbox.models import OutgoingEmail


@dataclass(frozen=True)
class Entry:
    """An event, or an e-mail with its text as staff may read it."""

    at: datetime
    event: AuditEvent | None = None
    email: OutgoingEmail | None = None
    text: str = ""


def merged(events: Iterable[AuditEvent], emails: Iterable[OutgoingEmail]) -> list[Entry]:
    """Return events and e-mails together, the newest first."""
    entries = [
        *(Entry(at=event.at, event=event) for event in events),
        *(
            Entry(at=email.created_at, email=email, text=reading.for_staff(email).text)
            for email in emails
        ),
    ]
    # The sort is stable: events keep the order of their chain.
    return sorted(entries, key=lambda entry: entry.at, reverse=True)
