"""Storage: saying that it will cost something, pausing the clock, stopping it."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from invoices import documents, emails, storing, yard
from invoices.models import StorageNotice, StorageSuspension
from invoices.services import moving, storage_billing
from invoices.services.locking import lock_repair_order
from invoices.services.reasons import reason_of
from invoices.states import SuspensionReason
from shopdisputes.actors import Actor
from shopdisputes.audit import services as audit
from shopdisputes.dates import local_day
from shopdisputes.errors import Conflict, Refused
from shopdisputes.jurisdictions import profiles
from shopdisputes.money import LARGEST_AMOUNT, to_cents
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.repairorders.services import RepairOrderNotOpen
from shopdisputes.repairorders.states import RepairOrderStatus

#: Nobody gives a whole year away by mistyping.
MOST_FREE_DAYS = 365


class StorageRunning(Conflict):
    """There is a notice already whose clock runs."""

    code = "storage-running"
    default_message = _("A notice was given already. Stop its clock before you give another one.")


class StorageStopped(Conflict):
    """The clock does not run any more."""

    code = "storage-stopped"
    default_message = _("The clock of this notice has been stopped.")


class NoticeNotGiven(Refused):
    """A notice that reaches nobody is none."""

    code = "notice-not-given"
    default_message = _(
        "The customer has no e-mail address, or none is to be used: say how the notice was given."
    )


class WrongDay(Refused):
    """The day cannot be meant."""

    code = "wrong-day"
    default_message = _("This day cannot be right.")


class WrongRate(Refused):
    """The rate is none."""

    code = "wrong-rate"
    default_message = _("Write what a day costs, above zero, with two decimals at most.")


class AlreadySuspended(Conflict):
    """Days are suspended already."""

    code = "storage-suspended"
    default_message = _("Some of these days are suspended already.")


class NotSuspended(Conflict):
    """The suspension has ended."""

    code = "storage-not-suspended"
    default_message = _("This suspension has ended already.")


class DaysBilled(Conflict):
    """Days stand on an invoice, which does not change."""

    code = "storage-billed"
    default_message = _("Some of these days are billed already. Credit that invoice instead.")


def first_day(*, repair_order: RepairOrder, free_days: int, at: datetime) -> date:
    """Return the first day that may cost something when the notice is given at ``at``."""
    return storing.first_day(
        notice_on=local_day(at, zone=repair_order.shop.zone),
        free_days=free_days,
        free_business_days=profiles.storage_of(repair_order.profile).free_business_days,
        country=repair_order.shop.country,
    )


@transaction.atomic
def notify(
    *,
    repair_order: RepairOrder,
    ready_on: date,
    daily_rate: Decimal,
    tax_rate: Decimal,
    free_days: int,
    message: str = "",
    served_how: str = "",
    by_email: bool = True,
    by: Actor,
    at: datetime,
) -> StorageNotice:
    """Tell the customer that the vehicle is ready, what a day costs and from when on.

    ``daily_rate`` is before tax, ``tax_rate`` in percent. The day of the notice and ``free_days``
    after it cost nothing, nor do the business days that the place asks for. ``served_how`` says
    in words how it was given otherwise than by e-mail.

    Raises:
        NotYourTransition: not for this role.
        RepairOrderNotOpen: the vehicle is not here any more.
        StorageRunning: a notice is in force.
        WrongRate, WrongDay: at ``daily_rate``, ``tax_rate``, ``ready_on`` or ``free_days``.
        NoticeNotGiven: it reaches the customer in no way.
    """
    moving.need_desk(by)
    order = lock_repair_order(repair_order)
    if order.status != RepairOrderStatus.OPEN:
        raise RepairOrderNotOpen
    if StorageNotice.objects.filter(repair_order=order).in_force().exists():
        raise StorageRunning
    _check_rates(daily_rate, tax_rate)
    today = local_day(at, zone=order.shop.zone)
    opened_on = local_day(order.opened_at, zone=order.shop.zone)
    if not opened_on <= ready_on <= today:
        words = _("The vehicle cannot be ready before it came, nor on a day still to come.")
        raise WrongDay(fields={"ready_on": words})
    if not 0 <= free_days <= MOST_FREE_DAYS:
        raise WrongDay(fields={"free_days": _("From 0 to 365 days.")})
    address = order.customer.email if by_email else ""
    served_how = served_how.strip()
    if not (address or served_how):
        raise NoticeNotGiven(fields={"served_how": NoticeNotGiven.default_message})
    notice = StorageNotice.objects.create(
        shop=order.shop,
        repair_order=order,
        ready_on=ready_on,
        daily_rate=daily_rate,
        tax_rate=tax_rate,
        free_days=free_days,
        first_day=first_day(repair_order=order, free_days=free_days, at=at),
        message=message.strip(),
        sent_to=address,
        served_how=served_how,
        sent_at=at,
        sent_by=by.name,
    )
    _record(
        "storage.notified",
        notice,
        {
            "daily_rate": str(daily_rate),
            "first_day": notice.first_day.isoformat(),
            "to": address or served_how,
        },
        by=by,
        at=at,
    )
    notice.document = documents.storage_notice(notice, at=at)
    notice.save(update_fields=["document"])
    if address:
        emails.storage_notice(notice, at=at)
    return notice


@transaction.atomic
def suspend(
    *,
    notice: StorageNotice,
    reason: SuspensionReason | str,
    from_on: date,
    until_on: date | None = None,
    note: str = "",
    by: Actor,
    at: datetime,
) -> StorageSuspension:
    """Let days cost nothing, ``from_on`` and ``until_on`` included; None: until further notice.

    Raises:
        NotYourTransition: not for this role.
        StorageStopped: the clock was stopped.
        WrongDay: it ends before it begins, at ``until_on``.
        AlreadySuspended: a day of it is suspended already.
        DaysBilled: a day of it is billed already.

    A draft of a storage invoice is thrown away: its days have changed.
    """
    moving.need_desk(by)
    notice = _lock(notice)
    if notice.stopped_on is not None:
        raise StorageStopped
    if until_on is not None and until_on < from_on:
        raise WrongDay(fields={"until_on": _("It ends before it begins.")})
    for other in StorageSuspension.objects.filter(notice=notice):
        begins_after = until_on is not None and other.from_on > until_on
        ended_before = other.until_on is not None and other.until_on < from_on
        if not (begins_after or ended_before):
            raise AlreadySuspended(fields={"from_on": AlreadySuspended.default_message})
    billed = yard.billed_until(notice.repair_order_id)
    if billed is not None and notice.first_day <= billed and from_on <= billed:
        raise DaysBilled(fields={"from_on": DaysBilled.default_message})
    storage_billing.discard_drafts(notice=notice, by=by, at=at)
    suspension = StorageSuspension.objects.create(
        shop=notice.shop,
        notice=notice,
        reason=reason,
        note=note.strip(),
        from_on=from_on,
        until_on=until_on,
        recorded_at=at,
        recorded_by=by.name,
    )
    _record(
        "storage.suspended",
        notice,
        {
            "reason": str(reason),
            "note": suspension.note,
            "from_on": from_on.isoformat(),
            "until_on": until_on.isoformat() if until_on else None,
        },
        by=by,
        at=at,
    )
    return suspension


@transaction.atomic
def resume(
    *, suspension: StorageSuspension, until_on: date, by: Actor, at: datetime
) -> StorageSuspension:
    """End a suspension that had no end: ``until_on`` is the last day that costs nothing.

    Raises:
        NotYourTransition: not for this role.
        NotSuspended: it has an end already.
        WrongDay: before it began, or after the shop's today, at ``until_on``.
    """
    moving.need_desk(by)
    notice = _lock(suspension.notice)
    today = local_day(at, zone=notice.shop.zone)
    suspension = StorageSuspension.objects.get(pk=suspension.pk)
    if suspension.until_on is not None:
        raise NotSuspended
    if not suspension.from_on <= until_on <= max(today, suspension.from_on):
        words = _("From the first suspended day to today.")
        raise WrongDay(fields={"until_on": words})
    suspension.until_on = until_on
    suspension.save(update_fields=["until_on"])
    _record("storage.resumed", notice, {"until_on": until_on.isoformat()}, by=by, at=at)
    return suspension


@transaction.atomic
def stop(
    *, notice: StorageNotice, reason: str, stopped_on: date | None = None, by: Actor, at: datetime
) -> StorageNotice:
    """Stop the clock: ``stopped_on``, today unless told otherwise, is the last day that counts.

    Raises:
        NotYourTransition: not for this role.
        ReasonMissing: ``reason`` is empty.
        StorageStopped: it was stopped before.
        WrongDay: before the notice, or after the shop's today, at ``stopped_on``.
        DaysBilled: later days are billed already.
    """
    moving.need_desk(by)
    reason = reason_of(reason)
    notice = _lock(notice)
    today = local_day(at, zone=notice.shop.zone)
    stopped_on = stopped_on or today
    if notice.stopped_on is not None:
        raise StorageStopped
    if not yard.notice_day(notice) <= stopped_on <= today:
        raise WrongDay(fields={"stopped_on": _("From the day of the notice to today.")})
    billed = yard.billed_until(notice.repair_order_id)
    if billed is not None and notice.first_day <= billed and stopped_on < billed:
        raise DaysBilled(fields={"stopped_on": DaysBilled.default_message})
    stop_locked(notice=notice, reason=reason, stopped_on=stopped_on, by=by, at=at)
    return notice


def stop_locked(
    *, notice: StorageNotice, reason: str, stopped_on: date, by: Actor, at: datetime
) -> None:
    """Stop the running clock of a notice whose repair order is locked.

    A draft that bills later days is thrown away.
    """
    storage_billing.discard_drafts(notice=notice, after=stopped_on, by=by, at=at)
    notice.stopped_on, notice.stop_reason = stopped_on, reason
    notice.save(update_fields=["stopped_on", "stop_reason"])
    _record(
        "storage.stopped",
        notice,
        {"stopped_on": stopped_on.isoformat(), "reason": reason},
        by=by,
        at=at,
    )


def _check_rates(daily_rate: Decimal, tax_rate: Decimal) -> None:
    if not 0 < daily_rate <= LARGEST_AMOUNT or daily_rate != to_cents(daily_rate):
        raise WrongRate(fields={"daily_rate": WrongRate.default_message})
    if not 0 <= tax_rate <= 100 or tax_rate != to_cents(tax_rate):
        raise WrongRate(fields={"tax_rate": _("From 0 to 100 per cent.")})


def _lock(notice: StorageNotice) -> StorageNotice:
    """Lock the repair order behind which everything about storage happens; read the notice."""
    order = lock_repair_order(notice.repair_order)
    found = StorageNotice.objects.select_related("shop").get(pk=notice.pk)
    found.repair_order = order
    return found


def _record(
    action: str, notice: StorageNotice, data: dict[str, str | None], *, by: Actor, at: datetime
) -> None:
    audit.record(
        shop=notice.shop,
        action=action,
        target=notice,
        repair_order_id=notice.repair_order_id,
        by=by,
        at=at,
        data={"number": notice.repair_order.number, **data},
    )
