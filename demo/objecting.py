"""What the stories about disputes need: a customer who rings up about one line of an invoice."""

from datetime import datetime

from demo.stage import Stage
from disputes.models import DisputeCase, DisputeReason
from disputes.services import opening
from disputes.services.opening import Contested
from disputes.states import ReasonCode
from invoices.models import Invoice


def price_contested(
    stage: Stage,
    invoice: Invoice,
    line: str,
    *,
    words: str,
    at: datetime,
    resolver_name: str = "",
    resolver_email: str = "",
) -> DisputeCase:
    """Let the advisor note that the price of the line with this description is contested.

    From then on it is hers to see to.
    """
    return opening.open_case(
        customer=invoice.customer,
        reason=DisputeReason.objects.for_shop(stage.shop).get(code=ReasonCode.PRICE_ERROR),
        comment=words,
        items=[Contested(invoice=invoice, line=invoice.lines.get(description=line))],
        resolver_name=resolver_name,
        resolver_email=resolver_email,
        owner=stage.clerk,
        by=stage.advisor,
        at=at,
    )
