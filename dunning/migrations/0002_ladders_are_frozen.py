from django.db import migrations

from shopdisputes.immutability import ForbidChanges


class Migration(migrations.Migration):
    dependencies = [("dunning", "0001_initial")]

    operations = [
        ForbidChanges("LadderVersion"),
        ForbidChanges("Step"),
        ForbidChanges("ReminderText"),
        ForbidChanges(
            "Reminder",
            except_columns=(
                "status",
                "reason",
                "detail",
                "amount",
                "planned_on",
                "pay_by",
                "email_id",
                "document_id",
                "before_key",
                "before_offset",
                "approved_at",
                "approved_by",
                "ended_at",
                "ended_by",
                "outcome",
                "note",
            ),
        ),
        ForbidChanges(
            "Fee",
            except_columns=("status", "decided_at", "decided_by", "reason", "entry_id"),
        ),
    ]
