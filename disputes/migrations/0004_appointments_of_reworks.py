from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("disputes", "0003_reasons_for_shops")]

    operations = [
        migrations.AddField(
            model_name="reworkrequest",
            name="appointment_on",
            field=models.DateField(blank=True, null=True, verbose_name="appointment"),
        ),
        migrations.AddField(
            model_name="reworkrequest",
            name="appointment_note",
            field=models.CharField(
                blank=True, default="", max_length=500, verbose_name="about the appointment"
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="reworkrequest",
            name="work_note",
            field=models.TextField(
                blank=True, default="", max_length=4000, verbose_name="what was done"
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="reworkrequest",
            name="complaint",
            field=models.TextField(
                blank=True, default="", max_length=4000, verbose_name="what is still not right"
            ),
            preserve_default=False,
        ),
    ]
