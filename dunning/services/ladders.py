"""Ladders: made, changed by new versions, given to customers."""

from collections.abc import Sequence
from datetime import datetime
from itertools import count
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from dunning import ready_made, rungs
from dunning.laddering import InForce, version_for
from dunning.models import CustomerLadder, Ladder, LadderVersion, Step
from dunning.rungs import Limits, StepInput
from dunning.services import waking
from invoices.services import positions
from shopdisputes.actors import DESK, MANAGEMENT, SYSTEM, Actor
from shopdisputes.audit import services as audit
from shopdisputes.customers.models import Customer
from shopdisputes.errors import Conflict, Refused
from shopdisputes.shops.models import Shop
from shopdisputes.transitions import NotYourTransition

LONGEST_NAME = 80
LONGEST_REASON = 300


class LadderRefused(Refused):
    """Its steps or limits make no sense; ``fields`` say which and why."""

    code = "ladder-refused"
    default_message = _("The ladder cannot be used like this.")


class LadderNameTaken(Refused):
    """Another ladder of the shop has this name."""

    code = "ladder-name-taken"
    default_message = _("Another ladder has this name.")


class LadderChanged(Conflict):
    """Somebody put a newer version in force in the meantime."""

    code = "ladder-changed"
    default_message = _("Somebody else has changed this ladder in the meantime.")


class LadderRetired(Conflict):
    """Nobody can be given a retired ladder."""

    code = "ladder-retired"
    default_message = _("This ladder is retired. Bring it back first.")


class ExclusionWithoutReason(Refused):
    """That a customer gets no reminders must be understood later."""

    code = "exclusion-without-reason"
    default_message = _("Say why this customer gets no reminders.")


@transaction.atomic
def install(*, shop: Shop, at: datetime) -> None:
    """Give a shop that has no ladder the ready-made ones, named in its language."""
    waking.locked_settings(shop)
    if Ladder.objects.for_shop(shop).exists():
        return
    for made in ready_made.ladders_of(shop.jurisdiction):
        ladder = Ladder.objects.create(
            shop=shop, name=made.names[shop.language], is_default=made.is_default, created_at=at
        )
        limits = Limits(
            min_gap_days=made.min_gap_days,
            min_amount=made.min_amount,
            interest_business=made.interest_business,
            interest_person=made.interest_person,
        )
        steps = [StepInput(**rungs.facts_of(step)) for step in made.steps]
        _write(ladder, limits, steps, by=SYSTEM, at=at)
    waking.wake_shop(shop=shop, at=at)


@transaction.atomic
def create(
    *, shop: Shop, name: str, settings: Limits, steps: Sequence[StepInput], by: Actor, at: datetime
) -> Ladder:
    """Make a ladder; the first one of a shop is its usual one, and all open invoices wait for it.

    Raises:
        NotYourTransition: ``by`` is not of the management.
        LadderNameTaken: the name is another one's.
        LadderRefused: see ``rungs.problems``.
    """
    _management(by)
    waking.locked_settings(shop)
    name = _checked_name(name, shop=shop)
    _check(settings, steps)
    ladder = Ladder.objects.create(
        shop=shop,
        name=name,
        is_default=not Ladder.objects.for_shop(shop).filter(is_default=True).exists(),
        created_at=at,
    )
    # The keys of another ladder mean nothing here.
    steps = [StepInput(**rungs.facts_of(step)) for step in steps]
    _write(ladder, settings, steps, by=by, at=at)
    if ladder.is_default:
        waking.wake_shop(shop=shop, at=at)
    _note("ladder.created", ladder, by=by, at=at, steps=len(steps))
    return ladder


