"""Rate limits that all processes share: they live in the shared cache."""

from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.db import connection, transaction

from shopdisputes.canonical import sha256_hex


@dataclass(frozen=True, kw_only=True)
class Limit:
    """At most ``hits`` in every window of ``seconds``."""

    name: str
    hits: int
    seconds: int

    def key(self, subject: str, *, at: datetime) -> str:
        """Return the counter's name; the subject stands in it as a hash only."""
        window = int(at.timestamp()) // self.seconds
        return f"limit:{self.name}:{sha256_hex(subject)[:32]}:{window}"

    def is_reached(self, subject: str, *, at: datetime) -> bool:
        """Say whether the window is full, without counting."""
        return cache.get(self.key(subject, at=at), 0) >= self.hits

    def count(self, subject: str, *, at: datetime) -> bool:
        """Count one more and say whether it is still within the limit."""
        key = self.key(subject, at=at)
        # Not cache.incr(): on the database it reads and writes as well, without a lock between,
        # and forgets the window.
        with transaction.atomic():
            _hold(key)
            hits = int(cache.get(key, 0)) + 1
            _keep(key, hits, seconds=self.seconds)
        return hits <= self.hits

    def seconds_left(self, *, at: datetime) -> int:
        """Return when the next window begins, in seconds from ``at``."""
        return self.seconds - int(at.timestamp()) % self.seconds


def _hold(key: str) -> None:
    """Let nobody else count under this key until the transaction ends.

    SQLite lets one transaction write at a time anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])


def _keep(key: str, hits: int, *, seconds: int) -> None:
    cache.set(key, hits, timeout=seconds)


#: Reading a page behind one link.
LINK_READS = Limit(name="link-reads", hits=120, seconds=60)
#: Acting behind one link.
LINK_ACTS = Limit(name="link-acts", hits=30, seconds=3600)
#: Pictures behind one link, and pieces of its videos: a page asks for many at once.
LINK_FILES = Limit(name="link-files", hits=1200, seconds=60)
#: Files that a customer sends behind one link, with the tries that failed on the way.
LINK_UPLOADS = Limit(name="link-uploads", hits=120, seconds=3600)
#: Addresses that open nothing, asked for from one IP address.
LINK_MISSES = Limit(name="link-misses", hits=60, seconds=3600)
