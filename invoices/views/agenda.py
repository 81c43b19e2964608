"""What of money waits for the desk today."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Min, Sum
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from invoices.holding import DISPUTED
from invoices.models import BankTransaction, Claim, Hold, Invoice, Payment, PaymentPlan, Promise
from invoices.states import ClaimStatus, InvoiceStatus, PlanStatus, PromiseStatus
from invoices.views import yard_agenda
from shopdisputes.actors import DESK, Actor
from shopdisputes.dates import end_of_day, local_day, start_of_day
from shopdisputes.money import format_money
from shopdisputes.shops.models import Shop
from shopdisputes.web.contributions import AgendaItem

#: A draft that nobody touched for so long was forgotten.
_DRAFT_PATIENCE = timedelta(days=2)
#: Who says that it is paid, or wrong, waits no longer than this.
_CLAIM_PATIENCE = timedelta(days=2)
#: For so long a promise that was not kept is worth a call.
_PROMISE_MEMORY = timedelta(days=7)
#: What ends within so many days is worth a call.
_SOON = timedelta(days=2)
#: Rows of one kind; the lists show all.
_MOST_ROWS = 20
#: Nothing is counted beyond it.
_MOST_COUNTED = 10_000


def items(shop: Shop, actor: Actor, at: datetime) -> list[AgendaItem]:
    """Return forgotten drafts, what customers say, holds to review, overdue and loose money."""
    if actor.role not in DESK:
        return []
    return [
        *_claims(shop, at),
        *_broken_promises(shop, at),
        *_plans_to_sign(shop, at),
        *_drafts(shop, at),
        *_reviews(shop, at),
        *_overdue(shop, at),
        *_unallocated(shop),
        *yard_agenda.items(shop, at=at),
        *_bank(shop),
    ]


def _claims(shop: Shop, at: datetime) -> Iterator[AgendaItem]:
    claims = (
        Claim.objects.for_shop(shop)
        .filter(status=ClaimStatus.OPEN)
        .select_related("invoice__customer")
        .order_by("made_at")
    )
    for claim in claims[:_MOST_ROWS]:
        invoice = claim.invoice
        yield AgendaItem(
            title=_("%(name)s about %(number)s: %(words)s")
            % {
                "name": invoice.customer.name,
                "number": invoice.number,
                "words": claim.get_kind_display(),
            },
            detail=claim.text[:140],
            url=reverse("invoice", args=[invoice.number]),
            due_at=claim.made_at,
            late=at - claim.made_at > _CLAIM_PATIENCE,
            kind="message-2",
        )


def _broken_promises(shop: Shop, at: datetime) -> Iterator[AgendaItem]:
    """Yield the promises that were not kept lately, while something is still owed."""
    found = (
        Promise.objects.for_shop(shop)
        .filter(
            status__in=[PromiseStatus.BROKEN, PromiseStatus.PARTLY_KEPT],
            settled_at__gt=at - _PROMISE_MEMORY,
            settled_at__lte=at,
            invoice__balance__gt=0,
        )
        .select_related("invoice__customer")
        .order_by("settled_at", "pk")
    )
    for promise in found[:_MOST_ROWS]:
        yield AgendaItem(
            title=_("%(name)s has not kept a promise on %(number)s")
            % {"name": promise.invoice.customer.name, "number": promise.invoice.number},
            detail=_("%(paid)s of %(amount)s came in")
            % {"paid": _money(promise.paid, shop), "amount": _money(promise.amount, shop)},
            url=reverse("invoice", args=[promise.invoice.number]),
            due_at=promise.settled_at,
            kind="phone",
        )


def _plans_to_sign(shop: Shop, at: datetime) -> Iterator[AgendaItem]:
    """Yield the payment plans that will soon lapse without a signature."""
    today = local_day(at, zone=shop.zone)
    found = (
        PaymentPlan.objects.for_shop(shop)
        .filter(status=PlanStatus.OFFERED, answer_by__lte=today + _SOON)
        .select_related("invoice__customer")
        .order_by("answer_by", "pk")
    )
    for plan in found[:_MOST_ROWS]:
        yield AgendaItem(
            title=_("%(name)s has not signed payment plan %(number)s")
            % {"name": plan.invoice.customer.name, "number": plan.number},
            detail=f"{plan.invoice.number} · {_money(plan.total, shop)}",
            url=reverse("invoice", args=[plan.invoice.number]),
            due_at=end_of_day(plan.answer_by, zone=shop.zone),
            all_day=True,
            kind="writing-sign",
        )


def _drafts(shop: Shop, at: datetime) -> Iterator[AgendaItem]:
    drafts = (
        Invoice.objects.for_shop(shop)
        .filter(status=InvoiceStatus.DRAFT, created_at__lt=at - _DRAFT_PATIENCE)
        .select_related("customer", "repair_order__vehicle")
        .order_by("created_at")
    )
    for invoice in drafts[:_MOST_ROWS]:
        yield AgendaItem(
            title=_("Invoice for %(name)s is still a draft") % {"name": invoice.customer.name},
            detail=f"{invoice.repair_order.vehicle} · {invoice.repair_order.number} · "
            f"{_money(invoice.total, shop)}",
            url=reverse("invoice-draft", args=[invoice.pk]),
            due_at=invoice.created_at,
            kind="edit",
        )


def _reviews(shop: Shop, at: datetime) -> Iterator[AgendaItem]:
    today = local_day(at, zone=shop.zone)
    holds = (
        Hold.objects.for_shop(shop)
        .filter(released_at=None, review_on__lte=today)
        # What is held for a dispute is followed up with its case, not beside it.
        .exclude(kind__in=DISPUTED, source_id__isnull=False)
        .select_related("invoice__customer")
        .order_by("review_on", "pk")
    )
    for hold in holds[:_MOST_ROWS]:
        assert hold.review_on is not None
        yield AgendaItem(
            title=_("Look again at what is held back on %(number)s")
            % {"number": hold.invoice.number},
            detail=f"{hold.invoice.customer} · {hold.get_kind_display()}",
            url=reverse("invoice", args=[hold.invoice.number]),
            due_at=start_of_day(hold.review_on, zone=shop.zone),
            all_day=True,
            late=hold.review_on < today,
            kind="player-pause",
        )


def _overdue(shop: Shop, at: datetime) -> Iterator[AgendaItem]:
    """Yield one row for all of them: chasing them one by one is not the agenda's work."""
    found = Invoice.objects.for_shop(shop).overdue(local_day(at, zone=shop.zone))
    sums = _sums(found.order_by("due_on", "id"), "balance", since=Min("due_on"))
    if sums["count"]:
        yield AgendaItem(
            title=ngettext(
                "%(count)s invoice is overdue", "%(count)s invoices are overdue", sums["count"]
            )
            % {"count": sums["count"]},
            detail=_("%(amount)s open, the oldest since %(day)s")
            % {"amount": _money(sums["sum"], shop), "day": date_format(sums["since"])},
            url=f"{reverse('invoice-list')}?show=overdue&sort=due",
            late=True,
            kind="calendar-due",
        )


