"""Walking one row of the matrix of addresses and people."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from django.db import transaction
from django.test import Client
from django.urls import reverse

from shopdisputes.actors import Role
from shopdisputes.links.models import AccessLink
from tests.architecture.routes import Behind, Call, Open, Page, Roles
from tests.architecture.worlds import World, token, written
from tests.factories import NOW

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
    """A status, what was read, whether rows were written for it, and where it leads."""

    status: int
    text: str
    wrote: bool
    location: str = ""


def ask(client: Client, method: str, url: str, **options: Any) -> Reply:
    """Send a request with an empty body and read the answer whole."""
    if method in ("post", "patch", "put"):
        options.setdefault("data", {})
    before = written()
    response = getattr(client, method)(url, **options)
    content = b"".join(response.streaming_content) if response.streaming else response.content
    text = f"{content.decode('latin-1')} {response.headers}"
    wrote = written() != before
    return Reply(response.status_code, text, wrote, response.headers.get("Location", ""))


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


Row = TypeVar("Row", Page, Behind, Open)


def complaints(rows: Sequence[Row], walk: Callable[[Row], Iterator[str]]) -> list[str]:
    """Walk rows one after another, each from the same state; name what is wrong at each."""
    found = []
    for row in rows:
        try:
            with taken_back():
                found += [f"{row.name}: {wrong}" for wrong in walk(row)]
        except Exception as error:
            error.add_note(f"while {row.name} was asked for")
            raise
    return found


def violations(row: Page, ours: World, theirs: World) -> Iterator[str]:
    """Walk one row of the matrix; say what is not as it should be."""
    for method, roles in _methods(row).items():
        yield from _violations_at_home(row, method, roles, ours, theirs)
        if roles is not None:
            yield from _violations_by_anybody(row, method, ours)
            yield from _violations_by_a_stranger(row, method, ours, theirs)
    url = address(row, ours)
    client, options = identity(row, ours, Role.OWNER)
    if row.get is not None:
        head = ask(client, "head", url, **options)
        if head.status not in ANSWERS or head.wrote:
            yield f"HEAD by the owner: {head.status}, wrote: {head.wrote}"
    for method in set(OTHER_METHODS) - _methods(row).keys():
        reply = ask(client, method, url, **options)
        if reply.status != 405 or reply.wrote:
            yield f"{method} by the owner: {reply.status}, not 405; wrote: {reply.wrote}"


def _violations_at_home(
    row: Page, method: str, roles: Roles, ours: World, theirs: World
) -> Iterator[str]:
    for role in ours.team:
        with taken_back():
            reply = _ask_as(row, method, ours, role, of=ours)
        if method == "get" and reply.wrote:
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
    with taken_back():
        reply = _ask_as(row, method, ours, None, of=ours)
    if reply.wrote:
        yield f"{method} by anybody changed the database"
    if isinstance(row, Call):
        if reply.status != 401 or ours.is_in(reply.text):
            yield f"{method} by anybody: {reply.status}, not 401"
    elif not reply.location.startswith(reverse("account_login")):
        yield f"{method} by anybody: {reply.status}, not sent to the log-in"


def _violations_by_a_stranger(row: Page, method: str, ours: World, theirs: World) -> Iterator[str]:
    with taken_back():
        reply = _ask_as(row, method, theirs, Role.OWNER, of=ours)
    if ours.is_in(reply.text):
        yield f"{method} by a stranger shows what is ours"
    if row.names_something and (reply.status != 404 or reply.wrote):
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


def violations_behind(row: Behind, ours: World, theirs: World) -> Iterator[str]:
    """Walk one page behind links; say what is not as it should be."""
    link = getattr(ours, row.link)
    for method, allowed in (("get", row.get), ("post", row.post)):
        for world, other in ((ours, theirs), (theirs, ours)):
            with taken_back():
                reply = ask(Client(), method, behind(row, world))
            # A PDF that is not typeset yet asks to come again later.
            waiting = {503} if row.name.endswith(("-pdf", "-signed")) else set()
            if reply.status not in (ANSWERS | waiting if allowed else {405}):
                yield f"{method}: {reply.status}"
            if other.is_in(reply.text):
                yield f"{method} shows what is the other shop's"
        for ended in ({"expires_at": NOW}, {"revoked_at": NOW}):
            with taken_back():
                AccessLink.objects.filter(pk=link.pk).update(**ended)
                reply = ask(Client(), method, behind(row, ours))
                # Whoever is logged in has no more right than the link gives.
                logged_in = ask(theirs.browsers[Role.OWNER], method, behind(row, ours))
            if (reply.status, ours.is_in(reply.text), logged_in.status) != (404, False, 404):
                yield f"{method} by a link with {[*ended]}: {reply.status}, {logged_in.status}"
        right = token(link)["token"]
        wrong = behind(row, ours).replace(right, right[:-1] + "-")
        reply = ask(Client(), method, wrong)
        if reply.status != 404 or reply.wrote:
            yield f"{method} by a wrong token: {reply.status}, not 404; wrote: {reply.wrote}"
    for method in ("get", "head"):
        if ask(Client(), method, behind(row, ours)).wrote:
            yield f"{method} changed the database"
    if row.arguments(ours):
        # What is theirs is not to be had by a link to what is ours.
        mixed = token(link) | row.arguments(theirs)
        for method, allowed in (("get", row.get), ("post", row.post)):
            reply = ask(Client(), method, reverse(row.name, kwargs=mixed))
            if reply.status not in ({404, 302} if allowed else {405}) or reply.wrote:
                yield (
                    f"{method} of what is theirs by our link: {reply.status}, wrote: {reply.wrote}"
                )


def behind(row: Behind, world: World) -> str:
    """The address of a page behind the link of a world."""
    return reverse(row.name, kwargs=token(getattr(world, row.link)) | row.arguments(world))


def violations_in_the_open(row: Open, ours: World, theirs: World) -> Iterator[str]:
    """Ask for one address that is everybody's; say what is not as it should be."""
    url = reverse(row.name, kwargs=row.arguments)
    for method, status in (("get", row.get), ("head", row.get), ("post", row.post)):
        with taken_back():
            reply = ask(Client(), method, url)
        if reply.status != status:
            yield f"{method}: {reply.status}, not {status} ({reply.location})"
        if ours.is_in(reply.text) or theirs.is_in(reply.text):
            yield f"{method} shows what is a shop's"
        if method != "post" and reply.wrote:
            yield f"{method} changed the database"
