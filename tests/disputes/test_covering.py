"""How well contested lines stand, by what was frozen with the invoice."""

import uuid
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from disputes import covering
from disputes.covering import Row
from disputes.states import Coverage, ReasonCode
from estimates.states import LineKind
from inspections.states import Stage
from invoices.states import Gap
from shopdisputes.shops.models import Shop
from tests.disputes.cases import brakes, contest, photographed, reason
from tests.factories import NOW, InvoiceFactory

pytestmark = pytest.mark.django_db

AUTHORIZED = {
    "estimate": "EST-2026-0001",
    "revision": 2,
    "authorization": str(uuid.uuid4()),
    "person": "Camille Durand",
    "mode": "electronic",
    "evidence_level": "L3",
    "at": "2026-03-10T09:00:00.000000+00:00",
    "amount": "100.00",
}
DONE = {"state": "done", "updated_by": "Theo Technician", "proofs": []}


def row_of(
    authorization: dict[str, Any] | None = AUTHORIZED,
    work: dict[str, Any] | None = DONE,
    code: str = ReasonCode.PRICE_ERROR,
    **line: Any,
) -> Row:
    """A line of 100.00 before tax with such a basis, contested."""
    basis = {"authorization": authorization, "disclosure": None, "work": work}
    invoice = InvoiceFactory(issued=True, lines=({"basis": basis} | line,))
    case = contest(invoice, line=invoice.lines.get(), reason=reason(invoice, code=code))
    (row,) = covering.of(case)
    return row


def against(row: Row) -> list[str]:
    return [finding.sentence for finding in row.findings if not finding.ok]


def test_a_line_that_was_authorized_and_done_is_well_proved() -> None:
    row = row_of()

    assert row.verdict == Coverage.STRONG
    assert [finding.sentence for finding in row.findings] == [
        "Authorized by Camille Durand on Mar 10, 2026 with revision 2 of EST-2026-0001"
        " (electronic, L3).",
        "Billed is €100.00 before tax, of €100.00 authorized.",
        "Theo Technician noted the work as done.",
    ]


@pytest.mark.parametrize(
    ("facts", "verdict", "sentence"),
    [
        ({"authorization": None}, Coverage.NONE, "Nobody authorized this line."),
        (
            {"authorization": AUTHORIZED | {"amount": "90.00"}},
            Coverage.NONE,
            "Billed is €100.00 before tax, authorized were €90.00.",
        ),
        (
            {"authorization": AUTHORIZED | {"evidence_level": "L0"}},
            Coverage.WEAK,
            "It was said, not signed: only the shop's own record of it exists.",
        ),
        (
            {"work": {"state": "done", "stated": True}},
            Coverage.WEAK,
            "Nobody noted the work when it was done: only the bill states it.",
        ),
        (
            {"work": DONE | {"state": "in_progress"}},
            Coverage.WEAK,
            "The work is noted as: In progress.",
        ),
        (
            {"override_reason": "He agreed.", "override_by": "Max Manager", "override_at": NOW},
            Coverage.WEAK,
            "Max Manager let it pass: He agreed.",
        ),
        ({"gaps": [Gap.NO_PROOF]}, Coverage.WEAK, "The supplier's proof is missing."),
        ({"kind": LineKind.REASSEMBLY}, Coverage.WEAK, "It was not announced before."),
        (
            {"kind": LineKind.STORAGE, "authorization": None},
            Coverage.NONE,
            "It was not announced before.",
        ),
        (
            {"code": ReasonCode.BADLY_DONE},
            Coverage.WEAK,
            "No inspection shows the place that this line is about.",
        ),
    ],
)
def test_what_is_missing_is_said_and_weighs(
    facts: dict[str, Any], verdict: Coverage, sentence: str
) -> None:
    row = row_of(**facts)

    assert row.verdict == verdict
    assert sentence in against(row)


def test_what_takes_something_off_needs_nobodys_word() -> None:
    off = {"kind": LineKind.DISCOUNT, "unit_price": Decimal("-10.00")}
    case = contest(InvoiceFactory(issued=True, lines=({}, off)))

    line, discount = covering.of(case)

    assert (line.verdict, discount.verdict) == (Coverage.NONE, Coverage.STRONG)
    assert against(discount) == []


def test_photos_of_the_place_weigh_where_the_work_itself_is_contested(shop: Shop) -> None:
    basis = {"authorization": AUTHORIZED, "disclosure": None, "work": DONE}
    invoice = photographed(shop, Stage.CHECK_IN, basis=basis)
    case = contest(invoice, reason=reason(invoice, code=ReasonCode.BADLY_DONE))

    (row,) = covering.of(case)

    assert row.verdict == Coverage.WEAK
    assert against(row) == ["Front brakes: 0 photos at Check-out."]
    assert "Front brakes: 1 photo at Check-in." in [each.sentence for each in row.findings]


def test_a_whole_invoice_is_looked_at_line_by_line_in_few_queries(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    invoice = brakes()
    pads = invoice.lines.in_order()[1]
    case = contest(invoice, line=pads)
    whole = contest(invoice)

    with django_assert_max_num_queries(8):
        rows = covering.of(whole)

    assert [row.line.description for row in rows] == [
        "Replace the front brake pads",
        "Front brake pads, set",
    ]
    assert [row.line for row in covering.of(case)] == [pads]
    assert {row.verdict for row in rows} == {Coverage.WEAK}
