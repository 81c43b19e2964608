"""What waits for the desk about reminders, by tabs, and the approval of many at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dunning import agenda as reads
from dunning.models import Reminder, ReminderQuerySet, settings_of
from dunning.services import approving
from dunning.services.approving import Result
from dunning.states import Template
from invoices import collecting
from invoices.collecting import Standing
from invoices.models import DunningPosition
from invoices.views.lookups import today
from shopdisputes.actors import DESK, MANAGEMENT
from shopdisputes.web.contributions import Words
from shopdisputes.web.lists import Keyset, Sort, chosen, query_with
from shopdisputes.web.requests import StaffRequest, object_id, staff
from shopdisputes.web.responses import see_other

#: So many are approved before the page shows how far it is.
PORTION = 50
#: So many can be asked for at once; what is more waits for the next time.
_MOST_AT_ONCE = 2_000
_IN_ORDER = ("planned_on", "id")
_BY_PLAN = {"planned": Sort("", _IN_ORDER)}
_BY_HOLD = {"placed": Sort("", ("placed_at", "id"))}
_BY_END = {"ended": Sort("", ("ended_at", "id"))}
_SORTS = {"bounced": _BY_HOLD, "replies": _BY_HOLD, "decide": _BY_END}
#: Under this name a session knows how far an approval of all that wait has come.
_LEFT = "dunning_approval_left"
#: Without a tab in the address the first of these is shown in which there is something to do.
_URGENT = ("doubt", "late", "approval", "replies", "bounced", "calls", "letters", "decide")


@dataclass(frozen=True, kw_only=True)
class Tab:
    """One of the tabs; ``more``: there are more than ``count``."""

    name: str
    label: Words
    url: str
    count: int
    more: bool
    active: bool

    @property
    def is_pressing(self) -> bool:
        """Whether what is in it waits for a person, and the longer the worse."""
        return bool(self.count) and self.name in ("late", "doubt")


@dataclass(frozen=True, kw_only=True)
class Ended:
    """An invoice of which all steps are taken, with what may be asked for of it."""

    position: DunningPosition
    standing: Standing


@require_safe
@staff(*DESK)
def agenda(request: StaffRequest) -> HttpResponseBase:
    """Show what there is to do, by tabs."""
    at = timezone.now()
    counts = reads.counts(request.shop, at=at)
    asked = chosen(request, "tab", reads.TABS)
    shown = asked or next((name for name in _URGENT if counts[name]), "due")
    found = reads.rows(request.shop, shown, at=at)
    if shown not in _SORTS:
        found = found.select_related("invoice", "customer", "step", "email").defer(
            "invoice__canonical_json", "email__text", "email__html"
        )
    page = Keyset(request, found, sorts=_SORTS.get(shown, _BY_PLAN), size=PORTION)
    context: dict[str, Any] = {
        "tab": shown,
        "tabs": [_tab(request, name, label, counts[name], shown) for name, label in reads.TABS],
        "page": page,
        "page_url": "" if asked else query_with(request, tab=shown),
        "rows": page.rows,
        "today": today(request, at),
        "nothing": not any(counts.values()),
        "waiting": counts["approval"],
        "left": _left(request, at),
        "dunning": settings_of(request.shop),
        "may_manage": request.actor.role in MANAGEMENT,
    }
    if shown == "decide":
        context["rows"] = _ended(request, page.rows, at)
    elif shown == "replies":
        context["unanswered"] = reads.unanswered(
            request.shop, [hold.invoice_id for hold in page.rows]
        )
    return render(request, "dunning/agenda.html", context)


@require_POST
@staff(*DESK)
def approve(request: StaffRequest) -> HttpResponseBase:
    """Let the ticked reminders leave, or all that wait, each looked at again.

    Many are done in portions, of which the page shows each. Whoever leaves it leaves the rest as
    it was, waiting, and is offered to go on from there.
    """
    at = timezone.now()
    done = _number(request.POST.get("done", ""))
    if "all" in request.POST:
        left = _left(request, at) if "go_on" in request.POST else None
        waiting = left.waiting if left else _all_waiting(request)
        keys = list(waiting.order_by(*_IN_ORDER).values_list("pk", flat=True)[:_MOST_AT_ONCE])
        total = len(keys)
        if left is not None:
            total, done = left.looked_at + total, left.done
    else:
        keys = _keys(request.POST.getlist("reminder"), request.POST.get("rest", ""))
        if not keys:
            messages.error(request, _("Tick at least one."))
            return see_other(f"{reverse('dunning-agenda')}?tab=approval")
        total = max(_number(request.POST.get("total", "")), len(keys))
    results = _approved(request, keys[:PORTION], at)
    rest = keys[PORTION:]
    done += sum(not each.refused for each in results)
    _note_left(request, results, left=len(rest), total=total, done=done, at=at)
    template = "dunning/approved.html"
    return render(
        request,
        f"{template}#portion" if request.htmx else template,
        {
            "results": results,
            "rest": ",".join(str(key) for key in rest),
            "total": total,
            "looked_at": total - len(rest),
            "done": done,
            "refused": total - len(rest) - done,
        },
    )


@dataclass(frozen=True, kw_only=True)
class Left:
    """An approval of all that was left in the middle; ``waiting`` are those not looked at yet."""

    total: int
    looked_at: int
    done: int
    waiting: ReminderQuerySet


def _all_waiting(request: StaffRequest) -> ReminderQuerySet:
    """Return all that wait; a legal threat is nobody's by-catch.

    Formal demands are ticked, or approved by themselves.
    """
    found: ReminderQuerySet = reads.awaiting_approval(request.shop).exclude(
        step__template=Template.FORMAL_DEMAND
    )
    return found


def _note_left(
    request: StaffRequest,
    results: Sequence[Result],
    *,
    left: int,
    total: int,
    done: int,
    at: datetime,
) -> None:
    """Remember in the session how far an approval is, until it is through."""
    if not left:
        request.session.pop(_LEFT, None)
        return
    last = results[-1].reminder
    request.session[_LEFT] = {
        "on": today(request, at).isoformat(),
        "planned_on": last.planned_on.isoformat(),
        "id": str(last.pk),
        "looked_at": total - left,
        "done": done,
    }


def _left(request: StaffRequest, at: datetime) -> Left | None:
    """Return what of today's approval of all was not reached; None: nothing."""
    noted = request.session.get(_LEFT)
    if noted is None or noted["on"] != today(request, at).isoformat():
        return None
    day = date.fromisoformat(noted["planned_on"])
    waiting = _all_waiting(request).filter(
        Q(planned_on__gt=day) | Q(planned_on=day, id__gt=UUID(noted["id"]))
    )
    count = waiting.count()
    return (
        Left(
            total=noted["looked_at"] + count,
            looked_at=noted["looked_at"],
            done=noted["done"],
            waiting=waiting,
        )
        if count
        else None
    )


