"""What a customer sees of offers: on the page of the case, and each with its signature."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation

from disputes.models import DisputeCase, Offer
from disputes.public_forms import OfferForm, RefuseOfferForm
from disputes.services import agreeing, offer_terms, offering
from disputes.services.resolving import open_items
from disputes.states import TRANSITIONS, CaseStatus, OfferSide, OfferStatus
from invoices.public_forms import SignForm
from invoices.public_pages.invoice import is_ready, signing
from shopdisputes.actors import Role
from shopdisputes.dates import local_day
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.links.tokens import token_of
from shopdisputes.money import ZERO


@dataclass(frozen=True, kw_only=True)
class Shown:
    """An offer with its pages behind the link; ``pdf`` is empty while it is being made."""

    offer: Offer
    url: str
    pdf: str


def offer_address(name: str, link: AccessLink, offer: Offer) -> str:
    """Return the address of one of an offer's pages behind a link; ``name``: the act, or empty."""
    route = f"public-dispute-offer-{name}" if name else "public-dispute-offer"
    return reverse(route, args=[token_of(link), offer.position])


def offers_part(
    link: AccessLink, case: DisputeCase, *, at: datetime, offer_form: OfferForm | None = None
) -> dict[str, Any]:
    """Return what the page of a case shows of offers, and the form for one of the customer's."""
    shown = [_shown(link, offer) for offer in _offers(case).order_by("-position")]
    standing = next((each for each in shown if each.offer.status == OfferStatus.SENT), None)
    return {
        "offers": [each for each in shown if each is not standing],
        "standing": standing,
        "their_turn": standing is not None and standing.offer.side == OfferSide.CUSTOMER,
        "can_offer": _can_offer(case, standing.offer if standing else None),
        "offer_form": offer_form or blank_form(case, at=at),
    }


def blank_form(case: DisputeCase, *args: Any, at: datetime) -> OfferForm:
    """Return the form of a customer's offer, filled with what was sent (``args``)."""
    items = open_items(case)
    invoices = {item.invoice_id: item.invoice for item in items}
    whole = ZERO
    if len(invoices) == 1:
        [invoice] = invoices.values()
        whole = offer_terms.free_without(case, invoice, at=at)
    most: dict[str, Decimal] = offering.most_to_offer(case)
    return OfferForm(*args, most=most, in_parts=whole, today=local_day(at, zone=case.shop.zone))


def offer_page(
    link: AccessLink,
    offer: Offer,
    *,
    at: datetime,
    form: SignForm | None = None,
    refuse_form: RefuseOfferForm | None = None,
) -> dict[str, Any]:
    """Return what the page of one offer shows, with the signature while one is waited for."""
    case = offer.case
    items = open_items(case)
    in_time = local_day(at, zone=case.shop.zone) <= offer.expires_on
    theirs = offer.side == OfferSide.SHOP
    signable = offer.status == OfferStatus.SENT and theirs and in_time
    words = agreeing.sentence_for(offer, items, language=translation.get_language()).words
    return signing(case.shop, form or SignForm()) | {
        "link": link,
        "token": token_of(link),
        "shop": case.shop,
        "case": case,
        "offer": offer,
        "items": items,
        "currency": case.shop.currency,
        "signable": signable,
        "too_late": offer.status == OfferStatus.SENT and not in_time,
        "in_person": link.purpose == LinkPurpose.DISPUTE_IN_PERSON,
        "sentence": offer.signature.sentence if offer.signature else words,
        "refuse_form": refuse_form or RefuseOfferForm(),
        "pdf": _pdf(link, offer),
    }


def _can_offer(case: DisputeCase, standing: Offer | None) -> bool:
    if standing is not None:
        return standing.side == OfferSide.SHOP
    may = TRANSITIONS.actions(state=case.status, role=Role.CUSTOMER)
    return "offer" in may or case.status == CaseStatus.AWAITING_CUSTOMER


def _offers(case: DisputeCase) -> QuerySet[Offer]:
    return (
        Offer.objects.for_shop(case.shop)
        .filter(case=case)
        .select_related("shop", "document", "signature")
    )


def _shown(link: AccessLink, offer: Offer) -> Shown:
    return Shown(offer=offer, url=offer_address("", link, offer), pdf=_pdf(link, offer))


def _pdf(link: AccessLink, offer: Offer) -> str:
    return offer_address("pdf", link, offer) if is_ready(offer.document) else ""
