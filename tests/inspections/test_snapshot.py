"""What an inspection says, as text that a hash is made of."""

import json
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from inspections import snapshot
from inspections.models import Inspection, InspectionItem, ItemMedia
from shopdisputes.canonical import sha256_hex
from shopdisputes.customers.models import Customer, Vehicle
from shopdisputes.repairorders.models import RepairOrder
from tests.factories import NOW, RemarkFileFactory
from tests.inspections import stages

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(minutes=5)


def text():
    return snapshot.text_of(Inspection.objects.with_everything().get())


def test_everything_said_is_in_it():
    inspection = stages.looked(note="Clean car.")
    item = stages.item_of(inspection, "bumper_front")
    photo = item.media.get()

    facts = json.loads(text())

    assert facts["schema"] == "shopdisputes.inspection/1"
    assert facts["vehicle"]["vin"] == "1M8GDM9AXKP042788"
    assert facts["repair_order"]["odometer"] == 84_000
    said = facts["inspection"]
    assert (said["number"], said["stage"], said["note"]) == (
        inspection.number,
        "check_in",
        "Clean car.",
    )
    assert said["checklist"] == {"id": str(inspection.version.checklist_id), "version": 1}
    assert [each["pair_key"] for each in said["items"]][:2] == ["vin", "odometer"]
    bumper = said["items"][2]
    assert (bumper["result"], bumper["note"]) == ("attention", "Scratch, 12 cm.")
    assert bumper["media"] == [
        {
            "name": "photo.png",
            "kind": "image/png",
            "size": photo.file.size,
            "sha256": photo.file.sha256,
            "shot": 1,
            "caption": "",
            "source": "camera",
            "added_at": "2026-03-16T09:30:00.000000+00:00",
            "added_by": "Theo Technician",
        }
    ]
    tyre = said["items"][3]
    assert (tyre["measurement"], tyre["unit"]) == ("1.400", "mm")
    assert tyre["limits"]["urgent_below"] == "1.600"


CHANGES = [
    (Inspection, {"number": "INS-2026-0099"}),
    (Inspection, {"stage": "check_out"}),
    (Inspection, {"title": {"en": "Other"}}),
    (Inspection, {"note": "Other"}),
    (Inspection, {"created_at": LATER}),
    (Inspection, {"completed_at": LATER}),
    (Inspection, {"completed_by": "Other"}),
    (InspectionItem, {"section": {"en": "Other"}}),
    (InspectionItem, {"name": {"en": "Other"}}),
    (InspectionItem, {"unit": "in"}),
    (InspectionItem, {"urgent_above": Decimal(9)}),
    (InspectionItem, {"shots": [{"en": "Other"}]}),
    (InspectionItem, {"result": "urgent"}),
    (InspectionItem, {"reason": "Other"}),
    (InspectionItem, {"measurement": Decimal("1.5")}),
    (InspectionItem, {"reading": "Other"}),
    (InspectionItem, {"note": "Other"}),
    (InspectionItem, {"recorded_at": LATER}),
    (InspectionItem, {"recorded_by": "Other"}),
    (ItemMedia, {"shot": 2}),
    (ItemMedia, {"caption": "Other"}),
    (ItemMedia, {"source": "gallery"}),
    (ItemMedia, {"added_at": LATER}),
    (ItemMedia, {"added_by": "Other"}),
    (ItemMedia, {"removed_at": LATER}),
    (Customer, {"name": "Other"}),
    (Vehicle, {"plate": "Other"}),
    (RepairOrder, {"odometer": 84_001}),
]


def test_another_fact_is_another_hash_and_the_same_are_the_same():
    item = stages.item_of(stages.looked(), "bumper_front")
    before = sha256_hex(text())
    assert sha256_hex(text()) == before

    hashes = {before}
    for model, change in CHANGES:
        row = item if model is InspectionItem else model.objects.get()
        earlier = {name: getattr(row, name) for name in change}
        model.objects.filter(pk=row.pk).update(**change)
        hashes.add(sha256_hex(text()))
        model.objects.filter(pk=row.pk).update(**earlier)

    assert len(hashes) == len(CHANGES) + 1
    assert sha256_hex(text()) == before


def test_notes_for_the_shop_are_not_in_it():
    stages.looked()
    before = text()
    InspectionItem.objects.update(internal_note="The customer is difficult.")
    assert text() == before


def test_an_answer_names_what_was_shown_and_every_file():
    remark = RemarkFileFactory()
    item = UUID(int=7)
    signed = snapshot.answer_text(
        inspection=remark.inspection,
        answer="disagree",
        remarks="It was there before.",
        item_remarks={item: "Look at the photo."},
        files=[remark],
        person="Camille Durand",
        at=NOW,
    )
    assert json.loads(signed) == {
        "schema": "shopdisputes.acknowledgement/1",
        "inspection": {"number": remark.inspection.number, "sha256": remark.inspection.sha256},
        "answer": "disagree",
        "remarks": "It was there before.",
        "item_remarks": {str(item): "Look at the photo."},
        "files": [
            {
                "item": None,
                "name": "photo.png",
                "kind": "image/png",
                "size": remark.file.size,
                "sha256": remark.file.sha256,
                "added_at": "2026-03-16T09:30:00.000000+00:00",
            }
        ],
        "person": "Camille Durand",
        "at": "2026-03-16T09:30:00.000000+00:00",
    }
