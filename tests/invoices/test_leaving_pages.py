"""Storage, hand-over and cancelling, on the staff's pages and over the API."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from inspections.states import Stage
from invoices.contributions import contribution
from invoices.models import HandOver, Invoice, Refund, StorageNotice, StorageSuspension
from invoices.states import InvoiceKind, PaymentState
from shopdisputes.actors import Actor, Role
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.repairorders.states import RepairOrderStatus
from shopdisputes.shops.models import Shop
from tests.api.conftest import Program, program
from tests.estimates.staff import browser_of, text_of
from tests.factories import (
    ADVISOR,
    NOW,
    InspectionFactory,
    InvoiceFactory,
    PaymentFactory,
    RepairOrderFactory,
    StorageNoticeFactory,
    StorageSuspensionFactory,
)

__all__ = ["program"]

pytestmark = pytest.mark.django_db

NOTICE = {
    "ready_on": "2026-03-16",
    "daily_rate": "12,00",
    "tax_rate": "20",
    "free_days": "3",
    "message": "",
    "by_email": "on",
    "served_how": "",
}
HAND_OVER = {
    "happened_at": "2026-03-16T10:30",
    "odometer": "84 012",
    "collected_by": "Camille Durand",
    "authority": "customer",
    "identity_checked": "on",
    "items_returned": "Two keys",
    "check_out": "",
    "remarks": "",
}


@pytest.fixture
def order(shop: Shop) -> RepairOrder:
    return RepairOrderFactory(shop=shop, opened_at=NOW - timedelta(days=20))


def at(name: str, order: RepairOrder, *more: Any) -> str:
    return reverse(name, args=[order.number, *more])


def running(order: RepairOrder, days: int = 9) -> StorageNotice:
    """A notice of so many days ago: at 9, five days count by today."""
    return StorageNoticeFactory(
        repair_order=order, sent_at=NOW - timedelta(days=days), ready_on=date(2026, 3, 5)
    )


# ---- Storage -------------------------------------------------------------------------------


def test_the_notice_is_previewed_in_the_customers_language_before_it_is_given(
    desk: Client, order: RepairOrder
) -> None:
    order.customer.language = "fr"
    order.customer.save()
    page = desk.get(at("storage", order))
    assert page.context["form"].initial["ready_on"] == date(2026, 3, 16)
    previewed = desk.post(at("storage", order), NOTICE | {"do": "preview"})
    assert previewed.status_code == 200
    assert previewed.context["first_day"] == date(2026, 3, 20)
    assert "14,40" in previewed.context["text"]
    assert not StorageNotice.objects.exists()
    given = desk.post(at("storage", order), NOTICE)
    assert (given.status_code, given.headers["Location"]) == (303, at("storage", order))
    assert StorageNotice.objects.get().daily_rate == Decimal("12.00")
    assert OutgoingEmail.objects.filter(kind="storage_notice").count() == 1


def test_a_refused_notice_keeps_what_was_typed(desk: Client, order: RepairOrder) -> None:
    for changed, status in (
        ({"daily_rate": "0"}, 422),
        ({"daily_rate": "much"}, 422),
        ({"by_email": "", "message": "Come soon."}, 422),
    ):
        refused = desk.post(at("storage", order), NOTICE | changed)
        assert refused.status_code == status
        assert refused.context["form"].errors
    assert "Come soon." in refused.content.decode()
    assert not StorageNotice.objects.exists()
    running(order)
    assert desk.post(at("storage", order), NOTICE).status_code == 409


def test_the_page_says_day_by_day_what_storage_comes_to(
    desk: Client, order: RepairOrder, django_assert_max_num_queries: Any
) -> None:
    notice = running(order)
    StorageSuspensionFactory(
        notice=notice, from_on=date(2026, 3, 12), until_on=date(2026, 3, 13), note="Hose"
    )
    with django_assert_max_num_queries(20):
        words = text_of(desk.get(at("storage", order)))
    assert "€57.60 for 4 days" in words
    assert "Each further day adds €14.40 with tax." in words
    assert "4 days are not billed yet: €57.60 with tax." in words
    assert "Mar 5, 2026 – Mar 6, 2026 2 before the notice" in words
    assert "Mar 12, 2026 – Mar 13, 2026 2 suspended (Waiting for parts)" in words
    assert "Draft the storage invoice" in words


def test_the_clock_is_suspended_goes_on_and_stops(desk: Client, order: RepairOrder) -> None:
    running(order)
    wrong = {"why": "parts", "from_on": "2026-03-15", "until_on": "2026-03-14", "note": ""}
    assert desk.post(at("storage-suspend", order), wrong).status_code == 422
    assert desk.post(at("storage-suspend", order), {}).status_code == 422
    assert not StorageSuspension.objects.exists()
    right = wrong | {"until_on": ""}
    assert desk.post(at("storage-suspend", order), right).status_code == 303
    assert desk.post(at("storage-suspend", order), right).status_code == 409
    page = desk.get(at("storage", order))
    assert "Suspended since Mar 15, 2026 (Waiting for parts)" in text_of(page)
    suspension = StorageSuspension.objects.get()
    resume = at("storage-resume", order, suspension.pk)
    assert desk.post(resume, {"resume-until_on": "2026-03-18"}).status_code == 422
    assert desk.post(resume, {"resume-until_on": "2026-03-15"}).status_code == 303
    stop = {"stop-stopped_on": "2026-03-16", "stop-reason": ""}
    assert desk.post(at("storage-stop", order), stop).status_code == 422
    stop["stop-reason"] = "Moved to our lot."
    assert desk.post(at("storage-stop", order), stop).status_code == 303
    words = text_of(desk.get(at("storage", order)))
    assert "The clock stopped on Mar 16, 2026: Moved to our lot." in words
    assert "Tell the customer that the vehicle is ready" in words
    assert desk.post(at("storage-stop", order), stop).status_code == 404


def test_the_days_that_count_become_a_draft(desk: Client, order: RepairOrder) -> None:
    assert desk.post(at("storage-bill", order)).status_code == 409
    running(order)
    drafted = desk.post(at("storage-bill", order))
    draft = Invoice.objects.get()
    assert draft.kind == InvoiceKind.STORAGE
    assert drafted.headers["Location"] == reverse("invoice-draft", args=[draft.pk])
    assert "Open the draft" in text_of(desk.get(at("storage", order)))


def test_waiting_vehicles_are_on_the_agenda(shop: Shop, order: RepairOrder) -> None:
    running(order)
    other = RepairOrderFactory(shop=shop)
    StorageNoticeFactory(repair_order=other, sent_at=NOW - timedelta(days=3))
    gone = RepairOrderFactory(shop=shop, status="closed", closed_at=NOW)
    running(gone)
    early = RepairOrderFactory(shop=shop)
    StorageNoticeFactory(repair_order=early, sent_at=NOW)

    def waiting(by: Actor) -> list[tuple[str, bool]]:
        found = [item for item in contribution.agenda(shop, by, NOW) if item.kind == "parking"]
        return [(str(item.title), item.late) for item in found]

    assert waiting(ADVISOR) == [
        (f"{order.customer} has not collected the vehicle; storage runs", True),
        (f"The free days of {other.customer} end today", False),
    ]
    assert waiting(Actor(role=Role.TECHNICIAN, name="Theo")) == []


# ---- Hand-over -----------------------------------------------------------------------------


def test_a_paid_vehicle_is_handed_over_with_its_check_out(
    desk: Client, order: RepairOrder, django_assert_max_num_queries: Any
) -> None:
    check_out = InspectionFactory(repair_order=order, stage=Stage.CHECK_OUT, completed=True)
    invoice = InvoiceFactory(repair_order=order, issued=True)
    PaymentFactory(on=invoice, amount="120.00")
    with django_assert_max_num_queries(35):
        page = desk.get(at("hand-over", order))
    assert page.context["form"].initial["check_out"] == check_out
    assert "is not paid" not in text_of(page)
    done = desk.post(at("hand-over", order), HAND_OVER | {"check_out": str(check_out.pk)})
    assert (done.status_code, done.headers["Location"]) == (303, at("hand-over", order))
    record = HandOver.objects.get()
    assert (record.odometer, record.happened_at, record.check_out) == (84_012, NOW, check_out)
    words = text_of(desk.get(at("hand-over", order)))
    assert "Released against full payment" in words
    assert "Two keys" in words


def test_the_desk_is_warned_and_a_manager_gives_the_reason(
    shop: Shop, desk: Client, order: RepairOrder
) -> None:
    InvoiceFactory(repair_order=order, issued=True)
    words = text_of(desk.get(at("hand-over", order)))
    assert "€120.00 of €120.00 is not paid." in words
    assert "may lose the right to keep it until it is paid" in words
    assert "Only a manager can allow it." in words
    unheard = HAND_OVER | {"approval_reason": "A good customer."}
    assert desk.post(at("hand-over", order), unheard).status_code == 403
    boss = browser_of(shop, Role.MANAGER)
    refused = boss.post(at("hand-over", order), HAND_OVER)
    assert refused.status_code == 422
    assert set(refused.context["form"].errors) == {"approval_reason"}
    assert not HandOver.objects.exists()
    assert boss.post(at("hand-over", order), unheard).status_code == 303
    assert HandOver.objects.get().approval_reason == "A good customer."


def test_a_signature_that_is_asked_for_must_be_complete(desk: Client, order: RepairOrder) -> None:
    signed = HAND_OVER | {"with_signature": "on", "signer_name": "Camille Durand"}
    refused = desk.post(at("hand-over", order), signed)
    assert refused.status_code == 422
    assert "consent" in refused.context["signature_form"].errors
    assert not HandOver.objects.exists()
    assert desk.post(at("hand-over", order), signed | {"consent": "on"}).status_code == 303
    signature = HandOver.objects.get().signature
    assert signature is not None
    assert (signature.method, signature.signer_name) == ("typed", "Camille Durand")


def test_a_vehicle_that_is_gone_is_not_handed_over_again(desk: Client, order: RepairOrder) -> None:
    RepairOrder.objects.filter(pk=order.pk).update(status="closed", closed_at=NOW)
    assert "nobody wrote down who took the vehicle" in text_of(desk.get(at("hand-over", order)))
    desk.post(at("hand-over", order), HAND_OVER)
    assert not HandOver.objects.exists()


# ---- Cancelling ----------------------------------------------------------------------------


def test_the_dialog_says_what_is_refunded_and_how_and_does_it(
    desk: Client, order: RepairOrder
) -> None:
    PaymentFactory(repair_order=order, amount="100.00", number="PAY-2026-0009", method="card")
    words = text_of(desk.get(at("repair-order", order)))
    assert "Deposit PAY-2026-0009: €100.00 goes back in full, the way it came (Card)." in words
    desk.post(at("repair-order-cancel", order), {"reason": "Sold the car."})
    refund = Refund.objects.get()
    assert (refund.amount, refund.method, refund.reason) == (
        Decimal("100.00"),
        "card",
        "Sold the car.",
    )
    order.refresh_from_db()
    assert order.status == RepairOrderStatus.CANCELLED


def test_a_billed_order_is_not_cancelled_on_the_page(desk: Client, order: RepairOrder) -> None:
    PaymentFactory(repair_order=order, amount="100.00")
    invoice = InvoiceFactory(repair_order=order, issued=True)
    words = text_of(desk.get(at("repair-order", order)))
    assert f"It cannot be cancelled while this is billed: {invoice.number}." in words
    refused = desk.post(at("repair-order-cancel", order), {"reason": "Sold the car."})
    assert refused.status_code == 409
    order.refresh_from_db()
    assert (order.status, Refund.objects.count()) == (RepairOrderStatus.OPEN, 0)


# ---- Over the API --------------------------------------------------------------------------


def test_a_program_cancels_with_all_deposits_back_or_hears_that_it_is_billed(
    program: Callable[..., Program], order: RepairOrder
) -> None:
    client = program()
    PaymentFactory(repair_order=order, amount="100.00")
    PaymentFactory(repair_order=order, amount="50.00")
    invoice = InvoiceFactory(repair_order=order, issued=True)
    path = f"repair-orders/{order.pk}/cancel/"
    refused = client.post(path, {"reason": "Sold the car."})
    assert (refused.status_code, refused.json()["code"]) == (409, "credit-first")
    assert not Refund.objects.exists()
    InvoiceFactory(original=invoice, credit_note=True, total="120.00")
    done = client.post(path, {"reason": "Sold the car."})
    assert (done.status_code, done.json()["status"]) == (200, "cancelled")
    assert sorted(Refund.objects.values_list("amount", flat=True)) == [
        Decimal("50.00"),
        Decimal("100.00"),
    ]


def test_a_program_gives_the_storage_notice(
    program: Callable[..., Program], order: RepairOrder
) -> None:
    client = program(Role.ADVISOR)
    path = f"repair-orders/{order.pk}/storage-notice/"
    body = {"ready_on": "2026-03-16", "daily_rate": "12.00", "tax_rate": "20.00", "free_days": 3}
    given = client.post(path, body, Idempotency_Key="one")
    assert given.status_code == 201
    answer = given.json()
    assert (answer["daily_rate"], answer["first_day"]) == ("12.00", "2026-03-20")
    assert client.post(path, body, Idempotency_Key="one").json() == answer
    assert StorageNotice.objects.count() == 1
    again = client.post(path, body)
    assert (again.status_code, again.json()["code"]) == (409, "storage-running")
    wrong = client.post(path, body | {"daily_rate": "0.00"})
    assert (wrong.status_code, wrong.json()["code"]) == (409, "storage-running")
    assert program(Role.TECHNICIAN).post(path, body).status_code == 403


def test_a_program_hands_the_vehicle_over(
    program: Callable[..., Program], order: RepairOrder
) -> None:
    InvoiceFactory(repair_order=order, issued=True)
    path = f"repair-orders/{order.pk}/hand-over/"
    body = {
        "happened_at": "2026-03-16T10:30:00+01:00",
        "collected_by": "Camille Durand",
        "authority": "customer",
        "identity_checked": True,
    }
    refused = program(Role.ADVISOR).post(path, body)
    assert (refused.status_code, refused.json()["code"]) == (403, "approval-needed")
    boss = program(Role.MANAGER)
    unreasoned = boss.post(path, body)
    assert (unreasoned.status_code, set(unreasoned.json()["fields"])) == (422, {"approval_reason"})
    done = boss.post(path, body | {"approval_reason": "A good customer."})
    assert done.status_code == 201
    assert done.json()["payment_state"] == PaymentState.UNPAID
    assert done.json()["balance"] == "120.00"
    assert boss.post(path, body).json()["code"] == "repair-order-not-open"


@pytest.mark.parametrize("through", ["page", "call"])
def test_a_visit_is_not_closed_by_hand_while_something_is_owed(
    shop: Shop, order: RepairOrder, program: Callable[..., Program], through: str
) -> None:
    invoice = InvoiceFactory(repair_order=order, issued=True)
    desk = browser_of(shop, Role.OWNER)
    said = "Not everything is paid. Write the hand-over down instead"
    assert said in text_of(desk.get(at("repair-order", order)))

    if through == "page":
        answer = desk.post(at("repair-order-close", order))
        assert said in text_of(answer)
    else:
        answer = program(Role.OWNER).post(f"repair-orders/{order.pk}/close/")
        assert answer.json()["code"] == "hand-over-first"
    order.refresh_from_db()
    assert (answer.status_code, order.status) == (409, RepairOrderStatus.OPEN)

    PaymentFactory(on=invoice, amount=invoice.total)
    assert said not in text_of(desk.get(at("repair-order", order)))
    assert desk.post(at("repair-order-close", order)).status_code == 303
