"""Writing an estimate: drafts, further revisions, copies."""

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from estimates import pricing
from estimates.models import Estimate, EstimateLine, EstimateRevision
from estimates.pricing import LineInput
from estimates.services import lines as line_checks
from estimates.services import trail
from estimates.services.locking import (
    lock_estimate,
    lock_repair_order,
    lock_revision,
    mirror,
    need_open,
)
from estimates.states import TRANSITIONS, RevisionStatus
from shopdisputes import dates
from shopdisputes.actors import Actor
from shopdisputes.canonical import canonical_json, sha256_hex
from shopdisputes.errors import ChangedMeanwhile, Refused
from shopdisputes.money import ZERO
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.shops import numbering
from shopdisputes.shops.models import Shop
from shopdisputes.transitions import IllegalTransition

SERIES = "EST"
LONGEST_VALIDITY = timedelta(days=365)
_LONGEST_REASON = 2000


class ValidityRefused(Refused):
    """The last day of validity is over, or more than a year ahead."""

    code = "validity-refused"
    default_message = _("An estimate is valid until today at least and for one year at most.")


class DepositRefused(Refused):
    """The deposit is negative, finer than cents, or more than the total."""

    code = "deposit-refused"
    default_message = _("A deposit is between zero and the total, with two decimals at most.")


class ReasonTooLong(Refused):
    """The reason is longer than a page can show."""

    code = "reason-too-long"
    default_message = _("At most 2000 characters.")


@transaction.atomic
def create(
    *,
    repair_order: RepairOrder,
    lines: Sequence[LineInput],
    valid_until: date | None = None,
    deposit_amount: Decimal = ZERO,
    by: Actor,
    at: datetime,
) -> EstimateRevision:
    """Write the first draft of a new estimate; without ``lines`` it is an empty one.

    ``valid_until`` is the last day on which it can be answered, a day of the shop; None takes the
    shop's usual validity.

    Raises:
        RepairOrderNotOpen: the visit is over.
        ValidityRefused: ``valid_until`` is past or more than a year ahead.
        DepositRefused: not between zero and the total.
        LinesRefused, TooManyLines, BelowZero, TooLarge: see ``lines.prepare``.
    """
    order = lock_repair_order(repair_order)
    return _create(
        order, lines, valid_until=valid_until, deposit_amount=deposit_amount, by=by, at=at
    )


@transaction.atomic
def duplicate(
    *, estimate: Estimate, repair_order: RepairOrder, by: Actor, at: datetime
) -> EstimateRevision:
    """Write a new estimate for ``repair_order`` with the newest lines of ``estimate``.

    Raises:
        RepairOrderNotOpen: the visit is over.
    """
    order = lock_repair_order(repair_order)
    newest = estimate.revisions.order_by("-number")[0]
    # Another car's photos prove nothing about this one.
    same_car = order.vehicle_id == estimate.repair_order.vehicle_id
    copies = [
        replace(as_input(line), key=None, finding_id=line.finding_id if same_car else None)
        for line in newest.lines.in_order()
    ]
    return _create(order, copies, valid_until=None, deposit_amount=ZERO, by=by, at=at)


