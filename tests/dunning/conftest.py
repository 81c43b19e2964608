"""The mail server of the reminders' tests."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.mailing import served
from tests.sink import Sink


@pytest.fixture
def server(tmp_path: Path, settings: Any) -> Iterator[Sink]:
    """A mail server, and settings that name it."""
    with served(tmp_path / "sink", settings, patience=5) as running:
        yield running
