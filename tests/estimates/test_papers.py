"""Signing on paper: a code on every page, read back from scans and photos."""

import io
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pypdfium2
import pytest
import segno
from PIL import Image

from estimates import paper_codes, scans
from estimates.models import Authorization, EstimateRevision, PaperCopy
from estimates.paper_codes import PageCode
from estimates.services import papers, recording
from estimates.services.sending import Expired
from shopdisputes.audit.models import AuditEvent
from shopdisputes.documents.models import DocumentKind
from shopdisputes.evidence import EvidenceLevel
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.repairorders import services as repair_orders
from shopdisputes.repairorders.services import RepairOrderNotOpen
from shopdisputes.signing import texts
from shopdisputes.signing.models import SignatureMethod, TextCode
from shopdisputes.transitions import IllegalTransition, NotYourTransition
from shopdisputes.uploads.models import FileKind, StoredFile
from tests.estimates import stages
from tests.estimates.stages import CUSTOMER, DESK, LATER, YES, refused
from tests.factories import NOW, CustomerFactory, RepairOrderFactory, VehicleFactory

pytestmark = pytest.mark.django_db

COPY_ID = UUID("0f4a1c7e-1111-4222-8333-944445555666")
HASH = "0123456789abcdef" * 4


def printed(revision: EstimateRevision, *, typeset: bool = True) -> PaperCopy:
    copy = papers.print_for_signature(revision=revision, by=DESK, at=NOW)
    if typeset:
        stages.typeset(copy.document)
    return copy


def scan(copy: PaperCopy) -> StoredFile:
    """The print itself, as if it had been scanned to a PDF."""
    with copy.document.file.open("rb") as file:
        return stages.stored(copy.revision, file.read(), FileKind.PDF)


def photo(copy: PaperCopy, page: int, *, turned: int = 0) -> StoredFile:
    """A grey photo of one page, not quite straight."""
    with copy.document.file.open("rb") as file:
        pages = pypdfium2.PdfDocument(file.read())
    picture = pages[page - 1].render(scale=2.2).to_pil().convert("L")
    picture = picture.rotate(turned, expand=True, fillcolor=230)
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=70)
    return stages.stored(copy.revision, buffer.getvalue(), FileKind.JPEG)


def code_alone(text: str, revision: EstimateRevision) -> StoredFile:
    """A picture of one code."""
    buffer = io.BytesIO()
    segno.make(text).save(buffer, kind="png", scale=6)
    return stages.stored(revision, buffer.getvalue(), FileKind.PNG)


def on_paper(
    revision: EstimateRevision, *files: StoredFile, reason: str = "", **other: Any
) -> Authorization:
    details = recording.PaperDetails(
        receipt="original_seen", location="Folder 3", files=files, unread_reason=reason
    )
    return stages.record(
        revision, YES, LATER, mode="paper", contact="", reason="", paper=details, **other
    )


# The code itself.


def test_a_code_is_read_back_as_it_was_written() -> None:
    text = paper_codes.text_of(COPY_ID, 12, HASH)
    assert text == "SD1:0F4A1C7E111142228333944445555666:12:0123456789ABCDEF"
    code = paper_codes.parse(f" {text}\n")
    assert code == PageCode(copy_id=COPY_ID, page=12, hash_head="0123456789abcdef")
    assert paper_codes.fits(code, HASH)
    assert not paper_codes.fits(code, "f" * 64)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://example.com",
        "SD1:0F4A1C7E111142228333944445555666:0:0123456789ABCDEF",
        "SD1:0F4A1C7E111142228333944445555666:1:0123456789ABCDEF0",
        "SD2:0F4A1C7E111142228333944445555666:1:0123456789ABCDEF",
    ],
)
def test_a_strange_code_is_none_of_ours(text: str) -> None:
    assert paper_codes.parse(text) is None


def test_there_are_more_codes_than_pages() -> None:
    assert (paper_codes.most_pages(1), paper_codes.most_pages(200)) == (6, 404)


# Printing.


def test_prints_with_a_code_and_its_words_on_every_page() -> None:
    revision = stages.sent()
    copy = printed(revision)
    assert copy.document.kind == DocumentKind.ESTIMATE_FOR_PAPER
    assert copy.printed_by == "Ada Advisor"
    with copy.document.file.open("rb") as file:
        pages = pypdfium2.PdfDocument(file.read())
    assert len(pages) == copy.document.pages
    for number, page in enumerate(pages, start=1):
        words = page.get_textpage().get_text_range()
        line = f"{copy.pk} · {number}/{len(pages)} · {revision.sha256[:16]}"
        assert line in " ".join(words.split())
    event = AuditEvent.objects.get(action="estimate.paper_printed")
    assert event.data["copy"] == str(copy.pk)


