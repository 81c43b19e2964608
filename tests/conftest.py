"""What every test stands on: a real PostgreSQL, files of its own, a clock that stands still."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from django.conf import settings as django_settings
from django.core.files.storage import storages

from shopdisputes.actors import Actor, Role
from shopdisputes.shops.models import Membership, Shop
from tests.emptying import empty_quickly
from tests.factories import NOW, ShopFactory, staff

#: Tests so marked wait for other programs, which have the real time.
REAL_TIME = ("browser", "drill", "real_clock")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "real_clock: the clock goes on, for tests that wait")
    engine = django_settings.DATABASES["default"]["ENGINE"]
    if engine != "django.db.backends.postgresql":
        raise pytest.UsageError(
            "The tests run on PostgreSQL: ./run test starts one, or point DATABASE_URL at one, as"
            " its superuser."
        )
    empty_quickly()
    # WhiteNoise complains at every client about the folder that only collectstatic makes.
    Path(django_settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the browser's tests come last in every process.

    The browser's driver keeps an event loop running from its first test to the end, and what
    seals PDFs cannot start another one beside it.
    """
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(scope="session")
def embedded_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables and no rows, to be copied: made once for all processes."""
    own = tmp_path_factory.getbasetemp()
    folder = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    made, begun = folder / "embedded.sqlite3", folder / "embedded.begun.sqlite3"
    with (folder / "embedded.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            subprocess.run(
                [sys.executable, "-m", "django", "migrate", "--verbosity", "0"],
                env=os.environ
                | {
                    "DATABASE_URL": f"sqlite:///{begun}",
                    "DJANGO_SETTINGS_MODULE": "shopdisputes.settings.test",
                },
                check=True,
            )
            begun.rename(made)
    return made


@pytest.fixture(autouse=True)
def clock(request: pytest.FixtureRequest) -> Iterator[time_machine.Traveller | None]:
    """The clock of views, tasks and commands, standing at ``NOW``: ``shift`` it, ``move_to``."""
    if any(request.node.get_closest_marker(mark) for mark in REAL_TIME):
        yield None
        return
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def files_of_its_own(settings: object, tmp_path: Path) -> Path:
    """Uploads, PDFs and seals of one test lie in a folder of that test."""
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "shopdisputes.uploads.storage.LocalStorage",
            "OPTIONS": {"location": str(tmp_path / "media"), "base_url": None},
        }
    }
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "tmp")
    settings.SEAL_DIR = tmp_path / "seals"
    return tmp_path


@pytest.fixture
def media() -> Path:
    """The folder in which the stored files of this test lie."""
    return Path(storages["default"].location)


@pytest.fixture
def shop(db: None) -> Shop:
    """A shop."""
    return ShopFactory()


@pytest.fixture
def owner(shop: Shop) -> Membership:
    """The owner of ``shop``."""
    return staff(shop, Role.OWNER)


@pytest.fixture
def by(owner: Membership) -> Actor:
    """The owner of ``shop`` at work, as services see them."""
    return Actor(role=Role.OWNER, name=owner.user.name, user_id=owner.user.pk)
