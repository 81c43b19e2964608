from django.db import migrations

from shopdisputes.immutability import ForbidChanges


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        ForbidChanges("AuditEvent"),
    ]
