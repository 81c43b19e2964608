"""Text, rows, days and numbers of tables, as banks and people write them."""

import csv
import re
from datetime import date
from decimal import Decimal, InvalidOperation
from io import StringIO

from invoices.bank_files.lines import MOST_LINES, FileTooLarge, NotAStatement

DELIMITERS = (";", ",", "\t", "|")
DATE_ORDERS = ("ymd", "dmy", "mdy")
MARKS = (",", ".")
_MOST_COLUMNS = 60
_LONGEST_CELL = 20_000
_LONGEST_NUMBER = 40
_NUMBER = re.compile(r"[+\-−]?[\d\s.,'’]*\d[\d\s.,'’]*[+\-−]?")
_AMOUNT = re.compile(r"[+\-−]?\d[\d\s.,'’]*[.,]\d\d")
_DATE = re.compile(r"(\d{1,4})[./\-\s](\d{1,2})[./\-\s](\d{1,4})(?:[ T,].*)?")
_PLAIN_DATE = re.compile(r"(\d{4})(\d\d)(\d\d)")
_LONGEST_YEAR = 4
_CENTURY = 2000


def decode(content: bytes) -> str:
    """Return the text of a table in UTF-8, UTF-16 or the older sets of Western Europe and Russia.

    Raises:
        NotAStatement: it is no text.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        names: tuple[str, ...] = ("utf-16",)
    elif b"\x00" in content:
        names = ()
    else:
        names = ("utf-8-sig", _older(content), "cp1251")
    for name in names:
        try:
            text = content.decode(name)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise NotAStatement


def _older(content: bytes) -> str:
    """Tell Windows' Cyrillic set from its Western one: Russian words are all high bytes."""
    high = sum(1 for byte in content[:4000] if byte >= 0xC0)
    low = sum(1 for byte in content[:4000] if chr(byte).isascii() and chr(byte).isalpha())
    return "cp1251" if high > low else "cp1252"


def rows_of(text: str, delimiter: str) -> list[list[str]]:
    if delimiter not in DELIMITERS:
        raise NotAStatement
    rows: list[list[str]] = []
    try:
        for row in csv.reader(StringIO(text, newline=""), delimiter=delimiter):
            if len(row) > _MOST_COLUMNS or any(len(cell) > _LONGEST_CELL for cell in row):
                raise NotAStatement
            if len(rows) > MOST_LINES:
                raise FileTooLarge
            rows.append(row)
    except csv.Error as error:
        raise NotAStatement from error
    return rows


def mark_of(cell: str) -> str:
    """Return the decimal mark that a number shows, "" when it has none, "?" when it is open."""
    last = max(cell.rfind(","), cell.rfind("."))
    if last < 0:
        return ""
    mark = cell[last]
    other = "." if mark == "," else ","
    if other in cell[:last]:
        return mark
    if cell.count(mark) > 1:
        return other
    digits = sum(each.isdigit() for each in cell[last + 1 :])
    return "?" if digits == 3 else mark


def looks_like_a_day(cell: str) -> bool:
    return bool(_DATE.fullmatch(cell.strip()) or _PLAIN_DATE.fullmatch(cell.strip()))


def looks_like_an_amount(cell: str) -> bool:
    """Say whether it is a number with two decimals and no day."""
    cell = cell.strip()
    return bool(_AMOUNT.fullmatch(cell)) and not looks_like_a_day(cell)


def day_of(cell: str, order: str) -> date | None:
    """Read a day; None when it is none in that order."""
    cell = cell.strip()
    found = _PLAIN_DATE.fullmatch(cell) if order == "ymd" else None
    found = found or _DATE.fullmatch(cell)
    if found is None:
        return None
    numbers = dict(zip(order, found.groups(), strict=True))
    year = numbers["y"]
    if len(year) not in {2, _LONGEST_YEAR} or len(numbers["d"]) > 2 or len(numbers["m"]) > 2:
        return None
    if order == "ymd" and len(year) != _LONGEST_YEAR:
        return None
    try:
        return date(
            int(year) + (0 if len(year) == _LONGEST_YEAR else _CENTURY),
            int(numbers["m"]),
            int(numbers["d"]),
        )
    except ValueError:
        return None


def number_of(cell: str, mark: str) -> Decimal | None:
    """Read an amount with its sign, before or behind it; None for a cell with nothing to read.

    Raises:
        ValueError: it is no number, or has the other decimal mark.
    """
    if not any(each.isalnum() for each in cell):
        # Empty, or the dash that stands for nothing.
        return None
    if len(cell) > _LONGEST_NUMBER:
        raise ValueError(cell)
    text = re.sub(r"[\s\u00a0\u202f'’]", "", cell).replace("−", "-")
    # A bracket is a bookkeeper's minus; a currency beside the number is not needed.
    negative = text.startswith("(") and text.endswith(")")
    text = re.sub(r"^[^\d+\-.,]+|[^\d+\-.,]+$", "", text.strip("()"))
    # Read with the wrong mark, 12,50 would be 1250.
    if not _NUMBER.fullmatch(text) or mark_of(text) not in {"", "?", mark}:
        raise ValueError(cell)
    if text[-1] in "+-":
        text = text[-1] + text[:-1]
    text = text.replace("," if mark == "." else ".", "").replace(",", ".")
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(cell) from error
    return -number if negative else number
