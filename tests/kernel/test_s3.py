"""Files in a bucket, at a server that speaks the S3 protocol."""

import tracemalloc
from datetime import timedelta
from io import BytesIO
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen
from uuid import uuid4

import boto3
import pytest
from django.core.files import File
from django.core.files.storage import storages
from django.test import RequestFactory
from django.utils import timezone

from shopdisputes.canonical import sha256_hex
from shopdisputes.ops import processes
from shopdisputes.settings import env
from shopdisputes.uploads import intake as intakes
from shopdisputes.uploads import orphans, services
from shopdisputes.uploads.models import FileKind, Intake, StoredFile
from shopdisputes.uploads.storage import PART_BYTES, BucketStorage
from shopdisputes.web import files
from tests import media
from tests import services as servers
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.real_clock]


@pytest.fixture(scope="module")
def server():
    with servers.s3() as address:
        yield address


@pytest.fixture
def bucket(server, settings, monkeypatch, tmp_path):
    """An empty bucket in which this test's files lie."""
    name = f"files-{uuid4()}"
    made = boto3.resource(
        "s3", endpoint_url=server, aws_access_key_id="k", aws_secret_access_key="s"
    ).create_bucket(Bucket=name)
    use(
        settings,
        monkeypatch,
        tmp_path,
        f"s3://key:se%2Fcret@{name}?endpoint={server}&region=us-east-1",
    )
    return made


def use(settings, monkeypatch, tmp_path, address):
    monkeypatch.setenv("STORAGE_URL", address)
    settings.STORAGES = settings.STORAGES | {
        "default": env.storage("STORAGE_URL", default_folder=tmp_path)
    }


def keep(shop, by, content, name="brake.jpg"):
    upload = File(BytesIO(content), name=name)
    # What the browser claims; nobody believes it.
    upload.content_type = "text/html"
    return services.store(
        shop=shop, upload=upload, max_bytes=50_000_000, allowed=tuple(FileKind), by=by, at=NOW
    )


def redirect(stored, method="GET", *, for_customer=False):
    request = RequestFactory().generic(method, "/")
    return files.respond(request, stored, "original", for_customer=for_customer)


def fetch(address, **headers):
    with urlopen(Request(address, headers=headers)) as answer:
        return answer.status, answer.headers, answer.read()


def test_what_is_stored_comes_back_by_an_address_that_soon_expires(bucket, shop, by):
    content = media.jpeg(320, 240)
    stored = keep(shop, by, content, name="Тормоз.jpg")

    response = redirect(stored)
    status, headers, got = fetch(response["Location"])

    assert (response.status_code, response["Cache-Control"]) == (302, "no-store")
    assert parse_qs(urlsplit(response["Location"]).query)["X-Amz-Expires"] == ["300"]
    assert (status, sha256_hex(got)) == (200, stored.sha256)
    assert headers["Content-Type"] == "image/jpeg"
    assert headers["Content-Disposition"] == (
        "inline; filename*=utf-8''%D0%A2%D0%BE%D1%80%D0%BC%D0%BE%D0%B7.jpg"
    )
    assert headers["Cache-Control"] == "private, no-cache"
    film = keep(shop, by, media.mp4(), name="noise.mp4")
    customers = redirect(film, for_customer=True)
    assert fetch(customers["Location"])[1]["Cache-Control"] == "private, no-store"


def test_a_player_gets_the_part_that_it_asks_for(bucket, shop, by):
    content = media.mp4_of_size(PART_BYTES + 4096)
    stored = keep(shop, by, content, name="noise.mp4")

    status, headers, got = fetch(redirect(stored)["Location"], Range="bytes=8388600-8388619")

    assert (status, got) == (206, content[8_388_600:8_388_620])
    assert headers["Content-Range"] == f"bytes 8388600-8388619/{len(content)}"
    assert headers["Content-Type"] == "video/mp4"


