"""The drawn states are those of the code."""

from pathlib import Path

from shopdisputes.ops.management.commands.describe_states import description

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "states.md"


def test_the_document_shows_the_tables_of_the_code() -> None:
    assert DOCUMENT.read_text() == description(), "run ./run states and commit docs/states.md"


def test_every_state_table_is_drawn() -> None:
    drawn = description()
    for label in ("repairorders", "uploads", "documents", "outbox", "inspections", "estimates"):
        assert f"## {label}\n" in drawn
    assert "    sent --> answered: answer (owner, manager, advisor, customer)\n" in drawn
