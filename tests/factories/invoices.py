"""Invoices, their ledgers, and the money that stands on them."""

import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import factory
from django.db import transaction

from estimates.states import LineKind
from invoices.models import (
    BankImport,
    BankTransaction,
    BillingSettings,
    Invoice,
    InvoiceLine,
    LedgerEntry,
    Payment,
    Refund,
)
from invoices.references import creditor_reference
from invoices.searching import search_text_of
from invoices.services import ledger
from invoices.states import (
    BankFormat,
    EntryKind,
    InvoiceKind,
    InvoiceStatus,
    PaymentMethod,
    PaymentPurpose,
)
from shopdisputes.canonical import sha256_hex
from shopdisputes.dates import local_day
from shopdisputes.money import to_cents
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.shops import numbering
from shopdisputes.shops.models import Shop
from tests.factories.base import ShopOwnedFactory, now
from tests.factories.customers import CustomerFactory
from tests.factories.estimates import ADVISOR, BRAKES, EstimateFactory
from tests.factories.repairorders import RepairOrderFactory
from tests.factories.shops import ShopFactory

_TAX_RATE = Decimal("20.00")


def authorized_order(
    shop: Shop | None = None, lines: Sequence[dict[str, Any]] = BRAKES, **order: Any
) -> RepairOrder:
    """Return a visit with one estimate of which the customer authorized every line by link."""
    visit = RepairOrderFactory(**({"shop": shop} if shop else {}), **order)
    EstimateFactory(repair_order=visit, lines=lines, answered=True)
    return visit


def day_of(made: Any, moment: Any) -> date:
    """Return the shop's day of a moment."""
    return local_day(moment, zone=made.shop.zone)


def take_number(shop: Shop, series: str, day: date) -> str:
    """Take the next number of a series, as services do."""
    with transaction.atomic():
        return numbering.next_number(shop=shop, series=series, year=day.year)


class BillingSettingsFactory(ShopOwnedFactory):
    """A shop with an account in France."""

    class Meta:
        model = BillingSettings

    shop = factory.SubFactory(ShopFactory)
    account_holder = "Garage SARL"
    iban = "FR7630006000011234567890189"
    bic = "AGRIFRPP"


