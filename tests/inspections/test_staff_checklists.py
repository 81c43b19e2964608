"""The settings' pages about checklists, with and without the page's script."""

import re
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from inspections.models import Checklist, ChecklistItem, ChecklistVersion, Inspection
from inspections.services import checklists
from inspections.states import ItemKind, PhotoRule
from shopdisputes.actors import Role
from shopdisputes.audit.models import AuditEvent
from shopdisputes.shops.models import Shop
from tests.estimates.staff import browser_of, text_of
from tests.factories import ChecklistFactory, InspectionFactory, RepairOrderFactory

pytestmark = pytest.mark.django_db

BUMPER: dict[str, str] = {
    "name_en": "Front bumper",
    "name_fr": "Pare-chocs avant",
    "help_en": "Scratches.",
    "shots_en": "From the front\nFrom the left",
    "shots_fr": "De face\nDe gauche",
    "kind": "condition",
    "photo_rule": "when_not_ok",
}
TYRE: dict[str, str] = {
    "name_en": "Tyre",
    "kind": "measurement",
    "photo_rule": "never",
    "unit": "mm",
    "urgent_below": "1,6",
    "attention_below": "3",
}
BODY: dict[str, str] = {"sort": "section", "name_en": "Body"}


@pytest.fixture
def owner(shop: Shop) -> Client:
    return browser_of(shop, Role.OWNER)


@pytest.fixture
def checklist(shop: Shop) -> Checklist:
    """With the five items of the factories' walk."""
    return ChecklistFactory(shop=shop)


def url_of(checklist: Checklist, rest: str = "") -> str:
    return f"/settings/checklists/{checklist.pk}/{rest}"


def form(*rows: dict[str, str], keys: list[str] | None = None, **other: str) -> dict[str, Any]:
    """What the editor posts: rows in their order, then the fields around them."""
    keys = keys or [str(uuid.uuid4()) for _row in rows]
    data: dict[str, Any] = {"rows": keys}
    for key, row in zip(keys, rows, strict=True):
        data |= {f"row-{key}-{name}": value for name, value in ({"sort": "item"} | row).items()}
    return data | {"name_en": "Round the car", "stage": "check_in", "do": "save"} | other


