"""Writing down what was seen, item by item."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from inspections.models import InspectionItem, ItemMedia
from inspections.services import locking, recording
from inspections.states import Result
from shopdisputes.transitions import NotYourTransition
from tests.factories import NOW, ItemMediaFactory
from tests.inspections import stages
from tests.inspections.stages import CUSTOMER, DESK, TECHNICIAN, item_of, see

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def inspection(db):
    return stages.begun()


@pytest.mark.parametrize(
    ("measured", "expected"), [("1.4", "urgent"), ("2", "attention"), ("3", "ok"), ("8.5", "ok")]
)
def test_a_measurement_suggests_its_result(inspection, measured, expected):
    tyre = see(item_of(inspection, "tyre_front_left"), measurement=Decimal(measured))

    assert (tyre.result, tyre.measurement) == (expected, Decimal(measured))
    assert (tyre.recorded_at, tyre.recorded_by) == (NOW, "Theo Technician")


def test_a_graver_result_than_measured_needs_no_note(inspection):
    tyre = see(item_of(inspection, "tyre_front_left"), "urgent", measurement=Decimal("8"))
    assert (tyre.result, tyre.note) == ("urgent", "")


def test_a_milder_result_needs_a_note(inspection):
    tyre = item_of(inspection, "tyre_front_left")
    before = stages.everything()

    with pytest.raises(recording.NoteMissing) as refusal:
        see(tyre, "ok", measurement=Decimal("2"))
    assert set(refusal.value.fields) == {"note"}
    assert stages.everything() == before

    tyre = see(tyre, "ok", measurement=Decimal("2"), note=" Replaced today. ")
    assert (tyre.result, tyre.note) == ("ok", "Replaced today.")
    # The note is there already; a second look needs no second one.
    assert see(tyre, "ok", measurement=Decimal("2.1")).result == "ok"


def test_not_inspected_needs_a_reason(inspection):
    lights = item_of(inspection, "lights")
    before = stages.everything()

    for reason in (None, "", "  "):
        with pytest.raises(recording.ReasonMissing) as refusal:
            see(lights, "not_inspected", reason=reason)
        assert set(refusal.value.fields) == {"reason"}
    assert stages.everything() == before

    lights = see(lights, "not_inspected", reason="Wheel nut key missing")
    assert (lights.result, lights.reason) == ("not_inspected", "Wheel nut key missing")
    assert see(lights, "not_inspected", note="Bring it.").reason == "Wheel nut key missing"
    assert see(lights, "ok").reason == ""


def test_none_leaves_what_is_there(inspection):
    tyre = see(
        item_of(inspection, "tyre_front_left"),
        measurement=Decimal("2"),
        note="Worn outside.",
        internal_note="Ask for alignment.",
    )

    tyre = recording.record(item=tyre, result="urgent", by=DESK, at=LATER)

    assert (tyre.result, tyre.measurement) == ("urgent", Decimal("2"))
    assert (tyre.note, tyre.internal_note) == ("Worn outside.", "Ask for alignment.")
    assert (tyre.recorded_at, tyre.recorded_by) == (LATER, "Ada Advisor")
    assert see(tyre, "urgent", note="").note == ""


def test_an_item_can_become_not_looked_at_again(inspection):
    tyre = see(item_of(inspection, "tyre_front_left"), measurement=Decimal("2"), note="Worn.")

    tyre = see(tyre, "")

    assert (tyre.result, tyre.measurement, tyre.note) == ("", None, "Worn.")


def test_what_was_not_inspected_has_no_measurement(inspection):
    tyre = see(item_of(inspection, "tyre_front_left"), measurement=Decimal("2"))
    tyre = see(tyre, "not_inspected", reason="Key missing", measurement=Decimal("2"))
    assert (tyre.result, tyre.measurement) == ("not_inspected", None)


def test_what_is_read_off_the_car_is_all_right_by_itself(inspection):
    vin = see(item_of(inspection, "vin"), reading=" 1m8gdm9a xkp042788 ")
    assert (vin.result, vin.reading) == ("ok", "1M8GDM9AXKP042788")


@pytest.mark.parametrize(
    ("key", "told", "field"),
    [
        ("lights", {"result": "broken"}, "result"),
        ("vin", {"result": "ok", "measurement": Decimal(1)}, "measurement"),
        ("lights", {"result": "ok", "reading": "AB-123-CD"}, "reading"),
        ("lights", {"result": "ok", "note": "n" * 2001}, "note"),
        ("lights", {"result": "ok", "internal_note": "n" * 2001}, "internal_note"),
        ("lights", {"result": "not_inspected", "reason": "r" * 301}, "reason"),
        ("vin", {"reading": "V" * 41}, "reading"),
        ("tyre_front_left", {"measurement": Decimal("NaN")}, "measurement"),
        ("tyre_front_left", {"measurement": Decimal("Infinity")}, "measurement"),
        ("tyre_front_left", {"measurement": Decimal("1.2345")}, "measurement"),
        ("tyre_front_left", {"measurement": Decimal(10) ** 9}, "measurement"),
        ("odometer", {"measurement": Decimal("-1")}, "measurement"),
        ("odometer", {"measurement": Decimal("1.5")}, "measurement"),
        ("odometer", {"measurement": Decimal(10_000_000)}, "measurement"),
    ],
)
def test_refuses_what_cannot_be_right(inspection, key, told, field):
    before = stages.everything()

    with pytest.raises(recording.ValueRefused) as refusal:
        see(item_of(inspection, key), **told)

    assert set(refusal.value.fields) == {field}
    assert stages.everything() == before


def test_refuses_who_is_not_of_the_staff(inspection):
    with pytest.raises(NotYourTransition):
        recording.record(item=item_of(inspection, "lights"), result="ok", by=CUSTOMER, at=NOW)
    assert item_of(inspection, "lights").result == ""


def test_an_extra_item_comes_last_and_can_go_again(inspection):
    item = recording.add_item(
        inspection=inspection, section={"en": "Roof"}, name=" Roof box ", by=TECHNICIAN, at=NOW
    )
    assert (item.position, item.is_extra, item.name) == (6, True, {"en": "Roof box"})
    see(item, "attention", note="Cracked.")
    photo = ItemMediaFactory(item=item)

    recording.remove_item(item=item, by=TECHNICIAN, at=NOW)

    assert inspection.items.count() == 5
    assert not ItemMedia.objects.exists()
    told = stages.told_by(inspection, "inspection.item_removed")
    assert (told["item"], told["files"]) == ("Roof box", [photo.file.sha256])
    with pytest.raises(locking.ItemGone):
        see(item, "ok")


def test_refuses_an_extra_item_without_a_name(inspection):
    before = stages.everything()
    for name in (" ", "n" * 201):
        with pytest.raises(recording.ValueRefused) as refusal:
            recording.add_item(inspection=inspection, section={}, name=name, by=DESK, at=NOW)
        assert set(refusal.value.fields) == {"name"}
    assert stages.everything() == before


def test_items_of_the_checklist_stay(inspection):
    before = stages.everything()
    with pytest.raises(recording.NotExtra):
        recording.remove_item(item=item_of(inspection, "lights"), by=TECHNICIAN, at=NOW)
    assert stages.everything() == before


def test_the_rest_is_not_inspected_for_one_reason(inspection):
    see(item_of(inspection, "lights"), "ok")

    count = recording.rest_not_inspected(
        inspection=inspection, reason=" Car was fetched. ", by=TECHNICIAN, at=LATER
    )

    assert count == 4
    assert item_of(inspection, "lights").result == "ok"
    rest = inspection.items.exclude(pair_key="lights")
    assert set(rest.values_list("result", "reason", "recorded_at")) == {
        (Result.NOT_INSPECTED, "Car was fetched.", LATER)
    }
    with pytest.raises(recording.ReasonMissing):
        recording.rest_not_inspected(inspection=inspection, reason=" ", by=TECHNICIAN, at=NOW)


def test_the_note_about_the_whole(inspection):
    assert (
        recording.set_note(inspection=inspection, note=" Clean. ", by=DESK, at=NOW).note == "Clean."
    )
    with pytest.raises(recording.ValueRefused):
        recording.set_note(inspection=inspection, note="n" * 4001, by=DESK, at=NOW)


def test_nothing_is_written_after_completion():
    inspection = stages.complete(stages.looked())
    item = item_of(inspection, "lights")
    before = stages.everything()

    for act in (
        lambda: see(item, "urgent"),
        lambda: recording.add_item(inspection=inspection, section={}, name="Box", by=DESK, at=NOW),
        lambda: recording.remove_item(item=item, by=DESK, at=NOW),
        lambda: recording.set_note(inspection=inspection, note="More", by=DESK, at=NOW),
        lambda: recording.rest_not_inspected(inspection=inspection, reason="None", by=DESK, at=NOW),
    ):
        with pytest.raises(locking.NotInProgress):
            act()

    assert stages.everything() == before


def test_the_database_refuses_it_too():
    stages.complete(stages.looked())
    before = stages.everything()

    for rows, change in (
        (InspectionItem.objects, {"note": "Nothing was wrong."}),
        (ItemMedia.objects, {"caption": "Another car"}),
    ):
        for act in (lambda: rows.update(**change), lambda: rows.all()._raw_delete("default")):  # noqa: B023
            with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
                act()

    assert stages.everything() == before
