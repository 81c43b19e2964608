"""Opening cases: the case, what it contests and what that holds are one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from disputes import emails
from disputes.billed import billed_for
from disputes.models import (
    CaseMessage,
    DisputeCase,
    DisputeItem,
    DisputeReason,
    FollowUp,
    ReworkRequest,
)
from disputes.reworkable import amount_asked_of
from disputes.searching import search_text_of
from disputes.services import filing, trail
from disputes.services.filing import Kept
from disputes.states import CaseStatus, ItemState, Opening
from invoices.models import Hold, Invoice, InvoiceLine
from invoices.services import holds
from invoices.services.locking import lock_invoices
from invoices.states import TRANSITIONS as INVOICE_TRANSITIONS
from invoices.states import HoldKind, InvoiceStatus
from shopdisputes.actors import Actor, Role
from shopdisputes.customers.models import Customer
from shopdisputes.dates import local_day
from shopdisputes.errors import Conflict, Refused
from shopdisputes.money import ZERO, format_money, to_cents
from shopdisputes.shops import numbering
from shopdisputes.transitions import IllegalTransition

SERIES = "D"
LONGEST_COMMENT = 4000
#: A follow-up further ahead is one that nobody remembers.
FURTHEST_DAYS = 90


class NothingContested(Refused):
    """A case needs something that is contested."""

    code = "nothing-contested"
    default_message = _("Choose what is contested.")


class CommentMissing(Refused):
    """The resolver works from it."""

    code = "comment-missing"
    default_message = _("Write what the customer says, as completely as you can.")


class ContestedBefore(Conflict):
    """It is in another case that is open."""

    code = "contested-before"
    default_message = _("This is contested already, in %(number)s.")


class NamedTwice(Refused):
    """One amount is contested once."""

    code = "named-twice"
    default_message = _("This is named twice.")


class DoneAgain(Conflict):
    """Its amount is held already, until it is done again."""

    code = "to-be-done-again"
    default_message = _(
        "This is to be done again in %(number)s. Open the dispute there, or call it off first."
    )


class MoreThanTheLine(Refused):
    """More is contested than was billed for it."""

    code = "more-than-billed"
    default_message = _("This is more than was billed for it.")


class MoreThanIsLeft(Conflict):
    """More of an invoice is contested than its other disputes and rework leave of it."""

    code = "more-than-is-left"
    default_message = _(
        "At most %(left)s can be contested here: the rest is in another dispute, or to be done"
        " again."
    )


class LineElsewhere(Refused):
    """What is named together does not belong together."""

    code = "line-elsewhere"
    default_message = _("This line stands on another invoice.")


class OtherCustomers(Refused):
    """One case is one customer's."""

    code = "other-customers"
    default_message = _("These invoices belong to different customers.")


class DayRefused(Refused):
    """The day of the follow-up is over or too far ahead."""

    code = "follow-up-day-refused"
    default_message = _("Choose a day from tomorrow on, at most 90 days ahead.")


class NoAddress(Refused):
    """There is nobody to mail."""

    code = "customer-without-address"
    default_message = _("This customer has no e-mail address.")


@dataclass(frozen=True, kw_only=True)
class Contested:
    """An amount with tax of a line, or of a whole invoice; None: all of it."""

    invoice: Invoice
    line: InvoiceLine | None = None
    amount: Decimal | None = None


