"""The staff's pages of the kernel. Every app adds its own beside them."""

from django.urls import URLPattern, path

from shopdisputes.web.pages import (
    account,
    checkin,
    customers,
    documents,
    files,
    mail,
    repair_orders,
    saved_views,
    search,
    shop_settings,
    team,
    today,
    vehicles,
)

# The frame: home, search, one's own account.
_frame: list[URLPattern] = [
    path("", today.today, name="today"),
    path("search/", search.search, name="search"),
    path("account/", account.account, name="account"),
    path("account/shop/", account.choose_shop, name="account-shop"),
    path("account/language/", account.choose_language, name="account-language"),
    path("account/views/<slug:page>/save/", saved_views.save, name="saved-view-save"),
    path("account/views/<uuid:view_id>/delete/", saved_views.delete, name="saved-view-delete"),
]

# Customers and their vehicles.
_customers: list[URLPattern] = [
    path("customers/", customers.customer_list, name="customer-list"),
    path("customers/export.csv", customers.customer_export, name="customer-export"),
    path("customers/new/", customers.customer_new, name="customer-new"),
    path("customers/<uuid:pk>/", customers.customer, name="customer"),
    path("customers/<uuid:pk>/edit/", customers.customer_edit, name="customer-edit"),
    path("customers/<uuid:pk>/vehicles/new/", vehicles.vehicle_new, name="vehicle-new"),
    path("vehicles/<uuid:pk>/edit/", vehicles.vehicle_edit, name="vehicle-edit"),
]

# Repair orders.
_repair_orders: list[URLPattern] = [
    path("repair-orders/", repair_orders.repair_order_list, name="repair-order-list"),
    path("repair-orders/export.csv", repair_orders.repair_order_export, name="repair-order-export"),
    path("repair-orders/new/", checkin.repair_order_new, name="repair-order-new"),
    path("repair-orders/<str:number>/", repair_orders.repair_order, name="repair-order"),
    path(
        "repair-orders/<str:number>/edit/",
        repair_orders.repair_order_edit,
        name="repair-order-edit",
    ),
    path(
        "repair-orders/<str:number>/close/",
        repair_orders.repair_order_close,
        name="repair-order-close",
    ),
    path(
        "repair-orders/<str:number>/cancel/",
        repair_orders.repair_order_cancel,
        name="repair-order-cancel",
    ),
    path(
        "repair-orders/<str:number>/reopen/",
        repair_orders.repair_order_reopen,
        name="repair-order-reopen",
    ),
]

# Mail, documents and files.
_papers: list[URLPattern] = [
    path("mail/", mail.email_list, name="email-list"),
    path("mail/<uuid:pk>/", mail.email, name="email"),
    path("mail/<uuid:pk>/body/", mail.email_body, name="email-body"),
    path("mail/<uuid:pk>/settle/", mail.email_settle, name="email-settle"),
    path("mail/<uuid:pk>/send-again/", mail.email_send_again, name="email-send-again"),
    path("documents/<uuid:pk>/", documents.document, name="document"),
    path("files/<uuid:file_id>/<str:variant>/", files.file, name="file"),
]

# How the shop works.
_settings: list[URLPattern] = [
    path("settings/", shop_settings.identity, name="settings"),
    path("settings/logo/", shop_settings.logo, name="settings-logo"),
    path("settings/logo/remove/", shop_settings.logo_remove, name="settings-logo-remove"),
    path("settings/rates/", shop_settings.rates, name="settings-rates"),
    path("settings/texts/", shop_settings.text_list, name="settings-texts"),
    path("settings/texts/<slug:code>/<slug:language>/", shop_settings.text, name="settings-text"),
    path("settings/signatures/", shop_settings.signatures, name="settings-signatures"),
    path("settings/links/", shop_settings.links, name="settings-links"),
    path("settings/hours/", shop_settings.hours, name="settings-hours"),
    path("settings/team/", team.team, name="settings-team"),
    path("settings/team/<uuid:pk>/role/", team.team_role, name="settings-team-role"),
    path(
        "settings/team/<uuid:pk>/deactivate/",
        team.team_deactivate,
        name="settings-team-deactivate",
    ),
    path(
        "settings/team/<uuid:pk>/reactivate/",
        team.team_reactivate,
        name="settings-team-reactivate",
    ),
    path("settings/tokens/", team.tokens, name="settings-tokens"),
    path("settings/tokens/<uuid:pk>/revoke/", team.token_revoke, name="settings-token-revoke"),
]

urlpatterns = [*_frame, *_customers, *_repair_orders, *_papers, *_settings]
