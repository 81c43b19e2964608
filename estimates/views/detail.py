"""An estimate's own page: what it says, what was answered, what happened, what comes next."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from estimates import differences, ledger, pricing
from estimates.models import (
    Authorization,
    Estimate,
    EstimateLine,
    EstimateRevision,
    LineAnswer,
)
from estimates.services import requests
from estimates.states import LedgerState, RevisionStatus
from estimates.views import actions
from estimates.views.lookups import estimate_of, proposed_of, revisions_of, today
from shopdisputes.actors import DESK
from shopdisputes.audit.models import AuditEvent
from shopdisputes.documents.models import Document
from shopdisputes.links.models import AccessLink
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.web import timelines
from shopdisputes.web.requests import StaffRequest, staff
from shopdisputes.web.responses import see_other

#: An unanswered estimate that ends within so many days is said to end soon.
SOON = timedelta(days=3)
#: The newest of what happened; the audit trail keeps all of it.
_MOST_EVENTS = 200


@dataclass(frozen=True, kw_only=True)
class LineShown:
    """A line with what the customer said to it. ``gross`` is its own price with tax."""

    line: EstimateLine
    gross: Decimal
    state: str
    state_label: str
    answer: LineAnswer | None
    #: The number of the earlier revision in which it was answered, when it is unchanged since.
    carried_from: int | None


@dataclass(frozen=True, kw_only=True)
class EntryShown:
    """A line of the ledger, with the number of the revision in which it was answered."""

    entry: ledger.Entry
    answered_in: int | None


@dataclass(frozen=True, kw_only=True)
class RevisionShown:
    """A revision in the list of all, with how it differs from the one before."""

    revision: EstimateRevision
    changes: Any


@require_safe
@staff()
def estimate(request: StaffRequest, number: str) -> HttpResponse:
    """Show an estimate; ``?revision=2`` shows an earlier version of it."""
    found = estimate_of(request, number)
    at = timezone.now()
    revisions = revisions_of(found)
    draft = revisions[0] if revisions[0].status == RevisionStatus.DRAFT else None
    proposed = revisions[1] if draft and len(revisions) > 1 else revisions[0]
    shown = _chosen(request.GET.get("revision", ""), revisions, default=proposed)
    numbers = {each.pk: each.number for each in revisions}
    book = ledger.of(found)
    authorizations = _authorizations(found)
    return render(
        request,
        "estimates/estimate.html",
        {
            "estimate": found,
            "order": found.repair_order,
            "customer": found.repair_order.customer,
            "revision": shown,
            "proposed": proposed,
            "draft": draft if draft is not proposed else None,
            "is_old": shown is not proposed and shown is not draft,
            "actions": actions.of(
                found, proposed, has_draft=draft is not None, role=request.actor.role
            ),
            "lines": _lines(shown, book, authorizations, numbers),
            "sums": {"totals": ledger.sums_of(shown.lines.all())},
            "ledger": book,
            "entries": [
                EntryShown(
                    entry=entry,
                    answered_in=numbers[entry.answer.line.revision_id] if entry.answer else None,
                )
                for entry in book.entries
            ],
            "has_ledger": any(entry.answer for entry in book.entries),
            "revisions": _with_changes(revisions),
            "authorizations": authorizations,
            "may_write": request.actor.role in DESK,
            "at": at,
            "today": today(request, at),
            "ends_soon": _ends_soon(request, proposed, at),
            **_around(request, found, revisions, authorizations),
        },
    )


@require_POST
@staff(*DESK)
def call_done(request: StaffRequest, number: str) -> HttpResponseBase:
    """Note that the customer was called back."""
    found = estimate_of(request, number)
    requests.finish_call(revision=proposed_of(found), by=request.actor, at=timezone.now())
    messages.success(request, _("Noted: the customer was called."))
    return see_other("estimate", found.number)


def _chosen(
    wanted: str, revisions: Sequence[EstimateRevision], *, default: EstimateRevision
) -> EstimateRevision:
    if not wanted:
        return default
    for revision in revisions:
        if str(revision.number) == wanted:
            return revision
    raise Http404


def _authorizations(estimate: Estimate) -> list[Authorization]:
    return list(
        Authorization.objects.for_shop(estimate.shop)
        .of_estimate(estimate)
        .select_related("revision", "signature", "document")
        .prefetch_related("files", "answers__line")
        .order_by("-at", "-recorded_at", "id")
    )


def _lines(
    revision: EstimateRevision,
    book: ledger.Ledger,
    authorizations: Iterable[Authorization],
    numbers: Mapping[UUID, int],
) -> list[LineShown]:
    """Return the lines with the answers in force, or those given to an earlier version."""
    own = {
        answer.line_id: answer
        for authorization in reversed(list(authorizations))
        for answer in authorization.answers.all()
        if authorization.revision_id == revision.pk
    }
    shown = []
    for line in revision.lines.in_order():
        entry = book.entry_of(line.key)
        in_force = entry is not None and entry.line is not None and entry.line.pk == line.pk
        if in_force and entry is not None:
            state, answer = entry.state, entry.answer
            if state == LedgerState.PENDING:
                answer = None
        else:
            answer = own.get(line.pk)
            state = LedgerState(answer.answer) if answer else LedgerState.PENDING
        shown.append(
            LineShown(
                line=line,
                gross=pricing.gross_of_line(net=line.net, tax_rate=line.tax_rate),
                state=state,
                state_label=str(state.label),
                answer=answer,
                carried_from=(
                    numbers[answer.line.revision_id]
                    if answer is not None and answer.line_id != line.pk
                    else None
                ),
            )
        )
    return shown


def _with_changes(revisions: Sequence[EstimateRevision]) -> list[RevisionShown]:
    """Return the revisions, each with how it differs from the one before it."""
    older: list[EstimateRevision | None] = [*revisions[1:], None]
    return [
        RevisionShown(
            revision=revision,
            changes=differences.between(former, revision) if former else None,
        )
        for revision, former in zip(revisions, older, strict=True)
    ]


def _around(
    request: StaffRequest,
    estimate: Estimate,
    revisions: Sequence[EstimateRevision],
    authorizations: Sequence[Authorization],
) -> dict[str, Any]:
    """Return the documents, mails and events about an estimate."""
    shop = estimate.shop
    targets: list[UUID] = [estimate.pk, *(each.pk for each in (*revisions, *authorizations))]
    links = list(
        AccessLink.objects.for_shop(shop).filter(target_id__in=targets).order_by("created_at")
    )
    documents = list(
        Document.objects.for_shop(shop)
        .filter(target_id__in=targets)
        .defer("html", "attachment")
        .order_by("-created_at", "id")
    )
    # What was written to customers is for those who deal with them.
    readable = targets if request.actor.role in DESK else []
    emails = OutgoingEmail.objects.for_shop(shop).filter(target_id__in=readable)
    mails = list(emails.select_related("link").order_by("-created_at", "id"))
    events = (
        AuditEvent.objects.for_shop(shop)
        .to_be_told()
        .filter(target_id__in=[*targets, *(each.pk for each in (*links, *documents, *mails))])
    )
    return {
        "documents": documents,
        "timeline": timelines.merged(events.order_by("-sequence")[:_MOST_EVENTS], mails),
        "seen_at": max((link.displayed_at for link in links if link.displayed_at), default=None),
    }


def _ends_soon(request: StaffRequest, revision: EstimateRevision, at: datetime) -> bool:
    return revision.status == RevisionStatus.SENT and (
        revision.valid_until <= today(request, at) + SOON
    )
