"""Money: what is paid, moved, given back, credited, given up, promised, planned and held."""

from decimal import Decimal

from hypothesis.stateful import precondition, rule

from invoices import collecting
from invoices.models import Claim, Hold, Invoice, Payment, PaymentPlan, Promise
from invoices.services import claims, crediting, ending, holds, issuing, payments, plans, promises
from invoices.states import ClaimKind, HoldKind, PaymentMethod
from shopdisputes.money import to_cents
from tests.drills.life.base import PICK, SHARE, Life, key_from, part

_REASON = "It was agreed so."


class Money(Life):
    """What happens to what is owed."""

    @precondition(lambda self: self.has(Invoice, "owed"))
    @rule(pick=PICK, share=SHARE)
    def pay(self, pick: int, share: str) -> None:
        invoice = self.one(Invoice, pick, "owed")
        amount = part(share, invoice.balance)
        self.act(
            "pay",
            lambda: payments.record(
                customer=invoice.customer,
                amount=amount,
                method=PaymentMethod.CARD,
                received_on=self.today,
                # What is too much stays on account every other time, else it is refused.
                allocations=[(invoice, min(amount, invoice.balance) if pick % 2 else amount)],
                **self.how,
            ),
        )

    @precondition(lambda self: self.has(Invoice, "owed"))
    @rule(pick=PICK)
    def pay_twice(self, pick: int) -> None:
        """A form that is sent twice is one payment."""
        invoice = self.one(Invoice, pick, "owed")
        amount = to_cents(invoice.balance / 2) or invoice.balance
        for _time in range(2):
            self.act(
                "pay_twice",
                lambda: payments.record(
                    customer=invoice.customer,
                    amount=amount,
                    method=PaymentMethod.CASH,
                    received_on=self.today,
                    allocations=[(invoice, amount)],
                    idempotency_key=key_from(pick),
                    **self.how,
                ),
            )

    @rule(pick=PICK, share=SHARE)
    def pay_on_account(self, pick: int, share: str) -> None:
        customer = self.world.customers[pick % len(self.world.customers)]
        self.act(
            "pay_on_account",
            lambda: payments.record(
                customer=customer,
                amount=part(share, Decimal("120.00")),
                method=PaymentMethod.BANK_TRANSFER,
                received_on=self.today,
                **self.how,
            ),
        )

    @precondition(lambda self: self.has(Payment, "free") and self.has(Invoice, "owed", "paid"))
    @rule(pick=PICK, other=PICK, share=SHARE)
    def allocate(self, pick: int, other: int, share: str) -> None:
        """Also to another customer's invoice, and of more than there is: refused."""
        payment, invoice = self.one(Payment, pick, "free"), self.one(Invoice, other, "owed", "paid")
        amount = part(share, min(payment.unallocated, invoice.balance))
        self.act(
            "allocate",
            lambda: payments.allocate(payment=payment, allocations=[(invoice, amount)], **self.how),
        )

    @precondition(lambda self: self.has(Payment, "used", "free") and self.has(Invoice))
    @rule(pick=PICK, share=SHARE)
    def take_off(self, pick: int, share: str) -> None:
        payment = self.one(Payment, pick, "used", "free")
        entry = payment.entries.order_by("-at", "pk").select_related("invoice").first()
        if entry is None:
            return
        self.act(
            "take_off",
            lambda: payments.unallocate(
                payment=payment,
                invoice=entry.invoice,
                amount=part(share, abs(entry.amount)),
                reason=_REASON,
                **self.how,
            ),
        )

    @precondition(lambda self: self.has(Payment, "free", "used"))
    @rule(pick=PICK, share=SHARE)
    def refund(self, pick: int, share: str) -> None:
        payment = self.one(Payment, pick, "free", "used")
        amount = part(share, payment.unallocated)
        self.act(
            "refund",
            lambda: payments.refund(payment=payment, amount=amount, reason=_REASON, **self.how),
        )

    @precondition(lambda self: self.has(Payment, "free", "used"))
    @rule(pick=PICK)
    def annul(self, pick: int) -> None:
        payment = self.one(Payment, pick, "used", "free")
        self.act("annul", lambda: payments.annul(payment=payment, reason=_REASON, **self.how))

    @precondition(lambda self: self.has(Invoice, "owed", "paid"))
    @rule(pick=PICK, share=SHARE)
    def credit(self, pick: int, share: str) -> None:
        invoice = self.one(Invoice, pick, "owed", "paid")
        amount = None if share == "all" else part(share, invoice.total)
        self.act(
            "credit",
            lambda: crediting.credit(invoice=invoice, reason=_REASON, amount=amount, **self.how),
        )

    @precondition(lambda self: self.has(Invoice, "owed", "paid"))
    @rule(pick=PICK)
    def void(self, pick: int) -> None:
        invoice = self.one(Invoice, pick, "owed", "paid")
        self.act("void", lambda: ending.void(invoice=invoice, reason=_REASON, **self.how))

    @precondition(lambda self: self.has(Invoice, "owed", "paid"))
    @rule(pick=PICK)
    def write_off(self, pick: int) -> None:
        invoice = self.one(Invoice, pick, "owed", "paid")
        self.act("write_off", lambda: ending.write_off(invoice=invoice, reason=_REASON, **self.how))

    @precondition(lambda self: self.has(Invoice, "written_off"))
    @rule(pick=PICK)
    def recover(self, pick: int) -> None:
        invoice = self.one(Invoice, pick, "written_off")
        self.act("recover", lambda: ending.recover(invoice=invoice, reason=_REASON, **self.how))

    @precondition(lambda self: self.has(Invoice, "owed"))
    @rule(pick=PICK, share=SHARE)
    def hold(self, pick: int, share: str) -> None:
        invoice = self.one(Invoice, pick, "owed")
        amount = None if share == "all" else part(share, invoice.balance)
        kind = (HoldKind.MANUAL, HoldKind.LEGAL)[pick % 2]
        self.act(
            "hold",
            lambda: holds.place(
                invoice=invoice, kind=kind, amount=amount, reason=_REASON, **self.how
            ),
        )

    @precondition(lambda self: self.has(Hold, "manual", "legal", "undeliverable"))
    @rule(pick=PICK)
    def let_go(self, pick: int) -> None:
        hold = self.one(Hold, pick, "manual", "legal", "undeliverable")
        self.act("let_go", lambda: holds.release(hold=hold, reason=_REASON, **self.how))

    @precondition(lambda self: self.has(Invoice, "owed"))
    @rule(pick=PICK, share=SHARE)
    def promise(self, pick: int, share: str) -> None:
        invoice = self.one(Invoice, pick, "owed")
        amount = None if share == "all" else part(share, invoice.balance)
        self.act(
            "promise",
            lambda: promises.make(
                invoice=invoice, amount=amount, promised_on=self.day(pick + 1), **self.how
            ),
        )

    @precondition(lambda self: self.has(Promise, "open"))
    @rule(pick=PICK)
    def take_promise_back(self, pick: int) -> None:
        promise = self.one(Promise, pick, "open")
        self.act(
            "take_promise_back",
            lambda: promises.withdraw(promise=promise, reason=_REASON, **self.how),
        )

    @precondition(lambda self: self.has(Invoice, "owed"))
    @rule(pick=PICK)
    def offer_plan(self, pick: int) -> None:
        invoice = self.one(Invoice, pick, "owed")
        asked = collecting.standing(invoice, at=self.at).figures.collectible
        first = to_cents(asked / 2)
        parts = [(self.day(3 + pick), first), (self.day(33 + pick), asked - first)]
        self.act(
            "offer_plan",
            lambda: plans.offer(
                invoice=invoice, instalments=parts, by_email=bool(pick % 3), **self.how
            ),
        )

    @precondition(lambda self: self.has(PaymentPlan, "offered"))
    @rule(pick=PICK)
    def agree_plan(self, pick: int) -> None:
        plan = self.one(PaymentPlan, pick, "offered")
        self.act(
            "agree_plan",
            lambda: plans.record_agreement(plan=plan, how="On the phone.", **self.how),
        )

    @precondition(lambda self: self.has(PaymentPlan, "offered", "active"))
    @rule(pick=PICK)
    def end_plan(self, pick: int) -> None:
        plan = self.one(PaymentPlan, pick, "offered", "active")
        name, end = (
            *(("end_plan", plans.end), ("withdraw_plan", plans.withdraw)),
            ("decline_plan", plans.decline),
        )[pick % 3]
        self.act(name, lambda: end(plan=plan, reason=_REASON, **self.how))

    @precondition(lambda self: self.has(Invoice, "owed", "paid"))
    @rule(pick=PICK, share=SHARE)
    def claim(self, pick: int, share: str) -> None:
        invoice = self.one(Invoice, pick, "owed", "paid")
        link = issuing.give_link(invoice=invoice, **self.how)
        paid = pick % 2 == 0
        self.act(
            "claim",
            lambda: claims.make(
                link=link,
                kind=ClaimKind.ALREADY_PAID if paid else ClaimKind.SOMETHING_WRONG,
                text="I paid it in cash." if paid else "I never agreed to this.",
                paid_on=self.today if paid else None,
                method=PaymentMethod.CASH if paid else "",
                amount=None if share == "all" else part(share, invoice.total),
                by=self.world.actor_of(invoice.customer),
                at=self.at,
            ),
        )

    @precondition(lambda self: self.has(Claim, "open"))
    @rule(pick=PICK)
    def answer_claim(self, pick: int) -> None:
        claim = self.one(Claim, pick, "open")
        self.act(
            "answer_claim",
            lambda: claims.answer(
                claim=claim, accepted=bool(pick % 2), answer="We looked into it.", **self.how
            ),
        )
