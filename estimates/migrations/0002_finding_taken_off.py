"""Keep a draft's line when what it cites is taken off; the database itself stays as it is."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("estimates", "0001_initial"),
        ("inspections", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="estimateline",
            name="finding",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="estimate_lines",
                to="inspections.inspectionitem",
            ),
        ),
    ]
