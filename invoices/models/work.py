"""What is done of what was authorized, and what happens when the customer stops it."""

import uuid
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from estimates.models import EstimateLine
from inspections.models import Inspection
from invoices.states import ChoiceMode, PartState, Safety, StopChannel, StopOption, WorkState
from shopdisputes.documents.models import Document
from shopdisputes.links.models import AccessLink
from shopdisputes.money import ZERO, MoneyField
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.shops.models import ShopOwned, ShopQuerySet
from shopdisputes.signing.models import Signature
from shopdisputes.uploads.models import StoredFile


class WorkItem(ShopOwned):
    """How far one authorized line is. ``key`` is that of the estimate's line.

    ``done_quantity`` is hours for labour, else pieces, as billed; ``hours_spent`` is what it
    really took, for the shop's own eyes and as a proof.
    """

    repair_order = models.ForeignKey(
        RepairOrder, on_delete=models.PROTECT, related_name="work_items"
    )
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    #: The authorized version of the line when the work was last noted.
    line = models.ForeignKey(EstimateLine, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        _("state"), max_length=12, choices=WorkState.choices, default=WorkState.NOT_STARTED
    )
    done_quantity = models.DecimalField(
        _("done, quantity or hours"), max_digits=9, decimal_places=3, default=ZERO
    )
    hours_spent = models.DecimalField(
        _("hours spent"), max_digits=7, decimal_places=2, null=True, blank=True
    )
    part_state = models.CharField(_("part"), max_length=14, choices=PartState.choices, blank=True)
    #: Until when the supplier takes the part back.
    returnable_until = models.DateField(_("returnable until"), null=True, blank=True)
    #: What the supplier keeps for taking it back, before tax.
    restocking_fee = MoneyField(_("supplier's fee for taking it back, before tax"), default=ZERO)
    supplier_proof = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.CharField(_("note"), max_length=500, blank=True)
    updated_at = models.DateTimeField()
    updated_by = models.CharField(max_length=200)

    objects = ShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("work on a line")
        verbose_name_plural = _("work on lines")
        constraints = [
            models.UniqueConstraint(fields=["repair_order", "key"], name="work_item_once_a_line"),
            models.CheckConstraint(
                condition=Q(done_quantity__gte=0) & Q(done_quantity__lte=9999),
                name="work_item_quantity_sane",
            ),
            models.CheckConstraint(
                condition=Q(hours_spent=None) | Q(hours_spent__gte=0),
                name="work_item_hours_sane",
            ),
            models.CheckConstraint(
                condition=Q(restocking_fee__gte=0), name="work_item_fee_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line} · {self.get_state_display()}"


class StopWorkQuerySet(ShopQuerySet):
    """Reads of stops."""

    def for_link(self, link: AccessLink) -> Self:
        """Return the one stop that a customer's link opens."""
        return self.filter(shop=link.shop_id, pk=link.target_id)

    def in_force(self) -> Self:
        """Return the stops that were not lifted."""
        return self.filter(lifted_at=None)

    def with_everything(self) -> Self:
        """Return them with shop, repair order, customer and vehicle in one query."""
        return self.select_related(
            "shop", "repair_order__customer", "repair_order__vehicle", "inspection"
        )


class StopWork(ShopOwned):
    """The customer withdraws the authorization while work is under way.

    ``option_prices`` is what the customer was offered: ``{"finish": "251.88", "reassemble":
    "120.00", "release_as_is": "84.00"}``, totals with tax; an option that is not offered
    (releasing a vehicle that cannot be driven is offered with towing) is left out.
    """

    repair_order = models.ForeignKey(RepairOrder, on_delete=models.PROTECT, related_name="stops")
    happened_at = models.DateTimeField(_("when"))
    reason = models.TextField(_("reason, in the customer's words"), max_length=2000)
    channel = models.CharField(_("how we were told"), max_length=10, choices=StopChannel.choices)
    person = models.CharField(_("told by"), max_length=200, blank=True)
    car_state = models.TextField(_("state of the vehicle"), max_length=2000, blank=True)
    safety = models.CharField(
        _("may it be driven"), max_length=12, choices=Safety.choices, default=Safety.SAFE
    )
    #: Photos of the state in which the vehicle was when the work stopped.
    inspection = models.ForeignKey(
        Inspection, on_delete=models.PROTECT, null=True, blank=True, related_name="stops"
    )
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=200)
    #: How far each line was at that moment: ``[{"key", "state", "done_quantity", …}]``.
    work = models.JSONField(default=list, editable=False)

    option = models.CharField(
        _("choice"), max_length=14, choices=StopOption.choices, default=StopOption.UNDECIDED
    )
    option_prices = models.JSONField(default=dict, editable=False)
    #: In words for the customer: towing, what reassembly needs, until when to answer.
    option_note = models.TextField(_("what the customer should know"), max_length=2000, blank=True)
    offered_at = models.DateTimeField(null=True, editable=False)
    offered_to = models.EmailField(blank=True, editable=False)
    chosen_at = models.DateTimeField(null=True, editable=False)
    choice_mode = models.CharField(max_length=12, choices=ChoiceMode.choices, blank=True)
    choice_person = models.CharField(max_length=200, blank=True)
    choice_note = models.CharField(max_length=500, blank=True)
    recorded_choice_by = models.CharField(max_length=200, blank=True, editable=False)
    signature = models.OneToOneField(
        Signature, on_delete=models.PROTECT, null=True, editable=False, related_name="stop_work"
    )
    canonical_json = models.TextField(blank=True, editable=False)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True, editable=False)
    #: The record of the refusal and the options, as offered.
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    #: The same with the choice and the certificate of signature, sealed.
    signed_document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    #: The customer has the repair finished after all, or it was recorded by mistake.
    lifted_at = models.DateTimeField(null=True, editable=False)
    lift_reason = models.CharField(max_length=500, blank=True, editable=False)

    objects = StopWorkQuerySet.as_manager()

    class Meta:
        verbose_name = _("stop of work")
        verbose_name_plural = _("stops of work")
        constraints = [
            models.UniqueConstraint(
                fields=["repair_order"],
                condition=Q(lifted_at=None),
                name="stop_work_one_in_force_per_order",
            ),
            models.CheckConstraint(
                condition=Q(option=StopOption.UNDECIDED, chosen_at=None)
                | (~Q(option=StopOption.UNDECIDED) & Q(chosen_at__isnull=False)),
                name="stop_work_choice_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.repair_order} · {self.happened_at:%Y-%m-%d}"


class StopWorkFile(ShopOwned):
    """A proof of how the customer stopped the work: a message, a letter, a recording's note."""

    stop = models.ForeignKey(StopWork, on_delete=models.PROTECT, related_name="files")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    sent_as = models.CharField(max_length=200, blank=True)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=200)

    objects = ShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("proof of a stop")
        verbose_name_plural = _("proofs of stops")
        constraints = [
            models.UniqueConstraint(fields=["stop", "file"], name="stop_work_file_once"),
        ]

    def __str__(self) -> str:
        return self.sent_as or self.file.name
