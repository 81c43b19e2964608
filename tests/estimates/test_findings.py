"""Lines that cite what was seen on the car."""

import json
from dataclasses import replace
from uuid import uuid4

import pytest

from estimates import findings, invariants
from estimates.models import EstimateLine
from estimates.services import drafting, lines, sending
from inspections.models import Inspection, InspectionItem
from inspections.services import completing, recording
from shopdisputes.documents.models import Document
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.uploads import intake
from tests.estimates.staff import LABOUR as TYPED
from tests.estimates.staff import browser_of, posted, text_of, values_of
from tests.estimates.stages import DESK, LABOUR, PART, draft, send
from tests.factories import NOW, InspectionFactory, RepairOrderFactory, VehicleFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> RepairOrder:
    return RepairOrderFactory()


@pytest.fixture
def scratch(order: RepairOrder) -> InspectionItem:
    """A finding with a photo, of a completed check-in: attention, at the front bumper."""
    return finding_of(InspectionFactory(repair_order=order, completed=True), "bumper_front")


def finding_of(inspection: Inspection, pair_key: str) -> InspectionItem:
    return InspectionItem.objects.select_related("inspection").get(
        inspection=inspection, pair_key=pair_key
    )


def citing(finding: InspectionItem) -> object:
    return replace(LABOUR, finding_id=finding.pk)


def test_offers_what_needs_attention_and_nothing_else(order: RepairOrder) -> None:
    InspectionFactory(repair_order=order, completed=True)
    InspectionFactory(repair_order=order, looked=True)

    offered = findings.citable(shop=order.shop, vehicle=order.vehicle)

    assert [item.pair_key for item in offered] == ["bumper_front", "tyre_front_left"]


def test_offers_nothing_of_another_car(order: RepairOrder) -> None:
    other = VehicleFactory(shop=order.shop, customer=order.customer)
    InspectionFactory(
        repair_order=RepairOrderFactory(shop=order.shop, customer=order.customer, vehicle=other),
        completed=True,
    )

    assert not findings.citable(shop=order.shop, vehicle=order.vehicle).exists()


def test_keeps_what_a_line_cites_through_revisions(
    order: RepairOrder, scratch: InspectionItem
) -> None:
    revision = send(draft(citing(scratch), PART, order=order))

    second = drafting.revise(estimate=revision.estimate, by=DESK, at=NOW)

    assert [line.finding_id for line in second.lines.in_order()] == [scratch.pk, None]


def test_makes_what_was_seen_part_of_what_is_signed(
    order: RepairOrder, scratch: InspectionItem
) -> None:
    revision = send(draft(citing(scratch), PART, order=order))

    cited, plain = json.loads(revision.canonical_json)["estimate"]["lines"]
    photo = scratch.media.get().file
    assert cited["finding"] == {
        "inspection": scratch.inspection.number,
        "inspection_sha256": scratch.inspection.sha256,
        "item": str(scratch.pk),
        "name": {"en": "Front bumper", "fr": "Pare-chocs avant"},
        "result": "attention",
        "measurement": None,
        "unit": "",
        "note": "Scratch, 12 cm.",
        "files": [photo.sha256],
    }
    assert "finding" not in plain
    assert list(invariants.broken()) == []


def test_refuses_what_is_no_finding_of_this_car(order: RepairOrder) -> None:
    for stranger in (
        uuid4(),
        finding_of(InspectionFactory(completed=True), "bumper_front").pk,
        finding_of(InspectionFactory(repair_order=order, completed=True), "lights").pk,
        finding_of(InspectionFactory(repair_order=order, looked=True), "bumper_front").pk,
    ):
        with pytest.raises(lines.LinesRefused) as refusal:
            draft(PART, replace(LABOUR, finding_id=stranger), order=order)
        assert list(refusal.value.fields) == ["lines.1.finding"]
    assert not EstimateLine.objects.exists()


def test_a_copy_for_another_car_cites_nothing(order: RepairOrder, scratch: InspectionItem) -> None:
    revision = draft(citing(scratch), order=order)
    same_car = RepairOrderFactory(shop=order.shop, customer=order.customer, vehicle=order.vehicle)
    other_car = RepairOrderFactory(shop=order.shop)

    copies = [
        drafting.duplicate(estimate=revision.estimate, repair_order=to, by=DESK, at=NOW)
        for to in (same_car, other_car)
    ]

    cited = [copy.lines.get().finding_id for copy in copies]
    assert cited == [scratch.pk, None]


