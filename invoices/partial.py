"""The arithmetic of a stopped repair, on plain values.

Each authorized line becomes one of the amounts that may be owed for it, or zero. Labour is owed as
far as it was performed, parts when they were fitted or cannot be given back, disassembly, what it
destroyed and reassembly only when they were announced before. Sources: Florida Statutes
559.909(2), 15 NYCRR 82.8(d).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from estimates import pricing
from estimates.pricing import Totals
from estimates.states import LineKind
from invoices.states import Classification, Gap, PartState, StopOption
from shopdisputes.money import ZERO, to_cents

_ONE = Decimal("1")


class Note(StrEnum):
    """Why a line costs what it does; the words are made where the reader's language is known."""

    AS_AUTHORIZED = "as_authorized"
    DONE = "done"
    DONE_IN_PART = "done_in_part"
    NOT_STARTED = "not_started"
    FITTED = "fitted"
    NOT_FITTED = "not_fitted"
    YOURS = "yours"
    RETURNED = "returned"
    RESTOCKED = "restocked"
    DESTROYED = "destroyed"
    TO_BE_REASSEMBLED = "to_be_reassembled"
    NOT_REASSEMBLED = "not_reassembled"
    NOTHING_TO_REASSEMBLE = "nothing_to_reassemble"
    NOT_ANNOUNCED = "not_announced"
    NO_PROOF = "no_proof"
    NOT_AUTHORIZED = "not_authorized"
    DISCOUNT_SHARE = "discount_share"
    BILLED_BEFORE = "billed_before"


@dataclass(frozen=True, kw_only=True)
class PartialLine:
    """A line of the estimates, and how far it is when the work stops.

    ``quantity``, ``unit_price`` and ``tax_rate`` are as authorized, ``done`` is in the same unit.
    ``announced``: what disassembly means, or storage costs, was told before. ``billed`` was
    invoiced for it already, before tax.
    """

    key: UUID
    kind: str
    quantity: Decimal
    unit_price: Decimal
    tax_rate: Decimal
    authorized: bool = True
    done: Decimal = ZERO
    part_state: str = ""
    restocking_fee: Decimal = ZERO
    has_proof: bool = False
    announced: bool = False
    billed: Decimal = ZERO

    @property
    def net(self) -> Decimal:
        """What the whole line costs before tax."""
        return pricing.net_of(quantity=self.quantity, unit_price=self.unit_price)

    @property
    def performed(self) -> Decimal:
        """How much of it was done, never more than was authorized."""
        return min(max(self.done, ZERO), self.quantity)


@dataclass(frozen=True, kw_only=True)
class Billed:
    """What a line comes to. ``net`` is zero where something is missing (``gaps``).

    ``withheld`` is what it would be if nothing were missing, before tax: a manager may bill it
    with a reason. ``not_billed`` is the rest of the authorized line.
    """

    key: UUID
    classification: Classification
    quantity: Decimal
    unit_price: Decimal
    tax_rate: Decimal
    net: Decimal
    note: Note
    gaps: tuple[Gap, ...] = ()
    withheld: Decimal = ZERO
    not_billed: Decimal = ZERO


def classify(lines: Sequence[PartialLine], *, option: str, needs_disclosure: bool) -> list[Billed]:
    """Say what each line comes to when the repair stops and goes on as ``option``, in order.

    ``needs_disclosure``: the rules of the place let disassembly, the parts it destroys and
    reassembly be billed only when they were announced; storage never without. The total is
    never above the authorized total, and never below zero.
    """
    if option == StopOption.FINISH:
        return [_in_full(line) for line in lines]
    apart = _taken_apart(lines)
    billed = [
        _one(line, option=option, needs_disclosure=needs_disclosure, taken_apart=apart)
        for line in lines
        if line.kind != LineKind.DISCOUNT
    ]
    by_key = {each.key: each for each in _capped(lines, billed)}
    return [by_key[line.key] for line in lines]


def totals_of(billed: Iterable[Billed]) -> Totals:
    """Add up what is billed, tax once per rate."""
    return pricing.totals((each.net, each.tax_rate) for each in billed)