def _approved(request: StaffRequest, keys: Sequence[UUID], at: datetime) -> list[Result]:
    found = Reminder.objects.for_shop(request.shop).with_everything().in_bulk(keys)
    if len(found) < len(keys):
        raise Http404
    return approving.approve_all(reminders=[found[key] for key in keys], by=request.actor, at=at)


def _keys(ticked: Sequence[str], rest: str) -> list[UUID]:
    """Return the keys that a form names, each once, in its order."""
    texts = [*ticked, *rest.split(",")]
    keys = dict.fromkeys(key for text in texts if (key := object_id(text)))
    return list(keys)[:_MOST_AT_ONCE]


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _tab(request: StaffRequest, name: str, label: Words, count: int, shown: str) -> Tab:
    return Tab(
        name=name,
        label=label,
        url=query_with(request, tab=name),
        count=min(count, reads.MOST_COUNTED),
        more=count > reads.MOST_COUNTED,
        active=name == shown,
    )


def _ended(
    request: StaffRequest, positions: Sequence[DunningPosition], at: datetime
) -> list[Ended]:
    for position in positions:
        position.invoice.shop = request.shop
    standings = collecting.of([position.invoice for position in positions], at=at)
    return [
        Ended(position=position, standing=standings[position.invoice_id]) for position in positions
    ]
