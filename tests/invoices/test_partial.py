"""What a stopped repair comes to, line by line, never more than was authorized."""

import uuid
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estimates import pricing
from estimates.states import LineKind
from invoices import partial
from invoices.partial import Note, PartialLine
from invoices.states import Classification, Gap, PartState, StopOption

ANNOUNCED_KINDS = (LineKind.TEARDOWN, LineKind.REASSEMBLY, LineKind.STORAGE)
amounts = st.integers(0, 999_999).map(lambda cents: Decimal(cents) / 100)
quantities = st.integers(1, 50_000).map(lambda thousandths: Decimal(thousandths) / 1000)
options = st.sampled_from(list(StopOption))


def line(kind: LineKind = LineKind.LABOUR, **facts: Any) -> PartialLine:
    """A line of three hours or pieces at 60.00, 20 % tax, unless said otherwise."""
    numbers = {"quantity": "3", "unit_price": "60.00", "tax_rate": "20"} | facts
    for name in ("quantity", "unit_price", "tax_rate", "done", "restocking_fee", "billed"):
        if name in numbers:
            numbers[name] = Decimal(numbers[name])
    return PartialLine(key=uuid.uuid4(), kind=kind, **numbers)


@st.composite
def any_line(draw: st.DrawFn) -> PartialLine:
    kind = draw(st.sampled_from(list(LineKind)))
    price = draw(amounts)
    quantity = draw(quantities)
    made = PartialLine(
        key=uuid.uuid4(),
        kind=kind,
        quantity=quantity,
        unit_price=-price if kind == LineKind.DISCOUNT else price,
        tax_rate=draw(st.sampled_from([Decimal("0"), Decimal("5.5"), Decimal("20")])),
        authorized=draw(st.booleans()),
        done=draw(quantities),
        part_state=draw(st.sampled_from(["", *PartState.values])),
        restocking_fee=draw(amounts),
        has_proof=draw(st.booleans()),
        announced=draw(st.booleans()),
    )
    before = draw(st.sampled_from([Decimal("0"), Decimal("0.5"), Decimal("1")]))
    return replace(made, billed=(made.net * before).quantize(Decimal("0.01")))


@given(st.lists(any_line(), max_size=6), options, st.booleans())
def test_never_comes_to_more_than_was_authorized_nor_below_zero(
    lines: list[PartialLine], option: StopOption, needs_disclosure: bool
) -> None:
    billed = partial.classify(lines, option=option, needs_disclosure=needs_disclosure)
    if option != StopOption.FINISH:
        total = partial.totals_of(billed).total
        assert Decimal("0") <= total <= partial.authorized_total(lines)
    assert [each.key for each in billed] == [each.key for each in lines]


@given(st.lists(any_line(), max_size=6), options, st.booleans())
def test_no_line_comes_to_more_than_its_own_rest(
    lines: list[PartialLine], option: StopOption, needs_disclosure: bool
) -> None:
    billed = partial.classify(lines, option=option, needs_disclosure=needs_disclosure)
    for given_line, each in zip(lines, billed, strict=True):
        assert abs(each.net) <= abs(given_line.net - given_line.billed)
        assert each.net == pricing.net_of(quantity=each.quantity, unit_price=each.unit_price)
        if given_line.authorized:
            assert each.net + each.not_billed == given_line.net - given_line.billed
        else:
            assert each.net == 0


@given(st.lists(any_line(), max_size=6), st.sampled_from(["reassemble", "release_as_is"]))
def test_bills_nothing_unannounced_where_it_must_be_announced(
    lines: list[PartialLine], option: str
) -> None:
    billed = partial.classify(lines, option=option, needs_disclosure=True)
    for given_line, each in zip(lines, billed, strict=True):
        destroyed = given_line.kind == LineKind.PART and (
            given_line.part_state == PartState.DESTROYED
        )
        if (given_line.kind in ANNOUNCED_KINDS or destroyed) and not given_line.announced:
            assert each.net == 0


@pytest.mark.parametrize(
    ("kind", "classification"),
    [
        (LineKind.LABOUR, Classification.LABOUR_PERFORMED),
        (LineKind.DIAGNOSIS, Classification.DIAGNOSIS),
        (LineKind.SUBLET, Classification.SUBLET_PERFORMED),
        (LineKind.FEE, Classification.FEE),
        (LineKind.TEARDOWN, Classification.TEARDOWN),
        (LineKind.STORAGE, Classification.STORAGE),
    ],
)
def test_bills_what_was_performed_and_says_what_is_not_billed(
    kind: LineKind, classification: Classification
) -> None:
    (each,) = partial.classify(
        [line(kind, done="1.5", announced=True)],
        option=StopOption.RELEASE_AS_IS,
        needs_disclosure=True,
    )
    assert (each.classification, each.quantity, each.net, each.not_billed, each.note) == (
        classification,
        Decimal("1.5"),
        Decimal("90.00"),
        Decimal("90.00"),
        Note.DONE_IN_PART,
    )
    assert each.gaps == ()


def test_more_hours_than_authorized_are_not_billed() -> None:
    (each,) = partial.classify(
        [line(done="7")], option=StopOption.RELEASE_AS_IS, needs_disclosure=False
    )
    assert (each.quantity, each.net) == (Decimal("3"), Decimal("180.00"))


def test_what_was_not_begun_costs_nothing() -> None:
    (each,) = partial.classify([line()], option=StopOption.REASSEMBLE, needs_disclosure=False)
    assert (each.classification, each.net, each.not_billed) == (
        Classification.NOT_PERFORMED,
        Decimal("0"),
        Decimal("180.00"),
    )


