"""What of reminders waits for the desk today, a row for each kind of it."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dunning import agenda
from dunning.models import settings_of
from shopdisputes.actors import DESK, Actor
from shopdisputes.dates import local_day
from shopdisputes.shops.models import Shop
from shopdisputes.web.contributions import AgendaItem


def items(shop: Shop, actor: Actor, at: datetime) -> list[AgendaItem]:
    """Return what waits, one row a kind; each leads to its tab. For the desk."""
    if actor.role not in DESK:
        return []
    return [*_pause(shop), *_waiting(shop, at)]


def _pause(shop: Shop) -> Iterator[AgendaItem]:
    switch = settings_of(shop)
    if switch.paused_at is not None:
        yield AgendaItem(
            title=_("All reminders are paused"),
            detail=f"{switch.paused_by}: {switch.pause_reason}",
            url=reverse("dunning-pause"),
            due_at=switch.paused_at,
            kind="player-pause",
        )


def _waiting(shop: Shop, at: datetime) -> Iterator[AgendaItem]:
    counts = agenda.counts(shop, at=at)
    today = local_day(at, zone=shop.zone)
    overdue = {
        tab: bool(counts[tab])
        and agenda.rows(shop, tab, at=at).filter(planned_on__lt=today).exists()
        for tab in ("approval", "calls", "letters")
    }
    for tab, count in counts.items():
        if not count or tab not in _ICONS:
            continue
        title, detail = _words(tab, count)
        yield AgendaItem(
            title=title,
            detail=detail,
            url=f"{reverse('dunning-agenda')}?tab={tab}",
            late=overdue.get(tab, False),
            kind=_ICONS[tab],
        )


#: What leaves by itself needs nobody; e-mails in doubt stand on Today one by one already.
_ICONS = {
    "approval": "checks",
    "calls": "phone",
    "letters": "printer",
    "bounced": "mail-x",
    "replies": "message-2",
    "decide": "gavel",
}


def _words(tab: str, count: int) -> tuple[str, str]:
    number = {"count": count if count <= agenda.MOST_COUNTED else f"{agenda.MOST_COUNTED}+"}
    match tab:
        case "approval":
            words = ngettext(
                "%(count)s reminder waits for approval",
                "%(count)s reminders wait for approval",
                count,
            )
            return words % number, _("They leave only when somebody approves them.")
        case "calls":
            words = ngettext("%(count)s call to make", "%(count)s calls to make", count)
            return words % number, _("About invoices that are not paid.")
        case "letters":
            words = ngettext("%(count)s letter to post", "%(count)s letters to post", count)
            return words % number, _("Reminders to be printed and posted.")
        case "bounced":
            words = ngettext(
                "Mail about %(count)s invoice comes back",
                "Mail about %(count)s invoices comes back",
                count,
            )
            return words % number, _("Mend the address, then reminders leave again.")
        case "replies":
            words = ngettext(
                "Reply about %(count)s invoice", "Replies about %(count)s invoices", count
            )
            return words % number, _("Reminders wait for two business days.")
    words = ngettext(
        "%(count)s invoice is at the end of its steps",
        "%(count)s invoices are at the end of their steps",
        count,
    )
    return words % number, _("Decide how to go on.")
