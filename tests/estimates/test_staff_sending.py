"""The dialog before sending, the previews, resending and withdrawing."""

from decimal import Decimal

import pytest

from estimates.models import EstimateRevision
from shopdisputes.actors import Role
from shopdisputes.outbox.models import OutgoingEmail
from tests.estimates import stages
from tests.estimates.staff import browser_of, text_of
from tests.factories import CustomerFactory, EstimateFactory, RepairOrderFactory

pytestmark = pytest.mark.django_db

ASKED = {
    "way": "email",
    "request_authorization": "on",
    "request_signature": "on",
    "deposit_amount": "",
    "message": "",
}


@pytest.fixture
def desk(shop):
    return browser_of(shop)


@pytest.fixture
def estimate(shop):
    customer = CustomerFactory(shop=shop, email="camille@customer.example", name="Camille Durand")
    return EstimateFactory(repair_order=RepairOrderFactory(shop=shop, customer=customer))


def url_of(estimate, name="send"):
    return f"/estimates/{estimate.number}/{name}/"


def test_says_to_whom_and_how_strong_the_proof_will_be(desk, estimate):
    words = text_of(desk.get(url_of(estimate)))
    assert "camille@customer.example" in words
    assert "With a signature L2 — drawn signature" in words
    assert "Without a signature L1 — typed name" in words


def test_says_when_the_amount_asks_for_a_code(desk, estimate, shop):
    shop.code_from_amount = Decimal("200.00")
    shop.save(update_fields=["code_from_amount"])
    words = text_of(desk.get(url_of(estimate)))
    assert "With a signature L3 — signature and a code by e-mail" in words
    assert "from €200.00 on, and this total reaches it" in words


def test_sends_what_was_asked_for(desk, estimate):
    asked = ASKED | {"ask_deposit": "on", "deposit_amount": "50,00", "message": "As agreed."}
    response = desk.post(url_of(estimate), asked)
    assert response.status_code == 303
    assert response["Location"] == f"/estimates/{estimate.number}/"
    revision = EstimateRevision.objects.get()
    assert revision.status == "sent"
    assert revision.deposit_amount == Decimal("50.00")
    assert revision.message == "As agreed."
    assert revision.sent_to == "camille@customer.example"
    assert stages.mails(revision) == [("estimate_sent", "queued")]


def test_sends_without_a_mail_for_who_stands_there(desk, estimate):
    desk.post(url_of(estimate), ASKED | {"way": "without"})
    revision = EstimateRevision.objects.get()
    assert (revision.status, revision.sent_to) == ("sent", "")
    assert not OutgoingEmail.objects.exists()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"ask_deposit": "on"}, "Enter the amount of the deposit."),
        (
            {"ask_deposit": "on", "deposit_amount": "0"},
            "Enter the amount of the deposit.",
        ),
        (
            {"ask_deposit": "on", "deposit_amount": "242.29"},
            "The deposit cannot be more than the total.",
        ),
        ({"ask_deposit": "on", "deposit_amount": "1.005"}, "At most 2 decimal places."),
        ({"request_authorization": ""}, "ask for authorization too"),
        ({"message": "x" * 4001}, "at most 4000 characters"),
        ({"way": "pigeon"}, "Select a valid choice."),
    ],
)
def test_refuses_at_the_field_and_loses_nothing(desk, estimate, typed, words):
    before = stages.everything()
    response = desk.post(url_of(estimate), ASKED | {"message": "As agreed."} | typed)
    assert response.status_code == 422
    assert words in text_of(response)
    if "message" not in typed:
        assert "As agreed." in response.content.decode()
    assert stages.everything() == before


def test_refuses_to_mail_to_nobody(desk, shop):
    customer = CustomerFactory(shop=shop, email="")
    estimate = EstimateFactory(repair_order=RepairOrderFactory(shop=shop, customer=customer))
    page = desk.get(url_of(estimate))
    assert "This customer has no e-mail address." in text_of(page)
    response = desk.post(url_of(estimate), ASKED)
    assert response.status_code == 422
    assert EstimateRevision.objects.get().status == "draft"


