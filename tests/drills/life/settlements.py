"""What ends disputes or makes them: offers, work that is done again, banks that take money back."""

from datetime import timedelta
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from disputes.models import Chargeback, DisputeCase, Offer, ReworkRequest
from disputes.services import (
    agreeing,
    asking_rework,
    bank_answers,
    charging_back,
    deciding_rework,
    ending_offers,
    offering,
    rework_disputes,
    reworking,
)
from disputes.states import ChargebackKind, OfferKind, RefusalReason, Resume
from invoices.models import Invoice, Payment
from shopdisputes.money import to_cents
from tests.drills.life.base import PICK, SHARE, Life, part
from tests.drills.life.world import OWNER

_REASON = "It was agreed so."
_CASES = ("submitted", "open", "awaiting_customer", "proposal_out", "escalated")
_OPEN_OFFERS = ("sent shop", "sent customer")
_BANK = tuple(
    f"{status} {funds}"
    for status in ("needs_response", "under_review", "won", "lost", "accepted", "closed")
    for funds in ("with_shop", "withdrawn", "reinstated")
)
_REWORK_ACTS = (
    *("accept", "refuse", "begin", "deliver", "confirm", "complain", "close", "call_off"),
    *("dispute", "supplement"),
)
#: What goes on from where a request stands: without it few would come to their end.
_NEXT = {
    "requested": ("accept", "refuse"),
    "accepted": ("begin", "supplement"),
    "in_progress": ("deliver", "supplement"),
    "delivered": ("confirm", "complain"),
    "not_fixed": ("begin", "dispute"),
    "refused": ("close", "dispute"),
}
_REWORKS = ("requested", "accepted", "in_progress", "delivered", "not_fixed", "refused")
_BEGUN = ("in_progress", "delivered", "not_fixed")
_BANK_NEXT = {
    "needs_response": ("submit", "withdraw"),
    "under_review": ("ask_again", "withdraw"),
    "closed": ("ask_again", "reinstate"),
}


