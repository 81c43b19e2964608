"""State tables: one place that says which action leads where, and who may do it.

The same table feeds the guard in the services, the buttons on the pages, the API and the
cell-by-cell tests.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from shopdisputes.actors import Actor, Role
from shopdisputes.errors import Conflict, Forbidden


class IllegalTransition(Conflict):
    """The action does not exist in this state."""

    code = "not-allowed-in-this-state"
    default_message = _("This is not possible in the present state.")


class NotYourTransition(Forbidden):
    """The action exists in this state, but not for this person."""

    code = "not-allowed-for-you"


@dataclass(frozen=True)
class Transition:
    """``action`` leads from any state of ``sources`` to ``target``, for the roles in ``who``."""

    action: str
    sources: frozenset[str]
    target: str
    who: frozenset[Role]


class TransitionTable:
    """All transitions of one kind of object."""

    def __init__(self, *transitions: Transition) -> None:
        self._transitions = transitions
        cells = [(t.action, source) for t in transitions for source in t.sources]
        if len(cells) != len(set(cells)):
            raise ValueError("two transitions for one action in one state")

    def __iter__(self) -> Iterator[Transition]:
        return iter(self._transitions)

    def target(self, action: str, *, state: str, by: Actor) -> str:
        """Return the state that ``action`` leads to.

        Raises:
            IllegalTransition: there is no such action in ``state``.
            NotYourTransition: there is, but not for ``by``.
        """
        for transition in self._transitions:
            if transition.action == action and state in transition.sources:
                if by.role not in transition.who:
                    raise NotYourTransition
                return transition.target
        raise IllegalTransition

    def actions(self, *, state: str, role: Role) -> list[str]:
        """Return the names of what somebody with ``role`` may do in ``state``, in table order."""
        return [t.action for t in self._transitions if state in t.sources and role in t.who]


def transition(action: str, sources: Iterable[str], target: str, who: Iterable[Role]) -> Transition:
    """Write a row of a table with plain sets."""
    return Transition(action, frozenset(sources), target, frozenset(who))
