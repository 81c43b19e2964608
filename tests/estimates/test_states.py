"""The life of a revision: every action in every state, for every role."""

import pytest

from estimates.states import TRANSITIONS, RevisionStatus
from shopdisputes.actors import DESK, Actor, Role
from shopdisputes.transitions import IllegalTransition, NotYourTransition

S = RevisionStatus
ANYBODY = DESK | {Role.CUSTOMER}
CLOCK = frozenset({Role.SYSTEM})

#: action → state → (target, who); a state that is not there refuses the action.
TABLE: dict[str, dict[str, tuple[str, frozenset[Role]]]] = {
    "edit": {S.DRAFT: (S.DRAFT, DESK)},
    "send": {S.DRAFT: (S.SENT, DESK)},
    "resend": {S.SENT: (S.SENT, DESK)},
    "answer": {S.SENT: (S.ANSWERED, ANYBODY)},
    "amend": {S.ANSWERED: (S.ANSWERED, DESK)},
    "expire": {S.SENT: (S.EXPIRED, CLOCK)},
    "supersede": dict.fromkeys((S.SENT, S.ANSWERED, S.EXPIRED, S.WITHDRAWN), (S.SUPERSEDED, DESK)),
    "withdraw": {S.SENT: (S.WITHDRAWN, DESK)},
    "revise": dict.fromkeys((S.SENT, S.ANSWERED, S.EXPIRED, S.WITHDRAWN), (S.DRAFT, DESK)),
}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("action", [*TABLE, "fly"])
def test_each_cell_of_the_table_is_as_written_here(
    action: str, state: RevisionStatus, role: Role
) -> None:
    by = Actor(role=role, name="Somebody")
    cell = TABLE.get(action, {}).get(state)
    if cell is None:
        with pytest.raises(IllegalTransition):
            TRANSITIONS.target(action, state=state, by=by)
    elif role not in cell[1]:
        with pytest.raises(NotYourTransition):
            TRANSITIONS.target(action, state=state, by=by)
    else:
        assert TRANSITIONS.target(action, state=state, by=by) == cell[0]


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("state", list(S))
def test_the_buttons_offer_exactly_what_the_guard_allows(state: RevisionStatus, role: Role) -> None:
    offered = TRANSITIONS.actions(state=state, role=role)
    allowed = [
        action for action, cells in TABLE.items() if state in cells and role in cells[state][1]
    ]
    assert sorted(offered) == sorted(allowed)


def test_the_table_knows_no_other_action() -> None:
    assert {row.action for row in TRANSITIONS} == set(TABLE)
