"""The life of a revision: every action in every state, for every role."""

from itertools import product

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


def _allowed(action: str, state: RevisionStatus, role: Role) -> str:
    """What the guard says: where it leads, or by which error it is refused."""
    try:
        return TRANSITIONS.target(action, state=state, by=Actor(role=role, name="Somebody"))
    except (IllegalTransition, NotYourTransition) as error:
        return type(error).__name__


def _written(action: str, state: RevisionStatus, role: Role) -> str:
    """What the table here says."""
    cell = TABLE.get(action, {}).get(state)
    if cell is None:
        return IllegalTransition.__name__
    return cell[0] if role in cell[1] else NotYourTransition.__name__


def test_each_cell_of_the_table_is_as_written_here() -> None:
    cells = list(product([*TABLE, "fly"], S, Role))

    assert {cell: _allowed(*cell) for cell in cells} == {cell: _written(*cell) for cell in cells}
    assert len(cells) == 10 * len(S) * len(Role)


def test_the_buttons_offer_exactly_what_the_guard_allows() -> None:
    cells = list(product(S, Role))
    offered = {
        (state, role): sorted(TRANSITIONS.actions(state=state, role=role)) for state, role in cells
    }

    assert offered == {
        (state, role): sorted(
            action
            for action, written in TABLE.items()
            if state in written and role in written[state][1]
        )
        for state, role in cells
    }


def test_the_table_knows_no_other_action() -> None:
    assert {row.action for row in TRANSITIONS} == set(TABLE)
