"""Ladders that are offered to nobody any more, and brought back."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dunning.models import CustomerLadder, Ladder
from dunning.services import ladders, waking
from shopdisputes.actors import MANAGEMENT, Actor
from shopdisputes.audit import services as audit
from shopdisputes.errors import Conflict
from shopdisputes.transitions import NotYourTransition

#: Of those who use a ladder; more would be no sentence.
_MOST_NAMED = 5


class LadderInUse(Conflict):
    """It is the shop's usual one, or some customers' own: the message says which."""

    code = "ladder-in-use"


@transaction.atomic
def retire(*, ladder: Ladder, by: Actor, at: datetime) -> Ladder:
    """Offer a ladder to nobody any more; what was sent by it keeps it. Twice does nothing.

    Raises:
        NotYourTransition: ``by`` is not of the management.
        LadderInUse: it is the shop's usual one, or some customers have it as their own.
    """
    ladder = _locked(ladder, by=by)
    if ladder.retired_at is not None:
        return ladder
    if ladder.is_default:
        raise LadderInUse(_("It is the shop's usual ladder. Make another one the usual one first."))
    users = CustomerLadder.objects.filter(ladder=ladder).order_by("customer__name", "pk")
    if names := list(users.values_list("customer__name", flat=True)):
        raise LadderInUse(
            ngettext(
                "%(count)s customer has it as their own (%(names)s). Choose another one there"
                " first.",
                "%(count)s customers have it as their own (%(names)s). Choose another one there"
                " first.",
                len(names),
            )
            % {
                "count": len(names),
                "names": ", ".join(names[:_MOST_NAMED] + ["…"] * (len(names) > _MOST_NAMED)),
            }
        )
    ladder.retired_at = at
    return _save(ladder, "ladder.retired", by=by, at=at)


@transaction.atomic
def bring_back(*, ladder: Ladder, by: Actor, at: datetime) -> Ladder:
    """Offer a retired ladder again; one that is not retired stays as it is.

    Raises:
        NotYourTransition: ``by`` is not of the management.
    """
    ladder = _locked(ladder, by=by)
    if ladder.retired_at is None:
        return ladder
    ladder.retired_at = None
    return _save(ladder, "ladder.brought_back", by=by, at=at)


def _locked(ladder: Ladder, *, by: Actor) -> Ladder:
    if by.role not in MANAGEMENT:
        raise NotYourTransition
    waking.locked_settings(ladder.shop)
    return ladders.locked(ladder)


def _save(ladder: Ladder, action: str, *, by: Actor, at: datetime) -> Ladder:
    ladder.save(update_fields=["retired_at"])
    audit.record(
        shop=ladder.shop, action=action, target=ladder, by=by, at=at, data={"name": ladder.name}
    )
    return ladder
