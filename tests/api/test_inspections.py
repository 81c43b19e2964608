"""Inspections over the API: begun, looked at, proved, completed, shared."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from inspections.models import Inspection, InspectionItem, ItemMedia
from shopdisputes.actors import Role
from shopdisputes.audit.models import AuditEvent
from shopdisputes.canonical import sha256_hex
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.shops.models import Shop
from shopdisputes.uploads.models import StoredFile
from tests import media
from tests.api.conftest import Program
from tests.factories import (
    ChecklistFactory,
    InspectionFactory,
    InspectionItemFactory,
    ItemMediaFactory,
    RepairOrderFactory,
)

pytestmark = pytest.mark.django_db

PHOTO = media.jpeg(taken_at="2026:03:02 09:12:00", gps=True)


@pytest.fixture
def order(shop: Shop) -> RepairOrder:
    return RepairOrderFactory(shop=shop)


@pytest.fixture
def inspection(order: RepairOrder) -> Inspection:
    """In progress, with the five items of the factories' walk."""
    return InspectionFactory(repair_order=order)


def item_of(inspection: Inspection, key: str) -> InspectionItem:
    return inspection.items.get(pair_key=key)


def path_of(item: InspectionItem, rest: str = "") -> str:
    return f"inspections/{item.inspection_id}/items/{item.pk}/{rest}"


def upload(
    api: Program, item: InspectionItem, content: bytes, name: str = "photo.jpg", **other: Any
) -> HttpResponse:
    headers = {name: other.pop(name) for name in [*other] if name == "Idempotency_Key"}
    body = {"file": SimpleUploadedFile(name, content), **other}
    return api("post", path_of(item, "media/"), body, form=True, **headers)


def test_begins_with_the_offered_checklist_of_the_stage(api: Program, order: RepairOrder) -> None:
    ChecklistFactory(shop=order.shop)

    response = api.post("inspections/", {"repair_order": str(order.pk), "stage": "check_in"})

    assert response.status_code == 201, response.content
    made = response.json()
    inspection = Inspection.objects.get()
    assert {name: made[name] for name in ("id", "number", "status", "stage", "title")} == {
        "id": str(inspection.pk),
        "number": "INS-2026-0001",
        "status": "in_progress",
        "stage": "check_in",
        "title": "Round the car",
    }
    assert [(item["name"], item["result"]) for item in made["items"]] == [
        ("VIN", None),
        ("Odometer", None),
        ("Front bumper", None),
        ("Tyre, front left", None),
        ("Lights", None),
    ]
    tyre = made["items"][3]
    assert (tyre["section"], tyre["kind"], tyre["unit"]) == ("Wheels", "measurement", "mm")
    assert (tyre["urgent_below"], tyre["attention_above"]) == ("1.600", None)
    assert made["items"][2]["shots"] == ["From the front", "From the left"]
    assert (made["sha256"], made["acknowledgement"], made["answer_by"]) == (None, None, None)


def test_texts_come_in_the_language_asked_for(api: Program, inspection: Inspection) -> None:
    response = api.get(f"inspections/{inspection.pk}/", Accept_Language="fr")

    assert response.json()["title"] == "Tour du véhicule"
    assert response.json()["items"][2]["name"] == "Pare-chocs avant"


def test_a_checklist_of_another_stage_or_shop_begins_nothing(
    api: Program, order: RepairOrder
) -> None:
    progress = ChecklistFactory(shop=order.shop, stage="progress")
    body = {"repair_order": str(order.pk), "stage": "check_in"}

    for checklist, code in ((progress, "checklist-not-offered"), (ChecklistFactory(), "invalid")):
        response = api.post("inspections/", body | {"checklist": str(checklist.pk)})
        assert (response.status_code, response.json()["code"]) == (422, code)
        assert list(response.json()["fields"]) == ["checklist"]
    response = api.post("inspections/", body)

    assert (response.status_code, list(response.json()["fields"])) == (422, ["stage"])
    assert not Inspection.objects.exists()


def test_the_same_key_begins_once(api: Program, order: RepairOrder) -> None:
    ChecklistFactory(shop=order.shop)
    body = {"repair_order": str(order.pk), "stage": "check_in"}

    first = api.post("inspections/", body, Idempotency_Key="k")
    again = api.post("inspections/", body, Idempotency_Key="k")

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"] == str(Inspection.objects.get().pk)


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


