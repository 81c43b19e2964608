"""The PDFs about money and about the vehicle's leaving; one function each.

Each freezes its words now, in the caller's transaction; the PDF is made later. Callers tell rows
as they stand after everything they wrote. The signed forms carry the shop's seal and the
certificate of signature, for which they are told the act in the audit trail.
"""

from invoices.documents.accounts import payment_plan, signed_payment_plan, statement
from invoices.documents.bills import credit_note, invoice, signed_invoice
from invoices.documents.leaving import hand_over, storage_notice
from invoices.documents.receipts import receipt
from invoices.documents.stops import signed_stop_work, stop_work

__all__ = [
    "credit_note",
    "hand_over",
    "invoice",
    "payment_plan",
    "receipt",
    "signed_invoice",
    "signed_payment_plan",
    "signed_stop_work",
    "statement",
    "stop_work",
    "storage_notice",
]
