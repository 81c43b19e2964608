"""The figures of a shop's disputes: reasons, ages, resolvers, times, outcomes, comebacks."""

import csv
import json
import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from disputes import reporting
from disputes.models import DisputeCase
from disputes.reporting import Report
from disputes.services import resolving
from disputes.states import (
    Cause,
    ChargebackStatus,
    ClosingCode,
    ReasonCode,
    RefusalReason,
    ReworkStatus,
)
from shopdisputes.shops.models import Shop
from tests.disputes.cases import BOSS, TODAY, brakes, contest, fresh, later
from tests.estimates.staff import browser_of, text_of
from tests.factories import NOW, InvoiceFactory
from tests.factories.disputes import (
    ChargebackFactory,
    DisputeCaseFactory,
    DisputeReasonFactory,
    ReworkRequestFactory,
)
from tests.invoices.money import euros

pytestmark = pytest.mark.django_db
YEAR_AGO = TODAY - timedelta(days=364)


def figures(shop: Shop, days: int = 365) -> Report:
    return reporting.report(shop, since=TODAY - timedelta(days=days - 1), today=TODAY)


def case(shop: Shop, *, opened: int = 0, ended: int | None = None, **facts: Any) -> DisputeCase:
    """A case opened so many days ago; ``ended`` so many days after that."""
    begun = NOW - timedelta(days=opened)
    if ended is not None:
        facts = {"resolved": True, "closed_at": begun + timedelta(days=ended)} | facts
    made: DisputeCase = DisputeCaseFactory(shop=shop, opened_at=begun, **facts)
    return made


def test_a_case_counts_for_its_reason_when_it_was_opened_in_the_period(shop: Shop) -> None:
    delay = DisputeReasonFactory(shop=shop, code=ReasonCode.DELAY)
    case(shop, reason=delay, amount=euros("30.00"))
    case(shop, reason=delay, opened=89, ended=3)
    # Opened before the period: one runs, one ended in it, one before it.
    case(shop, reason=delay, opened=400)
    case(shop, reason=delay, opened=100, ended=90)
    case(shop, reason=delay, opened=200, ended=10)
    case(shop, opened=1)
    DisputeCaseFactory()

    first, other = figures(shop, 90).reasons

    assert (first.key, first.opened, first.contested) == ("delay", 2, euros("150.00"))
    assert (first.running, first.contested_now) == (2, euros("150.00"))
    assert (first.ended, first.median, first.ninetieth) == (2, 3, 90)
    assert (other.key, other.opened, other.running, other.median) == ("price_error", 1, 1, None)


@pytest.mark.parametrize(
    ("days", "bucket"), [(0, 0), (7, 0), (8, 1), (30, 1), (31, 2), (60, 2), (61, 3), (91, 4)]
)
def test_a_running_case_stands_in_the_bucket_of_its_age(shop: Shop, days: int, bucket: int) -> None:
    case(shop, opened=days, amount=euros("50.00"))
    case(shop, opened=days, ended=0)

    ages = figures(shop).ages

    assert [(age.count, age.contested) for age in ages if age.count] == [(1, euros("50.00"))]
    assert ages[bucket].count == 1


def test_what_is_contested_a_second_time_was_contested_once_at_first(shop: Shop) -> None:
    made = contest(brakes(shop), "100.00")
    words = "It is the estimate's price."
    resolving.resolve(case=made, closing_code=ClosingCode.SHOP_RIGHT, note=words, by=BOSS, at=NOW)
    resolving.reopen(case=fresh(made), note="A receipt turned up.", by=BOSS, at=later(0, 1))

    whole = figures(shop).whole

    assert (whole.opened, whole.contested) == (1, euros("100.00"))
    assert (whole.running, whole.contested_now, whole.ended) == (1, euros("100.00"), 0)


