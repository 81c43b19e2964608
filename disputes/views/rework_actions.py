"""The buttons of a rework's page, drawn from the state table."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from disputes.models import ReworkRequest
from disputes.states import REWORK_TRANSITIONS
from shopdisputes.actors import DESK, Role
from shopdisputes.repairorders.states import RepairOrderStatus
from shopdisputes.web.actions import Action, Actions, Words

#: Action of the table → words and icon of the page on which it is done.
_PAGES: dict[str, tuple[Words, str]] = {
    "accept": (_("Do it again"), "refresh"),
    "refuse": (_("Refuse"), "circle-x"),
    "deliver": (_("It is done"), "circle-check"),
    "complain": (_("Still not right"), "alert-circle"),
    "dispute": (_("Make a dispute of it"), "scale"),
    "close": (_("The customer leaves it as it is"), "circle-minus"),
    "call_off": (_("Call it off"), "hand-stop"),
}
_POSTS: dict[str, tuple[Words, str]] = {
    "begin": (_("The vehicle is here"), "car"),
    "confirm": (_("The customer finds it in order"), "check"),
}
_FIRST = ("accept", "begin", "deliver", "confirm")


def of(rework: ReworkRequest, *, role: Role) -> Actions:
    """Return what somebody with ``role`` may do with a rework."""
    return Actions.of(_found(rework, role=role), first=_FIRST)


def _found(rework: ReworkRequest, *, role: Role) -> Iterator[Action]:
    def address(name: str) -> str:
        return reverse(f"rework-{name.replace('_', '-')}", args=[rework.number])

    names = REWORK_TRANSITIONS.actions(state=rework.status, role=role)
    for name in names:
        if name in _POSTS:
            words, icon = _POSTS[name]
            yield Action(name=name, label=words, icon=icon, url=address(name), kind="post")
        elif name in _PAGES:
            words, icon = _PAGES[name]
            yield Action(name=name, label=words, icon=icon, url=address(name))
    if "begin" in names:
        yield Action(
            name="appointment", label=_("Set the day"), icon="calendar", url=address("appointment")
        )
    visit = rework.repair_order
    if (
        role in DESK
        and not rework.has_ended
        and visit is not None
        and visit.status == RepairOrderStatus.OPEN
        and rework.supplement is None
    ):
        yield Action(
            name="supplement",
            label=_("Offer what is not free"),
            icon="file-plus",
            url=address("supplement"),
            kind="post",
        )
