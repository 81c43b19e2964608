"""What is said in a case: between the shop and the customer, and within the shop."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from disputes import emails
from disputes.models import CaseMessage, DisputeCase
from disputes.services import filing, trail
from disputes.services.filing import Kept
from disputes.services.following_up import CaseEnded
from disputes.services.locking import lock_case
from disputes.services.moving import move, take_on
from disputes.states import TRANSITIONS, CaseStatus
from shopdisputes.actors import Actor
from shopdisputes.errors import Refused
from shopdisputes.links.models import AccessLink

LONGEST_MESSAGE = 4000
#: Nobody means to say the same twice within this time: a button was pressed twice.
_SAME_WITHIN = timedelta(minutes=1)
#: A customer's phone sends a form again when it is back in the net; who asks the same a day later
#: still waits, and should be heard.
_SENT_AGAIN_WITHIN = timedelta(hours=1)
_Side = CaseMessage.Side


class MessageMissing(Refused):
    """Nothing was said, or more than fits on a page."""

    code = "message-missing"
    default_message = _("Write a message of at most 4,000 characters.")


def say(
    *,
    case: DisputeCase,
    text: str,
    internal: bool = False,
    files: Sequence[File] = (),
    by: Actor,
    at: datetime,
) -> CaseMessage:
    """Keep what the shop says: to the customer, who is mailed it, or ``internal``ly to itself.

    A case that has ended can be talked about as well. Without an address nobody is mailed:
    ``email`` of the message is None then. The same again within a minute, with nothing said in
    between, is the same.

    Raises:
        MessageMissing: at ``text``.
        TooManyFiles, EmptyFile, TooLarge, WrongType, StorageAway: as ``filing.keep``.
    """
    text = _checked(text)
    kept = filing.keep(shop=case.shop, files=files, by=by, at=at)
    with transaction.atomic():
        case = lock_case(case)
        if earlier := _just_said(case, text, kept, _Side.SHOP, internal=internal, by=by, at=at):
            return earlier
        message = keep(
            case=case, text=text, side=_Side.SHOP, internal=internal, files=kept, by=by, at=at
        )
        if not internal:
            _mail(message, asks=False, by=by, at=at)
        _record("dispute.noted" if internal else "dispute.said", message, len(kept), by=by, at=at)
    return message


def ask(
    *, case: DisputeCase, text: str, files: Sequence[File] = (), by: Actor, at: datetime
) -> CaseMessage:
    """Ask the customer something; the case waits for the answer from now on.

    A case that nobody took up yet is taken up by it.

    Raises:
        IllegalTransition, NotYourTransition: it waits already, has ended, or not for this role.
        MessageMissing: at ``text``.
        TooManyFiles, EmptyFile, TooLarge, WrongType, StorageAway: as ``filing.keep``.
    """
    text = _checked(text)
    kept = filing.keep(shop=case.shop, files=files, by=by, at=at)
    with transaction.atomic():
        case = lock_case(case)
        if case.status == CaseStatus.SUBMITTED:
            _take_up(case, by=by, at=at)
        status = TRANSITIONS.target("ask", state=case.status, by=by)
        move(case, status)
        message = keep(case=case, text=text, side=_Side.SHOP, files=kept, by=by, at=at)
        _mail(message, asks=True, by=by, at=at)
        _record("dispute.asked", message, len(kept), by=by, at=at)
    return message


def answer(
    *, link: AccessLink, text: str, files: Sequence[File] = (), by: Actor, at: datetime
) -> CaseMessage:
    """Keep what the customer writes on the page of his case; the shop is mailed it.

    It ends the shop's waiting for an answer. The same again within an hour, through the same link
    with the same files and before anything else was said, is the same.

    Raises:
        CaseEnded: he would have to open it again.
        MessageMissing: at ``text``.
        TooManyFiles, EmptyFile, TooLarge, WrongType, StorageAway: as ``filing.keep``.
    """
    text = _checked(text)
    case = DisputeCase.objects.for_link(link).select_related("shop").get()
    kept = filing.keep(shop=case.shop, files=files, by=by, at=at)
    with transaction.atomic():
        case = lock_case(case)
        if earlier := _same(case, link, text, kept, at=at):
            return earlier
        if case.has_ended:
            raise CaseEnded
        message = keep(
            case=case, text=text, side=_Side.CUSTOMER, files=kept, link=link, by=by, at=at
        )
        _hear(message, len(kept), by=by, at=at)
    return message


def note_answer(
    *, case: DisputeCase, text: str, files: Sequence[File] = (), by: Actor, at: datetime
) -> CaseMessage:
    """Keep what the customer told the shop otherwise: on the phone, by letter, at the desk.

    The same again within a minute, with nothing said in between, is the same.

    Raises:
        CaseEnded: open it again first.
        MessageMissing: at ``text``.
        TooManyFiles, EmptyFile, TooLarge, WrongType, StorageAway: as ``filing.keep``.
    """
    text = _checked(text)
    kept = filing.keep(shop=case.shop, files=files, by=by, at=at)
    with transaction.atomic():
        case = lock_case(case)
        if case.has_ended:
            raise CaseEnded
        if earlier := _just_said(case, text, kept, _Side.CUSTOMER, by=by, at=at):
            return earlier
        message = keep(case=case, text=text, side=_Side.CUSTOMER, files=kept, by=by, at=at)
        _hear(message, len(kept), by=by, at=at)
    return message


@transaction.atomic
def take_up(*, case: DisputeCase, by: Actor, at: datetime) -> DisputeCase:
    """Begin to work on a case that a customer opened; as long as nobody does, look after it too.

    Raises:
        IllegalTransition, NotYourTransition: it was taken up before, or not for this role.
    """
    case = lock_case(case)
    _take_up(case, by=by, at=at)
    return case


def _take_up(case: DisputeCase, *, by: Actor, at: datetime) -> None:
    move(case, TRANSITIONS.target("accept", state=case.status, by=by))
    take_on(case=case, by=by)
    trail.record(action="dispute.accepted", case=case, by=by, at=at)


def _hear(message: CaseMessage, files: int, *, by: Actor, at: datetime) -> None:
    case = message.case
    if case.status == CaseStatus.AWAITING_CUSTOMER:
        move(case, TRANSITIONS.target("answer", state=case.status, by=by))
    _record("dispute.answered", message, files, by=by, at=at)
    if message.link is not None:
        emails.customer_wrote(message, at=at)


def _same(
    case: DisputeCase, link: AccessLink, text: str, kept: Sequence[Kept], *, at: datetime
) -> CaseMessage | None:
    """Return what the same form said before: a double click or a reload says it once."""
    latest = (
        CaseMessage.objects.filter(case=case, internal=False).order_by("-said_at", "-pk").first()
    )
    if latest is None or latest.link_id != link.pk or latest.text != text:
        return None
    if at - latest.said_at >= _SENT_AGAIN_WITHIN:
        return None
    return latest if filing.are_in(latest.files.all(), kept) else None


def _just_said(
    case: DisputeCase,
    text: str,
    kept: Sequence[Kept],
    side: CaseMessage.Side,
    *,
    internal: bool = False,
    by: Actor,
    at: datetime,
) -> CaseMessage | None:
    """Return what the same person at the desk wrote down a moment ago, word for word."""
    latest = (
        CaseMessage.objects.filter(case=case)
        .select_related("case", "email")
        .order_by("-said_at", "-pk")
        .first()
    )
    if latest is None or latest.link_id is not None or at - latest.said_at >= _SAME_WITHIN:
        return None
    said = latest.text, latest.side, latest.internal, latest.said_by
    if said != (text, side, internal, by.name):
        return None
    return latest if filing.are_in(latest.files.all(), kept) else None


def keep(
    *,
    case: DisputeCase,
    text: str,
    side: CaseMessage.Side,
    internal: bool = False,
    files: Sequence[Kept] = (),
    link: AccessLink | None = None,
    by: Actor,
    at: datetime,
) -> CaseMessage:
    """Write words and files into a locked case; nobody is told."""
    message = CaseMessage.objects.create(
        shop=case.shop,
        case=case,
        side=side,
        internal=internal,
        text=text,
        said_at=at,
        said_by=by.name,
        link=link,
    )
    filing.add(case=case, files=files, side=side, message=message, by=by, at=at)
    return message


def _mail(message: CaseMessage, *, asks: bool, by: Actor, at: datetime) -> None:
    email = emails.shop_wrote(message, asks=asks, by=by, at=at)
    if email is not None:
        message.email = email
        message.save(update_fields=["email"])


def _record(action: str, message: CaseMessage, files: int, *, by: Actor, at: datetime) -> None:
    trail.record(
        action=action,
        case=message.case,
        by=by,
        at=at,
        data={"message": str(message.pk), "files": files, "mailed": message.email_id is not None},
    )


def _checked(text: str) -> str:
    text = text.strip().replace("\r\n", "\n")
    if not text or len(text) > LONGEST_MESSAGE:
        raise MessageMissing(fields={"text": MessageMissing.default_message})
    return text
