"""The lives of cases, offers, reworks and chargebacks, and the words that go with them."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shopdisputes.actors import DESK, MANAGEMENT, Role
from shopdisputes.transitions import TransitionTable, transition


class CaseStatus(TextChoices):
    """Where a case stands; the last three are its ends."""

    SUBMITTED = "submitted", _("Submitted")
    OPEN = "open", pgettext_lazy("case", "Open")
    AWAITING_CUSTOMER = "awaiting_customer", _("Waiting for the customer")
    PROPOSAL_OUT = "proposal_out", _("Offer made")
    AGREED = "agreed", _("Agreed")
    ESCALATED = "escalated", _("With others")
    RESOLVED = "resolved", _("Resolved")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")


_S = CaseStatus
ENDED = frozenset({_S.RESOLVED, _S.REJECTED, _S.WITHDRAWN})
_CUSTOMER = {Role.CUSTOMER}
_CLOCKWORK = {Role.SYSTEM}
_BEFORE_AGREED = {_S.SUBMITTED, _S.OPEN, _S.AWAITING_CUSTOMER, _S.PROPOSAL_OUT}

TRANSITIONS = TransitionTable(
    transition("accept", {_S.SUBMITTED}, _S.OPEN, DESK),
    transition("ask", {_S.OPEN}, _S.AWAITING_CUSTOMER, DESK),
    transition("answer", {_S.AWAITING_CUSTOMER}, _S.OPEN, DESK | _CUSTOMER),
    transition("offer", {_S.SUBMITTED, _S.OPEN}, _S.PROPOSAL_OUT, DESK | _CUSTOMER),
    # Refused, run out, taken back or answered by another offer.
    transition("offer_ended", {_S.PROPOSAL_OUT}, _S.OPEN, DESK | _CUSTOMER | _CLOCKWORK),
    transition("agree", {_S.PROPOSAL_OUT}, _S.AGREED, DESK | _CUSTOMER),
    transition("execution_failed", {_S.AGREED}, _S.OPEN, DESK | _CUSTOMER | _CLOCKWORK),
    transition("escalate", _BEFORE_AGREED, _S.ESCALATED, DESK | _CUSTOMER),
    transition(
        "resolve",
        {*_BEFORE_AGREED, _S.AGREED, _S.ESCALATED},
        _S.RESOLVED,
        DESK | _CUSTOMER | _CLOCKWORK,
    ),
    transition("reject", {*_BEFORE_AGREED, _S.ESCALATED}, _S.REJECTED, MANAGEMENT),
    transition("withdraw", _BEFORE_AGREED, _S.WITHDRAWN, DESK | _CUSTOMER),
    # Within the shop's window and with something new; the management at any time.
    transition("reopen", ENDED, _S.OPEN, MANAGEMENT | _CUSTOMER),
)


class Opening(TextChoices):
    """Who began a case."""

    STAFF = "staff", _("By the shop")
    CUSTOMER = "customer", _("By the customer")
    REWORK = "rework", _("After a refused rework")
    CHARGEBACK = "chargeback", _("By the bank")


class ReasonCode(TextChoices):
    """The product's reasons; a shop adds its own, and words all of them as it likes."""

    NOT_AUTHORIZED = "not_authorized", _("I did not agree to it")
    ABOVE_ESTIMATE = "above_estimate", _("More than the estimate")
    PRICE_ERROR = "price_error", _("The price or the tax is wrong")
    NOT_DONE = "not_done", _("It was not done")
    BADLY_DONE = "badly_done", _("It was not done well")
    DAMAGE = "damage", _("Damage while in the shop")
    WRONG_PART = "wrong_part", _("The wrong part")
    DELAY = "delay", _("It took too long")
    DUPLICATE = "duplicate", _("Billed twice, or paid already")
    WRONG_PAYER = "wrong_payer", _("Somebody else pays")
    PAPERWORK = "paperwork", _("Something is missing on the invoice")
    OTHER = "other", pgettext_lazy("reason", "Something else")


class Severity(TextChoices):
    """How soon somebody should look."""

    LOW = "low", pgettext_lazy("severity", "Low")
    NORMAL = "normal", pgettext_lazy("severity", "Normal")
    HIGH = "high", pgettext_lazy("severity", "High")


class ItemState(TextChoices):
    """Whether an amount is contested at present."""

    OPEN = "open", _("Contested")
    RELEASED = "released", _("Released")
    SETTLED = "settled", _("Settled")