def test_does_not_send_what_cites_an_inspection_that_is_being_changed(
    order: RepairOrder, scratch: InspectionItem
) -> None:
    revision = draft(citing(scratch), order=order)
    completing.reopen(inspection=scratch.inspection, by=DESK, at=NOW)

    with pytest.raises(sending.FindingReopened) as refusal:
        send(revision)

    assert list(refusal.value.fields) == ["lines.0.finding"]
    revision.refresh_from_db()
    assert revision.status == "draft"


def test_a_draft_keeps_its_line_when_what_it_cites_is_taken_off_the_inspection(
    order: RepairOrder,
) -> None:
    inspection = InspectionFactory(repair_order=order, looked=True)
    box = recording.add_item(
        inspection=inspection, section={"en": "Roof"}, name="Roof box", by=DESK, at=NOW
    )
    recording.record(item=box, result="attention", by=DESK, at=NOW)
    inspection = completing.complete(inspection=inspection, needs_proof=False, by=DESK, at=NOW)
    revision = draft(citing(box), order=order)
    completing.reopen(inspection=inspection, by=DESK, at=NOW)

    recording.remove_item(item=box, by=DESK, at=NOW)

    assert revision.lines.get().finding is None


def test_what_was_sent_keeps_its_inspection_from_being_reopened(
    order: RepairOrder, scratch: InspectionItem
) -> None:
    send(draft(citing(scratch), order=order))

    scratch.inspection.refresh_from_db()
    assert scratch.inspection.cited_at == NOW
    with pytest.raises(completing.Cited):
        completing.reopen(inspection=scratch.inspection, by=DESK, at=NOW)
    scratch.inspection.refresh_from_db()
    assert scratch.inspection.status == "completed"


def test_prints_the_photos_beside_the_line(order: RepairOrder, scratch: InspectionItem) -> None:
    intake.drain(clock=lambda: NOW, time_left=lambda: True)

    send(draft(citing(scratch), replace(PART, finding_id=scratch.pk), order=order))

    html = Document.objects.get().html
    assert html.count(f"Seen at inspection {scratch.inspection.number}: Front bumper") == 2
    # The same photo beside two lines would say nothing more.
    assert f"Seen at inspection {scratch.inspection.number}: Front bumper" in html
    assert html.count('class="line-pictures"><img src="data:image/jpeg;base64,') == 1


def test_prints_the_words_alone_while_the_photos_are_being_made(
    order: RepairOrder, scratch: InspectionItem
) -> None:
    send(draft(citing(scratch), order=order))

    html = Document.objects.get().html
    assert "Front bumper" in html
    assert "line-pictures" not in html.partition("</style>")[2]


def test_the_editor_makes_lines_of_findings(order: RepairOrder, scratch: InspectionItem) -> None:
    browser = browser_of(order.shop)
    tyre = finding_of(scratch.inspection, "tyre_front_left")
    address = f"/repair-orders/{order.number}/estimates/new/"

    page = browser.post(
        address,
        posted(TYPED, do="cite", finding=[str(scratch.pk), str(tyre.pk)]),  # type: ignore[arg-type]
    )

    assert values_of(page, "description") == [
        "Replace the front brake pads",
        "Front bumper",
        "Tyre, front left",
    ]
    assert values_of(page, "finding_id") == ["", str(scratch.pk), str(tyre.pk)]
    assert "Because of: Front bumper" in text_of(page)


def test_begins_an_estimate_with_what_was_chosen_on_the_inspection(
    order: RepairOrder, scratch: InspectionItem
) -> None:
    page = browser_of(order.shop).get(
        f"/repair-orders/{order.number}/estimates/new/?finding={scratch.pk}"
    )

    assert values_of(page, "description") == ["Front bumper"]
    assert values_of(page, "finding_id") == [str(scratch.pk)]


def test_takes_a_finding_off_a_line_and_keeps_the_line(
    order: RepairOrder, scratch: InspectionItem
) -> None:
    key = str(uuid4())
    typed = posted(TYPED | {"finding_id": str(scratch.pk)}, keys=[key], do=f"uncite:{key}")

    page = browser_of(order.shop).post(f"/repair-orders/{order.number}/estimates/new/", typed)

    assert values_of(page, "description") == ["Replace the front brake pads"]
    assert values_of(page, "finding_id") == [""]


def test_saves_the_citation_with_the_draft(order: RepairOrder, scratch: InspectionItem) -> None:
    browser_of(order.shop).post(
        f"/repair-orders/{order.number}/estimates/new/",
        posted(TYPED | {"finding_id": str(scratch.pk)}),
    )

    assert EstimateLine.objects.get().finding_id == scratch.pk
