"""What must hold across rows of reminders and charges, always."""

from collections.abc import Iterator

from django.db.models import Count, F, Q

from dunning.models import Fee, Reminder
from dunning.states import FeeStatus, ReminderStatus
from invoices.models import LedgerEntry
from invoices.states import EntryKind


def broken() -> Iterator[str]:
    """Yield a sentence for each row that contradicts another."""
    yield from _charges()
    yield from _reminders()


def _charges() -> Iterator[str]:
    """What is charged for being late was claimed, once, and stands in the invoice's ledger."""
    claimed = Fee.objects.filter(entry__isnull=False).select_related("invoice", "entry")
    wrong = ~Q(entry__kind=EntryKind.FEE) | ~Q(entry__amount=F("amount"))
    for fee in claimed.filter(wrong | ~Q(entry__invoice=F("invoice"))).order_by("pk"):
        yield f"{fee}: its entry in the ledger is not what was claimed"
    entries = LedgerEntry.objects.filter(kind=EntryKind.FEE, fee=None).select_related("invoice")
    for entry in entries.order_by("pk"):
        yield f"{entry}: it was charged, but no charge was claimed"
    strangers = Fee.objects.exclude(reminder__invoice=F("invoice")).select_related("invoice")
    for fee in strangers.order_by("pk"):
        yield f"{fee}: it is proposed by a reminder of another invoice"
    decided = Q(status=FeeStatus.PROPOSED)
    for fee in Fee.objects.filter(decided ^ Q(decided_at=None)).select_related("invoice"):
        yield f"{fee}: it is decided without a day, or the other way round"


def _reminders() -> Iterator[str]:
    """A letter or a call that is over says when; a customer has one e-mail of reminders a day."""
    over = Reminder.objects.filter(status=ReminderStatus.SENT, ended_at=None, email=None)
    for reminder in over.select_related("invoice", "step").order_by("pk"):
        yield f"{reminder}: it is over, but nobody knows since when"
    shared = (
        Reminder.objects.filter(email__isnull=False)
        .values("email")
        .annotate(payers=Count("customer", distinct=True))
        .filter(payers__gt=1)
        .order_by("email")
    )
    for row in shared:
        yield f"e-mail {row['email']}: it holds reminders of several customers"