def authorized_total(lines: Iterable[PartialLine]) -> Decimal:
    """Return what of the lines is authorized and not billed yet, with tax; never below zero."""
    sums = pricing.totals(
        (line.net - line.billed, line.tax_rate) for line in lines if line.authorized
    )
    return max(sums.total, ZERO)


def _taken_apart(lines: Sequence[PartialLine]) -> bool:
    """Say whether there is something to put together again, as far as the lines tell."""
    teardown = [line for line in lines if line.kind == LineKind.TEARDOWN and line.authorized]
    return not teardown or any(line.done > 0 for line in teardown)


def _in_full(line: PartialLine) -> Billed:
    if not line.authorized:
        return _nothing(line, Classification.DECLINED, Note.NOT_AUTHORIZED)
    return _amount(line, Classification.AGREED, line.quantity, Note.AS_AUTHORIZED)


def _one(line: PartialLine, *, option: str, needs_disclosure: bool, taken_apart: bool) -> Billed:
    if not line.authorized:
        return _nothing(line, Classification.DECLINED, Note.NOT_AUTHORIZED)
    match line.kind:
        case LineKind.PART:
            return _part(line, needs_disclosure=needs_disclosure)
        case LineKind.TEARDOWN:
            billed = _performed(line, Classification.TEARDOWN)
            return _announced(line, billed) if needs_disclosure else billed
        case LineKind.REASSEMBLY:
            billed = _reassembly(line, option=option, taken_apart=taken_apart)
            return _announced(line, billed) if needs_disclosure else billed
        case LineKind.STORAGE:
            return _announced(line, _performed(line, Classification.STORAGE))
        case LineKind.DIAGNOSIS:
            return _performed(line, Classification.DIAGNOSIS)
        case LineKind.SUBLET:
            return _performed(line, Classification.SUBLET_PERFORMED)
        case LineKind.FEE:
            return _performed(line, Classification.FEE)
        case _:
            return _performed(line, Classification.LABOUR_PERFORMED)


def _performed(line: PartialLine, classification: Classification) -> Billed:
    if line.performed == 0:
        return _nothing(line, Classification.NOT_PERFORMED, Note.NOT_STARTED)
    note = Note.DONE if line.performed == line.quantity else Note.DONE_IN_PART
    return _amount(line, classification, line.performed, note)


def _part(line: PartialLine, *, needs_disclosure: bool) -> Billed:
    match line.part_state:
        case PartState.SPECIAL_ORDER if line.has_proof:
            return _amount(line, Classification.PART_SPECIAL_ORDER, line.quantity, Note.YOURS)
        case PartState.SPECIAL_ORDER if line.performed == 0:
            wanted = _amount(line, Classification.PART_SPECIAL_ORDER, line.quantity, Note.YOURS)
            return _missing(line, wanted, Gap.NO_PROOF, Note.NO_PROOF)
        case PartState.RETURNED:
            return _returned(line)
        case PartState.DESTROYED:
            lost = _amount(
                line, Classification.DESTROYED_PART, line.performed or line.quantity, Note.DESTROYED
            )
            return _announced(line, lost) if needs_disclosure else lost
        case PartState.INSTALLED:
            fitted = line.performed or line.quantity
            return _amount(line, Classification.PART_INSTALLED, fitted, Note.FITTED)
        case _ if line.performed > 0:
            return _amount(line, Classification.PART_INSTALLED, line.performed, Note.FITTED)
        case _:
            return _nothing(line, Classification.NOT_PERFORMED, Note.NOT_FITTED)


def _returned(line: PartialLine) -> Billed:
    fee = min(line.restocking_fee, line.net)
    if fee <= 0:
        return _nothing(line, Classification.PART_RETURNED, Note.RETURNED)
    wanted = _due(line, Classification.RESTOCKING_FEE, _ONE, fee, Note.RESTOCKED)
    if line.has_proof:
        return wanted
    return _missing(line, wanted, Gap.NO_PROOF, Note.NO_PROOF)


