"""Putting an estimate before the customer, and taking it back."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from estimates.models import Estimate, EstimateRevision
from estimates.services import drafting, requests, sending
from estimates.states import RevisionStatus
from shopdisputes.canonical import sha256_hex
from shopdisputes.documents.models import DocumentKind
from shopdisputes.documents.states import DocumentStatus
from shopdisputes.evidence import EvidenceLevel
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.outbox.states import EmailStatus
from shopdisputes.repairorders import services as repair_orders
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.repairorders.services import ReasonMissing, RepairOrderNotOpen
from shopdisputes.transitions import IllegalTransition, NotYourTransition
from tests.estimates import stages
from tests.estimates.stages import CUSTOMER, DESK, LABOUR, LATER, PART, TECHNICIAN, YES, refused
from tests.factories import NOW, CustomerFactory, RepairOrderFactory, ShopFactory, VehicleFactory

pytestmark = pytest.mark.django_db

TEARDOWN = replace(LABOUR, kind="teardown", description="Take the gearbox apart")


def order_of_somebody_without_email() -> RepairOrder:
    return RepairOrderFactory(vehicle=VehicleFactory(customer=CustomerFactory(email="")))


def test_freezes_mails_and_links_what_it_sends() -> None:
    revision = stages.sent(message=" Please call with questions. ")
    revision.refresh_from_db()
    customer = revision.estimate.repair_order.customer
    assert revision.status == RevisionStatus.SENT
    assert (revision.sent_at, revision.sent_to) == (NOW, customer.email)
    assert revision.message == "Please call with questions."
    assert revision.sha256 == sha256_hex(revision.canonical_json)
    assert Estimate.objects.get().status == RevisionStatus.SENT
    link = AccessLink.objects.get()
    assert (link.purpose, link.target_id, link.recipient) == (
        LinkPurpose.ESTIMATE,
        revision.pk,
        customer.email,
    )
    email = OutgoingEmail.objects.get()
    assert (email.kind, email.status, email.recipient, email.link) == (
        "estimate_sent",
        EmailStatus.QUEUED,
        customer.email,
        link,
    )
    document = revision.document
    assert document is not None
    assert (document.kind, document.status, document.seal_wanted) == (
        DocumentKind.ESTIMATE,
        DocumentStatus.QUEUED,
        False,
    )
    assert document.attachment == revision.canonical_json
    assert stages.actions(revision) == ["estimate.created", "estimate.sent"]


def test_what_is_hashed_says_what_was_sent() -> None:
    revision = stages.sent()
    facts = json.loads(revision.canonical_json)
    assert facts["schema"] == "shopdisputes.estimate/1"
    proposal = facts["estimate"]
    assert (proposal["number"], proposal["revision"]) == (revision.estimate.number, 1)
    assert (proposal["subtotal"], proposal["tax"], proposal["total"]) == (
        "201.90",
        "40.38",
        "242.28",
    )
    assert proposal["taxes"] == [{"rate": "20.00", "base": "201.90", "tax": "40.38"}]
    assert [(line["quantity"], line["unit_price"]) for line in proposal["lines"]] == [
        ("1.800", "80.00"),
        ("1.000", "57.90"),
    ]
    assert proposal["sent_at"] == "2026-03-16T09:30:00.000000+00:00"
    assert facts["repair_order"]["number"] == revision.estimate.repair_order.number
    assert facts["vehicle"]["make"] == "Renault"
    assert facts["terms"]["version"] == 1
    assert facts["already_authorized"] == []


def test_the_senders_choices_are_kept() -> None:
    revision = stages.sent(
        request_authorization=False, request_signature=False, deposit_amount=Decimal("100.00")
    )
    assert not revision.request_authorization
    assert not revision.request_signature
    assert revision.deposit_amount == Decimal("100.00")


@pytest.mark.parametrize(
    ("policy", "signature", "level"),
    [
        ({"signature_level": "L2"}, True, EvidenceLevel.L2),
        ({"signature_level": "L1"}, True, EvidenceLevel.L1),
        ({"signature_level": "L2"}, False, EvidenceLevel.L1),
        ({"code_from_amount": Decimal("242.28")}, True, EvidenceLevel.L3),
        ({"code_from_amount": Decimal("242.28")}, False, EvidenceLevel.L3),
        ({"code_from_amount": Decimal("242.29")}, True, EvidenceLevel.L2),
    ],
)
def test_the_shops_policy_sets_the_level(
    policy: dict[str, Any], signature: bool, level: str
) -> None:
    order = RepairOrderFactory(shop=ShopFactory(**policy))
    revision = stages.sent(order=order, request_signature=signature)
    assert revision.required_level == level


def test_refuses_an_estimate_without_a_line() -> None:
    revision = drafting.create(repair_order=RepairOrderFactory(), lines=[], by=DESK, at=NOW)
    error = refused(sending.Empty, lambda: stages.send(revision))
    assert list(error.fields) == ["lines"]


def test_refuses_somebody_without_an_address_and_says_what_to_do() -> None:
    revision = stages.draft(order=order_of_somebody_without_email())
    error = refused(sending.NoAddress, lambda: stages.send(revision))
    assert "Add one" in str(error.message)
    assert list(error.fields) == ["email"]


def test_somebody_without_an_address_gets_it_handed_over() -> None:
    revision = stages.sent(order=order_of_somebody_without_email(), by_email=False)
    assert (revision.status, revision.sent_to) == (RevisionStatus.SENT, "")
    assert not OutgoingEmail.objects.exists()
    assert not AccessLink.objects.exists()


@pytest.mark.parametrize("told", [True, False])
def test_disassembly_must_be_explained_where_the_rules_say_so(told: bool) -> None:
    line = replace(TEARDOWN, disclosure="Putting it together again: 90.00 €." if told else " ")
    order = RepairOrderFactory()
    revision = stages.draft(PART, line, order=order)
    if told:
        assert stages.send(revision).status == RevisionStatus.SENT
        return
    error = refused(sending.DisclosureMissing, lambda: stages.send(revision))
    assert list(error.fields) == ["lines.1.disclosure"]


def test_disassembly_needs_no_words_where_no_rule_asks_for_them() -> None:
    order = RepairOrderFactory()
    RepairOrder.objects.filter(pk=order.pk).update(
        profile=order.profile | {"teardown_disclosure": False}
    )
    assert stages.sent(TEARDOWN, order=order).status == RevisionStatus.SENT


def test_refuses_a_draft_whose_validity_has_passed_meanwhile() -> None:
    revision = stages.draft(valid_until=date(2026, 3, 16))
    refused(drafting.ValidityRefused, lambda: stages.send(revision, at=NOW + timedelta(hours=14)))


def test_refuses_a_deposit_above_the_total_and_a_message_too_long() -> None:
    revision = stages.draft()
    refused(
        drafting.DepositRefused,
        lambda: stages.send(revision, deposit_amount=Decimal("242.29")),
    )
    error = refused(sending.MessageTooLong, lambda: stages.send(revision, message="x" * 4001))
    assert list(error.fields) == ["message"]


@pytest.mark.parametrize("by", [CUSTOMER, TECHNICIAN])
def test_only_the_desk_sends(by: Any) -> None:
    revision = stages.draft()
    refused(NotYourTransition, lambda: sending.send(revision=revision, by=by, at=NOW))


def test_is_sent_once() -> None:
    revision = stages.sent()
    refused(IllegalTransition, lambda: stages.send(revision))


@pytest.mark.parametrize("fate", ["sent", "answered", "expired", "withdrawn"])
def test_a_further_revision_replaces_the_one_before_whatever_became_of_it(fate: str) -> None:
    former = stages.sent()
    if fate == "answered":
        stages.answer(former, YES, LATER)
    if fate in ("expired", "withdrawn"):
        EstimateRevision.objects.filter(pk=former.pk).update(status=fate)
    revision = stages.revised(former)
    former.refresh_from_db()
    assert former.status == RevisionStatus.SUPERSEDED
    assert revision.status == RevisionStatus.SENT
    assert ("estimate_sent", "withdrawn") in stages.mails(former)
    assert stages.mails(revision) == [("estimate_sent", "queued")]


def test_all_earlier_revisions_are_replaced_and_stay_so() -> None:
    first = stages.sent()
    second = stages.revised(first)
    third = stages.revised(second)
    states = EstimateRevision.objects.order_by("number").values_list("status", flat=True)
    assert list(states) == ["superseded", "superseded", "sent"]
    assert third.estimate.status == RevisionStatus.SENT


def test_resends_with_a_new_link_and_keeps_the_old_one() -> None:
    revision = stages.sent()
    sending.resend(revision=revision, by=DESK, at=NOW + timedelta(days=1))
    assert AccessLink.objects.filter(revoked_at=None).count() == 2
    assert stages.mails(revision) == [("estimate_sent", "queued"), ("estimate_sent", "withdrawn")]
    assert stages.actions(revision)[-1] == "estimate.resent"


def test_resending_to_another_address_closes_the_links_to_the_old_one() -> None:
    revision = stages.sent()
    customer = revision.estimate.repair_order.customer
    customer.email = "right@customer.example"
    customer.save()
    sending.resend(revision=revision, by=DESK, at=NOW)
    revision.refresh_from_db()
    assert revision.sent_to == "right@customer.example"
    live = AccessLink.objects.get(revoked_at=None)
    assert live.recipient == "right@customer.example"


def test_a_further_revision_to_another_address_closes_the_links_to_the_old_one() -> None:
    first = stages.sent()
    customer = first.estimate.repair_order.customer
    customer.email = "right@customer.example"
    customer.save()
    second = stages.revised(first, stages.LABOUR)
    assert second.sent_to == "right@customer.example"
    live = AccessLink.objects.get(revoked_at=None)
    assert (live.recipient, live.target_id) == ("right@customer.example", second.pk)


def test_what_was_handed_over_can_be_mailed_later() -> None:
    revision = stages.sent(order=order_of_somebody_without_email(), by_email=False)
    refused(sending.NoAddress, lambda: sending.resend(revision=revision, by=DESK, at=NOW))
    customer = revision.estimate.repair_order.customer
    customer.email = "now@customer.example"
    customer.save()
    sending.resend(revision=revision, by=DESK, at=NOW)
    assert stages.mails(revision) == [("estimate_sent", "queued")]


def test_makes_a_link_of_one_hour_for_the_shops_tablet() -> None:
    revision = stages.sent()
    link = sending.open_in_person(revision=revision, by=DESK, at=NOW)
    assert (link.purpose, link.recipient) == (LinkPurpose.ESTIMATE_IN_PERSON, "")
    assert link.target_id == revision.pk
    assert link.expires_at == NOW + timedelta(hours=1)


def test_withdraws_with_a_reason_and_stops_the_mail() -> None:
    revision = stages.sent()
    sending.withdraw(revision=revision, reason=" Wrong car. ", by=DESK, at=NOW)
    revision.refresh_from_db()
    assert revision.status == RevisionStatus.WITHDRAWN
    assert Estimate.objects.get().status == RevisionStatus.WITHDRAWN
    assert stages.mails(revision) == [("estimate_sent", "withdrawn")]
    assert stages.actions(revision)[-1] == "estimate.withdrawn"


def test_refuses_to_withdraw_without_a_reason() -> None:
    revision = stages.sent()
    error = refused(
        ReasonMissing,
        lambda: sending.withdraw(revision=revision, reason="  ", by=DESK, at=NOW),
    )
    assert list(error.fields) == ["reason"]


def acts_on(revision: EstimateRevision, at: Any = NOW) -> list[Callable[[], Any]]:
    return [
        lambda: sending.resend(revision=revision, by=DESK, at=at),
        lambda: sending.open_in_person(revision=revision, by=DESK, at=at),
    ]


def test_what_was_answered_is_neither_resent_nor_opened_nor_withdrawn() -> None:
    revision = stages.sent()
    stages.answer(revision, YES, YES)
    acts = [
        *acts_on(revision),
        lambda: sending.withdraw(revision=revision, reason="No", by=DESK, at=NOW),
    ]
    for act in acts:
        refused(IllegalTransition, act)


def test_what_is_no_longer_valid_is_neither_resent_nor_opened() -> None:
    revision = stages.sent(valid_until=date(2026, 3, 16))
    for act in acts_on(revision, at=NOW + timedelta(days=1)):
        refused(sending.Expired, act)


def test_a_closed_visit_resends_and_opens_nothing() -> None:
    revision = stages.sent()
    repair_orders.close(repair_order=revision.estimate.repair_order, by=DESK, at=NOW)
    for act in acts_on(revision):
        refused(RepairOrderNotOpen, act)


def test_a_call_wanted_survives_a_resend() -> None:
    revision = stages.sent()
    requests.ask_for_call(link=stages.link_of(revision), by=CUSTOMER, at=NOW)
    sending.resend(revision=revision, by=DESK, at=NOW)
    revision.refresh_from_db()
    assert revision.call_requested_at == NOW


def test_withdrawing_what_was_answered_meanwhile_is_refused_where_locks_do_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    revision = stages.sent()
    stale = EstimateRevision.objects.with_everything().get(pk=revision.pk)
    stages.answer(revision, YES, YES)
    monkeypatch.setattr(sending, "lock_revision", lambda _revision: stale)
    refused(
        IllegalTransition,
        lambda: sending.withdraw(revision=stale, reason="No", by=DESK, at=NOW),
    )
