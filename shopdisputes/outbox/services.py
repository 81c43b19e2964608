"""What staff decide about e-mails that did not simply arrive."""

from datetime import datetime

from django.db import transaction

from shopdisputes.actors import Actor
from shopdisputes.audit import services as audit
from shopdisputes.outbox import ringing
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.outbox.states import TRANSITIONS, EmailStatus
from shopdisputes.transitions import IllegalTransition


@transaction.atomic
def settle(*, email: OutgoingEmail, delivered: bool, by: Actor, at: datetime) -> OutgoingEmail:
    """Decide an e-mail in doubt: it did arrive, or it did not and is sent again.

    Raises:
        IllegalTransition: it is not in doubt (any more).
        NotYourTransition: ``by`` is not of the front desk.
    """
    action = "settle_delivered" if delivered else "settle_not_delivered"
    changes = {"sent_at": email.handed_at or at} if delivered else {"next_try_at": at}
    _decide(email, action, by=by, **changes)
    recorded = "email.settled" if delivered else "email.settled_unsent"
    return _recorded(email, recorded, by=by, at=at, delivered=delivered)


@transaction.atomic
def send_again(*, email: OutgoingEmail, by: Actor, at: datetime) -> OutgoingEmail:
    """Try a failed e-mail once more, to the address it has.

    Raises:
        IllegalTransition: it has not failed.
        NotYourTransition: ``by`` is not of the front desk.
    """
    _decide(email, "send_again", by=by, next_try_at=at, attempts=0)
    return _recorded(email, "email.sent_again", by=by, at=at)


def _decide(email: OutgoingEmail, action: str, *, by: Actor, **changes: object) -> None:
    state = EmailStatus(email.status)
    target = TRANSITIONS.target(action, state=state, by=by)
    # Conditional: of two people who decide at once, the second is told that it is decided.
    if not OutgoingEmail.objects.filter(pk=email.pk, status=state).update(status=target, **changes):
        raise IllegalTransition
    if target == EmailStatus.QUEUED:
        transaction.on_commit(ringing.ring)


def _recorded(
    email: OutgoingEmail, action: str, *, by: Actor, at: datetime, **data: object
) -> OutgoingEmail:
    audit.record(
        shop=email.shop,
        action=action,
        target=email,
        repair_order_id=email.repair_order_id,
        by=by,
        at=at,
        data={"kind": email.kind, "recipient": email.recipient, **data},
    )
    return OutgoingEmail.objects.get(pk=email.pk)
