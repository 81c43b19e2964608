"""Uploads are given out to whoever may see them, in parts, and never as a page of ours."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.http import Http404
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import reverse

from shopdisputes.actors import Role
from shopdisputes.uploads.models import FileKind, StoredFile
from shopdisputes.web import files
from shopdisputes.web.templatetags.media import duration
from tests.factories import NOW, StoredFileFactory, staff

pytestmark = pytest.mark.django_db

CONTENT = bytes(range(256)) * 400
SIZE = len(CONTENT)


@pytest.fixture
def desk(client, owner):
    client.force_login(owner.user)
    return client


@pytest.fixture
def video(shop):
    return StoredFileFactory(shop=shop, video=True, content=CONTENT, name="Тормоз слева.mp4")


def address(stored, variant="original"):
    return reverse("file", args=[stored.pk, variant])


def body(response):
    return b"".join(response.streaming_content)


def given(stored, variant="original", *, for_customer=False):
    """What a view that has checked the permission gives out."""
    stored = StoredFile.objects.select_related("intake").get(pk=stored.pk)
    request = RequestFactory().get("/")
    return files.respond(request, stored, variant, for_customer=for_customer)


def is_withheld(stored, variant="original", *, for_customer):
    try:
        given(stored, variant, for_customer=for_customer)
    except Http404:
        return True
    return False


def test_gives_the_whole_file_and_says_that_parts_are_to_be_had(desk, video):
    response = desk.get(address(video))
    assert response.status_code == 200
    assert body(response) == CONTENT
    assert response["Content-Length"] == str(SIZE)
    assert response["Content-Type"] == "video/mp4"
    assert response["Accept-Ranges"] == "bytes"
    assert response["ETag"] == f'"{video.sha256}"'


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        ("bytes=0-1", 0, 2),
        ("bytes=0-0", 0, 1),
        ("bytes=1000-", 1000, SIZE),
        ("bytes=-500", SIZE - 500, SIZE),
        (f"bytes=-{SIZE + 1}", 0, SIZE),
        (f"bytes={SIZE - 1}-{SIZE + 999}", SIZE - 1, SIZE),
        ("bytes=65530-65545", 65_530, 65_546),
    ],
)
def test_gives_the_part_that_is_asked_for(desk, video, asked, start, stop):
    response = desk.get(address(video), headers={"Range": asked})
    assert response.status_code == 206
    assert body(response) == CONTENT[start:stop]
    assert response["Content-Length"] == str(stop - start)
    assert response["Content-Range"] == f"bytes {start}-{stop - 1}/{SIZE}"


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", f"bytes={10**30}-", "bytes=-0"])
def test_says_when_there_is_no_such_part(desk, video, asked):
    response = desk.get(address(video), headers={"Range": asked})
    assert response.status_code == 416
    assert response["Content-Range"] == f"bytes */{SIZE}"


@pytest.mark.parametrize(
    "asked",
    ["bytes=9-3", "bytes=-", "bytes=a-b", "bytes=0-1,5-6", "lines=0-1", f"bytes=0-{'9' * 5000}"],
)
def test_what_is_no_single_range_of_bytes_gets_everything(desk, video, asked):
    response = desk.get(address(video), headers={"Range": asked})
    assert response.status_code == 200
    assert len(body(response)) == SIZE


def test_a_part_of_another_version_is_never_joined_to_this_one(desk, video):
    same, other = f'"{video.sha256}"', '"another"'
    for known, status in ((same, 206), (other, 200), ("Sat, 21 Nov 2026 09:00:00 GMT", 200)):
        response = desk.get(address(video), headers={"Range": "bytes=0-9", "If-Range": known})
        assert response.status_code == status


def test_what_the_browser_has_already_is_not_sent_again(desk, video):
    seen = {"If-None-Match": f'"{video.sha256}"'}
    response = desk.get(address(video), headers=seen | {"Range": "bytes=0-9"})
    assert response.status_code == 304
    assert response.content == b""
    assert desk.get(address(video), headers={"If-None-Match": '"x"'}).status_code == 200


def test_asking_for_the_headers_alone_gives_them_alone(desk, video):
    response = desk.head(address(video), headers={"Range": "bytes=0-9"})
    assert response.status_code == 200
    assert response["Content-Length"] == str(SIZE)
    assert response["Accept-Ranges"] == "bytes"
    assert response.content == b""


def test_nothing_but_a_chunk_of_it_is_in_memory(video):
    chunks = list(given(video).streaming_content)
    assert max(map(len, chunks)) == 64 * 1024
    assert sum(map(len, chunks)) == SIZE


def test_the_file_is_closed_when_nobody_reads_to_the_end(video):
    response = given(video)
    file = response._iterator.gi_frame.f_locals["self"]._file
    next(iter(response.streaming_content))
    response.close()
    assert file.closed


@pytest.mark.parametrize("variant", files.VARIANTS)
@pytest.mark.parametrize("kind", ["jpeg", "pdf", "video"])
def test_every_file_is_shut_in(desk, shop, kind, variant):
    stored = StoredFileFactory(shop=shop, ready=True, **{kind: True})
    response = desk.get(address(stored, variant))
    assert response.status_code == 200
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    if variant != "original":
        assert response["Content-Type"] == "image/jpeg"
        assert response["Content-Disposition"].startswith("inline; filename=")
        assert response["Cache-Control"] == "private, max-age=3600"


@pytest.mark.parametrize(
    ("traits", "disposition"),
    [
        ({"jpeg": True}, "inline"),
        ({"video": True}, "inline"),
        ({"facts": {}}, "inline"),
        ({"facts": {"trailing_bytes": 4}}, "attachment"),
        ({"pdf": True}, "attachment"),
        ({"jpeg": True, "intake": None}, "attachment"),
    ],
)
def test_only_what_is_harmless_opens_in_the_browser(shop, traits, disposition):
    stored = StoredFileFactory(shop=shop, **traits)
    # A customer is given no original of a photo at all.
    for for_customer in (False,) if stored.is_picture else (False, True):
        response = given(stored, for_customer=for_customer)
        assert response["Content-Disposition"].split(";")[0] == disposition
        assert response["Content-Type"] == stored.kind


@pytest.mark.parametrize("traits", [{"jpeg": True}, {}])
def test_the_original_of_a_photo_never_leaves_the_shop(shop, traits):
    stored = StoredFileFactory(shop=shop, ready=True, **traits)
    assert is_withheld(stored, for_customer=True)
    assert not is_withheld(stored, for_customer=False)
    assert not is_withheld(stored, "web", for_customer=True)


@pytest.mark.parametrize(
    ("name", "kind", "shown"),
    [
        ("Тормоз слева.mp4", FileKind.MP4, "Тормоз слева.mp4"),
        ("IMG 1.JPEG", FileKind.JPEG, "IMG 1.JPEG"),
        ("holiday.exe", FileKind.JPEG, "holiday.exe.jpg"),
        ("page.html", FileKind.PDF, "page.html.pdf"),
        ("a\r\nSet-Cookie: b\u202egpj.png", FileKind.PNG, "aSet-Cookie: bgpj.png"),
        (" ", FileKind.PDF, "PDF.pdf"),
    ],
)
def test_a_name_keeps_its_letters_and_ends_as_its_content_is(shop, name, kind, shown):
    stored = StoredFileFactory(shop=shop, kind=kind, name=name, content=PNG_LIKE)
    disposition = given(stored)["Content-Disposition"]
    plain = disposition.partition("filename=")[2].strip('"')
    assert (plain or unquote(disposition.partition("filename*=utf-8''")[2])) == shown


PNG_LIKE = b"the name is looked at, not this"


def test_customers_copies_lie_in_no_cache(shop):
    stored = StoredFileFactory(shop=shop, video=True, ready=True)
    for variant in files.VARIANTS:
        assert given(stored, variant, for_customer=True)["Cache-Control"] == "private, no-store"
    assert given(stored)["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("status", ["queued", "claimed", "failed"])
def test_before_its_preview_is_made_there_is_the_original_only(shop, status):
    stored = StoredFileFactory(shop=shop, video=True, intake__status=status)
    for for_customer in (False, True):
        assert not is_withheld(stored, for_customer=for_customer)
        assert is_withheld(stored, "web", for_customer=for_customer)
        assert is_withheld(stored, "thumbnail", for_customer=for_customer)


@pytest.mark.parametrize(
    "state",
    [{"status": "waiting"}, {"status": "quarantined", "reason": "infected"}],
)
def test_what_the_scanner_has_not_let_pass_is_given_to_nobody(shop, state):
    stored = StoredFileFactory(
        shop=shop, pdf=True, **{f"intake__{name}": value for name, value in state.items()}
    )
    for variant in files.VARIANTS:
        for for_customer in (False, True):
            assert is_withheld(stored, variant, for_customer=for_customer)


def test_a_pdf_that_can_act_is_given_to_staff_as_mere_bytes(shop):
    stored = StoredFileFactory(
        shop=shop, pdf=True, intake__status="quarantined", intake__reason="active_content"
    )
    response = given(stored)
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")
    for variant in files.VARIANTS:
        assert is_withheld(stored, variant, for_customer=True)


def test_a_preview_that_is_made_anew_is_another_version(shop):
    stored = StoredFileFactory(shop=shop, jpeg=True, ready=True)
    before = given(stored, "web")["ETag"]
    stored.intake.ready_at = NOW + timedelta(minutes=1)
    stored.intake.save()
    assert given(stored, "web")["ETag"] != before


def test_a_file_that_the_disk_has_lost_is_told_to_the_log_and_not_found(desk, video, caplog):
    video.file.storage.delete(video.file.name)
    assert desk.get(address(video)).status_code == 404
    assert f"The file {video.file.name} has a row, but is not in the storage" in caplog.text


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_lost_file_or_a_broken_disk_is_no_server_error(desk, video, method):
    path = Path(video.file.path)
    path.unlink()
    assert getattr(desk, method)(address(video)).status_code == 404
    # Below a file there is no folder: what any disk answers that is not well.
    path.parent.rmdir()
    path.parent.write_bytes(b"")
    assert getattr(desk, method)(address(video)).status_code == 503


def test_another_shops_file_an_unknown_variant_and_a_stranger_get_nothing(client, desk, video):
    assert desk.get(address(StoredFileFactory(ready=True), "web")).status_code == 404
    assert desk.get(address(video, "raw")).status_code == 404
    assert desk.post(address(video)).status_code == 405
    client.logout()
    assert client.get(address(video)).status_code == 302


def test_a_technician_sees_what_the_shop_has(client, shop, video):
    client.force_login(staff(shop, Role.TECHNICIAN).user)
    assert client.get(address(video)).status_code == 200


def shown(stored, *, for_staff=True, caption="Front pads"):
    stored = StoredFile.objects.select_related("intake").get(pk=stored.pk)
    urls = files.staff_urls(stored)
    if not for_staff:
        urls = files.FileUrls(web="/web", thumbnail="/thumbnail", original="/original")
    return render_to_string(
        "components/media.html", {"file": stored, "urls": urls, "caption": caption}
    )


def test_a_photo_stands_in_its_frame_and_opens_large_without_a_script(shop):
    stored = StoredFileFactory(shop=shop, jpeg=True, ready=True)
    page = shown(stored)
    assert f'href="{address(stored, "web")}" data-media-open' in page
    assert f'src="{address(stored, "thumbnail")}" width="320" height="240"' in page
    assert 'alt="Photo: Front pads"' in page
    assert "data-media-pending" not in page


def test_a_video_loads_nothing_until_it_is_played(shop):
    stored = StoredFileFactory(shop=shop, video=True, ready=True)
    page = shown(stored, caption="")
    assert f'controls preload="none" playsinline poster="{address(stored, "web")}"' in page
    assert 'aria-label="Video: noise.mp4"' in page
    assert "0:01" in page


def test_staff_are_told_of_a_video_that_tells_where_it_was_filmed(shop):
    words = "Tells where it was filmed"
    assert words not in shown(StoredFileFactory(shop=shop, video=True, ready=True))
    stored = StoredFileFactory(shop=shop, video=True, ready=True, facts={"has_position": True})
    assert words in shown(stored)
    assert words not in shown(stored, for_staff=False)


def test_a_pdf_is_saved_and_says_how_long_it_is(shop):
    stored = StoredFileFactory(shop=shop, pdf=True, ready=True)
    page = shown(stored)
    assert f'href="{address(stored)}" download' in page
    assert "2 pages" in page
    assert "data-media-open" not in page


@pytest.mark.parametrize(
    ("state", "words", "pending"),
    [
        ({"status": "waiting"}, "Waiting for the virus scanner", True),
        ({"status": "queued"}, "Waiting for its preview", True),
        ({"status": "failed"}, "No preview", False),
        ({"status": "quarantined", "reason": "infected"}, "The virus scanner found", False),
    ],
)
def test_a_file_without_a_preview_says_why(shop, state, words, pending):
    stored = StoredFileFactory(
        shop=shop, jpeg=True, **{f"intake__{name}": value for name, value in state.items()}
    )
    page = shown(stored)
    assert words in page
    assert ("data-media-pending" in page) == pending
    withheld = state["status"] in {"waiting", "quarantined"}
    assert (address(stored) in page) == (not withheld)


def test_only_staff_are_offered_a_pdf_that_can_act(shop):
    stored = StoredFileFactory(
        shop=shop, pdf=True, intake__status="quarantined", intake__reason="active_content"
    )
    assert address(stored) in shown(stored)
    assert "/original" not in shown(stored, for_staff=False)


@pytest.mark.parametrize(
    ("milliseconds", "words"),
    [(None, ""), (400, "0:00"), (59_600, "1:00"), (754_000, "12:34"), (3_661_000, "1:01:01")],
)
def test_says_how_long_a_video_is(milliseconds, words):
    assert duration(milliseconds) == words
