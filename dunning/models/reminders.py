"""What was asked for, or is about to be: reminders, and charges for being late."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext_lazy as _

from dunning.models.ladders import LadderVersion, Step
from dunning.states import CallOutcome, Channel, FeeRule, FeeStatus, Reason, ReminderStatus
from invoices.models import Invoice, LedgerEntry
from shopdisputes.customers.models import Customer
from shopdisputes.documents.models import Document
from shopdisputes.money import MoneyField
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.outbox.states import EmailStatus
from shopdisputes.shops.models import ShopOwned, ShopQuerySet

#: What an e-mail's state means for the reminders in it.
OF_EMAIL = {
    EmailStatus.CLAIMED: ReminderStatus.CLAIMED,
    EmailStatus.HANDING: ReminderStatus.HANDING,
    EmailStatus.SENT: ReminderStatus.SENT,
    EmailStatus.IN_DOUBT: ReminderStatus.IN_DOUBT,
    EmailStatus.FAILED: ReminderStatus.FAILED,
}

#: Of these no text is with the mail server.
_NOT_LEFT = (EmailStatus.QUEUED, EmailStatus.CLAIMED, EmailStatus.FAILED, EmailStatus.WITHDRAWN)


class ReminderQuerySet(ShopQuerySet):
    """Reads of reminders."""

    def with_status(self) -> Self:
        """Add ``standing``: the status, of those in an e-mail as the e-mail tells it."""
        return self.annotate(
            standing=Case(
                *(
                    When(status=ReminderStatus.QUEUED, email__status=email, then=Value(str(own)))
                    for email, own in OF_EMAIL.items()
                ),
                default=F("status"),
                output_field=models.CharField(),
            )
        )

    def with_everything(self) -> Self:
        """Return them with invoice, customer, step and e-mail in one query."""
        return self.select_related(
            "shop", "invoice__repair_order", "customer", "step", "version__ladder", "email"
        )

    def lock(self, pk: object) -> None:
        """Take the row's lock, after its invoice's."""
        self.select_for_update(of=("self",)).filter(pk=pk).values("pk").first()


class Reminder(ShopOwned):
    """One step for one invoice, once a cycle. ``amount`` is what it asks for, tax included.

    It stands on the version of the ladder by which it was planned. Reminders of one customer
    that leave on one day share their ``email``.
    """

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="reminders")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="reminders")
    version = models.ForeignKey(LadderVersion, on_delete=models.PROTECT, related_name="+")
    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="reminders")
    step_key = models.PositiveSmallIntegerField(editable=False)
    #: 1, and one more each time the steps are begun anew.
    cycle = models.PositiveSmallIntegerField()
    channel = models.CharField(_("channel"), max_length=6, choices=Channel.choices)
    status = models.CharField(_("status"), max_length=17, choices=ReminderStatus.choices)
    reason = models.CharField(_("reason"), max_length=15, choices=Reason.choices, blank=True)
    #: More about the reason, in the shop's language: whose hold, whose words.
    detail = models.CharField(max_length=300, blank=True)
    amount = MoneyField(_("amount"))
    #: The shop's day for which it was planned.
    planned_on = models.DateField(_("planned for"))
    #: It gives time to pay until this day.
    pay_by = models.DateField(null=True, editable=False)
    email = models.ForeignKey(
        OutgoingEmail, on_delete=models.PROTECT, null=True, editable=False, related_name="reminders"
    )
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    #: Where the invoice stood before, so that one that is held gives its step back.
    before_key = models.PositiveSmallIntegerField(null=True, editable=False)
    before_offset = models.SmallIntegerField(null=True, editable=False)
    created_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True, editable=False)
    approved_by = models.CharField(max_length=200, blank=True, editable=False)
    #: When a letter was posted or a call made, or it was skipped, and by whom.
    ended_at = models.DateTimeField(null=True, editable=False)
    ended_by = models.CharField(max_length=200, blank=True, editable=False)
    outcome = models.CharField(
        _("outcome"), max_length=12, choices=CallOutcome.choices, blank=True, editable=False
    )
    note = models.TextField(_("note"), max_length=1000, blank=True, editable=False)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            # The net under everything: no step is ever taken twice.
            models.UniqueConstraint(
                fields=["invoice", "step_key", "cycle"], name="reminder_once_a_step_and_cycle"
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="reminder_amount_not_negative"),
            models.CheckConstraint(
                condition=Q(email=None) | Q(channel=Channel.EMAIL), name="reminder_mail_is_mail"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[ReminderStatus.HELD, ReminderStatus.SKIPPED])
                | ~Q(reason=""),
                name="reminder_not_sent_has_its_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["shop", "planned_on", "id"],
                condition=Q(status__in=["awaiting_approval", "held"])
                | Q(status="queued", channel__in=["letter", "call"]),
                name="reminder_waits_for_a_person",
            ),
            models.Index(fields=["shop", "-planned_on", "id"], name="reminder_newest"),
            models.Index(fields=["customer", "-planned_on"], name="reminder_of_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.invoice} · {self.step}"

    @property
    def shown_status(self) -> ReminderStatus:
        """The status, of one that is in an e-mail as the e-mail tells it."""
        if self.status == ReminderStatus.QUEUED and self.email is not None:
            return OF_EMAIL.get(EmailStatus(self.email.status), ReminderStatus.QUEUED)
        return ReminderStatus(self.status)

    @property
    def told_status(self) -> str:
        """The status in words: of a call that was made, what came of it; calls are not sent."""
        if self.has_left and self.outcome:
            return str(self.get_outcome_display())
        return str(self.shown_status.label)

    @property
    def has_left(self) -> bool:
        """Whether it counts as sent: by its e-mail, or because somebody posted it or called."""
        return self.shown_status == ReminderStatus.SENT

    @property
    def sent_at(self) -> datetime | None:
        """When it left, was posted, or the call was made."""
        if self.email is not None:
            return self.email.sent_at
        return self.ended_at if self.status == ReminderStatus.SENT else None


class FeeQuerySet(ShopQuerySet):
    """Reads of charges."""

    def that_count(self) -> Self:
        """Return those that are decided, or proposed by a reminder that counts as sent.

        Of a reminder that is in doubt, has failed or waits to be tried again nobody knows yet.
        """
        has_left = Q(reminder__status=ReminderStatus.SENT) | Q(
            reminder__status=ReminderStatus.QUEUED, reminder__email__status=EmailStatus.SENT
        )
        return self.filter(~Q(status=FeeStatus.PROPOSED) | has_left)

    def that_may_count(self) -> Self:
        """Leave those out that are proposed by a mail of which nothing has left (yet)."""
        return self.exclude(status=FeeStatus.PROPOSED, reminder__email__status__in=_NOT_LEFT)


class Fee(ShopOwned):
    """A charge for being late that a reminder proposes; owed only once the shop claims it.

    It is written when the reminder leaves, counts as proposed once that counts as sent, and goes
    with it when it is taken back. What was decided about one stays for ever.

    Computed on what could be collected that day, never on what is disputed. ``explanation`` is
    the computation day by day: ``{"rate": "12.00", "spans": [{"from", "until", "days", "base",
    "amount"}]}``, empty for a fixed amount.
    """

    reminder = models.OneToOneField(Reminder, on_delete=models.PROTECT, related_name="fee")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="fees")
    step_key = models.PositiveSmallIntegerField(editable=False)
    cycle = models.PositiveSmallIntegerField()
    rule = models.CharField(_("kind"), max_length=8, choices=FeeRule.choices)
    status = models.CharField(
        _("status"), max_length=8, choices=FeeStatus.choices, default=FeeStatus.PROPOSED
    )
    amount = MoneyField(_("amount"))
    base = MoneyField(_("computed on"))
    explanation = models.JSONField(default=dict, editable=False)
    proposed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by = models.CharField(max_length=200, blank=True, editable=False)
    reason = models.CharField(_("reason"), max_length=300, blank=True, editable=False)
    #: The ledger's entry by which it became owed.
    entry = models.OneToOneField(
        LedgerEntry, on_delete=models.PROTECT, null=True, editable=False, related_name="fee"
    )

    objects = FeeQuerySet.as_manager()

    class Meta:
        verbose_name = _("charge for being late")
        verbose_name_plural = _("charges for being late")
        constraints = [
            models.UniqueConstraint(
                fields=["invoice", "step_key", "cycle"], name="fee_once_a_step_and_cycle"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="fee_positive"),
            models.CheckConstraint(
                condition=Q(status=FeeStatus.PROPOSED, entry=None)
                | Q(status=FeeStatus.WAIVED)
                | Q(status=FeeStatus.CLAIMED, entry__isnull=False),
                name="fee_claimed_has_its_entry",
            ),
        ]
        indexes = [
            models.Index(
                fields=["shop", "proposed_at"],
                condition=Q(status="proposed"),
                name="fee_proposed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invoice} · {self.get_rule_display()}"