def test_resolvers_are_one_by_their_address_and_cases_without_one_stand_last(shop: Shop) -> None:
    case(shop, resolver_email="", resolver_name="")
    case(shop, resolver_email="Theo@garage.example", resolver_name="Theo")
    case(
        shop,
        resolver_email="theo@garage.example",
        resolver_name="Theo Technician",
        opened=9,
        ended=4,
    )
    case(shop, resolver_email="", resolver_name="Olga")

    found = figures(shop).resolvers

    assert {(each.key, each.opened, each.running, each.median) for each in found} == {
        ("theo@garage.example", 2, 1, 4),
        ("Olga", 1, 1, None),
        ("-", 1, 1, None),
    }
    assert found[-1].key == "-"


def test_won_and_lost_are_told_in_number_and_money(shop: Shop) -> None:
    for code in (ClosingCode.SHOP_WRONG, ClosingCode.SHOP_WRONG, ClosingCode.GOODWILL):
        case(shop, ended=0, closing_code=code, cause=Cause.BILLING, amount=euros("10.00"))
    case(shop, ended=0, amount=euros("7.00"))
    case(shop, opened=800, ended=1)
    for status in (ChargebackStatus.WON, ChargebackStatus.LOST, ChargebackStatus.LOST):
        ChargebackFactory(shop=shop, status=status, closed_at=NOW, amount=euros("20.00"))
    ChargebackFactory(shop=shop, amount=euros("5.00"))
    ChargebackFactory(shop=shop, status=ChargebackStatus.WON, closed_at=NOW - timedelta(days=400))

    found = figures(shop)

    def told(rows: Any) -> dict[str, tuple[int, Decimal, str]]:
        return {each.key: (each.count, each.amount, each.verdict) for each in rows if each.count}

    assert told(found.endings) == {
        "shop_right": (1, euros("7.00"), "shop"),
        "shop_wrong": (2, euros("20.00"), "customer"),
        "goodwill": (1, euros("10.00"), "both"),
    }
    assert told(found.chargebacks) == {
        "won": (1, euros("20.00"), "shop"),
        "lost": (2, euros("40.00"), "customer"),
    }
    assert (found.waiting_chargebacks.count, found.waiting_chargebacks.amount) == (1, euros("5.00"))
    assert [(each.key, each.count) for each in found.causes] == [("billing", 3), ("-", 1)]


def test_work_that_comes_back_is_counted_for_the_invoices_of_the_time(shop: Shop) -> None:
    first = InvoiceFactory(shop=shop, issued=True)
    InvoiceFactory(shop=shop)
    InvoiceFactory(shop=shop, credit_note=True, original=first)
    InvoiceFactory(shop=shop, issued=True, issued_on=YEAR_AGO - timedelta(days=1))
    facts = {"shop": shop, "invoice": first}
    ReworkRequestFactory(**facts)
    ReworkRequestFactory(**facts, status=ReworkStatus.CONFIRMED, delivered_at=NOW)
    ReworkRequestFactory(**facts, status=ReworkStatus.AUTO_CONFIRMED, delivered_at=NOW)
    ReworkRequestFactory(**facts, status=ReworkStatus.DISPUTED, delivered_at=NOW)
    ReworkRequestFactory(**facts, status=ReworkStatus.DISPUTED)
    # The customer still has his days to answer.
    refused = {"refusal_reason": RefusalReason.NEW_FAULT, "explanation": "The other side."}
    ReworkRequestFactory(**facts, status=ReworkStatus.REFUSED, **refused)
    ReworkRequestFactory(**facts, asked_at=NOW - timedelta(days=366))

    found = figures(shop).comebacks

    assert (found.asked, found.fixed, found.not_fixed, found.without, found.running) == (
        *(6, 2, 1, 1),
        2,
    )
    assert (found.invoices, found.rate) == (1, euros("600.00"))
    assert found.rate_of_visits is None


def test_amounts_of_another_currency_are_counted_but_never_added(shop: Shop) -> None:
    francs = InvoiceFactory(shop=shop, issued=True, currency="CHF")
    case(shop, invoice=francs)
    case(shop)

    whole = figures(shop).whole

    assert (whole.opened, whole.contested, whole.contested_now) == (
        2,
        euros("120.00"),
        euros("120.00"),
    )


