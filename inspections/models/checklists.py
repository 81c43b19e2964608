"""What is to be looked at: checklists and their versions."""

from typing import Any, Self

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from inspections.states import IDENTITY, ItemKind, PhotoRule, Stage
from inspections.wordings import said
from shopdisputes.shops.models import ShopOwned, ShopQuerySet


class ChecklistQuerySet(ShopQuerySet):
    """Reads of checklists."""

    def offered(self, *, stage: str = "") -> Self:
        """Return what a new inspection (of ``stage``) can be begun with, in order of names."""
        found = self.filter(is_active=True).order_by("stage", "position", "created_at")
        return found.filter(stage=stage) if stage else found

    def with_newest(self) -> Self:
        """Add ``newest_number`` and ``item_count``, those of the version now in force."""
        newest = ChecklistVersion.objects.filter(checklist=OuterRef("pk")).order_by("-number")
        counted = newest.annotate(item_count=Count("items"))
        return self.annotate(
            newest_number=Subquery(newest.values("number")[:1]),
            item_count=Subquery(counted.values("item_count")[:1]),
        )


class Checklist(ShopOwned):
    """A list of what is to be looked at, at one stage of a visit.

    What is in it stands in its versions; editing makes the next one.
    """

    stage = models.CharField(_("stage"), max_length=12, choices=Stage.choices)
    #: Language code → name.
    name = models.JSONField(_("name"))
    #: Which ready-made one it was made from; empty for the shop's own.
    ready_made = models.CharField(max_length=40, blank=True, editable=False)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(_("offered"), default=True)
    created_at = models.DateTimeField()

    objects = ChecklistQuerySet.as_manager()

    class Meta:
        verbose_name = _("checklist")
        verbose_name_plural = _("checklists")
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "ready_made"],
                condition=~Q(ready_made=""),
                name="checklist_ready_made_once_a_shop",
            ),
        ]

    def __str__(self) -> str:
        return said(self.name)


class ChecklistVersion(ShopOwned):
    """One state of a checklist. Written once, with its items; never changed."""

    checklist = models.ForeignKey(Checklist, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)

    objects = ShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a checklist")
        verbose_name_plural = _("versions of checklists")
        constraints = [
            models.UniqueConstraint(
                fields=["checklist", "number"], name="checklist_version_number_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.checklist} · {self.number}"


class ItemDefinition(ShopOwned):
    """What is asked for at one item, in a checklist or copied into an inspection.

    ``section``, ``name`` and ``help`` are mappings of language code → text, ``shots`` a list of
    such mappings: the angles from which it is to be photographed. Thresholds are in ``unit``;
    a measurement below a ``_below`` or above an ``_above`` suggests that result.
    """

    position = models.PositiveSmallIntegerField()
    section = models.JSONField(_("section"), default=dict)
    name = models.JSONField(_("name"))
    help = models.JSONField(_("how to look at it"), default=dict, blank=True)
    kind = models.CharField(
        _("kind"), max_length=12, choices=ItemKind.choices, default=ItemKind.CONDITION
    )
    unit = models.CharField(_("unit"), max_length=12, blank=True)
    urgent_below = models.DecimalField(
        _("urgent below"), max_digits=12, decimal_places=3, null=True, blank=True
    )
    attention_below = models.DecimalField(
        _("attention below"), max_digits=12, decimal_places=3, null=True, blank=True
    )
    attention_above = models.DecimalField(
        _("attention above"), max_digits=12, decimal_places=3, null=True, blank=True
    )
    urgent_above = models.DecimalField(
        _("urgent above"), max_digits=12, decimal_places=3, null=True, blank=True
    )
    photo_rule = models.CharField(
        _("photo needed"), max_length=12, choices=PhotoRule.choices, default=PhotoRule.NEVER
    )
    shots = models.JSONField(_("angles to photograph"), default=list, blank=True)
    #: The same text pairs an item of check-in with one of check-out; empty: compared with none.
    pair_key = models.CharField(_("paired as"), max_length=60, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return said(self.name)

    @property
    def proves_identity(self) -> bool:
        """Whether it shows whose car it is: VIN, plate, odometer."""
        return self.kind in IDENTITY

    @property
    def thresholds(self) -> dict[str, Any]:
        """The four limits by name; None where there is none."""
        return {name: getattr(self, name) for name in THRESHOLDS}


THRESHOLDS = ("urgent_below", "attention_below", "attention_above", "urgent_above")


class ChecklistItem(ItemDefinition):
    """One item of a version of a checklist."""

    version = models.ForeignKey(ChecklistVersion, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)])

    objects = ShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("item of a checklist")
        verbose_name_plural = _("items of checklists")
        constraints = [
            models.UniqueConstraint(
                fields=["version", "position"], name="checklist_item_position_unique"
            ),
            models.UniqueConstraint(
                fields=["version", "pair_key"],
                condition=~Q(pair_key=""),
                name="checklist_item_pair_once_a_version",
            ),
        ]
