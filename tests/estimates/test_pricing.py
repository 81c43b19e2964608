"""Money of an estimate: exact, rounded once, whatever the order of the lines."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estimates import pricing
from shopdisputes.money import to_cents

CENT = Decimal("0.01")
prices = st.decimals(Decimal("-99999.99"), Decimal("99999.99"), places=2)
quantities = st.decimals(Decimal("0.001"), Decimal("9999"), places=3)
rates = st.sampled_from([Decimal(rate) for rate in ("0", "5.5", "8.25", "10", "20", "100")])
lines = st.lists(st.tuples(prices, rates), max_size=30)


@pytest.mark.parametrize(
    ("quantity", "unit_price", "net"),
    [
        ("1.8", "80.00", "144.00"),
        ("0.333", "10.00", "3.33"),
        ("0.335", "1.00", "0.34"),
        ("2.5", "0.01", "0.03"),
        ("1", "-15.00", "-15.00"),
        ("0.5", "-0.01", "-0.01"),
    ],
)
def test_a_line_is_rounded_half_away_from_zero(quantity: str, unit_price: str, net: str) -> None:
    assert pricing.net_of(quantity=Decimal(quantity), unit_price=Decimal(unit_price)) == Decimal(
        net
    )


def test_tax_is_reckoned_once_per_rate() -> None:
    # Line by line it would be 3 × 0.02 = 0.06.
    sums = pricing.totals([(Decimal("0.11"), Decimal("20"))] * 3)
    assert sums.subtotal == Decimal("0.33")
    assert sums.tax == Decimal("0.07")
    assert sums.total == Decimal("0.40")


def test_rates_are_told_apart_by_value_and_come_in_rising_order() -> None:
    sums = pricing.totals(
        [
            (Decimal("100.00"), Decimal("20.00")),
            (Decimal("50.00"), Decimal("5.5")),
            (Decimal("10.00"), Decimal("20")),
        ]
    )
    assert [(tax.rate, tax.base, tax.tax) for tax in sums.taxes] == [
        (Decimal("5.5"), Decimal("50.00"), Decimal("2.75")),
        (Decimal("20"), Decimal("110.00"), Decimal("22.00")),
    ]
    assert sums.total == Decimal("184.75")


def test_nothing_adds_up_to_nothing() -> None:
    assert pricing.totals([]) == pricing.Totals(
        subtotal=Decimal("0.00"), taxes=(), tax=Decimal("0.00"), total=Decimal("0.00")
    )


def test_a_line_is_shown_with_its_own_tax() -> None:
    gross = pricing.gross_of_line(net=Decimal("57.90"), tax_rate=Decimal("20"))
    assert gross == Decimal("69.48")


@given(quantities, prices)
def test_a_net_is_within_half_a_cent_of_the_product(quantity: Decimal, price: Decimal) -> None:
    net = pricing.net_of(quantity=quantity, unit_price=price)
    assert abs(net - quantity * price) <= CENT / 2
    assert net == (quantity * price).quantize(CENT, rounding=ROUND_HALF_UP)


@given(lines)
def test_totals_add_up_and_are_exact_cents(given_lines: list[tuple[Decimal, Decimal]]) -> None:
    sums = pricing.totals(given_lines)
    assert sums.subtotal == sum((net for net, _rate in given_lines), Decimal(0))
    assert sums.total == sums.subtotal + sums.tax
    assert sums.tax == sum((tax.tax for tax in sums.taxes), Decimal(0))
    for amount in (sums.subtotal, sums.tax, sums.total):
        assert amount == to_cents(amount)


@given(lines, st.randoms())
def test_the_order_of_lines_does_not_matter(
    given_lines: list[tuple[Decimal, Decimal]], random: object
) -> None:
    shuffled = list(given_lines)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert pricing.totals(shuffled) == pricing.totals(given_lines)


@given(lines)
def test_tax_of_a_rate_is_within_half_a_cent(given_lines: list[tuple[Decimal, Decimal]]) -> None:
    for tax in pricing.totals(given_lines).taxes:
        assert abs(tax.tax - tax.base * tax.rate / 100) <= CENT / 2


@given(prices, rates)
def test_a_single_line_costs_what_the_document_says(net: Decimal, rate: Decimal) -> None:
    assert pricing.totals([(net, rate)]).total == pricing.gross_of_line(net=net, tax_rate=rate)
