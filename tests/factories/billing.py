"""What keeps an invoice from being asked for, what was done, stopped, stored, handed over."""

import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

import factory

from invoices.models import (
    Claim,
    ClaimFile,
    HandOver,
    Hold,
    Instalment,
    PaymentPlan,
    Promise,
    StopWork,
    StopWorkFile,
    StorageNotice,
    StorageSuspension,
    WorkItem,
)
from invoices.states import (
    ClaimKind,
    CollectorAuthority,
    HoldKind,
    PaymentState,
    PlanStatus,
    StopChannel,
    SuspensionReason,
)
from shopdisputes.canonical import sha256_hex
from tests.factories.base import ShopOwnedFactory, now
from tests.factories.estimates import LineFactory
from tests.factories.invoices import InvoiceFactory, day_of, take_number
from tests.factories.repairorders import RepairOrderFactory
from tests.factories.shops import ShopFactory
from tests.factories.uploads import StoredFileFactory


def _invoice() -> factory.SubFactory:
    return factory.SubFactory(InvoiceFactory, shop=factory.SelfAttribute("..shop"), issued=True)


def _hold(kind: HoldKind, **facts: Any) -> factory.SubFactory:
    return factory.SubFactory(
        HoldFactory,
        shop=factory.SelfAttribute("..shop"),
        invoice=factory.SelfAttribute("..invoice"),
        kind=kind,
        **facts,
    )


class HoldFactory(ShopOwnedFactory):
    """10.00 of an issued invoice, held by hand until a person lets it go."""

    _parents = ("invoice",)

    class Meta:
        model = Hold

    shop = factory.SubFactory(ShopFactory)
    invoice = _invoice()
    kind = HoldKind.MANUAL
    amount = Decimal("10.00")
    reason = "The manager looks into it."
    placed_at = now
    placed_by = "Ada Advisor"


class PromiseFactory(ShopOwnedFactory):
    """The customer promises 10.00 within a week."""

    _parents = ("invoice",)

    class Meta:
        model = Promise

    shop = factory.SubFactory(ShopFactory)
    invoice = _invoice()
    amount = Decimal("10.00")
    made_at = now
    made_by = "Camille Durand"
    promised_on = factory.LazyAttribute(lambda made: day_of(made, made.made_at) + timedelta(days=7))
    grace_until = factory.LazyAttribute(lambda made: made.promised_on + timedelta(days=3))
    after_entry = 1
    hold = _hold(HoldKind.PROMISE, amount=factory.SelfAttribute("..amount"))


class PaymentPlanFactory(ShopOwnedFactory):
    """The whole balance of an invoice in two parts, offered; ``active=True``: signed, running."""

    _parents = ("invoice",)

    class Meta:
        model = PaymentPlan

    class Params:
        active = factory.Trait(
            status=PlanStatus.ACTIVE,
            signed_at=factory.SelfAttribute("created_at"),
            hold=_hold(
                HoldKind.PLAN,
                amount=factory.SelfAttribute("..total"),
                source_id=factory.SelfAttribute("..id"),
            ),
        )

    id = factory.LazyFunction(uuid.uuid4)
    shop = factory.SubFactory(ShopFactory)
    invoice = _invoice()
    total = factory.LazyAttribute(lambda made: made.invoice.balance)
    after_entry = 1
    created_at = now
    created_by = "Ada Advisor"
    answer_by = factory.LazyAttribute(
        lambda made: day_of(made, made.created_at) + timedelta(days=7)
    )
    number = factory.LazyAttribute(
        lambda made: take_number(made.shop, "PLAN", day_of(made, made.created_at))
    )
    canonical_json = "{}"
    sha256 = sha256_hex("{}")
    hold = _hold(
        HoldKind.REPLY_PENDING,
        amount=factory.SelfAttribute("..total"),
        source_id=factory.SelfAttribute("..id"),
    )

    @classmethod
    def _create(
        cls, model_class: type[PaymentPlan], *args: Any, parts: int = 2, **kwargs: Any
    ) -> PaymentPlan:
        made: PaymentPlan = super()._create(model_class, *args, **kwargs)
        first = day_of(made, made.created_at)
        left = made.total
        for position in range(1, parts + 1):
            amount = left if position == parts else (made.total / parts).quantize(Decimal("0.01"))
            left -= amount
            InstalmentFactory(
                plan=made,
                position=position,
                due_on=first + timedelta(days=30 * position),
                amount=amount,
            )
        return made


class InstalmentFactory(ShopOwnedFactory):
    """One part of a plan without other parts."""

    _parents = ("plan",)

    class Meta:
        model = Instalment

    shop = factory.SubFactory(ShopFactory)
    plan = factory.SubFactory(PaymentPlanFactory, shop=factory.SelfAttribute("..shop"), parts=0)
    position = factory.LazyAttribute(lambda part: part.plan.instalments.count() + 1)
    due_on = factory.LazyAttribute(
        lambda part: day_of(part, part.plan.created_at) + timedelta(days=30)
    )
    amount = factory.SelfAttribute("plan.total")


