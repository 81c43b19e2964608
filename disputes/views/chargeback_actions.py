"""What can be done about a chargeback: drawn from its state table and from where the money is."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from disputes.models import Chargeback
from disputes.states import (
    CHARGEBACK_TRANSITIONS,
    BankOutcome,
    ChargebackKind,
    ChargebackStatus,
    Funds,
)
from shopdisputes.actors import MANAGEMENT, Role
from shopdisputes.web.actions import Action, Actions

_WORDS = {
    "submit": (_("Evidence was handed in"), "send"),
    "decided": (_("The bank has decided"), "gavel"),
    "withdraw-funds": (_("The bank took the money"), "building-bank"),
    "reinstate": (_("The bank gave the money back"), "coins"),
    "divide": (_("Divide it otherwise"), "adjustments"),
    "ask-again": (_("The bank asks again"), "refresh"),
    "withdrawn": (_("The customer withdrew it"), "arrow-back-up"),
    "let-go": (_("Ask for the money again"), "player-play"),
}
_OUTCOMES = {
    "win": BankOutcome.WON,
    "lose": BankOutcome.LOST,
    "accept": BankOutcome.ACCEPTED,
    "close": BankOutcome.CLOSED,
}


def of(chargeback: Chargeback, *, role: Role, held: bool) -> Actions:
    """Return what somebody with ``role`` may do; ``held``: money of it is kept back."""
    found = (_action(chargeback, name) for name in _names(chargeback, role=role, held=held))
    return Actions.of(found, first=["submit", "decided"])


def outcomes(chargeback: Chargeback, *, role: Role) -> list[BankOutcome]:
    """Return how it can end now, for somebody with ``role``."""
    names = CHARGEBACK_TRANSITIONS.actions(state=chargeback.status, role=role)
    found = [outcome for name, outcome in _OUTCOMES.items() if name in names]
    if chargeback.kind == ChargebackKind.INQUIRY:
        return [outcome for outcome in found if outcome == BankOutcome.CLOSED]
    if chargeback.funds == Funds.WITHDRAWN:
        return [outcome for outcome in found if outcome != BankOutcome.CLOSED]
    if chargeback.funds == Funds.REINSTATED:
        return [outcome for outcome in found if outcome in (BankOutcome.WON, BankOutcome.CLOSED)]
    return found


def _names(chargeback: Chargeback, *, role: Role, held: bool) -> Iterator[str]:
    names = CHARGEBACK_TRANSITIONS.actions(state=chargeback.status, role=role)
    if "submit" in names:
        yield "submit"
    if outcomes(chargeback, role=role):
        yield "decided"
    if chargeback.is_running and chargeback.funds == Funds.WITH_SHOP:
        yield "withdraw-funds"
    if chargeback.funds == Funds.WITHDRAWN and chargeback.status != ChargebackStatus.ACCEPTED:
        yield "reinstate"
    if "ask_again" in names:
        yield "ask-again"
    if chargeback.is_running and chargeback.funds == Funds.WITH_SHOP:
        yield "divide"
    if chargeback.is_running and chargeback.withdrawn_by_customer_at is None:
        yield "withdrawn"
    if held and not chargeback.is_running and role in MANAGEMENT:
        yield "let-go"


def _action(chargeback: Chargeback, name: str) -> Action:
    words, icon = _WORDS[name]
    url = reverse(f"chargeback-{name}", args=[chargeback.number])
    return Action(name=name, label=words, icon=icon, url=url)
