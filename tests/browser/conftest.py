"""A real Chromium on a real server: contexts like a phone and a desk, and a watch on them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from tests.browser.post import PostOffice
from tests.browser.screens import DESKTOP, PHONE, Watch
from tests.mailing import name_server
from tests.services import browser as chromium
from tests.sink import sink


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder, so that ``-m "not browser"`` leaves it out."""
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium; as root it has no sandbox of its own."""
    return {
        **browser_type_launch_args,
        "executable_path": chromium(),
        "args": ["--no-sandbox", "--disable-dev-shm-usage", "--font-render-hinting=none"],
    }


@pytest.fixture
def server(live_server: LiveServer, settings: Any) -> Iterator[str]:
    """The running server's address, which is also the one that links in mails are made with."""
    cache.clear()
    settings.PUBLIC_URL = live_server.url
    yield live_server.url
    cache.clear()


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Fails the test when any page broke the policy or a script failed."""
    watch = Watch()
    yield watch
    assert watch.complaints == []


@pytest.fixture
def open_context(
    browser: Browser, server: str, watch: Watch
) -> Iterator[Callable[..., BrowserContext]]:
    """Give contexts that are watched and closed afterwards."""
    opened: list[BrowserContext] = []

    def open_context(**options: Any) -> BrowserContext:
        options = {"locale": "en-GB", "timezone_id": "Europe/Paris", "base_url": server} | options
        context = watch.over(browser.new_context(**options))
        context.set_default_timeout(10_000)
        opened.append(context)
        return context

    yield open_context
    for context in opened:
        context.close()


@pytest.fixture
def desk(open_context: Callable[..., BrowserContext]) -> Page:
    """A page on the front desk's computer."""
    return open_context(viewport=DESKTOP).new_page()


@pytest.fixture
def phone(open_context: Callable[..., BrowserContext]) -> Page:
    """A page on a customer's phone."""
    return open_context(
        viewport=PHONE, device_scale_factor=2, is_mobile=True, has_touch=True
    ).new_page()


@pytest.fixture
def plain_phone(open_context: Callable[..., BrowserContext]) -> Page:
    """A page on a phone that runs no scripts."""
    return open_context(
        viewport=PHONE, is_mobile=True, has_touch=True, java_script_enabled=False
    ).new_page()


@pytest.fixture
def post_office(tmp_path: Path, settings: Any) -> Iterator[PostOffice]:
    """A mail server that takes what the application really delivers."""
    with sink(tmp_path / "post-office") as running:
        name_server(settings, running.port)
        yield PostOffice(running)
