"""Taking in files: judged by content, kept untouched, each once a shop."""

import base64
import struct
import zlib
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from shopdisputes.canonical import sha256_hex
from shopdisputes.uploads import logos, services, sniffing
from shopdisputes.uploads.models import FileKind, StoredFile
from tests.factories import NOW, ShopFactory, StoredFileFactory
from tests.races import overtake

pytestmark = pytest.mark.django_db

ALL = (FileKind.JPEG, FileKind.PNG, FileKind.PDF)
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\nstartxref\n9\n%%EOF\n"


def picture(kind="PNG", size=(40, 30), mode="RGB", **save):
    out = BytesIO()
    Image.new(mode, size, 128).save(out, format=kind, **save)
    return out.getvalue()


def bomb():
    """A PNG whose few bytes unpack to 400 megapixels: honest head, no pixels."""

    def chunk(name, data):
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0"))
        + chunk(b"IEND", b"")
    )


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
    [(picture("PNG"), FileKind.PNG), (picture("JPEG"), FileKind.JPEG), (PDF, FileKind.PDF)],
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


def test_the_same_bytes_are_kept_once_a_shop(shop, by, media):
    first = keep(shop, by, PDF)
    assert keep(shop, by, PDF, name="again.pdf") == first
    assert keep(ShopFactory(), by, PDF) != first
    assert len([path for path in media.rglob("*") if path.is_file()]) == 2


def test_what_is_known_is_not_let_through_where_it_is_not_allowed(shop, by):
    keep(shop, by, PDF)
    with pytest.raises(services.WrongType):
        keep(shop, by, PDF, allowed=(FileKind.PNG,))


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!doctype html><script>alert(1)</script>",
        b"GIF89a" + b"\0" * 40,
        b"PK\x03\x04" + b"\0" * 40,
        b"x",
        # First bytes of the right kind, and then something else.
        b"\xff\xd8\xff\xe0<script>alert(1)</script>",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR<script>alert(1)</script>",
        b"%PDF-1.7 <script>alert(1)</script>",
        picture("JPEG", size=(400, 300))[:-400],
        bomb(),
    ],
)
def test_refuses_what_is_not_what_it_seems_and_keeps_nothing(shop, by, content, media):
    with pytest.raises(services.WrongType) as refusal:
        keep(shop, by, content, name="photo.png")
    assert list(refusal.value.fields) == ["file"]
    assert not StoredFile.objects.exists()
    assert not [path for path in media.rglob("*") if path.is_file()]


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked(monkeypatch):
    monkeypatch.setattr(sniffing, "LARGEST_PIXELS", 40 * 30 - 1)
    assert not sniffing.is_sound(BytesIO(picture()), kind=FileKind.PNG)
    monkeypatch.setattr(sniffing, "LARGEST_PIXELS", 40 * 30)
    assert sniffing.is_sound(BytesIO(picture()), kind=FileKind.PNG)


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
def test_two_who_bring_the_same_file_at_once_get_the_same_row(media):
    from shopdisputes.actors import Actor, Role

    shop = ShopFactory()
    by = Actor(role=Role.OWNER, name="x")
    first, second = overtake(
        lambda: keep(shop, by, PDF),
        lambda: keep(shop, by, PDF),
        pause_in="shopdisputes.uploads.services._judge",
    )
    assert first.result() == second.result()
    assert StoredFile.objects.count() == 1
    assert len([path for path in media.rglob("*") if path.is_file()]) == 1


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


def test_another_shops_file_is_nobodys_logo(shop):
    foreign = StoredFileFactory()
    shop.logo_sha256 = foreign.sha256
    assert logos.logo_of(shop) is None
