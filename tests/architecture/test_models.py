"""What holds for every model."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import models

from shopdisputes.shops.models import ShopOwned, ShopQuerySet

MODELS = [
    model
    for model in apps.get_models()
    if model.__module__.partition(".")[0]
    in {"shopdisputes", "inspections", "estimates", "invoices", "dunning", "disputes", "demo"}
]
OWNED = [model for model in MODELS if issubclass(model, ShopOwned)]

every_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)


@every_model
def test_is_in_the_admin_and_can_be_searched_there(model: type[models.Model]) -> None:
    registered = admin.site._registry.get(model)

    assert registered is not None
    assert registered.search_fields


@every_model
def test_has_no_hidden_order(model: type[models.Model]) -> None:
    assert list(model._meta.ordering) == []


@every_model
def test_has_a_key_that_cannot_be_guessed(model: type[models.Model]) -> None:
    assert isinstance(model._meta.pk, models.UUIDField)


@pytest.mark.parametrize("model", OWNED, ids=lambda model: model.__name__)
def test_is_read_through_the_gate_between_tenants(model: type[ShopOwned]) -> None:
    assert isinstance(model._default_manager.all(), ShopQuerySet)
    assert issubclass(model._default_manager._queryset_class, ShopQuerySet)


@pytest.mark.parametrize("model", OWNED, ids=lambda model: model.__name__)
def test_keeps_its_rows_when_the_shop_is_to_go(model: type[ShopOwned]) -> None:
    for field in model._meta.fields:
        if field.is_relation:
            assert field.remote_field.on_delete in {models.PROTECT, models.CASCADE}, field.name
    assert model._meta.get_field("shop").remote_field.on_delete is models.PROTECT


@every_model
def test_keeps_money_in_exact_cents_and_moments_aware(model: type[models.Model]) -> None:
    assert not [field for field in model._meta.fields if isinstance(field, models.FloatField)]
    for field in model._meta.fields:
        if isinstance(field, models.DateTimeField):
            assert (
                field.name.endswith(("_at", "_until", "_by", "_login", "_joined"))
                or field.name == "at"
            )
        elif isinstance(field, models.DateField):
            assert field.name.endswith(("_on", "_until", "_by", "_day")) or field.name == "on"
