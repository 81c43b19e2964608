"""The pages about work done again: the desk's, and the customer's behind two links."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from disputes.models import DisputeCase, ReworkFile, ReworkRequest
from disputes.states import ReworkStatus as S
from disputes.views import rework_today
from inspections.states import Stage
from invoices.models import Invoice
from shopdisputes.actors import Role
from shopdisputes.links.models import AccessLink
from shopdisputes.links.tokens import token_of
from shopdisputes.shops.models import Shop
from shopdisputes.web import renewing
from tests import media
from tests.disputes.cases import DESK, TECHNICIAN, euros, figures, later, reason
from tests.disputes.reworks import accept, ask, bill, deliver, everything, link_to, refuse
from tests.factories import NOW, BillingSettingsFactory, InspectionFactory, ShopFactory, staff
from tests.invoices.customers import link_to as invoice_link

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def shop() -> Shop:
    shop = ShopFactory()
    BillingSettingsFactory(shop=shop)
    return shop


@pytest.fixture
def invoice(shop: Shop) -> Invoice:
    made = bill(shop=shop)
    reason(made, code="badly_done")
    return made


@pytest.fixture
def desk(shop: Shop) -> Client:
    browser = Client()
    browser.force_login(staff(shop, Role.ADVISOR).user, backend=BACKEND)
    return browser


def now(rework: ReworkRequest) -> ReworkRequest:
    return ReworkRequest.objects.with_everything().get(pk=rework.pk)


def shown(browser: Client, address: str, status: int = 200) -> str:
    response = browser.get(address)
    assert response.status_code == status
    return response.content.decode()


def page_of(rework: ReworkRequest) -> str:
    return reverse("rework", args=[rework.number])


def act(desk: Client, rework: ReworkRequest, name: str, **data: Any) -> Any:
    return desk.post(reverse(f"rework-{name}", args=[rework.number]), data)


class TestDesk:
    def test_notes_a_request_from_the_invoices_page(self, desk: Client, invoice: Invoice) -> None:
        address = f"{reverse('rework-new')}?invoice={invoice.number}"
        assert address in shown(desk, reverse("invoice", args=[invoice.number]))
        line = invoice.lines.in_order()[0]
        photo = SimpleUploadedFile("pads.jpg", media.jpeg(40, 30))

        refused = desk.post(address, {"description": "They squeal."})
        assert refused.status_code == 422
        assert "Tick at least one." in refused.content.decode()
        taken = desk.post(
            address, {"lines": [str(line.pk)], "description": "They squeal.", "files": [photo]}
        )

        rework = ReworkRequest.objects.get()
        assert (taken.status_code, taken["Location"]) == (303, page_of(rework))
        assert (rework.asked_by, rework.files.get().sent_as) != ("", "")
        assert figures(invoice) == euros("120.00", "84.00")

    def test_finds_them_in_the_list_the_search_and_the_file(
        self, desk: Client, invoice: Invoice
    ) -> None:
        rework = ask(invoice)
        other = refuse(ask(bill(shop=invoice.shop)))

        answer = shown(desk, f"{reverse('rework-list')}?show=answer&q={invoice.number}")
        assert rework.number in answer
        assert other.number not in answer
        hit = desk.get(reverse("search"), {"q": rework.number})
        assert hit["Location"] == page_of(rework)
        sheet = b"".join(desk.get(f"{reverse('rework-export')}?show=customer")).decode()
        assert (other.number in sheet, rework.number in sheet) == (True, False)

    def test_is_refused_with_words_and_a_paper(self, desk: Client, invoice: Invoice) -> None:
        rework = ask(invoice)

        empty = act(desk, rework, "refuse", reason="new_fault", explanation=" ")
        assert empty.status_code == 422
        paper = SimpleUploadedFile("axle.png", media.png(20, 20))
        done = act(
            desk, rework, "refuse", reason="new_fault", explanation="The axle.", files=[paper]
        )

        assert done.status_code == 303
        assert now(rework).status == S.REFUSED
        assert ReworkFile.objects.get().by_customer is False
        page = shown(desk, page_of(rework))
        assert "The axle." in page
        assert "Make a dispute of it" in page

    def test_leads_from_the_day_to_the_customers_check(
        self, desk: Client, invoice: Invoice
    ) -> None:
        rework = ask(invoice)
        before = InspectionFactory(
            repair_order=invoice.repair_order, stage=Stage.CHECK_OUT, completed=True
        )
        act(desk, rework, "accept", appointment_on="2026-03-19", note="At eight.")
        act(desk, rework, "appointment", appointment_on="2026-03-20", note="")
        act(desk, rework, "begin")
        visit = now(rework).repair_order
        after = InspectionFactory(repair_order=visit, stage=Stage.CHECK_OUT, completed=True)
        act(desk, rework, "deliver", note="New pads.")

        page = shown(desk, page_of(rework))
        compare = f"{reverse('inspection-compare', args=[after.number])}?with={before.number}"
        assert compare in page
        both = shown(desk, compare)
        assert "Two inspections" in both
        assert before.number in both
        assert act(desk, rework, "complain", text="Still.").status_code == 303
        assert act(desk, rework, "dispute", text="").status_code == 303
        assert now(rework).status == S.DISPUTED

    def test_calling_it_off_says_which_visit_stays_open(
        self, desk: Client, invoice: Invoice
    ) -> None:
        unused, used = ask(invoice), ask(bill(shop=invoice.shop))
        accept(unused)
        visit = accept(used).repair_order
        InspectionFactory(repair_order=visit, stage=Stage.CHECK_IN)

        act(desk, unused, "call-off", note="It went away.")
        page = shown(desk, page_of(unused))
        assert "It is called off." in page
        assert "stays open" not in page
        act(desk, used, "call-off", note="It went away.")
        assert f"Repair order {visit} stays open, as it is still needed" in shown(
            desk, page_of(used)
        )

    def test_compares_with_no_other_car(self, desk: Client, invoice: Invoice) -> None:
        other = InspectionFactory(
            repair_order=bill(shop=invoice.shop).repair_order, stage=Stage.CHECK_OUT, completed=True
        )
        own = InspectionFactory(
            repair_order=invoice.repair_order, stage=Stage.CHECK_OUT, completed=True
        )
        address = reverse("inspection-compare", args=[own.number])
        shown(desk, f"{address}?with={other.number}", status=404)

    def test_stands_on_both_visits_and_on_the_case(self, desk: Client, invoice: Invoice) -> None:
        rework = accept(ask(invoice))
        first, again = invoice.repair_order, rework.repair_order

        assert again.number in shown(desk, reverse("repair-order", args=[first.number]))
        assert f"first on {first.number}" in shown(
            desk, reverse("repair-order", args=[again.number])
        )
        supplement = act(desk, rework, "supplement")
        assert supplement["Location"].startswith("/estimates/")

    def test_a_supplement_thrown_away_can_be_written_anew(
        self, desk: Client, invoice: Invoice
    ) -> None:
        rework = accept(ask(invoice))
        drafted = act(desk, rework, "supplement")["Location"]
        offered = reverse("rework-supplement", args=[rework.number])
        assert offered not in shown(desk, page_of(rework))

        assert desk.post(f"{drafted}discard/").status_code == 303

        assert now(rework).supplement is None
        assert offered in shown(desk, page_of(rework))

    def test_tells_a_conflict_on_the_page(self, desk: Client, invoice: Invoice) -> None:
        rework = accept(ask(invoice))
        before = everything()

        refused = act(desk, rework, "refuse", reason="misuse", explanation="No.")

        assert refused.status_code == 409
        assert everything() == before

    def test_today_is_red_when_the_answer_is_late(self, invoice: Invoice) -> None:
        rework = ask(invoice)

        def rows(at: Any) -> list[tuple[str, bool]]:
            found = rework_today.items(invoice.shop, DESK, at)
            return [(str(row.title), row.late) for row in found]

        name = invoice.customer.name
        assert rows(rework.answer_by - timedelta(seconds=1)) == [(f"{name} wants it again", False)]
        assert rows(rework.answer_by) == [(f"{name} wants it again", True)]
        assert rework_today.items(invoice.shop, TECHNICIAN, NOW) == []
        accept(rework)
        assert rows(NOW) == [(f"Agree on a day with {name}", False)]
        deliver(rework)
        assert rows(later(7)) == []
        assert rows(later(8)) == [(f"Ask {name} whether it is in order", True)]


class TestCustomer:
    @pytest.fixture
    def bill_link(self, invoice: Invoice) -> AccessLink:
        return invoice_link(invoice, recipient=invoice.customer.email)

    @pytest.fixture
    def rework(self, invoice: Invoice) -> ReworkRequest:
        return ask(invoice)

    @pytest.fixture
    def link(self, rework: ReworkRequest) -> AccessLink:
        return link_to(rework, recipient=rework.invoice.customer.email)

    def address(self, link: AccessLink, name: str = "") -> str:
        return f"/c/rework/{token_of(link)}/{name}"

    def test_asks_beside_contesting_the_amount(
        self, client: Client, invoice: Invoice, bill_link: AccessLink
    ) -> None:
        token = token_of(bill_link)
        page = shown(client, f"/c/invoice/{token}/")
        assert "I want it done again" in page
        assert "I contest the amount" in page
        line = invoice.lines.in_order()[0]
        address = f"/c/invoice/{token}/rework/"
        assert "checked" not in shown(client, address)
        assert client.post(address, {"description": "They squeal."}).status_code == 422
        assert client.post(address, {"lines": ["x"], "description": "\0"}).status_code == 422
        sent = {"lines": [str(line.pk)], "description": "They squeal.", "files": []}

        first = client.post(address, sent)
        before = everything()
        second = client.post(address, sent)

        assert (second.status_code, second["Location"]) == (303, first["Location"])
        assert everything() == before
        rework = ReworkRequest.objects.get()
        followed = shown(client, first["Location"])
        assert f"noted as {rework.number}" in followed
        assert "answer it by Mar 18, 2026" in followed
        again = shown(client, f"/c/invoice/{token}/")
        assert f"as {rework.number}" in again
        assert "Under review: you asked to have it done again" in again
        # What is to be done again is not contested beside it.
        assert str(line.pk) not in shown(client, f"/c/invoice/{token}/dispute/")
        # The same words about another line are another request.
        client.post(address, sent | {"lines": [str(invoice.lines.in_order()[1].pk)]})
        assert ReworkRequest.objects.count() == 2

    def test_reads_why_not_and_opens_a_dispute(
        self, client: Client, rework: ReworkRequest, link: AccessLink
    ) -> None:
        assert "Open a dispute" not in shown(client, self.address(link))
        refuse(rework)
        page = shown(client, self.address(link))
        assert "The noise comes from the rear axle." in page
        assert "until Mar 23, 2026" in page

        first = client.post(self.address(link, "dispute/"), {"text": "No."})
        before = everything()
        second = client.post(self.address(link, "dispute/"), {"text": "No."})

        assert (first.status_code, second["Location"]) == (303, first["Location"])
        assert everything() == before
        assert f"noted as dispute {DisputeCase.objects.get().number}" in shown(
            client, first["Location"]
        )

    def test_checks_the_work(self, client: Client, rework: ReworkRequest, link: AccessLink) -> None:
        accept(rework)
        deliver(rework)
        assert "Is it in order now?" in shown(client, self.address(link))

        assert client.post(self.address(link, "complain/"), {"text": " "}).status_code == 422
        said = client.post(self.address(link, "complain/"), {"text": "Still."}, follow=True)
        assert "answers you" in said.content.decode()
        deliver(rework)
        client.post(self.address(link, "confirm/"))
        before = everything()
        twice = client.post(self.address(link, "confirm/"), follow=True)

        assert "It is in order, and closed." in twice.content.decode()
        assert everything() == before
        late = client.post(self.address(link, "complain/"), {"text": "No."})
        assert (late.status_code, everything() == before) == (409, True)

    def test_leaves_it_or_calls_it_off(
        self, client: Client, rework: ReworkRequest, link: AccessLink
    ) -> None:
        other = ask(bill(shop=rework.shop))
        client.post(self.address(link_to(other), "call-off/"), {"note": ""})
        assert now(other).status == S.CANCELLED
        refuse(rework)
        left = client.post(self.address(link, "close/"), follow=True)

        assert "without prejudice" in left.content.decode()
        assert now(rework).status == S.CLOSED_AS_IS

    def test_a_renewed_link_opens_the_same(self, rework: ReworkRequest, link: AccessLink) -> None:
        email = renewing.renew(link=link, by=DESK, at=later(1))

        assert email is not None
        assert email.link.target_id == rework.pk

    def test_an_unanswered_request_says_so(
        self, client: Client, rework: ReworkRequest, link: AccessLink
    ) -> None:
        ReworkRequest.objects.filter(pk=rework.pk).update(answer_by=NOW)

        page = shown(client, self.address(link))

        assert "We have not answered in time." in page
        assert "Open a dispute" in page
