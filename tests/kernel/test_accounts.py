"""Who works in a shop, and the tokens of their programs."""

import pytest

from shopdisputes.accounts import services, shop_settings
from shopdisputes.accounts.models import ApiToken, User
from shopdisputes.actors import Actor, Role
from shopdisputes.audit.models import AuditEvent
from shopdisputes.canonical import sha256_hex
from shopdisputes.errors import Forbidden
from shopdisputes.shops.models import Membership
from tests.factories import NOW, PASSWORD, ShopFactory, UserFactory, staff
from tests.races import overtake

pytestmark = pytest.mark.django_db

BY_ANNE = Actor(role=Role.OWNER, name="Anne")
MANAGER = Actor(role=Role.MANAGER, name="Max")


def last_event(shop):
    return AuditEvent.objects.for_shop(shop).order_by("-sequence").first()


def add(shop, by, **changes):
    facts = {
        "email": "New@X.example",
        "name": "Nora",
        "role": "advisor",
        "password": "a quiet harbour 7",
    } | changes
    return services.add_member(shop=shop, **facts, by=by, at=NOW)


def test_lets_somebody_new_in_with_a_first_password(shop, by):
    member = add(shop, by)
    assert (member.user.email, member.user.name, member.role) == (
        "new@x.example",
        "Nora",
        "advisor",
    )
    assert member.user.check_password("a quiet harbour 7")
    assert last_event(shop).action == "member.added"
    assert "quiet" not in str(last_event(shop).data)


@pytest.mark.parametrize("password", ["", "short", "password123456", "new@x.example"])
def test_refuses_a_password_that_is_no_protection(shop, by, password):
    with pytest.raises(services.WeakPassword) as refusal:
        add(shop, by, password=password)
    assert list(refusal.value.fields) == ["password"]
    assert not User.objects.filter(email="new@x.example").exists()
    assert not Membership.objects.for_shop(shop).filter(role="advisor").exists()


def test_never_touches_the_log_in_of_somebody_who_works_elsewhere(shop, by):
    user = UserFactory(email="new@x.example", name="Nora Elsewhere")
    member = add(shop, by, name="Changed", password="another good word 8")
    assert member.user == user
    user.refresh_from_db()
    assert user.name == "Nora Elsewhere"
    assert user.check_password(PASSWORD)


def test_nobody_is_added_twice(shop, by):
    add(shop, by)
    with pytest.raises(services.AlreadyMember):
        add(shop, by, role="manager")
    assert Membership.objects.for_shop(shop).get(user__email="new@x.example").role == "advisor"


def test_adding_somebody_again_gives_a_lost_access_back(shop, by):
    member = add(shop, by)
    services.deactivate_member(membership=member, by=by, at=NOW)
    again = add(shop, by, role="technician")
    assert again.pk == member.pk
    assert (again.is_active, again.role) == (True, "technician")


def test_a_manager_makes_no_owners(shop):
    with pytest.raises(services.OwnersOnly):
        add(shop, MANAGER, role="owner")
    member = staff(shop, Role.ADVISOR)
    with pytest.raises(services.OwnersOnly):
        services.change_role(membership=member, role="owner", by=MANAGER, at=NOW)
    member.refresh_from_db()
    assert member.role == "advisor"


def test_a_manager_does_not_unmake_owners(shop, owner):
    staff(shop, Role.OWNER)
    for act in (services.deactivate_member, services.reactivate_member):
        with pytest.raises(services.OwnersOnly):
            act(membership=owner, by=MANAGER, at=NOW)
    with pytest.raises(services.OwnersOnly):
        services.change_role(membership=owner, role="advisor", by=MANAGER, at=NOW)
    owner.refresh_from_db()
    assert (owner.role, owner.is_active) == ("owner", True)


