"""The runner: items are recorded one by one, files beside them, with a script and without."""

from decimal import Decimal

import pytest
from django.urls import reverse

from inspections.models import Inspection, ItemMedia
from shopdisputes.actors import Role
from shopdisputes.repairorders.models import RepairOrder
from tests import media
from tests.estimates.staff import browser_of, text_of
from tests.factories import ChecklistFactory, InspectionFactory, RepairOrderFactory
from tests.inspections import stages

pytestmark = pytest.mark.django_db
AS_HTMX = {"HX-Request": "true"}
AS_SCRIPT = {"Accept": "application/json"}


@pytest.fixture
def bay(shop):
    return browser_of(shop, Role.TECHNICIAN)


@pytest.fixture
def running(shop) -> Inspection:
    return stages.begun(shop=shop)


def at(name, inspection, *rest):
    return reverse(name, args=[inspection.number, *rest])


def record(client, item, *, headers=None, **told):
    data = {"result": "", "note": "", "internal_note": ""} | told
    address = at("inspection-item", item.inspection, item.pk)
    return client.post(address, data, headers=headers or AS_HTMX)


def send(client, item, *files, headers=None, **told):
    address = at("inspection-item-media", item.inspection, item.pk)
    return client.post(address, {"file": list(files)} | told, headers=headers or AS_SCRIPT)


def test_one_touch_begins_when_there_is_one_checklist(bay, shop):
    order = RepairOrderFactory(shop=shop)
    checklist = ChecklistFactory(shop=shop)
    page = bay.get(reverse("repair-order", args=[order.number]))
    assert f'name="checklist" value="{checklist.pk}"' in page.content.decode()
    begun = bay.post(reverse("inspection-new", args=[order.number]), {"checklist": checklist.pk})
    inspection = Inspection.objects.get()
    assert begun.status_code == 303
    assert begun.headers["Location"] == at("inspection-run", inspection)
    assert inspection.repair_order == order


def test_asks_which_when_there_are_two(bay, shop):
    order = RepairOrderFactory(shop=shop)
    ChecklistFactory(shop=shop, name={"en": "Short"})
    ChecklistFactory(shop=shop, name={"en": "Long"})
    page = bay.get(reverse("repair-order", args=[order.number])).content.decode()
    choose = reverse("inspection-new", args=[order.number]) + "?stage=check_in"
    assert choose in page
    words = text_of(bay.get(choose))
    assert "Short" in words
    assert "Long" in words


def test_begins_nothing_on_a_closed_order(bay, shop):
    order = RepairOrderFactory(shop=shop)
    checklist = ChecklistFactory(shop=shop)
    RepairOrder.objects.filter(pk=order.pk).update(status="closed")
    begun = bay.post(reverse("inspection-new", args=[order.number]), {"checklist": checklist.pk})
    assert begun.status_code == 409
    assert not Inspection.objects.exists()


def test_shows_identity_first_beside_what_is_on_file(bay, running):
    page = bay.get(at("inspection-run", running))
    cards = [shown for section in page.context["sections"] for shown in section.items]
    assert [card.item.kind for card in cards[:2]] == ["vin", "odometer"]
    assert cards[1].on_file == "84000"
    assert "On file: 84,000" in text_of(page)
    assert "0 of 5 looked at" in text_of(page)


def test_comes_compressed_over_a_slow_line(bay, running):
    page = bay.get(at("inspection-run", running), headers={"Accept-Encoding": "gzip"})
    assert page.headers["Content-Encoding"] == "gzip"
    assert len(page.content) < 20_000


def test_a_touch_saves_the_item_and_moves_the_bar(bay, running):
    lights = stages.item_of(running, "lights")
    said = record(bay, lights, result="ok")
    assert said.status_code == 200
    words = text_of(said)
    assert "Saved" in words
    assert "1 of 5" in words
    assert "4 items still need something" in words
    lights.refresh_from_db()
    assert (lights.result, lights.recorded_by != "") == ("ok", True)


def test_a_measurement_suggests_the_result(bay, running):
    tyre = stages.item_of(running, "tyre_front_left")
    assert record(bay, tyre, measurement="1,4").status_code == 200
    tyre.refresh_from_db()
    assert (tyre.measurement, tyre.result) == (Decimal("1.400"), "urgent")


def test_a_measurement_that_is_taken_away_is_gone(bay, running):
    tyre = stages.item_of(running, "tyre_front_left")
    record(bay, tyre, measurement="1.4")
    said = record(bay, tyre, result="urgent", measurement="")
    assert "The measurement is missing." in text_of(said)
    tyre.refresh_from_db()
    assert (tyre.measurement, tyre.result) == (None, "urgent")


@pytest.mark.parametrize(
    ("key", "told", "words"),
    [
        ("lights", {"result": "not_inspected", "reason": ""}, "Say why it was not inspected."),
        ("tyre_front_left", {"result": "ok", "measurement": "1"}, "Say why in the note."),
        ("tyre_front_left", {"measurement": "thin"}, "Write a number"),
        ("lights", {"result": "broken"}, "Select a valid choice"),
    ],
)
def test_says_at_the_item_what_is_wrong(bay, running, key, told, words):
    item = stages.item_of(running, key)
    before = stages.everything()
    said = record(bay, item, **told)
    assert said.status_code == 422
    assert words in text_of(said)
    assert "Saved" not in text_of(said)
    assert stages.everything() == before


def test_without_a_script_the_page_comes_back_at_the_item(bay, running):
    lights = stages.item_of(running, "lights")
    done = record(bay, lights, headers={"Accept": "text/html"}, result="ok")
    assert done.status_code == 303
    assert done.headers["Location"] == f"{at('inspection-run', running)}#item-{lights.pk}"
    refused = record(bay, lights, headers={"Accept": "text/html"}, result="not_inspected")
    assert refused.status_code == 422
    assert "Say why it was not inspected." in text_of(refused)


