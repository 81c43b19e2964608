"""The e-mails about money: one function each, worded and queued in the act's transaction.

Every function may be told of customers without an address: then nothing is queued and None is
returned. The same act again queues nothing more.
"""

from invoices.emails.answers import (
    ASKING_TO_SIGN,
    claim_answered,
    claim_made,
    claim_received,
    plan_answered,
    plan_offered,
    plan_signed,
    promise_broken,
    promise_noted,
)
from invoices.emails.billing import (
    ASKING_FOR_MONEY,
    credit_note_sent,
    invoice_sent,
    invoice_voided,
    receipt,
    refund_made,
    statement_sent,
)
from invoices.emails.leaving import (
    ASKING_TO_CHOOSE,
    hand_over_copy,
    stop_chosen,
    stop_options,
    storage_notice,
    wording_of_storage_notice,
)

__all__ = [
    "ASKING_FOR_MONEY",
    "ASKING_TO_CHOOSE",
    "ASKING_TO_SIGN",
    "claim_answered",
    "claim_made",
    "claim_received",
    "credit_note_sent",
    "hand_over_copy",
    "invoice_sent",
    "invoice_voided",
    "plan_answered",
    "plan_offered",
    "plan_signed",
    "promise_broken",
    "promise_noted",
    "receipt",
    "refund_made",
    "statement_sent",
    "stop_chosen",
    "stop_options",
    "storage_notice",
    "wording_of_storage_notice",
]