class InvoiceFactory(ShopOwnedFactory):
    """A draft of 120.00 with one line at 20 % tax; ``issued=True``: numbered, owed, hashed.

    It goes through no service: for an invoice with a basis take ``authorized_order`` and
    ``drafting.draft``. ``total`` is the amount with tax, ``lines`` are other lines (None: no
    lines), ``customer`` or ``repair_order`` say whose it is. ``credit_note`` of an ``original``.
    """

    _parents = ("repair_order", "customer", "original")

    class Meta:
        model = Invoice

    class Params:
        issued = factory.Trait(
            status=InvoiceStatus.ISSUED,
            issued_on=factory.LazyAttribute(lambda made: day_of(made, made.created_at)),
            issued_at=factory.SelfAttribute("created_at"),
            issued_by="Ada Advisor",
            canonical_json="{}",
            sha256=sha256_hex("{}"),
        )
        credit_note = factory.Trait(
            issued=True, kind=InvoiceKind.CREDIT_NOTE, explanation="Billed twice."
        )

    shop = factory.SubFactory(ShopFactory)
    repair_order = factory.SubFactory(RepairOrderFactory, shop=factory.SelfAttribute("..shop"))
    customer = factory.SelfAttribute("repair_order.customer")
    kind = InvoiceKind.FULL
    currency = "EUR"
    language = "en"
    total = Decimal("120.00")
    subtotal = factory.LazyAttribute(
        lambda made: to_cents(Decimal(made.total) / (1 + _TAX_RATE / 100))
    )
    tax = factory.LazyAttribute(lambda made: Decimal(made.total) - made.subtotal)
    taxes = factory.LazyAttribute(
        lambda made: [{"rate": "20.00", "base": f"{made.subtotal:.2f}", "tax": f"{made.tax:.2f}"}]
    )
    created_at = now
    created_by = "Ada Advisor"
    due_on = factory.LazyAttribute(lambda made: day_of(made, made.created_at) + timedelta(days=14))
    original = None

    @classmethod
    def _generate(cls, strategy: str, params: dict[str, Any]) -> Any:
        if params.get("original") is not None:
            params.setdefault("repair_order", params["original"].repair_order)
        elif params.get("customer") is not None and "repair_order" not in params:
            customer = params["customer"]
            params["repair_order"] = RepairOrderFactory(
                shop=customer.shop, vehicle__customer=customer
            )
        elif params.get("credit_note"):
            params["original"] = InvoiceFactory(
                issued=True, **{k: params[k] for k in ("shop", "repair_order") if k in params}
            )
            params["repair_order"] = params["original"].repair_order
        return super()._generate(strategy, params)

    @classmethod
    def _create(
        cls,
        model_class: type[Invoice],
        *args: Any,
        lines: Sequence[dict[str, Any]] | None = ({},),
        **kwargs: Any,
    ) -> Invoice:
        made = model_class(*args, **kwargs)
        made.total = Decimal(made.total)
        issued = made.status != InvoiceStatus.DRAFT
        if issued and not made.number:
            series = "CN" if made.is_credit_note else "INV"
            made.number = take_number(made.shop, series, made.issued_on)
        if issued and not made.is_credit_note:
            made.reference = made.reference or creditor_reference(made.number)
        made.search_text = made.search_text or search_text_of(made)
        made.save(force_insert=True)
        for line in lines or ():
            InvoiceLineFactory(
                invoice=made, **({"unit_price": made.subtotal, "quantity": Decimal("1")} | line)
            )
        if made.status == InvoiceStatus.ISSUED and not made.is_credit_note:
            _bill(made)
        return made


def _bill(made: Invoice) -> None:
    with transaction.atomic():
        ledger.post(
            invoice=made, kind=EntryKind.BILLED, amount=made.total, by=ADVISOR, at=made.issued_at
        )


class InvoiceLineFactory(ShopOwnedFactory):
    """A line of an invoice without a basis; its ``net`` follows from quantity and price."""

    _parents = ("invoice",)

    class Meta:
        model = InvoiceLine

    shop = factory.SubFactory(ShopFactory)
    invoice = factory.SubFactory(
        InvoiceFactory, shop=factory.SelfAttribute("..shop"), lines=None, total=Decimal("0.00")
    )
    position = factory.LazyAttribute(lambda line: line.invoice.lines.count() + 1)
    kind = LineKind.LABOUR
    description = "Replace the front brake pads"
    quantity = Decimal("1.5")
    unit_price = Decimal("80.00")
    tax_rate = _TAX_RATE
    net = factory.LazyAttribute(lambda line: to_cents(line.quantity * line.unit_price))


class PaymentFactory(ShopOwnedFactory):
    """100.00 in cash, on no invoice. ``deposit=True``: given for a visit.

    ``on`` is an issued invoice on which all of it is put.
    """

    _parents = ("customer", "repair_order", "on")

    class Meta:
        model = Payment

    class Params:
        deposit = factory.Trait(
            purpose=PaymentPurpose.DEPOSIT,
            repair_order=factory.SubFactory(
                RepairOrderFactory,
                shop=factory.SelfAttribute("..shop"),
            ),
            customer=factory.SelfAttribute("repair_order.customer"),
        )

    shop = factory.SubFactory(ShopFactory)
    customer = factory.SubFactory(CustomerFactory, shop=factory.SelfAttribute("..shop"))
    amount = Decimal("100.00")
    unallocated = factory.LazyAttribute(lambda made: Decimal(made.amount))
    currency = "EUR"
    method = PaymentMethod.CASH
    recorded_at = now
    recorded_by = "Ada Advisor"
    received_on = factory.LazyAttribute(lambda made: day_of(made, made.recorded_at))
    number = ""

    @classmethod
    def _generate(cls, strategy: str, params: dict[str, Any]) -> Any:
        if params.get("on") is not None:
            params.setdefault("customer", params["on"].customer)
        if params.get("repair_order") is not None:
            params["deposit"] = True
        return super()._generate(strategy, params)

    @classmethod
    def _create(
        cls, model_class: type[Payment], *args: Any, on: Invoice | None = None, **kwargs: Any
    ) -> Payment:
        kwargs["amount"] = Decimal(kwargs["amount"])
        kwargs["number"] = kwargs["number"] or take_number(
            kwargs["shop"], "PAY", kwargs["received_on"]
        )
        made: Payment = super()._create(model_class, *args, **kwargs)
        if on is not None:
            with transaction.atomic():
                ledger.put_on(
                    payment=made, invoice=on, amount=made.amount, by=ADVISOR, at=made.recorded_at
                )
        return made


