"""A customer stops the repair: recorded, offered, chosen, billed, lifted."""

import json
import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from estimates.states import LineKind
from invoices.models import StopWork, StopWorkFile, WorkItem
from invoices.services import choosing, drafting, offering, stopping, stops
from invoices.services.stops import Proof
from invoices.states import ChoiceMode, Classification, Gap, StopOption, WorkState
from shopdisputes.audit.models import AuditEvent
from shopdisputes.documents.models import DocumentKind
from shopdisputes.evidence import EvidenceLevel
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.outbox.states import EmailStatus
from shopdisputes.repairorders import services as repairorders
from shopdisputes.repairorders.services import ReasonMissing, RepairOrderNotOpen
from shopdisputes.transitions import NotYourTransition
from tests.factories import NOW, InspectionFactory, RepairOrderFactory, StoredFileFactory
from tests.invoices import halted
from tests.invoices.halted import DESK, TECHNICIAN, half_done, ordered, stop

pytestmark = pytest.mark.django_db


def events(row: StopWork) -> list[str]:
    found = AuditEvent.objects.filter(target_id=row.pk).order_by("sequence")
    return list(found.values_list("action", flat=True))


def test_keeps_how_far_every_line_was() -> None:
    order = half_done(ordered())
    halted.note(order, LineKind.REASSEMBLY, state="in_progress")
    row = stop(order)
    assert [(each["state"], each["done_quantity"]) for each in row.work] == [
        ("stopped", "1.500"),
        ("not_started", "0.000"),
        ("done", "1.000"),
        ("stopped", "0.000"),
    ]
    assert row.work[1]["part_state"] == "received"
    assert WorkItem.objects.get(line__kind=LineKind.LABOUR).state == WorkState.STOPPED
    assert events(row) == ["stop.recorded"]
    assert row.option == StopOption.UNDECIDED


def test_takes_how_far_the_lines_are_with_the_stop() -> None:
    order = ordered()
    work = [
        (halted.key_of(order, LineKind.LABOUR), Decimal("1")),
        (halted.key_of(order, LineKind.PART), Decimal("1")),
    ]
    row = stop(order, work=work)
    assert {each["done_quantity"] for each in row.work} == {"1.000", "0"}
    labour, part = WorkItem.objects.order_by("line__position")
    assert (labour.state, part.state) == (WorkState.STOPPED, WorkState.DONE)


def test_a_proof_is_kept_once() -> None:
    order = ordered()
    file = StoredFileFactory(shop=order.shop)
    stop(order, files=[Proof(file=file, sent_as="sms.png"), Proof(file=file, sent_as="sms.png")])
    kept = StopWorkFile.objects.get()
    assert (kept.file, kept.sent_as, kept.added_by) == (file, "sms.png", "Ada Advisor")


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"happened_at": NOW + timedelta(minutes=6)}, "happened_at"),
        ({"channel": "pigeon"}, "channel"),
        ({"safety": "fine"}, "safety"),
        ({"option": "sell"}, "option"),
        ({"reason": "x" * 2001}, "reason"),
        ({"person": "x" * 201}, "person"),
        ({"car_state": "x" * 2001}, "car_state"),
    ],
)
def test_refuses_what_cannot_be_right(facts: dict[str, Any], field: str) -> None:
    order = half_done(ordered())
    with pytest.raises(stops.StopRefused) as refusal:
        stop(order, **facts)
    assert list(refusal.value.fields) == [field]
    assert not StopWork.objects.exists()
    assert WorkItem.objects.get(line__kind=LineKind.LABOUR).state == WorkState.IN_PROGRESS


def test_refuses_work_that_cannot_be() -> None:
    order = ordered()
    key, unknown = halted.key_of(order, LineKind.LABOUR), uuid.uuid4()
    with pytest.raises(stops.StopRefused) as refusal:
        stop(order, work=[(key, Decimal("3.5")), (unknown, Decimal("1"))])
    assert set(refusal.value.fields) == {str(key), str(unknown)}
    assert not WorkItem.objects.exists()


def test_refuses_a_stop_without_reason_authority_or_something_to_stop() -> None:
    order = ordered()
    with pytest.raises(ReasonMissing):
        stop(order, reason="  ")
    with pytest.raises(NotYourTransition):
        stop(order, by=TECHNICIAN)
    with pytest.raises(stops.NothingAuthorized):
        stop(RepairOrderFactory())
    other = InspectionFactory(shop=order.shop)
    with pytest.raises(stops.StopRefused):
        stop(order, inspection=other)
    repairorders.close(repair_order=order, by=DESK, at=NOW)
    with pytest.raises(RepairOrderNotOpen):
        stop(order)
    assert not StopWork.objects.exists()


def test_is_stopped_once_at_a_time() -> None:
    row = halted.stopped()
    with pytest.raises(stops.AlreadyStopped):
        stop(row.repair_order)
    stopping.lift(stop=row, reason="A misunderstanding", by=DESK, at=NOW)
    assert stop(row.repair_order).pk != row.pk


