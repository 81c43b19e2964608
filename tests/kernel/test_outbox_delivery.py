"""Delivering mail: to a real server that behaves well, badly, or not at all."""

import re
import socket
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
import time_machine
from django.core.files.base import ContentFile

from shopdisputes.links.tokens import address_of
from shopdisputes.outbox import delivery, queueing
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.outbox.progress import backlog
from shopdisputes.outbox.states import EmailStatus
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
from tests.sink import Sink, sink

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(tmp_path: Path, settings: object) -> Iterator[Sink]:
    """A mail server, and settings that name it."""
    with sink(tmp_path / "sink") as running:
        use(settings, running.port)
        settings.SMTP_TIMEOUT_SECONDS = 1
        yield running


def use(settings: object, port: int) -> None:
    settings.SMTP = {
        "host": "127.0.0.1",
        "port": port,
        "user": "",
        "password": "",
        "security": "none",
    }


@pytest.fixture
def nobody(settings: object) -> int:
    """Settings that name a port where nobody listens."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port: int = unused.getsockname()[1]
    use(settings, port)
    return port


def again(email: OutgoingEmail) -> OutgoingEmail:
    return OutgoingEmail.objects.get(pk=email.pk)


def run_at(moment: datetime) -> dict[str, int]:
    return drain(at=moment.isoformat())


def part(message: EmailMessage, kind: str) -> str:
    body = message.get_body(preferencelist=(kind,))
    assert body is not None
    return str(body.get_content())


def test_hands_over_once_and_keeps_what_the_server_said(server: Sink) -> None:
    email = OutgoingEmailFactory()

    assert drain() == {"put_back": 0, "swept_in_doubt": 0, "sent": 1}
    assert drain() == {"put_back": 0, "swept_in_doubt": 0}

    sent = again(email)
    assert (sent.status, sent.reply, sent.attempts) == ("sent", "250 2.0.0 kept", 1)
    assert (sent.sent_at, sent.handed_at, sent.lease_until) == (NOW, NOW, None)
    assert server.message_ids() == [email.message_id]


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


def test_uses_one_connection_for_a_batch(server: Sink) -> None:
    OutgoingEmailFactory.create_batch(25)

    assert drain()["sent"] == 25

    assert server.connections == 1
    assert len(set(server.message_ids())) == 25


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


@pytest.mark.parametrize(
    ("mode", "reply"),
    [("450-recipient", "450 4.2.0 greylisted"), ("450-text", "450 4.7.1 try again later")],
)
def test_tries_again_later_when_the_server_says_later(server: Sink, mode: str, reply: str) -> None:
    email = OutgoingEmailFactory()
    other = OutgoingEmailFactory(recipient="other@customer.example")
    server.modes[email.recipient] = mode

    drain()

    waiting = again(email)
    assert (waiting.status, waiting.reply, waiting.attempts) == ("queued", reply, 1)
    assert (waiting.next_try_at, waiting.handed_at) == (NOW + timedelta(minutes=1), None)
    assert again(other).status == "sent"

    server.modes.clear()
    run_at(NOW + timedelta(seconds=59))
    assert again(email).status == "queued"
    run_at(NOW + timedelta(seconds=60))
    assert (again(email).status, again(email).attempts) == ("sent", 2)
    assert server.message_ids().count(email.message_id) == 1


def test_waits_longer_every_time_and_at_most_an_hour() -> None:
    minutes = [delivery.backoff(attempts) // timedelta(minutes=1) for attempts in range(1, 10)]

    assert minutes == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_gives_up_after_days_with_the_servers_last_words(server: Sink) -> None:
    server.mode = "450-recipient"
    email = OutgoingEmailFactory(attempts=delivery.MOST_ATTEMPTS - 1)

    drain()

    assert (again(email).status, again(email).reply) == ("failed", "450 4.2.0 greylisted")


@pytest.mark.parametrize(
    ("mode", "reply"),
    [("550-recipient", "550 5.1.1 no such user"), ("550-text", "550 5.7.1 looks like spam")],
)
def test_fails_with_the_servers_words_when_it_says_never(
    server: Sink, mode: str, reply: str
) -> None:
    email = OutgoingEmailFactory()
    other = OutgoingEmailFactory(recipient="other@customer.example")
    server.modes[email.recipient] = mode

    drain()

    assert (again(email).status, again(email).reply) == ("failed", reply)
    assert again(other).status == "sent"
    assert server.message_ids() == [other.message_id]


@pytest.mark.parametrize("mode", ["drop-after-text", "keep-and-drop"])
def test_a_link_lost_after_the_text_is_doubt_and_never_sent_by_itself(
    server: Sink, mode: str
) -> None:
    email = OutgoingEmailFactory()
    server.mode = mode

    drain()
    server.mode = "accept"
    run_at(NOW + timedelta(days=400))

    assert again(email).status == "in_doubt"
    assert again(email).reply.startswith("SMTPServerDisconnected")
    assert len(server.messages()) == (1 if mode == "keep-and-drop" else 0)


def test_silence_after_the_text_is_doubt(server: Sink, settings: object) -> None:
    settings.SMTP_TIMEOUT_SECONDS = 0.1
    server.mode, server.delay = "slow", 2
    email = OutgoingEmailFactory()

    drain()

    assert again(email).status == "in_doubt"
    assert "timed out" in again(email).reply


def test_a_doubt_ends_the_batch_and_three_in_a_row_pause_the_sending(server: Sink) -> None:
    emails = OutgoingEmailFactory.create_batch(5)
    server.mode = "drop-after-text"

    assert [drain().get("in_doubt", 0) for _ in range(4)] == [1, 1, 1, 0]
    assert drain() == {"put_back": 0, "swept_in_doubt": 0, "server_silent": 1}

    server.mode = "accept"
    run_at(NOW + timedelta(minutes=5))
    assert sorted(again(email).status for email in emails) == ["in_doubt"] * 3 + ["sent"] * 2


def test_a_server_that_is_away_costs_no_attempt_and_stops_the_batch(
    nobody: int, tmp_path: Path
) -> None:
    emails = OutgoingEmailFactory.create_batch(3)

    assert drain() == {"put_back": 0, "swept_in_doubt": 0, "server_away": 1}

    assert [again(email).status for email in emails] == ["queued"] * 3
    assert [again(email).attempts for email in emails] == [0] * 3
    assert sum("ConnectionRefusedError" in again(email).reply for email in emails) == 1
    with sink(tmp_path / "sink", port=nobody) as server:
        run_at(NOW + timedelta(seconds=30))
        assert sorted(server.message_ids()) == sorted(email.message_id for email in emails)


def test_while_the_server_is_away_the_age_of_what_waits_grows(nobody: int) -> None:
    OutgoingEmailFactory()

    for minute in range(12):
        run_at(NOW + timedelta(minutes=minute))

    assert backlog(at=NOW + timedelta(minutes=12))["oldest_due_seconds"] == 720


def test_a_server_that_closes_for_maintenance_is_away(server: Sink) -> None:
    server.mode = "421"
    email = OutgoingEmailFactory()

    assert drain() == {"put_back": 0, "swept_in_doubt": 0, "server_away": 1}

    waiting = again(email)
    assert (waiting.status, waiting.attempts) == ("queued", 0)
    assert waiting.reply == "421 4.3.2 closing for maintenance"


def test_without_a_server_the_mail_log_is_the_mailbox(settings: object) -> None:
    settings.SMTP = None
    email = OutgoingEmailFactory()

    assert drain()["sent"] == 1

    assert (again(email).status, again(email).reply) == ("sent", "mail log")


def test_a_withdrawn_mail_does_not_pass_its_mark(server: Sink) -> None:
    shop = ShopFactory()
    target = DocumentFactory(shop=shop).target_id
    email = OutgoingEmailFactory(shop=shop, target_id=target)
    claimed = OutgoingEmail.objects.claim(email.pk, at=NOW, lease_until=NOW + timedelta(seconds=60))
    assert claimed is not None

    assert queueing.withdraw(shop=shop, target_id=target, kinds=[email.kind]) == 1
    drain()

    assert again(email).status == "withdrawn"
    assert server.messages() == []


def test_withdrawing_during_the_talk_with_the_server_still_stops_it(
    server: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = ShopFactory()
    target = DocumentFactory(shop=shop).target_id
    email, other = OutgoingEmailFactory.create_batch(2, shop=shop)
    OutgoingEmail.objects.filter(pk=email.pk).update(target_id=target)

    def said_yes(original: Callable[..., bool]) -> Callable[..., bool]:
        def mark(row: OutgoingEmail, clock: delivery.Clock) -> bool:
            # The server has accepted the recipient; now somebody changes their mind.
            if row.pk == email.pk:
                queueing.withdraw(shop=shop, target_id=target, kinds=[email.kind])
            return original(row, clock)

        return mark

    monkeypatch.setattr(delivery, "_mark", said_yes(delivery._mark))

    assert drain() == {"put_back": 0, "swept_in_doubt": 0, "not_marked": 1, "sent": 1}

    assert (again(email).status, again(other).status) == ("withdrawn", "sent")
    assert server.message_ids() == [other.message_id]
    assert server.connections == 1


def leave(email: OutgoingEmail, status: EmailStatus, *, since: timedelta) -> None:
    """Put a mail where a killed worker leaves it."""
    OutgoingEmail.objects.filter(pk=email.pk).update(
        status=status,
        claimed_at=NOW - since,
        handed_at=NOW - since if status == EmailStatus.HANDING else None,
        lease_until=NOW - since + delivery.LEASE,
    )


@pytest.mark.parametrize("since", [timedelta(seconds=60), timedelta(days=400)])
def test_what_a_killed_worker_had_only_claimed_is_sent(server: Sink, since: timedelta) -> None:
    email = OutgoingEmailFactory()
    leave(email, EmailStatus.CLAIMED, since=since)

    assert drain() == {"put_back": 1, "swept_in_doubt": 0, "sent": 1}

    assert server.message_ids() == [email.message_id]


@pytest.mark.parametrize("since", [timedelta(seconds=60), timedelta(days=400)])
def test_what_a_killed_worker_was_handing_over_is_in_doubt(server: Sink, since: timedelta) -> None:
    email = OutgoingEmailFactory()
    leave(email, EmailStatus.HANDING, since=since)

    assert drain() == {"put_back": 0, "swept_in_doubt": 1}

    assert again(email).status == "in_doubt"
    assert server.messages() == []


def test_what_brought_a_worker_down_goes_behind_all_others() -> None:
    heavy = OutgoingEmailFactory(next_try_at=NOW - timedelta(days=1))
    leave(heavy, EmailStatus.CLAIMED, since=timedelta(seconds=60))
    light = OutgoingEmailFactory(next_try_at=NOW - timedelta(seconds=1))

    assert delivery.sweep(at=NOW) == (1, 0)

    assert list(OutgoingEmail.objects.due(at=NOW)) == [light, heavy]


@pytest.mark.parametrize("status", [EmailStatus.CLAIMED, EmailStatus.HANDING])
def test_what_a_living_worker_holds_is_left_alone(server: Sink, status: EmailStatus) -> None:
    email = OutgoingEmailFactory()
    leave(email, status, since=timedelta(seconds=59))

    assert drain() == {"put_back": 0, "swept_in_doubt": 0}

    assert again(email).status == status


def test_a_worker_that_lost_its_claim_can_neither_mark_nor_note() -> None:
    email = OutgoingEmailFactory()
    old = OutgoingEmail.objects.claim(email.pk, at=NOW, lease_until=NOW + delivery.LEASE)
    assert old is not None
    later = NOW + timedelta(minutes=2)
    delivery.sweep(at=later)
    OutgoingEmail.objects.claim(email.pk, at=later, lease_until=later + delivery.LEASE)

    assert delivery._mark(old, lambda: later) is False
    delivery._note(old, delivery.Result(delivery.Outcome.FAILED, "too late"), lambda: later)

    assert (again(email).status, again(email).claimed_at) == ("claimed", later)


def test_the_servers_late_yes_ends_the_doubt() -> None:
    email = OutgoingEmailFactory()
    slow = OutgoingEmail.objects.claim(email.pk, at=NOW, lease_until=NOW + delivery.LEASE)
    assert slow is not None
    assert delivery._mark(slow, lambda: NOW)
    later = NOW + timedelta(minutes=2)
    delivery.sweep(at=later)
    assert again(email).status == "in_doubt"

    delivery._note(slow, delivery.Result(delivery.Outcome.SENT, "250 kept"), lambda: later)

    assert (again(email).status, again(email).sent_at) == ("sent", later)


def test_two_workers_cannot_claim_one_mail() -> None:
    email = OutgoingEmailFactory()

    claims = [
        OutgoingEmail.objects.claim(email.pk, at=NOW, lease_until=NOW + delivery.LEASE)
        for _ in range(2)
    ]

    assert [claim is not None for claim in claims] == [True, False]


def test_leaves_what_is_not_due_yet(server: Sink) -> None:
    email = OutgoingEmailFactory(next_try_at=NOW + timedelta(hours=1))

    drain()
    assert again(email).status == "queued"

    run_at(NOW + timedelta(hours=1))
    assert again(email).status == "sent"


def test_stops_when_its_time_is_up(
    server: Sink, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    OutgoingEmailFactory.create_batch(3)
    left = iter([True, True, False, False])

    tally = delivery.drain(clock=lambda: NOW, time_left=lambda: next(left))

    assert tally.as_dict() == {"put_back": 0, "swept_in_doubt": 0, "sent": 1}


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
