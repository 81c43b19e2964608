"""The customer's signed answer to an inspection: once, for exactly what was shown."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest

from inspections.models import Acknowledgement, Inspection, RemarkFile
from inspections.services import answering, checks, clockwork, sharing
from inspections.services.answering import (
    AlreadyAnswered,
    InspectionChanged,
    ItemUnknown,
    NotYourFile,
    TooManyFiles,
)
from inspections.states import InspectionStatus
from shopdisputes.canonical import sha256_hex
from shopdisputes.errors import DomainError
from shopdisputes.evidence import EvidenceLevel
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.repairorders import services as repair_orders
from shopdisputes.signing.models import Signature, SignatureMethod
from shopdisputes.signing.services import SignatureImageRefused
from shopdisputes.transitions import IllegalTransition
from shopdisputes.uploads.services import WrongType
from tests import media
from tests.estimates.stages import drawing
from tests.factories import NOW, InspectionFactory
from tests.inspections import customers, stages
from tests.inspections.customers import answer, attach, refused, shared
from tests.inspections.stages import CUSTOMER, DESK
from tests.races import overtake, without_locks

pytestmark = pytest.mark.django_db

LATE = NOW + timedelta(days=5)


def test_agreeing_signs_what_was_shown() -> None:
    inspection = shared()
    given = answer(inspection)
    inspection.refresh_from_db()
    assert (inspection.status, inspection.answered_at) == (InspectionStatus.ANSWERED, NOW)
    signature = given.signature
    assert signature is not None
    assert (given.answer, given.person, given.at) == ("agree", "Camille Durand", NOW)
    assert (given.evidence_level, signature.method) == (EvidenceLevel.L1, SignatureMethod.TYPED)
    assert signature.sentence == (
        f"I have read inspection {inspection.number} of {inspection.shop.name}, with its items,"
        " remarks, photos and videos. What it says about the state of the vehicle is right as far"
        " as I can see. I do not authorize any work by this. I agree to sign electronically."
    )
    assert signature.subject_sha256 == given.sha256 == sha256_hex(given.canonical_json)
    assert json.loads(given.canonical_json)["inspection"]["sha256"] == inspection.sha256
    assert (signature.ip_address, signature.signer_email) == ("203.0.113.7", inspection.sent_to)
    assert signature.consent_text is not None
    # The copy is mailed when it is made; the question is untrue now, the shop is told.
    assert dict(OutgoingEmail.objects.values_list("kind", "status")) == {
        "inspection_shared": "withdrawn",
        "inspection_answered": "queued",
    }
    assert stages.actions(inspection)[-1] == "inspection.answered"


def test_remarks_and_own_files_become_part_of_what_is_signed() -> None:
    inspection = shared()
    item = stages.item_of(inspection, "bumper_front")
    photo = attach(inspection, item=item)
    given = answer(
        inspection,
        "agree_with_remarks",
        remarks="  The mirror was folded.\r\nReally.  ",
        item_remarks={item.pk: " It was there before. ", stages.item_of(inspection, "vin").pk: ""},
        drawn=drawing(),
    )
    assert given.remarks == "The mirror was folded.\nReally."
    assert list(given.item_remarks.values_list("item_id", "text")) == [
        (item.pk, "It was there before.")
    ]
    photo.refresh_from_db()
    assert photo.acknowledgement_id == given.pk
    assert given.evidence_level == EvidenceLevel.L2
    signed = json.loads(given.canonical_json)
    assert signed["item_remarks"] == {str(item.pk): "It was there before."}
    assert [file["sha256"] for file in signed["files"]] == [photo.file.sha256]
    assert stages.told_by(inspection, "inspection.answered") == {
        "number": inspection.number,
        "stage": "check_in",
        "acknowledgement": str(given.pk),
        "answer": "agree_with_remarks",
        "person": "Camille Durand",
        "evidence_level": "L2",
        "remarks": 2,
        "files": 1,
        "inspection_sha256": inspection.sha256,
        "sha256": given.sha256,
    }


def test_a_photo_alone_is_a_remark() -> None:
    inspection = shared()
    attach(inspection)
    assert answer(inspection, "disagree").answer == "disagree"


def test_the_same_answer_again_is_the_same_one() -> None:
    inspection = shared()
    item = customers.first_item(inspection)
    first = answer(inspection, "disagree", item_remarks={item: "No."})
    before = customers.everything()
    again = answer(
        inspection,
        "disagree",
        item_remarks={item: "No."},
        signer_name="  Camille  Durand ",
        at=NOW + timedelta(hours=1),
    )
    assert again.pk == first.pk
    assert customers.everything() == before


@pytest.mark.parametrize(
    "other",
    [
        {"signer_name": "Somebody Else"},
        {"said": "disagree", "remarks": "No."},
    ],
)
def test_another_answer_comes_too_late(other: dict[str, str]) -> None:
    inspection = shared()
    answer(inspection)
    refused(AlreadyAnswered, lambda: answer(inspection, **other))


@pytest.mark.parametrize(
    ("said", "other", "error", "field"),
    [
        ("", {}, checks.AnswerMissing, "answer"),
        ("no_answer", {}, checks.AnswerMissing, "answer"),
        ("agree", {"remarks": "But."}, checks.RemarksWithoutSayingSo, "answer"),
        ("agree_with_remarks", {"remarks": "  "}, checks.RemarksMissing, "remarks"),
        ("disagree", {}, checks.RemarksMissing, "remarks"),
        ("disagree", {"remarks": "x" * 4001}, checks.RemarkRefused, "remarks"),
        ("agree", {"consent": False}, checks.ConsentMissing, "consent"),
        ("agree", {"signer_name": " . "}, checks.SignatureMissing, "signer_name"),
        ("agree", {"signer_name": "x" * 201}, checks.NameMissing, "signer_name"),
    ],
)
def test_an_incomplete_answer_is_refused_at_its_field(
    said: str, other: dict[str, object], error: type[DomainError], field: str
) -> None:
    inspection = shared()
    assert list(refused(error, lambda: answer(inspection, said, **other)).fields) == [field]


def test_everything_that_is_wrong_is_said_at_once() -> None:
    inspection = shared()
    strange, long = uuid4(), customers.first_item(inspection)
    problem = refused(
        checks.RemarksWithoutSayingSo,
        lambda: answer(
            inspection,
            consent=False,
            signer_name="",
            drawn=drawing(),
            item_remarks={strange: "Not mine.", long: "x" * 2001},
        ),
    )
    assert set(problem.fields) == {"answer", str(strange), str(long), "consent", "signer_name"}


def test_a_drawing_that_shows_nothing_is_refused() -> None:
    inspection = shared()
    blank = answering.DrawnSignature(image=b"x")
    refused(SignatureImageRefused, lambda: answer(inspection, drawn=blank))


def test_what_was_not_shown_is_not_signed() -> None:
    inspection = shared()
    refused(InspectionChanged, lambda: answer(inspection, inspection_sha256="0" * 64))


def test_a_late_answer_stands_beside_the_note_of_silence() -> None:
    inspection = shared()
    clockwork.lapse(at=LATE)
    late = answer(inspection, at=LATE)
    said = Acknowledgement.objects.filter(inspection=inspection).order_by("at")
    assert [each.answer for each in said] == ["no_answer", "agree"]
    assert said[1] == late
    assert Inspection.objects.get().status == InspectionStatus.ANSWERED
    # The shop is not told any more that there is no answer.
    assert OutgoingEmail.objects.get(kind="inspection_unanswered").status == "withdrawn"


def test_an_answer_is_taken_after_the_visit() -> None:
    inspection = shared()
    repair_orders.close(repair_order=inspection.repair_order, by=DESK, at=NOW)
    assert answer(inspection).answer == "agree"


def test_on_the_tablet_it_is_written_down_who_handed_it_over() -> None:
    inspection = InspectionFactory(completed=True)
    link = sharing.hand_over(inspection=inspection, by=DESK, at=NOW)
    signature = answer(inspection, link=link).signature
    assert signature is not None
    assert (signature.witness, signature.signer_email) == ("Ada Advisor", "")


def test_a_file_is_kept_once_an_item_and_can_be_taken_away() -> None:
    inspection = shared()
    item = stages.item_of(inspection, "lights")
    photo = media.jpeg(80, 60)
    first = attach(inspection, photo, item=item)
    assert attach(inspection, photo, item=item) == first
    about_all = attach(inspection, photo)
    assert about_all != first
    assert about_all.file == first.file
    link = stages.link_of(inspection)
    for _again in range(2):
        answering.detach(link=link, remark_file=first, by=CUSTOMER, at=NOW)
    assert list(RemarkFile.objects.drafts_of(link)) == [about_all]
    answer(inspection, "disagree")
    assert list(RemarkFile.objects.filter(acknowledgement__isnull=False)) == [about_all]


def test_files_have_their_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    inspection = shared()
    monkeypatch.setattr(answering, "MOST_FILES", 2)
    attach(inspection, media.jpeg(40, 40))
    second = attach(inspection, media.jpeg(41, 40))
    refused(TooManyFiles, lambda: attach(inspection, media.jpeg(42, 40)))
    answering.detach(link=stages.link_of(inspection), remark_file=second, by=CUSTOMER, at=NOW)
    attach(inspection, media.jpeg(42, 40))
    monkeypatch.setattr(answering, "MOST_FILES", 20)
    # What was taken away lies there still.
    came = sum(len(media.jpeg(width, 40)) for width in (40, 41, 42, 43))
    monkeypatch.setattr(answering, "MOST_BYTES", came - 1)
    refused(TooManyFiles, lambda: attach(inspection, media.jpeg(43, 40)))
    monkeypatch.undo()
    refused(WrongType, lambda: attach(inspection, b"<svg/>"))


def test_only_own_files_are_taken_away_and_only_before_signing() -> None:
    inspection = shared()
    own = attach(inspection)
    link = own.link
    tablet = sharing.hand_over(inspection=inspection, by=DESK, at=NOW)
    refused(
        NotYourFile,
        lambda: answering.detach(link=tablet, remark_file=own, by=CUSTOMER, at=NOW),
    )
    other = stages.item_of(shared(), "lights")
    refused(ItemUnknown, lambda: attach(inspection, item=other, link=link))
    answer(inspection, "disagree", link=link)
    for act in (
        lambda: answering.detach(link=link, remark_file=own, by=CUSTOMER, at=NOW),
        lambda: attach(inspection, media.png(), link=link),
    ):
        refused(AlreadyAnswered, act)


def test_what_was_never_shared_cannot_be_answered() -> None:
    inspection = shared()
    link = stages.link_of(inspection)
    completed = InspectionFactory(completed=True)
    type(link).objects.filter(pk=link.pk).update(target_id=completed.pk, shop=completed.shop)
    link.refresh_from_db()
    refused(IllegalTransition, lambda: answer(completed, link=link))


def of(inspection: Inspection) -> Inspection:
    """The row as a process of its own reads it."""
    return Inspection.objects.with_everything().get(pk=inspection.pk)


AUDIT = "shopdisputes.audit.services.record"


def answered_once(inspection: Inspection) -> bool:
    return (
        Acknowledgement.objects.filter(inspection=inspection, signature__isnull=False).count() == 1
        and Signature.objects.filter(target_id=inspection.pk).count() == 1
        and OutgoingEmail.objects.filter(kind="inspection_answered").count() == 1
    )


@pytest.mark.django_db(transaction=True)
def test_a_double_click_signs_once_and_both_get_the_same() -> None:
    inspection = shared()
    first, second = overtake(
        lambda: answer(of(inspection)), lambda: answer(of(inspection)), pause_in=AUDIT
    )
    assert first.result().pk == second.result().pk
    assert answered_once(inspection)


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_a_double_click_still_signs_once() -> None:
    inspection = shared()
    with without_locks():
        first, second = overtake(
            lambda: answer(of(inspection)), lambda: answer(of(inspection)), pause_in=AUDIT
        )
    # Only the lock lets the second one see that it is the same answer.
    assert first.result().inspection_id == inspection.pk
    assert isinstance(second.exception(), AlreadyAnswered)
    assert answered_once(inspection)


@pytest.mark.django_db(transaction=True)
def test_two_people_with_the_same_link_cannot_both_answer() -> None:
    inspection = shared()
    first, second = overtake(
        lambda: answer(of(inspection)),
        lambda: answer(of(inspection), "disagree", remarks="No.", signer_name="Another"),
        pause_in=AUDIT,
    )
    assert first.result().person == "Camille Durand"
    assert isinstance(second.exception(), AlreadyAnswered)
    assert answered_once(inspection)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locks", [True, False])
def test_an_answer_in_the_last_moment_wins_over_silence(locks: bool) -> None:
    inspection = shared()

    def race() -> tuple[object, dict[str, int]]:
        first, second = overtake(
            lambda: answer(of(inspection)), lambda: clockwork.lapse(at=LATE), pause_in=AUDIT
        )
        return first.result(), second.result()

    if locks:
        _given, counts = race()
    else:
        with without_locks():
            _given, counts = race()
    assert counts == {"lapsed": 0, "failed": 0}
    assert of(inspection).status == InspectionStatus.ANSWERED
    assert [each.answer for each in Acknowledgement.objects.all()] == ["agree"]
    assert answered_once(inspection)


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_comes_while_silence_is_noted_stands_beside_it() -> None:
    inspection = shared()
    first, second = overtake(
        lambda: clockwork.lapse(at=LATE), lambda: answer(of(inspection), at=LATE), pause_in=AUDIT
    )
    assert first.result() == {"lapsed": 1, "failed": 0}
    assert second.result().answer == "agree"
    assert of(inspection).status == InspectionStatus.ANSWERED
    assert Acknowledgement.objects.count() == 2
    assert stages.actions(inspection)[-2:] == ["inspection.no_answer", "inspection.answered"]