@transaction.atomic
def open_case(
    *,
    customer: Customer,
    reason: DisputeReason,
    comment: str,
    items: Sequence[Contested],
    opening: Opening = Opening.STAFF,
    resolver_name: str = "",
    resolver_email: str = "",
    owner: Any = None,
    follow_up_on: date | None = None,
    files: Sequence[Kept] = (),
    tell_customer: bool = False,
    by: Actor,
    at: datetime,
) -> DisputeCase:
    """Open a case; what it contests is out of dunning from this transaction on.

    Whoever hands a reminder over takes the same invoices' locks: none passes its mark after
    this commit with a contested amount in it. Resolver and follow-up come from the reason where
    they are not given. ``files`` are stored already (``filing.keep``). Customers who open it
    themselves get its number by mail, and the shop is mailed as well; of a case that staff open
    the customer learns by mail with ``tell_customer``.

    Raises:
        NothingContested, OtherCustomers: at ``items``.
        CommentMissing: at ``comment``: empty, or more than 4,000 characters.
        LineElsewhere: at ``items.<n>.line``.
        MoreThanTheLine, MoreThanIsLeft: at ``items.<n>.amount``.
        ContestedBefore, DoneAgain, NamedTwice: at ``items.<n>``.
        DayRefused: at ``follow_up_on``.
        NoAddress: at ``tell_customer``.
        IllegalTransition: at ``items.<n>.invoice``: it is not issued.
    """
    comment = comment.strip().replace("\r\n", "\n")
    if not items:
        raise NothingContested(fields={"items": NothingContested.default_message})
    if not comment or len(comment) > LONGEST_COMMENT:
        raise CommentMissing(fields={"comment": CommentMissing.default_message})
    if tell_customer and not customer.email:
        raise NoAddress(fields={"tell_customer": NoAddress.default_message})
    shop = customer.shop
    today = local_day(at, zone=shop.zone)
    follow_up_on = follow_up_on or today + timedelta(days=reason.follow_up_days)
    need_day_ahead(follow_up_on, today=today)
    invoices = {each.pk: each for each in lock_invoices([item.invoice for item in items])}
    if any(invoice.customer_id != customer.pk for invoice in invoices.values()):
        raise OtherCustomers(fields={"items": OtherCustomers.default_message})
    _need_contestable(items, invoices, by=by)
    name, email = resolver_name, resolver_email
    if not email and (reason.resolver_email or not name):
        # Together: what one of them answers would bear the other's name.
        name, email = reason.resolver_name, reason.resolver_email
    visits = {invoice.repair_order for invoice in invoices.values()}
    case = DisputeCase(
        shop=shop,
        customer=customer,
        repair_order=visits.pop() if len(visits) == 1 else None,
        reason=reason,
        status=CaseStatus.SUBMITTED if opening == Opening.CUSTOMER else CaseStatus.OPEN,
        severity=reason.severity,
        stops_storage=reason.stops_storage,
        comment=comment,
        opening=opening,
        opened_at=at,
        opened_by=by.name,
        owner=owner,
        resolver_name=name,
        resolver_email=email,
    )
    amounts = [
        _amount(item, invoices[item.invoice.pk], opening=opening, index=index)
        for index, item in enumerate(items)
    ]
    case.number = numbering.next_number(shop=shop, series=SERIES, year=today.year)
    case.search_text = search_text_of(case, invoices.values())
    case.save(force_insert=True)
    for item, amount in zip(items, amounts, strict=True):
        contest(
            case=case,
            invoice=invoices[item.invoice.pk],
            line=item.line,
            amount=amount,
            review_on=follow_up_on,
            by=by,
            at=at,
        )
    FollowUp.objects.create(
        shop=shop,
        case=case,
        due_on=follow_up_on,
        person=owner,
        created_at=at,
        created_by=by.name,
    )
    trail.record(
        action="dispute.opened",
        case=case,
        by=by,
        at=at,
        data={
            "reason_code": reason.code,
            "opening": str(opening),
            "amount": f"{sum(amounts, ZERO):.2f}",
            "invoices": sorted(invoice.number for invoice in invoices.values()),
        },
    )
    side = CaseMessage.Side.CUSTOMER if by.role == Role.CUSTOMER else CaseMessage.Side.SHOP
    filing.add(case=case, files=files, side=side, by=by, at=at)
    if by.role == Role.CUSTOMER:
        emails.opened_by_customer(case, at=at)
    # Of a rework that becomes a dispute the customer is told by whoever knows the appointment.
    if (by.role == Role.CUSTOMER and opening != Opening.REWORK) or tell_customer:
        emails.opened(case, by=by, at=at)
    return case


def contest(
    *,
    case: DisputeCase,
    invoice: Invoice,
    line: InvoiceLine | None,
    amount: Decimal,
    review_on: date,
    by: Actor,
    at: datetime,
) -> DisputeItem:
    """Add a contested amount of a locked invoice to a case, and hold what of it is owed.

    Raises:
        ContestedBefore, DoneAgain: the same is contested, or to be done again, already.
    """
    _need_uncontested(invoice, line)
    item = DisputeItem(
        shop=case.shop, case=case, invoice=invoice, line=line, amount=amount, added_at=at
    )
    item.hold = _hold(item, review_on=review_on, by=by, at=at)
    item.save(force_insert=True)
    return item


def need_day_ahead(day: date, *, today: date, field: str = "follow_up_on") -> None:
    """Refuse a day on which nobody could act any more, or that is too far ahead.

    Raises:
        DayRefused: at ``field``.
    """
    if not today < day <= today + timedelta(days=FURTHEST_DAYS):
        raise DayRefused(fields={field: DayRefused.default_message})