class ClosingCode(TextChoices):
    """How a case ended."""

    SHOP_RIGHT = "shop_right", _("The shop was right")
    SHOP_WRONG = "shop_wrong", _("The customer was right")
    SHARED = "shared", _("Both in part")
    GOODWILL = "goodwill", _("Goodwill")
    WITHDRAWN = "withdrawn", _("Withdrawn by the customer")
    DUPLICATE = "duplicate", _("Opened twice")
    UNREACHABLE = "unreachable", _("The customer does not answer")


class Cause(TextChoices):
    """What a case came from, in the shop's own view."""

    TECHNICIAN = "technician", _("Work")
    ADVISOR = "advisor", _("Advice at the desk")
    PART = "part", pgettext_lazy("cause", "Part")
    ESTIMATE = "estimate", _("Estimate")
    COMMUNICATION = "communication", _("Communication")
    BILLING = "billing", pgettext_lazy("cause", "Billing")
    CUSTOMER = "customer", pgettext_lazy("cause", "The customer")
    OTHER = "other", pgettext_lazy("cause", "Something else")


class Resume(TextChoices):
    """How dunning goes on when a case ends."""

    KEEP_STEP = "keep_step", _("Go on where it stood")
    RESTART = "restart", _("Begin with the first step")
    NEW_DUE_DATE = "new_due_date", _("Give a new day to pay")
    STOP = "stop", _("Send no more reminders")


class OfferSide(TextChoices):
    """Who proposes."""

    SHOP = "shop", _("The shop")
    CUSTOMER = "customer", pgettext_lazy("side", "The customer")


class OfferKind(TextChoices):
    """What is proposed."""

    CREDIT = "credit", _("Credit")
    DISCOUNT = "discount", pgettext_lazy("offer", "Discount")
    REFUND = "refund", pgettext_lazy("offer", "Refund")
    REWORK = "rework", pgettext_lazy("offer", "Rework")
    PLAN = "plan", pgettext_lazy("offer", "Payment plan")
    KEEP_AS_BILLED = "keep_as_billed", _("As billed, with an explanation")


class OfferStatus(TextChoices):
    """What became of an offer."""

    SENT = "sent", pgettext_lazy("offer", "Open")
    ACCEPTED = "accepted", pgettext_lazy("offer", "Accepted")
    REFUSED = "refused", pgettext_lazy("offer", "Refused")
    COUNTERED = "countered", _("Answered by another offer")
    EXPIRED = "expired", pgettext_lazy("offer", "Expired")
    WITHDRAWN = "withdrawn", pgettext_lazy("offer", "Taken back")
    EXECUTED = "executed", _("Carried out")
    FAILED = "failed", _("Could not be carried out")


_O = OfferStatus
_BOTH = DESK | _CUSTOMER

OFFER_TRANSITIONS = TransitionTable(
    transition("accept", {_O.SENT}, _O.ACCEPTED, _BOTH),
    transition("refuse", {_O.SENT}, _O.REFUSED, _BOTH),
    transition("counter", {_O.SENT}, _O.COUNTERED, _BOTH),
    transition("expire", {_O.SENT}, _O.EXPIRED, _CLOCKWORK),
    transition("take_back", {_O.SENT}, _O.WITHDRAWN, _BOTH | _CLOCKWORK),
    transition("execute", {_O.ACCEPTED}, _O.EXECUTED, _BOTH | _CLOCKWORK),
    transition("fail", {_O.ACCEPTED}, _O.FAILED, _BOTH | _CLOCKWORK),
)


class AnswerStatus(TextChoices):
    """Whether a resolver's answer entered the case."""

    PENDING = "pending", _("To be looked at")
    TAKEN = "taken", _("Taken over")
    REFUSED = "refused", pgettext_lazy("answer", "Not taken over")


class FollowUpStatus(TextChoices):
    """Whether somebody still has to act."""

    OPEN = "open", pgettext_lazy("follow-up", "Open")
    FINISHED = "finished", _("Finished")


class ReworkStatus(TextChoices):
    """Where a request to do work again stands."""

    REQUESTED = "requested", _("Asked for")
    ACCEPTED = "accepted", pgettext_lazy("rework", "Accepted")
    IN_PROGRESS = "in_progress", _("Being done")
    DELIVERED = "delivered", _("Done again")
    CONFIRMED = "confirmed", _("Confirmed by the customer")
    AUTO_CONFIRMED = "auto_confirmed", _("Nothing more heard")
    NOT_FIXED = "not_fixed", _("Still not right")
    REFUSED = "refused", pgettext_lazy("rework", "Refused")
    DISPUTED = "disputed", _("Became a dispute")
    CLOSED_AS_IS = "closed_as_is", _("Closed as it is")
    CANCELLED = "cancelled", pgettext_lazy("rework", "Called off")


