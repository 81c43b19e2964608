"""The mail server of the reminders' tests, and somebody at the desk."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from shopdisputes.actors import Role
from shopdisputes.shops.models import Shop
from tests.factories import staff
from tests.mailing import served
from tests.sink import Sink


@pytest.fixture
def server(tmp_path: Path, settings: Any) -> Iterator[Sink]:
    """A mail server, and settings that name it."""
    with served(tmp_path / "sink", settings, patience=5) as running:
        yield running


@pytest.fixture
def desk(shop: Shop, client: Client) -> Client:
    """Somebody of the desk at the browser."""
    client.force_login(
        staff(shop, Role.ADVISOR, name="Ada Advisor").user,
        backend="django.contrib.auth.backends.ModelBackend",
    )
    return client
