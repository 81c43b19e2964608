"""The checklists that every shop starts with, one for each stage of a visit."""

from inspections.ready_made.check_in import CHECK_IN
from inspections.ready_made.check_out import CHECK_OUT
from inspections.ready_made.diagnostic import DIAGNOSTIC
from inspections.ready_made.progress import PROGRESS
from inspections.ready_made.shape import ReadyMade, ReadyMadeItem

READY_MADE = (CHECK_IN, DIAGNOSTIC, PROGRESS, CHECK_OUT)

__all__ = ["READY_MADE", "ReadyMade", "ReadyMadeItem"]