def shown(response: Any) -> dict[str, Any]:
    """What the editor on a page would post when nothing is touched."""
    page = re.sub(r"<template\b.*?</template>", "", response.content.decode(), flags=re.S)
    page = page[page.index("data-checklist-editor") :].partition("</form>")[0]
    data: dict[str, Any] = {"rows": [], "do": "save"}
    for tag in re.findall(r"<input\b[^>]*>", page):
        name = re.search(r'name="([^"]*)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if name and name[1] == "rows":
            data["rows"].append(value[1])
        elif name:
            data[name[1]] = value[1] if value else ""
    for name, options in re.findall(r'<select name="([^"]*)".*?>(.*?)</select>', page, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        data[name] = chosen[1] if chosen else ""
    for name, text in re.findall(r'<textarea name="([^"]*)"[^>]*>(.*?)</textarea>', page, re.S):
        data[name] = text.strip()
    return data


def items_of(version: ChecklistVersion) -> list[ChecklistItem]:
    return list(version.items.order_by("position"))


def test_the_list_shows_every_stage_and_what_is_missing(owner: Client, shop: Shop) -> None:
    ChecklistFactory(shop=shop)
    page = text_of(owner.get("/settings/checklists/"))

    for words in ("Check-in", "Diagnosis", "Progress", "Check-out", "Round the car", "5 items"):
        assert words in page
    assert "The ready-made checklist “Vehicle check-out” is not in use." in page
    assert page.count("No checklist yet: nothing can be inspected at this stage.") == 3


def test_writes_a_checklist(owner: Client, shop: Shop) -> None:
    data = form(TYRE, BODY, BUMPER | {"pair_key": "own:"}, name_fr="Tour du véhicule")

    response = owner.post("/settings/checklists/new/", data)

    checklist = Checklist.objects.get()
    assert response["Location"] == url_of(checklist, "versions/1/")
    assert checklist.name == {"en": "Round the car", "fr": "Tour du véhicule"}
    tyre, bumper = items_of(ChecklistVersion.objects.get())
    assert (tyre.section, tyre.kind, tyre.unit, tyre.pair_key) == ({}, "measurement", "mm", "")
    assert (tyre.urgent_below, tyre.attention_below) == (Decimal("1.6"), Decimal(3))
    assert bumper.section == {"en": "Body"}
    assert bumper.name == {"en": "Front bumper", "fr": "Pare-chocs avant"}
    assert bumper.shots == [
        {"en": "From the front", "fr": "De face"},
        {"en": "From the left", "fr": "De gauche"},
    ]
    assert bumper.pair_key == f"own-{data['rows'][2]}"
    page = text_of(owner.get(response["Location"]))
    assert "Measurement, mm · urgent below 1.6 mm · attention below 3 mm" in page
    assert "Angles: From the front, From the left" in page


def test_saving_what_is_shown_makes_no_version(owner: Client, shop: Shop) -> None:
    checklists.install(shop=shop, at=shop.created_at)
    for checklist in Checklist.objects.for_shop(shop):
        data = shown(owner.get(url_of(checklist)))

        response = owner.post(url_of(checklist), data)

        assert response["Location"] == url_of(checklist, "versions/1/"), text_of(response)
        assert checklist.versions.count() == 1
    page = owner.get(response["Location"])
    assert "Its items are as before, so version 1 stays." in text_of(page)


def test_a_change_makes_the_next_version_and_says_what_it_changed(
    owner: Client, checklist: Checklist
) -> None:
    data = shown(owner.get(url_of(checklist)))
    keys = [key for key in data["rows"] if data[f"row-{key}-sort"] == "item"]
    bumper, _tyre, lights, *_rest = keys
    data[f"row-{bumper}-photo_rule"] = "always"
    data[f"row-{lights}-removed"] = "1"
    added = form(TYRE | {"name_en": "Spare tyre"})
    data |= {name: value for name, value in added.items() if name.startswith("row-")}
    data["rows"] += added["rows"]

    response = owner.post(url_of(checklist), data)

    assert response["Location"] == url_of(checklist, "versions/2/"), text_of(response)
    page = text_of(owner.get(response["Location"]))
    assert "Changed since version 1" in page
    assert "Added: Spare tyre" in page
    assert "Removed: Lights" in page
    assert "Front bumper: photo needed" in page
    assert "The order is another one." not in page
    older = text_of(owner.get(url_of(checklist, "versions/1/")))
    assert "Lights" in older
    assert "Spare tyre" not in older
    assert AuditEvent.objects.filter(action="checklist.changed").get().data["version"] == 2


def test_editing_changes_no_inspection_that_was_begun(owner: Client, checklist: Checklist) -> None:
    order = RepairOrderFactory(shop=checklist.shop)
    before = InspectionFactory(repair_order=order, checklist=checklist)
    names = [item.name for item in before.items.in_order()]
    data = shown(owner.get(url_of(checklist)))
    for key in data["rows"][1:]:
        data[f"row-{key}-removed"] = "1"
    data[f"row-{data['rows'][0]}-name_en"] = "Something else"
    first = form(BUMPER)
    data |= {name: value for name, value in first.items() if name.startswith("row-")}
    data["rows"] += first["rows"]

    assert owner.post(url_of(checklist), data).status_code == 303

    before = Inspection.objects.get(pk=before.pk)
    assert [item.name for item in before.items.in_order()] == names
    assert before.version.number == 1
    after = InspectionFactory(repair_order=order, checklist=Checklist.objects.get())
    assert [str(item) for item in after.items.in_order()] == ["Front bumper"]
    assert after.version.number == 2


@pytest.mark.parametrize(
    ("rows", "other", "words"),
    [
        ([BUMPER | {"name_en": ""}], {}, "This field is required."),
        ([BUMPER], {"name_en": ""}, "This field is required."),
        ([], {}, "A checklist needs at least one item."),
        ([TYRE | {"urgent_below": "two"}], {}, "Write a number, for example 12.50."),
        ([TYRE | {"urgent_below": "4"}], {}, "urgent lies outside attention"),
        ([BUMPER | {"shots_fr": "De face"}], {}, "Write as many angles as in English"),
        ([BUMPER | {"kind": "smell"}], {}, "Select a valid choice."),
        ([BUMPER], {"stage": "lunch"}, "Select a valid choice."),
        ([BUMPER | {"pair_key": "vin"}], {}, "Select a valid choice."),
    ],
)
def test_refuses_at_the_field_and_loses_nothing(
    owner: Client, shop: Shop, rows: list[dict[str, str]], other: dict[str, str], words: str
) -> None:
    data = form(*rows, **other)

    response = owner.post("/settings/checklists/new/", data)

    assert response.status_code == 422
    assert words in text_of(response)
    again = shown(response)
    for name, value in data.items():
        if name.startswith("row-") and "pair_key" not in name and value != "smell":
            assert again[name].replace("\r", "") == value, name
    assert not Checklist.objects.exists()


def test_rows_are_moved_added_and_brought_back_by_plain_posts(owner: Client) -> None:
    keys = [str(uuid.uuid4()), str(uuid.uuid4())]
    new = "/settings/checklists/new/"

    def names(action: str, *rows: dict[str, str]) -> list[str]:
        response = owner.post(new, form(*(rows or (BUMPER, TYRE)), keys=keys, do=action))
        assert response.status_code == 200
        again = shown(response)
        return [again[f"row-{key}-name_en"] for key in again["rows"]]

    assert names(f"down:{keys[0]}") == ["Tyre", "Front bumper"]
    assert names(f"up:{keys[0]}") == ["Front bumper", "Tyre"]
    assert names(f"copy:{keys[0]}") == ["Front bumper", "Front bumper", "Tyre"]
    assert names("add:section") == ["Front bumper", "Tyre", ""]
    assert names("add:item") == ["Front bumper", "Tyre", ""]
    assert names("dance:now") == ["Front bumper", "Tyre"]
    removed = owner.post(new, form(BUMPER, TYRE, keys=keys, do=f"remove:{keys[1]}"))
    assert shown(removed)[f"row-{keys[1]}-removed"] == "1"
    back = owner.post(
        new, form(BUMPER, TYRE | {"removed": "1"}, keys=keys, do=f"restore:{keys[1]}")
    )
    assert shown(back)[f"row-{keys[1]}-removed"] == ""
    assert shown(back)[f"row-{keys[1]}-urgent_below"] == "1,6"
    assert not Checklist.objects.exists()


def test_items_are_paired_with_those_of_the_other_stage(
    owner: Client, checklist: Checklist
) -> None:
    new = "/settings/checklists/new/"
    page = owner.get(f"{new}?stage=check_out")
    assert "Body · Front bumper" in text_of(page)

    made = owner.post(new, form(BUMPER | {"pair_key": "bumper_front"}, stage="check_out"))

    assert made.status_code == 303
    check_out = Checklist.objects.get(stage="check_out")
    assert checklists.newest_version(check_out).items.get().pair_key == "bumper_front"
    # A stage that is compared with none has nothing to choose.
    assert "Compared with" not in text_of(owner.get(f"{new}?stage=progress"))
    owner.post(new, form(BUMPER | {"pair_key": "own:"}, stage="progress"))
    assert ChecklistItem.objects.get(version__checklist__stage="progress").pair_key == ""


def test_two_items_paired_as_the_same_are_refused_at_the_second(
    owner: Client, checklist: Checklist
) -> None:
    paired = BUMPER | {"pair_key": "bumper_front"}

    response = owner.post(
        "/settings/checklists/new/", form(BODY, paired, BODY, paired, stage="check_out")
    )

    assert response.status_code == 422
    assert text_of(response).count("Another item is paired as the same.") == 2
    assert Checklist.objects.count() == 1


def test_who_saves_over_another_version_is_told_first(owner: Client, checklist: Checklist) -> None:
    mine = shown(owner.get(url_of(checklist)))
    theirs = dict(mine)
    theirs[f"row-{theirs['rows'][-1]}-removed"] = "1"
    assert owner.post(url_of(checklist), theirs).status_code == 303

    refused = owner.post(url_of(checklist), mine)

    assert refused.status_code == 409
    assert "saved version 2 meanwhile" in text_of(refused)
    assert checklist.versions.count() == 2
    again = shown(refused)
    assert again["based_on"] == "2"
    assert owner.post(url_of(checklist), again)["Location"] == url_of(checklist, "versions/3/")


def test_stops_offering_and_offers_again(owner: Client, checklist: Checklist) -> None:
    for offered, wanted in (("0", False), ("0", False), ("1", True)):
        assert owner.post(url_of(checklist, "offer/"), {"offered": offered}).status_code == 303
        checklist.refresh_from_db()
        assert checklist.is_active is wanted


def test_the_ready_made_list_is_taken_and_restored(owner: Client, shop: Shop) -> None:
    restore = "/settings/checklists/restore/"
    assert owner.post(restore, {"code": "check_in"}).status_code == 303
    checklist = Checklist.objects.get(ready_made="check_in")
    data = shown(owner.get(url_of(checklist)))
    data[f"row-{data['rows'][1]}-name_en"] = "Chassis number"
    owner.post(url_of(checklist), data)

    response = owner.post(restore, {"code": "check_in"})

    assert response["Location"] == url_of(checklist, "versions/3/")
    first, last = (checklist.versions.get(number=number) for number in (1, 3))
    assert checklists.drafts_of(first) == checklists.drafts_of(last)
    assert owner.post(restore, {"code": "nothing"}).status_code == 422


def test_technicians_read_and_only_the_management_changes(shop: Shop, checklist: Checklist) -> None:
    for role in (Role.TECHNICIAN, Role.ADVISOR):
        browser = browser_of(shop, role)
        listed = browser.get("/settings/checklists/")
        assert "Round the car" in text_of(listed)
        assert "New checklist" not in text_of(listed)
        read = text_of(browser.get(url_of(checklist, "versions/1/")))
        assert "Tyre, front left" in read
        assert "Change" not in read.replace("Changed", "")
        for path in (url_of(checklist), "/settings/checklists/new/"):
            assert browser.get(path).status_code == 403
            assert browser.post(path, form(BUMPER)).status_code == 403
        assert browser.post(url_of(checklist, "offer/")).status_code == 403
        assert browser.post("/settings/checklists/restore/").status_code == 403
    assert Checklist.objects.get().versions.count() == 1


def test_another_shops_checklist_does_not_exist(owner: Client) -> None:
    other = ChecklistFactory()

    for path in ("", "versions/1/"):
        assert owner.get(url_of(other, path)).status_code == 404
    assert owner.post(url_of(other, "offer/"), {"offered": "0"}).status_code == 404
    assert owner.get(url_of(other, "versions/7/")).status_code == 404


def test_a_form_of_two_hundred_items_is_taken_whole(owner: Client) -> None:
    rows = [BUMPER | {"name_en": f"Item {number}", "unit": ""} for number in range(200)]

    response = owner.post("/settings/checklists/new/", form(*rows))

    assert response.status_code == 303
    assert ChecklistItem.objects.count() == 200


def test_what_is_not_measured_keeps_no_unit_and_no_limits(owner: Client) -> None:
    owner.post("/settings/checklists/new/", form(TYRE | {"kind": "condition"}))

    item = ChecklistItem.objects.get()
    assert (item.kind, item.photo_rule) == (ItemKind.CONDITION, PhotoRule.NEVER)
    assert (item.unit, item.urgent_below, item.attention_below) == ("", None, None)
