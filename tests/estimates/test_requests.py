"""What customers ask for instead of answering."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from estimates.models import EstimateRevision
from estimates.services import requests, sending
from estimates.services.sending import Expired
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.repairorders import services as repair_orders
from shopdisputes.repairorders.services import RepairOrderNotOpen
from shopdisputes.signing import codes
from shopdisputes.signing.models import EmailCode
from shopdisputes.transitions import IllegalTransition, NotYourTransition
from tests.estimates import stages
from tests.estimates.stages import CUSTOMER, DESK, YES, refused
from tests.factories import NOW, RepairOrderFactory, ShopFactory

pytestmark = pytest.mark.django_db


def ask(revision: EstimateRevision, note: str = "", **other: Any) -> EstimateRevision:
    options = {"link": stages.link_of(revision), "by": CUSTOMER, "at": NOW} | other
    return requests.ask_for_call(note=note, **options)


def test_a_call_is_asked_for_once() -> None:
    revision = stages.sent()
    asked = ask(revision, " After six. ")
    assert (asked.call_requested_at, asked.call_note) == (NOW, "After six.")
    email = OutgoingEmail.objects.get(kind="call_requested")
    assert email.recipient == revision.shop.email
    assert "After six." in email.text
    before = stages.everything()
    ask(revision, "After seven.", at=NOW + timedelta(minutes=1))
    assert stages.everything() == before


def test_a_call_made_can_be_asked_for_again() -> None:
    revision = stages.sent()
    ask(revision)
    done = requests.finish_call(revision=revision, by=DESK, at=NOW + timedelta(hours=1))
    assert done.call_done_at == NOW + timedelta(hours=1)
    refused(
        requests.NoCallWanted,
        lambda: requests.finish_call(revision=revision, by=DESK, at=NOW),
    )
    again = ask(revision, "Now.", at=NOW + timedelta(hours=2))
    assert (again.call_note, again.call_done_at) == ("Now.", None)
    assert OutgoingEmail.objects.filter(kind="call_requested").count() == 2
    assert stages.actions(revision)[-3:] == [
        "estimate.call_requested",
        "estimate.call_finished",
        "estimate.call_requested",
    ]


def test_only_the_desk_finishes_a_call_that_somebody_wants() -> None:
    revision = stages.sent()
    refused(
        requests.NoCallWanted,
        lambda: requests.finish_call(revision=revision, by=DESK, at=NOW),
    )
    ask(revision)
    refused(
        NotYourTransition,
        lambda: requests.finish_call(revision=revision, by=CUSTOMER, at=NOW),
    )


def test_a_note_too_long_is_refused() -> None:
    revision = stages.sent()
    error = refused(requests.NoteTooLong, lambda: ask(revision, "x" * 301))
    assert list(error.fields) == ["note"]


def test_paper_is_asked_for_once_and_the_link_still_works() -> None:
    revision = stages.sent()
    link = stages.link_of(revision)
    asked = requests.ask_for_paper(link=link, by=CUSTOMER, at=NOW)
    assert asked.paper_requested_at == NOW
    before = stages.everything()
    requests.ask_for_paper(link=link, by=CUSTOMER, at=NOW + timedelta(hours=1))
    assert stages.everything() == before
    assert OutgoingEmail.objects.get(kind="paper_requested").recipient == revision.shop.email
    assert stages.answer(revision, YES, YES).new_total == Decimal("242.28")


def sent_with_code() -> EstimateRevision:
    shop = ShopFactory(code_from_amount=Decimal("100.00"))
    return stages.sent(order=RepairOrderFactory(shop=shop))


def test_a_code_is_mailed_to_the_holder_of_the_link_and_stored_nowhere() -> None:
    revision = sent_with_code()
    code = requests.send_code(link=stages.link_of(revision), by=CUSTOMER, at=NOW)
    email = OutgoingEmail.objects.get(kind="estimate_code")
    assert email.recipient == revision.sent_to
    assert f"[[code:{code.pk}]]" in email.text
    assert codes.digits_of(code) not in email.text + email.html + email.subject
    assert stages.actions(revision)[-1] == "estimate.code_sent"


def test_a_fourth_code_within_the_hour_is_refused() -> None:
    revision = sent_with_code()
    link = stages.link_of(revision)
    for _code in range(codes.CODES_PER_HOUR):
        requests.send_code(link=link, by=CUSTOMER, at=NOW)
    refused(codes.TooManyCodes, lambda: requests.send_code(link=link, by=CUSTOMER, at=NOW))


def test_no_code_is_made_where_none_is_needed() -> None:
    revision = stages.sent()
    link = stages.link_of(revision)
    refused(requests.NoCodeNeeded, lambda: requests.send_code(link=link, by=CUSTOMER, at=NOW))
    with_policy = sent_with_code()
    tablet = sending.open_in_person(revision=with_policy, by=DESK, at=NOW)
    refused(requests.NoCodeNeeded, lambda: requests.send_code(link=tablet, by=CUSTOMER, at=NOW))
    assert not EmailCode.objects.exists()


@pytest.mark.parametrize("act", [requests.ask_for_call, requests.ask_for_paper, requests.send_code])
def test_what_waits_for_no_answer_takes_no_request(act: Callable[..., Any]) -> None:
    revision = stages.sent(valid_until=date(2026, 3, 16))
    link = stages.link_of(revision)
    refused(Expired, lambda: act(link=link, by=CUSTOMER, at=NOW + timedelta(days=1)))
    repair_orders.close(repair_order=revision.estimate.repair_order, by=DESK, at=NOW)
    refused(RepairOrderNotOpen, lambda: act(link=link, by=CUSTOMER, at=NOW))
    repair_orders.reopen(
        repair_order=revision.estimate.repair_order, reason="Back.", by=DESK, at=NOW
    )
    sending.withdraw(revision=revision, reason="Wrong car.", by=DESK, at=NOW)
    refused(IllegalTransition, lambda: act(link=link, by=CUSTOMER, at=NOW))