@pytest.mark.parametrize(
    ("part", "expected"), [("0.5", 5), ("0.9", 9), ("0.91", 10), ("0.1", 1), ("0.01", 1)]
)
def test_a_percentile_is_one_of_the_values(part: str, expected: int) -> None:
    assert reporting.percentile(range(10, 0, -1), Decimal(part)) == expected


@pytest.fixture
def desk(shop: Shop) -> Client:
    return browser_of(shop)


def numbers_on(desk: Client, url: str, series: str = "D") -> set[str]:
    page = desk.get(url.replace("&amp;", "&")).content.decode()
    return set(re.findall(rf"\b{series}-20\d\d-\d+", page))


def test_each_figure_leads_to_the_cases_that_make_it_up(desk: Client, shop: Shop) -> None:
    old = case(shop, opened=40, resolver_email="max@garage.example", resolver_name="Max")
    new = case(shop, opened=2)
    ended = case(shop, opened=20, ended=5, cause=Cause.PART)
    case(shop, opened=500, ended=5)
    page = desk.get(reverse("dispute-reports")).content.decode()

    def behind(*, section: str, place: int = 0) -> set[str]:
        part = page.partition(f'id="{section}-title"')[2].partition("</section>")[0]
        links = re.findall(r'href="([^"]*/disputes/\?[^"]+)"', part)
        return numbers_on(desk, links[place])

    assert behind(section="ages") == {new.number}
    assert behind(section="ages", place=1) == {old.number}
    assert behind(section="reasons") == {old.number, new.number, ended.number}
    assert behind(section="reasons", place=1) == {old.number, new.number}
    assert behind(section="times") == {ended.number}
    assert behind(section="outcomes") == {ended.number}
    assert behind(section="causes") == {ended.number}
    assert behind(section="resolvers", place=0) in ({old.number}, {new.number, ended.number})


def test_figures_of_banks_and_of_work_done_again_lead_to_their_lists(
    desk: Client, shop: Shop
) -> None:
    status, lost = ChargebackStatus.LOST, {"amount": euros("5.00")}
    new = ChargebackFactory(shop=shop, status=status, closed_at=NOW, **lost)
    ChargebackFactory(shop=shop, status=status, closed_at=NOW - timedelta(days=400), **lost)
    due = ChargebackFactory(shop=shop, **lost)
    fixed = ReworkRequestFactory(shop=shop, status=ReworkStatus.CONFIRMED, delivered_at=NOW)
    disputed = ReworkRequestFactory(shop=shop, status=ReworkStatus.DISPUTED, delivered_at=NOW)
    running = ReworkRequestFactory(shop=shop)
    page = desk.get(reverse("dispute-reports")).content.decode()

    banks = re.findall(r'href="([^"]*/chargebacks/\?[^"]+)"', page)
    reworks = re.findall(r'href="([^"]*/reworks/\?[^"]+)"', page)

    assert [numbers_on(desk, url, "CB") for url in banks] == [{due.number}, {new.number}]
    everything = {fixed.number, disputed.number, running.number}
    assert [numbers_on(desk, url, "RW") for url in reworks] == [
        *(everything, {fixed.number}),
        *({disputed.number}, {running.number}),
    ]


def test_a_list_from_the_reports_says_why_it_is_short(desk: Client, shop: Shop) -> None:
    case(shop, opened=3)
    url = f"{reverse('dispute-list')}?opened_from=2026-03-16&resolver=-&cause=-&ended_as=shared"
    words = text_of(desk.get(url))

    assert "No case fits" in words
    for told in ("Opened from Mar 16, 2026", "Without a resolver", "Cause not said", "Both in"):
        assert told in words
    nonsense = "?opened_from=yesterday&opened_until=9999-12-31&cause=x&ended_as=x&resolver=%00"
    assert "Opened from" not in text_of(desk.get(reverse("dispute-list") + nonsense))


