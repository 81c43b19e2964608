"""Reading an e-mail back: filling in its marks, for delivery or for the mail log."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.utils.html import escape
from django.utils.translation import gettext as _

from shopdisputes.links.models import AccessLink
from shopdisputes.links.tokens import address_of
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.signing.codes import digits_of
from shopdisputes.signing.models import EmailCode

_MARK = re.compile(r"\[\[(link|code):([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\]\]")


@dataclass(frozen=True)
class Wording:
    """An e-mail's two bodies with nothing left to fill in."""

    text: str
    html: str


@dataclass(frozen=True)
class Marks:
    """What an e-mail may have filled in: its own link, and codes made for that link."""

    link: AccessLink | None
    codes: dict[UUID, EmailCode]


def marks_of(email: OutgoingEmail) -> Marks:
    """Return what the marks in an e-mail stand for.

    A mark of any other link or code is not the product's: it came in with somebody's text and
    stays the plain text it is.
    """
    if email.link is None:
        return Marks(link=None, codes={})
    found = {(kind, UUID(key)) for kind, key in _MARK.findall(email.text + email.html)}
    own = ("link", email.link.pk) in found
    wanted = [key for kind, key in found if kind == "code"]
    codes = EmailCode.objects.filter(link=email.link, pk__in=wanted) if wanted else []
    return Marks(link=email.link if own else None, codes={code.pk: code for code in codes})


def filled(email: OutgoingEmail, marks: Marks) -> Wording:
    """Return the bodies as the recipient reads them: with secrets, so never store or log them."""
    return _replace(email, marks, link=address_of, code=digits_of)


def for_staff(email: OutgoingEmail) -> Wording:
    """Return the bodies as the mail log shows them.

    Links and codes are the customer's own and are not shown, unless there is no mail server:
    then the mail log is the customer's mailbox.
    """
    marks = marks_of(email)
    if settings.SMTP is None:
        return filled(email, marks)
    return _replace(
        email,
        marks,
        link=lambda _link: f"[{_('personal link')}]",
        code=lambda _code: f"[{_('code')}]",
    )


def _replace(
    email: OutgoingEmail,
    marks: Marks,
    *,
    link: Callable[[AccessLink], str],
    code: Callable[[EmailCode], str],
) -> Wording:
    def value(found: re.Match[str]) -> str:
        kind, key = found[1], UUID(found[2])
        if kind == "link" and marks.link is not None and marks.link.pk == key:
            return link(marks.link)
        if kind == "code" and key in marks.codes:
            return code(marks.codes[key])
        return found[0]

    return Wording(
        text=_MARK.sub(value, email.text),
        html=_MARK.sub(lambda found: escape(value(found)), email.html),
    )
