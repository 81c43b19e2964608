"""What becomes of a file after it came: scanned, drawn small, and taken up again after crashes."""

import io
import os
import struct
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from PIL import Image, ImageCms

from shopdisputes.audit.models import AuditEvent
from shopdisputes.ops import processes
from shopdisputes.uploads import intake as intakes
from shopdisputes.uploads.models import FileKind, Intake, StoredFile
from shopdisputes.uploads.progress import backlog
from shopdisputes.uploads.states import IntakeStatus
from shopdisputes.uploads.tasks import drain
from shopdisputes.web.sentences import sentence
from tests import services
from tests.factories import NOW, StoredFileFactory
from tests.media import jpeg, jpeg_of_size, mp4, pdf, png
from tests.races import overtake

pytestmark = pytest.mark.django_db

NOTHING = {"put_back": 0, "let_pass": 0, "kept_apart": 0, "ready": 0, "waiting": 0, "failed": 0}
RED, BLUE = (170, 34, 0), (200, 212, 224)


def run_at(moment: datetime) -> dict[str, int]:
    return drain(at=moment.isoformat())


def again(stored: StoredFile) -> Intake:
    return Intake.objects.get(file=stored)


def a_file(content: bytes, kind: FileKind = FileKind.JPEG, **intake: object) -> StoredFile:
    with_intake = {f"intake__{name}": value for name, value in intake.items()}
    return StoredFileFactory(content=content, kind=kind, **with_intake)


def drawn(stored: StoredFile) -> tuple[Image.Image, Image.Image]:
    """The small picture and the one in screen size."""
    intake = again(stored)
    assert (intake.status, intake.last_error) == (IntakeStatus.READY, "")
    pictures = []
    for preview in (intake.thumbnail, intake.web):
        with preview.open("rb") as file:
            content = file.read()
        assert b"Exif" not in content
        picture = Image.open(io.BytesIO(content))
        assert (picture.format, picture.mode) == ("JPEG", "RGB")
        assert picture.info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        pictures.append(picture)
    assert (intake.web_width, intake.web_height) == pictures[1].size
    return pictures[0], pictures[1]


def previews_on_disk(folder: Path) -> list[Path]:
    return sorted((folder / "previews").rglob("*.jpg"))


def is_like(pixel: object, colour: tuple[int, int, int]) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(have - want) < 24 for have, want in zip(pixel, colour, strict=True))


# ---- Previews --------------------------------------------------------------------------------


def test_draws_photos_upright_without_place_or_camera_and_no_larger_than_asked(
    media: Path,
) -> None:
    photo = jpeg(2400, 1800, gps=True, camera="Apple iPhone", orientation=6, comment=b"my garage")
    stored = a_file(photo)

    assert drain() == NOTHING | {"ready": 1}
    assert drain() == NOTHING

    small, web = drawn(stored)
    assert (small.size, web.size) == ((360, 480), (1200, 1600))
    # What lies left above in the file stands right above when the camera is held upright.
    assert is_like(web.getpixel((1150, 100)), RED)
    assert is_like(web.getpixel((1150, 1000)), BLUE)
    assert again(stored).ready_at == NOW
    assert [path.name for path in previews_on_disk(media)] == sorted(
        Path(preview.name).name for preview in (again(stored).thumbnail, again(stored).web)
    )
    with stored.file.open("rb") as original:
        assert original.read() == photo


