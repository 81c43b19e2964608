"""The Django admin: everything of inspections can be found and read, and nothing changed."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from inspections.models import Acknowledgement, Inspection, ItemRemark, RemarkFile
from tests.factories import (
    AcknowledgementFactory,
    AdministratorFactory,
    InspectionFactory,
    ItemRemarkFactory,
    RemarkFileFactory,
)

pytestmark = pytest.mark.django_db

MODELS = (
    "checklist",
    "checklistversion",
    "checklistitem",
    "inspection",
    "inspectionitem",
    "itemmedia",
    "acknowledgement",
    "itemremark",
    "remarkfile",
)


@pytest.fixture
def administrator() -> Client:
    client = Client()
    client.force_login(AdministratorFactory(), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def life() -> dict[str, Any]:
    """Every kind of row once: a shared inspection and what the customer said to it."""
    inspection = InspectionFactory(shared=True)
    item = inspection.items.get(pair_key="bumper_front")
    version = inspection.version
    acknowledgement = AcknowledgementFactory(inspection=inspection)
    return {
        "checklist": version.checklist,
        "checklistversion": version,
        "checklistitem": version.items.first(),
        "inspection": inspection,
        "inspectionitem": item,
        "itemmedia": item.media.get(),
        "acknowledgement": acknowledgement,
        "itemremark": ItemRemarkFactory(acknowledgement=acknowledgement, item=item),
        "remarkfile": RemarkFileFactory(inspection=inspection),
    }


def test_everything_is_searched_and_read_and_has_no_second_door(
    administrator: Client, life: dict[str, Any]
) -> None:
    for name in MODELS:
        listed = administrator.get(reverse(f"admin:inspections_{name}_changelist"), {"q": "e"})
        assert listed.status_code == 200, name
        page = administrator.get(reverse(f"admin:inspections_{name}_change", args=[life[name].pk]))
        assert page.status_code == 200, name
        assert b'name="_save"' not in page.content, name
        for path in ("change", "delete"):
            url = reverse(f"admin:inspections_{name}_{path}", args=[life[name].pk])
            assert administrator.post(url, {"post": "yes", "note": "x"}).status_code == 403, name
        assert administrator.get(reverse(f"admin:inspections_{name}_add")).status_code == 403, name
    assert Inspection.objects.get().status == "shared"
    assert Acknowledgement.objects.get().answer == "no_answer"
    assert ItemRemark.objects.count() == RemarkFile.objects.count() == 1


def test_an_inspection_is_found_by_its_number_its_hash_and_its_customer(
    administrator: Client, life: dict[str, Any]
) -> None:
    inspection = life["inspection"]
    url = reverse("admin:inspections_inspection_changelist")

    for words in (
        inspection.number,
        inspection.sha256,
        inspection.repair_order.customer.name,
        inspection.repair_order.number,
    ):
        assert administrator.get(url, {"q": words}).context["cl"].result_count == 1, words
    assert administrator.get(url, {"q": "nobody"}).context["cl"].result_count == 0
    assert administrator.get(url, {"status": "discarded"}).context["cl"].result_count == 0


def test_the_page_of_an_inspection_shows_what_was_frozen(
    administrator: Client, life: dict[str, Any]
) -> None:
    page = administrator.get(
        reverse("admin:inspections_inspection_change", args=[life["inspection"].pk])
    ).content.decode()

    assert life["inspection"].sha256 in page
    assert "Front bumper" in page
    assert "No answer" in page
