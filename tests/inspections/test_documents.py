"""The PDFs of inspections: what stands in them, for whom, and what is not in them."""

import io
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from pypdf import PdfReader

from inspections import documents
from inspections.models import Inspection, ItemMedia, RemarkFile
from inspections.services import clockwork, completing
from inspections.states import Stage
from shopdisputes.canonical import sha256_hex
from shopdisputes.documents import typesetting
from shopdisputes.documents.models import Document, DocumentKind
from shopdisputes.documents.rendering import data_uri
from shopdisputes.uploads.models import FileKind, Intake, StoredFile
from shopdisputes.uploads.states import IntakeStatus
from tests import media
from tests.estimates.stages import drawing
from tests.factories import (
    NOW,
    CustomerFactory,
    InspectionFactory,
    ItemMediaFactory,
    RepairOrderFactory,
    StoredFileFactory,
    VehicleFactory,
)
from tests.inspections import customers, stages

pytestmark = pytest.mark.django_db

LANGUAGES = [code for code, _name in settings.LANGUAGES]


def order_in(language: str) -> Any:
    customer = CustomerFactory(language=language, name="Камилла Дюран-Преображенская")
    return RepairOrderFactory(vehicle=VehicleFactory(customer=customer))


def intake(stored: StoredFile, status: str, *, colour: bytes = b"", **other: Any) -> bytes:
    """A file as its worker left it; the bytes of its thumbnail, none unless it is ready."""
    small = colour or media.jpeg(48, 36)
    made, _new = Intake.objects.update_or_create(
        file=stored,
        defaults={
            "shop": stored.shop,
            "status": IntakeStatus.QUEUED,
            "created_at": NOW,
            "next_try_at": NOW,
        },
    )
    if status == IntakeStatus.READY:
        for field in (made.thumbnail, made.web):
            field.save("", ContentFile(small), save=False)
        other = {
            "thumbnail": made.thumbnail.name,
            "web": made.web.name,
            "web_width": 48,
            "web_height": 36,
            "ready_at": NOW,
        }
    Intake.objects.filter(pk=made.pk).update(status=status, **other)
    return small


def with_file(
    inspection: Inspection, key: str, *, status: str, reason: str = "", **file: Any
) -> ItemMedia:
    """A further file at an item of an inspection in progress."""
    item = stages.item_of(inspection, key)
    added = ItemMediaFactory(item=item, file=StoredFileFactory(shop=item.shop, **file))
    intake(added.file, status, **({"reason": reason} if reason else {}))
    return added


def report_of(inspection: Inspection) -> Document:
    """Its report, made as a worker does."""
    Intake.objects.filter(status=IntakeStatus.QUEUED).update(status=IntakeStatus.FAILED)
    assert clockwork.make_reports(at=NOW)["reports"] == 1
    inspection.refresh_from_db()
    assert inspection.report is not None
    return inspection.report


