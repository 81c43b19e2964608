"""The code as text and as trees."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("shopdisputes", "inspections", "estimates", "invoices", "dunning", "disputes", "demo")


def modules(*patterns: str) -> list[Path]:
    """The modules of the product that match a pattern, migrations apart."""
    found = {
        path
        for package in PACKAGES
        for pattern in patterns
        for path in (ROOT / package).glob(pattern)
        if "migrations" not in path.parts
    }
    return sorted(found)


def name_of(path: Path) -> str:
    """A module's path as people say it."""
    return path.relative_to(ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    """A module as a tree whose nodes know their parents (``parent``)."""
    module = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(module):
        for child in ast.iter_child_nodes(node):
            child.parent = node  # type: ignore[attr-defined]
    return module


def templates(*suffixes: str) -> Iterator[Path]:
    """The templates of the product with one of the suffixes."""
    folders = [ROOT / "templates", *ROOT.glob("shopdisputes/*/templates")]
    for folder in folders:
        yield from sorted(
            path for path in folder.rglob("*") if path.is_file() and path.suffix in suffixes
        )
