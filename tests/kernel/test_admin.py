"""The Django admin: everything can be searched and read, little can be changed."""

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib import admin
from django.test import Client, RequestFactory
from django.urls import reverse

from shopdisputes.accounts.models import User
from shopdisputes.audit.models import AuditEvent
from shopdisputes.shops.models import Shop
from tests.factories import (
    AccessLinkFactory,
    AdministratorFactory,
    ApiTokenFactory,
    AuditEventFactory,
    CounterFactory,
    CustomerFactory,
    DocumentFactory,
    EmailCodeFactory,
    IdempotencyRecordFactory,
    IntakeFactory,
    MembershipFactory,
    OutgoingEmailFactory,
    RepairOrderFactory,
    ShopFactory,
    SignatureFactory,
    StoredFileFactory,
    UserFactory,
    VehicleFactory,
)

pytestmark = pytest.mark.django_db

OURS = ("shopdisputes.", "inspections", "estimates", "demo")
MODELS = [model for model in apps.get_models() if model.__module__.startswith(OURS)]
#: What administrators may change; everything else has one door, the services.
CHANGEABLE = {"accounts.user", "shops.shop"}
FACTORIES = [
    AccessLinkFactory,
    ApiTokenFactory,
    AuditEventFactory,
    CounterFactory,
    CustomerFactory,
    DocumentFactory,
    EmailCodeFactory,
    IdempotencyRecordFactory,
    IntakeFactory,
    MembershipFactory,
    OutgoingEmailFactory,
    RepairOrderFactory,
    SignatureFactory,
    StoredFileFactory,
    VehicleFactory,
]


@pytest.fixture
def administrator(client: Client) -> Client:
    client.force_login(AdministratorFactory())
    return client


def address(row, page="change"):
    meta = row._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{page}", args=[row.pk])


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label_lower)
def test_every_model_is_there_searchable_and_filtered(administrator, model):
    registered = admin.site.get_model_admin(model)
    assert registered.search_fields
    assert registered.list_filter
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
    assert administrator.get(reverse(name), {"q": "00000000"}).status_code == 200


@pytest.mark.parametrize("factory", FACTORIES, ids=lambda factory: factory._meta.model.__name__)
def test_a_row_can_be_read_and_not_changed(administrator, factory):
    row = factory()
    page = administrator.get(address(row))
    assert page.status_code == 200
    assert b'name="_save"' not in page.content
    assert administrator.post(address(row), {}).status_code == 403
    assert administrator.post(address(row, "delete"), {"post": "yes"}).status_code == 403
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_add"
    assert administrator.get(reverse(name)).status_code == 403
    assert type(row).objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label_lower)
def test_only_people_shops_and_templates_are_changed_here(administrator, model):
    request = RequestFactory().get("/admin/")
    request.user = User.objects.get()
    registered = admin.site.get_model_admin(model)
    label = model._meta.label_lower
    if label.startswith("estimates.jobtemplate"):
        return
    assert registered.has_change_permission(request) == (label in CHANGEABLE)
    assert not registered.has_delete_permission(request)


def test_no_hash_of_a_key_and_no_salt_is_shown(administrator):
    token = ApiTokenFactory()
    event = AuditEventFactory()
    assert token.key_sha256 not in administrator.get(address(token)).content.decode()
    assert event.salt not in administrator.get(address(event)).content.decode()


def test_the_secret_of_a_second_factor_is_not_shown_but_can_be_deleted(administrator):
    factor = Authenticator.objects.create(
        user=UserFactory(), type="totp", data={"secret": "JBSWY3DPEHPK3PXP"}
    )
    assert b"JBSWY3DPEHPK3PXP" not in administrator.get(address(factor)).content
    assert administrator.post(address(factor), {}).status_code == 403
    assert administrator.post(address(factor, "delete"), {"post": "yes"}).status_code == 302
    assert not Authenticator.objects.exists()


def test_changing_a_shop_is_in_its_trail_with_the_administrators_name(administrator):
    shop = ShopFactory(name="Old name")
    page = administrator.get(address(shop))
    form = page.context["adminform"].form
    facts = {name: value for name in form.fields if (value := form[name].value()) is not None}
    facts |= {
        "name": "New name",
        "send_days": "[0, 1]",
        "send_from": "09:00",
        "send_until": "18:00",
        "currency": "USD",
        # The members below the shop, which are not changed here.
        "-1-TOTAL_FORMS": "0",
        "-1-INITIAL_FORMS": "0",
    }
    response = administrator.post(address(shop), facts)
    assert response.status_code == 302
    shop.refresh_from_db()
    assert (shop.name, shop.send_days, shop.currency) == ("New name", [0, 1], "EUR")
    event = AuditEvent.objects.for_shop(shop).get()
    assert (event.action, event.actor_role) == ("shop.changed", "administrator")
    assert event.data["changes"]["name"] == {"old": "Old name", "new": "New name"}
    assert Shop.objects.count() == 1


def test_adds_a_person_who_logs_in_by_e_mail(administrator):
    facts = {
        "email": "Nora@X.example",
        "name": "Nora",
        "usable_password": "true",
        "password1": "a quiet harbour 7",
        "password2": "a quiet harbour 7",
        "memberships-TOTAL_FORMS": "0",
        "memberships-INITIAL_FORMS": "0",
    }
    response = administrator.post(reverse("admin:accounts_user_add"), facts)
    assert response.status_code == 302
    made = User.objects.get(email="nora@x.example")
    assert made.check_password("a quiet harbour 7")
    assert administrator.get(address(made)).status_code == 200


def test_staff_of_a_shop_have_no_business_here(client, owner):
    client.force_login(owner.user)
    assert client.get(reverse("admin:index")).status_code in (302, 403)
