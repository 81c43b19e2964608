"""Reminders on their way: worded when they leave, asked once more, and kept as they were sent."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from email.message import EmailMessage
from pathlib import Path

import pytest

from dunning.models import Reminder
from dunning.services import bouncing, replying, sending
from dunning.states import FeeRule, Reason, Template
from invoices.models import DunningPosition, Hold, Invoice
from invoices.services import claims, holds
from invoices.states import ClaimKind, HoldKind, PaymentMethod
from shopdisputes.dates import format_day
from shopdisputes.links.models import AccessLink
from shopdisputes.links.tokens import address_of
from shopdisputes.outbox import reading
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.outbox.tasks import drain
from shopdisputes.shops.models import Shop
from tests.factories import (
    ADVISOR,
    NOW,
    BillingSettingsFactory,
    CustomerFactory,
    InvoiceFactory,
    PaymentFactory,
    PaymentPlanFactory,
    ShopFactory,
)
from tests.factories.dunning import (
    CustomerLadderFactory,
    DunningPositionFactory,
    DunningSettingsFactory,
    LadderFactory,
    ReminderFactory,
    ReminderTextFactory,
)
from tests.sink import Sink, sink

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(tmp_path: Path, settings: object) -> Iterator[Sink]:
    """A mail server, and settings that name it."""
    with sink(tmp_path / "sink") as running:
        smtp_settings(settings, running)
        yield running


def smtp_settings(settings: object, server: Sink) -> None:
    """Have mail go to a sink."""
    settings.SMTP = {
        "host": "127.0.0.1",
        "port": server.port,
        "user": "",
        "password": "",
        "security": "none",
    }
    settings.SMTP_TIMEOUT_SECONDS = 5


def planned(invoice: Invoice | None = None, **given: object) -> Reminder:
    """A reminder as the planner leaves it: in a mail without words, its step taken."""
    reminder = ReminderFactory(queued=True, **({"invoice": invoice} if invoice else {}), **given)
    DunningPositionFactory(
        invoice=reminder.invoice,
        reached_key=reminder.step_key,
        reached_offset=reminder.step.offset_days,
        look_on=None,
    )
    return reminder


def run(moment: datetime = NOW) -> dict[str, int]:
    tally = drain(at=moment.isoformat())
    return {name: count for name, count in tally.items() if count}


def part(message: EmailMessage, kind: str) -> str:
    body = message.get_body(preferencelist=(kind,))
    assert body is not None
    return str(body.get_content())


def again(reminder: Reminder) -> Reminder:
    return Reminder.objects.select_related("email", "invoice").get(pk=reminder.pk)


def position_of(reminder: Reminder) -> tuple[int | None, object, int | None]:
    position = DunningPosition.objects.get(invoice=reminder.invoice)
    return position.reached_key, position.look_on, position.next_key


def test_says_what_is_owed_when_it_leaves_in_the_shops_words(server: Sink) -> None:
    shop = ShopFactory(name="Garage Été")
    BillingSettingsFactory(shop=shop, iban="FR7630006000011234567890189", bic="AGRIFRPP")
    ReminderTextFactory(
        shop=shop,
        subject="#number is open: #amount",
        body="Dear #customer,\n\n#items\n\n#how_to_pay\n\n#link\n\n#disputed_note\n\nYours, #shop",
    )
    customer = CustomerFactory(shop=shop, name="Anaïs <b>", email="anais@customer.example")
    invoice = InvoiceFactory(shop=shop, customer=customer, issued=True)
    reminder = planned(invoice)
    holds.place(invoice=invoice, kind=HoldKind.DISPUTE, amount=Decimal("20.00"), by=ADVISOR, at=NOW)

    assert run() == {"sent": 1}

    (message,) = server.messages()
    link = AccessLink.objects.get(target_id=invoice.pk)
    mail = again(reminder).email
    assert mail is not None
    assert str(message["Subject"]) == mail.subject == f"{invoice.number} is open: €100.00"
    text = part(message, "plain").replace("\r\n", "\n")
    assert text.startswith("Dear Anaïs <b>,\n\n")
    assert f"{invoice.number}, due on " in text
    assert "IBAN: FR76 3000 6000 0112 3456 7890 189" in text
    assert address_of(link) in text
    assert f"€20.00 of {invoice.number} is under review and need not be paid now." in text
    assert "Yours, Garage Été" in text
    page = part(message, "html")
    assert "Dear Anaïs &lt;b&gt;," in page
    assert f'href="{address_of(link)}"' in page
    assert "[[link" not in text + page
    assert address_of(link) not in mail.text + mail.html
    assert (again(reminder).amount, again(reminder).shown_status) == (Decimal("100.00"), "sent")


@pytest.mark.parametrize("body", ["#items\n\n#contact\n\nBye", "#items\n\nBye"])
def test_says_once_how_to_reach_the_shop(server: Sink, body: str) -> None:
    shop = ShopFactory(phone="+33478000000", email="desk@shop.example")
    ReminderTextFactory(shop=shop, body=body)
    planned(InvoiceFactory(shop=shop, issued=True))

    assert run() == {"sent": 1}

    (message,) = server.messages()
    assert part(message, "plain").count("+33 4 78 00 00 00") == 1
    assert part(message, "html").count('href="tel:+33478000000"') == 1


@pytest.mark.parametrize("days", [0, 1])
def test_announces_no_due_day_that_has_passed(server: Sink, days: int) -> None:
    due_on = NOW.date() - timedelta(days=days)
    reminder = planned(InvoiceFactory(issued=True, due_on=due_on), position=0)

    assert run() == ({"withdrawn": 1} if days else {"sent": 1})

    assert len(server.messages()) == 1 - days
    if days:
        assert (again(reminder).status, again(reminder).reason) == ("skipped", Reason.TOO_LATE)
        assert position_of(reminder) == (None, NOW.date(), reminder.step_key)


def test_names_the_day_of_the_part_that_a_running_plan_has_due(server: Sink) -> None:
    invoice = InvoiceFactory(issued=True)
    made = PaymentPlanFactory(invoice=invoice, active=True, created_at=NOW - timedelta(days=33))
    part_due_on = made.instalments.earliest("position").due_on
    reminder = planned(invoice)
    DunningPosition.objects.filter(invoice=reminder.invoice).update(base_on=part_due_on)

    assert run() == {"sent": 1}

    assert part_due_on != invoice.due_on
    (message,) = server.messages()
    day = format_day(part_due_on, language="en")
    assert f"{invoice.number}, due on {day}: €60.00" in part(message, "plain")


def test_is_read_afterwards_exactly_as_it_was_sent(server: Sink, settings: object) -> None:
    reminder = planned()
    run()
    (message,) = server.messages()
    settings.SMTP = None

    mail = again(reminder).email
    assert mail is not None
    assert reading.for_staff(mail).text == part(message, "plain").replace("\r\n", "\n")
    assert reading.for_staff(mail).html == part(message, "html").replace("\r\n", "\n")


def test_several_invoices_of_a_payer_share_one_mail_with_a_link_to_each(server: Sink) -> None:
    first = planned()
    second = ReminderFactory(
        invoice=InvoiceFactory(shop=first.shop, customer=first.customer, issued=True),
        step=first.step,
        email=first.email,
    )
    DunningPositionFactory(invoice=second.invoice, reached_key=second.step_key, look_on=None)

    assert run() == {"sent": 1}

    (message,) = server.messages()
    for invoice in (first.invoice, second.invoice):
        assert address_of(AccessLink.objects.get(target_id=invoice.pk)) in part(message, "plain")
    assert "€240.00" in part(message, "plain")


def test_speaks_the_payers_language_and_goes_to_where_his_mail_goes_now(server: Sink) -> None:
    reminder = planned()
    customer = reminder.customer
    customer.email, customer.language = "new@customer.example", "fr"
    customer.save()

    run()

    (message,) = server.messages()
    assert message["X-Envelope-To"] == "new@customer.example"
    assert str(message["Content-Language"]) == "fr"
    assert "120,00\N{NO-BREAK SPACE}€" in part(message, "plain")
    mail = again(reminder).email
    assert mail is not None
    assert (mail.recipient, mail.language) == ("new@customer.example", "fr")


def test_one_that_is_held_by_now_is_given_back_and_its_mail_withdrawn(server: Sink) -> None:
    reminder = planned(before_key=1, before_offset=-3)
    invoice = reminder.invoice
    holds.place(invoice=invoice, kind=HoldKind.DISPUTE, subject="D-104", by=ADVISOR, at=NOW)

    assert run() == {"withdrawn": 1}

    assert server.messages() == []
    left = again(reminder)
    assert (left.status, left.reason, left.detail) == ("held", Reason.HELD, "Dispute D-104")
    assert left.email is not None
    assert left.email.status == "withdrawn"
    assert position_of(reminder) == (1, NOW.date() + timedelta(days=1), reminder.step_key)


def test_one_held_invoice_stops_no_other_in_its_mail(server: Sink) -> None:
    held = planned()
    free = ReminderFactory(
        invoice=InvoiceFactory(shop=held.shop, customer=held.customer, issued=True),
        step=held.step,
        email=held.email,
    )
    DunningPositionFactory(invoice=free.invoice, reached_key=free.step_key, look_on=None)
    holds.place(invoice=held.invoice, kind=HoldKind.LEGAL, by=ADVISOR, at=NOW)

    assert run() == {"sent": 1}

    (message,) = server.messages()
    assert free.invoice.number in part(message, "plain")
    assert held.invoice.number not in part(message, "plain")
    assert (again(held).status, again(free).shown_status) == ("held", "sent")


@pytest.mark.parametrize(
    ("against", "reason"),
    [
        (lambda r: DunningSettingsFactory(shop=r.shop, paused=True), Reason.PAUSED),
        (lambda r: CustomerLadderFactory(customer=r.customer), Reason.EXCLUDED),
        (lambda r: PaymentFactory(customer=r.customer, amount=Decimal("5.00")), Reason.UNALLOCATED),
        (
            lambda r: DunningPosition.objects.filter(invoice=r.invoice).update(stopped_at=NOW),
            Reason.STOPPED,
        ),
        (
            lambda r: Invoice.objects.filter(pk=r.invoice_id).update(balance=Decimal("0.50")),
            Reason.BELOW_MINIMUM,
        ),
        (
            lambda r: DunningPosition.objects.filter(invoice=r.invoice).update(cycle=2),
            Reason.RESTARTED,
        ),
        # It was in doubt until a later step was taken, and did not arrive.
        (
            lambda r: DunningPosition.objects.filter(invoice=r.invoice).update(
                reached_key=3, reached_offset=10
            ),
            Reason.SUPERSEDED,
        ),
    ],
)
def test_does_not_leave_against(server: Sink, against: object, reason: Reason) -> None:
    reminder = planned()
    against(reminder)

    assert run() == {"withdrawn": 1}

    assert server.messages() == []
    assert again(reminder).reason == reason


def test_what_is_paid_is_looked_at_once_more_in_case_the_money_goes_again(server: Sink) -> None:
    reminder = planned(before_key=1, before_offset=-3)
    Invoice.objects.filter(pk=reminder.invoice_id).update(balance=Decimal("0.00"))

    assert run() == {"withdrawn": 1}

    assert again(reminder).reason == Reason.NOT_OWED
    assert position_of(reminder) == (1, NOW.date() + timedelta(days=1), reminder.step_key)


def test_waits_for_the_shops_hours(server: Sink) -> None:
    reminder = planned()
    saturday = NOW + timedelta(days=5)

    assert run(saturday) == {"not_now": 1}

    mail = again(reminder).email
    assert mail is not None
    # Monday, nine o'clock in Paris.
    assert (mail.status, mail.attempts) == ("queued", 0)
    assert mail.next_try_at.isoformat() == "2026-03-23T08:00:00+00:00"
    assert server.messages() == []


def test_two_mails_to_one_payer_never_leave_on_one_day(server: Sink) -> None:
    first = planned()
    planned(
        InvoiceFactory(shop=first.shop, customer=first.customer, issued=True),
        email__key="reminder:another-day",
    )

    # Both were worded at once: the second is stopped at its mark, then asked about anew.
    assert run() == {"sent": 1, "not_now": 2}

    assert len(server.messages()) == 1
    later = OutgoingEmail.objects.get(kind="reminder", status="queued")
    assert later.next_try_at.isoformat() == "2026-03-17T08:00:00+00:00"


def test_gives_time_from_the_day_on_which_it_leaves(server: Sink) -> None:
    reminder = planned(position=3, pay_by=NOW.date() + timedelta(days=1))

    run()

    until = NOW.date() + timedelta(days=reminder.step.pay_within_days)
    assert again(reminder).pay_by == until
    assert DunningPosition.objects.get(invoice=reminder.invoice).pay_by == until


def test_proposes_the_charge_of_its_step_and_asks_for_nothing_more(server: Sink) -> None:
    shop = ShopFactory()
    LadderFactory(
        shop=shop,
        default=True,
        steps=[
            {"offset_days": 3},
            {
                "offset_days": 10,
                "template": Template.LAST,
                "pay_within_days": 7,
                "fee_rule": FeeRule.FIXED,
                "fee_amount": Decimal("40.00"),
            },
        ],
    )
    customer = CustomerFactory(shop=shop, kind="business")
    reminder = planned(InvoiceFactory(shop=shop, customer=customer, issued=True))

    assert run() == {"sent": 1}

    fee = again(reminder).fee
    assert (fee.status, fee.amount) == ("proposed", Decimal("40.00"))
    (message,) = server.messages()
    assert "€120.00" in part(message, "plain")


@pytest.mark.parametrize("mode", ["450-recipient", "421"])
def test_a_server_that_is_busy_costs_the_invoice_nothing(server: Sink, mode: str) -> None:
    reminder = planned()
    server.mode = mode

    run()
    assert again(reminder).shown_status == "queued"

    server.mode = "accept"
    assert run(NOW + timedelta(minutes=2)) == {"sent": 1}


def test_a_link_lives_from_the_day_on_which_its_mail_leaves(server: Sink) -> None:
    reminder = planned(InvoiceFactory(issued=True, shop__link_life_days=1))
    server.mode = "421"
    run()

    server.mode = "accept"
    assert run(NOW + timedelta(days=3)) == {"sent": 1}

    assert AccessLink.objects.get(target_id=reminder.invoice_id).expires_at == NOW + timedelta(
        days=4
    )


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


def test_a_batch_is_worded_in_as_many_queries_as_one(
    django_assert_max_num_queries: object,
) -> None:
    mails = []
    shop = ShopFactory()
    for _number in range(8):
        reminder = planned(InvoiceFactory(shop=shop, issued=True))
        mails.append(OutgoingEmail.objects.prefetch_related("shop").get(pk=reminder.email_id))

    with django_assert_max_num_queries(24):
        words = sending.keeper.word(mails, at=NOW)

    assert len(words) == 8
