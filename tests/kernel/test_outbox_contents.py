"""What a delivered mail holds: its sender, its links and codes, its PDF."""

import re
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile

from shopdisputes.links.tokens import address_of
from shopdisputes.outbox import queueing
from shopdisputes.outbox.tasks import drain
from shopdisputes.shops.models import Shop
from shopdisputes.signing import codes
from tests.factories import (
    NOW,
    AccessLinkFactory,
    DocumentFactory,
    EmailCodeFactory,
    OutgoingEmailFactory,
    ShopFactory,
)
from tests.kernel.outbox import again, run_at
from tests.mailing import part
from tests.sink import Sink

pytestmark = pytest.mark.django_db


def test_wears_the_shops_name_and_cannot_be_taken_for_a_persons_mail(
    server: Sink, settings: object
) -> None:
    settings.DEFAULT_FROM_EMAIL = "Mailer <mail@product.example>"
    shop = ShopFactory(name="Garage Été", email="desk@garage.example")
    OutgoingEmailFactory(
        shop=shop,
        recipient="camille@customer.example",
        recipient_name="Камилла Дюран",
        subject="Votre devis est prêt — " + "à lire " * 20,
        text=".\nA line that begins with a dot is kept.\n.hidden\n",
        language="fr",
    )

    drain()

    (message,) = server.messages()
    assert str(message["From"]) == "Garage Été <mail@product.example>"
    assert str(message["To"]) == "Камилла Дюран <camille@customer.example>"
    assert str(message["Reply-To"]) == "Garage Été <desk@garage.example>"
    assert str(message["Subject"]) == ("Votre devis est prêt — " + "à lire " * 20).strip()
    assert str(message["Auto-Submitted"]) == "auto-generated"
    assert message["Date"].datetime == NOW
    assert part(message, "plain").splitlines()[:3] == [
        ".",
        "A line that begins with a dot is kept.",
        ".hidden",
    ]
    assert part(message, "html").strip() == "<p>Here is your estimate.</p>"
    assert max(len(line) for line in server.raw()[0].split(b"\r\n")) <= 998


def test_names_with_line_ends_cannot_add_headers(server: Sink) -> None:
    OutgoingEmailFactory(
        sender_name="Garage\r\nBcc: everybody@example.com",
        recipient_name="Camille\nX-Evil: 1",
        subject="Hello\r\nBcc: everybody@example.com",
    )

    drain()

    (message,) = server.messages()
    assert message["Bcc"] is None
    assert message["X-Evil"] is None
    assert str(message["Subject"]) == "Hello Bcc: everybody@example.com"


def test_fills_in_the_link_only_when_it_leaves(server: Sink) -> None:
    link = AccessLinkFactory()
    foreign = AccessLinkFactory(shop=link.shop)
    email = OutgoingEmailFactory(
        shop=link.shop,
        link=link,
        text=f"Open {queueing.link_mark(link.pk)}, not {queueing.link_mark(foreign.pk)}.\n",
        html=f'<a href="{queueing.link_mark(link.pk)}">Open</a>',
    )

    drain()

    (message,) = server.messages()
    assert part(message, "plain").strip() == (
        f"Open {address_of(link)}, not {queueing.link_mark(foreign.pk)}."
    )
    assert part(message, "html").strip() == f'<a href="{address_of(link)}">Open</a>'
    assert address_of(link) not in again(email).text + again(email).html


def test_fills_in_the_code_of_its_own_link_only(server: Sink) -> None:
    code = EmailCodeFactory()
    foreign = EmailCodeFactory(shop=code.shop)
    OutgoingEmailFactory(
        shop=code.shop,
        link=code.link,
        text=f"{queueing.code_mark(code.pk)} {queueing.code_mark(foreign.pk)}\n",
    )

    drain()

    (message,) = server.messages()
    assert part(message, "plain").strip() == (
        f"{codes.digits_of(code)} {queueing.code_mark(foreign.pk)}"
    )


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ({"revoked": True}, "The link in it was revoked before it could be sent."),
        ({"expired": True}, "The link in it expired before it could be sent."),
    ],
)
def test_does_not_mail_a_dead_link(server: Sink, state: dict[str, bool], reason: str) -> None:
    link = AccessLinkFactory(**state)
    email = OutgoingEmailFactory(shop=link.shop, link=link, text=queueing.link_mark(link.pk))

    drain()

    assert (again(email).status, again(email).reply) == ("failed", reason)
    assert server.messages() == []


