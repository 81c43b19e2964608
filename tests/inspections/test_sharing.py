"""Putting an inspection before the customer: by mail, again, and on the shop's tablet."""

from datetime import UTC, date, datetime, timedelta

import pytest

from inspections.models import Inspection
from inspections.services import sharing
from inspections.services.sharing import DatePast, DateTooFar, MessageTooLong, NoAddress
from inspections.states import InspectionStatus
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.repairorders import services as repair_orders
from shopdisputes.repairorders.services import RepairOrderNotOpen
from shopdisputes.transitions import IllegalTransition, NotYourTransition
from tests.factories import NOW, InspectionFactory, ShopFactory
from tests.inspections import customers, stages
from tests.inspections.customers import refused
from tests.inspections.stages import DESK, TECHNICIAN
from tests.races import overtake, without_locks

TODAY = date(2026, 3, 16)


@pytest.fixture
def completed(db: None) -> Inspection:
    return InspectionFactory(completed=True)


def test_sharing_mails_a_link_and_waits_as_long_as_the_shop_says(completed: Inspection) -> None:
    inspection = stages.share(completed, message="  Please look at the bumper.  ")
    inspection.refresh_from_db()
    assert (inspection.status, inspection.shared_at) == (InspectionStatus.SHARED, NOW)
    assert inspection.answer_by == date(2026, 3, 19)
    assert inspection.message == "Please look at the bumper."
    email = inspection.repair_order.customer.email
    assert inspection.sent_to == email
    link = stages.link_of(inspection)
    assert (link.purpose, link.recipient) == (LinkPurpose.INSPECTION, email)
    mail = OutgoingEmail.objects.get(kind="inspection_shared")
    assert (mail.recipient, mail.link, mail.target_id) == (email, link, inspection.pk)
    assert stages.told_by(inspection, "inspection.shared") == {
        "number": inspection.number,
        "stage": "check_in",
        "to": email,
        "answer_by": "2026-03-19",
        "sha256": inspection.sha256,
    }


def test_the_last_day_is_a_day_of_the_shop(completed: Inspection) -> None:
    # 23:30 in London is half past midnight of the next day in Paris.
    late = datetime(2026, 3, 16, 23, 30, tzinfo=UTC)
    refused(DatePast, lambda: stages.share(completed, answer_by=TODAY, at=late))
    assert sharing.default_answer_by(completed.shop, late) == date(2026, 3, 20)
    assert stages.share(completed, answer_by=TODAY + timedelta(days=1), at=late).answer_by == date(
        2026, 3, 17
    )


def test_today_can_be_the_last_day(completed: Inspection) -> None:
    assert stages.share(completed, answer_by=TODAY).answer_by == TODAY


def test_what_cannot_be_shared_stays_as_it_is(completed: Inspection) -> None:
    problem = refused(
        DatePast, lambda: stages.share(completed, answer_by=TODAY - timedelta(days=1))
    )
    assert list(problem.fields) == ["answer_by"]
    refused(DateTooFar, lambda: stages.share(completed, answer_by=TODAY + timedelta(days=30)))
    refused(MessageTooLong, lambda: stages.share(completed, message="x" * 4001))
    refused(
        NotYourTransition,
        lambda: sharing.share(inspection=completed, by=TECHNICIAN, at=NOW),
    )
    customer = completed.repair_order.customer
    type(customer).objects.filter(pk=customer.pk).update(email="")
    refused(NoAddress, lambda: stages.share(completed))


def test_the_last_day_never_outlives_the_link(db: None) -> None:
    shop = ShopFactory(inspection_answer_days=30, link_life_days=5)
    assert sharing.default_answer_by(shop, NOW) == date(2026, 3, 20)


def test_only_what_is_completed_is_shared_and_only_once(completed: Inspection) -> None:
    running = InspectionFactory(repair_order=completed.repair_order)
    refused(IllegalTransition, lambda: stages.share(running))
    refused(IllegalTransition, lambda: sharing.reshare(inspection=completed, by=DESK, at=NOW))
    stages.share(completed)
    refused(IllegalTransition, lambda: stages.share(completed))