@transaction.atomic
def change(
    *,
    ladder: Ladder,
    settings: Limits,
    steps: Sequence[StepInput],
    name: str | None = None,
    based_on: int | None = None,
    by: Actor,
    at: datetime,
) -> LadderVersion:
    """Put a new version in force; the same again is the version that there is.

    ``name`` calls the ladder something else, without a version of its own. ``based_on`` is the
    number of the version that was shown to whoever changes it. What is planned already stays
    planned; where each open invoice stands is looked at anew today.

    An invoice that stood at its end goes on where steps came behind that.

    Raises:
        NotYourTransition: ``by`` is not of the management.
        LadderRetired: it is not in use any more.
        LadderChanged: ``based_on`` is not in force any more.
        LadderNameTaken: the name is another one's.
        LadderRefused: see ``rungs.problems``.
    """
    _management(by)
    waking.locked_settings(ladder.shop)
    ladder = Ladder.objects.select_related("shop").get(pk=ladder.pk)
    if ladder.retired_at is not None:
        raise LadderRetired
    current = LadderVersion.objects.in_force().get(ladder=ladder)
    if based_on is not None and based_on != current.number:
        raise LadderChanged
    _check(settings, steps)
    if name is not None:
        _rename(ladder, name, by=by, at=at)
    saved = list(current.steps.order_by("position"))
    if limits_of(current) == settings and _same(saved, steps):
        return current
    version = _write(ladder, settings, steps, by=by, at=at)
    waking.wake_shop(shop=ladder.shop, at=at)
    waking.wake_ended(ladder=ladder, at=at)
    _note("ladder.changed", ladder, by=by, at=at, version=version.number, steps=len(steps))
    return version


@transaction.atomic
def make_default(*, ladder: Ladder, by: Actor, at: datetime) -> Ladder:
    """Have all customers without a ladder of their own reminded by this one.

    An invoice that stood at the end of the other goes on where this one has later steps.

    Raises:
        NotYourTransition: ``by`` is not of the management.
        LadderRetired: it is not in use any more.
    """
    _management(by)
    waking.locked_settings(ladder.shop)
    ladder = Ladder.objects.select_related("shop").get(pk=ladder.pk)
    if ladder.is_default:
        return ladder
    if ladder.retired_at is not None:
        raise LadderRetired
    Ladder.objects.for_shop(ladder.shop).filter(is_default=True).update(is_default=False)
    ladder.is_default = True
    ladder.save(update_fields=["is_default"])
    waking.wake_shop(shop=ladder.shop, at=at)
    waking.wake_ended(ladder=ladder, at=at)
    _note("ladder.made_default", ladder, by=by, at=at)
    return ladder


@transaction.atomic
def assign(
    *,
    customer: Customer,
    ladder: Ladder | None,
    none: bool = False,
    reason: str = "",
    by: Actor,
    at: datetime,
) -> CustomerLadder | None:
    """Give a customer a ladder of his own; ``none``: no reminders; neither: the shop's usual one.

    What stood at the end of the other one goes on where this one has later steps.
    A mail to the customer that is being handed over meanwhile commits before this does.

    Raises:
        NotYourTransition: ``by`` does not work at the desk.
        ExclusionWithoutReason: ``none`` without a reason.
        LadderRetired: ``ladder`` is not in use any more.
        LadderRefused: the reason is longer than 300 characters.
    """
    if by.role not in DESK:
        raise NotYourTransition
    reason = reason.strip()
    if len(reason) > LONGEST_REASON:
        raise LadderRefused(fields={"reason": _("At most 300 characters.")})
    if none and not reason:
        raise ExclusionWithoutReason(fields={"reason": ExclusionWithoutReason.default_message})
    # The key stays free: a planner that holds this payer's positions names him in new rows.
    payer = Customer.objects.select_for_update(of=("self",), no_key=True).filter(pk=customer.pk)
    payer.values("pk").first()
    own = CustomerLadder.objects.filter(customer=customer).select_related("ladder").first()
    chosen = None if none or ladder is None else locked(ladder)
    if _is_so(own, chosen, none=none, reason=reason):
        return own
    if chosen is not None and chosen.retired_at is not None:
        raise LadderRetired
    if none or chosen is not None:
        own, _made = CustomerLadder.objects.update_or_create(
            customer=customer,
            defaults={
                "shop": customer.shop,
                "ladder": chosen,
                "reason": reason,
                "set_at": at,
                "set_by": by.name,
            },
        )
    elif own is not None:
        own.delete()
        own = None
    positions.wake_customer(customer=customer, at=at)
    if (version := version_for(customer)) is not None:
        waking.wake_ended(ladder=version.ladder, customer=customer, at=at)
    audit.record(
        shop=customer.shop,
        action="customer.reminders_stopped" if none else "customer.ladder_chosen",
        target=customer,
        by=by,
        at=at,
        # A note about a person is not kept for ever.
        data={} if none else {"ladder": chosen.name if chosen else ""},
    )
    return own


def drafted(
    *, ladder: Ladder, settings: Limits, steps: Sequence[StepInput], by: Actor, at: datetime
) -> InForce:
    """Return the version that ``change`` would put in force, unsaved, to see what it would do.

    Raises:
        LadderRefused: see ``rungs.problems``.
    """
    _check(settings, steps)
    return InForce(*_drafted(ladder, settings, steps, by=by, at=at))


