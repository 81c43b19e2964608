"""Delivering what is due: claim, mark, hand over, confirm; and sweeping up after crashes.

Every step is one conditional UPDATE that repeats the claim it acts under, so two workers, a
worker that was believed dead and a sweep that came too early cannot both act on one e-mail. No
transaction is open while the network is spoken to.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import F
from django.utils import translation

from shopdisputes.outbox.messages import (
    CannotBeSent,
    compose,
    envelope_recipient,
    envelope_sender,
)
from shopdisputes.outbox.models import OutgoingEmail, OutgoingEmailQuerySet
from shopdisputes.outbox.states import EmailStatus
from shopdisputes.outbox.transports import Outcome, Result, ServerAway, Transport, transport

LEASE = timedelta(seconds=60)
#: About five days of trying, as mail servers do themselves (RFC 5321, 4.5.4.1).
MOST_ATTEMPTS = 125
_BATCH = 20
_LONGEST_REPLY = 300
#: A server that takes texts and then falls silent would put every mail in doubt.
_DOUBTS_IN_A_ROW = 3
_DOUBT_PAUSE = timedelta(minutes=5)

_log = logging.getLogger(__name__)
Clock = Callable[[], datetime]


@dataclass
class Tally:
    """What one run did."""

    put_back: int = 0
    doubted: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)

    def count(self, outcome: str) -> None:
        """Add one e-mail that ended this way."""
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1

    def as_dict(self) -> dict[str, int]:
        """Return the counts as plain data."""
        return {"put_back": self.put_back, "swept_in_doubt": self.doubted, **self.outcomes}


def drain(*, clock: Clock, time_left: Callable[[], bool]) -> Tally:
    """Sweep, then deliver what is due until nothing is, the server is away, or time is up.

    May run in any number of workers at once, twice, or late.
    """
    tally = Tally()
    tally.put_back, tally.doubted = sweep(at=clock())
    if _server_is_silent(at=clock()):
        tally.count("server_silent")
        return tally
    with transport() as server:
        while time_left():
            due = list(OutgoingEmail.objects.due(at=clock()).values_list("pk", flat=True)[:_BATCH])
            if not due:
                break
            for email_id in due:
                if not time_left():
                    break
                outcome = _deliver(email_id, server, clock)
                if outcome is None:
                    continue
                tally.count(outcome)
                if outcome in {"server_away", Outcome.IN_DOUBT.value}:
                    return tally
    return tally


def sweep(*, at: datetime) -> tuple[int, int]:
    """Take up what crashed workers left; return how many were put back, how many are in doubt.

    A lease has no upper age: what was left a year ago is taken up as well. Before the mark
    nothing was handed over, so it is sent again; after it nobody knows, so a person decides.
    """
    over = OutgoingEmail.objects.filter(lease_until__lte=at)
    put_back = over.filter(status=EmailStatus.CLAIMED).update(
        status=EmailStatus.QUEUED,
        lease_until=None,
        reply="the sender stopped while preparing it",
    )
    doubted = over.filter(status=EmailStatus.HANDING).update(
        status=EmailStatus.IN_DOUBT,
        lease_until=None,
        reply="the sender stopped while handing it over",
    )
    if doubted:
        _log.error("%d e-mails are in doubt: a sender stopped while handing them over", doubted)
    return put_back, doubted


def _server_is_silent(*, at: datetime) -> bool:
    """Say whether the last mails all went into doubt just now, with none sent in between."""
    last = (
        OutgoingEmail.objects.filter(handed_at__gt=at - _DOUBT_PAUSE)
        .order_by("-handed_at")
        .values_list("status", flat=True)[:_DOUBTS_IN_A_ROW]
    )
    return list(last) == [EmailStatus.IN_DOUBT] * _DOUBTS_IN_A_ROW


def _deliver(email_id: object, server: Transport, clock: Clock) -> str | None:
    """Deliver one e-mail; return how it ended, None if another worker has it."""
    at = clock()
    email = OutgoingEmail.objects.claim(email_id, at=at, lease_until=at + LEASE)
    if email is None:
        return None
    try:
        with translation.override(email.shop.language):
            recipient, content = envelope_recipient(email), compose(email, at=at)
        result = server.hand_over(
            sender=envelope_sender(),
            recipient=recipient,
            content=content,
            mark=lambda: _mark(email, clock),
        )
    except CannotBeSent as reason:
        _log.error("e-mail %s cannot be sent: %s", email.pk, reason)
        result = Result(Outcome.FAILED, str(reason))
    except ServerAway as problem:
        _log.warning("the mail server is away: %s", problem)
        _put_back(email, reply=str(problem))
        return "server_away"
    except Exception as problem:
        # One broken row must not stop the others. It has handed nothing over: a transport
        # turns every failure after the mark into an outcome.
        _log.exception("e-mail %s could not be prepared", email.pk)
        result = Result(Outcome.POSTPONED, f"{type(problem).__name__}: {problem}")
    _note(email, result, clock)
    return result.outcome.value


def _mine(email: OutgoingEmail) -> OutgoingEmailQuerySet:
    """Return the row as long as it is held by the very claim under which we act."""
    return OutgoingEmail.objects.filter(pk=email.pk, claimed_at=email.claimed_at)


def _mark(email: OutgoingEmail, clock: Clock) -> bool:
    """Pass the point of no return, unless the e-mail was withdrawn or the lease is over."""
    at = clock()
    return bool(
        _mine(email)
        .filter(status=EmailStatus.CLAIMED)
        .update(status=EmailStatus.HANDING, handed_at=at, lease_until=at + LEASE)
    )


def _put_back(email: OutgoingEmail, *, reply: str) -> None:
    # Its time stays as it was, so that the health page sees for how long nothing leaves.
    _mine(email).filter(status=EmailStatus.CLAIMED).update(
        status=EmailStatus.QUEUED, lease_until=None, reply=reply[:_LONGEST_REPLY]
    )


def _note(email: OutgoingEmail, result: Result, clock: Clock) -> None:
    at, reply = clock(), result.reply[:_LONGEST_REPLY]
    held = _mine(email).filter(status__in=[EmailStatus.CLAIMED, EmailStatus.HANDING])
    match result.outcome:
        case Outcome.SENT:
            # The server's yes is a fact, also when a sweep gave us up in the meantime.
            _mine(email).filter(status__in=[EmailStatus.HANDING, EmailStatus.IN_DOUBT]).update(
                status=EmailStatus.SENT,
                sent_at=at,
                lease_until=None,
                attempts=F("attempts") + 1,
                reply=reply,
            )
        case Outcome.POSTPONED if email.attempts + 1 < MOST_ATTEMPTS:
            held.update(
                status=EmailStatus.QUEUED,
                lease_until=None,
                handed_at=None,
                attempts=F("attempts") + 1,
                next_try_at=at + backoff(email.attempts + 1),
                reply=reply,
            )
        case Outcome.POSTPONED | Outcome.FAILED:
            held.update(
                status=EmailStatus.FAILED,
                lease_until=None,
                attempts=F("attempts") + 1,
                reply=reply,
            )
        case Outcome.IN_DOUBT:
            _log.error("e-mail %s is in doubt: %s", email.pk, reply)
            held.update(
                status=EmailStatus.IN_DOUBT,
                lease_until=None,
                attempts=F("attempts") + 1,
                reply=reply,
            )
        case Outcome.NOT_MARKED:
            # Withdrawn, or another worker's: it is no longer ours to write.
            return


def backoff(attempts: int) -> timedelta:
    """Return the wait after so many attempts: 1, 2, 4 … and at most 60 minutes."""
    return timedelta(minutes=min(2 ** min(attempts - 1, 10), 60))
