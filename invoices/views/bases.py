"""Why a line is owed, in the words of the staff's pages: authorized, announced, done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise

from estimates.states import AuthorizationMode
from invoices.models import InvoiceLine
from invoices.states import Classification, Gap, PartState, WorkState
from shopdisputes.evidence import EvidenceLevel

#: The values of a basis that are moments.
_MOMENTS = ("at", "sent_at", "updated_at")

Words = str | Promise


@dataclass(frozen=True, kw_only=True)
class BasisShown:
    """The three parts of a basis, None where there is none, with their values read again.

    Of an issued line they were frozen as JSON; of a draft's they are what holds now.
    """

    authorization: Mapping[str, Any] | None
    disclosure: Mapping[str, Any] | None
    work: Mapping[str, Any] | None


@dataclass(frozen=True, kw_only=True)
class LineShown:
    """A line of an issued invoice. ``gross`` is its own price with tax, for display only."""

    line: InvoiceLine
    gross: Decimal
    basis: BasisShown
    gaps: tuple[Words, ...]
    classification: Words


def shown(basis: Mapping[str, Any] | None) -> BasisShown:
    """Read a basis for a page."""
    known = basis or {}
    return BasisShown(
        authorization=_authorization(known.get("authorization")),
        disclosure=_with_moments(known.get("disclosure")),
        work=_work(known.get("work")),
    )


def gaps_shown(gaps: Any) -> tuple[Words, ...]:
    """Return what is missing, in words."""
    return tuple(Gap(gap).label for gap in gaps)


def line_shown(line: InvoiceLine, *, gross: Decimal) -> LineShown:
    """Return an issued line with its frozen basis."""
    is_agreed = line.classification == Classification.AGREED
    return LineShown(
        line=line,
        gross=gross,
        basis=shown(line.basis),
        gaps=gaps_shown(line.gaps),
        classification="" if is_agreed else Classification(line.classification).label,
    )


def _authorization(facts: Any) -> Mapping[str, Any] | None:
    if not facts:
        return None
    found = dict(_with_moments(facts) or {})
    found["net"] = Decimal(facts["amount"])
    found["mode_label"] = _label(AuthorizationMode, facts.get("mode"))
    found["level_label"] = _label(EvidenceLevel, facts.get("evidence_level"))
    return found


def _work(facts: Any) -> Mapping[str, Any] | None:
    if not facts:
        return None
    found = dict(_with_moments(facts) or {})
    found["state_label"] = _label(WorkState, facts.get("state"))
    found["part_label"] = _label(PartState, facts.get("part_state"))
    for name in ("done_quantity", "hours_spent"):
        if facts.get(name) not in (None, ""):
            found[name] = Decimal(facts[name])
    return found


def _with_moments(facts: Any) -> Mapping[str, Any] | None:
    if not facts:
        return None
    return {
        name: datetime.fromisoformat(value)
        if name in _MOMENTS and isinstance(value, str) and value
        else value
        for name, value in facts.items()
    }


def _label(choices: Any, value: Any) -> Words:
    return choices(value).label if value in choices.values else str(value or "")