def test_only_what_waits_is_printed() -> None:
    revision = stages.sent(valid_until=date(2026, 3, 16))
    refused(
        Expired,
        lambda: papers.print_for_signature(revision=revision, by=DESK, at=NOW + timedelta(days=1)),
    )
    refused(
        NotYourTransition,
        lambda: papers.print_for_signature(revision=revision, by=CUSTOMER, at=NOW),
    )
    repair_orders.close(repair_order=revision.estimate.repair_order, by=DESK, at=NOW)
    refused(
        RepairOrderNotOpen,
        lambda: papers.print_for_signature(revision=revision, by=DESK, at=NOW),
    )
    draft = stages.draft()
    refused(
        IllegalTransition,
        lambda: papers.print_for_signature(revision=draft, by=DESK, at=NOW),
    )


# Reading back.


def test_reads_every_page_of_a_scan() -> None:
    copy = printed(stages.sent())
    assert papers.read_codes([scan(copy)]) == {
        PageCode(copy_id=copy.pk, page=page, hash_head=copy.revision.sha256[:16])
        for page in range(1, (copy.document.pages or 0) + 1)
    }


def test_reads_photos_that_were_held_askew_or_upside_down() -> None:
    copy = printed(stages.sent())
    photos = [photo(copy, 1, turned=7)]
    photos += [photo(copy, page, turned=180) for page in range(2, (copy.document.pages or 0) + 1)]
    reading = papers.match(papers.read_codes(photos), revision=copy.revision)
    assert reading.complete


def test_reads_no_more_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    revision = stages.sent()
    files = [code_alone(paper_codes.text_of(COPY_ID, page, HASH), revision) for page in (1, 2, 3)]
    monkeypatch.setattr(scans, "MOST_PICTURES", 2)
    assert {code.page for code in papers.read_codes(files)} == {1, 2}


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7 broken", FileKind.PDF),
        (b"\xff\xd8\xff broken", FileKind.JPEG),
        (b"", FileKind.PNG),
    ],
)
def test_a_broken_file_has_no_codes(content: bytes, kind: FileKind) -> None:
    file = stages.stored(stages.sent(), content, kind)
    assert papers.read_codes([file]) == frozenset()


def test_a_picture_that_unpacks_to_gigabytes_is_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    revision = stages.sent()
    file = code_alone(paper_codes.text_of(COPY_ID, 1, HASH), revision)
    monkeypatch.setattr(scans, "_MOST_PIXELS", 100)
    assert papers.read_codes([file]) == frozenset()


def test_a_page_that_cannot_be_drawn_does_not_hide_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    copy = printed(stages.sent())
    draw = pypdfium2.PdfPage.render
    broken: list[int] = []

    def fail_first(page: Any, **options: Any) -> Any:
        if not broken:
            broken.append(1)
            raise pypdfium2.PdfiumError("broken page")
        return draw(page, **options)

    monkeypatch.setattr(pypdfium2.PdfPage, "render", fail_first)
    pages = {code.page for code in papers.read_codes([scan(copy)])}
    assert pages == set(range(2, (copy.document.pages or 0) + 1))


def test_other_peoples_codes_are_not_ours() -> None:
    revision = stages.sent()
    assert papers.read_codes([code_alone("https://example.com", revision)]) == frozenset()


# Recording.


def test_a_signed_paper_is_attested_and_gets_its_sealed_copy() -> None:
    revision = stages.sent()
    copy = printed(revision)
    file = scan(copy)
    signed_at = NOW + timedelta(minutes=3)
    authorization = on_paper(revision, file, said_at=signed_at, witness="Wim Witness")
    authorization.refresh_from_db()
    assert (authorization.mode, authorization.evidence_level) == ("paper", EvidenceLevel.L5)
    assert (authorization.paper_receipt, authorization.paper_location) == (
        "original_seen",
        "Folder 3",
    )
    pages = copy.document.pages
    assert (authorization.paper_pages_read, authorization.paper_pages_printed) == (pages, pages)
    assert authorization.paper_unread_reason == ""
    assert authorization.objection_until is None
    assert list(authorization.files.all()) == [file]
    signature = authorization.signature
    assert signature is not None
    assert (signature.method, signature.signer_name) == (SignatureMethod.PAPER, "Camille Durand")
    assert signature.signed_at == signed_at
    assert signature.sentence.startswith("I have read estimate")
    assert "by hand" in signature.sentence
    assert signature.shown_pdf_sha256 == copy.document.sha256
    assert (signature.ip_address, signature.user_agent, signature.signer_email) == ("", "", "")
    assert authorization.document is not None
    assert ("signed_copy", "queued") in stages.mails(revision)
    assert not OutgoingEmail.objects.filter(kind="customer_answered").exists()


