"""How a shop works, as its owner and managers set it; every change is in the trail."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from shopdisputes.accounts.models import ApiToken
from shopdisputes.actors import Role
from shopdisputes.audit.models import AuditEvent
from shopdisputes.canonical import sha256_hex
from shopdisputes.shops.models import Membership
from shopdisputes.signing.models import LegalText
from shopdisputes.web.settings_menu import sections
from tests.factories import ApiTokenFactory, MembershipFactory, staff

pytestmark = pytest.mark.django_db

IDENTITY = {
    "name": "Garage du Port",
    "country": "FR",
    "language": "fr",
    "timezone": "Europe/Paris",
    "jurisdiction": "FR",
}
LINKS = {
    "link_life_days": "14",
    "estimate_validity_days": "20",
    "expiry_reminder_days": "2",
    "oral_objection_hours": "48",
    "inspection_answer_days": "4",
}
HOURS = {"send_days": ["1", "0"], "send_from": "08:30", "send_until": "12:00"}


@pytest.fixture
def desk(client, owner):
    client.force_login(owner.user)
    return client


def changes(shop):
    return AuditEvent.objects.for_shop(shop).order_by("-sequence")[0].data


def picture(kind="PNG"):
    out = BytesIO()
    Image.new("RGB", (20, 10), 128).save(out, format=kind)
    return out.getvalue()


def test_every_section_opens_and_marks_where_one_is(desk):
    for entry in sections():
        url = reverse(entry.url_name)
        page = desk.get(url)
        assert page.status_code == 200, entry.url_name
        assert f'<a href="{url}" aria-current="page">' in page.content.decode()


@pytest.mark.parametrize("role", [Role.ADVISOR, Role.TECHNICIAN])
def test_only_management_gets_in(client, shop, role):
    client.force_login(staff(shop, role).user)
    for name in (
        "settings",
        "settings-logo",
        "settings-rates",
        "settings-texts",
        "settings-signatures",
        "settings-links",
        "settings-hours",
        "settings-team",
        "settings-tokens",
    ):
        assert client.get(reverse(name)).status_code == 403


def test_changes_the_identity_and_names_what_was(desk, shop):
    before = shop.name
    response = desk.post(reverse("settings"), IDENTITY | {"phone": "04 78 00 00 01"})
    assert response.status_code == 303
    shop.refresh_from_db()
    assert (shop.name, shop.phone, shop.jurisdiction) == ("Garage du Port", "+33478000001", "FR")
    kept = changes(shop)
    assert kept["section"] == "identity"
    assert kept["changes"]["name"] == {"old": before, "new": "Garage du Port"}


def test_says_what_the_rules_of_the_place_still_ask_for(desk, shop):
    shop.jurisdiction = "FR"
    shop.mediator = ""
    shop.save()
    page = desk.get(reverse("settings")).content.decode()
    assert "The rules of France ask for more on estimates:" in page
    assert "<li>Consumer mediator</li>" in page
    assert "draft, not approved by counsel" in page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("phone", "12"),
        ("email", "desk@"),
        ("timezone", "Europe/Atlantis"),
        ("jurisdiction", "XX"),
        ("country", "France"),
        ("website", "javascript:alert(1)"),
    ],
)
def test_refuses_an_identity_that_cannot_be_and_changes_nothing(desk, shop, field, value):
    response = desk.post(reverse("settings"), IDENTITY | {field: value})
    assert response.status_code == 422
    assert f'id="id_{field}_error"' in response.content.decode()
    name = shop.name
    shop.refresh_from_db()
    assert shop.name == name
    assert not AuditEvent.objects.for_shop(shop).exists()


def test_a_refused_name_is_not_shown_as_the_shops(desk, shop):
    page = desk.post(reverse("settings"), IDENTITY | {"name": "Typed", "phone": "1"})
    assert f'<span class="shop-name">{shop.name}</span>' in page.content.decode()


def test_changes_the_rates_with_a_comma(desk, shop):
    response = desk.post(reverse("settings-rates"), {"labour_rate": "92,50", "tax_rate": "5.5"})
    assert response.status_code == 303
    shop.refresh_from_db()
    assert (str(shop.labour_rate), str(shop.tax_rate)) == ("92.50", "5.50")
    assert changes(shop)["changes"]["labour_rate"] == {"old": "80.00", "new": "92.50"}


@pytest.mark.parametrize(
    ("field", "value"),
    [("labour_rate", "92.505"), ("labour_rate", "-1"), ("tax_rate", "100.01"), ("tax_rate", "x")],
)
def test_refuses_rates_that_are_none(desk, shop, field, value):
    facts = {"labour_rate": "80", "tax_rate": "20"} | {field: value}
    assert desk.post(reverse("settings-rates"), facts).status_code == 422
    shop.refresh_from_db()
    assert (str(shop.labour_rate), str(shop.tax_rate)) == ("80.00", "20.00")


def test_sets_how_strong_a_signature_is_asked_for(desk, shop):
    url = reverse("settings-signatures")
    assert desk.post(url, {"signature_level": "L1", "code_from_amount": "500"}).status_code == 303
    shop.refresh_from_db()
    assert (shop.signature_level, str(shop.code_from_amount)) == ("L1", "500.00")
    assert desk.post(url, {"signature_level": "L2", "code_from_amount": ""}).status_code == 303
    shop.refresh_from_db()
    assert shop.code_from_amount is None
    assert desk.post(url, {"signature_level": "L5"}).status_code == 422


def test_sets_how_long_things_live(desk, shop):
    assert desk.post(reverse("settings-links"), LINKS).status_code == 303
    shop.refresh_from_db()
    assert (shop.link_life_days, shop.estimate_validity_days) == (14, 20)
    assert (shop.expiry_reminder_days, shop.oral_objection_hours) == (2, 48)
    assert shop.inspection_answer_days == 4


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("link_life_days", "0"),
        ("link_life_days", "91"),
        ("estimate_validity_days", "366"),
        ("expiry_reminder_days", "20"),
        ("expiry_reminder_days", "61"),
        ("oral_objection_hours", "0"),
        ("oral_objection_hours", ""),
        ("estimate_validity_days", ""),
    ],
)
def test_refuses_lives_that_make_no_sense(desk, shop, field, value):
    response = desk.post(reverse("settings-links"), LINKS | {field: value})
    assert response.status_code == 422
    shop.refresh_from_db()
    assert shop.link_life_days == 30


def test_sets_when_automated_mail_leaves(desk, shop):
    assert desk.post(reverse("settings-hours"), HOURS).status_code == 303
    shop.refresh_from_db()
    assert shop.send_days == [0, 1]
    assert (str(shop.send_from), str(shop.send_until)) == ("08:30:00", "12:00:00")
    assert changes(shop)["changes"]["send_days"] == {"old": [0, 1, 2, 3, 4], "new": [0, 1]}


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("send_days", [], "Choose at least one day."),
        ("send_days", ["7"], "Select a valid choice"),
        ("send_until", "08:30", "later than the beginning"),
        ("send_from", "", "This field is required."),
    ],
)
def test_refuses_a_window_that_never_opens(desk, shop, field, value, said):
    response = desk.post(reverse("settings-hours"), HOURS | {field: value})
    assert response.status_code == 422
    assert said in response.content.decode()
    shop.refresh_from_db()
    assert shop.send_days == [0, 1, 2, 3, 4]


def test_takes_a_logo_shows_it_and_lets_it_go(desk, shop):
    url = reverse("settings-logo")
    upload = SimpleUploadedFile("logo.jpg", picture("JPEG"), content_type="image/jpeg")
    assert desk.post(url, {"file": upload}).status_code == 303
    shop.refresh_from_db()
    page = desk.get(url)
    assert f'alt="Logo of {shop.name}"' in page.content.decode()
    shown = desk.get(reverse("file", args=[page.context["logo"].pk, "original"]))
    assert sha256_hex(b"".join(shown.streaming_content)) == shop.logo_sha256
    assert desk.post(reverse("settings-logo-remove")).status_code == 303
    shop.refresh_from_db()
    assert shop.logo_sha256 == ""


def test_refuses_a_logo_that_is_none(desk, shop):
    url = reverse("settings-logo")
    assert desk.post(url).status_code == 422
    upload = SimpleUploadedFile("logo.png", b"<svg/>", content_type="image/png")
    response = desk.post(url, {"file": upload})
    assert response.status_code == 422
    assert "This is an SVG drawing, which can hold scripts." in response.content.decode()
    shop.refresh_from_db()
    assert shop.logo_sha256 == ""


def test_shows_every_text_in_every_language(desk, shop):
    page = desk.get(reverse("settings-texts")).content.decode()
    for text in LegalText.objects.for_shop(shop):
        assert reverse("settings-text", args=[text.code, text.language]) in page


def test_a_new_wording_is_the_next_version_and_the_old_one_stays(desk, shop):
    url = reverse("settings-text", args=["authorization", "en"])
    body = "I authorize #count lines for #amount at #shop."
    response = desk.post(url, {"body": body})
    assert response.status_code == 303
    versions = LegalText.objects.for_shop(shop).filter(code="authorization", language="en")
    assert list(versions.order_by("version").values_list("version", flat=True)) == [1, 2]
    page = desk.get(url).content.decode()
    assert f"I authorize 3 lines for 223.08 at {shop.name}." in page
    assert "Version 2" in page
    assert "Version 1" in page


def test_a_preview_fills_in_examples_and_saves_nothing(desk, shop):
    url = reverse("settings-text", args=["authorization", "en"])
    response = desk.post(url, {"body": "For #amount & <b>#shop</b>", "preview": "yes"})
    page = response.content.decode()
    assert response.status_code == 200
    assert f"For 223.08 &amp; &lt;b&gt;{shop.name}&lt;/b&gt;" in page
    assert "For #amount &amp; &lt;b&gt;#shop&lt;/b&gt;</textarea>" in page
    versions = LegalText.objects.for_shop(shop).filter(code="authorization", language="en")
    assert versions.count() == 1


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("I authorize #amout.", "Not a known hashtag: #amout."),
        ("   ", "Write the text."),
        ("", "Write the text."),
        ("x" * 4001, "At most 4,000 characters."),
    ],
)
def test_refuses_a_wording_at_its_field(desk, shop, body, said):
    url = reverse("settings-text", args=["authorization", "en"])
    response = desk.post(url, {"body": body})
    page = response.content.decode()
    assert response.status_code == 422
    assert said in page
    assert 'id="id_body_error"' in page
    versions = LegalText.objects.for_shop(shop).filter(code="authorization", language="en")
    assert versions.count() == 1


@pytest.mark.parametrize(("code", "language"), [("nonsense", "en"), ("authorization", "de")])
def test_a_text_that_does_not_exist_is_not_there(desk, code, language):
    assert desk.get(reverse("settings-text", args=[code, language])).status_code == 404


def test_lets_somebody_in(desk, shop):
    url = reverse("settings-team")
    facts = {
        "email": "nora@x.example",
        "name": "Nora",
        "role": "technician",
        "password": "a quiet harbour 7",
    }
    assert desk.post(url, facts).status_code == 303
    member = Membership.objects.for_shop(shop).get(user__email="nora@x.example")
    assert member.role == "technician"
    again = desk.post(url, facts)
    assert again.status_code == 409
    assert "already works here" in again.content.decode()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("email", "nora@", "valid email"),
        ("role", "customer", "Select a valid choice"),
        ("password", "short", "too short"),
        ("password", "", "needs a first password"),
    ],
)
def test_refuses_a_newcomer_at_the_field(desk, shop, field, value, said):
    facts = {
        "email": "nora@x.example",
        "name": "Nora",
        "role": "advisor",
        "password": "a quiet harbour 7",
    } | {field: value}
    response = desk.post(reverse("settings-team"), facts)
    page = response.content.decode()
    assert response.status_code == 422
    assert said in page
    assert f'id="id_{field}_error"' in page
    assert "a quiet harbour 7" not in page
    assert Membership.objects.for_shop(shop).count() == 1


def test_changes_roles_and_access(desk, shop):
    member = staff(shop, Role.ADVISOR)
    for name, facts, state in (
        ("settings-team-role", {"role": "manager"}, ("manager", True)),
        ("settings-team-deactivate", {}, ("manager", False)),
        ("settings-team-reactivate", {}, ("manager", True)),
    ):
        assert desk.post(reverse(name, args=[member.pk]), facts).status_code == 303
        member.refresh_from_db()
        assert (member.role, member.is_active) == state


def test_the_last_owner_is_protected_and_told_why(desk, shop, owner):
    for name, facts in (
        ("settings-team-role", {"role": "advisor"}),
        ("settings-team-deactivate", {}),
    ):
        response = desk.post(reverse(name, args=[owner.pk]), facts)
        assert response.status_code == 409
        assert "The shop needs an owner." in response.content.decode()
    owner.refresh_from_db()
    assert (owner.role, owner.is_active) == ("owner", True)


def test_a_role_that_is_none_is_refused(desk, shop):
    member = staff(shop, Role.ADVISOR)
    response = desk.post(reverse("settings-team-role", args=[member.pk]), {"role": "boss"})
    assert response.status_code == 422
    member.refresh_from_db()
    assert member.role == "advisor"


def test_a_manager_makes_and_unmakes_no_owner(client, shop, owner):
    client.force_login(staff(shop, Role.MANAGER).user)
    page = client.get(reverse("settings-team")).content.decode()
    assert '<option value="owner"' not in page
    member = staff(shop, Role.ADVISOR)
    url = reverse("settings-team-role", args=[member.pk])
    assert client.post(url, {"role": "owner"}).status_code == 422
    for name in ("settings-team-deactivate", "settings-team-reactivate"):
        assert client.post(reverse(name, args=[owner.pk])).status_code == 403
    member.refresh_from_db()
    owner.refresh_from_db()
    assert (member.role, owner.is_active) == ("advisor", True)


def test_another_shops_member_is_not_there(desk):
    foreign = MembershipFactory()
    for name in ("settings-team-role", "settings-team-deactivate", "settings-team-reactivate"):
        assert desk.post(reverse(name, args=[foreign.pk]), {"role": "advisor"}).status_code == 404
    foreign.refresh_from_db()
    assert (foreign.role, foreign.is_active) == ("owner", True)


def test_shows_a_new_token_once(desk, shop, owner):
    url = reverse("settings-tokens")
    response = desk.post(url, {"label": "Accounting"})
    key = response.context["key"]
    assert response.status_code == 200
    assert key in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    token = ApiToken.objects.get()
    assert (token.user, token.shop, token.key_sha256) == (owner.user, shop, sha256_hex(key))
    page = desk.get(url).content.decode()
    assert key not in page
    assert "Accounting" in page
    assert desk.post(url, {"label": ""}).status_code == 422


def test_revokes_ones_own_token_only(desk, shop, owner):
    mine = ApiTokenFactory(shop=shop, user=owner.user)
    anothers = ApiTokenFactory(shop=shop, user=staff(shop, Role.MANAGER).user)
    elsewhere = ApiTokenFactory(user=owner.user)
    assert desk.post(reverse("settings-token-revoke", args=[mine.pk])).status_code == 303
    for token in (anothers, elsewhere):
        url = reverse("settings-token-revoke", args=[token.pk])
        assert desk.post(url).status_code == 404
    for token in (mine, anothers, elsewhere):
        token.refresh_from_db()
    assert mine.revoked_at is not None
    assert (anothers.revoked_at, elsewhere.revoked_at) == (None, None)
