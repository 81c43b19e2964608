"""What a bank's file says, whatever its format, and why a file is not taken."""

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from invoices.states import BankFormat
from shopdisputes.errors import Refused

#: The largest file that is read, in bytes: some 10,000 entries in CAMT.053.
LARGEST_FILE = 10 * 1024 * 1024
#: More lines than this are no statement that a person could go through.
MOST_LINES = 20_000
#: What a database column of amounts does not hold any more.
_TOO_MUCH = Decimal(10) ** 10


class NotAStatement(Refused):
    """The file is nothing that a bank hands out, or cannot be read."""

    code = "not-a-statement"
    default_message = _(
        "This file cannot be read as a bank statement. Bring a CAMT.053 file (XML) or a CSV file, "
        "as your bank's website offers them for download."
    )


class RowUnreadable(NotAStatement):
    """A row does not say what the mapping promises."""

    code = "row-unreadable"
    default_message = _(
        "Line %(row)s cannot be read this way: look at the order of the date and at the decimal "
        "mark. Nothing was taken in."
    )


class FileTooLarge(Refused):
    """More bytes or lines than are read."""

    code = "statement-too-large"
    default_message = _(
        "This file is too large. Ask your bank's website for a shorter period: at most 10 MB and "
        "20,000 lines."
    )


class MappingNeeded(Refused):
    """What the columns of a CSV file mean cannot be told for sure; a person has to say it."""

    code = "mapping-needed"
    default_message = _("Say what the columns of this file mean.")


@dataclass(frozen=True, kw_only=True)
class BankLine:
    """Money that came in, above zero, in ``currency``. What the bank does not say is empty.

    ``reference`` is the structured one (ISO 11649 or a bank's own), ``bank_id`` the bank's name
    for the line: with it two equal lines of one day stay two.
    """

    booked_on: date
    amount: Decimal
    currency: str
    payer: str = ""
    payer_account: str = ""
    text: str = ""
    reference: str = ""
    account: str = ""
    bank_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What a file holds: the money that came in, and how many lines of it are something else."""

    format: BankFormat
    account: str
    lines: tuple[BankLine, ...]
    outgoing: int


def fingerprints(lines: Iterable[BankLine]) -> Iterator[str]:
    """Yield for each line what names it in every file that it stands in (64 hexadecimal digits).

    Lines that say the same are told apart by their order: the second of two equal payments of a
    day is the second one in every statement that holds both.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    for line in lines:
        facts = (
            line.account,
            line.booked_on.isoformat(),
            f"{line.amount:.2f}",
            line.currency,
            line.payer,
            line.payer_account,
            line.text,
            line.reference,
            line.bank_id,
        )
        seen[facts] += 1
        yield hashlib.sha256("\x1f".join((*facts, str(seen[facts]))).encode()).hexdigest()


def clean(text: str | None, *, most: int) -> str:
    """Return a bank's text on one line, without control characters, at most ``most`` long."""
    if not text:
        return ""
    printable = (" " if unicodedata.category(each)[0] == "C" else each for each in text)
    return " ".join("".join(printable).split())[:most].rstrip()


def is_amount(amount: Decimal) -> bool:
    """Say whether an amount is one that a line can carry: not below zero, cents, not beyond all."""
    return amount.is_finite() and 0 <= amount < _TOO_MUCH and amount == round(amount, 2)