def test_the_page_has_every_chart_also_as_a_table(desk: Client, shop: Shop) -> None:
    case(shop, opened=10, ended=1, amount=euros("99.00"))
    case(shop, opened=10)
    page = desk.get(reverse("dispute-reports"))
    words = text_of(page)

    assert "8 to 30 days 1 €120.00" in words
    assert "The price or the tax is wrong 2 €219.00 1 €120.00" in words
    assert "The price or the tax is wrong 1 1 day 1 day" in words
    assert "The shop was right 1 €99.00" in words
    data = json.loads(
        re.search(r'id="report-data" type="application/json">(.*?)<', page.content.decode())[1]
    )
    assert data["ages"]["series"][0]["values"] == [0.0, 120.0, 0.0, 0.0, 0.0]
    assert data["reasons"]["series"][0]["values"] == [2.0]
    assert [series["values"] for series in data["outcomes"]["series"]] == [[99.0], [0.0], [0.0]]
    assert data["causes"]["series"][0]["values"] == [1.0]
    assert [series["values"] for series in data["resolvers"]["series"]] == [[2.0], [1.0]]
    drawn = re.findall(r'data-chart="(\w+)"', page.content.decode())
    assert sorted(drawn) == sorted(data.keys() - {"currency", "language"})


def test_what_was_contested_at_first_is_told_by_size_without_empty_ends(shop: Shop) -> None:
    for amount in ("99.99", "100.00", "3000.00"):
        case(shop, amount=euros(amount))
    case(shop, opened=400, amount=euros("50000.00"))

    found = figures(shop).sizes

    assert [(each.low, each.high, each.count, each.contested) for each in found] == [
        (euros("0.00"), euros("100.00"), 1, euros("99.99")),
        (euros("100.00"), euros("300.00"), 1, euros("100.00")),
        (euros("300.00"), euros("1000.00"), 0, euros("0.00")),
        (euros("1000.00"), euros("3000.00"), 0, euros("0.00")),
        (euros("3000.00"), euros("10000.00"), 1, euros("3000.00")),
    ]


def test_a_shop_without_disputes_has_a_calm_page(desk: Client) -> None:
    page = desk.get(reverse("dispute-reports"))

    assert "No disputes in this time" in text_of(page)
    assert b"canvas" not in page.content


def test_the_page_takes_as_many_queries_for_many_cases(
    desk: Client, shop: Shop, django_assert_num_queries: Any
) -> None:
    case(shop, ended=2)
    url = f"{reverse('dispute-reports')}?period=all"
    desk.get(url)
    with django_assert_num_queries(10):
        desk.get(url)
    for days in range(9):
        case(shop, opened=days, resolver_email=f"r{days}@garage.example")
        ReworkRequestFactory(shop=shop)
    with django_assert_num_queries(10):
        assert desk.get(url).status_code == 200


@pytest.mark.parametrize(
    ("which", "row"),
    [
        ("ages", ["Up to a week", "1", "120.00", "EUR"]),
        ("sizes", ["100.00", "300.00", "2", "240.00", "EUR"]),
        (
            "reasons",
            [
                *("The price or the tax is wrong", "2", "240.00", "1", "120.00"),
                *("1", "3", "3", "EUR"),
            ],
        ),
        ("resolvers", ["'=HYPERLINK(1)", "1", "120.00", "1", "120.00", "0", "", "", "EUR"]),
        ("outcomes", ["The shop was right", "1", "120.00", "EUR"]),
        ("causes", ["Not said", "1", "120.00", "EUR"]),
        ("chargebacks", ["Evidence is due", "0", "0.00", "EUR"]),
        ("comebacks", ["0", "0", "0", "0", "0", "2", "0", "0.00", "", "", "EUR"]),
    ],
)
def test_each_table_is_handed_out_and_computes_nothing(
    desk: Client, shop: Shop, which: str, row: list[str]
) -> None:
    case(shop, opened=1, resolver_email="", resolver_name="=HYPERLINK(1)")
    case(shop, opened=5, ended=3)
    answer = desk.get(reverse("dispute-reports-export", args=[which]))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")

    assert row in list(csv.reader(text.splitlines()))


def test_there_is_no_other_table(desk: Client) -> None:
    assert desk.get(reverse("dispute-reports-export", args=["salaries"])).status_code == 404
