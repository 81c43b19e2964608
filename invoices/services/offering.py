"""Putting the priced ways of going on before the customer who stopped the repair."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from invoices import documents, emails
from invoices.models import StopWork
from invoices.services.stops import (
    NoAddress,
    StopRefused,
    freeze_offer,
    lock_stop,
    need_desk,
    need_undecided,
    tell,
)
from shopdisputes.actors import Actor
from shopdisputes.links import services as links
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.outbox import queueing as outbox

_LONGEST_NOTE = 2000


@transaction.atomic
def offer(*, stop: StopWork, note: str, by_email: bool, by: Actor, at: datetime) -> StopWork:
    """Put the three ways of going on before the customer, priced as of now.

    The prices are frozen, the record becomes a PDF; ``by_email`` mails a link. Offering again
    before the customer has chosen replaces what was offered: earlier links are revoked.

    Raises:
        Lifted, AlreadyChosen: there is nothing to be chosen.
        NoAddress: the customer has no e-mail address.
        StopRefused: the note is too long.
    """
    need_desk(by)
    stop = lock_stop(stop)
    need_undecided(stop)
    note = note.strip()
    if len(note) > _LONGEST_NOTE:
        raise StopRefused(fields={"note": _("At most 2000 characters.")})
    customer = stop.repair_order.customer
    if by_email and not customer.email:
        raise NoAddress
    links.revoke_for_target(shop=stop.shop, target_id=stop.pk, by=by, at=at)
    outbox.withdraw(shop=stop.shop, target_id=stop.pk, kinds=emails.ASKING_TO_CHOOSE)
    freeze_offer(stop, note=note)
    stop.offered_at, stop.offered_to = at, customer.email if by_email else ""
    stop.save(update_fields=["offered_at", "offered_to"])
    stop.document = documents.stop_work(stop, at=at)
    stop.save(update_fields=["document"])
    tell(
        action="stop.offered",
        stop=stop,
        data={"to": stop.offered_to, "prices": stop.option_prices, "sha256": stop.sha256},
        by=by,
        at=at,
    )
    if by_email:
        link = _give_link(stop, LinkPurpose.STOP, recipient=customer.email, by=by, at=at)
        emails.stop_options(stop, link=link, at=at)
    return stop


@transaction.atomic
def open_in_person(*, stop: StopWork, by: Actor, at: datetime) -> AccessLink:
    """Make the one-hour link with which the customer chooses on the shop's own tablet.

    What was not offered yet is offered by it, as of now.

    Raises:
        Lifted, AlreadyChosen: there is nothing to be chosen.
    """
    need_desk(by)
    stop = lock_stop(stop)
    need_undecided(stop)
    if not stop.sha256:
        stop = offer(stop=stop, note="", by_email=False, by=by, at=at)
    return _give_link(stop, LinkPurpose.STOP_IN_PERSON, recipient="", by=by, at=at)


def _give_link(
    stop: StopWork, purpose: LinkPurpose, *, recipient: str, by: Actor, at: datetime
) -> AccessLink:
    customer = stop.repair_order.customer
    return links.give(
        shop=stop.shop,
        purpose=purpose,
        target_id=stop.pk,
        recipient=recipient,
        recipient_name=customer.name,
        language=customer.language,
        repair_order_id=stop.repair_order_id,
        by=by,
        at=at,
    )
