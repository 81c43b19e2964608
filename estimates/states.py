"""The life of an estimate's revision, and the words that go with it."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shopdisputes.actors import DESK, Role
from shopdisputes.transitions import TransitionTable, transition


class RevisionStatus(TextChoices):
    """Where a revision stands; an estimate's status is that of its newest revision."""

    DRAFT = "draft", _("Draft")
    SENT = "sent", _("Sent")
    ANSWERED = "answered", _("Answered")
    EXPIRED = "expired", _("Expired")
    SUPERSEDED = "superseded", _("Replaced")
    WITHDRAWN = "withdrawn", _("Withdrawn")


_S = RevisionStatus
_ANYBODY = DESK | {Role.CUSTOMER}

TRANSITIONS = TransitionTable(
    transition("edit", {_S.DRAFT}, _S.DRAFT, DESK),
    transition("send", {_S.DRAFT}, _S.SENT, DESK),
    transition("resend", {_S.SENT}, _S.SENT, DESK),
    transition("answer", {_S.SENT}, _S.ANSWERED, _ANYBODY),
    # Recorded by staff after the fact: "now do the deferred one too", said on the phone.
    transition("amend", {_S.ANSWERED}, _S.ANSWERED, DESK),
    transition("expire", {_S.SENT}, _S.EXPIRED, {Role.SYSTEM}),
    transition("supersede", {_S.SENT, _S.ANSWERED, _S.EXPIRED, _S.WITHDRAWN}, _S.SUPERSEDED, DESK),
    transition("withdraw", {_S.SENT}, _S.WITHDRAWN, DESK),
    # A further revision is drafted beside the one in force, which stands until the new one is sent.
    transition("revise", {_S.SENT, _S.ANSWERED, _S.EXPIRED, _S.WITHDRAWN}, _S.DRAFT, DESK),
)


class LineKind(TextChoices):
    """What a line is for."""

    LABOUR = "labour", _("Labour")
    PART = "part", _("Part")
    DIAGNOSIS = "diagnosis", _("Diagnosis")
    TEARDOWN = "teardown", _("Disassembly")
    REASSEMBLY = "reassembly", _("Reassembly")
    SUBLET = "sublet", _("Work done elsewhere")
    FEE = "fee", _("Fee")
    STORAGE = "storage", _("Storage")
    DISCOUNT = "discount", _("Discount")


class Necessity(TextChoices):
    """How badly the vehicle needs it."""

    REQUIRED = "required", _("Needed")
    RECOMMENDED = "recommended", _("Recommended")
    OPTIONAL = "optional", _("Can wait")


class PartCondition(TextChoices):
    """What kind of part is fitted; some places require it to be said."""

    # Not the "new" of a line that was added: other languages bend it to the noun.
    NEW = "new", pgettext_lazy("part condition", "New")
    USED = "used", _("Used")
    REBUILT = "rebuilt", _("Rebuilt")
    ORIGINAL = "original", _("Original equipment")
    AFTERMARKET = "aftermarket", _("Aftermarket")


class Answer(TextChoices):
    """What a customer says to a line."""

    AUTHORIZED = "authorized", _("Authorized")
    DEFERRED = "deferred", _("Not now")
    DECLINED = "declined", _("Declined")


class LedgerState(TextChoices):
    """Where a line stands after everything that the customer has said."""

    AUTHORIZED = "authorized", _("Authorized")
    DEFERRED = "deferred", _("Not now")
    DECLINED = "declined", _("Declined")
    PENDING = "pending", _("No answer yet")
    REMOVED = "removed", _("No longer proposed")


class AuthorizationMode(TextChoices):
    """How the answer reached the shop."""

    ELECTRONIC = "electronic", _("By link")
    IN_PERSON = "in_person", _("In person")
    PAPER = "paper", _("On paper")
    ORAL = "oral", _("Orally")


class PaperReceipt(TextChoices):
    """How the signed paper came back."""

    ORIGINAL_SEEN = "original_seen", _("I have seen the original")
    BY_POST = "by_post", _("The original came by post")
    BY_EMAIL = "by_email", _("A scan came by e-mail")
