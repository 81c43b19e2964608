"""Taking in files: judged by content, kept untouched, each once a shop."""

import base64
import errno
import inspect
import os
import re
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.db import IntegrityError, transaction
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from shopdisputes.actors import Actor, Role
from shopdisputes.audit.models import AuditEvent
from shopdisputes.canonical import sha256_hex
from shopdisputes.uploads import logos, ringing, services, sniffing
from shopdisputes.uploads.jailed import examining, heads, pdfs, pictures, refusals, tails, videos
from shopdisputes.uploads.models import FileKind, Intake, StoredFile
from shopdisputes.web.responses import status_of
from tests import media
from tests.factories import NOW, ShopFactory, StoredFileFactory
from tests.races import overtake
from tests.uploads.crafted_pdfs import pdf_with_script

pytestmark = pytest.mark.django_db

ALL = services.MEDIA_KINDS
PDF = media.pdf()


def picture(kind="PNG", size=(40, 30), mode="RGB", **save):
    out = BytesIO()
    Image.new(mode, size, 128).save(out, format=kind, **save)
    return out.getvalue()


@pytest.fixture
def media_folder(media):
    """Where originals lie."""
    return media


@pytest.fixture
def waiting_folder(settings):
    """Where files lie while they arrive."""
    return Path(settings.FILE_UPLOAD_TEMP_DIR)


def keep(shop, by, content, name="photo.bin", max_bytes=1_000_000, allowed=ALL):
    return services.store(
        shop=shop,
        upload=ContentFile(content, name=name),
        max_bytes=max_bytes,
        allowed=allowed,
        by=by,
        at=NOW,
    )


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (media.png(), FileKind.PNG),
        (media.jpeg(), FileKind.JPEG),
        (PDF, FileKind.PDF),
        (media.mp4(), FileKind.MP4),
    ],
)
def test_keeps_the_very_bytes_and_what_they_are(shop, by, content, kind):
    stored = keep(shop, by, content, name="holiday.exe")
    stored.refresh_from_db()
    assert (stored.kind, stored.size, stored.sha256) == (kind, len(content), sha256_hex(content))
    assert (stored.name, stored.uploaded_by) == ("holiday.exe", by.name)
    with stored.file.open("rb") as file:
        assert file.read() == content


def test_a_name_is_never_a_path(shop, by):
    stored = keep(shop, by, PDF, name="../../etc/passwd")
    assert stored.name == "passwd"
    assert stored.file.name == f"originals/{shop.pk}/{stored.sha256[:2]}/{stored.sha256}"


def test_the_same_bytes_are_kept_once_a_shop(shop, by, media_folder):
    first = keep(shop, by, PDF)
    assert keep(shop, by, PDF, name="again.pdf") == first
    assert keep(ShopFactory(), by, PDF) != first
    assert len(files_in(media_folder)) == 2


def test_what_is_known_is_not_let_through_where_it_is_not_allowed(shop, by):
    keep(shop, by, PDF)
    with pytest.raises(services.WrongType):
        keep(shop, by, PDF, allowed=(FileKind.PNG,))


def files_in(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "svg"),
        (b"x", "unknown"),
        (media.jpeg()[:-300], "damaged"),
        (media.jpeg() + b"<script>alert(1)</script>", "polyglot"),
    ],
)
def test_refuses_what_is_not_what_it_seems_and_keeps_nothing(
    shop, by, content, reason, media_folder, waiting_folder
):
    with pytest.raises(services.WrongType) as refusal:
        keep(shop, by, content, name="photo.png")
    assert list(refusal.value.fields) == ["file"]
    assert refusal.value.details == {"reason": reason}
    assert not StoredFile.objects.exists()
    assert files_in(media_folder) == files_in(waiting_folder) == []


def test_says_what_is_allowed_where_another_kind_came(shop, by):
    with pytest.raises(services.WrongType) as refusal:
        keep(shop, by, media.mp4(), allowed=(FileKind.JPEG, FileKind.PNG))
    assert refusal.value.message == (
        "This is not one of: JPEG, PNG. The content counts, not the name."
    )


