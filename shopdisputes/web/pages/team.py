"""Who works in the shop, and one's own API tokens."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from shopdisputes.accounts import services
from shopdisputes.accounts.models import ApiToken
from shopdisputes.actors import MANAGEMENT
from shopdisputes.errors import DomainError
from shopdisputes.shops.models import Membership
from shopdisputes.web.forms.team import MemberForm, RoleForm, TokenForm, roles_for
from shopdisputes.web.requests import StaffRequest, staff
from shopdisputes.web.responses import refused, see_other


def _member_or_404(request: StaffRequest, pk: UUID) -> Membership:
    return get_object_or_404(
        Membership.objects.for_shop(request.shop).select_related("shop", "user"), pk=pk
    )


def _team(request: StaffRequest, form: MemberForm | None = None) -> dict[str, Any]:
    members = Membership.objects.for_shop(request.shop).select_related("user")
    return {
        "members": members.order_by("-is_active", "user__name", "pk"),
        "roles": roles_for(request.actor),
        "form": form or MemberForm(actor=request.actor),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*MANAGEMENT)
def team(request: StaffRequest) -> HttpResponseBase:
    """Who works here; POST lets somebody in."""
    if request.method != "POST":
        return render(request, "settings/team.html", _team(request))
    form = MemberForm(request.POST, actor=request.actor)
    context = _team(request, form)
    if not form.is_valid():
        return refused(request, "settings/team.html", context)
    try:
        member = services.add_member(
            shop=request.shop, **form.cleaned_data, by=request.actor, at=timezone.now()
        )
    except DomainError as error:
        return refused(request, "settings/team.html", context, error)
    messages.success(request, _("%(name)s works here now.") % {"name": member.user})
    return see_other("settings-team")


@require_POST
@staff(*MANAGEMENT)
def team_role(request: StaffRequest, pk: UUID) -> HttpResponseBase:
    """Give a member another role."""
    member = _member_or_404(request, pk)
    form = RoleForm(request.POST, actor=request.actor)
    if not form.is_valid():
        problems = " ".join(str(problem) for problem in form.errors["role"])
        return render(
            request,
            "settings/team.html",
            _team(request) | {"error_message": problems},
            status=422,
        )
    try:
        services.change_role(
            membership=member,
            role=form.cleaned_data["role"],
            by=request.actor,
            at=timezone.now(),
        )
    except DomainError as error:
        return refused(request, "settings/team.html", _team(request), error)
    messages.success(request, _("Saved."))
    return see_other("settings-team")


@require_POST
@staff(*MANAGEMENT)
def team_deactivate(request: StaffRequest, pk: UUID) -> HttpResponseBase:
    """Shut a member out of this shop."""
    member = _member_or_404(request, pk)
    try:
        services.deactivate_member(membership=member, by=request.actor, at=timezone.now())
    except DomainError as error:
        return refused(request, "settings/team.html", _team(request), error)
    messages.success(request, _("%(name)s no longer has access.") % {"name": member.user})
    return see_other("settings-team")


@require_POST
@staff(*MANAGEMENT)
def team_reactivate(request: StaffRequest, pk: UUID) -> HttpResponseBase:
    """Let a member in again."""
    member = _member_or_404(request, pk)
    try:
        services.reactivate_member(membership=member, by=request.actor, at=timezone.now())
    except DomainError as error:
        return refused(request, "settings/team.html", _team(request), error)
    messages.success(request, _("%(name)s has access again.") % {"name": member.user})
    return see_other("settings-team")


def _tokens(request: StaffRequest, form: TokenForm) -> dict[str, Any]:
    tokens = ApiToken.objects.for_shop(request.shop).filter(user=request.user)
    return {
        "tokens": tokens.order_by("-created_at"),
        "form": form,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*MANAGEMENT)
def tokens(request: StaffRequest) -> HttpResponseBase:
    """One's own API tokens; POST makes one and shows its key this once.

    The answer is a page and no redirect: the key would have to be kept somewhere for the page
    after it, and it is kept nowhere.
    """
    form = TokenForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return render(request, "settings/tokens.html", _tokens(request, form))
    if not form.is_valid():
        return refused(request, "settings/tokens.html", _tokens(request, form))
    _token, key = services.create_token(
        user=request.user,
        shop=request.shop,
        label=form.cleaned_data["label"],
        by=request.actor,
        at=timezone.now(),
    )
    return render(request, "settings/tokens.html", _tokens(request, TokenForm()) | {"key": key})


@require_POST
@staff(*MANAGEMENT)
def token_revoke(request: StaffRequest, pk: UUID) -> HttpResponseBase:
    """End one of one's own tokens."""
    token = get_object_or_404(
        ApiToken.objects.for_shop(request.shop).select_related("shop", "user"),
        pk=pk,
        user=request.user,
    )
    services.revoke_token(token=token, by=request.actor, at=timezone.now())
    messages.success(request, _("The token no longer works."))
    return see_other("settings-tokens")
