"""The PDFs of inspections: report, signed copy, check-in beside check-out; one function each."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import zip_longest
from typing import Any
from uuid import UUID

from babel.numbers import format_decimal
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from inspections import certificate, comparing
from inspections.comparing import Difference, Pair
from inspections.models import Acknowledgement, Inspection, InspectionItem, ItemMedia
from inspections.states import AcknowledgementAnswer, Result
from inspections.wordings import placed, said
from shopdisputes.audit.models import AuditEvent
from shopdisputes.documents import queueing, rendering
from shopdisputes.documents.models import Document, DocumentKind
from shopdisputes.uploads.models import StoredFile
from shopdisputes.uploads.states import IntakeStatus

_SHORT_HASH = 16
_SHOTS_A_ROW = 3
#: Told apart without colour: people print in black and white.
_SYMBOLS = {
    Result.OK: "✓",
    Result.ATTENTION: "▲",
    Result.URGENT: "✖",
    Result.NOT_INSPECTED: "○",
}
_UNCHANGED = frozenset({Difference.SAME, Difference.NOT_COMPARABLE})

Tile = dict[str, Any]


def report(inspection: Inspection, *, at: datetime) -> Document:
    """Queue the report that is offered before signing, in the customer's language.

    Every file must have its preview, or be known to get none. A check-out's report holds the
    comparison with the check-in of the same visit.
    """
    language = inspection.repair_order.customer.language
    with translation.override(language), timezone.override(inspection.shop.zone):
        context = _facts(inspection, remarks={}, files={})
    return _enqueue(
        inspection,
        DocumentKind.INSPECTION,
        template="documents/inspection.html",
        context=context,
        language=language,
        suffix="",
        attachment=inspection.canonical_json,
        at=at,
    )


def acknowledged(acknowledgement: Acknowledgement, *, event: AuditEvent, at: datetime) -> Document:
    """Queue the sealed copy: the report with the customer's answer, and the certificate.

    ``event`` is the answer's own in the audit trail. The attachment is what was signed.
    """
    inspection, signature = acknowledgement.inspection, acknowledgement.signature
    assert signature is not None
    language = signature.language
    remarks = dict(acknowledgement.item_remarks.values_list("item_id", "text"))
    with translation.override(language), timezone.override(inspection.shop.zone):
        files: dict[UUID | None, list[Tile]] = {}
        for each in acknowledgement.files.shown():
            files.setdefault(each.item_id, []).append(_tile(each.file, added_at=each.added_at))
        silence = inspection.acknowledgements.filter(answer=AcknowledgementAnswer.NO_ANSWER)
        context = _facts(inspection, remarks=remarks, files=files) | {
            "document_title": _("Answered inspection %(number)s") % {"number": inspection.number},
            "acknowledgement": acknowledgement,
            "signature": signature,
            "picture": rendering.data_uri(bytes(signature.image)) if signature.image else "",
            "own_rows": _rows_of(files.get(None, [])),
            "silence": silence.select_related("shop").first(),
            "certificate": certificate.of(acknowledgement, event=event),
        }
    return _enqueue(
        inspection,
        DocumentKind.ACKNOWLEDGED_INSPECTION,
        template="documents/acknowledged_inspection.html",
        context=context,
        language=language,
        suffix="-signed",
        attachment=acknowledgement.canonical_json,
        target_id=acknowledgement.pk,
        seal=True,
        at=at,
    )


@transaction.atomic
def comparison(before: Inspection, after: Inspection, *, at: datetime) -> Document:
    """Queue two inspections of one car side by side, in the customer's language.

    One that says the very same is that one: a second click makes no second paper.
    """
    Inspection.objects.lock(after.pk)
    language = after.repair_order.customer.language
    with translation.override(language), timezone.override(after.shop.zone):
        context = _head(after) | {
            "document_title": _("Inspections %(before)s and %(after)s side by side")
            % {"before": before.number, "after": after.number},
            "comparison": _compared(before, after),
        }
    return _enqueue(
        after,
        DocumentKind.COMPARISON,
        template="documents/comparison.html",
        context=context,
        language=language,
        suffix="-comparison",
        attachment="",
        once=True,
        at=at,
    )


def _enqueue(
    inspection: Inspection,
    kind: DocumentKind,
    *,
    template: str,
    context: Mapping[str, Any],
    language: str,
    suffix: str,
    attachment: str,
    at: datetime,
    target_id: UUID | None = None,
    seal: bool = False,
    once: bool = False,
) -> Document:
    number = inspection.number
    html = rendering.render(template, context, language)
    if once:
        made = Document.objects.for_shop(inspection.shop).filter(
            target_id=target_id or inspection.pk, kind=kind, html=html
        )
        if earlier := made.order_by("created_at", "pk").first():
            return earlier
    return queueing.enqueue(
        shop=inspection.shop,
        kind=kind,
        title=context["document_title"],
        filename=f"{number}{suffix}.pdf",
        language=language,
        html=html,
        target_id=target_id or inspection.pk,
        repair_order_id=inspection.repair_order_id,
        attachment_name=f"{number}{suffix}.json" if attachment else "",
        attachment=attachment,
        seal=seal,
        at=at,
    )


def _head(inspection: Inspection) -> dict[str, Any]:
    order = inspection.repair_order
    return {
        "shop": inspection.shop,
        "inspection": inspection,
        "inspection_title": said(inspection.title),
        "repair_order": order,
        "repair_order_number": order.number,
        "document_title": _("Inspection %(number)s") % {"number": inspection.number},
        "document_number": inspection.number,
        "short_hash": inspection.sha256[:_SHORT_HASH],
        "customer": order.customer,
        "vehicle": order.vehicle,
    }


def _facts(
    inspection: Inspection,
    *,
    remarks: Mapping[UUID, str],
    files: Mapping[UUID | None, Sequence[Tile]],
) -> dict[str, Any]:
    seen = [
        _seen(item)
        | {
            "shots": _rows_of([_tile_of(media, item) for media in item.media.all()]),
            "remark": remarks.get(item.pk, ""),
            "own_rows": _rows_of(files.get(item.pk, [])),
        }
        for item in inspection.items.in_order().with_media()
    ]
    by_result = {
        result.value: [each for each in seen if each["item"].result == result] for result in Result
    }
    before = Inspection.objects.counterpart_of(inspection)
    return _head(inspection) | {
        "sections": list(_sections(seen)),
        "looked_at": len(seen) - len(by_result[Result.NOT_INSPECTED]),
        "all_items": len(seen),
        "by_result": by_result,
        "results": [
            (result.value, result.label, _SYMBOLS[result], len(by_result[result]))
            for result in Result
        ],
        "comparison": _compared(before, inspection) if before is not None else None,
    }


def _sections(seen: Iterable[dict[str, Any]]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Gather items under the names of their sections, in the order in which these first come."""
    found: dict[str, list[dict[str, Any]]] = {}
    for each in seen:
        item = each["item"]
        other = _("Identity of the vehicle") if item.proves_identity else _("Further items")
        found.setdefault(said(item.section) or other, []).append(each)
    yield from found.items()


