"""What comes back: bounces, replies, and the word that it was paid already."""

from datetime import timedelta

import pytest

from dunning.services import bouncing, replying
from dunning.states import Reason
from invoices.models import Hold
from invoices.services import claims
from invoices.states import ClaimKind, PaymentMethod
from shopdisputes.links.models import AccessLink
from shopdisputes.shops.models import Shop
from tests.dunning.leaving import again, planned, position_of, run
from tests.factories import ADVISOR, NOW, InvoiceFactory
from tests.sink import Sink

pytestmark = pytest.mark.django_db


def test_an_address_that_takes_nothing_holds_its_invoices(server: Sink) -> None:
    reminder = planned(before_key=1, before_offset=-3)
    server.mode = "550-recipient"

    assert run() == {"failed": 1}

    hold = Hold.objects.get(invoice=reminder.invoice)
    assert (hold.kind, hold.reason) == ("undeliverable", "550 5.1.1 no such user")
    assert hold.review_on is not None
    assert (hold.review_on.isoformat(), hold.released_at) == ("2026-03-18", None)
    left = again(reminder)
    assert (left.status, left.reason) == ("held", Reason.UNDELIVERABLE)
    assert position_of(reminder) == (1, NOW.date(), reminder.step_key)


def test_a_text_that_is_refused_blames_nobodys_address(server: Sink) -> None:
    reminder = planned()
    server.mode = "550-text"

    assert run() == {"failed": 1}

    assert again(reminder).shown_status == "failed"
    assert not Hold.objects.exists()


def test_a_mended_address_lets_the_step_be_taken_again(server: Sink) -> None:
    reminder = planned()
    run()
    email = again(reminder).email
    assert email is not None

    placed = bouncing.report_bounce(email=email, note="Mailbox full", by=ADVISOR, at=NOW)
    assert bouncing.report_bounce(email=email, by=ADVISOR, at=NOW) == []
    assert [hold.kind for hold in placed] == ["undeliverable"]
    assert again(reminder).reason == Reason.UNDELIVERABLE

    assert bouncing.address_mended(customer=reminder.customer, by=ADVISOR, at=NOW) == 1
    assert not Hold.objects.active(at=NOW).exists()
    assert position_of(reminder) == (None, NOW.date(), reminder.step_key)


def test_words_longer_than_fit_beside_a_hold_are_refused(server: Sink) -> None:
    reminder = planned()
    run()
    email = again(reminder).email
    assert email is not None

    with pytest.raises(replying.NoteTooLong):
        bouncing.report_bounce(email=email, note="x" * 501, by=ADVISOR, at=NOW)

    assert (Hold.objects.count(), again(reminder).status) == (0, "queued")


def test_a_mail_that_has_not_left_cannot_come_back() -> None:
    reminder = planned()
    assert reminder.email is not None

    with pytest.raises(bouncing.NotSent):
        bouncing.report_bounce(email=reminder.email, by=ADVISOR, at=NOW)

    assert not Hold.objects.exists()


def test_a_reply_holds_all_open_invoices_for_two_business_days(server: Sink) -> None:
    reminder = planned()
    friday = NOW + timedelta(days=4)

    (hold,) = replying.note_reply(
        customer=reminder.customer, note="Is on holiday", by=ADVISOR, at=friday
    )
    assert replying.note_reply(customer=reminder.customer, note="", by=ADVISOR, at=friday) == []

    # Until Tuesday is over in Paris.
    assert hold.expires_at is not None
    assert (hold.kind, hold.expires_at.isoformat()) == (
        "reply_pending",
        "2026-03-24T23:00:00+00:00",
    )
    assert run(friday) == {"withdrawn": 1}


def test_already_paid_holds_for_two_business_days_and_stays_with_a_person(shop: Shop) -> None:
    invoice = InvoiceFactory(shop=shop, issued=True)
    claim = claims.make(
        link=AccessLink.objects.create(
            shop=shop,
            purpose="invoice",
            target_id=invoice.pk,
            recipient="c@customer.example",
            recipient_name="C",
            language="en",
            created_at=NOW,
            expires_at=NOW + timedelta(days=30),
        ),
        kind=ClaimKind.ALREADY_PAID,
        paid_on=NOW.date(),
        method=PaymentMethod.CARD,
        by=ADVISOR,
        at=NOW,
    )

    assert claim.status == "open"
    assert claim.hold.expires_at is not None
    assert claim.hold.expires_at.isoformat() == "2026-03-18T23:00:00+00:00"