@transaction.atomic
def change(
    *,
    revision: EstimateRevision,
    lines: Sequence[LineInput],
    valid_until: date,
    deposit_amount: Decimal = ZERO,
    reason: str | None = None,
    based_on: str = "",
    by: Actor,
    at: datetime,
) -> EstimateRevision:
    """Replace what a draft says; ``reason`` None keeps the one that is there.

    A line keeps its row as long as it keeps its key. ``based_on`` is the ``state_of`` the draft
    that was shown to whoever changes it; the same change twice is one.

    Raises:
        IllegalTransition: it is not a draft any more.
        ChangedMeanwhile: somebody changed what ``based_on`` stands for to something else.
        RepairOrderNotOpen, ValidityRefused, DepositRefused, ReasonTooLong: as they say.
        LinesRefused, TooManyLines, BelowZero, TooLarge: see ``lines.prepare``.
    """
    revision = lock_revision(revision)
    TRANSITIONS.target("edit", state=revision.status, by=by)
    need_open(revision.estimate.repair_order)
    check_validity(valid_until, shop=revision.shop, at=at)
    before = state_of(revision)
    prepared = line_checks.prepare(
        revision=revision,
        lines=lines,
        earlier=line_checks.newest_of_each_key(revision.estimate),
    )
    _fill(revision, prepared, deposit_amount=deposit_amount)
    revision.valid_until = valid_until
    if reason is not None:
        revision.reason = _checked_reason(reason)
    names = ("valid_until", "reason", "deposit_amount", "subtotal", "tax", "total")
    draft = EstimateRevision.objects.filter(pk=revision.pk, status=RevisionStatus.DRAFT)
    if not draft.update(**{name: getattr(revision, name) for name in names}):
        raise IllegalTransition
    rows = dict(revision.lines.values_list("key", "pk"))
    for line in prepared:
        line.pk = rows.get(line.key, line.pk)
    revision.lines.all().delete()
    EstimateLine.objects.bulk_create(prepared)
    if based_on not in ("", before) and state_of(revision) != before:
        raise ChangedMeanwhile
    mirror(revision.estimate)
    _record("estimate.changed", revision, by=by, at=at)
    return revision


@transaction.atomic
def revise(
    *,
    estimate: Estimate,
    reason: str = "",
    lines: Sequence[LineInput] | None = None,
    by: Actor,
    at: datetime,
) -> EstimateRevision:
    """Draft the next revision, beside the one in force, which stands until this one is sent.

    Without ``lines`` it starts as a copy. Lines that say the same as before keep their key, and
    with it their authorization. ``reason`` is shown to the customer.

    Raises:
        IllegalTransition: there is a draft already.
        RepairOrderNotOpen: the visit is over.
        ReasonTooLong: ``reason`` is longer than 2000 characters.
        LinesRefused, TooManyLines, BelowZero, TooLarge: see ``lines.prepare``.
    """
    estimate = lock_estimate(estimate)
    need_open(estimate.repair_order)
    newest = estimate.revisions.order_by("-number")[0]
    status = TRANSITIONS.target("revise", state=newest.status, by=by)
    revision = EstimateRevision(
        shop=estimate.shop,
        estimate=estimate,
        number=newest.number + 1,
        status=status,
        reason=_checked_reason(reason),
        valid_until=usual_validity(estimate.shop, at=at),
        request_authorization=newest.request_authorization,
        request_signature=newest.request_signature,
        currency=newest.currency,
        created_at=at,
        created_by=by.name,
    )
    if lines is None:
        lines = [as_input(line) for line in newest.lines.in_order()]
    prepared = line_checks.prepare(
        revision=revision, lines=lines, earlier=line_checks.newest_of_each_key(estimate)
    )
    _fill(revision, prepared, deposit_amount=ZERO)
    # A deposit that was agreed with the answer is not asked for a second time.
    if newest.status != RevisionStatus.ANSWERED:
        revision.deposit_amount = min(newest.deposit_amount, revision.total)
    revision.save(force_insert=True)
    EstimateLine.objects.bulk_create(prepared)
    mirror(estimate)
    _record("estimate.revised", revision, by=by, at=at)
    return revision


@transaction.atomic
def discard(*, revision: EstimateRevision, by: Actor, at: datetime) -> Estimate | None:
    """Throw a draft away; what was sent before it stays.

    Returns the estimate, or None when this was all there was of it: its number is then not used
    again, and the timeline says why.

    Raises:
        IllegalTransition: it is not a draft.
    """
    revision = lock_revision(revision)
    TRANSITIONS.target("edit", state=revision.status, by=by)
    estimate = revision.estimate
    _record("estimate.discarded", revision, by=by, at=at)
    revision.delete()
    if not estimate.revisions.exists():
        estimate.delete()
        return None
    mirror(estimate)
    return estimate


