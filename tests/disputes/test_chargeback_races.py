"""A bank and the desk at the same money at the same time.

Each race has a twin without the locks, in which what must not happen does.
"""

from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from decimal import Decimal

import pytest

from disputes.models import Chargeback
from disputes.services.bank_countdown import count_down
from invoices.models import LedgerEntry, Payment, Refund
from invoices.services import payments
from invoices.services.refundable import AnnulBlocked, RefundBlocked
from invoices.states import EntryKind
from shopdisputes.outbox.models import OutgoingEmail
from tests.disputes.bank import DUE, asked, paid, standing, withdraw
from tests.disputes.cases import BOSS, DESK
from tests.factories import NOW
from tests.invoices.money import pay
from tests.races import overtake, without_locks

pytestmark = pytest.mark.django_db(transaction=True)

_BEFORE_THE_COMMIT = "disputes.services.bank_trail.record"


def walls(standing: bool) -> AbstractContextManager[None]:
    return nullcontext() if standing else without_locks()


def taken() -> int:
    return LedgerEntry.objects.filter(kind=EntryKind.CHARGEBACK).count()


def withdrawn_by_two(chargeback: Chargeback) -> tuple[BaseException | None, ...]:
    first, second = overtake(
        lambda: withdraw(Chargeback.objects.get(pk=chargeback.pk)),
        lambda: withdraw(Chargeback.objects.get(pk=chargeback.pk)),
        pause_in=_BEFORE_THE_COMMIT,
    )
    return first.exception(), second.exception()


def test_what_is_sent_twice_at_once_is_recorded_once() -> None:
    _invoice, payment = paid()

    first, second = overtake(
        lambda: asked(payment), lambda: asked(payment), pause_in=_BEFORE_THE_COMMIT
    )

    assert first.result() == second.result() == Chargeback.objects.get()


def test_the_bank_takes_it_once() -> None:
    _invoice, payment = paid()
    chargeback = asked(payment)

    assert withdrawn_by_two(chargeback) == (None, None)

    assert taken() == 1
    assert standing(payment) == ("0.00", "0.00", "120.00")


def test_without_locks_only_the_keys_of_the_ledger_keep_it_from_being_taken_twice() -> None:
    _invoice, payment = paid()
    chargeback = asked(payment)

    with without_locks():
        _first, second = withdrawn_by_two(chargeback)

    assert type(second).__name__ == "IntegrityError"


def refunded_meanwhile(*, locks: bool, withdrawn: bool) -> tuple[BaseException | None, ...]:
    """What the bank's act and a refund of the same 130.00 come to when both happen at once."""
    invoice, _payment = paid()
    loose = pay(invoice.customer, "130.00")
    with walls(locks):
        first, second = overtake(
            lambda: asked(loose, funds_withdrawn=withdrawn),
            lambda: payments.refund(
                payment=Payment.objects.get(pk=loose.pk),
                amount=Decimal("130.00"),
                reason="Asked.",
                by=DESK,
                at=NOW,
            ),
            pause_in=_BEFORE_THE_COMMIT,
        )
    return first.exception(), second.exception()


@pytest.mark.parametrize("withdrawn", [False, True])
def test_what_the_bank_takes_back_is_not_refunded_as_well(withdrawn: bool) -> None:
    first, second = refunded_meanwhile(locks=True, withdrawn=withdrawn)

    assert first is None
    assert isinstance(second, RefundBlocked)
    assert not Refund.objects.exists()


def test_without_locks_it_is_refunded_although_the_bank_takes_it_back() -> None:
    assert refunded_meanwhile(locks=False, withdrawn=False) == (None, None)

    assert (Refund.objects.count(), Chargeback.objects.count()) == (1, 1)


def test_without_locks_the_table_still_holds_what_is_gone_already() -> None:
    first, second = refunded_meanwhile(locks=False, withdrawn=True)

    assert (type(first).__name__, second) == ("IntegrityError", None)


def annulled_meanwhile(*, locks: bool) -> tuple[BaseException | None, ...]:
    """The desk says that money never came at the moment at which the bank asks for it."""
    invoice, _payment = paid()
    loose = pay(invoice.customer, "130.00")
    with walls(locks):
        first, second = overtake(
            lambda: asked(loose),
            lambda: payments.annul(
                payment=Payment.objects.get(pk=loose.pk),
                reason="Typed twice.",
                by=BOSS,
                at=NOW,
            ),
            pause_in=_BEFORE_THE_COMMIT,
        )
    return first.exception(), second.exception()


def test_what_the_bank_asks_about_is_not_annulled() -> None:
    first, second = annulled_meanwhile(locks=True)

    assert first is None
    assert isinstance(second, AnnulBlocked)
    assert Chargeback.objects.get().payment.annulled_at is None


def test_without_locks_it_is_annulled_although_the_bank_asks_about_it() -> None:
    assert annulled_meanwhile(locks=False) == (None, None)

    assert Chargeback.objects.get().payment.annulled_at == NOW


def test_two_workers_tell_a_count_once() -> None:
    asked(paid()[1])
    first, second = overtake(
        lambda: count_down(at=DUE - timedelta(days=1)),
        lambda: count_down(at=DUE - timedelta(days=1)),
        pause_in=_BEFORE_THE_COMMIT,
    )

    assert (first.result()["told"], second.result()["told"]) == (1, 0)
    assert OutgoingEmail.objects.filter(kind="chargeback_due").count() == 1
