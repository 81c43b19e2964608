from datetime import UTC, datetime

from django.db import migrations, models

from shopdisputes.immutability import ForbidChanges


class Migration(migrations.Migration):
    dependencies = [("disputes", "0005_how_dunning_goes_on_after_offers")]

    operations = [
        migrations.RemoveConstraint(
            model_name="chargebacknotice", name="chargeback_told_once_a_count"
        ),
        migrations.AddField(
            model_name="chargebacknotice",
            name="due_by",
            field=models.DateTimeField(default=datetime(2026, 1, 1, tzinfo=UTC)),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="chargebacknotice",
            constraint=models.UniqueConstraint(
                fields=("chargeback", "due_by", "days_left"), name="chargeback_told_once_a_count"
            ),
        ),
        # SQLite builds the table anew, and the wall is gone with the old one.
        ForbidChanges("ChargebackNotice"),
    ]
