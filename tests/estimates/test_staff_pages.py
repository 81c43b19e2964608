"""The list of estimates, an estimate's own page, deferred work, and how they lead to each other."""

from datetime import timedelta
from decimal import Decimal

import pytest

from estimates.models import Estimate, EstimateRevision
from estimates.services import requests
from shopdisputes.actors import Role
from tests.estimates import stages
from tests.estimates.staff import browser_of, text_of
from tests.estimates.stages import LATER, NO, YES
from tests.factories import (
    NOW,
    CustomerFactory,
    EstimateFactory,
    RepairOrderFactory,
    VehicleFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(shop):
    return browser_of(shop)


def order_of(shop, name="Camille Durand", **vehicle):
    customer = CustomerFactory(shop=shop, name=name)
    return RepairOrderFactory(
        shop=shop, customer=customer, vehicle=VehicleFactory(customer=customer, **vehicle)
    )


def numbers_in(response):
    return [estimate.number for estimate in response.context["page"].rows]


def test_the_list_says_kindly_that_there_is_nothing(desk):
    words = text_of(desk.get("/estimates/"))
    assert "No estimates yet" in words


def test_the_list_finds_by_number_customer_and_plate(desk, shop):
    first = EstimateFactory(repair_order=order_of(shop, "Ana Silva", plate="XY-1", plate_key="XY1"))
    second = EstimateFactory(repair_order=order_of(shop, "Bruno Costa"))
    assert numbers_in(desk.get("/estimates/", {"q": "silva"})) == [first.number]
    assert numbers_in(desk.get("/estimates/", {"q": "xy 1"})) == [first.number]
    assert numbers_in(desk.get("/estimates/", {"q": second.number.lower()})) == [second.number]
    assert numbers_in(desk.get("/estimates/", {"q": "nobody"})) == []


def test_the_list_shows_only_this_shops_estimates(desk, shop):
    own = EstimateFactory(shop=shop)
    EstimateFactory()
    assert numbers_in(desk.get("/estimates/")) == [own.number]


def test_the_list_adds_up_what_is_filtered(desk, shop):
    EstimateFactory(shop=shop)
    sent = EstimateFactory(shop=shop, sent=True)
    response = desk.get("/estimates/", {"show": "waiting"})
    assert numbers_in(response) == [sent.number]
    assert "Sum of these: €242.28" in text_of(response)
    assert "Sum of these: €484.56" in text_of(desk.get("/estimates/"))


def test_each_filter_shows_its_own(desk, shop):
    draft = EstimateFactory(shop=shop)
    answered = EstimateFactory(shop=shop, answered=True)
    call = stages.sent(order=order_of(shop))
    requests.ask_for_call(link=stages.link_of(call), note="", by=stages.CUSTOMER, at=NOW)
    paper = stages.sent(order=order_of(shop))
    requests.ask_for_paper(link=stages.link_of(paper), by=stages.CUSTOMER, at=NOW)
    ending = stages.sent(order=order_of(shop), valid_until=(NOW + timedelta(days=3)).date())
    found = {
        shown: set(numbers_in(desk.get("/estimates/", {"show": shown})))
        for shown in ("draft", "answered", "call", "paper", "soon", "waiting", "withdrawn")
    }
    assert found == {
        "draft": {draft.number},
        "answered": {answered.number},
        "call": {call.estimate.number},
        "paper": {paper.estimate.number},
        "soon": {ending.estimate.number},
        "waiting": {call.estimate.number, paper.estimate.number, ending.estimate.number},
        "withdrawn": set(),
    }


def test_an_estimate_with_a_draft_beside_it_still_waits(desk, shop):
    revision = stages.sent(order=order_of(shop))
    desk.post(f"/estimates/{revision.estimate.number}/revise/", {"reason": "More"})
    assert numbers_in(desk.get("/estimates/", {"show": "waiting"})) == [revision.estimate.number]


def test_sorts_by_what_is_asked(desk, shop):
    small = stages.draft(stages.PART, order=order_of(shop, "Zoé"))
    large = stages.draft(order=order_of(shop, "Ada"))
    assert numbers_in(desk.get("/estimates/", {"sort": "largest"})) == [
        large.estimate.number,
        small.estimate.number,
    ]
    assert numbers_in(desk.get("/estimates/", {"sort": "customer"})) == [
        large.estimate.number,
        small.estimate.number,
    ]


def test_exports_all_of_what_is_filtered(desk, shop):
    stages.draft(order=order_of(shop, "=cmd()", make="Renault", model="Clio", plate="AB-1"))
    response = desk.get("/estimates/export.csv")
    rows = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert rows[0].startswith("Number,Revision,Status")
    assert rows[1].split(",")[1:5] == ["1", "Draft", rows[1].split(",")[3], "'=cmd()"]
    assert rows[1].endswith("Renault Clio AB-1,242.28,EUR,2026-04-15,2026-03-16")


def test_the_page_shows_each_answer_with_who_when_and_how(desk, shop):
    revision = stages.sent(order=order_of(shop))
    stages.record(revision, YES, LATER)
    words = text_of(desk.get(f"/estimates/{revision.estimate.number}/"))
    assert "Authorized Camille Durand · Orally · L0" in words
    assert "Not now Camille Durand · Orally · L0" in words
    assert "Authorized €172.80 Not authorized €69.48 Waits for an answer €0.00" in words


def test_the_page_shows_what_is_carried_and_what_changed(desk, shop):
    first = stages.sent(order=order_of(shop))
    stages.answer(first, YES, NO)
    more = stages.LABOUR.__class__(
        kind="labour",
        description="Replace the discs",
        unit_price=Decimal("80.00"),
        tax_rate=Decimal(20),
    )
    stages.revised(first, stages.LABOUR, more)
    words = text_of(desk.get(f"/estimates/{first.estimate.number}/"))
    assert "in revision 1, unchanged since" in words
    assert "New: Replace the discs · €80.00" in words
    assert "Left out: Front brake pads, set · €57.90" in words
    assert "Waits for an answer €96.00" in words


def test_an_old_revision_is_shown_as_it_was_answered(desk, shop):
    first = stages.sent(order=order_of(shop))
    stages.answer(first, YES, NO)
    stages.revised(first, stages.LABOUR)
    page = desk.get(f"/estimates/{first.estimate.number}/", {"revision": "1"})
    words = text_of(page)
    assert "You are looking at revision 1, which is not the newest." in words
    assert "Declined Camille Durand" in words
    assert desk.get(f"/estimates/{first.estimate.number}/?revision=9").status_code == 404
    assert desk.get(f"/estimates/{first.estimate.number}/?revision=x").status_code == 404


def test_a_draft_beside_the_one_in_force_is_announced(desk, shop):
    revision = stages.sent(order=order_of(shop))
    desk.post(f"/estimates/{revision.estimate.number}/revise/", {"reason": "More"})
    words = text_of(desk.get(f"/estimates/{revision.estimate.number}/"))
    assert "Revision 2 over €242.28 is a draft." in words
    assert "Change or add work" not in words


def test_a_customer_who_asked_for_a_call_stands_on_top_until_called(desk, shop):
    revision = stages.sent(order=order_of(shop))
    requests.ask_for_call(
        link=stages.link_of(revision), note="After 6 pm", by=stages.CUSTOMER, at=NOW
    )
    url = f"/estimates/{revision.estimate.number}/"
    assert "Camille Durand asked for a call" in text_of(desk.get(url))
    assert "“After 6 pm”" in text_of(desk.get(url))
    assert desk.post(f"{url}call-done/")["Location"] == url
    assert "asked for a call · " not in text_of(desk.get(url))
    revision.refresh_from_db()
    assert revision.call_done_at == NOW
    assert desk.post(f"{url}call-done/").status_code == 409


def test_the_copy_that_is_being_sealed_says_so(desk, shop):
    estimate = EstimateFactory(shop=shop, answered=True)
    words = text_of(desk.get(f"/estimates/{estimate.number}/"))
    assert "The copy is being sealed, try 1" in words


@pytest.mark.parametrize(
    ("life", "primary", "others"),
    [
        ({}, "send", {"edit", "discard", "duplicate"}),
        (
            {"sent": True},
            "oral",
            {"in-person", "paper", "resend", "revise", "withdraw", "duplicate"},
        ),
        ({"answered": True}, "revise", {"oral", "paper", "duplicate"}),
    ],
)
def test_the_buttons_are_those_of_the_state(desk, shop, life, primary, others):
    estimate = EstimateFactory(shop=shop, **life)
    shown = desk.get(f"/estimates/{estimate.number}/").context["actions"]
    assert shown.primary.name == primary
    assert {action.name for action in shown.others} == others


def test_who_wants_paper_gets_it_first(desk, shop):
    revision = stages.sent(order=order_of(shop))
    requests.ask_for_paper(link=stages.link_of(revision), by=stages.CUSTOMER, at=NOW)
    page = desk.get(f"/estimates/{revision.estimate.number}/")
    assert page.context["actions"].primary.name == "paper"


def test_a_closed_order_leaves_only_the_copy(desk, shop):
    estimate = EstimateFactory(shop=shop, sent=True)
    estimate.repair_order.status = "closed"
    estimate.repair_order.save(update_fields=["status"])
    page = desk.get(f"/estimates/{estimate.number}/")
    assert {action.name for action in page.context["actions"].every} == {"duplicate"}
    assert "is not open any more" in text_of(page)


def test_technicians_look_and_do_not_touch(shop):
    estimate = EstimateFactory(shop=shop, sent=True)
    page = browser_of(shop, Role.TECHNICIAN).get(f"/estimates/{estimate.number}/")
    assert page.status_code == 200
    assert page.context["actions"].every == ()
    assert "Open in the mail log" not in text_of(page)


def test_the_list_costs_the_same_for_one_and_for_many(desk, shop, django_assert_num_queries):
    EstimateFactory(shop=shop, sent=True)
    desk.get("/estimates/")
    with django_assert_num_queries(6):
        desk.get("/estimates/")
    for _each in range(5):
        EstimateFactory(shop=shop, sent=True)
    with django_assert_num_queries(6):
        desk.get("/estimates/")


def test_the_page_costs_the_same_for_few_lines_and_for_many(desk, shop, django_assert_num_queries):
    few = stages.sent(order=order_of(shop))
    stages.answer(few, YES, NO)
    many = stages.sent(*[stages.LABOUR] * 12, order=order_of(shop))
    stages.answer(many, *[YES] * 12)
    desk.get(f"/estimates/{few.estimate.number}/")
    with django_assert_num_queries(18):
        desk.get(f"/estimates/{few.estimate.number}/")
    with django_assert_num_queries(18):
        desk.get(f"/estimates/{many.estimate.number}/")


def test_another_shops_estimate_is_not_there(desk):
    foreign = EstimateFactory(sent=True)
    for path in ("", "edit/", "send/", "preview/", "oral/", "paper/"):
        assert desk.get(f"/estimates/{foreign.number}/{path}").status_code == 404


def test_deferred_work_is_kept_by_vehicle_and_offered_again(desk, shop):
    order = order_of(shop, "Camille Durand")
    revision = stages.sent(order=order)
    stages.record(revision, YES, LATER)
    page = desk.get("/deferred-work/")
    words = text_of(page)
    assert "Camille Durand" in words
    assert "Front brake pads, set" in words
    assert "€69.48" in words
    assert "Replace the front brake pads" not in words
    answer = page.context["page"].rows[0]
    offered = desk.get(f"/repair-orders/{order.number}/estimates/new/", {"deferred": answer.pk})
    content = offered.content.decode()
    assert 'value="Front brake pads, set"' in content
    assert Estimate.objects.count() == 1


@pytest.mark.parametrize("wanted", ["nonsense", "00000000-0000-0000-0000-000000000000"])
def test_offers_no_work_that_is_not_deferred(desk, shop, wanted):
    order = order_of(shop)
    page = desk.get(f"/repair-orders/{order.number}/estimates/new/", {"deferred": wanted})
    assert page.status_code == 200
    assert len(page.context["editor"].rows) == 1


def test_offers_no_work_of_another_vehicle(desk, shop):
    stages.record(stages.sent(order=order_of(shop)), YES, LATER)
    answer = desk.get("/deferred-work/").context["page"].rows[0]
    other = order_of(shop)
    page = desk.get(f"/repair-orders/{other.number}/estimates/new/", {"deferred": answer.pk})
    assert 'value="Front brake pads, set"' not in page.content.decode()


def test_deferred_work_of_a_vehicle_that_is_gone_leads_to_a_new_order(desk, shop):
    order = order_of(shop)
    stages.record(stages.sent(order=order), YES, NO)
    order.status = "closed"
    order.save(update_fields=["status"])
    content = desk.get("/deferred-work/").content.decode()
    assert f"/repair-orders/new/?customer={order.customer_id}&amp;vehicle={order.vehicle_id}" in (
        content
    )


def test_deferred_work_narrows_by_words_and_answer(desk, shop):
    stages.record(stages.sent(order=order_of(shop, "Ana Silva")), LATER, NO)
    stages.record(stages.sent(order=order_of(shop, "Bruno Costa")), YES, LATER)

    def found(**query):
        rows = desk.get("/deferred-work/", query).context["page"].rows
        return [row.line.description for row in rows]

    assert len(found()) == 3
    assert len(found(q="silva")) == 2
    assert found(q="silva", answer="declined") == ["Front brake pads, set"]
    assert found(q="nobody") == []


def test_exports_deferred_work(desk, shop):
    stages.record(stages.sent(order=order_of(shop, "Ana Silva")), YES, LATER)
    response = desk.get("/deferred-work/export.csv")
    rows = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert len(rows) == 2
    assert "Ana Silva" in rows[1]
    assert '"Front brake pads, set",,Not now,2026-03-16,69.48,EUR' in rows[1]


def test_reading_changes_nothing(desk, shop):
    revision = stages.sent(order=order_of(shop))
    before = stages.everything()
    number = revision.estimate.number
    for path in (
        "/estimates/",
        "/estimates/export.csv",
        f"/estimates/{number}/",
        f"/estimates/{number}/preview/",
        f"/estimates/{number}/oral/",
        f"/estimates/{number}/paper/",
        "/deferred-work/",
        "/settings/jobs/",
        "/settings/jobs/new/",
    ):
        assert desk.get(path).status_code == 200
    assert stages.everything() == before
    assert EstimateRevision.objects.get(pk=revision.pk).status == "sent"
