"""The list, an inspection's own page, sharing, comparing, and what other pages show of them."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.urls import reverse

from inspections.contributions import contribution
from inspections.models import Inspection
from inspections.services import citing, clockwork
from shopdisputes.actors import Actor, Role
from shopdisputes.dates import local_day
from shopdisputes.documents.models import Document
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.repairorders.models import RepairOrder
from tests import media
from tests.estimates.staff import browser_of, text_of
from tests.factories import (
    NOW,
    CustomerFactory,
    InspectionFactory,
    RepairOrderFactory,
    VehicleFactory,
)
from tests.inspections import stages

pytestmark = pytest.mark.django_db
DESK = Actor(role=Role.ADVISOR, name="Ada")


@pytest.fixture
def desk(shop):
    return browser_of(shop)


@pytest.fixture
def bay(shop):
    return browser_of(shop, Role.TECHNICIAN)


def at(name, inspection):
    return reverse(name, args=[inspection.number])


def order_of(shop, name, **vehicle):
    customer = CustomerFactory(shop=shop, name=name)
    return RepairOrderFactory(
        shop=shop, customer=customer, vehicle=VehicleFactory(customer=customer, **vehicle)
    )


def numbers_in(response):
    return [inspection.number for inspection in response.context["page"].rows]


def check_out_of(before, **seen):
    return InspectionFactory(
        repair_order=before.repair_order, stage="check_out", completed=True, seen=seen
    )


# ---- The list ------------------------------------------------------------------------------


def test_the_list_says_kindly_that_there_is_nothing(desk):
    assert "No inspections yet" in text_of(desk.get("/inspections/"))
    assert "No inspection fits" in text_of(desk.get("/inspections/", {"q": "nobody"}))


def test_the_list_finds_and_filters_within_the_shop(desk, shop):
    first = InspectionFactory(repair_order=order_of(shop, "Ana Silva", plate_key="XY1"))
    second = InspectionFactory(
        repair_order=order_of(shop, "Bruno Costa"), stage="check_out", completed=True
    )
    InspectionFactory()
    found = [
        numbers_in(desk.get("/inspections/", query))
        for query in (
            {"sort": "oldest"},
            {"q": "silva"},
            {"q": "xy 1"},
            {"stage": "check_out"},
            {"status": "in_progress"},
            {"stage": "check_in", "status": "completed"},
            {"sort": "customer"},
        )
    ]
    both = [first.number, second.number]
    assert sorted(found[0]) == both
    assert found[1:] == [
        [first.number],
        [first.number],
        [second.number],
        [first.number],
        [],
        both,
    ]


def test_exports_all_of_what_is_filtered(desk, shop):
    InspectionFactory(repair_order=order_of(shop, "=cmd()"), completed=True)
    InspectionFactory(shop=shop)
    response = desk.get("/inspections/export.csv", {"status": "completed"})
    rows = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert len(rows) == 2
    assert rows[0].startswith("Number,Stage,Status")
    assert rows[1].split(",")[1:3] == ["Check-in", "Completed"]
    assert "'=cmd()" in rows[1]


# ---- An inspection's own page --------------------------------------------------------------


def test_shows_what_was_seen_and_counts_it(desk, shop):
    inspection = InspectionFactory(shop=shop, completed=True)
    page = desk.get(at("inspection", inspection))
    words = text_of(page)
    assert "1 urgent" in words
    assert "1 to be looked at" in words
    assert "3 all right" in words
    assert "Scratch, 12 cm." in words
    assert inspection.sha256 in words
    assert [action.name for action in page.context["actions"].every] == [
        "share",
        "hand-over",
        "reopen",
        "discard",
    ]


def test_a_technician_is_not_offered_to_share(bay, shop):
    inspection = InspectionFactory(shop=shop, completed=True)
    page = bay.get(at("inspection", inspection))
    assert [action.name for action in page.context["actions"].every] == ["reopen", "discard"]
    assert bay.get(at("inspection-share", inspection)).status_code == 403
    assert bay.post(at("inspection-hand-over", inspection)).status_code == 403


def test_shows_what_the_customer_answered(desk, shop):
    inspection = InspectionFactory(shop=shop, answered="disagree")
    words = text_of(desk.get(at("inspection", inspection)))
    assert "Does not agree" in words
    assert "The scratch was there before." in words


def test_what_an_estimate_cites_is_not_opened_again(desk, shop):
    inspection = InspectionFactory(shop=shop, completed=True)
    citing.cite(inspection=inspection, at=NOW)
    page = desk.get(at("inspection", inspection))
    assert [action.name for action in page.context["actions"].every] == ["share", "hand-over"]
    assert desk.post(at("inspection-reopen", inspection)).status_code == 409
    inspection.refresh_from_db()
    assert inspection.status == "completed"


def test_opens_again_and_goes_on(desk, shop):
    inspection = InspectionFactory(shop=shop, completed=True)
    reopened = desk.post(at("inspection-reopen", inspection))
    assert reopened.headers["Location"] == at("inspection-run", inspection)
    inspection.refresh_from_db()
    assert inspection.status == "in_progress"


def test_discards_only_with_a_reason(desk, shop):
    inspection = InspectionFactory(shop=shop)
    refused = desk.post(at("inspection-discard", inspection), {"reason": ""})
    assert refused.status_code == 422
    assert "open" in refused.content.decode()
    inspection.refresh_from_db()
    assert inspection.status == "in_progress"
    assert desk.post(at("inspection-discard", inspection), {"reason": "Twice"}).status_code == 303
    inspection.refresh_from_db()
    assert inspection.status == "discarded"
    assert "Discarded" in text_of(desk.get(at("inspection", inspection)))


def test_nothing_is_offered_on_a_closed_order(desk, shop):
    inspection = InspectionFactory(shop=shop, completed=True)
    RepairOrder.objects.filter(pk=inspection.repair_order_id).update(status="closed")
    page = desk.get(at("inspection", inspection))
    assert page.context["actions"].every == ()
    assert "is not open any more" in text_of(page)


# ---- Sharing -------------------------------------------------------------------------------


def test_shares_with_a_message_and_a_day(desk, shop):
    inspection = InspectionFactory(shop=shop, completed=True)
    day = local_day(NOW, zone=shop.zone) + timedelta(days=5)
    shared = desk.post(
        at("inspection-share", inspection), {"answer_by": str(day), "message": "Look."}
    )
    assert shared.status_code == 303
    inspection.refresh_from_db()
    assert (inspection.status, inspection.answer_by, inspection.message) == ("shared", day, "Look.")
    assert OutgoingEmail.objects.get().kind == "inspection_shared"
    again = desk.get(at("inspection-share", inspection))
    assert "Share the inspection again" in text_of(again)
    assert desk.post(at("inspection-share", inspection), {"answer_by": str(day)}).status_code == 303
    assert OutgoingEmail.objects.filter(kind="inspection_shared").count() == 2


def test_previews_the_mail_and_sends_nothing(desk, shop):
    inspection = InspectionFactory(shop=shop, completed=True)
    day = local_day(NOW, zone=shop.zone) + timedelta(days=1)
    data = {"answer_by": str(day), "message": "Mind the dog.", "do": "preview"}
    seen = desk.post(at("inspection-share", inspection), data)
    assert text_of(seen).count("Mind the dog.") == 2
    assert not OutgoingEmail.objects.exists()


@pytest.mark.parametrize(
    ("day", "email", "words"),
    [
        (-1, "camille@customer.example", "This day is already over."),
        (1, "", "has no e-mail address"),
        (400, "camille@customer.example", "does not open as long as that"),
    ],
)
def test_refuses_to_share_what_cannot_arrive(desk, shop, day, email, words):
    inspection = InspectionFactory(shop=shop, completed=True)
    customer = inspection.repair_order.customer
    customer.email = email
    customer.save()
    answer_by = local_day(NOW, zone=shop.zone) + timedelta(days=day)
    refused = desk.post(at("inspection-share", inspection), {"answer_by": str(answer_by)})
    assert refused.status_code == 422
    assert words in text_of(refused)
    inspection.refresh_from_db()
    assert inspection.status == "completed"


def test_what_is_in_progress_cannot_be_shared(desk, shop):
    assert desk.get(at("inspection-share", InspectionFactory(shop=shop))).status_code == 404


def test_hands_over_on_the_tablet(desk, shop):
    inspection = InspectionFactory(shop=shop, completed=True)
    handed = desk.post(at("inspection-hand-over", inspection))
    assert handed.status_code == 303
    assert handed.headers["Location"].startswith("/c/inspection/")
    assert not OutgoingEmail.objects.exists()


# ---- Comparing -----------------------------------------------------------------------------


def test_stands_check_in_beside_check_out(desk, shop):
    before = InspectionFactory(shop=shop, completed=True)
    after = check_out_of(before, lights={"result": "attention", "note": "Left one is dim."})
    for inspection in (before, after):
        assert f'href="{at("inspection-compare", inspection)}"' in (
            desk.get(at("inspection", inspection)).content.decode()
        )
        page = desk.get(at("inspection-compare", inspection))
        assert (page.context["before"], page.context["after"]) == (before, after)
    words = text_of(page)
    assert "Left one is dim." in words
    assert "1 Worse" in words
    assert "4 Same" in words
    only = desk.get(at("inspection-compare", after), {"show": "differences"})
    shown = [each.pair.name for _title, pairs in only.context["sections"] for each in pairs]
    assert shown == ["Lights"]


def test_says_that_there_is_nothing_to_compare_yet(desk, shop):
    inspection = InspectionFactory(shop=shop, completed=True)
    assert "Nothing to compare with yet" in text_of(desk.get(at("inspection-compare", inspection)))
    assert desk.post(at("inspection-compare-pdf", inspection)).status_code == 409
    assert not Document.objects.filter(kind="comparison").exists()


def test_makes_the_comparison_a_document(desk, shop):
    before = InspectionFactory(shop=shop, completed=True)
    after = check_out_of(before)
    made = desk.post(at("inspection-compare-pdf", after))
    document = Document.objects.get(kind="comparison")
    assert made.headers["Location"] == reverse("document", args=[document.pk])


# ---- Other pages ---------------------------------------------------------------------------


def test_the_order_and_the_customer_list_their_inspections(desk, shop):
    before = InspectionFactory(shop=shop, completed=True)
    after = check_out_of(before)
    order = before.repair_order
    page = desk.get(reverse("repair-order", args=[order.number]))
    assert {before.number, after.number} <= set(text_of(page).split())
    assert at("inspection-compare", after) in page.content.decode()
    reached = {str(step.label): step.at for step in page.context["steps"]}
    assert (reached["Checked in"], reached["Checked out"]) == (NOW, NOW)
    assert list(reached)[:2] == ["Opened", "Checked in"]
    customer = desk.get(reverse("customer", args=[order.customer_id]))
    assert before.number in text_of(customer)


def test_a_check_in_alone_is_no_check_out(desk, shop):
    before = InspectionFactory(shop=shop, completed=True)
    page = desk.get(reverse("repair-order", args=[before.repair_order.number]))
    reached = {str(step.label): step.at for step in page.context["steps"]}
    assert (reached["Checked in"], reached["Checked out"]) == (NOW, None)


def test_the_search_finds_an_inspection_by_its_number(desk, shop):
    inspection = InspectionFactory(shop=shop)
    InspectionFactory()
    hits = contribution.search(shop, inspection.number.lower())
    assert [(hit.title, hit.exact) for hit in hits] == [(inspection.number, True)]


def titles(shop, role=Role.ADVISOR, at=NOW):
    return [str(item.title) for item in contribution.agenda(shop, Actor(role=role, name=""), at)]


def test_the_agenda_tells_who_waits_for_whom(shop):
    for name, life in {
        "Ada": {"answered": "disagree"},
        "Bea": {"answered": "agree_with_remarks"},
        "Cid": {"answered": True},
        "Dan": {"shared": True},
        "Eva": {},
        "Flo": {"completed": True},
    }.items():
        InspectionFactory(repair_order=order_of(shop, name), **life)
    number = {
        inspection.repair_order.customer.name: inspection.number
        for inspection in Inspection.objects.with_everything()
    }
    assert titles(shop) == [
        f"Ada does not agree with {number['Ada']}",
        f"Bea has remarks about {number['Bea']}",
        f"Cid agrees with {number['Cid']}",
    ]
    # In the bay one goes on with what was begun; the desk is told when it was forgotten.
    assert titles(shop, Role.TECHNICIAN) == [f"{number['Eva']} for Eva is not finished"]
    later = NOW + timedelta(days=shop.inspection_answer_days)
    assert titles(shop, at=later) == [
        f"Ada does not agree with {number['Ada']}",
        f"Bea has remarks about {number['Bea']}",
        f"{number['Dan']} of Dan ends soon without an answer",
        f"{number['Eva']} for Eva is not finished",
    ]
    clockwork.lapse(at=later + timedelta(days=1))
    assert f"Dan did not answer {number['Dan']}" in titles(shop, at=later + timedelta(days=1))
    assert titles(shop, Role.TECHNICIAN, at=later) == [f"{number['Eva']} for Eva is not finished"]


def test_the_agenda_forgets_orders_that_are_over(shop):
    inspection = InspectionFactory(shop=shop, answered="disagree")
    assert len(titles(shop)) == 1
    RepairOrder.objects.filter(pk=inspection.repair_order_id).update(status="closed")
    assert titles(shop) == []


# ---- How much is asked of the database -------------------------------------------------------

#: Per page; nothing of it grows with items, files or rows.
QUERIES = SimpleNamespace(detail=21, listed=5, compared=9)


def test_asks_the_same_number_of_questions_however_much_there_is(
    desk, shop, django_assert_num_queries
):
    before = InspectionFactory(shop=shop, looked=True)
    for number in range(3):
        stages.add(stages.item_of(before, "bumper_front"), media.png(width=40 + number))
    stages.complete(before)
    after = check_out_of(before)
    addresses = {
        "detail": at("inspection", after),
        "listed": "/inspections/",
        "compared": at("inspection-compare", after),
    }
    for name, address in addresses.items():
        desk.get(address)
        with django_assert_num_queries(getattr(QUERIES, name)):
            desk.get(address)
