"""Storage: announced, paused, stopped, and billed only as far as it counts."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError

from invoices import yard
from invoices.models import Invoice, StorageNotice, StorageSuspension
from invoices.services import drafting, issuing, storage, storage_billing
from invoices.states import ClaimKind, HoldKind, InvoiceKind, StorageDayState, SuspensionReason
from shopdisputes.actors import Actor, Role
from shopdisputes.audit.models import AuditEvent
from shopdisputes.documents.models import Document
from shopdisputes.errors import DomainError
from shopdisputes.jurisdictions import profiles
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.repairorders.services import ReasonMissing, RepairOrderNotOpen
from shopdisputes.transitions import NotYourTransition
from tests.factories import (
    ADVISOR,
    NOW,
    ClaimFactory,
    HoldFactory,
    InvoiceFactory,
    RepairOrderFactory,
    ShopFactory,
    StorageNoticeFactory,
    StorageSuspensionFactory,
)

TODAY = date(2026, 3, 16)
TECHNICIAN = Actor(role=Role.TECHNICIAN, name="Theo Technician")

pytestmark = pytest.mark.django_db


def notify(order: RepairOrder, *, by: Actor = ADVISOR, **facts: Any) -> StorageNotice:
    told = {
        "ready_on": TODAY,
        "daily_rate": Decimal("12.00"),
        "tax_rate": Decimal("20.00"),
        "free_days": 3,
    }
    return storage.notify(repair_order=order, **(told | facts), by=by, at=NOW)


def later(days: int) -> datetime:
    return NOW + timedelta(days=days)


def refused(error: type[DomainError], act: Callable[[], Any]) -> DomainError:
    """Nothing was changed by what was refused."""
    before = _rows()
    with pytest.raises(error) as caught:
        act()
    assert _rows() == before
    return caught.value


def _rows() -> list[Any]:
    return [
        list(StorageNotice.objects.order_by("pk").values_list("pk", "stopped_on")),
        list(StorageSuspension.objects.order_by("pk").values_list("pk", "until_on")),
        Invoice.objects.count(),
        OutgoingEmail.objects.count(),
        Document.objects.count(),
        AuditEvent.objects.count(),
    ]


@pytest.fixture
def order(db: None) -> RepairOrder:
    return RepairOrderFactory(opened_at=NOW - timedelta(days=5))


def test_a_notice_is_mailed_with_its_paper_and_says_from_when_a_day_costs(
    order: RepairOrder,
) -> None:
    notice = notify(order, message="  The keys are at the desk. ")
    notice.refresh_from_db()
    assert notice.first_day == date(2026, 3, 20)
    assert notice.message == "The keys are at the desk."
    assert notice.sent_to == order.customer.email
    assert notice.document is not None
    mail = OutgoingEmail.objects.get(kind="storage_notice")
    assert (mail.recipient, mail.target_id) == (order.customer.email, notice.pk)
    assert [each.pk for each in mail.attachments.all()] == [notice.document_id]
    event = AuditEvent.objects.get(action="storage.notified")
    assert event.repair_order_id == order.pk
    assert event.data == {
        "number": order.number,
        "daily_rate": "12.00",
        "first_day": "2026-03-20",
        "to": order.customer.email,
    }


def test_a_notice_in_words_needs_no_address(order: RepairOrder) -> None:
    notice = notify(order, by_email=False, served_how="Registered letter RR 123")
    assert (notice.sent_to, notice.served_how) == ("", "Registered letter RR 123")
    assert not OutgoingEmail.objects.exists()


def test_the_business_days_of_the_place_are_free_too() -> None:
    order = RepairOrderFactory(
        profile=profiles.freeze("US-FL"), shop__country="US", opened_at=NOW - timedelta(days=5)
    )
    assert notify(order, free_days=0).first_day == date(2026, 3, 20)


@pytest.mark.parametrize(
    ("facts", "error", "field"),
    [
        ({"daily_rate": Decimal("0")}, storage.WrongRate, "daily_rate"),
        ({"daily_rate": Decimal("1.005")}, storage.WrongRate, "daily_rate"),
        ({"daily_rate": Decimal("99999999.00")}, storage.WrongRate, "daily_rate"),
        ({"tax_rate": Decimal("101")}, storage.WrongRate, "tax_rate"),
        ({"ready_on": TODAY + timedelta(days=1)}, storage.WrongDay, "ready_on"),
        ({"ready_on": TODAY - timedelta(days=6)}, storage.WrongDay, "ready_on"),
        ({"free_days": -1}, storage.WrongDay, "free_days"),
        ({"free_days": 366}, storage.WrongDay, "free_days"),
        ({"by_email": False, "served_how": " "}, storage.NoticeNotGiven, "served_how"),
    ],
)
def test_a_notice_that_cannot_be_meant_is_refused(
    order: RepairOrder, facts: dict[str, Any], error: type[DomainError], field: str
) -> None:
    assert set(refused(error, lambda: notify(order, **facts)).fields) == {field}


def test_a_notice_is_given_once_by_the_desk_while_the_vehicle_is_here(order: RepairOrder) -> None:
    refused(NotYourTransition, lambda: notify(order, by=TECHNICIAN))
    notify(order)
    refused(storage.StorageRunning, lambda: notify(order))
    closed = RepairOrderFactory(status="closed", closed_at=NOW)
    refused(RepairOrderNotOpen, lambda: notify(closed, ready_on=TODAY))


def test_days_are_reckoned_up_to_the_shops_today(order: RepairOrder) -> None:
    notice = notify(order, ready_on=TODAY - timedelta(days=2))
    account = yard.account(notice, at=later(6))
    assert account.today == date(2026, 3, 22)
    assert [day.state for day in account.days] == [
        *[StorageDayState.BEFORE_NOTICE] * 2,
        *[StorageDayState.FREE] * 4,
        *[StorageDayState.COUNTED] * 3,
    ]
    assert (account.counted, account.net, account.total) == (3, Decimal("36.00"), Decimal("43.20"))
    assert account.daily_total == Decimal("14.40")
    assert account.state == StorageDayState.COUNTED


def test_a_shop_that_moves_to_another_zone_counts_the_same_days(order: RepairOrder) -> None:
    # Late afternoon in Paris is the next day in Tokyo already.
    notice = storage.notify(
        repair_order=order,
        ready_on=TODAY,
        daily_rate=Decimal("12.00"),
        tax_rate=Decimal("20.00"),
        free_days=3,
        by=ADVISOR,
        at=datetime(2026, 3, 16, 16, 0, tzinfo=UTC),
    )
    noon = datetime(2026, 3, 25, 10, 0, tzinfo=UTC)
    before = yard.account(notice, at=noon)
    order.shop.timezone = "Asia/Tokyo"
    order.shop.save()
    moved = StorageNotice.objects.select_related("shop", "repair_order").get(pk=notice.pk)
    after = yard.account(moved, at=noon)
    assert [day.on for day in after.unbilled] == [day.on for day in before.unbilled]
    assert after.total == before.total == Decimal("86.40")


def test_no_day_counts_after_the_visit_was_closed_without_a_hand_over(order: RepairOrder) -> None:
    notice = notify(order)
    RepairOrder.objects.filter(pk=order.pk).update(status="closed", closed_at=later(5))
    [account] = yard.accounts(order, at=later(30))
    assert (account.notice, account.today, account.counted) == (notice, date(2026, 3, 21), 2)


def test_a_suspension_takes_both_its_days_out_until_it_is_ended() -> None:
    notice = StorageNoticeFactory()
    suspension = storage.suspend(
        notice=notice,
        reason=SuspensionReason.PARTS,
        from_on=date(2026, 3, 21),
        note=" The hose is late. ",
        by=ADVISOR,
        at=later(5),
    )
    assert suspension.note == "The hose is late."
    assert yard.account(notice, at=later(9)).counted == 1
    assert yard.account(notice, at=later(9)).suspension == suspension
    storage.resume(suspension=suspension, until_on=date(2026, 3, 23), by=ADVISOR, at=later(9))
    account = yard.account(notice, at=later(9))
    assert [day.on.day for day in account.unbilled] == [20, 24, 25]
    assert account.suspension is None
    assert [event.action for event in AuditEvent.objects.order_by("sequence")] == [
        "storage.suspended",
        "storage.resumed",
    ]


def test_a_suspension_that_cannot_be_meant_is_refused() -> None:
    notice = StorageNoticeFactory()
    known = StorageSuspensionFactory(
        notice=notice, from_on=date(2026, 3, 21), until_on=date(2026, 3, 23)
    )

    def suspend(first: int, last: int | None, by: Actor = ADVISOR) -> StorageSuspension:
        return storage.suspend(
            notice=notice,
            reason=SuspensionReason.GOODWILL,
            from_on=date(2026, 3, first),
            until_on=last and date(2026, 3, last),
            by=by,
            at=later(5),
        )

    refused(NotYourTransition, lambda: suspend(25, 26, by=TECHNICIAN))
    refused(storage.WrongDay, lambda: suspend(26, 25))
    for first, last in ((20, 21), (22, 22), (23, 30), (20, None), (23, None)):
        refused(storage.AlreadySuspended, lambda f=first, u=last: suspend(f, u))
    suspend(19, 20)
    running = suspend(24, None)
    refused(
        storage.NotSuspended,
        lambda: storage.resume(suspension=known, until_on=TODAY, by=ADVISOR, at=later(5)),
    )
    for wrong in (23, 26):
        refused(
            storage.WrongDay,
            lambda day=wrong: storage.resume(
                suspension=running, until_on=date(2026, 3, day), by=ADVISOR, at=later(9)
            ),
        )


def test_a_stopped_clock_counts_no_later_day_and_stays_stopped() -> None:
    notice = StorageNoticeFactory()

    def stop(**facts: Any) -> StorageNotice:
        told = {"notice": notice, "reason": "Moved to our lot.", "by": ADVISOR, "at": later(8)}
        return storage.stop(**(told | facts))

    refused(NotYourTransition, lambda: stop(by=TECHNICIAN))
    refused(ReasonMissing, lambda: stop(reason=" "))
    refused(storage.WrongDay, lambda: stop(stopped_on=date(2026, 3, 25)))
    refused(storage.WrongDay, lambda: stop(stopped_on=date(2026, 3, 15)))
    stopped = stop(stopped_on=date(2026, 3, 22))
    assert yard.account(stopped, at=later(30)).counted == 3
    refused(storage.StorageStopped, stop)
    refused(
        storage.StorageStopped,
        lambda: storage.suspend(
            notice=stopped,
            reason=SuspensionReason.PARTS,
            from_on=TODAY,
            by=ADVISOR,
            at=later(8),
        ),
    )


@pytest.mark.parametrize(
    ("place", "counted"), [("US-MI", [20, 24, 25]), ("FR", [20, 21, 22, 23, 24, 25])]
)
@pytest.mark.parametrize("kind", [HoldKind.DISPUTE, HoldKind.CHARGEBACK])
def test_a_dispute_suspends_storage_where_the_place_says_so(
    place: str, counted: list[int], kind: HoldKind
) -> None:
    order = RepairOrderFactory(profile=profiles.freeze(place))
    notice = StorageNoticeFactory(repair_order=order)
    invoice = InvoiceFactory(repair_order=order, issued=True)
    HoldFactory(invoice=invoice, kind=kind, placed_at=later(5), released_at=later(7))
    assert [day.on.day for day in yard.account(notice, at=later(9)).unbilled] == counted


def test_an_open_claim_that_something_is_wrong_is_a_dispute_and_a_promise_is_none() -> None:
    order = RepairOrderFactory(profile=profiles.freeze("US-MI"))
    notice = StorageNoticeFactory(repair_order=order)
    invoice = InvoiceFactory(repair_order=order, issued=True)
    HoldFactory(invoice=invoice, kind=HoldKind.PROMISE, placed_at=NOW)
    assert yard.account(notice, at=later(6)).counted == 3
    ClaimFactory(
        invoice=invoice,
        kind=ClaimKind.SOMETHING_WRONG,
        hold__placed_at=later(5),
        hold__kind=HoldKind.REPLY_PENDING,
    )
    account = yard.account(notice, at=later(6))
    assert (account.counted, account.disputed) == (1, True)


def test_bills_the_days_that_count_once_and_explains_them(order: RepairOrder) -> None:
    notice = notify(order)
    StorageSuspensionFactory(notice=notice, from_on=date(2026, 3, 22), until_on=date(2026, 3, 22))
    first = storage_billing.draft(repair_order=order, by=ADVISOR, at=later(7))
    line = first.lines.get()
    assert (first.kind, first.performed_on) == (InvoiceKind.STORAGE, date(2026, 3, 23))
    assert (line.kind, line.quantity, line.unit_price, line.net) == (
        "storage",
        Decimal("3"),
        Decimal("12.00"),
        Decimal("36.00"),
    )
    assert line.description == "Storage, days counted from March 20, 2026 to March 23, 2026"
    assert first.explanation.splitlines() == [
        "We told you on March 16, 2026 that the vehicle was ready and what a day costs.",
        "March 16, 2026 to March 19, 2026: 4 days, free",
        "March 20, 2026 to March 21, 2026: 2 days, counted",
        "March 22, 2026 to March 22, 2026: 1 day, suspended (Waiting for parts)",
        "March 23, 2026 to March 23, 2026: 1 day, counted",
    ]
    refused(
        drafting.DraftExists,
        lambda: storage_billing.draft(repair_order=order, by=ADVISOR, at=later(8)),
    )
    issued = issuing.issue(invoice=first, by=ADVISOR, at=later(7))
    assert issued.total == Decimal("43.20")
    refused(
        storage_billing.NoDayToBill,
        lambda: storage_billing.draft(repair_order=order, by=ADVISOR, at=later(7)),
    )
    second = storage_billing.draft(repair_order=order, by=ADVISOR, at=later(9))
    assert second.lines.get().quantity == Decimal("2")
    assert "March 23, 2026 to March 23, 2026: 1 day, billed before" in second.explanation


def test_is_never_billed_without_a_notice_nor_by_a_technician(order: RepairOrder) -> None:
    refused(
        storage_billing.StorageNotAnnounced,
        lambda: storage_billing.draft(repair_order=order, by=ADVISOR, at=later(30)),
    )
    notify(order)
    refused(
        NotYourTransition,
        lambda: storage_billing.draft(repair_order=order, by=TECHNICIAN, at=later(30)),
    )
    refused(
        storage_billing.NoDayToBill,
        lambda: storage_billing.draft(repair_order=order, by=ADVISOR, at=later(3)),
    )


def test_a_draft_whose_days_change_is_thrown_away(order: RepairOrder) -> None:
    notice = notify(order)
    storage_billing.draft(repair_order=order, by=ADVISOR, at=later(7))
    storage.suspend(
        notice=notice,
        reason=SuspensionReason.GOODWILL,
        from_on=date(2026, 3, 21),
        until_on=date(2026, 3, 22),
        by=ADVISOR,
        at=later(7),
    )
    assert not Invoice.objects.exists()
    storage_billing.draft(repair_order=order, by=ADVISOR, at=later(7))
    storage.stop(notice=notice, reason="Collected.", by=ADVISOR, at=later(7))
    assert Invoice.objects.get().lines.get().quantity == Decimal("2")


def test_billed_days_are_neither_suspended_nor_cut_off_afterwards(order: RepairOrder) -> None:
    notice = notify(order)
    draft = storage_billing.draft(repair_order=order, by=ADVISOR, at=later(7))
    issuing.issue(invoice=draft, by=ADVISOR, at=later(7))
    refused(
        storage.DaysBilled,
        lambda: storage.suspend(
            notice=notice,
            reason=SuspensionReason.PARTS,
            from_on=date(2026, 3, 23),
            by=ADVISOR,
            at=later(8),
        ),
    )
    refused(
        storage.DaysBilled,
        lambda: storage.stop(
            notice=notice,
            reason="Collected.",
            stopped_on=date(2026, 3, 22),
            by=ADVISOR,
            at=later(8),
        ),
    )


def test_the_rows_cannot_be_absurd() -> None:
    notice = StorageNoticeFactory()
    with pytest.raises(IntegrityError, match="storage_one_clock_per_order"):
        StorageNoticeFactory(repair_order=notice.repair_order)


def test_a_rate_below_zero_is_no_row() -> None:
    with pytest.raises(IntegrityError, match="storage_rate_not_negative"):
        StorageNoticeFactory(daily_rate=Decimal("-1.00"))


def test_a_suspension_that_ends_before_it_begins_is_no_row() -> None:
    with pytest.raises(IntegrityError, match="storage_suspension_in_order"):
        StorageSuspensionFactory(from_on=date(2026, 3, 21), until_on=date(2026, 3, 20))


def test_two_notices_of_one_visit_are_billed_together_each_at_its_rate() -> None:
    shop = ShopFactory()
    order = RepairOrderFactory(shop=shop, opened_at=NOW - timedelta(days=30))
    StorageNoticeFactory(
        repair_order=order,
        sent_at=NOW - timedelta(days=20),
        stopped_on=date(2026, 3, 5),
        daily_rate=Decimal("10.00"),
    )
    StorageNoticeFactory(repair_order=order)
    draft = storage_billing.draft(repair_order=order, by=ADVISOR, at=later(5))
    assert [(line.quantity, line.unit_price) for line in draft.lines.in_order()] == [
        (Decimal("6"), Decimal("10.00")),
        (Decimal("2"), Decimal("12.00")),
    ]
