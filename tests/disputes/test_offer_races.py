"""Two people at one offer at the same moment: one of them is first, and it counts once.

Each race has a twin without the locks: the second one gets further then, to the conditional
UPDATE behind them, which decides where a database knows no row locks.
"""

from collections.abc import Callable
from typing import Any

import pytest

from disputes.models import Offer
from disputes.services import agreeing, clockwork, ending_offers
from disputes.services.ending_offers import OfferEnded
from disputes.states import OfferStatus
from invoices.models import Invoice
from shopdisputes.transitions import IllegalTransition
from tests.disputes.cases import DESK, brakes, contest, later
from tests.disputes.settling import balance, offer, sign
from tests.factories import NOW
from tests.races import overtake, without_locks

pytestmark = pytest.mark.django_db(transaction=True)

_BEFORE_THE_COMMIT = "disputes.services.trail.record"


@pytest.fixture
def invoice() -> Invoice:
    return brakes()


@pytest.fixture
def made(invoice: Invoice) -> Offer:
    return offer(contest(invoice, line=invoice.lines.in_order()[1]))


def note(made: Offer) -> Offer:
    return agreeing.record(offer=made, how="By phone.", by=DESK, at=NOW)


def take_back(made: Offer) -> Offer:
    return ending_offers.take_back(offer=made, by=DESK, at=NOW)


def accept_and(made: Offer, second: Callable[[Offer], Any]) -> Any:
    """Let the customer sign, and somebody do the ``second`` thing before that commits."""
    first, other = overtake(lambda: sign(made), lambda: second(made), pause_in=_BEFORE_THE_COMMIT)
    assert first.result().status == OfferStatus.EXECUTED
    return other


@pytest.mark.parametrize("second", [note, take_back])
def test_the_second_comes_too_late(
    invoice: Invoice, made: Offer, second: Callable[[Offer], Any]
) -> None:
    assert isinstance(accept_and(made, second).exception(), IllegalTransition)
    assert balance(invoice) == invoice.total - 30


@pytest.mark.parametrize("second", [note, take_back])
def test_without_locks_the_second_is_stopped_by_the_row_itself(
    invoice: Invoice, made: Offer, second: Callable[[Offer], Any]
) -> None:
    with without_locks():
        assert isinstance(accept_and(made, second).exception(), OfferEnded)
    assert balance(invoice) == invoice.total - 30


def test_what_is_accepted_does_not_run_out(made: Offer) -> None:
    late = accept_and(made, lambda _made: clockwork.expire_offers(at=later(5)))

    assert late.result() == {"expired": 0, "failed": 0}


def test_without_locks_its_running_out_is_stopped_by_the_row_itself(made: Offer) -> None:
    with without_locks():
        late = accept_and(made, lambda _made: clockwork.expire_offers(at=later(5)))

    assert late.result() == {"expired": 0, "failed": 1}


def test_what_is_taken_back_cannot_be_signed(invoice: Invoice, made: Offer) -> None:
    back, signed = overtake(
        lambda: take_back(made), lambda: sign(made), pause_in=_BEFORE_THE_COMMIT
    )

    assert back.result().status == OfferStatus.WITHDRAWN
    assert isinstance(signed.exception(), IllegalTransition)
    assert balance(invoice) == invoice.total
