"""Who may do what over the API."""

from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from shopdisputes.actors import DESK, STAFF
from shopdisputes.api.authentication import Admission


class StaffOfShop(BasePermission):
    """All staff may read; the desk may write, unless a view says otherwise in ``writers``."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Say whether the token's person may do this; without a token nobody may."""
        admission = request.auth
        if not isinstance(admission, Admission):
            return False
        if getattr(view, "action", None) is None:
            # No such method here: 405 says it, for everybody alike.
            return True
        writers = getattr(view, "writers", DESK)
        allowed = STAFF if request.method in SAFE_METHODS else writers
        return admission.membership.role in allowed
