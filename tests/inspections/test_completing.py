"""Ending an inspection: what is missing, what is frozen, how it is taken back."""

import json
from datetime import timedelta

import pytest

from inspections.models import Inspection, InspectionItem
from inspections.services import citing, completing
from inspections.services import media as media_service
from inspections.states import PhotoRule
from shopdisputes.canonical import sha256_hex
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.repairorders.services import RepairOrderNotOpen
from shopdisputes.transitions import IllegalTransition, NotYourTransition
from shopdisputes.uploads.models import Intake
from shopdisputes.uploads.states import IntakeStatus, QuarantineReason
from tests.factories import NOW, WALK, ChecklistFactory, DocumentFactory, RepairOrderFactory
from tests.inspections import stages
from tests.inspections.stages import CUSTOMER, DESK, TECHNICIAN, complete, item_of, see

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(minutes=5)


def lacking(inspection):
    """What is missing, by the item's pair key."""
    keys = dict(inspection.items.values_list("pk", "pair_key"))
    return {keys[pk]: said for pk, said in completing.missing(inspection).items()}


def refuses(inspection):
    before = stages.everything()
    with pytest.raises(completing.Incomplete) as refusal:
        complete(inspection)
    assert stages.everything() == before
    return refusal.value.fields


def test_an_inspection_of_which_nothing_is_written_misses_everything():
    inspection = stages.begun()
    assert set(lacking(inspection)) == {
        "vin",
        "odometer",
        "bumper_front",
        "tyre_front_left",
        "lights",
    }
    assert set(refuses(inspection)) == {str(pk) for pk in completing.missing(inspection)}


@pytest.mark.parametrize(
    ("key", "seen", "said"),
    [
        ("tyre_front_left", {"result": "ok"}, "The measurement is missing."),
        ("odometer", {"result": "ok"}, "The measurement is missing."),
        ("vin", {"result": "ok"}, "What was read off the car is missing."),
        ("lights", {"result": ""}, "Not looked at yet."),
    ],
)
def test_each_kind_needs_what_it_asks_for(key, seen, said):
    inspection = stages.looked(seen={key: seen})
    assert lacking(inspection) == {key: [said]}
    assert refuses(inspection) == {str(item_of(inspection, key).pk): said}


@pytest.mark.parametrize("key", ["tyre_front_left", "odometer", "vin", "bumper_front"])
def test_what_was_not_inspected_needs_its_reason_only(key):
    seen = {key: {"result": "not_inspected", "reason": "Under snow"}}
    inspection = stages.looked(seen=seen)
    assert lacking(inspection) == {}
    assert complete(inspection).status == "completed"


@pytest.mark.parametrize(
    ("rule", "result", "needed"),
    [
        (PhotoRule.NEVER, "urgent", False),
        (PhotoRule.WHEN_NOT_OK, "ok", False),
        (PhotoRule.WHEN_NOT_OK, "attention", True),
        (PhotoRule.ALWAYS, "ok", True),
        (PhotoRule.ALWAYS, "not_inspected", False),
    ],
)
def test_a_photo_is_needed_as_the_rule_says(rule, result, needed):
    inspection = stages.begun()
    item = item_of(inspection, "lights")
    item.photo_rule = rule
    item.save(update_fields=["photo_rule"])
    see(item, result, reason="Dark")

    assert lacking(inspection).get("lights", []) == (["A photo is missing."] if needed else [])


@pytest.mark.parametrize(
    ("status", "reason", "counts"),
    [
        (IntakeStatus.WAITING, "", True),
        (IntakeStatus.FAILED, "", True),
        (IntakeStatus.QUARANTINED, QuarantineReason.INFECTED, False),
    ],
)
def test_a_file_that_is_kept_apart_proves_nothing(status, reason, counts):
    inspection = stages.looked()
    Intake.objects.update(status=status, reason=reason)
    assert (lacking(inspection) == {}) is counts


def test_a_photo_that_was_taken_away_does_not_count():
    inspection = stages.looked()
    photo = item_of(inspection, "bumper_front").media.get()
    media_service.remove(media=photo, by=TECHNICIAN, at=NOW)
    assert lacking(inspection) == {"bumper_front": ["A photo is missing."]}


def test_another_cars_vin_or_plate_is_said_and_stops_nobody():
    inspection = stages.looked()
    assert completing.warnings(inspection) == []

    see(item_of(inspection, "vin"), reading="1M8GDM9AXKP042789")

    assert completing.warnings(inspection) == [
        "The VIN read off the car (1M8GDM9AXKP042789) is not that of the vehicle"
        " (1M8GDM9AXKP042788)."
    ]
    assert complete(inspection).status == "completed"


