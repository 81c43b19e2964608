"""Delivering what is due: claim, word, mark, hand over, confirm; and sweeping up after crashes.

Every step is one conditional UPDATE that repeats the claim it acts under, so two workers, a
worker that was believed dead and a sweep that came too early cannot both act on one e-mail. No
transaction is open while the network is spoken to.

E-mails are claimed a few at a time and handed over one by one: each is marked on its own, right
before its text leaves, so that what committed until then stops it.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import translation

from shopdisputes import prepared
from shopdisputes.outbox import reading
from shopdisputes.outbox.headers import one_line
from shopdisputes.outbox.late import Keeper, NotAtAll, NotNow, Worded, keeper_of
from shopdisputes.outbox.messages import (
    CannotBeSent,
    compose,
    envelope_recipient,
    envelope_sender,
)
from shopdisputes.outbox.models import OutgoingEmail, OutgoingEmailQuerySet
from shopdisputes.outbox.reading import Marks
from shopdisputes.outbox.states import EmailStatus
from shopdisputes.outbox.transports import Outcome, Result, ServerAway, Transport, transport

LEASE = timedelta(seconds=60)
#: About five days of trying, as mail servers do themselves (RFC 5321, 4.5.4.1).
MOST_ATTEMPTS = 125
#: Claimed at once: few at first, and twice as many each time while all goes well. What belongs to
#: a batch is read at once, but a killed worker's claims wait for their lease to be over.
FIRST_BATCH = 25
LARGEST_BATCH = 200
_LONGEST_REPLY = 300
#: A server that takes texts and then falls silent would put every mail in doubt.
_DOUBTS_IN_A_ROW = 3
_DOUBT_PAUSE = timedelta(minutes=5)
#: What an e-mail waits when what it says keeps changing under the sender's hands.
_MOVING_PAUSE = timedelta(minutes=1)

#: The words as well: those of an e-mail that is worded late are kept from here on.
_MARK = """
UPDATE outbox_outgoingemail SET status = 'handing', handed_at = %s, lease_until = %s,
    subject = %s, text = %s, html = %s
WHERE id = %s AND claimed_at = %s AND status = 'claimed'
"""
_CONFIRM = """
UPDATE outbox_outgoingemail SET status = 'sent', sent_at = %s, lease_until = NULL,
    attempts = attempts + 1, reply = %s
WHERE id = %s AND claimed_at = %s AND status IN ('handing', 'in_doubt')
"""

_log = logging.getLogger(__name__)
Clock = Callable[[], datetime]
#: What an e-mail that is worded late is to say, or why it cannot be worded.
Words = Worded | NotNow | NotAtAll | Exception


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


@dataclass
class _Run:
    """One run of a sender: its connection, its clock, and what it did."""

    server: Transport
    clock: Clock
    time_left: Callable[[], bool]
    tally: Tally
    #: What was to be worded anew once already: not at once a second time.
    moved: set[UUID] = field(default_factory=set)


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
        run = _Run(server=server, clock=clock, time_left=time_left, tally=tally)
        most = FIRST_BATCH
        while time_left():
            at = clock()
            batch = OutgoingEmail.objects.claim_due(most=most, at=at, lease_until=at + LEASE)
            if not batch or not _deliver_all(run, batch):
                break
            most = min(most * 2, LARGEST_BATCH)
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


def _deliver_all(run: _Run, batch: Sequence[OutgoingEmail]) -> bool:
    """Deliver what was claimed, one by one; False: the server takes nothing more now."""
    begun = run.clock()
    words = _worded(batch, at=begun)
    marks = reading.marks_of_all(batch)
    for place, email in enumerate(batch):
        # Half a lease is left for the one at hand, whatever the server's pace.
        if not run.time_left() or run.clock() - begun > LEASE / 2:
            _give_back(batch[place:])
            return True
        outcome = _deliver(run, email, words.get(email.pk), marks[email.pk])
        run.tally.count(outcome)
        if outcome in {"server_away", Outcome.IN_DOUBT.value}:
            _give_back(batch[place + 1 :])
            return False
    return True


def _worded(batch: Sequence[OutgoingEmail], *, at: datetime) -> dict[UUID, Words]:
    """Have those worded that are worded late; their words are put on the e-mails, too."""
    found: dict[UUID, Words] = {}
    for kind in {email.kind for email in batch}:
        if keeper := keeper_of(kind):
            found |= _ask(keeper, [email for email in batch if email.kind == kind], at=at)
    for email in batch:
        words = found.get(email.pk)
        if isinstance(words, Worded):
            email.subject = one_line(words.subject)
            email.text, email.html = words.text, words.html
    return found


def _ask(keeper: Keeper, emails: Sequence[OutgoingEmail], *, at: datetime) -> Mapping[UUID, Words]:
    try:
        return {**keeper.word(emails, at=at)}
    except Exception as problem:
        if len(emails) == 1:
            return {emails[0].pk: problem}
        # One that cannot be worded must not stop those beside it.
        return {
            key: words for email in emails for key, words in _ask(keeper, [email], at=at).items()
        }


def _deliver(run: _Run, email: OutgoingEmail, words: Words | None, marks: Marks) -> str:
    """Deliver one claimed e-mail; return how it ended."""
    if isinstance(words, NotNow | NotAtAll):
        return _obey(run, email, words)
    refusal: list[NotNow | NotAtAll] = []
    try:
        if isinstance(words, Exception):
            raise words
        with translation.override(email.shop.language):
            recipient = _recipient(email)
            content = compose(email, marks=marks, at=run.clock())
        result = run.server.hand_over(
            sender=envelope_sender(),
            recipient=recipient,
            content=content,
            mark=(
                (lambda: _mark(email, run.clock))
                if words is None
                else (lambda: _mark_allowed(email, words, run.clock, refusal))
            ),
        )
    except _NobodyThere as reason:
        result = Result(Outcome.FAILED, str(reason), address_refused=True)
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
        _log.exception("e-mail %s could not be prepared", email.pk, exc_info=problem)
        result = Result(Outcome.POSTPONED, f"{type(problem).__name__}: {problem}")
    if refusal:
        return _obey(run, email, refusal[0])
    _note(email, result, run.clock)
    return result.outcome.value


class _NobodyThere(CannotBeSent):
    """Its address is none."""


def _recipient(email: OutgoingEmail) -> str:
    try:
        return envelope_recipient(email)
    except CannotBeSent as reason:
        raise _NobodyThere(str(reason)) from reason


def _mine(email: OutgoingEmail) -> OutgoingEmailQuerySet:
    """Return the row as long as it is held by the very claim under which we act."""
    return OutgoingEmail.objects.filter(pk=email.pk, claimed_at=email.claimed_at)


def _mark(email: OutgoingEmail, clock: Clock) -> bool:
    """Pass the point of no return, unless the e-mail was withdrawn or the lease is over."""
    at = clock()
    words = [email.subject, email.text, email.html]
    return bool(prepared.change(_MARK, [at, at + LEASE, *words, email.pk, email.claimed_at]))


def _mark_allowed(
    email: OutgoingEmail, words: Worded, clock: Clock, refusal: list[NotNow | NotAtAll]
) -> bool:
    """Pass it with the keeper's leave, given behind the locks of what the e-mail speaks of."""
    keeper = keeper_of(email.kind)
    assert keeper is not None
    with transaction.atomic():
        if verdict := keeper.allow(email, words, at=clock()):
            refusal.append(verdict)
            return False
        marked = _mark(email, clock)
        # What the keeper wrote is as void as the mark.
        transaction.set_rollback(not marked)
    return marked


