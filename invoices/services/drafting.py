"""Drafts of invoices: made from what was authorized, changed, thrown away."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from estimates import pricing
from estimates.states import LineKind
from invoices import progress
from invoices.billable import left_of
from invoices.models import Invoice, InvoiceLine, StopWork, settings_of
from invoices.progress import Job
from invoices.services import lines as line_checks
from invoices.services import stopping, trail
from invoices.services.lines import InvoiceLineInput
from invoices.services.locking import lock_draft, lock_repair_order
from invoices.services.stopping import StoppedLine
from invoices.states import TRANSITIONS, Classification, InvoiceKind, InvoiceStatus
from shopdisputes.actors import MANAGEMENT, Actor
from shopdisputes.canonical import canonical_json, sha256_hex
from shopdisputes.dates import local_day
from shopdisputes.errors import ChangedMeanwhile, Conflict, Forbidden, Refused
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.repairorders.services import RepairOrderNotOpen
from shopdisputes.repairorders.states import RepairOrderStatus

__all__ = ["InvoiceLineInput", "change", "create", "discard", "draft", "state_of"]

_LONGEST_TERM = timedelta(days=365)
_LONGEST_EXPLANATION = 4000
_MATERIAL = ("kind", "description", "quantity", "unit_price", "tax_rate", "estimate_line_id")


class NothingToBill(Conflict):
    """Nothing is authorized, or all of it is billed."""

    code = "nothing-to-bill"
    default_message = _("Nothing that was authorized is left to bill.")


class DraftExists(Conflict):
    """There is a draft of this kind already; ``details`` has its ``invoice``."""

    code = "draft-exists"
    default_message = _("There is a draft of this kind already.")


class Stopped(Conflict):
    """The customer stopped the work: it cannot be billed in full."""

    code = "stopped"
    default_message = _("The customer stopped the work. Bill the partial repair.")


class DueRefused(Refused):
    """The last day to pay is past, or more than a year ahead."""

    code = "due-refused"
    default_message = _("The last day to pay is between today and a year from now.")


class ExplanationTooLong(Refused):
    """The explanation is longer than a page can show."""

    code = "explanation-too-long"
    default_message = _("At most 4000 characters.")


class KindRefused(Refused):
    """This kind is not billed from authorized lines."""

    code = "kind-refused"
    default_message = _("Bill the repair in full, or a partial repair.")


class OverrideNotAllowed(Forbidden):
    """Only a manager lets a line without a basis pass."""

    code = "override-not-allowed"
    default_message = _("Only a manager may let a line pass that lacks something.")


@transaction.atomic
def draft(
    *,
    repair_order: RepairOrder,
    kind: str = InvoiceKind.FULL,
    due_on: date | None = None,
    explanation: str = "",
    by: Actor,
    at: datetime,
) -> Invoice:
    """Draft an invoice of what is authorized and not billed yet.

    ``full`` bills it as authorized. ``partial_repair`` bills a stopped repair as far as it was
    done, with lines of zero for what is not billed. ``due_on`` None: the shop's usual term.

    Raises:
        NotYourTransition: not for this role.
        KindRefused: another kind.
        RepairOrderNotOpen: the visit was called off.
        Stopped: the customer stopped the work, and it is to be billed in full.
        stopping.NotStopped: a partial repair is to be billed that nobody stopped.
        NothingToBill: nothing is authorized, or all of it is billed.
        DraftExists: there is a draft of this kind.
        DueRefused, ExplanationTooLong: see ``create``.
    """
    TRANSITIONS.target("edit", state=InvoiceStatus.DRAFT, by=by)
    order = lock_repair_order(repair_order)
    stop = StopWork.objects.filter(repair_order=order).in_force().first()
    if kind == InvoiceKind.FULL:
        if stop is not None:
            raise Stopped
        lines = [_in_full(job) for job in progress.authorized(order) if left_of(job) != 0]
    elif kind == InvoiceKind.PARTIAL_REPAIR:
        lines = [_as_stopped(line) for line in stopping.lines_to_bill(order, at)]
        explanation = explanation or stopping.explanation_for(order)
    else:
        raise KindRefused(fields={"kind": KindRefused.default_message})
    if not lines:
        raise NothingToBill
    return create(
        repair_order=order,
        kind=kind,
        lines=lines,
        due_on=due_on,
        explanation=explanation,
        performed_on=local_day(stop.happened_at, zone=order.shop.zone) if stop else None,
        by=by,
        at=at,
    )


@transaction.atomic
def create(
    *,
    repair_order: RepairOrder,
    kind: str,
    lines: Sequence[InvoiceLineInput],
    due_on: date | None = None,
    explanation: str = "",
    performed_on: date | None = None,
    by: Actor,
    at: datetime,
) -> Invoice:
    """Write a draft with ``lines``.

    Raises:
        RepairOrderNotOpen: the visit was called off.
        DraftExists: there is a draft of this kind.
        DueRefused: ``due_on`` is past or more than a year ahead.
        ExplanationTooLong: more than 4000 characters.
        LinesRefused, TooManyLines, BelowZero, TooLarge: see ``lines.prepare``.
    """
    order = lock_repair_order(repair_order)
    if order.status == RepairOrderStatus.CANCELLED:
        raise RepairOrderNotOpen
    drafts = Invoice.objects.filter(repair_order=order, kind=kind, status=InvoiceStatus.DRAFT)
    if existing := drafts.first():
        raise DraftExists(details={"invoice": str(existing.pk)})
    shop = order.shop
    today = local_day(at, zone=shop.zone)
    invoice = Invoice.objects.create(
        shop=shop,
        repair_order=order,
        customer=order.customer,
        kind=kind,
        currency=shop.currency,
        language=order.customer.language,
        performed_on=performed_on,
        due_on=_checked_due(due_on or today + timedelta(days=settings_of(shop).due_days), today),
        explanation=_checked_explanation(explanation),
        created_at=at,
        created_by=by.name,
    )
    line_checks.write(invoice=invoice, lines=line_checks.prepare(invoice=invoice, lines=lines))
    trail.record(
        action="invoice.drafted",
        invoice=invoice,
        by=by,
        at=at,
        data={"total": f"{invoice.total:.2f}", "repair_order": order.number},
    )
    return invoice


@transaction.atomic
def change(
    *,
    invoice: Invoice,
    lines: Sequence[InvoiceLineInput] | None = None,
    due_on: date | None = None,
    explanation: str | None = None,
    based_on: str = "",
    by: Actor,
    at: datetime,
) -> Invoice:
    """Rewrite a draft: its lines as a whole, and what else is not None.

    ``based_on`` is the ``state_of`` the draft that was shown to whoever changes it; the same
    change twice is one.

    A line that lacks something passes with an ``override_reason``, which only a manager gives;
    when somebody else changes what such a line bills, its reason has to be given anew.

    Raises:
        IllegalTransition: it was issued.
        ChangedMeanwhile: somebody changed what ``based_on`` stands for to something else.
        OverrideNotAllowed: ``by`` is not a manager, and gives or uses a reason for another line.
        DueRefused, ExplanationTooLong: see ``create``.
        LinesRefused, TooManyLines, BelowZero, TooLarge: see ``lines.prepare``.
    """
    invoice = lock_draft(invoice)
    TRANSITIONS.target("edit", state=invoice.status, by=by)
    state = state_of(invoice)
    if due_on is not None:
        invoice.due_on = _checked_due(due_on, local_day(at, zone=invoice.shop.zone))
    if explanation is not None:
        invoice.explanation = _checked_explanation(explanation)
    invoice.save(update_fields=["due_on", "explanation"])
    before = invoice.total
    overridden: list[str] = []
    if lines is not None:
        saved = {line.pk: line for line in invoice.lines.all()}
        prepared = line_checks.prepare(invoice=invoice, lines=lines)
        overridden = _sign_overrides(prepared, saved, by=by, at=at)
        line_checks.write(invoice=invoice, lines=prepared)
    if based_on not in ("", state) and state_of(invoice) != state:
        raise ChangedMeanwhile
    trail.record(
        action="invoice.changed",
        invoice=invoice,
        by=by,
        at=at,
        data={
            "before": f"{before:.2f}",
            "total": f"{invoice.total:.2f}",
            "overridden": overridden,
        },
    )
    return invoice


@transaction.atomic
def discard(*, invoice: Invoice, by: Actor, at: datetime) -> None:
    """Throw a draft away; the trail keeps that there was one.

    Raises:
        IllegalTransition: it was issued.
    """
    invoice = lock_draft(invoice)
    TRANSITIONS.target("edit", state=invoice.status, by=by)
    trail.record(
        action="invoice.discarded",
        invoice=invoice,
        by=by,
        at=at,
        data={"total": f"{invoice.total:.2f}", "repair_order": invoice.repair_order.number},
    )
    invoice.delete()


def state_of(invoice: Invoice) -> str:
    """Return a hash of what a draft says, another one as soon as it says something else."""
    names = [field.name for field in fields(InvoiceLineInput) if field.name != "line_id"]
    head = Invoice.objects.filter(pk=invoice.pk).values_list("due_on", "explanation")
    return sha256_hex(
        canonical_json([*head, *invoice.lines.order_by("position").values_list(*names)])
    )


def _in_full(job: Job) -> InvoiceLineInput:
    """Return what is left of an authorized line; whole, it is billed as it was authorized."""
    line, left = job.line, left_of(job)
    quantity, unit_price = line.quantity, line.unit_price
    if left != line.net:
        rest = (left / unit_price).quantize(Decimal("0.001"))
        exact = rest > 0 and pricing.net_of(quantity=rest, unit_price=unit_price) == left
        quantity, unit_price = (rest, unit_price) if exact else (Decimal("1"), left)
    return InvoiceLineInput(
        estimate_line_id=line.pk,
        kind=line.kind,
        description=line.description,
        quantity=quantity,
        unit_price=unit_price,
        tax_rate=line.tax_rate,
        part_condition=line.part_condition,
        classification=_CLASSIFIED.get(line.kind, Classification.AGREED),
    )


def _as_stopped(stopped: StoppedLine) -> InvoiceLineInput:
    line = stopped.line
    return InvoiceLineInput(
        estimate_line_id=line.pk,
        kind=line.kind,
        description=line.description,
        quantity=stopped.quantity,
        unit_price=stopped.unit_price,
        tax_rate=line.tax_rate,
        part_condition=line.part_condition,
        classification=stopped.classification,
        note=stopped.note,
    )


_CLASSIFIED: dict[str, str] = {
    LineKind.DISCOUNT: Classification.DISCOUNT,
    LineKind.STORAGE: Classification.STORAGE,
}


def _sign_overrides(
    prepared: Sequence[InvoiceLine], saved: dict[object, InvoiceLine], *, by: Actor, at: datetime
) -> list[str]:
    """Note who lets lines pass; return what those lines are."""
    signed = []
    for line in prepared:
        if not line.override_reason:
            continue
        before = saved.get(line.pk)
        if before is not None and _is_the_same(line, before):
            line.override_by, line.override_at = before.override_by, before.override_at
            continue
        if by.role not in MANAGEMENT:
            raise OverrideNotAllowed
        line.override_by, line.override_at = by.name, at
        signed.append(line.description)
    return signed


def _is_the_same(line: InvoiceLine, before: InvoiceLine) -> bool:
    names = (*_MATERIAL, "override_reason")
    return all(getattr(line, name) == getattr(before, name) for name in names)


def _checked_due(due_on: date, today: date) -> date:
    if not today <= due_on <= today + _LONGEST_TERM:
        raise DueRefused(fields={"due_on": DueRefused.default_message})
    return due_on


def _checked_explanation(explanation: str) -> str:
    explanation = explanation.strip()
    if len(explanation) > _LONGEST_EXPLANATION:
        raise ExplanationTooLong(fields={"explanation": ExplanationTooLong.default_message})
    return explanation
