"""The switch for all reminders of a shop."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from dunning.models import DunningSettings
from dunning.services import waking
from shopdisputes.actors import DESK, Actor
from shopdisputes.audit import services as audit
from shopdisputes.errors import Refused
from shopdisputes.shops.models import Shop
from shopdisputes.transitions import NotYourTransition

LONGEST_REASON = 300


class PauseRefused(Refused):
    """Whoever comes next must find out why nothing leaves."""

    code = "pause-refused"
    default_message = _("Say why.")


@transaction.atomic
def pause(*, shop: Shop, reason: str, by: Actor, at: datetime) -> DunningSettings:
    """Hold back every reminder of the shop, also those that are planned; again does nothing.

    A mail that was handed over before this committed has left.

    Raises:
        NotYourTransition: ``by`` does not work at the desk.
        PauseRefused: there is no reason, or a longer one than 300 characters.
    """
    if by.role not in DESK:
        raise NotYourTransition
    reason = reason.strip()
    if not reason:
        raise PauseRefused(fields={"reason": _("Say why.")})
    if len(reason) > LONGEST_REASON:
        raise PauseRefused(fields={"reason": _("At most 300 characters.")})
    settings = waking.locked_settings(shop)
    if settings.paused_at is not None:
        return settings
    settings.paused_at, settings.paused_by, settings.pause_reason = at, by.name, reason
    settings.save(update_fields=["paused_at", "paused_by", "pause_reason"])
    audit.record(
        shop=shop,
        action="reminders.paused",
        target=settings,
        by=by,
        at=at,
        data={"reason": reason},
    )
    return settings


@transaction.atomic
def resume(*, shop: Shop, by: Actor, at: datetime) -> DunningSettings:
    """Let reminders leave again; every open invoice is looked at today. Again does nothing.

    Raises:
        NotYourTransition: ``by`` does not work at the desk.
    """
    if by.role not in DESK:
        raise NotYourTransition
    settings = waking.locked_settings(shop)
    if settings.paused_at is None:
        return settings
    settings.paused_at, settings.paused_by, settings.pause_reason = None, "", ""
    settings.save(update_fields=["paused_at", "paused_by", "pause_reason"])
    waking.wake_shop(shop=shop, at=at)
    audit.record(shop=shop, action="reminders.resumed", target=settings, by=by, at=at)
    return settings
