"""Two shops, every address, everybody: nobody gets at what is another shop's.

The matrix is walked over the real URL conf with real objects.
"""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.apps import apps
from django.test import Client
from django.urls import NoReverseMatch, reverse

from tests.architecture.matrix import (
    Stage,
    ask,
    complaints,
    taken_back,
    violations,
    violations_behind,
    violations_in_the_open,
)
from tests.architecture.routes import (
    ADMIN,
    APPS,
    BEHIND_LINKS,
    LOG_IN,
    OPEN,
    ROWS,
    Behind,
    Open,
    every_route,
)
from tests.factories import AdministratorFactory

pytestmark = pytest.mark.django_db


def test_every_route_has_its_row() -> None:
    routes = {name for name in every_route() if not name.startswith(ADMIN)}
    rows = [row.name for row in ROWS]

    assert sorted(routes) == sorted(rows)


@pytest.mark.parametrize("app", APPS)
def test_everybody_gets_what_is_theirs_and_nothing_else(app: str, stage: Stage) -> None:
    rows = [*APPS[app].PAGES, *APPS[app].CALLS]

    assert complaints(rows, lambda row: violations(row, stage.ours, stage.theirs)) == []


def test_a_link_opens_its_target_and_nothing_else(stage: Stage) -> None:
    def walk(row: Behind) -> Iterator[str]:
        return violations_behind(row, stage.ours, stage.theirs)

    assert complaints(BEHIND_LINKS, walk) == []


def test_an_open_address_shows_nothing_of_any_shop(stage: Stage) -> None:
    def walk(row: Open) -> Iterator[str]:
        return violations_in_the_open(row, stage.ours, stage.theirs)

    assert complaints([*OPEN, *LOG_IN], walk) == []


OUR_MODELS = [
    model
    for model in apps.get_models()
    if model.__module__.startswith(
        ("shopdisputes", "inspections", "estimates", "invoices", "dunning", "disputes")
    )
]
ADMIN_ROUTES = sorted(
    name for name in every_route() if name.startswith(ADMIN) and not name.endswith(":None")
)


def test_the_admin_is_for_administrators(stage: Stage) -> None:
    strangers = [Client(), *stage.ours.browsers.values()]
    found = []
    for name in ADMIN_ROUTES:
        url = _admin_address(name)
        for browser in strangers:
            for method in ("get", "post"):
                reply = ask(browser, method, url)
                if reply.status not in {302, 403, 404, 405}:
                    found.append(f"{name}: {method}: {reply.status}")
                if stage.ours.is_in(reply.text.replace(url, "")):
                    found.append(f"{name}: {method} shows what is a shop's")
                if reply.wrote:
                    found.append(f"{name}: {method} changed the database")

    assert found == []


def _admin_address(name: str) -> str:
    for arguments in ([], [str(uuid4())], ["1", str(uuid4())], ["auth"], [str(uuid4()), "x"]):
        try:
            return reverse(name, args=arguments)
        except NoReverseMatch:
            continue
    raise LookupError(name)


def test_an_administrator_reads_every_model(stage: Stage) -> None:
    browser = Client()
    browser.force_login(AdministratorFactory(), backend="django.contrib.auth.backends.ModelBackend")
    found = []
    for model in OUR_MODELS:
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        changelist = reverse(f"{base}_changelist")
        urls = [changelist, f"{changelist}?q=quokka"]
        if row := model._default_manager.first():
            urls.append(reverse(f"{base}_change", args=[row.pk]))
        for url in urls:
            with taken_back():
                status = ask(browser, "get", url).status
            if status != 200:
                found.append(f"{url}: {status}")

    assert found == []
