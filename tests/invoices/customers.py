"""What customers and the desk do about an issued invoice, made short."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from invoices.models import Claim, Invoice, PaymentPlan, Promise
from invoices.services import claims, plans, promises
from invoices.states import ClaimKind
from shopdisputes.actors import Actor, Role
from shopdisputes.links.models import AccessLink, LinkPurpose
from tests.factories import NOW, AccessLinkFactory, InvoiceFactory, PaymentFactory

DESK = Actor(role=Role.ADVISOR, name="Ada Advisor", ip_address="10.0.0.5", user_agent="Desk")
CUSTOMER = Actor(
    role=Role.CUSTOMER, name="Camille", ip_address="203.0.113.7", user_agent="Phone/1.0"
)
FRIDAY = date(2026, 3, 20)


def issued(total: str = "120.00", **facts: Any) -> Invoice:
    """An issued invoice over ``total``."""
    return InvoiceFactory(issued=True, total=Decimal(total), **facts)


def link_to(invoice: Invoice, **facts: Any) -> AccessLink:
    """The customer's link to an invoice."""
    return AccessLinkFactory(
        shop=invoice.shop, purpose=LinkPurpose.INVOICE, target_id=invoice.pk, **facts
    )


def link_to_plan(plan: PaymentPlan, purpose: str = LinkPurpose.PLAN, **facts: Any) -> AccessLink:
    """The customer's link to a payment plan."""
    return AccessLinkFactory(shop=plan.shop, purpose=purpose, target_id=plan.pk, **facts)


def pay(invoice: Invoice, amount: str) -> None:
    """Put so much cash on an invoice."""
    fresh = Invoice.objects.with_everything().get(pk=invoice.pk)
    PaymentFactory(on=fresh, amount=Decimal(amount))


def promise(
    invoice: Invoice, amount: str | None = "50.00", on: date = FRIDAY, at: datetime = NOW, **kw: Any
) -> Promise:
    """A promise of the customer."""
    wanted = None if amount is None else Decimal(amount)
    return promises.make(
        invoice=invoice, amount=wanted, promised_on=on, **({"by": CUSTOMER} | kw), at=at
    )


def offer(invoice: Invoice, *parts: tuple[date, str], at: datetime = NOW, **kw: Any) -> PaymentPlan:
    """A plan in three parts, unless others are given."""
    chosen = parts or (
        (date(2026, 3, 23), "20.00"),
        (date(2026, 4, 23), "50.00"),
        (date(2026, 5, 23), "50.00"),
    )
    return plans.offer(
        invoice=invoice,
        instalments=[(day, Decimal(amount)) for day, amount in chosen],
        by=DESK,
        at=at,
        **kw,
    )


def sign(plan: PaymentPlan, link: AccessLink, at: datetime = NOW, **kw: Any) -> PaymentPlan:
    """The customer's typed signature under a plan."""
    given = {
        "plan_sha256": plan.sha256,
        "signer_name": "Camille Durand",
        "drawn": None,
        "consent": True,
    } | kw
    return plans.sign(link=link, by=CUSTOMER, at=at, **given)


def claim(link: AccessLink, at: datetime = NOW, **kw: Any) -> Claim:
    """The customer says that something is wrong, unless other things are said."""
    said = {"kind": ClaimKind.SOMETHING_WRONG, "text": "I never agreed to this."} | kw
    return claims.make(link=link, by=CUSTOMER, at=at, **said)
