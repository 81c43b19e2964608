"""What customers answer, and the prints that they sign by hand."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from estimates.models.proposals import Estimate, EstimateLine, EstimateRevision
from estimates.states import Answer, AuthorizationMode, LineKind, PaperReceipt
from shopdisputes.documents.models import Document
from shopdisputes.evidence import EvidenceLevel
from shopdisputes.money import MoneyField
from shopdisputes.shops.models import ShopOwned, ShopQuerySet
from shopdisputes.signing.models import Signature
from shopdisputes.uploads.models import StoredFile


class AuthorizationQuerySet(ShopQuerySet):
    """Reads of authorizations."""

    def of_estimate(self, estimate: Estimate) -> Self:
        """Return every answer to any revision, the oldest first.

        Only the newest sent revision takes answers, so that the order of revisions is the order
        in which the customer spoke, whatever the clocks say.
        """
        return self.filter(revision__estimate=estimate).order_by(
            "revision__number", "recorded_at", "id"
        )


class Authorization(ShopOwned):
    """The customer's answer to a revision, line by line. Never changed, never deleted.

    ``at`` is when the customer said it, ``recorded_at`` when it was written down. Amounts
    include tax.
    """

    revision = models.ForeignKey(
        EstimateRevision, on_delete=models.PROTECT, related_name="authorizations"
    )
    mode = models.CharField(_("mode"), max_length=12, choices=AuthorizationMode.choices)
    evidence_level = models.CharField(
        _("evidence level"), max_length=2, choices=EvidenceLevel.choices
    )
    signature = models.OneToOneField(
        Signature, on_delete=models.PROTECT, null=True, related_name="authorization"
    )
    person = models.CharField(_("answered by"), max_length=200)
    #: Number called, address written to, place.
    contact = models.CharField(_("number or address used"), max_length=200, blank=True)
    reason = models.TextField(_("reason"), max_length=2000, blank=True)
    at = models.DateTimeField(_("when"))
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(_("recorded by"), max_length=200)
    witness = models.CharField(_("second member of staff"), max_length=200, blank=True)
    #: Change of the authorized total by this answer, and the total after it.
    added_amount = MoneyField(_("added cost"))
    new_total = MoneyField(_("new authorized total"))
    #: Until when the customer can object to an oral authorization.
    objection_until = models.DateTimeField(null=True)
    # On paper:
    paper_receipt = models.CharField(
        _("how it came back"), max_length=14, choices=PaperReceipt.choices, blank=True
    )
    paper_location = models.CharField(_("where the original lies"), max_length=200, blank=True)
    #: Pages on which our code was read by the machine, of how many printed.
    paper_pages_read = models.PositiveSmallIntegerField(null=True)
    paper_pages_printed = models.PositiveSmallIntegerField(null=True)
    paper_unread_reason = models.CharField(max_length=300, blank=True)
    files = models.ManyToManyField(StoredFile, related_name="+", blank=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")

    objects = AuthorizationQuerySet.as_manager()

    class Meta:
        verbose_name = _("authorization")
        verbose_name_plural = _("authorizations")
        constraints = [
            models.UniqueConstraint(
                fields=["revision"],
                condition=Q(
                    mode__in=[AuthorizationMode.ELECTRONIC, AuthorizationMode.IN_PERSON],
                    signature__isnull=False,
                ),
                name="authorization_signed_once_a_revision",
            ),
            models.CheckConstraint(
                condition=~Q(mode=AuthorizationMode.ELECTRONIC) | Q(signature__isnull=False),
                name="authorization_by_link_is_signed",
            ),
            models.CheckConstraint(
                condition=Q(signature__isnull=False)
                | Q(evidence_level=EvidenceLevel.L0, objection_until__isnull=False),
                name="authorization_unsigned_is_l0_and_can_be_objected",
            ),
        ]
        indexes = [models.Index(fields=["shop", "-recorded_at"], name="authorization_newest")]

    def __str__(self) -> str:
        return f"{self.revision} · {self.get_mode_display()}"


class LineAnswerQuerySet(ShopQuerySet):
    """Reads of answers to lines."""

    def of_estimate(self, estimate: Estimate) -> Self:
        """Return every answer to any line of any revision, the oldest first."""
        return (
            self.filter(line__revision__estimate=estimate)
            .select_related("line", "authorization")
            .order_by("line__revision__number", "authorization__recorded_at", "line__position")
        )

    def put_off(self) -> Self:
        """Return the last answer of each line of work that was not authorized by it."""
        last = self.model.objects.filter(line__key=models.OuterRef("line__key")).order_by(
            "-line__revision__number", "-authorization__recorded_at", "-pk"
        )
        return (
            self.filter(answer__in=[Answer.DEFERRED, Answer.DECLINED])
            .exclude(line__kind=LineKind.DISCOUNT)
            .filter(pk=models.Subquery(last.values("pk")[:1]))
            .select_related(
                "authorization",
                "line__revision__estimate__repair_order__customer",
                "line__revision__estimate__repair_order__vehicle",
            )
        )

    def search(self, words: str) -> Self:
        """Return answers of whom every word is found in line, customer, vehicle or number."""
        order = "line__revision__estimate__repair_order"
        found = self
        for word in words.split():
            plate = "".join(character for character in word.upper() if character.isalnum())
            condition = (
                Q(line__description__icontains=word)
                | Q(line__revision__estimate__number__icontains=word)
                | Q(**{f"{order}__number__icontains": word})
                | Q(**{f"{order}__customer__name__icontains": word})
                # SQLite knows capitals of ASCII only: "соколова" must find "Соколова" there too.
                | Q(**{f"{order}__customer__name__contains": word.capitalize()})
                | Q(**{f"{order}__vehicle__make__icontains": word})
                | Q(**{f"{order}__vehicle__model__icontains": word})
            )
            if plate:
                condition |= Q(**{f"{order}__vehicle__plate_key__startswith": plate})
            found = found.filter(condition)
        return found


class LineAnswer(ShopOwned):
    """The answer to one line within an authorization."""

    authorization = models.ForeignKey(
        Authorization, on_delete=models.PROTECT, related_name="answers"
    )
    line = models.ForeignKey(EstimateLine, on_delete=models.PROTECT, related_name="answers")
    answer = models.CharField(_("answer"), max_length=12, choices=Answer.choices)

    objects = LineAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer to a line")
        verbose_name_plural = _("answers to lines")
        constraints = [
            models.UniqueConstraint(
                fields=["authorization", "line"], name="line_answered_once_an_authorization"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line} · {self.answer}"


class PaperCopy(ShopOwned):
    """A print for signature. Every page carries a code made of this row's key and its number."""

    revision = models.ForeignKey(
        EstimateRevision, on_delete=models.PROTECT, related_name="paper_copies"
    )
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    printed_at = models.DateTimeField()
    printed_by = models.CharField(max_length=200)

    objects = ShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("print for signature")
        verbose_name_plural = _("prints for signature")

    def __str__(self) -> str:
        return f"{self.revision} · {self.printed_at:%Y-%m-%d}"
