"""Reminders on their way: worded when they leave, and kept as they were sent."""

from datetime import timedelta
from decimal import Decimal

import pytest

from dunning.services import sending
from dunning.states import FeeRule, Reason, Template
from invoices.models import DunningPosition
from invoices.services import holds
from invoices.states import HoldKind
from shopdisputes.dates import format_day
from shopdisputes.links.models import AccessLink
from shopdisputes.links.tokens import address_of
from shopdisputes.outbox import reading
from shopdisputes.outbox.models import OutgoingEmail
from tests.dunning.leaving import again, planned, position_of, run
from tests.factories import (
    ADVISOR,
    NOW,
    BillingSettingsFactory,
    CustomerFactory,
    InvoiceFactory,
    PaymentPlanFactory,
    PromiseFactory,
    ShopFactory,
)
from tests.factories.dunning import (
    DunningPositionFactory,
    LadderFactory,
    ReminderFactory,
    ReminderTextFactory,
)
from tests.mailing import part
from tests.sink import Sink

pytestmark = pytest.mark.django_db


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


def test_tells_once_of_a_promise_that_was_not_kept(server: Sink) -> None:
    invoice = InvoiceFactory(issued=True)
    planned(invoice)
    PromiseFactory(
        invoice=invoice,
        amount=Decimal("50.00"),
        paid=Decimal("20.00"),
        status="partly_kept",
        settled_at=NOW - timedelta(hours=1),
        promised_on=NOW.date() - timedelta(days=5),
        hold__released_at=NOW - timedelta(hours=1),
    )
    told = (
        f"€30.00 of {invoice.number}, which you had promised by Mar 11, 2026, has not reached us."
    )

    assert run() == {"sent": 1}
    assert told in part(server.messages()[0], "plain")

    planned_on = NOW.date() + timedelta(days=7)
    ReminderFactory(
        invoice=invoice, position=2, queued=True, planned_on=planned_on, email__key="reminder:next"
    )
    assert run(NOW + timedelta(days=7)) == {"sent": 1}
    assert "promised" not in part(server.messages()[1], "plain")


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


def test_a_link_lives_from_the_day_on_which_its_mail_leaves(server: Sink) -> None:
    reminder = planned(InvoiceFactory(issued=True, shop__link_life_days=1))
    server.mode = "421"
    run()

    server.mode = "accept"
    assert run(NOW + timedelta(days=3)) == {"sent": 1}

    assert AccessLink.objects.get(target_id=reminder.invoice_id).expires_at == NOW + timedelta(
        days=4
    )


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
