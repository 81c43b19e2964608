"""The customer's pages: contesting on the invoice's page, and the page of the case itself."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from disputes.models import CaseFile, CaseMessage, DisputeCase
from disputes.services import answers, escalating, messaging, resolving
from disputes.states import CaseStatus, Opening
from invoices.models import Invoice
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.links.tokens import token_of
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.shops.models import Shop
from shopdisputes.web import renewing
from tests import media
from tests.disputes.cases import (
    DESK,
    RESOLVER,
    brakes,
    contest,
    euros,
    everything,
    figures,
    fresh,
    later,
    link_to,
    mails,
    reason,
)
from tests.factories import NOW, BillingSettingsFactory, ShopFactory
from tests.invoices.customers import link_to as invoice_link

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    shop = ShopFactory(email="desk@garage.example")
    BillingSettingsFactory(shop=shop)
    return shop


@pytest.fixture
def invoice(shop: Shop) -> Invoice:
    return brakes(shop)


@pytest.fixture
def bill(invoice: Invoice) -> AccessLink:
    reason(invoice)
    return invoice_link(invoice, recipient=invoice.customer.email)


@pytest.fixture
def case(invoice: Invoice) -> DisputeCase:
    return contest(invoice, "100.00")


@pytest.fixture
def link(case: DisputeCase) -> AccessLink:
    return link_to(case, recipient=case.customer.email, recipient_name=case.customer.name)


def contest_url(link: AccessLink) -> str:
    return f"/c/invoice/{token_of(link)}/dispute/"


def said_url(link: AccessLink) -> str:
    return f"/c/invoice/{token_of(link)}/contested/"


def url(link: AccessLink, name: str = "") -> str:
    return f"/c/dispute/{token_of(link)}/{name}"


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def form(invoice: Invoice, **more: Any) -> dict[str, Any]:
    """What the page sends when its first line is ticked."""
    first = invoice.lines.in_order().first()
    return {
        f"tick_{first.pk}": "on",
        f"amount_{first.pk}": "40.00",
        "reason": str(reason(invoice).pk),
        "comment": "The pads were to cost less.",
    } | more


class TestContesting:
    def test_the_invoice_leads_to_the_page_with_nothing_ticked(
        self, client: Client, invoice: Invoice, bill: AccessLink
    ) -> None:
        assert contest_url(bill) in page(client, f"/c/invoice/{token_of(bill)}/")
        shown = page(client, contest_url(bill))

        assert "checked" not in shown
        for line in invoice.lines.filter(net__gt=0):
            assert line.description in shown
        assert "The price or the tax is wrong" in shown

    def test_holds_it_at_once_and_shows_the_number_and_how_to_pay_the_rest(
        self, client: Client, invoice: Invoice, bill: AccessLink
    ) -> None:
        photo = SimpleUploadedFile("pads.jpg", media.jpeg(40, 30))

        response = client.post(contest_url(bill), form(invoice, files=[photo]), follow=True)

        case = DisputeCase.objects.get()
        shown = response.content.decode()
        assert (case.opening, case.status) == (Opening.CUSTOMER, CaseStatus.SUBMITTED)
        assert figures(invoice) == euros("40.00", "202.28")
        assert CaseFile.objects.get().sent_as == "pads.jpg"
        assert f"noted as dispute {case.number}" in shown
        assert "FR76 3000 6000 0112 3456 7890 189" in shown
        assert "€202.28" in shown
        assert mails() == {
            "dispute_opened": invoice.customer.email,
            "dispute_opened_desk": "desk@garage.example",
        }

    def test_goes_on_in_the_language_that_was_chosen(
        self, client: Client, invoice: Invoice, bill: AccessLink
    ) -> None:
        client.get(f"{contest_url(bill)}?lang=fr")

        shown = client.post(contest_url(bill), form(invoice), follow=True)
        again = client.get(shown.redirect_chain[-1][0].partition("?")[0])

        assert '<html lang="fr"' in shown.content.decode()
        assert '<html lang="fr"' in again.content.decode()

    def test_a_second_click_leads_to_the_same_case(
        self, client: Client, invoice: Invoice, bill: AccessLink
    ) -> None:
        first = client.post(contest_url(bill), form(invoice))
        before = everything()

        second = client.post(contest_url(bill), form(invoice))

        assert (second.status_code, second["Location"]) == (303, first["Location"])
        assert everything() == before

    def test_the_same_words_about_another_line_contest_that_one_too(
        self, client: Client, invoice: Invoice, bill: AccessLink
    ) -> None:
        client.post(contest_url(bill), form(invoice))
        other = invoice.lines.in_order().filter(net__gt=0)[1]
        sent = form(invoice) | {f"tick_{other.pk}": "on", f"amount_{other.pk}": "5.00"}

        assert client.post(contest_url(bill), sent).status_code == 303

        assert DisputeCase.objects.count() == 2
        assert figures(invoice)[0] == Decimal("45.00")

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"comment": "No\0thing"}, "Null characters are not allowed."),
            ({"comment": " "}, "Please write what happened."),
            ({"reason": ""}, "Choose what it is about."),
            ({"tick_whole": "on"}, "not both"),
        ],
    )
    def test_refuses_what_is_incomplete_and_keeps_what_was_typed(
        self,
        client: Client,
        invoice: Invoice,
        bill: AccessLink,
        change: dict[str, str],
        words: str,
    ) -> None:
        sent = form(invoice) | change
        before = everything()

        response = client.post(contest_url(bill), sent)

        assert response.status_code == 422
        assert words in response.content.decode()
        assert 'value="40.00"' in response.content.decode()
        assert everything() == before

    def test_puts_too_large_an_amount_at_its_line(
        self, client: Client, invoice: Invoice, bill: AccessLink
    ) -> None:
        first = invoice.lines.in_order().first()
        sent = form(invoice) | {f"amount_{first.pk}": "9999"}
        before = everything()

        response = client.post(contest_url(bill), sent)

        assert response.status_code == 422
        assert "This is more than was billed for it." in response.content.decode()
        assert f'id="id_amount_{first.pk}-error"' in response.content.decode()
        assert everything() == before

    def test_a_bad_file_opens_nothing(
        self, client: Client, invoice: Invoice, bill: AccessLink
    ) -> None:
        sent = form(invoice, files=[SimpleUploadedFile("virus.exe", b"MZ")])

        response = client.post(contest_url(bill), sent)

        assert response.status_code == 422
        assert not DisputeCase.objects.exists()

    def test_what_is_contested_is_told_on_the_invoice_and_not_offered_again(
        self, client: Client, invoice: Invoice, bill: AccessLink
    ) -> None:
        case = contest(invoice)

        shown = page(client, f"/c/invoice/{token_of(bill)}/")

        assert f"in dispute {case.number}" in shown
        assert contest_url(bill) not in shown
        assert "I contest the amount" not in shown
        told = client.get(contest_url(bill), follow=True)
        assert told.redirect_chain == [(said_url(bill), 302)]
        assert f"in dispute {case.number}" in told.content.decode()
        assert said_url(bill) in shown

    def test_a_link_to_what_is_contested_goes_to_the_address_on_file(
        self, client: Client, invoice: Invoice, bill: AccessLink
    ) -> None:
        case = contest(invoice)
        other = contest(brakes(invoice.shop))
        before = everything()
        for number in (other.number, "", "\0"):
            response = client.post(said_url(bill), {"number": number})
            assert (response.status_code, response["Location"]) == (303, said_url(bill))
        assert everything() == before

        response = client.post(said_url(bill), {"number": case.number})

        assert (response.status_code, response["Location"]) == (
            303,
            f"{said_url(bill)}?thanks=mailed",
        )
        email = OutgoingEmail.objects.get(kind="fresh_link")
        assert email.recipient == invoice.customer.email
        assert (email.link.purpose, email.link.target_id) == (LinkPurpose.DISPUTE, case.pk)
        assert "is on its way" in page(client, response["Location"])
        for _time in range(5):
            client.post(said_url(bill), {"number": case.number})
        assert OutgoingEmail.objects.filter(kind="fresh_link").count() == 3

    def test_where_nothing_is_contested_there_is_nothing_to_tell(
        self, client: Client, bill: AccessLink
    ) -> None:
        response = client.get(said_url(bill))

        assert (response.status_code, response["Location"]) == (
            302,
            f"/c/invoice/{token_of(bill)}/",
        )


class TestTheCase:
    def test_says_how_it_stands_and_keeps_notes_and_answers_to_the_shop(
        self, client: Client, case: DisputeCase, link: AccessLink
    ) -> None:
        messaging.say(case=case, text="Not for him.", internal=True, by=DESK, at=NOW)
        inside = link_to(case, LinkPurpose.RESOLVER)
        given = answers.give(link=inside, text="He is right.", by=RESOLVER, at=NOW)
        answers.take(answer=given, by=DESK, at=NOW)
        messaging.ask(case=case, text="Which day was it?", by=DESK, at=NOW)
        before = everything()

        shown = page(client, url(link))

        assert "We need an answer from you." in shown
        assert shown.count("Which day was it?") == 2
        assert "Not for him." not in shown
        assert "He is right." not in shown
        assert "€100.00" in shown
        assert everything() == before

    def test_takes_an_answer_once(
        self, client: Client, case: DisputeCase, link: AccessLink
    ) -> None:
        messaging.ask(case=case, text="Which day was it?", by=DESK, at=later(0, -1))
        sent = {"text": "On Friday.", "files": [SimpleUploadedFile("a.jpg", media.jpeg(40, 30))]}

        assert client.post(url(link, "message/"), sent).status_code == 303
        sent["files"][0].seek(0)
        assert client.post(url(link, "message/"), sent).status_code == 303
        assert client.post(url(link, "message/"), {"text": "On Friday."}).status_code == 303

        said = CaseMessage.objects.get(side=CaseMessage.Side.CUSTOMER)
        assert said.files.get().sent_as == "a.jpg"
        assert fresh(case).status == CaseStatus.OPEN
        assert mails()["dispute_message_desk"] == "desk@garage.example"

    def test_the_same_words_with_another_photo_are_another_message(
        self, client: Client, link: AccessLink
    ) -> None:
        for name, width in (("a.jpg", 40), ("b.jpg", 50)):
            photo = SimpleUploadedFile(name, media.jpeg(width, 30))
            client.post(url(link, "message/"), {"text": "See here.", "files": [photo]})

        assert CaseMessage.objects.count() == 2
        assert [*CaseFile.objects.order_by("sent_as").values_list("sent_as", flat=True)] == [
            "a.jpg",
            "b.jpg",
        ]

    def test_gives_files_that_were_shown_and_no_others(
        self, client: Client, case: DisputeCase, link: AccessLink
    ) -> None:
        pages = [
            SimpleUploadedFile("told.pdf", media.pdf()),
            SimpleUploadedFile("noted.pdf", media.pdf(pages=2)),
        ]
        messaging.say(case=case, text="See here.", files=pages[:1], by=DESK, at=NOW)
        messaging.say(case=case, text="Keep.", internal=True, files=pages[1:], by=DESK, at=NOW)
        told, noted = (CaseFile.objects.get(sent_as=name) for name in ("told.pdf", "noted.pdf"))

        assert url(link, f"files/{told.pk}/original/") in page(client, url(link))
        assert client.get(url(link, f"files/{noted.pk}/original/")).status_code == 404

    def test_is_withdrawn_once(
        self, client: Client, invoice: Invoice, case: DisputeCase, link: AccessLink
    ) -> None:
        assert client.post(url(link, "withdraw/")).status_code == 303
        before = everything()
        assert client.post(url(link, "withdraw/")).status_code == 303

        assert fresh(case).status == CaseStatus.WITHDRAWN
        assert figures(invoice) == euros("0", "242.28")
        assert everything() == before
        assert "You have withdrawn this dispute." in page(client, url(link))
        assert fresh(case).closing_note == ""
        assert fresh(case).closing_words == "Withdrawn by the customer on the page."

    def test_too_late_to_be_withdrawn_is_said_to_a_customer(
        self, client: Client, case: DisputeCase, link: AccessLink
    ) -> None:
        escalating.escalate(case=case, note="The mediator decides.", by=DESK, at=NOW)
        before = everything()

        response = client.post(url(link, "withdraw/"), {"note": "Never mind."})

        assert response.status_code == 409
        assert "This dispute cannot be withdrawn any more" in response.content.decode()
        assert "Never mind." in response.content.decode()
        assert everything() == before

    def test_is_opened_again_with_something_new(
        self, client: Client, invoice: Invoice, case: DisputeCase, link: AccessLink
    ) -> None:
        resolving.withdraw(case=case, note="On the phone.", by=DESK, at=NOW)

        response = client.post(url(link, "reopen/"), {"note": " "})
        assert response.status_code == 422
        good = SimpleUploadedFile("good.jpg", media.jpeg(40, 30))
        wrong = {"note": "See.", "files": [good, SimpleUploadedFile("a.jpg", b"GIF89a")]}
        before = everything()
        refused = client.post(url(link, "reopen/"), wrong)
        assert refused.status_code == 422
        assert "a.jpg: " in refused.content.decode()
        assert "good.jpg" not in refused.content.decode()
        assert "please choose them again" in refused.content.decode()
        assert everything() == before
        sent = {
            "note": "A photo turned up.",
            "files": [SimpleUploadedFile("a.jpg", media.jpeg(50, 30))],
        }
        assert client.post(url(link, "reopen/"), sent).status_code == 303
        sent["files"] = [SimpleUploadedFile("a.jpg", media.jpeg(50, 30))]
        assert client.post(url(link, "reopen/"), sent).status_code == 303

        said = CaseMessage.objects.get(text="A photo turned up.")
        kept = said.files.get()
        assert kept.sent_as == "a.jpg"
        assert f'data-media="{kept.file_id}"' in page(client, url(link))
        assert fresh(case).status == CaseStatus.OPEN
        assert figures(invoice)[0] == Decimal("100.00")

    def test_too_late_to_answer_is_said(
        self, client: Client, case: DisputeCase, link: AccessLink
    ) -> None:
        resolving.withdraw(case=case, note="On the phone.", by=DESK, at=NOW)
        before = everything()

        response = client.post(url(link, "message/"), {"text": "Still there?"})

        assert response.status_code == 409
        assert "Still there?" in response.content.decode()
        assert everything() == before

    def test_a_fresh_link_goes_to_the_address_on_file(
        self, case: DisputeCase, link: AccessLink
    ) -> None:
        email = renewing.renew(link=link, by=DESK, at=later(1))

        assert email is not None
        assert email.recipient == case.customer.email
        assert email.link.target_id == case.pk

    def test_a_link_for_something_else_opens_nothing(
        self, client: Client, case: DisputeCase, bill: AccessLink
    ) -> None:
        inside = link_to(case, LinkPurpose.RESOLVER)

        assert client.get(url(inside)).status_code == 404
        assert client.get(f"/c/dispute/{token_of(bill)}/").status_code == 404
        assert client.post(contest_url(inside), {}).status_code == 404

    @pytest.mark.parametrize("language", ["en", "fr", "ru"])
    def test_speaks_the_language_that_is_chosen(
        self, client: Client, link: AccessLink, language: str
    ) -> None:
        response = client.get(url(link), {"lang": language})

        assert f'<html lang="{language}"' in response.content.decode()