def test_every_refusal_has_its_sentence(shop, by):
    words = set()
    for module in (examining, heads, pdfs, pictures, refusals, tails, videos):
        source = inspect.getsource(module)
        words |= set(re.findall(r'Refusal\("([a-z-]+)"\)', source))
    words |= {heads.reason_against(start) for start, _reason in heads._STARTS}
    words |= set(heads._BRAND_REASONS.values()) | {"svg", "markup", "damaged", "unsafe"}
    assert words == set(sniffing.REASONS)


def test_knows_what_a_photo_says_of_itself(shop, by):
    content = media.jpeg(
        40, 30, gps=True, camera="Fairphone FP5", taken_at="2026:11:02 09:12:00", orientation=6
    )
    assert keep(shop, by, content + b"SEFT" * 5).facts == {
        "width": 30,
        "height": 40,
        "camera": "Fairphone FP5",
        "taken_at": "2026-11-02T09:12:00",
        "has_position": True,
        "trailing_bytes": 20,
    }


def test_knows_how_long_a_video_and_how_thick_a_pdf_is(shop, by):
    assert keep(shop, by, media.mp4(seconds=2)).facts == {
        "width": 64,
        "height": 48,
        "duration_ms": 2000,
    }
    filmed = media.mp4(place="+48.8566+002.3522/")
    assert keep(shop, by, filmed).facts["has_position"] is True
    assert keep(shop, by, media.pdf(pages=3)).facts == {"pages": 3}


def test_a_new_file_waits_for_its_preview(shop, by, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        stored = keep(shop, by, PDF)
        assert keep(shop, by, PDF) == stored
    intake = stored.intake
    assert (intake.status, intake.reason, intake.next_try_at) == ("queued", "", NOW)
    assert callbacks == [ringing.ring]


def test_a_new_file_waits_for_the_scanner_where_there_is_one(shop, by, settings):
    settings.CLAMD_URL = "tcp://127.0.0.1:1"
    assert keep(shop, by, PDF).intake.status == "waiting"


def test_a_pdf_that_can_act_goes_to_the_scanner_first(shop, by, settings):
    settings.CLAMD_URL = "tcp://127.0.0.1:1"
    assert keep(shop, by, pdf_with_script()).intake.status == "waiting"


def test_a_pdf_that_can_act_is_kept_apart(shop, by):
    stored = keep(shop, by, pdf_with_script(), name="offer.pdf")
    assert stored.facts == {"pages": 1, "active": ["JS", "JavaScript", "OpenAction"]}
    assert (stored.intake.status, stored.intake.reason) == ("quarantined", "active_content")
    event = AuditEvent.objects.for_shop(shop).get(action="file.quarantined")
    assert event.target_id == stored.pk
    assert event.data == {
        "name": "offer.pdf",
        "sha256": stored.sha256,
        "reason": "active_content",
        "found": "JS, JavaScript, OpenAction",
    }


class FullDisk(FileSystemStorage):
    """A disk that takes the beginning of a file."""

    problem = errno.ENOSPC

    def _save(self, name, content):
        raise OSError(self.problem, os.strerror(self.problem))


class BrokenDisk(FullDisk):
    """A disk that answers nothing."""

    problem = errno.EIO


@pytest.mark.parametrize(
    ("storage", "error", "status"),
    [
        (FullDisk, services.StorageFull, 507),
        (BrokenDisk, services.StorageAway, 503),
    ],
)
def test_a_storage_that_takes_nothing_leaves_no_row(shop, by, settings, storage, error, status):
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": f"{__name__}.{storage.__name__}"}
    }
    with pytest.raises(services.StorageAway) as refusal:
        keep(shop, by, PDF)
    assert type(refusal.value) is error
    assert status_of(refusal.value) == status
    assert not StoredFile.objects.exists()
    assert not Intake.objects.exists()


def test_the_limit_itself_is_allowed_and_one_byte_more_is_not(shop, by):
    with pytest.raises(services.TooLarge) as refusal:
        keep(shop, by, PDF, max_bytes=len(PDF) - 1)
    assert refusal.value.code == "too-large"
    assert not StoredFile.objects.exists()
    assert keep(shop, by, PDF, max_bytes=len(PDF)).size == len(PDF)


