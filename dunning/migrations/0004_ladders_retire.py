from django.db import migrations, models

from shopdisputes.immutability import ForbidChanges


def forget(apps, schema_editor):
    """Drop charges that were proposed by reminders which did not leave."""
    apps.get_model("dunning", "Fee").objects.filter(
        status="proposed", reminder__status__in=["held", "skipped"]
    ).delete()


class Migration(migrations.Migration):
    dependencies = [("dunning", "0003_ready_made_ladders")]

    operations = [
        migrations.AddField(
            model_name="ladder",
            name="retired_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddConstraint(
            model_name="ladder",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_default", False), ("retired_at", None), _connector="OR"),
                name="ladder_usual_not_retired",
            ),
        ),
        # What nobody has decided about goes with its reminder when that does not leave.
        ForbidChanges(
            "Fee",
            frozen_when="OLD.status <> 'proposed'",
            except_columns=("status", "decided_at", "decided_by", "reason", "entry_id"),
        ),
        migrations.RunPython(forget, migrations.RunPython.noop, elidable=True),
    ]
