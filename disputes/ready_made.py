"""The reasons with which every shop begins, and what a case for each begins with."""

from dataclasses import dataclass

from disputes.states import ReasonCode, Severity


@dataclass(frozen=True, kw_only=True)
class ReadyReason:
    """A reason, the days until somebody follows it up, and how serious it is."""

    code: ReasonCode
    follow_up_days: int
    severity: Severity = Severity.NORMAL
    stops_storage: bool = True
    for_customers: bool = True


_R = ReasonCode

#: Simple ones (a price, a paper) are answered in two days, matters of the trade in seven.
REASONS = (
    ReadyReason(code=_R.NOT_AUTHORIZED, follow_up_days=3, severity=Severity.HIGH),
    ReadyReason(code=_R.ABOVE_ESTIMATE, follow_up_days=2),
    ReadyReason(code=_R.PRICE_ERROR, follow_up_days=2, stops_storage=False),
    ReadyReason(code=_R.NOT_DONE, follow_up_days=3, severity=Severity.HIGH),
    ReadyReason(code=_R.BADLY_DONE, follow_up_days=7),
    ReadyReason(code=_R.DAMAGE, follow_up_days=7, severity=Severity.HIGH),
    ReadyReason(code=_R.WRONG_PART, follow_up_days=7),
    ReadyReason(code=_R.DELAY, follow_up_days=7, severity=Severity.LOW),
    ReadyReason(code=_R.DUPLICATE, follow_up_days=2, stops_storage=False),
    ReadyReason(code=_R.WRONG_PAYER, follow_up_days=3, stops_storage=False, severity=Severity.LOW),
    ReadyReason(code=_R.PAPERWORK, follow_up_days=2, stops_storage=False, severity=Severity.LOW),
    ReadyReason(code=_R.OTHER, follow_up_days=7),
)