def test_takes_a_file_and_gives_back_its_tile(bay, running):
    bumper = stages.item_of(running, "bumper_front")
    record(bay, bumper, result="attention", note="Scratch.")
    answer = send(bay, bumper, stages.upload(), shot="2", source="camera")
    assert answer.status_code == 201
    kept = ItemMedia.objects.get()
    assert (kept.shot, kept.source) == (2, "camera")
    assert answer.json()["id"] == str(kept.pk)
    assert f'id="tile-{kept.pk}"' in answer.json()["html"]
    assert 'hx-trigger="every 3s"' in answer.json()["html"]
    # The photo was what the item still needed.
    assert "data-done" in answer.json()["parts"]


def test_refuses_what_is_no_picture_with_a_sentence(bay, running):
    bumper = stages.item_of(running, "bumper_front")
    answer = send(bay, bumper, stages.upload(b"<svg xmlns='http://www.w3.org/2000/svg'/>"))
    assert answer.status_code == 415
    assert answer.json()["message"]
    assert not ItemMedia.objects.exists()


def test_a_plain_form_brings_several_files_at_once(bay, running):
    bumper = stages.item_of(running, "bumper_front")
    answer = send(
        bay,
        bumper,
        stages.upload(),
        stages.upload(media.png(), "two.png"),
        headers={"Accept": "text/html"},
    )
    assert answer.status_code == 303
    assert set(ItemMedia.objects.values_list("source", flat=True)) == {"gallery"}
    assert ItemMedia.objects.count() == 2


def test_takes_a_file_away(bay, running):
    kept = stages.add(stages.item_of(running, "bumper_front"))
    answer = bay.post(at("inspection-media-remove", running, kept.pk), headers=AS_HTMX)
    assert answer.status_code == 200
    assert f'id="tile-{kept.pk}" hx-swap-oob="delete"' in answer.content.decode()
    kept.refresh_from_db()
    assert kept.removed_at is not None


def test_a_file_gets_a_caption_and_another_angle(bay, running):
    kept = stages.add(stages.item_of(running, "bumper_front"))
    address = at("inspection-media-describe", running, kept.pk)
    said = bay.post(address, {"caption": "Below the lamp", "shot": "1"})
    assert said.status_code == 303
    kept.refresh_from_db()
    assert (kept.caption, kept.shot) == ("Below the lamp", 1)
    assert bay.get(address).status_code == 303
    assert "Below the lamp" in bay.get(address, headers=AS_HTMX).content.decode()


def test_the_rest_is_not_inspected_and_the_walk_is_complete(bay, running):
    record(bay, stages.item_of(running, "lights"), result="ok")
    early = bay.post(at("inspection-complete", running))
    assert early.status_code == 422
    assert "4 items still need something" in text_of(early)
    rest = bay.post(at("inspection-rest", running), {"reason": "Wheel nut key missing"})
    assert rest.status_code == 303
    done = bay.post(at("inspection-complete", running))
    assert (done.status_code, done.headers["Location"]) == (303, at("inspection", running))
    running.refresh_from_db()
    assert running.status == "completed"


def test_adds_and_takes_away_what_is_on_no_list(bay, running):
    added = bay.post(at("inspection-item-add", running), {"name": "Roof box"})
    assert added.status_code == 303
    extra = running.items.get(is_extra=True)
    assert str(extra) == "Roof box"
    assert bay.post(at("inspection-item-add", running), {"name": ""}).status_code == 422
    gone = bay.post(at("inspection-item-remove", running, extra.pk))
    assert gone.status_code == 303
    assert not running.items.filter(is_extra=True).exists()


def test_keeps_the_note_about_the_whole(bay, running):
    saved = bay.post(at("inspection-note", running), {"note": "Very dirty."}, headers=AS_HTMX)
    assert "Saved" in text_of(saved)
    running.refresh_from_db()
    assert running.note == "Very dirty."


def test_a_check_out_shows_what_was_seen_at_check_in(bay, shop):
    before = InspectionFactory(shop=shop, completed=True)
    after = InspectionFactory(repair_order=before.repair_order, stage="check_out", checklist=None)
    page = bay.get(at("inspection-run", after))
    words = text_of(page)
    assert "At check-in: Urgent 1.4 mm" in words
    assert "Scratch, 12 cm." in words


def test_says_that_the_plate_is_another_cars(bay, running):
    vehicle = running.repair_order.vehicle
    vehicle.vin = "UU1B5220X70123456"
    vehicle.save()
    record(bay, stages.item_of(running, "vin"), result="ok", reading="1M8GDM9AXKP042788")
    assert "is not that of the vehicle" in text_of(bay.get(at("inspection-run", running)))


def test_what_is_over_leads_to_its_page(bay, shop):
    over = InspectionFactory(shop=shop, completed=True)
    page = bay.get(at("inspection-run", over))
    assert (page.status_code, page.headers["Location"]) == (303, at("inspection", over))
    late = record(bay, stages.item_of(over, "lights"), result="urgent")
    assert late.status_code == 409


def test_asks_the_same_number_of_questions_however_many_files(bay, shop, django_assert_num_queries):
    before = InspectionFactory(shop=shop, completed=True)
    after = InspectionFactory(repair_order=before.repair_order, stage="check_out")
    address = at("inspection-run", after)
    bay.get(address)
    with django_assert_num_queries(QUERIES):
        bay.get(address)
    for number in range(3):
        stages.add(stages.item_of(after, "bumper_front"), media.png(width=40 + number))
    with django_assert_num_queries(QUERIES):
        bay.get(address)


QUERIES = 14
