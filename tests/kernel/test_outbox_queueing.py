"""Queueing, withdrawing, reading back and settling e-mails; and ringing for them."""

import socket
import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction

from shopdisputes import celery
from shopdisputes.actors import Actor, Role
from shopdisputes.audit.models import AuditEvent
from shopdisputes.links.tokens import address_of
from shopdisputes.outbox import queueing, reading, ringing, services
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.shops.models import Shop
from shopdisputes.signing import codes
from shopdisputes.transitions import IllegalTransition, NotYourTransition
from tests.factories import (
    NOW,
    AccessLinkFactory,
    DocumentFactory,
    EmailCodeFactory,
    OutgoingEmailFactory,
    ShopFactory,
)

pytestmark = pytest.mark.django_db

ADVISOR = Actor(role=Role.ADVISOR, name="Alix")
TECHNICIAN = Actor(role=Role.TECHNICIAN, name="Théo")
TO = queueing.Recipient(email="c@customer.example", name="Camille", language="en")
REMOTE = {"host": "mail.example", "port": 25, "user": "", "password": "", "security": "none"}


def queue(shop: Shop, key: str = "fresh:1", **given: object) -> OutgoingEmail:
    given.setdefault("link", AccessLinkFactory(shop=shop))
    return queueing.enqueue(
        shop=shop, kind="fresh_link", key=key, to=TO, context={}, at=NOW, **given
    )


def test_the_same_key_is_the_same_mail(shop: Shop) -> None:
    first = queue(shop)

    assert queue(shop) == first
    assert OutgoingEmail.objects.count() == 1
    assert queue(ShopFactory()) != first


def test_the_stored_text_holds_a_mark_instead_of_the_link(shop: Shop) -> None:
    link = AccessLinkFactory(shop=shop)

    email = queue(shop, link=link)

    assert queueing.link_mark(link.pk) in email.text
    assert queueing.link_mark(link.pk) in email.html
    assert address_of(link) not in email.text + email.html


@pytest.mark.parametrize(
    ("language", "subject"),
    [("en", "Your new link from Garage O’Neil & Co")],
)
def test_is_worded_in_the_readers_language(language: str, subject: str) -> None:
    shop = ShopFactory(name="Garage O’Neil & Co", language="fr")
    email = queueing.enqueue(
        shop=shop,
        kind="fresh_link",
        key="k",
        to=queueing.Recipient(email="c@customer.example", name="", language=language),
        context={},
        link=AccessLinkFactory(shop=shop),
        at=NOW,
    )

    assert (email.subject, email.language) == (subject, language)
    assert "Garage O’Neil & Co" in email.text
    assert "Garage O’Neil &amp; Co" in email.html


def test_a_subject_holds_no_sign_that_cannot_be_seen() -> None:
    hidden = [*range(1, 0x20), *range(0x7F, 0xA0), 0x200E, 0x200F]
    hidden += [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]
    shop = ShopFactory(name="Garage" + "".join(map(chr, hidden)) + "\u202ekcor\u202c O’Neil")

    email = queue(shop)

    assert email.subject == "Your new link from Garage kcor O’Neil"


