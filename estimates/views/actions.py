"""The buttons of an estimate's page, drawn from the state table."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from estimates.models import Estimate, EstimateRevision
from estimates.states import TRANSITIONS, RevisionStatus
from shopdisputes.actors import DESK, Role
from shopdisputes.repairorders.states import RepairOrderStatus


@dataclass(frozen=True, kw_only=True)
class Action:
    """One button. ``kind``: ``link`` leads to a page, ``post`` acts, ``dialog`` asks first."""

    name: str
    label: str | Promise
    icon: str
    kind: str
    url: str


#: Action of the table → buttons: name of the address, words, icon, kind.
_BUTTONS: dict[str, tuple[tuple[str, str | Promise, str, str], ...]] = {
    "send": (("send", _("Send…"), "send", "link"),),
    "edit": (
        ("edit", _("Edit"), "edit", "link"),
        ("discard", _("Discard the draft"), "trash", "dialog"),
    ),
    "answer": (
        ("oral", _("Record a phone answer"), "phone", "link"),
        ("in-person", _("Answer here on the tablet"), "device-tablet", "post"),
        ("paper", _("Sign on paper"), "writing-sign", "link"),
    ),
    "amend": (
        ("oral", _("Record a further answer"), "phone", "link"),
        ("paper", _("Record a signed paper"), "writing-sign", "link"),
    ),
    "resend": (("resend", _("Mail it again"), "mail-forward", "dialog"),),
    "revise": (("revise", _("Change or add work"), "versions", "dialog"),),
    "withdraw": (("withdraw", _("Withdraw"), "arrow-back-up", "dialog"),),
}
#: What somebody most probably wants next, per state.
_NEXT = {
    RevisionStatus.DRAFT: "send",
    RevisionStatus.SENT: "oral",
    RevisionStatus.ANSWERED: "revise",
    RevisionStatus.EXPIRED: "revise",
    RevisionStatus.WITHDRAWN: "revise",
}


@dataclass(frozen=True, kw_only=True)
class Actions:
    """The one next action, and the rest."""

    primary: Action | None
    others: tuple[Action, ...]

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


def of(estimate: Estimate, revision: EstimateRevision, *, has_draft: bool, role: Role) -> Actions:
    """Return what somebody with ``role`` may do with ``revision``, the newest one shown."""
    found: list[Action] = []
    if estimate.repair_order.status == RepairOrderStatus.OPEN:
        for name in TRANSITIONS.actions(state=revision.status, role=role):
            # One draft at a time: while there is one, it is edited instead.
            if name == "revise" and has_draft:
                continue
            found += [_action(estimate, *button) for button in _BUTTONS.get(name, ())]
    if role in DESK:
        found.append(_action(estimate, "duplicate", _("Duplicate"), "copy", "dialog"))
    wanted = "paper" if _paper_is_next(revision) else _NEXT.get(RevisionStatus(revision.status))
    primary = next((action for action in found if action.name == wanted), None)
    return Actions(
        primary=primary, others=tuple(action for action in found if action is not primary)
    )


def _paper_is_next(revision: EstimateRevision) -> bool:
    return revision.status == RevisionStatus.SENT and revision.paper_requested_at is not None


def _action(estimate: Estimate, name: str, label: str | Promise, icon: str, kind: str) -> Action:
    url = reverse(f"estimate-{name}", args=[estimate.number])
    return Action(name=name, label=label, icon=icon, kind=kind, url=url)
