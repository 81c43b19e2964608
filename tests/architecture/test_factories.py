"""Every model has a factory whose rows the database accepts."""

import inspect

import pytest
from django.apps import apps
from django.db import models
from factory.django import DjangoModelFactory

from shopdisputes.shops.models import ShopOwned
from tests import factories

FACTORIES = {
    value._meta.model: value
    for value in vars(factories).values()
    if inspect.isclass(value) and issubclass(value, DjangoModelFactory)
}
MODELS = [
    model
    for model in apps.get_models()
    if model.__module__.partition(".")[0]
    in {"shopdisputes", "inspections", "estimates", "invoices", "dunning", "disputes"}
]


def test_every_model_has_a_factory() -> None:
    assert {model.__name__ for model in MODELS if model not in FACTORIES} == set()


@pytest.mark.django_db
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_factory_makes_a_valid_row(model: type[models.Model]) -> None:
    made = FACTORIES[model]()

    empty = [field.name for field in model._meta.fields if not getattr(made, field.attname)]
    made.full_clean(exclude=empty)
    assert model._default_manager.filter(pk=made.pk).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "model", [model for model in MODELS if issubclass(model, ShopOwned)], ids=lambda m: m.__name__
)
def test_a_factory_stays_within_one_shop(model: type[ShopOwned]) -> None:
    shop = factories.ShopFactory()

    made = FACTORIES[model](shop=shop)

    assert made.shop == shop
    for field in model._meta.fields:
        if field.is_relation and issubclass(field.related_model, ShopOwned):
            related = getattr(made, field.name)
            assert related is None or related.shop == shop, field.name
