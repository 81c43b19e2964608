"""Who asks: the gate of the staff's pages and the gate of the customers' pages."""

from collections.abc import Callable
from functools import wraps
from ipaddress import ip_address
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.shortcuts import resolve_url
from django.utils import timezone, translation
from django_htmx.middleware import HtmxDetails

from shopdisputes.accounts.models import User
from shopdisputes.actors import Actor, Role
from shopdisputes.errors import DomainError
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.links.tokens import link_key
from shopdisputes.shops.models import Membership, Shop
from shopdisputes.web import errors
from shopdisputes.web.languages import LANGUAGE_COOKIE, offered, remember_language
from shopdisputes.web.limits import LINK_ACTS, LINK_MISSES, LINK_READS, Limit

Arguments = ParamSpec("Arguments")

#: Where the session keeps which shop somebody with several works in now.
SHOP_SESSION_KEY = "shop"
_READING = frozenset({"GET", "HEAD", "OPTIONS"})


class StaffRequest(HttpRequest):
    """A request that passed ``@staff``."""

    user: User
    shop: Shop
    membership: Membership
    actor: Actor
    htmx: HtmxDetails


class CustomerRequest(HttpRequest):
    """A request that passed ``@customer``."""

    shop: Shop
    link: AccessLink
    actor: Actor
    htmx: HtmxDetails


def client_ip(request: HttpRequest) -> str:
    """Return the address of whoever asks, or an empty text when it cannot be known.

    Behind our own proxies it is the entry of ``X-Forwarded-For`` that the outermost of them
    wrote; entries further left are the client's own claims and count for nothing.
    """
    address = str(request.META.get("REMOTE_ADDR", ""))
    if settings.TRUSTED_PROXIES:
        claims = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
        address = claims[-min(settings.TRUSTED_PROXIES, len(claims))] or address
    try:
        return str(ip_address(address))
    except ValueError:
        return ""


def memberships_of(request: HttpRequest) -> list[Membership]:
    """Return where the person who asks works, asked of the database once a request."""
    known: list[Membership] | None = getattr(request, "_memberships", None)
    if known is None:
        user = getattr(request, "user", None)
        known = (
            list(Membership.objects.active_for(user))
            if user is not None and user.is_authenticated
            else []
        )
        request._memberships = known  # type: ignore[attr-defined]
    return known


def membership_of(request: HttpRequest) -> Membership | None:
    """Return the membership in force: that of the chosen shop, else the oldest."""
    memberships = memberships_of(request)
    chosen = request.session.get(SHOP_SESSION_KEY) if memberships else None
    for membership in memberships:
        if str(membership.shop_id) == chosen:
            return membership
    return memberships[0] if memberships else None


def staff(
    *roles: Role,
) -> Callable[
    [Callable[Concatenate[StaffRequest, Arguments], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, Arguments], HttpResponseBase],
]:
    """Let in only staff of a shop, with one of ``roles`` (none named: any).

    Somebody unknown is sent to the log-in and comes back afterwards; a wrong role is 403. The
    view runs in the shop's time zone and gets ``request.shop``, ``.membership``, ``.actor``.
    What the business refuses and the view did not catch becomes a page that says so.
    """

    def decorate(
        view: Callable[Concatenate[StaffRequest, Arguments], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, Arguments], HttpResponseBase]:
        @wraps(view)
        def guarded(
            request: HttpRequest, /, *args: Arguments.args, **kwargs: Arguments.kwargs
        ) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _to_login(request)
            if "\x00" in request.path:
                # PostgreSQL refuses to look for it, so that there is nothing by this name.
                raise Http404
            membership = membership_of(request)
            if membership is None or (roles and membership.role not in roles):
                raise PermissionDenied
            admitted: StaffRequest = request  # type: ignore[assignment]
            admitted.shop = membership.shop
            admitted.membership = membership
            admitted.actor = Actor(
                role=Role(membership.role),
                name=str(admitted.user),
                user_id=admitted.user.pk,
                ip_address=client_ip(request),
                user_agent=request.headers.get("User-Agent", ""),
            )
            with timezone.override(membership.shop.zone):
                try:
                    return view(admitted, *args, **kwargs)
                except DomainError as error:
                    return errors.domain_error(request, error)

        return guarded

    return decorate


def _to_login(request: HttpRequest) -> HttpResponse:
    # A page can be come back to; the answer to a form cannot.
    wanted = request.get_full_path() if request.method in _READING else ""
    if getattr(request, "htmx", None):
        wanted = request.htmx.current_url_abs_path or ""  # type: ignore[attr-defined]
    query = f"?{urlencode({'next': wanted})}" if wanted else ""
    return HttpResponseRedirect(resolve_url(settings.LOGIN_URL) + query)


def customer(
    *purposes: LinkPurpose, reads: Limit = LINK_READS, acts: Limit = LINK_ACTS
) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Let in whoever holds a live link for one of ``purposes``; the token is in the address.

    The view is called with ``link`` in place of ``token``, in the shop's time zone and in the
    language chosen on the page, else the link's. Every refusal is the same page with status 404,
    whatever its cause. GET and HEAD must change nothing: mail scanners follow links. ``reads``
    and ``acts`` limit how often one link is used.
    """

    def decorate(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(
            request: HttpRequest, /, *args: Any, token: str, **kwargs: Any
        ) -> HttpResponseBase:
            limit = reads if request.method in _READING else acts
            response = _customer_response(request, view, purposes, limit, token, args, kwargs)
            response["Cache-Control"] = "no-store"
            response["X-Robots-Tag"] = "noindex"
            response["Referrer-Policy"] = "same-origin"
            return response

        return guarded

    return decorate


def _customer_response(
    request: HttpRequest,
    view: Callable[..., HttpResponseBase],
    purposes: tuple[LinkPurpose, ...],
    limit: Limit,
    token: str,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> HttpResponseBase:
    at = timezone.now()
    key = link_key(token)
    link = (
        AccessLink.objects.live(at=at)
        .filter(pk=key, purpose__in=purposes)
        .select_related("shop")
        .first()
        if key
        else None
    )
    if link is None:
        if not LINK_MISSES.count(client_ip(request), at=at):
            return errors.too_many(request, LINK_MISSES.seconds_left(at=at))
        return errors.refused_link(request, token)
    if not limit.count(str(link.pk), at=at):
        return errors.too_many(request, limit.seconds_left(at=at))
    admitted: CustomerRequest = request  # type: ignore[assignment]
    admitted.link = link
    admitted.shop = link.shop
    admitted.actor = Actor(
        role=Role.RESOLVER if link.purpose == LinkPurpose.RESOLVER else Role.CUSTOMER,
        name=link.recipient_name or link.recipient,
        ip_address=client_ip(request),
        user_agent=request.headers.get("User-Agent", ""),
    )
    chosen = offered(request.GET.get("lang"))
    language = chosen or offered(request.COOKIES.get(LANGUAGE_COOKIE)) or link.language
    with timezone.override(link.shop.zone), translation.override(language):
        request.LANGUAGE_CODE = language
        try:
            response = view(admitted, *args, link=link, **kwargs)
        except DomainError as error:
            response = errors.domain_error(request, error)
        response.headers.setdefault("Content-Language", language)
    if chosen:
        # Kept for this link only: on the shop's tablet the next customer has another language.
        remember_language(response, chosen, path=request.path.partition(token)[0] + f"{token}/")
    return response


def object_id(text: str) -> UUID | None:
    """Read an identifier from a query; None when it is not one."""
    try:
        return UUID(text)
    except ValueError:
        return None
