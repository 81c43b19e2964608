"""Why somebody ends something, corrects it or gives money back: in words, of a bearable length."""

from django.utils.translation import gettext_lazy as _

from shopdisputes.errors import Refused
from shopdisputes.repairorders.services import ReasonMissing

#: More than a page can show.
LONGEST_REASON = 1000


class ReasonTooLong(Refused):
    """The reason is longer than a page can show."""

    code = "reason-too-long"
    default_message = _("At most 1000 characters.")


def reason_of(text: str) -> str:
    """Return a reason without blanks around it.

    Raises:
        ReasonMissing: it is empty.
        ReasonTooLong: it has more than 1000 characters.
    """
    reason = text.strip()
    if not reason:
        raise ReasonMissing(fields={"reason": ReasonMissing.default_message})
    if len(reason) > LONGEST_REASON:
        raise ReasonTooLong(fields={"reason": ReasonTooLong.default_message})
    return reason
