"""What was seen on one car at one time: inspections, their items, the files."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Prefetch, Q
from django.utils.translation import gettext_lazy as _

from inspections.models.checklists import ChecklistVersion, ItemDefinition
from inspections.states import InspectionStatus, MediaSource, Result, Stage
from shopdisputes.documents.models import Document
from shopdisputes.links.models import AccessLink
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.shops.models import ShopOwned, ShopQuerySet
from shopdisputes.uploads.models import UNFINISHED, StoredFile


class InspectionQuerySet(ShopQuerySet):
    """Reads of inspections."""

    def lock(self, pk: object) -> None:
        """Take the row's lock: everything about an inspection happens behind it."""
        self.select_for_update(of=("self",)).filter(pk=pk).values("pk").first()

    def for_link(self, link: AccessLink) -> Self:
        """Return the one inspection that a customer's link opens."""
        return self.filter(shop=link.shop_id, pk=link.target_id)

    def with_everything(self) -> Self:
        """Return them with shop, repair order, customer, vehicle and report in one query."""
        # The text of a report holds its pictures: megabytes, for every page and every lock.
        return self.select_related(
            "shop", "repair_order__customer", "repair_order__vehicle", "report"
        ).defer("report__html", "report__attachment")

    def standing(self) -> Self:
        """Return what was not discarded."""
        return self.exclude(status=InspectionStatus.DISCARDED)

    def finished(self) -> Self:
        """Return what was completed and not discarded since."""
        return self.exclude(status__in=[InspectionStatus.IN_PROGRESS, InspectionStatus.DISCARDED])

    def counterpart_of(self, inspection: "Inspection") -> "Inspection | None":
        """Return the newest finished check-in of the same visit, for a check-out; else None."""
        if inspection.stage != Stage.CHECK_OUT:
            return None
        return (
            self.finished()
            .filter(
                shop=inspection.shop_id,
                repair_order=inspection.repair_order_id,
                stage=Stage.CHECK_IN,
            )
            .order_by("-completed_at", "-number")
            .first()
        )

    def unanswered_beyond(self, day: date) -> Self:
        """Return the shared ones whose last day to answer is before ``day``."""
        return self.filter(status=InspectionStatus.SHARED, answer_by__lt=day).select_related("shop")

    def to_report(self) -> Self:
        """Return the finished ones without a report of which no file is still being looked at."""
        return self.finished().filter(
            ~models.Exists(ItemMedia.objects.unfinished_of(models.OuterRef("pk"))), report=None
        )

    def search(self, words: str) -> Self:
        """Return inspections of whom every word is found in number, order, customer or vehicle."""
        found = self
        for word in words.split():
            plate = "".join(character for character in word.upper() if character.isalnum())
            condition = (
                Q(number__icontains=word)
                | Q(repair_order__number__icontains=word)
                | Q(repair_order__customer__name__icontains=word)
                # SQLite knows capitals of ASCII only: "соколова" must find "Соколова" there too.
                | Q(repair_order__customer__name__contains=word.capitalize())
                | Q(repair_order__vehicle__make__icontains=word)
            )
            if plate:
                condition |= Q(repair_order__vehicle__plate_key__startswith=plate)
            found = found.filter(condition)
        return found