def test_changes_a_role_and_says_what_it_was(shop, by):
    member = staff(shop, Role.ADVISOR, email="a@x.example")
    services.change_role(membership=member, role="manager", by=by, at=NOW)
    member.refresh_from_db()
    assert member.role == "manager"
    assert last_event(shop).data == {
        "email": "a@x.example",
        "changes": {"role": {"old": "advisor", "new": "manager"}},
    }


def test_the_same_role_leaves_no_trace(shop, by):
    services.change_role(membership=staff(shop, Role.ADVISOR), role="advisor", by=by, at=NOW)
    assert last_event(shop) is None


def test_the_last_owner_stays(shop, owner, by):
    # Neither somebody shut out nor somebody whose log-in is closed could act as an owner.
    Membership.objects.filter(pk=staff(shop, Role.OWNER).pk).update(is_active=False)
    staff(shop, Role.OWNER, is_active=False)
    with pytest.raises(services.LastOwner):
        services.change_role(membership=owner, role="manager", by=by, at=NOW)
    with pytest.raises(services.LastOwner):
        services.deactivate_member(membership=owner, by=by, at=NOW)
    owner.refresh_from_db()
    assert (owner.role, owner.is_active) == ("owner", True)


def test_one_of_two_owners_may_step_down(shop, owner, by):
    staff(shop, Role.OWNER)
    services.change_role(membership=owner, role="manager", by=by, at=NOW)
    owner.refresh_from_db()
    assert owner.role == "manager"


def test_one_of_two_owners_may_leave(shop, owner, by):
    staff(shop, Role.OWNER)
    services.deactivate_member(membership=owner, by=by, at=NOW)
    owner.refresh_from_db()
    assert not owner.is_active


def test_an_owner_without_access_may_be_made_something_else(shop, owner, by):
    second = staff(shop, Role.OWNER)
    services.deactivate_member(membership=second, by=by, at=NOW)
    services.change_role(membership=second, role="advisor", by=by, at=NOW)
    second.refresh_from_db()
    assert second.role == "advisor"


def test_who_leaves_takes_no_token_along(shop, by):
    member = staff(shop, Role.ADVISOR)
    here, _key = services.create_token(user=member.user, shop=shop, by=by, at=NOW)
    elsewhere = staff(ShopFactory(), Role.OWNER)
    Membership.objects.create(shop=elsewhere.shop, user=member.user, role="advisor", created_at=NOW)
    there, _key = services.create_token(user=member.user, shop=elsewhere.shop, by=by, at=NOW)
    services.deactivate_member(membership=member, by=by, at=NOW)
    here.refresh_from_db()
    there.refresh_from_db()
    assert (here.revoked_at, there.revoked_at) == (NOW, None)


def test_taking_access_away_or_giving_it_back_twice_is_harmless(shop, by):
    member = staff(shop, Role.ADVISOR)
    for _ in range(2):
        services.deactivate_member(membership=member, by=by, at=NOW)
    for _ in range(2):
        services.reactivate_member(membership=member, by=by, at=NOW)
    assert AuditEvent.objects.for_shop(shop).filter(action="member.changed").count() == 2
    member.refresh_from_db()
    assert member.is_active


def test_a_membership_that_is_gone_cannot_be_changed(shop, by):
    member = staff(shop, Role.ADVISOR)
    Membership.objects.filter(pk=member.pk).delete()
    with pytest.raises(Membership.DoesNotExist):
        services.change_role(membership=member, role="manager", by=by, at=NOW)


def test_a_token_is_shown_once_and_kept_as_a_hash(shop, owner, by):
    token, key = services.create_token(
        user=owner.user, shop=shop, label="Accounting", by=by, at=NOW
    )
    assert key.startswith("sd_")
    assert len(key) > 40
    row = ApiToken.objects.values().get(pk=token.pk)
    assert row["key_sha256"] == sha256_hex(key)
    assert key not in str(row)
    assert key not in str(last_event(shop).data)


def test_nobody_gets_a_token_for_a_shop_where_they_do_not_work(shop, by):
    stranger = staff(ShopFactory())
    with pytest.raises(Forbidden):
        services.create_token(user=stranger.user, shop=shop, by=by, at=NOW)
    assert not ApiToken.objects.exists()


