"""What places ask of a repair shop, as data: loaded, offered, frozen on a repair order.

Nothing else in the code base asks for a country; it asks the frozen profile of its repair order.
A profile is a draft until a lawyer of that place has approved it, and is shown as such. Readers
of a frozen profile use a default for what it does not say: it keeps the rules of its day.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise

from shopdisputes.jurisdictions import places
from shopdisputes.jurisdictions.rules import (
    LateRules,
    Profile,
    ProfileStatus,
    StorageRules,
    Tolerance,
    ToleranceRule,
)

__all__ = [
    "GENERIC",
    "LateRules",
    "Profile",
    "ProfileStatus",
    "StorageRules",
    "Tolerance",
    "ToleranceRule",
    "UnknownProfile",
    "choices",
    "freeze",
    "late_of",
    "load",
    "name_of",
    "storage_of",
    "tolerance_of",
]

GENERIC = places.GENERIC
_PROFILES = {profile.code: profile for profile in places.ALL}


class UnknownProfile(LookupError):
    """There is no profile of this code."""


def load(code: str) -> Profile:
    """Return the profile in force.

    Raises:
        UnknownProfile: there is none with this code.
    """
    try:
        return _PROFILES[code]
    except KeyError as error:
        raise UnknownProfile(code) from error


def choices() -> list[tuple[str, str | Promise]]:
    """Return what a shop can choose, the general rules first."""
    return [(profile.code, profile.name) for profile in _PROFILES.values()]


def freeze(code: str) -> dict[str, Any]:
    """Return a profile as plain JSON, for ``RepairOrder.profile``.

    Raises:
        UnknownProfile: there is none with this code.
    """
    profile = load(code)
    facts = asdict(profile)
    # The name is a translation, not a rule: readers look it up by the code in their language.
    del facts["name"]
    return {name: _plain(value) for name, value in facts.items()}


def tolerance_of(frozen: Mapping[str, Any]) -> Tolerance:
    """Return the tolerance that was frozen on a repair order."""
    facts = frozen["tolerance"]
    return Tolerance(
        rule=ToleranceRule(facts["rule"]),
        amount=Decimal(facts["amount"]),
        percent=Decimal(facts["percent"]),
        cap=None if facts["cap"] is None else Decimal(facts["cap"]),
    )


def storage_of(frozen: Mapping[str, Any]) -> StorageRules:
    """Return what was frozen about storage; the strictest where it says nothing."""
    return StorageRules(
        needs_notice=frozen.get("storage_needs_notice", True),
        free_business_days=frozen.get("storage_free_business_days", 0),
        during_dispute=frozen.get("storage_during_dispute", False),
    )


def late_of(frozen: Mapping[str, Any]) -> LateRules:
    """Return what was frozen about paying late; the strictest where it says nothing."""
    facts = frozen.get("late")
    if facts is None:
        return LateRules()
    most = facts["fixed_most"]
    return LateRules(
        **facts
        | {
            "fixed_most": None if most is None else Decimal(most),
            "demand_mentions": tuple(facts["demand_mentions"]),
        }
    )


def name_of(frozen: Mapping[str, Any]) -> str | Promise:
    """Return the name of a frozen profile's place; its code when it is no longer offered."""
    profile = _PROFILES.get(frozen["code"])
    return profile.name if profile else str(frozen["code"])


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, Decimal | date):
        return str(value)
    return value
