"""The vehicle leaves: who takes it, what goes with it, what was paid."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from inspections.models import Inspection
from inspections.states import Stage
from invoices import billable, collecting, documents, emails, yard
from invoices.models import HandOver, Invoice, Payment, StorageNotice
from invoices.services import moving, signatures, storage
from invoices.services.locking import lock_repair_order
from invoices.states import CollectorAuthority, InvoiceKind, InvoiceStatus, PaymentState
from shopdisputes.actors import MANAGEMENT, Actor
from shopdisputes.audit import services as audit
from shopdisputes.canonical import canonical_json, sha256_hex
from shopdisputes.dates import local_day
from shopdisputes.errors import Conflict, Forbidden, Refused
from shopdisputes.money import ZERO
from shopdisputes.repairorders import services as repair_orders
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.repairorders.services import ReasonMissing, RepairOrderNotOpen
from shopdisputes.repairorders.states import TRANSITIONS, RepairOrderStatus
from shopdisputes.signing import services as signing
from shopdisputes.signing.models import Signature, SignatureMethod, TextCode
from shopdisputes.signing.services import DrawnSignature

ACT = "hand_over"
SCHEMA = "shopdisputes.hand_over/1"
#: The clocks of a tablet and of the server are not the same one.
_CLOCKS_APART = timedelta(minutes=5)


class ApprovalNeeded(Forbidden):
    """Not everything is paid: the management decides whether the vehicle leaves."""

    code = "approval-needed"
    default_message = _(
        "Not everything is paid. Only a manager can let the vehicle go without full payment."
    )


class HandOverFirst(Conflict):
    """A vehicle that leaves unpaid leaves by its hand-over, which asks what that needs."""

    code = "hand-over-first"
    default_message = _(
        "Not everything is paid. Write the hand-over down instead: it closes the visit, and a "
        "manager can let the vehicle go without full payment."
    )


class HandOverRefused(Refused):
    """Something about the hand-over cannot be; ``fields`` says what."""

    code = "hand-over-refused"
    default_message = _("Please look at this again. Nothing was changed.")


@dataclass(frozen=True, kw_only=True)
class Paid:
    """What of a visit is paid: ``total`` is what it costs, ``left`` what is still owed.

    ``unbilled`` is part of both: authorized work of which no invoice was issued.
    """

    total: Decimal
    left: Decimal
    unbilled: Decimal
    deposits: Decimal
    invoices: tuple[Invoice, ...]

    @property
    def open(self) -> list[Invoice]:
        """The invoices of which something is owed."""
        return [invoice for invoice in self.invoices if invoice.balance]

    @property
    def state(self) -> PaymentState:
        """Say it in one word."""
        if self.total <= 0:
            return PaymentState.NOTHING_DUE
        if self.left <= 0:
            return PaymentState.PAID
        return PaymentState.PART_PAID if self.left < self.total else PaymentState.UNPAID

    @property
    def needs_approval(self) -> bool:
        """Whether only the management can let the vehicle go."""
        return self.left > 0


@dataclass(frozen=True, kw_only=True)
class SignedHere:
    """What the collector put under the record, on the shop's own device."""

    signer_name: str
    drawn: DrawnSignature | None
    consent: bool
    signer_timezone: str
    language: str


def paid_so_far(repair_order: RepairOrder) -> Paid:
    """Return what of a visit is paid.

    Where the repair is on no invoice, what the customer authorized is owed, less the deposits.
    """
    invoices = (
        Invoice.objects.filter(repair_order=repair_order, status=InvoiceStatus.ISSUED)
        .billing()
        .annotate(credited=Sum("credit_notes__total", default=ZERO))
        .order_by("issued_on", "number")
    )
    billing = tuple(invoices)
    deposits = Payment.objects.deposits_of(repair_order).aggregate(
        sum=Sum("unallocated", default=ZERO)
    )["sum"]
    # Storage alone says nothing about the repair.
    billed = any(each.kind != InvoiceKind.STORAGE for each in billing)
    unbilled = ZERO if billed else billable.authorized_total(repair_order)
    charged = sum(collecting.charged_of(billing).values(), ZERO)
    return Paid(
        total=sum((each.total - each.credited for each in billing), ZERO) + charged + unbilled,
        left=sum((each.balance for each in billing), ZERO) + max(unbilled - deposits, ZERO),
        unbilled=unbilled,
        deposits=deposits,
        invoices=billing,
    )


