"""The buttons of an estimate's page, drawn from the state table."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from estimates.models import Estimate, EstimateRevision
from estimates.states import TRANSITIONS, RevisionStatus
from shopdisputes.actors import DESK, Role
from shopdisputes.repairorders.states import RepairOrderStatus
from shopdisputes.web.actions import Action, Actions, Words

#: Action of the table → buttons: name of the address, words, icon, kind.
_BUTTONS: dict[str, tuple[tuple[str, Words, str, str], ...]] = {
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
    return Actions.of(found, first=[wanted] if wanted else [])


def _paper_is_next(revision: EstimateRevision) -> bool:
    return revision.status == RevisionStatus.SENT and revision.paper_requested_at is not None


def _action(estimate: Estimate, name: str, label: Words, icon: str, kind: str) -> Action:
    url = reverse(f"estimate-{name}", args=[estimate.number])
    dangerous = name in ("withdraw", "discard")
    return Action(name=name, label=label, icon=icon, kind=kind, url=url, is_dangerous=dangerous)
