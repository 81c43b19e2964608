"""Reminders on paper: letters and formal demands, and the sheet of their addresses.

A letter is about all that is asked of one payer. Its address stands where the window of the
place's envelopes is: on the left as in DIN 5008 form B and on a No. 10 envelope, on the right
where envelopes of La Poste's pattern (NF D 10-011, 110 × 220 mm) are used.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from babel import Locale
from django.utils.translation import gettext as _

from dunning import accruals, emails, facts, hashtags, missing
from dunning.accruals import Accrual
from dunning.documents import enclosing
from dunning.models import Fee, Reminder, ReminderText
from dunning.ready_made import WORDINGS
from dunning.states import FeeRule, FeeStatus, Template
from invoices import ageing, collecting, references
from invoices.documents import making
from invoices.holding import Figures
from invoices.models import BillingSettings, Invoice, settings_of
from shopdisputes.customers.models import Customer, CustomerKind
from shopdisputes.dates import local_day
from shopdisputes.documents import rendering
from shopdisputes.documents.models import Document, DocumentKind
from shopdisputes.jurisdictions import mentions
from shopdisputes.money import ZERO
from shopdisputes.shops.models import Shop

_WINDOW_ON_THE_RIGHT = frozenset({"BE", "FR", "RU"})
#: More codes than this would leave no room for words.
_MOST_CODES = 4


@dataclass(frozen=True, kw_only=True)
class Item:
    """An invoice in a letter; ``amount`` is asked for, ``kept_back`` is owed and not asked for.

    ``due_on`` is the day of the oldest part that is unpaid, where it is paid in parts, or a later
    day that was agreed on.
    """

    reminder: Reminder
    invoice: Invoice
    figures: Figures
    charged: Decimal
    missing: missing.Missing
    due_on: date
    days_late: int
    code: str

    @property
    def paid(self) -> Decimal:
        """What was paid on it or credited."""
        return self.invoice.total + self.charged - self.invoice.balance

    @property
    def amount(self) -> Decimal:
        """What the letter asks for."""
        return self.figures.collectible

    @property
    def kept_back(self) -> Decimal:
        """What is disputed, promised, planned for later or held."""
        return self.figures.balance - self.figures.collectible

    @property
    def reference(self) -> str:
        """What the payer writes on a transfer, in groups."""
        return making.in_groups(self.invoice.reference)


@dataclass(frozen=True, kw_only=True)
class InterestRow:
    """Some days of interest; ``claimed``: it is a part of what the letter asks for."""

    number: str
    first_day: date
    last_day: date
    days: int
    base: Decimal
    rate: Decimal
    amount: Decimal
    claimed: bool


def letter(
    *, customer: Customer, reminders: Sequence[Reminder], pay_by: date | None, at: datetime
) -> Document:
    """Queue one letter about reminders of one payer, in the payer's language.

    The figures are those of ``at``. The sternest of the steps speaks for all of them; a formal
    demand says besides what may follow, as far as the rules of the place name it.
    """
    shop = customer.shop
    first = max(reminders, key=lambda reminder: reminder.step.offset_days)
    formal = first.step.template == Template.FORMAL_DEMAND
    items = _items(reminders, at=at)
    today = local_day(at, zone=shop.zone)
    subject, body = words_of(shop, template=first.step.template, language=customer.language)
    facts = emails.Letter(
        shop=shop,
        billing=settings_of(shop),
        language=customer.language,
        customer_name=customer.name,
        subject=subject,
        body=body,
        items=[_mail_item(item) for item in items],
        today=today,
        pay_by=pay_by,
    )
    accrued = _accrued(items, formal=formal, at=at)
    with making.worded(customer.language, shop):
        title = emails.subject_of(facts, emails.words_of(facts))
        context = {
            "items": items,
            "total": sum((item.amount for item in items), ZERO),
            "some_paid": any(item.paid for item in items),
            "some_kept_back": any(item.kept_back for item in items),
            "today": today,
            "pay_by": pay_by,
            "formal": formal,
            "window": "right" if shop.country in _WINDOW_ON_THE_RIGHT else "left",
            "country": _country(customer, shop),
            "interest": _interest_rows(items, accrued),
            "a_day": sum((each.a_day for each in accrued.values() if each.spans), ZERO),
            "mentions": _mentions(items, customer) if formal else [],
            "mediator": formal and customer.kind == CustomerKind.PERSON and shop.mediator,
            "signed_by": first.approved_by if formal else "",
            **(_enclosed(items, shop=shop) if formal else {}),
            **_parts(facts),
            **making.account_of(shop),
        }
    return making.enqueue(
        shop=shop,
        kind=DocumentKind.FORMAL_DEMAND if formal else DocumentKind.REMINDER_LETTER,
        template="formal_demand.html" if formal else "reminder_letter.html",
        title=title,
        filename=f"{'demand' if formal else 'reminder'}-{items[0].invoice.number}",
        language=customer.language,
        context=context,
        target_id=items[0].invoice.pk,
        customer=customer,
        repair_order=items[0].invoice.repair_order if len(items) == 1 else None,
        number=items[0].invoice.number if len(items) == 1 else "",
        at=at,
    )


def _enclosed(items: Sequence[Item], *, shop: Shop) -> dict[str, bool]:
    """Return what a formal demand may say that it encloses: copies that there are."""
    found = enclosing.of(shop=shop, invoices=[item.invoice for item in items])
    return {
        "encloses_invoices": all(item.invoice.document_id is not None for item in items),
        "encloses_authorizations": any(
            each.kind == DocumentKind.SIGNED_ESTIMATE for own in found.values() for each in own
        ),
    }


def address_sheet(*, shop: Shop, documents: Sequence[Document], at: datetime) -> Document:
    """Queue the list of letters that are made and not posted, to tick off at the envelopes."""
    reminders = (
        Reminder.objects.for_shop(shop)
        .filter(document__in=[document.pk for document in documents])
        .select_related("customer", "invoice")
        .order_by("customer__name", "invoice__number")
    )
    rows: dict[UUID, dict[str, Any]] = {}
    for reminder in reminders:
        assert reminder.document_id is not None
        row = rows.setdefault(
            reminder.document_id, {"customer": reminder.customer, "numbers": [], "amount": ZERO}
        )
        row["numbers"].append(reminder.invoice.number)
        row["amount"] += reminder.amount
    kinds = {document.pk: document for document in documents}
    with making.worded(shop.language, shop):
        title = _("Letters to post")
    return making.enqueue(
        shop=shop,
        kind=DocumentKind.ADDRESS_SHEET,
        template="address_sheet.html",
        title=title,
        filename=f"letters-{local_day(at, zone=shop.zone).isoformat()}",
        language=shop.language,
        context={
            "rows": [row | {"document": kinds[key]} for key, row in rows.items()],
            "made_at": at,
        },
        target_id=shop.pk,
        # The sheet is the shop's own; no customer stands in its head.
        customer=Customer(shop=shop, name=shop.name, language=shop.language),
        at=at,
    )


def words_of(shop: Shop, *, template: str, language: str) -> tuple[str, str]:
    """Return subject and text of a template: the shop's own in force, else the ready-made ones."""
    own = (
        ReminderText.objects.for_shop(shop)
        .filter(template=template, language=language)
        .order_by("-version")
        .first()
    )
    if own is not None:
        return own.subject, own.body
    wording = WORDINGS[language][Template(template)]
    return wording.subject, wording.body


