"""What holds for every model."""

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
FIELDS = [
    (f"{model.__name__}.{field.name}", field) for model in MODELS for field in model._meta.fields
]


def test_is_in_the_admin_and_can_be_searched_there() -> None:
    registry = admin.site._registry

    assert [
        model.__name__
        for model in MODELS
        if model not in registry or not registry[model].search_fields
    ] == []


def test_has_no_hidden_order() -> None:
    assert [model.__name__ for model in MODELS if list(model._meta.ordering)] == []


def test_has_a_key_that_cannot_be_guessed() -> None:
    assert [
        model.__name__ for model in MODELS if not isinstance(model._meta.pk, models.UUIDField)
    ] == []


def test_is_read_through_the_gate_between_tenants() -> None:
    assert [
        model.__name__
        for model in OWNED
        if not isinstance(model._default_manager.all(), ShopQuerySet)
        or not issubclass(model._default_manager._queryset_class, ShopQuerySet)
    ] == []


#: They point to what may be thrown away while it is a draft, and stay without it.
LET_GO = ["EstimateLine.finding", "ReworkRequest.supplement"]


def test_keeps_its_rows_when_the_shop_is_to_go() -> None:
    assert [
        f"{model.__name__}.{field.name}"
        for model in OWNED
        for field in model._meta.fields
        if field.is_relation
        and field.remote_field.on_delete not in {models.PROTECT, models.CASCADE}
    ] == LET_GO
    assert [
        model.__name__
        for model in OWNED
        if model._meta.get_field("shop").remote_field.on_delete is not models.PROTECT
    ] == []


def test_keeps_money_in_exact_cents() -> None:
    assert [name for name, field in FIELDS if isinstance(field, models.FloatField)] == []


def test_names_moments_and_days_as_such() -> None:
    moments = ("_at", "_until", "_by", "_login", "_joined")
    days = ("_on", "_until", "_by", "_day")

    assert [
        name
        for name, field in FIELDS
        if isinstance(field, models.DateTimeField)
        and not (field.name.endswith(moments) or field.name == "at")
    ] == []
    assert [
        name
        for name, field in FIELDS
        if isinstance(field, models.DateField)
        and not isinstance(field, models.DateTimeField)
        and not (field.name.endswith(days) or field.name == "on")
    ] == []


def test_there_are_models_to_look_at() -> None:
    assert len(OWNED) >= 60
    assert len(MODELS) > len(OWNED)
