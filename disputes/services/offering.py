"""Making offers: a proposal of one side that the other one accepts, refuses or answers."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from disputes import documents, emails
from disputes.models import DisputeCase, Offer
from disputes.services import ending_offers, offer_terms, trail
from disputes.services.locking import lock_case
from disputes.services.moving import move, take_on
from disputes.services.offer_terms import OF_MONEY, Terms
from disputes.services.resolving import open_items
from disputes.states import (
    TRANSITIONS,
    CaseStatus,
    OfferKind,
    OfferSide,
    OfferStatus,
    Resume,
)
from shopdisputes.actors import Actor, Role
from shopdisputes.canonical import sha256_hex
from shopdisputes.dates import local_day
from shopdisputes.errors import Conflict
from shopdisputes.links.models import AccessLink
from shopdisputes.money import ZERO

#: Nobody means to say the same twice within this time: a button was pressed twice.
_SAME_WITHIN = timedelta(minutes=1)


class OfferStands(Conflict):
    """One side offers one thing at a time."""

    code = "offer-stands"
    default_message = _("There is an open offer of yours. Take it back first.")


@transaction.atomic
def make(
    *,
    case: DisputeCase,
    kind: str,
    amount: Decimal | None = None,
    text: str = "",
    instalments: Sequence[tuple[date, Decimal]] = (),
    expires_on: date | None = None,
    resume: str = Resume.KEEP_STEP,
    new_due_on: date | None = None,
    link: AccessLink | None = None,
    by: Actor,
    at: datetime,
) -> Offer:
    """Propose how a case is settled; whoever acts says whose offer it is.

    ``amount`` is what the customer gets, tax included; other kinds than credit, discount and
    refund have none. ``instalments`` are a payment plan's. It can be accepted until the end of
    ``expires_on``, two weeks from today unless told otherwise. An open offer of the other side is
    answered by it, and a case that waits for the customer waits no more. Whoever of the desk makes
    one looks after a case that nobody does. The other side is mailed. The same once more through
    the same ``link`` is the same.

    Raises:
        OfferStands: this side has an open one.
        OfferRefused: as ``offer_terms.check``.
        IllegalTransition, NotYourTransition: the case is agreed, with others or over, or not for
            this role.
    """
    case = lock_case(case)
    side = OfferSide.CUSTOMER if by.role == Role.CUSTOMER else OfferSide.SHOP
    today = local_day(at, zone=case.shop.zone)
    terms = Terms(
        kind=OfferKind(kind),
        amount=amount if kind in OF_MONEY else None,
        text=text.strip().replace("\r\n", "\n"),
        instalments=instalments if kind == OfferKind.PLAN else (),
        expires_on=expires_on or today + timedelta(days=offer_terms.DAYS_OPEN),
        resume=Resume(resume),
        new_due_on=new_due_on if resume == Resume.NEW_DUE_DATE else None,
    )
    standing = open_of(case)
    if standing is not None and standing.side == side:
        if _is_same(standing, terms, link, by=by, at=at):
            return standing
        raise OfferStands
    state = case.status
    for step in _steps_before(case, standing):
        state = TRANSITIONS.target(step, state=state, by=by)
    status = TRANSITIONS.target("offer", state=state, by=by)
    items = open_items(case)
    offer_terms.check(terms, items=items, today=today, at=at)
    if standing is not None:
        ending_offers.end(offer=standing, action="counter", by=by, at=at)
    if status != case.status:
        move(case, status)
    take_on(case=case, by=by)
    last = Offer.objects.filter(case=case).aggregate(last=Max("position"))["last"]
    offer = Offer(
        pk=uuid.uuid4(),
        shop=case.shop,
        case=case,
        position=(last or 0) + 1,
        side=side,
        kind=terms.kind,
        amount=terms.amount,
        text=terms.text,
        terms=[
            {"due_on": due_on.isoformat(), "amount": f"{part:.2f}"}
            for due_on, part in terms.instalments
        ],
        expires_on=terms.expires_on,
        resume=terms.resume,
        new_due_on=terms.new_due_on,
        made_at=at,
        made_by=by.name,
        link=link,
    )
    offer.canonical_json = offer_terms.text_of(offer, items)
    offer.sha256 = sha256_hex(offer.canonical_json)
    offer.document = documents.offer(offer, items=items, at=at)
    offer.save(force_insert=True)
    trail.record(
        action="dispute.offer_made",
        case=case,
        by=by,
        at=at,
        data={
            "offer": offer.position,
            "side": str(side),
            "kind": str(offer.kind),
            "amount": f"{offer_terms.worth(offer, items):.2f}",
            "expires_on": offer.expires_on.isoformat(),
            "counters": standing.position if standing else None,
            "sha256": offer.sha256,
        },
    )
    if side == OfferSide.SHOP:
        emails.offer_made(offer, counters=standing is not None, by=by, at=at)
    else:
        emails.offer_moved_desk(offer, at=at)
    return offer


def open_of(case: DisputeCase) -> Offer | None:
    """Return the one offer that waits for an answer."""
    found = Offer.objects.with_everything().filter(case=case, status=OfferStatus.SENT)
    return found.first()


def most_to_offer(case: DisputeCase) -> dict[str, Decimal]:
    """Return how much can be credited and, of what was paid, given back, by the kinds of offers."""
    items = open_items(case)
    return {kind: offer_terms.most_of(kind, items) if items else ZERO for kind in OF_MONEY}


def _steps_before(case: DisputeCase, standing: Offer | None) -> list[str]:
    """Name what ends before an offer is made: another offer, or the waiting for an answer."""
    if standing is not None:
        return ["offer_ended"]
    return ["answer"] if case.status == CaseStatus.AWAITING_CUSTOMER else []


def _is_same(
    standing: Offer, terms: Terms, link: AccessLink | None, *, by: Actor, at: datetime
) -> bool:
    """Say whether somebody sent the same offer twice: through his link, or just now at the desk."""
    said = standing.kind, standing.amount, standing.text, standing.instalments
    if said != (terms.kind, terms.amount, terms.text, list(terms.instalments)):
        return False
    if link is not None:
        return standing.link_id == link.pk
    chosen = standing.expires_on, standing.resume, standing.new_due_on
    return (
        chosen == (terms.expires_on, terms.resume, terms.new_due_on)
        and standing.made_by == by.name
        and at - standing.made_at < _SAME_WITHIN
    )
