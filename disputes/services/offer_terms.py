"""What an offer says: what it may hold at most, checked, and written down as text."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Sum
from django.utils.functional import Promise as LazyText
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from disputes.models import DisputeCase, DisputeItem, Offer
from disputes.states import OfferKind, Resume
from dunning.services import resuming
from invoices import collecting, correcting, holding
from invoices.holding import HeldAmount
from invoices.models import Invoice, LedgerEntry, PaymentPlan
from invoices.services import crediting, plan_terms
from invoices.states import PlanStatus
from shopdisputes.canonical import canonical_json
from shopdisputes.errors import Refused
from shopdisputes.money import ZERO, format_money, to_cents

#: Changes when a fact is added, removed or written otherwise.
SCHEMA = "shopdisputes.settlement/1"
#: What a customer gets in money.
OF_MONEY = frozenset({OfferKind.CREDIT, OfferKind.DISCOUNT, OfferKind.REFUND})
#: What nobody understands without words.
_IN_WORDS = frozenset({OfferKind.REWORK, OfferKind.KEEP_AS_BILLED})
DAYS_OPEN = 14
FURTHEST_DAYS = 90
LONGEST_TEXT = 4000


class OfferRefused(Refused):
    """Something in it cannot be; ``fields`` has everything that is wrong."""

    code = "offer-refused"
    default_message = _("Please look at the offer again.")


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What somebody proposes; an ``amount`` counts only for a credit, a discount, a refund.

    ``instalments`` are those of a payment plan: all that can be asked for once the case has ended.
    """

    kind: OfferKind
    amount: Decimal | None
    text: str
    instalments: Sequence[tuple[date, Decimal]]
    expires_on: date
    resume: Resume
    new_due_on: date | None


def check(terms: Terms, *, items: Sequence[DisputeItem], today: date, at: datetime) -> None:
    """Refuse what could not be carried out, or be answered.

    Raises:
        OfferRefused: at ``kind``, ``amount``, ``text``, ``expires_on``, ``new_due_on``,
            ``terms``, ``terms.<index>.due_on``, ``terms.<index>.amount``.
    """
    fields: dict[str, str | LazyText] = {}
    if len(terms.text) > LONGEST_TEXT:
        fields["text"] = _("At most 4,000 characters.")
    elif not terms.text and terms.kind in _IN_WORDS:
        fields["text"] = _("Write in words what you offer.")
    if terms.expires_on < today:
        fields["expires_on"] = _("This day is over.")
    elif terms.expires_on > today + timedelta(days=FURTHEST_DAYS):
        fields["expires_on"] = _("At most 90 days ahead.")
    if terms.resume == Resume.NEW_DUE_DATE and (
        terms.new_due_on is None or terms.new_due_on <= terms.expires_on
    ):
        fields["new_due_on"] = _("Choose a day after the last one on which it can be accepted.")
    elif terms.new_due_on is not None and terms.new_due_on > today + resuming.FURTHEST_BASE:
        # Told now: after the signature it would be too late.
        fields["new_due_on"] = resuming.BaseRefused.default_message
    if terms.kind in OF_MONEY:
        fields |= _wrong_amount(terms, items)
    elif terms.kind == OfferKind.PLAN:
        fields |= _wrong_plan(terms, items, today=today, at=at)
    if fields:
        raise OfferRefused(fields=fields)


def most_of(kind: str, items: Sequence[DisputeItem]) -> Decimal:
    """Return how much of what is contested can be credited or, of what was paid, given back."""
    return sum(share_out(kind, None, items).values(), ZERO)


def share_out(
    kind: str, amount: Decimal | None, items: Sequence[DisputeItem]
) -> dict[UUID, Decimal]:
    """Divide an amount over contested items by their keys, in their order; None: all there is.

    An item takes at most what is contested, and together those of an invoice at most what is not
    credited yet, for a refund at most what was paid on it.
    """
    room = {
        invoice.pk: _room(kind, invoice)
        for invoice in {item.invoice_id: item.invoice for item in items}.values()
    }
    shares: dict[UUID, Decimal] = {}
    left = amount
    for item in items:
        share = min(item.amount, room[item.invoice_id])
        if left is not None:
            share = min(share, left)
            left -= share
        if share > 0:
            shares[item.pk] = share
            room[item.invoice_id] -= share
    return shares


def paid_on(invoice: Invoice) -> Decimal:
    """Return what of payments stands on an invoice."""
    entries = LedgerEntry.objects.filter(invoice=invoice, payment__isnull=False)
    return max(-(entries.aggregate(sum=Sum("amount"))["sum"] or ZERO), ZERO)


