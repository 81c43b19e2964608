"""Reading bank statements in CSV: every bank has its own columns, so they are guessed or told.

A guess counts only where nothing is open; else a person says what the columns mean.
"""

import re
from collections.abc import Sequence

from invoices.bank_files.cells import day_of, decode, looks_like_a_day, number_of, rows_of
from invoices.bank_files.guessing import Mapping, guess, plain
from invoices.bank_files.lines import (
    BankLine,
    Contents,
    MappingNeeded,
    RowUnreadable,
    clean,
    is_amount,
)
from invoices.states import BankFormat

#: What stands in a column of directions at money that came in.
_IN = frozenset(
    {"c", "cr", "crdt", "credit", "in", "+", "k", "к", "кредит", "приход", "h", "haben"}
    | {"зачисление", "поступление"}
)
_CURRENCY = re.compile(r"[A-Z]{3}\Z")


def read(content: bytes, mapping: Mapping | None = None) -> Contents:
    """Return the money that came in, by ``mapping`` or a guess that leaves nothing open.

    Raises:
        NotAStatement: it is no table.
        RowUnreadable: a row's day or amount cannot be read by the mapping.
        MappingNeeded: no mapping is given and the guess is not certain.
        FileTooLarge: it holds too many lines.
    """
    if mapping is None:
        found = guess(content)
        if found.doubts:
            raise MappingNeeded
        rows, mapping = found.rows, found.mapping
    else:
        rows = rows_of(decode(content), mapping.delimiter)
    if not mapping.is_complete:
        raise MappingNeeded
    lines, outgoing = [], 0
    for count, row in enumerate(rows[mapping.head + 1 :], mapping.head + 2):
        try:
            line = _line(row, mapping)
        except ValueError as error:
            raise RowUnreadable(
                RowUnreadable.default_message % {"row": count}, details={"row": count}
            ) from error
        if line is None:
            outgoing += 1 if any(cell.strip() for cell in row) else 0
        else:
            lines.append(line)
    return Contents(format=BankFormat.CSV, account="", lines=tuple(lines), outgoing=outgoing)


def _line(row: Sequence[str], mapping: Mapping) -> BankLine | None:
    """Return a row's incoming money; None for money that went out, totals, balances.

    Raises:
        ValueError: its day or its amount cannot be read.
    """

    def cell(role: str) -> str:
        column = mapping.columns.get(role, -1)
        return row[column].strip() if 0 <= column < len(row) else ""

    if not looks_like_a_day(cell("date")):
        return None
    amount = number_of(cell("amount"), mapping.mark)
    if amount is None:
        amount = number_of(cell("credit"), mapping.mark)
    if amount is None or amount <= 0:
        return None
    if "direction" in mapping.columns and _direction(cell("direction")) not in _IN:
        return None
    booked_on = day_of(cell("date"), mapping.date_order)
    currency = cell("currency").upper()
    if booked_on is None or not is_amount(amount) or (currency and not _CURRENCY.match(currency)):
        raise ValueError(row)
    return BankLine(
        booked_on=booked_on,
        amount=amount,
        currency=currency,
        payer=clean(cell("payer"), most=200),
        payer_account=clean("".join(cell("account").split()).upper(), most=40),
        text=clean(cell("text"), most=500),
        reference=clean("".join(cell("reference").split()).upper(), most=35),
    )


def _direction(cell: str) -> str:
    return cell if cell == "+" else plain(cell)
