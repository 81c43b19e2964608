"""Visits: what is proposed, answered, worked on, stopped, and billed."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db import transaction
from hypothesis.stateful import precondition, rule

from estimates.models import EstimateRevision
from estimates.pricing import LineInput
from estimates.services import answering, drafting, recording, sending
from estimates.states import Answer, AuthorizationMode
from invoices import progress
from invoices.models import Invoice, StopWork
from invoices.services import cancelling, choosing, issuing, offering, payments, stopping, work
from invoices.services import drafting as billing
from invoices.states import ChoiceMode, InvoiceKind, PaymentMethod, StopChannel, StopOption
from shopdisputes.links.models import AccessLink
from shopdisputes.repairorders import services as repair_orders
from shopdisputes.repairorders.models import RepairOrder
from tests.drills.life import world
from tests.drills.life.base import PICK, SHARE, Life, part, said
from tests.factories.estimates import BRAKES
from tests.invoices.halted import CLUTCH

_MOST_VISITS = 9
_ANSWERS = (Answer.AUTHORIZED, Answer.AUTHORIZED, Answer.DEFERRED, Answer.DECLINED)
_PROPOSALS = (BRAKES, CLUTCH, world.SMALL)
_REASON = "It was agreed so."


def _lines(pick: int) -> list[LineInput]:
    return [LineInput(**facts) for facts in _PROPOSALS[pick % len(_PROPOSALS)]]


class Visits(Life):
    """What happens to a vehicle until it is billed."""

    @precondition(lambda self: len(self.seen.of(RepairOrder, ())) < _MOST_VISITS)
    @rule(pick=PICK)
    def come_in(self, pick: int) -> None:
        vehicle = self.world.vehicles[pick % len(self.world.vehicles)]
        self.act("come_in", lambda: world.visit(vehicle, at=self.at))

    @precondition(lambda self: self.has(RepairOrder, "open"))
    @rule(pick=PICK)
    def propose(self, pick: int) -> None:
        order = self.one(RepairOrder, pick, "open")
        lines = _lines(pick)
        self.act("propose", lambda: drafting.create(repair_order=order, lines=lines, **self.how))

    @precondition(lambda self: self.has(EstimateRevision, "draft"))
    @rule(pick=PICK)
    def send(self, pick: int) -> None:
        revision = self.one(EstimateRevision, pick, "draft")
        by_email = bool(pick % 3)
        self.act("send", lambda: sending.send(revision=revision, by_email=by_email, **self.how))

    @precondition(lambda self: self.has(EstimateRevision, "sent"))
    @rule(pick=PICK)
    def sign(self, pick: int) -> None:
        revision = self.one(EstimateRevision, pick, "sent")
        link = (
            AccessLink.objects.filter(target_id=revision.pk).order_by("-created_at", "pk").first()
        )
        if link is None:
            self.act(
                "open_in_person", lambda: sending.open_in_person(revision=revision, **self.how)
            )
            return
        customer = revision.estimate.repair_order.customer
        self.act(
            "sign",
            lambda: answering.answer(
                link=link,
                revision_sha256=revision.sha256,
                answers=self._answers(revision, pick),
                signer_name=customer.name,
                drawn=None,
                code="",
                consent=True,
                signer_timezone="Europe/Paris",
                by=self.world.actor_of(customer),
                at=self.at,
            ),
        )

    @precondition(lambda self: self.has(EstimateRevision, "sent"))
    @rule(pick=PICK)
    def answer_by_phone(self, pick: int) -> None:
        revision = self.one(EstimateRevision, pick, "sent")
        self.act(
            "answer_by_phone",
            lambda: recording.record(
                revision=revision,
                mode=AuthorizationMode.ORAL,
                person="Camille Durand",
                contact="+33612345678",
                said_at=self.at,
                reason=_REASON,
                answers=self._answers(revision, pick),
                **self.how,
            ),
        )

    @precondition(lambda self: self.has(EstimateRevision, "sent", "answered", "expired"))
    @rule(pick=PICK)
    def supplement(self, pick: int) -> None:
        revision = self.one(EstimateRevision, pick, "answered", "sent", "expired")
        kept = [drafting.as_input(line) for line in revision.lines.in_order()]
        if pick % 4 == 0:
            kept[0] = replace(kept[0], unit_price=kept[0].unit_price + Decimal("5.00"))
        lines = [*kept, *_lines(pick)]
        self.act(
            "supplement",
            lambda: drafting.revise(
                estimate=revision.estimate, reason=_REASON, lines=lines, **self.how
            ),
        )

    @precondition(lambda self: self.has(EstimateRevision, "sent"))
    @rule(pick=PICK)
    def withdraw_estimate(self, pick: int) -> None:
        revision = self.one(EstimateRevision, pick, "sent")
        self.act(
            "withdraw_estimate",
            lambda: sending.withdraw(revision=revision, reason=_REASON, **self.how),
        )

    @precondition(lambda self: self.has(EstimateRevision, "draft"))
    @rule(pick=PICK)
    def throw_estimate_away(self, pick: int) -> None:
        revision = self.one(EstimateRevision, pick, "draft")
        self.act("throw_estimate_away", lambda: drafting.discard(revision=revision, **self.how))

    @precondition(lambda self: self.has(EstimateRevision, "answered"))
    @rule(pick=PICK)
    def note_work(self, pick: int) -> None:
        order = self._authorized(pick)
        jobs = list(progress.of(order))
        if not jobs:
            return
        facts: dict[str, Any] = {"state": ("done", "in_progress", "not_started")[pick % 3]}
        self.act(
            "note_work",
            lambda: work.note(
                repair_order=order,
                key=jobs[pick % len(jobs)].key,
                **facts,
                by=world.TECHNICIAN,
                at=self.at,
            ),
        )

    @precondition(lambda self: self.has(EstimateRevision, "answered"))
    @rule(pick=PICK)
    def stop_work(self, pick: int) -> None:
        order = self._authorized(pick)
        self.act(
            "stop_work",
            lambda: stopping.record(
                repair_order=order,
                happened_at=self.at,
                reason="It gets too expensive.",
                channel=StopChannel.PHONE,
                person="Camille Durand",
                safety="disassembled",
                **self.how,
            ),
        )

    @precondition(lambda self: self.has(StopWork, "open"))
    @rule(pick=PICK)
    def offer_ways(self, pick: int) -> None:
        stop = self.one(StopWork, pick, "open")
        self.act(
            "offer_ways",
            lambda: offering.offer(stop=stop, note="", by_email=bool(pick % 2), **self.how),
        )

    @precondition(lambda self: self.has(StopWork, "open"))
    @rule(pick=PICK)
    def choose_way(self, pick: int) -> None:
        stop = self.one(StopWork, pick, "open")
        options = [option for option in StopOption if option != StopOption.UNDECIDED]
        self.act(
            "choose_way",
            lambda: choosing.record_choice(
                stop=stop,
                option=options[pick % len(options)],
                mode=ChoiceMode.ORAL,
                person="Camille Durand",
                note=_REASON,
                **self.how,
            ),
        )

    @precondition(lambda self: self.has(StopWork, "open", "chosen"))
    @rule(pick=PICK)
    def lift_stop(self, pick: int) -> None:
        stop = self.one(StopWork, pick, "open", "chosen")
        self.act("lift_stop", lambda: stopping.lift(stop=stop, reason=_REASON, **self.how))

    @precondition(lambda self: self.has(EstimateRevision, "answered"))
    @rule(pick=PICK)
    def bill(self, pick: int) -> None:
        order = self._authorized(pick)
        stopped = self.has(StopWork, "open", "chosen")
        kind = InvoiceKind.PARTIAL_REPAIR if stopped and pick % 2 else InvoiceKind.FULL
        self.act(
            "bill",
            lambda: billing.draft(repair_order=order, kind=kind, explanation=_REASON, **self.how),
        )

    @precondition(lambda self: self.has(Invoice, "draft"))
    @rule(pick=PICK)
    def issue(self, pick: int) -> None:
        draft = self.one(Invoice, pick, "draft")
        self.act("issue", lambda: issuing.issue(invoice=draft, by_email=bool(pick % 4), **self.how))

    @precondition(lambda self: self.has(Invoice, "draft"))
    @rule(pick=PICK)
    def throw_draft_away(self, pick: int) -> None:
        draft = self.one(Invoice, pick, "draft")
        self.act("throw_draft_away", lambda: billing.discard(invoice=draft, **self.how))

    @precondition(lambda self: self.has(RepairOrder, "open"))
    @rule(pick=PICK, share=SHARE)
    def leave_deposit(self, pick: int, share: str) -> None:
        order = self.one(RepairOrder, pick, "open")
        self.act(
            "leave_deposit",
            lambda: payments.record(
                customer=order.customer,
                amount=part(share, Decimal("200.00")),
                method=PaymentMethod.CARD,
                received_on=self.today,
                repair_order=order,
                **self.how,
            ),
        )

    @precondition(lambda self: self.has(RepairOrder, "open"))
    @rule(pick=PICK)
    def end_visit(self, pick: int) -> None:
        order = self.one(RepairOrder, pick, "open")
        if pick % 2:
            close = repair_orders.close
            self.act("close_visit", lambda: close(repair_order=order, **self.how))
        else:
            self.act("cancel_visit", lambda: self._cancel(order))

    @precondition(lambda self: self.has(RepairOrder, "closed", "cancelled"))
    @rule(pick=PICK)
    def reopen_visit(self, pick: int) -> None:
        order = self.one(RepairOrder, pick, "closed", "cancelled")
        self.act(
            "reopen_visit",
            lambda: repair_orders.reopen(repair_order=order, reason=_REASON, **self.how),
        )

    @transaction.atomic
    def _cancel(self, order: RepairOrder) -> None:
        cancelling.prepare(repair_order=order, reason=_REASON, **self.how)
        repair_orders.cancel(repair_order=order, reason=_REASON, **self.how)

    def _authorized(self, pick: int) -> RepairOrder:
        return self.one(EstimateRevision, pick, "answered").estimate.repair_order

    def _answers(self, revision: EstimateRevision, pick: int) -> dict[Any, str]:
        return said(_ANSWERS, [line.pk for line in revision.lines.in_order()], pick)