def test_completing_says_what_every_item_lacks(api: Program, inspection: Inspection) -> None:
    bumper, tyre = (item_of(inspection, key) for key in ("bumper_front", "tyre_front_left"))
    api.patch(path_of(bumper), {"result": "attention", "note": "Scratch."})
    api.patch(path_of(tyre), {"measurement": "7"})

    response = api.post(f"inspections/{inspection.pk}/complete/", {"needs_proof": True})

    assert (response.status_code, response.json()["code"]) == (422, "incomplete")
    fields = response.json()["fields"]
    assert fields[f"items.{bumper.pk}"] == "A photo is missing."
    assert len(fields) == 4
    assert f"items.{tyre.pk}" not in fields
    inspection.refresh_from_db()
    assert inspection.status == "in_progress"


def test_programs_may_complete_without_the_proof_that_pages_ask_for(
    api: Program, inspection: Inspection
) -> None:
    path = f"inspections/{inspection.pk}/complete/"
    items = list(inspection.items.in_order())
    for item in items[1:]:
        api.patch(path_of(item), {"result": "attention", "note": "Seen."})
    refused = api.post(path).json()
    assert list(refused["fields"]) == [f"items.{items[0].pk}"]

    api.patch(path_of(items[0]), {"result": "ok"})
    completed = api.post(path).json()

    assert completed["status"] == "completed"
    # The VIN, the odometer and the tyre say nothing, the bumper has no photo.
    event = AuditEvent.objects.get(action="inspection.completed")
    assert event.data["unproved"] == 4


def test_a_number_sent_for_a_plate_is_its_reading(api: Program, inspection: Inspection) -> None:
    vin = item_of(inspection, "vin")

    answer = api.patch(path_of(vin), {"result": "ok", "measurement": 123}).json()

    assert (answer["result"], answer["reading"], answer["measurement"]) == ("ok", "123", None)


def test_a_condition_may_carry_a_measurement_too(api: Program, inspection: Inspection) -> None:
    lights = item_of(inspection, "lights")

    answer = api.patch(path_of(lights), {"result": "attention", "measurement": "2.5"}).json()

    assert (answer["result"], answer["measurement"]) == ("attention", "2.500")


def test_completed_shared_and_read(api: Program, inspection: Inspection) -> None:
    path = f"inspections/{inspection.pk}/"
    api.patch(path, {"note": "One scratch at the front."})
    api.patch(path_of(item_of(inspection, "bumper_front")), {"result": "urgent", "note": "Loose."})
    upload(api, item_of(inspection, "bumper_front"), PHOTO)
    rest = api.post(f"{path}rest/", {"reason": "The customer waits."})
    assert [item["result"] for item in rest.json()["items"]].count("not_inspected") == 4

    completed = api.post(f"{path}complete/", Idempotency_Key="done")
    shared = api.post(f"{path}share/", {"message": "Please look.", "answer_by": "2026-03-20"})

    assert (completed.status_code, completed.json()["status"]) == (200, "completed")
    assert len(completed.json()["sha256"]) == 64
    assert shared.status_code == 200, shared.content
    answer = shared.json()
    assert (answer["status"], answer["answer_by"], answer["message"]) == (
        "shared",
        "2026-03-20",
        "Please look.",
    )
    assert (answer["note"], answer["sha256"]) == (
        "One scratch at the front.",
        completed.json()["sha256"],
    )
    mail = OutgoingEmail.objects.get()
    assert (mail.kind, mail.recipient) == ("inspection_shared", answer["sent_to"])
    again = api.post(f"{path}share/")
    assert (again.status_code, again.json()["code"]) == (409, "not-allowed-in-this-state")
    assert api.post(f"{path}reshare/").status_code == 200


def test_a_day_that_is_over_is_refused_and_nothing_is_mailed(
    api: Program, order: RepairOrder
) -> None:
    inspection = InspectionFactory(repair_order=order, completed=True)

    response = api.post(f"inspections/{inspection.pk}/share/", {"answer_by": "2026-03-15"})

    assert (response.status_code, list(response.json()["fields"])) == (422, ["answer_by"])
    inspection.refresh_from_db()
    assert inspection.status == "completed"
    assert not OutgoingEmail.objects.exists()


