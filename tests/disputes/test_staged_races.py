"""Two people, or a person and the sender, at one invoice at the same time.

Each race has a twin without the locks, in which what must not happen does.
"""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from django.db.models import Sum

from disputes import asking
from disputes.models import DisputeCase, DisputeItem
from disputes.services import chasing, resolving
from disputes.services.clockwork import chase_overdue
from disputes.states import ClosingCode
from dunning.models import DunningSettings, Reminder
from invoices.models import Invoice
from shopdisputes.audit.models import AuditEvent
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.transitions import IllegalTransition
from tests.disputes.cases import DESK, brakes, contest, later, reason
from tests.dunning.leaving import planned
from tests.dunning.leaving import run as send
from tests.factories import NOW, InvoiceFactory
from tests.mailing import served
from tests.races import overtake, without_locks
from tests.sink import Sink

pytestmark = pytest.mark.django_db(transaction=True)

_BEFORE_ITS_MARK = "shopdisputes.outbox.delivery._mark"
_BEFORE_THE_COMMIT = "disputes.services.trail.record"


@pytest.fixture
def server(tmp_path: Path, settings: object) -> Iterator[Sink]:
    """A mail server, and settings that name it."""
    with served(tmp_path / "sink", settings, patience=5) as running:
        yield running


@pytest.fixture
def reminder() -> Reminder:
    made = planned()
    DunningSettings.objects.get_or_create(shop=made.shop)
    reason(made.invoice)
    return made


def seen_after_opening(reminder: Reminder) -> str:
    """Contest all of it, and return where the mail stood once that had committed."""
    contest(reminder.invoice)
    return OutgoingEmail.objects.get(pk=reminder.email_id).status


def test_a_reminder_has_left_before_the_case_is_open(server: Sink, reminder: Reminder) -> None:
    sender, desk = overtake(send, lambda: seen_after_opening(reminder), pause_in=_BEFORE_ITS_MARK)

    assert sender.result() == {"sent": 1}
    assert desk.result() in {"handing", "sent"}
    assert len(server.messages()) == 1


def test_without_locks_a_reminder_leaves_after_the_case_is_open(
    server: Sink, reminder: Reminder
) -> None:
    with without_locks():
        sender, desk = overtake(
            send, lambda: seen_after_opening(reminder), pause_in=_BEFORE_ITS_MARK
        )

    assert desk.result() == "claimed"
    assert sender.result() == {"sent": 1}


def test_a_reminder_waits_for_a_case_that_is_being_opened_and_stays(
    server: Sink, reminder: Reminder
) -> None:
    desk, sender = overtake(lambda: contest(reminder.invoice), send, pause_in=_BEFORE_THE_COMMIT)

    assert desk.result().number == "D-2026-0001"
    assert sender.result() == {"not_now": 1, "withdrawn": 1}
    assert server.messages() == []


def contested_by_two() -> tuple[Decimal, Decimal]:
    """Let one contest a line and another the rest; return what is contested, and was billed."""
    invoice = brakes()
    why, line = reason(invoice), invoice.lines.in_order()[0]
    first, second = overtake(
        lambda: contest(invoice, line=line, reason=why),
        lambda: contest(invoice, reason=why),
        pause_in=_BEFORE_THE_COMMIT,
    )
    assert (first.result().number, second.result().number) == ("D-2026-0001", "D-2026-0002")
    contested = DisputeItem.objects.aggregate(sum=Sum("amount"))["sum"]
    return contested, Invoice.objects.get(pk=invoice.pk).total


def test_two_people_contest_together_no_more_than_was_billed() -> None:
    contested, billed = contested_by_two()

    assert contested == billed


def test_without_locks_two_people_contest_more_than_was_billed() -> None:
    with without_locks():
        contested, billed = contested_by_two()

    assert contested > billed


@pytest.fixture
def unheld() -> DisputeCase:
    """A case of which nothing is held, so that no hold stands in the way of the second one."""
    case = contest(InvoiceFactory(issued=True))
    case.items.update(hold=None)
    return case


def end(case: DisputeCase, code: ClosingCode) -> str:
    return resolving.resolve(case=case, closing_code=code, note="Done.", by=DESK, at=NOW).status


def endings() -> int:
    return AuditEvent.objects.filter(action="dispute.resolved").count()


def test_a_case_ends_once(unheld: DisputeCase) -> None:
    first, second = overtake(
        lambda: end(unheld, ClosingCode.SHARED),
        lambda: end(unheld, ClosingCode.GOODWILL),
        pause_in=_BEFORE_THE_COMMIT,
    )

    assert first.result() == "resolved"
    assert isinstance(second.exception(), IllegalTransition)
    assert endings() == 1
    assert DisputeCase.objects.get().closing_code == ClosingCode.SHARED


def test_without_locks_a_case_ends_twice(unheld: DisputeCase) -> None:
    with without_locks():
        overtake(
            lambda: end(unheld, ClosingCode.SHARED),
            lambda: end(unheld, ClosingCode.GOODWILL),
            pause_in=_BEFORE_THE_COMMIT,
        )

    assert endings() == 2


@pytest.fixture
def late() -> DisputeCase:
    """A case whose resolver was asked, and whose follow-up's day is over at ``later(3)``."""
    case = contest(InvoiceFactory(issued=True), resolver_email="theo@garage.example")
    words = asking.proposed(case)
    chasing.tell_resolver(case=case, subject=words.subject, body=words.body, by=DESK, at=NOW)
    return case


def chased_by_two() -> int:
    overtake(
        lambda: chase_overdue(at=later(3)),
        lambda: chase_overdue(at=later(3)),
        pause_in=_BEFORE_THE_COMMIT,
    )
    return OutgoingEmail.objects.filter(kind="dispute_resolver_chased").count()


def test_two_workers_chase_a_resolver_once(late: DisputeCase) -> None:
    assert chased_by_two() == 1


def test_without_locks_two_workers_chase_a_resolver_twice(late: DisputeCase) -> None:
    with without_locks():
        assert chased_by_two() == 2