def test_nothing_is_shared_once_the_visit_is_over(completed: Inspection) -> None:
    repair_orders.close(repair_order=completed.repair_order, by=DESK, at=NOW)
    refused(RepairOrderNotOpen, lambda: stages.share(completed))
    refused(RepairOrderNotOpen, lambda: sharing.hand_over(inspection=completed, by=DESK, at=NOW))


def test_sharing_again_mails_a_new_link_with_a_new_day(completed: Inspection) -> None:
    stages.share(completed, message="Please look.")
    later = NOW + timedelta(days=1)
    inspection = sharing.reshare(inspection=completed, by=DESK, at=later)
    assert (inspection.message, inspection.answer_by) == ("Please look.", date(2026, 3, 20))
    assert inspection.shared_at == NOW
    assert list(
        OutgoingEmail.objects.filter(kind="inspection_shared")
        .order_by("created_at")
        .values_list("status", flat=True)
    ) == ["withdrawn", "queued"]
    assert AccessLink.objects.filter(target_id=completed.pk, revoked_at=None).count() == 2
    assert stages.actions(completed)[-1] == "inspection.reshared"


def test_sharing_again_to_another_address_closes_the_old_links(completed: Inspection) -> None:
    stages.share(completed)
    customer = completed.repair_order.customer
    type(customer).objects.filter(pk=customer.pk).update(email="new@customer.example")
    inspection = sharing.reshare(
        inspection=completed, message="Once more.", by=DESK, at=NOW + timedelta(hours=1)
    )
    assert (inspection.sent_to, inspection.message) == ("new@customer.example", "Once more.")
    live = AccessLink.objects.filter(target_id=completed.pk, revoked_at=None)
    assert [link.recipient for link in live] == ["new@customer.example"]


def test_handing_over_shares_without_a_mail_for_one_hour(completed: Inspection) -> None:
    link = sharing.hand_over(inspection=completed, by=DESK, at=NOW)
    completed.refresh_from_db()
    assert (completed.status, completed.sent_to) == (InspectionStatus.SHARED, "")
    assert completed.answer_by == date(2026, 3, 19)
    assert (link.purpose, link.recipient) == (LinkPurpose.INSPECTION_IN_PERSON, "")
    assert link.expires_at == NOW + timedelta(hours=1)
    assert not OutgoingEmail.objects.exists()
    assert stages.actions(completed)[-1] == "inspection.handed_over"


def test_handing_over_what_was_mailed_changes_neither_day_nor_address(
    completed: Inspection,
) -> None:
    shared = stages.share(completed, answer_by=date(2026, 3, 25))
    sharing.hand_over(inspection=shared, by=DESK, at=NOW)
    completed.refresh_from_db()
    assert (completed.sent_to, completed.answer_by) == (shared.sent_to, date(2026, 3, 25))


def test_what_is_answered_is_neither_shared_again_nor_handed_over(db: None) -> None:
    inspection = InspectionFactory(answered=True)
    refused(IllegalTransition, lambda: sharing.reshare(inspection=inspection, by=DESK, at=NOW))
    refused(IllegalTransition, lambda: sharing.hand_over(inspection=inspection, by=DESK, at=NOW))


def of(inspection: Inspection) -> Inspection:
    """The row as a process of its own reads it."""
    return Inspection.objects.with_everything().get(pk=inspection.pk)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locks", [True, False])
def test_an_inspection_answered_while_it_is_shared_again_stays_answered(locks: bool) -> None:
    inspection = customers.shared()

    def answers() -> object:
        return customers.answer(of(inspection))

    def reshares() -> object:
        return sharing.reshare(inspection=of(inspection), by=DESK, at=NOW)

    pause = "shopdisputes.audit.services.record"
    if locks:
        first, second = overtake(answers, reshares, pause_in=pause)
    else:
        with without_locks():
            first, second = overtake(answers, reshares, pause_in=pause)
    assert first.exception() is None
    # With or without locks: the status that was read is the one that must still stand.
    assert isinstance(second.exception(), IllegalTransition)
    assert of(inspection).status == InspectionStatus.ANSWERED
    assert OutgoingEmail.objects.filter(kind="inspection_shared").count() == 1
