"""Who a log-in was tried for, so that guessing is counted per person and address."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest


def username_of(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> str:
    """Return the e-mail address tried, in one spelling; empty when there is none."""
    tried = credentials or {}
    name = tried.get("email") or tried.get("username") or request.POST.get("login") or ""
    return str(name).strip().lower()
