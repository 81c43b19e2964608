"""Mails about a case to its customer, each with a link of its own."""

from datetime import date, datetime

from disputes.emails.addressing import to_customer, to_shop
from disputes.models import CaseMessage, DisputeCase
from shopdisputes.actors import Actor, Role
from shopdisputes.outbox.models import OutgoingEmail


def opened(
    case: DisputeCase, *, appointment_off: date | None = None, by: Actor, at: datetime
) -> OutgoingEmail | None:
    """Acknowledge a case with its number, and say what is not asked for meanwhile.

    ``appointment_off`` is the day on which the customer need not bring the vehicle any more.
    """
    context = {"appointment_off": appointment_off}
    return to_customer(case, "dispute_opened", key=case.pk, context=context, by=by, at=at)


def reopened(case: DisputeCase, *, by: Actor, at: datetime) -> OutgoingEmail | None:
    """Acknowledge that a case is open again."""
    return to_customer(
        case,
        "dispute_opened",
        key=f"{case.pk}:{case.reopened}",
        context={"again": True},
        by=by,
        at=at,
    )


def shop_wrote(
    message: CaseMessage, *, asks: bool, by: Actor, at: datetime
) -> OutgoingEmail | None:
    """Bring the customer what the shop says, or asks."""
    return to_customer(
        message.case,
        "dispute_message",
        key=message.pk,
        context={"message": message, "asks": asks, "file_count": message.files.count()},
        by=by,
        at=at,
    )


def closed(
    case: DisputeCase, *, pay_by: date | None, by: Actor, at: datetime
) -> OutgoingEmail | None:
    """Say how a case ended, and until when it can be opened again.

    ``pay_by`` is the new day to pay, where one was given.
    """
    # Who withdraws it himself has written the words; of others they say how the shop knows.
    note = "" if case.closing_code == "withdrawn" else case.closing_note
    return to_customer(
        case,
        "dispute_closed",
        key=f"{case.pk}:{case.reopened}",
        context={"note": note, "pay_by": pay_by},
        by=by,
        at=at,
    )


def escalated(case: DisputeCase, *, note: str, by: Actor, at: datetime) -> None:
    """Tell the other side that others decide from now on."""
    context = {"note": note, "by_customer": by.role == Role.CUSTOMER}
    if by.role == Role.CUSTOMER:
        to_shop(case, "dispute_escalated", key=f"{case.pk}:{at}", context=context, at=at)
    else:
        to_customer(case, "dispute_escalated", key=f"{case.pk}:{at}", context=context, by=by, at=at)
