"""Promises to pay: what they hold, and what becomes of them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from invoices import collecting
from invoices.models import Hold, Invoice, Promise
from invoices.services import clockwork, holds, promises
from invoices.services.promises import AlreadyPromised, PromisedDayRefused, PromiseSettled
from invoices.states import HoldKind, PromiseStatus
from shopdisputes.audit.models import AuditEvent
from shopdisputes.errors import DomainError
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.repairorders.services import ReasonMissing
from shopdisputes.transitions import IllegalTransition
from tests.factories import NOW, BillingSettingsFactory, InvoiceFactory, ShopFactory
from tests.invoices.customers import CUSTOMER, DESK, FRIDAY, issued, link_to, pay, promise

pytestmark = pytest.mark.django_db


def figures(invoice: Invoice, at: datetime = NOW) -> tuple[Decimal, Decimal]:
    """What is promised and what can be asked for."""
    fresh = Invoice.objects.with_everything().get(pk=invoice.pk)
    now = collecting.standing(fresh, at=at).figures
    return now.promised, now.collectible


def settle(at: datetime) -> dict[str, int]:
    return clockwork.settle_promises(at=at)


class TestMaking:
    def test_holds_the_amount_and_tells_everybody(self) -> None:
        invoice = issued()

        made = promise(invoice, "50.00", note="When my wages come.")

        assert figures(invoice) == (Decimal("50.00"), Decimal("70.00"))
        assert (made.status, made.grace_until, made.after_entry) == (
            PromiseStatus.OPEN,
            FRIDAY + timedelta(days=3),
            1,
        )
        assert made.hold.kind == HoldKind.PROMISE
        assert "promise.made" in AuditEvent.objects.values_list("action", flat=True)
        assert OutgoingEmail.objects.get().kind == "promise_noted"

    def test_without_an_amount_all_that_can_be_asked_for_is_promised(self) -> None:
        invoice = issued()
        holds.place(invoice=invoice, kind=HoldKind.MANUAL, amount=Decimal("20.00"), by=DESK, at=NOW)

        assert promise(invoice, None).amount == Decimal("100.00")
        assert figures(invoice) == (Decimal("100.00"), Decimal("0.00"))

    @pytest.mark.parametrize(
        ("amount", "on", "error"),
        [
            ("120.01", FRIDAY, holds.MoreThanCollectible),
            ("0.00", FRIDAY, holds.MoreThanCollectible),
            ("10.005", FRIDAY, holds.MoreThanCollectible),
            ("10.00", date(2026, 3, 15), PromisedDayRefused),
            ("10.00", date(2026, 5, 16), PromisedDayRefused),
        ],
    )
    def test_refuses_and_changes_nothing(
        self, amount: str, on: date, error: type[DomainError]
    ) -> None:
        invoice = issued()

        with pytest.raises(error):
            promise(invoice, amount, on)

        assert not Promise.objects.exists()
        assert not Hold.objects.exists()
        assert not OutgoingEmail.objects.exists()

    def test_takes_the_last_day_of_the_sixty(self) -> None:
        assert promise(issued(), "10.00", date(2026, 5, 15)).promised_on == date(2026, 5, 15)

    def test_refuses_a_second_one(self) -> None:
        invoice = issued()
        promise(invoice, "10.00")

        with pytest.raises(AlreadyPromised):
            promise(invoice, "20.00")

        assert Promise.objects.get().amount == Decimal("10.00")

    def test_the_same_through_the_same_link_is_the_same(self) -> None:
        invoice = issued()
        link = link_to(invoice)

        first = promise(invoice, "10.00", link=link)

        assert promise(invoice, "10.00", link=link) == first
        with pytest.raises(AlreadyPromised):
            promise(invoice, "11.00", link=link)

    def test_refuses_what_is_paid_or_not_issued(self) -> None:
        paid, draft = issued(), InvoiceFactory()
        pay(paid, "120.00")

        with pytest.raises(holds.NothingOwed):
            promise(paid, None)
        with pytest.raises(IllegalTransition):
            promise(draft, "10.00")

        assert not Promise.objects.exists()


class TestWithdrawing:
    def test_lets_the_amount_go(self) -> None:
        invoice = issued()
        made = promise(invoice)

        promises.withdraw(promise=made, reason="Wrong invoice.", by=DESK, at=NOW)

        assert figures(invoice) == (Decimal("0.00"), Decimal("120.00"))
        with pytest.raises(PromiseSettled):
            promises.withdraw(promise=made, reason="Again.", by=DESK, at=NOW)

    def test_asks_why(self) -> None:
        made = promise(issued())

        with pytest.raises(ReasonMissing):
            promises.withdraw(promise=made, reason=" ", by=DESK, at=NOW)

        assert Promise.objects.get().status == PromiseStatus.OPEN


class TestSettling:
    #: In Paris the grace of a promise of Friday 20 March ends with Monday 23 March, 24:00.
    LAST_MOMENT = datetime(2026, 3, 23, 22, 59, 59, tzinfo=UTC)
    OVER = datetime(2026, 3, 23, 23, 0, tzinfo=UTC)

    def test_is_kept_by_the_payment_itself(self) -> None:
        invoice = issued()
        promise(invoice, "50.00")

        pay(invoice, "50.00")

        kept = Promise.objects.get()
        assert (kept.status, kept.paid) == (PromiseStatus.KEPT, Decimal("50.00"))
        assert figures(invoice) == (Decimal("0.00"), Decimal("70.00"))

    def test_what_was_paid_before_does_not_count(self) -> None:
        invoice = issued()
        pay(invoice, "60.00")
        promise(Invoice.objects.get(pk=invoice.pk), "50.00")

        assert settle(self.OVER) == {"settled": 1, "failed": 0}
        assert Promise.objects.get().status == PromiseStatus.BROKEN

    @pytest.mark.parametrize(
        ("paid", "status"),
        [(None, PromiseStatus.BROKEN), ("20.00", PromiseStatus.PARTLY_KEPT)],
    )
    def test_is_broken_or_partly_kept_after_the_grace(self, paid: str | None, status: str) -> None:
        invoice = issued()
        promise(invoice, "50.00")
        if paid:
            pay(invoice, paid)

        assert settle(self.LAST_MOMENT) == {"settled": 0, "failed": 0}
        assert settle(self.OVER) == {"settled": 1, "failed": 0}
        assert settle(self.OVER) == {"settled": 0, "failed": 0}

        settled = Promise.objects.get()
        assert (settled.status, settled.paid) == (status, Decimal(paid or "0.00"))
        assert settled.hold.released_at == self.OVER
        told = OutgoingEmail.objects.get(kind="promise_broken")
        assert told.recipient == invoice.shop.email

    def test_can_be_asked_for_after_the_grace_though_no_clockwork_came_by(self) -> None:
        invoice = issued()
        promise(invoice, "50.00")

        assert figures(invoice, self.LAST_MOMENT) == (Decimal("50.00"), Decimal("70.00"))
        assert figures(invoice, self.OVER) == (Decimal("0.00"), Decimal("120.00"))

    @pytest.mark.parametrize(
        ("zone", "over"),
        [
            # The night in which summer time begins is an hour shorter: 28 March, 24:00.
            ("Europe/Paris", datetime(2026, 3, 28, 23, 0, tzinfo=UTC)),
            # That night is over an hour earlier in New York, where summer time began before.
            ("America/New_York", datetime(2026, 3, 29, 4, 0, tzinfo=UTC)),
            ("Pacific/Auckland", datetime(2026, 3, 28, 11, 0, tzinfo=UTC)),
        ],
    )
    def test_reckons_in_days_of_the_shop(self, zone: str, over: datetime) -> None:
        shop = ShopFactory(timezone=zone)
        BillingSettingsFactory(shop=shop, promise_grace_days=2)
        promise(issued(shop=shop), "50.00", date(2026, 3, 26))

        assert settle(over - timedelta(seconds=1))["settled"] == 0
        assert settle(over)["settled"] == 1

    def test_the_day_after_the_change_of_clocks_ends_when_it_ends(self) -> None:
        BillingSettingsFactory(shop=(shop := ShopFactory()), promise_grace_days=0)
        promise(issued(shop=shop), "50.00", date(2026, 3, 29))
        # 29 March has 23 hours in Paris.
        over = datetime(2026, 3, 29, 22, 0, tzinfo=UTC)

        assert settle(over - timedelta(seconds=1))["settled"] == 0
        assert settle(over)["settled"] == 1

    def test_one_poisoned_row_does_not_stop_the_rest(self, monkeypatch: pytest.MonkeyPatch) -> None:
        bad, good = promise(issued()), promise(issued())
        settle_one = promises.settle

        def poisoned(**kwargs: object) -> bool:
            if kwargs["promise"] == bad:
                raise RuntimeError
            return settle_one(**kwargs)  # type: ignore[arg-type]

        monkeypatch.setattr(promises, "settle", poisoned)

        assert settle(self.OVER) == {"settled": 1, "failed": 1}
        assert Promise.objects.get(pk=good.pk).status == PromiseStatus.BROKEN
        assert Promise.objects.get(pk=bad.pk).status == PromiseStatus.OPEN


def test_a_promise_of_the_customer_is_his() -> None:
    assert promise(issued()).made_by == CUSTOMER.name
