"""The mail log: every e-mail as it was worded, and what to do when in doubt."""

import uuid

import pytest
from django.urls import reverse

from shopdisputes.actors import Role
from shopdisputes.links.tokens import address_of
from shopdisputes.outbox.queueing import link_mark
from tests.factories import (
    NOW,
    AccessLinkFactory,
    CustomerFactory,
    DocumentFactory,
    OutgoingEmailFactory,
    RepairOrderFactory,
    staff,
)

pytestmark = pytest.mark.django_db

SERVER = {"host": "127.0.0.1", "port": 1, "user": "", "password": "", "security": "none"}


@pytest.fixture
def desk(client, owner):
    client.force_login(owner.user)
    return client


@pytest.fixture
def linked(shop):
    link = AccessLinkFactory(shop=shop)
    mark = link_mark(link.pk)
    return OutgoingEmailFactory(
        shop=shop,
        link=link,
        text=f"Open {mark} please.\n",
        html=f'<html><head></head><body><a href="{mark}">Open</a></body></html>',
    )


def test_the_list_searches_filters_and_knows_whose_it_is(desk, shop):
    claire = CustomerFactory(shop=shop, name="Claire")
    OutgoingEmailFactory(shop=shop, subject="For Claire", customer=claire, sent=True)
    OutgoingEmailFactory(shop=shop, subject="For Bob", recipient="bob@x.example", failed=True)
    url = reverse("email-list")
    for query, found in (
        ({"status": "sent"}, "For Claire"),
        ({"status": "failed"}, "For Bob"),
        ({"q": "bob@x"}, "For Bob"),
        ({"customer": str(claire.pk)}, "For Claire"),
    ):
        page = desk.get(url, query)
        assert [row.subject for row in page.context["page"].rows] == [found]
    assert "Only mail to Claire." in desk.get(url, {"customer": str(claire.pk)}).content.decode()
    assert "No e-mail found" in desk.get(url, {"q": "zzz"}).content.decode()


def test_an_empty_log_says_so(desk):
    assert "Nothing was mailed yet" in desk.get(reverse("email-list")).content.decode()


def test_a_customer_of_another_shop_filters_to_nothing(desk, shop):
    OutgoingEmailFactory(shop=shop)
    page = desk.get(reverse("email-list"), {"customer": str(CustomerFactory().pk)})
    assert page.context["customer"] is None
    assert page.context["page"].rows == []


def test_the_personal_link_is_hidden_from_staff_where_mail_really_leaves(desk, linked, settings):
    settings.SMTP = SERVER
    page = desk.get(reverse("email", args=[linked.pk])).content.decode()
    body = desk.get(reverse("email-body", args=[linked.pk])).content.decode()
    token = address_of(linked.link).rstrip("/").rpartition("/")[2]
    for text in (page, body):
        assert token not in text
        assert "[personal link]" in text


def test_without_a_mail_server_the_log_is_the_mailbox(desk, linked, settings):
    settings.SMTP = None
    page = desk.get(reverse("email", args=[linked.pk])).content.decode()
    body = desk.get(reverse("email-body", args=[linked.pk])).content.decode()
    assert f'href="{address_of(linked.link)}"' in page
    assert f'href="{address_of(linked.link)}"' in body
    assert body.startswith('<html><head><base target="_blank">')


def test_the_frame_has_a_policy_of_its_own(desk, linked):
    body = desk.get(reverse("email-body", args=[linked.pk]))
    assert body["Content-Security-Policy"] == (
        "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none';"
        " style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
    )
    assert "no-store" in body["Cache-Control"]
    page = desk.get(reverse("email", args=[linked.pk]))
    assert "unsafe-inline" not in page["Content-Security-Policy"]


def test_the_page_names_order_customer_and_attachments(desk, shop):
    order = RepairOrderFactory(shop=shop)
    email = OutgoingEmailFactory(
        shop=shop, customer=order.customer, repair_order_id=order.pk, sent=True
    )
    document = DocumentFactory(shop=shop, filename="EST-2026-0001.pdf")
    email.attachments.add(document)
    page = desk.get(reverse("email", args=[email.pk])).content.decode()
    for expected in (
        order.number,
        order.customer.name,
        "EST-2026-0001.pdf",
        reverse("document", args=[document.pk]),
        "250 accepted",
    ):
        assert expected in page