def _country(customer: Customer, shop: Shop) -> str:
    """Return the last line of an address abroad, in capitals as post offices ask for it."""
    if not customer.country or customer.country == shop.country:
        return ""
    names = Locale.parse(shop.language).territories
    return str(names.get(customer.country, customer.country)).upper()


def _items(reminders: Sequence[Reminder], *, at: datetime) -> list[Item]:
    invoices = [reminder.invoice for reminder in reminders]
    standings = collecting.of(invoices, at=at)
    charged = collecting.charged_of(invoices)
    broken = missing.of([invoice.pk for invoice in invoices])
    billing = settings_of(invoices[0].shop)
    today = local_day(at, zone=invoices[0].shop.zone)
    cases = facts.of((invoice.pk for invoice in invoices), at=at)
    due_days = {invoice.pk: _later_due_on(cases, invoice) or invoice.due_on for invoice in invoices}
    codes = len(reminders) <= _MOST_CODES
    items = [
        Item(
            reminder=reminder,
            invoice=reminder.invoice,
            figures=standings[reminder.invoice_id].figures,
            charged=charged.get(reminder.invoice_id, ZERO),
            missing=broken.get(reminder.invoice_id, missing.NOTHING),
            due_on=due_days[reminder.invoice_id],
            days_late=ageing.days_late(due_days[reminder.invoice_id], today=today),
            code=_code(
                reminder.invoice,
                billing,
                amount=standings[reminder.invoice_id].figures.collectible,
            )
            if codes
            else "",
        )
        for reminder in reminders
    ]
    return sorted(items, key=lambda item: (item.due_on, item.invoice.number))