def test_completion_freezes_what_it_says():
    inspection = complete(stages.looked())

    assert (inspection.status, inspection.completed_at) == ("completed", NOW)
    assert inspection.completed_by == "Theo Technician"
    inspection.refresh_from_db()
    assert inspection.sha256 == sha256_hex(inspection.canonical_json)
    assert json.loads(inspection.canonical_json)["inspection"]["number"] == inspection.number
    assert stages.told_by(inspection, "inspection.completed") == {
        "number": inspection.number,
        "stage": "check_in",
        "sha256": inspection.sha256,
        "unproved": 0,
        "photos": 1,
        "videos": 0,
        "pdfs": 0,
        "items": 5,
        "ok": 3,
        "attention": 1,
        "urgent": 1,
        "not_inspected": 0,
    }


def test_is_completed_once_and_by_staff():
    inspection = stages.looked()
    with pytest.raises(NotYourTransition):
        completing.complete(inspection=inspection, by=CUSTOMER, at=NOW)
    complete(inspection)
    before = stages.everything()
    with pytest.raises(IllegalTransition):
        complete(inspection, at=LATER)
    assert stages.everything() == before


def test_a_car_that_left_can_still_be_completed():
    inspection = stages.looked()
    RepairOrder.objects.update(status="closed", closed_at=NOW)
    assert complete(inspection).status == "completed"


def test_reopening_unfreezes_and_the_next_completion_counts():
    inspection = complete(stages.looked())
    first = inspection.sha256
    Inspection.objects.update(report=DocumentFactory(shop=inspection.shop))

    inspection = completing.reopen(inspection=inspection, by=TECHNICIAN, at=LATER)

    assert (inspection.status, inspection.sha256, inspection.canonical_json) == (
        "in_progress",
        "",
        "",
    )
    assert (inspection.completed_at, inspection.completed_by, inspection.report) == (
        None,
        "",
        None,
    )
    assert stages.told_by(inspection, "inspection.reopened")["sha256"] == first
    see(item_of(inspection, "lights"), "attention", note="Flickers.")
    inspection = complete(inspection, at=LATER)
    assert inspection.sha256 != first
    assert stages.actions(inspection) == [
        "inspection.started",
        "inspection.completed",
        "inspection.reopened",
        "inspection.completed",
    ]


def test_what_a_customer_has_seen_stays():
    shared = stages.share(complete(stages.looked()))
    cited = complete(stages.looked())
    citing.cite(inspection=cited, at=NOW)
    over = complete(stages.looked())
    RepairOrder.objects.filter(pk=over.repair_order_id).update(status="closed", closed_at=NOW)
    before = stages.everything()

    for inspection, error in (
        (shared, IllegalTransition),
        (cited, completing.Cited),
        (over, RepairOrderNotOpen),
    ):
        with pytest.raises(error):
            completing.reopen(inspection=inspection, by=DESK, at=LATER)
    for inspection, error in ((shared, IllegalTransition), (cited, completing.Cited)):
        with pytest.raises(error):
            completing.discard(inspection=inspection, reason="Wrong car", by=DESK, at=LATER)

    assert stages.everything() == before


def test_discarding_needs_a_reason_and_keeps_everything_readable():
    inspection = stages.begun()
    before = stages.everything()
    for reason in (" ", "r" * 2001):
        with pytest.raises(completing.ReasonMissing):
            completing.discard(inspection=inspection, reason=reason, by=DESK, at=NOW)
    assert stages.everything() == before

    inspection = completing.discard(inspection=inspection, reason=" Wrong car. ", by=DESK, at=NOW)

    assert (inspection.status, inspection.items.count()) == ("discarded", 5)
    assert stages.told_by(inspection, "inspection.discarded")["reason"] == "Wrong car."
    with pytest.raises(IllegalTransition):
        completing.discard(inspection=inspection, reason="Again", by=DESK, at=NOW)


def test_a_hundred_items_are_completed_in_as_many_queries_as_five(django_assert_num_queries):
    order = RepairOrderFactory()
    more = [*WALK, *(type(WALK[0])(name={"en": f"Item {n}"}) for n in range(95))]
    five = stages.begun(repair_order=order)
    hundred = stages.begun(
        repair_order=order, checklist=ChecklistFactory(shop=order.shop, items=more)
    )
    InspectionItem.objects.update(result="ok", measurement=4, reading="1M8GDM9AXKP042788")
    assert hundred.items.count() == 100
    for inspection in (five, hundred):
        with django_assert_num_queries(19):
            complete(inspection)
