"""The life of an inspection, and the words that go with it."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from shopdisputes.actors import DESK, STAFF, Role
from shopdisputes.transitions import TransitionTable, transition


class Stage(TextChoices):
    """At which point of the visit the car is looked at."""

    CHECK_IN = "check_in", _("Check-in")
    DIAGNOSTIC = "diagnostic", _("Diagnosis")
    PROGRESS = "progress", _("Progress")
    CHECK_OUT = "check_out", _("Check-out")


class InspectionStatus(TextChoices):
    """Where an inspection stands."""

    IN_PROGRESS = "in_progress", _("In progress")
    COMPLETED = "completed", _("Completed")
    SHARED = "shared", _("Waits for the customer")
    ANSWERED = "answered", _("Answered")
    NO_ANSWER = "no_answer", _("No answer by the date")
    DISCARDED = "discarded", _("Discarded")


_S = InspectionStatus

TRANSITIONS = TransitionTable(
    transition("record", {_S.IN_PROGRESS}, _S.IN_PROGRESS, STAFF),
    transition("complete", {_S.IN_PROGRESS}, _S.COMPLETED, STAFF),
    # What no customer has seen can still be corrected; after that a further inspection is made.
    transition("reopen", {_S.COMPLETED}, _S.IN_PROGRESS, STAFF),
    transition("discard", {_S.IN_PROGRESS, _S.COMPLETED}, _S.DISCARDED, STAFF),
    transition("share", {_S.COMPLETED}, _S.SHARED, DESK),
    # Again, with a new date; also after the first date passed in silence.
    transition("reshare", {_S.SHARED, _S.NO_ANSWER}, _S.SHARED, DESK),
    # Late is better than never: silence is no agreement, so that it may still be broken.
    transition("answer", {_S.SHARED, _S.NO_ANSWER}, _S.ANSWERED, {Role.CUSTOMER}),
    transition("lapse", {_S.SHARED}, _S.NO_ANSWER, {Role.SYSTEM}),
)


class Result(TextChoices):
    """What was seen at an item."""

    OK = "ok", _("All right")
    ATTENTION = "attention", _("Needs attention")
    URGENT = "urgent", _("Urgent")
    NOT_INSPECTED = "not_inspected", _("Not inspected")


class ItemKind(TextChoices):
    """What is asked for at an item."""

    CONDITION = "condition", _("Condition")
    MEASUREMENT = "measurement", _("Measurement")
    VIN = "vin", _("VIN")
    PLATE = "plate", _("Number plate")
    ODOMETER = "odometer", _("Odometer")


#: Shots that show whose car it is: they come first in every series.
IDENTITY = frozenset({ItemKind.VIN, ItemKind.PLATE, ItemKind.ODOMETER})
#: Items at which a number is asked for.
MEASURED = frozenset({ItemKind.MEASUREMENT, ItemKind.ODOMETER})
#: Items at which something is read off the car.
READ = frozenset({ItemKind.VIN, ItemKind.PLATE})


class PhotoRule(TextChoices):
    """When an item is not complete without a photo, video or PDF."""

    NEVER = "never", _("Optional")
    WHEN_NOT_OK = "when_not_ok", _("When something is wrong")
    ALWAYS = "always", _("Always")


class AcknowledgementAnswer(TextChoices):
    """What the customer says to an inspection."""

    AGREE = "agree", _("Agrees")
    AGREE_WITH_REMARKS = "agree_with_remarks", _("Agrees with remarks")
    DISAGREE = "disagree", _("Does not agree")
    NO_ANSWER = "no_answer", _("No answer")


class MediaSource(TextChoices):
    """Where a file came from, as the page that sent it says; a claim, not a proof."""

    CAMERA = "camera", _("Taken with the camera")
    GALLERY = "gallery", _("Chosen from the device")
    API = "api", _("Sent by another program")