def test_draws_every_kind_of_picture() -> None:
    transparent = io.BytesIO()
    Image.new("RGBA", (40, 30), (255, 0, 0, 0)).save(transparent, "PNG")
    grey = io.BytesIO()
    Image.new("I;16", (40, 30), 0x8000).save(grey, "PNG")
    wide_gamut = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    sizes = {
        "a pixel": (a_file(png(1, 1), FileKind.PNG), (1, 1), (1, 1)),
        "a panorama": (a_file(jpeg(9000, 500)), (480, 27), (1600, 89)),
        "a line": (a_file(png(3000, 1), FileKind.PNG), (480, 1), (1600, 1)),
        "for print": (a_file(jpeg(600, 400, mode="CMYK")), (480, 320), (600, 400)),
        "a palette": (a_file(png(600, 400, mode="P"), FileKind.PNG), (480, 320), (600, 400)),
        "a profile": (a_file(jpeg(icc_profile=wide_gamut)), (64, 48), (64, 48)),
        "a broken profile": (a_file(jpeg(icc_profile=b"no" * 99)), (64, 48), (64, 48)),
        "a page": (a_file(pdf(), FileKind.PDF), (360, 480), (1200, 1600)),
    }
    see_through = a_file(transparent.getvalue(), FileKind.PNG)
    half_grey = a_file(grey.getvalue(), FileKind.PNG)

    assert drain() == NOTHING | {"ready": len(sizes) + 2}

    for name, (stored, small_size, web_size) in sizes.items():
        small, web = drawn(stored)
        assert (name, small.size, web.size) == (name, small_size, web_size)
    assert is_like(drawn(see_through)[1].getpixel((20, 15)), (255, 255, 255))
    assert is_like(drawn(half_grey)[1].getpixel((20, 15)), (128, 128, 128))


def test_draws_the_poster_of_a_video_as_it_was_held() -> None:
    video = mp4(1.5)
    # Turned by a quarter to the right: what a phone held upright writes into the track's header.
    quarter = struct.pack(">9i", 0, 1 << 16, 0, -1 << 16, 0, 0, 0, 0, 1 << 30)
    matrix = video.index(b"tkhd") + 44
    upright = a_file(video[:matrix] + quarter + video[matrix + 36 :], FileKind.MP4)
    lying = a_file(video, FileKind.MP4)

    drain()

    assert drawn(lying)[1].size == (64, 48)
    assert is_like(drawn(lying)[1].getpixel((4, 4)), RED)
    assert drawn(upright)[1].size == (48, 64)
    assert is_like(drawn(upright)[1].getpixel((44, 4)), RED)


def test_a_file_that_cannot_be_drawn_is_tried_three_times_and_stays_accepted(
    media: Path,
) -> None:
    stored = a_file(jpeg()[:200])

    counts = [run_at(NOW + timedelta(seconds=seconds)) for seconds in (0, 4, 5, 14, 15, 900)]

    assert [count["failed"] for count in counts] == [1, 0, 1, 0, 1, 0]
    intake = again(stored)
    assert (intake.status, intake.attempts) == (IntakeStatus.FAILED, 3)
    assert intake.last_error.startswith("preview: no answer")
    assert (str(intake.get_status_display()), intake.is_accepted) == ("No preview", True)
    assert (intake.thumbnail.name, intake.web.name) == ("", "")
    assert previews_on_disk(media) == []


@pytest.mark.parametrize("trick", ["ln -s {photo}", "mkfifo", "mkdir", "true"])
def test_of_what_a_child_has_drawn_only_files_of_its_own_count(
    trick: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "photo.jpg").write_bytes(jpeg())
    program = tmp_path / "program"
    made = trick.format(photo=tmp_path / "photo.jpg")
    program.write_text(
        "#!/bin/sh\n"
        "for folder; do :; done\n"
        f'{made} "$folder/thumbnail.jpg" && {made} "$folder/web.jpg"\n'
        """printf '{"width": 4, "height": 4}'\n"""
    )
    program.chmod(0o700)
    stored = a_file(jpeg())
    monkeypatch.setattr(sys, "executable", str(program))
    run_at(NOW)
    intake = again(stored)
    assert (intake.status, intake.attempts) == (IntakeStatus.QUEUED, 1)
    assert intake.last_error.startswith("preview: ")


def test_a_storage_that_is_away_says_nothing_against_the_file() -> None:
    stored = a_file(jpeg())
    name = stored.file.name
    stored.file.storage.delete(name)

    for minute in range(5):
        assert run_at(NOW + timedelta(minutes=minute))["failed"] == 1
    assert (again(stored).status, again(stored).attempts) == (IntakeStatus.QUEUED, 0)
    assert again(stored).last_error.startswith("FileNotFoundError")

    stored.file.storage.save(name, ContentFile(jpeg()))
    assert run_at(NOW + timedelta(minutes=5))["ready"] == 1


