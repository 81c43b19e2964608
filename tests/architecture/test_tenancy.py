"""Two shops, every address, everybody: nobody gets at what is another shop's.

The matrix is walked over the real URL conf with real objects.
"""

from uuid import uuid4

import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from django.urls import NoReverseMatch, reverse

from shopdisputes.actors import Role
from shopdisputes.links.models import AccessLink
from tests.architecture.matrix import ANSWERS, Stage, ask, taken_back, violations
from tests.architecture.routes import (
    ADMIN,
    BEHIND_LINKS,
    CALLS,
    LOG_IN,
    OPEN,
    PAGES,
    ROWS,
    Behind,
    Open,
    Page,
    every_route,
)
from tests.architecture.worlds import World, digest, token
from tests.factories import NOW, AdministratorFactory

pytestmark = pytest.mark.django_db


def behind(row: Behind, world: World) -> str:
    """The address of a page behind the link of a world."""
    return reverse(row.name, kwargs=token(getattr(world, row.link)) | row.arguments(world))


def _id(row: Page | Behind | Open) -> str:
    return str(row.name)


def test_every_route_has_its_row() -> None:
    routes = {name for name in every_route() if not name.startswith(ADMIN)}
    rows = [row.name for row in ROWS]

    assert sorted(routes) == sorted(rows)


@pytest.mark.parametrize("row", [*PAGES, *CALLS], ids=_id)
def test_everybody_gets_what_is_theirs_and_nothing_else(row: Page, stage: Stage) -> None:
    assert list(violations(row, stage.ours, stage.theirs)) == []


@pytest.mark.parametrize("row", BEHIND_LINKS, ids=_id)
def test_a_link_opens_its_target_and_nothing_else(row: Behind, stage: Stage) -> None:
    ours, theirs = stage.ours, stage.theirs
    before = digest()
    for method, allowed in (("get", row.get), ("post", row.post)):
        for world, other in ((ours, theirs), (theirs, ours)):
            with taken_back():
                reply = ask(Client(), method, behind(row, world))
            # A PDF that is not typeset yet asks to come again later.
            waiting = {503} if row.name.endswith(("-pdf", "-signed")) else set()
            expected = ANSWERS | waiting if allowed else {405}
            assert reply.status in expected, (method, reply.status)
            assert not other.is_in(reply.text)
        for ended in ({"expires_at": NOW}, {"revoked_at": NOW}):
            with taken_back():
                AccessLink.objects.filter(pk=getattr(ours, row.link).pk).update(**ended)
                reply = ask(Client(), method, behind(row, ours))
                # Whoever is logged in has no more right than the link gives.
                logged_in = ask(theirs.browsers[Role.OWNER], method, behind(row, ours))
            assert (reply.status, ours.is_in(reply.text)) == (404, False)
            assert logged_in.status == 404
        right = token(getattr(ours, row.link))["token"]
        assert (
            ask(Client(), method, behind(row, ours).replace(right, right[:-1] + "-")).status == 404
        )
    for method in ("get", "head"):
        ask(Client(), method, behind(row, ours))
    if row.arguments(ours):
        # What is theirs is not to be had by a link to what is ours.
        mixed = token(getattr(ours, row.link)) | row.arguments(theirs)
        for method, allowed in (("get", row.get), ("post", row.post)):
            reply = ask(Client(), method, reverse(row.name, kwargs=mixed))
            assert reply.status in ({404, 302} if allowed else {405})
    assert digest() == before


@pytest.mark.parametrize("row", [*OPEN, *LOG_IN], ids=_id)
def test_an_open_address_shows_nothing_of_any_shop(row: Open, stage: Stage) -> None:
    url = reverse(row.name, kwargs=row.arguments)
    before = digest()
    for method, status in (("get", row.get), ("head", row.get), ("post", row.post)):
        with taken_back():
            reply = ask(Client(), method, url)
        assert reply.status == status, (method, reply.status, reply.location)
        assert not stage.ours.is_in(reply.text)
        assert not stage.theirs.is_in(reply.text)
    assert digest() == before


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


@pytest.mark.parametrize("name", ADMIN_ROUTES)
def test_the_admin_is_for_administrators(name: str, stage: Stage) -> None:
    url = _admin_address(name)
    before = digest()
    strangers = [Client(), *stage.ours.browsers.values()]
    for browser in strangers:
        for method in ("get", "post"):
            with taken_back():
                reply = ask(browser, method, url)
            assert reply.status in {302, 403, 404, 405}, (method, reply.status)
            assert not stage.ours.is_in(reply.text.replace(url, ""))
    assert digest() == before


def _admin_address(name: str) -> str:
    for arguments in ([], [str(uuid4())], ["1", str(uuid4())], ["auth"], [str(uuid4()), "x"]):
        try:
            return reverse(name, args=arguments)
        except NoReverseMatch:
            continue
    raise LookupError(name)


@pytest.mark.parametrize("model", OUR_MODELS, ids=lambda model: model.__name__)
def test_an_administrator_reads_every_model(model: type[models.Model], stage: Stage) -> None:
    with taken_back():
        browser = Client()
        browser.force_login(
            AdministratorFactory(), backend="django.contrib.auth.backends.ModelBackend"
        )
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        listed = ask(browser, "get", reverse(f"{base}_changelist"))
        found = ask(browser, "get", reverse(f"{base}_changelist") + "?q=quokka")
        row = model._default_manager.first()
        shown = ask(browser, "get", reverse(f"{base}_change", args=[row.pk])) if row else None

    assert (listed.status, found.status) == (200, 200)
    assert shown is None or shown.status == 200
