"""A shop that may remind its customers at every hour, and an invoice of which one is due."""

from datetime import timedelta

from dunning.states import Template
from invoices.models import Invoice
from shopdisputes.shops.models import Shop
from tests.factories import (
    BillingSettingsFactory,
    DunningPositionFactory,
    InvoiceFactory,
    LadderFactory,
    ShopFactory,
)


def shop_that_never_sleeps(*, asks_first: bool) -> Shop:
    """A shop whose mail leaves at every hour of every day, in a country without holidays.

    Its one reminder, after three days, waits for somebody's approval if it ``asks_first``.
    """
    shop = ShopFactory(
        name="Harbour Street Garage",
        country="ZZ",
        send_days=list(range(7)),
        send_from="00:00",
        send_until="23:59:59",
    )
    BillingSettingsFactory(shop=shop)
    LadderFactory(
        shop=shop,
        default=True,
        steps=[{"offset_days": 3, "template": Template.FRIENDLY, "requires_approval": asks_first}],
    )
    return shop


def overdue_invoice(shop: Shop) -> Invoice:
    """An invoice three days overdue, so that a reminder would leave today."""
    invoice = InvoiceFactory(shop=shop, issued=True)
    DunningPositionFactory(
        invoice=invoice,
        base_on=invoice.issued_on - timedelta(days=5),
        begun_on=invoice.issued_on - timedelta(days=20),
        look_on=invoice.issued_on - timedelta(days=2),
    )
    return invoice
