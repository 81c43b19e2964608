"""Checklists: versions, what they refuse, the ready-made ones."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from inspections.models import Checklist, ChecklistItem, ChecklistVersion
from inspections.ready_made import READY_MADE
from inspections.services import checklists
from inspections.services.checklists import ItemDraft
from inspections.states import ItemKind, Stage
from shopdisputes.audit.models import AuditEvent
from tests.factories import NOW, WALK, ChecklistFactory, ShopFactory
from tests.inspections.stages import DESK, everything

pytestmark = pytest.mark.django_db

TYRE = ItemDraft(
    name={"en": "Tyre"},
    kind=ItemKind.MEASUREMENT,
    unit="mm",
    urgent_below=Decimal("1.6"),
    attention_below=Decimal("3"),
)


def save(checklist=None, *items, **changes):
    shop = checklist.shop if checklist else changes.pop("shop", None) or ShopFactory()
    told = {"stage": Stage.CHECK_IN, "name": {"en": "Round the car"}, "items": items or WALK}
    return checklists.save_version(
        checklist=checklist, shop=shop, **told | changes, by=DESK, at=NOW
    )


def events(shop):
    found = AuditEvent.objects.for_shop(shop).order_by("sequence")
    return list(found.values_list("action", "data"))


def test_the_first_version_says_what_was_asked_for():
    version = save(None, TYRE)

    (item,) = version.items.all()
    assert (version.number, version.created_by, item.position) == (1, "Ada Advisor", 1)
    assert item.thresholds == {
        "urgent_below": Decimal("1.6"),
        "attention_below": Decimal("3"),
        "attention_above": None,
        "urgent_above": None,
    }
    assert events(version.shop) == [
        (
            "checklist.created",
            {"name": "Round the car", "stage": "check_in", "version": 1, "items": 1},
        )
    ]


def test_editing_makes_the_next_version_and_keeps_the_earlier():
    first = save(None, TYRE)

    second = save(first.checklist, replace(TYRE, urgent_below=Decimal("2")))

    assert (first.number, second.number) == (1, 2)
    assert [str(item.urgent_below) for item in first.items.all()] == ["1.600"]
    assert [str(item.urgent_below) for item in second.items.all()] == ["2.000"]
    assert [action for action, _data in events(first.shop)] == [
        "checklist.created",
        "checklist.changed",
    ]


def test_the_same_again_is_nothing_new():
    first = save()
    before = everything()

    again = save(first.checklist, *checklists.drafts_of(first))

    assert again == first
    assert everything() == before


def test_another_name_is_no_new_version():
    first = save()

    renamed = save(first.checklist, name={"en": " Walk round ", "fr": "", "ru": "Обход"})

    assert renamed == first
    assert Checklist.objects.get().name == {"en": "Walk round", "ru": "Обход"}


@pytest.mark.parametrize(
    ("items", "field"),
    [
        ([replace(TYRE, name={"en": " "})], "items.0.name"),
        ([TYRE, replace(TYRE, name={"xx": "Pneu"})], "items.1.name"),
        ([replace(TYRE, name={"en": "n" * 201})], "items.0.name"),
        ([replace(TYRE, kind="smell")], "items.0.kind"),
        ([replace(TYRE, photo_rule="maybe")], "items.0.photo_rule"),
        ([replace(TYRE, unit="m" * 13)], "items.0.unit"),
        ([replace(TYRE, attention_below=Decimal("1.5"))], "items.0.attention_below"),
        ([replace(TYRE, urgent_above=Decimal("1"))], "items.0.urgent_above"),
        ([replace(TYRE, urgent_below=Decimal("1.6001"))], "items.0.urgent_below"),
        ([replace(TYRE, urgent_below=Decimal("NaN"))], "items.0.urgent_below"),
        ([replace(TYRE, kind=ItemKind.CONDITION)], "items.0.urgent_below"),
        ([replace(TYRE, shots=[{"en": "Side"}] * 17)], "items.0.shots"),
        (
            [replace(TYRE, pair_key="tyre"), replace(TYRE, pair_key=" tyre")],
            "items.1.pair_key",
        ),
        ([TYRE] * 201, "items"),
        ([], "items"),
    ],
)
def test_refuses_what_cannot_be_right(items, field):
    first = save()
    before = everything()

    with pytest.raises(checklists.ChecklistRefused) as refusal:
        save(first.checklist, items=items)

    assert field in refusal.value.fields
    assert {name.rpartition(".")[0] for name in refusal.value.fields} == {field.rpartition(".")[0]}
    assert everything() == before


def test_refuses_a_checklist_without_name_or_stage():
    with pytest.raises(checklists.ChecklistRefused) as refusal:
        save(name={"en": ""}, stage="lunch")

    assert set(refusal.value.fields) == {"name", "stage"}
    assert not Checklist.objects.exists()


def test_limits_may_touch():
    same = Decimal("2")
    version = save(None, replace(TYRE, urgent_below=same, attention_below=same))
    assert version.items.get().thresholds["attention_below"] == same


def test_another_shops_checklist_is_not_changed():
    first = save()
    with pytest.raises(Checklist.DoesNotExist):
        checklists.save_version(
            checklist=first.checklist,
            shop=ShopFactory(),
            stage=Stage.CHECK_IN,
            name={"en": "Mine now"},
            items=[TYRE],
            by=DESK,
            at=NOW,
        )
    assert ChecklistVersion.objects.count() == 1


def test_what_is_switched_off_is_not_offered_and_comes_back():
    checklist = ChecklistFactory()

    off = checklists.set_active(checklist=checklist, active=False, by=DESK, at=NOW)
    checklists.set_active(checklist=checklist, active=False, by=DESK, at=NOW)
    assert not off.is_active
    assert not Checklist.objects.offered().exists()
    checklists.set_active(checklist=checklist, active=True, by=DESK, at=NOW)

    assert Checklist.objects.offered().get() == checklist
    assert [action for action, _data in events(checklist.shop)] == [
        "checklist.created",
        "checklist.deactivated",
        "checklist.activated",
    ]


def test_a_shop_gets_the_ready_made_ones_once():
    shop = ShopFactory()

    checklists.install(shop=shop, at=NOW)
    before = everything()
    checklists.install(shop=shop, at=NOW)

    assert everything() == before
    made = Checklist.objects.for_shop(shop).order_by("position")
    assert [each.ready_made for each in made] == [each.code for each in READY_MADE]
    counts = [each.versions.get().items.count() for each in made]
    assert counts == [len(each.items) for each in READY_MADE]


def test_a_ready_made_one_comes_back_as_the_next_version():
    shop = ShopFactory()
    checklists.install(shop=shop, at=NOW)
    made = READY_MADE[0]
    checklist = Checklist.objects.get(ready_made=made.code)
    save(checklist, TYRE)
    checklists.set_active(checklist=checklist, active=False, by=DESK, at=NOW)

    version = checklists.restore_ready_made(shop=shop, code=made.code, by=DESK, at=NOW)
    again = checklists.restore_ready_made(shop=shop, code=made.code, by=DESK, at=NOW)

    assert version == again
    assert (version.number, version.items.count()) == (3, len(made.items))
    checklist.refresh_from_db()
    assert (checklist.is_active, checklist.name) == (True, made.name)
    with pytest.raises(checklists.NotReadyMade):
        checklists.restore_ready_made(shop=shop, code="soup", by=DESK, at=NOW)


@pytest.mark.parametrize("model", [ChecklistVersion, ChecklistItem])
def test_the_database_keeps_versions_as_they_are(model):
    ChecklistFactory()
    before = everything()
    rows = model.objects.filter(pk=model.objects.first().pk)
    field = {ChecklistVersion: "number", ChecklistItem: "unit"}[model]

    for change in (lambda: rows.update(**{field: 9}), rows.delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()

    assert everything() == before
