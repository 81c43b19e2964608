"""The shape of the rules of a place."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal

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
class StorageRules:
    """What a place says about storage, as frozen on a repair order; see ``Profile``."""

    needs_notice: bool
    free_business_days: int
    during_dispute: bool


@dataclass(frozen=True, kw_only=True)
class LateRules:
    """What a place lets a shop ask for when a bill is paid late.

    ``fixed_for_persons`` and ``fixed_for_businesses``: a fixed charge may be asked of them;
    ``fixed_most`` is the most that it may be (None: no limit is known), ``fixed_once``: one for
    an invoice, not one a reminder. ``person_interest_after_demand``: a consumer owes interest
    only from a formal demand on. ``demand_days`` is how long a formal demand gives where the
    ladder says nothing; ``demand_mentions`` are keys of ``jurisdictions.mentions``: what a
    formal demand says about what may follow.
    """

    fixed_for_persons: bool = False
    fixed_for_businesses: bool = False
    fixed_most: Decimal | None = None
    fixed_once: bool = True
    person_interest_after_demand: bool = True
    demand_days: int = 15
    demand_mentions: tuple[str, ...] = ()


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
    ``mentions`` and ``invoice_mentions`` are keys of ``jurisdictions.mentions``, printed on every
    estimate and every invoice; ``shop_fields`` and ``vehicle_fields`` name what the shop and the
    vehicle must have filled in for the estimate to be complete.

    ``storage_needs_notice``: the place itself asks for a notice before storage may cost anything
    (the product asks for one everywhere); ``storage_free_business_days`` after that notice may
    never cost anything; ``storage_during_dispute``: days on which the charges for the repair are
    disputed may count. ``late`` are the rules of paying late.
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
    invoice_mentions: tuple[str, ...]
    storage_needs_notice: bool
    storage_free_business_days: int
    storage_during_dispute: bool
    late: LateRules
    shop_fields: tuple[str, ...]
    vehicle_fields: tuple[str, ...]
    sources: tuple[Source, ...]
