"""The staff's pages of the kernel. Every app adds its own beside them."""

from django.urls import URLPattern, path

from shopdisputes.web.pages import account, search, today

# The frame: home, search, one's own account.
_frame: list[URLPattern] = [
    path("", today.today, name="today"),
    path("search/", search.search, name="search"),
    path("account/", account.account, name="account"),
    path("account/shop/", account.choose_shop, name="account-shop"),
    path("account/language/", account.choose_language, name="account-language"),
]

# Customers and their vehicles.
_customers: list[URLPattern] = []

# Repair orders.
_repair_orders: list[URLPattern] = []

# Mail, documents and files.
_papers: list[URLPattern] = []

# How the shop works.
_settings: list[URLPattern] = []

urlpatterns = [*_frame, *_customers, *_repair_orders, *_papers, *_settings]
