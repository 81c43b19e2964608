"""The resolver's page: what it shows, what it keeps to others, and the answer that waits."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from disputes.models import CaseFile, DisputeCase, ResolverAnswer
from disputes.services import answers, messaging, resolving
from disputes.states import AnswerStatus
from inspections.models import ItemMedia
from inspections.states import Stage
from invoices.models import Invoice
from shopdisputes.actors import Role
from shopdisputes.audit.models import AuditEvent
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.links.tokens import token_of
from shopdisputes.web import renewing
from tests import media
from tests.disputes.cases import (
    DESK,
    RESOLVER,
    brakes,
    contest,
    everything,
    link_to,
    mails,
    photographed,
)
from tests.factories import NOW, InspectionItemFactory, ItemMediaFactory, ShopFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def invoice() -> Invoice:
    return brakes(ShopFactory(email="desk@garage.example"))


@pytest.fixture
def case(invoice: Invoice) -> DisputeCase:
    line = invoice.lines.in_order().first()
    return contest(invoice, "40.00", line, resolver_email="theo@garage.example")


@pytest.fixture
def link(case: DisputeCase) -> AccessLink:
    return link_to(
        case, LinkPurpose.RESOLVER, recipient="theo@garage.example", recipient_name="Theo"
    )


def url(link: AccessLink, name: str = "") -> str:
    return f"/r/{token_of(link)}/{name}"


def page(client: Client, link: AccessLink) -> str:
    response = client.get(url(link))
    assert response.status_code == 200
    return response.content.decode()


def test_shows_the_matter_and_how_it_is_proved_and_no_notes(
    client: Client, case: DisputeCase, link: AccessLink
) -> None:
    messaging.say(case=case, text="We ask our technician.", by=DESK, at=NOW)
    messaging.say(case=case, text="He is difficult.", internal=True, by=DESK, at=NOW)
    former = link_to(case, LinkPurpose.RESOLVER, recipient="former@garage.example")
    answers.give(link=former, text="Ask Theo.", by=RESOLVER, at=NOW)
    before = everything()

    shown = page(client, link)

    assert "contests €40.00. What do you know about it?" in shown
    assert case.comment in shown
    assert "Authorized by" in shown
    assert "We ask our technician." in shown
    assert "He is difficult." not in shown
    assert "Ask Theo." not in shown
    assert everything() == before


def test_takes_an_answer_once_and_the_shop_decides_about_it(
    client: Client, case: DisputeCase, link: AccessLink
) -> None:
    sent = {
        "text": "The price was the rear axle's.",
        "proposal": "Credit the difference.",
        "amount": "30,00",
    }
    paper = SimpleUploadedFile("price.pdf", media.pdf())

    first = client.post(url(link, "answer/"), sent | {"files": [paper]})
    second = client.post(url(link, "answer/"), sent)

    assert (first.status_code, second.status_code) == (303, 303)
    answer = ResolverAnswer.objects.get()
    assert (answer.status, answer.given_by) == (AnswerStatus.PENDING, "Theo")
    assert (answer.proposal, answer.proposed_amount) == ("Credit the difference.", Decimal("30.00"))
    assert mails()["dispute_resolver_answered"] == "desk@garage.example"
    told = AuditEvent.objects.get(action="dispute.resolver_answered")
    assert told.actor_role == Role.RESOLVER
    kept = CaseFile.objects.get(sent_as="price.pdf")
    assert url(link, f"files/{kept.pk}/original/") in page(client, link)
    # His paper is for the shop: the customer's link does not open it.
    theirs = token_of(link_to(case))
    assert client.get(f"/c/dispute/{theirs}/files/{kept.pk}/original/").status_code == 404


def test_shows_the_photos_of_what_is_contested_and_no_others(client: Client) -> None:
    invoice = photographed(ShopFactory(), Stage.CHECK_IN)
    case = contest(invoice, resolver_email="theo@garage.example")
    link = link_to(case, LinkPurpose.RESOLVER, recipient="theo@garage.example")
    contested = ItemMedia.objects.get(item__inspection__repair_order=invoice.repair_order)
    elsewhere = InspectionItemFactory(inspection=contested.item.inspection, pair_key="lights")
    others = [
        ItemMediaFactory(item=elsewhere, file__ready=True),
        ItemMediaFactory(item=contested.item, file__ready=True, removed_at=NOW),
        ItemMediaFactory(file__ready=True),
    ]

    def opens(media: ItemMedia, to: AccessLink = link, variant: str = "web") -> int:
        return client.get(url(to, f"photos/{media.pk}/{variant}/")).status_code

    assert url(link, f"photos/{contested.pk}/web/") in page(client, link)
    assert opens(contested) == 200
    # The original of a photo says where it was taken.
    assert opens(contested, variant="original") == 404
    assert [opens(media) for media in others] == [404, 404, 404]
    assert opens(contested, to=link_to(contest(brakes()), LinkPurpose.RESOLVER)) == 404
    assert opens(contested, to=link_to(case)) == 404


def test_says_what_is_missing_and_keeps_what_was_typed(client: Client, link: AccessLink) -> None:
    before = everything()

    response = client.post(url(link, "answer/"), {"text": "", "proposal": "A credit."})

    assert response.status_code == 422
    assert "Please write your answer." in response.content.decode()
    assert 'value="A credit."' in response.content.decode()
    assert everything() == before


def test_asks_for_no_answer_by_a_day_that_is_over(
    client: Client, case: DisputeCase, link: AccessLink
) -> None:
    assert "Please answer by" in page(client, link)
    case.follow_ups.update(due_on=NOW.date() - timedelta(days=1))

    shown = page(client, link)

    assert "Please answer by" not in shown
    assert "Your answer was asked for by Mar 15, 2026. It is still welcome." in shown


def test_too_late_is_said(client: Client, case: DisputeCase, link: AccessLink) -> None:
    resolving.withdraw(case=case, note="On the phone.", by=DESK, at=NOW)
    before = everything()

    response = client.post(url(link, "answer/"), {"text": "He is right.", "proposal": "A credit."})

    assert response.status_code == 409
    assert "He is right." in response.content.decode()
    assert "A credit." in response.content.decode()
    assert everything() == before
    assert "nothing to answer any more" in page(client, link)


def test_nothing_else_opens_it_and_it_renews_for_nobody(
    client: Client, case: DisputeCase, link: AccessLink
) -> None:
    theirs = link_to(case)

    assert client.get(url(theirs)).status_code == 404
    assert client.get(f"/c/dispute/{token_of(link)}/").status_code == 404
    # A resolver's link must never be mailed to the customer's address.
    assert renewing.renew(link=link, by=DESK, at=NOW) is None