def test_nothing_is_begun_when_time_is_up() -> None:
    stored = a_file(jpeg())

    assert intakes.drain(clock=lambda: NOW, time_left=lambda: False) == NOTHING
    assert again(stored).status == IntakeStatus.QUEUED


# ---- Crashes ---------------------------------------------------------------------------------


def test_what_a_killed_worker_held_is_drawn_after_its_lease(media: Path) -> None:
    stored = a_file(jpeg())
    held = Intake.objects.claim(again(stored).pk, at=NOW, lease_until=NOW + intakes.LEASE)
    assert held is not None
    # It was killed between writing the first preview and noting that both are there.
    left = held.thumbnail.storage.save("previews/left.jpg", ContentFile(b"half"))
    Intake.objects.filter(pk=held.pk).update(thumbnail=left, web="previews/never.jpg")

    assert run_at(NOW + timedelta(seconds=119)) == NOTHING
    assert run_at(NOW + timedelta(seconds=120)) == NOTHING | {"put_back": 1, "ready": 1}

    drawn(stored)
    assert again(stored).attempts == 0
    assert len(previews_on_disk(media)) == 2
    assert Path(media / left) not in previews_on_disk(media)


@pytest.mark.django_db(transaction=True)
def test_a_slow_worker_whose_lease_is_over_changes_nothing_any_more(media: Path) -> None:
    stored = a_file(jpeg())
    later = NOW + timedelta(minutes=3)

    slow, quick = overtake(
        lambda: run_at(NOW),
        lambda: run_at(later),
        pause_in="shopdisputes.uploads.intake._store",
    )

    assert quick.result() == NOTHING | {"put_back": 1, "ready": 1}
    assert slow.result() == NOTHING | {"failed": 1}
    drawn(stored)
    assert again(stored).ready_at == later
    assert len(previews_on_disk(media)) == 2