def limits_of(version: LadderVersion) -> Limits:
    """Return what holds for all steps of a version."""
    return Limits(
        min_gap_days=version.min_gap_days,
        min_amount=version.min_amount,
        interest_business=version.interest_business,
        interest_person=version.interest_person,
    )


def _is_so(own: CustomerLadder | None, chosen: Ladder | None, *, none: bool, reason: str) -> bool:
    if own is None:
        return chosen is None and not none
    return own.ladder == chosen and own.reason == reason and (none or chosen is not None)


def locked(ladder: Ladder) -> Ladder:
    """Return a ladder as it is now: nobody gives it to a customer while somebody retires it."""
    found: Ladder = (
        Ladder.objects.select_for_update(of=("self",), no_key=True)
        .select_related("shop")
        .get(pk=ladder.pk)
    )
    return found


def _management(by: Actor) -> None:
    if by.role not in MANAGEMENT:
        raise NotYourTransition


def _rename(ladder: Ladder, name: str, *, by: Actor, at: datetime) -> None:
    name = _checked_name(name, shop=ladder.shop, but=ladder)
    if name == ladder.name:
        return
    old, ladder.name = ladder.name, name
    ladder.save(update_fields=["name"])
    _note("ladder.renamed", ladder, by=by, at=at, old=old)


def _checked_name(name: str, *, shop: Shop, but: Ladder | None = None) -> str:
    name = name.strip()
    if not name or len(name) > LONGEST_NAME:
        raise LadderRefused(fields={"name": _("Give it a name of at most 80 characters.")})
    others = Ladder.objects.for_shop(shop).filter(name__iexact=name)
    if but is not None:
        others = others.exclude(pk=but.pk)
    if others.exists():
        raise LadderNameTaken(fields={"name": LadderNameTaken.default_message})
    return name


def _check(settings: Limits, steps: Sequence[StepInput]) -> None:
    if problems := rungs.problems(steps, settings):
        raise LadderRefused(fields=problems)


def _same(saved: Sequence[Step], wanted: Sequence[StepInput]) -> bool:
    ordered = sorted(wanted, key=lambda step: step.offset_days)
    return [(step.key, rungs.facts_of(step)) for step in saved] == [
        (step.key, rungs.facts_of(step)) for step in ordered
    ]


def _write(
    ladder: Ladder, limits: Limits, steps: Sequence[StepInput], *, by: Actor, at: datetime
) -> LadderVersion:
    version, rows = _drafted(ladder, limits, steps, by=by, at=at)
    version.save(force_insert=True)
    Step.objects.bulk_create(rows)
    return version


def _drafted(
    ladder: Ladder, limits: Limits, steps: Sequence[StepInput], *, by: Actor, at: datetime
) -> tuple[LadderVersion, tuple[Step, ...]]:
    """Return the next version and its steps; new ones get keys that no ladder of the shop used.

    A payer may come from one ladder to another: a key that meant a step of each would tell that
    steps were taken which never were.
    """
    used = Step.objects.filter(version__ladder=ladder).values_list("key", flat=True)
    keys = set(used.distinct())
    last_key = Step.objects.for_shop(ladder.shop).aggregate(last=Max("key"))["last"] or 0
    fresh = count(last_key + 1)
    last = LadderVersion.objects.filter(ladder=ladder).aggregate(last=Max("number"))["last"] or 0
    version = LadderVersion(
        shop=ladder.shop,
        ladder=ladder,
        number=last + 1,
        min_gap_days=limits.min_gap_days,
        min_amount=limits.min_amount,
        interest_business=limits.interest_business,
        interest_person=limits.interest_person,
        created_at=at,
        created_by=by.name,
    )
    rows = tuple(
        Step(
            shop=ladder.shop,
            version=version,
            position=position,
            key=step.key if step.key in keys else next(fresh),
            **rungs.facts_of(step),
        )
        for position, step in enumerate(sorted(steps, key=lambda step: step.offset_days))
    )
    return version, rows


def _note(action: str, ladder: Ladder, *, by: Actor, at: datetime, **data: Any) -> None:
    audit.record(
        shop=ladder.shop,
        action=action,
        target=ladder,
        by=by,
        at=at,
        data={"name": ladder.name, **data},
    )
