"""A shop's usual ladder and its send hours, put in force together."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from dunning import ready_made
from dunning.laddering import ordered
from dunning.models import LadderVersion, Step
from dunning.rungs import Limits, StepInput
from dunning.services import ladders, waking
from shopdisputes.accounts import shop_settings
from shopdisputes.actors import MANAGEMENT, Actor
from shopdisputes.errors import Refused
from shopdisputes.shops.models import Shop
from shopdisputes.transitions import NotYourTransition


class HoursRefused(Refused):
    """Mail could never leave at these days and hours."""

    code = "hours-refused"
    default_message = _("Mail could never leave at these days and hours.")


def in_force(shop: Shop) -> LadderVersion | None:
    """Return the version in force of the shop's usual ladder; None: there is no such ladder."""
    return (
        LadderVersion.objects.for_shop(shop)
        .in_force()
        .filter(ladder__is_default=True)
        .select_related("ladder")
        .first()
    )


@transaction.atomic
def put(
    *,
    shop: Shop,
    steps: Sequence[StepInput],
    settings: Limits,
    send_days: Sequence[int],
    send_from: time,
    send_until: time,
    by: Actor,
    at: datetime,
) -> LadderVersion:
    """Set the usual ladder's steps and limits, and when mail leaves; the same again does nothing.

    Steps without a key are those of the version in force that have their day, else the one with
    their text if it is the only one; so a step keeps its identity when its day or text changes.
    A shop without a usual ladder gets one.

    Raises:
        NotYourTransition: ``by`` is not of the management.
        HoursRefused: there is no day, or the hours end before they begin.
        LadderRefused: see ``rungs.problems``.
    """
    if by.role not in MANAGEMENT:
        raise NotYourTransition
    _check_hours(send_days, send_from, send_until)
    # Before the shop's own row, as the planner locks them.
    waking.locked_settings(shop)
    hours: Mapping[str, Any] = {
        "send_days": sorted(set(send_days)),
        "send_from": send_from,
        "send_until": send_until,
    }
    current = in_force(shop)
    if current is None:
        ladder = ladders.create(
            shop=shop,
            name=ready_made.ladders_of(shop.jurisdiction)[0].names[shop.language],
            settings=settings,
            steps=steps,
            by=by,
            at=at,
        )
        version = LadderVersion.objects.in_force().get(ladder=ladder)
    else:
        version = ladders.change(
            ladder=current.ladder,
            settings=settings,
            steps=_recognized(steps, ordered(current).steps),
            by=by,
            at=at,
        )
    shop_settings.change(shop=shop, section="hours", values=hours, by=by, at=at)
    return version


def _check_hours(days: Sequence[int], opens: time, closes: time) -> None:
    problems = {}
    if not days:
        problems["send_days"] = _("Choose at least one day.")
    elif not set(days) <= set(range(7)):
        problems["send_days"] = _("Days are 0 (Monday) to 6 (Sunday).")
    if opens >= closes:
        problems["send_until"] = _("This must be later than the beginning.")
    if problems:
        raise HoursRefused(fields=problems)


def _recognized(steps: Sequence[StepInput], current: Sequence[Step]) -> list[StepInput]:
    """Return the steps with the keys of those that they follow on."""
    free = {step.key: step for step in current if step.key not in {each.key for each in steps}}
    found: dict[int, int] = {}
    for same in (_same_day, _only_text):
        for index, step in enumerate(steps):
            if step.key is not None or index in found:
                continue
            key = same(step, list(free.values()))
            if key is not None:
                found[index] = key
                del free[key]
    return [
        step.with_key(found[index]) if index in found else step for index, step in enumerate(steps)
    ]


def _same_day(step: StepInput, candidates: Sequence[Step]) -> int | None:
    return next((each.key for each in candidates if each.offset_days == step.offset_days), None)


def _only_text(step: StepInput, candidates: Sequence[Step]) -> int | None:
    same = [each.key for each in candidates if each.template == step.template]
    return same[0] if len(same) == 1 else None
