"""The lives of invoices, promises and plans, and the words that go with them.

Whether an invoice is paid, part paid, overdue or in dispute is derived (``Settlement``), never
stored.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shopdisputes.actors import DESK, MANAGEMENT, Role
from shopdisputes.transitions import TransitionTable, transition


class InvoiceKind(TextChoices):
    """What an invoice bills."""

    FULL = "full", _("Invoice")
    PARTIAL_REPAIR = "partial_repair", _("Invoice for a partial repair")
    DEPOSIT = "deposit", _("Deposit invoice")
    STORAGE = "storage", _("Storage invoice")
    CREDIT_NOTE = "credit_note", _("Credit note")


class InvoiceStatus(TextChoices):
    """Where an invoice stands; what was paid of it is derived."""

    DRAFT = "draft", _("Draft")
    ISSUED = "issued", _("Issued")
    VOID = "void", _("Void")
    WRITTEN_OFF = "written_off", _("Written off")


class Settlement(TextChoices):
    """How much of an invoice is paid; derived from its balance."""

    UNPAID = "unpaid", _("Unpaid")
    PART_PAID = "part_paid", _("Part paid")
    PAID = "paid", _("Paid")


_S = InvoiceStatus

TRANSITIONS = TransitionTable(
    transition("edit", {_S.DRAFT}, _S.DRAFT, DESK),
    transition("issue", {_S.DRAFT}, _S.ISSUED, DESK),
    transition("send", {_S.ISSUED}, _S.ISSUED, DESK),
    # The customer, or staff on the customer's behalf.
    transition("settle", {_S.ISSUED}, _S.ISSUED, DESK | {Role.CUSTOMER, Role.SYSTEM}),
    # A settlement that the customer has signed is carried out by itself.
    transition("credit", {_S.ISSUED}, _S.ISSUED, DESK | {Role.SYSTEM}),
    transition("hold", {_S.ISSUED}, _S.ISSUED, DESK | {Role.CUSTOMER, Role.SYSTEM}),
    # Only while nothing but its issuing happened to it; afterwards it is credited.
    transition("void", {_S.ISSUED}, _S.VOID, MANAGEMENT),
    transition("write_off", {_S.ISSUED}, _S.WRITTEN_OFF, MANAGEMENT),
    transition("recover", {_S.WRITTEN_OFF}, _S.ISSUED, DESK),
)


class EntryKind(TextChoices):
    """What moves an invoice's balance."""

    BILLED = "billed", _("Billed")
    PAYMENT = "payment", _("Payment")
    PAYMENT_TAKEN_BACK = "payment_taken_back", _("Payment taken off again")
    CREDIT = "credit", _("Credit note")
    VOIDED = "voided", _("Voided")
    WRITE_OFF = "write_off", _("Written off")
    RECOVERY = "recovery", _("Write-off taken back")
    CHARGEBACK = "chargeback", _("Taken back by the bank")
    CHARGEBACK_REVERSED = "chargeback_reversed", _("Given back by the bank")
    FEE = "fee", _("Charge for being late")
    FEE_WAIVED = "fee_waived", _("Charge waived")


#: What moves a balance by charges for being late; all else is what was billed, and its fate.
CHARGES = frozenset({EntryKind.FEE, EntryKind.FEE_WAIVED})


class Classification(TextChoices):
    """What an amount of a stopped repair is for; the last three bill nothing."""

    AGREED = "agreed", _("Authorized and done")
    LABOUR_PERFORMED = "labour_performed", _("Labour performed")
    PART_INSTALLED = "part_installed", _("Part fitted")
    PART_SPECIAL_ORDER = "part_special_order", _("Part ordered for you, not returnable")
    RESTOCKING_FEE = "restocking_fee", _("Supplier's fee for taking a part back")
    DIAGNOSIS = "diagnosis", _("Diagnosis")
    TEARDOWN = "teardown", _("Disassembly")
    DESTROYED_PART = "destroyed_part", _("Part destroyed by disassembly")
    REASSEMBLY = "reassembly", _("Reassembly")
    SUBLET_PERFORMED = "sublet_performed", _("Work done elsewhere")
    FEE = "fee", _("Fee")
    DISCOUNT = "discount", _("Discount")
    STORAGE = "storage", _("Storage")
    NOT_PERFORMED = "not_performed", _("Not performed")
    PART_RETURNED = "part_returned", _("Part returned")
    DECLINED = "declined", _("Declined")


class Gap(TextChoices):
    """Why a line may not be billed as it stands."""

    NOT_AUTHORIZED = "not_authorized", _("The customer has not authorized this line.")
    ABOVE_AUTHORIZED = "above_authorized", _("It is more than the customer authorized.")
    NOT_DISCLOSED = "not_disclosed", _("It was not announced before.")
    NOT_DONE = "not_done", _("The work is not noted as done.")
    NO_PROOF = "no_proof", _("The supplier's proof is missing.")
    ABOVE_TOTAL = "above_total", _("The total is above what was authorized, tolerance included.")


class WorkState(TextChoices):
    """How far the work of an authorized line is."""

    NOT_STARTED = "not_started", _("Not started")
    IN_PROGRESS = "in_progress", _("In progress")
    DONE = "done", pgettext_lazy("work", "Done")
    STOPPED = "stopped", _("Stopped")


class PartState(TextChoices):
    """Where a part is."""

    NEEDED = "needed", _("Not ordered")
    ORDERED = "ordered", _("Ordered")
    SPECIAL_ORDER = "special_order", _("Ordered specially, not returnable")
    RECEIVED = "received", _("In the shop")
    INSTALLED = "installed", _("Fitted")
    RETURNED = "returned", _("Returned to the supplier")
    DESTROYED = "destroyed", _("Destroyed by disassembly")


