from django.core.management import call_command
from django.db import migrations


def create(apps, schema_editor):
    # ``migrate`` alone must be enough to run: rate limits live in this table.
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


def drop(apps, schema_editor):
    schema_editor.execute("DROP TABLE IF EXISTS shared_cache")


class Migration(migrations.Migration):
    dependencies = []

    operations = [migrations.RunPython(create, drop)]
