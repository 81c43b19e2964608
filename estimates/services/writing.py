"""Writing an answer down: one way for all modes, so that every authorization has the same rows."""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from estimates import documents, emails, ledger
from estimates.models import Authorization, EstimateLine, EstimateRevision, LineAnswer
from estimates.services import trail
from estimates.services.locking import mirror
from estimates.services.sending import withdraw_mails
from estimates.states import Answer, RevisionStatus
from shopdisputes.actors import Actor
from shopdisputes.errors import Refused
from shopdisputes.money import ZERO


class AuthorizedBelowZero(Refused):
    """A discount was authorized without enough of what it is taken from."""

    code = "authorized-below-zero"
    default_message = _("The discount is more than what is authorized with it.")


def unanswered(
    revision: EstimateRevision,
    answers: Mapping[UUID, str],
    *,
    all_needed: bool = True,
    kept_too: bool = False,
) -> dict[str, str | Promise]:
    """Return a message by line id for every missing or improper answer, and for strange lines.

    With ``kept_too`` also lines may be answered that keep an earlier authorization; without
    ``all_needed`` single lines may.
    """
    waiting = {line.pk for line in lines_to_answer(revision)}
    known = set(revision.lines.values_list("pk", flat=True)) if kept_too else waiting
    needed = waiting | answers.keys() if all_needed else answers.keys()
    problems: dict[str, str | Promise] = {
        str(line_id): _("Please choose one of the three answers.")
        for line_id in needed
        if answers.get(line_id) not in Answer.values
    }
    problems |= {
        str(line_id): _("This line waits for no answer.")
        for line_id in answers
        if line_id not in known
    }
    return problems


def lines_to_answer(revision: EstimateRevision) -> list[EstimateLine]:
    """Return the lines of a revision that keep no earlier authorization, in their order."""
    kept = ledger.already_authorized(revision)
    return [line for line in revision.lines.in_order() if line.pk not in kept]


def settle(revision: EstimateRevision, *, at: datetime) -> bool:
    """Turn a sent revision into an answered one; False when somebody else was first."""
    won = EstimateRevision.objects.filter(pk=revision.pk, status=RevisionStatus.SENT).update(
        status=RevisionStatus.ANSWERED, answered_at=at
    )
    if won:
        revision.status, revision.answered_at = RevisionStatus.ANSWERED, at
    return bool(won)


def write(
    *,
    revision: EstimateRevision,
    authorization: Authorization,
    answers: Mapping[UUID, str],
    action: str,
    mail_to: str,
    data: Mapping[str, Any] | None = None,
    by: Actor,
    at: datetime,
) -> Authorization:
    """Write an unsaved ``authorization`` with its answers; queue its copy and its mails.

    Must run behind the revision's locks. A signed one gets the sealed copy, an unsigned one the
    confirmation with the time until which it can be objected to.

    Raises:
        AuthorizedBelowZero: this answer would make what is authorized negative.
    """
    estimate = revision.estimate
    before = ledger.of(estimate)
    # What was written last counts last, even if two servers' clocks disagree.
    last = Authorization.objects.of_estimate(estimate).last()
    if last is not None and last.recorded_at >= authorization.recorded_at:
        authorization.recorded_at = last.recorded_at + timedelta(microseconds=1)
    authorization.id = uuid.uuid4()
    authorization.shop = revision.shop
    authorization.revision = revision
    lines = {line.pk: line for line in revision.lines.in_order()}
    given = [
        LineAnswer(
            shop=revision.shop, authorization=authorization, line=line, answer=answers[line.pk]
        )
        for line in lines.values()
        if line.pk in answers
    ]
    after = ledger.of(estimate, adding=given)
    # A discount may outlive the work it was granted on, which the shop no longer proposes. Who
    # then declines the rest must be able to: only an answer that makes it less is refused.
    sums, earlier = after.in_force, before.in_force
    if sums.subtotal < min(ZERO, earlier.subtotal) or sums.total < min(ZERO, earlier.total):
        raise AuthorizedBelowZero(
            fields={
                str(answer.line_id): AuthorizedBelowZero.default_message
                for answer in given
                if answer.answer == Answer.AUTHORIZED and answer.line.net < 0
            }
        )
    authorization.new_total = after.authorized.total
    authorization.added_amount = authorization.new_total - before.authorized.total
    event = trail.record(
        action=action,
        revision=revision,
        data={
            "authorization": str(authorization.pk),
            "mode": str(authorization.mode),
            "person": authorization.person,
            "contact": authorization.contact,
            "said_at": authorization.at.isoformat(),
            "evidence_level": str(authorization.evidence_level),
            "revision_sha256": revision.sha256,
            "answers": {str(answer.line_id): str(answer.answer) for answer in given},
            "added": str(authorization.added_amount),
            "new_total": str(authorization.new_total),
            **(data or {}),
        },
        by=by,
        at=at,
    )
    if authorization.signature is not None:
        authorization.document = documents.signed_estimate(
            authorization, answers=given, ledger=after, event=event, at=at
        )
    authorization.save(force_insert=True)
    LineAnswer.objects.bulk_create(given)
    mirror(estimate)
    withdraw_mails(revision)
    emails.after_answer(authorization, answers=given, to=mail_to, at=at)
    return authorization