class ClaimFactory(ShopOwnedFactory):
    """The customer says that something is wrong; nobody has answered yet."""

    _parents = ("invoice",)

    class Meta:
        model = Claim

    shop = factory.SubFactory(ShopFactory)
    invoice = _invoice()
    kind = ClaimKind.SOMETHING_WRONG
    text = "I never agreed to this."
    hold = _hold(HoldKind.REPLY_PENDING, amount=None)
    made_at = now
    made_by = "Camille Durand"


class ClaimFileFactory(ShopOwnedFactory):
    """A picture that the customer added."""

    _parents = ("claim", "file")

    class Meta:
        model = ClaimFile

    shop = factory.SubFactory(ShopFactory)
    claim = factory.SubFactory(ClaimFactory, shop=factory.SelfAttribute("..shop"))
    file = factory.SubFactory(StoredFileFactory, shop=factory.SelfAttribute("..shop"))
    sent_as = "slip.png"
    added_at = now


class WorkItemFactory(ShopOwnedFactory):
    """Work on an authorized line that has not begun; ``line`` says which."""

    _parents = ("line",)

    class Meta:
        model = WorkItem

    shop = factory.SubFactory(ShopFactory)
    line = factory.SubFactory(LineFactory, shop=factory.SelfAttribute("..shop"))
    repair_order = factory.SelfAttribute("line.revision.estimate.repair_order")
    key = factory.SelfAttribute("line.key")
    updated_at = now
    updated_by = "Theo Technician"


class StopWorkFactory(ShopOwnedFactory):
    """The customer stops the repair on the phone and has chosen nothing yet."""

    _parents = ("repair_order",)

    class Meta:
        model = StopWork

    shop = factory.SubFactory(ShopFactory)
    repair_order = factory.SubFactory(RepairOrderFactory, shop=factory.SelfAttribute("..shop"))
    happened_at = now
    reason = "It gets too expensive."
    channel = StopChannel.PHONE
    person = "Camille Durand"
    recorded_at = factory.SelfAttribute("happened_at")
    recorded_by = "Ada Advisor"


class StopWorkFileFactory(ShopOwnedFactory):
    """A message with which the customer stopped the repair."""

    _parents = ("stop", "file")

    class Meta:
        model = StopWorkFile

    shop = factory.SubFactory(ShopFactory)
    stop = factory.SubFactory(StopWorkFactory, shop=factory.SelfAttribute("..shop"))
    file = factory.SubFactory(StoredFileFactory, shop=factory.SelfAttribute("..shop"))
    sent_as = "message.png"
    added_at = now
    added_by = "Ada Advisor"


class StorageNoticeFactory(ShopOwnedFactory):
    """The customer was told that a day costs 12.00 after three free ones."""

    _parents = ("repair_order",)

    class Meta:
        model = StorageNotice

    shop = factory.SubFactory(ShopFactory)
    repair_order = factory.SubFactory(RepairOrderFactory, shop=factory.SelfAttribute("..shop"))
    sent_at = now
    sent_by = "Ada Advisor"
    sent_to = "camille@customer.example"
    ready_on = factory.LazyAttribute(lambda made: day_of(made, made.sent_at))
    daily_rate = Decimal("12.00")
    tax_rate = Decimal("20.00")
    free_days = 3
    first_day = factory.LazyAttribute(
        lambda made: day_of(made, made.sent_at) + timedelta(days=1 + made.free_days)
    )


class StorageSuspensionFactory(ShopOwnedFactory):
    """Storage does not count until further notice."""

    _parents = ("notice",)

    class Meta:
        model = StorageSuspension

    shop = factory.SubFactory(ShopFactory)
    notice = factory.SubFactory(StorageNoticeFactory, shop=factory.SelfAttribute("..shop"))
    reason = SuspensionReason.PARTS
    from_on = factory.SelfAttribute("notice.first_day")
    recorded_at = now
    recorded_by = "Ada Advisor"


class HandOverFactory(ShopOwnedFactory):
    """The customer collects the vehicle; nothing is owed."""

    _parents = ("repair_order",)

    class Meta:
        model = HandOver

    shop = factory.SubFactory(ShopFactory)
    repair_order = factory.SubFactory(RepairOrderFactory, shop=factory.SelfAttribute("..shop"))
    happened_at = now
    odometer = 84_012
    collected_by = "Camille Durand"
    authority = CollectorAuthority.CUSTOMER
    currency = "EUR"
    payment_state = PaymentState.PAID
    balance = Decimal("0.00")
    recorded_at = factory.SelfAttribute("happened_at")
    recorded_by = "Ada Advisor"
