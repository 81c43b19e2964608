"""Beginning an inspection: copies of what was asked for, identity first."""

import pytest

from inspections.models import Checklist, Inspection
from inspections.services import beginning, checklists
from inspections.states import Stage
from shopdisputes.repairorders.services import RepairOrderNotOpen
from shopdisputes.repairorders.states import RepairOrderStatus
from shopdisputes.transitions import NotYourTransition
from tests.factories import NOW, WALK, ChecklistFactory, RepairOrderFactory, ShopFactory
from tests.inspections import stages
from tests.inspections.stages import CUSTOMER, DESK, TECHNICIAN

pytestmark = pytest.mark.django_db


def begin(order, checklist, by=TECHNICIAN):
    return beginning.begin(repair_order=order, checklist=checklist, by=by, at=NOW)


def test_items_are_copied_with_identity_first():
    order = RepairOrderFactory()
    checklist = ChecklistFactory(shop=order.shop)

    inspection = begin(order, checklist)

    items = list(inspection.items.in_order())
    assert [item.pair_key for item in items] == [
        "vin",
        "odometer",
        "bumper_front",
        "tyre_front_left",
        "lights",
    ]
    assert [item.position for item in items] == [1, 2, 3, 4, 5]
    assert {(item.result, item.reading, item.measurement) for item in items} == {("", "", None)}
    bumper, asked = items[2], WALK[0]
    assert (bumper.name, bumper.shots, bumper.photo_rule) == (
        asked.name,
        asked.shots,
        asked.photo_rule,
    )
    assert not any(item.is_extra for item in items)


def test_it_has_a_number_its_stage_and_a_trail():
    order = RepairOrderFactory()
    checklist = ChecklistFactory(shop=order.shop, stage=Stage.CHECK_OUT)

    first, second = begin(order, checklist), begin(order, checklist)

    assert (first.number, second.number) == ("INS-2026-0001", "INS-2026-0002")
    assert (first.stage, first.status) == ("check_out", "in_progress")
    assert first.title == checklist.name
    assert (first.created_at, first.created_by) == (NOW, "Theo Technician")
    assert stages.told_by(first, "inspection.started") == {
        "number": "INS-2026-0001",
        "stage": "check_out",
        "version": 1,
        "items": 5,
    }


def test_a_later_version_changes_no_inspection():
    inspection = stages.begun()
    checklist = inspection.version.checklist

    checklists.save_version(
        checklist=checklist,
        shop=checklist.shop,
        stage=checklist.stage,
        name={"en": "Short"},
        items=WALK[:1],
        by=DESK,
        at=NOW,
    )

    inspection = Inspection.objects.get()
    assert inspection.title == {"en": "Round the car", "fr": "Tour du véhicule"}
    assert (inspection.version.number, inspection.items.count()) == (1, 5)
    later = begin(inspection.repair_order, Checklist.objects.get())
    assert (later.version.number, later.items.count()) == (2, 1)


def test_refuses_a_visit_that_is_over():
    order = RepairOrderFactory(status=RepairOrderStatus.CLOSED, closed_at=NOW)
    checklist = ChecklistFactory(shop=order.shop)
    before = stages.everything()

    with pytest.raises(RepairOrderNotOpen):
        begin(order, checklist)

    assert stages.everything() == before


def test_refuses_a_checklist_that_is_not_offered_or_another_shops():
    order = RepairOrderFactory()
    off = ChecklistFactory(shop=order.shop, is_active=False)
    theirs = ChecklistFactory(shop=ShopFactory())
    before = stages.everything()

    for checklist in (off, theirs):
        with pytest.raises(beginning.ChecklistNotOffered) as refusal:
            begin(order, checklist)
        assert set(refusal.value.fields) == {"checklist"}

    assert stages.everything() == before


def test_refuses_who_is_not_of_the_staff():
    order = RepairOrderFactory()
    checklist = ChecklistFactory(shop=order.shop)

    with pytest.raises(NotYourTransition):
        begin(order, checklist, by=CUSTOMER)

    assert not Inspection.objects.exists()


def test_the_first_offered_of_a_stage_is_the_default():
    shop = ShopFactory()
    ChecklistFactory(shop=shop, is_active=False)
    first = ChecklistFactory(shop=shop)
    ChecklistFactory(shop=shop)

    assert beginning.default_checklist(shop, Stage.CHECK_IN) == first
    assert beginning.default_checklist(shop, Stage.CHECK_OUT) is None


def test_forty_items_cost_as_many_queries_as_five(django_assert_num_queries):
    order = RepairOrderFactory()
    long = [*WALK, *(checklists.ItemDraft(name={"en": f"Item {n}"}) for n in range(35))]
    five = ChecklistFactory(shop=order.shop)
    forty = ChecklistFactory(shop=order.shop, items=long)
    begin(order, five)  # the year's counter and the head of the trail exist from here on

    for checklist in (five, forty):
        with django_assert_num_queries(17):
            begin(order, checklist)
