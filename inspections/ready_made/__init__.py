"""The checklists that every shop starts with, one for each stage of a visit."""

from inspections.ready_made.check_in import CHECK_IN
from inspections.ready_made.shape import ReadyMade, ReadyMadeItem

READY_MADE = (CHECK_IN,)

__all__ = ["READY_MADE", "ReadyMade", "ReadyMadeItem"]
