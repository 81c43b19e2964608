"""The buttons of a case's page, drawn from the state table."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from disputes.models import DisputeCase
from disputes.states import TRANSITIONS, CaseStatus
from shopdisputes.actors import Role
from shopdisputes.web.actions import Action, Actions, Words

#: Action of the table → words and icon of the page on which it is done.
_BUTTONS: dict[str, tuple[Words, str]] = {
    "resolve": (_("Resolve"), "circle-check"),
    "escalate": (_("Hand it on to others"), "gavel"),
    "withdraw": (_("The customer withdraws it"), "arrow-back-up"),
    "reject": (_("Reject"), "circle-x"),
    "reopen": (_("Open it again"), "refresh"),
}


def of(
    case: DisputeCase, *, role: Role, told: bool, pending: bool, offered: bool, several: bool
) -> Actions:
    """Return what somebody with ``role`` may do with a case.

    ``told``: the resolver has had the mail. ``pending``: an answer of the resolver waits.
    ``offered``: an offer of the customer waits. ``several``: more than one amount is contested,
    so that one can be let go.
    """
    found = {action.name: action for action in _found(case, role=role, told=told, several=several)}
    order = (
        *(("look-at-offer",) if offered else ()),
        *(("look",) if pending else ()),
        "accept",
        *(() if told else ("tell-resolver",)),
        *(("message",) if case.status == CaseStatus.AWAITING_CUSTOMER else ()),
        # The shop's own offer is with the customer: the next act is his.
        *(() if case.status == CaseStatus.PROPOSAL_OUT else ("resolve",)),
    )
    if case.status == CaseStatus.AWAITING_CUSTOMER:
        found["message"] = Action(
            name="message", label=_("Note the answer"), icon="message-2", url="#message"
        )
    if pending:
        found["look"] = Action(
            name="look", label=_("Look at the answer"), icon="message-2", url="#answers"
        )
    if offered:
        found["look-at-offer"] = Action(
            name="look-at-offer", label=_("Look at the offer"), icon="writing-sign", url="#offers"
        )
    return Actions.of(found.values(), first=order)


def _found(case: DisputeCase, *, role: Role, told: bool, several: bool) -> Iterator[Action]:
    def page(name: str) -> str:
        return reverse(f"dispute-{name}", args=[case.number])

    names = TRANSITIONS.actions(state=case.status, role=role)
    if "accept" in names:
        yield Action(
            name="accept", label=_("Take it up"), icon="check", url=page("accept"), kind="post"
        )
    if not case.has_ended:
        if case.resolver_email and told:
            yield Action(
                name="chase",
                label=_("Remind the resolver"),
                icon="mail-forward",
                url=page("chase"),
                kind="post",
            )
        elif case.resolver_email:
            yield Action(
                name="tell-resolver",
                label=_("Tell the resolver"),
                icon="send",
                url=page("tell-resolver"),
            )
        yield Action(
            name="hand-over",
            label=pgettext_lazy("dispute", "Hand over"),
            icon="users",
            url=page("hand-over"),
        )
    if "offer" in names or case.status == CaseStatus.AWAITING_CUSTOMER:
        yield Action(
            name="offer", label=_("Make an offer"), icon="writing-sign", url=page("offer-new")
        )
    if several and not case.has_ended:
        yield Action(
            name="release", label=_("Let amounts go"), icon="player-play", url=page("release")
        )
    for name in names:
        if name in _BUTTONS:
            words, icon = _BUTTONS[name]
            # It turns the customer down.
            dangerous = name == "reject"
            yield Action(name=name, label=words, icon=icon, url=page(name), is_dangerous=dangerous)
