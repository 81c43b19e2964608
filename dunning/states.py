"""The lives of reminders and fees, and the words that go with them."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shopdisputes.actors import DESK, MANAGEMENT, Role
from shopdisputes.transitions import TransitionTable, transition


class Channel(TextChoices):
    """How a step reaches the customer."""

    EMAIL = "email", _("E-mail")
    LETTER = "letter", _("Letter")
    CALL = "call", _("Phone call")


class Template(TextChoices):
    """The texts of the product; a shop words each of them as it likes, in every language."""

    PREVENTIVE = "preventive", _("Before the due day")
    FRIENDLY = "friendly", _("Friendly reminder")
    SOMETHING_WRONG = "something_wrong", _("Is something wrong?")
    LAST = "last", _("Last reminder")
    FORMAL_DEMAND = "formal_demand", _("Formal demand")
    CALL = "call", _("Notes for a phone call")


class FeeRule(TextChoices):
    """What a step proposes to charge for being late."""

    NONE = "none", pgettext_lazy("charge", "Nothing")
    FIXED = "fixed", _("A fixed amount")
    INTEREST = "interest", _("Interest by days")


class ReminderStatus(TextChoices):
    """Where a reminder stands.

    Of one that leaves by e-mail, what comes after ``queued`` is the e-mail's own state, read from
    it and never stored twice: claimed, handing, sent, in doubt, failed.
    """

    AWAITING_APPROVAL = "awaiting_approval", _("Waiting for approval")
    QUEUED = "queued", _("Planned")
    CLAIMED = "claimed", _("Being prepared")
    HANDING = "handing", _("Being handed over")
    SENT = "sent", pgettext_lazy("reminder", "Sent")
    IN_DOUBT = "in_doubt", _("In doubt")
    HELD = "held", _("Held")
    SKIPPED = "skipped", _("Skipped")
    FAILED = "failed", _("Failed")


class Reason(TextChoices):
    """Why a reminder does not leave."""

    NOT_OWED = "not_owed", _("Nothing is owed any more.")
    HELD = "held", _("All of it is held.")
    BELOW_MINIMUM = "below_minimum", _("It is less than the smallest amount to remind of.")
    NO_ADDRESS = "no_address", _("The customer has no address for it.")
    UNALLOCATED = "unallocated", _("Money of this customer is not allocated yet.")
    PAUSED = "paused", _("All reminders of the shop are paused.")
    EXCLUDED = "excluded", _("This customer gets no reminders.")
    STOPPED = "stopped", _("Reminders were stopped by hand.")
    GAP = "gap", _("The customer was contacted a short time ago.")
    SUPERSEDED = "superseded", _("A later step was due as well.")
    TOO_LATE = "too_late", _("The day that it was to announce has passed.")
    RESTARTED = "restarted", _("The steps were begun anew.")
    BY_HAND = "by_hand", _("Skipped by hand.")
    LADDER_CHANGED = "ladder_changed", _("The step is not on the ladder any more.")
    UNDELIVERABLE = "undeliverable", _("The mail came back.")


class CallOutcome(TextChoices):
    """What came of a phone call."""

    REACHED = "reached", _("Spoke to the customer")
    MESSAGE = "message", _("Left a message")
    NOT_REACHED = "not_reached", _("Nobody answered")
    WRONG_NUMBER = "wrong_number", _("Wrong number")


class FeeStatus(TextChoices):
    """Whether a charge for being late is asked for; only a claimed one is owed."""

    PROPOSED = "proposed", _("Proposed")
    CLAIMED = "claimed", _("Claimed")
    WAIVED = "waived", _("Waived")


_S = ReminderStatus
_CLOCKWORK = {Role.SYSTEM}

#: What is written on the row itself; an e-mail's further life is the outbox's table.
TRANSITIONS = TransitionTable(
    transition("approve", {_S.AWAITING_APPROVAL}, _S.QUEUED, DESK),
    transition("hold", {_S.AWAITING_APPROVAL, _S.QUEUED}, _S.HELD, _CLOCKWORK),
    transition("queue_again", {_S.HELD}, _S.QUEUED, DESK | _CLOCKWORK),
    transition("skip", {_S.AWAITING_APPROVAL, _S.QUEUED, _S.HELD}, _S.SKIPPED, DESK | _CLOCKWORK),
    # A letter was posted, a call was made: a person says so.
    transition("finish", {_S.QUEUED}, _S.SENT, DESK),
)

_F = FeeStatus

FEE_TRANSITIONS = TransitionTable(
    transition("claim", {_F.PROPOSED}, _F.CLAIMED, MANAGEMENT),
    transition("waive", {_F.PROPOSED, _F.CLAIMED}, _F.WAIVED, MANAGEMENT),
)
