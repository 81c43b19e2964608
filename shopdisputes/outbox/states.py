"""The life of an outgoing e-mail: created once, claimed once, handed over at most once a claim."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from shopdisputes.actors import DESK, Role
from shopdisputes.transitions import TransitionTable, transition


class EmailStatus(TextChoices):
    """Where an e-mail stands."""

    QUEUED = "queued", _("Waiting")
    CLAIMED = "claimed", _("Being prepared")
    HANDING = "handing", _("Being handed over")
    SENT = "sent", _("Sent")
    IN_DOUBT = "in_doubt", _("In doubt")
    FAILED = "failed", _("Failed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


_S = EmailStatus
_CLOCKWORK = {Role.SYSTEM}

TRANSITIONS = TransitionTable(
    transition("claim", {_S.QUEUED}, _S.CLAIMED, _CLOCKWORK),
    # From here to the server's 250 a crash leaves doubt; before it, nothing was handed over.
    transition("mark", {_S.CLAIMED}, _S.HANDING, _CLOCKWORK),
    # From doubt as well: a server's late yes is a fact, whatever the sweep believed.
    transition("confirm", {_S.HANDING, _S.IN_DOUBT}, _S.SENT, _CLOCKWORK),
    transition("put_back", {_S.CLAIMED}, _S.QUEUED, _CLOCKWORK),
    # The server answered 4xx to the text: it has not taken it.
    transition("postpone", {_S.HANDING}, _S.QUEUED, _CLOCKWORK),
    transition("doubt", {_S.HANDING}, _S.IN_DOUBT, _CLOCKWORK),
    transition("fail", {_S.CLAIMED, _S.HANDING}, _S.FAILED, _CLOCKWORK),
    transition(
        "withdraw", {_S.QUEUED, _S.CLAIMED}, _S.WITHDRAWN, DESK | _CLOCKWORK | {Role.CUSTOMER}
    ),
    transition("settle_delivered", {_S.IN_DOUBT}, _S.SENT, DESK),
    transition("settle_not_delivered", {_S.IN_DOUBT}, _S.QUEUED, DESK),
    transition("send_again", {_S.FAILED}, _S.QUEUED, DESK),
)
