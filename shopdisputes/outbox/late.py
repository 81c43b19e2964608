"""E-mails that are worded at the last moment, and may be refused by what they speak of.

An e-mail of a kind named in ``settings.MAIL_WORDED_LATE`` is queued without words. Whoever looks
after the kind words it when a sender has claimed it, and is asked once more inside the
transaction that marks it: behind the locks of what it speaks of, so that nothing that committed
before the mark is overlooked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from shopdisputes.outbox.models import OutgoingEmail


@dataclass(frozen=True, kw_only=True)
class Worded:
    """What the e-mail says now; ``state`` is the keeper's own memory until the mark."""

    subject: str
    text: str
    html: str
    state: object = None


@dataclass(frozen=True, kw_only=True)
class NotNow:
    """It must not leave before ``until``."""

    until: datetime
    why: str


@dataclass(frozen=True, kw_only=True)
class NotAtAll:
    """There is nothing left to say: the e-mail is withdrawn."""

    why: str


class Keeper(Protocol):
    """Looks after one kind of e-mail; ``at`` is always the moment of acting."""

    def word(
        self, emails: Sequence[OutgoingEmail], *, at: datetime
    ) -> Mapping[UUID, Worded | NotNow | NotAtAll]:
        """Word claimed e-mails (with shop and link), a batch at once, in a few queries."""

    def allow(
        self, email: OutgoingEmail, worded: Worded, *, at: datetime
    ) -> NotNow | NotAtAll | None:
        """Say, in the marking transaction and behind locks, whether it still holds true word for
        word (None), else what shall become of it. ``NotNow`` until ``at`` itself has it worded
        anew at once."""

    def refused(self, email: OutgoingEmail, *, reply: str, at: datetime) -> None:
        """Hear, in the transaction that notes it, that the server refuses the address for good."""


def keeper_of(kind: str) -> Keeper | None:
    """Return who looks after a kind of e-mail; None: it was worded when it was queued."""
    path = settings.MAIL_WORDED_LATE.get(kind)
    return _keeper(path) if path else None


@cache
def _keeper(path: str) -> Keeper:
    keeper: Keeper = import_string(path)
    return keeper
