"""The e-mails about inspections: what they say, in the language of who reads them."""

from datetime import date, datetime, timedelta, timezone

import pytest
from django.conf import settings

from inspections import emails
from inspections.models import Inspection
from inspections.services import clockwork
from shopdisputes.links.tokens import token_of
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.outbox.states import EmailStatus
from tests.factories import (
    NOW,
    CustomerFactory,
    InspectionFactory,
    RepairOrderFactory,
    ShopFactory,
    VehicleFactory,
)
from tests.inspections import customers, stages

pytestmark = pytest.mark.django_db

LANGUAGES = [code for code, _name in settings.LANGUAGES]
LATE = NOW + timedelta(days=5)


def mail(kind: str) -> OutgoingEmail:
    return OutgoingEmail.objects.get(kind=kind)


def in_language(language: str) -> Inspection:
    shop = ShopFactory(language=language)
    customer = CustomerFactory(shop=shop, language=language, name="Ёлкина & Söhne d’Été")
    order = RepairOrderFactory(vehicle=VehicleFactory(customer=customer))
    return InspectionFactory(repair_order=order, completed=True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_four_are_complete_in_every_language(language: str) -> None:
    inspection = stages.share(in_language(language), message="It's “urgent” <now>.")
    clockwork.lapse(at=LATE)
    item = stages.item_of(inspection, "bumper_front")
    customers.answer(inspection, "disagree", item_remarks={item.pk: "It's <not> mine."}, at=LATE)
    customers.previews_are_there()
    clockwork.make_reports(at=LATE)
    mails = list(OutgoingEmail.objects.filter(target_id=inspection.pk))
    assert {each.kind for each in mails} == {
        "inspection_shared",
        "inspection_unanswered",
        "inspection_answered",
        "inspection_acknowledged",
    }
    for each in mails:
        assert each.language == language
        assert f'<html lang="{language}">' in each.html
        for words in (each.subject, each.text, each.html):
            assert "None" not in words
            assert "{{" not in words
            assert "{%" not in words
        # Plain text stays plain, markup stays harmless.
        assert "&#x27;" not in each.text
        assert "<now>" not in each.html
        assert "<not>" not in each.html


def test_the_question_says_what_it_is_what_is_asked_and_until_when() -> None:
    inspection = stages.share(InspectionFactory(completed=True), message="Mind the bumper.")
    sent = mail("inspection_shared")
    vehicle = inspection.repair_order.vehicle
    assert sent.subject == f"The inspection of your {vehicle}: please look at it"
    for words in (
        f"Here is what we saw when we looked at your {vehicle}, with photos.",
        "Mind the bumper.",
        "Looked at: 5 items",
        "Needs attention: 1",
        "Urgent: 1",
        "Not inspected: 0",
        "Please answer by: Mar 19, 2026",
        "You do not order or pay anything by this.",
        "If we receive no answer by Mar 19, 2026, we will note that no answer was given; this is"
        " not an agreement.",
    ):
        assert words in sent.text
    # The link is filled in at the last moment and stands in no table.
    link = stages.link_of(inspection)
    assert f"[[link:{link.pk}]]" in sent.text
    assert token_of(link) not in sent.text + sent.html


def test_the_preview_says_what_the_mail_will() -> None:
    inspection = InspectionFactory(completed=True)
    subject, text = emails.wording_of_inspection_shared(
        inspection, message="Mind the bumper.", answer_by=date(2026, 3, 19)
    )
    assert not OutgoingEmail.objects.exists()
    stages.share(inspection, message="Mind the bumper.")
    sent = mail("inspection_shared")
    assert subject == sent.subject
    link = stages.link_of(inspection)
    assert text == sent.text.strip().replace(f"[[link:{link.pk}]]", "…")


def test_the_shop_reads_what_the_customer_said() -> None:
    inspection = customers.shared()
    item = stages.item_of(inspection, "bumper_front")
    customers.attach(inspection)
    customers.answer(
        inspection,
        "agree_with_remarks",
        remarks="The mirror was folded.",
        item_remarks={item.pk: "It was there before."},
    )
    told = mail("inspection_answered")
    customer = inspection.repair_order.customer.name
    assert told.recipient == inspection.shop.email
    assert told.subject == f"Inspection {inspection.number}, {customer}: Agrees with remarks"
    for words in (
        "Agrees with remarks\nThe mirror was folded.\n",
        "  - Body · Front bumper: It was there before.",
        "1 file added",
    ):
        assert words in told.text


def test_the_shop_reads_that_silence_is_no_agreement_and_whether_it_asked() -> None:
    inspection = customers.shared()
    clockwork.lapse(at=LATE)
    told = mail("inspection_unanswered").text
    assert "No answer was given by Mar 19, 2026. This is not an agreement." in told
    assert "Our last e-mail about it did not leave" in told
    assert stages.told_by(inspection, "inspection.no_answer")["mail_left"] is False
    asked = customers.shared()
    OutgoingEmail.objects.filter(target_id=asked.pk).update(status=EmailStatus.SENT, sent_at=NOW)
    clockwork.lapse(at=LATE)
    assert (
        "had not left"
        not in OutgoingEmail.objects.get(kind="inspection_unanswered", target_id=asked.pk).text
    )


def test_a_shop_without_an_address_is_told_nothing() -> None:
    shop = ShopFactory(email="")
    inspection = InspectionFactory(repair_order=RepairOrderFactory(shop=shop), shared=True)
    customers.answer(inspection)
    assert list(OutgoingEmail.objects.values_list("kind", flat=True)) == ["inspection_shared"]


def test_the_copy_goes_to_whoever_signed_by_mail() -> None:
    inspection = customers.shared()
    customers.answer(inspection, signer_name="Claude Durand")
    customers.previews_are_there()
    clockwork.make_reports(at=NOW)
    copy = mail("inspection_acknowledged")
    assert (copy.recipient, copy.recipient_name) == (inspection.sent_to, "Claude Durand")
    assert "Your answer: Agrees" in copy.text
    assert "You have not ordered any work by this." in copy.text


def test_moments_are_the_shops() -> None:
    inspection = customers.shared()
    at = datetime(2026, 3, 17, 6, 30, tzinfo=timezone(timedelta(hours=-7)))
    customers.answer(inspection, at=at)
    assert "Mar 17, 2026, 14:30" in mail("inspection_answered").text
