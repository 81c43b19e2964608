"""Deferred work: what customers put off or declined, to be offered again one day."""

from datetime import datetime
from decimal import Decimal

from estimates import pricing
from estimates.models import LineAnswer
from estimates.models.answers import LineAnswerQuerySet
from shopdisputes.customers.models import Customer, Vehicle
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.shops.models import Shop


def work(*, shop: Shop, words: str = "") -> LineAnswerQuerySet:
    """Return the last answers of all work put off or declined in a shop, the newest first.

    Each comes with its line, authorization, repair order, customer and vehicle. ``words`` must
    all be found in the line, the customer, the vehicle or a number.
    """
    found = LineAnswer.objects.for_shop(shop).put_off().search(words)
    return found.order_by("-authorization__at", "-pk")


def customer_of(answer: LineAnswer) -> Customer:
    """Return whose vehicle it is."""
    return _order_of(answer).customer


def vehicle_of(answer: LineAnswer) -> Vehicle:
    """Return which vehicle needs it."""
    return _order_of(answer).vehicle


def put_off_at(answer: LineAnswer) -> datetime:
    """Return when the customer said so."""
    return answer.authorization.at


def amount_of(answer: LineAnswer) -> Decimal:
    """Return what it would have cost, with tax."""
    return pricing.gross_of_line(net=answer.line.net, tax_rate=answer.line.tax_rate)


def _order_of(answer: LineAnswer) -> RepairOrder:
    return answer.line.revision.estimate.repair_order
