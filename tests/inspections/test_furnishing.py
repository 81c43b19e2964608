"""Shops that were opened before checklists existed get them with the migration."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from inspections.models import Checklist
from inspections.services import checklists
from shopdisputes.shops.models import Shop
from tests.factories import NOW, ShopFactory

MIGRATION = import_module("inspections.migrations.0003_ready_made_checklists")


def furnished(shop: Shop) -> list[object]:
    """Everything that its checklists say, in their order."""
    return [
        (each.ready_made, each.stage, each.name, each.is_active, checklists.drafts_of(version))
        for each in Checklist.objects.for_shop(shop).order_by("position")
        for version in each.versions.all()
    ]


@pytest.mark.django_db
def test_the_migration_gives_a_shop_what_a_new_one_gets() -> None:
    earlier = ShopFactory()

    MIGRATION.install(apps, connection.schema_editor())
    later = ShopFactory()
    checklists.install(shop=later, at=NOW)

    assert len(furnished(earlier)) == 4
    assert furnished(earlier) == furnished(later)
