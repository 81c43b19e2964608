"""What must hold across rows of reminders and charges, always."""

from collections.abc import Iterator

from django.db.models import Count, Exists, F, OuterRef, Q

from dunning.models import CustomerLadder, Fee, Ladder, Reminder
from dunning.states import Channel, FeeStatus, ReminderStatus
from invoices.models import DunningPosition, Invoice, LedgerEntry
from invoices.states import EntryKind, InvoiceStatus
from shopdisputes.outbox.states import EmailStatus


def broken() -> Iterator[str]:
    """Yield a sentence for each row that contradicts another."""
    yield from _charges()
    yield from _reminders()
    yield from _forgotten()


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
    taken_back = Fee.objects.filter(
        status=FeeStatus.PROPOSED,
        reminder__status__in=[ReminderStatus.HELD, ReminderStatus.SKIPPED],
    )
    for fee in taken_back.select_related("invoice").order_by("pk"):
        yield f"{fee}: it is proposed by a reminder that was taken back"
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


def _forgotten() -> Iterator[str]:
    """Nothing is owed of which nobody thinks, and nothing planned that nobody will send."""
    unknown = Invoice.objects.billing().filter(
        status=InvoiceStatus.ISSUED, balance__gt=0, dunning=None
    )
    for invoice in unknown.order_by("pk"):
        yield f"{invoice}: it is owed, but stands nowhere in dunning"
    own = CustomerLadder.objects.filter(customer=OuterRef("customer"))
    usual = Ladder.objects.filter(shop=OuterRef("shop"), is_default=True)
    asleep = DunningPosition.objects.filter(
        ~Exists(own.filter(ladder=None)),
        Exists(own) | Exists(usual),
        look_on=None,
        ended_at=None,
        stopped_at=None,
        invoice__status=InvoiceStatus.ISSUED,
        invoice__balance__gt=0,
    )
    for position in asleep.select_related("invoice").order_by("pk"):
        yield f"{position}: it is owed, but nobody looks at it again"
    nowhere = Q(email=None) | Q(email__status=EmailStatus.WITHDRAWN)
    lost = Reminder.objects.filter(
        nowhere, status=ReminderStatus.QUEUED, channel=Channel.EMAIL
    ).select_related("invoice", "step")
    for reminder in lost.order_by("pk"):
        yield f"{reminder}: it is planned, but in no e-mail that leaves"
