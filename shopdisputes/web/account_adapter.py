"""How allauth behaves here: nobody signs up, and its mails are never at rest.

A password mail carries a link that opens an account. E-mails of the outbox are stored for ever;
their personal links and codes are filled in at delivery, from rows that only make sense with the
secret key. allauth makes its key once and keeps nothing from which it could be made again, so
queueing its mail would store the secret. Therefore these mails are handed to the server at once
and kept nowhere. When the server is away the mail is lost: the person asks again, which costs
nothing. The page answers the same whatever happened, so it tells nobody who has an account.
"""

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation

from shopdisputes.outbox.messages import envelope_sender
from shopdisputes.outbox.transports import Outcome, ServerAway, transport

_log = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    """Closed sign-up; mail by the shops' own transport, in the person's language."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up: an owner adds people on the team page."""
        return False

    def format_email_subject(self, subject: str) -> str:
        """Leave the subject as it is worded; it names the product."""
        return str(subject)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the address for a new password, on the address that the settings name.

        Never on the host that the request claims: a forged one would send the key elsewhere.
        """
        path = reverse(
            "account_reset_password_from_key",
            kwargs=dict(zip(("uidb36", "key"), key.split("-", 1), strict=True)),
        )
        return f"{settings.PUBLIC_URL}{path}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Hand a mail about an account to the server now, without storing it."""
        user = context.get("user")
        language = getattr(user, "language", None) or translation.get_language()
        with translation.override(language):
            message = self.render_mail(template_prefix, email, {"email": email, **context})
        if settings.SMTP is None:
            _log.warning(
                "A mail about an account could not leave, for there is no mail server;"
                " manage.py changepassword sets a password."
            )
            return
        try:
            with transport() as server:
                result = server.hand_over(
                    sender=envelope_sender(),
                    recipient=email,
                    content=message.message().as_bytes(linesep="\r\n"),
                    mark=lambda: True,
                )
        except ServerAway as problem:
            _log.warning("A mail about an account was not handed over: %s", problem)
            return
        if result.outcome != Outcome.SENT:
            _log.warning("A mail about an account was refused: %s", result.reply)
