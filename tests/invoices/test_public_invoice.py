"""The customer's page behind an invoice's link: reads, answers, proofs, refusals."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from invoices.models import Claim, Hold, Invoice, Promise
from invoices.states import ClaimStatus, InvoiceStatus
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.links.tokens import token_of
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.shops.models import Shop
from shopdisputes.signing.models import Signature
from tests import media
from tests.factories import (
    NOW,
    AccessLinkFactory,
    BillingSettingsFactory,
    DocumentFactory,
    InvoiceFactory,
    PaymentPlanFactory,
    ShopFactory,
)
from tests.invoices.customers import claim, issued, link_to, pay, promise

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    shop = ShopFactory(phone="+33140123456")
    BillingSettingsFactory(shop=shop)
    return shop


@pytest.fixture
def invoice(shop: Shop) -> Invoice:
    return issued(shop=shop, document=DocumentFactory(shop=shop, ready=True))


@pytest.fixture
def link(invoice: Invoice) -> AccessLink:
    return link_to(invoice, recipient=invoice.customer.email)


def url(link: AccessLink, name: str = "") -> str:
    return f"/c/invoice/{token_of(link)}/{name}"


def page(client: Client, link: AccessLink) -> str:
    response = client.get(url(link))
    assert response.status_code == 200
    return response.content.decode()


def post(client: Client, link: AccessLink, name: str, **data: Any) -> Any:
    return client.post(url(link, name), data)


def everything() -> tuple[int, ...]:
    """How many rows there are of what a customer's act makes."""
    return tuple(
        model.objects.count() for model in (Promise, Claim, Hold, Signature, OutgoingEmail)
    )


class TestReading:
    def test_says_first_what_is_asked_then_how_to_pay(
        self, client: Client, invoice: Invoice, link: AccessLink
    ) -> None:
        shown = page(client, link)

        assert "asks you to pay €120.00" in shown
        assert "FR76 3000 6000 0112 3456 7890 189" in shown
        assert invoice.reference[:4] in shown
        assert "data:image/png;base64," in shown
        assert "Replace the front brake pads" in shown

    def test_changes_nothing(self, client: Client, link: AccessLink) -> None:
        before = everything()
        for name in ("", "promise/", "paid/", "wrong/", "sign/", "pdf/"):
            client.get(url(link, name))

        assert everything() == before
        assert AccessLink.objects.get(pk=link.pk).displayed_at is None

    def test_says_what_is_held_and_asks_for_the_rest(
        self, client: Client, invoice: Invoice, link: AccessLink
    ) -> None:
        promise(invoice, "50.00")

        shown = page(client, link)

        assert "asks you to pay €70.00" in shown
        assert "You promised to pay €50.00 by Mar 20, 2026" in shown

    def test_asks_for_nothing_while_all_of_it_is_looked_at(
        self, client: Client, link: AccessLink
    ) -> None:
        claim(link)

        shown = page(client, link)

        assert "Nothing is to be paid at present." in shown
        assert "IBAN" not in shown
        assert "I never agreed to this." in shown

    def test_thanks_for_what_is_paid(
        self, client: Client, invoice: Invoice, link: AccessLink
    ) -> None:
        pay(invoice, "120.00")

        shown = page(client, link)

        assert "This invoice of €120.00 is paid. Thank you." in shown
        assert "I will pay later" not in shown
        assert "Something is wrong" in shown

    def test_says_that_it_is_void(self, client: Client, invoice: Invoice, link: AccessLink) -> None:
        Invoice.objects.filter(pk=invoice.pk).update(status=InvoiceStatus.VOID, balance=0)

        shown = page(client, link)

        assert "This invoice is void. You owe nothing on it." in shown
        assert "Something to tell us?" not in shown

    @pytest.mark.parametrize(("language", "lang"), [("fr", "fr"), ("ru", "ru"), ("en", "en")])
    def test_speaks_the_language_that_is_chosen(
        self, client: Client, link: AccessLink, language: str, lang: str
    ) -> None:
        response = client.get(url(link), {"lang": lang})

        assert f'<html lang="{language}"' in response.content.decode()

    def test_gives_the_pdf(self, client: Client, link: AccessLink) -> None:
        response = client.get(url(link, "pdf/"))

        assert response.status_code == 200
        assert response["Content-Type"] == "application/pdf"

    def test_notes_that_a_person_saw_it(self, client: Client, link: AccessLink) -> None:
        assert post(client, link, "displayed/").status_code == 204
        assert AccessLink.objects.get(pk=link.pk).displayed_at == NOW


