"""Ladders: ready-made, changed by versions, given to customers; and the pause."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from dunning import ready_made, rungs
from dunning.models import (
    CustomerLadder,
    DunningSettings,
    Ladder,
    LadderVersion,
    Reminder,
    ReminderText,
    settings_of,
)
from dunning.rungs import Limits, StepInput
from dunning.services import ladders, pausing, planning, retiring, texts
from invoices.models import DunningPosition
from shopdisputes.actors import SYSTEM, Actor, Role
from shopdisputes.audit.models import AuditEvent
from shopdisputes.dates import local_day
from shopdisputes.shops.models import Shop
from shopdisputes.transitions import NotYourTransition
from tests.factories import NOW, CustomerFactory, ShopFactory
from tests.factories.dunning import CustomerLadderFactory, DunningPositionFactory, LadderFactory

pytestmark = pytest.mark.django_db

ADVISOR = Actor(role=Role.ADVISOR, name="Nora")
MAIL = StepInput(offset_days=3, channel="email", template="friendly")


def steps_of(version: LadderVersion) -> list[StepInput]:
    return [
        StepInput(key=step.key, **rungs.facts_of(step))
        for step in version.steps.order_by("position")
    ]


def newest(ladder: Ladder) -> LadderVersion:
    return LadderVersion.objects.in_force().get(ladder=ladder)


def everything_of(shop: Shop) -> list[Any]:
    """All that its ladders and texts say."""
    said: list[Any] = [
        (
            version.ladder.name,
            version.ladder.is_default,
            version.number,
            version.created_by,
            ladders.limits_of(version),
            steps_of(version),
        )
        for version in LadderVersion.objects.for_shop(shop).order_by("ladder__name", "number")
    ]
    words = ReminderText.objects.for_shop(shop).order_by("template", "language")
    return said + list(
        words.values_list("template", "language", "version", "subject", "body", "created_by")
    )


@pytest.fixture
def ladder(shop: Shop) -> Ladder:
    """The usual ladder of a shop as it came."""
    ladders.install(shop=shop, at=NOW)
    return Ladder.objects.for_shop(shop).get(is_default=True)


def position(shop: Shop, **facts: Any) -> DunningPosition:
    today = local_day(NOW, zone=shop.zone)
    facts.setdefault("look_on", today + timedelta(days=9))
    return DunningPositionFactory(shop=shop, **facts)


def change(ladder: Ladder, by: Actor, **facts: Any) -> LadderVersion:
    version = newest(ladder)
    facts = {"settings": ladders.limits_of(version), "steps": steps_of(version)} | facts
    return ladders.change(ladder=ladder, by=by, at=NOW, **facts)


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("en", ["Businesses", "Gentle, with calls", "Usual"]),
        ("fr", ["En douceur, avec appels", "Entreprises", "Habituel"]),
        ("ru", ["Мягкий, со звонками", "Обычный", "Организации"]),
    ],
)
def test_a_shop_starts_with_ladders_named_in_its_language(language: str, names: list[str]) -> None:
    shop = ShopFactory(language=language)
    ladders.install(shop=shop, at=NOW)

    found = Ladder.objects.for_shop(shop)
    assert sorted(found.values_list("name", flat=True)) == names
    usual = newest(found.get(is_default=True))
    assert [(step.offset_days, step.template) for step in usual.steps.order_by("position")] == [
        (-3, "preventive"),
        (3, "friendly"),
        (10, "something_wrong"),
        (20, "last"),
        (30, "formal_demand"),
    ]


def test_what_comes_with_the_product_is_sensible_everywhere() -> None:
    for jurisdiction in ("GENERIC", "FR", "RU"):
        for made in ready_made.ladders_of(jurisdiction):
            limits = Limits(interest_business=made.interest_business)
            steps = [StepInput(**rungs.facts_of(step)) for step in made.steps]
            assert rungs.problems(steps, limits) == {}


def test_only_where_a_place_names_a_fixed_charge_it_is_proposed() -> None:
    def charges(place: str) -> list[tuple[str, Decimal]]:
        businesses = ready_made.ladders_of(place)[2]
        return [(str(s.fee_rule), s.fee_amount) for s in businesses.steps if s.fee_rule != "none"]

    assert charges("FR") == [("fixed", Decimal("40.00")), ("interest", Decimal("0.00"))]
    assert charges("RU") == [("interest", Decimal("0.00")), ("interest", Decimal("0.00"))]


def test_furnishing_twice_leaves_what_is_there(shop: Shop, ladder: Ladder) -> None:
    texts.install(shop=shop, at=NOW)
    before = everything_of(shop)
    assert len(before) == 3 + 18

    ladders.install(shop=shop, at=NOW)
    texts.install(shop=shop, at=NOW)

    assert everything_of(shop) == before


def test_a_change_is_a_version_and_every_open_invoice_is_looked_at_anew(
    shop: Shop, ladder: Ladder, by: Actor
) -> None:
    waiting, over = position(shop), position(shop, look_on=None, ended_at=NOW)
    before = newest(ladder)
    steps = [
        replace(step, offset_days=5) if step.offset_days == 3 else step for step in steps_of(before)
    ]

    after = change(ladder, by, steps=steps)

    assert (before.number, after.number) == (1, 2)
    assert [step.offset_days for step in steps_of(before)] == [-3, 3, 10, 20, 30]
    assert [(step.key, step.offset_days) for step in steps_of(after)] == [
        *((1, -3), (2, 5), (3, 10), (4, 20), (5, 30))
    ]
    waiting.refresh_from_db()
    over.refresh_from_db()
    assert (waiting.look_on, over.look_on) == (local_day(NOW, zone=shop.zone), None)
    event = AuditEvent.objects.for_shop(shop).get()
    assert (event.action, event.data) == (
        "ladder.changed",
        {"name": "Usual", "version": 2, "steps": 5},
    )


@pytest.mark.parametrize(("offset_days", "woken"), [(45, True), (25, False)])
def test_only_steps_behind_its_end_wake_what_stood_there(
    shop: Shop, ladder: Ladder, by: Actor, offset_days: int, woken: bool
) -> None:
    over = position(shop, look_on=None, ended_at=NOW, reached_key=5, reached_offset=30)
    own = LadderFactory(shop=shop)
    elsewhere = position(shop, look_on=None, ended_at=NOW, reached_key=5, reached_offset=30)
    CustomerLadderFactory(customer=elsewhere.invoice.customer, ladder=own)

    added = replace(MAIL, offset_days=offset_days, requires_approval=True)
    change(ladder, by, steps=[*steps_of(newest(ladder)), added])

    for each in (over, elsewhere):
        each.refresh_from_db()
    today = local_day(NOW, zone=shop.zone)
    assert (over.look_on, over.ended_at) == ((today, None) if woken else (None, NOW))
    assert (elsewhere.look_on, elsewhere.ended_at) == (None, NOW)


def test_the_same_again_is_no_version_and_wakes_nobody(
    shop: Shop, ladder: Ladder, by: Actor
) -> None:
    waiting = position(shop)
    look_on = waiting.look_on

    assert change(ladder, by).number == 1

    waiting.refresh_from_db()
    assert waiting.look_on == look_on
    assert not AuditEvent.objects.for_shop(shop).exists()


def test_the_key_of_a_step_that_is_gone_is_never_given_again(
    shop: Shop, ladder: Ladder, by: Actor
) -> None:
    without_last = change(ladder, by, steps=steps_of(newest(ladder))[:-1])
    again = change(ladder, by, steps=[*steps_of(without_last), replace(MAIL, offset_days=40)])

    # Nor is one that another ladder of the shop has: together they came with sixteen.
    assert [step.key for step in steps_of(again)] == [1, 2, 3, 4, 17]


def test_a_key_of_another_ladder_means_nothing(shop: Shop, by: Actor) -> None:
    made = ladders.create(
        shop=shop, name="Own", settings=Limits(), steps=[replace(MAIL, key=7)], by=by, at=NOW
    )
    assert [step.key for step in steps_of(newest(made))] == [1]
    assert made.is_default


def test_a_payer_who_comes_to_another_ladder_goes_on_by_its_days(
    shop: Shop, ladder: Ladder, by: Actor
) -> None:
    steps = [replace(MAIL, offset_days=days) for days in (1, 2, 10)]
    other = ladders.create(shop=shop, name="Own", settings=Limits(), steps=steps, by=by, at=NOW)
    due_on = NOW.date() - timedelta(days=10)
    stands = position(
        shop, invoice__due_on=due_on, begun_on=due_on, reached_key=2, reached_offset=3
    )
    ladders.assign(customer=stands.customer, ladder=other, by=by, at=NOW)

    assert planning.plan(at=NOW)["planned"] == 1

    # The second step there is another one than the one with which the payer came.
    taken = Reminder.objects.get(invoice=stands.invoice).step
    assert (taken.version.ladder, taken.offset_days) == (other, 10)


def test_the_first_ladder_of_a_shop_has_its_invoices_looked_at(shop: Shop, by: Actor) -> None:
    waiting = position(shop, look_on=None)

    ladders.create(shop=shop, name="Own", settings=Limits(), steps=[MAIL], by=by, at=NOW)

    waiting.refresh_from_db()
    assert waiting.look_on == local_day(NOW, zone=shop.zone)


def test_somebody_elses_newer_version_is_not_written_over_unseen(
    shop: Shop, ladder: Ladder, by: Actor
) -> None:
    change(ladder, by, settings=Limits(min_gap_days=5))

    with pytest.raises(ladders.LadderChanged):
        change(ladder, by, settings=Limits(min_gap_days=9), based_on=1)

    assert newest(ladder).min_gap_days == 5


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"offset_days": -61, "template": "preventive"}, "offset_days"),
        ({"offset_days": 366}, "offset_days"),
        ({"offset_days": 3, "template": "preventive"}, "offset_days"),
        ({"offset_days": -3}, "template"),
        ({"channel": "call"}, "template"),
        ({"template": "call"}, "template"),
        ({"template": "formal_demand", "pay_within_days": 15}, "requires_approval"),
        ({"template": "last"}, "pay_within_days"),
        ({"template": "last", "pay_within_days": 61}, "pay_within_days"),
        ({"pay_within_days": 7}, "pay_within_days"),
        ({"fee_rule": "fixed"}, "fee_amount"),
        ({"fee_amount": Decimal("5.00")}, "fee_amount"),
        ({"fee_rule": "interest"}, "fee_rule"),
        (
            {"offset_days": -3, "template": "preventive", "fee_rule": "fixed", "fee_amount": 5},
            "fee_rule",
        ),
    ],
)
def test_refuses_a_step_that_makes_no_sense(
    shop: Shop, ladder: Ladder, by: Actor, facts: dict[str, Any], field: str
) -> None:
    last = replace(MAIL, offset_days=60, requires_approval=True)
    with pytest.raises(ladders.LadderRefused) as refusal:
        change(ladder, by, steps=[last, replace(MAIL, **facts)])

    assert list(refusal.value.fields) == [f"steps.1.{field}"]
    assert LadderVersion.objects.filter(ladder=ladder).count() == 1


def test_refuses_an_e_mail_that_leaves_by_itself_after_a_formal_demand(
    shop: Shop, ladder: Ladder, by: Actor
) -> None:
    demand = StepInput(
        offset_days=30,
        channel="letter",
        template="formal_demand",
        requires_approval=True,
        pay_within_days=15,
    )
    call = StepInput(offset_days=50, channel="call", template="call")
    after = replace(MAIL, offset_days=60)
    with pytest.raises(ladders.LadderRefused) as refusal:
        change(ladder, by, steps=[MAIL, demand, call, after])
    assert list(refusal.value.fields) == ["steps.3.requires_approval"]

    change(ladder, by, steps=[MAIL, demand, call, replace(after, requires_approval=True)])
    assert newest(ladder).number == 2


def test_refuses_no_steps_two_on_one_day_and_limits_without_sense(
    shop: Shop, ladder: Ladder, by: Actor
) -> None:
    limits = Limits(min_gap_days=0, min_amount=Decimal(-1), interest_person=Decimal(41))
    refused = []
    for facts in ({"steps": []}, {"steps": [MAIL, MAIL]}, {"settings": limits}):
        with pytest.raises(ladders.LadderRefused) as refusal:
            change(ladder, by, **facts)
        refused.append(sorted(refusal.value.fields))

    assert refused == [
        ["steps"],
        ["steps.1.offset_days"],
        ["interest_person", "min_amount", "min_gap_days"],
    ]
    assert LadderVersion.objects.filter(ladder=ladder).count() == 1


def test_one_ladder_is_the_usual_one(shop: Shop, ladder: Ladder, by: Actor) -> None:
    waiting = position(shop)
    gentle = Ladder.objects.for_shop(shop).get(name="Gentle, with calls")

    ladders.make_default(ladder=gentle, by=by, at=NOW)

    assert Ladder.objects.for_shop(shop).get(is_default=True) == gentle
    waiting.refresh_from_db()
    assert waiting.look_on == local_day(NOW, zone=shop.zone)


def test_a_name_is_taken_once_a_shop(shop: Shop, ladder: Ladder, by: Actor) -> None:
    with pytest.raises(ladders.LadderNameTaken):
        change(ladder, by, name="businesses")
    assert change(ladder, by, name="Ours").number == 1
    ladder.refresh_from_db()
    assert ladder.name == "Ours"


def test_only_the_management_changes_ladders(shop: Shop, ladder: Ladder) -> None:
    acts = [
        lambda: change(ladder, ADVISOR, settings=Limits(min_gap_days=5)),
        lambda: ladders.make_default(ladder=ladder, by=SYSTEM, at=NOW),
        lambda: ladders.create(
            shop=shop, name="Own", settings=Limits(), steps=[MAIL], by=ADVISOR, at=NOW
        ),
    ]
    for act in acts:
        with pytest.raises(NotYourTransition):
            act()
    assert Ladder.objects.for_shop(shop).count() == 3
    assert LadderVersion.objects.for_shop(shop).count() == 3


def test_a_customer_gets_a_ladder_no_reminders_or_the_usual_one_again(
    shop: Shop, ladder: Ladder
) -> None:
    waiting = position(shop)
    customer = waiting.invoice.customer
    gentle = Ladder.objects.for_shop(shop).get(name="Gentle, with calls")

    def assign(**facts: Any) -> tuple[Any, ...] | None:
        DunningPosition.objects.filter(pk=waiting.pk).update(look_on=None)
        ladders.assign(customer=customer, by=ADVISOR, at=NOW, **facts)
        waiting.refresh_from_db()
        assert waiting.look_on == local_day(NOW, zone=shop.zone)
        own = CustomerLadder.objects.filter(customer=customer).first()
        return own and (own.ladder, own.reason, own.set_by)

    assert assign(ladder=gentle) == (gentle, "", "Nora")
    assert assign(ladder=None, none=True, reason=" A friend. ") == (None, "A friend.", "Nora")
    assert assign(ladder=None) is None
    assert list(
        AuditEvent.objects.for_shop(shop).order_by("sequence").values_list("action", flat=True)
    ) == ["customer.ladder_chosen", "customer.reminders_stopped", "customer.ladder_chosen"]


def test_the_same_choice_again_is_not_noted(shop: Shop) -> None:
    own = CustomerLadderFactory(shop=shop, ladder=LadderFactory(shop=shop), reason="")
    ladders.assign(customer=own.customer, ladder=own.ladder, by=ADVISOR, at=NOW)
    ladders.assign(customer=CustomerFactory(shop=shop), ladder=None, by=ADVISOR, at=NOW)
    assert not AuditEvent.objects.for_shop(shop).exists()


def test_leaving_a_customer_in_peace_needs_a_reason(shop: Shop) -> None:
    customer = CustomerFactory(shop=shop)
    with pytest.raises(ladders.ExclusionWithoutReason):
        ladders.assign(customer=customer, ladder=None, none=True, reason=" ", by=ADVISOR, at=NOW)
    assert not CustomerLadder.objects.exists()


def test_a_ladder_that_nobody_uses_is_retired_and_brought_back(shop: Shop, by: Actor) -> None:
    ladder = LadderFactory(shop=shop)
    customer = CustomerFactory(shop=shop)

    for _twice in range(2):
        retired = retiring.retire(ladder=ladder, by=by, at=NOW)

    assert retired.retired_at == NOW
    assert not Ladder.objects.for_shop(shop).on_offer().exists()
    for refused in (
        lambda: ladders.assign(customer=customer, ladder=ladder, by=by, at=NOW),
        lambda: ladders.make_default(ladder=ladder, by=by, at=NOW),
        lambda: change(ladder, by, steps=[MAIL]),
    ):
        with pytest.raises(ladders.LadderRetired):
            refused()
    assert (CustomerLadder.objects.count(), ladder.versions.count()) == (0, 1)

    for _twice in range(2):
        retiring.bring_back(ladder=ladder, by=by, at=NOW)
    assert ladders.make_default(ladder=ladder, by=by, at=NOW).is_default
    assert (
        AuditEvent.objects.filter(action__in=["ladder.retired", "ladder.brought_back"]).count() == 2
    )


def test_a_ladder_in_use_is_not_retired(shop: Shop, by: Actor) -> None:
    usual = LadderFactory(shop=shop, default=True)
    own = CustomerLadderFactory(shop=shop, ladder=LadderFactory(shop=shop)).ladder
    with pytest.raises(retiring.LadderInUse, match="usual ladder"):
        retiring.retire(ladder=usual, by=by, at=NOW)
    with pytest.raises(retiring.LadderInUse, match="1 customer has it"):
        retiring.retire(ladder=own, by=by, at=NOW)
    with pytest.raises(NotYourTransition):
        retiring.retire(ladder=LadderFactory(shop=shop), by=ADVISOR, at=NOW)
    assert not Ladder.objects.filter(retired_at__isnull=False).exists()


def test_a_pause_names_who_and_why_until_it_is_over(shop: Shop) -> None:
    waiting = position(shop)

    for reason in ("The books are checked.", "Again."):
        pausing.pause(shop=shop, reason=reason, by=ADVISOR, at=NOW)
    paused = settings_of(shop)
    assert (paused.paused_at, paused.paused_by, paused.pause_reason) == (
        NOW,
        "Nora",
        "The books are checked.",
    )

    for _twice in range(2):
        pausing.resume(shop=shop, by=ADVISOR, at=NOW)
    over = settings_of(shop)
    assert (over.paused_at, over.paused_by, over.pause_reason) == (None, "", "")
    waiting.refresh_from_db()
    assert waiting.look_on == local_day(NOW, zone=shop.zone)
    assert AuditEvent.objects.for_shop(shop).count() == 2


@pytest.mark.parametrize("reason", ["", "  ", "x" * 301])
def test_a_pause_without_a_sensible_reason_is_none(shop: Shop, reason: str) -> None:
    with pytest.raises(pausing.PauseRefused):
        pausing.pause(shop=shop, reason=reason, by=ADVISOR, at=NOW)
    assert not DunningSettings.objects.exists()


def test_a_technician_pauses_nothing(shop: Shop) -> None:
    technician = Actor(role=Role.TECHNICIAN, name="Serge")
    with pytest.raises(NotYourTransition):
        pausing.pause(shop=shop, reason="No.", by=technician, at=NOW)
    assert not DunningSettings.objects.exists()
