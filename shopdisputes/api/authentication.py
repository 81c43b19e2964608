"""Who asks: a token in the ``Authorization`` header, known by its hash only."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.request import Request

from shopdisputes.accounts.models import ApiToken, User
from shopdisputes.canonical import sha256_hex
from shopdisputes.dates import local_day
from shopdisputes.shops.models import Membership, Shop
from shopdisputes.web.limits import Limit
from shopdisputes.web.requests import client_ip

KEYWORD = "Token"
#: Keys that open nothing, tried from one IP address.
TOKEN_MISSES = Limit(name="token-misses", hits=60, seconds=3600)
_INVALID = _("The token is unknown or was revoked.")


@dataclass(frozen=True)
class Admission:
    """What a token opens: ``request.auth`` of an admitted request."""

    token: ApiToken
    membership: Membership

    @property
    def shop(self) -> Shop:
        """The shop that every read and write of the request is about."""
        return self.token.shop


class TokenAuthentication(BaseAuthentication):
    """``Authorization: Token <key>`` of a person who works in the token's shop."""

    def authenticate(self, request: Request) -> tuple[User, Admission] | None:
        """Return the person and what the token opens; None when there is no token.

        Raises:
            AuthenticationFailed: the header is not well-formed, or the token opens nothing.
            Throttled: too many such tokens came from this address.
        """
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != KEYWORD.lower().encode():
            return None
        at = timezone.now()
        if len(words) != 2:
            raise AuthenticationFailed(_("The header must read: Authorization: Token <key>."))
        token = (
            ApiToken.objects.live()
            .filter(key_sha256=sha256_hex(words[1]))
            .select_related("user", "shop")
            .first()
        )
        membership = (
            Membership.objects.for_shop(token.shop).active_for(token.user).first()
            if token is not None
            else None
        )
        if token is None or membership is None:
            # Only misses are counted and refused: a proxy's address is everybody's, and nobody
            # may lock out those who have a key.
            if not TOKEN_MISSES.count(client_ip(request._request), at=at):
                raise Throttled(wait=TOKEN_MISSES.seconds_left(at=at))
            raise AuthenticationFailed(_INVALID)
        today = local_day(at, zone=token.shop.zone)
        if token.last_used_on != today:
            # Once a day only: a write for every read would make reading as dear as writing.
            ApiToken.objects.for_shop(token.shop).filter(pk=token.pk).update(last_used_on=today)
        return token.user, Admission(token=token, membership=membership)

    def authenticate_header(self, request: Request) -> str:
        """Return what ``WWW-Authenticate`` says with a 401."""
        return KEYWORD


class TokenScheme(OpenApiAuthenticationExtension):
    """How the schema describes the token."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        """Return the scheme of the schema's ``components``."""
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Token <key>`; keys are made by `manage.py create_api_token`.",
        }
