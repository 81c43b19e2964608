from django.db import migrations

from shopdisputes.immutability import ForbidChanges


class Migration(migrations.Migration):
    dependencies = [("estimates", "0002_sent_things_are_frozen")]

    operations = [
        ForbidChanges("Authorization_files"),
        ForbidChanges("PaperCopy"),
    ]
