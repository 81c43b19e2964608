"""What estimates add to the kernel's pages: search, agenda, panels, sentences, renewals."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from estimates.contributions import contribution
from estimates.services import requests
from shopdisputes.actors import Role
from shopdisputes.audit.models import AuditEvent
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.web.contributions import Renewal
from shopdisputes.web.sentences import sentence
from tests.estimates import stages
from tests.estimates.staff import browser_of, text_of
from tests.estimates.stages import DESK, LATER, TECHNICIAN, YES
from tests.factories import NOW, CustomerFactory, EstimateFactory, RepairOrderFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(shop):
    customer = CustomerFactory(shop=shop, name="Camille Durand")
    return RepairOrderFactory(shop=shop, customer=customer)


def titles(shop, *, at=NOW, actor=DESK):
    return [(str(item.title), item.late) for item in contribution.agenda(shop, actor, at)]


def test_finds_estimates_by_a_part_of_their_number(shop, order):
    estimate = EstimateFactory(repair_order=order, number="EST-2026-0042")
    EstimateFactory(shop=shop, number="EST-2026-0043")
    EstimateFactory(number="EST-2026-0042")
    (hit,) = contribution.search(shop, "0042")
    assert (hit.title, hit.exact) == ("EST-2026-0042", False)
    assert hit.url == f"/estimates/{estimate.number}/"
    assert "Camille Durand" in hit.subtitle
    (exact,) = contribution.search(shop, "est-2026-0042")
    assert exact.exact
    assert contribution.search(shop, "Camille") == []


def test_the_agenda_is_empty_without_estimates_and_for_technicians(shop, order):
    assert titles(shop) == []
    requests.ask_for_call(
        link=stages.link_of(stages.sent(order=order)), note="", by=stages.CUSTOMER, at=NOW
    )
    assert titles(shop, actor=TECHNICIAN) == []


def test_a_call_is_late_after_four_hours(shop, order):
    revision = stages.sent(order=order)
    requests.ask_for_call(
        link=stages.link_of(revision), note="After 6 pm", by=stages.CUSTOMER, at=NOW
    )
    words = f"Call Camille Durand about {revision.estimate.number}"
    (item,) = contribution.agenda(shop, DESK, NOW + timedelta(hours=4))
    assert (item.title, item.detail, item.late) == (words, "After 6 pm", False)
    assert titles(shop, at=NOW + timedelta(hours=4, seconds=1)) == [(words, True)]
    requests.finish_call(revision=revision, by=DESK, at=NOW)
    assert titles(shop) == []


def test_wanted_paper_is_late_after_a_day(shop, order):
    revision = stages.sent(order=order)
    requests.ask_for_paper(link=stages.link_of(revision), by=stages.CUSTOMER, at=NOW)
    words = f"Camille Durand wants to sign {revision.estimate.number} on paper"
    assert titles(shop, at=NOW + timedelta(days=1)) == [(words, False)]
    assert titles(shop, at=NOW + timedelta(days=1, seconds=1)) == [(words, True)]


def test_what_ends_within_three_days_is_on_the_agenda(shop, order):
    day = (NOW + timedelta(days=4)).date()
    revision = stages.sent(order=order, valid_until=day)
    assert titles(shop) == []
    words = f"{revision.estimate.number} of Camille Durand ends soon without an answer"
    assert titles(shop, at=NOW + timedelta(days=1)) == [(words, False)]


def test_answers_stay_on_the_agenda_until_the_day_after(shop, order):
    revision = stages.sent(order=order)
    stages.answer(revision, YES, LATER)
    words = f"Camille Durand has answered {revision.estimate.number}"
    assert titles(shop) == [(words, False)]
    assert titles(shop, at=NOW + timedelta(days=1)) == [(words, False)]
    assert titles(shop, at=NOW + timedelta(days=2)) == []


def test_a_forgotten_draft_is_on_the_agenda_after_two_days(shop, order):
    revision = stages.draft(order=order)
    assert titles(shop, at=NOW + timedelta(days=2)) == []
    words = f"{revision.estimate.number} for Camille Durand is still a draft"
    assert titles(shop, at=NOW + timedelta(days=2, seconds=1)) == [(words, False)]


def test_a_closed_order_asks_for_nothing(shop, order):
    stages.sent(order=order, valid_until=NOW.date())
    order.status = "closed"
    order.save(update_fields=["status"])
    assert titles(shop) == []


def test_the_repair_order_shows_what_is_authorized(shop, order):
    revision = stages.sent(order=order)
    stages.record(revision, YES, LATER)
    words = text_of(browser_of(shop).get(f"/repair-orders/{order.number}/"))
    assert "€172.80 authorized of €242.28" in words
    assert "New estimate" in words
    words = text_of(browser_of(shop, Role.TECHNICIAN).get(f"/repair-orders/{order.number}/"))
    assert "New estimate" not in words


def test_the_customer_shows_estimates_and_deferred_work(shop, order):
    revision = stages.sent(order=order)
    stages.record(revision, YES, LATER)
    words = text_of(browser_of(shop).get(f"/customers/{order.customer_id}/"))
    assert revision.estimate.number in words
    assert "Deferred work Front brake pads, set" in words


def test_every_act_has_its_sentence(shop, order):
    revision = stages.sent(order=order)
    requests.ask_for_call(link=stages.link_of(revision), note="", by=stages.CUSTOMER, at=NOW)
    requests.ask_for_paper(link=stages.link_of(revision), by=stages.CUSTOMER, at=NOW)
    stages.answer(revision, YES, LATER)
    stages.revised(revision, stages.LABOUR)
    events = AuditEvent.objects.for_shop(shop).filter(target_id=revision.estimate_id)
    known = set(contribution.sentences)
    assert {event.action for event in events} <= known
    number = revision.estimate.number
    with translation.override("en"):
        told = [sentence(event) for event in events.order_by("sequence")]
    assert told == [
        f"Estimate {number} begun",
        f"Revision 1 of {number} sent, total €242.28",
        f"Customer asked for a call about {number}",
        f"Customer wants to sign {number} on paper",
        f"Camille Durand answered and signed revision 1 of {number}; authorized is now €172.80",
        f"Revision 2 of {number} begun",
        f"Revision 2 of {number} sent, total €172.80",
    ]


def test_a_fresh_link_opens_the_newest_version(order):
    first = stages.sent(order=order)
    renew = contribution.renewals[LinkPurpose.ESTIMATE]
    link = stages.link_of(first)
    assert renew(link) == Renewal(target_id=first.pk, customer=order.customer)
    second = stages.revised(first, stages.LABOUR)
    assert renew(link) == Renewal(target_id=second.pk, customer=order.customer)
    stages.draft(order=order)
    assert renew(link) == Renewal(target_id=second.pk, customer=order.customer)


def test_no_fresh_link_opens_what_was_withdrawn_or_is_gone(shop, order):
    revision = stages.sent(order=order)
    link = stages.link_of(revision)
    browser_of(shop).post(
        reverse("estimate-withdraw", args=[revision.estimate.number]), {"reason": "Wrong car."}
    )
    renew = contribution.renewals[LinkPurpose.ESTIMATE]
    assert renew(link) is None
    assert renew(AccessLink(shop=shop, target_id=order.pk)) is None


def test_the_ways_in_lead_somewhere(shop):
    desk = browser_of(shop)
    for entry in (*contribution.navigation, *contribution.settings_entries):
        assert desk.get(reverse(entry.url_name)).status_code == 200


def test_all_invariants_hold_after_a_life(order):
    revision = stages.sent(order=order)
    stages.typeset(revision.document)
    stages.answer(revision, YES, LATER)
    assert list(contribution.invariants()) == []
