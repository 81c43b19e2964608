"""Offers on the staff's pages, and behind the customer's link."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from disputes.models import DisputeCase, Offer, ResolverAnswer
from disputes.states import CaseStatus, OfferStatus
from disputes.views import today
from invoices.models import Invoice
from invoices.services import crediting
from shopdisputes.actors import Role
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.links.tokens import token_of
from shopdisputes.shops.models import Membership
from tests.disputes.cases import CUSTOMER, DESK, brakes, contest, fresh, link_to
from tests.disputes.settling import balance, everything, offer
from tests.factories import NOW, DocumentFactory, staff

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def invoice() -> Invoice:
    return brakes()


@pytest.fixture
def case(invoice: Invoice) -> DisputeCase:
    """The pads, 69.48 of 242.28, are contested."""
    return contest(invoice, line=invoice.lines.in_order()[1])


@pytest.fixture
def link(case: DisputeCase) -> AccessLink:
    return link_to(case, recipient=case.customer.email, recipient_name=case.customer.name)


class TestAtTheDesk:
    @pytest.fixture
    def desk(self, case: DisputeCase, client: Client) -> Client:
        client.force_login(staff(case.shop, Role.ADVISOR).user, backend=BACKEND)
        return client

    def at(self, case: DisputeCase, act: str = "") -> str:
        return f"/disputes/{case.number}/{act}"

    def test_an_offer_is_made_and_stands_on_the_case(self, desk: Client, case: DisputeCase) -> None:
        assert self.at(case, "offers/new/") in desk.get(self.at(case)).content.decode()
        shown = desk.get(self.at(case, "offers/new/")).content.decode()
        assert "At most €69.48." in shown
        sent = {"kind": "credit", "amount": "30,00", "text": "Too dear.", "resume": "keep_step"}

        made = desk.post(self.at(case, "offers/new/"), sent | {"expires_on": "2026-03-20"})

        assert made.status_code == 303
        assert Offer.objects.get().in_words == "A credit of €30.00"
        page = desk.get(self.at(case)).content.decode()
        assert "A credit of €30.00" in page
        assert self.at(case, "offers/1/record/") in page

    def test_what_the_resolver_proposed_is_put_in_once_it_was_taken_over(
        self, desk: Client, case: DisputeCase
    ) -> None:
        page = self.at(case, "offers/new/")
        facts = {"text": "30 off.", "given_at": NOW, "given_by": "Theo"}
        ResolverAnswer.objects.create(
            shop=case.shop, case=case, proposed_amount="30.00", status="pending", **facts
        )
        assert desk.get(page).context["form"].initial["amount"] is None
        ResolverAnswer.objects.create(
            shop=case.shop, case=case, proposed_amount="69.49", status="taken", **facts
        )
        assert desk.get(page).context["form"].initial["amount"] is None
        ResolverAnswer.objects.create(
            shop=case.shop, case=case, proposed_amount="25.00", status="taken", **facts
        )
        assert desk.get(page).context["form"].initial["amount"] == Decimal("25.00")

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"amount": "69.49"}, "At most €69.48: so much is contested"),
            ({"kind": "plan"}, "Choose the day of the first part."),
            ({"kind": "plan", "parts": "2", "first_on": "2026-03-15"}, "Not before today."),
            ({"kind": "plan", "parts": "24", "first_on": "9999-12-01"}, "At most three years"),
            ({"expires_on": "2026-03-15"}, "This day is over."),
        ],
    )
    def test_what_is_wrong_is_said_at_its_field(
        self, desk: Client, case: DisputeCase, changes: dict[str, str], words: str
    ) -> None:
        sent = {"kind": "credit", "amount": "30.00", "resume": "keep_step"}
        before = everything()

        refused = desk.post(
            self.at(case, "offers/new/"), sent | {"expires_on": "2026-03-20"} | changes
        )

        assert refused.status_code == 422
        assert words in refused.content.decode()
        assert everything() == before

    def test_a_plan_is_divided_by_months(self, desk: Client, case: DisputeCase) -> None:
        sent = {"kind": "plan", "parts": "3", "first_on": "2026-03-31", "resume": "keep_step"}

        desk.post(self.at(case, "offers/new/"), sent | {"expires_on": "2026-03-20"})

        assert Offer.objects.get().terms == [
            {"due_on": "2026-03-31", "amount": "80.76"},
            {"due_on": "2026-04-30", "amount": "80.76"},
            {"due_on": "2026-05-31", "amount": "80.76"},
        ]

    def test_the_customers_offer_waits_on_today_and_is_accepted(
        self, desk: Client, case: DisputeCase, invoice: Invoice
    ) -> None:
        offer(case, "50.00", by=CUSTOMER, link=link_to(case))
        [row] = [each for each in today.items(case.shop, DESK, NOW) if "offer" in each.title]
        assert row.detail == "A credit of €50.00"
        address = self.at(case, "offers/1/accept/")
        before = everything()
        assert "A credit of €50.00" in desk.get(address).content.decode()
        assert everything() == before

        assert desk.post(address).status_code == 303

        assert balance(invoice) == invoice.total - 50
        assert fresh(case).status == CaseStatus.RESOLVED
        page = desk.get(self.at(case)).content.decode()
        assert "CN-2026-0001" in page
        assert desk.post(address).status_code == 409

    def test_what_could_not_be_carried_out_is_said_at_once(
        self, desk: Client, case: DisputeCase, invoice: Invoice
    ) -> None:
        offer(case)
        crediting.credit(invoice=invoice, reason="Billed twice.", by=DESK, at=NOW)

        done = desk.post(self.at(case, "offers/1/record/"), {"how": "By phone."}, follow=True)

        assert "could not be carried out" in done.content.decode()
        assert "Nothing of it was done:" in done.content.decode()

    def test_it_is_signed_on_the_tablet(self, desk: Client, case: DisputeCase) -> None:
        made = offer(case)

        sent = desk.post(self.at(case, "offers/1/tablet/"))

        handed = AccessLink.objects.get(purpose=LinkPurpose.DISPUTE_IN_PERSON)
        assert sent["Location"] == f"/c/dispute/{token_of(handed)}/offer/1/"
        signed = desk.post(f"{sent['Location']}sign/", signing(made), follow=True)
        assert "hand the tablet back" in signed.content.decode()
        done = fresh(made)
        assert done.status == OfferStatus.EXECUTED
        assert done.signature.witness == str(Membership.objects.get().user)
        assert desk.get(f"/c/dispute/{token_of(handed)}/").status_code == 404

    def test_it_is_taken_back_and_refused(self, desk: Client, case: DisputeCase) -> None:
        made = offer(case)
        desk.post(self.at(case, "offers/1/take-back/"))
        assert fresh(made).status == OfferStatus.WITHDRAWN
        theirs = offer(case, by=CUSTOMER, link=link_to(case))
        desk.post(self.at(case, "offers/2/refuse/"), {"answer": "The price is right."})
        assert fresh(theirs).answer == "The price is right."


def signing(made: Offer, **more: Any) -> dict[str, Any]:
    """What the page sends when the customer signs."""
    return {
        "subject_sha256": made.sha256,
        "signer_name": "Camille Durand",
        "consent": "on",
        "signer_timezone": "Europe/Paris",
    } | more


class TestBehindTheLink:
    def at(self, link: AccessLink, name: str = "") -> str:
        return f"/c/dispute/{token_of(link)}/{name}"

    def test_looking_changes_nothing_and_shows_what_is_signed(
        self, client: Client, case: DisputeCase, link: AccessLink
    ) -> None:
        made = offer(case)
        before = everything()

        on_case = client.get(self.at(link)).content.decode()
        on_its_own = client.get(self.at(link, "offer/1/")).content.decode()
        for name in ("offer/", "offer/1/sign/", "offer/1/refuse/", "offer/1/take-back/"):
            assert client.get(self.at(link, name)).status_code == 302

        assert everything() == before
        assert self.at(link, "offer/1/") in on_case
        assert "A credit of €30.00" in on_case
        assert made.sha256 in on_its_own
        assert "The pads were too dear." in on_its_own
        assert "I have read offer 1" in on_its_own

    def test_tells_who_made_which_offer(
        self, client: Client, case: DisputeCase, link: AccessLink
    ) -> None:
        offer(case)
        offer(case, "50.00", by=CUSTOMER, link=link)

        history = client.get(self.at(link)).content.decode()

        assert history.count("The shop made you an offer") == 1
        assert history.count("You made an offer") == 1

    def test_it_is_signed_once_however_often_it_is_sent(
        self, client: Client, case: DisputeCase, link: AccessLink, invoice: Invoice
    ) -> None:
        made = offer(case)
        address = self.at(link, "offer/1/sign/")

        first = client.post(address, signing(made))
        before = everything()
        second = client.post(address, signing(made))

        assert first.status_code == second.status_code == 303
        assert everything() == before
        assert balance(invoice) == invoice.total - 30
        thanks = client.get(first["Location"]).content.decode()
        assert "It is agreed and carried out." in thanks
        assert "This was agreed" in client.get(self.at(link, "offer/1/")).content.decode()
        assert "The offer was accepted" in client.get(self.at(link)).content.decode()

    @pytest.mark.parametrize(
        ("changes", "code", "words"),
        [
            ({"subject_sha256": "0" * 64}, 409, "has changed since"),
            ({"consent": ""}, 422, "Tick that you agree"),
            ({"signer_name": "–"}, 422, "Please write your full name."),
        ],
    )
    def test_a_signature_that_is_none_is_refused(
        self,
        client: Client,
        case: DisputeCase,
        link: AccessLink,
        changes: dict[str, str],
        code: int,
        words: str,
    ) -> None:
        made = offer(case)
        before = everything()

        refused = client.post(self.at(link, "offer/1/sign/"), signing(made, **changes))

        assert refused.status_code == code
        assert words in refused.content.decode()
        assert everything() == before

    def test_it_is_refused_and_answered_by_another(
        self, client: Client, case: DisputeCase, link: AccessLink
    ) -> None:
        first = offer(case)
        refusal = self.at(link, "offer/1/refuse/")
        assert client.post(refusal, {"answer": "Too little."}).status_code == 303
        assert client.post(refusal, {"answer": "Too little."}).status_code == 303
        assert fresh(first).answer == "Too little."

        mine = {"kind": "credit", "amount": "60.00", "text": "As in the estimate."}
        assert client.post(self.at(link, "offer/"), mine).status_code == 303
        assert client.post(self.at(link, "offer/"), mine).status_code == 303

        theirs = Offer.objects.get(position=2)
        assert (theirs.side, theirs.amount, theirs.link) == ("customer", 60, link)
        assert "A credit of €60.00" in client.get(self.at(link)).content.decode()
        assert client.post(self.at(link, "offer/2/sign/"), signing(theirs)).status_code == 409
        back = client.post(self.at(link, "offer/2/take-back/"))
        assert back["Location"].endswith("?thanks=taken_back")
        assert fresh(theirs).status == OfferStatus.WITHDRAWN

    @pytest.mark.parametrize(
        ("sent", "words"),
        [
            ({"kind": "credit", "amount": "69.49"}, "At most €69.48"),
            ({"kind": ""}, "Choose what you propose."),
            ({"kind": "rework"}, "Write in words what you offer."),
            ({"kind": "refund", "amount": "10.00"}, "Choose what you propose."),
        ],
    )
    def test_an_offer_that_cannot_be_is_refused_where_it_is_wrong(
        self,
        client: Client,
        case: DisputeCase,
        link: AccessLink,
        sent: dict[str, str],
        words: str,
    ) -> None:
        before = everything()

        refused = client.post(self.at(link, "offer/"), sent)

        assert refused.status_code == 422
        if sent["kind"] != "refund":
            assert words in refused.content.decode()
        assert everything() == before

    def test_the_paper_is_given_when_it_is_made(
        self, client: Client, case: DisputeCase, link: AccessLink
    ) -> None:
        made = offer(case)
        assert client.get(self.at(link, "offer/1/pdf/")).status_code == 503
        Offer.objects.filter(pk=made.pk).update(
            document=DocumentFactory(shop=case.shop, ready=True, filename="offer.pdf")
        )

        given = client.get(self.at(link, "offer/1/pdf/"))

        assert given["Content-Type"] == "application/pdf"

    def test_an_offer_of_another_case_is_not_there(
        self, client: Client, case: DisputeCase, link: AccessLink
    ) -> None:
        other = contest(brakes(case.shop))
        offer(other)
        assert client.get(self.at(link, "offer/1/")).status_code == 404
