"""Whether a bill was authorized, announced and done."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from estimates.states import LineKind
from invoices import basis, billable, coverage
from invoices.services import crediting
from invoices.services.crediting import CreditLine
from invoices.states import Classification
from shopdisputes.jurisdictions import profiles
from tests.factories import (
    BRAKES,
    NOW,
    InvoiceFactory,
    InvoiceLineFactory,
    StorageNoticeFactory,
    authorized_order,
)
from tests.invoices import halted
from tests.invoices.bills import (
    another,
    change,
    drafted,
    gaps_of,
    issue,
    issued,
    lines_of,
    tolerant_order,
    typed,
    void,
)
from tests.invoices.money import BOSS, DESK

pytestmark = pytest.mark.django_db


def test_what_was_authorized_and_noted_by_nobody_is_covered() -> None:
    assert gaps_of(drafted()) == [[], []]


def test_a_line_that_nobody_authorized_is_not_covered() -> None:
    invoice = drafted()
    change(invoice, [*typed(invoice), another()])
    assert gaps_of(invoice) == [[], [], ["not_authorized", "above_total"]]
    assert coverage.check(invoice).above_total == Decimal("24.00")


def test_a_discount_and_a_line_over_nothing_are_always_covered() -> None:
    invoice = drafted()
    thanks = another(kind="discount", unit_price=Decimal("-5.00"))
    change(invoice, [*typed(invoice), thanks, another(unit_price=Decimal("0.00"))])
    assert gaps_of(invoice) == [[], [], [], []]


def test_more_than_what_was_authorized_of_a_line_is_not_covered() -> None:
    invoice = drafted()
    change(invoice, typed(invoice, {"quantity": Decimal("1.801")}))
    assert gaps_of(invoice) == [["above_authorized", "above_total"], []]


def test_a_higher_tax_rate_than_authorized_is_not_covered_a_lower_one_is() -> None:
    invoice = drafted()
    change(invoice, typed(invoice, {"tax_rate": Decimal("21")}))
    assert gaps_of(invoice) == [["above_authorized", "above_total"], []]
    change(invoice, typed(invoice, {"tax_rate": Decimal("10")}))
    assert gaps_of(invoice) == [[], []]


def test_the_same_line_twice_is_more_than_what_was_authorized() -> None:
    invoice = drafted()
    row = typed(invoice)[1]
    change(invoice, [*typed(invoice), another(estimate_line_id=row.estimate_line_id)])
    assert gaps_of(invoice) == [[], [], ["above_authorized", "above_total"]]


@pytest.mark.parametrize(
    ("price", "gaps"),
    # Authorized are 242.28 with tax, so that 24.22 more are let pass: 20.18 before tax.
    [("78.08", []), ("78.09", ["above_authorized", "above_total"])],
)
def test_the_rules_of_the_place_may_let_a_little_more_pass(price: str, gaps: list[str]) -> None:
    invoice = drafted(tolerant_order())
    change(invoice, typed(invoice, {}, {"unit_price": Decimal(price)}))
    assert gaps_of(invoice) == [[], gaps]


def test_a_tolerance_lets_no_new_line_pass() -> None:
    invoice = drafted(tolerant_order())
    change(invoice, [*typed(invoice), another(unit_price=Decimal("1.00"))])
    assert gaps_of(invoice) == [[], [], ["not_authorized"]]


def test_a_tolerance_is_used_up_by_what_was_billed_before() -> None:
    order = tolerant_order()
    first = drafted(order)
    change(first, typed(first, {"quantity": Decimal("1.9")})[:1])
    issue(first)
    second = drafted(order)
    change(second, typed(second, {"unit_price": Decimal("70.08")}))
    assert gaps_of(second) == [[]]
    change(second, typed(second, {"unit_price": Decimal("70.09")}))
    assert gaps_of(second) == [["above_total"]]


def test_what_is_noted_as_not_done_cannot_be_billed_in_full() -> None:
    order = authorized_order()
    halted.note(order, LineKind.LABOUR, state="in_progress")
    assert gaps_of(drafted(order)) == [["not_done"], []]
    halted.note(order, LineKind.LABOUR, state="done")
    assert gaps_of(order.invoices.get()) == [[], []]


def test_as_much_can_be_billed_as_is_noted_as_done() -> None:
    order = authorized_order()
    halted.note(order, LineKind.LABOUR, state="in_progress", done_quantity=Decimal("1"))
    invoice = drafted(order)
    change(invoice, typed(invoice, {"quantity": Decimal("1")}))
    assert gaps_of(invoice) == [[], []]
    change(invoice, typed(invoice, {"quantity": Decimal("1.001")}))
    assert gaps_of(invoice) == [["not_done"], []]


TEARDOWN = {
    "kind": LineKind.TEARDOWN,
    "description": "Take the gearbox out",
    "quantity": Decimal("1"),
    "unit_price": Decimal("60.00"),
    "tax_rate": Decimal("20.00"),
}


@pytest.mark.parametrize(
    ("asked", "told", "gaps"),
    [
        (True, "The gearbox comes out.", []),
        (True, "", ["not_disclosed"]),
        (False, "", []),
    ],
)
def test_disassembly_is_announced_where_the_rules_ask_for_it(
    asked: bool, told: str, gaps: list[str]
) -> None:
    lenient = profiles.freeze("GENERIC") | {"teardown_disclosure": False}
    order = authorized_order(lines=[TEARDOWN | {"disclosure": told}], profile=lenient)
    order.profile |= {"teardown_disclosure": asked}
    order.save(update_fields=["profile"])
    assert gaps_of(drafted(order)) == [gaps]


def test_storage_stands_on_its_notice_and_on_an_invoice_of_its_own() -> None:
    order = authorized_order()
    invoice = drafted(order)
    change(invoice, [*typed(invoice), another(kind="storage")])
    assert gaps_of(invoice) == [[], [], ["not_disclosed", "above_authorized"]]
    StorageNoticeFactory(repair_order=order)
    assert gaps_of(invoice) == [[], [], ["above_authorized"]]


@pytest.mark.parametrize(
    "classification", [Classification.PART_SPECIAL_ORDER, Classification.RESTOCKING_FEE]
)
def test_what_a_supplier_keeps_needs_his_proof(classification: str) -> None:
    order = authorized_order()
    invoice = InvoiceFactory(repair_order=order, lines=None, total=Decimal("0.00"))
    pads = next(job for job in billable.visit_of(order).jobs if job.line.kind == LineKind.PART)
    InvoiceLineFactory(
        invoice=invoice,
        estimate_line=pads.line,
        kind=LineKind.PART,
        quantity=Decimal("1"),
        unit_price=Decimal("57.90"),
        classification=classification,
    )
    assert gaps_of(invoice) == [["no_proof"]]


def test_an_override_keeps_the_gaps_but_does_not_block() -> None:
    invoice = drafted()
    lines = [*typed(invoice), another(override_reason="Agreed on the phone.")]
    change(invoice, lines, by=BOSS)
    assert gaps_of(invoice) == [[], [], ["not_authorized"]]
    assert coverage.check(invoice).blocking == []


def test_what_a_manager_let_pass_leaves_room_for_what_was_authorized() -> None:
    order = authorized_order()
    first = drafted(order)
    extra = another(override_reason="Agreed on the phone.")
    change(first, [typed(first)[0], extra], by=BOSS)
    issue(first)
    assert billable.billed_total(order) == Decimal("196.80")
    assert gaps_of(drafted(order)) == [[]]


def test_what_is_void_or_credited_line_by_line_can_be_billed_again() -> None:
    order = authorized_order()
    void(issued(order))
    second = issued(order)
    credited = CreditLine(line_id=lines_of(second)[1].pk)
    crediting.credit(invoice=second, reason="Wrong.", lines=[credited], by=DESK, at=NOW)
    third = drafted(order)
    assert [line.net for line in lines_of(third)] == [Decimal("57.90")]
    assert gaps_of(third) == [[]]


def test_an_amount_credited_on_what_a_manager_let_pass_makes_no_room() -> None:
    order = authorized_order()
    first = drafted(order)
    change(first, [*typed(first), another(override_reason="Agreed.")], by=BOSS)
    first = issue(first)
    crediting.credit(invoice=first, reason="Too much.", amount=Decimal("24.00"), by=DESK, at=NOW)
    rates = billable.billed_by_rate(order, with_overrides=False)
    assert billable.gross(rates) == Decimal("242.28")
    assert billable.billed_total(order) == Decimal("242.28")


def test_tax_rounded_on_two_invoices_never_makes_a_cent_too_much() -> None:
    odd = {"tax_rate": Decimal("20.00"), "quantity": Decimal("1"), "unit_price": Decimal("0.13")}
    order = authorized_order(lines=[BRAKES[0] | odd, BRAKES[1] | odd])
    # Authorized are 0.31; each alone rounds its tax of 0.026 to 0.03.
    first = drafted(order)
    change(first, typed(first)[:1])
    issue(first)
    second = drafted(order)
    assert gaps_of(second) == [[]]
    assert billable.billed_total(order) == Decimal("0.16")
    issue(second)
    assert billable.billed_total(order) == Decimal("0.31")


def test_a_stopped_repair_bills_no_more_than_what_was_done() -> None:
    stop = halted.stopped()
    invoice = drafted(stop.repair_order, kind="partial_repair")
    assert gaps_of(invoice) == [[]] * len(lines_of(invoice))
    rows = typed(invoice)
    labour = next(place for place, row in enumerate(rows) if row.kind == LineKind.LABOUR)
    raised = [{"quantity": Decimal("1.6")} if place == labour else {} for place in range(len(rows))]
    change(invoice, typed(invoice, *raised))
    assert gaps_of(invoice)[labour] == ["not_done"]


def test_what_may_be_issued_never_exceeds_what_was_authorized_with_tolerance() -> None:
    invoice = drafted(tolerant_order())

    @settings(max_examples=20, deadline=None)
    @given(
        hours=st.decimals(Decimal("1"), Decimal("2.5"), places=3),
        price=st.decimals(Decimal("0"), Decimal("99"), places=2),
    )
    def holds(hours: Decimal, price: Decimal) -> None:
        draft = change(invoice, typed(invoice, {"quantity": hours}, {"unit_price": price}))
        blocked = bool(coverage.check(draft).blocking)
        within = hours <= Decimal("1.8") and price <= Decimal("57.90")
        assert draft.total <= Decimal("242.28") + Decimal("24.22") or blocked
        assert not (within and blocked)

    holds()


def test_the_basis_says_which_answer_gave_it_and_that_the_work_is_stated_as_done() -> None:
    invoice = drafted()
    given = basis.of(invoice)[lines_of(invoice)[0].pk]
    authorization = given["authorization"]
    assert (authorization["estimate"], authorization["revision"]) == ("EST-2026-0001", 1)
    assert (authorization["mode"], authorization["evidence_level"]) == ("electronic", "L1")
    assert (authorization["amount"], authorization["at"]) == (
        "144.00",
        "2026-03-16T09:30:00.000000+00:00",
    )
    assert given["disclosure"] is None
    assert given["work"] == {"state": "done", "stated": True}


def test_the_basis_of_an_issued_invoice_is_what_it_was_then() -> None:
    order = authorized_order()
    invoice = issued(order)
    halted.note(order, LineKind.LABOUR, state="done", hours_spent=Decimal("2"))
    assert basis.of(invoice)[lines_of(invoice)[0].pk]["work"] == {"state": "done", "stated": True}
