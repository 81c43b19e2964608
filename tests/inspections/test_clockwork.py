"""What happens by itself: silence at the end of the shop's day, reports once previews are there."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from inspections import tasks
from inspections.models import Acknowledgement, Inspection
from inspections.services import clockwork, completing, sharing
from inspections.states import InspectionStatus
from shopdisputes.canonical import sha256_hex
from shopdisputes.documents.models import Document, DocumentKind
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.uploads.models import Intake
from shopdisputes.uploads.states import IntakeStatus
from tests.factories import NOW, InspectionFactory, RepairOrderFactory, ShopFactory
from tests.inspections import customers, stages
from tests.inspections.customers import shared
from tests.inspections.stages import DESK, TECHNICIAN
from tests.races import overtake, without_locks

pytestmark = pytest.mark.django_db

#: The first moment of 20 March in Paris, winter time.
OVER = datetime(2026, 3, 19, 23, 0, tzinfo=UTC)


def status_of(inspection: Inspection) -> str:
    return Inspection.objects.get(pk=inspection.pk).status


def test_silence_is_noted_at_midnight_of_the_shop_and_not_before() -> None:
    inspection = shared()
    assert clockwork.lapse(at=OVER - timedelta(microseconds=1)) == {"lapsed": 0, "failed": 0}
    assert status_of(inspection) == InspectionStatus.SHARED
    assert clockwork.lapse(at=OVER) == {"lapsed": 1, "failed": 0}
    assert status_of(inspection) == InspectionStatus.NO_ANSWER
    note = Acknowledgement.objects.get()
    assert (note.answer, note.at, note.recorded_by) == ("no_answer", OVER, "ShopDisputes")
    assert note.awaited_until == date(2026, 3, 19)
    assert (note.signature, note.document, note.sha256) == (
        None,
        None,
        sha256_hex(note.canonical_json),
    )
    assert stages.told_by(inspection, "inspection.no_answer")["answer_by"] == "2026-03-19"
    mails = dict(OutgoingEmail.objects.values_list("kind", "status"))
    assert mails == {"inspection_shared": "withdrawn", "inspection_unanswered": "queued"}


@pytest.mark.parametrize(
    ("zone", "last_day", "over"),
    [
        # The clocks change on the last day: it has 23 hours.
        ("Europe/Paris", date(2026, 3, 29), datetime(2026, 3, 29, 22, 0, tzinfo=UTC)),
        ("America/New_York", date(2026, 3, 20), datetime(2026, 3, 21, 4, 0, tzinfo=UTC)),
        # As far ahead of UTC, and as far behind, as there are shops.
        ("Pacific/Kiritimati", date(2026, 3, 20), datetime(2026, 3, 20, 10, 0, tzinfo=UTC)),
        ("Pacific/Pago_Pago", date(2026, 3, 20), datetime(2026, 3, 21, 11, 0, tzinfo=UTC)),
    ],
)
def test_the_day_is_the_shops_wherever_it_is(zone: str, last_day: date, over: datetime) -> None:
    order = RepairOrderFactory(shop=ShopFactory(timezone=zone))
    inspection = InspectionFactory(repair_order=order, completed=True)
    stages.share(inspection, answer_by=last_day)
    assert clockwork.lapse(at=over - timedelta(seconds=1))["lapsed"] == 0
    assert clockwork.lapse(at=over)["lapsed"] == 1
    assert Acknowledgement.objects.get().at == over


def test_in_autumn_the_last_day_is_an_hour_longer() -> None:
    at = datetime(2026, 10, 24, 9, 0, tzinfo=UTC)
    inspection = InspectionFactory(completed=True, created_at=at)
    stages.share(inspection, answer_by=date(2026, 10, 25), at=at)
    over = datetime(2026, 10, 25, 23, 0, tzinfo=UTC)
    assert clockwork.lapse(at=over - timedelta(seconds=1))["lapsed"] == 0
    assert clockwork.lapse(at=over)["lapsed"] == 1


def test_late_and_twice_silence_is_noted_once_as_of_its_day() -> None:
    inspection = shared()
    late = OVER + timedelta(days=9)
    assert tasks.lapse(at=late.isoformat())["lapsed"] == 1
    before = customers.everything()
    assert tasks.lapse(at=late.isoformat()) == {"lapsed": 0, "failed": 0}
    assert customers.everything() == before
    assert Acknowledgement.objects.get(inspection=inspection).at == OVER


def test_what_is_shared_again_can_fall_silent_again() -> None:
    inspection = shared()
    clockwork.lapse(at=OVER)
    sharing.reshare(inspection=inspection, by=DESK, at=OVER)
    assert status_of(inspection) == InspectionStatus.SHARED
    again = OVER + timedelta(days=4)
    assert clockwork.lapse(at=again)["lapsed"] == 1
    # The first silence stands; the shop is told of the second as well.
    assert Acknowledgement.objects.get().at == OVER
    assert OutgoingEmail.objects.filter(kind="inspection_unanswered").count() == 2


def test_one_that_cannot_be_handled_does_not_stop_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    poisoned, _healthy = shared(), shared()
    real = clockwork.snapshot.answer_text

    def poison(**facts: Any) -> str:
        if facts["inspection"].pk == poisoned.pk:
            raise RuntimeError("poisoned")
        return real(**facts)

    monkeypatch.setattr(clockwork.snapshot, "answer_text", poison)
    assert clockwork.lapse(at=OVER) == {"lapsed": 1, "failed": 1}
    assert status_of(poisoned) == InspectionStatus.SHARED


def test_a_report_is_made_once_its_previews_are_there() -> None:
    inspection = InspectionFactory(completed=True)
    waiting = stages.item_of(inspection, "bumper_front").media.get().file
    Intake.objects.update_or_create(
        file=waiting,
        defaults={
            "shop": inspection.shop,
            "status": IntakeStatus.QUEUED,
            "created_at": NOW,
            "next_try_at": NOW,
        },
    )
    assert clockwork.make_reports(at=NOW) == {"reports": 0, "signed": 0, "failed": 0}
    customers.previews_are_there()
    assert tasks.make_reports(at=NOW.isoformat()) == {"reports": 1, "signed": 0, "failed": 0}
    inspection.refresh_from_db()
    report = inspection.report
    assert report is not None
    assert (report.kind, report.target_id) == (DocumentKind.INSPECTION, inspection.pk)
    assert (report.attachment, report.seal_wanted) == (inspection.canonical_json, False)
    assert stages.actions(inspection)[-1] == "inspection.report_made"
    read = Inspection.objects.with_everything().get(pk=inspection.pk).report
    assert read is not None
    # Its text holds the pictures; whoever locks or shows the inspection does not read them.
    assert read.get_deferred_fields() == {"html", "attachment"}
    assert clockwork.make_reports(at=NOW)["reports"] == 0
    assert Document.objects.count() == 1


def test_a_report_is_made_anew_after_a_further_completion() -> None:
    inspection = InspectionFactory(completed=True)
    customers.previews_are_there()
    clockwork.make_reports(at=NOW)
    completing.reopen(inspection=inspection, by=TECHNICIAN, at=NOW)
    assert clockwork.make_reports(at=NOW)["reports"] == 0
    stages.see(stages.item_of(inspection, "lights"), "ok", note="Both new.")
    stages.complete(inspection)
    assert clockwork.make_reports(at=NOW)["reports"] == 1
    assert Document.objects.count() == 2


def test_nothing_is_made_of_what_was_discarded() -> None:
    inspection = InspectionFactory(completed=True)
    customers.previews_are_there()
    completing.discard(inspection=inspection, reason="Wrong car.", by=TECHNICIAN, at=NOW)
    assert clockwork.make_reports(at=NOW)["reports"] == 0


def test_the_signed_copy_waits_for_the_customers_photo_and_is_mailed() -> None:
    inspection = shared()
    customers.previews_are_there()
    photo = customers.attach(inspection)
    given = customers.answer(inspection, "disagree")
    counts = clockwork.make_reports(at=NOW)
    assert (counts["reports"], counts["signed"]) == (1, 0)
    Intake.objects.filter(file=photo.file).update(status=IntakeStatus.FAILED)
    assert clockwork.make_reports(at=NOW)["signed"] == 1
    given.refresh_from_db()
    copy = given.document
    assert copy is not None
    assert (copy.kind, copy.seal_wanted) == (DocumentKind.ACKNOWLEDGED_INSPECTION, True)
    assert copy.attachment == given.canonical_json
    mail = OutgoingEmail.objects.get(kind="inspection_acknowledged")
    assert (mail.recipient, list(mail.attachments.all())) == (inspection.sent_to, [copy])
    assert clockwork.make_reports(at=NOW) == {"reports": 0, "signed": 0, "failed": 0}


def test_silence_gets_no_signed_copy() -> None:
    shared()
    customers.previews_are_there()
    clockwork.lapse(at=OVER)
    assert clockwork.make_reports(at=OVER)["signed"] == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locks", [True, False])
def test_two_workers_note_one_silence(locks: bool) -> None:
    inspection = shared()

    def race() -> list[dict[str, int]]:
        both = overtake(
            lambda: clockwork.lapse(at=OVER),
            lambda: clockwork.lapse(at=OVER),
            pause_in="shopdisputes.audit.services.record",
        )
        return [each.result() for each in both]

    if locks:
        first, second = race()
    else:
        with without_locks():
            first, second = race()
    assert (first["lapsed"], second["lapsed"]) == (1, 0)
    assert Acknowledgement.objects.count() == 1
    assert stages.actions(inspection).count("inspection.no_answer") == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locks", [True, False])
def test_two_workers_make_one_report_and_one_copy(locks: bool) -> None:
    inspection = InspectionFactory(answered=True)
    customers.previews_are_there()

    def race() -> list[dict[str, int]]:
        both = overtake(
            lambda: clockwork.make_reports(at=NOW),
            lambda: clockwork.make_reports(at=NOW),
            pause_in="shopdisputes.audit.services.record",
        )
        return [each.result() for each in both]

    if locks:
        counts = race()
        assert sum(each["failed"] for each in counts) == 0
    else:
        with without_locks():
            counts = race()
    assert sum(each["reports"] for each in counts) == 1
    assert sum(each["signed"] for each in counts) == 1
    kinds = Document.objects.order_by("kind").values_list("kind", flat=True)
    assert list(kinds) == ["acknowledged_inspection", "inspection"]
    assert OutgoingEmail.objects.filter(kind="inspection_acknowledged").count() == 1
    assert stages.actions(inspection).count("inspection.report_made") == 1
