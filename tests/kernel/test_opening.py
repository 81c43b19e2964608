"""Opening a shop and making a token, by service and by command."""

from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from inspections.models import Checklist
from inspections.ready_made import READY_MADE
from shopdisputes.accounts import services as accounts
from shopdisputes.accounts.models import ApiToken, User
from shopdisputes.actors import Actor, Role
from shopdisputes.audit.services import broken_events
from shopdisputes.canonical import sha256_hex
from shopdisputes.ops.services import opening
from shopdisputes.shops.models import Membership, Shop
from shopdisputes.shops.services import SlugTaken
from shopdisputes.signing.models import LegalText, TextCode
from tests.factories import NOW, PASSWORD, ShopFactory, UserFactory, staff

pytestmark = pytest.mark.django_db

BY = Actor(role=Role.ADMINISTRATOR, name="test")
FACTS = {
    "name": "Garage du Port",
    "slug": "port",
    "country": "FR",
    "currency": "EUR",
    "timezone": "Europe/Paris",
    "language": "fr",
    "owner_email": "Owner@Port.example",
    "owner_password": "a quiet harbour 7",
}


def open_shop(**changes):
    return opening.open_shop(**(FACTS | changes), by=BY, at=NOW)


def command(**changes):
    arguments = [f"--{name.replace('_', '-')}={value}" for name, value in (FACTS | changes).items()]
    out = StringIO()
    call_command("create_shop", *arguments, stdout=out)
    return out.getvalue()


def test_a_new_shop_has_its_texts_in_every_language_and_its_owner():
    shop = open_shop()
    assert (shop.jurisdiction, shop.estimate_validity_days) == ("FR", 30)
    texts = LegalText.objects.for_shop(shop)
    assert texts.count() == len(TextCode) * 3
    assert set(texts.values_list("version", flat=True)) == {1}
    (member,) = Membership.objects.for_shop(shop)
    assert (member.role, member.user.email) == ("owner", "owner@port.example")
    assert member.user.check_password("a quiet harbour 7")
    assert list(broken_events(shop)) == []


def test_a_new_shop_has_what_the_apps_furnish():
    shop = open_shop()
    checklists = Checklist.objects.for_shop(shop).order_by("position")
    assert [each.ready_made for each in checklists] == [each.code for each in READY_MADE]
    assert {each.created_at for each in checklists} == {NOW}


def test_a_country_without_a_profile_gets_the_general_rules():
    assert open_shop(country="DE").jurisdiction == "GENERIC"


def test_an_owner_who_logs_in_already_keeps_the_password():
    user = UserFactory(email="owner@port.example")
    open_shop()
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_refuses_a_short_name_in_use():
    ShopFactory(slug="port")
    with pytest.raises(SlugTaken):
        open_shop()
    assert Shop.objects.count() == 1
    assert not User.objects.filter(email="owner@port.example").exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [("timezone", "Europe/Atlantis"), ("currency", "euro"), ("country", "France"), ("slug", "a b")],
)
def test_refuses_what_is_not_a_value(field, value):
    with pytest.raises(ValidationError) as refusal:
        open_shop(**{field: value})
    assert list(refusal.value.message_dict) == [field]
    assert not Shop.objects.exists()


def test_a_weak_password_opens_nothing():
    with pytest.raises(accounts.WeakPassword):
        open_shop(owner_password="short")
    assert not Shop.objects.exists()


def test_the_command_prints_the_short_name():
    assert command(country="fr", currency="eur") == "port\n"
    assert Shop.objects.get().country == "FR"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"timezone": "Europe/Atlantis"}, "timezone: Not a known time zone."),
        ({"owner_password": "short"}, "too short"),
    ],
)
def test_the_command_says_what_is_wrong(changes, said):
    with pytest.raises(CommandError, match=said):
        command(**changes)
    assert not Shop.objects.exists()


def test_the_token_command_prints_the_key_and_nothing_else():
    member = staff(ShopFactory(slug="port"), Role.OWNER, email="owner@port.example")
    out = StringIO()
    call_command("create_api_token", "--email", "OWNER@port.example", "--shop", "port", stdout=out)
    key = out.getvalue().strip()
    assert out.getvalue() == f"{key}\n"
    token = ApiToken.objects.get()
    assert (token.key_sha256, token.user) == (sha256_hex(key), member.user)


@pytest.mark.parametrize(
    ("email", "slug", "said"),
    [
        ("nobody@port.example", "port", "Nobody logs in as nobody@port.example."),
        ("owner@port.example", "starboard", "There is no shop starboard."),
        ("owner@port.example", "other", "does not work in this shop"),
    ],
)
def test_the_token_command_says_what_is_wrong(email, slug, said):
    staff(ShopFactory(slug="port"), Role.OWNER, email="owner@port.example")
    ShopFactory(slug="other")
    with pytest.raises(CommandError, match=said):
        call_command("create_api_token", "--email", email, "--shop", slug)
    assert not ApiToken.objects.exists()
