"""What a row of the tables says, and the things of a shop that addresses of several apps name."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from shopdisputes.actors import Role
from tests.architecture.worlds import World

Roles = frozenset[Role] | None
#: Of a shop's world, and for whom.
Arguments = Callable[[World, Role], dict[str, Any]]


def _nothing(_world: World, role: Role) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Page:
    """An address of the staff's pages.

    ``arguments`` stand in the address, ``body`` in the form; they name something of one shop
    unless ``of_one_shop`` is False.
    """

    name: str
    get: Roles = None
    post: Roles = None
    arguments: Arguments = _nothing
    body: Arguments = _nothing
    query: str = ""
    of_one_shop: bool = True

    @property
    def names_something(self) -> bool:
        """Whether a request for this page names something of a shop."""
        return self.of_one_shop and (self.arguments, self.body) != (_nothing, _nothing)


@dataclass(frozen=True)
class Call(Page):
    """An address of the REST API."""

    patch: Roles = None
    delete: Roles = None
    put: Roles = None


@dataclass(frozen=True)
class Behind:
    """A page behind a customer's link: which link of a world, and what else is in the address."""

    name: str
    get: bool
    post: bool
    link: str = "link"
    arguments: Callable[[World], dict[str, Any]] = lambda world: {}


@dataclass(frozen=True)
class Open:
    """An address for everybody; ``get`` and ``post`` are the statuses that it gives."""

    name: str
    get: int
    post: int
    arguments: dict[str, Any] | None = None


def customer(world: World, role: Role) -> dict[str, Any]:
    return {"pk": world.customer.pk}


def order(world: World, role: Role) -> dict[str, Any]:
    return {"number": world.order.number}


def api(name: str) -> Arguments:
    return lambda world, role: {"pk": getattr(world, name).pk}


def photo(world: World) -> dict[str, Any]:
    return {"file_id": world.shared_media.file_id, "variant": "web"}


def behind_invoice(name: str, *, get: bool = False, post: bool = False, **other: Any) -> Behind:
    return Behind(f"public-invoice{name}", get, post, link="bill_link", **other)


def bill(world: World, role: Role) -> dict[str, Any]:
    return {"number": world.bill.number}


def payment(world: World, role: Role) -> dict[str, Any]:
    return {"number": world.payment.number}
