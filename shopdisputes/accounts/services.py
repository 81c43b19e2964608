"""Who works in a shop, and the tokens of their programs."""

import secrets
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from shopdisputes.accounts.models import ApiToken, User
from shopdisputes.actors import MANAGEMENT, Actor, Role
from shopdisputes.audit import services as audit
from shopdisputes.canonical import sha256_hex
from shopdisputes.errors import Conflict, Forbidden, Refused
from shopdisputes.shops.models import Membership, Shop

#: Tells people and secret scanners what a leaked string is.
KEY_PREFIX = "sd_"
_HINT_LENGTH = 8


class AlreadyMember(Conflict):
    """One person works in a shop once."""

    code = "already-member"
    default_message = _("This person already works here.")


class LastOwner(Conflict):
    """Without an owner nobody could ever let anybody in again."""

    code = "last-owner"
    default_message = _("The shop needs an owner. Make somebody else an owner first.")


class OwnersOnly(Forbidden):
    """Managers may not make or unmake owners: they could help themselves to the shop."""

    code = "owners-only"
    default_message = _("Only an owner may do this to an owner.")


class WeakPassword(Refused):
    """The password is missing or too easy to guess."""

    code = "weak-password"
    default_message = _("This person is new here and needs a first password.")


@transaction.atomic
def add_member(
    *,
    shop: Shop,
    email: str,
    name: str,
    role: str,
    password: str = "",
    by: Actor,
    at: datetime,
) -> Membership:
    """Let a person work in the shop; who never logged in anywhere gets ``password`` at first.

    An existing person keeps their name and password; both arguments are then ignored, so a
    shop can not change the log-in of somebody who also works elsewhere. A membership that was
    deactivated comes to life again with the new role.

    Raises:
        AlreadyMember: they work here already.
        OwnersOnly: a manager adds an owner.
        WeakPassword: a new person without a usable password.
    """
    _guard_owner(role, by=by)
    address = email.strip().lower()
    user = User.objects.filter(email__iexact=address).first()
    if user is None:
        user = _new_user(address, name=name, password=password, language=shop.language)
    membership, created = Membership.objects.select_for_update().get_or_create(
        shop=shop, user=user, defaults={"role": role, "created_at": at}
    )
    if not created:
        if membership.is_active:
            raise AlreadyMember(fields={"email": AlreadyMember.default_message})
        membership.role = role
        membership.is_active = True
        membership.save(update_fields=["role", "is_active"])
    audit.record(
        shop=shop,
        action="member.added",
        target=membership,
        by=by,
        at=at,
        data={"email": user.email, "name": user.name, "role": role},
    )
    return membership


@transaction.atomic
def change_role(*, membership: Membership, role: str, by: Actor, at: datetime) -> Membership:
    """Give a member another role.

    Raises:
        OwnersOnly: a manager makes or unmakes an owner.
        LastOwner: the shop would be left without one.
    """
    membership = _locked(membership)
    _guard_owner(membership.role, by=by)
    _guard_owner(role, by=by)
    if membership.role == role:
        return membership
    if membership.role == Role.OWNER and membership.is_active:
        _another_owner(membership)
    old, membership.role = membership.role, role
    membership.save(update_fields=["role"])
    _record_change(membership, "role", old, role, by=by, at=at)
    return membership


@transaction.atomic
def deactivate_member(*, membership: Membership, by: Actor, at: datetime) -> Membership:
    """Shut a member out of this shop; their tokens for it stop at once. Twice is harmless.

    Raises:
        OwnersOnly: a manager shuts out an owner.
        LastOwner: the shop would be left without one.
    """
    membership = _locked(membership)
    _guard_owner(membership.role, by=by)
    if not membership.is_active:
        return membership
    if membership.role == Role.OWNER:
        _another_owner(membership)
    membership.is_active = False
    membership.save(update_fields=["is_active"])
    tokens = ApiToken.objects.for_shop(membership.shop).filter(
        user_id=membership.user_id, revoked_at=None
    )
    for token in tokens:
        revoke_token(token=token, by=by, at=at)
    _record_change(membership, "is_active", True, False, by=by, at=at)
    return membership


@transaction.atomic
def reactivate_member(*, membership: Membership, by: Actor, at: datetime) -> Membership:
    """Let a member in again, in the role they had. Twice is harmless.

    Raises:
        OwnersOnly: a manager lets an owner in.
    """
    membership = _locked(membership)
    _guard_owner(membership.role, by=by)
    if not membership.is_active:
        membership.is_active = True
        membership.save(update_fields=["is_active"])
        _record_change(membership, "is_active", False, True, by=by, at=at)
    return membership


@transaction.atomic
def create_token(
    *, user: User, shop: Shop, label: str = "", by: Actor, at: datetime
) -> tuple[ApiToken, str]:
    """Make a token for a program that acts as ``user`` in ``shop``; return it with its key.

    The key is shown this once: only its SHA-256 is kept.

    Raises:
        Forbidden: ``user`` does not work in ``shop``.
    """
    if not Membership.objects.for_shop(shop).active_for(user).exists():
        raise Forbidden(_("This person does not work in this shop."))
    key = KEY_PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        shop=shop,
        user=user,
        key_sha256=sha256_hex(key),
        hint=key[:_HINT_LENGTH],
        label=label,
        created_at=at,
    )
    audit.record(
        shop=shop,
        action="token.created",
        target=token,
        by=by,
        at=at,
        data={"label": label, "email": user.email},
    )
    return token, key


@transaction.atomic
def revoke_token(*, token: ApiToken, by: Actor, at: datetime) -> ApiToken:
    """End a token; twice is harmless."""
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at):
        audit.record(
            shop=token.shop,
            action="token.revoked",
            target=token,
            by=by,
            at=at,
            data={"label": token.label, "email": token.user.email},
        )
    token.refresh_from_db(fields=["revoked_at"])
    return token


def _new_user(email: str, *, name: str, password: str, language: str) -> User:
    user = User(email=email, name=name, language=language)
    if not password:
        raise WeakPassword(fields={"password": WeakPassword.default_message})
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise WeakPassword(
            error.messages[0], fields={"password": " ".join(error.messages)}
        ) from error
    try:
        with transaction.atomic():
            return User.objects.create_user(email, password, name=name, language=language)
    except IntegrityError:
        # Somebody else added this person in this moment; their name and password count.
        return User.objects.get(email__iexact=email)


def _locked(membership: Membership) -> Membership:
    """Lock the shop's owners and this member, in one order: who is last must not change."""
    rows = Membership.objects.filter(shop_id=membership.shop_id).order_by("pk")
    for row in rows.select_for_update():
        if row.pk == membership.pk:
            return Membership.objects.select_related("shop", "user").get(pk=row.pk)
    raise Membership.DoesNotExist


def _another_owner(membership: Membership) -> None:
    others = Membership.objects.filter(
        shop_id=membership.shop_id, role=Role.OWNER, is_active=True, user__is_active=True
    ).exclude(pk=membership.pk)
    if not others.exists():
        raise LastOwner


def _guard_owner(role: str, *, by: Actor) -> None:
    if role == Role.OWNER and by.role in MANAGEMENT - {Role.OWNER}:
        raise OwnersOnly


def _record_change(
    membership: Membership, field: str, old: object, new: object, *, by: Actor, at: datetime
) -> None:
    audit.record(
        shop=membership.shop,
        action="member.changed",
        target=membership,
        by=by,
        at=at,
        data={"email": membership.user.email, "changes": {field: {"old": old, "new": new}}},
    )