def words(document: Document | None) -> str:
    assert document is not None
    return " ".join(document.html.split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_three_are_worded_in_the_customers_language(language: str) -> None:
    order = order_in(language)
    before = InspectionFactory(repair_order=order, shared=True)
    customers.previews_are_there()
    given = customers.answer(before, "disagree", remarks="No.", drawn=drawing())
    after = InspectionFactory(repair_order=order, stage=Stage.CHECK_OUT, completed=True)
    customers.previews_are_there()
    assert clockwork.make_reports(at=NOW) == {"reports": 2, "signed": 1, "failed": 0}
    given.refresh_from_db()
    documents.comparison(before, after, at=NOW)
    made = list(Document.objects.order_by("created_at"))
    assert len(made) == 4
    for document in made:
        assert document.language == language
        assert f'lang="{language}"' in document.html
        for wrong in ("{{", "{%", "None<", "http://", 'src="/'):
            assert wrong not in document.html


def test_the_report_says_what_was_seen_and_lists_what_was_not() -> None:
    inspection = InspectionFactory(
        looked=True,
        seen={
            "lights": {"result": "not_inspected", "reason": "The key is missing."},
            "bumper_front": {
                "result": "attention",
                "note": "Scratch, 12 cm.",
                "internal_note": "He is angry.",
            },
        },
    )
    inspection = completing.complete(inspection=inspection, by=stages.TECHNICIAN, at=NOW)
    report = report_of(inspection)
    html = words(report)
    for said in (
        inspection.number,
        inspection.repair_order.number,
        "4 of 5 items were looked at.",
        "✖ Wheels · Tyre, front left",
        "▲ Body · Front bumper: Scratch, 12 cm.",
        "○ Body · Lights: The key is missing.",
        "urgent below 1.6 mm, attention below 3 mm",
        "1.4&nbsp;mm",
        "84,012&nbsp;km",
        "1M8GDM9AXKP042788",
        inspection.sha256[:16],
    ):
        assert said in html, said
    assert "He is angry." not in html
    assert (report.attachment_name, report.filename) == (
        f"{inspection.number}.json",
        f"{inspection.number}.pdf",
    )
    assert sha256_hex(report.attachment) == inspection.sha256


def test_every_file_is_shown_or_named_with_its_hash() -> None:
    inspection = InspectionFactory(looked=True)
    scratch = stages.item_of(inspection, "bumper_front").media.get()
    scratch.caption = "Left of the plate"
    scratch.save()
    small = intake(scratch.file, IntakeStatus.READY)
    with_file(
        inspection,
        "lights",
        status=IntakeStatus.FAILED,
        kind=FileKind.MP4,
        name="walk.mp4",
        facts={"duration_ms": 12_400},
    )
    with_file(
        inspection,
        "lights",
        status=IntakeStatus.FAILED,
        kind=FileKind.PDF,
        name="old.pdf",
        facts={"pages": 3},
    )
    kept_apart = with_file(
        inspection,
        "lights",
        status=IntakeStatus.QUARANTINED,
        reason="infected",
        name="bad.jpg",
    )
    taken = with_file(
        inspection,
        "lights",
        status=IntakeStatus.FAILED,
        facts={"taken_at": "2026-03-15T07:05:00"},
    )
    inspection = completing.complete(inspection=inspection, by=stages.TECHNICIAN, at=NOW)
    html = words(report_of(inspection))
    for said in (
        data_uri(small),
        "From the front · Left of the plate",
        "<div>Video, 0:12</div>",
        "walk.mp4",
        "PDF, 3 pages",
        "Withheld",
        "The virus scanner found something in it",
        "bad.jpg",
        f"SHA-256 {kept_apart.file.sha256[:16]}…",
        f"SHA-256 {taken.file.sha256[:16]}…",
        # The camera's wall clock as it was, whatever the zone.
        "Taken Mar 15, 2026, 07:05 by the camera",
        "Added Mar 16, 2026, 10:30",
    ):
        assert said in html, said
    assert html.count("data:image/jpeg") == 1


def test_the_signed_copy_holds_answer_remarks_own_photos_and_certificate() -> None:
    inspection = customers.shared()
    item = stages.item_of(inspection, "bumper_front")
    about_item = customers.attach(inspection, item=item)
    about_all = customers.attach(inspection, media.jpeg(50, 50))
    small = intake(about_item.file, IntakeStatus.READY)
    customers.previews_are_there()
    Intake.objects.filter(file=about_item.file).update(status=IntakeStatus.READY)
    clockwork.lapse(at=NOW.replace(day=25))
    given = customers.answer(
        inspection,
        "agree_with_remarks",
        remarks="The mirror was folded.",
        item_remarks={item.pk: "It was there before."},
        at=NOW.replace(day=26),
    )
    assert clockwork.make_reports(at=NOW.replace(day=26))["signed"] == 1
    given.refresh_from_db()
    html = words(given.document)
    assert given.signature is not None
    for said in (
        "Agrees with remarks",
        given.signature.sentence.split(",")[0],
        "No answer was given by Mar 19, 2026. This is not an agreement.",
        "The mirror was folded.",
        "It was there before.",
        data_uri(small),
        "Certificate of signature",
        given.sha256,
        inspection.sha256,
        about_item.file.sha256,
        about_all.file.sha256,
        "Noted: no answer by the date",
        "Camille Durand",
    ):
        assert said in html, said
    assert RemarkFile.objects.filter(acknowledgement=given).count() == 2


def test_a_check_outs_report_stands_beside_the_check_in() -> None:
    before = InspectionFactory(completed=True)
    after = InspectionFactory(
        repair_order=before.repair_order,
        stage=Stage.CHECK_OUT,
        completed=True,
        seen={
            "bumper_front": {"result": "ok"},
            "tyre_front_left": {"result": "", "measurement": Decimal("6.5")},
            "lights": {"result": "urgent"},
        },
    )
    customers.previews_are_there()
    clockwork.make_reports(at=NOW)
    before.refresh_from_db()
    after.refresh_from_db()
    html = words(after.report)
    assert "Side by side with the check-in" in html
    for said in ("Better: 2", "Worse: 1", "Same: 2", before.number):
        assert said in html, said
    # A photo of one side only shows that there is none on the other.
    assert html.count('<div class="no-picture">No photo</div>') == 1
    assert "Side by side" not in words(before.report)
    alone = documents.comparison(before, after, at=NOW)
    assert (alone.kind, alone.target_id) == (DocumentKind.COMPARISON, after.pk)
    assert after.sha256 in alone.html


def test_a_name_that_is_markup_stays_words() -> None:
    inspection = InspectionFactory(
        looked=True,
        seen={"lights": {"result": "attention", "note": "<img src=x onerror=alert(1)>"}},
    )
    inspection = completing.complete(inspection=inspection, by=stages.TECHNICIAN, at=NOW)
    assert "<img src=x" not in words(report_of(inspection))


def test_the_pdf_is_typeset_with_its_data_attached() -> None:
    inspection = InspectionFactory(looked=True)
    intake(stages.item_of(inspection, "bumper_front").media.get().file, IntakeStatus.READY)
    inspection = completing.complete(inspection=inspection, by=stages.TECHNICIAN, at=NOW)
    made = typesetting.typeset(report_of(inspection), at=NOW)
    pdf = PdfReader(io.BytesIO(made.content))
    assert pdf.attachments[f"{inspection.number}.json"] == [inspection.canonical_json.encode()]
    text = " ".join(page.extract_text() for page in pdf.pages)
    for said in (inspection.number, "Front bumper", "Needs attention", "Page 1 / "):
        assert said in text, said
