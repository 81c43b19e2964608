"""Issuing invoices: only what is covered, numbered without gaps, frozen, billed, sent."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from invoices import basis, coverage, documents, emails, snapshot
from invoices.coverage import Coverage
from invoices.models import Invoice, InvoiceLine, Payment, WorkItem
from invoices.references import creditor_reference
from invoices.searching import search_text_of
from invoices.services import deposits, ledger, positions, stops, trail
from invoices.services.drafting import Stopped
from invoices.services.lines import BelowZero
from invoices.services.locking import lock_draft, lock_invoice
from invoices.states import TRANSITIONS, EntryKind, InvoiceKind, InvoiceStatus, WorkState
from shopdisputes.actors import Actor
from shopdisputes.canonical import sha256_hex
from shopdisputes.dates import local_day
from shopdisputes.errors import Conflict, Refused
from shopdisputes.links import services as links
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.outbox import queueing as outbox
from shopdisputes.shops import numbering
from shopdisputes.transitions import IllegalTransition

SERIES = "INV"
CREDIT_NOTE_SERIES = "CN"


class NotCovered(Conflict):
    """Lines lack a basis; ``details`` has them in ``lines`` with what is missing."""

    code = "not-covered"
    default_message = _("Some lines are not covered by what the customer authorized.")


class Empty(Refused):
    """An invoice without lines bills nothing, not even zero."""

    code = "no-lines"
    default_message = _("The invoice has no lines.")


class DayRefused(Refused):
    """Numbers rise with the days on which they are given."""

    code = "day-refused"
    default_message = _(
        "An invoice is issued today or before, and never before the last one of the year."
    )


class DueBeforeIssue(Refused):
    """The last day to pay is over on the day of issue."""

    code = "due-before-issue"
    default_message = _("The last day to pay is before the day of issue. Change it in the draft.")


class NoAddress(Refused):
    """There is no e-mail address to send it to."""

    code = "no-address"
    default_message = _("This customer has no e-mail address.")


@transaction.atomic
def issue(
    *,
    invoice: Invoice,
    issued_on: date | None = None,
    by_email: bool = True,
    by: Actor,
    at: datetime,
) -> Invoice:
    """Issue a draft: from now on it never changes, and what it bills is owed.

    ``issued_on`` is a day of the shop, today unless told. Deposits on the visit are put on it.
    It is mailed with its link when ``by_email`` and the customer has an address.

    Raises:
        IllegalTransition: it is no draft.
        Stopped: it bills in full, and the customer stopped the work since it was drafted.
        stops.NotStopped: it bills a partial repair, and the work goes on.
        Empty: it has no lines.
        NotCovered: lines lack a basis and no manager let them pass.
        BelowZero: its total is negative.
        DueBeforeIssue: the last day to pay is before ``issued_on``.
        DayRefused: ``issued_on`` is in the future or before the last invoice of its year.
    """
    invoice = lock_draft(invoice)
    status = TRANSITIONS.target("issue", state=invoice.status, by=by)
    today = local_day(at, zone=invoice.shop.zone)
    invoice.issued_on = issued_on or today
    if invoice.issued_on > today:
        raise DayRefused(fields={"issued_on": DayRefused.default_message})
    if invoice.due_on < invoice.issued_on:
        raise DueBeforeIssue(fields={"due_on": DueBeforeIssue.default_message})
    _need_its_kind(invoice)
    found = coverage.check(invoice)
    if not found.lines:
        raise Empty(fields={"lines": Empty.default_message})
    if found.blocking:
        raise _not_covered(found)
    if invoice.total < 0:
        raise BelowZero(fields={"lines": BelowZero.default_message})
    if invoice.performed_on is None:
        invoice.performed_on = _performed_on(invoice)
    _freeze_lines(invoice, found)
    # Payments come before counters in the order of locks; they are put on it further below.
    Payment.objects.lock_all(
        list(Payment.objects.deposits_of(invoice.repair_order).values_list("pk", flat=True))
    )
    number(invoice=invoice, series=SERIES)
    invoice.reference = creditor_reference(invoice.number)
    freeze(invoice=invoice, status=status, by=by, at=at)
    ledger.post(invoice=invoice, kind=EntryKind.BILLED, amount=invoice.total, by=by, at=at)
    positions.begin(invoice=invoice)
    trail.record(
        action="invoice.issued",
        invoice=invoice,
        by=by,
        at=at,
        data={
            "total": f"{invoice.total:.2f}",
            "sha256": invoice.sha256,
            "overridden": [line.description for line in found.lines if line.override_reason],
        },
    )
    deposits.apply(invoice=invoice, by=by, at=at)
    invoice.document = documents.invoice(invoice, at=at)
    invoice.sent_to = invoice.customer.email if by_email else ""
    invoice.sent_at = at if invoice.sent_to else None
    invoice.save(update_fields=["document", "sent_to", "sent_at"])
    if invoice.sent_to:
        emails.invoice_sent(invoice, link=give_link(invoice=invoice, by=by, at=at), at=at)
    return invoice


@transaction.atomic
def resend(*, invoice: Invoice, by: Actor, at: datetime) -> Invoice:
    """Mail an issued invoice once more, with a new link, to the address now on file.

    When the address has changed, the links mailed to the old one are revoked.

    Raises:
        IllegalTransition: it is not issued, or void.
        NoAddress: the customer has no e-mail address.
    """
    invoice = lock_invoice(invoice)
    TRANSITIONS.target("send", state=invoice.status, by=by)
    address = invoice.customer.email
    if not address:
        raise NoAddress(fields={"email": NoAddress.default_message})
    if invoice.sent_to not in {"", address}:
        links.revoke_for_target(shop=invoice.shop, target_id=invoice.pk, by=by, at=at)
    outbox.withdraw(shop=invoice.shop, target_id=invoice.pk, kinds=emails.ASKING_FOR_MONEY)
    # The figures move: what is asked for is what is owed now.
    invoice.document = documents.invoice(invoice, at=at)
    invoice.sent_to, invoice.sent_at = address, at
    invoice.save(update_fields=["document", "sent_to", "sent_at"])
    trail.record(action="invoice.sent", invoice=invoice, by=by, at=at, data={"to": address})
    emails.invoice_sent(invoice, link=give_link(invoice=invoice, by=by, at=at), at=at)
    return invoice


def give_link(*, invoice: Invoice, by: Actor, at: datetime) -> AccessLink:
    """Make the link with which the customer sees an issued invoice."""
    customer = invoice.customer
    return links.give(
        shop=invoice.shop,
        purpose=LinkPurpose.INVOICE,
        target_id=invoice.pk,
        recipient=customer.email,
        recipient_name=customer.name,
        language=customer.language,
        repair_order_id=invoice.repair_order_id,
        by=by,
        at=at,
    )


def number(*, invoice: Invoice, series: str) -> None:
    """Give a locked draft its number, as the last lock before those of the audit trail.

    Raises:
        DayRefused: its day is before that of the last one of the series in its year.
    """
    day = invoice.issued_on
    assert day is not None
    invoice.number = numbering.next_number(shop=invoice.shop, series=series, year=day.year)
    # Nobody else gives a number of this series and year before this transaction ends.
    earlier = Invoice.objects.for_shop(invoice.shop).filter(
        number__startswith=f"{series}-{day.year}-", issued_on__gt=day
    )
    if earlier.exists():
        raise DayRefused(fields={"issued_on": DayRefused.default_message})


def freeze(*, invoice: Invoice, status: str, by: Actor, at: datetime) -> None:
    """Write everything that issuing fixes in one UPDATE: afterwards the database allows none.

    Raises:
        IllegalTransition: somebody was quicker, where locks do nothing (SQLite).
    """
    invoice.issued_at, invoice.issued_by = at, by.name
    invoice.search_text = search_text_of(invoice)
    with translation.override(invoice.language):
        invoice.canonical_json = snapshot.text_of(invoice)
    invoice.sha256 = sha256_hex(invoice.canonical_json)
    names = (
        "number",
        "reference",
        "issued_on",
        "performed_on",
        "issued_at",
        "issued_by",
        "search_text",
        "canonical_json",
        "sha256",
    )
    draft = Invoice.objects.filter(pk=invoice.pk, status=InvoiceStatus.DRAFT)
    if not draft.update(status=status, **{name: getattr(invoice, name) for name in names}):
        raise IllegalTransition
    invoice.status = status


def _need_its_kind(invoice: Invoice) -> None:
    """Refuse a draft whose visit was stopped, or goes on, since it was made."""
    stopped = stops.in_force(invoice.repair_order) is not None
    if invoice.kind == InvoiceKind.FULL and stopped:
        raise Stopped
    if invoice.kind == InvoiceKind.PARTIAL_REPAIR and not stopped:
        raise stops.NotStopped


def _not_covered(found: Coverage) -> NotCovered:
    positions = {line.pk: index for index, line in enumerate(found.lines)}
    lines: list[dict[str, Any]] = [
        {
            "id": str(line.pk),
            "description": line.description,
            "gaps": [str(gap) for gap in found.gaps[line.pk]],
            "amount": f"{line.net:.2f}",
        }
        for line in found.blocking
    ]
    return NotCovered(
        fields={
            f"lines.{positions[line.pk]}": found.gaps[line.pk][0].label for line in found.blocking
        },
        details={"lines": lines, "above_total": f"{found.above_total:.2f}"},
    )


def _freeze_lines(invoice: Invoice, found: Coverage) -> None:
    bases = basis.of(invoice)
    for line in found.lines:
        line.basis = bases[line.pk]
        line.gaps = [str(gap) for gap in found.gaps.get(line.pk, [])]
    InvoiceLine.objects.bulk_update(found.lines, ["basis", "gaps"])


def _performed_on(invoice: Invoice) -> date:
    """Return the day on which the last piece of work was noted as done; else that of issue."""
    assert invoice.issued_on is not None
    last = (
        WorkItem.objects.filter(repair_order=invoice.repair_order, state=WorkState.DONE)
        .order_by("-updated_at")
        .first()
    )
    if last is None or invoice.kind == InvoiceKind.STORAGE:
        return invoice.issued_on
    return min(local_day(last.updated_at, zone=invoice.shop.zone), invoice.issued_on)
