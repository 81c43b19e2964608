"""The catalogue of reasons of a shop."""

from contextlib import nullcontext
from typing import Any

import pytest

from disputes.models import DisputeReason
from disputes.services import reasons
from disputes.states import ReasonCode
from shopdisputes.audit.models import AuditEvent
from shopdisputes.shops.models import Shop
from tests.disputes.cases import BOSS
from tests.factories import NOW, DisputeReasonFactory
from tests.races import overtake, without_locks

pytestmark = pytest.mark.django_db


def test_every_shop_begins_with_twelve_and_keeps_what_it_changed(shop: Shop) -> None:
    own = DisputeReasonFactory(shop=shop, code=ReasonCode.DAMAGE, follow_up_days=1)

    reasons.install(shop=shop, at=NOW)
    reasons.install(shop=shop, at=NOW)

    found = DisputeReason.objects.for_shop(shop)
    assert set(found.values_list("code", flat=True)) == set(ReasonCode.values)
    assert found.get(code=ReasonCode.DAMAGE) == own
    assert found.get(code=ReasonCode.PRICE_ERROR).follow_up_days == 2


def test_is_worded_by_the_shop_else_by_the_product(shop: Shop) -> None:
    worded = DisputeReasonFactory(shop=shop, names={"fr": "Prix faux"})
    own = DisputeReason(shop=shop, code="tow", names={"en": "Towing"})

    assert (worded.name_in("fr"), worded.name_in("en")) == (
        "Prix faux",
        "The price or the tax is wrong",
    )
    assert own.name_in("ru") == "Towing"


def test_a_new_one_is_saved_and_audited(shop: Shop) -> None:
    made = reasons.save(
        reason=DisputeReason(shop=shop, code="tow", names={"en": " Towing ", "xx": "?"}),
        by=BOSS,
        at=NOW,
    )

    assert made.names == {"en": "Towing"}
    assert AuditEvent.objects.get(action="dispute_reason.saved").data["code"] == "tow"


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"code": "tow", "names": {}}, "names"),
        ({"code": "tow", "names": {"en": "x" * 81}}, "names"),
        ({"code": ReasonCode.PRICE_ERROR, "names": {"en": "Price"}}, "code"),
    ],
)
def test_needs_a_name_and_a_code_of_its_own(shop: Shop, facts: dict[str, Any], field: str) -> None:
    DisputeReasonFactory(shop=shop)

    with pytest.raises(reasons.ReasonRefused) as refused:
        reasons.save(reason=DisputeReason(shop=shop, **facts), by=BOSS, at=NOW)

    assert list(refused.value.fields) == [field]
    assert DisputeReason.objects.for_shop(shop).count() == 1


def test_the_last_one_in_use_stays_in_use(shop: Shop) -> None:
    only = DisputeReasonFactory(shop=shop)
    only.is_active = False

    with pytest.raises(reasons.LastReason):
        reasons.save(reason=only, by=BOSS, at=NOW)

    assert DisputeReason.objects.get().is_active


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locks", [True, False])
def test_two_people_cannot_take_the_last_two_out_of_use(shop: Shop, locks: bool) -> None:
    pair = [DisputeReasonFactory(shop=shop, code=code) for code in list(ReasonCode)[:2]]

    def end(reason: DisputeReason) -> DisputeReason:
        reason.is_active = False
        return reasons.save(reason=reason, by=BOSS, at=NOW)

    with nullcontext() if locks else without_locks():
        first, second = overtake(
            lambda: end(pair[0]),
            lambda: end(pair[1]),
            pause_in="shopdisputes.audit.services.record",
        )

    assert not first.result().is_active
    assert isinstance(second.exception(), reasons.LastReason) is locks
    # Without the lock nobody could open a case any more.
    assert DisputeReason.objects.filter(is_active=True).exists() is locks
