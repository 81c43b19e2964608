"""Addresses of the frame, customers, vehicles, repair orders, mail, files, settings."""

from typing import Any

from shopdisputes.actors import DESK, MANAGEMENT, STAFF, Role
from tests.architecture.routes.rows import Behind, Call, Open, Page, api, customer, order
from tests.architecture.worlds import World


def _vehicle(world: World, role: Role) -> dict[str, Any]:
    return {"pk": world.vehicle.pk}


def _email(world: World, role: Role) -> dict[str, Any]:
    return {"pk": world.doubtful_email.pk}


def _failed_email(world: World, role: Role) -> dict[str, Any]:
    return {"pk": world.failed_email.pk}


def _document(world: World, role: Role) -> dict[str, Any]:
    return {"pk": world.document.pk}


def _file(world: World, role: Role) -> dict[str, Any]:
    return {"file_id": world.file.pk, "variant": "original"}


def _member(world: World, role: Role) -> dict[str, Any]:
    return {"pk": world.team[Role.TECHNICIAN].pk}


def _api_token(world: World, role: Role) -> dict[str, Any]:
    return {"pk": world.tokens[role].pk}


def _text(world: World, role: Role) -> dict[str, Any]:
    return {"code": "authorization", "language": "en"}


def _own_shop(world: World, role: Role) -> dict[str, Any]:
    return {"shop": str(world.shop.pk)}


def _list(_world: World, role: Role) -> dict[str, Any]:
    return {"page": "invoice-list"}


def _saved_view(world: World, role: Role) -> dict[str, Any]:
    return {"view_id": world.saved_views[role].pk}


PAGES = [
    # The frame
    Page("today", get=STAFF),
    Page("search", get=STAFF, query="q=Camille"),
    Page("account", get=STAFF, post=STAFF),
    Page("account-shop", post=STAFF, body=_own_shop),
    Page("account-language", post=STAFF),
    Page("saved-view-save", post=STAFF, arguments=_list, of_one_shop=False),
    Page("saved-view-delete", post=STAFF, arguments=_saved_view),
    # Customers and vehicles
    Page("customer-list", get=STAFF),
    Page("customer-export", get=DESK),
    Page("customer-new", get=DESK, post=DESK),
    Page("customer", get=STAFF, arguments=customer),
    Page("customer-edit", get=DESK, post=DESK, arguments=customer),
    Page("vehicle-new", get=DESK, post=DESK, arguments=customer),
    Page("vehicle-edit", get=DESK, post=DESK, arguments=_vehicle),
    # Repair orders
    Page("repair-order-list", get=STAFF),
    Page("repair-order-export", get=DESK),
    Page("repair-order-new", get=DESK, post=DESK, query="q=Camille"),
    Page("repair-order", get=STAFF, arguments=order),
    Page("repair-order-edit", get=DESK, post=DESK, arguments=order),
    Page("repair-order-close", post=DESK, arguments=order),
    Page("repair-order-cancel", post=DESK, arguments=order),
    Page("repair-order-reopen", post=DESK, arguments=order),
    # Mail, documents, files
    Page("email-list", get=DESK),
    Page("email", get=DESK, arguments=_email),
    Page("email-body", get=DESK, arguments=_email),
    Page("email-settle", post=DESK, arguments=_email),
    Page("email-send-again", post=DESK, arguments=_failed_email),
    Page("document", get=STAFF, arguments=_document),
    Page("file", get=STAFF, arguments=_file),
    # How the shop works
    Page("settings", get=MANAGEMENT, post=MANAGEMENT),
    Page("settings-logo", get=MANAGEMENT, post=MANAGEMENT),
    Page("settings-logo-remove", post=MANAGEMENT),
    Page("settings-rates", get=MANAGEMENT, post=MANAGEMENT),
    Page("settings-texts", get=MANAGEMENT),
    Page("settings-text", get=MANAGEMENT, post=MANAGEMENT, arguments=_text, of_one_shop=False),
    Page("settings-signatures", get=MANAGEMENT, post=MANAGEMENT),
    Page("settings-links", get=MANAGEMENT, post=MANAGEMENT),
    Page("settings-hours", get=MANAGEMENT, post=MANAGEMENT),
    Page("settings-team", get=MANAGEMENT, post=MANAGEMENT),
    Page("settings-team-role", post=MANAGEMENT, arguments=_member),
    Page("settings-team-deactivate", post=MANAGEMENT, arguments=_member),
    Page("settings-team-reactivate", post=MANAGEMENT, arguments=_member),
    Page("settings-tokens", get=MANAGEMENT, post=MANAGEMENT),
    Page("settings-token-revoke", post=MANAGEMENT, arguments=_api_token),
]


CALLS = [
    Call("api-customer-list", get=STAFF, post=DESK),
    Call("api-customer-detail", get=STAFF, patch=DESK, arguments=api("customer")),
    Call("api-vehicle-list", get=STAFF, post=DESK),
    Call("api-vehicle-detail", get=STAFF, patch=DESK, arguments=api("vehicle")),
    Call("api-repair-order-list", get=STAFF, post=DESK),
    Call("api-repair-order-detail", get=STAFF, patch=DESK, arguments=api("order")),
    Call("api-repair-order-close", post=DESK, arguments=api("order")),
    Call("api-repair-order-cancel", post=DESK, arguments=api("order")),
    Call("api-repair-order-reopen", post=DESK, arguments=api("order")),
]


BEHIND_LINKS: list[Behind] = []

OPEN = [
    Open("healthz", get=200, post=405),
    Open("healthz-progress", get=200, post=405),
    Open("api-schema", get=200, post=405),
    Open("api-docs", get=200, post=405),
    Open("api-nothing", get=404, post=404),
    Open("fresh-link", get=405, post=200),
]

_KEY = {"uidb36": "1", "key": "set-password"}

#: allauth's own pages, as somebody sees them who has not logged in.
LOG_IN = [
    Open("account_login", get=200, post=200),
    Open("account_logout", get=302, post=302),
    Open("account_inactive", get=200, post=405),
    Open("account_signup", get=200, post=200),
    Open("account_reauthenticate", get=302, post=302),
    Open("account_email", get=302, post=302),
    Open("account_email_verification_sent", get=200, post=405),
    Open("account_change_password", get=302, post=302),
    Open("account_set_password", get=302, post=302),
    Open("account_reset_password", get=200, post=200),
    Open("account_reset_password_done", get=200, post=405),
    Open("account_reset_password_from_key", get=200, post=200, arguments=_KEY),
    Open("account_reset_password_from_key_done", get=200, post=405),
    Open("account_confirm_email", get=200, post=404, arguments={"key": "nothing"}),
    Open("account_confirm_login_code", get=302, post=302),
    Open("mfa_index", get=302, post=302),
    Open("mfa_authenticate", get=302, post=302),
    Open("mfa_reauthenticate", get=302, post=302),
    Open("mfa_activate_totp", get=302, post=302),
    Open("mfa_deactivate_totp", get=302, post=302),
    Open("mfa_view_recovery_codes", get=302, post=302),
    Open("mfa_generate_recovery_codes", get=302, post=302),
    Open("mfa_download_recovery_codes", get=302, post=302),
]
