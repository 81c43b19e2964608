"""Files on their way in: on disk at once, hashed, never in memory, gone when not wanted."""

import gc
import hashlib
import io
import os
import tracemalloc
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import BadRequest, RequestDataTooBig
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import UnreadablePostError
from django.test import Client, RequestFactory
from django.urls import reverse

from shopdisputes.uploads import handlers, services
from shopdisputes.uploads.handlers import HashedUpload
from shopdisputes.uploads.models import StoredFile
from tests import media
from tests.factories import NOW

MIB = 1024 * 1024
BOUNDARY = "frontier"


@pytest.fixture
def folder(settings):
    """Where files lie while they arrive."""
    return Path(settings.FILE_UPLOAD_TEMP_DIR)


class Line(io.RawIOBase):
    """A request's body as it comes over the line: ``size`` bytes of one file, made on the way."""

    def __init__(self, size, name="video.mp4", breaks_after=None):
        head = f'Content-Disposition: form-data; name="file"; filename="{name}"'
        self.parts = [
            f"--{BOUNDARY}\r\n{head}\r\nContent-Type: video/mp4\r\n\r\n".encode(),
            size,
            f"\r\n--{BOUNDARY}--\r\n".encode(),
        ]
        self.length = len(self.parts[0]) + size + len(self.parts[2])
        self.given, self.breaks_after = 0, breaks_after

    def read(self, size=-1):
        if self.breaks_after is not None and self.given >= self.breaks_after:
            raise OSError("the line broke")
        while self.parts and not self.parts[0]:
            self.parts.pop(0)
        if not self.parts:
            return b""
        part = self.parts[0]
        if isinstance(part, int):
            piece = bytes(min(size, part))
            self.parts[0] = part - len(piece)
        else:
            piece, self.parts[0] = part[:size], part[size:]
        self.given += len(piece)
        return piece


def request_of(line, announced=None, charset="utf-8"):
    """A request whose body is still to be read."""
    return RequestFactory().request(
        **{
            "REQUEST_METHOD": "POST",
            "CONTENT_TYPE": f"multipart/form-data; boundary={BOUNDARY}; charset={charset}",
            "CONTENT_LENGTH": str(announced or line.length),
            "wsgi.input": line,
        }
    )


def files_in(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_file_lies_on_disk_with_its_hash_when_the_form_is_read(folder):
    request = request_of(Line(3 * MIB))
    upload = request.FILES["file"]
    assert isinstance(upload, HashedUpload)
    assert (upload.size, upload.name) == (3 * MIB, "video.mp4")
    assert upload.sha256 == hashlib.sha256(bytes(3 * MIB)).hexdigest()
    path = Path(upload.temporary_file_path())
    assert files_in(folder) == [path]
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_bytes() == bytes(3 * MIB)
    request.close()
    assert files_in(folder) == []


def test_the_largest_file_takes_no_memory_and_is_whole(folder):
    request = request_of(Line(handlers.LARGEST))
    tracemalloc.start()
    upload = request.FILES["file"]
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < MIB
    assert upload.size == Path(upload.temporary_file_path()).stat().st_size == 50 * MIB


@pytest.mark.django_db
def test_a_byte_more_is_counted_and_dropped(folder, shop, by):
    request = request_of(Line(handlers.LARGEST + 1))
    upload = request.FILES["file"]
    assert upload.size == 50 * MIB + 1
    assert Path(upload.temporary_file_path()).stat().st_size == 0
    with pytest.raises(services.TooLarge):
        services.store(
            shop=shop,
            upload=upload,
            max_bytes=1 << 40,
            allowed=services.MEDIA_KINDS,
            by=by,
            at=NOW,
        )
    assert not StoredFile.objects.exists()


def test_a_form_that_announces_far_too_much_is_not_read():
    line = Line(10)
    request = request_of(line, announced=4 * handlers.LARGEST + 1)
    with pytest.raises(RequestDataTooBig):
        _ = request.FILES
    assert line.given == 0


@pytest.mark.parametrize("charset", ["utf-7", "unicode_escape", "utf-16-le", "hex"])
def test_a_form_whose_text_could_become_half_characters_is_not_read(charset):
    line = Line(10)
    request = request_of(line, charset=charset)
    with pytest.raises(BadRequest):
        _ = request.POST
    assert line.given == 0


def test_a_line_that_breaks_leaves_nothing_when_the_request_is_over(folder):
    # What only the collector of garbage finds would lie there for minutes.
    gc.disable()
    try:
        request = request_of(Line(3 * MIB, breaks_after=2 * MIB))
        broke = False
        try:
            _ = request.FILES
        except UnreadablePostError:
            broke = True
        assert broke
        assert len(files_in(folder)) == 1
        del request
        assert files_in(folder) == []
    finally:
        gc.enable()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/cron.d/x.jpg", "x.jpg"),
        ("C:\\fakepath\\x.jpg", "x.jpg"),
        ("/etc/passwd", "passwd"),
        ("a." + "x" * 500, None),
        ("photo.jpg\x00.html", "photo.jpg.html"),
        ("..%2f..%2fx.jpg", "..%2f..%2fx.jpg"),
    ],
)
def test_no_name_reaches_the_disk(folder, name, kept):
    request = request_of(Line(10, name=name))
    upload = request.FILES["file"]
    assert kept is None or upload.name == kept
    (path,) = files_in(folder)
    assert path.parent == folder
    assert path.name.endswith(".upload")
    assert len(path.name) < 40


@pytest.mark.django_db
def test_keeping_a_file_is_renaming_it(folder, shop, by):
    upload = HashedUpload.of(SimpleUploadedFile("photo.png", png()))
    inode = os.stat(upload.temporary_file_path()).st_ino
    stored = services.store(
        shop=shop, upload=upload, max_bytes=MIB, allowed=services.MEDIA_KINDS, by=by, at=NOW
    )
    upload.close()
    assert os.stat(stored.file.path).st_ino == inode
    assert files_in(folder) == []


def png():
    return media.png()


@pytest.mark.django_db
def test_a_disk_that_takes_nothing_is_said_in_the_pages_own_words(settings, owner, shop, tmp_path):
    (tmp_path / "occupied").write_bytes(b"")
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "occupied" / "tmp")
    # The form is read before the view, by the CSRF check.
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner.user)
    page = client.get(reverse("settings-logo"))
    token = page.cookies["csrftoken"].value
    upload = SimpleUploadedFile("logo.png", png())
    answer = client.post(reverse("settings-logo"), {"csrfmiddlewaretoken": token, "file": upload})
    assert answer.status_code == 503
    assert "The file could not be stored just now." in answer.content.decode()
    shop.refresh_from_db()
    assert shop.logo_sha256 == ""


def test_half_files_of_a_killed_server_vanish_after_a_day(folder):
    folder.mkdir()
    old, young, other = folder / "a.upload", folder / "b.upload", folder / "previews"
    for path in (old, young, other):
        path.write_bytes(b"half")
    for path, hours in ((old, 25), (young, 23), (other, 25)):
        moment = (NOW - timedelta(hours=hours)).timestamp()
        os.utime(path, (moment, moment))
    handlers.remove_left(at=NOW)
    assert sorted(files_in(folder)) == [young, other]