class TestLinks:
    @pytest.mark.parametrize(
        "facts",
        [
            {"expired": True},
            {"revoked": True},
            {"purpose": LinkPurpose.ESTIMATE},
            {"purpose": LinkPurpose.PLAN},
        ],
    )
    def test_opens_nothing_that_it_is_not_for(
        self, client: Client, invoice: Invoice, facts: dict[str, Any]
    ) -> None:
        bad = AccessLinkFactory(
            shop=invoice.shop, target_id=invoice.pk, **({"purpose": LinkPurpose.INVOICE} | facts)
        )

        for name in ("", "pdf/"):
            assert client.get(url(bad, name)).status_code == 404
        for name in ("promise/", "paid/", "wrong/", "sign/", "displayed/"):
            assert post(client, bad, name).status_code == 404
        assert not Hold.objects.exists()

    def test_opens_no_draft_and_no_other_shops(self, client: Client, invoice: Invoice) -> None:
        draft = InvoiceFactory()
        stranger = AccessLinkFactory(
            shop=ShopFactory(), purpose=LinkPurpose.INVOICE, target_id=invoice.pk
        )

        assert client.get(url(link_to(draft))).status_code == 404
        assert client.get(url(stranger)).status_code == 404
        assert client.get(url(stranger)[:-3] + "xx/").status_code == 404

    def test_a_fresh_one_opens_the_same_invoice(self, client: Client, invoice: Invoice) -> None:
        old = link_to(invoice, expired=True)

        client.post("/c/fresh-link/", {"token": token_of(old)})

        fresh = AccessLink.objects.exclude(pk=old.pk).get()
        assert (fresh.target_id, fresh.purpose) == (invoice.pk, LinkPurpose.INVOICE)
        assert fresh.recipient == invoice.customer.email


class TestPromising:
    def test_takes_a_promise_and_says_thank_you(self, client: Client, link: AccessLink) -> None:
        response = post(client, link, "promise/", amount="50,00", promised_on="2026-03-20")

        assert (response.status_code, response["Location"]) == (
            303,
            f"{url(link)}?thanks=promise",
        )
        made = Promise.objects.get()
        assert (made.amount, made.link_id) == (Decimal("50.00"), link.pk)
        assert "Thank you. We have noted" in client.get(response["Location"]).content.decode()

    def test_a_second_tap_promises_once(self, client: Client, link: AccessLink) -> None:
        for _tap in range(2):
            assert (
                post(client, link, "promise/", amount="50.00", promised_on="2026-03-20").status_code
                == 303
            )

        assert Promise.objects.count() == 1

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            ({"amount": "", "promised_on": "2026-03-20"}, "Please write an amount."),
            ({"amount": "120.01", "promised_on": "2026-03-20"}, "more than what is owed"),
            ({"amount": "50", "promised_on": "2026-03-15"}, "between today and 60 days"),
            ({"amount": "50", "promised_on": "soon"}, "Write the day like"),
        ],
    )
    def test_keeps_what_was_typed_and_says_what_is_wrong(
        self, client: Client, link: AccessLink, data: dict[str, str], words: str
    ) -> None:
        response = post(client, link, "promise/", note="After my wages.", **data)

        shown = response.content.decode()
        assert response.status_code == 422
        assert words in shown
        assert "After my wages." in shown
        assert not Promise.objects.exists()


