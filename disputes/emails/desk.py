"""Mails about a case to the shop's own address."""

from datetime import datetime

from disputes.emails.addressing import to_shop
from disputes.models import CaseMessage, DisputeCase, ResolverAnswer


def opened_by_customer(case: DisputeCase, *, at: datetime) -> None:
    """Tell the shop what a customer contests."""
    to_shop(
        case,
        "dispute_opened_desk",
        key=f"{case.pk}:{case.reopened}",
        context={"file_count": case.files.count(), "again": bool(case.reopened)},
        at=at,
    )


def customer_wrote(message: CaseMessage, *, at: datetime) -> None:
    """Bring the shop what the customer wrote."""
    to_shop(
        message.case,
        "dispute_message_desk",
        key=message.pk,
        context={"message": message, "file_count": message.files.count()},
        at=at,
    )


def resolver_answered(answer: ResolverAnswer, *, at: datetime) -> None:
    """Tell the shop that the resolver's answer is to be looked at."""
    to_shop(
        answer.case,
        "dispute_resolver_answered",
        key=answer.pk,
        context={"answer": answer, "file_count": answer.files.count()},
        at=at,
    )
