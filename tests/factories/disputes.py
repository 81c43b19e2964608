"""Cases, what they contest and hold, offers, reworks and chargebacks."""

import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

import factory

from disputes.billed import billed_for
from disputes.models import (
    CaseFile,
    CaseMessage,
    Chargeback,
    ChargebackNotice,
    ChargebackPart,
    DisputeCase,
    DisputeItem,
    DisputeReason,
    FollowUp,
    Offer,
    ResolverAnswer,
    ReworkFile,
    ReworkRequest,
)
from disputes.searching import search_text_of
from disputes.states import (
    CaseStatus,
    ChargebackKind,
    ClosingCode,
    FollowUpStatus,
    ItemState,
    OfferKind,
    OfferSide,
    Opening,
    ReasonCode,
    Resume,
    Severity,
)
from invoices.states import HoldKind
from shopdisputes.canonical import canonical_json, sha256_hex
from tests.factories.base import ShopOwnedFactory, now
from tests.factories.billing import HoldFactory
from tests.factories.customers import CustomerFactory
from tests.factories.invoices import InvoiceFactory, PaymentFactory, day_of, take_number
from tests.factories.shops import ShopFactory
from tests.factories.uploads import StoredFileFactory


class DisputeReasonFactory(ShopOwnedFactory):
    """A ready-made reason, followed up after two days; one row for each code of a shop."""

    class Meta:
        model = DisputeReason
        django_get_or_create = ("shop", "code")

    shop = factory.SubFactory(ShopFactory)
    code = ReasonCode.PRICE_ERROR
    follow_up_days = 2
    severity = Severity.NORMAL
    stops_storage = False


def _number(series: str, when: str) -> factory.LazyAttribute:
    return factory.LazyAttribute(
        lambda made: take_number(made.shop, series, day_of(made, getattr(made, when)))
    )


class DisputeCaseFactory(ShopOwnedFactory):
    """An open case about all of an issued invoice of 120.00, held, with one follow-up.

    It goes through no service; for a whole one take ``opening.open_case``. ``invoice`` is another
    issued invoice (None: nothing is contested), ``line`` and ``amount`` a part of it.
    ``by_customer`` is the customer's own; ``resolved=True``: it has ended, and its hold with it.
    The follow-up is told by ``follow_up_on``, two days ahead.
    """

    _parents = ("invoice", "customer", "reason")

    class Meta:
        model = DisputeCase

    class Params:
        by_customer = factory.Trait(
            status=CaseStatus.SUBMITTED,
            opening=Opening.CUSTOMER,
            opened_by=factory.SelfAttribute("customer.name"),
        )
        resolved = factory.Trait(
            status=CaseStatus.RESOLVED,
            closing_code=ClosingCode.SHOP_RIGHT,
            closing_note="The price is the one of the estimate.",
            resume=Resume.KEEP_STEP,
            closed_at=factory.SelfAttribute("opened_at"),
            closed_by="Ada Advisor",
            reopen_until=factory.LazyAttribute(
                lambda made: day_of(made, made.opened_at) + timedelta(days=14)
            ),
        )

    shop = factory.SubFactory(ShopFactory)
    customer = factory.SubFactory(CustomerFactory, shop=factory.SelfAttribute("..shop"))
    invoice = factory.LazyAttribute(
        lambda made: InvoiceFactory(issued=True, customer=made.customer)
    )
    line = None
    amount = None
    follow_up_on = factory.LazyAttribute(
        lambda made: day_of(made, made.opened_at) + timedelta(days=2)
    )
    reason = factory.SubFactory(DisputeReasonFactory, shop=factory.SelfAttribute("..shop"))
    repair_order = factory.LazyAttribute(
        lambda made: made.invoice.repair_order if made.invoice else None
    )
    number = _number("D", "opened_at")
    status = CaseStatus.OPEN
    severity = factory.SelfAttribute("reason.severity")
    stops_storage = factory.SelfAttribute("reason.stops_storage")
    comment = "The pads were to cost 90.00."
    opening = Opening.STAFF
    opened_at = now
    opened_by = "Ada Advisor"
    resolver_name = "Theo Technician"
    resolver_email = "theo@garage.example"

    @classmethod
    def _generate(cls, strategy: str, params: dict[str, Any]) -> Any:
        if params.get("invoice") is not None:
            params.setdefault("customer", params["invoice"].customer)
        return super()._generate(strategy, params)

    @classmethod
    def _create(cls, model_class: type[DisputeCase], *args: Any, **kwargs: Any) -> DisputeCase:
        invoice, line, amount, follow_up_on = (
            kwargs.pop(name) for name in ("invoice", "line", "amount", "follow_up_on")
        )
        made = model_class(*args, **kwargs)
        made.search_text = search_text_of(made, [invoice] if invoice else [])
        made.save(force_insert=True)
        ended = {"ended_at": made.closed_at, "ended_by": "Ada Advisor"} if made.has_ended else {}
        if invoice is not None:
            DisputeItemFactory(
                case=made,
                invoice=invoice,
                line=line,
                amount=amount or billed_for(invoice, line),
                state=ItemState.SETTLED if made.has_ended else ItemState.OPEN,
                hold__review_on=follow_up_on,
                hold__released_at=made.closed_at,
                **ended,
            )
        FollowUpFactory(
            case=made,
            due_on=follow_up_on,
            person=made.owner,
            status=FollowUpStatus.FINISHED if made.has_ended else FollowUpStatus.OPEN,
            finished_at=made.closed_at,
        )
        return made