@transaction.atomic
def allow_closing(*, repair_order: RepairOrder, by: Actor, at: datetime) -> None:
    """Look, in the transaction that closes a visit by hand, whether it may be so.

    Raises:
        IllegalTransition, NotYourTransition: it cannot be closed, or not by this role.
        HandOverFirst: not everything is paid, with what is owed in ``details``.
    """
    order = lock_repair_order(repair_order)
    TRANSITIONS.target("close", state=order.status, by=by)
    paid = paid_so_far(order)
    if paid.needs_approval:
        raise HandOverFirst(details={"owed": str(paid.left)})


@transaction.atomic
def hand_over(
    *,
    repair_order: RepairOrder,
    happened_at: datetime,
    odometer: int | None = None,
    collected_by: str,
    authority: CollectorAuthority | str,
    identity_checked: bool,
    items_returned: str = "",
    remarks: str = "",
    check_out: Inspection | None = None,
    approval_reason: str = "",
    signed: SignedHere | None = None,
    by: Actor,
    at: datetime,
) -> HandOver:
    """Write down that the vehicle left, stop the storage clock and close the visit.

    What was paid is read behind the visit's lock, not told. The customer gets the record by mail.

    Raises:
        NotYourTransition: not for this role.
        RepairOrderNotOpen: the vehicle left before, or the visit was called off.
        HandOverRefused: at ``collected_by``, ``happened_at`` or ``check_out``.
        ApprovalNeeded: not everything is paid, and ``by`` is not of the management.
        ReasonMissing: the same without a reason, at ``approval_reason``.
        NotSignable, SignatureImageRefused: the signature is no signature.
    """
    moving.need_desk(by)
    if signed is not None:
        signatures.check(signer_name=signed.signer_name, drawn=signed.drawn, consent=signed.consent)
    order = lock_repair_order(repair_order)
    if order.status != RepairOrderStatus.OPEN:
        raise RepairOrderNotOpen
    collected_by = signatures.tidy(collected_by)
    _check(order, happened_at, collected_by=collected_by, check_out=check_out, at=at)
    paid = paid_so_far(order)
    approval_reason = approval_reason.strip()
    if paid.needs_approval:
        _need_approval(paid, approval_reason, by=by)
    record = HandOver(
        pk=uuid.uuid4(),
        shop=order.shop,
        repair_order=order,
        happened_at=happened_at,
        odometer=odometer,
        collected_by=collected_by,
        authority=authority,
        identity_checked=identity_checked,
        items_returned=items_returned.strip(),
        remarks=remarks.strip(),
        check_out=check_out,
        currency=order.shop.currency,
        payment_state=paid.state,
        balance=paid.left,
        approved_by=by.name if paid.needs_approval else "",
        approval_reason=approval_reason if paid.needs_approval else "",
        recorded_at=at,
        recorded_by=by.name,
    )
    record.canonical_json = canonical_json(_facts(record, paid))
    record.sha256 = sha256_hex(record.canonical_json)
    if signed is not None:
        record.signature = _sign(record, signed, by=by, at=at)
    record.save(force_insert=True)
    _stop_clock(order, happened_at, by=by, at=at)
    event = audit.record(
        shop=order.shop,
        action="vehicle.handed_over",
        target=record,
        repair_order_id=order.pk,
        by=by,
        at=at,
        data={
            "number": order.number,
            "collected_by": collected_by,
            "payment_state": str(record.payment_state),
            "balance": str(record.balance),
            "approval_reason": record.approval_reason,
            "sha256": record.sha256,
        },
    )
    record.document = documents.hand_over(record, event=event, at=at)
    record.save(update_fields=["document"])
    emails.hand_over_copy(record, at=at)
    record.repair_order = repair_orders.close(repair_order=order, by=by, at=at)
    return record


