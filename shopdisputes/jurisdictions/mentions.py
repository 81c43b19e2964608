"""Sentences that a place asks for on every estimate, in the words of this product."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_MENTIONS: Mapping[str, str | Promise] = {
    "no_work_without_agreement": _(
        "We do nothing, and bill nothing, beyond what you authorize. If more turns out to be"
        " needed, you get a new estimate first."
    ),
    "part_condition_stated": _(
        "Each part is marked as new, used, rebuilt, original equipment or aftermarket. A part"
        " without a mark is new."
    ),
    "replaced_parts_returned": _(
        "Parts that we replace are yours: ask for them now, and they are kept for you, except"
        " parts under warranty or exchange."
    ),
    "reused_parts_offered": _(
        "For some parts you may choose reused ones (circular economy) instead of new ones. Ask us."
    ),
    "teardown_explained": _(
        "Where the vehicle must be taken apart to find the fault, the line says what that costs,"
        " what putting it together again costs, how long that takes at most, which parts are"
        " destroyed by it, and whether it may be impossible to restore."
    ),
    "consumer_mediator": _(
        "If we do not find an agreement, you may turn to the consumer mediator named on this"
        " document, free of charge."
    ),
}


def keys() -> frozenset[str]:
    """Return every key that a profile may use."""
    return frozenset(_MENTIONS)


def for_estimate(frozen_profile: Mapping[str, Any]) -> list[str]:
    """Return the sentences of a repair order's frozen profile, in the active language."""
    return [str(_MENTIONS[key]) for key in frozen_profile["mentions"]]
