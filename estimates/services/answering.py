"""The customer's own answer, line by line and signed, through a link."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from estimates import ledger
from estimates.models import Authorization, EstimateRevision
from estimates.services import writing
from estimates.services.locking import lock_revision, need_open
from estimates.services.sending import need_valid
from estimates.states import TRANSITIONS, Answer, AuthorizationMode, RevisionStatus
from shopdisputes.actors import Actor
from shopdisputes.audit.models import AuditEvent
from shopdisputes.documents.states import DocumentStatus
from shopdisputes.errors import Conflict, Refused
from shopdisputes.evidence import EvidenceLevel
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.money import format_money
from shopdisputes.signing import codes, texts
from shopdisputes.signing import services as signing
from shopdisputes.signing.models import EmailCode, LegalText, SignatureMethod, TextCode
from shopdisputes.signing.services import DrawnSignature, Sentence

ACT = "estimate_authorization"
_LONGEST_NAME = 200

Words = str | Promise


class RevisionChanged(Conflict):
    """The customer looked at something else; ``details["current"]`` is the revision in force."""

    code = "revision-changed"
    default_message = _("This estimate has been replaced by a newer version.")


class AlreadyAnswered(Conflict):
    """It was answered before, in another way."""

    code = "already-answered"
    default_message = _("This estimate has been answered already. Call us to change the answer.")


class Withdrawn(Conflict):
    """The shop has taken it back."""

    code = "withdrawn"
    default_message = _("The shop has withdrawn this estimate.")


class NotAsked(Conflict):
    """It was sent for information only."""

    code = "not-asked"
    default_message = _("This estimate is for your information; no answer is asked for.")


class AnswerRefused(Refused):
    """The answer is not complete; ``fields`` names everything that is wrong, by field."""

    code = "answer-refused"
    default_message = _("Your answer is not complete yet.")


class LinesUnanswered(AnswerRefused):
    """Lines have no answer, or a line is none of this revision; ``fields`` by line id."""

    code = "lines-unanswered"
    default_message = _("Please answer every line.")


class ConsentMissing(AnswerRefused):
    """Electronic documents were not agreed to."""

    code = "consent-missing"
    default_message = _("Please agree to electronic documents, or ask to sign on paper.")


class NameMissing(AnswerRefused):
    """A drawing without a name says nothing."""

    code = "name-missing"
    default_message = _("Please write your full name.")


class SignatureMissing(AnswerRefused):
    """Neither a name was typed nor a signature drawn."""

    code = "signature-missing"
    default_message = _("Please type your name or draw your signature.")


class CodeMissing(AnswerRefused):
    """The shop's policy asks for the code that was mailed."""

    code = "code-missing"
    default_message = _("Please enter the code that we sent you by e-mail.")


def answer(
    *,
    link: AccessLink,
    revision_sha256: str,
    answers: Mapping[UUID, str],
    signer_name: str,
    drawn: DrawnSignature | None,
    code: str,
    consent: bool,
    signer_timezone: str,
    language: str = "",
    by: Actor,
    at: datetime,
) -> Authorization:
    """Take the signed answer to the revision that ``link`` opens; the same again is the same one.

    ``answers`` has an answer for every line that is not authorized already, by the line's id.
    ``language`` is the one in which the page was shown; empty: the link's. ``code`` counts only
    where the policy asks for it and the link was mailed.

    The code is checked in a transaction of its own, before the one that signs: a wrong try must
    stay counted although the answer is refused.

    Raises:
        RevisionChanged: the page showed another version; ``details["current"]`` is its number.
        AlreadyAnswered, Withdrawn, Expired, NotAsked, RepairOrderNotOpen: too late.
        LinesUnanswered, ConsentMissing, NameMissing, SignatureMissing, CodeMissing: ``fields``.
        SignatureImageRefused: the drawing is not a PNG picture within the limits.
        WrongCode, CodeExpired, TooManyTries: at the field ``code``.
    """
    revision = EstimateRevision.objects.for_link(link).with_everything().get()
    name = " ".join(signer_name.split())
    if earlier := _same_answer(revision, link=link, answers=answers, name=name):
        return earlier
    _need_answerable(revision, revision_sha256=revision_sha256, at=at)
    needs_code = code_needed(revision, link)
    _check(
        revision,
        answers=answers,
        name=name,
        drawn=drawn,
        consent=consent,
        code_missing=needs_code and not code.strip(),
    )
    if drawn is not None:
        signing.check_image(drawn.image)
    verified = codes.verify(link=link, digits=code, at=at) if needs_code else None
    return _sign(
        revision,
        link=link,
        revision_sha256=revision_sha256,
        answers=answers,
        name=name,
        drawn=drawn,
        code=verified,
        signer_timezone=signer_timezone,
        language=language or link.language,
        by=by,
        at=at,
    )


def code_needed(revision: EstimateRevision, link: AccessLink) -> bool:
    """Say whether this link must bring a code; who stands at the shop's tablet needs none."""
    return revision.required_level == EvidenceLevel.L3 and bool(link.recipient)


def sentence_for(
    revision: EstimateRevision, *, answers: Mapping[UUID, str], language: str
) -> Sentence:
    """Return the sentence that is signed with these answers, in ``language``.

    It counts the lines authorized now and their sum with tax; lines authorized before stay as
    they were and are not counted again.
    """
    lines = list(revision.lines.in_order())
    chosen = [line for line in lines if answers.get(line.pk) == Answer.AUTHORIZED]
    nothing = not chosen and not ledger.already_authorized(revision)
    text = LegalText.objects.for_shop(revision.shop).current(
        code=TextCode.AUTHORIZE_NOTHING if nothing else TextCode.AUTHORIZATION, language=language
    )
    amount = format_money(
        ledger.sums_of(chosen).total, currency=revision.currency, language=language
    )
    words = texts.render(
        text,
        amount=amount,
        count=len(chosen),
        number=revision.estimate.number,
        revision=revision.number,
        shop=revision.shop.name,
    )
    return Sentence(text=text, words=words)