class TestSaying:
    PAID = {"paid_on": "2026-03-13", "method": "bank_transfer", "amount": "", "text": ""}

    def test_takes_already_paid_with_its_proof(self, client: Client, link: AccessLink) -> None:
        slip = SimpleUploadedFile("slip.jpg", media.jpeg(160, 120), "image/jpeg")

        response = post(client, link, "paid/", files=[slip], **self.PAID)

        assert response.status_code == 303
        made = Claim.objects.get()
        assert (made.method, made.files.get().sent_as) == ("bank_transfer", "slip.jpg")
        assert "slip.jpg" in page(client, link)

    def test_takes_what_is_wrong(self, client: Client, link: AccessLink) -> None:
        response = post(client, link, "wrong/", text="It still squeaks.", amount="40")

        assert response.status_code == 303
        assert Claim.objects.get().amount == Decimal("40.00")
        assert "asks you to pay €80.00" in page(client, link)

    @pytest.mark.parametrize(
        ("name", "data", "words"),
        [
            ("paid/", PAID | {"method": ""}, "Please choose how you paid."),
            ("paid/", PAID | {"paid_on": "2026-03-17"}, "This day has not come yet."),
            ("wrong/", {"text": ""}, "Please write what is wrong."),
            ("wrong/", {"text": "x", "amount": "0"}, "Write an amount above zero"),
        ],
    )
    def test_says_at_the_field_what_is_missing(
        self, client: Client, link: AccessLink, name: str, data: dict[str, str], words: str
    ) -> None:
        response = post(client, link, name, **data)

        assert response.status_code == 422
        assert words in response.content.decode()
        assert not Claim.objects.exists()

    def test_refuses_a_file_in_words_and_keeps_the_text(
        self, client: Client, link: AccessLink
    ) -> None:
        bad = SimpleUploadedFile("slip.jpg", b"no picture", "image/jpeg")

        response = post(client, link, "wrong/", text="It still squeaks.", files=[bad])

        shown = response.content.decode()
        assert response.status_code == 422
        assert "data-errors" in shown
        assert "It still squeaks." in shown
        assert not Claim.objects.exists()

    def test_the_same_again_is_one_and_more_waits(self, client: Client, link: AccessLink) -> None:
        for _tap in range(2):
            assert post(client, link, "wrong/", text="It still squeaks.").status_code == 303

        response = post(client, link, "wrong/", text="And smells.")

        assert response.status_code == 409
        assert "You have told us so already." in response.content.decode()
        assert Claim.objects.get().status == ClaimStatus.OPEN


class TestSigning:
    SIGNED = {"signer_name": "Camille Durand", "consent": "on"}

    def test_is_not_asked_for_unless_the_shop_does(self, client: Client, link: AccessLink) -> None:
        assert "Confirm the receipt" not in page(client, link)
        assert client.get(url(link, "sign/")).status_code == 302

    def test_signs_the_receipt_once_and_seals_a_copy(
        self, client: Client, shop: Shop, invoice: Invoice, link: AccessLink
    ) -> None:
        BillingSettingsFactory._meta.model.objects.update(ask_signature=True)
        assert "Confirm the receipt" in page(client, link)
        data = self.SIGNED | {"subject_sha256": invoice.sha256}
        assert "I confirm the receipt" in client.get(url(link, "sign/")).content.decode()

        for _tap in range(2):
            assert post(client, link, "sign/", **data).status_code == 303

        signed = Invoice.objects.select_related("signature", "signed_document").get()
        assert signed.signature is not None
        assert signed.signature.subject_sha256 == invoice.sha256
        assert signed.signed_document is not None
        assert signed.signed_document.seal_wanted
        assert Signature.objects.count() == 1
        assert post(client, link, "sign/", **(data | {"signer_name": "X Y"})).status_code == 409

    def test_asks_for_a_name_and_the_consent(
        self, client: Client, invoice: Invoice, link: AccessLink
    ) -> None:
        BillingSettingsFactory._meta.model.objects.update(ask_signature=True)

        response = post(client, link, "sign/", subject_sha256=invoice.sha256, signer_name="1")

        assert response.status_code == 422
        assert not Signature.objects.exists()


def test_is_late_after_its_day(client: Client, shop: Shop) -> None:
    late = issued(shop=shop, due_on=NOW.date() - timedelta(days=1))

    assert "It was to be paid by Mar 15, 2026." in page(client, link_to(late))


def test_in_parts_it_names_the_day_of_the_part_that_is_due(client: Client, shop: Shop) -> None:
    invoice = issued(shop=shop, due_on=NOW.date() - timedelta(days=50))
    PaymentPlanFactory(invoice=invoice, active=True, created_at=NOW - timedelta(days=33))

    shown = page(client, link_to(invoice, recipient=invoice.customer.email))

    assert "asks you to pay €60.00" in shown
    assert "It was to be paid by Mar 13, 2026." in shown
