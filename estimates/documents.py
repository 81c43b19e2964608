"""The PDFs of an estimate: offered, signed, and for signing on paper; one function each."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import segno
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from estimates import certificate, findings, ledger, paper_codes, pricing, snapshot
from estimates.ledger import Ledger
from estimates.models import Authorization, EstimateLine, EstimateRevision, LineAnswer
from estimates.states import Answer
from inspections.models import InspectionItem
from shopdisputes.audit.models import AuditEvent
from shopdisputes.documents import queueing, rendering
from shopdisputes.documents.models import Document, DocumentKind
from shopdisputes.jurisdictions import mentions
from shopdisputes.signing import texts
from shopdisputes.signing.models import LegalText
from shopdisputes.uploads.states import IntakeStatus

_SHORT_HASH = 16
#: Beside one line; the inspection's own report holds all of them.
_MOST_PICTURES = 3


def estimate(revision: EstimateRevision, *, terms: LegalText, at: datetime) -> Document:
    """Queue the PDF that is offered before signing, in the customer's language."""
    language = revision.estimate.repair_order.customer.language
    return _enqueue(
        revision,
        DocumentKind.ESTIMATE,
        template="documents/estimate.html",
        title=_title(revision, language),
        suffix="",
        language=language,
        context={"terms": _worded(terms, revision)},
        at=at,
    )


def signed_estimate(
    authorization: Authorization,
    *,
    answers: Sequence[LineAnswer],
    ledger: Ledger,
    event: AuditEvent,
    at: datetime,
) -> Document:
    """Queue the sealed copy: the estimate with its answers, and the certificate of signature.

    ``answers`` are those of ``authorization``, written or not; ``ledger`` stands after them.
    """
    revision, signature = authorization.revision, authorization.signature
    assert signature is not None
    language = signature.language
    with translation.override(language), timezone.override(revision.shop.zone):
        page = certificate.of(authorization, answers=answers, event=event)
        title = _("Signed estimate %(number)s, revision %(revision)s") % {
            "number": revision.estimate.number,
            "revision": revision.number,
        }
    return _enqueue(
        revision,
        DocumentKind.SIGNED_ESTIMATE,
        template="documents/signed_estimate.html",
        title=title,
        suffix="-signed",
        language=language,
        context={
            "authorization": authorization,
            "signature": signature,
            "picture": rendering.data_uri(bytes(signature.image)) if signature.image else "",
            "certificate": page,
            "terms": _worded(snapshot.terms_sent(revision), revision),
            "ledger": ledger,
        },
        answers={answer.line_id: answer.answer for answer in answers},
        target_id=authorization.pk,
        seal=True,
        at=at,
    )


def estimate_for_paper(
    revision: EstimateRevision,
    *,
    copy_id: UUID,
    sentence: str,
    terms: LegalText,
    at: datetime,
) -> Document:
    """Queue a print for signature; every page carries the code of ``copy_id`` and its number."""
    language = revision.estimate.repair_order.customer.language
    count = revision.lines.count()
    # A page's number is known to the typesetter only, so each possible page has its code ready.
    pages = range(1, paper_codes.most_pages(count) + 1)
    return _enqueue(
        revision,
        DocumentKind.ESTIMATE_FOR_PAPER,
        template="documents/estimate_for_paper.html",
        title=_title(revision, language),
        suffix="-paper",
        language=language,
        context={
            "terms": _worded(terms, revision),
            "sentence": sentence,
            "copy_id": copy_id,
            "page_codes": [
                (page, _picture(paper_codes.text_of(copy_id, page, revision.sha256)))
                for page in pages
            ],
        },
        at=at,
    )


def _enqueue(
    revision: EstimateRevision,
    kind: DocumentKind,
    *,
    template: str,
    title: str,
    suffix: str,
    language: str,
    context: Mapping[str, Any],
    at: datetime,
    answers: Mapping[UUID, str] | None = None,
    target_id: uuid.UUID | None = None,
    seal: bool = False,
) -> Document:
    number = f"{revision.estimate.number}-r{revision.number}"
    with translation.override(language):
        words = _facts(revision, answers or {}) | {"document_title": title} | dict(context)
    return queueing.enqueue(
        shop=revision.shop,
        kind=kind,
        title=title,
        filename=f"{number}{suffix}.pdf",
        language=language,
        html=rendering.render(template, words, language),
        target_id=target_id or revision.pk,
        repair_order_id=revision.estimate.repair_order_id,
        attachment_name=f"{number}.json",
        attachment=revision.canonical_json,
        seal=seal,
        at=at,
    )


def _facts(revision: EstimateRevision, answers: Mapping[UUID, str]) -> dict[str, Any]:
    order = revision.estimate.repair_order
    lines = list(revision.lines.in_order())
    kept = ledger.already_authorized(revision)
    cited = findings.cited_by(lines, shop=revision.shop)
    pictures = _first_pictures(lines, cited)
    return {
        "shop": revision.shop,
        "revision": revision,
        "estimate": revision.estimate,
        "repair_order": order,
        "repair_order_number": order.number,
        "document_number": revision.estimate.number,
        "short_hash": revision.sha256[:_SHORT_HASH],
        "customer": order.customer,
        "vehicle": order.vehicle,
        "currency": revision.currency,
        "mentions": mentions.for_estimate(order.profile),
        "sums": pricing.totals((line.net, line.tax_rate) for line in lines),
        "rows": [
            {
                "line": line,
                "kept": kept.get(line.pk),
                "finding": cited.get(line.finding_id) if line.finding_id else None,
                "pictures": pictures.get(line.pk, []),
                "answer": answers.get(line.pk, ""),
                "answer_label": Answer(answers[line.pk]).label if line.pk in answers else "",
            }
            for line in lines
        ],
    }


def _first_pictures(
    lines: Iterable[EstimateLine], cited: Mapping[UUID, InspectionItem]
) -> dict[UUID, list[str]]:
    """Return the pictures of each finding at the first line that cites it; once is enough."""
    shown: dict[UUID, list[str]] = {}
    left = dict(cited)
    for line in lines:
        if line.finding_id and (finding := left.pop(line.finding_id, None)):
            shown[line.pk] = _pictures(finding)
    return shown


def _pictures(finding: InspectionItem) -> list[str]:
    """Return small pictures of a finding for the print, as far as they are made already."""
    ready = [
        media.file.intake
        for media in finding.media.all()
        if media.file.intake.status == IntakeStatus.READY
    ]
    pictures = []
    for intake in ready[:_MOST_PICTURES]:
        with intake.thumbnail.open("rb") as picture:
            pictures.append(rendering.data_uri(picture.read()))
    return pictures


def _title(revision: EstimateRevision, language: str) -> str:
    with translation.override(language):
        return _("Estimate %(number)s, revision %(revision)s") % {
            "number": revision.estimate.number,
            "revision": revision.number,
        }


def _worded(terms: LegalText, revision: EstimateRevision) -> str:
    return texts.render(
        terms,
        shop=revision.shop.name,
        number=revision.estimate.number,
        revision=revision.number,
    )


def _picture(text: str) -> str:
    code = segno.make(text, error="m", micro=False, boost_error=False)
    return str(code.png_data_uri(scale=5, border=4))
