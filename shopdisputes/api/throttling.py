"""How fast a program may ask; counted in the cache that all processes share."""

from typing import Any

from django.utils import timezone
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from shopdisputes.api.authentication import Admission
from shopdisputes.web.limits import Limit
from shopdisputes.web.requests import client_ip

#: Per token, or per IP address where none is needed.
READS = Limit(name="api-reads", hits=1200, seconds=60)
WRITES = Limit(name="api-writes", hits=600, seconds=60)


class TokenThrottle(BaseThrottle):
    """Refuse with 429 and ``Retry-After`` once a token's minute is used up."""

    _wait: int | None = None

    def allow_request(self, request: Request, view: Any) -> bool:
        """Count this request and say whether it may go on."""
        limit = READS if request.method in SAFE_METHODS else WRITES
        subject = (
            str(request.auth.token.pk)
            if isinstance(request.auth, Admission)
            else client_ip(request._request)
        )
        at = timezone.now()
        if limit.count(subject, at=at):
            return True
        self._wait = limit.seconds_left(at=at)
        return False

    def wait(self) -> int | None:
        """Return the seconds until the next request may be let through."""
        return self._wait
