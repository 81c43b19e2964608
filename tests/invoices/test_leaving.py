"""The vehicle leaves: against payment, or because a manager says why not."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.db import IntegrityError
from PIL import Image, ImageDraw

from inspections.states import Stage
from invoices.models import HandOver
from invoices.services import leaving, storage_billing
from invoices.services.leaving import ApprovalNeeded, HandOverRefused, SignedHere
from invoices.services.signatures import NotSignable
from invoices.states import CollectorAuthority, PaymentState
from shopdisputes.actors import Actor, Role
from shopdisputes.audit.models import AuditEvent
from shopdisputes.canonical import sha256_hex
from shopdisputes.documents.models import Document
from shopdisputes.errors import DomainError
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.repairorders.services import ReasonMissing, RepairOrderNotOpen
from shopdisputes.repairorders.states import RepairOrderStatus
from shopdisputes.signing.models import Signature
from shopdisputes.signing.services import DrawnSignature, SignatureImageRefused
from shopdisputes.transitions import NotYourTransition
from tests.factories import (
    ADVISOR,
    NOW,
    HandOverFactory,
    InspectionFactory,
    InvoiceFactory,
    PaymentFactory,
    RepairOrderFactory,
    StorageNoticeFactory,
    authorized_order,
)

MANAGER = Actor(role=Role.MANAGER, name="Mia Manager")
TECHNICIAN = Actor(role=Role.TECHNICIAN, name="Theo Technician")

pytestmark = pytest.mark.django_db


def drawing() -> bytes:
    picture = Image.new("RGB", (300, 100), "white")
    ImageDraw.Draw(picture).line([(10, 80), (150, 20), (290, 70)], fill="black", width=4)
    file = BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def hand_over(order: RepairOrder, *, by: Actor = ADVISOR, **facts: Any) -> HandOver:
    told = {
        "happened_at": NOW,
        "odometer": 84_012,
        "collected_by": " Camille  Durand ",
        "authority": CollectorAuthority.CUSTOMER,
        "identity_checked": True,
        "items_returned": "Two keys, old brake pads",
        "remarks": "The radio crackles.",
    }
    return leaving.hand_over(repair_order=order, **(told | facts), by=by, at=NOW)


def signed(**facts: Any) -> SignedHere:
    told = {
        "signer_name": "Camille Durand",
        "drawn": DrawnSignature(image=drawing()),
        "consent": True,
        "signer_timezone": "Europe/Paris",
        "language": "en",
    }
    return SignedHere(**(told | facts))


def refused(error: type[DomainError], act: Callable[[], Any]) -> DomainError:
    with pytest.raises(error) as caught:
        act()
    assert not HandOver.objects.exists()
    assert not RepairOrder.objects.exclude(closed_at=None).exists()
    assert not OutgoingEmail.objects.filter(kind="hand_over_copy").exists()
    assert not Signature.objects.filter(act=leaving.ACT).exists()
    return caught.value


@pytest.fixture
def order() -> RepairOrder:
    return RepairOrderFactory(opened_at=NOW - timedelta(days=3))


def test_a_paid_vehicle_leaves_and_the_visit_is_over(order: RepairOrder) -> None:
    invoice = InvoiceFactory(repair_order=order, issued=True)
    PaymentFactory(on=invoice, amount="120.00")
    record = hand_over(order)
    record.refresh_from_db()
    assert (record.payment_state, record.balance) == (PaymentState.PAID, Decimal("0.00"))
    assert (record.approved_by, record.approval_reason) == ("", "")
    assert record.collected_by == "Camille Durand"
    order.refresh_from_db()
    assert (order.status, order.closed_at) == (RepairOrderStatus.CLOSED, NOW)
    assert record.document is not None
    mail = OutgoingEmail.objects.get(kind="hand_over_copy")
    assert mail.recipient == order.customer.email
    assert [each.pk for each in mail.attachments.all()] == [record.document_id]
    facts = json.loads(record.canonical_json)
    assert record.sha256 == sha256_hex(record.canonical_json)
    assert facts["payment"]["invoices"] == [
        {"number": invoice.number, "total": "120.00", "owed": "0.00"}
    ]
    events = AuditEvent.objects.filter(repair_order_id=order.pk).order_by("sequence")
    assert [event.action for event in events][-2:] == [
        "vehicle.handed_over",
        "repair_order.closed",
    ]


def test_nothing_was_due_where_nothing_was_authorized(order: RepairOrder) -> None:
    assert hand_over(order).payment_state == PaymentState.NOTHING_DUE


@pytest.mark.parametrize(
    ("paid", "state", "owed"), [("0.00", "unpaid", "120.00"), ("20.00", "part_paid", "100.00")]
)
def test_an_unpaid_vehicle_leaves_only_by_a_managers_word(
    order: RepairOrder, paid: str, state: str, owed: str
) -> None:
    invoice = InvoiceFactory(repair_order=order, issued=True)
    if paid != "0.00":
        PaymentFactory(on=invoice, amount=paid)
    error = refused(
        ApprovalNeeded, lambda: hand_over(order, approval_reason="A good customer for years.")
    )
    assert error.details == {"owed": owed}
    error = refused(ReasonMissing, lambda: hand_over(order, by=MANAGER, approval_reason=" "))
    assert set(error.fields) == {"approval_reason"}
    record = hand_over(order, by=MANAGER, approval_reason="A good customer for years.")
    assert (record.payment_state, record.balance) == (state, Decimal(owed))
    assert (record.approved_by, record.approval_reason) == (
        "Mia Manager",
        "A good customer for years.",
    )


def test_what_is_authorized_and_not_billed_is_owed_less_the_deposit() -> None:
    order = authorized_order()
    paid = leaving.paid_so_far(order)
    assert (paid.state, paid.needs_approval, paid.total) == ("unpaid", True, paid.left)
    refused(ApprovalNeeded, lambda: hand_over(order))
    PaymentFactory(repair_order=order, amount="50.00")
    assert leaving.paid_so_far(order).left == paid.total - Decimal("50.00")
    PaymentFactory(repair_order=order, amount=paid.total)
    assert leaving.paid_so_far(order).state == PaymentState.PAID


def test_an_invoice_over_storage_alone_does_not_let_the_repair_leave_unpaid() -> None:
    order = authorized_order()
    owed = leaving.paid_so_far(order).left
    storage = InvoiceFactory(repair_order=order, kind="storage", issued=True)
    PaymentFactory(on=storage, amount=storage.total)
    assert leaving.paid_so_far(order).left == owed
    refused(ApprovalNeeded, lambda: hand_over(order))


def test_what_was_credited_is_not_owed(order: RepairOrder) -> None:
    invoice = InvoiceFactory(repair_order=order, issued=True)
    PaymentFactory(on=invoice, amount="120.00")
    InvoiceFactory(original=invoice, credit_note=True, total="120.00")
    paid = leaving.paid_so_far(order)
    assert (paid.total, paid.state) == (Decimal("0.00"), PaymentState.NOTHING_DUE)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"collected_by": " … "}, "collected_by"),
        ({"happened_at": NOW + timedelta(minutes=6)}, "happened_at"),
        ({"happened_at": NOW - timedelta(days=4)}, "happened_at"),
    ],
)
def test_a_hand_over_that_cannot_be_is_refused(
    order: RepairOrder, facts: dict[str, Any], field: str
) -> None:
    assert set(refused(HandOverRefused, lambda: hand_over(order, **facts)).fields) == {field}


def test_the_check_out_is_a_finished_one_of_this_visit(order: RepairOrder) -> None:
    running = InspectionFactory(repair_order=order, stage=Stage.CHECK_OUT)
    check_in = InspectionFactory(repair_order=order, completed=True)
    elsewhere = InspectionFactory(stage=Stage.CHECK_OUT, completed=True)
    for wrong in (running, check_in, elsewhere):
        error = refused(HandOverRefused, lambda found=wrong: hand_over(order, check_out=found))
        assert set(error.fields) == {"check_out"}
    right = InspectionFactory(repair_order=order, stage=Stage.CHECK_OUT, completed=True)
    assert hand_over(order, check_out=right).check_out == right


def test_a_vehicle_leaves_once_and_from_the_desk(order: RepairOrder) -> None:
    refused(NotYourTransition, lambda: hand_over(order, by=TECHNICIAN))
    hand_over(order)
    with pytest.raises(RepairOrderNotOpen):
        hand_over(order)
    assert HandOver.objects.count() == 1


def test_who_collects_signs_on_the_shops_device(order: RepairOrder) -> None:
    record = hand_over(order, signed=signed())
    signature = record.signature
    assert signature is not None
    assert (signature.method, signature.evidence_level) == ("drawn", "L2")
    assert (signature.target_id, signature.subject_sha256) == (record.pk, record.sha256)
    assert (signature.witness, signature.link) == ("Ada Advisor", None)
    assert signature.sentence.startswith(f"I have collected the vehicle of repair order {order}")
    document = Document.objects.get(pk=record.document_id)
    assert document.seal_wanted
    assert "Camille Durand" in document.html


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        ({"consent": False}, NotSignable),
        ({"signer_name": "."}, NotSignable),
        ({"drawn": DrawnSignature(image=b"no picture")}, SignatureImageRefused),
    ],
)
def test_what_is_no_signature_hands_nothing_over(
    order: RepairOrder, facts: dict[str, Any], error: type[DomainError]
) -> None:
    refused(error, lambda: hand_over(order, signed=signed(**facts)))


def test_the_storage_clock_stops_on_the_day_the_vehicle_left(order: RepairOrder) -> None:
    notice = StorageNoticeFactory(repair_order=order, sent_at=NOW - timedelta(days=2))
    hand_over(order, happened_at=NOW - timedelta(days=1))
    notice.refresh_from_db()
    assert (notice.stopped_on, notice.stop_reason) == (
        date(2026, 3, 15),
        "The vehicle was collected.",
    )


def test_storage_can_be_billed_after_the_vehicle_left() -> None:
    order = RepairOrderFactory(opened_at=NOW - timedelta(days=20))
    StorageNoticeFactory(repair_order=order, sent_at=NOW - timedelta(days=10))
    hand_over(order)
    draft = storage_billing.draft(repair_order=order, by=ADVISOR, at=NOW + timedelta(days=5))
    assert draft.lines.get().quantity == Decimal("7")


def test_an_unpaid_hand_over_without_approval_is_no_row() -> None:
    with pytest.raises(IntegrityError, match="hand_over_unpaid_is_approved"):
        HandOverFactory(payment_state=PaymentState.UNPAID, balance=Decimal("10.00"))
