"""The buttons in a page's head: the one next action, and the rest in its menu."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from django.utils.functional import Promise

Words = str | Promise


@dataclass(frozen=True, kw_only=True)
class Action:
    """One button, drawn by ``components/action.html``.

    ``kind``: ``link`` leads to a page, ``post`` acts at once, ``dialog`` asks first, in the
    page's dialog of that name. ``is_dangerous``: it throws away or turns down for good.
    """

    name: str
    label: Words
    icon: str
    url: str
    kind: str = "link"
    is_dangerous: bool = False


@dataclass(frozen=True, kw_only=True)
class Actions:
    """The one next action, and the rest."""

    primary: Action | None
    others: tuple[Action, ...]

    @classmethod
    def of(cls, found: Iterable[Action], *, first: Iterable[str]) -> Self:
        """Make the first of the names in ``first`` that is found the next action."""
        by_name = {action.name: action for action in found}
        primary = next((by_name[name] for name in first if name in by_name), None)
        return cls(
            primary=primary,
            others=tuple(action for action in by_name.values() if action is not primary),
        )

    @property
    def every(self) -> tuple[Action, ...]:
        """All of them, the next one first."""
        return (self.primary, *self.others) if self.primary else self.others

    @property
    def names(self) -> frozenset[str]:
        """What can be done, by name."""
        return frozenset(action.name for action in self.every)

    @property
    def dialogs(self) -> frozenset[str]:
        """The names of those that ask first."""
        return frozenset(action.name for action in self.every if action.kind == "dialog")
