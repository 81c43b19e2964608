"""Accepting offers: signed by the customer, noted by staff, or accepted by the shop."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from disputes import documents, emails
from disputes.models import DisputeItem, Offer
from disputes.services import executing, offer_terms, trail
from disputes.services.ending_offers import OfferEnded, WrongSide
from disputes.services.locking import lock_offer, lock_to_settle
from disputes.services.moving import move
from disputes.services.resolving import open_items
from disputes.states import OFFER_TRANSITIONS, TRANSITIONS, OfferSide, OfferStatus
from invoices.services import signatures
from shopdisputes.actors import Actor, Role
from shopdisputes.audit.models import AuditEvent
from shopdisputes.canonical import canonical_json
from shopdisputes.dates import local_day
from shopdisputes.errors import Conflict, Refused
from shopdisputes.links import services as links
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.money import format_money
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.signing.models import Signature, TextCode
from shopdisputes.signing.services import DrawnSignature, Sentence

ACT = "settlement"
LONGEST_HOW = 300


class OfferChanged(Conflict):
    """What is contested, or offered, is not what whoever accepts has read."""

    code = "offer-changed"
    default_message = _("What this offer is about has changed since. Ask for a new one.")


class OfferExpired(Conflict):
    """The last day to accept it is over."""

    code = "offer-expired"
    default_message = _("This offer was to be accepted by an earlier day. Ask for a new one.")


class HowMissing(Refused):
    """It is not said how the customer accepted."""

    code = "how-missing"
    default_message = _("Write how it was accepted: who, when, on paper or in which call.")


def sign(
    *,
    link: AccessLink,
    position: int,
    offer_sha256: str,
    signer_name: str,
    drawn: DrawnSignature | None,
    consent: bool,
    signer_timezone: str = "",
    language: str = "",
    by: Actor,
    at: datetime,
) -> Offer:
    """Take the customer's signature under the shop's offer in the case that ``link`` opens.

    It is carried out in the same transaction; the same once more is the same. ``language`` is the
    one in which the page was shown; empty: the link's. The offer that comes back says whether it
    could be carried out.

    Raises:
        OfferChanged: the page showed something else.
        OfferExpired: the last day is over.
        IllegalTransition, NotYourTransition: it is not open, or not for this role.
        WrongSide: it is the customer's own.
        NotSignable, SignatureImageRefused: as ``signatures.check``.
    """
    offer = Offer.objects.with_everything().get(
        shop=link.shop_id, case=link.target_id, position=position
    )
    if _signed_before(offer, link, signer_name):
        return offer
    _need_open(offer, by=by, at=at)
    if offer_sha256 != offer.sha256:
        raise OfferChanged
    signatures.check(signer_name=signer_name, drawn=drawn, consent=consent)
    with transaction.atomic():
        offer = lock_to_settle(offer, at=at)
        # What was checked before the locks may have changed meanwhile; this time it cannot.
        if _signed_before(offer, link, signer_name):
            return offer
        _need_open(offer, by=by, at=at)
        items = _unchanged_items(offer)
        signature = signatures.write(
            link=link,
            act=ACT,
            target_id=offer.pk,
            repair_order=visit_of(offer, items),
            sentence=sentence_for(offer, items, language=language or link.language),
            subject_sha256=offer.sha256,
            shown=offer.document,
            signer_name=signer_name,
            drawn=drawn,
            signer_timezone=signer_timezone,
            language=language or link.language,
            by=by,
            at=at,
        )
        return _agree(offer, items, signature=signature, by=by, at=at)


@transaction.atomic
def record(*, offer: Offer, how: str, by: Actor, at: datetime) -> Offer:
    """Note that the customer accepted the shop's offer otherwise: ``how`` says on paper or orally.

    Raises:
        HowMissing: ``how`` is empty or has more than 300 characters.
        OfferChanged, OfferExpired, WrongSide, IllegalTransition, NotYourTransition: as ``sign``.
    """
    how = how.strip()
    if not how or len(how) > LONGEST_HOW:
        raise HowMissing(fields={"how": HowMissing.default_message})
    offer = lock_to_settle(offer, at=at)
    _need_open(offer, by=by, at=at)
    if offer.side != OfferSide.SHOP:
        raise WrongSide
    return _agree(offer, _unchanged_items(offer), answer=how, by=by, at=at)


@transaction.atomic
def accept(*, offer: Offer, by: Actor, at: datetime) -> Offer:
    """Accept the customer's offer for the shop.

    Raises:
        WrongSide: it is the shop's own.
        OfferChanged, OfferExpired, IllegalTransition, NotYourTransition: as ``sign``.
    """
    offer = lock_to_settle(offer, at=at)
    _need_open(offer, by=by, at=at)
    if by.role == Role.CUSTOMER or offer.side != OfferSide.CUSTOMER:
        raise WrongSide
    return _agree(offer, _unchanged_items(offer), by=by, at=at)


@transaction.atomic
def open_in_person(*, offer: Offer, by: Actor, at: datetime) -> AccessLink:
    """Make the one-hour link with which the customer signs on the shop's own tablet.

    Raises:
        OfferExpired, WrongSide, IllegalTransition, NotYourTransition: as ``sign``.
    """
    offer = lock_offer(offer)
    _need_open(offer, by=by, at=at)
    if offer.side != OfferSide.SHOP:
        raise WrongSide
    customer = offer.case.customer
    return links.give(
        shop=offer.shop,
        purpose=LinkPurpose.DISPUTE_IN_PERSON,
        target_id=offer.case_id,
        recipient="",
        recipient_name=customer.name,
        language=customer.language,
        repair_order_id=offer.case.repair_order_id,
        by=by,
        at=at,
    )


def sentence_for(offer: Offer, items: list[DisputeItem], *, language: str) -> Sentence:
    """Return the sentence that is signed under an offer."""
    amount = offer_terms.worth(offer, items)
    return signatures.sentence(
        offer.shop,
        TextCode.SETTLEMENT,
        language=language,
        revision=offer.position,
        number=offer.case.number,
        amount=format_money(amount, currency=offer.shop.currency, language=language),
    )


def visit_of(offer: Offer, items: list[DisputeItem]) -> RepairOrder:
    """Return the visit that an offer is about: of several, that of the first contested invoice."""
    return offer.case.repair_order or items[0].invoice.repair_order


def _need_open(offer: Offer, *, by: Actor, at: datetime) -> None:
    OFFER_TRANSITIONS.target("accept", state=offer.status, by=by)
    if by.role == Role.CUSTOMER and offer.side != OfferSide.SHOP:
        raise WrongSide
    if local_day(at, zone=offer.shop.zone) > offer.expires_on:
        raise OfferExpired


def _unchanged_items(offer: Offer) -> list[DisputeItem]:
    """Return what is contested, which is what the offer's text names."""
    items = open_items(offer.case)
    named = f'"contested":{canonical_json(offer_terms.contested(items))}'
    if named not in offer.canonical_json:
        raise OfferChanged
    return items