def test_an_object_says_nothing_that_its_sender_claimed(bucket, shop, by):
    stored = keep(shop, by, media.jpeg())

    lying = bucket.Object(stored.file.name)

    assert (lying.content_type, lying.content_disposition) == (
        "application/octet-stream",
        "attachment",
    )


def test_asking_for_the_headers_alone_needs_no_address(bucket, shop, by):
    stored = keep(shop, by, media.jpeg())

    response = redirect(stored, "HEAD")

    assert response.status_code == 200
    assert response["Content-Length"] == str(stored.size)


def test_what_reads_a_file_itself_gets_its_bytes(bucket, shop, by):
    content = media.jpeg()

    with keep(shop, by, content).file.open("rb") as file:
        assert file.read() == content


def test_an_upload_is_in_memory_by_a_part_at_a_time(bucket, tmp_path):
    path = tmp_path / "large"
    path.write_bytes(b"x" * (3 * PART_BYTES))
    storages["default"].save("originals/warm", File(BytesIO(b"x")))

    tracemalloc.start()
    with path.open("rb") as file:
        name = storages["default"].save("originals/large", File(file))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert bucket.Object(name).content_length == 3 * PART_BYTES
    assert peak < 2 * PART_BYTES


def test_a_bucket_that_does_not_answer_refuses_the_upload_and_leaves_no_row(
    settings, monkeypatch, tmp_path, shop, by
):
    port = processes.free_port()
    use(settings, monkeypatch, tmp_path, f"s3://k:s@files?endpoint=http://127.0.0.1:{port}")

    with pytest.raises(services.StorageAway):
        keep(shop, by, media.jpeg())

    assert not StoredFile.objects.exists()


def test_a_bucket_that_is_not_there_fails_as_a_disk_does(server):
    away = BucketStorage(
        bucket_name="not-there", endpoint_url=server, access_key="k", secret_key="s"
    )

    with pytest.raises(OSError, match="bucket does not answer"):
        away.save("x", File(BytesIO(b"x")))
    with pytest.raises(OSError, match="bucket does not answer"):
        list(away.written_below("originals"))


def test_the_sweep_removes_what_has_had_no_row_for_a_day(bucket, shop, by):
    stored = keep(shop, by, media.jpeg())
    orphan = storages["default"].save("originals/x/orphan", File(BytesIO(b"x")))

    now = timezone.now()
    assert orphans.sweep(at=now + timedelta(hours=23))["removed"] == 0
    assert orphans.sweep(at=now + timedelta(hours=25)) == {
        "known": 1,
        "orphans": 1,
        "removed": 1,
    }

    assert [found.key for found in bucket.objects.all()] == [stored.file.name]
    with pytest.raises(HTTPError, match="404"):
        fetch(storages["default"].url(orphan))


def test_previews_are_drawn_from_a_bucket_and_kept_in_it(bucket, shop, by):
    stored = keep(shop, by, media.jpeg(1000, 800))

    counts = intakes.drain(clock=lambda: NOW, time_left=lambda: True)

    intake = Intake.objects.get(file=stored)
    assert (counts["ready"], intake.status) == (1, "ready")
    assert (intake.web_width, intake.web_height) == (1000, 800)
    assert {one.key for one in bucket.objects.all()} == {
        *(stored.file.name, intake.thumbnail.name, intake.web.name)
    }


def test_the_scanner_reads_a_large_file_of_a_bucket_without_it_being_in_memory(
    bucket, shop, by, settings
):
    stored = keep(shop, by, media.mp4_of_size(3 * PART_BYTES), name="noise.mp4")
    Intake.objects.filter(file=stored).update(status="waiting")
    tracemalloc.start()
    with servers.clamd() as clamd:
        settings.CLAMD_URL = clamd.tcp
        counts = intakes.drain(clock=lambda: NOW, time_left=lambda: True)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert (counts["let_pass"], counts["ready"]) == (1, 1)
    assert peak < 2 * PART_BYTES
