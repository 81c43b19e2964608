"""What programs note about the items of an inspection, and the files that prove it."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from inspections.models import Inspection, ItemMedia
from shopdisputes.canonical import sha256_hex
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.shops.models import Shop
from shopdisputes.uploads.models import StoredFile
from tests import media
from tests.api.conftest import Program
from tests.api.inspecting import PHOTO, item_of, path_of, upload
from tests.factories import InspectionFactory, ItemMediaFactory, RepairOrderFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(shop: Shop) -> RepairOrder:
    return RepairOrderFactory(shop=shop)


@pytest.fixture
def inspection(order: RepairOrder) -> Inspection:
    """In progress, with the five items of the factories' walk."""
    return InspectionFactory(repair_order=order)


def test_a_measurement_suggests_its_result_as_text_or_number(
    api: Program, inspection: Inspection
) -> None:
    tyre = item_of(inspection, "tyre_front_left")

    found = []
    for sent in ("1.5", 2.5, 7):
        response = api.patch(path_of(tyre), {"measurement": sent})
        assert response.status_code == 200, response.content
        found.append((response.json()["measurement"], response.json()["result"]))

    assert found == [("1.500", "urgent"), ("2.500", "attention"), ("7.000", "ok")]


def test_what_is_not_sent_stays(api: Program, inspection: Inspection) -> None:
    tyre = item_of(inspection, "tyre_front_left")
    api.patch(path_of(tyre), {"measurement": "2.5", "note": "Worn at the edge."})

    response = api.patch(path_of(tyre), {"internal_note": "Ask about the track."})

    seen = response.json()
    assert (seen["result"], seen["measurement"], seen["note"], seen["internal_note"]) == (
        "attention",
        "2.500",
        "Worn at the edge.",
        "Ask about the track.",
    )
    cleared = api.patch(path_of(tyre), {"result": None}).json()
    assert (cleared["result"], cleared["measurement"]) == (None, None)


def test_not_inspected_takes_its_reason_from_the_note_when_none_is_sent(
    api: Program, inspection: Inspection
) -> None:
    lights = item_of(inspection, "lights")
    refused = api.patch(path_of(lights), {"result": "not_inspected"})

    assert (refused.status_code, refused.json()["code"]) == (422, "reason-missing")
    assert "reason" in refused.json()["fields"]
    taken = api.patch(path_of(lights), {"result": "not_inspected", "note": "Battery is dead."})
    assert (taken.status_code, taken.json()["reason"]) == (200, "Battery is dead.")
    said = api.patch(path_of(lights), {"result": "not_inspected", "reason": "No time."})
    assert said.json()["reason"] == "No time."


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"result": "fine"}, 422, "result"),
        ({"result": ["ok"]}, 400, "result"),
        ({"measurement": "two"}, 422, "measurement"),
        ({"measurement": "1.2345"}, 422, "measurement"),
        ({"measurement": True}, 400, "measurement"),
        ({"reading": "AB-123-CD"}, 422, "reading"),
        ({"note": "x" * 2001}, 422, "note"),
    ],
)
def test_a_wrong_value_is_refused_at_its_field(
    api: Program, inspection: Inspection, body: dict[str, Any], status: int, field: str
) -> None:
    tyre = item_of(inspection, "tyre_front_left")

    response = api.patch(path_of(tyre), body)

    assert (response.status_code, list(response.json()["fields"])) == (status, [field])
    tyre.refresh_from_db()
    assert (tyre.result, tyre.measurement, tyre.note) == ("", None, "")


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (PHOTO, "IMG_0001.HEIC", "jpeg"),
        (media.png(), "photo.png", "png"),
        (media.pdf(), "faults.pdf", "pdf"),
        (media.mp4(), "noise.mov", "mp4"),
    ],
)
def test_a_file_is_known_by_its_content(
    api: Program, inspection: Inspection, content: bytes, name: str, kind: str
) -> None:
    bumper = item_of(inspection, "bumper_front")

    response = upload(api, bumper, content, name, shot="2", caption="Scratch")

    assert response.status_code == 201, response.content
    added = response.json()
    assert {name: added[name] for name in ("kind", "size", "sha256", "state", "shot")} == {
        "kind": kind,
        "size": len(content),
        "sha256": sha256_hex(content),
        "state": "queued",
        "shot": 2,
    }
    assert (added["name"], added["caption"], added["item"]) == (name, "Scratch", str(bumper.pk))
    shown = api.get(path_of(bumper, f"media/{added['id']}/"))
    assert shown.json() == added
    (listed,) = api.get(f"inspections/{inspection.pk}/").json()["items"][2]["media"]
    assert listed == added
    assert ItemMedia.objects.get().source == "api"


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"MZ\x90\x00 a program", 415, "wrong-type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, "wrong-type"),
        (PHOTO[:200], 415, "wrong-type"),
        (b"", 422, "empty-file"),
    ],
)
def test_what_is_none_of_the_four_kinds_is_refused(
    api: Program, inspection: Inspection, content: bytes, status: int, code: str
) -> None:
    response = upload(api, item_of(inspection, "lights"), content)

    assert (response.status_code, response.json()["code"]) == (status, code)
    assert list(response.json()["fields"]) == ["file"]
    assert not StoredFile.objects.exists()