def test_refuses_an_empty_estimate(desk, shop):
    estimate = EstimateFactory(shop=shop, lines=[])
    response = desk.post(url_of(estimate), ASKED)
    assert response.status_code == 422
    assert "An estimate without a line cannot be sent." in text_of(response)


def test_technicians_do_not_send(shop, estimate):
    technician = browser_of(shop, Role.TECHNICIAN)
    assert technician.get(url_of(estimate)).status_code == 403
    assert technician.post(url_of(estimate), ASKED).status_code == 403
    assert EstimateRevision.objects.get().status == "draft"


def test_what_was_sent_is_not_sent_again_as_a_draft(desk, estimate):
    desk.post(url_of(estimate), ASKED)
    assert desk.post(url_of(estimate), ASKED).status_code == 404
    assert OutgoingEmail.objects.count() == 1


def test_previews_the_page_as_the_customer_will_see_it(desk, estimate):
    before = stages.everything()
    page = desk.get(url_of(estimate, "preview"))
    assert "Nothing can be answered here." in text_of(page)
    assert "Replace the front brake pads" in text_of(page)
    assert stages.everything() == before


def test_previews_in_the_customers_language(desk, estimate):
    customer = estimate.repair_order.customer
    customer.language = "fr"
    customer.save(update_fields=["language"])
    page = desk.get(url_of(estimate, "preview"))
    assert '<html lang="fr"' in page.content.decode()


def test_previews_what_stands_in_the_dialog(desk, estimate):
    before = stages.everything()
    page = desk.post(url_of(estimate, "preview"), ASKED | {"message": "See you.", "part": "page"})
    assert "See you." in text_of(page)
    mail = desk.post(url_of(estimate, "preview"), ASKED | {"message": "See you.", "part": "mail"})
    assert "See you." in text_of(mail)
    assert "camille@customer.example" in text_of(mail)
    assert stages.everything() == before


def test_a_preview_of_nonsense_says_what_is_wrong(desk, estimate):
    response = desk.post(url_of(estimate, "preview"), ASKED | {"ask_deposit": "on"})
    assert response.status_code == 422


def test_previews_an_earlier_revision(desk, estimate):
    desk.post(url_of(estimate), ASKED)
    first = EstimateRevision.objects.get()
    stages.revised(first, stages.PART)
    page = desk.get(url_of(estimate, "preview"), {"revision": "1"})
    assert "Replace the front brake pads" in text_of(page)
    assert desk.get(url_of(estimate, "preview"), {"revision": "7"}).status_code == 404


def test_mails_it_again_to_the_corrected_address(desk, estimate):
    desk.post(url_of(estimate), ASKED)
    customer = estimate.repair_order.customer
    customer.email = "right@customer.example"
    customer.save(update_fields=["email"])
    response = desk.post(url_of(estimate, "resend"))
    assert response.status_code == 303
    assert EstimateRevision.objects.get().sent_to == "right@customer.example"


def test_withdraws_with_a_reason_only(desk, estimate):
    desk.post(url_of(estimate), ASKED)
    refused = desk.post(url_of(estimate, "withdraw"), {"reason": " "})
    assert refused.status_code == 422
    assert EstimateRevision.objects.get().status == "sent"
    taken = desk.post(url_of(estimate, "withdraw"), {"reason": "Wrong car."})
    assert taken.status_code == 303
    revision = EstimateRevision.objects.get()
    assert revision.status == "withdrawn"
    assert stages.mails(revision) == [("estimate_sent", "withdrawn")]


@pytest.mark.parametrize("verb", ["resend", "withdraw"])
def test_there_is_nothing_to_take_back_before_it_was_sent(desk, estimate, verb):
    response = desk.post(url_of(estimate, verb), {"reason": "Because"})
    assert response.status_code == 404
    assert EstimateRevision.objects.get().status == "draft"


@pytest.mark.parametrize("verb", ["resend", "withdraw"])
def test_what_the_state_forbids_is_said_and_not_done(desk, shop, verb):
    estimate = EstimateFactory(shop=shop, answered=True)
    before = stages.everything()
    response = desk.post(url_of(estimate, verb), {"reason": "Because"})
    assert response.status_code == 409
    assert stages.everything() == before