def test_what_was_chosen_in_the_same_breath_is_priced_and_confirmed() -> None:
    row = stop(half_done(ordered()), option="release_as_is")
    row.refresh_from_db()
    assert (row.option, row.choice_mode, row.choice_person) == (
        StopOption.RELEASE_AS_IS,
        ChoiceMode.ORAL,
        "Camille Durand",
    )
    # 1.5 × 60.00 + 60.00 = 150.00 before tax.
    assert row.option_prices == {
        "finish": "576.00",
        "reassemble": "228.00",
        "release_as_is": "180.00",
    }
    assert events(row) == ["stop.recorded", "stop.chosen"]
    assert OutgoingEmail.objects.filter(kind="stop_chosen").count() == 1


def test_to_finish_ends_the_stop_at_once() -> None:
    order = half_done(ordered())
    row = stop(order, option="finish")
    row.refresh_from_db()
    assert row.lifted_at == NOW
    assert stopping.in_force(order) is None
    assert WorkItem.objects.get(line__kind=LineKind.LABOUR).state == WorkState.IN_PROGRESS
    with pytest.raises(stopping.NotStopped):
        stopping.lines_to_bill(order, NOW)


def test_the_offer_is_priced_frozen_and_mailed() -> None:
    row = halted.offered(note="The tow truck costs 90 euros.")
    offer = json.loads(row.canonical_json)
    assert [(each["option"], each["total"]) for each in offer["options"]] == [
        ("finish", "576.00"),
        ("reassemble", "228.00"),
        ("release_as_is", "180.00"),
    ]
    assert offer["note"] == "The tow truck costs 90 euros."
    assert (row.offered_at, row.offered_to) == (NOW, row.repair_order.customer.email)
    assert row.document.kind == DocumentKind.STOP_WORK
    link = halted.link_of(row)
    assert (link.purpose, link.recipient) == (LinkPurpose.STOP, row.offered_to)
    assert OutgoingEmail.objects.get(kind="stop_options").target_id == row.pk
    assert events(row) == ["stop.recorded", "stop.offered"]


def test_offering_again_replaces_what_was_offered() -> None:
    row = halted.offered()
    first = halted.link_of(row)
    halted.note(row.repair_order, LineKind.PART, part_state="returned")
    again = halted.offered(row)
    first.refresh_from_db()
    assert first.revoked_at == NOW
    assert AccessLink.objects.filter(target_id=row.pk, revoked_at=None).count() == 1
    mails = OutgoingEmail.objects.filter(kind="stop_options").order_by("created_at")
    assert sorted(mail.status for mail in mails) == [EmailStatus.QUEUED, EmailStatus.WITHDRAWN]
    assert again.sha256


def test_nobody_is_mailed_without_an_address() -> None:
    row = halted.stopped()
    customer = row.repair_order.customer
    customer.email = ""
    customer.save(update_fields=["email"])
    with pytest.raises(stops.NoAddress):
        halted.offered(row)
    row.refresh_from_db()
    assert row.offered_at is None
    link = offering.open_in_person(stop=row, by=DESK, at=NOW)
    assert (link.purpose, link.recipient) == (LinkPurpose.STOP_IN_PERSON, "")
    row.refresh_from_db()
    assert row.offered_at == NOW


def test_the_choice_is_signed_sealed_and_mailed() -> None:
    row = halted.choose(halted.offered(), "reassemble")
    row.refresh_from_db()
    signature = row.signature
    assert (row.option, row.choice_mode, row.choice_person) == (
        StopOption.REASSEMBLE,
        ChoiceMode.ELECTRONIC,
        "Camille Durand",
    )
    assert (signature.evidence_level, signature.subject_sha256) == (EvidenceLevel.L1, row.sha256)
    assert "228" in signature.sentence
    assert row.signed_document.kind == DocumentKind.SIGNED_STOP_WORK
    assert events(row) == ["stop.recorded", "stop.offered", "stop.chosen"]
    assert OutgoingEmail.objects.get(kind="stop_options").status == EmailStatus.WITHDRAWN
    assert OutgoingEmail.objects.filter(kind="stop_chosen").count() == 1


def test_the_second_tap_of_a_double_one_signs_once() -> None:
    row = halted.offered()
    first = halted.choose(row, "reassemble")
    again = halted.choose(row, "reassemble")
    assert again.signature_id == first.signature_id
    with pytest.raises(stops.AlreadyChosen):
        halted.choose(row, "finish")
    row.refresh_from_db()
    assert row.option == StopOption.REASSEMBLE


def test_who_saw_other_prices_chooses_nothing() -> None:
    row = halted.offered()
    with pytest.raises(choosing.OfferChanged):
        halted.choose(row, stop_sha256="0" * 64)
    row.refresh_from_db()
    assert (row.chosen_at, row.signature) == (None, None)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"option": "undecided"}, "option"),
        ({"option": "sell"}, "option"),
        ({"consent": False}, "consent"),
        ({"signer_name": " . "}, "signer_name"),
        ({"signer_name": "x" * 201}, "signer_name"),
    ],
)
def test_an_incomplete_choice_is_refused(facts: dict[str, Any], field: str) -> None:
    row = halted.offered()
    with pytest.raises(choosing.ChoiceRefused) as refusal:
        halted.choose(row, **facts)
    assert list(refusal.value.fields) == [field]
    row.refresh_from_db()
    assert row.chosen_at is None