def _seen(item: InspectionItem) -> dict[str, Any]:
    """Return what an item says, in words; without its files."""
    return {
        "item": item,
        "name": said(item.name),
        "full_name": placed(item.section, item.name),
        "symbol": _SYMBOLS.get(Result(item.result), "") if item.result else "",
        "limits": _limits(item),
    }


def _limits(item: InspectionItem) -> str:
    words = {
        "urgent_below": _("urgent below %(limit)s"),
        "attention_below": _("attention below %(limit)s"),
        "attention_above": _("attention above %(limit)s"),
        "urgent_above": _("urgent above %(limit)s"),
    }
    return ", ".join(
        words[name] % {"limit": f"{_number(limit)} {item.unit}".strip()}
        for name, limit in item.thresholds.items()
        if limit is not None
    )


def _number(value: Decimal) -> str:
    return str(format_decimal(value, "#,##0.###", locale=translation.get_language()))


def _tile_of(media: ItemMedia, item: InspectionItem) -> Tile:
    angle = ""
    if media.shot and media.shot <= len(item.shots):
        angle = said(item.shots[media.shot - 1])
    title = " · ".join(words for words in (angle, media.caption) if words)
    return _tile(media.file, title=title, added_at=media.added_at)


def _tile(stored: StoredFile, *, title: str = "", added_at: datetime) -> Tile:
    """Return a photo, a video or a PDF as it stands on paper; what is kept apart is named."""
    intake = stored.intake
    ready = intake.status == IntakeStatus.READY
    withheld = not intake.is_accepted
    return {
        "title": title,
        "picture": _thumbnail(stored) if ready else "",
        "withheld": (intake.get_reason_display() or intake.get_status_display())
        if withheld
        else "",
        "file": stored,
        "name": "" if stored.is_picture and ready else stored.name,
        "taken_at": _taken_at(stored),
        "added_at": added_at,
        "short_hash": stored.sha256[:_SHORT_HASH],
    }


def _thumbnail(stored: StoredFile) -> str:
    with stored.intake.thumbnail.open("rb") as file:
        return rendering.data_uri(file.read())


def _taken_at(stored: StoredFile) -> datetime | None:
    """Return when the camera says that it was taken: a wall clock, shown as it is."""
    try:
        taken = datetime.fromisoformat(stored.facts.get("taken_at") or "")
    except ValueError:
        return None
    return taken.replace(tzinfo=timezone.get_current_timezone())


def _rows_of(tiles: Sequence[Tile]) -> list[Sequence[Tile]]:
    return [tiles[start : start + _SHOTS_A_ROW] for start in range(0, len(tiles), _SHOTS_A_ROW)]


def _compared(before: Inspection, after: Inspection) -> dict[str, Any]:
    pairs = comparing.pairs(before, after)
    counts = {kind: sum(pair.difference == kind for pair in pairs) for kind in Difference}
    return {
        "before": before,
        "after": after,
        "counts": [(kind.value, kind.label, counts[kind]) for kind in Difference if counts[kind]],
        "rows": [_pair(pair) for pair in pairs],
    }


def _pair(pair: Pair) -> dict[str, Any]:
    # What only one of them has stands beside nothing; its photos are in its own report.
    beside = pair.shots if pair.before and pair.after else []
    return {
        "section": pair.section,
        "name": pair.name,
        "difference": pair.difference,
        "changed": pair.difference not in _UNCHANGED,
        "before": _seen(pair.before) if pair.before else None,
        "after": _seen(pair.after) if pair.after else None,
        "shots": [
            {
                "label": shot.label,
                "before": _plain_tile(then),
                "after": _plain_tile(now),
            }
            for shot in beside
            for then, now in zip_longest(shot.before, shot.after)
        ],
    }


def _plain_tile(media: ItemMedia | None) -> Tile | None:
    """Return a file without its angle, which stands beside the pair."""
    if media is None:
        return None
    return _tile(media.file, title=media.caption, added_at=media.added_at)
