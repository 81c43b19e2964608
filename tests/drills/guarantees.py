"""Writes what the drills found into docs/guarantees.md: ``./run guarantees``.

What ``./run drill NAME`` found last is taken over into ``docs/drills`` and kept there with the
page, so that the page can be checked against it wherever the repository is.
"""

import json
import shutil
import sys
from typing import Any

from tests.drills.results import KEPT, ROOT

PAGE = ROOT / "docs" / "guarantees.md"
FOUND = ROOT / "docs" / "drills"
BEGIN, END = "<!-- drills: written by ./run guarantees -->", "<!-- end of drills -->"


def take_over() -> None:
    """Take over the results of full drills."""
    FOUND.mkdir(parents=True, exist_ok=True)
    for file in sorted(KEPT.glob("*.json")):
        if json.loads(file.read_text())["full"]:
            shutil.copyfile(file, FOUND / file.name)


def results() -> list[dict[str, Any]]:
    """Return what is kept, by the drills' names."""
    return [json.loads(file.read_text()) for file in sorted(FOUND.glob("*.json"))]


def section() -> str:
    """Return the part of the page that the results make up."""
    lines = [
        "| Command | Found | Day, commit | Machine |",
        "|---|---|---|---|",
        *(
            f"| `{found['command']}`{_variant(found)} | {_figures(found['figures'])} |"
            f" {found['date']}, `{found['commit']}` | {found['machine']} |"
            for found in results()
        ),
    ]
    return "\n".join([BEGIN, *lines, END])


def page(text: str) -> str:
    """Return the page with its part about drills written anew."""
    before, begins, rest = text.partition(BEGIN)
    _old, ends, after = rest.partition(END)
    assert begins, "the page has no part for drills"
    assert ends, "the part for drills has no end"
    return before + section() + after


def _variant(found: dict[str, Any]) -> str:
    return f", {found['variant']}" if found["variant"] else ""


def _figures(figures: dict[str, Any]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {_word(value)}" for name, value in figures.items())


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return f"**{len(value)}**" + (f" ({' '.join(value)})" if value else "")
    return f"**{value:,}**" if isinstance(value, int) else f"**{value}**"


def main() -> int:
    """Write the page."""
    take_over()
    PAGE.write_text(page(PAGE.read_text()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