def _later_due_on(cases: Mapping[UUID, facts.Case], invoice: Invoice) -> date | None:
    case = cases.get(invoice.pk)
    return case.later_due_on if case else None


def _code(invoice: Invoice, billing: BillingSettings, *, amount: Decimal) -> str:
    """Return the picture that a bank's program reads; empty where there can be none."""
    shop = invoice.shop
    picture = references.epc_text_qr(
        holder=billing.account_holder or shop.legal_name or shop.name,
        iban=billing.iban,
        bic=billing.bic,
        amount=amount,
        currency=invoice.currency,
        reference=invoice.reference,
    )
    return rendering.data_uri(picture) if picture else ""


def _mail_item(item: Item) -> emails.Item:
    return emails.Item(
        number=item.invoice.number,
        due_on=item.due_on,
        amount=item.amount,
        currency=item.invoice.currency,
        reference=item.invoice.reference,
        disputed=item.figures.disputed,
        promised=item.figures.promised,
        promised_on=max(
            (each.promised_on for each in item.invoice.promises.filter(status="open")),
            default=None,
        )
        if item.figures.promised
        else None,
        missing=item.missing,
        charged=min(item.charged, item.amount),
    )


def _parts(facts: emails.Letter) -> dict[str, Any]:
    """Return the shop's words in parts for the template, what is set apart by its block's name.

    What a letter must say is added where the words leave it out. The last paragraph closes it.
    """
    words = emails.words_of(facts)
    parts: list[dict[str, Any]] = []
    for paragraph in hashtags.paragraphs(facts.body):
        if paragraph.block in ("items", "how_to_pay"):
            parts.append({"block": paragraph.block})
        elif paragraph.block == "contact":
            parts.append({"block": "contact"})
        elif paragraph.block and paragraph.block != "link":
            # A link cannot be opened on paper.
            lines = emails.lines_of(paragraph.block, facts)
            if lines:
                parts.append({"block": "note", "lines": lines})
        elif not paragraph.block:
            parts.append({"block": "", "text": hashtags.fill(paragraph.text, words)})
    closing = parts.pop() if parts and not parts[-1]["block"] else None
    there = {part["block"] for part in parts}
    parts += [{"block": block} for block in ("items", "how_to_pay") if block not in there]
    return {"parts": parts, "closing": closing}


def _accrued(items: Sequence[Item], *, formal: bool, at: datetime) -> Mapping[UUID, Accrual]:
    """Return the interest that has run up beside the charges that were decided.

    A reminder whose step proposes none is silent about it; a formal demand says what runs.
    """
    rates = {
        item.invoice.pk: accruals.rate_of(item.reminder.version, item.invoice)
        if formal or item.reminder.step.fee_rule == FeeRule.INTEREST
        else ZERO
        for item in items
    }
    return accruals.of(
        [item.invoice for item in items],
        rates=rates,
        charged_by=(FeeStatus.CLAIMED, FeeStatus.WAIVED),
        at=at,
    )


def _interest_rows(
    items: Sequence[Item], accrued: Mapping[UUID, Accrual]
) -> dict[str, list[InterestRow]]:
    """Return the computation day by day: what is claimed, and what has run up besides."""
    numbers = {item.invoice.pk: item.invoice.number for item in items}
    claimed = Fee.objects.filter(
        invoice__in=numbers, rule=FeeRule.INTEREST, status=FeeStatus.CLAIMED
    ).order_by("proposed_at", "pk")
    return {
        "claimed": [
            _row(numbers[fee.invoice_id], span, rate=fee.explanation["rate"], claimed=True)
            for fee in claimed
            for span in fee.explanation["spans"]
        ],
        "running": [
            _row(number, span, rate=accrued[pk].explanation["rate"], claimed=False)
            for pk, number in numbers.items()
            for span in accrued[pk].explanation["spans"]
        ],
    }


def _row(number: str, span: Mapping[str, Any], *, rate: str, claimed: bool) -> InterestRow:
    return InterestRow(
        number=number,
        first_day=date.fromisoformat(span["from"]),
        last_day=date.fromisoformat(span["until"]),
        days=span["days"],
        base=Decimal(span["base"]),
        rate=Decimal(rate),
        amount=Decimal(span["amount"]),
        claimed=claimed,
    )


def _mentions(items: Sequence[Item], customer: Customer) -> list[str]:
    """Return what the rules of the visits' places say about what may follow, each once."""
    consumer = customer.kind == CustomerKind.PERSON
    return list(
        dict.fromkeys(
            sentence
            for item in items
            for sentence in mentions.for_demand(
                item.invoice.repair_order.profile, of_consumer=consumer
            )
        )
    )
