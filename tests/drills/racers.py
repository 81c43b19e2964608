"""What the processes of the race do; apart from the tests, for they start in a second."""

import json
import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any
from unittest import mock
from uuid import UUID

from django.utils import timezone

from disputes.models import DisputeCase, DisputeReason
from disputes.services import opening, resolving
from disputes.services.opening import Contested
from dunning.models import Reminder
from dunning.services.sending import keeper
from invoices.models import Invoice
from invoices.services import ending, holds, payments
from invoices.states import HoldKind, PaymentMethod
from shopdisputes.actors import Actor, Role
from shopdisputes.dates import local_day
from shopdisputes.errors import DomainError
from shopdisputes.outbox import delivery
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.outbox.states import EmailStatus
from tests.races import without_locks

#: Half of them are real disputes: of all, of a part, and of all with a part released at once.
ACTS = ("dispute", "pay", "part", "void", "release", "hold")
#: What is contested of an invoice in part, tax included.
PART = Decimal("50.00")
OWNER = Actor(role=Role.OWNER, name="Olga Owner")
_IN_HAND = (EmailStatus.CLAIMED,)
_WAITS = (EmailStatus.QUEUED, EmailStatus.CLAIMED)
_MARKED = (EmailStatus.HANDING, EmailStatus.SENT, EmailStatus.IN_DOUBT)
_WITHOUT_PROGRESS_SECONDS = 90
_AT_ONCE = 3


def send() -> None:
    """Deliver until nothing waits. Runs in a process of its own."""
    waits = OutgoingEmail.objects.filter(status__in=_WAITS)
    left, since = waits.count(), time.monotonic()
    with _standing_between(), _maybe_without_locks():
        while left:
            delivery.drain(clock=timezone.now, time_left=lambda: True)
            time.sleep(0.05)
            if (now := waits.count()) != left:
                left, since = now, time.monotonic()
            assert time.monotonic() - since < _WITHOUT_PROGRESS_SECONDS, f"no progress at {left}"


@contextmanager
def _maybe_without_locks() -> Iterator[None]:
    if os.environ["DRILL_LOCKED"] == "1":
        yield
        return
    with without_locks():
        yield


@contextmanager
def _standing_between() -> Iterator[None]:
    """Let a sender stand a moment after it was told that a mail may leave."""
    stands = float(os.environ["DRILL_STANDS"])
    allow = keeper.allow

    def allow_and_stand(*args: Any, **kwargs: Any) -> Any:
        verdict = allow(*args, **kwargs)
        if verdict is None:
            time.sleep(stands)
        return verdict

    with mock.patch.object(keeper, "allow", allow_and_stand):
        yield


def dispute() -> None:
    """Dispute, hold, pay and void invoices of a share until enough is done or all mails have left.

    Runs in a process of its own; prints one line for each act.
    """
    chance = random.Random(os.environ["DRILL_SEED"])
    mine, of = int(os.environ["DRILL_SEED"]), int(os.environ["DRILL_DISPUTERS"])
    wanted = int(os.environ["DRILL_ACTS"])
    done: set[UUID] = set()
    while len(done) < wanted:
        keys = [key for key in _candidates(chance) if key.int % of == mine and key not in done]
        if not keys and not OutgoingEmail.objects.filter(status__in=_WAITS).exists():
            return
        # A few at a time: what is in hand now has left in a moment.
        for key in keys[: min(_AT_ONCE, wanted - len(done))]:
            done.add(key)
            act(key, ACTS[len(done) % len(ACTS)])


def _candidates(chance: random.Random) -> list[UUID]:
    """Return invoices of mails that a sender has in hand, and some of those that wait."""
    reminders = Reminder.objects.order_by()
    in_hand = list(
        reminders.filter(email__status__in=_IN_HAND).values_list("invoice", flat=True)[:50]
    )
    # A random place among those that wait: keys are random.
    pivot = UUID(int=chance.getrandbits(128))
    waiting = reminders.filter(email__status=EmailStatus.QUEUED, pk__gt=pivot).order_by("pk")
    chance.shuffle(in_hand)
    return in_hand + list(waiting.values_list("invoice", flat=True)[:10])


def act(key: UUID, kind: str) -> None:
    """Dispute, hold, pay or void an invoice, then tell whether a mail with it was marked already.

    ``most`` is what a mail that is marked later may ask for of it.
    """
    invoice = Invoice.objects.select_related("shop", "customer__shop").get(pk=key)
    at = timezone.now()
    case: DisputeCase | None = None
    most = Decimal("0.00")
    try:
        match kind:
            case "dispute":
                _contest(invoice, Contested(invoice=invoice), at=at)
            case "part":
                _contest(invoice, Contested(invoice=invoice, amount=PART), at=at)
                most = invoice.total - PART
            case "release":
                rest = Contested(invoice=invoice, amount=invoice.total - PART)
                line = Contested(invoice=invoice, line=invoice.lines.get(), amount=PART)
                case = _contest(invoice, line, rest, at=at)
                most = PART
            case "hold":
                holds.place(
                    invoice=invoice, kind=HoldKind.DISPUTE, reason="Not agreed.", by=OWNER, at=at
                )
            case "pay":
                payments.record(
                    customer=invoice.customer,
                    amount=invoice.balance,
                    method=PaymentMethod.CARD,
                    received_on=local_day(at, zone=invoice.shop.zone),
                    allocations=[(invoice, invoice.balance)],
                    by_email=False,
                    by=OWNER,
                    at=at,
                )
            case "void":
                ending.void(invoice=invoice, reason="Billed twice.", by=OWNER, at=at)
    except DomainError as refusal:
        print(json.dumps({"invoice": invoice.number, "kind": kind, "refused": refusal.code}))
        return
    marked = Reminder.objects.filter(invoice=key, email__status__in=_MARKED).exists()
    if case is not None:
        [line] = [item for item in resolving.open_items(case) if item.line_id]
        resolving.release_items(case=case, items=[line], reason="Agreed.", by=OWNER, at=at)
    told = {"invoice": invoice.number, "kind": kind, "marked": marked, "most": str(most)}
    print(json.dumps(told))


def _contest(invoice: Invoice, *items: Contested, at: datetime) -> DisputeCase:
    return opening.open_case(
        customer=invoice.customer,
        reason=DisputeReason.objects.get(shop=invoice.shop),
        comment="I did not agree to this.",
        items=items,
        by=OWNER,
        at=at,
    )
