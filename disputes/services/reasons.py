"""The catalogue of reasons of a shop."""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from disputes import ready_made
from disputes.models import DisputeReason
from disputes.states import ReasonCode
from shopdisputes.actors import Actor
from shopdisputes.audit import services as audit
from shopdisputes.errors import Conflict, Refused
from shopdisputes.shops.locking import lock_shop
from shopdisputes.shops.models import Shop

_LONGEST_NAME = 80


class ReasonRefused(Refused):
    """A reason needs a name, and a code of its own."""

    code = "reason-refused"


class LastReason(Conflict):
    """Without a reason nobody could open a case."""

    code = "last-reason"
    default_message = _("One reason must stay in use.")


def install(*, shop: Shop, at: datetime) -> None:
    """Give a new shop the ready-made reasons; those it has are left as they are."""
    DisputeReason.objects.bulk_create(
        (
            DisputeReason(
                shop=shop,
                code=reason.code,
                follow_up_days=reason.follow_up_days,
                severity=reason.severity,
                stops_storage=reason.stops_storage,
                for_customers=reason.for_customers,
                position=position,
            )
            for position, reason in enumerate(ready_made.REASONS)
        ),
        ignore_conflicts=True,
    )


@transaction.atomic
def save(*, reason: DisputeReason, by: Actor, at: datetime) -> DisputeReason:
    """Keep a new or changed reason; running cases keep what they began with.

    Raises:
        ReasonRefused: at ``names`` or ``code``.
        LastReason: it is the last one in use, and should be taken out of use.
    """
    lock_shop(reason.shop)
    reason.names = _names(reason.names)
    if not reason.names and reason.code not in ReasonCode.values:
        raise ReasonRefused(fields={"names": _("Give it a name in one language at least.")})
    others = DisputeReason.objects.for_shop(reason.shop).exclude(pk=reason.pk)
    if others.filter(code=reason.code).exists():
        raise ReasonRefused(fields={"code": _("There is a reason with this code already.")})
    if not reason.is_active and not others.filter(is_active=True).exists():
        raise LastReason
    reason.save()
    audit.record(
        shop=reason.shop,
        action="dispute_reason.saved",
        target=reason,
        by=by,
        at=at,
        data={
            "code": reason.code,
            "follow_up_days": reason.follow_up_days,
            "resolver_email": reason.resolver_email,
            "is_active": reason.is_active,
        },
    )
    return reason


def _names(names: Mapping[str, str]) -> dict[str, str]:
    languages = [language for language, _name in settings.LANGUAGES]
    kept = {language: str(names.get(language, "")).strip() for language in languages}
    if any(len(name) > _LONGEST_NAME for name in kept.values()):
        raise ReasonRefused(fields={"names": _("At most 80 characters.")})
    return {language: name for language, name in kept.items() if name}
