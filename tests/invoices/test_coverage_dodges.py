"""Ways in which a draft is bent so that what is not covered passes, each of them closed."""

from datetime import date
from decimal import Decimal

import pytest

from estimates.states import LineKind
from invoices.services import choosing, drafting, issuing, storage_billing
from invoices.services.stops import NotStopped
from shopdisputes.jurisdictions import profiles
from tests.factories import NOW, StorageNoticeFactory, authorized_order
from tests.invoices import halted
from tests.invoices.bills import (
    another,
    change,
    drafted,
    gaps_of,
    issue,
    refuses,
    typed,
)
from tests.invoices.money import BOSS, DESK
from tests.invoices.test_coverage import TEARDOWN

pytestmark = pytest.mark.django_db


def test_a_draft_in_full_is_not_issued_after_the_customer_stopped_the_work() -> None:
    order = halted.ordered()
    invoice = drafted(order)
    halted.stop(order)
    refuses(drafting.Stopped, lambda: issue(invoice))


def test_a_partial_draft_is_not_issued_after_the_customer_lets_the_work_go_on() -> None:
    stop = halted.stopped()
    invoice = drafted(stop.repair_order, kind="partial_repair")
    choosing.record_choice(
        stop=stop, option="finish", mode="oral", person="Camille", by=DESK, at=NOW
    )
    refuses(NotStopped, lambda: issue(invoice))


def test_work_under_way_is_not_billed_whole_as_one_dear_hour() -> None:
    order = authorized_order()
    halted.note(order, LineKind.LABOUR, state="in_progress", done_quantity=Decimal("1"))
    invoice = drafted(order)
    change(invoice, typed(invoice, {"quantity": Decimal("1"), "unit_price": Decimal("144.00")}))
    assert gaps_of(invoice) == [["not_done"], []]


def test_work_under_way_is_not_billed_twice_over_two_lines_or_two_invoices() -> None:
    order = authorized_order()
    halted.note(order, LineKind.LABOUR, state="in_progress", done_quantity=Decimal("0.9"))
    invoice = drafted(order)
    half = {"quantity": Decimal("0.9")}
    change(invoice, typed(invoice, half)[:1] * 1)
    row = typed(invoice)[0]
    again = another(estimate_line_id=row.estimate_line_id, kind="labour", **half)
    change(invoice, [row, again])
    assert gaps_of(invoice) == [[], ["not_done"]]
    change(invoice, typed(invoice)[:1])
    issue(invoice)
    rest = drafted(order)
    change(rest, typed(rest)[:1])
    assert gaps_of(rest) == [["not_done"]]


def test_a_stopped_repair_does_not_bill_what_was_done_on_two_lines() -> None:
    stop = halted.stopped()
    invoice = drafted(stop.repair_order, kind="partial_repair")
    rows = typed(invoice)
    labour = next(row for row in rows if row.kind == LineKind.LABOUR)
    again = another(
        estimate_line_id=labour.estimate_line_id,
        kind="labour",
        quantity=Decimal("1.5"),
        unit_price=Decimal("60.00"),
    )
    change(invoice, [*rows, again])
    assert gaps_of(invoice)[-1] == ["not_done"]


def test_what_a_manager_let_pass_is_not_billed_again_on_a_line_before_it() -> None:
    invoice = drafted()
    raised = {"unit_price": Decimal("90.00"), "override_reason": "Agreed on the phone."}
    change(invoice, typed(invoice, {}, raised), by=BOSS)
    rows = typed(invoice)
    again = another(
        estimate_line_id=rows[1].estimate_line_id, kind="part", unit_price=Decimal("57.90")
    )
    change(invoice, [again, rows[0], rows[1]])
    assert gaps_of(invoice)[0] == ["above_authorized"]


def test_disassembly_is_not_billed_unannounced_under_another_name() -> None:
    lenient = profiles.freeze("GENERIC") | {"teardown_disclosure": False}
    order = authorized_order(lines=[TEARDOWN], profile=lenient)
    order.profile |= {"teardown_disclosure": True}
    order.save(update_fields=["profile"])
    invoice = drafted(order)
    change(invoice, typed(invoice, {"kind": "labour"}))
    assert gaps_of(invoice) == [["not_disclosed"]]


def test_unfinished_work_is_not_billed_as_storage() -> None:
    order = authorized_order()
    StorageNoticeFactory(repair_order=order)
    halted.note(order, LineKind.LABOUR, state="in_progress")
    invoice = drafted(order)
    change(invoice, typed(invoice, {"kind": "storage", "quantity": Decimal("1.8")}))
    assert gaps_of(invoice) == [["not_done"], []]


def test_a_lower_tax_on_one_line_leaves_no_room_on_another() -> None:
    invoice = drafted()
    untaxed = {"tax_rate": Decimal("0")}
    change(invoice, typed(invoice, untaxed, {"unit_price": Decimal("81.90")}))
    assert gaps_of(invoice) == [[], ["above_authorized"]]


def test_storage_bills_the_days_that_count_and_no_more() -> None:
    notice = StorageNoticeFactory(
        repair_order=authorized_order(), ready_on=date(2026, 3, 10), first_day=date(2026, 3, 14)
    )
    invoice = storage_billing.draft(repair_order=notice.repair_order, by=DESK, at=NOW)
    assert gaps_of(invoice) == [[]]
    [row] = typed(invoice)
    change(invoice, typed(invoice, {"quantity": row.quantity + 1}))
    assert gaps_of(invoice) == [["above_authorized"]]
    change(invoice, typed(invoice, {"quantity": row.quantity, "tax_rate": Decimal("21")}))
    assert gaps_of(invoice) == [["above_authorized"]]
    change(invoice, [*typed(invoice, {"tax_rate": row.tax_rate}), another(kind="storage")])
    assert gaps_of(invoice) == [[], ["above_authorized"]]
    raised = {"quantity": row.quantity + 1, "override_reason": "Agreed."}
    change(invoice, typed(invoice, raised)[:1], by=BOSS)
    assert issuing.issue(invoice=invoice, by=DESK, at=NOW).total > 0
