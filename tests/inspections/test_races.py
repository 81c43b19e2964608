"""Two people at one car at once: nobody waits without need, nothing changes after completion."""

from contextlib import nullcontext
from decimal import Decimal

import pytest
from django.db import IntegrityError

from inspections import documents, snapshot
from inspections.models import Inspection
from inspections.services import citing, completing, locking
from inspections.services import media as media_service
from shopdisputes.canonical import canonical_json
from shopdisputes.customers.models import Customer
from tests.factories import NOW, InspectionFactory
from tests.inspections import stages
from tests.inspections.stages import add, complete, item_of, see
from tests.races import overtake, without_locks

pytestmark = pytest.mark.django_db(transaction=True)

AUDIT = "shopdisputes.audit.services.record"
WRITE = "inspections.services.recording._write"


def is_as_frozen(inspection):
    """Whether a completed inspection's rows say what was frozen."""
    inspection = Inspection.objects.with_everything().get(pk=inspection.pk)
    if inspection.status != "completed":
        return True
    return canonical_json(snapshot.facts_of(inspection)) == inspection.canonical_json


def test_two_phones_record_different_items_without_waiting():
    inspection = stages.begun()
    lights, tyre = item_of(inspection, "lights"), item_of(inspection, "tyre_front_left")

    waited = []

    def second():
        see(tyre, measurement=Decimal("2"))
        # Still uncommitted: the first one stands before its own write.
        waited.append(item_of(inspection, "lights").result)

    overtake(lambda: see(lights, "ok"), second, pause_in=WRITE)

    assert waited == [""]
    assert item_of(inspection, "lights").result == "ok"
    assert item_of(inspection, "tyre_front_left").result == "attention"


def test_of_two_at_one_item_the_last_is_right_and_named():
    inspection = stages.begun()
    lights = item_of(inspection, "lights")

    first, second = overtake(
        lambda: see(lights, "ok", internal_note="Checked."),
        lambda: see(lights, "urgent", note="Broken."),
        pause_in=WRITE,
    )

    assert (first.exception(), second.exception()) == (None, None)
    lights.refresh_from_db()
    assert (lights.result, lights.note, lights.internal_note) == (
        "urgent",
        "Broken.",
        "Checked.",
    )


def late_record(inspection):
    return overtake(
        lambda: complete(inspection),
        lambda: see(item_of(inspection, "lights"), "urgent", note="Broken."),
        pause_in=AUDIT,
    )


def test_what_comes_while_it_is_completed_is_refused():
    inspection = stages.looked()

    first, second = late_record(inspection)

    assert first.result().status == "completed"
    assert isinstance(second.exception(), locking.NotInProgress)
    assert is_as_frozen(inspection)


def test_without_locks_the_wall_of_the_database_still_stands():
    inspection = stages.looked()
    with without_locks():
        first, second = overtake(
            lambda: see(item_of(inspection, "lights"), "urgent", note="Broken."),
            lambda: complete(inspection),
            pause_in=WRITE,
        )

    assert second.result().status == "completed"
    assert isinstance(first.exception(), IntegrityError)
    assert "frozen" in str(first.exception())
    assert is_as_frozen(inspection)


def test_completion_waits_for_who_is_still_writing():
    inspection = stages.looked()

    first, second = overtake(
        lambda: see(item_of(inspection, "lights"), "urgent", note="Broken."),
        lambda: complete(inspection),
        pause_in=WRITE,
    )

    assert first.result().result == "urgent"
    assert '"note":"Broken."' in second.result().canonical_json
    assert is_as_frozen(inspection)


def add_while_it_is_completed(inspection):
    return overtake(
        lambda: complete(inspection),
        lambda: add(item_of(inspection, "lights")),
        pause_in=AUDIT,
    )


def test_a_file_that_arrives_too_late_is_refused():
    inspection = stages.looked()

    first, second = add_while_it_is_completed(inspection)

    assert first.result().status == "completed"
    assert isinstance(second.exception(), locking.NotInProgress)
    assert is_as_frozen(inspection)


def test_the_same_without_locks_adds_to_what_was_frozen():
    inspection = stages.looked()
    with without_locks():
        _first, second = add_while_it_is_completed(inspection)
    assert second.exception() is None
    assert not is_as_frozen(inspection)


def remove_the_proof_while_it_is_completed(inspection):
    photo = item_of(inspection, "bumper_front").media.get()
    return overtake(
        lambda: media_service.remove(media=photo, by=stages.TECHNICIAN, at=stages.NOW),
        lambda: complete(inspection),
        pause_in=AUDIT,
    )


def test_a_photo_that_is_taken_away_meanwhile_is_missed():
    inspection = stages.looked()

    _first, second = remove_the_proof_while_it_is_completed(inspection)

    assert isinstance(second.exception(), completing.Incomplete)
    assert Inspection.objects.get().status == "in_progress"


def send_the_same_photo_twice(lights):
    return overtake(
        lambda: add(lights), lambda: add(lights), pause_in="inspections.services.media._need_room"
    )


def test_two_who_send_the_same_photo_add_one():
    lights = item_of(stages.begun(), "lights")

    first, second = send_the_same_photo_twice(lights)

    assert first.result() == second.result()
    assert lights.media.shown().count() == 1


def test_the_same_without_locks_fails_for_one_of_them():
    lights = item_of(stages.begun(), "lights")
    with without_locks():
        first, second = send_the_same_photo_twice(lights)
    # The first one asked before the second one's row was there; the database says no.
    assert second.exception() is None
    assert isinstance(first.exception(), IntegrityError)


def test_what_is_opened_again_in_this_moment_is_not_cited():
    inspection = stages.complete(stages.looked())

    first, second = overtake(
        lambda: completing.reopen(inspection=inspection, by=stages.TECHNICIAN, at=stages.NOW),
        lambda: citing.cite(inspection=inspection, at=stages.NOW),
        pause_in=AUDIT,
    )

    assert first.result().status == "in_progress"
    assert isinstance(second.exception(), citing.NotFinished)
    assert Inspection.objects.get().cited_at is None


@pytest.mark.parametrize("locks", [True, False])
def test_two_clicks_make_one_comparison(locks):
    before = InspectionFactory(completed=True)
    after = InspectionFactory(repair_order=before.repair_order, stage="check_out", completed=True)

    def make():
        return documents.comparison(
            *(Inspection.objects.with_everything().get(pk=each.pk) for each in (before, after)),
            at=NOW,
        )

    with nullcontext() if locks else without_locks():
        first, second = overtake(make, make, pause_in="shopdisputes.documents.queueing.enqueue")

    assert (first.result() == second.result()) is locks
    # What says something else is another paper.
    Customer.objects.update(name="Marie Lefèvre")
    assert make() not in (first.result(), second.result())