def consent_text(revision: EstimateRevision, *, language: str) -> LegalText:
    """Return the text about electronic documents that the customer agrees to."""
    return LegalText.objects.for_shop(revision.shop).current(
        code=TextCode.ELECTRONIC_RECORDS, language=language
    )


@transaction.atomic
def _sign(
    revision: EstimateRevision,
    *,
    link: AccessLink,
    revision_sha256: str,
    answers: Mapping[UUID, str],
    name: str,
    drawn: DrawnSignature | None,
    code: EmailCode | None,
    signer_timezone: str,
    language: str,
    by: Actor,
    at: datetime,
) -> Authorization:
    revision = lock_revision(revision)
    # What was checked before the lock may have changed meanwhile; this time it cannot.
    if earlier := _same_answer(revision, link=link, answers=answers, name=name):
        return earlier
    _need_answerable(revision, revision_sha256=revision_sha256, at=at)
    TRANSITIONS.target("answer", state=revision.status, by=by)
    # Where locks do nothing (SQLite), this UPDATE decides which of two answers is the first.
    if not writing.settle(revision, at=at):
        raise AlreadyAnswered
    in_person = link.purpose == LinkPurpose.ESTIMATE_IN_PERSON
    sentence = sentence_for(revision, answers=answers, language=language)
    customer = revision.estimate.repair_order.customer
    signature = signing.sign(
        shop=revision.shop,
        act=ACT,
        target_id=revision.pk,
        repair_order_id=revision.estimate.repair_order_id,
        link=link,
        signer_name=name,
        method=SignatureMethod.DRAWN if drawn else SignatureMethod.TYPED,
        image=drawn.image if drawn else None,
        strokes=drawn.strokes if drawn else None,
        text=sentence.text,
        sentence=sentence.words,
        consent_text=consent_text(revision, language=language),
        subject_sha256=revision.sha256,
        shown_pdf_sha256=_offered_pdf(revision),
        code=code,
        language=language,
        signer_timezone=signer_timezone,
        witness=_who_gave(link) if in_person else "",
        email=link.recipient,
        by=by,
        at=at,
    )
    return writing.write(
        revision=revision,
        authorization=Authorization(
            mode=AuthorizationMode.IN_PERSON if in_person else AuthorizationMode.ELECTRONIC,
            evidence_level=signature.evidence_level,
            signature=signature,
            person=name,
            contact=link.recipient,
            at=at,
            recorded_at=at,
            recorded_by=by.name,
            witness=signature.witness,
        ),
        answers=answers,
        action="estimate.answered",
        mail_to=link.recipient or customer.email,
        by=by,
        at=at,
    )


def _same_answer(
    revision: EstimateRevision, *, link: AccessLink, answers: Mapping[UUID, str], name: str
) -> Authorization | None:
    """Return what the same post made before: a double click or a reload signs once."""
    earlier = (
        Authorization.objects.filter(revision=revision, signature__link=link)
        .select_related("signature", "document", "revision")
        .first()
    )
    if earlier is None or earlier.person != name:
        return None
    given = dict(earlier.answers.values_list("line_id", "answer"))
    return earlier if given == dict(answers) else None


def _need_answerable(revision: EstimateRevision, *, revision_sha256: str, at: datetime) -> None:
    if revision.status == RevisionStatus.SUPERSEDED:
        current = revision.estimate.revisions.proposed().order_by("-number")[0]
        raise RevisionChanged(details={"current": current.number})
    if revision.status == RevisionStatus.ANSWERED:
        raise AlreadyAnswered
    if revision.status == RevisionStatus.WITHDRAWN:
        raise Withdrawn
    need_valid(revision, at=at)
    if revision_sha256 != revision.sha256:
        raise RevisionChanged(details={"current": revision.number})
    if not revision.request_authorization:
        raise NotAsked
    need_open(revision.estimate.repair_order)


def _check(
    revision: EstimateRevision,
    *,
    answers: Mapping[UUID, str],
    name: str,
    drawn: DrawnSignature | None,
    consent: bool,
    code_missing: bool,
) -> None:
    """Find everything that is wrong at once; the first kind of problem names the error."""
    problems: list[tuple[type[AnswerRefused], dict[str, Words]]] = []
    if unanswered := writing.unanswered(revision, answers):
        problems.append((LinesUnanswered, unanswered))
    if not consent:
        problems.append((ConsentMissing, {"consent": ConsentMissing.default_message}))
    if not signing.is_readable(name):
        kind = NameMissing if drawn else SignatureMissing
        problems.append((kind, {"signer_name": kind.default_message}))
    if len(name) > _LONGEST_NAME:
        problems.append((NameMissing, {"signer_name": _("At most 200 characters.")}))
    if code_missing:
        problems.append((CodeMissing, {"code": CodeMissing.default_message}))
    if problems:
        fields: dict[str, Words] = {}
        for _kind, wrong in problems:
            fields |= wrong
        raise problems[0][0](fields=fields)


def _offered_pdf(revision: EstimateRevision) -> str:
    document = revision.document
    if document is None or document.status != DocumentStatus.READY:
        return ""
    return document.sha256


def _who_gave(link: AccessLink) -> str:
    given = AuditEvent.objects.of_target(link).filter(action="link.given").first()
    return given.actor_name if given else ""
