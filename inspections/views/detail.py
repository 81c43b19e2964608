"""An inspection's own page: what was seen, what the customer said, what happened, what is next."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from inspections.forms.recording import ReasonForm
from inspections.models import Acknowledgement, Inspection, RemarkFile
from inspections.services import completing
from inspections.states import InspectionStatus, Stage
from inspections.views import actions, shown
from inspections.views.lookups import inspection_of, today
from shopdisputes.actors import DESK
from shopdisputes.audit.models import AuditEvent
from shopdisputes.documents.models import Document
from shopdisputes.errors import DomainError
from shopdisputes.links.models import AccessLink
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.uploads.models import StoredFile
from shopdisputes.web import timelines
from shopdisputes.web.contributions import panels_on
from shopdisputes.web.files import FileUrls, staff_urls
from shopdisputes.web.requests import StaffRequest, staff
from shopdisputes.web.responses import refused, see_other

#: The newest of what happened; the audit trail keeps all of it.
_MOST_EVENTS = 200


@require_safe
@staff()
def inspection(request: StaffRequest, number: str) -> HttpResponse:
    """Show an inspection, whatever its state."""
    found = inspection_of(request, number)
    return render(request, "inspections/inspection.html", _page(request, found))


@require_POST
@staff()
def reopen(request: StaffRequest, number: str) -> HttpResponseBase:
    """Go on with a completed inspection that no customer has seen."""
    found = inspection_of(request, number)
    completing.reopen(inspection=found, by=request.actor, at=timezone.now())
    messages.success(request, _("The inspection is open again."))
    return see_other("inspection-run", found.number)


@require_POST
@staff()
def discard(request: StaffRequest, number: str) -> HttpResponseBase:
    """Throw an inspection away; it stays readable."""
    found = inspection_of(request, number)
    form = ReasonForm(request.POST)
    problem: DomainError | ReasonForm = form
    if form.is_valid():
        try:
            completing.discard(
                inspection=found,
                reason=form.cleaned_data["reason"],
                by=request.actor,
                at=timezone.now(),
            )
        except completing.ReasonMissing as error:
            problem = error
        else:
            messages.success(request, _("The inspection was discarded. It stays readable."))
            return see_other("inspection", found.number)
    words = {"open_dialog": "discard", "form": form, **_page(request, found)}
    return refused(request, "inspections/inspection.html", words, problem)


def _page(request: StaffRequest, found: Inspection) -> dict[str, Any]:
    items = shown.items_of(found)
    cards = shown.cards(found, items, missing={}, with_forms=False)
    answers = _acknowledgements(found)
    return {
        "inspection": found,
        "order": found.repair_order,
        "customer": found.repair_order.customer,
        "actions": actions.of(found, role=request.actor.role),
        "sections": shown.by_section(cards),
        "counts": shown.counts_of(cards),
        "progress": shown.progress_of(items),
        "warnings": completing.warnings(found),
        "answers": answers,
        "panels": panels_on("inspection", request, found),
        "may_compare": found.stage in {Stage.CHECK_IN, Stage.CHECK_OUT} and _has_partner(found),
        "today": today(request, timezone.now()),
        **_around(request, found, answers),
    }


def _has_partner(found: Inspection) -> bool:
    """Say whether the same visit has the other end of it: a check-out for a check-in."""
    other = Stage.CHECK_OUT if found.stage == Stage.CHECK_IN else Stage.CHECK_IN
    return (
        Inspection.objects.for_shop(found.shop)
        .finished()
        .filter(repair_order=found.repair_order_id, stage=other)
        .exists()
    )


def _acknowledgements(found: Inspection) -> list[dict[str, Any]]:
    """Return what the customer said, the newest first, with their files."""
    said = (
        Acknowledgement.objects.for_shop(found.shop)
        .filter(inspection=found)
        .with_copy()
        .prefetch_related("item_remarks__item")
        .order_by("-at", "id")
    )
    files: dict[UUID | None, list[RemarkFile]] = {}
    sent = RemarkFile.objects.for_shop(found.shop).filter(inspection=found)
    for each in sent.exclude(acknowledgement=None).shown():
        files.setdefault(each.acknowledgement_id, []).append(each)
    return [
        {
            "said": each,
            "whole_files": _with_urls(
                file for file in files.get(each.pk, []) if file.item_id is None
            ),
            "remarks": _remarks(each, files.get(each.pk, [])),
        }
        for each in said
    ]


def _remarks(said: Acknowledgement, files: Sequence[RemarkFile]) -> list[dict[str, Any]]:
    """Return the remarks by item, also where there is only a file."""
    items = {remark.item_id: remark.item for remark in said.item_remarks.all()}
    texts = {remark.item_id: remark.text for remark in said.item_remarks.all()}
    for file in files:
        if file.item is not None:
            items.setdefault(file.item.pk, file.item)
    return [
        {
            "item": item,
            "text": texts.get(key, ""),
            "files": _with_urls(file for file in files if file.item_id == key),
        }
        for key, item in sorted(items.items(), key=lambda entry: entry[1].position)
    ]


def _with_urls(files: Iterable[RemarkFile]) -> list[tuple[StoredFile, FileUrls, str]]:
    return [(each.file, staff_urls(each.file), each.name) for each in files]


def _around(
    request: StaffRequest, found: Inspection, answers: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    """Return the documents, mails and events about an inspection."""
    shop = found.shop
    targets: list[UUID] = [found.pk, *(each["said"].pk for each in answers)]
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
        "report_pending": found.report_id is None
        and found.status not in {InspectionStatus.IN_PROGRESS, InspectionStatus.DISCARDED},
        "timeline": timelines.merged(events.order_by("-sequence")[:_MOST_EVENTS], mails),
        "seen_at": max((link.displayed_at for link in links if link.displayed_at), default=None),
    }