def test_reopened_and_discarded(api: Program, order: RepairOrder) -> None:
    inspection = InspectionFactory(repair_order=order, completed=True)
    path = f"inspections/{inspection.pk}/"

    assert api.post(f"{path}reopen/").json()["status"] == "in_progress"
    assert api.post(f"{path}discard/").status_code == 422
    assert api.post(f"{path}discard/", {"reason": "Wrong car."}).json()["status"] == "discarded"
    event = AuditEvent.objects.get(action="inspection.discarded")
    assert event.data["reason"] == "Wrong car."


def test_the_customers_answer_stands_in_the_inspection(api: Program, order: RepairOrder) -> None:
    inspection = InspectionFactory(repair_order=order, answered="disagree")

    answer = api.get(f"inspections/{inspection.pk}/").json()["acknowledgement"]

    assert (answer["answer"], answer["evidence_level"]) == ("disagree", "L1")
    assert (answer["remarks"], answer["files"], answer["item_remarks"]) == (
        "The scratch was there before.",
        [],
        [],
    )
    assert answer["document_sha256"] is None
    for paper in ("pdf", "signed-pdf"):
        waiting = api.get(f"inspections/{inspection.pk}/{paper}/")
        assert (waiting.status_code, waiting.json()["code"]) == (409, "not-ready")


def test_what_was_never_completed_or_answered_has_no_paper(
    api: Program, inspection: Inspection
) -> None:
    for paper in ("pdf", "signed-pdf"):
        assert api.get(f"inspections/{inspection.pk}/{paper}/").status_code == 404


def test_the_list_is_filtered_by_order_stage_status_and_words(
    api: Program, inspection: Inspection, shop: Shop
) -> None:
    other = InspectionFactory(shop=shop, stage="check_out", completed=True)

    def found(query: str) -> list[str]:
        return [row["id"] for row in api.get(f"inspections/?{query}").json()["results"]]

    assert found("stage=check_out") == found("status=completed") == [str(other.pk)]
    assert found(f"repair_order={inspection.repair_order_id}") == [str(inspection.pk)]
    assert found(f"search={inspection.number}") == [str(inspection.pk)]
    assert sorted(found("")) == sorted([str(other.pk), str(inspection.pk)])
    assert api.get("inspections/?stage=lunch").status_code == 422


def test_the_detail_asks_as_many_questions_whatever_it_holds(
    api: Program, inspection: Inspection, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    for number in range(3):
        item = InspectionItemFactory(inspection=inspection, name={"en": f"Extra {number}"})
        ItemMediaFactory.create_batch(2, item=item)

    with django_assert_max_num_queries(13):
        api.get(f"inspections/{inspection.pk}/")


def test_checklists_are_listed_and_read(api: Program, shop: Shop) -> None:
    checklist = ChecklistFactory(shop=shop)

    (listed,) = api.get("checklists/?stage=check_in&is_active=true").json()["results"]
    read = api.get(f"checklists/{checklist.pk}/").json()

    assert (listed["name"], listed["version"], listed["items"]) == ("Round the car", 1, 5)
    assert [item["name"] for item in read["items"]] == [
        "Front bumper",
        "Tyre, front left",
        "Lights",
        "VIN",
        "Odometer",
    ]
    assert api.post("checklists/", {"name": "x"}).status_code == 405


def test_technicians_do_all_but_share(program: Callable[..., Program], order: RepairOrder) -> None:
    ChecklistFactory(shop=order.shop)
    technician = program(Role.TECHNICIAN)

    made = technician.post("inspections/", {"repair_order": str(order.pk), "stage": "check_in"})
    inspection = Inspection.objects.get()

    assert made.status_code == 201
    assert upload(technician, item_of(inspection, "lights"), PHOTO).status_code == 201
    assert technician.post(f"inspections/{inspection.pk}/share/").status_code == 403


def test_another_shops_inspection_does_not_exist(
    program: Callable[..., Program], inspection: Inspection
) -> None:
    stranger = program(shop=InspectionFactory().shop)
    lights = item_of(inspection, "lights")
    added = ItemMediaFactory(item=lights)

    assert stranger.get(f"inspections/{inspection.pk}/").status_code == 404
    assert stranger.patch(path_of(lights), {"result": "ok"}).status_code == 404
    assert upload(stranger, lights, PHOTO).status_code == 404
    assert stranger("delete", path_of(lights, f"media/{added.pk}/")).status_code == 404
    assert stranger.get(f"inspections/{uuid4()}/").status_code == 404
    assert StoredFile.objects.count() == 1
