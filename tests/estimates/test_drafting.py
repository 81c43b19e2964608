"""Writing drafts: what is kept, what continues what, what is refused and leaves no trace."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from estimates.models import Estimate, EstimateLine, EstimateRevision
from estimates.pricing import LineInput
from estimates.services import drafting, lines, sending
from estimates.states import RevisionStatus
from shopdisputes.repairorders import services as repair_orders
from shopdisputes.repairorders.services import RepairOrderNotOpen
from shopdisputes.transitions import IllegalTransition, NotYourTransition
from tests.estimates import stages
from tests.estimates.stages import (
    BRAKES,
    CUSTOMER,
    DESK,
    LABOUR,
    LATER,
    PART,
    TECHNICIAN,
    YES,
    refused,
)
from tests.factories import NOW, RepairOrderFactory, ShopFactory

pytestmark = pytest.mark.django_db

DISCOUNT = LineInput(
    kind="discount", description="Loyalty", unit_price=Decimal("-20.00"), tax_rate=Decimal("20")
)


def test_creates_a_draft_with_its_lines_sums_and_number() -> None:
    revision = stages.draft(deposit_amount=Decimal("50.00"))
    estimate = Estimate.objects.get()
    assert estimate.number == "EST-2026-0001"
    assert (estimate.status, estimate.total) == (RevisionStatus.DRAFT, Decimal("242.28"))
    assert (revision.number, revision.status) == (1, RevisionStatus.DRAFT)
    assert (revision.subtotal, revision.tax) == (Decimal("201.90"), Decimal("40.38"))
    assert revision.deposit_amount == Decimal("50.00")
    assert revision.currency == "EUR"
    assert revision.created_by == "Ada Advisor"
    first, second = stages.lines_of(revision)
    assert (first.position, first.net, first.reason) == (
        1,
        Decimal("144.00"),
        "The pads are down to 2 mm.",
    )
    assert (second.position, second.net, second.part_condition) == (2, Decimal("57.90"), "new")
    assert stages.actions(revision) == ["estimate.created"]


def test_is_valid_for_the_shops_usual_days_unless_told() -> None:
    assert stages.draft().valid_until == date(2026, 4, 15)
    assert stages.draft(valid_until=date(2026, 3, 16)).valid_until == date(2026, 3, 16)


def test_the_year_and_the_day_are_the_shops() -> None:
    order = RepairOrderFactory(shop=ShopFactory(timezone="Pacific/Auckland"))
    new_year_there = datetime(2026, 12, 31, 12, 0, tzinfo=UTC)
    revision = stages.draft(order=order, at=new_year_there)
    assert revision.estimate.number == "EST-2027-0001"
    assert revision.valid_until == date(2027, 1, 31)


def test_an_empty_draft_can_be_begun() -> None:
    revision = drafting.create(repair_order=RepairOrderFactory(), lines=[], by=DESK, at=NOW)
    assert revision.total == Decimal("0.00")
    assert stages.lines_of(revision) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "magic"}, "kind"),
        ({"necessity": "urgent"}, "necessity"),
        ({"part_condition": "stolen"}, "part_condition"),
        ({"description": "  "}, "description"),
        ({"description": "x" * 301}, "description"),
        ({"reason": "x" * 1001}, "reason"),
        ({"disclosure": "x" * 2001}, "disclosure"),
        ({"quantity": Decimal("0")}, "quantity"),
        ({"quantity": Decimal("-1")}, "quantity"),
        ({"quantity": Decimal("9999.001")}, "quantity"),
        ({"quantity": Decimal("1.0001")}, "quantity"),
        ({"quantity": Decimal("NaN")}, "quantity"),
        ({"unit_price": Decimal("-0.01")}, "unit_price"),
        ({"unit_price": Decimal("80.001")}, "unit_price"),
        ({"unit_price": Decimal("Infinity")}, "unit_price"),
        ({"unit_price": Decimal("10000000.00")}, "unit_price"),
        ({"quantity": Decimal("9999"), "unit_price": Decimal("9999.99")}, "unit_price"),
        ({"kind": "discount", "unit_price": Decimal("0.01")}, "unit_price"),
        ({"tax_rate": Decimal("100.01")}, "tax_rate"),
        ({"tax_rate": Decimal("-1")}, "tax_rate"),
        ({"tax_rate": Decimal("5.555")}, "tax_rate"),
        ({"key": uuid4()}, "key"),
    ],
)
def test_refuses_a_line_at_its_field(change: dict[str, Any], field: str) -> None:
    order = RepairOrderFactory()
    error = refused(
        lines.LinesRefused,
        lambda: stages.draft(LABOUR, replace(PART, **change), order=order),
    )
    assert list(error.fields) == [f"lines.1.{field}"]
    assert not Estimate.objects.exists()


def test_names_every_wrong_field_at_once() -> None:
    wrong = replace(LABOUR, description="", quantity=Decimal(0), tax_rate=Decimal(200))
    order = RepairOrderFactory()
    error = refused(lines.LinesRefused, lambda: stages.draft(wrong, wrong, order=order))
    assert sorted(error.fields) == [
        f"lines.{index}.{name}"
        for index in (0, 1)
        for name in ("description", "quantity", "tax_rate")
    ]


@pytest.mark.parametrize("price", ["80.10", "80.100", "8E+1"])
def test_takes_a_price_of_two_places_however_it_is_written(price: str) -> None:
    revision = stages.draft(replace(LABOUR, unit_price=Decimal(price), quantity=Decimal(1)))
    assert revision.subtotal == Decimal(price)


def test_refuses_more_lines_than_anybody_answers() -> None:
    order = RepairOrderFactory()
    refused(lines.TooManyLines, lambda: stages.draft(*[LABOUR] * 201, order=order))
    assert len(stages.lines_of(stages.draft(*[LABOUR] * 200, order=order))) == 200


def test_refuses_discounts_beyond_the_rest() -> None:
    order = RepairOrderFactory()
    big = replace(DISCOUNT, unit_price=Decimal("-201.91"))
    error = refused(lines.BelowZero, lambda: stages.draft(*BRAKES, big, order=order))
    assert "lines" in error.fields
    exact = replace(DISCOUNT, unit_price=Decimal("-201.90"))
    assert stages.draft(*BRAKES, exact, order=order).total == Decimal("0.00")


def test_refuses_a_discount_whose_tax_makes_the_total_negative() -> None:
    order = RepairOrderFactory()
    untaxed = replace(PART, unit_price=Decimal("100.00"), tax_rate=Decimal(0))
    taxed = replace(DISCOUNT, unit_price=Decimal("-100.00"))
    refused(lines.BelowZero, lambda: stages.draft(untaxed, taxed, order=order))


def test_refuses_a_total_larger_than_a_document_may_carry() -> None:
    order = RepairOrderFactory()
    dear = replace(PART, unit_price=Decimal("9999999.99"), tax_rate=Decimal(0))
    assert stages.draft(dear, order=order).total == Decimal("9999999.99")
    refused(lines.TooLarge, lambda: stages.draft(dear, PART, order=order))


@pytest.mark.parametrize("day", [date(2026, 3, 15), date(2027, 3, 17)])
def test_refuses_a_validity_that_is_past_or_too_far(day: date) -> None:
    order = RepairOrderFactory()
    error = refused(drafting.ValidityRefused, lambda: stages.draft(order=order, valid_until=day))
    assert list(error.fields) == ["valid_until"]


def test_takes_a_validity_of_exactly_a_year() -> None:
    assert stages.draft(valid_until=date(2027, 3, 16)).valid_until == date(2027, 3, 16)


@pytest.mark.parametrize("deposit", ["-0.01", "242.29", "10.001", "NaN"])
def test_refuses_a_deposit_beyond_zero_and_the_total(deposit: str) -> None:
    order = RepairOrderFactory()
    error = refused(
        drafting.DepositRefused,
        lambda: stages.draft(order=order, deposit_amount=Decimal(deposit)),
    )
    assert list(error.fields) == ["deposit_amount"]


def test_takes_a_deposit_of_the_whole_total() -> None:
    assert stages.draft(deposit_amount=Decimal("242.28")).deposit_amount == Decimal("242.28")


@pytest.mark.parametrize("by", [CUSTOMER, TECHNICIAN])
def test_only_the_desk_writes_estimates(by: Any) -> None:
    order = RepairOrderFactory()
    refused(
        NotYourTransition,
        lambda: drafting.create(repair_order=order, lines=BRAKES, by=by, at=NOW),
    )


def test_refuses_a_visit_that_is_over() -> None:
    revision = stages.sent()
    order = revision.estimate.repair_order
    draft = stages.draft(order=order)
    repair_orders.close(repair_order=order, by=DESK, at=NOW)
    for act in (
        lambda: stages.draft(order=order),
        lambda: drafting.duplicate(estimate=revision.estimate, repair_order=order, by=DESK, at=NOW),
        lambda: drafting.revise(estimate=revision.estimate, by=DESK, at=NOW),
        lambda: drafting.change(
            revision=draft, lines=BRAKES, valid_until=draft.valid_until, by=DESK, at=NOW
        ),
        lambda: stages.send(draft),
    ):
        refused(RepairOrderNotOpen, act)


def change(revision: EstimateRevision, *new: LineInput, **options: Any) -> EstimateRevision:
    values = {"valid_until": revision.valid_until} | options
    return drafting.change(revision=revision, lines=new, by=DESK, at=NOW, **values)


def test_changes_a_draft_and_keeps_rows_by_their_key() -> None:
    revision = stages.draft()
    first, second = stages.lines_of(revision)
    changed = change(
        revision,
        replace(PART, unit_price=Decimal("60.00"), key=second.key),
        DISCOUNT,
        valid_until=date(2026, 4, 1),
        deposit_amount=Decimal("5.00"),
        reason=" More is worn. ",
    )
    changed.refresh_from_db()
    part, discount = stages.lines_of(changed)
    assert (part.pk, part.key, part.position) == (second.pk, second.key, 1)
    assert part.unit_price == Decimal("60.00")
    assert discount.key not in (first.key, second.key)
    assert not EstimateLine.objects.filter(pk=first.pk).exists()
    assert changed.total == Decimal("48.00")
    assert changed.valid_until == date(2026, 4, 1)
    assert changed.deposit_amount == Decimal("5.00")
    assert changed.reason == "More is worn."
    assert Estimate.objects.get().total == Decimal("48.00")
    assert stages.actions(revision) == ["estimate.created", "estimate.changed"]


def test_changing_without_a_reason_keeps_the_one_that_is_there() -> None:
    revision = stages.draft()
    change(revision, LABOUR, reason="Because.")
    assert change(revision, PART).reason == "Because."


def test_recognizes_lines_without_a_key_by_what_they_say() -> None:
    revision = stages.draft()
    first, second = stages.lines_of(revision)
    change(revision, PART, LABOUR)
    assert [line.key for line in stages.lines_of(revision)] == [second.key, first.key]


def test_recognizes_a_line_whose_price_changed_by_its_description() -> None:
    revision = stages.draft()
    first, second = stages.lines_of(revision)
    change(revision, replace(LABOUR, quantity=Decimal(2)), PART)
    assert [line.key for line in stages.lines_of(revision)] == [first.key, second.key]


def test_two_lines_that_say_the_same_keep_two_keys() -> None:
    revision = stages.draft(LABOUR, LABOUR)
    keys = {line.key for line in stages.lines_of(revision)}
    change(revision, LABOUR, LABOUR, LABOUR)
    after = [line.key for line in stages.lines_of(revision)]
    assert len(set(after)) == 3
    assert keys < set(after)


def test_refuses_the_same_key_twice() -> None:
    revision = stages.draft()
    key = stages.lines_of(revision)[0].key
    error = refused(
        lines.LinesRefused,
        lambda: change(revision, replace(LABOUR, key=key), replace(PART, key=key)),
    )
    assert list(error.fields) == ["lines.1.key"]


def test_refuses_a_reason_too_long_to_show() -> None:
    revision = stages.draft()
    refused(drafting.ReasonTooLong, lambda: change(revision, LABOUR, reason="x" * 2001))


def test_what_was_sent_is_not_changed() -> None:
    revision = stages.sent()
    refused(IllegalTransition, lambda: change(revision, LABOUR))


def test_revises_into_a_draft_beside_the_one_in_force() -> None:
    former = stages.sent()
    revision = drafting.revise(
        estimate=former.estimate, reason="The discs are worn.", by=DESK, at=NOW
    )
    former.refresh_from_db()
    assert former.status == RevisionStatus.SENT
    assert (revision.number, revision.status) == (2, RevisionStatus.DRAFT)
    assert revision.reason == "The discs are worn."
    assert revision.total == Decimal("242.28")
    assert [line.key for line in stages.lines_of(revision)] == [
        line.key for line in stages.lines_of(former)
    ]
    assert {line.pk for line in stages.lines_of(revision)}.isdisjoint(
        line.pk for line in stages.lines_of(former)
    )
    estimate = Estimate.objects.get()
    assert estimate.status == RevisionStatus.DRAFT
    assert stages.actions(revision)[-1] == "estimate.revised"


def test_a_line_left_out_before_is_recognized_when_it_comes_back() -> None:
    former = stages.sent()
    key = stages.lines_of(former)[1].key
    second = stages.revised(former, LABOUR)
    third = drafting.revise(estimate=second.estimate, lines=BRAKES, by=DESK, at=NOW)
    assert stages.lines_of(third)[1].key == key


def test_refuses_a_second_draft() -> None:
    former = stages.sent()
    drafting.revise(estimate=former.estimate, by=DESK, at=NOW)
    refused(IllegalTransition, lambda: drafting.revise(estimate=former.estimate, by=DESK, at=NOW))


def test_a_deposit_that_waits_is_asked_for_again_and_fits_the_new_total() -> None:
    former = stages.sent(deposit_amount=Decimal("100.00"))
    revision = drafting.revise(
        estimate=former.estimate, lines=[replace(PART, quantity=Decimal(1))], by=DESK, at=NOW
    )
    assert revision.deposit_amount == Decimal("69.48")


def test_a_deposit_agreed_with_the_answer_is_not_asked_for_twice() -> None:
    former = stages.sent(deposit_amount=Decimal("100.00"))
    stages.answer(former, YES, LATER)
    revision = drafting.revise(estimate=former.estimate, by=DESK, at=NOW)
    assert revision.deposit_amount == Decimal("0.00")


def test_duplicates_the_newest_lines_with_keys_of_their_own() -> None:
    former = stages.sent()
    other = RepairOrderFactory(shop=former.shop)
    copy = drafting.duplicate(estimate=former.estimate, repair_order=other, by=DESK, at=NOW)
    assert copy.estimate.number == "EST-2026-0002"
    assert copy.estimate.repair_order == other
    assert copy.total == Decimal("242.28")
    assert {line.key for line in stages.lines_of(copy)}.isdisjoint(
        line.key for line in stages.lines_of(former)
    )


def test_discarding_a_further_draft_leaves_what_was_sent() -> None:
    former = stages.sent()
    revision = drafting.revise(estimate=former.estimate, by=DESK, at=NOW)
    estimate = drafting.discard(revision=revision, by=DESK, at=NOW)
    assert estimate == former.estimate
    assert estimate is not None
    assert estimate.status == RevisionStatus.SENT
    assert Estimate.objects.get().status == RevisionStatus.SENT
    assert EstimateRevision.objects.count() == 1
    assert stages.actions(former)[-1] == "estimate.discarded"


def test_discarding_the_only_draft_leaves_its_number_in_the_trail() -> None:
    revision = stages.draft()
    assert drafting.discard(revision=revision, by=DESK, at=NOW) is None
    assert not Estimate.objects.exists()
    assert not EstimateLine.objects.exists()
    assert stages.actions(revision) == ["estimate.created", "estimate.discarded"]
    following = stages.draft(order=revision.estimate.repair_order)
    assert following.estimate.number == "EST-2026-0002"


def test_what_was_sent_is_not_discarded() -> None:
    revision = stages.sent()
    refused(IllegalTransition, lambda: drafting.discard(revision=revision, by=DESK, at=NOW))


def test_a_draft_sent_meanwhile_is_not_changed_even_where_locks_do_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    revision = stages.draft()
    stale = EstimateRevision.objects.with_everything().get(pk=revision.pk)
    stages.send(revision)
    monkeypatch.setattr(drafting, "lock_revision", lambda _revision: stale)
    monkeypatch.setattr(sending, "lock_revision", lambda _revision: stale)
    refused(IllegalTransition, lambda: change(stale, LABOUR))
    refused(IllegalTransition, lambda: stages.send(stale))
