"""What every act about a rework shares: locks, guards, words, holds, the free visit, the trail."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from disputes.models import ReworkFile, ReworkRequest
from disputes.services.filing import Kept
from inspections.models import Inspection
from inspections.states import Stage
from invoices.models import Hold, Invoice
from invoices.services import holds
from invoices.states import HoldKind, InvoiceStatus
from shopdisputes.actors import Actor
from shopdisputes.audit import services as audit
from shopdisputes.audit.models import AuditEvent
from shopdisputes.errors import Conflict, Refused
from shopdisputes.outbox import queueing
from shopdisputes.repairorders import services as repair_orders
from shopdisputes.repairorders.models import RepairOrder

LONGEST_TEXT = 4000
#: What they ask or announce is over when the request moves on.
_OUTDATED = ("rework_accepted", "rework_refused", "rework_delivered")


class ReworkWordsMissing(Refused):
    """Whoever reads it must know what it is about."""

    code = "rework-words-missing"
    default_message = _("Write it in words, at most 4,000 characters.")


class AnsweredMeanwhile(Conflict):
    """Another visit was opened for it while the locks were taken."""

    code = "rework-answered-meanwhile"
    default_message = _("Something was done about this meanwhile. Look at it again first.")


def lock_rework(rework: ReworkRequest, *, with_visit: bool = False) -> ReworkRequest:
    """Lock the invoice, then the request, and return the request as it is now.

    ``with_visit``: lock the free visit as well, before both.

    Raises:
        AnsweredMeanwhile: with ``with_visit``: it got another visit at the same moment.
    """
    visit = _visit_of(rework) if with_visit else None
    if visit is not None:
        RepairOrder.objects.lock(visit)
    Invoice.objects.lock(rework.invoice_id)
    ReworkRequest.objects.lock(rework.pk)
    locked = ReworkRequest.objects.with_everything().get(pk=rework.pk)
    # Its visit is locked before its invoice, or not at all: the other way round is a deadlock.
    if with_visit and locked.repair_order_id != visit:
        raise AnsweredMeanwhile
    return locked


def move(rework: ReworkRequest, status: str, **changes: object) -> None:
    """Write the new state of a locked request, and what goes with it, to its row and to it."""
    ReworkRequest.objects.filter(pk=rework.pk, status=rework.status).update(
        status=status, **changes
    )
    for name, value in {"status": status, **changes}.items():
        setattr(rework, name, value)


def words_of(text: str, *, field: str) -> str:
    """Return what somebody wrote, trimmed.

    Raises:
        ReworkWordsMissing: at ``field``: nothing, or more than 4,000 characters.
    """
    text = text.strip().replace("\r\n", "\n")
    if not text or len(text) > LONGEST_TEXT:
        raise ReworkWordsMissing(fields={field: ReworkWordsMissing.default_message})
    return text


def hold(*, rework: ReworkRequest, invoice: Invoice, by: Actor, at: datetime) -> Hold | None:
    """Hold what a request is about, also of what is paid or promised: both may turn out untrue.

    The invoice is locked; the request need not be stored yet. None: it was written off meanwhile.
    """
    if invoice.status != InvoiceStatus.ISSUED:
        return None
    return holds.place(
        invoice=invoice,
        kind=HoldKind.REWORK,
        amount=rework.amount,
        subject=rework.number,
        source_id=rework.pk,
        even_on_nothing=True,
        by=by,
        at=at,
    )


def let_go(*, rework: ReworkRequest, reason: str, by: Actor, at: datetime) -> None:
    """Release what a locked request holds; dunning looks at the invoice again, where it stood."""
    if rework.hold is not None and rework.hold.released_at is None:
        holds.release_locked(invoice=rework.invoice, hold=rework.hold, reason=reason, by=by, at=at)


def add_files(
    rework: ReworkRequest, files: Iterable[Kept], *, by_customer: bool, at: datetime
) -> None:
    """Put stored files to a request; the same file a second time is the one that is there."""
    ReworkFile.objects.bulk_create(
        [
            ReworkFile(
                shop=rework.shop,
                rework=rework,
                file=kept.file,
                sent_as=kept.sent_as,
                by_customer=by_customer,
                added_at=at,
            )
            for kept in files
        ],
        ignore_conflicts=True,
    )


def open_free_visit(*, rework: ReworkRequest, by: Actor, at: datetime) -> RepairOrder:
    """Open the visit on which it is done again, of the same customer and vehicle.

    Raises:
        NotTheirVehicle: the vehicle is somebody else's by now.
    """
    invoice = rework.invoice
    with translation.override(rework.shop.language):
        concern = gettext("To be done again for nothing, %(number)s for invoice %(invoice)s:") % {
            "number": rework.number,
            "invoice": invoice.number,
        }
    words = "\n\n".join(part for part in (concern, rework.complaint or rework.description) if part)
    return repair_orders.open_order(
        customer=invoice.customer,
        vehicle=invoice.repair_order.vehicle,
        concern=words[:LONGEST_TEXT],
        by=by,
        at=at,
    )


def left_as(invoice: Invoice) -> Inspection | None:
    """Return how the vehicle left the first time: the newest finished check-out, else check-in."""
    finished = Inspection.objects.for_shop(invoice.shop).finished()
    of_visit = finished.filter(repair_order=invoice.repair_order_id)
    for stage in (Stage.CHECK_OUT, Stage.CHECK_IN):
        if found := of_visit.filter(stage=stage).order_by("-completed_at", "-number").first():
            return found
    return None


def withdraw_questions(rework: ReworkRequest) -> None:
    """Stop mails that ask the customer to answer or to come: neither holds any more."""
    queueing.withdraw(shop=rework.shop, target_id=rework.pk, kinds=_OUTDATED)


def _visit_of(rework: ReworkRequest) -> UUID | None:
    """Return the key of its free visit as it is now, not as whoever asks has read it."""
    return ReworkRequest.objects.values_list("repair_order_id", flat=True).get(pk=rework.pk)


def record(
    *,
    action: str,
    rework: ReworkRequest,
    data: Mapping[str, Any] | None = None,
    by: Actor,
    at: datetime,
) -> AuditEvent:
    """Append an act to a request, with its number; call it after all locks."""
    return audit.record(
        shop=rework.shop,
        action=action,
        target=rework,
        repair_order_id=rework.invoice.repair_order_id,
        by=by,
        at=at,
        data={"number": rework.number, "invoice": rework.invoice.number, **(data or {})},
    )