_R = ReworkStatus
REWORK_ENDED = frozenset(
    {_R.CONFIRMED, _R.AUTO_CONFIRMED, _R.DISPUTED, _R.CLOSED_AS_IS, _R.CANCELLED}
)

REWORK_TRANSITIONS = TransitionTable(
    transition("accept", {_R.REQUESTED, _R.REFUSED}, _R.ACCEPTED, DESK),
    transition("refuse", {_R.REQUESTED}, _R.REFUSED, DESK),
    transition("begin", {_R.ACCEPTED, _R.NOT_FIXED}, _R.IN_PROGRESS, DESK),
    transition("deliver", {_R.IN_PROGRESS}, _R.DELIVERED, DESK),
    transition("confirm", {_R.DELIVERED}, _R.CONFIRMED, DESK | _CUSTOMER),
    transition("take_silence", {_R.DELIVERED}, _R.AUTO_CONFIRMED, _CLOCKWORK),
    transition("complain", {_R.DELIVERED}, _R.NOT_FIXED, DESK | _CUSTOMER),
    # After a refusal, after two tries, or when the shop did not answer or begin in time.
    transition(
        "dispute",
        {_R.REQUESTED, _R.ACCEPTED, _R.REFUSED, _R.NOT_FIXED},
        _R.DISPUTED,
        DESK | _CUSTOMER,
    ),
    transition("close", {_R.REFUSED}, _R.CLOSED_AS_IS, DESK | _CUSTOMER | _CLOCKWORK),
    transition(
        "call_off", {_R.REQUESTED, _R.ACCEPTED, _R.NOT_FIXED}, _R.CANCELLED, DESK | _CUSTOMER
    ),
)


class RefusalReason(TextChoices):
    """Why work is not done again for nothing."""

    VAGUE = "vague", _("What is wrong is not described")
    OUTSIDE_SCOPE = "outside_scope", _("Not part of what was authorized")
    CUSTOMER_PART = "customer_part", _("A part that the customer brought")
    DECLINED_LINE = "declined_line", _("Work that the customer declined")
    MISUSE = "misuse", _("Wrong use")
    THIRD_PARTY = "third_party", _("Somebody else worked on it")
    NEW_FAULT = "new_fault", _("Another fault")


class ChargebackKind(TextChoices):
    """What a bank sends."""

    INQUIRY = "inquiry", _("Inquiry")
    CHARGEBACK = "chargeback", _("Chargeback")


class ChargebackStatus(TextChoices):
    """Where a chargeback stands with the bank."""

    NEEDS_RESPONSE = "needs_response", _("Evidence is due")
    UNDER_REVIEW = "under_review", _("With the bank")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")
    ACCEPTED = "accepted", pgettext_lazy("chargeback", "Accepted")
    CLOSED = "closed", pgettext_lazy("chargeback", "Closed")


_C = ChargebackStatus

#: The bank has not decided.
RUNNING_CHARGEBACKS = frozenset({_C.NEEDS_RESPONSE, _C.UNDER_REVIEW})

CHARGEBACK_TRANSITIONS = TransitionTable(
    transition("submit", {_C.NEEDS_RESPONSE}, _C.UNDER_REVIEW, DESK),
    transition("ask_again", {_C.UNDER_REVIEW, _C.CLOSED}, _C.NEEDS_RESPONSE, DESK),
    transition("win", {_C.NEEDS_RESPONSE, _C.UNDER_REVIEW}, _C.WON, DESK),
    transition("lose", {_C.NEEDS_RESPONSE, _C.UNDER_REVIEW}, _C.LOST, DESK),
    # Giving in cannot be taken back.
    transition("accept", {_C.NEEDS_RESPONSE}, _C.ACCEPTED, MANAGEMENT),
    transition("close", {_C.NEEDS_RESPONSE, _C.UNDER_REVIEW}, _C.CLOSED, DESK),
)


class BankOutcome(TextChoices):
    """How a bank's procedure ended."""

    WON = "won", _("The bank decided for the shop")
    LOST = "lost", _("The bank decided for the customer")
    ACCEPTED = "accepted", _("The shop gave in")
    CLOSED = "closed", _("The bank closed it without a decision")


class Funds(TextChoices):
    """Where the contested money is."""

    WITH_SHOP = "with_shop", _("With the shop")
    WITHDRAWN = "withdrawn", _("Withdrawn by the bank")
    REINSTATED = "reinstated", _("Given back by the bank")


class Coverage(TextChoices):
    """How well a contested line stands."""

    STRONG = "strong", _("Well proved")
    WEAK = "weak", _("Proved in part")
    NONE = "none", _("Not proved")
