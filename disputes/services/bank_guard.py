"""What nobody may do while a bank decides about a payment."""

from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from disputes.models import Chargeback, DisputeCase
from disputes.states import ChargebackKind
from shopdisputes.errors import Conflict


class BankDecidesFirst(Conflict):
    """What is settled now, the bank might settle once more."""

    code = "bank-decides-first"
    default_message = _(
        "The bank is still deciding about %(number)s. Enter its decision first: what is settled"
        " before could be paid twice."
    )


def need_bank_done(case: DisputeCase) -> None:
    """Refuse to end a locked case while a chargeback that is fused with it runs.

    An inquiry moves no money and stands in nobody's way.

    Raises:
        BankDecidesFirst: one runs.
    """
    running = _oldest(_running().filter(case=case))
    if running is not None:
        raise BankDecidesFirst(BankDecidesFirst.default_message % {"number": running.number})


def refund_block(payment_id: UUID) -> str:
    """Return in a sentence why a payment cannot be refunded now; empty when it can.

    An inquiry can be answered by a refund; a chargeback gives the money back by itself.
    """
    running = _oldest(_running().filter(payment=payment_id))
    if running is None:
        return ""
    words = gettext(
        "The bank is giving this money back already, in %(number)s: a refund would pay it twice."
    )
    return words % {"number": running.number}


def annul_block(payment_id: UUID) -> str:
    """Return in a sentence why a payment cannot be annulled now; empty when it can.

    What a bank asks about has come: annulled, it could not be taken back any more.
    """
    running = _oldest(Chargeback.objects.running().filter(payment=payment_id))
    if running is None:
        return ""
    words = gettext(
        "The bank asks about this payment in %(number)s, so the money did come. Enter the bank's"
        " decision first."
    )
    return words % {"number": running.number}


def _running() -> QuerySet[Chargeback]:
    return Chargeback.objects.running().filter(kind=ChargebackKind.CHARGEBACK)


def _oldest(chargebacks: QuerySet[Chargeback]) -> Chargeback | None:
    return chargebacks.order_by("recorded_at", "pk").first()
