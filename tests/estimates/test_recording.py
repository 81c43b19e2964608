"""Answers that staff write down: every fact of DOMAIN, and nothing claimed beyond it."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from estimates import ledger
from estimates.models import Authorization, Estimate, EstimateRevision, LineAnswer
from estimates.services import answering, recording, sending
from estimates.services.sending import Expired
from estimates.states import AuthorizationMode, RevisionStatus
from shopdisputes.audit.models import AuditEvent
from shopdisputes.evidence import EvidenceLevel
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.repairorders import services as repair_orders
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.repairorders.services import RepairOrderNotOpen
from shopdisputes.transitions import IllegalTransition, NotYourTransition
from tests.estimates import stages
from tests.estimates.stages import BRAKES, CUSTOMER, DESK, LATER, NO, PART, TECHNICIAN, YES, refused
from tests.factories import NOW, CustomerFactory, RepairOrderFactory, ShopFactory, VehicleFactory

pytestmark = pytest.mark.django_db

DISCS = replace(PART, description="Front brake discs, pair", unit_price=Decimal("120.00"))


def test_an_oral_answer_keeps_who_how_when_why_and_how_much() -> None:
    revision = stages.sent()
    said_at = NOW - timedelta(minutes=20)
    authorization = stages.record(
        revision, YES, LATER, said_at=said_at, witness=" Wim  Witness ", person=" Camille  Durand"
    )
    authorization.refresh_from_db()
    assert (authorization.mode, authorization.evidence_level) == ("oral", EvidenceLevel.L0)
    assert authorization.person == "Camille Durand"
    assert authorization.contact == "+33612345678"
    assert (authorization.at, authorization.recorded_at) == (said_at, NOW)
    assert authorization.reason == "The discs are worn as well."
    assert (authorization.recorded_by, authorization.witness) == ("Ada Advisor", "Wim Witness")
    assert (authorization.added_amount, authorization.new_total) == (
        Decimal("172.80"),
        Decimal("172.80"),
    )
    assert authorization.objection_until == NOW + timedelta(hours=24)
    assert authorization.signature is None
    assert authorization.document is None
    revision.refresh_from_db()
    assert revision.status == RevisionStatus.ANSWERED
    assert Estimate.objects.get().status == RevisionStatus.ANSWERED


def test_is_told_in_the_trail_with_all_its_facts() -> None:
    revision = stages.sent()
    authorization = stages.record(revision, YES, NO)
    event = AuditEvent.objects.get(action="estimate.authorization_recorded")
    assert event.target_id == revision.estimate_id
    assert event.data["authorization"] == str(authorization.pk)
    assert event.data["mode"] == "oral"
    assert event.data["person"] == "Camille Durand"
    assert event.data["contact"] == "+33612345678"
    assert event.data["reason"] == "The discs are worn as well."
    assert (event.data["added"], event.data["new_total"]) == ("172.80", "172.80")
    assert event.data["revision_sha256"] == revision.sha256
    assert sorted(event.data["answers"].values()) == ["authorized", "declined"]


def test_is_confirmed_by_email_at_once_with_the_time_to_object() -> None:
    shop = ShopFactory(oral_objection_hours=48)
    revision = stages.sent(order=RepairOrderFactory(shop=shop))
    stages.record(revision, YES, LATER)
    assert stages.mails(revision) == [
        ("estimate_sent", "withdrawn"),
        ("oral_confirmation", "queued"),
    ]
    email = OutgoingEmail.objects.get(kind="oral_confirmation")
    assert email.recipient == revision.estimate.repair_order.customer.email
    assert email.next_try_at == NOW
    assert "before Mar 18, 2026, 10:30" in email.text
    assert "€172.80" in email.text


def test_somebody_without_an_address_is_recorded_all_the_same() -> None:
    order = RepairOrderFactory(vehicle=VehicleFactory(customer=CustomerFactory(email="")))
    revision = stages.sent(order=order, by_email=False)
    assert stages.record(revision, YES, YES).new_total == Decimal("242.28")
    assert not OutgoingEmail.objects.exists()


def test_in_person_without_a_signature_is_no_more_than_oral() -> None:
    revision = stages.sent()
    authorization = stages.record(revision, YES, YES, mode="in_person", contact="", reason="")
    assert authorization.evidence_level == EvidenceLevel.L0
    assert ("oral_confirmation", "queued") in stages.mails(revision)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"person": "  "}, "person"),
        ({"contact": ""}, "contact"),
        ({"reason": " "}, "reason"),
        ({"person": "x" * 201}, "person"),
        ({"contact": "x" * 201}, "contact"),
        ({"witness": "x" * 201}, "witness"),
        ({"reason": "x" * 2001}, "reason"),
        ({"said_at": NOW + timedelta(minutes=6)}, "said_at"),
        ({"mode": "electronic"}, "mode"),
        ({"mode": "telepathic"}, "mode"),
        ({"paper": recording.PaperDetails(receipt="by_pigeon")}, "receipt"),
        ({"paper": recording.PaperDetails(location="x" * 201)}, "location"),
    ],
)
def test_a_fact_that_is_missing_or_wrong_is_named(wrong: dict[str, Any], field: str) -> None:
    revision = stages.sent()
    error = refused(recording.RecordRefused, lambda: stages.record(revision, YES, YES, **wrong))
    assert list(error.fields) == [field]


def test_the_rules_of_the_place_say_what_an_oral_answer_must_record() -> None:
    revision = stages.sent()
    order = revision.estimate.repair_order
    RepairOrder.objects.filter(pk=order.pk).update(
        profile=order.profile | {"oral_authorization_fields": ["person"]}
    )
    assert stages.record(revision, YES, YES, contact="", reason="").contact == ""


def test_the_rules_of_the_place_may_know_no_oral_answer() -> None:
    revision = stages.sent()
    order = revision.estimate.repair_order
    RepairOrder.objects.filter(pk=order.pk).update(
        profile=order.profile | {"oral_authorization_allowed": False}
    )
    refused(recording.OralNotAllowed, lambda: stages.record(revision, YES, YES))
    assert stages.record(revision, YES, YES, mode="in_person").mode == "in_person"


def test_clocks_may_differ_a_little() -> None:
    said_at = NOW + timedelta(minutes=5)
    assert stages.record(stages.sent(), YES, YES, said_at=said_at).at == said_at


def test_every_line_needs_its_answer_and_no_other_has_one() -> None:
    revision = stages.sent()
    first, second = stages.lines_of(revision)
    strange = uuid4()
    error = refused(
        recording.LinesUnanswered,
        lambda: stages.record(revision, answers={first.pk: "perhaps", strange: YES}),
    )
    assert set(error.fields) == {str(first.pk), str(second.pk), str(strange)}


@pytest.mark.parametrize("by", [CUSTOMER, TECHNICIAN])
def test_only_the_desk_records(by: Any) -> None:
    revision = stages.sent()
    refused(NotYourTransition, lambda: stages.record(revision, YES, YES, by=by))


@pytest.mark.parametrize("fate", ["draft", "withdrawn", "superseded", "expired"])
def test_what_does_not_wait_is_not_answered(fate: str) -> None:
    revision = stages.draft() if fate == "draft" else stages.sent()
    if fate != "draft":
        EstimateRevision.objects.filter(pk=revision.pk).update(status=fate)
    refused(IllegalTransition, lambda: stages.record(revision, YES, YES))


def test_after_the_last_day_nothing_is_recorded_even_if_said_in_time() -> None:
    revision = stages.sent(valid_until=date(2026, 3, 16))
    refused(
        Expired,
        lambda: stages.record(revision, YES, YES, said_at=NOW, at=NOW + timedelta(days=1)),
    )


def test_a_closed_visit_records_nothing() -> None:
    revision = stages.sent()
    repair_orders.close(repair_order=revision.estimate.repair_order, by=DESK, at=NOW)
    refused(RepairOrderNotOpen, lambda: stages.record(revision, YES, YES))


def test_what_was_sent_for_information_can_still_be_answered_by_phone() -> None:
    revision = stages.sent(request_authorization=False)
    assert stages.record(revision, YES, YES).new_total == Decimal("242.28")


# Later words about what was answered already.


def test_a_deferred_line_is_authorized_by_phone_later() -> None:
    revision = stages.sent()
    stages.answer(revision, YES, LATER)
    part = stages.lines_of(revision)[1]
    later = NOW + timedelta(days=2)
    authorization = stages.record(revision, answers={part.pk: YES}, at=later)
    assert authorization.added_amount == Decimal("69.48")
    assert authorization.new_total == Decimal("242.28")
    assert ledger.of(revision.estimate).authorized.total == Decimal("242.28")
    revision.refresh_from_db()
    assert (revision.status, revision.answered_at) == (RevisionStatus.ANSWERED, NOW)
    assert Authorization.objects.count() == 2


def test_an_authorization_is_taken_back_by_phone_even_after_the_last_day() -> None:
    revision = stages.sent(valid_until=date(2026, 3, 16))
    stages.answer(revision, YES, YES)
    labour = stages.lines_of(revision)[0]
    authorization = stages.record(revision, answers={labour.pk: NO}, at=NOW + timedelta(days=3))
    assert authorization.added_amount == Decimal("-172.80")
    assert authorization.new_total == Decimal("69.48")


def test_nothing_more_is_authorized_after_the_last_day() -> None:
    revision = stages.sent(valid_until=date(2026, 3, 16))
    stages.answer(revision, YES, LATER)
    labour, part = stages.lines_of(revision)
    later = NOW + timedelta(days=3)
    refused(Expired, lambda: stages.record(revision, answers={part.pk: YES}, at=later))
    assert stages.record(revision, answers={labour.pk: YES}, at=later).added_amount == 0


def test_later_words_need_at_least_one_line() -> None:
    revision = stages.sent()
    stages.answer(revision, YES, LATER)
    error = refused(recording.LinesUnanswered, lambda: stages.record(revision, answers={}))
    assert list(error.fields) == ["answers"]


def test_what_was_said_before_the_last_answer_does_not_count_after_it() -> None:
    revision = stages.sent()
    at = NOW + timedelta(minutes=30, seconds=40)
    stages.answer(revision, YES, LATER, at=at)
    part = stages.lines_of(revision)[1]
    before = at.replace(second=0) - timedelta(minutes=1)
    error = refused(
        recording.RecordRefused,
        lambda: stages.record(revision, answers={part.pk: YES}, said_at=before, at=at),
    )
    assert list(error.fields) == ["said_at"]
    # People note minutes, not seconds.
    same_minute = at.replace(second=0)
    assert stages.record(
        revision, answers={part.pk: YES}, said_at=same_minute, at=at + timedelta(minutes=5)
    ).new_total == Decimal("242.28")


def test_on_a_supplement_staff_may_repeat_what_was_authorized() -> None:
    first = stages.sent()
    stages.answer(first, YES, LATER)
    second = stages.revised(first, *BRAKES, DISCS)
    authorization = stages.record(second, YES, NO, YES)
    assert authorization.new_total == Decimal("316.80")
    assert LineAnswer.objects.filter(authorization=authorization).count() == 3


def test_on_a_supplement_what_was_authorized_can_be_taken_back() -> None:
    first = stages.sent()
    stages.answer(first, YES, LATER)
    second = stages.revised(first, *BRAKES, DISCS)
    authorization = stages.record(second, NO, NO, YES)
    assert authorization.added_amount == Decimal("-28.80")
    assert authorization.new_total == Decimal("144.00")


def test_who_comes_second_is_refused_even_where_locks_do_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    revision = stages.sent()
    stale = EstimateRevision.objects.with_everything().get(pk=revision.pk)
    stages.answer(revision, YES, NO)
    monkeypatch.setattr(recording, "lock_revision", lambda _revision: stale)
    # The other answer is of the same minute, so it is no reason of its own.
    refused(answering.AlreadyAnswered, lambda: stages.record(stale, YES, YES))


def test_the_link_says_it_was_answered_by_phone() -> None:
    revision = stages.sent()
    stages.record(revision, YES, YES)
    refused(answering.AlreadyAnswered, lambda: stages.answer(revision, YES, YES))


def test_modes_that_can_be_recorded_are_exactly_these() -> None:
    assert set(AuthorizationMode) - {AuthorizationMode.ELECTRONIC} == {
        AuthorizationMode.ORAL,
        AuthorizationMode.IN_PERSON,
        AuthorizationMode.PAPER,
    }


def test_a_tablet_link_is_of_no_use_after_a_recorded_answer() -> None:
    revision = stages.sent()
    link = sending.open_in_person(revision=revision, by=DESK, at=NOW)
    stages.record(revision, YES, YES)
    refused(answering.AlreadyAnswered, lambda: stages.answer(revision, YES, YES, link=link))
