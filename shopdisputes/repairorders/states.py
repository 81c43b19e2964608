"""The life of a repair order."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from shopdisputes.actors import DESK, Role
from shopdisputes.transitions import TransitionTable, transition


class RepairOrderStatus(TextChoices):
    """Open from check-in until the car is gone or the visit is called off."""

    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")


_S = RepairOrderStatus

TRANSITIONS = TransitionTable(
    transition("close", {_S.OPEN}, _S.CLOSED, DESK),
    # By itself: a visit that was opened for what a customer then called off.
    transition("cancel", {_S.OPEN}, _S.CANCELLED, DESK | {Role.SYSTEM}),
    transition("reopen", {_S.CLOSED, _S.CANCELLED}, _S.OPEN, DESK),
)
