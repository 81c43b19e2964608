"""Reads of estimates, and how rows call themselves."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from estimates.models import Estimate, EstimateRevision
from estimates.services import papers, requests
from estimates.states import RevisionStatus
from tests.estimates import stages
from tests.estimates.stages import CUSTOMER, DESK, LATER, YES
from tests.factories import (
    NOW,
    CustomerFactory,
    JobTemplateLineFactory,
    RepairOrderFactory,
    ShopFactory,
    VehicleFactory,
)

pytestmark = pytest.mark.django_db


def test_rows_call_themselves_by_what_people_know() -> None:
    revision = stages.sent()
    copy = papers.print_for_signature(revision=revision, by=DESK, at=NOW)
    authorization = stages.answer(revision, YES, LATER)
    number = revision.estimate.number
    first = authorization.answers.order_by("line__position")[0]
    job_line = JobTemplateLineFactory()
    assert str(revision.estimate) == number
    assert str(revision) == f"{number} · 1"
    assert str(first.line) == "Replace the front brake pads"
    assert str(authorization) == f"{number} · 1 · By link"
    assert str(first) == "Replace the front brake pads · authorized"
    assert str(copy) == f"{number} · 1 · 2026-03-16"
    assert str(job_line) == "Change the oil"
    assert str(job_line.template) == job_line.template.name


@pytest.mark.parametrize(
    ("words", "hits"),
    [
        ("EST-2026", 1),
        ("RO-", 1),
        ("dupont", 1),
        ("renault dupont", 1),
        ("xy987", 1),
        ("-", 1),
        ("peugeot", 0),
        ("dupont peugeot", 0),
    ],
)
def test_is_found_by_number_order_customer_and_vehicle(words: str, hits: int) -> None:
    shop = ShopFactory()
    customer = CustomerFactory(shop=shop, name="Zoé Dupont")
    vehicle = VehicleFactory(customer=customer, plate="XY-987-ZZ")
    stages.draft(order=RepairOrderFactory(vehicle=vehicle))
    assert Estimate.objects.for_shop(shop).search(words).count() == hits


def test_lists_what_waits_and_for_what() -> None:
    order = RepairOrderFactory()
    draft = stages.draft(order=order)
    sent = stages.sent(order=order, valid_until=date(2026, 3, 20))
    called, paper = stages.sent(order=order), stages.sent(order=order)
    requests.ask_for_call(link=stages.link_of(called), by=CUSTOMER, at=NOW)
    requests.ask_for_paper(link=stages.link_of(paper), by=CUSTOMER, at=NOW)

    def estimates(*revisions: EstimateRevision) -> set[object]:
        return {revision.estimate_id for revision in revisions}

    rows = Estimate.objects.for_shop(order.shop)
    assert set(rows.waiting().values_list("pk", flat=True)) == estimates(sent, called, paper)
    assert set(rows.call_wanted().values_list("pk", flat=True)) == estimates(called)
    assert set(rows.paper_wanted().values_list("pk", flat=True)) == estimates(paper)
    until = date(2026, 3, 20)
    assert set(rows.expiring(until=until).values_list("pk", flat=True)) == estimates(sent)
    facts = {
        row.pk: (row.newest_number, row.wants_call, row.wants_paper) for row in rows.with_newest()
    }
    assert facts[draft.estimate_id] == (1, False, False)
    assert facts[called.estimate_id] == (1, True, False)
    assert facts[paper.estimate_id] == (1, False, True)
    requests.finish_call(revision=called, by=DESK, at=NOW + timedelta(hours=1))
    assert not rows.call_wanted().exists()


def test_a_link_opens_its_own_revision_only() -> None:
    first, second = stages.sent(), stages.sent()
    link = stages.link_of(first)
    assert list(EstimateRevision.objects.for_link(link)) == [first]
    link.shop = second.shop
    assert not EstimateRevision.objects.for_link(link).exists()


def test_drafts_are_not_proposed() -> None:
    first = stages.sent()
    stages.revised(first)
    order = first.estimate.repair_order
    stages.draft(order=order)
    states = EstimateRevision.objects.proposed().values_list("status", flat=True)
    assert sorted(states) == [RevisionStatus.SENT, RevisionStatus.SUPERSEDED]


def test_a_line_says_the_same_whatever_zeros_are_written() -> None:
    first = stages.sent()
    labour = stages.lines_of(first)[0]
    labour.quantity = Decimal("1.8")
    assert labour.says_the_same_as(stages.lines_of(first)[0])