class Inspection(ShopOwned):
    """One look at one car. Once a customer has seen it, what it says never changes.

    ``canonical_json`` is everything it says, with the SHA-256 of every original, as of its
    completion; ``sha256`` is its hash.
    """

    repair_order = models.ForeignKey(
        RepairOrder, on_delete=models.PROTECT, related_name="inspections"
    )
    number = models.CharField(_("number"), max_length=20)
    stage = models.CharField(_("stage"), max_length=12, choices=Stage.choices)
    status = models.CharField(
        _("status"),
        max_length=12,
        choices=InspectionStatus.choices,
        default=InspectionStatus.IN_PROGRESS,
    )
    version = models.ForeignKey(
        ChecklistVersion, on_delete=models.PROTECT, related_name="inspections"
    )
    #: The checklist's name when it was begun, by language.
    title = models.JSONField(_("title"))
    #: In words for the customer, about the whole.
    note = models.TextField(_("note for the customer"), max_length=4000, blank=True)
    created_at = models.DateTimeField(_("begun"))
    created_by = models.CharField(_("begun by"), max_length=200)
    completed_at = models.DateTimeField(_("completed"), null=True, editable=False)
    completed_by = models.CharField(max_length=200, blank=True, editable=False)
    canonical_json = models.TextField(blank=True, editable=False)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True, editable=False)
    #: The PDF report; made when all previews are there.
    report = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    message = models.TextField(_("message to the customer"), max_length=4000, blank=True)
    shared_at = models.DateTimeField(_("shared"), null=True, editable=False)
    sent_to = models.EmailField(_("sent to"), blank=True, editable=False)
    #: The last day to answer, a day of the shop.
    answer_by = models.DateField(_("answer by"), null=True)
    answered_at = models.DateTimeField(_("answered"), null=True, editable=False)
    #: When a customer was first sent something that cites it; from then on it is not reopened.
    cited_at = models.DateTimeField(null=True, editable=False)

    objects = InspectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("inspection")
        verbose_name_plural = _("inspections")
        constraints = [
            models.UniqueConstraint(fields=["shop", "number"], name="inspection_number_unique"),
            models.CheckConstraint(
                condition=Q(status__in=["in_progress", "discarded"])
                | (~Q(sha256="") & Q(completed_at__isnull=False)),
                name="inspection_completed_is_hashed",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["shared", "answered", "no_answer"])
                | (Q(shared_at__isnull=False) & Q(answer_by__isnull=False)),
                name="inspection_shared_has_its_date",
            ),
        ]
        indexes = [
            models.Index(fields=["shop", "-created_at", "id"], name="inspection_newest"),
            models.Index(
                fields=["shop", "status", "-created_at", "id"], name="inspection_by_status"
            ),
            models.Index(
                fields=["answer_by"],
                condition=Q(status="shared"),
                name="inspection_unanswered",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class InspectionItemQuerySet(ShopQuerySet):
    """Reads of items."""

    def in_order(self) -> Self:
        """Return them as they stand in their inspection, identity shots first."""
        return self.order_by("position")

    def with_media(self) -> Self:
        """Return them with their files: ``media.all()`` is then what was not taken away."""
        return self.prefetch_related(Prefetch("media", ItemMedia.objects.shown()))

    def findings(self) -> Self:
        """Return what needs attention, of inspections that were finished."""
        return self.filter(
            result__in=[Result.ATTENTION, Result.URGENT],
            inspection__status__in=[
                InspectionStatus.COMPLETED,
                InspectionStatus.SHARED,
                InspectionStatus.ANSWERED,
                InspectionStatus.NO_ANSWER,
            ],
        )


class InspectionItem(ItemDefinition):
    """One thing looked at: what was asked for, copied from the checklist, and what was seen."""

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="items")
    #: Added by hand during the inspection, on no checklist.
    is_extra = models.BooleanField(default=False)
    #: Empty: not looked at yet.
    result = models.CharField(_("result"), max_length=14, choices=Result.choices, blank=True)
    #: Why it was not inspected.
    reason = models.CharField(_("why it was not inspected"), max_length=300, blank=True)
    #: In ``unit``; for the odometer in what the vehicle shows.
    measurement = models.DecimalField(
        _("measurement"), max_digits=12, decimal_places=3, null=True, blank=True
    )
    #: What was read off the car: VIN or plate.
    reading = models.CharField(_("as read off the car"), max_length=40, blank=True)
    #: In words for the customer.
    note = models.TextField(_("note"), max_length=2000, blank=True)
    #: For the shop only; never on a customer's page or document.
    internal_note = models.TextField(_("note for the shop"), max_length=2000, blank=True)
    recorded_at = models.DateTimeField(null=True, editable=False)
    recorded_by = models.CharField(max_length=200, blank=True, editable=False)

    objects = InspectionItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("item of an inspection")
        verbose_name_plural = _("items of inspections")
        constraints = [
            models.UniqueConstraint(
                fields=["inspection", "position"], name="inspection_item_position_unique"
            ),
            models.CheckConstraint(
                condition=~Q(result="not_inspected") | ~Q(reason=""),
                name="inspection_item_not_inspected_says_why",
            ),
        ]


class ItemMediaQuerySet(ShopQuerySet):
    """Reads of the files of items."""

    def shown(self) -> Self:
        """Return what was not taken away, in the order in which it came, with its file."""
        return (
            self.filter(removed_at=None).select_related("file__intake").order_by("added_at", "pk")
        )

    def unfinished_of(self, inspection: object) -> Self:
        """Return what an inspection (or its key) shows and what still waits for its preview."""
        return self.filter(
            item__inspection=inspection, removed_at=None, file__intake__status__in=UNFINISHED
        )


class ItemMedia(ShopOwned):
    """A photo, video or PDF of one item. The file itself is kept once a shop."""

    item = models.ForeignKey(InspectionItem, on_delete=models.PROTECT, related_name="media")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="item_media")
    #: The name under which it was sent here. The same bytes may have come before, from somebody
    #: else, under a name that is none of this reader's business: ``file.name``.
    sent_as = models.CharField(max_length=200, blank=True)
    #: Which of the item's shots it is, from 1; empty: none of them.
    shot = models.PositiveSmallIntegerField(_("angle"), null=True, blank=True)
    caption = models.CharField(_("caption"), max_length=200, blank=True)
    source = models.CharField(max_length=10, choices=MediaSource.choices)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=200)
    removed_at = models.DateTimeField(null=True, editable=False)
    removed_by = models.CharField(max_length=200, blank=True, editable=False)

    objects = ItemMediaQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of an item")
        verbose_name_plural = _("files of items")
        constraints = [
            models.UniqueConstraint(
                fields=["item", "file"],
                condition=Q(removed_at=None),
                name="item_media_once_an_item",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} · {self.name}"

    @property
    def name(self) -> str:
        """The name under which it was sent here."""
        return self.sent_as or self.file.name
