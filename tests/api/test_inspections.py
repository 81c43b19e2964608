"""Inspections over the API: begun, completed, shared, answered, read."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from inspections.models import Inspection
from shopdisputes.actors import Role
from shopdisputes.audit.models import AuditEvent
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.shops.models import Shop
from shopdisputes.uploads.models import StoredFile
from tests.api.conftest import Program
from tests.api.inspecting import PHOTO, item_of, path_of, upload
from tests.factories import (
    ChecklistFactory,
    InspectionFactory,
    InspectionItemFactory,
    ItemMediaFactory,
    RepairOrderFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(shop: Shop) -> RepairOrder:
    return RepairOrderFactory(shop=shop)


@pytest.fixture
def inspection(order: RepairOrder) -> Inspection:
    """In progress, with the five items of the factories' walk."""
    return InspectionFactory(repair_order=order)


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

    with django_assert_max_num_queries(16):
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