def test_somebody_without_an_address_signs_on_paper() -> None:
    order = RepairOrderFactory(vehicle=VehicleFactory(customer=CustomerFactory(email="")))
    revision = stages.sent(order=order, by_email=False)
    authorization = on_paper(revision, scan(printed(revision)))
    assert authorization.document is not None
    assert not OutgoingEmail.objects.exists()


def test_the_sentence_signed_is_the_one_that_was_printed() -> None:
    revision = stages.sent()
    copy = printed(revision, typeset=False)
    texts.change(
        shop=revision.shop,
        code=TextCode.PAPER_AUTHORIZATION,
        language="en",
        body="Other words.",
        by=DESK,
        at=NOW + timedelta(minutes=1),
    )
    later = NOW + timedelta(minutes=2)
    authorization = on_paper(revision, reason="No scanner here.", at=later)
    assert authorization.signature is not None
    assert authorization.signature.text is not None
    assert authorization.signature.text.version == 1
    assert authorization.signature.sentence in copy.document.html


def test_a_text_that_came_after_the_print_is_better_than_none() -> None:
    revision = stages.sent()
    assert papers.sentence_printed(revision, at=NOW - timedelta(days=1)).text.version == 1


def test_a_scan_of_another_paper_is_refused() -> None:
    revision = stages.sent()
    other = printed(stages.sent(order=revision.estimate.repair_order))
    file = scan(other)
    error = refused(papers.WrongPaper, lambda: on_paper(revision, file, reason="I looked."))
    assert list(error.fields) == ["files"]


def test_a_scan_of_the_revision_before_is_refused() -> None:
    former = stages.sent()
    file = scan(printed(former))
    revision = stages.revised(former)
    refused(papers.WrongPaper, lambda: on_paper(revision, file))


def test_a_code_made_up_for_a_real_print_is_refused() -> None:
    revision = stages.sent()
    copy = printed(revision, typeset=False)
    file = code_alone(paper_codes.text_of(copy.pk, 1, HASH), revision)
    refused(papers.WrongPaper, lambda: on_paper(revision, file))


def test_missing_pages_need_a_reason() -> None:
    revision = stages.sent()
    copy = printed(revision)
    assert (copy.document.pages or 0) > 1
    first_page = photo(copy, 1)
    error = refused(papers.PaperUnread, lambda: on_paper(revision, first_page))
    assert list(error.fields) == ["unread_reason"]
    authorization = on_paper(revision, first_page, reason=" Page 2 was torn; I compared it. ")
    assert authorization.paper_pages_read == 1
    assert authorization.paper_unread_reason == "Page 2 was torn; I compared it."


def test_a_scan_without_a_single_code_needs_a_reason_that_can_be_kept() -> None:
    revision = stages.sent()
    blank = io.BytesIO()
    Image.new("L", (200, 200), "white").save(blank, "PNG")
    file = stages.stored(revision, blank.getvalue(), FileKind.PNG)
    refused(papers.PaperUnread, lambda: on_paper(revision, file))
    refused(papers.PaperUnread, lambda: on_paper(revision, file, reason="x" * 301))
    assert on_paper(revision, file, reason="Blurred.").paper_pages_printed == 0


@pytest.mark.parametrize(
    ("language", "words"), [("en", "no scan attached"), ("fr", None), ("ru", None)]
)
def test_without_a_scan_that_is_said_in_the_record(language: str, words: str | None) -> None:
    order = RepairOrderFactory(vehicle=VehicleFactory(customer=CustomerFactory(language=language)))
    authorization = on_paper(stages.sent(order=order))
    assert authorization.paper_unread_reason == words or (
        words is None and authorization.paper_unread_reason
    )
    assert authorization.paper_pages_read == 0


def test_pages_of_two_prints_of_the_same_revision_are_one_paper() -> None:
    revision = stages.sent()
    first, second = printed(revision), printed(revision)
    pages = first.document.pages or 0
    files = [photo(first, 1), *(photo(second, page) for page in range(2, pages + 1))]
    authorization = on_paper(revision, *files)
    assert authorization.paper_pages_read == pages
    assert authorization.paper_unread_reason == ""


def test_a_recorded_scan_cannot_be_taken_away() -> None:
    revision = stages.sent()
    authorization = on_paper(revision, scan(printed(revision)))
    before = stages.everything()
    with pytest.raises(Exception, match="is frozen"):
        authorization.files.clear()
    assert before
