"""Guessing what the columns of a bank's table mean."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from invoices.bank_files.cells import (
    DATE_ORDERS,
    DELIMITERS,
    day_of,
    decode,
    looks_like_a_day,
    looks_like_an_amount,
    mark_of,
    rows_of,
)
from invoices.bank_files.lines import NotAStatement

#: What a column can mean.
ROLES = (
    *("date", "amount", "credit", "debit", "direction", "currency"),
    *("payer", "account", "text", "reference"),
)
#: Rows looked at to guess, and at most so many rows may stand above the head.
_SAMPLE = 200
_HEAD_WITHIN = 15

#: What banks write above their columns, in small letters without accents.
_HEADS: dict[str, tuple[str, ...]] = {
    "date": (
        *("date", "booking date", "transaction date", "posting date", "booked on", "posted date"),
        *("date operation", "date de l operation", "date comptable", "date de comptabilisation"),
        *("дата", "дата операции", "дата проводки", "дата платежа", "buchungstag"),
    ),
    "amount": (
        *("amount", "sum", "transaction amount", "montant", "montant de l operation"),
        *("montant eur", "montant en euros", "montant euros", "amount eur", "amount usd"),
        *("сумма", "сумма операции", "сумма платежа", "betrag"),
    ),
    "credit": (
        *("credit", "credit amount", "money in", "paid in", "deposit", "deposits", "credit eur"),
        *("credit euros", "кредит", "приход", "зачисление", "сумма по кредиту", "поступление"),
    ),
    "debit": (
        *("debit", "debit amount", "money out", "paid out", "withdrawal", "withdrawals"),
        *("debit eur", "debit euros", "дебет", "расход", "списание", "сумма по дебету"),
    ),
    "direction": (
        *("credit debit", "debit credit", "cr dr", "dr cr", "sens", "direction"),
        *("credit debit indicator", "вид операции", "приход расход", "soll haben"),
    ),
    "currency": ("currency", "ccy", "devise", "валюта", "wahrung"),
    "payer": (
        *("payer", "name", "counterparty", "counterparty name", "debtor", "debtor name", "sender"),
        *("payee payer", "nom", "tiers", "donneur d ordre", "emetteur", "nom du tiers"),
        *("плательщик", "контрагент", "отправитель", "наименование контрагента", "auftraggeber"),
    ),
    "account": (
        *("payer account", "account number", "counterparty account", "counterparty iban", "iban"),
        *("debtor iban", "compte", "iban du tiers", "compte du tiers"),
        *("счет плательщика", "счет контрагента", "счет отправителя"),
    ),
    "text": (
        *("description", "details", "text", "memo", "narrative", "remittance information"),
        *("payment details", "purpose", "libelle", "libelle operation", "libelle de l operation"),
        *("motif", "communication", "назначение", "назначение платежа", "описание"),
        *("verwendungszweck", "remittance"),
    ),
    "reference": (
        *("reference", "payment reference", "structured reference", "creditor reference", "ref"),
        *("reference de l operation", "reference du paiement", "референс", "номер документа"),
    ),
}


@dataclass(frozen=True, kw_only=True)
class Mapping:
    """What a CSV file's columns mean: a role's column counts from 0. ``head`` is the row with the
    names of the columns, -1 where there is none.

    Either ``amount`` (negative is outgoing, or as ``direction`` says) or ``credit`` is needed,
    and ``date``. ``date_order`` is one of ``DATE_ORDERS``, ``mark`` the decimal one.
    """

    delimiter: str
    head: int
    date_order: str
    mark: str
    columns: dict[str, int] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        """Whether it says what is needed."""
        return "date" in self.columns and ("amount" in self.columns or "credit" in self.columns)


@dataclass(frozen=True, kw_only=True)
class Guess:
    """What a file looks like: its rows, the likely mapping, and what of it is not certain."""

    rows: list[list[str]]
    mapping: Mapping
    doubts: tuple[str, ...]

    @property
    def sample(self) -> list[list[str]]:
        """The first rows below the head."""
        return self.rows[self.mapping.head + 1 : self.mapping.head + 6]

    @property
    def names(self) -> list[str]:
        """What stands above each column; nothing where there is no head."""
        width = max((len(row) for row in self.rows[:_SAMPLE]), default=0)
        head = self.rows[self.mapping.head] if self.mapping.head >= 0 else []
        return [*head, *[""] * (width - len(head))]


def guess(content: bytes, *, month_first: bool = False) -> Guess:
    """Say what a file's columns seem to mean, and what of that is not certain.

    ``month_first`` decides about days that could be read either way; it stays a doubt.

    Raises:
        NotAStatement: it is no table with at least two columns.
    """
    text = decode(content)
    tables = [(delimiter, rows_of(text, delimiter)) for delimiter in DELIMITERS]
    delimiter, rows = max(tables, key=lambda table: _regularity(table[1]))
    if _regularity(rows) < 1:
        raise NotAStatement
    head, columns = _head(rows)
    body = [row for row in rows[head + 1 :][:_SAMPLE] if any(cell.strip() for cell in row)]
    doubts: list[str] = []
    if "date" not in columns or not ({"amount", "credit"} & columns.keys()):
        doubts.append("columns")
    order = _date_order(_cells(body, columns.get("date")))
    if order is None:
        doubts.append("date_order")
        order = "mdy" if month_first else "dmy"
    mark = _mark(
        cell for role in ("amount", "credit", "debit") for cell in _cells(body, columns.get(role))
    )
    if mark is None:
        doubts.append("mark")
        # It stays a doubt: a person sees it beside the columns, as most of the numbers have it.
        mark = _mark(cell for row in body for cell in row if looks_like_an_amount(cell)) or "."
    return Guess(
        rows=rows,
        mapping=Mapping(
            delimiter=delimiter, head=head, date_order=order, mark=mark, columns=columns
        ),
        doubts=tuple(doubts),
    )


def _regularity(rows: Sequence[Sequence[str]]) -> int:
    """Return how many rows share the most frequent number of columns above one, times those."""
    widths = [len(row) for row in rows[:_SAMPLE] if len(row) > 1]
    return max((widths.count(width) * (width - 1) for width in set(widths)), default=0)


def _head(rows: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]]:
    """Return the row that names the columns, -1 when there is none, and what the names mean."""
    best: tuple[int, dict[str, int]] = (-1, {})
    for index, row in enumerate(rows[:_HEAD_WITHIN]):
        columns: dict[str, int] = {}
        for position, cell in enumerate(row):
            name = plain(cell)
            for role, names in _HEADS.items():
                if role not in columns and name in names:
                    columns[role] = position
                    break
        if len(columns) > len(best[1]):
            best = (index, columns)
    return best


def plain(text: str) -> str:
    """Return a heading in small letters, without accents and signs."""
    letters = unicodedata.normalize("NFKD", text.casefold().replace("й", "\x01"))
    bare = "".join(each for each in letters if not unicodedata.combining(each))
    bare = bare.replace("\x01", "й").replace("ё", "е")
    return " ".join(re.sub(r"[^\w]+|_", " ", bare).split())


def _cells(rows: Iterable[Sequence[str]], column: int | None) -> list[str]:
    if column is None:
        return []
    return [row[column].strip() for row in rows if column < len(row) and row[column].strip()]


def _date_order(cells: Sequence[str]) -> str | None:
    """Return the order of day, month and year that reads every cell; None when two do."""
    cells = [cell for cell in cells if looks_like_a_day(cell)]
    possible = [
        order for order in DATE_ORDERS if cells and all(day_of(cell, order) for cell in cells)
    ]
    if len(possible) > 1 and not any("/" in cell or "-" in cell for cell in cells):
        # Nobody puts the month first between points.
        possible = [order for order in possible if order != "mdy"]
    return possible[0] if len(possible) == 1 else None


def _mark(cells: Iterable[str]) -> str | None:
    """Return the decimal mark; None when every number could be read either way."""
    votes = {mark_of(cell) for cell in cells}
    if {",", "."} <= votes or not votes:
        return None
    decided = votes - {"", "?"}
    if decided:
        return decided.pop()
    # Whole numbers read alike either way; 1,234 does not.
    return None if "?" in votes else "."