class RefundFactory(ShopOwnedFactory):
    """10.00 given back of a payment, whose figures follow."""

    _parents = ("payment",)

    class Meta:
        model = Refund

    shop = factory.SubFactory(ShopFactory)
    payment = factory.SubFactory(PaymentFactory, shop=factory.SelfAttribute("..shop"))
    amount = Decimal("10.00")
    method = PaymentMethod.CASH
    reason = "Paid twice."
    recorded_at = now
    recorded_by = "Ada Advisor"
    refunded_on = factory.LazyAttribute(lambda made: day_of(made, made.recorded_at))
    number = factory.LazyAttribute(lambda made: take_number(made.shop, "REF", made.refunded_on))

    @classmethod
    def _create(cls, model_class: type[Refund], *args: Any, **kwargs: Any) -> Refund:
        kwargs["amount"] = Decimal(kwargs["amount"])
        ledger.note_refund(payment=kwargs["payment"], amount=kwargs["amount"])
        made: Refund = super()._create(model_class, *args, **kwargs)
        return made


class LedgerEntryFactory(ShopOwnedFactory):
    """A row that takes 10.00 off an invoice's balance, as a write-off; for tests of the model."""

    _parents = ("invoice",)

    class Meta:
        model = LedgerEntry

    shop = factory.SubFactory(ShopFactory)
    invoice = factory.SubFactory(InvoiceFactory, shop=factory.SelfAttribute("..shop"), issued=True)
    sequence = factory.LazyAttribute(lambda entry: ledger.last_sequence(entry.invoice) + 1)
    kind = EntryKind.WRITE_OFF
    amount = Decimal("-10.00")
    balance = factory.LazyAttribute(lambda entry: entry.invoice.balance + entry.amount)
    at = now
    on = factory.LazyAttribute(lambda entry: day_of(entry, entry.at))
    recorded_by = "Ada Advisor"


class BankImportFactory(ShopOwnedFactory):
    """A file of a bank of which one line was taken."""

    class Meta:
        model = BankImport

    shop = factory.SubFactory(ShopFactory)
    filename = "statement.xml"
    format = BankFormat.CAMT053
    sha256 = factory.Sequence(lambda n: sha256_hex(str(n)))
    account = "FR7630006000011234567890189"
    taken = 1
    imported_at = now
    imported_by = "Ada Advisor"


class BankTransactionFactory(ShopOwnedFactory):
    """Money that came in, to be decided."""

    _parents = ("statement",)

    class Meta:
        model = BankTransaction

    shop = factory.SubFactory(ShopFactory)
    statement = factory.SubFactory(BankImportFactory, shop=factory.SelfAttribute("..shop"))
    fingerprint = factory.LazyFunction(lambda: sha256_hex(str(uuid.uuid4())))
    booked_on = factory.LazyAttribute(lambda made: day_of(made, made.statement.imported_at))
    amount = Decimal("100.00")
    currency = "EUR"
    payer = "Camille Durand"
    text = "Invoice of my car"
