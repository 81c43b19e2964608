"""The way back for a customer whose link no longer opens."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from shopdisputes.actors import Actor, Role
from shopdisputes.links.models import AccessLink
from shopdisputes.links.tokens import link_key
from shopdisputes.web import errors, renewing
from shopdisputes.web.limits import LINK_MISSES
from shopdisputes.web.requests import client_ip


# The token in the form is the whole authority and no session is asked, so there is nothing that
# another site could borrow; and the refusal page stays the same to the byte.
@csrf_exempt
@require_POST
def fresh_link(request: HttpRequest) -> HttpResponse:
    """Mail a fresh link if the old one was genuine; the answer is the same in any case."""
    at = timezone.now()
    key = link_key(request.POST.get("token", ""))
    link = AccessLink.objects.filter(pk=key).select_related("shop").first() if key else None
    if link is None:
        if not LINK_MISSES.count(client_ip(request), at=at):
            return errors.too_many(request, LINK_MISSES.seconds_left(at=at))
    else:
        renewing.renew(
            link=link,
            by=Actor(
                role=Role.CUSTOMER,
                name=link.recipient_name,
                ip_address=client_ip(request),
                user_agent=request.headers.get("User-Agent", ""),
            ),
            at=at,
        )
    response = render(request, "links/fresh_link_asked.html")
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "same-origin"
    return response
