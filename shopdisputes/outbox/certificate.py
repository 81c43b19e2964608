"""What a certificate of signature says of the e-mails about what was signed."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.signing.certificate import Section, utc


def mails(about_it: Iterable[OutgoingEmail]) -> Section:
    """Return the section of the e-mails about what was signed, with what their servers said."""
    events = [
        (
            utc(mail.sent_at or mail.created_at),
            _("%(subject)s · to %(to)s · %(status)s · %(reply)s · %(id)s")
            % {
                "subject": mail.subject,
                "to": mail.recipient,
                "status": mail.get_status_display(),
                "reply": mail.reply or "–",
                "id": mail.message_id,
            },
        )
        for mail in about_it
    ]
    if not events:
        return {"title": _("E-mails about it"), "paragraphs": [_("None was sent.")]}
    return {"title": _("E-mails about it"), "events": events}