def _agree(
    offer: Offer,
    items: list[DisputeItem],
    *,
    signature: Signature | None = None,
    answer: str = "",
    by: Actor,
    at: datetime,
) -> Offer:
    status = OFFER_TRANSITIONS.target("accept", state=offer.status, by=by)
    # Where locks do nothing (SQLite), this UPDATE decides which of two acts is the first.
    won = Offer.objects.filter(pk=offer.pk, status=offer.status).update(
        status=status, decided_at=at, decided_by=by.name, answer=answer, signature=signature
    )
    if not won:
        raise OfferEnded
    offer.status, offer.decided_at, offer.decided_by = status, at, by.name
    offer.answer, offer.signature = answer, signature
    move(offer.case, TRANSITIONS.target("agree", state=offer.case.status, by=by))
    event = _record(offer, by=by, at=at)
    document = documents.settlement(
        offer,
        items=items,
        visit=visit_of(offer, items),
        signature=signature,
        event=event,
        at=at,
    )
    Offer.objects.filter(pk=offer.pk).update(document=document)
    offer = executing.execute(offer=offer, by=by, at=at)
    if offer.status == OfferStatus.EXECUTED:
        emails.offer_accepted(offer, by=by, at=at)
        emails.offer_moved_desk(offer, at=at)
    return offer


def _record(offer: Offer, *, by: Actor, at: datetime) -> AuditEvent:
    signature = offer.signature
    return trail.record(
        action="dispute.offer_accepted",
        case=offer.case,
        by=by,
        at=at,
        data={
            "offer": offer.position,
            "kind": str(offer.kind),
            "person": signature.signer_name if signature else by.name,
            "evidence_level": str(signature.evidence_level) if signature else "",
            "how": offer.answer,
            "sha256": offer.sha256,
        },
    )


def _signed_before(offer: Offer, link: AccessLink, signer_name: str) -> bool:
    """Say whether the same post signed it before: a double click or a reload signs once."""
    signature = offer.signature
    return (
        signature is not None
        and signature.link_id == link.pk
        and signature.signer_name == signatures.tidy(signer_name)
    )