def test_unfinished_work_of_killed_workers_is_removed_from_the_disk(
    settings: object, tmp_path: Path
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    old, fresh, foreign = (tmp_path / name for name in ("previews-a", "previews-b", "other"))
    for folder, age in ((old, 3601), (fresh, 3599), (foreign, 3601)):
        folder.mkdir()
        (folder / "web.jpg").write_bytes(b"half")
        moment = NOW.timestamp() - age
        os.utime(folder, (moment, moment))

    drain()

    assert (old.exists(), fresh.exists(), foreign.exists()) == (False, True, True)


# ---- The scanner -----------------------------------------------------------------------------


def test_what_the_scanner_lets_pass_is_drawn_and_what_it_finds_is_kept_apart(
    settings: object,
) -> None:
    clean = a_file(jpeg(), status=IntakeStatus.WAITING)
    infected = a_file(jpeg(comment=services.EICAR), status=IntakeStatus.WAITING)
    with services.clamd() as clamd:
        settings.CLAMD_URL = clamd.tcp
        assert drain() == NOTHING | {"let_pass": 1, "kept_apart": 1, "ready": 1}
        assert drain() == NOTHING

    drawn(clean)
    assert again(clean).scanned_at == NOW
    kept = again(infected)
    assert (kept.status, kept.reason) == (IntakeStatus.QUARANTINED, "infected")
    assert (kept.scanner_said, kept.is_accepted) == ("Eicar.UNOFFICIAL", False)
    assert (kept.thumbnail.name, kept.web.name) == ("", "")
    event = AuditEvent.objects.get(action="file.quarantined")
    assert (event.target_id, event.data["reason"]) == (infected.pk, "infected")
    assert event.data["found"] == "Eicar.UNOFFICIAL"
    assert sentence(event) == "File kept apart: photo.jpg"


def test_what_can_act_by_itself_is_kept_apart_although_it_is_clean(settings: object) -> None:
    with services.clamd() as clamd:
        settings.CLAMD_URL = clamd.tcp
        acting = StoredFileFactory(
            content=pdf(),
            kind=FileKind.PDF,
            facts={"active": ["JS"]},
            intake__status=IntakeStatus.WAITING,
        )

        assert run_at(NOW) == NOTHING | {"kept_apart": 1}

    intake = again(acting)
    assert (intake.status, intake.reason) == ("quarantined", "active_content")
    assert (intake.scanner_said, intake.scanned_at) == ("", NOW)


def test_files_wait_while_the_scanner_is_away_and_come_soon_after(settings: object) -> None:
    port = processes.free_port()
    settings.CLAMD_URL = f"tcp://{processes.LOOPBACK}:{port}"
    first, second = (
        a_file(jpeg(comment=name), status=IntakeStatus.WAITING) for name in (b"1", b"2")
    )
    drawable = a_file(jpeg(comment=b"3"))
    waits, at = [], NOW
    for _try in range(7):
        # One is asked about; the other does not wait for a second refusal.
        Intake.objects.filter(file=second).update(next_try_at=NOW + timedelta(days=1))
        assert run_at(at)["waiting"] == 1
        waits.append(int((again(first).next_try_at - at).total_seconds()))
        at = again(first).next_try_at
    Intake.objects.filter(file=second).update(next_try_at=at, claimed_at=None)
    assert run_at(at)["waiting"] == 1

    drawn(drawable)
    for stored in (first, second):
        assert again(stored).status == IntakeStatus.WAITING
        assert not again(stored).is_accepted
    assert waits == [5, 10, 20, 40, 60, 60, 60]
    assert again(second).last_error.startswith("ScannerAway: clamd does not answer")

    with services.clamd(port=port):
        assert run_at(at + timedelta(seconds=60)) == NOTHING | {"let_pass": 2, "ready": 2}
    drawn(first)
    drawn(second)


def test_a_file_that_the_scanner_does_not_take_waits_and_holds_nobody_up(settings: object) -> None:
    large = a_file(jpeg_of_size(1_500_000), status=IntakeStatus.WAITING)
    small = a_file(jpeg(), status=IntakeStatus.WAITING)
    with services.clamd(largest="1M") as clamd:
        settings.CLAMD_URL = clamd.unix
        assert drain() == NOTHING | {"waiting": 1, "let_pass": 1, "ready": 1}

    drawn(small)
    assert again(large).status == IntakeStatus.WAITING
    assert "StreamMaxLength must be at least 50M" in again(large).last_error


def test_what_waited_for_a_scanner_that_was_taken_away_is_drawn(settings: object) -> None:
    settings.CLAMD_URL = ""
    stored = a_file(jpeg(), status=IntakeStatus.WAITING)

    assert drain() == NOTHING | {"let_pass": 1, "ready": 1}
    assert again(stored).scanned_at is None


# ---- Health ----------------------------------------------------------------------------------


def test_the_backlog_tells_the_age_of_the_oldest_and_what_is_stuck() -> None:
    StoredFileFactory(ready=True)
    assert backlog(at=NOW) == {
        "oldest_due_seconds": 0.0,
        "waiting_for_scanner": 0,
        "leases_over": 0,
        "failing": 0,
        "without_preview": 0,
    }
    soon = NOW + timedelta(minutes=1)
    a_file(b"1", next_try_at=NOW - timedelta(seconds=30), last_error="broken")
    a_file(b"2", status=IntakeStatus.CLAIMED, lease_until=NOW)
    a_file(b"3", status=IntakeStatus.FAILED)
    a_file(b"4", next_try_at=soon)
    assert backlog(at=NOW) == {
        "oldest_due_seconds": 30.0,
        "waiting_for_scanner": 0,
        "leases_over": 1,
        "failing": 1,
        "without_preview": 1,
    }


def test_a_scanner_that_is_away_is_seen_however_often_it_was_asked(
    client: Client, clock: object
) -> None:
    a_file(b"1", status=IntakeStatus.WAITING, next_try_at=NOW + timedelta(minutes=11))
    clock.shift(timedelta(minutes=10))
    assert client.get("/healthz/progress/").status_code == 200

    clock.shift(timedelta(seconds=1))
    answer = client.get("/healthz/progress/")

    assert (answer.status_code, answer.json()["ok"]) == (503, False)
    assert answer.json()["files"]["oldest_due_seconds"] == 601.0
    assert answer.json()["files"]["waiting_for_scanner"] == 1