def test_revokes_a_token_once(shop, owner, by):
    token, _key = services.create_token(user=owner.user, shop=shop, by=by, at=NOW)
    for _ in range(2):
        assert services.revoke_token(token=token, by=by, at=NOW).revoked_at == NOW
    assert AuditEvent.objects.for_shop(shop).filter(action="token.revoked").count() == 1


def test_an_administrator_is_a_person_with_every_right():
    made = User.objects.create_superuser(" Root@X.example ", "a quiet harbour 7", name="Root")
    assert (made.email, made.is_staff, made.is_superuser) == ("root@x.example", True, True)


def test_an_address_is_the_same_in_any_case():
    user = UserFactory(email="nora@x.example", name="Nora")
    assert User.objects.get_by_natural_key("NORA@X.example") == user
    assert (user.get_full_name(), user.get_short_name()) == ("Nora", "Nora")


def test_a_token_opens_nothing_once_it_or_its_person_is_closed(shop, owner, by):
    token, _key = services.create_token(user=owner.user, shop=shop, by=by, at=NOW)
    assert list(ApiToken.objects.live()) == [token]
    User.objects.filter(pk=owner.user_id).update(is_active=False)
    assert list(ApiToken.objects.live()) == []
    User.objects.filter(pk=owner.user_id).update(is_active=True)
    services.revoke_token(token=token, by=by, at=NOW)
    assert list(ApiToken.objects.live()) == []


def test_settings_keep_old_and_new_of_what_changed(shop, by):
    shop_settings.change(
        shop=shop,
        section="links",
        values={"link_life_days": 14, "estimate_validity_days": shop.estimate_validity_days},
        by=by,
        at=NOW,
    )
    shop.refresh_from_db()
    assert shop.link_life_days == 14
    assert last_event(shop).data == {
        "section": "links",
        "changes": {"link_life_days": {"old": 30, "new": 14}},
    }


def test_settings_saved_unchanged_leave_no_trace(shop, by):
    shop_settings.change(
        shop=shop, section="rates", values={"labour_rate": shop.labour_rate}, by=by, at=NOW
    )
    assert last_event(shop) is None


@pytest.mark.django_db(transaction=True)
def test_the_last_two_owners_cannot_both_leave_at_once():
    shop = ShopFactory()
    anne, boris = staff(shop, Role.OWNER), staff(shop, Role.OWNER)
    first, second = overtake(
        lambda: services.deactivate_member(membership=anne, by=BY_ANNE, at=NOW),
        lambda: services.change_role(membership=boris, role="advisor", by=BY_ANNE, at=NOW),
        pause_in="shopdisputes.audit.services.record",
    )
    assert first.exception() is None
    assert isinstance(second.exception(), services.LastOwner)
    boris.refresh_from_db()
    assert (boris.role, boris.is_active) == ("owner", True)


@pytest.mark.django_db(transaction=True)
def test_two_who_add_the_same_person_at_once_add_them_once():
    shop = ShopFactory()
    UserFactory(email="new@x.example")
    first, second = overtake(
        lambda: add(shop, BY_ANNE),
        lambda: add(shop, BY_ANNE, role="manager"),
        pause_in="shopdisputes.audit.services.record",
    )
    assert first.result().role == "advisor"
    assert isinstance(second.exception(), services.AlreadyMember)
    assert Membership.objects.for_shop(shop).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_add_the_same_new_person_at_once_make_one_log_in():
    shop = ShopFactory()
    first, second = overtake(
        lambda: add(shop, BY_ANNE),
        lambda: add(shop, BY_ANNE, role="manager"),
        pause_in="shopdisputes.audit.services.record",
    )
    assert first.result().role == "advisor"
    assert isinstance(second.exception(), services.AlreadyMember)
    assert User.objects.filter(email="new@x.example").count() == 1
