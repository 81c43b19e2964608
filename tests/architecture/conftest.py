"""The stage of the tests about tenancy."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings as django_settings
from django.db import transaction
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker

from tests.architecture.matrix import Stage
from tests.architecture.worlds import make_world
from tests.factories import NOW


@pytest.fixture(scope="package")
def two_shops(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Stage]:
    """Made once: every test takes back what it does."""
    folder = tmp_path_factory.mktemp("two-shops")
    with (
        django_db_blocker.unblock(),
        time_machine.travel(NOW, tick=False),
        override_settings(STORAGES=_storages(folder)),
        transaction.atomic(),
    ):
        made = Stage(make_world("quokka"), make_world("wombat"), folder)
        yield made
        transaction.set_rollback(True)


@pytest.fixture
def stage(two_shops: Stage, db: None, settings: Any, files_of_its_own: Path) -> Stage:
    """Two shops with everything in them and with their files."""
    settings.STORAGES = _storages(two_shops.folder)
    return two_shops


def _storages(folder: Path) -> dict[str, Any]:
    options = {"location": str(folder), "base_url": None}
    backend = "django.core.files.storage.FileSystemStorage"
    return django_settings.STORAGES | {"default": {"BACKEND": backend, "OPTIONS": options}}
