"""Disputes: cases from either side, what is said in them, what leaves them, how they end."""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from disputes.models import DisputeCase, DisputeItem, DisputeReason, FollowUp, ResolverAnswer
from disputes.services import (
    answers,
    chasing,
    escalating,
    following_up,
    messaging,
    opening,
    resolving,
)
from disputes.services.opening import Contested
from disputes.states import Cause, ClosingCode, Opening, Resume
from invoices.models import Invoice
from shopdisputes.actors import Actor, Role
from shopdisputes.links.models import LinkPurpose
from tests.drills.life.base import PICK, SHARE, Life, part
from tests.drills.life.world import OWNER
from tests.factories import AccessLinkFactory

_REASON = "It was agreed so."
_RUNNING = ("submitted", "open", "awaiting_customer", "proposal_out", "agreed", "escalated")
_ENDED = ("resolved", "rejected", "withdrawn")
_RESOLVER = Actor(role=Role.RESOLVER, name="Theo Technician", ip_address="203.0.113.9")


class Cases(Life):
    """What is contested."""

    @precondition(lambda self: self.has(Invoice, "owed", "paid"))
    @rule(pick=PICK, share=SHARE, by_customer=st.booleans())
    def contest(self, pick: int, share: str, by_customer: bool) -> None:
        invoice = self.one(Invoice, pick, "owed", "paid")
        line = list(invoice.lines.in_order())[pick % invoice.lines.count()] if pick % 2 else None
        amount = None if share == "all" else part(share, line.net if line else invoice.total)
        found = DisputeReason.objects.for_shop(self.world.shop).order_by("position")
        items = [Contested(invoice=invoice, line=line, amount=amount)]
        if pick % 4 == 1:
            others = invoice.lines.exclude(pk=line.pk if line else None).in_order()[:1]
            items += [Contested(invoice=invoice, line=other) for other in others]
        if pick % 5 == 0 and self.has(Invoice, "owed"):
            others = self.some(Invoice, pick, "owed")
            items += [
                Contested(invoice=other)
                for other in others
                if other.pk != invoice.pk and other.customer_id == invoice.customer_id
            ]
        self.act(
            "contest_by_customer" if by_customer else "contest",
            lambda: opening.open_case(
                customer=invoice.customer,
                reason=found[pick % found.count()],
                comment="I did not agree to this.",
                items=items,
                opening=Opening.CUSTOMER if by_customer else Opening.STAFF,
                resolver_email="theo@garage.example" if pick % 3 else "",
                owner=self.world.user if pick % 2 else None,
                by=self.world.actor_of(invoice.customer) if by_customer else OWNER,
                at=self.at,
            ),
        )

    @precondition(lambda self: self.has(DisputeItem, "open"))
    @rule(pick=PICK)
    def let_leave(self, pick: int) -> None:
        item = self.one(DisputeItem, pick, "open")
        self.act(
            "let_leave",
            lambda: resolving.release_items(
                case=item.case, items=[item], reason=_REASON, **self.how
            ),
        )

    @precondition(lambda self: self.has(DisputeCase, *_RUNNING))
    @rule(pick=PICK, resume=st.sampled_from(list(Resume)))
    def resolve(self, pick: int, resume: Resume) -> None:
        case = self.one(DisputeCase, pick, *_RUNNING)
        self.act(
            f"resolve_{resume}",
            lambda: resolving.resolve(
                case=case,
                closing_code=list(ClosingCode)[pick % len(ClosingCode)],
                note=_REASON,
                cause=list(Cause)[pick % len(Cause)],
                resume=resume,
                new_due_on=self.day(pick),
                **self.how,
            ),
        )

    @precondition(lambda self: self.has(DisputeCase, *_RUNNING))
    @rule(pick=PICK, kind=st.sampled_from(("reject", "withdraw", "escalate")))
    def end(self, pick: int, kind: str) -> None:
        case = self.one(DisputeCase, pick, *_RUNNING)
        ends: dict[str, Any] = {
            "reject": resolving.reject,
            "withdraw": resolving.withdraw,
            "escalate": escalating.escalate,
        }
        by = self.world.actor_of(case.customer) if kind == "withdraw" and pick % 2 else OWNER
        self.act(kind, lambda: ends[kind](case=case, note=_REASON, by=by, at=self.at))

    @precondition(lambda self: self.has(DisputeCase, *_ENDED))
    @rule(pick=PICK, by_customer=st.booleans())
    def open_again(self, pick: int, by_customer: bool) -> None:
        case = self.one(DisputeCase, pick, *_ENDED)
        by = self.world.actor_of(case.customer) if by_customer else OWNER
        self.act(
            "open_again",
            lambda: resolving.reopen(case=case, note="A receipt turned up.", by=by, at=self.at),
        )

    @precondition(lambda self: self.has(DisputeCase, *_RUNNING))
    @rule(pick=PICK, kind=st.sampled_from(("take_up", "ask", "say", "note_answer")))
    def talk(self, pick: int, kind: str) -> None:
        case = self.one(DisputeCase, pick, *_RUNNING)
        acts = {
            "take_up": lambda: messaging.take_up(case=case, **self.how),
            "ask": lambda: messaging.ask(case=case, text="Which day was it?", **self.how),
            "say": lambda: messaging.say(
                case=case, text="We look into it.", internal=bool(pick % 2), **self.how
            ),
            "note_answer": lambda: messaging.note_answer(case=case, text="Monday.", **self.how),
        }
        self.act(f"{kind}_in_case", acts[kind])

    @precondition(lambda self: self.has(DisputeCase, *_RUNNING, *_ENDED))
    @rule(pick=PICK)
    def answer_by_link(self, pick: int) -> None:
        case = self.one(DisputeCase, pick, *_RUNNING, *_ENDED)
        link = self._link(case, LinkPurpose.DISPUTE)
        by = self.world.actor_of(case.customer)
        self.act(
            "answer_by_link",
            lambda: messaging.answer(link=link, text="It was Monday.", by=by, at=self.at),
        )

    @precondition(lambda self: self.has(DisputeCase, *_RUNNING))
    @rule(pick=PICK)
    def ask_resolver(self, pick: int) -> None:
        case = self.one(DisputeCase, pick, *_RUNNING)
        if pick % 3 == 0:
            self.act("chase", lambda: chasing.chase(case=case, **self.how))
            return
        self.act(
            "tell_resolver",
            lambda: chasing.tell_resolver(
                case=case,
                subject="#case_number",
                body="#items_list_selected\n#resolver_link",
                **self.how,
            ),
        )

    @precondition(lambda self: self.has(DisputeCase, *_RUNNING))
    @rule(pick=PICK)
    def resolver_answers(self, pick: int) -> None:
        case = self.one(DisputeCase, pick, *_RUNNING)
        link = self._link(case, LinkPurpose.RESOLVER)
        self.act(
            "resolver_answers",
            lambda: answers.give(link=link, text="It was done.", by=_RESOLVER, at=self.at),
        )

    @precondition(lambda self: self.has(ResolverAnswer, "pending"))
    @rule(pick=PICK)
    def judge_answer(self, pick: int) -> None:
        answer = self.one(ResolverAnswer, pick, "pending")
        if pick % 2:
            self.act("take_answer", lambda: answers.take(answer=answer, **self.how))
        else:
            self.act(
                "refuse_answer",
                lambda: answers.refuse(answer=answer, note=_REASON, **self.how),
            )

    @precondition(lambda self: self.has(DisputeCase, *_RUNNING))
    @rule(pick=PICK)
    def follow_up(self, pick: int) -> None:
        case = self.one(DisputeCase, pick, *_RUNNING)
        self.act(
            "follow_up",
            lambda: following_up.add(
                case=case, due_on=self.today + timedelta(days=pick), **self.how
            ),
        )

    @precondition(lambda self: self.has(FollowUp, "open"))
    @rule(pick=PICK)
    def finish_follow_up(self, pick: int) -> None:
        follow_up = self.one(FollowUp, pick, "open")
        self.act("finish_follow_up", lambda: following_up.finish(follow_up=follow_up, **self.how))

    def _link(self, case: DisputeCase, purpose: LinkPurpose) -> Any:
        return AccessLinkFactory(
            shop=case.shop, purpose=purpose, target_id=case.pk, created_at=self.at
        )
