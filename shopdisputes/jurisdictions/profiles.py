"""What places ask of a repair shop, as data: loaded, offered, frozen on a repair order.

Nothing else in the code base asks for a country; it asks the frozen profile of its repair order.
A profile is a draft until a lawyer of that place has approved it, and is shown as such.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import Any

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class ProfileStatus(TextChoices):
    """Whether a lawyer has read it."""

    DRAFT = "draft", _("draft, not approved by counsel")
    APPROVED = "approved", _("approved by counsel")


class Certainty(TextChoices):
    """How a source was read; ``unverified`` must not be relied on before somebody has."""

    PRIMARY = "primary", _("read in the law itself")
    SECONDARY = "secondary", _("read in a comment on the law")
    UNVERIFIED = "unverified", _("not verified")


class ToleranceRule(TextChoices):
    """How an amount and a percentage make one tolerance."""

    NONE = "none", _("not a cent above what was authorized")
    GREATER_OF = "greater_of", _("the greater of an amount and a percentage")


@dataclass(frozen=True, kw_only=True)
class Tolerance:
    """How far a bill may go above what was authorized, in the shop's currency and in percent."""

    rule: ToleranceRule = ToleranceRule.NONE
    amount: Decimal = Decimal("0.00")
    percent: Decimal = Decimal("0")
    cap: Decimal | None = None

    def of(self, authorized: Decimal) -> Decimal:
        """Return the tolerance on an authorized total; a broken cent stays with the customer."""
        if self.rule == ToleranceRule.NONE:
            return Decimal("0.00")
        share = (authorized * self.percent / 100).quantize(Decimal("0.01"), rounding=ROUND_DOWN)
        most = max(self.amount, share)
        return most if self.cap is None else min(most, self.cap)


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a rule comes from: the law's own name and article, and when it was last read."""

    rule: str
    reference: str
    certainty: Certainty
    checked_on: date


@dataclass(frozen=True, kw_only=True)
class Profile:
    """The rules of one place.

    ``oral_authorization_fields`` are fields that a record of an oral authorization must fill;
    ``mentions`` are keys of ``jurisdictions.mentions``, printed on every estimate;
    ``shop_fields`` and ``vehicle_fields`` name what the shop and the vehicle must have filled
    in for the estimate to be complete.
    """

    code: str
    name: str | Promise
    version: str
    status: ProfileStatus
    tolerance: Tolerance
    oral_authorization_allowed: bool
    oral_authorization_fields: tuple[str, ...]
    oral_objection: bool
    teardown_disclosure: bool
    teardown_fields: tuple[str, ...]
    estimate_validity_days: int
    mentions: tuple[str, ...]
    shop_fields: tuple[str, ...]
    vehicle_fields: tuple[str, ...]
    sources: tuple[Source, ...]


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


def _sources(rows: Iterable[tuple[str, str, Certainty]]) -> tuple[Source, ...]:
    return tuple(
        Source(rule=rule, reference=reference, certainty=certainty, checked_on=_CHECKED_ON)
        for rule, reference, certainty in rows
    )


_CHECKED_ON = date(2026, 11, 21)
_VERSION = "2026-11-21"
_ORAL_FIELDS = ("person", "contact", "said_at", "reason")
#: 16 CCR 3353(c): what must be said before a vehicle is taken apart.
_TEARDOWN_FIELDS = (
    "cost",
    "areas",
    "reassembly_cost",
    "destroyed_parts",
    "longest_reassembly_time",
    "may_prevent_restoration",
)
_C = Certainty

GENERIC = Profile(
    code="GENERIC",
    name=_("General rules"),
    version=_VERSION,
    status=ProfileStatus.DRAFT,
    # The strictest choice where nothing is known: nobody is billed above what they agreed to.
    tolerance=Tolerance(),
    oral_authorization_allowed=True,
    oral_authorization_fields=_ORAL_FIELDS,
    oral_objection=True,
    teardown_disclosure=True,
    teardown_fields=("cost", "reassembly_cost", "destroyed_parts"),
    estimate_validity_days=30,
    mentions=("no_work_without_agreement",),
    shop_fields=("line1", "postal_code", "city", "phone"),
    vehicle_fields=("plate",),
    sources=(),
)

FRANCE = Profile(
    code="FR",
    name=_("France"),
    version=_VERSION,
    status=ProfileStatus.DRAFT,
    tolerance=Tolerance(),
    oral_authorization_allowed=True,
    oral_authorization_fields=_ORAL_FIELDS,
    oral_objection=True,
    teardown_disclosure=True,
    teardown_fields=("cost", "reassembly_cost", "destroyed_parts"),
    estimate_validity_days=30,
    mentions=(
        "no_work_without_agreement",
        "reused_parts_offered",
        "replaced_parts_returned",
        "consumer_mediator",
    ),
    shop_fields=(
        "legal_name",
        "registration_number",
        "tax_number",
        "line1",
        "postal_code",
        "city",
        "phone",
        "mediator",
    ),
    vehicle_fields=("plate", "odometer"),
    sources=_sources(
        [
            (
                "price told before the contract",
                "Code de la consommation, art. L111-1",
                _C.SECONDARY,
            ),
            (
                "the shop proves that work was ordered; no added work without agreement",
                "Code civil, art. 1353; case law on the ordre de réparation",
                _C.SECONDARY,
            ),
            ("writing above 1,500 euros", "Code civil, art. 1359", _C.SECONDARY),
            (
                "reused parts offered",
                "Code de la consommation, art. L224-67",
                _C.UNVERIFIED,
            ),
            ("consumer mediator named", "Code de la consommation, art. L616-1", _C.UNVERIFIED),
        ]
    ),
)

CALIFORNIA = Profile(
    code="US-CA",
    name=_("California"),
    version=_VERSION,
    status=ProfileStatus.DRAFT,
    tolerance=Tolerance(),
    oral_authorization_allowed=True,
    oral_authorization_fields=(*_ORAL_FIELDS, "added_cost", "new_total"),
    oral_objection=True,
    teardown_disclosure=True,
    teardown_fields=_TEARDOWN_FIELDS,
    estimate_validity_days=30,
    mentions=(
        "no_work_without_agreement",
        "part_condition_stated",
        "replaced_parts_returned",
        "teardown_explained",
    ),
    shop_fields=("registration_number", "line1", "postal_code", "city", "phone"),
    vehicle_fields=("plate", "odometer"),
    sources=_sources(
        [
            ("estimate given and authorized before any work", "16 CCR § 3353", _C.PRIMARY),
            (
                "no work and no charge above the estimate without a new authorization",
                "16 CCR § 3354(a)",
                _C.PRIMARY,
            ),
            ("no other method and no other parts", "16 CCR § 3354(b)", _C.PRIMARY),
            ("teardown estimate and its contents", "16 CCR § 3353(c)", _C.PRIMARY),
            ("replaced parts returned on request", "16 CCR § 3355", _C.PRIMARY),
            ("part condition, registration number", "16 CCR § 3356", _C.PRIMARY),
            (
                "date, time, name and number of an oral authorization",
                "Bureau of Automotive Repair, newsletter of spring 2022",
                _C.PRIMARY,
            ),
            (
                "reason, added cost and revised total of an oral authorization",
                "California Autobody Association, October 2019",
                _C.SECONDARY,
            ),
        ]
    ),
)

_PROFILES = {profile.code: profile for profile in (GENERIC, FRANCE, CALIFORNIA)}
