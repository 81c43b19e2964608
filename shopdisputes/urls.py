"""The composition root of the addresses: every page, link and call of the product."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from shopdisputes.ops import views as ops

# The admin's own log-in form would be a second door without the second factor.
admin.autodiscover()
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("healthz/", ops.alive, name="healthz"),
    path("healthz/progress/", ops.progress, name="healthz-progress"),
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("api/v1/", include("shopdisputes.api.urls")),
    path("c/", include("inspections.public_urls")),
    path("c/", include("estimates.public_urls")),
    path("c/", include("invoices.public_urls")),
    path("c/", include("disputes.public_urls")),
    path("r/", include("disputes.resolver_urls")),
    path("c/", include("shopdisputes.web.public_urls")),
    path("", include("inspections.urls")),
    path("", include("estimates.urls")),
    path("", include("invoices.urls")),
    path("", include("dunning.urls")),
    path("", include("disputes.urls")),
    path("", include("shopdisputes.web.urls")),
]

handler400 = "shopdisputes.web.errors.bad_request"
handler403 = "shopdisputes.web.errors.forbidden"
handler404 = "shopdisputes.web.errors.not_found"
handler429 = "shopdisputes.web.errors.paused"
handler500 = "shopdisputes.web.errors.server_error"