def test_a_byte_more_than_fifty_mebibytes_is_too_large(
    api: Program, inspection: Inspection
) -> None:
    lights = item_of(inspection, "lights")

    exact = upload(api, lights, media.mp4_of_size(50 * 1024 * 1024), "exact.mp4")
    larger = upload(api, lights, media.mp4_of_size(50 * 1024 * 1024 + 1), "larger.mp4")

    assert (exact.status_code, exact.json()["size"]) == (201, 52_428_800)
    assert (larger.status_code, larger.json()["code"]) == (413, "too-large")
    assert ItemMedia.objects.count() == 1


def test_a_form_without_a_file_or_with_a_text_in_its_place_is_422(
    api: Program, inspection: Inspection
) -> None:
    lights = item_of(inspection, "lights")

    for body in ({}, {"file": "photo.jpg"}, {"file": SimpleUploadedFile("a", PHOTO), "shot": "1"}):
        response = api("post", path_of(lights, "media/"), body, form=True)
        assert response.status_code == 422, response.content
    assert api.post(path_of(lights, "media/"), {"file": "x"}).status_code == 415
    assert not ItemMedia.objects.exists()


def test_the_same_key_or_the_same_bytes_are_one_file(api: Program, inspection: Inspection) -> None:
    lights = item_of(inspection, "lights")

    first = upload(api, lights, PHOTO, Idempotency_Key="p")
    again = upload(api, lights, PHOTO, Idempotency_Key="p")
    other = upload(api, lights, media.png(), Idempotency_Key="p")
    unkeyed = upload(api, lights, PHOTO)

    assert [each.status_code for each in (first, again, other, unkeyed)] == [201, 201, 422, 201]
    assert first.json()["id"] == again.json()["id"] == unkeyed.json()["id"]
    assert again["Idempotency-Replayed"] == "true"
    assert other.json()["code"] == "idempotency-key-reused"
    assert ItemMedia.objects.count() == 1


def test_a_file_is_taken_away_while_the_inspection_is_in_progress(
    api: Program, inspection: Inspection
) -> None:
    added = ItemMediaFactory(item=item_of(inspection, "lights"))
    path = path_of(added.item, f"media/{added.pk}/")

    assert api("delete", path).status_code == 204

    assert api.get(path).status_code == api("delete", path).status_code == 404
    added.refresh_from_db()
    assert added.removed_at is not None
    assert StoredFile.objects.filter(pk=added.file_id).exists()


def test_nothing_is_changed_once_it_is_completed(api: Program, order: RepairOrder) -> None:
    inspection = InspectionFactory(repair_order=order, completed=True)
    added = ItemMedia.objects.get()
    item = added.item

    responses = [
        api.patch(path_of(item), {"result": "ok", "note": "It is fine."}),
        upload(api, item, media.png()),
        api("delete", path_of(item, f"media/{added.pk}/")),
        api.patch(f"inspections/{inspection.pk}/", {"note": "All fine."}),
        api.post(f"inspections/{inspection.pk}/items/", {"name": "Roof box"}),
    ]

    assert [each.status_code for each in responses] == [409] * 5
    assert {each.json()["code"] for each in responses} == {"not-in-progress"}
    item.refresh_from_db()
    assert item.result == "attention"
    assert StoredFile.objects.count() == 1


def test_an_item_of_ones_own_is_added_and_removed(api: Program, inspection: Inspection) -> None:
    response = api.post(
        f"inspections/{inspection.pk}/items/", {"name": "Roof box", "section": "Extras"}
    )

    assert response.status_code == 201
    added = response.json()
    assert (added["name"], added["section"], added["is_extra"]) == ("Roof box", "Extras", True)
    path = f"inspections/{inspection.pk}/items/"
    assert api("delete", f"{path}{added['id']}/").status_code == 204
    kept = item_of(inspection, "lights")
    refused = api("delete", f"{path}{kept.pk}/")
    assert (refused.status_code, refused.json()["code"]) == (422, "not-extra")
    assert inspection.items.count() == 5


def test_a_number_sent_for_a_plate_is_its_reading(api: Program, inspection: Inspection) -> None:
    vin = item_of(inspection, "vin")

    answer = api.patch(path_of(vin), {"result": "ok", "measurement": 123}).json()

    assert (answer["result"], answer["reading"], answer["measurement"]) == ("ok", "123", None)


def test_a_condition_may_carry_a_measurement_too(api: Program, inspection: Inspection) -> None:
    lights = item_of(inspection, "lights")

    answer = api.patch(path_of(lights), {"result": "attention", "measurement": "2.5"}).json()

    assert (answer["result"], answer["measurement"]) == ("attention", "2.500")
