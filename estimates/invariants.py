"""What must hold across all rows of estimates, always; each sentence names what does not."""

import json
from collections.abc import Iterator

from estimates import ledger, pricing, snapshot
from estimates.models import Authorization, Estimate, EstimateRevision
from estimates.states import RevisionStatus
from shopdisputes.canonical import canonical_json, sha256_hex
from shopdisputes.documents.models import Document, DocumentKind
from shopdisputes.documents.states import DocumentStatus
from shopdisputes.outbox.models import OutgoingEmail

_CHUNK = 200


def broken() -> Iterator[str]:
    """Yield a sentence for everything that does not hold; nothing when all does."""
    for estimate in Estimate.objects.select_related("shop").order_by("pk").iterator(_CHUNK):
        yield from _mirrors(estimate)
    revisions = EstimateRevision.objects.with_everything().order_by("pk")
    for revision in revisions.iterator(_CHUNK):
        yield from _totals(revision)
        if revision.status != RevisionStatus.DRAFT:
            yield from _sent(revision)
    authorizations = (
        Authorization.objects.select_related("revision__estimate", "signature")
        .prefetch_related("answers__line")
        .order_by("pk")
    )
    for authorization in authorizations.iterator(_CHUNK):
        yield from _authorization(authorization)
    for document in (
        Document.objects.filter(
            kind__in=[
                DocumentKind.ESTIMATE,
                DocumentKind.ESTIMATE_FOR_PAPER,
                DocumentKind.SIGNED_ESTIMATE,
            ],
            status=DocumentStatus.READY,
        )
        .order_by("pk")
        .iterator(_CHUNK)
    ):
        yield from _file(document)


def _mirrors(estimate: Estimate) -> Iterator[str]:
    newest = estimate.revisions.order_by("-number").first()
    if newest is None:
        yield f"{estimate.number}: it has no revision"
    elif (estimate.status, estimate.total) != (newest.status, newest.total):
        yield f"{estimate.number}: status or total is not that of revision {newest.number}"


def _totals(revision: EstimateRevision) -> Iterator[str]:
    lines = list(revision.lines.all())
    for line in lines:
        if line.net != pricing.net_of(quantity=line.quantity, unit_price=line.unit_price):
            yield f"{revision}: line {line.position} is not its quantity times its price"
    sums = ledger.sums_of(lines)
    if (revision.subtotal, revision.tax, revision.total) != (sums.subtotal, sums.tax, sums.total):
        yield f"{revision}: the totals are not those of its lines"


def _sent(revision: EstimateRevision) -> Iterator[str]:
    if sha256_hex(revision.canonical_json) != revision.sha256:
        yield f"{revision}: the hash is not that of what was sent"
        return
    facts = json.loads(revision.canonical_json)
    if canonical_json(facts.get("estimate")) != canonical_json(snapshot.proposal_of(revision)):
        yield f"{revision}: its rows do not say what was sent"
    if revision.document is None:
        yield f"{revision}: it has no document"
    mailed = OutgoingEmail.objects.filter(target_id=revision.pk, kind="estimate_sent")
    if revision.sent_to and not mailed.exists():
        yield f"{revision}: it counts as mailed, but there is no e-mail"


def _authorization(authorization: Authorization) -> Iterator[str]:
    revision = authorization.revision
    if revision.status not in (RevisionStatus.ANSWERED, RevisionStatus.SUPERSEDED):
        yield f"{revision}: it was answered, but its status is {revision.status}"
    answered = {answer.line_id for answer in authorization.answers.all()}
    if any(answer.line.revision_id != revision.pk for answer in authorization.answers.all()):
        yield f"{revision}: an answer belongs to a line of another revision"
    first = revision.authorizations.order_by("recorded_at", "pk").first()
    if first is not None and first.pk == authorization.pk:
        kept = ledger.already_authorized(revision)
        unanswered = [
            line.position
            for line in revision.lines.in_order()
            if line.pk not in kept and line.pk not in answered
        ]
        if unanswered:
            yield f"{revision}: lines {unanswered} were left without an answer"
    if authorization.signature is None:
        return
    if authorization.signature.subject_sha256 != revision.sha256:
        yield f"{revision}: what was signed is not what was sent"
    if authorization.document_id is None:
        yield f"{revision}: a signed answer has no sealed copy"


def _file(document: Document) -> Iterator[str]:
    if not document.file.storage.exists(str(document.file.name)):
        yield f"{document.title}: its PDF is not there"
        return
    with document.file.open("rb") as file:
        if sha256_hex(file.read()) != document.sha256:
            yield f"{document.title}: its PDF was changed"
