"""What a case that is to be closed suggests about its end; a person confirms or changes it."""

from typing import Any

from disputes.models import DisputeCase
from disputes.states import AnswerStatus, CaseStatus, Cause, ClosingCode, ReasonCode, Resume

#: Reasons that tell by themselves where something went wrong, if it did.
_CAUSES: dict[str, Cause] = {
    ReasonCode.ABOVE_ESTIMATE: Cause.ESTIMATE,
    ReasonCode.PRICE_ERROR: Cause.BILLING,
    ReasonCode.DUPLICATE: Cause.BILLING,
    ReasonCode.PAPERWORK: Cause.BILLING,
    ReasonCode.NOT_DONE: Cause.TECHNICIAN,
    ReasonCode.BADLY_DONE: Cause.TECHNICIAN,
    ReasonCode.WRONG_PART: Cause.PART,
    ReasonCode.DELAY: Cause.COMMUNICATION,
}


def proposed(case: DisputeCase) -> dict[str, Any]:
    """Return what the form that closes a case begins with: code, cause, how reminders go on.

    The code is left open where nothing in the case tells it.
    """
    return {
        "closing_code": _code(case),
        "cause": _CAUSES.get(case.reason.code, ""),
        "resume": Resume.KEEP_STEP,
    }


def _code(case: DisputeCase) -> str:
    if case.status == CaseStatus.AWAITING_CUSTOMER:
        return ClosingCode.UNREACHABLE
    taken = case.answers.filter(status=AnswerStatus.TAKEN, proposed_amount__isnull=False)
    return ClosingCode.SHARED if taken.exists() else ""
