"""The tokens of links: signatures over a row's key, made when needed and stored nowhere."""

import base64
import binascii
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer

from shopdisputes.links.models import AccessLink, LinkPurpose

_SALT = "shopdisputes.links"


def _signer() -> Signer:
    return Signer(salt=_SALT, sep=".", algorithm="sha256")


def token_of(link: AccessLink) -> str:
    """Return the token that opens ``link``."""
    key = base64.urlsafe_b64encode(link.pk.bytes).rstrip(b"=").decode()
    return _signer().sign(key)


def link_key(token: str) -> UUID | None:
    """Return the key of the link that a token was made for; None when it is forged."""
    try:
        key = _signer().unsign(token)
        return UUID(bytes=base64.urlsafe_b64decode(key + "=="))
    except (BadSignature, ValueError, binascii.Error):
        return None


def address_of(link: AccessLink) -> str:
    """Return the full address that goes into a mail; resolvers are no customers (``/c/``)."""
    if link.purpose == LinkPurpose.RESOLVER:
        return f"{settings.PUBLIC_URL}/r/{token_of(link)}/"
    kind = link.purpose.partition("_")[0]
    return f"{settings.PUBLIC_URL}/c/{kind}/{token_of(link)}/"
