"""Draws every state table, for ``docs/states.md``."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand
from django.utils import translation

from shopdisputes.actors import Role
from shopdisputes.transitions import TransitionTable

_HEAD = """# States

Drawn from the state tables of the code by `./run states`; a test compares. Each arrow names the
action and who may take it.
"""


def description() -> str:
    """Return the Markdown of all state tables, in the order of the installed apps."""
    chapters = [_HEAD]
    for config in apps.get_app_configs():
        name = f"{config.name}.states"
        if find_spec(name) is None:
            continue
        for constant, table in vars(import_module(name)).items():
            if isinstance(table, TransitionTable):
                part = constant.removesuffix("TRANSITIONS").strip("_").lower()
                chapters.append(_chapter(f"{config.label} {part}".strip(), table))
    return "\n".join(chapters)


def _chapter(label: str, table: TransitionTable) -> str:
    arrows = [
        f"    {source} --> {transition.target}: {transition.action} ({_people(transition.who)})"
        for transition in table
        for source in sorted(transition.sources)
    ]
    return "\n".join([f"## {label}", "", "```mermaid", "stateDiagram-v2", *arrows, "```", ""])


def _people(roles: frozenset[Role]) -> str:
    # In the order in which the roles are declared, so that the same table is the same text.
    return ", ".join(role.value for role in Role if role in roles)


class Command(BaseCommand):
    """Prints the state tables as Markdown with diagrams."""

    help = "Print every state table as Markdown with a diagram."

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en"):
            self.stdout.write(description(), ending="")
