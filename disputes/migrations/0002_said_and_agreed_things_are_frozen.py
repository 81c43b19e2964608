from django.db import migrations

from shopdisputes.immutability import ForbidChanges


class Migration(migrations.Migration):
    dependencies = [("disputes", "0001_initial")]

    operations = [
        ForbidChanges(
            "DisputeItem",
            except_columns=("state", "hold_id", "ended_at", "ended_by", "end_reason"),
        ),
        ForbidChanges("CaseMessage", except_columns=("email_id",)),
        ForbidChanges(
            "ResolverAnswer", except_columns=("status", "decided_at", "decided_by", "note")
        ),
        ForbidChanges("CaseFile"),
        ForbidChanges(
            "Offer",
            except_columns=(
                "status",
                "decided_at",
                "decided_by",
                "answer",
                "signature_id",
                "document_id",
                "refund_id",
                "plan_id",
                "executed_at",
                "failure",
            ),
        ),
        ForbidChanges("ReworkFile"),
        ForbidChanges("ChargebackNotice"),
    ]
