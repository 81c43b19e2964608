"""Two taps at once about one invoice, staged; each with a twin that has no row locks."""

from decimal import Decimal

import pytest
from django.db import IntegrityError

from invoices import collecting
from invoices.models import Hold, Invoice, PaymentPlan, Promise
from invoices.services import claims, holds
from invoices.states import HoldKind, PlanStatus, PromiseStatus
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.signing.models import Signature
from tests.factories import NOW
from tests.invoices.customers import (
    DESK,
    claim,
    issued,
    link_to,
    link_to_plan,
    offer,
    pay,
    promise,
    sign,
)
from tests.races import overtake, without_locks

pytestmark = pytest.mark.django_db(transaction=True)

AUDIT = "shopdisputes.audit.services.record"


def of(invoice: Invoice) -> Invoice:
    """The row as a process of its own reads it."""
    return Invoice.objects.with_everything().get(pk=invoice.pk)


def held(invoice: Invoice) -> list[tuple[str, Decimal | None]]:
    return list(Hold.objects.filter(released_at=None).values_list("kind", "amount"))


def test_a_promise_and_its_payment_at_once_end_kept() -> None:
    invoice = issued()

    first, second = overtake(
        lambda: promise(of(invoice), "120.00"),
        lambda: pay(invoice, "120.00"),
        pause_in=AUDIT,
    )

    assert (first.exception(), second.exception()) == (None, None)
    assert Promise.objects.get().status == PromiseStatus.KEPT
    assert held(invoice) == []


def test_two_promises_at_once_are_one() -> None:
    invoice = issued()
    link = link_to(invoice)

    first, second = overtake(
        lambda: promise(of(invoice), "50.00", link=link),
        lambda: promise(of(invoice), "50.00", link=link),
        pause_in=AUDIT,
    )

    assert first.result() == second.result()
    assert held(invoice) == [(HoldKind.PROMISE, Decimal("50.00"))]


def test_without_the_lock_the_database_still_keeps_one_promise() -> None:
    invoice = issued()
    link = link_to(invoice)

    with without_locks():
        first, second = overtake(
            lambda: promise(of(invoice), "50.00", link=link),
            lambda: promise(of(invoice), "50.00", link=link),
            pause_in=AUDIT,
        )

    outcomes = {type(each.exception()) for each in (first, second)}
    assert outcomes == {type(None), IntegrityError}
    assert held(invoice) == [(HoldKind.PROMISE, Decimal("50.00"))]


def test_two_holds_at_once_never_take_more_than_there_is() -> None:
    invoice = issued()

    first, second = overtake(
        lambda: promise(of(invoice), "100.00"),
        lambda: offer(of(invoice)),
        pause_in=AUDIT,
    )

    assert first.exception() is None
    assert second.exception() is not None
    assert held(invoice) == [(HoldKind.PROMISE, Decimal("100.00"))]


def test_without_the_lock_two_holds_take_more_than_there_is() -> None:
    invoice = issued()

    with without_locks():
        first, second = overtake(
            lambda: promise(of(invoice), "100.00"),
            lambda: offer(of(invoice)),
            pause_in=AUDIT,
        )

    assert (first.exception(), second.exception()) == (None, None)
    assert sum(amount or 0 for _kind, amount in held(invoice)) == Decimal("220.00")


def test_two_taps_sign_a_plan_once() -> None:
    plan = offer(issued())
    link = link_to_plan(plan)

    first, second = overtake(
        lambda: sign(PaymentPlan.objects.get(pk=plan.pk), link),
        lambda: sign(PaymentPlan.objects.get(pk=plan.pk), link),
        pause_in=AUDIT,
    )

    assert first.result().pk == second.result().pk
    assert signed_once()


def test_without_the_lock_two_taps_still_sign_a_plan_once() -> None:
    plan = offer(issued())
    link = link_to_plan(plan)

    with without_locks():
        first, second = overtake(
            lambda: sign(PaymentPlan.objects.get(pk=plan.pk), link),
            lambda: sign(PaymentPlan.objects.get(pk=plan.pk), link),
            pause_in=AUDIT,
        )

    assert first.exception() is None
    assert isinstance(second.exception(), holds.HoldEnded)
    assert signed_once()


def signed_once() -> bool:
    return (
        PaymentPlan.objects.get().status == PlanStatus.ACTIVE
        and Signature.objects.count() == 1
        and Hold.objects.filter(released_at=None, kind=HoldKind.PLAN).count() == 1
        and OutgoingEmail.objects.filter(kind="plan_signed").count() == 1
    )


def test_two_answers_to_a_claim_at_once_are_one() -> None:
    invoice = issued()
    made = claim(link_to(invoice))
    desk = {"claim": made, "by": DESK, "at": NOW}

    first, second = overtake(
        lambda: claims.answer(accepted=True, answer="", **desk),
        lambda: claims.answer(accepted=False, answer="No.", **desk),
        pause_in=AUDIT,
    )

    assert first.exception() is None
    assert isinstance(second.exception(), claims.ClaimAnswered)
    assert collecting.standing(of(invoice), at=NOW).figures.collectible == Decimal("120.00")
