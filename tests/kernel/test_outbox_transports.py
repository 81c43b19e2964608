"""Talking to mail servers: encrypted, with a log-in, and when the talk breaks off early."""

import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from shopdisputes.outbox.transports import Outcome, Result, ServerAway, SmtpTransport
from tests.sink import sink

CONTENT = b"Message-ID: <1@localhost>\r\nSubject: Hello\r\n\r\nText without an end"
pytestmark = pytest.mark.real_clock


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and certificate for 127.0.0.1 in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


def server_context(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


def transport(port: int, **server: Any) -> SmtpTransport:
    known = {"host": "127.0.0.1", "port": port, "user": "", "password": "", "security": "none"}
    return SmtpTransport(known | server, timeout=1)


def hand_over(through: SmtpTransport, mark: Callable[[], bool] = lambda: True) -> Result:
    return through.hand_over(
        sender="shop@product.example",
        recipient="camille@customer.example",
        content=CONTENT,
        mark=mark,
    )


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_speaks_in_secret_to_a_server_it_can_trust(
    tmp_path: Path, certificate: Path, monkeypatch: pytest.MonkeyPatch, security: Any
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with (
        sink(tmp_path, security=security, certificate=server_context(certificate)) as server,
        transport(server.port, security=security) as through,
    ):
        assert hand_over(through) == Result(Outcome.SENT, "250 2.0.0 kept")

    assert server.message_ids() == ["<1@localhost>"]


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_hands_nothing_to_a_server_it_cannot_trust(
    tmp_path: Path, certificate: Path, security: Any
) -> None:
    with (
        sink(tmp_path, security=security, certificate=server_context(certificate)) as server,
        transport(server.port, security=security) as through,
        pytest.raises(ServerAway, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        hand_over(through)

    assert server.messages() == []


def test_never_falls_back_to_the_clear(tmp_path: Path) -> None:
    with (
        sink(tmp_path) as server,
        transport(server.port, security="starttls") as through,
        pytest.raises(ServerAway, match="STARTTLS"),
    ):
        hand_over(through)

    assert server.messages() == []


def test_logs_in(tmp_path: Path) -> None:
    with (
        sink(tmp_path, login=("shop", "a secret")) as server,
        transport(server.port, user="shop", password="a secret") as through,
    ):
        assert hand_over(through).outcome == Outcome.SENT


def test_a_refused_log_in_is_the_servers_affair_not_the_mails(tmp_path: Path) -> None:
    with (
        sink(tmp_path, login=("shop", "a secret")) as server,
        transport(server.port, user="shop", password="wrong") as through,
        pytest.raises(ServerAway, match="535") as away,
    ):
        hand_over(through)

    assert "wrong" not in str(away.value)


def test_a_server_that_wants_a_log_in_is_away_without_one(tmp_path: Path) -> None:
    with (
        sink(tmp_path, login=("shop", "a secret")) as server,
        transport(server.port) as through,
        pytest.raises(ServerAway, match="530"),
    ):
        hand_over(through)


def test_a_broken_mark_leaves_the_connection_usable(tmp_path: Path) -> None:
    def broken() -> bool:
        raise RuntimeError("the database is away")

    with sink(tmp_path) as server, transport(server.port) as through:
        with pytest.raises(RuntimeError):
            hand_over(through, broken)
        assert hand_over(through).outcome == Outcome.SENT

    assert server.connections == 1
    assert len(server.messages()) == 1


@contextmanager
def scripted(*answers: bytes | None, heard: list[bytes] | None = None) -> Iterator[int]:
    """A server that gives fixed answers and, at None or the end, hangs up.

    After an empty one it goes on listening. ``heard`` gets what it was told.
    """
    said: list[bytes] = [] if heard is None else heard
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def talk() -> None:
            while True:
                try:
                    connection, _address = listening.accept()
                except OSError:
                    return
                with connection, connection.makefile("rb") as lines:
                    for answer in answers:
                        if answer is None:
                            break
                        if answer:
                            connection.sendall(answer + b"\r\n")
                        line = lines.readline()
                        if not line:
                            break
                        said.append(line.split(b":")[0].strip().upper())

        thread = threading.Thread(target=talk, daemon=True)
        thread.start()
        yield listening.getsockname()[1]


HELLO = (b"220 hello", b"250 hello")
GROUPING_HELLO = (b"220 hello", b"250-hello\r\n250 PIPELINING")
NOTHING_YET = b""


def test_groups_what_it_says_where_the_server_allows_that() -> None:
    heard: list[bytes] = []
    answers = (b"250 sender\r\n250 recipient", b"354 go on", b"250 kept")
    with (
        scripted(*GROUPING_HELLO, NOTHING_YET, *answers, heard=heard) as port,
        transport(port) as through,
    ):
        assert hand_over(through).reply.startswith("250")

    assert heard[1:4] == [b"MAIL FROM", b"RCPT TO", b"DATA"]


def test_reads_both_answers_when_one_of_a_group_is_no(tmp_path: Path) -> None:
    with sink(tmp_path) as server, transport(server.port) as through:
        server.mode = "550-recipient"
        refused = hand_over(through)
        server.mode = "accept"
        taken = hand_over(through)

    assert refused == Result(Outcome.FAILED, "550 5.1.1 no such user", address_refused=True)
    assert taken == Result(Outcome.SENT, "250 2.0.0 kept")
    assert server.connections == 1


def test_says_one_thing_after_the_other_to_a_server_that_knows_no_groups(tmp_path: Path) -> None:
    with sink(tmp_path) as server, transport(server.port) as through:
        server.groups = False
        assert hand_over(through) == Result(Outcome.SENT, "250 2.0.0 kept")


def test_a_link_lost_before_the_text_is_asked_for_is_no_doubt() -> None:
    with (
        scripted(*HELLO, b"250 sender", b"250 recipient", None) as port,
        transport(port) as through,
    ):
        result = hand_over(through)

    assert result.outcome == Outcome.POSTPONED
    assert "SMTPServerDisconnected" in result.reply


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [(b"451 no room", Outcome.POSTPONED), (b"554 no valid recipients", Outcome.FAILED)],
)
def test_a_server_may_refuse_before_the_text(answer: bytes, outcome: Outcome) -> None:
    with (
        scripted(*HELLO, b"250 sender", b"250 recipient", answer, b"250 forgotten") as port,
        transport(port) as through,
    ):
        assert hand_over(through) == Result(outcome, answer.decode())


def test_a_link_lost_while_forgetting_is_opened_anew() -> None:
    with (
        scripted(*HELLO, b"250 sender", b"550 no such user", None) as port,
        transport(port) as through,
    ):
        first, second = hand_over(through), hand_over(through)

    assert first == second == Result(Outcome.FAILED, "550 no such user")


def test_a_link_lost_before_the_recipient_is_answered_hands_nothing_over() -> None:
    marked = []
    with (
        scripted(*HELLO, b"250 sender", None) as port,
        transport(port) as through,
        pytest.raises(ServerAway),
    ):
        hand_over(through, lambda: bool(marked.append(True)))

    assert marked == []


@pytest.mark.parametrize("answer", [b"450 slow down", b"550 5.7.1 not your domain"])
def test_a_server_that_refuses_the_sender_of_all_mails_is_away(answer: bytes) -> None:
    heard: list[bytes] = []
    with (
        scripted(*HELLO, answer, heard=heard) as port,
        transport(port) as through,
        pytest.raises(ServerAway, match=answer.decode()),
    ):
        hand_over(through)

    assert heard[1:] == [b"MAIL FROM"]
