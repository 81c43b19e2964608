from django.db import migrations, models

from shopdisputes.immutability import ForbidChanges


class Migration(migrations.Migration):
    dependencies = [
        ("disputes", "0004_appointments_of_reworks"),
        ("invoices", "0004_chargebacks"),
    ]

    operations = [
        migrations.AddField(
            model_name="offer",
            name="resume",
            field=models.CharField(
                choices=[
                    ("keep_step", "Go on where it stood"),
                    ("restart", "Begin with the first step"),
                    ("new_due_date", "Give a new day to pay"),
                    ("stop", "Send no more reminders"),
                ],
                default="keep_step",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="offer",
            name="new_due_on",
            field=models.DateField(blank=True, null=True, verbose_name="new day to pay"),
        ),
        # A refund takes money of several payments back: one of each.
        migrations.RemoveField(model_name="offer", name="refund"),
        migrations.AddField(
            model_name="offer",
            name="refunds",
            field=models.ManyToManyField(blank=True, related_name="+", to="invoices.refund"),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("resume", "new_due_date"), _negated=True),
                    ("new_due_on__isnull", False),
                    _connector="OR",
                ),
                name="offer_of_a_new_day_names_it",
            ),
        ),
        # SQLite builds the table anew, and the wall is gone with the old one.
        ForbidChanges(
            "Offer",
            except_columns=(
                "status",
                "decided_at",
                "decided_by",
                "answer",
                "signature_id",
                "document_id",
                "plan_id",
                "executed_at",
                "failure",
            ),
        ),
    ]