@pytest.mark.parametrize(
    ("facts", "labels"),
    [
        ({}, ["Worded and queued", "Next try not before"]),
        (
            {"status": "claimed", "claimed_at": NOW, "attempts": 2},
            ["Worded and queued", "Taken by a sender", "Being prepared"],
        ),
        (
            {"status": "queued", "claimed_at": NOW, "reply": "451 later"},
            ["Worded and queued", "Taken by a sender", "Next try not before"],
        ),
        ({"sent": True}, ["Worded and queued", "Handed to the mail server", "Sent"]),
        ({"in_doubt": True}, ["Worded and queued", "Handed to the mail server", "In doubt"]),
        ({"failed": True}, ["Worded and queued", "Failed"]),
        ({"status": "withdrawn"}, ["Worded and queued", "Withdrawn before it left"]),
    ],
)
def test_tells_its_way_and_nothing_that_did_not_happen(desk, shop, facts, labels):
    email = OutgoingEmailFactory(shop=shop, **facts)
    stages = desk.get(reverse("email", args=[email.pk])).context["stages"]
    assert [str(stage.label) for stage in stages] == labels


def test_says_in_words_that_there_was_no_server(desk, shop):
    email = OutgoingEmailFactory(shop=shop, sent=True, reply="mail log")
    page = desk.get(reverse("email", args=[email.pk])).content.decode()
    assert "Kept in this mail log; there is no mail server." in page
    assert "Handed to the mail server" not in page


@pytest.mark.parametrize(("outcome", "state"), [("delivered", "sent"), ("not_delivered", "queued")])
def test_settles_what_is_in_doubt(desk, shop, outcome, state):
    email = OutgoingEmailFactory(shop=shop, in_doubt=True)
    page = desk.get(reverse("email", args=[email.pk])).content.decode()
    assert reverse("email-settle", args=[email.pk]) in page
    response = desk.post(reverse("email-settle", args=[email.pk]), {"outcome": outcome})
    assert response.status_code == 303
    email.refresh_from_db()
    assert email.status == state


def test_settling_needs_an_answer_and_a_doubt(desk, shop):
    email = OutgoingEmailFactory(shop=shop, in_doubt=True)
    url = reverse("email-settle", args=[email.pk])
    assert desk.post(url, {"outcome": "perhaps"}).status_code == 422
    email.refresh_from_db()
    assert email.status == "in_doubt"
    sent = OutgoingEmailFactory(shop=shop, sent=True)
    response = desk.post(reverse("email-settle", args=[sent.pk]), {"outcome": "not_delivered"})
    assert response.status_code == 409
    sent.refresh_from_db()
    assert sent.status == "sent"


def test_sends_a_failed_one_again_and_no_other(desk, shop):
    failed = OutgoingEmailFactory(shop=shop, failed=True)
    assert desk.post(reverse("email-send-again", args=[failed.pk])).status_code == 303
    failed.refresh_from_db()
    assert failed.status == "queued"
    sent = OutgoingEmailFactory(shop=shop, sent=True)
    assert desk.post(reverse("email-send-again", args=[sent.pk])).status_code == 409
    sent.refresh_from_db()
    assert sent.status == "sent"


def test_a_technician_reads_no_mail(client, shop, linked):
    client.force_login(staff(shop, Role.TECHNICIAN).user)
    for url in (
        reverse("email-list"),
        reverse("email", args=[linked.pk]),
        reverse("email-body", args=[linked.pk]),
    ):
        assert client.get(url).status_code == 403


def test_nothing_of_another_shop_is_there(desk):
    foreign = OutgoingEmailFactory(in_doubt=True)
    for name in ("email", "email-body"):
        assert desk.get(reverse(name, args=[foreign.pk])).status_code == 404
    url = reverse("email-settle", args=[foreign.pk])
    assert desk.post(url, {"outcome": "delivered"}).status_code == 404
    assert desk.post(reverse("email-send-again", args=[foreign.pk])).status_code == 404
    assert desk.get(reverse("email", args=[uuid.uuid4()])).status_code == 404
    foreign.refresh_from_db()
    assert foreign.status == "in_doubt"


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({}, "This e-mail is worded when it leaves"),
        ({"status": "withdrawn"}, "there was nothing left to say"),
    ],
)
def test_one_that_is_not_worded_yet_says_when_it_will_be(desk, shop, state, words):
    email = OutgoingEmailFactory(shop=shop, kind="reminder", subject="", text="", html="", **state)

    page = desk.get(reverse("email", args=[email.pk])).content.decode()

    assert words in page
    assert "E-mail without words yet" in page
    assert "<iframe" not in page
