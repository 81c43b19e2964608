import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("disputes", "0006_countdowns_name_their_day")]

    operations = [
        migrations.AddField(
            model_name="chargeback",
            name="follow_up",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="chargebacks",
                to="disputes.followup",
            ),
        ),
    ]
