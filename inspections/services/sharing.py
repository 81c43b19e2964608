"""Putting a finished inspection before the customer: share, share again, hand over."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from inspections import emails
from inspections.models import Inspection
from inspections.services import trail
from inspections.services.locking import lock_inspection, need_open
from inspections.states import TRANSITIONS, InspectionStatus
from shopdisputes import dates
from shopdisputes.actors import Actor
from shopdisputes.errors import Refused
from shopdisputes.links import services as links
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.outbox import queueing as outbox
from shopdisputes.shops.models import Shop
from shopdisputes.transitions import IllegalTransition

#: The customer may answer: in time, or late.
AWAITING = frozenset({InspectionStatus.SHARED, InspectionStatus.NO_ANSWER})
_LONGEST_MESSAGE = 4000


class NoAddress(Refused):
    """The customer has no e-mail address."""

    code = "no-address"
    default_message = _(
        "This customer has no e-mail address. Add one, or hand the inspection over in person."
    )


class MessageTooLong(Refused):
    """The message is longer than a page can show."""

    code = "message-too-long"
    default_message = _("At most 4000 characters.")


class DateRefused(Refused):
    """The last day to answer cannot be used; at the field ``answer_by``."""

    code = "date-refused"


class DatePast(DateRefused):
    """The last day to answer is over already."""

    code = "date-past"
    default_message = _("This day is over already.")


class DateTooFar(DateRefused):
    """The link would no longer open on the last day to answer."""

    code = "date-too-far"
    default_message = _("The customer's link does not open as long as that.")


@transaction.atomic
def share(
    *,
    inspection: Inspection,
    message: str = "",
    answer_by: date | None = None,
    by: Actor,
    at: datetime,
) -> Inspection:
    """Mail the customer a link to a completed inspection; from now on nothing in it changes.

    ``answer_by`` is a day of the shop and counts in full; None: as many days from today as the
    shop's settings say.

    Raises:
        IllegalTransition: it is not completed, or was shared before.
        RepairOrderNotOpen: the visit is over.
        MessageTooLong, DatePast, DateTooFar: as they say.
        NoAddress: the customer has no e-mail address.
    """
    inspection = lock_inspection(inspection)
    status = TRANSITIONS.target("share", state=inspection.status, by=by)
    need_open(inspection.repair_order)
    message = _checked_message(message)
    answer_by = _checked_date(answer_by, shop=inspection.shop, at=at)
    to = _address_of(inspection)
    _put_before(
        inspection, status=status, message=message, sent_to=to, answer_by=answer_by, first_at=at
    )
    trail.record(
        action="inspection.shared",
        inspection=inspection,
        data=_said_of(inspection),
        by=by,
        at=at,
    )
    _mail(inspection, by=by, at=at)
    return inspection


@transaction.atomic
def reshare(
    *,
    inspection: Inspection,
    message: str | None = None,
    answer_by: date | None = None,
    by: Actor,
    at: datetime,
) -> Inspection:
    """Mail it once more, with a new link and a new day, to the address now on file.

    ``message`` None keeps the one that was sent. When the address has changed, the links mailed
    to the old one are revoked. A note that there was no answer stays.

    Raises:
        IllegalTransition: it waits for no answer.
        RepairOrderNotOpen: the visit is over.
        MessageTooLong, DatePast, DateTooFar: as they say.
        NoAddress: the customer has no e-mail address.
    """
    inspection = lock_inspection(inspection)
    status = TRANSITIONS.target("reshare", state=inspection.status, by=by)
    need_open(inspection.repair_order)
    message = _checked_message(inspection.message if message is None else message)
    answer_by = _checked_date(answer_by, shop=inspection.shop, at=at)
    former, to = inspection.sent_to, _address_of(inspection)
    _put_before(inspection, status=status, message=message, sent_to=to, answer_by=answer_by)
    if former not in ("", to):
        links.revoke_for_target(shop=inspection.shop, target_id=inspection.pk, by=by, at=at)
    withdraw_mails(inspection)
    trail.record(
        action="inspection.reshared",
        inspection=inspection,
        data=_said_of(inspection),
        by=by,
        at=at,
    )
    _mail(inspection, by=by, at=at)
    return inspection


@transaction.atomic
def hand_over(*, inspection: Inspection, by: Actor, at: datetime) -> AccessLink:
    """Make the one-hour link with which the customer answers on the shop's own tablet.

    A completed inspection is shared by it, without a mail; then the usual day to answer counts.

    Raises:
        IllegalTransition: it is not completed, or answered already.
        RepairOrderNotOpen: the visit is over.
    """
    inspection = lock_inspection(inspection)
    order = inspection.repair_order
    need_open(order)
    if inspection.status not in AWAITING:
        status = TRANSITIONS.target("share", state=inspection.status, by=by)
        _put_before(
            inspection,
            status=status,
            message="",
            sent_to="",
            answer_by=default_answer_by(inspection.shop, at),
            first_at=at,
        )
    link = links.give(
        shop=inspection.shop,
        purpose=LinkPurpose.INSPECTION_IN_PERSON,
        target_id=inspection.pk,
        recipient="",
        recipient_name=order.customer.name,
        language=order.customer.language,
        repair_order_id=order.pk,
        by=by,
        at=at,
    )
    trail.record(
        action="inspection.handed_over",
        inspection=inspection,
        data=_said_of(inspection),
        by=by,
        at=at,
    )
    return link


def default_answer_by(shop: Shop, at: datetime) -> date:
    """Return the last day to answer what is shared now, a day of the shop."""
    today = dates.local_day(at, zone=shop.zone)
    return today + timedelta(days=min(shop.inspection_answer_days, shop.link_life_days - 1))


def withdraw_mails(inspection: Inspection) -> int:
    """Stop the mails that an answer makes untrue and that have not left; return how many."""
    return outbox.withdraw(
        shop=inspection.shop, target_id=inspection.pk, kinds=emails.UNTRUE_ONCE_ANSWERED
    )


def _put_before(
    inspection: Inspection,
    *,
    status: str,
    message: str,
    sent_to: str,
    answer_by: date,
    first_at: datetime | None = None,
) -> None:
    """Write what the customer is asked, and until when; ``first_at``: for the first time.

    Raises:
        IllegalTransition: somebody was quicker, where locks do nothing (SQLite).
    """
    changes = {
        "status": status,
        "message": message,
        "sent_to": sent_to,
        "answer_by": answer_by,
        "shared_at": first_at or inspection.shared_at,
    }
    if not Inspection.objects.filter(pk=inspection.pk, status=inspection.status).update(**changes):
        raise IllegalTransition
    for name, value in changes.items():
        setattr(inspection, name, value)


def _checked_message(message: str) -> str:
    message = message.strip()
    if len(message) > _LONGEST_MESSAGE:
        raise MessageTooLong(fields={"message": MessageTooLong.default_message})
    return message


def _checked_date(answer_by: date | None, *, shop: Shop, at: datetime) -> date:
    if answer_by is None:
        return default_answer_by(shop, at)
    today = dates.local_day(at, zone=shop.zone)
    if answer_by < today:
        raise DatePast(fields={"answer_by": DatePast.default_message})
    if answer_by >= today + timedelta(days=shop.link_life_days):
        raise DateTooFar(fields={"answer_by": DateTooFar.default_message})
    return answer_by


def _address_of(inspection: Inspection) -> str:
    email = inspection.repair_order.customer.email
    if not email:
        raise NoAddress(fields={"email": NoAddress.default_message})
    return email


def _said_of(inspection: Inspection) -> dict[str, str]:
    return {
        "to": inspection.sent_to,
        "answer_by": str(inspection.answer_by),
        "sha256": inspection.sha256,
    }


def _mail(inspection: Inspection, *, by: Actor, at: datetime) -> None:
    order = inspection.repair_order
    link = links.give(
        shop=inspection.shop,
        purpose=LinkPurpose.INSPECTION,
        target_id=inspection.pk,
        recipient=inspection.sent_to,
        recipient_name=order.customer.name,
        language=order.customer.language,
        repair_order_id=order.pk,
        by=by,
        at=at,
    )
    emails.inspection_shared(inspection, link=link, at=at)
