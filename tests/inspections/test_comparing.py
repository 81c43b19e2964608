"""Check-in and check-out side by side."""

from decimal import Decimal

import pytest
from django.utils import translation

from inspections import comparing
from inspections.comparing import Difference
from inspections.models import Inspection, ItemMedia
from inspections.services.checklists import ItemDraft
from inspections.states import ItemKind, Stage
from tests.factories import (
    NOW,
    WALK,
    ChecklistFactory,
    InspectionFactory,
    ItemMediaFactory,
    RepairOrderFactory,
    StoredFileFactory,
)
from tests.inspections import stages
from tests.inspections.stages import item_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(db):
    return RepairOrderFactory()


def check_in(order, **options):
    return InspectionFactory(repair_order=order, looked=True, **options)


def check_out(order, **options):
    return InspectionFactory(repair_order=order, stage=Stage.CHECK_OUT, looked=True, **options)


def differences(before, after):
    return {
        (pair.after or pair.before).pair_key: pair.difference
        for pair in comparing.pairs(before, after)
    }


@pytest.mark.parametrize(
    ("key", "seen", "expected"),
    [
        ("lights", {"result": "ok"}, Difference.SAME),
        ("lights", {"result": "attention", "note": "Dim."}, Difference.WORSE),
        ("bumper_front", {"result": "ok"}, Difference.BETTER),
        ("bumper_front", {"result": "urgent"}, Difference.WORSE),
        ("lights", {"result": "not_inspected", "reason": "Dark"}, Difference.NOT_COMPARABLE),
        ("lights", {"result": ""}, Difference.NOT_COMPARABLE),
        ("tyre_front_left", {"result": "", "measurement": Decimal("7")}, Difference.BETTER),
        ("tyre_front_left", {"result": "", "measurement": Decimal("1.3")}, Difference.CHANGED),
        ("tyre_front_left", {"result": "", "measurement": Decimal("1.400")}, Difference.SAME),
        ("odometer", {"result": "", "measurement": Decimal(84_020)}, Difference.CHANGED),
        ("vin", {"result": "", "reading": "1m8gdm9axkp042788"}, Difference.SAME),
        ("vin", {"result": "", "reading": "1M8GDM9AXKP042789"}, Difference.CHANGED),
    ],
)
def test_what_became_of_an_item(order, key, seen, expected):
    found = differences(check_in(order), check_out(order, seen={key: seen}))

    assert found.pop(key) == expected
    assert set(found.values()) == {Difference.SAME}


def test_items_pair_by_key_in_the_order_of_the_later_one(order):
    before = check_in(order)
    after = check_out(
        order,
        checklist=ChecklistFactory(
            shop=order.shop,
            stage=Stage.CHECK_OUT,
            items=[WALK[2], ItemDraft(name={"en": "Cleanliness"}), WALK[0]],
        ),
    )

    found = comparing.pairs(before, after)

    assert [(pair.section, pair.name, pair.difference) for pair in found] == [
        ("Body", "Lights", "same"),
        ("", "Cleanliness", "only_after"),
        ("Body", "Front bumper", "same"),
        ("", "VIN", "only_before"),
        ("", "Odometer", "only_before"),
        ("Wheels", "Tyre, front left", "only_before"),
    ]
    assert [(pair.before is None, pair.after is None) for pair in found[1:4]] == [
        (True, False),
        (False, False),
        (False, True),
    ]
    with translation.override("fr"):
        assert comparing.pairs(before, after)[0].name == "Feux"


def test_without_an_earlier_one_everything_is_only_in_the_later(order):
    found = comparing.pairs(None, check_out(order))
    assert {pair.difference for pair in found} == {Difference.ONLY_AFTER}
    assert len(found) == 5


def test_a_measurement_in_another_unit_is_not_comparable(order):
    inches = ItemDraft(
        name={"en": "Tyre"}, kind=ItemKind.MEASUREMENT, unit="in", pair_key="tyre_front_left"
    )
    after = check_out(
        order,
        checklist=ChecklistFactory(shop=order.shop, items=[inches]),
        seen={"tyre_front_left": {"result": "urgent", "measurement": Decimal(4)}},
    )
    assert differences(check_in(order), after)["tyre_front_left"] == Difference.NOT_COMPARABLE


def test_files_stand_side_by_side_from_each_angle(order):
    before, after = check_in(order), check_out(order)
    then = item_of(before, "bumper_front")
    now = item_of(after, "bumper_front")
    front_then, front_now = then.media.get(), now.media.get()
    left_now = ItemMediaFactory(item=now, shot=2)
    loose = ItemMediaFactory(item=then)
    ItemMediaFactory(item=then, shot=2, removed_at=NOW)

    (pair,) = [each for each in comparing.pairs(before, after) if each.after == now]

    assert [(each.label, list(each.before), list(each.after)) for each in pair.shots] == [
        ("From the front", [front_then], [front_now]),
        ("From the left", [], [left_now]),
        ("", [loose], []),
    ]


def test_angles_pair_by_name_where_the_lists_differ(order):
    before = check_in(order)
    (front,) = item_of(before, "bumper_front").media.all()
    turned = ItemDraft(
        name={"en": "Front bumper"},
        pair_key="bumper_front",
        shots=[{"en": "From the right"}, {"en": "From the front"}],
    )
    after = check_out(order, checklist=ChecklistFactory(shop=order.shop, items=[turned]))
    item = item_of(after, "bumper_front")
    now = ItemMediaFactory(item=item, shot=2)
    right = ItemMediaFactory(item=item, shot=1)

    pair = next(each for each in comparing.pairs(before, after) if each.after == item)

    assert [(each.label, list(each.before), list(each.after)) for each in pair.shots] == [
        ("From the right", [], [right]),
        ("From the front", [front], [now]),
    ]


def test_the_counterpart_is_the_newest_finished_check_in_of_the_visit(order):
    first = stages.complete(check_in(order))
    check_in(order)
    stages.complete(check_in(RepairOrderFactory(shop=order.shop)))
    after = check_out(order)

    found = Inspection.objects.for_shop(order.shop).counterpart_of(after)

    assert found == first
    assert Inspection.objects.for_shop(order.shop).counterpart_of(first) is None


def test_forty_items_with_eighty_files_load_and_compare_in_few_queries(
    order, django_assert_num_queries
):
    many = [
        ItemDraft(name={"en": f"Item {n}"}, pair_key=f"item_{n}", shots=[{"en": "Near"}])
        for n in range(40)
    ]
    checklist = ChecklistFactory(shop=order.shop, items=many)
    before = stages.begun(repair_order=order, checklist=checklist)
    after = stages.begun(repair_order=order, checklist=checklist)
    files = [StoredFileFactory(shop=order.shop) for _number in range(2)]
    ItemMedia.objects.bulk_create(
        ItemMediaFactory.build(shop=order.shop, item=item, file=file, shot=1)
        for inspection in (before, after)
        for item in inspection.items.all()
        for file in files
    )

    with django_assert_num_queries(4):
        pairs = comparing.pairs(before, after)
        shots = [media.file.intake for pair in pairs for shot in pair.shots for media in shot.after]
    assert (len(pairs), len(shots)) == (40, 80)
