"""Answers that staff write down: by phone, in person, on paper."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from estimates import ledger
from estimates.models import Authorization, EstimateRevision
from estimates.paper_codes import PageCode
from estimates.services import papers, writing
from estimates.services.answering import ACT, AlreadyAnswered
from estimates.services.locking import lock_revision, need_open
from estimates.services.sending import need_valid
from estimates.states import (
    TRANSITIONS,
    Answer,
    AuthorizationMode,
    PaperReceipt,
    RevisionStatus,
)
from shopdisputes.actors import DESK, Actor
from shopdisputes.errors import Refused
from shopdisputes.evidence import EvidenceLevel
from shopdisputes.signing import services as signing
from shopdisputes.signing.models import Signature, SignatureMethod
from shopdisputes.transitions import NotYourTransition
from shopdisputes.uploads.models import StoredFile

Words = str | Promise

#: Clocks differ a little; nobody records what is said tomorrow.
_CLOCKS_DIFFER = timedelta(minutes=5)
_LENGTHS = {"person": 200, "contact": 200, "witness": 200, "reason": 2000}
_WHAT_IS_MISSING: dict[str, Words] = {
    "person": _("Say who answered."),
    "contact": _("Say which number or address was used."),
    "reason": _("Say why; it is asked for by the rules that apply here."),
}


@dataclass(frozen=True, kw_only=True)
class PaperDetails:
    """What staff attest about a signed paper.

    ``receipt`` is one of ``PaperReceipt`` (or empty), ``location`` where the original lies,
    ``files`` its scan; ``unread_reason`` says how the pages were checked when the machine could
    not read their codes.
    """

    receipt: str = ""
    location: str = ""
    files: Sequence[StoredFile] = ()
    unread_reason: str = ""


class RecordRefused(Refused):
    """Something that must be written down is missing or cannot be right; see ``fields``."""

    code = "record-refused"
    default_message = _("Some facts of this answer are missing or cannot be right.")


class LinesUnanswered(RecordRefused):
    """Lines have no answer, or a line is none of this revision; ``fields`` by line id."""

    code = "lines-unanswered"
    default_message = _("Every line needs its answer.")


class OralNotAllowed(Refused):
    """The rules frozen on the repair order know no oral authorization."""

    code = "oral-not-allowed"
    default_message = _("The rules that apply here do not allow an oral authorization.")


def record(
    *,
    revision: EstimateRevision,
    mode: str,
    person: str,
    contact: str,
    said_at: datetime,
    reason: str,
    answers: Mapping[UUID, str],
    witness: str = "",
    paper: PaperDetails | None = None,
    by: Actor,
    at: datetime,
) -> Authorization:
    """Write down what a customer answered by phone, in person or on paper.

    ``said_at`` is when it was said or signed. A revision that waits needs an answer to each of
    its lines; to one that was answered, later answers to single lines may be added. Oral ones
    (and those in person without a signature) are L0 and confirmed by e-mail at once, when there
    is an address; a signed paper is L5 and gets its sealed copy.

    Raises:
        IllegalTransition, NotYourTransition, RepairOrderNotOpen, Expired, AlreadyAnswered.
        OralNotAllowed: the rules of the place.
        RecordRefused, LinesUnanswered, AuthorizedBelowZero: with ``fields``.
        WrongPaper, PaperUnread: the scan is another paper's, or was not read without a reason.
    """
    # Reading pictures takes seconds; nobody should wait behind the locks for it.
    codes = papers.read_codes(paper.files) if paper else frozenset()
    return _record(
        revision=revision,
        mode=mode,
        facts={
            "person": " ".join(person.split()),
            "contact": contact.strip(),
            "reason": reason.strip(),
            "witness": " ".join(witness.split()),
        },
        said_at=said_at,
        answers=answers,
        paper=paper or PaperDetails(),
        codes=codes,
        by=by,
        at=at,
    )


@transaction.atomic
def _record(
    *,
    revision: EstimateRevision,
    mode: str,
    facts: dict[str, str],
    said_at: datetime,
    answers: Mapping[UUID, str],
    paper: PaperDetails,
    codes: frozenset[PageCode],
    by: Actor,
    at: datetime,
) -> Authorization:
    revision = lock_revision(revision)
    first = revision.status == RevisionStatus.SENT
    TRANSITIONS.target("answer" if first else "amend", state=revision.status, by=by)
    if by.role not in DESK:
        raise NotYourTransition
    order = revision.estimate.repair_order
    need_open(order)
    _check_facts(revision, mode=mode, facts=facts, said_at=said_at, paper=paper, at=at)
    _check_answers(revision, answers, first=first)
    if first or _authorizes_more(revision, answers):
        need_valid(revision, at=at)
    authorization = Authorization(
        mode=mode,
        evidence_level=EvidenceLevel.L0,
        at=said_at,
        recorded_at=at,
        recorded_by=by.name,
        **facts,
    )
    if mode == AuthorizationMode.PAPER:
        reading = papers.match(codes, revision=revision)
        authorization.paper_receipt = paper.receipt
        authorization.paper_location = paper.location.strip()
        authorization.paper_unread_reason = papers.unread_reason(
            reading,
            reason=paper.unread_reason,
            files=paper.files,
            language=order.customer.language,
        )
        authorization.paper_pages_read = reading.read
        authorization.paper_pages_printed = reading.printed
    if first and not writing.settle(revision, at=at):
        raise AlreadyAnswered
    if mode == AuthorizationMode.PAPER:
        authorization.signature = _sign(revision, authorization, reading=reading, by=by)
        authorization.evidence_level = authorization.signature.evidence_level
    else:
        authorization.objection_until = at + timedelta(hours=revision.shop.oral_objection_hours)
    written = writing.write(
        revision=revision,
        authorization=authorization,
        answers=answers,
        action="estimate.authorization_recorded",
        mail_to=order.customer.email,
        data={"reason": facts["reason"], "witness": facts["witness"]},
        by=by,
        at=at,
    )
    written.files.set(paper.files)
    return written


def _sign(
    revision: EstimateRevision,
    authorization: Authorization,
    *,
    reading: papers.PaperReading,
    by: Actor,
) -> Signature:
    printed_at = reading.copy.printed_at if reading.copy else authorization.recorded_at
    sentence = papers.sentence_printed(revision, at=printed_at)
    order = revision.estimate.repair_order
    return signing.sign(
        shop=revision.shop,
        act=ACT,
        target_id=revision.pk,
        repair_order_id=order.pk,
        link=None,
        signer_name=authorization.person,
        method=SignatureMethod.PAPER,
        image=None,
        strokes=None,
        text=sentence.text,
        sentence=sentence.words,
        consent_text=None,
        subject_sha256=revision.sha256,
        shown_pdf_sha256=reading.copy.document.sha256 if reading.copy else "",
        code=None,
        language=order.customer.language,
        signer_timezone=revision.shop.timezone,
        witness=authorization.witness,
        email="",
        # The desk's own address and browser would be taken for the signer's.
        by=replace(by, ip_address="", user_agent=""),
        at=authorization.at,
    )


def _check_facts(
    revision: EstimateRevision,
    *,
    mode: str,
    facts: Mapping[str, str],
    said_at: datetime,
    paper: PaperDetails,
    at: datetime,
) -> None:
    profile = revision.estimate.repair_order.profile
    needed = {"person"}
    problems: dict[str, Words] = {}
    if mode not in (AuthorizationMode.ORAL, AuthorizationMode.IN_PERSON, AuthorizationMode.PAPER):
        problems["mode"] = _("Choose how the answer reached the shop.")
    if mode == AuthorizationMode.ORAL:
        if not profile.get("oral_authorization_allowed", True):
            raise OralNotAllowed
        needed |= {"contact", "reason"}.intersection(
            profile.get("oral_authorization_fields", _WHAT_IS_MISSING)
        )
    problems |= {name: _WHAT_IS_MISSING[name] for name in sorted(needed) if not facts[name]}
    problems |= {
        name: _("At most %(longest)s characters.") % {"longest": longest}
        for name, longest in _LENGTHS.items()
        if len(facts[name]) > longest
    }
    if said_at > at + _CLOCKS_DIFFER:
        problems["said_at"] = _("This time is not over yet.")
    elif _before_the_last_answer(revision, said_at):
        problems["said_at"] = _("The customer has answered later than this.")
    if paper.receipt not in ("", *PaperReceipt.values):
        problems["receipt"] = _("Choose one of the list.")
    if len(paper.location.strip()) > _LENGTHS["contact"]:
        problems["location"] = _("At most 200 characters.")
    if problems:
        raise RecordRefused(fields=problems)


def _before_the_last_answer(revision: EstimateRevision, said_at: datetime) -> bool:
    """Say whether the customer has spoken since: what he said first must not count last."""
    last = revision.authorizations.order_by("-recorded_at").first()
    # People note minutes, the clock notes seconds.
    return last is not None and said_at < last.at.replace(second=0, microsecond=0)


def _check_answers(revision: EstimateRevision, answers: Mapping[UUID, str], *, first: bool) -> None:
    problems = writing.unanswered(revision, answers, all_needed=first, kept_too=True)
    if not answers and not first:
        problems["answers"] = LinesUnanswered.default_message
    if problems:
        raise LinesUnanswered(fields=problems)


def _authorizes_more(revision: EstimateRevision, answers: Mapping[UUID, str]) -> bool:
    in_force = {
        entry.in_force.key for entry in ledger.of(revision.estimate).entries if entry.in_force
    }
    return any(
        answers.get(line.pk) == Answer.AUTHORIZED and line.key not in in_force
        for line in revision.lines.in_order()
    )
