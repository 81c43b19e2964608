"""allauth's mails: handed to the server at once, kept nowhere; and the closed sign-up."""

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from shopdisputes.accounts.models import User
from shopdisputes.outbox.models import OutgoingEmail
from tests.factories import UserFactory
from tests.mailing import served
from tests.sink import Sink

pytestmark = [pytest.mark.django_db, pytest.mark.real_clock]

RESET = reverse("account_reset_password")


@pytest.fixture
def server(tmp_path: Path, settings: object) -> Iterator[Sink]:
    with served(tmp_path / "sink", settings, patience=1) as running:
        settings.PUBLIC_URL = "https://desk.example"
        yield running


def test_nobody_signs_up(client: Client) -> None:
    page = client.get(reverse("account_signup"))
    assert b'name="password1"' not in page.content
    facts = {"email": "x@x.example", "password1": "a quiet harbour 7"}
    client.post(reverse("account_signup"), facts)
    assert not User.objects.exists()


def test_a_new_password_by_mail_works_once_and_is_kept_nowhere(
    client: Client, server: Sink
) -> None:
    user = UserFactory(email="anne@port.example", language="fr")
    # A forged host must not become the address that carries the key.
    client.post(RESET, {"email": "anne@port.example"}, headers={"host": "evil.example"})
    (message,) = server.messages()
    text = message.get_content()
    address = re.search(r"https://desk\.example(/accounts/password/reset/key/\S+)", text)
    assert address is not None
    assert "evil.example" not in text
    assert message["X-Envelope-To"] == "anne@port.example"
    assert not OutgoingEmail.objects.exists()

    page = client.get(address[1], follow=True)
    chosen = page.redirect_chain[-1][0]
    facts = {"password1": "a quiet harbour 7", "password2": "a quiet harbour 7"}
    client.post(chosen, facts)
    user.refresh_from_db()
    assert user.check_password("a quiet harbour 7")
    second = Client().get(address[1], follow=True)
    assert b'name="password1"' not in second.content


def test_somebody_unknown_is_told_so_by_mail_and_by_nothing_else(
    client: Client, server: Sink
) -> None:
    UserFactory(email="anne@port.example")
    known = client.post(RESET, {"email": "anne@port.example"}, follow=True)
    unknown = client.post(RESET, {"email": "nobody@port.example"}, follow=True)
    assert known.redirect_chain == unknown.redirect_chain
    texts = [message.get_content() for message in server.messages()]
    assert len(texts) == 2
    assert "nobody logs in with this address" in texts[1]
    assert "http" not in texts[1]


@pytest.mark.parametrize("mode", ["421", "550-recipient", "drop-after-text"])
def test_a_server_that_does_not_take_it_is_logged_without_the_key(
    client: Client, server: Sink, caplog: pytest.LogCaptureFixture, mode: str
) -> None:
    UserFactory(email="anne@port.example")
    server.mode = mode
    with caplog.at_level(logging.WARNING, logger="shopdisputes.web.account_adapter"):
        response = client.post(RESET, {"email": "anne@port.example"})
    assert response.status_code == 302
    (record,) = [r for r in caplog.records if r.name == "shopdisputes.web.account_adapter"]
    assert "A mail about an account was" in record.getMessage()
    assert "/key/" not in record.getMessage()


def test_without_a_server_the_log_says_what_to_do(
    client: Client, settings: object, caplog: pytest.LogCaptureFixture
) -> None:
    settings.SMTP = None
    UserFactory(email="anne@port.example")
    assert client.post(RESET, {"email": "anne@port.example"}).status_code == 302
    assert "manage.py changepassword" in caplog.text
    assert "/key/" not in caplog.text
