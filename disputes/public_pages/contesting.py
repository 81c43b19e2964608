"""What a customer can contest of an invoice, and how the invoice's page offers it."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from disputes import reworkable
from disputes.billed import billed_for
from disputes.models import DisputeCase, DisputeItem, DisputeReason, ReworkRequest
from disputes.public_forms import WHOLE, Contestable, ContestForm
from disputes.public_pages import reworks
from disputes.states import ItemState, Opening
from invoices import collecting
from invoices.models import Claim, Invoice
from invoices.public_pages.invoice import frame
from invoices.states import ClaimKind, ClaimStatus, InvoiceKind, InvoiceStatus
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.links.tokens import token_of
from shopdisputes.money import ZERO
from shopdisputes.web.contributions import Panel, Renewal
from shopdisputes.web.lists import is_comparable


@dataclass(frozen=True, kw_only=True)
class Said:
    """What of an invoice is contested, and what is to be done again.

    ``url`` is where a link to one of their pages is asked for by mail; empty: no address is known.
    """

    cases: list[tuple[DisputeCase, Decimal]]
    reworks: list[ReworkRequest]
    currency: str
    url: str

    @property
    def anything(self) -> bool:
        """Whether there is any."""
        return bool(self.cases or self.reworks)


def address(link: AccessLink) -> str:
    """Return the address at which an invoice's link contests it."""
    return reverse("public-invoice-dispute", args=[token_of(link)])


def contestable(invoice: Invoice) -> list[Contestable]:
    """Return what is not contested yet: the lines that cost something, at last the whole invoice.

    Of an invoice that is contested as a whole nothing is left to be chosen.
    """
    if invoice.status != InvoiceStatus.ISSUED or invoice.kind == InvoiceKind.CREDIT_NOTE:
        return []
    items = _open_items(invoice)
    if any(item.line_id is None for item in items):
        return []
    before = {item.line_id for item in items} | reworkable.asked_in(invoice)
    found = [
        Contestable(invoice=invoice, line=line, most=billed_for(invoice, line))
        for line in invoice.lines.in_order().filter(net__gt=0)
        if line.pk not in before
    ]
    rest = invoice.total - _sum(items) - reworkable.amount_asked_of(invoice)
    if rest > 0:
        found.append(Contestable(invoice=invoice, line=None, most=rest))
    return found


def reasons(invoice: Invoice) -> list[DisputeReason]:
    """Return the shop's reasons that customers may choose."""
    found = DisputeReason.objects.for_shop(invoice.shop).filter(is_active=True, for_customers=True)
    return list(found.order_by("position", "code"))


def contest_page(link: AccessLink, invoice: Invoice, form: ContestForm) -> dict[str, Any]:
    """Return what the page shows on which the customer ticks what is wrong."""
    return frame(link, invoice) | {"form": form, "rows": list(form.rows())}


def of_invoice(link: AccessLink, invoice: Invoice) -> list[Panel]:
    """Return the part of the invoice's page: what is contested, and the way to contest more.

    None while the shop looks at something that was said otherwise, and where there is nothing
    to choose.
    """
    found = said(link, invoice)
    claimed = Claim.objects.for_shop(invoice.shop).filter(
        invoice=invoice, kind=ClaimKind.SOMETHING_WRONG, status=ClaimStatus.OPEN
    )
    can_contest = bool(not claimed.exists() and contestable(invoice) and reasons(invoice))
    can_ask = bool(not claimed.exists() and reworkable.lines_of(invoice))
    if not found.anything and not can_contest and not can_ask:
        return []
    context = {
        "said": found,
        "url": address(link) if can_contest else "",
        "rework_url": reworks.ask_address(link) if can_ask else "",
    }
    return [Panel(template="disputes/public/panel_invoice.html", context=context)]


def said(link: AccessLink, invoice: Invoice) -> Said:
    """Return what of an invoice is contested, or to be done again, at present."""
    running = _cases(invoice).running().order_by("opened_at", "pk")
    return Said(
        cases=[(case, _contested(case, invoice)) for case in running],
        reworks=_reworks(invoice),
        currency=invoice.currency,
        url=said_address(link) if invoice.customer.email else "",
    )


def said_address(link: AccessLink) -> str:
    """Return the address of the page that tells it."""
    return reverse("public-invoice-contested", args=[token_of(link)])


def renewal_of(invoice: Invoice, number: str) -> tuple[LinkPurpose, Renewal] | None:
    """Return what a link to one of them opens, by its number; None: it is not among them."""
    if not is_comparable(number):
        return None
    if case := _cases(invoice).running().filter(number=number).first():
        return LinkPurpose.DISPUTE, Renewal(target_id=case.pk, customer=invoice.customer)
    for rework in _reworks(invoice):
        if rework.number == number:
            return LinkPurpose.REWORK, Renewal(target_id=rework.pk, customer=invoice.customer)
    return None


def opened_before(invoice: Invoice, comment: str, ticked: Collection[str]) -> DisputeCase | None:
    """Return the running case that the same form opened: a double click opens it once.

    ``ticked``: the keys of its rows (``Contestable.key``). The same words about something else
    open another case.
    """
    if not ticked or not is_comparable(comment):
        return None
    words = comment.strip().replace("\r\n", "\n")
    found = _cases(invoice).running().filter(opening=Opening.CUSTOMER, comment=words)
    items = _open_items(invoice)
    for case in found.order_by("-opened_at", "pk"):
        known = {str(item.line_id or WHOLE) for item in items if item.case_id == case.pk}
        if known.issuperset(ticked):
            return case
    return None


def rests(case: DisputeCase, *, at: Any) -> list[Invoice]:
    """Return the invoices of a case of which something can be paid now."""
    found = (
        Invoice.objects.for_shop(case.shop)
        .filter(dispute_items__case=case, status=InvoiceStatus.ISSUED)
        .with_everything()
        .distinct()
    )
    invoices = list(found.order_by("due_on", "pk"))
    standings = collecting.of(invoices, at=at)
    return [each for each in invoices if standings[each.pk].figures.collectible > 0]


def _reworks(invoice: Invoice) -> list[ReworkRequest]:
    found = ReworkRequest.objects.for_shop(invoice.shop).running().filter(invoice=invoice)
    return list(found.order_by("asked_at", "pk"))


def _cases(invoice: Invoice) -> Any:
    cases = DisputeCase.objects.for_shop(invoice.shop)
    items: QuerySet[DisputeItem] = DisputeItem.objects.for_shop(invoice.shop)
    return cases.filter(
        pk__in=items.filter(invoice=invoice, state=ItemState.OPEN).values("case")
    ).select_related("shop")


def _contested(case: DisputeCase, invoice: Invoice) -> Decimal:
    return _sum([item for item in _open_items(invoice) if item.case_id == case.pk])


def _sum(items: list[DisputeItem]) -> Decimal:
    return sum((item.amount for item in items), ZERO)


def _open_items(invoice: Invoice) -> list[DisputeItem]:
    items = DisputeItem.objects.for_shop(invoice.shop)
    return list(items.filter(invoice=invoice, state=ItemState.OPEN))
