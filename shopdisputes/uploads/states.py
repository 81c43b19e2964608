"""What becomes of a file after it came."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from shopdisputes.actors import Role
from shopdisputes.transitions import TransitionTable, transition


class IntakeStatus(TextChoices):
    """Where a file stands between its arrival and its previews."""

    WAITING = "waiting", _("Waiting for the virus scanner")
    QUEUED = "queued", _("Waiting for its preview")
    CLAIMED = "claimed", _("Preview being made")
    READY = "ready", _("Ready")
    FAILED = "failed", _("No preview")
    QUARANTINED = "quarantined", _("Kept apart")


class QuarantineReason(TextChoices):
    """Why a file is not shown."""

    INFECTED = "infected", _("The virus scanner found something in it")
    ACTIVE_CONTENT = "active_content", _("This PDF holds scripts or other active parts")


_S = IntakeStatus
_CLOCKWORK = {Role.SYSTEM}

TRANSITIONS = TransitionTable(
    transition("accept", {_S.WAITING}, _S.QUEUED, _CLOCKWORK),
    transition("quarantine", {_S.WAITING}, _S.QUARANTINED, _CLOCKWORK),
    transition("claim", {_S.QUEUED}, _S.CLAIMED, _CLOCKWORK),
    transition("finish", {_S.CLAIMED}, _S.READY, _CLOCKWORK),
    transition("retry", {_S.CLAIMED}, _S.QUEUED, _CLOCKWORK),
    transition("give_up", {_S.CLAIMED}, _S.FAILED, _CLOCKWORK),
)