def test_a_choice_on_paper_is_written_down_with_its_proof() -> None:
    row = halted.stopped()
    file = StoredFileFactory(shop=row.shop)
    choosing.record_choice(
        stop=row,
        option="release_as_is",
        mode="paper",
        person="Camille Durand",
        note="Signed at the desk",
        files=[Proof(file=file, sent_as="choice.pdf")],
        by=DESK,
        at=NOW,
    )
    row.refresh_from_db()
    assert (row.option, row.choice_mode, row.recorded_choice_by, row.signature) == (
        StopOption.RELEASE_AS_IS,
        ChoiceMode.PAPER,
        "Ada Advisor",
        None,
    )
    assert row.option_prices["release_as_is"] == "180.00"
    assert row.files.get().sent_as == "choice.pdf"


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"option": "undecided"}, "option"),
        ({"mode": "electronic"}, "mode"),
        ({"person": " "}, "person"),
        ({"person": "x" * 201}, "person"),
        ({"note": "x" * 501}, "note"),
    ],
)
def test_staff_cannot_write_down_half_a_choice(facts: dict[str, Any], field: str) -> None:
    row = halted.stopped()
    told: dict[str, Any] = {"option": "finish", "mode": "oral", "person": "Camille"}
    with pytest.raises(choosing.ChoiceRefused) as refusal:
        choosing.record_choice(stop=row, **told | facts, by=DESK, at=NOW)
    assert list(refusal.value.fields) == [field]
    row.refresh_from_db()
    assert row.chosen_at is None


def test_what_is_billed_is_the_price_that_was_chosen() -> None:
    row = halted.choose(halted.offered(), "reassemble")
    lines = stopping.lines_to_bill(row.repair_order, NOW)
    assert [(line.classification, line.quantity, line.net) for line in lines] == [
        (Classification.LABOUR_PERFORMED, Decimal("1.5"), Decimal("90.00")),
        (Classification.NOT_PERFORMED, Decimal("0"), Decimal("0")),
        (Classification.TEARDOWN, Decimal("1"), Decimal("60.00")),
        (Classification.REASSEMBLY, Decimal("1"), Decimal("40.00")),
    ]
    assert lines[0].note == "1.5 of 3 done."
    assert "asked us by phone" in stopping.explanation_for(row.repair_order)


def test_what_was_not_announced_comes_to_nothing_where_the_rules_ask_for_it() -> None:
    order = ordered(lines=[line for line in halted.CLUTCH if line["kind"] != LineKind.TEARDOWN])
    order.profile["teardown_disclosure"] = True
    order.save(update_fields=["profile"])
    halted.note(order, LineKind.LABOUR, done_quantity=Decimal("1.5"))
    halted.note(order, LineKind.PART, part_state="destroyed")
    row = stop(order, option="reassemble")
    lines = stopping.lines_to_bill(order, NOW)
    assert [(line.net, line.gaps) for line in lines] == [
        (Decimal("90.00"), ()),
        (0, (Gap.NOT_DISCLOSED,)),
        (0, (Gap.NOT_DISCLOSED,)),
    ]
    assert row.option_prices["reassemble"] == "108.00"


def test_a_stop_that_is_billed_cannot_be_lifted() -> None:
    row = halted.choose(halted.offered(), "release_as_is")
    drafting.draft(
        repair_order=row.repair_order, kind="partial_repair", due_on=None, by=DESK, at=NOW
    )
    with pytest.raises(stops.PartlyBilled):
        stopping.lift(stop=row, reason="He wants it after all", by=DESK, at=NOW)
    row.refresh_from_db()
    assert row.lifted_at is None


def test_lifting_lets_the_work_go_on_and_needs_a_reason() -> None:
    row = halted.offered()
    with pytest.raises(ReasonMissing):
        stopping.lift(stop=row, reason=" ", by=DESK, at=NOW)
    stopping.lift(stop=row, reason="He wants it after all", by=DESK, at=NOW)
    with pytest.raises(stops.Lifted):
        stopping.lift(stop=row, reason="Again", by=DESK, at=NOW)
    with pytest.raises(stops.Lifted):
        halted.choose(row)
    assert WorkItem.objects.get(line__kind=LineKind.LABOUR).state == WorkState.IN_PROGRESS
    assert halted.note(row.repair_order, LineKind.LABOUR, state="done").state == WorkState.DONE


def test_the_state_of_the_car_is_corrected_until_the_customer_has_chosen() -> None:
    row = halted.stopped()
    stopping.describe(
        stop=row, car_state="Gearbox out", safety="unsafe", inspection=None, by=DESK, at=NOW
    )
    row.refresh_from_db()
    assert (row.car_state, row.safety) == ("Gearbox out", "unsafe")
    halted.choose(halted.offered(row))
    with pytest.raises(stops.AlreadyChosen):
        stopping.describe(stop=row, car_state="", safety="safe", inspection=None, by=DESK, at=NOW)
