"""What each of a customer's pages shows, put together from rows."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from estimates import differences, ledger
from estimates.models import Authorization, EstimateRevision
from estimates.public_forms import CHOICES, CHOICES_FOR_ALL, AnswersForm, CallForm, SignForm
from estimates.public_pages.findings import findings_on_page
from estimates.public_pages.lines import (
    HOURLY,
    Difference,
    Words,
    answered_lines,
    by_answer,
    by_necessity,
    gross_of,
    lines_on_page,
    sums_of_answers,
)
from estimates.services import answering, sending
from estimates.states import Answer, RevisionStatus
from shopdisputes.documents.models import Document
from shopdisputes.documents.states import DocumentStatus
from shopdisputes.evidence import EvidenceLevel
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.links.tokens import token_of
from shopdisputes.repairorders.states import RepairOrderStatus
from shopdisputes.signing import texts
from shopdisputes.signing.models import LegalText


def address(name: str, link: AccessLink, query: Mapping[str, str] | None = None) -> str:
    """Return the address of one of a link's pages, ``name`` without its common beginning."""
    url = reverse(f"public-estimate-{name}" if name else "public-estimate", args=[token_of(link)])
    return f"{url}?{urlencode(query)}" if query else url


def question_page(
    link: AccessLink | None,
    revision: EstimateRevision,
    *,
    given: Mapping[UUID, Answer],
    form: AnswersForm | None = None,
) -> dict[str, Any]:
    """Return what the page with the questions shows; without a link it is staff's preview."""
    carried = ledger.already_authorized(revision)
    rows = list(revision.lines.in_order())
    sums = sums_of_answers(rows, carried=carried, given=given)
    lines = lines_on_page(
        rows,
        carried=carried,
        given=given,
        form=form,
        changes=_changes(revision),
        findings=findings_on_page(rows, shop=revision.shop, link=link),
    )
    return _frame(link, revision) | {
        "form": form,
        "call_form": CallForm(),
        "answerable": revision.request_authorization,
        "has_earlier_answer": bool(carried),
        "groups": by_necessity(lines),
        "lines": lines,
        "sums": sums,
        "open_count": sums.count,
        "all_totals": ledger.sums_of(rows),
        "choices": CHOICES,
        "all_choices": CHOICES_FOR_ALL,
        "hourly": HOURLY,
        "review_url": address("sign", link) if link else "",
        "preview": link is None,
    }


def signing_page(
    link: AccessLink, revision: EstimateRevision, answers: AnswersForm, form: SignForm
) -> dict[str, Any]:
    """Return what the page shows on which the customer reads the exact sentence and signs."""
    carried = ledger.already_authorized(revision)
    rows = list(revision.lines.in_order())
    given = answers.given()
    language = translation.get_language()
    consent = answering.consent_text(revision, language=language)
    return _frame(link, revision) | {
        "form": form,
        "answer_groups": by_answer((line, given[line.pk]) for line in rows if line.pk in given),
        "sums": sums_of_answers(rows, carried=carried, given=given),
        "sentence": answering.sentence_for(revision, answers=given, language=language).words,
        "consent_text": texts.render(consent, shop=revision.shop.name),
        "wants_drawing": revision.required_level != EvidenceLevel.L1,
        "wants_code": answering.code_needed(revision, link),
        "sign_url": address("sign", link, answers.as_query()),
        "code_url": address("code", link, answers.as_query()),
        "change_url": address("", link, answers.as_query()),
    }


def answered_page(link: AccessLink, revision: EstimateRevision) -> dict[str, Any]:
    """Return what the page shows once there is an answer, by whatever way it came."""
    authorizations = list(
        Authorization.objects.for_shop(revision.shop)
        .filter(revision=revision)
        .select_related("signature", "document")
        .order_by("-recorded_at", "-id")
    )
    signed = next((given for given in authorizations if given.signature), None)
    customer = revision.estimate.repair_order.customer
    return (
        _frame(link, revision)
        | signed_copy(revision)
        | {
            "answerable": False,
            "authorizations": authorizations,
            "authorized_total": ledger.of(revision.estimate).authorized.total,
            "answer_groups": by_answer(answered_lines(revision)),
            "copy_goes_to": (link.recipient or customer.email) if signed else "",
        }
    )


def signed_copy(revision: EstimateRevision) -> dict[str, Any]:
    """Return the newest sealed copy of an answer to a revision, and whether it can be had."""
    signed = (
        Authorization.objects.for_shop(revision.shop)
        .filter(revision=revision, document__isnull=False)
        .select_related("document")
        .order_by("-recorded_at", "-id")
        .first()
    )
    copy = signed.document if signed else None
    return {"copy": copy, "copy_ready": is_ready(copy)}


def closed_page(link: AccessLink, revision: EstimateRevision) -> dict[str, Any]:
    """Return what the page shows when nothing can be answered any more, and why that is so."""
    return _frame(link, revision) | {
        "answerable": False,
        "withdrawn": revision.status == RevisionStatus.WITHDRAWN,
        "visit_over": not is_visit_open(revision),
    }


