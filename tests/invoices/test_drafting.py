"""Drafts of invoices: what they begin with, who may change what, what is refused."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from estimates.states import LineKind
from invoices.models import Invoice
from invoices.services import drafting, stops
from invoices.services import lines as line_checks
from invoices.services.drafting import (
    DraftExists,
    DueRefused,
    ExplanationTooLong,
    KindRefused,
    NothingToBill,
    OverrideNotAllowed,
    Stopped,
)
from invoices.services.lines import BelowZero, LinesRefused, TooLarge, TooManyLines
from shopdisputes.repairorders import services as repair_orders
from shopdisputes.repairorders.services import RepairOrderNotOpen
from shopdisputes.transitions import IllegalTransition, NotYourTransition
from tests.factories import (
    NOW,
    BillingSettingsFactory,
    EstimateFactory,
    RepairOrderFactory,
    authorized_order,
)
from tests.invoices import halted
from tests.invoices.bills import (
    another,
    change,
    drafted,
    issue,
    issued,
    lines_of,
    refuses,
    typed,
)
from tests.invoices.money import BOSS, DESK, TECHNICIAN, events

pytestmark = pytest.mark.django_db


def test_a_draft_bills_what_was_authorized() -> None:
    order = authorized_order()
    invoice = drafted(order, explanation=" Brakes, as agreed. ")
    assert (invoice.status, invoice.number, invoice.balance) == ("draft", "", Decimal("0.00"))
    assert (invoice.subtotal, invoice.tax, invoice.total) == (
        Decimal("201.90"),
        Decimal("40.38"),
        Decimal("242.28"),
    )
    assert invoice.taxes == [{"rate": "20.00", "base": "201.90", "tax": "40.38"}]
    assert (invoice.due_on, invoice.explanation) == (date(2026, 3, 30), "Brakes, as agreed.")
    assert [(line.kind, line.quantity, line.net) for line in lines_of(invoice)] == [
        ("labour", Decimal("1.800"), Decimal("144.00")),
        ("part", Decimal("1.000"), Decimal("57.90")),
    ]
    assert all(line.answer is not None for line in lines_of(invoice))
    assert order.number.casefold() in invoice.search_text
    assert events(invoice) == ["invoice.drafted"]


def test_what_was_put_off_is_not_billed() -> None:
    estimate = EstimateFactory(answered=("authorized", "deferred"))
    assert [line.kind for line in lines_of(drafted(estimate.repair_order))] == ["labour"]


def test_what_nobody_authorized_is_not_billed() -> None:
    estimate = EstimateFactory(sent=True)
    error = refuses(NothingToBill, lambda: drafted(estimate.repair_order))
    assert error.code == "nothing-to-bill"


def test_the_shop_says_how_many_days_there_are_to_pay() -> None:
    order = authorized_order()
    BillingSettingsFactory(shop=order.shop, due_days=30)
    assert drafted(order).due_on == date(2026, 4, 15)


def test_a_second_draft_bills_what_the_first_invoice_left() -> None:
    order = authorized_order()
    first = drafted(order)
    change(first, typed(first, {"quantity": Decimal("0.6")})[:1])
    issue(first)
    labour, pads = lines_of(drafted(order))
    assert (labour.quantity, labour.unit_price, labour.net) == (
        Decimal("1.200"),
        Decimal("80.00"),
        Decimal("96.00"),
    )
    assert pads.net == Decimal("57.90")


def test_a_rest_that_is_no_number_of_hours_is_billed_as_an_amount() -> None:
    order = authorized_order()
    first = drafted(order)
    change(first, typed(first, {"quantity": Decimal("1"), "unit_price": Decimal("33.33")})[:1])
    issue(first)
    rest = lines_of(drafted(order))[0]
    assert (rest.quantity, rest.unit_price) == (Decimal("1.000"), Decimal("110.67"))


def test_what_is_billed_is_not_billed_again() -> None:
    order = authorized_order()
    issued(order)
    refuses(NothingToBill, lambda: drafted(order))


def test_there_is_one_draft_of_a_kind_and_the_refusal_names_it() -> None:
    invoice = drafted()
    error = refuses(DraftExists, lambda: drafted(invoice.repair_order))
    assert error.details == {"invoice": str(invoice.pk)}


def test_a_stopped_repair_is_billed_in_part_with_its_explanation() -> None:
    stop = halted.stopped()
    order = stop.repair_order
    assert refuses(Stopped, lambda: drafted(order)).code == "stopped"
    invoice = drafted(order, kind="partial_repair")
    assert invoice.performed_on == date(2026, 3, 16)
    assert invoice.explanation
    assert {line.kind: (line.net, line.classification) for line in lines_of(invoice)} == {
        "labour": (Decimal("90.00"), "labour_performed"),
        "part": (Decimal("0.00"), "not_performed"),
        "teardown": (Decimal("60.00"), "teardown"),
        "reassembly": (Decimal("0.00"), "not_performed"),
    }


def test_what_nobody_stopped_is_not_billed_in_part() -> None:
    order = authorized_order()
    refuses(stops.NotStopped, lambda: drafted(order, kind="partial_repair"))


def test_other_kinds_are_not_billed_from_authorized_lines() -> None:
    order = authorized_order()
    error = refuses(KindRefused, lambda: drafted(order, kind="storage"))
    assert list(error.fields) == ["kind"]


def test_a_visit_that_was_called_off_is_not_billed() -> None:
    order = authorized_order()
    repair_orders.cancel(repair_order=order, reason="Sold the car.", by=BOSS, at=NOW)
    refuses(RepairOrderNotOpen, lambda: drafted(order))


def test_technicians_bill_nothing() -> None:
    order = authorized_order()
    refuses(NotYourTransition, lambda: drafted(order, by=TECHNICIAN))


@pytest.mark.parametrize("due_on", [date(2026, 3, 15), date(2027, 3, 17)])
def test_the_last_day_to_pay_is_neither_past_nor_far(due_on: date) -> None:
    order = authorized_order()
    error = refuses(DueRefused, lambda: drafted(order, due_on=due_on))
    assert list(error.fields) == ["due_on"]


def test_an_explanation_has_an_end() -> None:
    order = authorized_order()
    refuses(ExplanationTooLong, lambda: drafted(order, explanation="x" * 4001))


def test_changing_keeps_lines_their_keys_and_adds_up_again() -> None:
    invoice = drafted()
    labour, pads = lines_of(invoice)
    changed = change(
        invoice,
        [*typed(invoice, {"quantity": Decimal("1")})[:1], another(unit_price=Decimal("1.00"))],
        due_on=date(2026, 4, 1),
        explanation="Less work than thought.",
    )
    assert lines_of(changed)[0].pk == labour.pk
    assert not changed.lines.filter(pk=pads.pk).exists()
    assert (changed.total, changed.due_on) == (Decimal("97.20"), date(2026, 4, 1))
    assert changed.explanation == "Less work than thought."
    assert events(invoice)[-1] == "invoice.changed"


def test_what_is_left_out_stays_as_it_was() -> None:
    invoice = drafted(explanation="As agreed.")
    changed = change(invoice, None)
    assert (changed.total, changed.explanation) == (Decimal("242.28"), "As agreed.")


def test_a_line_that_only_names_what_was_authorized_takes_the_rest_from_it() -> None:
    invoice = drafted()
    labour, _pads = lines_of(invoice)
    wanted = drafting.InvoiceLineInput(
        estimate_line_id=labour.estimate_line_id, quantity=Decimal("0.5")
    )
    (line,) = lines_of(change(invoice, [wanted]))
    assert (line.pk, line.unit_price, line.net) == (labour.pk, Decimal("80.00"), Decimal("40.00"))


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"kind": "magic"}, "kind"),
        ({"description": " "}, "description"),
        ({"description": "x" * 301}, "description"),
        ({"note": "x" * 501}, "note"),
        ({"override_reason": "x" * 1001}, "override_reason"),
        ({"part_condition": "shiny"}, "part_condition"),
        ({"classification": "shiny"}, "classification"),
        ({"quantity": None}, "quantity"),
        ({"quantity": Decimal("0.0001")}, "quantity"),
        ({"quantity": Decimal("-1")}, "quantity"),
        ({"quantity": Decimal("9999.001")}, "quantity"),
        ({"unit_price": None}, "unit_price"),
        ({"unit_price": Decimal("0.001")}, "unit_price"),
        ({"unit_price": Decimal("-0.01")}, "unit_price"),
        ({"unit_price": Decimal("NaN")}, "unit_price"),
        ({"unit_price": Decimal("10000000.00")}, "unit_price"),
        ({"unit_price": Decimal("9999999.99"), "quantity": Decimal("2")}, "unit_price"),
        ({"kind": "discount", "unit_price": Decimal("1.00")}, "unit_price"),
        ({"tax_rate": None}, "tax_rate"),
        ({"tax_rate": Decimal("5.555")}, "tax_rate"),
        ({"tax_rate": Decimal("100.01")}, "tax_rate"),
        ({"line_id": uuid4()}, "line"),
        ({"estimate_line_id": uuid4()}, "estimate_line"),
    ],
)
def test_a_line_that_cannot_be_right_is_named(facts: dict[str, Any], field: str) -> None:
    invoice = Invoice(repair_order=RepairOrderFactory())
    with pytest.raises(LinesRefused) as refused:
        line_checks.prepare(invoice=invoice, lines=[another(), another(**facts)])
    assert list(refused.value.fields) == [f"lines.1.{field}"]


def test_a_line_of_another_visit_belongs_to_nothing_here() -> None:
    invoice, other = drafted(), drafted()
    stolen = another(estimate_line_id=lines_of(other)[0].estimate_line_id)
    error = refuses(LinesRefused, lambda: change(invoice, [stolen]))
    assert list(error.fields) == ["lines.0.estimate_line"]


def test_an_invoice_has_an_end_a_floor_and_a_ceiling() -> None:
    invoice = drafted()
    most = Decimal("9999999.99")
    refuses(TooManyLines, lambda: change(invoice, [another()] * 301))
    refuses(TooLarge, lambda: change(invoice, [another(unit_price=most)] * 2))
    error = refuses(
        BelowZero,
        lambda: change(invoice, [another(kind=LineKind.DISCOUNT, unit_price=Decimal("-0.01"))]),
    )
    assert error.code == "below-zero"


def test_only_a_manager_lets_a_line_pass() -> None:
    invoice = drafted()
    lines = [*typed(invoice), another(override_reason="Said on the phone.")]
    error = refuses(OverrideNotAllowed, lambda: change(invoice, lines))
    assert error.code == "override-not-allowed"
    line = lines_of(change(invoice, lines, by=BOSS))[-1]
    assert (line.override_by, line.override_at) == ("Max Manager", NOW)


def test_a_manager_s_word_holds_only_for_what_it_was_given() -> None:
    invoice = drafted()
    change(invoice, [*typed(invoice), another(override_reason="Said on the phone.")], by=BOSS)
    raised = {"unit_price": Decimal("21.00")}
    refuses(OverrideNotAllowed, lambda: change(invoice, typed(invoice, {}, {}, raised)))
    kept = lines_of(change(invoice, typed(invoice, {}, {}, {"note": "With foam."})))[-1]
    assert (kept.note, kept.override_by) == ("With foam.", "Max Manager")
    dropped = lines_of(change(invoice, typed(invoice, {}, {}, raised | {"override_reason": ""})))
    assert (dropped[-1].override_by, dropped[-1].override_at) == ("", None)


def test_what_is_issued_is_neither_changed_nor_discarded() -> None:
    invoice = issued()
    refuses(IllegalTransition, lambda: change(invoice, []))
    refuses(IllegalTransition, lambda: drafting.discard(invoice=invoice, by=DESK, at=NOW))


def test_a_draft_thrown_away_leaves_its_trace() -> None:
    invoice = drafted()
    key = invoice.pk
    drafting.discard(invoice=invoice, by=DESK, at=NOW + timedelta(hours=1))
    assert not Invoice.objects.filter(pk=key).exists()
    invoice.pk = key
    assert events(invoice) == ["invoice.drafted", "invoice.discarded"]
