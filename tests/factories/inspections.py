"""Checklists, inspections and what hangs on them."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import factory

from inspections.models import (
    Acknowledgement,
    Checklist,
    ChecklistItem,
    ChecklistVersion,
    Inspection,
    InspectionItem,
    ItemMedia,
    ItemRemark,
    RemarkFile,
)
from inspections.services import answering, beginning, checklists, completing, recording, sharing
from inspections.services.checklists import ItemDraft
from inspections.states import (
    AcknowledgementAnswer,
    ItemKind,
    MediaSource,
    PhotoRule,
    Result,
    Stage,
)
from shopdisputes.actors import Actor, Role
from shopdisputes.links.models import AccessLink, LinkPurpose
from tests.factories.base import ShopOwnedFactory, now
from tests.factories.estimates import ADVISOR
from tests.factories.links import AccessLinkFactory
from tests.factories.repairorders import RepairOrderFactory
from tests.factories.shops import ShopFactory
from tests.factories.uploads import StoredFileFactory

TECHNICIAN = Actor(role=Role.TECHNICIAN, name="Theo Technician")
_BODY, _WHEELS = {"en": "Body", "fr": "Carrosserie"}, {"en": "Wheels", "fr": "Roues"}
#: Five items: the VIN, the odometer, a bumper with two angles, a tyre in mm, the lights.
WALK: tuple[ItemDraft, ...] = (
    ItemDraft(
        section=_BODY,
        name={"en": "Front bumper", "fr": "Pare-chocs avant"},
        photo_rule=PhotoRule.WHEN_NOT_OK,
        shots=[{"en": "From the front"}, {"en": "From the left"}],
        pair_key="bumper_front",
    ),
    ItemDraft(
        section=_WHEELS,
        name={"en": "Tyre, front left", "fr": "Pneu avant gauche"},
        kind=ItemKind.MEASUREMENT,
        unit="mm",
        urgent_below=Decimal("1.6"),
        attention_below=Decimal("3.0"),
        pair_key="tyre_front_left",
    ),
    ItemDraft(section=_BODY, name={"en": "Lights", "fr": "Feux"}, pair_key="lights"),
    ItemDraft(name={"en": "VIN"}, kind=ItemKind.VIN, pair_key="vin"),
    ItemDraft(name={"en": "Odometer"}, kind=ItemKind.ODOMETER, unit="km", pair_key="odometer"),
)
#: What is seen at them, by pair key: a scratch with its photo, a worn tyre, the rest is fine.
SEEN: Mapping[str, dict[str, Any]] = {
    "vin": {"result": "", "reading": "1M8GDM9AXKP042788"},
    "odometer": {"result": "", "measurement": Decimal(84012)},
    "bumper_front": {"result": Result.ATTENTION, "note": "Scratch, 12 cm."},
    "tyre_front_left": {"result": "", "measurement": Decimal("1.4")},
    "lights": {"result": Result.OK},
}


class ChecklistFactory(ShopOwnedFactory):
    """A checklist of the shop's own whose first version asks for ``WALK``, or for ``items``.

    ``items=None`` leaves it without a version.
    """

    class Meta:
        model = Checklist

    shop = factory.SubFactory(ShopFactory)
    stage = Stage.CHECK_IN
    name = factory.LazyFunction(lambda: {"en": "Round the car", "fr": "Tour du véhicule"})
    created_at = now

    @classmethod
    def _create(
        cls,
        model_class: type[Checklist],
        *args: Any,
        items: Sequence[ItemDraft] | None = WALK,
        **kwargs: Any,
    ) -> Checklist:
        if items is None:
            return super()._create(model_class, *args, **kwargs)
        version = checklists.save_version(
            checklist=None,
            shop=kwargs["shop"],
            stage=kwargs["stage"],
            name=kwargs["name"],
            items=items,
            by=ADVISOR,
            at=kwargs["created_at"],
        )
        rest = {
            name: value
            for name, value in kwargs.items()
            if name not in {"shop", "stage", "name", "created_at"}
        }
        if rest:
            Checklist.objects.filter(pk=version.checklist_id).update(**rest)
        return Checklist.objects.get(pk=version.checklist_id)


class ChecklistVersionFactory(ShopOwnedFactory):
    """A first version without items, for tests of the model itself."""

    _parents = ("checklist",)

    class Meta:
        model = ChecklistVersion

    shop = factory.SubFactory(ShopFactory)
    checklist = factory.SubFactory(
        ChecklistFactory, shop=factory.SelfAttribute("..shop"), items=None
    )
    number = 1
    created_at = now
    created_by = "Person 1"


class ChecklistItemFactory(ShopOwnedFactory):
    """An item of a version."""

    _parents = ("version",)

    class Meta:
        model = ChecklistItem

    shop = factory.SubFactory(ShopFactory)
    version = factory.SubFactory(ChecklistVersionFactory, shop=factory.SelfAttribute("..shop"))
    position = factory.LazyAttribute(lambda item: item.version.items.count() + 1)
    section = factory.LazyFunction(lambda: {"en": "Body"})
    name = factory.LazyFunction(lambda: {"en": "Front bumper"})


class InspectionFactory(ShopOwnedFactory):
    """An inspection in progress of which nothing is written down yet.

    ``looked=True``: everything is, as in ``SEEN`` with ``seen`` over it, with a photo of the
    scratch (``drawn``: a JPEG with its previews); ``completed``, ``shared`` and ``answered``
    (True, or what the customer says, with a
    typed signature) lead it further through the services. Without ``checklist`` it has one of
    its own with ``WALK``.
    """

    _parents = ("repair_order", "checklist")

    class Meta:
        model = Inspection

    shop = factory.SubFactory(ShopFactory)
    repair_order = factory.SubFactory(RepairOrderFactory, shop=factory.SelfAttribute("..shop"))
    stage = Stage.CHECK_IN
    number = ""
    created_at = now

    @classmethod
    def _create(
        cls,
        model_class: type[Inspection],
        *args: Any,
        checklist: Checklist | None = None,
        seen: Mapping[str, dict[str, Any]] | None = None,
        looked: bool = False,
        drawn: bool = False,
        completed: bool = False,
        shared: bool = False,
        answered: str | bool = False,
        **kwargs: Any,
    ) -> Inspection:
        at, order = kwargs["created_at"], kwargs["repair_order"]
        if checklist is None:
            checklist = ChecklistFactory(shop=order.shop, stage=kwargs["stage"], created_at=at)
        inspection = beginning.begin(repair_order=order, checklist=checklist, by=TECHNICIAN, at=at)
        given = {name: kwargs[name] for name in ("number", "note") if kwargs.get(name)}
        if given:
            Inspection.objects.filter(pk=inspection.pk).update(**given)
        if looked or completed or shared or answered:
            _look(inspection, SEEN | (seen or {}), drawn=drawn, at=at)
        if completed or shared or answered:
            inspection = completing.complete(inspection=inspection, by=TECHNICIAN, at=at)
        if shared or answered:
            inspection = sharing.share(inspection=inspection, by=ADVISOR, at=at)
        if answered:
            said = AcknowledgementAnswer.AGREE if answered is True else answered
            _answer(inspection, said, at=at)
        return Inspection.objects.with_everything().get(pk=inspection.pk)


def _look(
    inspection: Inspection, seen: Mapping[str, dict[str, Any]], *, drawn: bool, at: Any
) -> None:
    for item in inspection.items.in_order():
        told = seen.get(item.pair_key, {"result": Result.OK})
        item = recording.record(item=item, **told, by=TECHNICIAN, at=at)
        wrong = item.result in {Result.ATTENTION, Result.URGENT}
        if item.photo_rule == PhotoRule.ALWAYS or (
            item.photo_rule == PhotoRule.WHEN_NOT_OK and wrong
        ):
            files = {"file__jpeg": True, "file__ready": True} if drawn else {}
            ItemMediaFactory(item=item, shot=1 if item.shots else None, added_at=at, **files)


def _answer(inspection: Inspection, said: str, *, at: Any) -> Acknowledgement:
    link = AccessLink.objects.get(target_id=inspection.pk)
    agrees = said == AcknowledgementAnswer.AGREE
    return answering.answer(
        link=link,
        inspection_sha256=inspection.sha256,
        answer=said,
        remarks="" if agrees else "The scratch was there before.",
        item_remarks={},
        signer_name=link.recipient_name,
        drawn=None,
        consent=True,
        signer_timezone="Europe/Paris",
        by=Actor(role=Role.CUSTOMER, name=link.recipient_name, ip_address="203.0.113.7"),
        at=at,
    )


class InspectionItemFactory(ShopOwnedFactory):
    """An item added by hand to an inspection in progress."""

    _parents = ("inspection",)

    class Meta:
        model = InspectionItem

    shop = factory.SubFactory(ShopFactory)
    inspection = factory.SubFactory(InspectionFactory, shop=factory.SelfAttribute("..shop"))
    position = factory.LazyAttribute(lambda item: item.inspection.items.count() + 1)
    name = factory.LazyFunction(lambda: {"en": "Roof box"})
    is_extra = True


class ItemMediaFactory(ShopOwnedFactory):
    """A photo of an item, which waits for its preview; traits of its file by ``file__…``."""

    _parents = ("item",)

    class Meta:
        model = ItemMedia

    shop = factory.SubFactory(ShopFactory)
    item = factory.SubFactory(InspectionItemFactory, shop=factory.SelfAttribute("..shop"))
    file = factory.SubFactory(StoredFileFactory, shop=factory.SelfAttribute("..shop"))
    source = MediaSource.CAMERA
    added_at = now
    added_by = TECHNICIAN.name


class AcknowledgementFactory(ShopOwnedFactory):
    """The note that there was no answer, for tests of the model itself.

    For a signed answer, take ``InspectionFactory(answered=True)``.
    """

    _parents = ("inspection",)

    class Meta:
        model = Acknowledgement

    shop = factory.SubFactory(ShopFactory)
    inspection = factory.SubFactory(
        InspectionFactory, shop=factory.SelfAttribute("..shop"), shared=True
    )
    answer = AcknowledgementAnswer.NO_ANSWER
    at = now
    recorded_by = "ShopDisputes"


class ItemRemarkFactory(ShopOwnedFactory):
    """What a customer says about one item."""

    _parents = ("acknowledgement",)

    class Meta:
        model = ItemRemark

    shop = factory.SubFactory(ShopFactory)
    acknowledgement = factory.SubFactory(
        AcknowledgementFactory, shop=factory.SelfAttribute("..shop")
    )
    item = factory.LazyAttribute(
        lambda remark: remark.acknowledgement.inspection.items.in_order()[0]
    )
    text = "The scratch was there before."


class RemarkFileFactory(ShopOwnedFactory):
    """A customer's photo about the whole, not signed yet."""

    _parents = ("inspection",)

    class Meta:
        model = RemarkFile

    shop = factory.SubFactory(ShopFactory)
    inspection = factory.SubFactory(
        InspectionFactory, shop=factory.SelfAttribute("..shop"), shared=True
    )
    link = factory.SubFactory(
        AccessLinkFactory,
        shop=factory.SelfAttribute("..shop"),
        purpose=LinkPurpose.INSPECTION,
        target_id=factory.SelfAttribute("..inspection.pk"),
    )
    file = factory.SubFactory(StoredFileFactory, shop=factory.SelfAttribute("..shop"))
    added_at = now
