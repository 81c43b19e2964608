"""One's own account: name, language, appearance, which shop one works in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_POST

from shopdisputes.accounts.models import Theme, User
from shopdisputes.web.forms.account import AccountForm
from shopdisputes.web.languages import offered, remember_language
from shopdisputes.web.requests import (
    SHOP_SESSION_KEY,
    StaffRequest,
    memberships_of,
    object_id,
    staff,
)
from shopdisputes.web.responses import refused, see_other


@staff()
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: StaffRequest) -> HttpResponse:
    """Show and change one's name, language and appearance."""
    form = AccountForm(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    if request.method == "POST":
        if not form.is_valid():
            return refused(request, "web/account.html", {"form": form}, form)
        user = form.save()
        with override(user.language):
            messages.success(request, _("Your account was changed."))
        response = see_other("account")
        remember_language(response, user.language)
        return response
    return render(request, "web/account.html", {"form": form})


@staff()
@require_POST
def choose_shop(request: StaffRequest) -> HttpResponse:
    """Work in another of one's shops from now on."""
    wanted = object_id(request.POST.get("shop", ""))
    for membership in memberships_of(request):
        if membership.shop_id == wanted:
            request.session[SHOP_SESSION_KEY] = str(wanted)
            # The page one was on belongs to the other shop.
            return see_other("today")
    raise Http404


@login_required
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Change the language or the appearance from the menu, and stay where one is."""
    chosen = offered(request.POST.get("language"))
    theme = request.POST.get("theme", "")
    people = User.objects.filter(email=request.user.get_username())
    if chosen:
        people.update(language=chosen)
    if theme in Theme.values:
        people.update(theme=theme)
    response = see_other(_way_back(request, request.POST))
    if chosen:
        remember_language(response, chosen)
    return response


def _way_back(request: HttpRequest, data: QueryDict) -> str:
    wanted = data.get("next", "")
    if url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return wanted
    return "/"
