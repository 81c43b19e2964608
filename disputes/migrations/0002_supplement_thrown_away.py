"""Let go of a supplement that is thrown away; the database itself stays as it is."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("disputes", "0001_initial"),
        ("estimates", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="reworkrequest",
            name="supplement",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="estimates.estimate",
            ),
        ),
    ]
