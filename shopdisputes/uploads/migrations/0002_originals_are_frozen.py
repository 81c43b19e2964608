from django.db import migrations

from shopdisputes.immutability import ForbidChanges


class Migration(migrations.Migration):
    dependencies = [("uploads", "0001_initial")]

    operations = [
        ForbidChanges("StoredFile"),
    ]