def test_rings_after_the_commit(
    shop: Shop, django_capture_on_commit_callbacks: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        queue(shop)

    assert ringing.ring in callbacks


def test_a_mail_that_is_rolled_back_was_never_there(shop: Shop) -> None:
    with transaction.atomic():
        queue(shop)
        transaction.set_rollback(True)

    assert not OutgoingEmail.objects.exists()


def test_withdraws_only_what_speaks_of_the_target(shop: Shop) -> None:
    target = DocumentFactory(shop=shop).target_id
    about, sent, other_kind, elsewhere = (
        OutgoingEmailFactory(shop=shop, target_id=target),
        OutgoingEmailFactory(shop=shop, target_id=target, sent=True),
        OutgoingEmailFactory(shop=shop, target_id=target, kind="signed_copy"),
        OutgoingEmailFactory(target_id=target),
    )

    assert queueing.withdraw(shop=shop, target_id=target, kinds=["estimate_sent"]) == 1

    states = [
        OutgoingEmail.objects.get(pk=email.pk).status
        for email in (about, sent, other_kind, elsewhere)
    ]
    assert states == ["withdrawn", "sent", "queued", "queued"]


def test_staff_read_neither_link_nor_code(settings: object) -> None:
    settings.SMTP = REMOTE
    code = EmailCodeFactory()
    email = OutgoingEmailFactory(
        shop=code.shop,
        link=code.link,
        text=f"{queueing.link_mark(code.link.pk)} {queueing.code_mark(code.pk)}",
        html=f"<b>{queueing.link_mark(code.link.pk)} {queueing.code_mark(code.pk)}</b>",
    )

    assert reading.for_staff(email) == reading.Wording(
        text="[personal link] [code]", html="<b>[personal link] [code]</b>"
    )


def test_without_a_mail_server_the_mail_log_can_be_used_as_the_mailbox(settings: object) -> None:
    settings.SMTP = None
    code = EmailCodeFactory()
    email = OutgoingEmailFactory(
        shop=code.shop,
        link=code.link,
        text=f"{queueing.link_mark(code.link.pk)} {queueing.code_mark(code.pk)}",
    )

    assert reading.for_staff(email).text == f"{address_of(code.link)} {codes.digits_of(code)}"


def test_a_mark_in_a_mail_without_a_link_is_plain_text() -> None:
    link = AccessLinkFactory()
    email = OutgoingEmailFactory(text=queueing.link_mark(link.pk))

    assert reading.for_staff(email).text == queueing.link_mark(link.pk)


def test_a_doubt_settled_as_delivered_is_sent() -> None:
    email = OutgoingEmailFactory(in_doubt=True)

    settled = services.settle(email=email, delivered=True, by=ADVISOR, at=NOW)

    assert (settled.status, settled.sent_at) == ("sent", email.handed_at)
    event = AuditEvent.objects.get()
    assert (event.action, event.actor_name) == ("email.settled", "Alix")
    assert event.data == {
        "kind": "estimate_sent",
        "recipient": email.recipient,
        "delivered": True,
    }


def test_a_doubt_settled_as_not_delivered_is_sent_again_as_the_same_mail() -> None:
    email = OutgoingEmailFactory(in_doubt=True)
    later = NOW + timedelta(hours=1)

    settled = services.settle(email=email, delivered=False, by=ADVISOR, at=later)

    assert (settled.status, settled.next_try_at) == ("queued", later)
    assert settled.message_id == email.message_id


def test_a_doubt_is_settled_once(shop: Shop) -> None:
    email = OutgoingEmailFactory(shop=shop, in_doubt=True)
    seen_by_another = OutgoingEmail.objects.get(pk=email.pk)
    services.settle(email=email, delivered=True, by=ADVISOR, at=NOW)

    with pytest.raises(IllegalTransition):
        services.settle(email=seen_by_another, delivered=False, by=ADVISOR, at=NOW)

    assert OutgoingEmail.objects.get(pk=email.pk).status == "sent"
    assert AuditEvent.objects.count() == 1


def test_a_failed_mail_is_sent_again_from_the_start() -> None:
    email = OutgoingEmailFactory(failed=True, attempts=125)

    queued = services.send_again(email=email, by=ADVISOR, at=NOW)

    assert (queued.status, queued.attempts, queued.next_try_at) == ("queued", 0, NOW)
    assert AuditEvent.objects.get().action == "email.sent_again"


def test_only_the_front_desk_decides() -> None:
    doubtful, failed = OutgoingEmailFactory(in_doubt=True), OutgoingEmailFactory(failed=True)

    with pytest.raises(NotYourTransition):
        services.settle(email=doubtful, delivered=True, by=TECHNICIAN, at=NOW)
    with pytest.raises(NotYourTransition):
        services.send_again(email=failed, by=TECHNICIAN, at=NOW)

    assert not AuditEvent.objects.exists()


@pytest.fixture
def not_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(celery, "_silent_until", 0.0)


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """The place of the broker; whether and how somebody answers there is the test's affair."""
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        # Celery reads the variable before any setting.
        monkeypatch.setenv("CELERY_BROKER_URL", f"redis://127.0.0.1:{place.getsockname()[1]}/0")
        yield place


#: About a second on an idle machine; a client without limits waits for minutes.
NOT_HANGING = 8.0


def seconds_of(act: object) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


@pytest.mark.real_clock
def test_a_ring_with_no_broker_neither_raises_nor_waits(
    broker: socket.socket, not_silent: None, caplog: pytest.LogCaptureFixture
) -> None:
    assert seconds_of(ringing.ring) < NOT_HANGING

    assert "the broker is away" in caplog.text


@pytest.mark.real_clock
def test_a_ring_to_a_broker_that_hangs_gives_up_soon(
    broker: socket.socket, not_silent: None, caplog: pytest.LogCaptureFixture
) -> None:
    broker.listen(5)
    taken: list[socket.socket] = []
    threading.Thread(target=lambda: taken.append(broker.accept()[0]), daemon=True).start()

    assert seconds_of(ringing.ring) < NOT_HANGING
    assert "the broker is away" in caplog.text


@pytest.mark.real_clock
def test_after_a_lost_ring_nothing_is_tried_for_a_while(
    broker: socket.socket, not_silent: None
) -> None:
    ringing.ring()

    assert seconds_of(lambda: [ringing.ring() for _ in range(100)]) < NOT_HANGING
