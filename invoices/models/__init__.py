"""Invoices and what is paid, done, held, stored and handed over."""

from invoices.models.bank import BankImport, BankTransaction
from invoices.models.billing import (
    Invoice,
    InvoiceLine,
    InvoiceLineQuerySet,
    InvoiceQuerySet,
)
from invoices.models.dunning import DunningPosition
from invoices.models.entries import LedgerEntry
from invoices.models.holds import Claim, ClaimFile, Hold, Instalment, PaymentPlan, Promise
from invoices.models.leaving import HandOver, StorageNotice, StorageSuspension
from invoices.models.payments import Payment, PaymentQuerySet, Refund
from invoices.models.settings import BillingSettings, settings_of
from invoices.models.work import StopWork, StopWorkFile, WorkItem

__all__ = [
    "BankImport",
    "BankTransaction",
    "BillingSettings",
    "Claim",
    "ClaimFile",
    "DunningPosition",
    "HandOver",
    "Hold",
    "Instalment",
    "Invoice",
    "InvoiceLine",
    "InvoiceLineQuerySet",
    "InvoiceQuerySet",
    "LedgerEntry",
    "Payment",
    "PaymentPlan",
    "PaymentQuerySet",
    "Promise",
    "Refund",
    "StopWork",
    "StopWorkFile",
    "StorageNotice",
    "StorageSuspension",
    "WorkItem",
    "settings_of",
]
