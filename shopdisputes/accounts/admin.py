"""Shops, people and their tokens in the Django admin: what administrators do change."""

from typing import Any, ClassVar

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from shopdisputes.accounts import shop_settings
from shopdisputes.accounts.models import ApiToken, SavedView, User
from shopdisputes.actors import Actor, Role
from shopdisputes.shops.administration import ReadOnly, ReadOnlyAdmin
from shopdisputes.shops.models import Membership, Shop


def administrator(request: HttpRequest) -> Actor:
    """Return who is at work in the administration, for the audit trail."""
    return Actor(
        role=Role.ADMINISTRATOR,
        name=str(request.user),
        user_id=request.user.pk,
        ip_address=str(request.META.get("REMOTE_ADDR", "")),
        user_agent=request.headers.get("User-Agent", ""),
    )


class MembershipInline(ReadOnly, admin.TabularInline):
    """Who works in a shop, or where somebody works."""

    model = Membership
    fields = ("shop", "user", "role", "is_active", "created_at")
    extra = 0


@admin.register(Shop)
class ShopAdmin(admin.ModelAdmin):
    """Shops. They are opened by ``create_shop``, which also gives them texts and an owner."""

    list_display = ("name", "slug", "country", "currency", "jurisdiction", "created_at")
    list_filter = ("country", "jurisdiction", "language")
    search_fields = ("name", "slug", "legal_name", "registration_number", "email", "city")
    ordering = ("name",)
    # Amounts already written are in the currency; addresses and numbers hold the short name.
    readonly_fields = ("slug", "currency", "created_at", "logo_sha256")
    inlines = (MembershipInline,)
    formfield_overrides: ClassVar = {models.URLField: {"assume_scheme": "https"}}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Shop | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Shop, form: Any, change: bool) -> None:
        """Change through the service, so that the trail knows."""
        shop_settings.change(
            shop=obj,
            section="administration",
            values={name: form.cleaned_data[name] for name in form.changed_data},
            by=administrator(request),
            at=timezone.now(),
        )


class UserCreation(AdminUserCreationForm):
    """A person who logs in by e-mail."""

    class Meta:
        model = User
        fields = ("email", "name")

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()


class UserChange(UserChangeForm):
    """What is known of a person."""

    class Meta:
        model = User
        fields = "__all__"
        field_classes: ClassVar[dict[str, type[forms.Field]]] = {}


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    """People. Nobody is deleted: what they did keeps their name."""

    form = UserChange
    add_form = UserCreation
    list_display = ("email", "name", "language", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser", "language")
    search_fields = ("email", "name")
    ordering = ("email",)
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("email", "name", "password")}),
        (_("Preferences"), {"fields": ("language", "theme")}),
        (
            _("Administration"),
            {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")},
        ),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": ("email", "name", "usable_password", "password1", "password2"),
            },
        ),
    )
    inlines = (MembershipInline,)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    """Who works where. Changed on the shop's team page, which guards the last owner."""

    list_display = ("user", "shop", "role", "is_active", "created_at")
    list_filter = ("role", "is_active", "shop")
    list_select_related = ("user", "shop")
    search_fields = ("user__email", "user__name", "shop__name")
    ordering = ("shop__name", "user__email")


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    """Tokens of programs; neither key nor its hash is shown."""

    list_display = ("label", "hint", "user", "shop", "last_used_on", "revoked_at")
    list_filter = ("shop", "revoked_at")
    list_select_related = ("user", "shop")
    search_fields = ("label", "hint", "user__email", "shop__name")
    ordering = ("-created_at",)
    exclude = ("key_sha256",)


@admin.register(SavedView)
class SavedViewAdmin(ReadOnlyAdmin):
    """Filters that people keep; each is its person's own."""

    list_display = ("name", "page", "user", "shop", "created_at")
    list_filter = ("page", "shop")
    list_select_related = ("user", "shop")
    search_fields = ("name", "page", "user__email", "shop__name")
    ordering = ("-created_at",)


# allauth's own page shows the secret from which a second factor's codes are made.
admin.site.unregister(Authenticator)


@admin.register(Authenticator)
class AuthenticatorAdmin(admin.ModelAdmin):
    """Second factors. Somebody who lost theirs is helped by deleting it."""

    list_display = ("user", "type", "created_at", "last_used_at")
    list_filter = ("type",)
    list_select_related = ("user",)
    search_fields = ("user__email", "user__name")
    ordering = ("user__email",)
    exclude = ("data",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Authenticator | None = None) -> bool:
        return False