def _obey(run: _Run, email: OutgoingEmail, verdict: NotNow | NotAtAll) -> str:
    """Put an e-mail back until its keeper wants to be asked again, or withdraw it."""
    held = _mine(email).filter(status=EmailStatus.CLAIMED)
    if isinstance(verdict, NotAtAll):
        held.update(
            status=EmailStatus.WITHDRAWN, lease_until=None, reply=verdict.why[:_LONGEST_REPLY]
        )
        return "withdrawn"
    at, until = run.clock(), verdict.until
    if until <= at and email.pk in run.moved:
        until = at + _MOVING_PAUSE
    run.moved.add(email.pk)
    held.update(
        status=EmailStatus.QUEUED,
        lease_until=None,
        next_try_at=until,
        reply=verdict.why[:_LONGEST_REPLY],
    )
    return "not_now"


def _give_back(emails: Sequence[OutgoingEmail]) -> None:
    """Return claimed e-mails that were not begun with; fresh ones stay fresh."""
    for email in emails:
        fresh = {} if email.attempts or email.reply else {"claimed_at": None}
        _mine(email).filter(status=EmailStatus.CLAIMED).update(
            status=EmailStatus.QUEUED, lease_until=None, **fresh
        )


def _put_back(email: OutgoingEmail, *, reply: str) -> None:
    # Its time stays as it was, so that the health page sees for how long nothing leaves.
    _mine(email).filter(status=EmailStatus.CLAIMED).update(
        status=EmailStatus.QUEUED, lease_until=None, reply=reply[:_LONGEST_REPLY]
    )


def _note(email: OutgoingEmail, result: Result, clock: Clock) -> None:
    at, reply = clock(), result.reply[:_LONGEST_REPLY]
    match result.outcome:
        case Outcome.SENT:
            # The server's yes is a fact, also when a sweep gave us up in the meantime.
            prepared.change(_CONFIRM, [at, reply, email.pk, email.claimed_at])
        case Outcome.POSTPONED if email.attempts + 1 < MOST_ATTEMPTS:
            _held(email).update(
                status=EmailStatus.QUEUED,
                lease_until=None,
                handed_at=None,
                attempts=F("attempts") + 1,
                next_try_at=at + backoff(email.attempts + 1),
                reply=reply,
            )
        case Outcome.POSTPONED | Outcome.FAILED:
            _fail(email, reply=reply, address_refused=result.address_refused, at=at)
        case Outcome.IN_DOUBT:
            _log.error("e-mail %s is in doubt: %s", email.pk, reply)
            _held(email).update(
                status=EmailStatus.IN_DOUBT,
                lease_until=None,
                attempts=F("attempts") + 1,
                reply=reply,
            )
        case Outcome.NOT_MARKED:
            # Withdrawn, or another worker's: it is no longer ours to write.
            return


def _held(email: OutgoingEmail) -> OutgoingEmailQuerySet:
    return _mine(email).filter(status__in=[EmailStatus.CLAIMED, EmailStatus.HANDING])


@transaction.atomic
def _fail(email: OutgoingEmail, *, reply: str, address_refused: bool, at: datetime) -> None:
    keeper = keeper_of(email.kind)
    if keeper is not None and address_refused:
        # Before the row is written: the keeper takes locks that come before the e-mail's.
        keeper.refused(email, reply=reply, at=at)
    failed = _held(email).update(
        status=EmailStatus.FAILED, lease_until=None, attempts=F("attempts") + 1, reply=reply
    )
    transaction.set_rollback(not failed)


def backoff(attempts: int) -> timedelta:
    """Return the wait after so many attempts: 1, 2, 4 … and at most 60 minutes."""
    return timedelta(minutes=min(2 ** min(attempts - 1, 10), 60))
