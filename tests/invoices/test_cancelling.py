"""Calling a visit off: deposits go back in full, nothing that is billed is forgotten."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from invoices.models import Invoice, Payment, Refund, StopWork, StorageNotice
from invoices.services import cancelling, drafting, issuing, payments
from invoices.states import InvoiceStatus, PaymentMethod
from shopdisputes.actors import Actor, Role
from shopdisputes.audit.models import AuditEvent
from shopdisputes.errors import DomainError
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.repairorders.services import ReasonMissing, RepairOrderNotOpen
from shopdisputes.repairorders.states import RepairOrderStatus
from shopdisputes.transitions import IllegalTransition, NotYourTransition
from shopdisputes.web import calling_off
from tests.factories import (
    ADVISOR,
    NOW,
    InvoiceFactory,
    PaymentFactory,
    RepairOrderFactory,
    ShopFactory,
    StopWorkFactory,
    StorageNoticeFactory,
    authorized_order,
)
from tests.races import overtake, without_locks

TECHNICIAN = Actor(role=Role.TECHNICIAN, name="Theo Technician")


def cancel(order: RepairOrder, *, reason: str = "The customer moves away.", by: Actor = ADVISOR):
    return calling_off.cancel(repair_order=order, reason=reason, by=by, at=NOW)


def refused(error: type[DomainError], act: Callable[[], Any]) -> DomainError:
    before = _rows()
    with pytest.raises(error) as caught:
        act()
    assert _rows() == before
    return caught.value


def _rows() -> list[Any]:
    return [
        list(RepairOrder.objects.order_by("pk").values_list("pk", "status")),
        list(Payment.objects.order_by("pk").values_list("pk", "unallocated", "refunded")),
        list(StorageNotice.objects.order_by("pk").values_list("pk", "stopped_on")),
        Invoice.objects.count(),
        Refund.objects.count(),
        OutgoingEmail.objects.count(),
        AuditEvent.objects.count(),
    ]


@pytest.mark.django_db
def test_every_deposit_goes_back_in_full_the_way_it_came() -> None:
    order = RepairOrderFactory()
    card = PaymentFactory(
        repair_order=order,
        amount="100.00",
        method=PaymentMethod.CARD,
        recorded_at=NOW - timedelta(hours=1),
    )
    cash = PaymentFactory(repair_order=order, amount="50.00", recorded_at=NOW)
    other = PaymentFactory(customer=order.customer, amount="70.00")
    assert cancel(order).status == RepairOrderStatus.CANCELLED
    refunds = Refund.objects.order_by("number")
    assert [(each.payment, each.amount, each.method, each.refunded_on) for each in refunds] == [
        (card, Decimal("100.00"), "card", date(2026, 3, 16)),
        (cash, Decimal("50.00"), "cash", date(2026, 3, 16)),
    ]
    assert {each.reason for each in refunds} == {"The customer moves away."}
    other.refresh_from_db()
    assert (other.unallocated, other.refunded) == (Decimal("70.00"), Decimal("0.00"))
    assert OutgoingEmail.objects.filter(kind="refund_made").count() == 2
    assert [event.action for event in AuditEvent.objects.order_by("sequence")] == [
        "payment.refunded",
        "payment.refunded",
        "repair_order.cancelled",
    ]


@pytest.mark.django_db
def test_drafts_are_thrown_away_and_the_storage_clock_stops() -> None:
    order = authorized_order()
    drafting.draft(repair_order=order, by=ADVISOR, at=NOW)
    notice = StorageNoticeFactory(repair_order=order)
    stop = StopWorkFactory(repair_order=order)
    cancel(order)
    assert not Invoice.objects.exists()
    notice.refresh_from_db()
    assert (notice.stopped_on, notice.stop_reason) == (
        date(2026, 3, 16),
        "The customer moves away.",
    )
    # That the customer stopped the work stays true.
    assert StopWork.objects.in_force().get() == stop


@pytest.mark.django_db
@pytest.mark.parametrize("status", [InvoiceStatus.ISSUED, InvoiceStatus.WRITTEN_OFF])
def test_what_is_billed_is_credited_first(status: InvoiceStatus) -> None:
    order = RepairOrderFactory()
    PaymentFactory(repair_order=order, amount="50.00")
    StorageNoticeFactory(repair_order=order)
    invoice = InvoiceFactory(repair_order=order, issued=True)
    Invoice.objects.filter(pk=invoice.pk).update(
        status=status, balance=invoice.balance if status == InvoiceStatus.ISSUED else 0
    )
    error = refused(cancelling.CreditFirst, lambda: cancel(order))
    assert error.details == {"invoices": [invoice.number]}


@pytest.mark.django_db
def test_an_invoice_credited_in_full_or_void_stands_in_nobodys_way() -> None:
    order = RepairOrderFactory()
    credited = InvoiceFactory(repair_order=order, issued=True)
    InvoiceFactory(original=credited, credit_note=True, total="50.00")
    refused(cancelling.CreditFirst, lambda: cancel(order))
    InvoiceFactory(original=credited, credit_note=True, total="70.00")
    void = InvoiceFactory(repair_order=order, issued=True)
    Invoice.objects.filter(pk=void.pk).update(status=InvoiceStatus.VOID, balance=0)
    assert cancel(order).status == RepairOrderStatus.CANCELLED


@pytest.mark.django_db
def test_a_visit_is_called_off_by_the_desk_with_a_reason_while_it_is_open() -> None:
    order = RepairOrderFactory()
    PaymentFactory(repair_order=order, amount="50.00")
    refused(NotYourTransition, lambda: cancel(order, by=TECHNICIAN))
    refused(ReasonMissing, lambda: cancel(order, reason="  "))
    closed = RepairOrderFactory(status="closed", closed_at=NOW)
    refused(IllegalTransition, lambda: cancel(closed))


@pytest.mark.django_db
def test_the_completion_rate_counts_how_visits_of_the_shops_days_ended() -> None:
    shop = ShopFactory()

    def ended(status: str, at: datetime, **facts: Any) -> RepairOrder:
        return RepairOrderFactory(shop=shop, status=status, closed_at=at, **facts)

    # 23:30 in London on the last of February is March in Paris.
    first = datetime(2026, 2, 28, 23, 30, tzinfo=UTC)
    last = datetime(2026, 3, 31, 21, 59, tzinfo=UTC)
    ended("closed", first)
    ended("closed", last)
    ended("closed", first - timedelta(hours=1))
    ended("closed", last + timedelta(minutes=1))
    ended("cancelled", NOW)
    stopped, went_on = ended("closed", NOW), ended("closed", NOW)
    StopWorkFactory(repair_order=stopped)
    StopWorkFactory(repair_order=went_on, lifted_at=NOW)
    RepairOrderFactory(shop=shop)
    RepairOrderFactory(status="cancelled", closed_at=NOW)
    march = cancelling.completion_rate(shop, since=date(2026, 3, 1), until=date(2026, 3, 31))
    assert (march.completed, march.stopped, march.cancelled) == (3, 1, 1)
    assert march.rate == Decimal("60.00")
    nothing = cancelling.completion_rate(shop, since=date(2025, 1, 1), until=date(2025, 1, 31))
    assert nothing.rate is None


@pytest.mark.django_db
def test_foresees_what_it_will_do(django_assert_num_queries: Any) -> None:
    order = RepairOrderFactory()
    deposit = PaymentFactory(repair_order=order, amount="50.00")
    draft = InvoiceFactory(repair_order=order)
    standing = InvoiceFactory(repair_order=order, issued=True)
    with django_assert_num_queries(5):
        foreseen = cancelling.foresee(order)
    assert foreseen.deposits == (deposit,)
    assert foreseen.drafts == (draft,)
    assert foreseen.standing == (standing,)
    assert (foreseen.stop, foreseen.notice) == (None, None)


@pytest.mark.django_db(transaction=True)
def test_an_invoice_cannot_be_issued_while_its_visit_is_called_off() -> None:
    order = authorized_order()
    PaymentFactory(repair_order=order, amount="50.00")
    draft = drafting.draft(repair_order=order, by=ADVISOR, at=NOW)
    first, second = overtake(
        lambda: issuing.issue(invoice=draft, by=ADVISOR, at=NOW),
        lambda: cancel(order),
        pause_in="shopdisputes.audit.services.record",
    )
    assert first.result().status == InvoiceStatus.ISSUED
    assert isinstance(second.exception(), cancelling.CreditFirst)
    order.refresh_from_db()
    assert order.status == RepairOrderStatus.OPEN
    assert not Refund.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_a_visit_is_called_off_although_it_is_billed() -> None:
    order = authorized_order()
    draft = drafting.draft(repair_order=order, by=ADVISOR, at=NOW)
    with without_locks():
        _first, second = overtake(
            lambda: issuing.issue(invoice=draft, by=ADVISOR, at=NOW),
            lambda: cancel(order),
            pause_in="shopdisputes.audit.services.record",
        )
    assert not isinstance(second.exception(), cancelling.CreditFirst)


@pytest.mark.django_db(transaction=True)
def test_a_visit_that_was_called_off_meanwhile_is_not_billed() -> None:
    order = authorized_order()
    drafting.draft(repair_order=order, by=ADVISOR, at=NOW)
    again = RepairOrder.objects.select_related("shop").get(pk=order.pk)
    first, second = overtake(
        lambda: cancel(order),
        lambda: drafting.draft(repair_order=again, by=ADVISOR, at=NOW),
        pause_in="shopdisputes.audit.services.record",
    )
    assert first.result().status == RepairOrderStatus.CANCELLED
    assert isinstance(second.exception(), RepairOrderNotOpen)
    assert not Invoice.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_calling_off_and_giving_other_money_back_do_not_wait_for_each_other_for_ever() -> None:
    order = authorized_order()
    PaymentFactory(repair_order=order, amount="50.00")
    drafting.draft(repair_order=order, by=ADVISOR, at=NOW)
    other = PaymentFactory(customer=order.customer, amount="70.00")
    # The first stands with the number of its refund taken, and asks for the trail next.
    first, second = overtake(
        lambda: payments.refund(
            payment=other, amount=Decimal("70.00"), reason="Paid twice.", by=ADVISOR, at=NOW
        ),
        lambda: cancel(order),
        pause_in="shopdisputes.audit.services.record",
    )
    assert first.result().number == "REF-2026-0001"
    assert second.result().status == RepairOrderStatus.CANCELLED
    assert Refund.objects.get(number="REF-2026-0002").amount == Decimal("50.00")