def _reassembly(line: PartialLine, *, option: str, taken_apart: bool) -> Billed:
    if line.performed > 0 and option != StopOption.REASSEMBLE:
        return _performed(line, Classification.REASSEMBLY)
    if option != StopOption.REASSEMBLE:
        return _nothing(line, Classification.NOT_PERFORMED, Note.NOT_REASSEMBLED)
    if not taken_apart:
        return _nothing(line, Classification.NOT_PERFORMED, Note.NOTHING_TO_REASSEMBLE)
    return _amount(line, Classification.REASSEMBLY, line.quantity, Note.TO_BE_REASSEMBLED)


def _announced(line: PartialLine, billed: Billed) -> Billed:
    """Let an amount stand only where it was announced before."""
    if line.announced or billed.net == 0:
        return billed
    return _missing(line, billed, Gap.NOT_DISCLOSED, Note.NOT_ANNOUNCED)


def _missing(line: PartialLine, billed: Billed, gap: Gap, note: Note) -> Billed:
    return replace(
        billed,
        net=ZERO,
        unit_price=ZERO,
        note=note,
        gaps=(gap,),
        withheld=billed.net,
        not_billed=line.net - line.billed,
    )


def _nothing(line: PartialLine, classification: Classification, note: Note) -> Billed:
    return Billed(
        key=line.key,
        classification=classification,
        quantity=ZERO,
        unit_price=line.unit_price,
        tax_rate=line.tax_rate,
        net=ZERO,
        note=note,
        not_billed=max(line.net - line.billed, ZERO) if line.authorized else line.net,
    )


def _amount(
    line: PartialLine, classification: Classification, quantity: Decimal, note: Note
) -> Billed:
    return _due(line, classification, quantity, line.unit_price, note)


def _due(
    line: PartialLine,
    classification: Classification,
    quantity: Decimal,
    unit_price: Decimal,
    note: Note,
) -> Billed:
    """Return the amount, less what was invoiced for the line before."""
    net = pricing.net_of(quantity=quantity, unit_price=unit_price)
    if line.billed != 0:
        quantity, unit_price = _ONE, _left(net, line)
        net, note = unit_price, Note.BILLED_BEFORE
    return Billed(
        key=line.key,
        classification=classification,
        quantity=quantity,
        unit_price=unit_price,
        tax_rate=line.tax_rate,
        net=net,
        note=note,
        not_billed=line.net - line.billed - net,
    )


def _left(net: Decimal, line: PartialLine) -> Decimal:
    """Return what is left of an amount; a discount's is below zero."""
    left = net - line.billed
    return min(left, ZERO) if line.kind == LineKind.DISCOUNT else max(left, ZERO)


def _capped(lines: Sequence[PartialLine], billed: Sequence[Billed]) -> list[Billed]:
    """Add the discounts so that the total lies between zero and what was authorized.

    A discount is given on what is billed, in proportion. Where tax rates differ that can come
    out above the authorized total; then it is given whole. Where even that does not fit,
    nothing is billed: the discount was as large as the work.
    """
    discounts = [line for line in lines if line.kind == LineKind.DISCOUNT]
    most = authorized_total(lines)
    whole = sum(
        (
            line.net - line.billed
            for line in lines
            if line.authorized and line.kind != LineKind.DISCOUNT
        ),
        ZERO,
    )
    part = sum((each.net for each in billed), ZERO)
    share = part / whole if whole > 0 else _ONE
    for taken in (share, _ONE):
        tried = [*billed, *(_discount(line, share=taken) for line in discounts)]
        if ZERO <= totals_of(tried).total <= most:
            return tried
    return [
        *(
            replace(each, quantity=ZERO, net=ZERO, not_billed=each.not_billed + each.net)
            for each in billed
        ),
        *(_discount(line, share=ZERO) for line in discounts),
    ]


def _discount(line: PartialLine, *, share: Decimal) -> Billed:
    if not line.authorized:
        return _nothing(line, Classification.DECLINED, Note.NOT_AUTHORIZED)
    left = _left(line.net, line)
    amount = to_cents(left * share)
    return Billed(
        key=line.key,
        classification=Classification.DISCOUNT,
        quantity=_ONE,
        unit_price=amount,
        tax_rate=line.tax_rate,
        net=amount,
        note=Note.DISCOUNT_SHARE,
        not_billed=left - amount,
    )
