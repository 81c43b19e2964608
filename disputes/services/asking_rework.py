"""Asking to have work done again: the request and what it holds are one transaction."""

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from disputes import deadlines, emails
from disputes.billed import billed_for
from disputes.models import DisputeItem, ReworkRequest
from disputes.services import rework_steps as steps
from disputes.services.filing import Kept
from disputes.services.opening import ContestedBefore, LineElsewhere
from disputes.states import ItemState
from invoices.models import Invoice, InvoiceLine
from invoices.services.locking import lock_invoice
from invoices.states import TRANSITIONS as INVOICE_TRANSITIONS
from invoices.states import InvoiceKind
from shopdisputes.actors import Actor, Role
from shopdisputes.dates import local_day
from shopdisputes.errors import Conflict, Refused
from shopdisputes.links.models import AccessLink
from shopdisputes.money import ZERO
from shopdisputes.shops import numbering

SERIES = "RW"


class NothingChosen(Refused):
    """A request is about lines that were billed."""

    code = "nothing-chosen"
    default_message = _("Choose what is to be done again.")


class AskedBefore(Conflict):
    """The same is asked for already."""

    code = "asked-before"
    default_message = _("This is asked for already, in %(number)s.")


@transaction.atomic
def ask(
    *,
    invoice: Invoice,
    lines: Sequence[InvoiceLine],
    description: str,
    files: Sequence[Kept] = (),
    link: AccessLink | None = None,
    by: Actor,
    at: datetime,
) -> ReworkRequest:
    """Ask to have lines of an invoice done again; their amount is out of dunning from now on.

    ``files`` are stored already (``filing.keep``). The same again through the same link, while
    it is not answered, is the same request. The customer gets the number by mail; who asks
    himself, the shop is mailed too.

    Raises:
        NothingChosen: at ``lines``: none, or none that cost anything; a credit note.
        LineElsewhere: at ``lines.<n>``: it stands on another invoice.
        ReworkWordsMissing: at ``description``.
        AskedBefore, ContestedBefore: at ``lines.<n>``: it is in another request or case.
        IllegalTransition: the invoice is not issued.
    """
    description = steps.words_of(description, field="description")
    invoice = lock_invoice(invoice)
    if earlier := same(invoice, link, description, [str(line.pk) for line in lines]):
        return earlier
    INVOICE_TRANSITIONS.target("hold", state=invoice.status, by=by)
    chosen = _checked(invoice, lines)
    shop = invoice.shop
    rework = ReworkRequest(
        shop=shop,
        invoice=invoice,
        amount=amount_of(invoice, chosen),
        description=description,
        asked_at=at,
        asked_by=by.name,
        link=link,
        answer_by=deadlines.answer_by(at, shop=shop),
    )
    keep(rework=rework, lines=chosen, invoice=invoice, by=by, at=at)
    by_customer = by.role == Role.CUSTOMER
    steps.add_files(rework, files, by_customer=True, at=at)
    steps.record(
        action="rework.asked",
        rework=rework,
        by=by,
        at=at,
        data={"amount": f"{rework.amount:.2f}", "lines": [line.description for line in chosen]},
    )
    emails.rework_asked(rework, by=by, at=at)
    if by_customer:
        emails.rework_asked_desk(rework, at=at)
    return rework


def same(
    invoice: Invoice, link: AccessLink | None, description: str, keys: Collection[str]
) -> ReworkRequest | None:
    """Return the running request that the same words through the same link made before.

    ``keys`` are those of the lines: the same words about another one are another request.
    """
    if link is None or not keys:
        return None
    found = ReworkRequest.objects.for_shop(invoice.shop).running().with_everything()
    words = description.strip().replace("\r\n", "\n")
    for earlier in found.filter(invoice=invoice, link=link, description=words):
        known = {str(key) for key in earlier.lines.values_list("pk", flat=True)}
        if known.issuperset(keys):
            return earlier
    return None


def keep(
    *,
    rework: ReworkRequest,
    lines: Sequence[InvoiceLine],
    invoice: Invoice,
    by: Actor,
    at: datetime,
) -> None:
    """Number and store a new request of a locked invoice with what it holds."""
    shop = rework.shop
    year = local_day(at, zone=shop.zone).year
    rework.number = numbering.next_number(shop=shop, series=SERIES, year=year)
    rework.hold = steps.hold(rework=rework, invoice=invoice, by=by, at=at)
    rework.save(force_insert=True)
    rework.lines.set(lines)


def amount_of(invoice: Invoice, lines: Sequence[InvoiceLine]) -> Decimal:
    """Return what was billed for lines, tax included, and never more than the invoice."""
    return min(sum((billed_for(invoice, line) for line in lines), ZERO), invoice.total)


def _checked(invoice: Invoice, lines: Sequence[InvoiceLine]) -> list[InvoiceLine]:
    wanted = list({line.pk: line for line in lines}.values())
    for index, line in enumerate(wanted):
        if line.invoice_id != invoice.pk:
            raise LineElsewhere(fields={f"lines.{index}": LineElsewhere.default_message})
    if (
        not wanted
        or invoice.kind == InvoiceKind.CREDIT_NOTE
        or any(line.net <= 0 for line in wanted)
    ):
        raise NothingChosen(fields={"lines": NothingChosen.default_message})
    for index, line in enumerate(wanted):
        _need_free(invoice, line, field=f"lines.{index}")
    return wanted


def _need_free(invoice: Invoice, line: InvoiceLine, *, field: str) -> None:
    asked = ReworkRequest.objects.for_shop(invoice.shop).running()
    if earlier := asked.filter(lines=line).first():
        words = AskedBefore.default_message % {"number": earlier.number}
        raise AskedBefore(words, fields={field: words})
    contested = DisputeItem.objects.for_shop(invoice.shop).filter(
        invoice=invoice, state=ItemState.OPEN
    )
    for item in contested.select_related("case"):
        if item.line_id in {line.pk, None}:
            words = ContestedBefore.default_message % {"number": item.case.number}
            raise ContestedBefore(words, fields={field: words})