def as_input(line: EstimateLine) -> LineInput:
    """Return a line as it would be proposed again, with its key."""
    return LineInput(**{field.name: getattr(line, field.name) for field in fields(LineInput)})


def state_of(revision: EstimateRevision) -> str:
    """Return a hash of what a draft says, another one as soon as it says something else."""
    names = [field.name for field in fields(LineInput) if field.name != "key"]
    head = EstimateRevision.objects.filter(pk=revision.pk).values_list(
        "valid_until", "deposit_amount", "reason"
    )
    return sha256_hex(
        canonical_json([*head, *revision.lines.order_by("position").values_list(*names)])
    )


def usual_validity(shop: Shop, *, at: datetime) -> date:
    """Return the last day of validity that a new estimate gets."""
    return dates.local_day(at, zone=shop.zone) + timedelta(days=shop.estimate_validity_days)


def check_validity(valid_until: date, *, shop: Shop, at: datetime) -> None:
    """Check a last day of validity against the shop's calendar.

    Raises:
        ValidityRefused: it is over, or more than a year ahead.
    """
    today = dates.local_day(at, zone=shop.zone)
    if not today <= valid_until <= today + LONGEST_VALIDITY:
        raise ValidityRefused(fields={"valid_until": ValidityRefused.default_message})


def check_deposit(deposit_amount: Decimal, *, total: Decimal) -> None:
    """Check a deposit against the total.

    Raises:
        DepositRefused: not between zero and ``total``, or finer than cents.
    """
    if not line_checks.has_places(deposit_amount, 2) or not 0 <= deposit_amount <= total:
        raise DepositRefused(fields={"deposit_amount": DepositRefused.default_message})


def _create(
    order: RepairOrder,
    lines: Sequence[LineInput],
    *,
    valid_until: date | None,
    deposit_amount: Decimal,
    by: Actor,
    at: datetime,
) -> EstimateRevision:
    status = TRANSITIONS.target("edit", state=RevisionStatus.DRAFT, by=by)
    need_open(order)
    shop = order.shop
    if valid_until is None:
        valid_until = usual_validity(shop, at=at)
    check_validity(valid_until, shop=shop, at=at)
    estimate = Estimate(shop=shop, repair_order=order, status=status, created_at=at)
    revision = EstimateRevision(
        shop=shop,
        estimate=estimate,
        number=1,
        status=status,
        valid_until=valid_until,
        currency=shop.currency,
        created_at=at,
        created_by=by.name,
    )
    prepared = line_checks.prepare(revision=revision, lines=lines)
    _fill(revision, prepared, deposit_amount=deposit_amount)
    estimate.total = revision.total
    estimate.number = numbering.next_number(
        shop=shop, series=SERIES, year=dates.local_day(at, zone=shop.zone).year
    )
    estimate.save(force_insert=True)
    revision.save(force_insert=True)
    EstimateLine.objects.bulk_create(prepared)
    _record("estimate.created", revision, by=by, at=at)
    return revision


def _fill(
    revision: EstimateRevision, prepared: Sequence[EstimateLine], *, deposit_amount: Decimal
) -> None:
    sums = pricing.totals((line.net, line.tax_rate) for line in prepared)
    check_deposit(deposit_amount, total=sums.total)
    revision.subtotal, revision.tax, revision.total = sums.subtotal, sums.tax, sums.total
    revision.deposit_amount = deposit_amount


def _checked_reason(reason: str) -> str:
    reason = reason.strip()
    if len(reason) > _LONGEST_REASON:
        raise ReasonTooLong(fields={"reason": ReasonTooLong.default_message})
    return reason


def _record(action: str, revision: EstimateRevision, *, by: Actor, at: datetime) -> None:
    trail.record(
        action=action,
        revision=revision,
        data={"total": str(revision.total), "reason": revision.reason},
        by=by,
        at=at,
    )