def _unallocated(shop: Shop) -> Iterator[AgendaItem]:
    sums = _sums(Payment.objects.for_shop(shop).unallocated().order_by("pk"), "unallocated")
    if sums["count"]:
        yield AgendaItem(
            title=ngettext(
                "%(count)s payment is on no invoice, or not all of it",
                "%(count)s payments are on no invoice, or not all of them",
                sums["count"],
            )
            % {"count": sums["count"]},
            detail=_("%(amount)s unallocated") % {"amount": _money(sums["sum"], shop)},
            url=f"{reverse('payment-list')}?show=unallocated",
            kind="coins",
        )


def _bank(shop: Shop) -> Iterator[AgendaItem]:
    """Yield one row for all lines of bank statements that nobody has decided about."""
    found = BankTransaction.objects.for_shop(shop).undecided().order_by("-booked_on", "id")
    sums = _sums(found, "amount", statements=Count("statement", distinct=True))
    if sums["count"]:
        newest = found.values_list("statement_id", flat=True)[0]
        one = sums["statements"] == 1
        yield AgendaItem(
            title=ngettext(
                "%(count)s bank line to decide", "%(count)s bank lines to decide", sums["count"]
            )
            % {"count": sums["count"]},
            detail=_("Money came in that is not booked yet"),
            url=reverse("bank-import", args=[newest]) if one else reverse("bank-import-list"),
            kind="building-bank",
        )


def _sums(found: Any, amount: str, **more: Any) -> dict[str, Any]:
    return dict(found[:_MOST_COUNTED].aggregate(count=Count("pk"), sum=Sum(amount), **more))


def _money(amount: Decimal, shop: Shop) -> str:
    return format_money(amount, currency=shop.currency, language=get_language() or shop.language)
