"""What happens by itself: expiry, and one reminder before it."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db import transaction

from estimates import emails
from estimates.models import EstimateRevision
from estimates.services import trail
from estimates.services.locking import lock_revision, mirror
from estimates.services.sending import give_link, withdraw_mails
from estimates.states import TRANSITIONS, RevisionStatus
from shopdisputes import dates
from shopdisputes.actors import SYSTEM
from shopdisputes.dates import latest_day
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.shops.models import Shop

_log = logging.getLogger(__name__)


def expire(*, at: datetime) -> dict[str, int]:
    """Note what was not answered by the end of its last day, a day of the shop; return counts.

    May run at any time, twice, late, or in several workers at once.
    """
    late = EstimateRevision.objects.open_beyond(latest_day(at)).order_by("pk")
    return _each("expired", late, _expire_one, at=at)


def remind_before_expiry(*, at: datetime) -> dict[str, int]:
    """Remind once of each estimate that will soon not be valid any more; return counts.

    A reminder leaves in the shop's send hours only, not on the day of sending, and not while
    the customer waits for a call.
    """
    soon = EstimateRevision.objects.to_remind().order_by("pk")
    return _each("reminded", soon, _remind_one, at=at)


def _each(
    counted: str,
    revisions: Iterable[EstimateRevision],
    act: Callable[[EstimateRevision, datetime], bool],
    *,
    at: datetime,
) -> dict[str, int]:
    counts = {counted: 0, "failed": 0}
    for revision in revisions:
        try:
            counts[counted] += act(revision, at)
        except Exception:
            # One poisoned row must not stop those behind it.
            _log.exception("revision %s could not be handled", revision.pk)
            counts["failed"] += 1
    return counts


def _expire_one(revision: EstimateRevision, at: datetime) -> bool:
    if dates.local_day(at, zone=revision.shop.zone) <= revision.valid_until:
        return False
    return _expire(revision, at=at)


@transaction.atomic
def _expire(revision: EstimateRevision, *, at: datetime) -> bool:
    revision = lock_revision(revision)
    won = EstimateRevision.objects.filter(pk=revision.pk, status=RevisionStatus.SENT).update(
        status=TRANSITIONS.target("expire", state=RevisionStatus.SENT, by=SYSTEM)
    )
    if not won:
        return False
    withdraw_mails(revision)
    mirror(revision.estimate)
    trail.record(action="estimate.expired", revision=revision, by=SYSTEM, at=at)
    return True


def _remind_one(revision: EstimateRevision, at: datetime) -> bool:
    return _is_time(revision, at) and _remind(revision, at=at)


def _is_time(revision: EstimateRevision, at: datetime) -> bool:
    shop = revision.shop
    today = dates.local_day(at, zone=shop.zone)
    first_day = revision.valid_until - timedelta(days=shop.expiry_reminder_days)
    if not first_day <= today <= revision.valid_until:
        return False
    assert revision.sent_at is not None
    if today <= dates.local_day(revision.sent_at, zone=shop.zone):
        return False
    return _window_is_open(shop, at)


def _window_is_open(shop: Shop, at: datetime) -> bool:
    try:
        return shop.send_window.next_slot(at) == at
    except ValueError:
        # The shop lets no automated mail leave at all.
        return False


@transaction.atomic
def _remind(revision: EstimateRevision, *, at: datetime) -> bool:
    revision = lock_revision(revision)
    # Asked again behind the lock: it may have been answered, or a call asked for, meanwhile.
    if not EstimateRevision.objects.to_remind().filter(pk=revision.pk).exists():
        return False
    won = EstimateRevision.objects.filter(
        pk=revision.pk, status=RevisionStatus.SENT, reminded_at=None
    ).update(reminded_at=at)
    if not won:
        return False
    link = _live_link(revision, at=at) or give_link(revision=revision, by=SYSTEM, at=at)
    trail.record(action="estimate.reminded", revision=revision, by=SYSTEM, at=at)
    emails.expiry_reminder(revision, link=link, at=at)
    return True


def _live_link(revision: EstimateRevision, *, at: datetime) -> AccessLink | None:
    """Return a link that went to the same inbox and lives beyond the last day of validity."""
    over = dates.end_of_day(revision.valid_until, zone=revision.shop.zone)
    return (
        AccessLink.objects.for_shop(revision.shop)
        .live(at=over)
        .filter(purpose=LinkPurpose.ESTIMATE, target_id=revision.pk, recipient=revision.sent_to)
        .order_by("-created_at")
        .first()
    )
