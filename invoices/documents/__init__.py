"""The PDFs about money and about the vehicle's leaving; one function each.

Each freezes its words now, in the caller's transaction; the PDF is made later. Callers are told
rows as they stand after everything they wrote.
"""

from invoices.documents.bills import credit_note, invoice
from invoices.documents.receipts import receipt

__all__ = ["credit_note", "invoice", "receipt"]