class Settlements(Life):
    """What is offered, done again, and taken back."""

    @precondition(lambda self: self.has(DisputeCase, *_CASES))
    @rule(pick=PICK, share=SHARE, kind=st.sampled_from(list(OfferKind)), by_customer=st.booleans())
    def offer(self, pick: int, share: str, kind: OfferKind, by_customer: bool) -> None:
        case = self.one(DisputeCase, pick, *_CASES)
        amount = part(share, Decimal("60.00"))
        half = to_cents(amount / 2)
        plan = [(self.day(20), half), (self.day(50), amount - half)] if kind == "plan" else []
        self.act(
            f"offer_{kind}",
            lambda: offering.make(
                case=case,
                kind=kind,
                amount=None if kind in ("plan", "rework", "keep_as_billed") else amount,
                text="We settle it like this.",
                instalments=plan,
                expires_on=self.day(pick),
                resume=list(Resume)[pick % len(Resume)],
                new_due_on=self.day(pick + 10),
                by=self.world.actor_of(case.customer) if by_customer else OWNER,
                at=self.at,
            ),
        )

    @precondition(lambda self: self.has(Offer, *_OPEN_OFFERS))
    @rule(pick=PICK)
    def agree(self, pick: int) -> None:
        offer = self.one(Offer, pick, *_OPEN_OFFERS)
        if offer.side == "shop":
            self.act(
                "agree_for_customer",
                lambda: agreeing.record(offer=offer, how="On the phone.", **self.how),
            )
        else:
            self.act("agree_for_shop", lambda: agreeing.accept(offer=offer, **self.how))

    @precondition(lambda self: self.has(Offer, *_OPEN_OFFERS))
    @rule(pick=PICK)
    def end_offer(self, pick: int) -> None:
        offer = self.one(Offer, pick, *_OPEN_OFFERS)
        other = OWNER if offer.side == "customer" else self.world.actor_of(offer.case.customer)
        own = self.world.actor_of(offer.case.customer) if offer.side == "customer" else OWNER
        if pick % 2:
            self.act(
                "refuse_offer",
                lambda: ending_offers.refuse(offer=offer, answer=_REASON, by=other, at=self.at),
            )
        else:
            self.act(
                "take_offer_back",
                lambda: ending_offers.take_back(offer=offer, by=own, at=self.at),
            )

    @precondition(lambda self: self.has(Invoice, "owed", "paid"))
    @rule(pick=PICK)
    def ask_rework(self, pick: int) -> None:
        invoice = self.one(Invoice, pick, "owed", "paid")
        lines = list(invoice.lines.in_order())[: 1 + pick % 2]
        by = self.world.actor_of(invoice.customer) if pick % 3 else OWNER
        self.act(
            "ask_rework",
            lambda: asking_rework.ask(
                invoice=invoice, lines=lines, description="It still squeals.", by=by, at=self.at
            ),
        )

    @precondition(lambda self: self.has(ReworkRequest, *_REWORKS))
    @rule(
        pick=PICK,
        kind=st.sampled_from(_REWORK_ACTS),
        goes_on=st.booleans(),
    )
    def rework(self, pick: int, kind: str, goes_on: bool) -> None:
        far = goes_on and self.has(ReworkRequest, *_BEGUN)
        rework = self.one(ReworkRequest, pick, *(_BEGUN if far else _REWORKS))
        if goes_on:
            kind = _NEXT[rework.status][pick % 2]
        customer = self.world.actor_of(rework.invoice.customer)
        told = {"rework": rework, **self.how}
        acts = {
            "accept": lambda: deciding_rework.accept(appointment_on=self.day(pick), **told),
            "refuse": lambda: deciding_rework.refuse(
                reason=list(RefusalReason)[pick % len(RefusalReason)], explanation=_REASON, **told
            ),
            "begin": lambda: reworking.begin(**told),
            "deliver": lambda: reworking.deliver(note="Done again.", **told),
            "confirm": lambda: reworking.confirm(rework=rework, by=customer, at=self.at),
            "complain": lambda: reworking.complain(
                rework=rework, text="It squeals.", by=customer, at=self.at
            ),
            "close": lambda: reworking.close(note=_REASON, **told),
            "call_off": lambda: reworking.call_off(note=_REASON, **told),
            "dispute": lambda: rework_disputes.dispute(text="It squeals.", **told),
            "supplement": lambda: reworking.offer_supplement(**told),
        }
        self.act(f"{kind}_rework", acts[kind])

    @precondition(lambda self: self.has(Payment, "free", "used"))
    @rule(pick=PICK, share=SHARE, inquiry=st.booleans())
    def charge_back(self, pick: int, share: str, inquiry: bool) -> None:
        payment = self.one(Payment, pick, "used", "free")
        self.act(
            "charge_back",
            lambda: charging_back.record(
                payment=payment,
                kind=ChargebackKind.INQUIRY if inquiry else ChargebackKind.CHARGEBACK,
                amount=part(share, payment.amount),
                reference=f"ARN-{pick}",
                evidence_due_by=self.at + timedelta(days=pick + 1),
                network_reason="13.1 Not received",
                **self.how,
            ),
        )

    @precondition(lambda self: self.has(Chargeback, *_BANK))
    @rule(
        pick=PICK,
        kind=st.sampled_from(("withdraw", "reinstate", "submit", "ask_again")),
        goes_on=st.booleans(),
    )
    def bank_moves(self, pick: int, kind: str, goes_on: bool) -> None:
        chargeback = self.one(Chargeback, pick, *_BANK)
        if goes_on:
            kind = _BANK_NEXT.get(chargeback.status, ("reinstate",) * 2)[pick % 2]
        told = {"chargeback": chargeback, **self.how}
        due = self.at + timedelta(days=pick + 1)
        acts = {
            "withdraw": lambda: charging_back.withdraw_funds(**told),
            "reinstate": lambda: charging_back.reinstate(**told),
            "submit": lambda: bank_answers.submit(note=_REASON, **told),
            "ask_again": lambda: bank_answers.ask_again(
                evidence_due_by=due, kind=ChargebackKind.CHARGEBACK, **told
            ),
        }
        self.act(f"bank_{kind}", acts[kind])

    @precondition(lambda self: self.has(Chargeback, *_BANK))
    @rule(pick=PICK, outcome=st.sampled_from(("won", "lost", "accepted", "closed")))
    def bank_decides(self, pick: int, outcome: str) -> None:
        chargeback = self.one(Chargeback, pick, *_BANK)
        self.act(
            f"bank_{outcome}",
            lambda: bank_answers.close(
                chargeback=chargeback, outcome=outcome, note=_REASON, **self.how
            ),
        )
