"""The ready-made ladders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from dunning.states import Channel, FeeRule, Template
from shopdisputes.jurisdictions import profiles
from shopdisputes.money import ZERO


@dataclass(frozen=True, kw_only=True)
class ReadyMadeStep:
    """A step, as ``dunning.models.Step`` has it."""

    offset_days: int
    channel: Channel
    template: Template
    requires_approval: bool = False
    fee_rule: FeeRule = FeeRule.NONE
    fee_amount: Decimal = ZERO
    pay_within_days: int = 0


@dataclass(frozen=True, kw_only=True)
class ReadyMadeLadder:
    """A ladder: its name by language, its steps in order. Interest is a year's, in percent."""

    names: Mapping[str, str]
    steps: Sequence[ReadyMadeStep]
    is_default: bool = False
    min_gap_days: int = 3
    min_amount: Decimal = Decimal("1.00")
    interest_business: Decimal = ZERO
    interest_person: Decimal = ZERO


_BEFORE_DUE = ReadyMadeStep(offset_days=-3, channel=Channel.EMAIL, template=Template.PREVENTIVE)
_SOMETHING_WRONG = ReadyMadeStep(
    offset_days=10, channel=Channel.EMAIL, template=Template.SOMETHING_WRONG
)

_USUAL = ReadyMadeLadder(
    names={"en": "Usual", "fr": "Habituel", "ru": "Обычный"},
    is_default=True,
    steps=(
        _BEFORE_DUE,
        ReadyMadeStep(offset_days=3, channel=Channel.EMAIL, template=Template.FRIENDLY),
        _SOMETHING_WRONG,
        ReadyMadeStep(
            offset_days=20, channel=Channel.EMAIL, template=Template.LAST, pay_within_days=7
        ),
        ReadyMadeStep(
            offset_days=30,
            channel=Channel.LETTER,
            template=Template.FORMAL_DEMAND,
            requires_approval=True,
            pay_within_days=15,
        ),
    ),
)

_GENTLE = ReadyMadeLadder(
    names={
        "en": "Gentle, with calls",
        "fr": "En douceur, avec appels",
        "ru": "Мягкий, со звонками",
    },
    min_gap_days=7,
    min_amount=Decimal("5.00"),
    steps=(
        ReadyMadeStep(offset_days=5, channel=Channel.EMAIL, template=Template.FRIENDLY),
        ReadyMadeStep(offset_days=15, channel=Channel.CALL, template=Template.CALL),
        ReadyMadeStep(offset_days=30, channel=Channel.EMAIL, template=Template.SOMETHING_WRONG),
        ReadyMadeStep(offset_days=45, channel=Channel.CALL, template=Template.CALL),
        ReadyMadeStep(
            offset_days=60,
            channel=Channel.EMAIL,
            template=Template.LAST,
            requires_approval=True,
            pay_within_days=14,
        ),
    ),
)


def _businesses(*, fixed_charge: Decimal | None) -> ReadyMadeLadder:
    return ReadyMadeLadder(
        names={"en": "Businesses", "fr": "Entreprises", "ru": "Организации"},
        interest_business=Decimal("8.00"),
        steps=(
            _BEFORE_DUE,
            ReadyMadeStep(offset_days=2, channel=Channel.EMAIL, template=Template.FRIENDLY),
            _SOMETHING_WRONG,
            ReadyMadeStep(offset_days=14, channel=Channel.CALL, template=Template.CALL),
            ReadyMadeStep(
                offset_days=20,
                channel=Channel.EMAIL,
                template=Template.LAST,
                fee_rule=FeeRule.FIXED if fixed_charge else FeeRule.INTEREST,
                fee_amount=fixed_charge or ZERO,
                pay_within_days=7,
            ),
            ReadyMadeStep(
                offset_days=30,
                channel=Channel.LETTER,
                template=Template.FORMAL_DEMAND,
                requires_approval=True,
                fee_rule=FeeRule.INTEREST,
                pay_within_days=15,
            ),
        ),
    )


def ladders_of(jurisdiction: str) -> tuple[ReadyMadeLadder, ...]:
    """Return the ladders of a shop under the rules of a place, the usual one first.

    Where a place says what fixed sum businesses owe for being late, that is proposed to the
    shop; elsewhere interest is.
    """
    late = profiles.load(jurisdiction).late
    fixed_charge = late.fixed_most if late.fixed_for_businesses else None
    return _USUAL, _GENTLE, _businesses(fixed_charge=fixed_charge)
