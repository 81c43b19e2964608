"""What the customer says to an inspection."""

from datetime import date, timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inspections.models.inspections import Inspection, InspectionItem, ItemMedia
from inspections.states import AcknowledgementAnswer
from shopdisputes.dates import local_day
from shopdisputes.documents.models import Document
from shopdisputes.evidence import EvidenceLevel
from shopdisputes.links.models import AccessLink
from shopdisputes.shops.models import ShopOwned, ShopQuerySet
from shopdisputes.signing.models import Signature
from shopdisputes.uploads.models import UNFINISHED, StoredFile


class AcknowledgementQuerySet(ShopQuerySet):
    """Reads of answers."""

    def with_copy(self) -> Self:
        """Return them with signature and sealed copy, without the text that it was made of."""
        # That text holds all pictures: megabytes.
        return self.select_related("signature", "document").defer(
            "document__html", "document__attachment"
        )

    def to_seal(self) -> Self:
        """Return the answers without a sealed copy of which every file has been looked at."""
        own = RemarkFile.objects.filter(
            acknowledgement=models.OuterRef("pk"), file__intake__status__in=UNFINISHED
        )
        seen = ItemMedia.objects.unfinished_of(models.OuterRef("inspection"))
        return self.filter(~models.Exists(own), ~models.Exists(seen), document=None).exclude(
            answer=AcknowledgementAnswer.NO_ANSWER
        )


class Acknowledgement(ShopOwned):
    """The customer's signed answer to an inspection, or the note that there was none.

    Silence is written down with the day on which it became silence; a late answer comes beside
    it. Never changed, never deleted. ``canonical_json`` is what was signed: the inspection's
    hash, the answer, every remark and the hash of every file that the customer added.
    """

    inspection = models.ForeignKey(
        Inspection, on_delete=models.PROTECT, related_name="acknowledgements"
    )
    answer = models.CharField(_("answer"), max_length=20, choices=AcknowledgementAnswer.choices)
    remarks = models.TextField(_("remarks"), max_length=4000, blank=True)
    person = models.CharField(_("answered by"), max_length=200, blank=True)
    evidence_level = models.CharField(
        _("evidence level"), max_length=2, choices=EvidenceLevel.choices, blank=True
    )
    signature = models.OneToOneField(
        Signature, on_delete=models.PROTECT, null=True, related_name="acknowledgement"
    )
    at = models.DateTimeField(_("when"))
    recorded_by = models.CharField(_("recorded by"), max_length=200)
    canonical_json = models.TextField(blank=True, editable=False)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True, editable=False)
    #: The sealed report; made when all previews are there.
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = AcknowledgementQuerySet.as_manager()

    class Meta:
        verbose_name = _("acknowledgement")
        verbose_name_plural = _("acknowledgements")
        constraints = [
            models.UniqueConstraint(
                fields=["inspection"],
                condition=Q(signature__isnull=False),
                name="acknowledgement_signed_once",
            ),
            models.UniqueConstraint(
                fields=["inspection"],
                condition=Q(answer="no_answer"),
                name="acknowledgement_silence_once",
            ),
            models.CheckConstraint(
                condition=Q(answer="no_answer", signature__isnull=True)
                | (~Q(answer="no_answer") & Q(signature__isnull=False)),
                name="acknowledgement_answers_are_signed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.inspection} · {self.get_answer_display()}"

    @property
    def awaited_until(self) -> date:
        """Of a note of silence: the last day to answer, of which ``at`` is the end."""
        return local_day(self.at - timedelta(microseconds=1), zone=self.shop.zone)


class ItemRemark(ShopOwned):
    """What the customer says about one item."""

    acknowledgement = models.ForeignKey(
        Acknowledgement, on_delete=models.PROTECT, related_name="item_remarks"
    )
    item = models.ForeignKey(InspectionItem, on_delete=models.PROTECT, related_name="remarks")
    text = models.TextField(_("remark"), max_length=2000)

    objects = ShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("remark about an item")
        verbose_name_plural = _("remarks about items")
        constraints = [
            models.UniqueConstraint(
                fields=["acknowledgement", "item"], name="item_remark_once_an_item"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} · {self.text[:40]}"


class RemarkFileQuerySet(ShopQuerySet):
    """Reads of customers' files."""

    def shown(self) -> Self:
        """Return what was not taken away, in the order in which it came, with its file."""
        return (
            self.filter(removed_at=None).select_related("file__intake").order_by("added_at", "pk")
        )

    def drafts_of(self, link: AccessLink) -> Self:
        """Return what was added through a link and is not signed yet."""
        return self.shown().filter(link=link, acknowledgement=None)


class RemarkFile(ShopOwned):
    """A file that the customer adds to his remarks: a draft until he signs.

    ``item`` None: about the whole.
    """

    inspection = models.ForeignKey(
        Inspection, on_delete=models.PROTECT, related_name="remark_files"
    )
    link = models.ForeignKey(AccessLink, on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey(
        InspectionItem, on_delete=models.PROTECT, null=True, related_name="remark_files"
    )
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    #: The name under which it was sent here. The same bytes may have come before, from somebody
    #: else, under a name that is none of this reader's business: ``file.name``.
    sent_as = models.CharField(max_length=200, blank=True)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, editable=False)
    acknowledgement = models.ForeignKey(
        Acknowledgement, on_delete=models.PROTECT, null=True, related_name="files"
    )

    objects = RemarkFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of a customer's remark")
        verbose_name_plural = _("files of customers' remarks")
        constraints = [
            models.UniqueConstraint(
                fields=["link", "item", "file"],
                condition=Q(removed_at=None, item__isnull=False),
                name="remark_file_once_an_item",
            ),
            models.UniqueConstraint(
                fields=["link", "file"],
                condition=Q(removed_at=None, item=None),
                name="remark_file_once_a_link",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.inspection} · {self.name}"

    @property
    def name(self) -> str:
        """The name under which it was sent here."""
        return self.sent_as or self.file.name