class StopChannel(TextChoices):
    """How the customer told us to stop."""

    IN_PERSON = "in_person", _("In person")
    PHONE = "phone", _("By phone")
    EMAIL = "email", _("By e-mail")
    LETTER = "letter", _("By letter")


class StopOption(TextChoices):
    """What the customer chooses when the repair is stopped."""

    UNDECIDED = "undecided", _("Not chosen yet")
    FINISH = "finish", _("Finish as authorized")
    REASSEMBLE = "reassemble", _("Put together again and hand over")
    RELEASE_AS_IS = "release_as_is", _("Hand over as it is")


class Safety(TextChoices):
    """Whether the vehicle may be driven as it stands, in the shop's professional opinion."""

    SAFE = "safe", _("May be driven")
    UNSAFE = "unsafe", _("Must not be driven")
    DISASSEMBLED = "disassembled", _("Taken apart, cannot be driven")


class ChoiceMode(TextChoices):
    """How the customer's choice reached the shop."""

    ELECTRONIC = "electronic", _("By link")
    IN_PERSON = "in_person", _("In person")
    PAPER = "paper", _("On paper")
    ORAL = "oral", _("Orally")


class PaymentMethod(TextChoices):
    """How money came or went."""

    CASH = "cash", _("Cash")
    CARD = "card", _("Card")
    BANK_TRANSFER = "bank_transfer", _("Bank transfer")
    CHEQUE = "cheque", _("Cheque")
    OTHER = "other", _("Other")


class PaymentPurpose(TextChoices):
    """What money was given for; a deposit is applied once, when the invoice is issued."""

    PAYMENT = "payment", _("Payment")
    DEPOSIT = "deposit", _("Deposit")


class HoldKind(TextChoices):
    """Why an amount is not asked for at present."""

    DISPUTE = "dispute", _("Dispute")
    REWORK = "rework", _("Rework")
    PROMISE = "promise", _("Promise to pay")
    PLAN = "plan", _("Payment plan")
    CHARGEBACK = "chargeback", _("Chargeback")
    ALREADY_PAID_CLAIM = "already_paid_claim", _("Customer says it is paid")
    REPLY_PENDING = "reply_pending", _("Waiting for a reply")
    AUTHORIZATION_GAP = "authorization_gap", _("Authorization in doubt")
    UNDELIVERABLE = "undeliverable", _("Mail comes back")
    LEGAL = "legal", _("Legal matter")
    MANUAL = "manual", _("Held by hand")


class PromiseStatus(TextChoices):
    """What became of a promise to pay."""

    OPEN = "open", _("Open")
    KEPT = "kept", _("Kept")
    PARTLY_KEPT = "partly_kept", _("Partly kept")
    BROKEN = "broken", _("Broken")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class PlanStatus(TextChoices):
    """Where a payment plan stands."""

    OFFERED = "offered", _("Offered")
    ACTIVE = "active", _("Running")
    COMPLETED = "completed", _("Completed")
    DECLINED = "declined", _("Declined")
    LAPSED = "lapsed", _("Not signed in time")
    ENDED = "ended", _("Ended")


_P = PlanStatus

PLAN_TRANSITIONS = TransitionTable(
    transition("sign", {_P.OFFERED}, _P.ACTIVE, DESK | {Role.CUSTOMER}),
    transition("decline", {_P.OFFERED}, _P.DECLINED, DESK | {Role.CUSTOMER}),
    transition("lapse", {_P.OFFERED}, _P.LAPSED, {Role.SYSTEM}),
    transition("withdraw", {_P.OFFERED}, _P.ENDED, DESK),
    transition("complete", {_P.ACTIVE}, _P.COMPLETED, DESK | {Role.CUSTOMER, Role.SYSTEM}),
    transition("end", {_P.ACTIVE}, _P.ENDED, DESK),
)


class ClaimKind(TextChoices):
    """What a customer says about an invoice."""

    ALREADY_PAID = "already_paid", _("I have already paid")
    SOMETHING_WRONG = "something_wrong", _("Something is wrong")


class ClaimStatus(TextChoices):
    """What became of it."""

    OPEN = "open", _("Open")
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Not accepted")


class BankFormat(TextChoices):
    """What a bank's file is."""

    CAMT053 = "camt053", "CAMT.053"
    CSV = "csv", "CSV"


class TransactionStatus(TextChoices):
    """What became of a line of a bank statement."""

    NEW = "new", _("To be decided")
    BOOKED = "booked", _("Booked")
    IGNORED = "ignored", _("Set aside")


class SuspensionReason(TextChoices):
    """Why storage does not count for a time."""

    DISPUTE = "dispute", _("Dispute about the repair")
    WORK = "work", _("The shop works on the vehicle")
    PARTS = "parts", _("Waiting for parts")
    GOODWILL = "goodwill", _("Goodwill")


class StorageDayState(TextChoices):
    """What a day in the yard costs, and why."""

    BEFORE_NOTICE = "before_notice", _("before the notice")
    FREE = "free", _("free")
    SUSPENDED = "suspended", _("suspended")
    COUNTED = "counted", _("counted")


class CollectorAuthority(TextChoices):
    """By what right somebody collects a vehicle."""

    CUSTOMER = "customer", _("The customer")
    AUTHORIZED = "authorized", _("With a written authority")
    KNOWN = "known", _("Known to the shop")
    TOWING = "towing", _("Towing service")


class PaymentState(TextChoices):
    """What was paid when the vehicle left."""

    PAID = "paid", _("Released against full payment")
    PART_PAID = "part_paid", _("Released against part payment")
    UNPAID = "unpaid", _("Released without payment")
    NOTHING_DUE = "nothing_due", _("Nothing was due")