def _check(
    order: RepairOrder,
    happened_at: datetime,
    *,
    collected_by: str,
    check_out: Inspection | None,
    at: datetime,
) -> None:
    fields = {}
    if not signing.is_readable(collected_by):
        fields["collected_by"] = _("Write who collects the vehicle.")
    if not order.opened_at <= happened_at <= at + _CLOCKS_APART:
        fields["happened_at"] = _("Not before the vehicle came, and not after now.")
    own = Inspection.objects.filter(repair_order=order, stage=Stage.CHECK_OUT).finished()
    if check_out is not None and not own.filter(pk=check_out.pk).exists():
        fields["check_out"] = _("This is no finished check-out of this visit.")
    if fields:
        raise HandOverRefused(fields=fields)


def _need_approval(paid: Paid, reason: str, *, by: Actor) -> None:
    if by.role not in MANAGEMENT:
        raise ApprovalNeeded(details={"owed": str(paid.left)})
    if not reason:
        raise ReasonMissing(fields={"approval_reason": ReasonMissing.default_message})


def _stop_clock(order: RepairOrder, happened_at: datetime, *, by: Actor, at: datetime) -> None:
    """Stop storage on the day the vehicle left; what is billed of later days stays billed."""
    notice = StorageNotice.objects.filter(repair_order=order).in_force().first()
    if notice is None:
        return
    notice.repair_order = order
    left_on = max(local_day(happened_at, zone=order.shop.zone), yard.notice_day(notice))
    billed = yard.billed_until(order.pk)
    storage.stop_locked(
        notice=notice,
        reason=str(_("The vehicle was collected.")),
        stopped_on=max(left_on, billed) if billed and billed >= notice.first_day else left_on,
        by=by,
        at=at,
    )


def _sign(record: HandOver, signed: SignedHere, *, by: Actor, at: datetime) -> Signature:
    sentence = signatures.sentence(
        record.shop,
        TextCode.HAND_OVER,
        language=signed.language,
        number=record.repair_order.number,
    )
    drawn = signed.drawn
    return signing.sign(
        shop=record.shop,
        act=ACT,
        target_id=record.pk,
        repair_order_id=record.repair_order_id,
        link=None,
        signer_name=signatures.tidy(signed.signer_name),
        method=SignatureMethod.DRAWN if drawn else SignatureMethod.TYPED,
        image=drawn.image if drawn else None,
        strokes=drawn.strokes if drawn else None,
        text=sentence.text,
        sentence=sentence.words,
        consent_text=signatures.consent_text(record.shop, language=signed.language),
        subject_sha256=record.sha256,
        shown_pdf_sha256="",
        code=None,
        language=signed.language,
        signer_timezone=signed.signer_timezone,
        # The collector signs on the shop's device, before the eyes of whoever recorded it.
        witness=by.name,
        email="",
        by=by,
        at=at,
    )


def _facts(record: HandOver, paid: Paid) -> dict[str, object]:
    order = record.repair_order
    return {
        "schema": SCHEMA,
        "id": record.pk,
        "repair_order": order.number,
        "shop": record.shop.legal_name or record.shop.name,
        "customer": order.customer.name,
        "vehicle": {
            "make": order.vehicle.make,
            "model": order.vehicle.model,
            "plate": order.vehicle.plate,
            "vin": order.vehicle.vin,
        },
        "happened_at": record.happened_at,
        "odometer": record.odometer,
        "collected_by": record.collected_by,
        "authority": str(record.authority),
        "identity_checked": record.identity_checked,
        "items_returned": record.items_returned,
        "remarks": record.remarks,
        "check_out": {"number": record.check_out.number, "sha256": record.check_out.sha256}
        if record.check_out
        else None,
        "payment": {
            "state": str(record.payment_state),
            "currency": record.currency,
            "owed": str(record.balance),
            "invoices": [
                {"number": each.number, "total": str(each.total), "owed": str(each.balance)}
                for each in paid.invoices
            ],
            "approved_by": record.approved_by,
            "approval_reason": record.approval_reason,
        },
        "recorded_at": record.recorded_at,
        "recorded_by": record.recorded_by,
    }
