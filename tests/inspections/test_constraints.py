"""Rows that can never be absurd, and rows that can never change: the database itself refuses."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from inspections.models import (
    Acknowledgement,
    ChecklistItem,
    Inspection,
    ItemRemark,
    RemarkFile,
)
from tests.factories import (
    AcknowledgementFactory,
    ChecklistFactory,
    ChecklistItemFactory,
    ChecklistVersionFactory,
    InspectionFactory,
    InspectionItemFactory,
    ItemMediaFactory,
    ItemRemarkFactory,
    RemarkFileFactory,
    SignatureFactory,
)

pytestmark = pytest.mark.django_db


def refuses(name: str, act: Callable[[], Any]) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        act()


def test_a_ready_made_checklist_is_there_once_a_shop() -> None:
    made = ChecklistFactory(items=None, ready_made="check_in")
    refuses(
        "checklist_ready_made_once_a_shop",
        lambda: ChecklistFactory(shop=made.shop, items=None, ready_made="check_in"),
    )
    ChecklistFactory(items=None, ready_made="check_in")
    ChecklistFactory(shop=made.shop, items=None)


def test_a_version_number_is_given_once_a_checklist() -> None:
    version = ChecklistVersionFactory()
    refuses(
        "checklist_version_number_unique",
        lambda: ChecklistVersionFactory(checklist=version.checklist, number=1),
    )


def test_a_version_has_one_item_at_a_place_and_of_a_pair() -> None:
    item = ChecklistItemFactory(pair_key="lights")
    refuses(
        "checklist_item_position_unique",
        lambda: ChecklistItemFactory(version=item.version, position=item.position),
    )
    refuses(
        "checklist_item_pair_once_a_version",
        lambda: ChecklistItemFactory(version=item.version, pair_key="lights"),
    )
    assert ChecklistItem.objects.count() == 1


def test_a_number_is_given_once_a_shop() -> None:
    inspection = InspectionFactory()
    refuses(
        "inspection_number_unique",
        lambda: InspectionFactory(shop=inspection.shop, number=inspection.number),
    )
    InspectionFactory(number=inspection.number)


@pytest.mark.parametrize("change", [{"sha256": ""}, {"completed_at": None}])
def test_what_is_completed_is_hashed(change: dict[str, Any]) -> None:
    InspectionFactory(completed=True)
    refuses("inspection_completed_is_hashed", lambda: Inspection.objects.update(**change))


@pytest.mark.parametrize("status", ["shared", "answered", "no_answer"])
def test_what_was_shared_has_its_date(status: str) -> None:
    InspectionFactory(completed=True)
    refuses("inspection_shared_has_its_date", lambda: Inspection.objects.update(status=status))


def test_an_inspection_has_one_item_at_a_place() -> None:
    item = InspectionItemFactory()
    refuses(
        "inspection_item_position_unique",
        lambda: InspectionItemFactory(inspection=item.inspection, position=item.position),
    )


def test_what_was_not_inspected_says_why() -> None:
    item = InspectionItemFactory()
    refuses(
        "inspection_item_not_inspected_says_why",
        lambda: InspectionItemFactory(inspection=item.inspection, result="not_inspected"),
    )


def test_a_file_stands_once_beside_an_item() -> None:
    media = ItemMediaFactory()
    refuses("item_media_once_an_item", lambda: ItemMediaFactory(item=media.item, file=media.file))
    media.removed_at = media.added_at
    media.save()
    ItemMediaFactory(item=media.item, file=media.file)


def test_an_inspection_is_answered_once_and_silent_once() -> None:
    silence = AcknowledgementFactory()
    inspection = silence.inspection
    refuses("acknowledgement_silence_once", lambda: AcknowledgementFactory(inspection=inspection))

    def signed() -> Acknowledgement:
        signature = SignatureFactory(shop=inspection.shop)
        return AcknowledgementFactory(inspection=inspection, answer="agree", signature=signature)

    signed()
    refuses("acknowledgement_signed_once", signed)


def test_an_answer_is_signed_and_silence_is_not() -> None:
    inspection = InspectionFactory(shared=True)
    for answer, signature in (("agree", None), ("no_answer", SignatureFactory())):
        refuses(
            "acknowledgement_answers_are_signed",
            lambda: AcknowledgementFactory(
                inspection=inspection,
                answer=answer,  # noqa: B023
                signature=signature,  # noqa: B023
            ),
        )


def test_an_item_is_remarked_upon_once() -> None:
    remark = ItemRemarkFactory()
    refuses(
        "item_remark_once_an_item",
        lambda: ItemRemarkFactory(acknowledgement=remark.acknowledgement, item=remark.item),
    )


def test_a_customers_file_stands_once_about_the_whole_and_about_an_item() -> None:
    whole = RemarkFileFactory()
    again = {"inspection": whole.inspection, "link": whole.link, "file": whole.file}
    refuses("remark_file_once_a_link", lambda: RemarkFileFactory(**again))
    item = whole.inspection.items.in_order()[0]
    RemarkFileFactory(**again, item=item)
    refuses("remark_file_once_an_item", lambda: RemarkFileFactory(**again, item=item))


def test_answers_never_change() -> None:
    remark = ItemRemarkFactory()
    file = RemarkFileFactory(
        inspection=remark.acknowledgement.inspection, acknowledgement=remark.acknowledgement
    )
    refuses("frozen", lambda: Acknowledgement.objects.update(remarks="I agree."))
    refuses("frozen", lambda: ItemRemark.objects.update(text="Fine."))
    refuses("frozen", lambda: RemarkFile.objects.update(removed_at=file.added_at))
    for model in (ItemRemark, RemarkFile):
        refuses("frozen", lambda: model.objects.all()._raw_delete("default"))  # noqa: B023


def test_what_a_customer_was_shown_never_changes() -> None:
    InspectionFactory(shared=True)
    for change in (
        {"note": "Nothing was wrong."},
        {"number": "INS-2026-0099"},
        {"sha256": "0" * 64},
        {"canonical_json": "{}"},
        {"completed_by": "Somebody"},
    ):
        refuses("frozen", lambda: Inspection.objects.update(**change))  # noqa: B023
    assert Inspection.objects.update(status="answered") == 1
