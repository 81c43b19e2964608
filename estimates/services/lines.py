"""Checking proposed lines, and recognizing the lines that they continue."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from estimates import findings, pricing
from estimates.models import Estimate, EstimateLine, EstimateRevision
from estimates.pricing import LineInput
from estimates.states import LineKind, Necessity, PartCondition
from shopdisputes.errors import Refused
from shopdisputes.money import LARGEST_AMOUNT

#: More lines than any estimate that a person answers line by line.
MOST_LINES = 200
LARGEST_QUANTITY = Decimal("9999")

_Problems = dict[str, str | Promise]


class LinesRefused(Refused):
    """At least one line cannot be right; ``fields`` has ``lines.<index>.<field>``, from 0."""

    code = "lines-refused"
    default_message = _("Some lines need a correction.")


class TooManyLines(Refused):
    """More lines than one estimate may have."""

    code = "too-many-lines"
    default_message = _("An estimate has 200 lines at most.")


class BelowZero(Refused):
    """The discounts are greater than what they are taken from."""

    code = "below-zero"
    default_message = _("The discounts are more than the rest of the estimate.")


class TooLarge(Refused):
    """The total is greater than a document may carry."""

    code = "total-too-large"
    default_message = _("The total is too large.")


def field_name(index: int, field: str) -> str:
    """Return how an error names a field of the line at ``index``, counted from 0."""
    return f"lines.{index}.{field}"


def newest_of_each_key(estimate: Estimate) -> list[EstimateLine]:
    """Return the newest version of every line that the estimate ever had, in its order."""
    versions: dict[object, EstimateLine] = {}
    for line in EstimateLine.objects.filter(revision__estimate=estimate).order_by(
        "-revision__number", "position"
    ):
        versions.setdefault(line.key, line)
    return list(versions.values())


def prepare(
    *, revision: EstimateRevision, lines: Sequence[LineInput], earlier: Iterable[EstimateLine] = ()
) -> list[EstimateLine]:
    """Return unsaved lines for ``revision``, with nets, positions from 1 and keys.

    A line without a key continues the one of ``earlier`` that says the same, else the one of the
    same kind and description; otherwise it is new.

    Raises:
        TooManyLines: there are more than 200.
        LinesRefused: a field is not well-formed, or a key is none of ``earlier``.
        BelowZero: the sum is negative.
        TooLarge: the total is more than a document may carry.
    """
    if len(lines) > MOST_LINES:
        raise TooManyLines(fields={"lines": TooManyLines.default_message})
    known = {line.key: line for line in earlier}
    problems: _Problems = {}
    used: set[object] = set()
    for index, line in enumerate(lines):
        problems |= {field_name(index, name): why for name, why in _problems_of(line).items()}
        if line.key is None:
            continue
        if line.key not in known or line.key in used:
            problems[field_name(index, "key")] = _("This line belongs to nothing here.")
        used.add(line.key)
    problems |= _foreign_findings(revision, lines)
    if problems:
        raise LinesRefused(fields=problems)
    prepared = [_line(revision, position, line) for position, line in enumerate(lines, start=1)]
    unclaimed = [line for key, line in known.items() if key not in used]
    keyless = [line for line, given in zip(prepared, lines, strict=True) if given.key is None]
    _continue(keyless, unclaimed)
    _check_sums(prepared)
    return prepared


def _foreign_findings(revision: EstimateRevision, lines: Sequence[LineInput]) -> _Problems:
    """Find the lines that cite what is no finding of this vehicle."""
    cited = {line.finding_id for line in lines if line.finding_id}
    if not cited:
        return {}
    vehicle = revision.estimate.repair_order.vehicle
    ours = findings.citable(shop=revision.shop, vehicle=vehicle).filter(pk__in=cited)
    known = set(ours.values_list("pk", flat=True))
    return {
        field_name(index, "finding"): _("This is no finding of this vehicle.")
        for index, line in enumerate(lines)
        if line.finding_id and line.finding_id not in known
    }


def _line(revision: EstimateRevision, position: int, given: LineInput) -> EstimateLine:
    line = EstimateLine(
        shop_id=revision.shop_id,
        revision=revision,
        position=position,
        kind=given.kind,
        description=given.description.strip(),
        reason=given.reason.strip(),
        quantity=given.quantity,
        unit_price=given.unit_price,
        tax_rate=given.tax_rate,
        part_condition=given.part_condition,
        necessity=given.necessity,
        contingent=given.contingent,
        disclosure=given.disclosure.strip(),
        finding_id=given.finding_id,
        net=pricing.net_of(quantity=given.quantity, unit_price=given.unit_price),
    )
    if given.key is not None:
        line.key = given.key
    return line


def _continue(keyless: list[EstimateLine], unclaimed: list[EstimateLine]) -> None:
    """Give each line the key of the earlier one that it continues, the surest matches first."""
    waiting = list(keyless)
    for is_same in (
        lambda new, old: new.says_the_same_as(old),
        lambda new, old: (new.kind, new.description) == (old.kind, old.description),
    ):
        for line in list(waiting):
            match = next((old for old in unclaimed if is_same(line, old)), None)
            if match is not None:
                line.key = match.key
                unclaimed.remove(match)
                waiting.remove(line)


def _check_sums(prepared: Iterable[EstimateLine]) -> None:
    sums = pricing.totals((line.net, line.tax_rate) for line in prepared)
    if sums.subtotal < 0 or sums.total < 0:
        raise BelowZero(fields={"lines": BelowZero.default_message})
    if sums.total > LARGEST_AMOUNT:
        raise TooLarge(fields={"lines": TooLarge.default_message})


def _problems_of(line: LineInput) -> _Problems:
    problems: _Problems = {}
    for name, choices in (
        ("kind", LineKind.values),
        ("necessity", Necessity.values),
        ("part_condition", ["", *PartCondition.values]),
    ):
        if getattr(line, name) not in choices:
            problems[name] = _("Choose one of the list.")
    for name in ("description", "reason", "disclosure"):
        field: Any = EstimateLine._meta.get_field(name)
        if len(getattr(line, name).strip()) > field.max_length:
            problems[name] = _("At most %(longest)s characters.") % {"longest": field.max_length}
    if not line.description.strip():
        problems["description"] = _("Say what it is.")
    for name, why in (
        ("quantity", _quantity_problem(line.quantity)),
        ("unit_price", _price_problem(line.unit_price, line.kind)),
        ("tax_rate", _rate_problem(line.tax_rate)),
    ):
        if why:
            problems[name] = why
    if not problems:
        net = pricing.net_of(quantity=line.quantity, unit_price=line.unit_price)
        if abs(net) > LARGEST_AMOUNT:
            problems["unit_price"] = TooLarge.default_message
    return problems


def has_places(value: Decimal, places: int) -> bool:
    """Say whether ``value`` is finite and has at most ``places`` decimals; zeros do not count."""
    _sign, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        return False
    return exponent >= -places or not any(digits[exponent + places :])


def _quantity_problem(quantity: Decimal) -> str | Promise | None:
    if not has_places(quantity, 3):
        return _("At most three decimals.")
    if not 0 < quantity <= LARGEST_QUANTITY:
        return _("More than 0 and at most 9999.")
    return None


def _price_problem(unit_price: Decimal, kind: str) -> str | Promise | None:
    if not has_places(unit_price, 2):
        return _("At most two decimals; prices are never rounded.")
    if abs(unit_price) > LARGEST_AMOUNT:
        return _("This amount is too large.")
    if kind == LineKind.DISCOUNT and unit_price > 0:
        return _("A discount is negative.")
    if kind != LineKind.DISCOUNT and unit_price < 0:
        return _("Only a discount is negative.")
    return None


def _rate_problem(tax_rate: Decimal) -> str | Promise | None:
    if not has_places(tax_rate, 2):
        return _("At most two decimals.")
    if not 0 <= tax_rate <= 100:
        return _("Between 0 and 100.")
    return None
