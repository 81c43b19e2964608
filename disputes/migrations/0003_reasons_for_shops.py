from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from disputes.ready_made import REASONS


def install(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Give the shops that are there already what new ones start with."""
    reasons = apps.get_model("disputes", "DisputeReason")
    for shop in apps.get_model("shops", "Shop").objects.iterator():
        reasons.objects.bulk_create(
            reasons(
                shop=shop,
                code=reason.code,
                follow_up_days=reason.follow_up_days,
                severity=reason.severity,
                stops_storage=reason.stops_storage,
                for_customers=reason.for_customers,
                position=position,
            )
            for position, reason in enumerate(REASONS)
        )


class Migration(migrations.Migration):
    dependencies = [("disputes", "0002_said_and_agreed_things_are_frozen")]

    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
