"""Walking one row of the matrix of addresses and people."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import reverse

from shopdisputes.actors import Role
from tests.architecture.routes import Call, Page, Roles
from tests.architecture.worlds import World, digest

#: What somebody who may do something can get: done, refused for its content, or too late.
ANSWERS = {200, 201, 202, 204, 302, 303, 400, 409, 415, 422}
OTHER_METHODS = ("put", "delete", "options", "patch")


@dataclass(frozen=True)
class Stage:
    """Two worlds and the folder in which their files lie."""

    ours: World
    theirs: World
    folder: Path


@contextmanager
def taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@dataclass(frozen=True)
class Reply:
    """A status, what was read, and where it leads."""

    status: int
    text: str
    location: str = ""


def ask(client: Client, method: str, url: str, **options: Any) -> Reply:
    """Send a request with an empty body and read the answer whole."""
    if method in ("post", "patch", "put"):
        options.setdefault("data", {})
    response = getattr(client, method)(url, **options)
    content = b"".join(response.streaming_content) if response.streaming else response.content
    text = f"{content.decode('latin-1')} {response.headers}"
    return Reply(response.status_code, text, response.headers.get("Location", ""))


def address(row: Page, world: World, role: Role = Role.OWNER) -> str:
    query = f"?{row.query}" if row.query else ""
    return reverse(row.name, kwargs=row.arguments(world, role)) + query


def identity(row: Page, world: World, role: Role | None) -> tuple[Client, dict[str, Any]]:
    """Who asks: a browser that is logged in, or a program with its key."""
    if not isinstance(row, Call):
        return (world.browsers[role] if role else Client()), {}
    headers = {"Authorization": f"Token {world.keys[role]}"} if role else {}
    return Client(), {"headers": headers}


def _methods(row: Page) -> dict[str, Roles]:
    methods = {"get": row.get, "post": row.post}
    if not isinstance(row, Call):
        return methods
    return methods | {"patch": row.patch, "delete": row.delete, "put": row.put}


def violations(row: Page, ours: World, theirs: World) -> Iterator[str]:
    """Walk one row of the matrix; say what is not as it should be."""
    before = digest()
    for method, roles in _methods(row).items():
        yield from _violations_at_home(row, method, roles, ours, theirs)
        if roles is not None:
            yield from _violations_by_anybody(row, method, ours)
            yield from _violations_by_a_stranger(row, method, ours, theirs)
    url = address(row, ours)
    client, options = identity(row, ours, Role.OWNER)
    if row.get is not None:
        head = ask(client, "head", url, **options)
        if head.status not in ANSWERS:
            yield f"HEAD by the owner: {head.status}"
    for method in set(OTHER_METHODS) - _methods(row).keys():
        reply = ask(client, method, url, **options)
        if reply.status != 405:
            yield f"{method} by the owner: {reply.status}, not 405"
    if digest() != before:
        yield "the database is not as it was before"


def _violations_at_home(
    row: Page, method: str, roles: Roles, ours: World, theirs: World
) -> Iterator[str]:
    before = digest() if method == "get" else ""
    for role in ours.team:
        with taken_back():
            reply = _ask_as(row, method, ours, role, of=ours)
            if method == "get" and digest() != before:
                yield f"{method} by {role} changed the database"
        if theirs.is_in(reply.text):
            yield f"{method} by {role} shows what is the other shop's"
        # A method that is nowhere is 405 for some and 403 for those who may do nothing here.
        expected = {405, 403} if roles is None else ANSWERS if role in roles else {403}
        if role == Role.OWNER and roles is None:
            expected = {405}
        if reply.status not in expected:
            yield f"{method} by {role}: {reply.status}"


def _violations_by_anybody(row: Page, method: str, ours: World) -> Iterator[str]:
    before = digest()
    with taken_back():
        reply = _ask_as(row, method, ours, None, of=ours)
        if digest() != before:
            yield f"{method} by anybody changed the database"
    if isinstance(row, Call):
        if reply.status != 401 or ours.is_in(reply.text):
            yield f"{method} by anybody: {reply.status}, not 401"
    elif not reply.location.startswith(reverse("account_login")):
        yield f"{method} by anybody: {reply.status}, not sent to the log-in"


def _violations_by_a_stranger(row: Page, method: str, ours: World, theirs: World) -> Iterator[str]:
    before = digest()
    with taken_back():
        reply = _ask_as(row, method, theirs, Role.OWNER, of=ours)
        changed = digest() != before
    if ours.is_in(reply.text):
        yield f"{method} by a stranger shows what is ours"
    if row.names_something and (reply.status != 404 or changed):
        yield f"{method} by a stranger: {reply.status}, not 404 without a trace"


def _ask_as(row: Page, method: str, asker: World, role: Role | None, *, of: World) -> Reply:
    """Ask as somebody of ``asker`` for what is in the world ``of``."""
    client, options = identity(row, asker, role)
    wanted_by = role or Role.OWNER
    if method != "get":
        options["data"] = row.body(of, wanted_by)
        if isinstance(row, Call):
            options["content_type"] = "application/json"
    return ask(client, method, address(row, of, wanted_by), **options)
