"""What reminders show on the pages of invoices, customers and repair orders."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dunning import facts, outlook
from dunning.models import CustomerLadder, Reminder, ReminderQuerySet
from dunning.services import reminding
from dunning.states import ReminderStatus
from invoices.models import DunningPosition, Invoice
from invoices.states import InvoiceStatus
from invoices.views.lookups import today
from shopdisputes.actors import DESK
from shopdisputes.customers.models import Customer
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.shops.models import Shop
from shopdisputes.web.contributions import Panel
from shopdisputes.web.requests import StaffRequest

#: The list of reminders shows all of them.
_MOST_ON_PANEL = 5


_WAIT_FOR_A_PERSON: Mapping[str, str | Promise] = {
    ReminderStatus.AWAITING_APPROVAL: _("Approve the reminder"),
    ReminderStatus.IN_DOUBT: _("Say whether it arrived"),
}


@dataclass(frozen=True, kw_only=True)
class Act:
    """A page on which something is done about the reminders of an invoice."""

    label: str | Promise
    icon: str
    url: str
    is_primary: bool = False


def of_invoice(request: StaffRequest, invoice: Invoice) -> list[Panel]:
    """Return what comes next about an invoice that asks for money, or why nothing does."""
    position = DunningPosition.objects.for_shop(request.shop).filter(invoice=invoice).first()
    if position is None:
        return []
    found = outlook.of([invoice], timezone.now())[invoice.pk]
    may_write = request.actor.role in DESK
    owed = invoice.status == InvoiceStatus.ISSUED and invoice.balance > 0
    reminders = _newest(_of(request.shop).filter(invoice=invoice))
    if not owed and not reminders:
        return []
    return [
        Panel(
            template="dunning/panel_invoice.html",
            context={
                "invoice": invoice,
                "sentence": found.sentence,
                "reminders": reminders,
                "may_write": may_write,
                "acts": list(_acts(invoice, position, reminding.under_way(invoice)))
                if may_write and owed
                else [],
            },
        )
    ]


def of_customer(request: StaffRequest, customer: Customer) -> list[Panel]:
    """Return how a customer is reminded, and of what last; for the desk."""
    if request.actor.role not in DESK:
        return []
    own = CustomerLadder.objects.for_shop(request.shop).filter(customer=customer)
    day = today(request, timezone.now())
    contacted = facts.contacts([customer.pk], zone=request.shop.zone, today=day)
    return [
        Panel(
            template="dunning/panel_customer.html",
            context={
                "customer": customer,
                "own": own.select_related("ladder").first(),
                "contacted_on": contacted.get(customer.pk),
                "reminders": _newest(_of(request.shop).filter(customer=customer)),
                "ladder_url": reverse("customer-ladder", args=[customer.pk]),
            },
        )
    ]


def of_repair_order(request: StaffRequest, repair_order: RepairOrder) -> list[Panel]:
    """Return in a sentence for each open invoice of an order what comes next."""
    open_items = list(
        Invoice.objects.for_shop(request.shop)
        .open_items()
        .filter(repair_order=repair_order)
        .select_related("shop", "customer")
        .order_by("due_on", "id")
    )
    if not open_items:
        return []
    found = outlook.of(open_items, timezone.now())
    sentences = [
        (invoice, found[invoice.pk].sentence) for invoice in open_items if invoice.pk in found
    ]
    return [Panel(template="dunning/panel_repair_order.html", context={"sentences": sentences})]


def _acts(invoice: Invoice, position: DunningPosition, under_way: Reminder | None) -> Iterator[Act]:
    def page(name: str) -> str:
        return reverse(f"invoice-{name}", args=[invoice.number])

    if position.stopped_at is not None:
        yield Act(
            label=_("Start the reminders again"), icon="player-play", url=page("dunning-start")
        )
        return
    if position.ended_at is not None:
        yield Act(
            label=_("Decide how to go on"),
            icon="gavel",
            url=page("dunning-decide"),
            is_primary=True,
        )
        return
    if under_way is None:
        yield Act(label=_("Remind now"), icon="bell-ringing", url=page("remind"))
    elif under_way.shown_status in _WAIT_FOR_A_PERSON:
        yield Act(
            label=_WAIT_FOR_A_PERSON[under_way.shown_status],
            icon="checks",
            url=reverse("reminder", args=[under_way.pk]),
            is_primary=True,
        )
    yield Act(label=_("Begin the steps anew"), icon="refresh", url=page("dunning-restart"))
    yield Act(label=_("Stop reminding"), icon="bell-off", url=page("dunning-stop"))


def _of(shop: Shop) -> ReminderQuerySet:
    found: ReminderQuerySet = Reminder.objects.for_shop(shop)
    return found


def _newest(found: ReminderQuerySet) -> list[Reminder]:
    return list(
        found.select_related("invoice", "step", "email")
        .defer("invoice__canonical_json", "email__text", "email__html")
        .order_by("-planned_on", "-cycle", "-step__position", "id")[:_MOST_ON_PANEL]
    )
