"""What must always hold of inspections, and how it is noticed when it does not."""

import pytest

from inspections import invariants
from inspections.models import Acknowledgement, Inspection, InspectionItem, ItemMedia
from shopdisputes.signing.models import Signature
from tests.factories import AcknowledgementFactory, InspectionFactory
from tests.tampering import frozen_rows_thawed

pytestmark = pytest.mark.django_db


def found():
    return list(invariants.broken())


def test_nothing_is_broken_at_any_stage():
    InspectionFactory(looked=True)
    InspectionFactory(completed=True)
    InspectionFactory(answered="disagree")
    lapsed = AcknowledgementFactory().inspection
    Inspection.objects.filter(pk=lapsed.pk).update(status="no_answer")
    assert found() == []


@pytest.mark.parametrize(
    ("model", "change", "said"),
    [
        (Inspection, {"sha256": "0" * 64}, "its hash is not that of what was frozen"),
        (Inspection, {"note": "Other"}, "its rows are not what was frozen"),
        (InspectionItem, {"note": "Other"}, "its rows are not what was frozen"),
        (ItemMedia, {"caption": "Other"}, "its rows are not what was frozen"),
    ],
)
def test_a_completed_one_that_was_changed_is_named(model, change, said):
    inspection = InspectionFactory(completed=True)
    with frozen_rows_thawed():
        model.objects.update(**change)
    assert found() == [f"{inspection.number}: {said}"]


def test_an_item_without_a_result_is_named():
    inspection = InspectionFactory(completed=True)
    with frozen_rows_thawed():
        inspection.items.filter(position=5).update(result="")
    assert f"{inspection.number}: item 5 is not complete" in found()


def test_one_in_progress_that_keeps_what_was_frozen_is_named():
    inspection = InspectionFactory()
    Inspection.objects.update(canonical_json="{}")
    assert found() == [f"{inspection.number}: it is not completed, but something says so"]


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("answered", "it is answered, but there is no signed answer"),
        ("no_answer", "it lapsed, but there is no note of it"),
    ],
)
def test_an_end_without_its_note_is_named(status, said):
    inspection = InspectionFactory(shared=True)
    Inspection.objects.update(status=status)
    assert found() == [f"{inspection.number}: {said}"]


@pytest.mark.parametrize(
    ("model", "change", "said"),
    [
        (Signature, {"subject_sha256": "0" * 64}, "the signature is not under this answer"),
        (Acknowledgement, {"answer": "agree"}, "the answer's rows are not what was signed"),
        (Acknowledgement, {"remarks": "Nothing."}, "the answer's rows are not what was signed"),
        (Inspection, {"status": "shared"}, "there is a signed answer, but it is shared"),
    ],
)
def test_a_signed_answer_that_was_changed_is_named(model, change, said):
    inspection = InspectionFactory(answered="disagree")
    with frozen_rows_thawed():
        model.objects.update(**change)
    assert found() == [f"{inspection.number}: {said}"]
