"""State tables: what leads where, and for whom."""

import pytest

from shopdisputes.actors import SYSTEM, Actor, Role
from shopdisputes.transitions import (
    IllegalTransition,
    NotYourTransition,
    TransitionTable,
    transition,
)

ADVISOR = Actor(role=Role.ADVISOR, name="Front desk")
TABLE = TransitionTable(
    transition("send", {"draft"}, "sent", {Role.ADVISOR}),
    transition("expire", {"sent"}, "expired", {Role.SYSTEM}),
    transition("withdraw", {"draft", "sent"}, "withdrawn", {Role.ADVISOR, Role.MANAGER}),
)


def test_an_action_leads_to_its_target() -> None:
    assert TABLE.target("send", state="draft", by=ADVISOR) == "sent"


def test_an_action_that_the_state_does_not_have_is_refused() -> None:
    with pytest.raises(IllegalTransition) as refusal:
        TABLE.target("send", state="sent", by=ADVISOR)
    assert refusal.value.code == "not-allowed-in-this-state"


def test_an_action_of_somebody_else_is_refused() -> None:
    with pytest.raises(NotYourTransition):
        TABLE.target("send", state="draft", by=SYSTEM)


def test_actions_are_listed_in_the_tables_order_for_the_role() -> None:
    assert TABLE.actions(state="draft", role=Role.ADVISOR) == ["send", "withdraw"]
    assert TABLE.actions(state="sent", role=Role.SYSTEM) == ["expire"]
    assert TABLE.actions(state="expired", role=Role.ADVISOR) == []


def test_a_table_with_two_answers_for_one_cell_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="two transitions"):
        TransitionTable(
            transition("send", {"draft"}, "sent", {Role.ADVISOR}),
            transition("send", {"draft", "sent"}, "expired", {Role.ADVISOR}),
        )
