"""Letters: made for each payer, taken back, posted; and the pages for it."""

import io
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from dunning import facts
from dunning.models import Fee, Reminder
from dunning.services import clearing, posting
from dunning.services.posting import LetterOutdated, NoLetterYet, PostedDayRefused
from dunning.states import Channel, FeeRule, Reason, ReminderStatus, Template
from invoices.models import DunningPosition, Invoice
from invoices.services import holds
from invoices.states import HoldKind
from shopdisputes.actors import Actor
from shopdisputes.audit.models import AuditEvent
from shopdisputes.customers.models import Customer
from shopdisputes.documents import typesetting
from shopdisputes.documents.models import Document, DocumentKind
from shopdisputes.shops.models import Membership, Shop
from tests.factories import (
    NOW,
    CustomerFactory,
    DocumentFactory,
    DunningPositionFactory,
    InvoiceFactory,
    LadderFactory,
    PaymentFactory,
    ReminderFactory,
    StepFactory,
)

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 16)
PAGE = reverse("letter-list")


@pytest.fixture
def last(shop: Shop) -> Any:
    """A step by letter that gives a week and charges five euros."""
    ladder = LadderFactory(
        shop=shop,
        default=True,
        steps=[
            {
                "template": Template.LAST,
                "channel": Channel.LETTER,
                "pay_within_days": 7,
                "fee_rule": FeeRule.FIXED,
                "fee_amount": Decimal("5.00"),
            }
        ],
    )
    return ladder.versions.get().steps.get()