def free_without(case: DisputeCase, invoice: Invoice, *, at: datetime) -> Decimal:
    """Return what can be asked for of an invoice as soon as a case holds nothing of it."""
    standing = collecting.standing(invoice, at=at)
    own = set(
        DisputeItem.objects.filter(case=case, hold__isnull=False).values_list("hold", flat=True)
    )
    return holding.figures(
        balance=invoice.balance,
        holds=[
            HeldAmount(kind=hold.kind, amount=hold.amount)
            for hold in standing.holds
            if hold.pk not in own
        ],
        not_yet_due=standing.figures.planned,
    ).collectible


def worth(offer: Offer, items: Sequence[DisputeItem]) -> Decimal:
    """Return the sum that the signed sentence names: what the customer gets, or pays in parts.

    Work that is done again is worth what is contested; what stays as billed is worth nothing.
    """
    match offer.kind:
        case OfferKind.REWORK:
            return sum((item.amount for item in items), ZERO)
        case OfferKind.PLAN:
            return sum((amount for _day, amount in offer.instalments), ZERO)
        case _:
            return offer.amount or ZERO


def text_of(offer: Offer, items: Sequence[DisputeItem]) -> str:
    """Return everything that is agreed by an offer as canonical JSON: what is hashed and signed."""
    case, shop = offer.case, offer.shop
    return canonical_json(
        {
            "schema": SCHEMA,
            "offer": {
                "id": str(offer.pk),
                "position": offer.position,
                "side": str(offer.side),
                "kind": str(offer.kind),
                "amount": None if offer.amount is None else f"{offer.amount:.2f}",
                "currency": shop.currency,
                "text": offer.text,
                "terms": offer.terms,
                "expires_on": offer.expires_on.isoformat(),
                "resume": str(offer.resume),
                "new_due_on": offer.new_due_on.isoformat() if offer.new_due_on else None,
            },
            "case": {
                "number": case.number,
                "opened_at": case.opened_at,
                "contested": contested(items),
            },
            "shop": {
                "name": shop.name,
                "legal_name": shop.legal_name,
                "address": shop.address_lines,
            },
            "customer": {"name": case.customer.name, "email": case.customer.email},
        }
    )


def contested(items: Sequence[DisputeItem]) -> list[dict[str, Any]]:
    """Return what is contested as an offer's text names it."""
    return [
        {
            "item": str(item.pk),
            "invoice": item.invoice.number,
            "line": item.line.description if item.line else None,
            "amount": f"{item.amount:.2f}",
        }
        for item in items
    ]


def _room(kind: str, invoice: Invoice) -> Decimal:
    left = max(correcting.total_of(crediting.left_of(invoice).values()), ZERO)
    return min(left, paid_on(invoice)) if kind == OfferKind.REFUND else left


def _wrong_amount(terms: Terms, items: Sequence[DisputeItem]) -> dict[str, str | LazyText]:
    amount = terms.amount
    if amount is None or amount <= 0 or amount != to_cents(amount):
        return {"amount": _("Write an amount above zero, with two decimals at most.")}
    most = most_of(terms.kind, items)
    if amount <= most:
        return {}
    if terms.kind == OfferKind.REFUND:
        words = gettext("At most %(most)s: so much of what is contested was paid.")
    else:
        words = gettext("At most %(most)s: so much is contested and not credited yet.")
    return {"amount": words % {"most": _money(most, items)}}


def _wrong_plan(
    terms: Terms, items: Sequence[DisputeItem], *, today: date, at: datetime
) -> dict[str, str | LazyText]:
    invoices = {item.invoice_id: item.invoice for item in items}
    if len(invoices) != 1:
        return {"kind": _("A payment plan is for one invoice; several are contested here.")}
    [invoice] = invoices.values()
    running = PaymentPlan.objects.filter(
        invoice=invoice, status__in=[PlanStatus.OFFERED, PlanStatus.ACTIVE]
    )
    if running.exists():
        return {"kind": _("This invoice has a payment plan already.")}
    try:
        plan_terms.check(terms.instalments, today=today)
        total = free_without(items[0].case, invoice, at=at)
        plan_terms.check_sum(terms.instalments, total=total, invoice=invoice)
    except Refused as error:
        return {name.replace("instalments", "terms"): words for name, words in error.fields.items()}
    if terms.instalments[0][0] < terms.expires_on:
        return {"expires_on": _("It must be accepted before the first part is due.")}
    return {}


def _money(amount: Decimal, items: Sequence[DisputeItem]) -> str:
    shop = items[0].case.shop
    return format_money(amount, currency=shop.currency, language=get_language() or shop.language)
