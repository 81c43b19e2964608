"""Delivering mail: to a real server that behaves well, badly, or not at all."""

import socket
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine

from shopdisputes.outbox import delivery
from shopdisputes.outbox.progress import backlog
from shopdisputes.outbox.tasks import drain
from tests.factories import NOW, OutgoingEmailFactory
from tests.kernel.outbox import again, run_at
from tests.mailing import name_server
from tests.sink import Sink, sink

pytestmark = pytest.mark.django_db


@pytest.fixture
def nobody(settings: object) -> int:
    """Settings that name a port where nobody listens."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port: int = unused.getsockname()[1]
    name_server(settings, port)
    return port


def test_hands_over_once_and_keeps_what_the_server_said(server: Sink) -> None:
    email = OutgoingEmailFactory()

    assert drain() == {"put_back": 0, "swept_in_doubt": 0, "sent": 1}
    assert drain() == {"put_back": 0, "swept_in_doubt": 0}

    sent = again(email)
    assert (sent.status, sent.reply, sent.attempts) == ("sent", "250 2.0.0 kept", 1)
    assert (sent.sent_at, sent.handed_at, sent.lease_until) == (NOW, NOW, None)
    assert server.message_ids() == [email.message_id]


def test_uses_one_connection_for_a_batch(server: Sink) -> None:
    OutgoingEmailFactory.create_batch(25)

    assert drain()["sent"] == 25

    assert server.connections == 1
    assert len(set(server.message_ids())) == 25


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
