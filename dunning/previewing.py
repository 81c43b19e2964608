"""Showing a text as a customer would read it, before it is in force."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import override

from dunning import emails, hashtags, items
from dunning.emails import Item, Letter, Wording
from dunning.rungs import USUAL_TIME_TO_PAY
from dunning.states import Template
from invoices.models import Invoice, settings_of
from shopdisputes.customers.models import Customer
from shopdisputes.dates import local_day
from shopdisputes.outbox.queueing import link_mark
from shopdisputes.shops.models import Shop

#: Who owes the longest comes first; whoever wants to see another one opens the invoice's page.
MOST_CUSTOMERS = 40
#: What stands for the link, which is made when a mail leaves.
_LINK = UUID(int=0)
_SAMPLE_AMOUNT = Decimal("223.08")


def customers(shop: Shop) -> list[Customer]:
    """Return customers with open invoices, those first who owe the longest."""
    owing = Invoice.objects.for_shop(shop).billing().open_items().order_by("due_on", "id")
    found: dict[UUID, Customer] = {}
    for invoice in owing.select_related("customer")[: MOST_CUSTOMERS * 5]:
        found.setdefault(invoice.customer_id, invoice.customer)
    return list(found.values())[:MOST_CUSTOMERS]


def shown(
    *,
    shop: Shop,
    template: str,
    language: str,
    subject: str,
    body: str,
    customer: Customer | None,
    at: datetime,
) -> Wording:
    """Return a text with a customer's own figures put in; without a customer, with made-up ones.

    It is shown in ``language`` whatever the customer's, and whether or not it would leave today.
    """
    today = local_day(at, zone=shop.zone)
    owed = _items_of(customer, at=at) if customer else []
    days = USUAL_TIME_TO_PAY.get(Template(template))
    with override(language):
        letter = Letter(
            shop=shop,
            billing=settings_of(shop),
            language=language,
            customer_name=customer.name if customer else _("Alex Martin"),
            subject=subject,
            body=body,
            items=owed or [_example(template, currency=shop.currency, today=today)],
            today=today,
            pay_by=None if days is None else today + timedelta(days=days),
            on_paper=template == Template.FORMAL_DEMAND,
        )
        wording = _said(letter) if template == Template.CALL else emails.worded(letter)
        link = _("(the customer's own link is put in when the mail leaves)")
    mark = link_mark(_LINK)
    return Wording(
        subject=wording.subject,
        text=wording.text.replace(mark, link),
        html=wording.html.replace(mark, "#"),
    )


def _said(letter: Letter) -> Wording:
    """Return what is said on the phone: nothing stands around it as in a mail."""
    words = emails.words_of(letter)
    lines = {block: "\n".join(emails.lines_of(block, letter)) for block in hashtags.BLOCKS}
    return Wording(
        subject=hashtags.fill(letter.subject, words),
        text=hashtags.fill(letter.body, {**words, **lines}),
        html="",
    )


def _items_of(customer: Customer, *, at: datetime) -> Sequence[Item]:
    """Return what could be asked of a customer now."""
    invoices = list(
        Invoice.objects.for_shop(customer.shop)
        .filter(customer=customer)
        .billing()
        .open_items()
        .select_related("shop")
        .order_by("due_on", "id")
    )
    told = items.of(invoices, link_id=_LINK, at=at).values()
    return [each for each in told if each.amount > 0]


def _example(template: str, *, currency: str, today: date) -> Item:
    days = 3 if template == Template.PREVENTIVE else -12
    return Item(
        number="INV-2026-0042",
        due_on=today + timedelta(days=days),
        amount=_SAMPLE_AMOUNT,
        currency=currency,
        reference="RF18 5390 0754 7034",
        link_id=_LINK,
    )
