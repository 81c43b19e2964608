"""What of reminders waits for the desk: one read for each thing there is to do."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy as _

from dunning.models import OF_EMAIL, Reminder, ReminderQuerySet
from dunning.states import Channel, ReminderStatus
from invoices.models import Claim, DunningPosition, Hold
from invoices.states import ClaimStatus, HoldKind, InvoiceStatus
from shopdisputes.dates import local_day
from shopdisputes.outbox.states import EmailStatus
from shopdisputes.shops.models import Shop

#: Nothing is counted beyond it.
MOST_COUNTED = 999

TABS: list[tuple[str, str | LazyText]] = [
    ("due", _("Leaving today")),
    ("late", _("Late")),
    ("approval", _("To approve")),
    ("calls", _("Calls")),
    ("letters", _("Letters")),
    ("doubt", _("In doubt")),
    ("bounced", _("Came back")),
    ("replies", _("Replies")),
    ("decide", _("To decide")),
]
_UNSENT = (EmailStatus.QUEUED, EmailStatus.CLAIMED, EmailStatus.HANDING)
_BY_HAND = (Channel.LETTER, Channel.CALL)


def leaving(shop: Shop, *, at: datetime) -> ReminderQuerySet:
    """Return the e-mails of today, and later ones, that leave by themselves."""
    return _unsent(shop).filter(planned_on__gte=_today(shop, at))


def late(shop: Shop, *, at: datetime) -> ReminderQuerySet:
    """Return what was planned for an earlier day and has neither left nor been decided."""
    today = _today(shop, at)
    waits = Q(status=ReminderStatus.AWAITING_APPROVAL) | Q(
        status=ReminderStatus.QUEUED, channel__in=_BY_HAND
    )
    unsent = Q(status=ReminderStatus.QUEUED, email__status__in=_UNSENT)
    return _of(shop).filter(waits | unsent, planned_on__lt=today)


def awaiting_approval(shop: Shop) -> ReminderQuerySet:
    """Return what leaves only when somebody approves it."""
    return _of(shop).filter(status=ReminderStatus.AWAITING_APPROVAL)


def by_hand(shop: Shop, channel: Channel) -> ReminderQuerySet:
    """Return the letters to post, or the calls to make."""
    return _of(shop).filter(status=ReminderStatus.QUEUED, channel=channel)


def in_doubt(shop: Shop) -> ReminderQuerySet:
    """Return the e-mails of which nobody knows whether they arrived, and those that failed.

    What failed because of its address is among what came back.
    """
    returned = _returned(shop).filter(invoice=OuterRef("invoice"))
    failed = Q(email__status=EmailStatus.FAILED) & ~Exists(returned)
    return _of(shop).filter(
        failed | Q(email__status=EmailStatus.IN_DOUBT), status=ReminderStatus.QUEUED
    )


def bounced(shop: Shop, *, at: datetime) -> QuerySet[Hold]:
    """Return the holds of invoices whose mails come back."""
    return _holds(_returned(shop).active(at=at))


def replies(shop: Shop, *, at: datetime) -> QuerySet[Hold]:
    """Return the holds of invoices to which the customer has replied, or that are said paid."""
    kinds = (HoldKind.REPLY_PENDING, HoldKind.ALREADY_PAID_CLAIM)
    return _holds(Hold.objects.for_shop(shop).active(at=at).filter(kind__in=kinds))


def to_decide(shop: Shop) -> QuerySet[DunningPosition]:
    """Return the invoices of which all steps are taken and something is still owed.

    What was handed on as a legal matter is decided, until that hold ends.
    """
    legal = Hold.objects.for_shop(shop).filter(
        invoice=OuterRef("invoice"), kind=HoldKind.LEGAL, amount=None, released_at=None
    )
    return (
        DunningPosition.objects.for_shop(shop)
        .filter(
            ~Exists(legal),
            ended_at__isnull=False,
            stopped_at=None,
            invoice__status=InvoiceStatus.ISSUED,
            invoice__balance__gt=0,
        )
        .select_related("invoice", "customer")
        .defer("invoice__canonical_json")
    )


def unanswered(shop: Shop, invoices: Any) -> set[Any]:
    """Return the keys of those among ``invoices`` about which a claim waits for an answer."""
    return set(
        Claim.objects.for_shop(shop)
        .filter(invoice__in=invoices, status=ClaimStatus.OPEN)
        .values_list("invoice", flat=True)
    )


def rows(shop: Shop, tab: str, *, at: datetime) -> QuerySet[Any]:
    """Return what stands in a tab; the order is the caller's."""
    return _READS[tab](shop, at)


def counts(shop: Shop, *, at: datetime) -> dict[str, int]:
    """Return how many rows each tab has; one more than ``MOST_COUNTED`` means: more than that."""
    return {tab: counted(read(shop, at)) for tab, read in _READS.items()}


def counted(found: QuerySet[Any]) -> int:
    """Count rows up to one more than ``MOST_COUNTED``."""
    return found.order_by().values("pk")[: MOST_COUNTED + 1].count()


def standing_as(found: ReminderQuerySet, status: str) -> ReminderQuerySet:
    """Narrow reminders down to those that stand so, of those in an e-mail as the e-mail tells."""
    of_email = [str(email) for email, own in OF_EMAIL.items() if own == status]
    if status == ReminderStatus.QUEUED:
        told = [str(email) for email in OF_EMAIL]
        return found.filter(Q(email=None) | ~Q(email__status__in=told), status=status)
    if of_email:
        own = Q(status=status)
        return found.filter(own | Q(status=ReminderStatus.QUEUED, email__status__in=of_email))
    return found.filter(status=status)


def _of(shop: Shop) -> ReminderQuerySet:
    found: ReminderQuerySet = Reminder.objects.for_shop(shop)
    return found


def _unsent(shop: Shop) -> ReminderQuerySet:
    return _of(shop).filter(
        status=ReminderStatus.QUEUED, channel=Channel.EMAIL, email__status__in=_UNSENT
    )


def _returned(shop: Shop) -> Any:
    return Hold.objects.for_shop(shop).filter(kind=HoldKind.UNDELIVERABLE, released_at=None)


def _holds(found: QuerySet[Hold]) -> QuerySet[Hold]:
    return found.select_related("invoice__customer", "owner").defer("invoice__canonical_json")


def _today(shop: Shop, at: datetime) -> date:
    return local_day(at, zone=shop.zone)


_READS: Mapping[str, Callable[[Shop, datetime], QuerySet[Any]]] = {
    "due": lambda shop, at: leaving(shop, at=at),
    "late": lambda shop, at: late(shop, at=at),
    "approval": lambda shop, at: awaiting_approval(shop),
    "calls": lambda shop, at: by_hand(shop, Channel.CALL),
    "letters": lambda shop, at: by_hand(shop, Channel.LETTER),
    "doubt": lambda shop, at: in_doubt(shop),
    "bounced": lambda shop, at: bounced(shop, at=at),
    "replies": lambda shop, at: replies(shop, at=at),
    "decide": lambda shop, at: to_decide(shop),
}
