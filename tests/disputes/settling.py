"""Offers as people make and answer them, made short."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from disputes.models import DisputeCase, Offer
from disputes.services import agreeing, offering
from invoices.models import Invoice, LedgerEntry, Payment, PaymentPlan, Refund
from shopdisputes.actors import Actor
from shopdisputes.links.models import AccessLink
from shopdisputes.signing.models import Signature
from tests.disputes import cases
from tests.disputes.cases import CUSTOMER, DESK, link_to
from tests.factories import NOW, PaymentFactory

FRIDAY = date(2026, 3, 20)


def offer(
    case: DisputeCase,
    amount: str | None = "30.00",
    kind: str = "credit",
    by: Actor = DESK,
    at: datetime = NOW,
    **facts: Any,
) -> Offer:
    """An offer of the shop over a credit of 30.00, open until Friday."""
    told: dict[str, Any] = {
        "amount": Decimal(amount) if amount else None,
        "text": "The pads were too dear.",
        "expires_on": FRIDAY,
    }
    return offering.make(case=case, kind=kind, **told | facts, by=by, at=at)


def sign(offer: Offer, link: AccessLink | None = None, at: datetime = NOW, **facts: Any) -> Offer:
    """The customer's typed signature under an offer."""
    given: dict[str, Any] = {
        "offer_sha256": offer.sha256,
        "signer_name": "Camille Durand",
        "drawn": None,
        "consent": True,
    }
    return agreeing.sign(
        link=link or link_to(offer.case),
        position=offer.position,
        **given | facts,
        by=CUSTOMER,
        at=at,
    )


def pay(invoice: Invoice, amount: str, **facts: Any) -> Payment:
    """So much cash on an invoice."""
    fresh = Invoice.objects.with_everything().get(pk=invoice.pk)
    paid: Payment = PaymentFactory(on=fresh, amount=Decimal(amount), **facts)
    return paid


def balance(invoice: Invoice) -> Decimal:
    """What is owed on an invoice."""
    return Invoice.objects.get(pk=invoice.pk).balance


def everything() -> list[Any]:
    """What must not change when something is refused."""
    models: tuple[Any, ...] = (Offer, Signature, Invoice, LedgerEntry, Payment, Refund, PaymentPlan)
    rows = [list(model._default_manager.order_by("pk").values()) for model in models]
    return [*cases.everything(), *rows]
