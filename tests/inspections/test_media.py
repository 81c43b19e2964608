"""Files of items: added, described, taken away, counted."""

from datetime import timedelta

import pytest
from django.db import connection

from inspections.models import ItemMedia
from inspections.services import locking
from inspections.services import media as service
from shopdisputes.transitions import NotYourTransition
from shopdisputes.uploads import services as uploads
from shopdisputes.uploads.models import StoredFile
from tests import media
from tests.factories import NOW, ItemMediaFactory
from tests.inspections import stages
from tests.inspections.stages import CUSTOMER, DESK, TECHNICIAN, add, item_of

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def inspection(db):
    return stages.begun()


@pytest.fixture
def bumper(inspection):
    return item_of(inspection, "bumper_front")


def test_a_photo_is_kept_beside_its_item(bumper):
    photo = add(bumper, shot=2, caption=" The left corner. ")

    assert (photo.item, photo.shot, photo.caption) == (bumper, 2, "The left corner.")
    assert (photo.source, photo.added_at, photo.added_by) == ("camera", NOW, "Theo Technician")
    assert (photo.file.kind, photo.file.name) == ("image/jpeg", "photo.jpg")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (media.png, "image/png"),
        (media.pdf, "application/pdf"),
        (media.mp4, "video/mp4"),
    ],
)
def test_all_four_kinds_are_taken(bumper, content, kind):
    assert add(bumper, content()).file.kind == kind


def test_what_is_none_of_them_is_refused(bumper):
    before = stages.everything()
    with pytest.raises(uploads.WrongType):
        add(bumper, b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    assert stages.everything() == before
    assert not StoredFile.objects.exists()


def test_the_same_bytes_again_are_the_same_row(bumper):
    first = add(bumper, caption="First")
    again = add(bumper, caption="Second", at=LATER)

    assert again == first
    assert (again.caption, again.added_at) == ("First", NOW)
    assert ItemMedia.objects.count() == 1


def test_the_same_bytes_may_stand_beside_another_item(inspection, bumper):
    first = add(bumper)
    second = add(item_of(inspection, "lights"))
    assert (first.file, ItemMedia.objects.count()) == (second.file, 2)


def test_what_was_taken_away_may_come_again(bumper):
    first = add(bumper)

    service.remove(media=first, by=DESK, at=LATER)
    second = add(bumper, at=LATER)

    first.refresh_from_db()
    assert (first.removed_at, first.removed_by) == (LATER, "Ada Advisor")
    assert second != first
    assert list(bumper.media.shown()) == [second]
    assert stages.told_by(bumper.inspection, "inspection.media_removed") == {
        "number": bumper.inspection.number,
        "stage": "check_in",
        "item": "Front bumper",
        "file": "photo.jpg",
        "sha256": first.file.sha256,
    }
    with pytest.raises(service.MediaGone):
        service.remove(media=first, by=DESK, at=LATER)


def test_refuses_an_angle_that_the_item_does_not_have(bumper):
    for wrong in ({"shot": 0}, {"shot": 3}, {"caption": "c" * 201}):
        with pytest.raises(service.MediaRefused) as refusal:
            add(bumper, **wrong)
        assert set(refusal.value.fields) == set(wrong)
    assert not StoredFile.objects.exists()


def test_refuses_the_sixty_first_file(bumper):
    gone = ItemMediaFactory(item=bumper, removed_at=NOW)
    assert gone.removed_at
    for _number in range(60):
        ItemMediaFactory(item=bumper)

    with pytest.raises(service.TooManyFiles):
        add(bumper)

    assert bumper.media.shown().count() == 60


def test_what_a_file_shows_can_be_said_later(bumper):
    photo = add(bumper, shot=1)

    told = service.describe(media=photo, caption=" Scratch ", shot=None, by=DESK, at=LATER)
    assert (told.caption, told.shot) == ("Scratch", None)

    with pytest.raises(service.MediaRefused):
        service.describe(media=photo, caption="", shot=3, by=DESK, at=LATER)
    service.remove(media=photo, by=DESK, at=LATER)
    with pytest.raises(service.MediaGone):
        service.describe(media=photo, caption="", shot=1, by=DESK, at=LATER)


def test_refuses_who_is_not_of_the_staff(bumper):
    with pytest.raises(NotYourTransition):
        add(bumper, by=CUSTOMER)
    assert not StoredFile.objects.exists()


def test_nothing_is_added_or_taken_away_after_completion():
    inspection = stages.complete(stages.looked())
    bumper = item_of(inspection, "bumper_front")
    photo = bumper.media.get()
    before = stages.everything()

    for act in (
        lambda: add(bumper),
        lambda: service.remove(media=photo, by=TECHNICIAN, at=NOW),
        lambda: service.describe(media=photo, caption="x", shot=None, by=TECHNICIAN, at=NOW),
    ):
        with pytest.raises(locking.NotInProgress):
            act()

    assert stages.everything() == before


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_a_file_is_stored(bumper, monkeypatch):
    seen = []
    store = uploads.store

    def watching(**asked):
        seen.append(connection.in_atomic_block)
        return store(**asked)

    monkeypatch.setattr(uploads, "store", watching)
    add(bumper)

    assert seen == [False]


def test_what_an_inspection_holds_is_counted_in_one_query(django_assert_num_queries):
    inspection = stages.looked()
    bumper = item_of(inspection, "bumper_front")
    ItemMediaFactory(item=bumper, file__jpeg=True)
    ItemMediaFactory(item=bumper, file__video=True)
    ItemMediaFactory(item=bumper, file__pdf=True)
    ItemMediaFactory(item=bumper, removed_at=NOW)
    other = stages.begun(repair_order=inspection.repair_order)

    with django_assert_num_queries(1):
        found = service.summaries([inspection, other])

    counts = found[inspection.pk]
    assert counts == service.Summary(
        photos=2, videos=1, pdfs=1, items=5, ok=3, attention=1, urgent=1, not_inspected=0
    )
    assert (counts.files, counts.looked_at, counts.findings) == (4, 5, 2)
    assert found[other.pk] == service.Summary(items=5)
    assert service.summary(inspection) == counts