def is_visit_open(revision: EstimateRevision) -> bool:
    """Say whether the vehicle's visit still goes on."""
    return revision.estimate.repair_order.status == RepairOrderStatus.OPEN


def replaced_page(link: AccessLink, revision: EstimateRevision, *, at: datetime) -> dict[str, Any]:
    """Return what the page of a replaced revision shows: what changed, and where the new one is."""
    newest = _newest(revision)
    newer_link = _link_to(newest, holder=link, at=at)
    return (
        _frame(link, revision)
        | _differences(revision, newest)
        | signed_copy(revision)
        | {
            "answerable": False,
            "newest": newest,
            "newest_url": address("", newer_link) if newer_link else "",
        }
    )


def replacement_page(
    link: AccessLink, revision: EstimateRevision, *, answers: AnswersForm, at: datetime
) -> dict[str, Any] | None:
    """Return the questions of the revision that has taken another's place meanwhile.

    Answers already given stay with the lines that say the same. None when there is no newer
    revision that this person may answer.
    """
    newest = _newest(revision)
    newer_link = _link_to(newest, holder=link, at=at)
    if newest.pk == revision.pk or newer_link is None or newest.status != RevisionStatus.SENT:
        return None
    by_key = {line.key: line for line in answers.lines}
    given = {
        line.pk: answers.given()[by_key[line.key].pk]
        for line in newest.lines.in_order()
        if line.key in by_key
        and by_key[line.key].pk in answers.given()
        and line.says_the_same_as(by_key[line.key])
    }
    return (
        question_page(newer_link, newest, given=given)
        | _differences(revision, newest)
        | {"changed_meanwhile": True}
    )


def is_ready(document: Document | None) -> bool:
    """Say whether a document can be given out."""
    return document is not None and document.status == DocumentStatus.READY


def _changes(revision: EstimateRevision) -> dict[UUID, Words]:
    """Return by key how lines differ from the version that the customer saw before."""
    earlier = revision.estimate.revisions.proposed().filter(number__lt=revision.number)
    previous = earlier.order_by("-number").first()
    if previous is None:
        return {}
    found = differences.between(previous, revision)
    changes: dict[UUID, Words] = {line.key: _("New") for line in found.added}
    return changes | {changed.new.key: _("Changed") for changed in found.changed}


def _differences(old: EstimateRevision, new: EstimateRevision) -> dict[str, Any]:
    found = differences.between(old, new)
    return {
        "differences": [
            *(Difference(label=_("New:"), line=line, after=gross_of(line)) for line in found.added),
            *(
                Difference(
                    label=_("Changed:"),
                    line=changed.new,
                    before=gross_of(changed.old),
                    after=gross_of(changed.new),
                )
                for changed in found.changed
            ),
            *(
                Difference(label=_("No longer proposed:"), line=line, before=gross_of(line))
                for line in found.removed
            ),
        ],
        "total_before": found.old_total,
        "total_after": found.new_total,
        "currency": new.currency,
    }


def _newest(revision: EstimateRevision) -> EstimateRevision:
    proposed = revision.estimate.revisions.proposed().with_everything()
    return proposed.order_by("-number")[0]


def _link_to(revision: EstimateRevision, *, holder: AccessLink, at: datetime) -> AccessLink | None:
    """Return the newest live link to a revision that went to the same inbox."""
    return (
        AccessLink.objects.for_shop(revision.shop)
        .live(at=at)
        .filter(
            purpose=LinkPurpose.ESTIMATE,
            target_id=revision.pk,
            recipient=holder.recipient,
        )
        .exclude(recipient="")
        .order_by("-created_at")
        .first()
    )


def _frame(link: AccessLink | None, revision: EstimateRevision) -> dict[str, Any]:
    order = revision.estimate.repair_order
    vehicle = order.vehicle
    terms = _terms(revision)
    return {
        "link": link,
        "token": token_of(link) if link else "",
        "in_person": link is not None and link.purpose == LinkPurpose.ESTIMATE_IN_PERSON,
        "shop": revision.shop,
        "revision": revision,
        "estimate": revision.estimate,
        "repair_order": order,
        "vehicle": vehicle,
        "car": f"{vehicle.make} {vehicle.model}".strip(),
        "pdf_ready": is_ready(revision.document),
        "terms": texts.render(terms, shop=revision.shop.name),
        "terms_language": terms.language,
    }


def _terms(revision: EstimateRevision) -> LegalText:
    """Return the terms that were sent along, also when the shop has changed them since."""
    if revision.status == RevisionStatus.DRAFT:
        return sending.terms_of(revision)
    sent = json.loads(revision.canonical_json)["terms"]["text"]
    return LegalText.objects.for_shop(revision.shop).get(pk=sent)
