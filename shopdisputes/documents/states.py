"""The life of a document: worded now, typeset and sealed later."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from shopdisputes.actors import Role
from shopdisputes.transitions import TransitionTable, transition


class DocumentStatus(TextChoices):
    """Where the PDF of a frozen text stands."""

    QUEUED = "queued", _("Waiting for the typesetter")
    CLAIMED = "claimed", _("Being typeset")
    READY = "ready", _("Ready")


class TimestampState(TextChoices):
    """Whether an authority's time-stamp is in the seal; never faked."""

    NONE = "none", _("no time-stamp")
    PENDING = "pending", _("time-stamp pending")
    OK = "ok", _("time-stamped")


_S = DocumentStatus
_CLOCKWORK = {Role.SYSTEM}

TRANSITIONS = TransitionTable(
    transition("claim", {_S.QUEUED}, _S.CLAIMED, _CLOCKWORK),
    transition("finish", {_S.CLAIMED}, _S.READY, _CLOCKWORK),
    transition("retry", {_S.CLAIMED}, _S.QUEUED, _CLOCKWORK),
)
