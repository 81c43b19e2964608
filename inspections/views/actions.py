"""The buttons of an inspection's page, drawn from the state table."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from inspections.models import Inspection
from inspections.states import TRANSITIONS, InspectionStatus
from shopdisputes.actors import Role
from shopdisputes.repairorders.states import RepairOrderStatus
from shopdisputes.web.actions import Action, Actions, Words

#: Action of the table → buttons: name of the address, words, icon, kind.
_BUTTONS: dict[str, tuple[tuple[str, Words, str, str], ...]] = {
    "record": (("run", _("Go on inspecting"), "checklist", "link"),),
    "share": (
        ("share", _("Share with the customer…"), "send", "link"),
        ("hand-over", _("Acknowledge here on the tablet"), "device-tablet", "post"),
    ),
    "reshare": (
        ("share", _("Share again…"), "mail-forward", "link"),
        ("hand-over", _("Acknowledge here on the tablet"), "device-tablet", "post"),
    ),
    "reopen": (("reopen", _("Open again and correct"), "arrow-back-up", "dialog"),),
    "discard": (("discard", _("Discard"), "trash", "dialog"),),
}
#: What somebody most probably wants next, per state.
_NEXT = {
    InspectionStatus.IN_PROGRESS: "run",
    InspectionStatus.COMPLETED: "share",
    InspectionStatus.SHARED: "hand-over",
    InspectionStatus.NO_ANSWER: "share",
}


def of(inspection: Inspection, *, role: Role) -> Actions:
    """Return what somebody with ``role`` may do with ``inspection``."""
    found: list[Action] = []
    if inspection.repair_order.status == RepairOrderStatus.OPEN:
        allowed = set(TRANSITIONS.actions(state=inspection.status, role=role))
        if inspection.cited_at is not None:
            # An estimate that was sent cites it: what it says has to stay.
            allowed -= {"reopen", "discard"}
        # In the order of the buttons: what throws something away stands last.
        for name, buttons in _BUTTONS.items():
            if name in allowed:
                found += [_action(inspection, *button) for button in buttons]
    wanted = _NEXT.get(InspectionStatus(inspection.status))
    return Actions.of(found, first=[wanted] if wanted else [])


def may(inspection: Inspection, name: str, *, role: Role) -> bool:
    """Say whether somebody with ``role`` may do ``name`` (an action of the table) now."""
    return inspection.repair_order.status == RepairOrderStatus.OPEN and name in TRANSITIONS.actions(
        state=inspection.status, role=role
    )


def _action(inspection: Inspection, name: str, label: Words, icon: str, kind: str) -> Action:
    url = reverse(f"inspection-{name}", args=[inspection.number])
    dangerous = name == "discard"
    return Action(name=name, label=label, icon=icon, kind=kind, url=url, is_dangerous=dangerous)
