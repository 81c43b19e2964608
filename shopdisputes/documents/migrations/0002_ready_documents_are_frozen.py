from django.db import migrations

from shopdisputes.immutability import ForbidChanges


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial")]

    operations = [
        ForbidChanges("Document", frozen_when="OLD.status = 'ready'"),
    ]
