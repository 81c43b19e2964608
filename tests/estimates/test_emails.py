"""What the e-mails say, in every language, without a secret in what is stored."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.conf import settings

from estimates.services import clockwork, requests
from shopdisputes.links.tokens import token_of
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.repairorders.models import RepairOrder
from tests.estimates import stages
from tests.estimates.stages import CUSTOMER, LATER, NO, PART, YES
from tests.estimates.test_clockwork import TUESDAY
from tests.factories import NOW, CustomerFactory, RepairOrderFactory, ShopFactory, VehicleFactory

pytestmark = pytest.mark.django_db

LANGUAGES = [code for code, _name in settings.LANGUAGES]
CUSTOMERS = {
    "estimate_sent",
    "expiry_reminder",
    "estimate_code",
    "signed_copy",
    "oral_confirmation",
}
SHOPS = {"customer_answered", "call_requested", "paper_requested"}
AMOUNTS = {"en": "€242.28", "fr": "242,28\u00a0€", "ru": "242,28\u00a0€"}
DAYS = {"en": "Mar 20, 2026", "fr": "20 mars 2026", "ru": "20 марта 2026"}


def order_in(language: str, *, name: str = "Camille Durand") -> RepairOrder:
    shop = ShopFactory(language=language, name="Garage d'Été & Fils", legal_name="")
    customer = CustomerFactory(shop=shop, language=language, name=name)
    return RepairOrderFactory(vehicle=VehicleFactory(customer=customer))


def every_email(language: str, *, name: str = "Camille Durand") -> dict[str, OutgoingEmail]:
    """One e-mail of each kind, as a life that leads through all of them makes them."""
    order = order_in(language, name=name)
    shop = order.shop
    shop.code_from_amount = Decimal("100.00")
    shop.save()
    revision = stages.sent(
        order=order, valid_until=date(2026, 3, 20), deposit_amount=Decimal("50.00")
    )
    link = stages.link_of(revision)
    clockwork.remind_before_expiry(at=TUESDAY)
    requests.ask_for_call(link=link, note="After six.", by=CUSTOMER, at=NOW)
    requests.ask_for_paper(link=link, by=CUSTOMER, at=NOW)
    requests.send_code(link=link, by=CUSTOMER, at=NOW)
    stages.record(revision, YES, LATER)
    shop.code_from_amount = None
    shop.save()
    second = stages.revised(revision, message="Please have a look.")
    stages.answer(second, answers={stages.lines_of(second)[1].pk: NO})
    return {email.kind: email for email in OutgoingEmail.objects.order_by("created_at")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_is_worded_in_the_readers_language(language: str) -> None:
    emails = every_email(language)
    assert set(emails) == CUSTOMERS | SHOPS
    for email in emails.values():
        assert email.language == language
        assert f'lang="{language}"' in email.html
        for words in (email.subject, email.text, email.html):
            assert words.strip()
            # Nothing of the template's own language is left, nor a value that was not there.
            assert "{{" not in words
            assert "{%" not in words
            assert "None" not in words


@pytest.mark.parametrize("language", LANGUAGES)
def test_amounts_and_days_are_written_as_the_reader_expects(language: str) -> None:
    order = order_in(language)
    stages.sent(order=order, valid_until=date(2026, 3, 20))
    email = OutgoingEmail.objects.get()
    assert AMOUNTS[language] in email.text
    assert AMOUNTS[language] in email.html
    assert DAYS[language].replace("\u202f", " ") in email.text.replace("\u202f", " ").replace(
        "\u00a0", " "
    )


def test_names_are_plain_in_texts_and_subjects_and_escaped_in_html() -> None:
    emails = every_email("en", name="Anne <O'Hara> & Co")
    assert emails["customer_answered"].subject.startswith("Anne <O'Hara> & Co has answered")
    for email in emails.values():
        assert "&#x27;" not in email.text + email.subject
        assert "&amp;" not in email.text + email.subject
        assert "<O'Hara>" not in email.html
    assert "Hello Anne <O'Hara> & Co," in emails["estimate_sent"].text
    assert "Garage d'Été & Fils" in emails["estimate_sent"].text


def test_links_and_codes_are_marks_never_themselves() -> None:
    emails = every_email("en")
    for kind in ("estimate_sent", "expiry_reminder"):
        email = emails[kind]
        assert email.link is not None
        mark = f"[[link:{email.link.pk}]]"
        assert mark in email.text
        assert f'href="{mark}"' in email.html
        assert token_of(email.link) not in email.text + email.html
    code = emails["estimate_code"]
    assert re.search(r"\[\[code:[0-9a-f-]{36}\]\]", code.text)
    assert not re.search(r"\b\d{6}\b", code.text)


def test_the_first_and_the_next_version_say_which_they_are() -> None:
    first = stages.sent()
    stages.revised(first, PART, message="Call me.")
    one, two = OutgoingEmail.objects.filter(kind="estimate_sent").order_by("created_at", "subject")
    one, two = (one, two) if "New version" in two.subject else (two, one)
    number = first.estimate.number
    assert one.subject == f"Estimate {number} for your {first.estimate.repair_order.vehicle}"
    assert two.subject.startswith(f"New version 2 of estimate {number} for your ")
    assert "What has changed: More is worn." in two.text
    assert "Call me." in two.text


def test_an_estimate_for_information_asks_for_nothing() -> None:
    stages.sent(request_authorization=False)
    email = OutgoingEmail.objects.get()
    assert "you need not answer" in email.text
    assert "Read and answer" not in email.html
    assert "Read the estimate" in email.html


def test_the_confirmation_says_who_told_us_what_and_until_when_to_object() -> None:
    revision = stages.sent()
    stages.record(revision, YES, LATER)
    text = OutgoingEmail.objects.get(kind="oral_confirmation").text
    assert "On Mar 16, 2026, 10:30 Camille Durand told us (+33612345678)" in text
    assert "Replace the front brake pads: €144.00 before tax" in text
    assert "Change by this answer, with tax: €172.80" in text
    assert "Authorized in total, with tax: €172.80" in text
    assert "Reason: The discs are worn as well." in text
    assert f"call {revision.shop.phone} before Mar 17, 2026, 10:30" in text


def test_a_shop_without_a_phone_is_written_to() -> None:
    order = RepairOrderFactory(shop=ShopFactory(phone=""))
    revision = stages.sent(order=order)
    stages.record(revision, YES, LATER, mode="in_person", contact="", reason="")
    second = stages.revised(revision)
    stages.answer(second, answers={stages.lines_of(second)[1].pk: YES})
    confirmation = OutgoingEmail.objects.get(kind="oral_confirmation")
    assert "reply to this e-mail before" in confirmation.text
    assert "Reason:" not in confirmation.text
    assert "Tell us as soon as you can" in OutgoingEmail.objects.get(kind="signed_copy").text


def test_the_shop_is_told_what_was_answered_and_how_well_it_is_proved() -> None:
    stages.answer(stages.sent(), YES, NO)
    email = OutgoingEmail.objects.get(kind="customer_answered")
    assert "Declined:\n  - Front brake pads, set: €57.90 before tax" in email.text
    assert "Evidence: L1 — typed name" in email.text


def test_moments_are_the_shops() -> None:
    shop = ShopFactory(timezone="America/New_York")
    revision = stages.sent(order=RepairOrderFactory(shop=shop))
    stages.answer(revision, YES, YES)
    email = OutgoingEmail.objects.get(kind="signed_copy")
    assert "Mar 16, 2026, 05:30" in email.text
