"""The life of an inspection: every action in every state, for every role."""

import pytest

from inspections.states import TRANSITIONS, InspectionStatus
from shopdisputes.actors import DESK, STAFF, Actor, Role
from shopdisputes.transitions import IllegalTransition, NotYourTransition

S = InspectionStatus

#: action → state → (target, who); a state that is not there refuses the action.
TABLE: dict[str, dict[str, tuple[str, frozenset[Role]]]] = {
    "record": {S.IN_PROGRESS: (S.IN_PROGRESS, STAFF)},
    "complete": {S.IN_PROGRESS: (S.COMPLETED, STAFF)},
    "reopen": {S.COMPLETED: (S.IN_PROGRESS, STAFF)},
    "discard": dict.fromkeys((S.IN_PROGRESS, S.COMPLETED), (S.DISCARDED, STAFF)),
    "share": {S.COMPLETED: (S.SHARED, DESK)},
    "reshare": dict.fromkeys((S.SHARED, S.NO_ANSWER), (S.SHARED, DESK)),
    "answer": dict.fromkeys((S.SHARED, S.NO_ANSWER), (S.ANSWERED, frozenset({Role.CUSTOMER}))),
    "lapse": {S.SHARED: (S.NO_ANSWER, frozenset({Role.SYSTEM}))},
}


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("action", [*TABLE, "fly"])
def test_each_cell_of_the_table_is_as_written_here(action: str, state: InspectionStatus) -> None:
    cell = TABLE.get(action, {}).get(state)
    for role in Role:
        by = Actor(role=role, name="Somebody")
        if cell is None:
            with pytest.raises(IllegalTransition):
                TRANSITIONS.target(action, state=state, by=by)
        elif role not in cell[1]:
            with pytest.raises(NotYourTransition):
                TRANSITIONS.target(action, state=state, by=by)
        else:
            assert TRANSITIONS.target(action, state=state, by=by) == cell[0]


def test_the_table_knows_no_other_action() -> None:
    assert {row.action for row in TRANSITIONS} == set(TABLE)
