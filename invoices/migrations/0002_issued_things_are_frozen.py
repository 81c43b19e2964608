from django.db import migrations

from shopdisputes.immutability import ForbidChanges


class Migration(migrations.Migration):
    dependencies = [("invoices", "0001_initial")]

    operations = [
        ForbidChanges(
            "Invoice",
            frozen_when="OLD.status <> 'draft'",
            except_columns=(
                "status",
                "balance",
                "document_id",
                "signature_id",
                "signed_document_id",
                "sent_at",
                "sent_to",
                "ended_at",
                "end_reason",
            ),
        ),
        ForbidChanges(
            "InvoiceLine",
            frozen_when=(
                "EXISTS (SELECT 1 FROM invoices_invoice invoice"
                " WHERE invoice.id = OLD.invoice_id AND invoice.status <> 'draft')"
            ),
        ),
        ForbidChanges("LedgerEntry"),
        ForbidChanges(
            "Payment",
            except_columns=(
                "unallocated",
                "refunded",
                "receipt_id",
                "receipt_sent_to",
                "annulled_at",
                "annulled_by",
                "annul_reason",
            ),
        ),
        ForbidChanges("Refund"),
        ForbidChanges(
            "Hold",
            except_columns=(
                "owner_id",
                "review_on",
                "released_at",
                "released_by",
                "release_reason",
            ),
        ),
        ForbidChanges("Promise", except_columns=("status", "paid", "settled_at")),
        ForbidChanges(
            "PaymentPlan",
            except_columns=(
                "status",
                "sent_to",
                "signature_id",
                "signed_at",
                "agreed_how",
                "document_id",
                "ended_at",
                "end_reason",
                "hold_id",
            ),
        ),
        ForbidChanges("Instalment"),
        ForbidChanges("Claim", except_columns=("status", "answered_at", "answered_by", "answer")),
        ForbidChanges("ClaimFile"),
        ForbidChanges(
            "StopWork",
            except_columns=(
                "car_state",
                "safety",
                "inspection_id",
                "option",
                "option_prices",
                "option_note",
                "offered_at",
                "offered_to",
                "chosen_at",
                "choice_mode",
                "choice_person",
                "choice_note",
                "recorded_choice_by",
                "signature_id",
                "canonical_json",
                "sha256",
                "document_id",
                "signed_document_id",
                "lifted_at",
                "lift_reason",
            ),
        ),
        ForbidChanges("StopWorkFile"),
        ForbidChanges("BankImport", except_columns=("taken", "known", "outgoing")),
        ForbidChanges(
            "BankTransaction",
            except_columns=("status", "payment_id", "decided_at", "decided_by"),
        ),
        ForbidChanges("StorageNotice", except_columns=("document_id", "stopped_on", "stop_reason")),
        ForbidChanges("HandOver", except_columns=("document_id",)),
    ]