class DisputeItemFactory(ShopOwnedFactory):
    """10.00 of an issued invoice of the case's customer, contested and held; ``hold=None``: not."""

    _parents = ("case",)

    class Meta:
        model = DisputeItem

    id = factory.LazyFunction(uuid.uuid4)
    shop = factory.SubFactory(ShopFactory)
    case = factory.SubFactory(
        DisputeCaseFactory, shop=factory.SelfAttribute("..shop"), invoice=None
    )
    invoice = factory.LazyAttribute(
        lambda made: InvoiceFactory(issued=True, customer=made.case.customer)
    )
    line = None
    amount = Decimal("10.00")
    hold = factory.SubFactory(
        HoldFactory,
        shop=factory.SelfAttribute("..shop"),
        invoice=factory.SelfAttribute("..invoice"),
        kind=HoldKind.DISPUTE,
        amount=factory.SelfAttribute("..amount"),
        reason="",
        subject=factory.SelfAttribute("..case.number"),
        source_id=factory.SelfAttribute("..id"),
        placed_at=factory.SelfAttribute("..added_at"),
    )
    added_at = factory.SelfAttribute("case.opened_at")


class FollowUpFactory(ShopOwnedFactory):
    """Somebody looks at a case again the day after it was opened."""

    _parents = ("case",)

    class Meta:
        model = FollowUp

    shop = factory.SubFactory(ShopFactory)
    case = factory.SubFactory(DisputeCaseFactory, shop=factory.SelfAttribute("..shop"))
    due_on = factory.LazyAttribute(
        lambda made: day_of(made.case, made.case.opened_at) + timedelta(days=1)
    )
    created_at = factory.SelfAttribute("case.opened_at")
    created_by = "Ada Advisor"


class CaseMessageFactory(ShopOwnedFactory):
    """The shop writes to the customer; ``internal=True``: to itself."""

    _parents = ("case",)

    class Meta:
        model = CaseMessage

    shop = factory.SubFactory(ShopFactory)
    case = factory.SubFactory(DisputeCaseFactory, shop=factory.SelfAttribute("..shop"))
    side = CaseMessage.Side.SHOP
    text = "We look into it until Friday."
    said_at = now
    said_by = "Ada Advisor"


class ResolverAnswerFactory(ShopOwnedFactory):
    """The resolver answers; nobody has looked at it."""

    _parents = ("case",)

    class Meta:
        model = ResolverAnswer

    shop = factory.SubFactory(ShopFactory)
    case = factory.SubFactory(DisputeCaseFactory, shop=factory.SelfAttribute("..shop"))
    text = "The pads were billed at the price of the rear axle."
    proposal = "Bill the right price."
    proposed_amount = Decimal("30.00")
    given_at = now
    given_by = "Theo Technician"


class CaseFileFactory(ShopOwnedFactory):
    """A photo that the customer added to a case."""

    _parents = ("case",)

    class Meta:
        model = CaseFile

    shop = factory.SubFactory(ShopFactory)
    case = factory.SubFactory(DisputeCaseFactory, shop=factory.SelfAttribute("..shop"))
    file = factory.SubFactory(StoredFileFactory, shop=factory.SelfAttribute("..shop"))
    sent_as = "old-pads.png"
    side = CaseMessage.Side.CUSTOMER
    added_at = now
    added_by = "Camille Durand"