@pytest.mark.parametrize(
    ("facts", "classification", "net", "gaps"),
    [
        ({"part_state": "installed"}, "part_installed", "180.00", ()),
        ({"part_state": "installed", "done": "2"}, "part_installed", "120.00", ()),
        ({"done": "1"}, "part_installed", "60.00", ()),
        (
            {"part_state": "special_order", "has_proof": True},
            "part_special_order",
            "180.00",
            (),
        ),
        ({"part_state": "special_order"}, "part_special_order", "0", (Gap.NO_PROOF,)),
        # Those that were fitted are owed whatever the supplier says.
        ({"part_state": "special_order", "done": "2"}, "part_installed", "120.00", ()),
        ({"part_state": "returned"}, "part_returned", "0", ()),
        (
            {"part_state": "returned", "restocking_fee": "15.00", "has_proof": True},
            "restocking_fee",
            "15.00",
            (),
        ),
        (
            {"part_state": "returned", "restocking_fee": "500.00", "has_proof": True},
            "restocking_fee",
            "180.00",
            (),
        ),
        (
            {"part_state": "returned", "restocking_fee": "15.00"},
            "restocking_fee",
            "0",
            (Gap.NO_PROOF,),
        ),
        ({"part_state": "destroyed", "announced": True}, "destroyed_part", "180.00", ()),
        ({"part_state": "destroyed"}, "destroyed_part", "0", (Gap.NOT_DISCLOSED,)),
        ({"part_state": "received"}, "not_performed", "0", ()),
        ({"part_state": "ordered"}, "not_performed", "0", ()),
        ({"part_state": ""}, "not_performed", "0", ()),
    ],
)
def test_a_part_is_owed_when_it_was_fitted_or_cannot_be_given_back(
    facts: dict[str, Any], classification: str, net: str, gaps: tuple[Gap, ...]
) -> None:
    (each,) = partial.classify(
        [line(LineKind.PART, **facts)], option=StopOption.RELEASE_AS_IS, needs_disclosure=True
    )
    assert (each.classification, each.net, each.gaps) == (classification, Decimal(net), gaps)


@pytest.mark.parametrize(
    ("option", "announced", "teardown_done", "net", "note"),
    [
        (StopOption.REASSEMBLE, True, "1", "180.00", Note.TO_BE_REASSEMBLED),
        (StopOption.REASSEMBLE, False, "1", "0", Note.NOT_ANNOUNCED),
        (StopOption.REASSEMBLE, True, "0", "0", Note.NOTHING_TO_REASSEMBLE),
        (StopOption.RELEASE_AS_IS, True, "1", "0", Note.NOT_REASSEMBLED),
        (StopOption.UNDECIDED, True, "1", "0", Note.NOT_REASSEMBLED),
    ],
)
def test_reassembly_is_billed_when_chosen_announced_and_needed(
    option: StopOption, announced: bool, teardown_done: str, net: str, note: Note
) -> None:
    _teardown, each = partial.classify(
        [
            line(LineKind.TEARDOWN, done=teardown_done, announced=True),
            line(LineKind.REASSEMBLY, announced=announced),
        ],
        option=option,
        needs_disclosure=True,
    )
    assert (each.net, each.note) == (Decimal(net), note)


def test_what_was_not_announced_is_withheld_with_its_amount() -> None:
    (each,) = partial.classify(
        [line(LineKind.TEARDOWN, done="2")],
        option=StopOption.RELEASE_AS_IS,
        needs_disclosure=True,
    )
    assert (each.net, each.withheld, each.not_billed, each.gaps) == (
        Decimal("0"),
        Decimal("120.00"),
        Decimal("180.00"),
        (Gap.NOT_DISCLOSED,),
    )


def test_disassembly_needs_no_announcement_where_the_rules_ask_for_none() -> None:
    (each,) = partial.classify(
        [line(LineKind.TEARDOWN, done="2")],
        option=StopOption.RELEASE_AS_IS,
        needs_disclosure=False,
    )
    assert each.net == Decimal("120.00")


def test_storage_needs_its_notice_everywhere() -> None:
    (each,) = partial.classify(
        [line(LineKind.STORAGE, done="2")],
        option=StopOption.RELEASE_AS_IS,
        needs_disclosure=False,
    )
    assert (each.net, each.gaps) == (Decimal("0"), (Gap.NOT_DISCLOSED,))


def test_what_the_customer_declined_is_named_and_costs_nothing() -> None:
    (each,) = partial.classify(
        [line(authorized=False, done="3")],
        option=StopOption.FINISH,
        needs_disclosure=False,
    )
    assert (each.classification, each.net) == (Classification.DECLINED, Decimal("0"))


def test_a_discount_is_given_in_proportion() -> None:
    work, discount = partial.classify(
        [line(done="1.5"), line(LineKind.DISCOUNT, quantity="1", unit_price="-30.00")],
        option=StopOption.RELEASE_AS_IS,
        needs_disclosure=False,
    )
    assert (work.net, discount.net) == (Decimal("90.00"), Decimal("-15.00"))


def test_what_was_invoiced_before_is_taken_off() -> None:
    (each,) = partial.classify(
        [line(done="2", billed="60.00")],
        option=StopOption.RELEASE_AS_IS,
        needs_disclosure=False,
    )
    assert (each.quantity, each.unit_price, each.net, each.not_billed) == (
        Decimal("1"),
        Decimal("60.00"),
        Decimal("60.00"),
        Decimal("60.00"),
    )


def test_finishing_costs_what_was_authorized() -> None:
    lines = [line(), line(LineKind.PART, quantity="1", unit_price="200.00")]
    billed = partial.classify(lines, option=StopOption.FINISH, needs_disclosure=True)
    assert partial.totals_of(billed).total == Decimal("456.00")
    assert partial.authorized_total(lines) == Decimal("456.00")
