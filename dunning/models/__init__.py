"""Ladders and what is done by them."""

from dunning.models.ladders import (
    CustomerLadder,
    DunningSettings,
    Ladder,
    LadderVersion,
    ReminderText,
    Step,
    settings_of,
)
from dunning.models.reminders import OF_EMAIL, Fee, Reminder, ReminderQuerySet

__all__ = [
    "OF_EMAIL",
    "CustomerLadder",
    "DunningSettings",
    "Fee",
    "Ladder",
    "LadderVersion",
    "Reminder",
    "ReminderQuerySet",
    "ReminderText",
    "Step",
    "settings_of",
]
