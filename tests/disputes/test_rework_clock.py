"""What happens by itself about reworks, over a weekend and the change of the clocks."""

from datetime import UTC, datetime

import pytest

from disputes import invariants
from disputes.models import ReworkRequest
from disputes.services import reworking
from disputes.services.rework_clockwork import rework_clocks
from disputes.states import ReworkStatus as S
from shopdisputes.links.models import AccessLink
from shopdisputes.outbox.models import OutgoingEmail
from tests.disputes.cases import CUSTOMER, later
from tests.disputes.reworks import accept, ask, bill, deliver, mails, refuse
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type]


def ticked(at: datetime) -> dict[str, int]:
    return {name: count for name, count in rework_clocks(at=at).items() if count}


def status(rework: ReworkRequest) -> str:
    return ReworkRequest.objects.get(pk=rework.pk).status


def test_the_desk_is_reminded_once_twelve_hours_before_it_is_late() -> None:
    # Asked on the Friday before the clocks go forward, due on Tuesday at 15:00 summer time.
    ask(bill(), at=utc(2026, 3, 27, 14, 0))

    assert ticked(utc(2026, 3, 31, 0, 59)) == {}
    assert ticked(utc(2026, 3, 31, 1, 0)) == {"desks_reminded": 1}
    assert ticked(utc(2026, 3, 31, 1, 1)) == {}
    mail = OutgoingEmail.objects.get(kind="rework_due_desk")
    assert mail.recipient.startswith("desk@")
    assert "until Mar 31, 2026, 15:00" in mail.text or "Mar 31, 2026" in mail.text


def test_a_second_complaint_is_a_deadline_of_its_own() -> None:
    rework = ask(bill())
    accept(rework)
    deliver(rework)
    reworking.complain(rework=rework, text="Still.", by=CUSTOMER, at=NOW)
    assert ticked(later(2)) == {"desks_reminded": 1}
    deliver(rework, at=later(2))
    reworking.complain(rework=rework, text="Still.", by=CUSTOMER, at=later(2))

    assert ticked(later(2, 1)) == {}
    assert ticked(later(4)) == {"desks_reminded": 1}


def test_the_customer_is_reminded_once_and_silence_closes_it_after_the_last_day() -> None:
    rework = ask(bill(), at=utc(2026, 3, 24, 9, 0))
    refuse(rework, at=utc(2026, 3, 25, 9, 0))
    links = AccessLink.objects.count()

    # Until 1 April; reminded from 30 March on, which began in Paris at 22:00 UTC.
    assert ticked(utc(2026, 3, 29, 21, 59)) == {}
    assert ticked(utc(2026, 3, 29, 22, 0)) == {"customers_reminded": 1}
    assert ticked(utc(2026, 3, 30, 9, 0)) == {}
    assert AccessLink.objects.count() == links + 1
    assert ticked(utc(2026, 4, 1, 21, 59)) == {}
    assert ticked(utc(2026, 4, 1, 22, 0)) == {"closed": 1}
    assert (status(rework), ticked(utc(2026, 4, 2, 9, 0))) == (S.CLOSED_AS_IS, {})
    assert mails().count("rework_refused") == 2
    assert list(invariants.broken()) == []


def test_silence_confirms_what_was_mailed_and_waits_where_it_was_not() -> None:
    told, untold = ask(bill()), ask(bill())
    for each in (told, untold):
        accept(each)
        deliver(each)
    OutgoingEmail.objects.filter(kind="rework_delivered", target_id=told.pk).update(
        status="sent", sent_at=NOW
    )

    assert ticked(utc(2026, 3, 24, 9, 0)) == {"taken_as_confirmed": 1}
    assert (status(told), status(untold)) == (S.AUTO_CONFIRMED, S.DELIVERED)
