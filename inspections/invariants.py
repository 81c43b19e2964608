"""What must hold across all rows of inspections, always; each sentence names what does not."""

import json
from collections.abc import Iterator

from inspections import snapshot
from inspections.models import Acknowledgement, Inspection
from inspections.states import AcknowledgementAnswer, InspectionStatus
from shopdisputes.canonical import canonical_json, sha256_hex
from shopdisputes.shops.models import ShopQuerySet

_CHUNK = 200


def broken() -> Iterator[str]:
    """Yield a sentence for everything that does not hold; nothing when all does."""
    inspections = Inspection.objects.with_everything().select_related("version")
    for inspection in inspections.order_by("pk").iterator(_CHUNK):
        if inspection.sha256:
            yield from _frozen(inspection)
        elif inspection.canonical_json or inspection.completed_at:
            yield f"{inspection.number}: it is not completed, but something says so"
    yield from _without(
        InspectionStatus.ANSWERED,
        Acknowledgement.objects.filter(signature__isnull=False),
        "it is answered, but there is no signed answer",
    )
    yield from _without(
        InspectionStatus.NO_ANSWER,
        Acknowledgement.objects.filter(answer=AcknowledgementAnswer.NO_ANSWER),
        "it lapsed, but there is no note of it",
    )
    signed = (
        Acknowledgement.objects.filter(signature__isnull=False)
        .select_related("inspection", "signature")
        .prefetch_related("item_remarks", "files__file")
        .order_by("pk")
    )
    for acknowledgement in signed.iterator(_CHUNK):
        yield from _signed(acknowledgement)


def _frozen(inspection: Inspection) -> Iterator[str]:
    number = inspection.number
    if sha256_hex(inspection.canonical_json) != inspection.sha256:
        yield f"{number}: its hash is not that of what was frozen"
        return
    said = canonical_json(json.loads(inspection.canonical_json).get("inspection"))
    findings = snapshot.findings_of(inspection)
    if said != canonical_json(findings):
        yield f"{number}: its rows are not what was frozen"
    for item in findings["items"]:
        if not item["result"]:
            yield f"{number}: item {item['position']} is not complete"


def _without(status: str, rows: ShopQuerySet, problem: str) -> Iterator[str]:
    lacking = Inspection.objects.filter(status=status).exclude(pk__in=rows.values("inspection"))
    for number in lacking.order_by("pk").values_list("number", flat=True):
        yield f"{number}: {problem}"


def _signed(acknowledgement: Acknowledgement) -> Iterator[str]:
    inspection, signature = acknowledgement.inspection, acknowledgement.signature
    assert signature is not None
    number = inspection.number
    if inspection.status != InspectionStatus.ANSWERED:
        yield f"{number}: there is a signed answer, but it is {inspection.status}"
    hashes = {
        acknowledgement.sha256,
        signature.subject_sha256,
        sha256_hex(acknowledgement.canonical_json),
    }
    if len(hashes) != 1 or signature.target_id != inspection.pk:
        yield f"{number}: the signature is not under this answer"
        return
    signed = json.loads(acknowledgement.canonical_json)
    if signed["inspection"]["sha256"] != inspection.sha256:
        yield f"{number}: what was signed is not what was shown"
    written = {
        "answer": acknowledgement.answer,
        "remarks": acknowledgement.remarks,
        "item_remarks": {
            str(each.item_id): each.text for each in acknowledgement.item_remarks.all()
        },
        "files": sorted(each.file.sha256 for each in acknowledgement.files.all()),
    }
    told = {name: signed[name] for name in written} | {
        "files": sorted(each["sha256"] for each in signed["files"])
    }
    if written != told:
        yield f"{number}: the answer's rows are not what was signed"
