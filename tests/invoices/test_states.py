"""The lives of invoices and plans: every action in every state, for every role."""

import pytest

from invoices.states import PLAN_TRANSITIONS, TRANSITIONS, InvoiceStatus, PlanStatus
from shopdisputes.actors import DESK, MANAGEMENT, Actor, Role
from shopdisputes.transitions import IllegalTransition, NotYourTransition, TransitionTable

S, P = InvoiceStatus, PlanStatus
CUSTOMER, CLOCK = frozenset({Role.CUSTOMER}), frozenset({Role.SYSTEM})
ANYBODY = DESK | CUSTOMER | CLOCK

#: action → state → (target, who); a state that is not there refuses the action.
Cells = dict[str, dict[str, tuple[str, frozenset[Role]]]]
INVOICES: Cells = {
    "edit": {S.DRAFT: (S.DRAFT, DESK)},
    "issue": {S.DRAFT: (S.ISSUED, DESK)},
    "send": {S.ISSUED: (S.ISSUED, DESK)},
    "settle": {S.ISSUED: (S.ISSUED, ANYBODY)},
    "credit": {S.ISSUED: (S.ISSUED, DESK | CLOCK)},
    "hold": {S.ISSUED: (S.ISSUED, ANYBODY)},
    "void": {S.ISSUED: (S.VOID, MANAGEMENT)},
    "write_off": {S.ISSUED: (S.WRITTEN_OFF, MANAGEMENT)},
    "recover": {S.WRITTEN_OFF: (S.ISSUED, DESK)},
}
PLANS: Cells = {
    "sign": {P.OFFERED: (P.ACTIVE, DESK | CUSTOMER)},
    "decline": {P.OFFERED: (P.DECLINED, DESK | CUSTOMER)},
    "lapse": {P.OFFERED: (P.LAPSED, CLOCK)},
    "withdraw": {P.OFFERED: (P.ENDED, DESK)},
    "complete": {P.ACTIVE: (P.COMPLETED, ANYBODY)},
    "end": {P.ACTIVE: (P.ENDED, DESK)},
}
CASES = [
    pytest.param(table, cells, action, state, id=f"{action}-{state}")
    for table, cells, states in (
        (TRANSITIONS, INVOICES, list(S)),
        (PLAN_TRANSITIONS, PLANS, list(P)),
    )
    for action in [*cells, "fly"]
    for state in states
]


@pytest.mark.parametrize(("table", "cells", "action", "state"), CASES)
def test_each_cell_of_the_tables_is_as_written_here(
    table: TransitionTable, cells: Cells, action: str, state: str
) -> None:
    cell = cells.get(action, {}).get(state)
    for role in Role:
        by = Actor(role=role, name="Somebody")
        if cell is not None and role in cell[1]:
            assert table.target(action, state=state, by=by) == cell[0]
            assert action in table.actions(state=state, role=role)
            continue
        refusal = IllegalTransition if cell is None else NotYourTransition
        with pytest.raises(refusal):
            table.target(action, state=state, by=by)
        assert action not in table.actions(state=state, role=role)


@pytest.mark.parametrize(("table", "cells"), [(TRANSITIONS, INVOICES), (PLAN_TRANSITIONS, PLANS)])
def test_the_tables_know_no_other_action(table: TransitionTable, cells: Cells) -> None:
    assert {row.action for row in table} == set(cells)
