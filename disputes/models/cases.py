"""Cases: what is contested, why, by whom, who looks after it, and what was said."""

from datetime import date
from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from disputes.states import (
    ENDED,
    AnswerStatus,
    CaseStatus,
    Cause,
    ClosingCode,
    FollowUpStatus,
    Opening,
    ReasonCode,
    Resume,
    Severity,
)
from shopdisputes.customers.models import Customer
from shopdisputes.links.models import AccessLink
from shopdisputes.money import MoneyField
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.shops.models import ShopOwned, ShopQuerySet
from shopdisputes.uploads.models import StoredFile


class DisputeReason(ShopOwned):
    """A reason of a shop's catalogue, with what a case for it begins with.

    ``names`` words it by language; a ready-made one without words of the shop's own is worded by
    the product.
    """

    code = models.SlugField(_("code"), max_length=40)
    names = models.JSONField(_("name"), default=dict, blank=True)
    follow_up_days = models.PositiveSmallIntegerField(
        _("days until somebody follows it up"),
        default=7,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    resolver_name = models.CharField(_("resolver"), max_length=200, blank=True)
    resolver_email = models.EmailField(_("resolver's e-mail"), blank=True)
    severity = models.CharField(
        _("severity"), max_length=6, choices=Severity.choices, default=Severity.NORMAL
    )
    #: Storage does not count while a case for this reason is open.
    stops_storage = models.BooleanField(_("stops storage"), default=True)
    #: Customers may choose it themselves.
    for_customers = models.BooleanField(_("offered to customers"), default=True)
    is_active = models.BooleanField(_("in use"), default=True)
    position = models.PositiveSmallIntegerField(default=0)

    objects = ShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("reason of disputes")
        verbose_name_plural = _("reasons of disputes")
        constraints = [
            models.UniqueConstraint(fields=["shop", "code"], name="dispute_reason_once_a_shop"),
        ]

    def __str__(self) -> str:
        return self.name_in(translation.get_language() or "en")

    def name_in(self, language: str) -> str:
        """Return its words in a language: the shop's, else the product's, else the code."""
        if own := self.names.get(language):
            return str(own)
        if self.code in ReasonCode.values:
            with translation.override(language):
                return str(ReasonCode(self.code).label)
        return next((str(name) for name in self.names.values() if name), self.code)


class CaseQuerySet(ShopQuerySet):
    """Reads of cases."""

    def lock(self, pk: object) -> None:
        """Take the row's lock, after those of the invoices concerned."""
        self.select_for_update(of=("self",)).filter(pk=pk).values("pk").first()

    def for_link(self, link: AccessLink) -> Self:
        """Return the one case that a customer's or a resolver's link opens."""
        return self.filter(shop=link.shop_id, pk=link.target_id)

    def running(self) -> Self:
        """Return the cases that have not ended."""
        return self.exclude(status__in=ENDED)

    def with_everything(self) -> Self:
        """Return them with shop, customer, reason and repair order in one query."""
        return self.select_related(
            "shop", "customer", "reason", "owner", "repair_order__vehicle", "repair_order__customer"
        )

    def search(self, words: str) -> Self:
        """Return cases of whom every word is found in number, customer, plate or invoices."""
        found = self
        for word in words.casefold().split():
            found = found.filter(search_text__contains=word)
        return found


class DisputeCase(ShopOwned):
    """What a customer contests, as one matter with one person who looks after it.

    ``comment`` is in the customer's words. What is contested are the ``items``; each holds its
    amount out of dunning from the transaction on in which it is opened.
    """

    number = models.CharField(_("number"), max_length=20)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="disputes")
    #: The visit it is about, when it is about one only.
    repair_order = models.ForeignKey(
        RepairOrder, on_delete=models.PROTECT, null=True, related_name="disputes"
    )
    reason = models.ForeignKey(DisputeReason, on_delete=models.PROTECT, related_name="cases")
    status = models.CharField(
        _("status"), max_length=17, choices=CaseStatus.choices, default=CaseStatus.SUBMITTED
    )
    severity = models.CharField(_("severity"), max_length=6, choices=Severity.choices)
    #: Storage of the vehicles concerned does not count while it is open; as its reason said.
    stops_storage = models.BooleanField(_("stops storage"), default=True, editable=False)
    comment = models.TextField(_("in the customer's words"), max_length=4000)
    opening = models.CharField(max_length=10, choices=Opening.choices, editable=False)
    opened_at = models.DateTimeField(_("opened"))
    opened_by = models.CharField(max_length=200)
    #: The member of staff who answers for it.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    #: Who knows the matter; may be anybody with a mailbox.
    resolver_name = models.CharField(_("resolver"), max_length=200, blank=True)
    resolver_email = models.EmailField(_("resolver's e-mail"), blank=True)
    #: The shop's day on which the resolver was last reminded by itself: once a day at most.
    chased_on = models.DateField(null=True, editable=False)
    closing_code = models.CharField(
        _("how it ended"), max_length=12, choices=ClosingCode.choices, blank=True
    )
    cause = models.CharField(_("cause"), max_length=14, choices=Cause.choices, blank=True)
    closing_note = models.TextField(_("in the shop's words"), max_length=4000, blank=True)
    resume = models.CharField(max_length=12, choices=Resume.choices, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)
    closed_by = models.CharField(max_length=200, blank=True, editable=False)
    #: The customer may open it again until then, with something new.
    reopen_until = models.DateField(null=True, editable=False)
    reopened = models.PositiveSmallIntegerField(default=0, editable=False)
    #: Number, customer, plate and invoices in small letters: what a search reads.
    search_text = models.CharField(max_length=500, blank=True, editable=False)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        constraints = [
            models.UniqueConstraint(fields=["shop", "number"], name="dispute_number_unique"),
            models.CheckConstraint(
                condition=(Q(status__in=sorted(ENDED)) & Q(closed_at__isnull=False))
                | (~Q(status__in=sorted(ENDED)) & Q(closed_at=None, closing_code="")),
                name="dispute_ended_has_its_time",
            ),
            models.CheckConstraint(
                condition=~Q(status=CaseStatus.RESOLVED) | ~Q(closing_code=""),
                name="dispute_resolved_has_its_code",
            ),
        ]
        indexes = [
            models.Index(fields=["shop", "-opened_at", "id"], name="dispute_newest"),
            models.Index(fields=["shop", "status", "-opened_at", "id"], name="dispute_by_status"),
            models.Index(fields=["customer", "-opened_at"], name="dispute_of_customer"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def has_ended(self) -> bool:
        """Whether nothing of it is contested any more."""
        return self.status in ENDED

    @property
    def closing_words(self) -> str:
        """How it ended: as somebody wrote it, else in the language of whoever reads it now.

        Nobody writes about what was agreed by an offer, nor has a customer who withdraws to.
        Empty while it runs.
        """
        if not self.has_ended:
            return ""
        if self.closing_note:
            return self.closing_note
        if self.status == CaseStatus.WITHDRAWN:
            return gettext("Withdrawn by the customer on the page.")
        for offer in self.offers.all():
            if offer.executed_at == self.closed_at:
                # Read already: lists of cases must not ask for the shop once a row.
                offer.shop = self.shop
                return gettext("We agreed on offer %(position)s. %(words)s.") % {
                    "position": offer.position,
                    "words": offer.in_words,
                }
        return ""

    def may_reopen(self, *, today: date) -> bool:
        """Whether the customer's time to open it again is not over."""
        return self.reopen_until is not None and today <= self.reopen_until


class FollowUp(ShopOwned):
    """Somebody looks at a case again on a day. An open case always has one."""

    case = models.ForeignKey(DisputeCase, on_delete=models.PROTECT, related_name="follow_ups")
    due_on = models.DateField(_("on"))
    note = models.CharField(_("what to do"), max_length=500, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    status = models.CharField(
        max_length=8, choices=FollowUpStatus.choices, default=FollowUpStatus.OPEN
    )
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    finished_at = models.DateTimeField(null=True, editable=False)
    finished_by = models.CharField(max_length=200, blank=True, editable=False)

    objects = ShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        indexes = [
            models.Index(
                fields=["shop", "due_on", "id"],
                condition=Q(status="open"),
                name="follow_up_open_by_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} · {self.due_on}"


class CaseMessage(ShopOwned):
    """What somebody said in a case. Never changed, never deleted.

    ``internal`` ones are for the shop alone; all others the customer reads on his page.
    """

    class Side(models.TextChoices):
        """Who speaks."""

        CUSTOMER = "customer", _("Customer")
        SHOP = "shop", _("Shop")
        RESOLVER = "resolver", _("Resolver")

    case = models.ForeignKey(DisputeCase, on_delete=models.PROTECT, related_name="messages")
    side = models.CharField(max_length=8, choices=Side.choices)
    internal = models.BooleanField(default=False)
    text = models.TextField(_("message"), max_length=4000)
    said_at = models.DateTimeField()
    said_by = models.CharField(max_length=200)
    #: The mail by which it went out.
    email = models.ForeignKey(OutgoingEmail, on_delete=models.PROTECT, null=True, related_name="+")
    link = models.ForeignKey(AccessLink, on_delete=models.PROTECT, null=True, related_name="+")

    objects = ShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("message in a dispute")
        verbose_name_plural = _("messages in disputes")
        indexes = [models.Index(fields=["case", "said_at"], name="case_message_in_order")]

    def __str__(self) -> str:
        return f"{self.case} · {self.said_at:%Y-%m-%d %H:%M}"


class ResolverAnswer(ShopOwned):
    """What a resolver answers on his page; it enters the case when staff take it over."""

    case = models.ForeignKey(DisputeCase, on_delete=models.PROTECT, related_name="answers")
    text = models.TextField(_("answer"), max_length=4000)
    #: What he would offer, in words; amounts are the shop's decision.
    proposal = models.CharField(_("proposal"), max_length=500, blank=True)
    proposed_amount = MoneyField(_("amount"), null=True, blank=True)
    status = models.CharField(
        max_length=8, choices=AnswerStatus.choices, default=AnswerStatus.PENDING
    )
    given_at = models.DateTimeField()
    given_by = models.CharField(max_length=200)
    link = models.ForeignKey(AccessLink, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by = models.CharField(max_length=200, blank=True, editable=False)
    note = models.CharField(max_length=500, blank=True, editable=False)

    objects = ShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("resolver's answer")
        verbose_name_plural = _("resolvers' answers")
        indexes = [
            models.Index(
                fields=["shop", "given_at"],
                condition=Q(status="pending"),
                name="resolver_answer_pending",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} · {self.given_by}"


class CaseFile(ShopOwned):
    """A file that somebody added to a case, with a message, an answer, or at its opening."""

    case = models.ForeignKey(DisputeCase, on_delete=models.PROTECT, related_name="files")
    message = models.ForeignKey(
        CaseMessage, on_delete=models.PROTECT, null=True, related_name="files"
    )
    answer = models.ForeignKey(
        ResolverAnswer, on_delete=models.PROTECT, null=True, related_name="files"
    )
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    sent_as = models.CharField(max_length=200, blank=True)
    side = models.CharField(max_length=8, choices=CaseMessage.Side.choices)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=200)

    objects = ShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of a dispute")
        verbose_name_plural = _("files of disputes")
        constraints = [
            models.UniqueConstraint(
                fields=["message", "file"],
                condition=Q(message__isnull=False),
                name="case_file_once_a_message",
            ),
            models.UniqueConstraint(
                fields=["answer", "file"],
                condition=Q(answer__isnull=False),
                name="case_file_once_an_answer",
            ),
            models.UniqueConstraint(
                fields=["case", "file"],
                condition=Q(message=None, answer=None),
                name="case_file_once_at_the_opening",
            ),
        ]

    def __str__(self) -> str:
        return self.sent_as or self.file.name