class OfferFactory(ShopOwnedFactory):
    """The shop offers a credit of 30.00, open for a week."""

    _parents = ("case",)

    class Meta:
        model = Offer

    shop = factory.SubFactory(ShopFactory)
    case = factory.SubFactory(
        DisputeCaseFactory, shop=factory.SelfAttribute("..shop"), status=CaseStatus.PROPOSAL_OUT
    )
    position = factory.LazyAttribute(lambda made: made.case.offers.count() + 1)
    side = OfferSide.SHOP
    kind = OfferKind.CREDIT
    amount = Decimal("30.00")
    text = "We credit what the pads cost too much."
    made_at = now
    made_by = "Ada Advisor"
    expires_on = factory.LazyAttribute(
        lambda made: day_of(made.case, made.made_at) + timedelta(days=7)
    )
    canonical_json = factory.LazyAttribute(
        lambda made: canonical_json(
            {"case": made.case.number, "offer": made.position, "text": made.text}
        )
    )
    sha256 = factory.LazyAttribute(lambda made: sha256_hex(made.canonical_json))


class ReworkRequestFactory(ShopOwnedFactory):
    """The customer asks to have all of an issued invoice done again, held, within two days."""

    _parents = ("invoice",)

    class Meta:
        model = ReworkRequest
        skip_postgeneration_save = True

    id = factory.LazyFunction(uuid.uuid4)
    shop = factory.SubFactory(ShopFactory)
    invoice = factory.SubFactory(InvoiceFactory, shop=factory.SelfAttribute("..shop"), issued=True)
    amount = factory.SelfAttribute("invoice.total")
    hold = factory.SubFactory(
        HoldFactory,
        shop=factory.SelfAttribute("..shop"),
        invoice=factory.SelfAttribute("..invoice"),
        kind=HoldKind.REWORK,
        amount=factory.SelfAttribute("..amount"),
        reason="",
        subject=factory.SelfAttribute("..number"),
        source_id=factory.SelfAttribute("..id"),
        placed_at=factory.SelfAttribute("..asked_at"),
    )
    number = _number("RW", "asked_at")
    description = "The brakes still squeal."
    asked_at = now
    asked_by = "Camille Durand"
    answer_by = factory.LazyAttribute(lambda made: made.asked_at + timedelta(days=2))

    @factory.post_generation
    def lines(self: Any, create: bool, extracted: Any, **_options: Any) -> None:
        """All lines of the invoice, or those that are given."""
        self.lines.set(extracted if extracted is not None else self.invoice.lines.all())


class ReworkFileFactory(ShopOwnedFactory):
    """A photo with a request."""

    _parents = ("rework",)

    class Meta:
        model = ReworkFile

    shop = factory.SubFactory(ShopFactory)
    rework = factory.SubFactory(ReworkRequestFactory, shop=factory.SelfAttribute("..shop"))
    file = factory.SubFactory(StoredFileFactory, shop=factory.SelfAttribute("..shop"))
    by_customer = True
    added_at = now


class ChargebackFactory(ShopOwnedFactory):
    """The bank takes back a payment of 100.00 by card; evidence is due in a week."""

    _parents = ("payment", "case")

    class Meta:
        model = Chargeback

    shop = factory.SubFactory(ShopFactory)
    payment = factory.SubFactory(PaymentFactory, shop=factory.SelfAttribute("..shop"))
    case = None
    kind = ChargebackKind.CHARGEBACK
    amount = factory.SelfAttribute("payment.amount")
    number = _number("CB", "recorded_at")
    network_reason = "13.1 Merchandise or services not received"
    reference = factory.Sequence(lambda n: f"ARN-{n}")
    recorded_at = now
    recorded_by = "Ada Advisor"
    evidence_due_by = factory.LazyAttribute(lambda made: made.recorded_at + timedelta(days=7))


class ChargebackPartFactory(ShopOwnedFactory):
    """10.00 of a chargeback on an issued invoice, whose money is still with the shop."""

    _parents = ("chargeback",)

    class Meta:
        model = ChargebackPart

    shop = factory.SubFactory(ShopFactory)
    chargeback = factory.SubFactory(ChargebackFactory, shop=factory.SelfAttribute("..shop"))
    invoice = factory.LazyAttribute(
        lambda made: InvoiceFactory(issued=True, customer=made.chargeback.payment.customer)
    )
    amount = Decimal("10.00")


class ChargebackNoticeFactory(ShopOwnedFactory):
    """Somebody was told that evidence is due in seven days."""

    _parents = ("chargeback",)

    class Meta:
        model = ChargebackNotice

    shop = factory.SubFactory(ShopFactory)
    chargeback = factory.SubFactory(ChargebackFactory, shop=factory.SelfAttribute("..shop"))
    due_by = factory.SelfAttribute("chargeback.evidence_due_by")
    days_left = 7
    told_at = now
