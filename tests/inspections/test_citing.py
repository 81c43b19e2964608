"""Inspections that something sent to a customer cites."""

from datetime import timedelta

import pytest

from inspections.services import citing, completing
from tests.factories import NOW, InspectionFactory
from tests.inspections import stages

pytestmark = pytest.mark.django_db


def test_is_noted_once():
    inspection = InspectionFactory(completed=True)

    assert citing.cite(inspection=inspection, at=NOW)
    assert not citing.cite(inspection=inspection, at=NOW + timedelta(days=1))

    inspection.refresh_from_db()
    assert inspection.cited_at == NOW


def test_refuses_what_is_not_finished():
    running = InspectionFactory()
    discarded = completing.discard(
        inspection=InspectionFactory(completed=True), reason="Wrong car", by=stages.DESK, at=NOW
    )
    before = stages.everything()

    for inspection in (running, discarded):
        with pytest.raises(citing.NotFinished):
            citing.cite(inspection=inspection, at=NOW)

    assert stages.everything() == before
