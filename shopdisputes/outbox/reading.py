"""Reading an e-mail back: filling in its marks, for delivery or for the mail log."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.utils.html import escape
from django.utils.translation import gettext as _

from shopdisputes.links.models import AccessLink
from shopdisputes.links.tokens import address_of
from shopdisputes.outbox.late import keeper_of
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
    """What an e-mail may have filled in: links, and codes made for its own one."""

    links: dict[UUID, AccessLink]
    codes: dict[UUID, EmailCode]


def marks_of(email: OutgoingEmail) -> Marks:
    """Return what the marks in an e-mail stand for; see ``marks_of_all``."""
    return marks_of_all([email])[email.pk]


def marks_of_all(emails: Sequence[OutgoingEmail]) -> dict[UUID, Marks]:
    """Return what the marks in e-mails stand for, in two queries at most.

    An e-mail has its own link and codes made for that. One that is worded when it leaves may
    have several links: those of its shop that were made for the very inbox to which it goes. A
    mark of any other link or code is not the product's: it came in with somebody's text and
    stays the plain text it is.
    """
    found = {
        email.pk: {(kind, UUID(key)) for kind, key in _MARK.findall(email.text + email.html)}
        for email in emails
    }
    foreign = {
        key
        for email in emails
        if keeper_of(email.kind)
        for kind, key in found[email.pk]
        if kind == "link" and key != email.link_id
    }
    links = AccessLink.objects.in_bulk(foreign) if foreign else {}
    wanted = {
        key for email in emails if email.link_id for kind, key in found[email.pk] if kind == "code"
    }
    codes = EmailCode.objects.in_bulk(wanted) if wanted else {}
    return {
        email.pk: Marks(
            links={
                key: link
                for kind, key in found[email.pk]
                if kind == "link" and (link := _link(email, key, links)) is not None
            },
            codes={
                key: codes[key]
                for kind, key in found[email.pk]
                if kind == "code" and key in codes and codes[key].link_id == email.link_id
            },
        )
        for email in emails
    }


def _link(email: OutgoingEmail, key: UUID, others: Mapping[UUID, AccessLink]) -> AccessLink | None:
    if key == email.link_id:
        return email.link
    other = others.get(key)
    if other is None or keeper_of(email.kind) is None:
        return None
    is_theirs = other.shop_id == email.shop_id and other.recipient == email.recipient
    return other if is_theirs else None


def is_worded(email: OutgoingEmail) -> bool:
    """Say whether an e-mail has its words; one that is worded when it leaves has none before."""
    return bool(email.text)


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
    # Each is made once: an address stands in a mail up to four times.
    values = {("link", str(key)): link(each) for key, each in marks.links.items()}
    values |= {("code", str(key)): code(each) for key, each in marks.codes.items()}

    def value(found: re.Match[str]) -> str:
        return values.get((found[1], found[2]), found[0])

    return Wording(
        text=_MARK.sub(value, email.text),
        html=_MARK.sub(lambda found: escape(value(found)), email.html),
    )
