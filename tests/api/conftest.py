"""Programs that ask."""

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from shopdisputes.actors import Role
from shopdisputes.dates import local_day
from shopdisputes.shops.models import Membership, Shop
from tests.factories import NOW, ApiTokenFactory, staff


class Program:
    """A client with a token: paths below ``/api/v1/``, JSON out and in."""

    def __init__(self, membership: Membership | None = None, key: str = "") -> None:
        self.membership = membership
        self.client = Client()
        self.headers = {"Authorization": f"Token {key}"} if key else {}

    def __call__(
        self, method: str, path: str, body: Any = None, *, form: bool = False, **headers: str
    ) -> HttpResponse:
        url = path if path.startswith(("/", "http")) else f"/api/v1/{path}"
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent: dict[str, Any] = {"headers": self.headers | named}
        if body is not None:
            sent |= {"data": body} if form else {"data": body, "content_type": "application/json"}
        return getattr(self.client, method)(url, **sent)

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self("get", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> HttpResponse:
        return self("post", path, {} if body is None else body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> HttpResponse:
        return self("patch", path, body, **headers)


@pytest.fixture
def program(shop: Shop) -> Callable[..., Program]:
    """Make a program of somebody in ``shop`` (or of another shop)."""

    def make(role: Role = Role.OWNER, shop: Shop = shop) -> Program:
        membership = staff(shop, role)
        key = f"sd_{membership.pk}"
        ApiTokenFactory(
            shop=shop,
            user=membership.user,
            key=key,
            last_used_on=local_day(NOW, zone=shop.zone),
        )
        return Program(membership, key)

    return make


@pytest.fixture
def api(program: Callable[..., Program]) -> Program:
    """A program of the owner of ``shop``."""
    return program()


@pytest.fixture
def anonymous(db: None) -> Program:
    """A program without a token."""
    return Program()