def test_an_empty_file_is_no_file(shop, by):
    with pytest.raises(services.EmptyFile):
        keep(shop, by, b"")


def test_a_kept_file_cannot_be_changed_or_deleted(shop, by):
    stored = keep(shop, by, PDF)
    with pytest.raises(IntegrityError), transaction.atomic():
        StoredFile.objects.filter(pk=stored.pk).update(name="other.pdf")
    with pytest.raises(IntegrityError), transaction.atomic():
        stored.delete()


@pytest.mark.django_db(transaction=True)
def test_two_who_bring_the_same_file_at_once_get_the_same_row(media_folder):
    shop = ShopFactory()
    by = Actor(role=Role.OWNER, name="x")
    first, second = overtake(
        lambda: keep(shop, by, PDF),
        lambda: keep(shop, by, PDF),
        pause_in="shopdisputes.uploads.services._judge",
    )
    assert first.result() == second.result()
    assert StoredFile.objects.count() == Intake.objects.count() == 1
    assert len(files_in(media_folder)) == 1


def set_logo(shop, by, content, name="logo.png"):
    return logos.set_logo(shop=shop, upload=ContentFile(content, name=name), by=by, at=NOW)


@pytest.mark.parametrize(
    ("content", "size"),
    [
        (picture("JPEG", size=(1200, 300)), (600, 150)),
        (picture("PNG", size=(100, 80), mode="P"), (100, 80)),
        (picture("JPEG", size=(90, 90), mode="CMYK"), (90, 90)),
    ],
)
def test_draws_a_logo_anew_within_600_pixels(shop, by, content, size):
    logo = set_logo(shop, by, content)
    shop.refresh_from_db()
    assert (logo.kind, shop.logo_sha256) == ("image/png", logo.sha256)
    with logo.file.open("rb") as file, Image.open(file) as image:
        assert (image.format, image.size) == ("PNG", size)


def test_nothing_hidden_survives_the_redrawing(shop, by):
    secret = PngInfo()
    secret.add_text("Comment", "<script>alert(1)</script>")
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    for content in (picture("PNG", pnginfo=secret), picture("JPEG", exif=exif)):
        logo = set_logo(shop, by, content)
        with logo.file.open("rb") as file:
            drawn = file.read()
        assert b"script" not in drawn
        assert b"home" not in drawn


def test_turns_a_photo_upright(shop, by):
    exif = Image.Exif()
    exif[0x0112] = 6
    logo = set_logo(shop, by, picture("JPEG", size=(60, 20), exif=exif))
    with logo.file.open("rb") as file, Image.open(file) as image:
        assert image.size == (20, 60)


@pytest.mark.parametrize("content", [PDF, b"<svg/>", b"\0" * (2 * 1024 * 1024 + 1)])
def test_refuses_a_logo_that_is_none_and_keeps_the_old_one(shop, by, content):
    old = set_logo(shop, by, picture())
    with pytest.raises((services.WrongType, services.TooLarge)):
        set_logo(shop, by, content)
    shop.refresh_from_db()
    assert shop.logo_sha256 == old.sha256


def test_a_shop_without_a_logo_shows_none(shop, by):
    assert logos.logo_of(shop) is None
    assert logos.data_uri(shop) == ""
    set_logo(shop, by, picture())
    shop.refresh_from_db()
    logos.remove_logo(shop=shop, by=by, at=NOW)
    shop.refresh_from_db()
    assert shop.logo_sha256 == ""


def test_a_document_carries_the_logo_in_itself(shop, by):
    logo = set_logo(shop, by, picture())
    shop.refresh_from_db()
    head, _comma, encoded = logos.data_uri(shop).partition(",")
    assert head == "data:image/png;base64"
    assert sha256_hex(base64.b64decode(encoded)) == logo.sha256


def test_a_page_stands_without_its_logo_when_the_storage_is_away(shop, by):
    logo = set_logo(shop, by, picture())
    shop.refresh_from_db()
    logo.file.storage.delete(logo.file.name)
    assert logos.data_uri(shop) == ""


def test_another_shops_file_is_nobodys_logo(shop):
    foreign = StoredFileFactory()
    shop.logo_sha256 = foreign.sha256
    assert logos.logo_of(shop) is None
