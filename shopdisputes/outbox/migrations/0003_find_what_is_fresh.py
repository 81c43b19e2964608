from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outbox", "0002_find_what_is_stuck")]

    operations = [
        migrations.AddIndex(
            model_name="outgoingemail",
            index=models.Index(
                condition=models.Q(("claimed_at", None), ("status", "queued")),
                fields=["next_try_at", "created_at"],
                name="email_fresh",
            ),
        ),
    ]
