"""The Django admin: everything about disputes can be found and read, and nothing changed."""

from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from django.urls import reverse

import tests.factories as factories
from shopdisputes.shops.models import Shop
from tests.factories import AdministratorFactory

pytestmark = pytest.mark.django_db

MODELS = [
    model for model in apps.get_app_config("disputes").get_models() if not model._meta.auto_created
]


@pytest.fixture
def administrator() -> Client:
    client = Client()
    client.force_login(AdministratorFactory(), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def rows(shop: Shop) -> list[Any]:
    """Every kind of row once."""
    made = [getattr(factories, f"{model.__name__}Factory")(shop=shop) for model in MODELS]
    assert [type(row) for row in made] == MODELS
    return made


def address(row: models.Model, what: str) -> str:
    keyed = [] if what in ("changelist", "add") else [row.pk]
    return reverse(f"admin:disputes_{row._meta.model_name}_{what}", args=keyed)


def everything() -> list[Any]:
    return [list(model._default_manager.order_by("pk").values()) for model in MODELS]


def test_can_be_searched_and_read(administrator: Client, rows: list[Any]) -> None:
    for row in rows:
        listed = administrator.get(address(row, "changelist"), {"q": "e"})
        page = administrator.get(address(row, "change"))
        assert (listed.status_code, page.status_code) == (200, 200), row
        assert 'name="_save"' not in page.content.decode(), row


def test_has_no_second_door(administrator: Client, rows: list[Any]) -> None:
    before = everything()
    for row in rows:
        for what in ("change", "delete"):
            answer = administrator.post(address(row, what), {"post": "yes", "total": "1.00"})
            assert answer.status_code == 403, (row, what)
        assert administrator.get(address(row, "add")).status_code == 403, row
        action = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
        administrator.post(address(row, "changelist"), action)
    assert everything() == before
