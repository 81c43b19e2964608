from django.db import migrations
from django.db.models.functions import Now

from inspections import ready_made

_DEFINED = (
    "section",
    "name",
    "help",
    "kind",
    "unit",
    "urgent_below",
    "attention_below",
    "attention_above",
    "urgent_above",
    "photo_rule",
    "shots",
    "pair_key",
)


def install(apps, schema_editor):
    """Give shops that were opened before checklists existed what a new shop starts with."""
    Checklist = apps.get_model("inspections", "Checklist")
    ChecklistItem = apps.get_model("inspections", "ChecklistItem")
    ChecklistVersion = apps.get_model("inspections", "ChecklistVersion")
    for shop in apps.get_model("shops", "Shop").objects.all():
        for position, made in enumerate(ready_made.READY_MADE):
            checklist = Checklist.objects.create(
                shop=shop,
                stage=str(made.stage),
                name=made.name,
                ready_made=made.code,
                position=position,
                created_at=Now(),
            )
            version = ChecklistVersion.objects.create(
                shop=shop,
                checklist=checklist,
                number=1,
                created_at=Now(),
                created_by="ShopDisputes",
            )
            ChecklistItem.objects.bulk_create(
                ChecklistItem(
                    shop=shop,
                    version=version,
                    position=place,
                    **{name: getattr(item, name) for name in _DEFINED},
                )
                for place, item in enumerate(made.items, start=1)
            )


class Migration(migrations.Migration):
    dependencies = [("inspections", "0002_finished_things_are_frozen")]

    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
