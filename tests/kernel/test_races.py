"""The stage on which races are played."""

import pytest
from django.db import transaction

from shopdisputes.actors import SYSTEM
from shopdisputes.audit import services as audit
from shopdisputes.repairorders.models import RepairOrder
from tests.factories import NOW, RepairOrderFactory
from tests.races import NobodyPaused, overtake, without_locks


@transaction.atomic
def note(order: RepairOrder, words: str) -> str:
    """Lock, read, write what was read with more words, audit."""
    RepairOrder.objects.lock(order.pk)
    found = RepairOrder.objects.get(pk=order.pk)
    found.concern = f"{found.concern} {words}"
    found.save(update_fields=["concern"])
    audit.record(shop=order.shop, action="repair_order.changed", target=order, by=SYSTEM, at=NOW)
    return found.concern


@transaction.atomic
def take_once(order: RepairOrder) -> bool:
    """Lock, read, decide, audit, and only then write."""
    RepairOrder.objects.lock(order.pk)
    if RepairOrder.objects.get(pk=order.pk).status != "open":
        return False
    audit.record(shop=order.shop, action="repair_order.closed", target=order, by=SYSTEM, at=NOW)
    RepairOrder.objects.filter(pk=order.pk).update(status="closed")
    return True


@pytest.mark.django_db(transaction=True)
def test_the_second_waits_for_the_first_at_its_lock() -> None:
    order = RepairOrderFactory(concern="It squeals.")

    first, second = overtake(
        lambda: note(order, "Left."),
        lambda: note(order, "Right."),
        pause_in="shopdisputes.audit.services.record",
    )

    assert first.result() == "It squeals. Left."
    assert second.result() == "It squeals. Left. Right."


@pytest.mark.django_db(transaction=True)
def test_only_one_takes_what_can_be_taken_once() -> None:
    order = RepairOrderFactory()

    first, second = overtake(
        lambda: take_once(order),
        lambda: take_once(order),
        pause_in="shopdisputes.audit.services.record",
    )

    assert (first.result(), second.result()) == (True, False)


@pytest.mark.django_db(transaction=True)
def test_without_locks_both_take_it() -> None:
    order = RepairOrderFactory()

    with without_locks():
        first, second = overtake(
            lambda: take_once(order),
            lambda: take_once(order),
            pause_in="shopdisputes.audit.services.record",
        )

    assert (first.result(), second.result()) == (True, True)


@pytest.mark.django_db(transaction=True)
def test_what_went_wrong_in_either_is_told() -> None:
    order = RepairOrderFactory()

    def fail() -> None:
        raise LookupError("nothing here")

    first, second = overtake(
        lambda: take_once(order), fail, pause_in="shopdisputes.audit.services.record"
    )

    assert first.result() is True
    assert isinstance(second.exception(), LookupError)


@pytest.mark.django_db(transaction=True)
def test_a_race_in_which_nobody_pauses_proves_nothing() -> None:
    order = RepairOrderFactory()

    with pytest.raises(NobodyPaused):
        overtake(
            lambda: take_once(order),
            lambda: take_once(order),
            pause_in="shopdisputes.links.services.give",
        )
