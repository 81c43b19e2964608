"""What the apps add to the kernel's pages, without the kernel knowing them.

An app offers one object, ``contribution`` in ``<app>/contributions.py``; it is found by asking
every installed app for that module.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from importlib import import_module
from typing import Any, Protocol
from uuid import UUID

from django.apps import apps
from django.utils.functional import Promise
from django.utils.module_loading import module_has_submodule

from shopdisputes.actors import Actor, Role
from shopdisputes.customers.models import Customer
from shopdisputes.links.models import AccessLink
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.shops.models import Shop
from shopdisputes.web.requests import StaffRequest

Words = str | Promise


@dataclass(frozen=True)
class NavigationEntry:
    """A way into a part of the product. No ``roles``: for all staff.

    ``position`` orders the rail (Today 0, repair orders 10, customers 60, mail 70, settings 90),
    ``shortcut`` is two keys, for example ``g e``; ``short`` is what fits under a thumb. ``also``
    names other pages that belong to it: the rail shows it as the place where one is.
    """

    label: Words
    url_name: str
    icon: str
    roles: frozenset[Role] = frozenset()
    position: int = 50
    shortcut: str = ""
    short: Words = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Hit:
    """Something found by the search. ``kind`` says in words what it is.

    ``exact``: its number is precisely what was asked for; a single such hit is gone to at once.
    """

    title: str
    subtitle: str
    url: str
    kind: Words
    exact: bool = False


@dataclass(frozen=True)
class AgendaItem:
    """Something that waits for somebody at the desk. ``kind`` is an icon's name.

    With ``all_day`` it is due on the day of ``due_at``, not at its hour: today, never 17 hours ago.
    """

    title: Words
    detail: Words
    url: str
    due_at: datetime | None = None
    all_day: bool = False
    late: bool = False
    kind: str = "clock"


@dataclass(frozen=True, kw_only=True)
class NextStep:
    """What somebody does next about a repair order: the one primary button of its page.

    With ``sends`` it is a form that posts these fields, else a link. The step with the highest
    ``position`` is shown: whoever is furthest in the visit's life knows best what comes next.
    """

    label: Words
    icon: str
    url: str
    position: int
    sends: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Panel:
    """A part of a page: a template and what it shows; on a repair order also what comes next."""

    template: str
    context: Mapping[str, Any]
    next_step: NextStep | None = None


@dataclass(frozen=True, kw_only=True)
class Renewal:
    """What a fresh link opens, and whose it is: it goes to the address now on file alone.

    The old link's address is no authority: links are revoked because it was somebody else's.
    """

    target_id: UUID
    customer: Customer


def _nothing(*_asked: Any) -> list[Any]:
    return []


def _do_nothing(*_told: Any) -> None:
    return None


@dataclass(frozen=True)
class Step:
    """A station in the life of a repair order, reached when one of ``actions`` was recorded.

    ``stage``: only events whose data name this stage count. ``position`` orders the stations
    between the opening (0) and the end.
    """

    label: Words
    actions: frozenset[str]
    stage: str = ""
    position: int = 50


class Outlook(Protocol):
    """What comes next to have an invoice paid: the step counts from 1; None: there is none."""

    @property
    def step(self) -> int | None: ...

    @property
    def due_on(self) -> date | None: ...

    @property
    def sentence(self) -> str: ...


def _no_outlooks(_invoices: Sequence[Any], _at: datetime) -> Mapping[UUID, Outlook]:
    return {}


@dataclass(frozen=True, kw_only=True)
class EndedDispute:
    """How and when a dispute about an invoice ended: a sentence in the active language."""

    words: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Contribution:
    """Everything an app adds. All reads take the shop explicitly.

    ``lists`` are the routes of lists whose filters people may keep under a name. ``page_panels``
    are parts of the page of another app's object, by that page's name: so an estimate can offer
    itself on an inspection, which does not know it; ``public_panels`` are the same for customers,
    on the page behind a link. ``sentences`` word audit actions, with ``%(name)s`` for the event's
    data. ``renewals`` say, for a link's purpose, what a fresh link should open: None when there
    must be none. ``backlogs`` are parts of the health page: numbers, with ``oldest_due_seconds``
    among them, for a moment. ``furnish`` gives a new shop what it starts with, in the transaction
    that opens it. ``call_off`` undoes what stands in the way of cancelling a repair order, or
    refuses, in the transaction that cancels it and before that; ``call_off_notes`` say beforehand,
    a sentence each, what it will do. ``close`` and ``close_notes`` are the same for closing a
    repair order by hand. ``storage_pauses`` are the times, by a repair order's key, in
    which days in the yard cost nothing because of a dispute: from when until when, None while it
    goes on. ``ended_disputes`` say, for the keys of invoices, how the last dispute about each ended
    after a moment. ``refund_blocks`` says in a sentence, for a payment's key, why none of its money
    may be given back now; empty when it may. ``annul_blocks`` says in the same way why nobody may
    say now that the payment never came. ``uncounted_visits`` are the keys of a shop's repair orders
    that were called off and yet say nothing about how its repairs end: none was to be made on them.
    """

    navigation: Sequence[NavigationEntry] = ()
    settings_entries: Sequence[NavigationEntry] = ()
    lists: Sequence[str] = ()
    search: Callable[[Shop, str], list[Hit]] = _nothing
    agenda: Callable[[Shop, Actor, datetime], list[AgendaItem]] = _nothing
    repair_order_panels: Callable[[StaffRequest, RepairOrder], list[Panel]] = _nothing
    customer_panels: Callable[[StaffRequest, Customer], list[Panel]] = _nothing
    page_panels: Mapping[str, Callable[[StaffRequest, Any], list[Panel]]] = field(
        default_factory=dict
    )
    public_panels: Mapping[str, Callable[[AccessLink, Any], list[Panel]]] = field(
        default_factory=dict
    )
    steps: Sequence[Step] = ()
    sentences: Mapping[str, Words] = field(default_factory=dict)
    renewals: Mapping[str, Callable[[AccessLink], Renewal | None]] = field(default_factory=dict)
    outlooks: Callable[[Sequence[Any], datetime], Mapping[UUID, Outlook]] = _no_outlooks
    invariants: Callable[[], Iterator[str]] = lambda: iter(())
    backlogs: Mapping[str, Callable[[datetime], Mapping[str, float]]] = field(default_factory=dict)
    furnish: Callable[[Shop, datetime], None] = lambda shop, at: None
    call_off: Callable[[RepairOrder, str, Actor, datetime], None] = _do_nothing
    call_off_notes: Callable[[RepairOrder], list[str]] = _nothing
    close: Callable[[RepairOrder, Actor, datetime], None] = _do_nothing
    close_notes: Callable[[RepairOrder], list[str]] = _nothing
    storage_pauses: Callable[[UUID], list[tuple[datetime, datetime | None]]] = _nothing
    ended_disputes: Callable[[Collection[UUID], datetime], Mapping[UUID, EndedDispute]] = (
        lambda _invoices, _since: {}
    )
    refund_blocks: Callable[[UUID], str] = lambda _payment: ""
    annul_blocks: Callable[[UUID], str] = lambda _payment: ""
    uncounted_visits: Callable[[Shop], Iterable[UUID]] = _nothing


def panels_on(page: str, request: StaffRequest, target: Any) -> list[Panel]:
    """Return what the apps add to the page of ``target``, in the order of the apps."""
    return [
        panel
        for part in contributions()
        if (ask := part.page_panels.get(page))
        for panel in ask(request, target)
    ]


def public_panels_on(page: str, link: AccessLink, target: Any) -> list[Panel]:
    """Return what the apps add to the customer's page of ``target`` behind ``link``."""
    return [
        panel
        for part in contributions()
        if (ask := part.public_panels.get(page))
        for panel in ask(link, target)
    ]


def outlooks_of(invoices: Sequence[Any], at: datetime) -> dict[UUID, Outlook]:
    """Return what the apps say comes next about invoices, by their keys; few need have one."""
    found: dict[UUID, Outlook] = {}
    for part in contributions():
        found |= part.outlooks(invoices, at)
    return found


def ended_disputes_of(invoices: Collection[UUID], since: datetime) -> dict[UUID, EndedDispute]:
    """Return how the last dispute about each invoice ended after ``since``, if one did."""
    found: dict[UUID, EndedDispute] = {}
    for part in contributions():
        found |= part.ended_disputes(invoices, since)
    return found


@cache
def contributions() -> tuple[Contribution, ...]:
    """Return what the installed apps add, in the order of ``INSTALLED_APPS``."""
    return tuple(
        import_module(f"{config.name}.contributions").contribution
        for config in apps.get_app_configs()
        if config.name != "shopdisputes.web"
        and config.module is not None
        and module_has_submodule(config.module, "contributions")
    )
