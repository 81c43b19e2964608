from itertools import count

from django.conf import settings
from django.db import migrations
from django.db.models.functions import Now

from dunning import ready_made, rungs


def install(apps, schema_editor):
    """Give shops that were opened before there were reminders what a new shop starts with."""
    for shop in apps.get_model("shops", "Shop").objects.all():
        _install_ladders(apps, shop)
        _install_texts(apps, shop)


def _install_ladders(apps, shop):
    Ladder = apps.get_model("dunning", "Ladder")
    LadderVersion = apps.get_model("dunning", "LadderVersion")
    Step = apps.get_model("dunning", "Step")
    # No two ladders of a shop share a key.
    keys = count(1)
    for made in ready_made.ladders_of(shop.jurisdiction):
        ladder = Ladder.objects.create(
            shop=shop,
            name=made.names[shop.language],
            is_default=made.is_default,
            created_at=Now(),
        )
        version = LadderVersion.objects.create(
            shop=shop,
            ladder=ladder,
            number=1,
            min_gap_days=made.min_gap_days,
            min_amount=made.min_amount,
            interest_business=made.interest_business,
            interest_person=made.interest_person,
            created_at=Now(),
            created_by="ShopDisputes",
        )
        Step.objects.bulk_create(
            Step(
                shop=shop,
                version=version,
                position=position,
                key=next(keys),
                **rungs.facts_of(step),
            )
            for position, step in enumerate(made.steps)
        )


def _install_texts(apps, shop):
    ReminderText = apps.get_model("dunning", "ReminderText")
    ReminderText.objects.bulk_create(
        ReminderText(
            shop=shop,
            template=str(template),
            language=language,
            version=1,
            subject=wording.subject,
            body=wording.body,
            created_at=Now(),
            created_by="ShopDisputes",
        )
        for language, _name in settings.LANGUAGES
        for template, wording in ready_made.WORDINGS[language].items()
    )


class Migration(migrations.Migration):
    dependencies = [("dunning", "0002_ladders_are_frozen")]

    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
