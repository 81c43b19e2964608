"""The audit trail: appended in one line, and any tampering shows."""

import random
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from shopdisputes.actors import SYSTEM, Actor, Role
from shopdisputes.audit import services as audit
from shopdisputes.audit.models import AuditEvent, AuditHead
from shopdisputes.shops.models import Shop
from tests.factories import NOW, ShopFactory
from tests.races import overtake
from tests.tampering import by_hand

ADVISOR = Actor(role=Role.ADVISOR, name="Front desk", ip_address="192.0.2.7", user_agent="Browser")


def _record(shop: Shop, count: int = 1) -> list[AuditEvent]:
    return [
        audit.record(
            shop=shop,
            action="shop.changed",
            target=shop,
            by=ADVISOR,
            at=NOW + timedelta(minutes=turn),
            data={"turn": turn, "name": "Żółć"},
        )
        for turn in range(count)
    ]


@transaction.atomic
def _record_and_change_mind(shop: Shop) -> None:
    _record(shop)
    raise RuntimeError("changed our mind")


def test_events_follow_one_another(shop: Shop) -> None:
    first, second = _record(shop, 2)
    assert (first.sequence, second.sequence) == (1, 2)
    assert first.previous_hash == audit.GENESIS
    assert second.previous_hash == first.hash
    assert list(audit.broken_events(shop)) == []


def test_each_shop_has_a_chain_of_its_own(shop: Shop) -> None:
    _record(shop, 3)
    other = ShopFactory()
    assert _record(other)[0].sequence == 1
    assert list(audit.broken_events(other)) == []


def test_a_shop_without_events_verifies(shop: Shop) -> None:
    assert list(audit.broken_events(shop)) == []


def test_who_when_and_how_are_kept(shop: Shop) -> None:
    event = AuditEvent.objects.for_shop(shop).get(pk=_record(shop)[0].pk)
    assert (event.actor_role, event.actor_name) == ("advisor", "Front desk")
    assert (event.ip_address, event.user_agent) == ("192.0.2.7", "Browser")
    assert (event.at, event.data) == (NOW, {"turn": 0, "name": "Żółć"})


def test_an_endless_browser_name_is_cut_before_it_is_hashed(shop: Shop) -> None:
    long = Actor(role=Role.CUSTOMER, name="Customer", user_agent="x" * 5000)
    audit.record(shop=shop, action="shop.changed", target=shop, by=long, at=NOW)
    assert list(audit.broken_events(shop)) == []


@pytest.mark.parametrize("statement", ["UPDATE audit_auditevent SET actor_name = 'X'", "DELETE"])
def test_the_database_refuses_to_change_an_event(shop: Shop, statement: str) -> None:
    _record(shop)
    sql = "DELETE FROM audit_auditevent" if statement == "DELETE" else statement
    with (
        pytest.raises(IntegrityError, match="frozen"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    assert AuditEvent.objects.for_shop(shop).count() == 1


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("actor_name", "Somebody else"),
        ("action", "estimate.answered"),
        ("at", NOW + timedelta(seconds=1)),
        ("data", '{"turn": 99}'),
        ("ip_address", "198.51.100.1"),
        ("salt", "0" * 32),
        ("hash", "f" * 64),
        ("previous_hash", "f" * 64),
        ("repair_order_id", "00000000-0000-0000-0000-000000000001"),
    ],
)
def test_a_changed_column_is_found(shop: Shop, column: str, value: object) -> None:
    _record(shop, 5)
    by_hand(f"UPDATE audit_auditevent SET {column} = %s WHERE sequence = 3", value)
    assert any("event 3" in sentence for sentence in audit.broken_events(shop))


def test_a_removed_event_is_found(shop: Shop) -> None:
    _record(shop, 5)
    by_hand("DELETE FROM audit_auditevent WHERE sequence = %s", 3)
    assert f"{shop.slug}: event 3 is missing before 4" in list(audit.broken_events(shop))


def test_swapped_events_are_found(shop: Shop) -> None:
    _record(shop, 5)
    by_hand(
        "UPDATE audit_auditevent SET sequence = CASE sequence WHEN 2 THEN %s ELSE %s END"
        " WHERE sequence = 2",
        99,
        0,
    )
    assert list(audit.broken_events(shop))


def test_a_chain_cut_at_its_end_is_found(shop: Shop) -> None:
    _record(shop, 5)
    by_hand("DELETE FROM audit_auditevent WHERE sequence >= %s", 4)
    assert list(audit.broken_events(shop)) == [f"{shop.slug}: the chain ends at 3, its head says 5"]


def test_three_hundred_random_changes_are_all_found(shop: Shop) -> None:
    _record(shop, 40)
    chance = random.Random(20261121)
    columns = ["actor_name", "action", "user_agent", "target_type", "ip_address"]
    for _ in range(300):
        column, sequence = chance.choice(columns), chance.randint(1, 40)
        with transaction.atomic():
            point = transaction.savepoint()
            by_hand(
                f"UPDATE audit_auditevent SET {column} = {column} || 'x' WHERE sequence = %s",
                sequence,
            )
            found = list(audit.broken_events(shop))
            transaction.savepoint_rollback(point)
        assert f"{shop.slug}: event {sequence} was changed" in found
    assert list(audit.broken_events(shop)) == []


@pytest.mark.django_db(transaction=True)
def test_two_at_once_stand_one_behind_the_other() -> None:
    shop = ShopFactory()

    def act() -> AuditEvent:
        with transaction.atomic():
            return _record(shop)[0]

    first, second = overtake(act, act, pause_in="shopdisputes.audit.services.hash_of")
    assert {first.result().sequence, second.result().sequence} == {1, 2}
    assert list(audit.broken_events(shop)) == []


@pytest.mark.django_db(transaction=True)
def test_an_event_that_rolls_back_leaves_the_chain_as_it_was() -> None:
    shop = ShopFactory()
    _record(shop)
    with pytest.raises(RuntimeError, match="changed our mind"):
        _record_and_change_mind(shop)
    assert AuditHead.objects.for_shop(shop).get().sequence == 1
    assert list(audit.broken_events(shop)) == []


def test_the_clockwork_is_named(shop: Shop) -> None:
    event = audit.record(shop=shop, action="shop.changed", target=shop, by=SYSTEM, at=NOW)
    assert (event.actor_role, event.actor_name) == ("system", "ShopDisputes")


def test_the_end_of_a_chain_names_its_shop_and_length(shop: Shop) -> None:
    _record(shop, 2)
    assert str(AuditHead.objects.for_shop(shop).get()) == f"{shop.pk}: 2"