@pytest.fixture
def desk(owner: Membership, client: Client) -> Client:
    client.force_login(owner.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def queued(step: Any, customer: Customer | None = None, **invoice: Any) -> Reminder:
    """Return a letter that waits, of an invoice that has reached its step."""
    customer = customer or CustomerFactory(shop=step.shop, kind="business")
    bill = InvoiceFactory(
        customer=customer,
        issued=True,
        created_at=NOW - timedelta(days=40),
        due_on=TODAY - timedelta(days=20),
        **invoice,
    )
    DunningPositionFactory(
        invoice=bill, reached_key=step.key, reached_offset=step.offset_days, look_on=None
    )
    return ReminderFactory(invoice=bill, step=step)


def again(reminder: Reminder) -> Reminder:
    return Reminder.objects.with_everything().get(pk=reminder.pk)


def make(by: Actor, *reminders: Reminder) -> list[Any]:
    return posting.make_letters(reminders=reminders, by=by, at=NOW)


def post(
    by: Actor, reminders: Sequence[Reminder], posted_on: date = TODAY, later: int = 0
) -> list[Any]:
    return posting.mark_posted(
        reminders=[again(each) for each in reminders],
        posted_on=posted_on,
        note="RK 1234",
        by=by,
        at=NOW + timedelta(days=later),
    )


def refusals(results: list[Any]) -> list[type]:
    return [type(each.refused) for each in results if each.refused is not None]


def test_what_goes_to_one_payer_lies_in_one_envelope(last: Any, by: Actor) -> None:
    payer = CustomerFactory(shop=last.shop)
    first, second = queued(last, payer), queued(last, payer, total="80.00")
    other = queued(last)
    demand = queued(
        StepFactory(
            version=last.version,
            channel=Channel.LETTER,
            template=Template.FORMAL_DEMAND,
            requires_approval=True,
            offset_days=40,
        ),
        payer,
    )

    assert refusals(make(by, first, second, other, demand)) == []

    first, second, other, demand = map(again, (first, second, other, demand))
    assert first.document == second.document
    assert len({each.document_id for each in (first, other, demand)}) == 3
    assert first.document is not None
    assert first.document.kind == DocumentKind.REMINDER_LETTER
    assert demand.document is not None
    assert demand.document.kind == DocumentKind.FORMAL_DEMAND
    # A week from today; a formal demand gives the days of the place.
    assert (first.pay_by, demand.pay_by) == (date(2026, 3, 23), date(2026, 3, 31))
    # Nothing is sent by making it.
    assert first.status == ReminderStatus.QUEUED
    assert first.ended_at is None


def test_a_letter_asks_for_what_may_be_asked_for_now(last: Any, by: Actor) -> None:
    reminder = queued(last)
    holds.place(
        invoice=reminder.invoice,
        kind=HoldKind.DISPUTE,
        amount=Decimal("20.00"),
        by=by,
        at=NOW,
    )
    make(by, reminder)
    assert again(reminder).amount == Decimal("100.00")


def test_refuses_what_is_held_and_makes_the_others(last: Any, by: Actor) -> None:
    payer = CustomerFactory(shop=last.shop)
    held, free = queued(last, payer), queued(last, payer)
    holds.place(invoice=held.invoice, kind=HoldKind.DISPUTE, by=by, at=NOW)

    results = make(by, held, free)

    (refused,) = [each for each in results if each.refused is not None]
    assert refused.reminder == held
    assert refused.refused.message == "All of it is held. Dispute"
    assert again(held).document is None
    assert again(free).document is not None


def test_posting_ends_it_and_gives_time_and_proposes_the_charge(last: Any, by: Actor) -> None:
    reminder = queued(last)
    make(by, reminder)

    assert refusals(post(by, [reminder])) == []

    posted = again(reminder)
    assert (posted.status, posted.ended_at, posted.ended_by, posted.note) == (
        ReminderStatus.SENT,
        NOW,
        by.name,
        "RK 1234",
    )
    position = DunningPosition.objects.get(invoice=reminder.invoice)
    assert position.pay_by == date(2026, 3, 23)
    assert Fee.objects.get(reminder=reminder).amount == Decimal("5.00")
    assert AuditEvent.objects.for_shop(last.shop).filter(action="reminder.posted").count() == 1
    # It counts as a contact.
    payer = {reminder.customer_id}
    assert facts.contacts(payer, zone=last.shop.zone, today=TODAY) == {reminder.customer_id: TODAY}
    # Twice is once.
    assert len(refusals(post(by, [reminder]))) == 1
    assert Fee.objects.count() == 1


def test_a_letter_is_posted_with_all_that_is_in_it(last: Any, by: Actor) -> None:
    payer = CustomerFactory(shop=last.shop)
    first, second = queued(last, payer), queued(last, payer)
    make(by, first, second)
    post(by, [first])
    assert again(second).status == ReminderStatus.SENT


def test_refuses_to_post_today_what_is_not_owed_any_more(last: Any, by: Actor) -> None:
    reminder = queued(last)
    make(by, reminder)
    PaymentFactory(on=reminder.invoice, amount=Decimal("20.00"))

    assert refusals(post(by, [reminder])) == [LetterOutdated]
    assert again(reminder).status == ReminderStatus.QUEUED
    assert not Fee.objects.exists()

    make(by, again(reminder))
    assert again(reminder).amount == Decimal("100.00")
    assert refusals(post(by, [reminder])) == []


def test_what_was_posted_days_ago_is_a_fact(last: Any, by: Actor) -> None:
    reminder = queued(last)
    make(by, reminder)
    PaymentFactory(
        on=reminder.invoice, amount=Decimal("120.00"), recorded_at=NOW + timedelta(days=1)
    )
    assert refusals(post(by, [reminder], posted_on=TODAY, later=2)) == []
    assert again(reminder).status == ReminderStatus.SENT
    # Nothing could be collected any more, so nothing is charged.
    assert not Fee.objects.exists()


@pytest.mark.parametrize("day", [TODAY - timedelta(days=1), TODAY + timedelta(days=1)])
def test_refuses_a_day_that_cannot_be(last: Any, by: Actor, day: date) -> None:
    reminder = queued(last)
    make(by, reminder)
    assert refusals(post(by, [reminder], posted_on=day)) == [PostedDayRefused]
    assert again(reminder).status == ReminderStatus.QUEUED


def test_a_letter_taken_back_waits_again(last: Any, by: Actor) -> None:
    reminder = queued(last)
    make(by, reminder)
    assert posting.take_back(reminders=[reminder], by=by, at=NOW) == 1
    assert again(reminder).document is None
    assert refusals(post(by, [reminder])) == [NoLetterYet]
    make(by, again(reminder))
    post(by, [reminder])
    assert posting.take_back(reminders=[reminder], by=by, at=NOW) == 0
    assert again(reminder).document is not None


def test_what_may_not_be_asked_for_gives_its_step_back(last: Any, by: Actor) -> None:
    held, made, free = queued(last), queued(last), queued(last)
    make(by, made)
    for each in (held, made):
        holds.place(invoice=each.invoice, kind=HoldKind.DISPUTE, by=by, at=NOW)

    assert clearing.clear(at=NOW) == 1

    held = again(held)
    assert (held.status, held.reason) == (ReminderStatus.HELD, Reason.HELD)
    position = DunningPosition.objects.get(invoice=held.invoice)
    assert (position.reached_key, position.look_on) == (None, TODAY + timedelta(days=1))
    # One that is made may be in the post already.
    assert again(made).status == ReminderStatus.QUEUED
    assert again(free).status == ReminderStatus.QUEUED
    assert clearing.clear(at=NOW) == 0


def test_what_is_paid_waits_for_nobodys_approval(last: Any, by: Actor) -> None:
    reminder, other = queued(last), queued(last)
    Reminder.objects.update(status=ReminderStatus.AWAITING_APPROVAL)
    Invoice.objects.filter(pk=reminder.invoice_id).update(balance=Decimal("0.00"))

    assert clearing.clear(at=NOW) == 1

    assert (again(reminder).status, again(reminder).reason) == ("held", Reason.NOT_OWED)
    position = DunningPosition.objects.get(invoice=reminder.invoice)
    assert (position.reached_key, position.look_on) == (None, TODAY + timedelta(days=1))
    assert again(other).status == ReminderStatus.AWAITING_APPROVAL


# --- The pages ------------------------------------------------------------------------------


def test_makes_prints_and_posts_on_one_page(desk: Client, last: Any, shop: Shop) -> None:
    first, second = queued(last), queued(last)
    words = desk.get(PAGE).content.decode()
    assert first.customer.name in words
    assert "To be made" in words

    made = desk.post(reverse("letter-make"), {"reminder": [str(first.pk), str(second.pk)]})
    assert made["Location"] == PAGE
    words = desk.get(PAGE).content.decode()
    assert "2 letters are being made." in words
    assert desk.get(reverse("letter-pdf"))["Location"] == PAGE

    for document in Document.objects.for_shop(shop):
        typesetting.make_one(document.pk, clock=lambda: NOW)
    words = desk.get(PAGE).content.decode()
    assert "Print 2 letters" in words
    pdf = desk.get(reverse("letter-pdf"))
    pages = PdfReader(io.BytesIO(pdf.content)).pages
    assert "Letters to post" in pages[0].extract_text()
    # The sheet is one page; each letter begins on a front side.
    text = [page.extract_text() for page in pages]
    for reminder in (first, second):
        (start,) = [
            place for place, words in enumerate(text) if f"Hello {reminder.customer.name}" in words
        ]
        assert start % 2 == 0
    table = b"".join(desk.get(reverse("letter-addresses"))).decode()  # type: ignore[arg-type]
    assert f"{first.customer.name},3 quai Perrache" in table

    letters = [str(again(each).document_id) for each in (first, second)]
    posted = desk.post(
        reverse("letter-posted"), {"letter": letters, "posted_on": "2026-03-16"}, follow=True
    )
    assert "2 letters count as posted." in posted.content.decode()
    assert "No letter waits" in posted.content.decode()
    assert again(first).status == again(second).status == ReminderStatus.SENT


def test_a_formal_demand_is_printed_with_copies_of_what_it_names(
    desk: Client, shop: Shop, by: Actor
) -> None:
    demand = {"template": "formal_demand", "channel": "letter", "requires_approval": True}
    step = LadderFactory(shop=shop, steps=[demand]).versions.get().steps.get()
    bill, order = (
        DocumentFactory(shop=shop, html=f"<html lang='en'><title>C</title><p>{words}</p></html>")
        for words in ("The bill", "What was ordered")
    )
    reminder = queued(step, document=bill)
    Document.objects.filter(pk=order.pk).update(
        kind=DocumentKind.SIGNED_ESTIMATE, repair_order_id=reminder.invoice.repair_order_id
    )

    make(by, reminder)
    letter = again(reminder).document
    assert letter is not None
    typesetting.make_one(letter.pk, clock=lambda: NOW)
    # Without its enclosures it is not to be printed.
    assert desk.get(reverse("letter-pdf"))["Location"] == PAGE
    for copy in (bill, order):
        typesetting.make_one(copy.pk, clock=lambda: NOW)

    assert "with 2 enclosures" in desk.get(PAGE).content.decode()
    pages = PdfReader(io.BytesIO(desk.get(reverse("letter-pdf")).content)).pages
    text = [" ".join(page.extract_text().split()) for page in pages]
    assert any("and of the signed authorizations of the work" in words for words in text)
    assert [words for words in text if words][-2:] == ["The bill", "What was ordered"]


def test_says_at_the_letter_that_it_is_outdated(desk: Client, last: Any, by: Actor) -> None:
    reminder = queued(last)
    make(by, reminder)
    PaymentFactory(on=Invoice.objects.get(pk=reminder.invoice_id), amount=Decimal("20.00"))

    assert "Changed since" in desk.get(PAGE).content.decode()
    answer = desk.post(
        reverse("letter-posted"),
        {"letter": [str(again(reminder).document_id)], "posted_on": "2026-03-16"},
        follow=True,
    )
    assert "Do not post it: make it again." in answer.content.decode()
    desk.post(reverse("letter-take-back"), {"letter": [str(again(reminder).document_id)]})
    assert again(reminder).document is None


@pytest.mark.parametrize("day", ["soon", "2026-03-17"])
def test_a_wrong_day_is_told_at_the_field_and_what_was_typed_stays(
    desk: Client, last: Any, by: Actor, day: str
) -> None:
    reminder, other = queued(last), queued(last)
    make(by, reminder)
    make(by, other)
    letter = str(again(reminder).document_id)
    answer = desk.post(
        reverse("letter-posted"), {"letter": [letter], "posted_on": day, "note": "RR 12"}
    )
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["posted_on"]
    page = answer.content.decode()
    assert ('value="RR 12"' in page, f'value="{day}"' in page) == (True, True)
    assert f'value="{letter}" checked' in page
    assert f'value="{again(other).document_id}">' in page, "what was not ticked stays so"
    assert again(reminder).status == ReminderStatus.QUEUED
