from django.db import migrations

from shopdisputes.immutability import ForbidChanges


class Migration(migrations.Migration):
    dependencies = [("signing", "0001_initial")]

    operations = [
        ForbidChanges("LegalText"),
        ForbidChanges("Signature"),
    ]