def _hold(item: DisputeItem, *, review_on: date, by: Actor, at: datetime) -> Hold | None:
    """Hold the contested amount, also of what is paid: money may be taken off the invoice again.

    None: the invoice was written off meanwhile.
    """
    if item.invoice.status != InvoiceStatus.ISSUED:
        return None
    return holds.place(
        invoice=item.invoice,
        kind=HoldKind.DISPUTE,
        # A line may come to more than its invoice, which a discount has lessened.
        amount=min(item.amount, item.invoice.total),
        reason=item.case.reason.name_in(item.case.shop.language),
        subject=item.case.number,
        source_id=item.pk,
        review_on=review_on,
        even_on_nothing=True,
        by=by,
        at=at,
    )


def _need_contestable(
    items: Sequence[Contested], invoices: Mapping[UUID, Invoice], *, by: Actor
) -> None:
    """Refuse what is named twice, and invoices of which nothing can be held."""
    named = set()
    for index, item in enumerate(items):
        what = item.invoice.pk, item.line and item.line.pk
        if what in named:
            raise NamedTwice(fields={f"items.{index}": NamedTwice.default_message})
        named.add(what)
        try:
            INVOICE_TRANSITIONS.target("hold", state=invoices[item.invoice.pk].status, by=by)
        except IllegalTransition as refusal:
            refusal.fields[f"items.{index}.invoice"] = refusal.message
            raise


def _amount(item: Contested, invoice: Invoice, *, opening: Opening, index: int) -> Decimal:
    if item.line is not None and item.line.invoice_id != invoice.pk:
        raise LineElsewhere(fields={f"items.{index}.line": LineElsewhere.default_message})
    billed = billed_for(invoice, item.line)
    _need_uncontested(invoice, item.line, field=f"items.{index}")
    # What a bank contests is what it is, whatever else is said of the invoice.
    whole = item.line is None and opening != Opening.CHARGEBACK
    left = _left_of(invoice, field=f"items.{index}") if whole else billed
    amount = left if item.amount is None else item.amount
    if not 0 < amount <= billed or amount != to_cents(amount):
        raise MoreThanTheLine(fields={f"items.{index}.amount": MoreThanTheLine.default_message})
    if amount > left:
        words = MoreThanIsLeft.default_message % {"left": _money(left, invoice)}
        raise MoreThanIsLeft(words, fields={f"items.{index}.amount": words})
    return amount


def _need_uncontested(invoice: Invoice, line: InvoiceLine | None, *, field: str = "") -> None:
    same = DisputeItem.objects.filter(invoice=invoice, line=line, state=ItemState.OPEN)
    if earlier := same.select_related("case").first():
        words = ContestedBefore.default_message % {"number": earlier.case.number}
        raise ContestedBefore(words, fields={field: words} if field else {})
    if line is not None:
        need_not_done_again(invoice, line, field=field)


def _left_of(invoice: Invoice, *, field: str) -> Decimal:
    """Return what of a whole invoice is neither contested nor to be done again."""
    open_ones = DisputeItem.objects.filter(invoice=invoice, state=ItemState.OPEN)
    contested = open_ones.aggregate(sum=Sum("amount"))["sum"] or ZERO
    left: Decimal = invoice.total - contested - amount_asked_of(invoice)
    if left <= 0:
        need_not_done_again(invoice, field=field)
        if earlier := open_ones.select_related("case").order_by("added_at", "pk").first():
            words = ContestedBefore.default_message % {"number": earlier.case.number}
            raise ContestedBefore(words, fields={field: words})
    return left


def _money(amount: Decimal, invoice: Invoice) -> str:
    language = get_language() or invoice.shop.language
    return format_money(amount, currency=invoice.currency, language=language)


def need_not_done_again(
    invoice: Invoice, line: InvoiceLine | None = None, *, field: str = ""
) -> None:
    """Refuse a line that is to be done again; without one, an invoice of which anything is.

    Raises:
        DoneAgain: at ``field``.
    """
    asked = ReworkRequest.objects.running().filter(invoice=invoice)
    if line is not None:
        asked = asked.filter(lines=line)
    if rework := asked.order_by("asked_at", "pk").first():
        words = DoneAgain.default_message % {"number": rework.number}
        raise DoneAgain(words, fields={field: words} if field else {})
