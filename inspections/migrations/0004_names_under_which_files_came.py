from django.db import migrations, models

from shopdisputes.immutability import ForbidChanges


class Migration(migrations.Migration):
    dependencies = [
        ("inspections", "0003_ready_made_checklists"),
    ]

    operations = [
        migrations.AddField(
            model_name="itemmedia",
            name="sent_as",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="remarkfile",
            name="sent_as",
            field=models.CharField(blank=True, max_length=200),
        ),
        # SQLite built the tables anew, and on PostgreSQL the walls did not know the new column.
        ForbidChanges(
            "ItemMedia",
            frozen_when=(
                "EXISTS (SELECT 1 FROM inspections_inspectionitem item"
                " JOIN inspections_inspection inspection ON inspection.id = item.inspection_id"
                " WHERE item.id = OLD.item_id AND inspection.status <> 'in_progress')"
            ),
        ),
        ForbidChanges("RemarkFile", frozen_when="OLD.acknowledgement_id IS NOT NULL"),
    ]