def test_does_not_mail_a_dead_code(server: Sink) -> None:
    code = EmailCodeFactory()
    email = OutgoingEmailFactory(shop=code.shop, link=code.link, text=queueing.code_mark(code.pk))

    run_at(NOW + timedelta(minutes=10))

    assert again(email).status == "failed"
    assert again(email).reply == "The code in it expired before it could be sent."
    assert server.messages() == []


def test_carries_the_pdf_as_it_was_made(server: Sink) -> None:
    document = DocumentFactory(ready=True, filename="Devis été.pdf")
    email = OutgoingEmailFactory(shop=document.shop)
    email.attachments.add(document)

    drain()

    (message,) = server.messages()
    (attached,) = message.iter_attachments()
    assert (attached.get_filename(), attached.get_content_type()) == (
        "Devis été.pdf",
        "application/pdf",
    )
    with document.file.open("rb") as file:
        assert attached.get_content() == file.read()


def test_waits_for_the_pdf_it_carries(server: Sink) -> None:
    document = DocumentFactory()
    email = OutgoingEmailFactory(shop=document.shop)
    email.attachments.add(document)

    assert drain() == {"put_back": 0, "swept_in_doubt": 0}

    assert again(email).status == "queued"


def test_refuses_to_send_a_pdf_that_was_changed(server: Sink) -> None:
    document = DocumentFactory(ready=True)
    email = OutgoingEmailFactory(shop=document.shop)
    email.attachments.add(document)
    document.file.storage.delete(document.file.name)
    document.file.storage.save(document.file.name, ContentFile(b"%PDF-1.7 another\n"))

    drain()

    assert again(email).status == "failed"
    assert (
        again(email).reply == f"The attachment “{document.filename}” is not the file that was made."
    )
    assert server.messages() == []


def test_a_missing_file_postpones_its_mail_and_no_other(server: Sink) -> None:
    document = DocumentFactory(ready=True)
    broken = OutgoingEmailFactory(shop=document.shop)
    broken.attachments.add(document)
    document.file.storage.delete(document.file.name)
    whole = OutgoingEmailFactory(shop=document.shop)

    drain()

    assert again(broken).status == "queued"
    assert again(broken).next_try_at == NOW + timedelta(minutes=1)
    assert "FileNotFoundError" in again(broken).reply
    assert again(whole).status == "sent"


def test_an_address_that_servers_cannot_read_fails_visibly(server: Sink) -> None:
    email = OutgoingEmailFactory(recipient="élise@customer.example")

    drain()

    assert again(email).status == "failed"
    assert again(email).reply == (
        "Mail servers do not understand the address élise@customer.example."
    )


def test_a_domain_in_other_letters_is_written_as_servers_know_it(server: Sink) -> None:
    OutgoingEmailFactory(recipient="elise@garage-été.example")

    drain()

    (message,) = server.messages()
    assert message["X-Envelope-To"] == "elise@xn--garage-t-h1ab.example"


@pytest.mark.parametrize("problem", ["", "no-at-sign", "a@b@c.example", "a b@c.example"])
def test_what_is_no_address_fails_visibly(server: Sink, problem: str) -> None:
    email = OutgoingEmailFactory(recipient=problem)
    other = OutgoingEmailFactory()

    drain()

    assert again(email).status == "failed"
    assert again(other).status == "sent"


def test_speaks_to_the_shop_in_its_language(server: Sink) -> None:
    link = AccessLinkFactory(shop=ShopFactory(language="en"), revoked=True)
    email = OutgoingEmailFactory(
        shop=link.shop, link=link, text=queueing.link_mark(link.pk), language="ru"
    )

    drain()

    assert again(email).reply == "The link in it was revoked before it could be sent."


def test_message_ids_are_the_ones_given_when_queued(server: Sink, shop: Shop) -> None:
    link = AccessLinkFactory(shop=shop)
    email = queueing.enqueue(
        shop=shop,
        kind="fresh_link",
        key="fresh:1",
        to=queueing.Recipient(email="c@customer.example", name="O’Neil & Söhne", language="en"),
        context={},
        link=link,
        at=NOW,
    )

    drain()

    assert server.message_ids() == [f"<{email.pk}@localhost>"]
    (message,) = server.messages()
    assert part(message, "plain").startswith("Hello O’Neil & Söhne,")
    assert "Hello O’Neil &amp; Söhne," in part(message, "html")
    assert re.search(r"\[\[(link|code):", part(message, "html")) is None
