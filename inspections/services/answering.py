"""The customer's own answer to an inspection: his files, his remarks, signed through a link."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.core.files import File
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from inspections import emails, snapshot
from inspections.models import Acknowledgement, Inspection, InspectionItem, ItemRemark, RemarkFile
from inspections.services import checks, trail
from inspections.services.locking import lock_inspection
from inspections.services.sharing import AWAITING, withdraw_mails
from inspections.states import TRANSITIONS, AcknowledgementAnswer, InspectionStatus
from shopdisputes.actors import Actor
from shopdisputes.audit.models import AuditEvent
from shopdisputes.canonical import sha256_hex
from shopdisputes.documents.states import DocumentStatus
from shopdisputes.errors import Conflict, Refused
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.signing import services as signing
from shopdisputes.signing import texts
from shopdisputes.signing.models import LegalText, SignatureMethod, TextCode
from shopdisputes.signing.services import DrawnSignature, Sentence
from shopdisputes.uploads import services as uploads

ACT = "inspection_acknowledgement"
MOST_FILES = 20
#: 200 MiB.
MOST_BYTES = 200 * 1024 * 1024

_TEXTS = {
    AcknowledgementAnswer.AGREE: TextCode.INSPECTION_AGREE,
    AcknowledgementAnswer.AGREE_WITH_REMARKS: TextCode.INSPECTION_REMARKS,
    AcknowledgementAnswer.DISAGREE: TextCode.INSPECTION_DISAGREE,
}


class InspectionChanged(Conflict):
    """The customer looked at something else than what there is."""

    code = "inspection-changed"
    default_message = _("This inspection has changed since you opened the page.")


class AlreadyAnswered(Conflict):
    """It was answered before, in another way."""

    code = "already-answered"
    default_message = _("This inspection has been answered already. Call us to add something.")


class TooManyFiles(Refused):
    """There is no room for another file with this link."""

    code = "too-many-files"


class NotYourFile(Refused):
    """The file was added through another link, or is signed."""

    code = "not-your-file"
    default_message = _("This file cannot be taken away any more.")


class ItemUnknown(Refused):
    """The item is one of another inspection."""

    code = "item-unknown"
    default_message = _("This item is not part of the inspection.")


def answer(
    *,
    link: AccessLink,
    inspection_sha256: str,
    answer: str,
    remarks: str,
    item_remarks: Mapping[UUID, str],
    signer_name: str,
    drawn: DrawnSignature | None,
    consent: bool,
    signer_timezone: str,
    language: str = "",
    by: Actor,
    at: datetime,
) -> Acknowledgement:
    """Take the signed answer to the inspection that ``link`` opens; the same again is the same.

    ``item_remarks`` by the item's id; empty ones are left out. The files that were attached
    through this link belong to the answer. ``language`` is the one in which the page was shown;
    empty: the link's. An answer after the last day is taken too: the note that there was none
    stays beside it. It is no order of work, so the visit may be over.

    Raises:
        InspectionChanged: the page showed something else.
        AlreadyAnswered: somebody answered before.
        IllegalTransition: it was never shared, or was discarded.
        AnswerMissing, RemarksMissing, RemarksWithoutSayingSo, RemarkRefused, ConsentMissing,
        NameMissing, SignatureMissing: ``fields`` has everything that is wrong.
        SignatureImageRefused: the drawing is not a PNG picture within the limits.
    """
    inspection = Inspection.objects.for_link(link).with_everything().get()
    name = " ".join(signer_name.split())
    remarks = checks.tidy(remarks)
    by_item = {item: text for item, said in item_remarks.items() if (text := checks.tidy(said))}
    if earlier := _same_answer(inspection, link, answer, remarks, by_item, name):
        return earlier
    _need_answerable(inspection, by=by)
    if inspection_sha256 != inspection.sha256:
        raise InspectionChanged
    checks.check(
        inspection,
        answer=answer,
        remarks=remarks,
        item_remarks=by_item,
        files=RemarkFile.objects.drafts_of(link).count(),
        name=name,
        drawn=drawn is not None,
        consent=consent,
    )
    if drawn is not None:
        signing.check_image(drawn.image)
    return _sign(
        inspection,
        link=link,
        answer=AcknowledgementAnswer(answer),
        remarks=remarks,
        item_remarks=by_item,
        name=name,
        drawn=drawn,
        signer_timezone=signer_timezone,
        language=language or link.language,
        by=by,
        at=at,
    )


def sentence_for(inspection: Inspection, answer: str, language: str) -> Sentence:
    """Return the sentence that is signed with ``answer``, one of the three, in ``language``."""
    text = LegalText.objects.for_shop(inspection.shop).current(
        code=_TEXTS[AcknowledgementAnswer(answer)], language=language
    )
    words = texts.render(text, number=inspection.number, shop=inspection.shop.name)
    return Sentence(text=text, words=words)


def consent_text(inspection: Inspection, language: str) -> LegalText:
    """Return the text about electronic documents that the customer agrees to."""
    return LegalText.objects.for_shop(inspection.shop).current(
        code=TextCode.ELECTRONIC_RECORDS, language=language
    )


def _need_answerable(inspection: Inspection, *, by: Actor) -> None:
    """Refuse what does not wait for the customer, in time or late.

    Raises:
        AlreadyAnswered: he has answered.
        IllegalTransition: it was never shared, or was discarded.
    """
    if inspection.status == InspectionStatus.ANSWERED:
        raise AlreadyAnswered
    TRANSITIONS.target("answer", state=inspection.status, by=by)


def attach(
    *, link: AccessLink, item: InspectionItem | None, upload: File, by: Actor, at: datetime
) -> RemarkFile:
    """Add the customer's own photo, video or PDF, about ``item`` or about the whole.

    It is a draft until the answer is signed. The same file again is the same one. At most 20
    files a link, and 200 MiB, in which files that were taken away still count: they lie there.

    Raises:
        AlreadyAnswered, IllegalTransition: it waits for no answer.
        ItemUnknown: the item is one of another inspection.
        TooManyFiles: there is no room for it.
        EmptyFile, TooLarge, WrongType, StorageAway: as ``uploads.services.store``.
    """
    inspection = Inspection.objects.for_link(link).with_everything().get()
    _need_answerable(inspection, by=by)
    if item is not None and item.inspection_id != inspection.pk:
        raise ItemUnknown
    _need_room(link, size=upload.size or 0)
    # Judging a file takes seconds; the locks are taken afterwards.
    stored = uploads.store(
        shop=inspection.shop,
        upload=upload,
        max_bytes=uploads.LARGEST_MEDIA,
        allowed=uploads.MEDIA_KINDS,
        by=by,
        at=at,
    )
    wanted = RemarkFile(
        shop=inspection.shop,
        inspection=inspection,
        link=link,
        item=item,
        file=stored,
        sent_as=uploads.name_of(upload),
        added_at=at,
    )
    return _attach(wanted, by=by)


@transaction.atomic
def detach(*, link: AccessLink, remark_file: RemarkFile, by: Actor, at: datetime) -> None:
    """Take a file away that was added through this link and is not signed; twice is once.

    Raises:
        AlreadyAnswered, IllegalTransition: it waits for no answer.
        NotYourFile: it came through another link, or is signed.
    """
    inspection = lock_inspection(Inspection.objects.for_link(link).get())
    _need_answerable(inspection, by=by)
    own = RemarkFile.objects.filter(pk=remark_file.pk, link=link, acknowledgement=None)
    if not own.exists():
        raise NotYourFile
    own.filter(removed_at=None).update(removed_at=at)


@transaction.atomic
def _attach(wanted: RemarkFile, *, by: Actor) -> RemarkFile:
    _need_answerable(lock_inspection(wanted.inspection), by=by)
    same = RemarkFile.objects.drafts_of(wanted.link).filter(item=wanted.item, file=wanted.file)
    if (there := same.first()) is not None:
        return there
    _need_room(wanted.link, size=wanted.file.size)
    try:
        with transaction.atomic():
            wanted.save(force_insert=True)
    except IntegrityError:
        # Sent twice at once where locks do nothing (SQLite).
        return same.get()
    return wanted


def _need_room(link: AccessLink, *, size: int) -> None:
    if RemarkFile.objects.drafts_of(link).count() >= MOST_FILES:
        message = _("At most 20 files. Take one away to add another.")
        raise TooManyFiles(message, fields={"file": message})
    came = RemarkFile.objects.filter(link=link).aggregate(sum=Sum("file__size"))["sum"] or 0
    if came + size > MOST_BYTES:
        message = _("All files together may have at most 200 MB.")
        raise TooManyFiles(message, fields={"file": message})


@transaction.atomic
def _sign(
    inspection: Inspection,
    *,
    link: AccessLink,
    answer: AcknowledgementAnswer,
    remarks: str,
    item_remarks: Mapping[UUID, str],
    name: str,
    drawn: DrawnSignature | None,
    signer_timezone: str,
    language: str,
    by: Actor,
    at: datetime,
) -> Acknowledgement:
    inspection = lock_inspection(inspection)
    # What was checked before the lock may have changed meanwhile; this time it cannot.
    if earlier := _same_answer(inspection, link, answer, remarks, item_remarks, name):
        return earlier
    _need_answerable(inspection, by=by)
    files = list(RemarkFile.objects.drafts_of(link))
    checks.check_remarks(answer, any_given=bool(remarks or item_remarks or files))
    # Where locks do nothing (SQLite), this UPDATE decides which of two answers is the first.
    won = Inspection.objects.filter(pk=inspection.pk, status__in=AWAITING).update(
        status=InspectionStatus.ANSWERED, answered_at=at
    )
    if not won:
        raise AlreadyAnswered
    inspection.status, inspection.answered_at = InspectionStatus.ANSWERED, at
    in_person = link.purpose == LinkPurpose.INSPECTION_IN_PERSON
    sentence = sentence_for(inspection, answer, language)
    signed = snapshot.answer_text(
        inspection=inspection,
        answer=answer,
        remarks=remarks,
        item_remarks=item_remarks,
        files=files,
        person=name,
        at=at,
    )
    signature = signing.sign(
        shop=inspection.shop,
        act=ACT,
        target_id=inspection.pk,
        repair_order_id=inspection.repair_order_id,
        link=link,
        signer_name=name,
        method=SignatureMethod.DRAWN if drawn else SignatureMethod.TYPED,
        image=drawn.image if drawn else None,
        strokes=drawn.strokes if drawn else None,
        text=sentence.text,
        sentence=sentence.words,
        consent_text=consent_text(inspection, language),
        subject_sha256=sha256_hex(signed),
        shown_pdf_sha256=_offered_pdf(inspection),
        code=None,
        language=language,
        signer_timezone=signer_timezone,
        witness=_who_gave(link) if in_person else "",
        email=link.recipient,
        by=by,
        at=at,
    )
    acknowledgement = Acknowledgement.objects.create(
        shop=inspection.shop,
        inspection=inspection,
        answer=answer,
        remarks=remarks,
        person=name,
        evidence_level=signature.evidence_level,
        signature=signature,
        at=at,
        recorded_by=by.name,
        canonical_json=signed,
        sha256=signature.subject_sha256,
    )
    ItemRemark.objects.bulk_create(
        ItemRemark(
            shop=inspection.shop, acknowledgement=acknowledgement, item_id=item_id, text=text
        )
        for item_id, text in item_remarks.items()
    )
    RemarkFile.objects.drafts_of(link).update(acknowledgement=acknowledgement)
    trail.record(
        action="inspection.answered",
        inspection=inspection,
        data={
            "acknowledgement": str(acknowledgement.pk),
            "answer": str(answer),
            "person": name,
            "evidence_level": str(acknowledgement.evidence_level),
            "remarks": len(item_remarks) + bool(remarks),
            "files": len(files),
            "inspection_sha256": inspection.sha256,
            "sha256": acknowledgement.sha256,
        },
        by=by,
        at=at,
    )
    withdraw_mails(inspection)
    emails.inspection_answered(acknowledgement, at=at)
    return acknowledgement


def _same_answer(
    inspection: Inspection,
    link: AccessLink,
    answer: str,
    remarks: str,
    item_remarks: Mapping[UUID, str],
    name: str,
) -> Acknowledgement | None:
    """Return what the same post made before: a double click or a reload signs once."""
    earlier = (
        Acknowledgement.objects.filter(inspection=inspection, signature__link=link)
        .with_copy()
        .select_related("inspection")
        .first()
    )
    if earlier is None or (earlier.person, earlier.answer, earlier.remarks) != (
        name,
        answer,
        remarks,
    ):
        return None
    given = dict(earlier.item_remarks.values_list("item_id", "text"))
    return earlier if given == dict(item_remarks) else None


def _offered_pdf(inspection: Inspection) -> str:
    report = inspection.report
    if report is None or report.status != DocumentStatus.READY:
        return ""
    return report.sha256


def _who_gave(link: AccessLink) -> str:
    given = AuditEvent.objects.of_target(link).filter(action="link.given").first()
    return given.actor_name if given else ""
