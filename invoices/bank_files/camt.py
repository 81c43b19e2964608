"""Reading CAMT.053, the statement of ISO 20022 (``camt.053.001.02`` to ``.13``).

The XML is a stranger's: no document type, no entities, a bounded depth, one entry in memory at a
time.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from io import BytesIO
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from invoices.bank_files.lines import (
    MOST_LINES,
    BankLine,
    Contents,
    FileTooLarge,
    NotAStatement,
    clean,
    is_amount,
)
from invoices.states import BankFormat

_NAMESPACE = re.compile(r"\{urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.(\d\d)\}Document")
_VERSIONS = range(2, 14)
#: The deepest path of the schema has some 15 steps.
_DEEPEST = 60
#: A file of the largest size has 400,000; a hostile one has millions of empty ones.
_MOST_ELEMENTS = 600_000
#: What senders write where they have no identification.
_NO_ID = frozenset({"NOTPROVIDED", "NOT PROVIDED", "NONREF"})


@dataclass(frozen=True)
class _Entry:
    """One entry and the account of the statement that it stands in."""

    element: Element
    account: str


def read(content: bytes) -> Contents:
    """Return the money that came in; several statements in a file are read one after another.

    Reversals and returned payments are no income: they count as outgoing. An entry that holds
    several transactions gives a line for each, where the bank names their amounts and these add
    up; else one line for the whole entry.

    Raises:
        NotAStatement: it is no XML, not CAMT.053, or hostile.
        FileTooLarge: it holds too many lines.
    """
    lines: list[BankLine] = []
    outgoing, account = 0, ""
    try:
        for entry in _entries(content):
            account = account or entry.account
            came_in, others = _lines_of(entry)
            lines += came_in
            outgoing += others
            if len(lines) + outgoing > MOST_LINES:
                raise FileTooLarge
    except (ParseError, DefusedXmlException, LookupError, ValueError, InvalidOperation) as error:
        raise NotAStatement from error
    return Contents(
        format=BankFormat.CAMT053, account=account, lines=tuple(lines), outgoing=outgoing
    )


def _entries(content: bytes) -> Iterator[_Entry]:
    depth, elements, account = 0, 0, ""
    root: Element | None = None
    parser = ElementTree.iterparse(BytesIO(content), events=("start", "end"), forbid_dtd=True)
    for event, element in parser:
        depth += 1 if event == "start" else -1
        elements += event == "start"
        if depth > _DEEPEST or elements > _MOST_ELEMENTS:
            raise NotAStatement
        if root is None:
            root = element
            version = _NAMESPACE.fullmatch(root.tag)
            if version is None or int(version[1]) not in _VERSIONS:
                raise NotAStatement
        _local(element)
        if event == "start":
            if element.tag == "Stmt":
                account = ""
        elif depth == 3 and element.tag == "Acct":
            account = _account(element)
        elif depth == 3 and element.tag == "Ntry":
            yield _Entry(element, account)
            # What was read is let go, so that a large file takes no more memory than a small one.
            element.clear()


def _local(element: Element) -> None:
    """Take the namespace off a tag: only its version differs, and it was looked at."""
    if element.tag.startswith("{"):
        element.tag = element.tag.partition("}")[2]


def _lines_of(entry: _Entry) -> tuple[list[BankLine], int]:
    element = entry.element
    status = element.findtext("Sts/Cd") or (element.findtext("Sts") or "").strip()
    if status and status != "BOOK":
        # Announced or for information: it is not on the account.
        return [], 0
    details = element.findall("NtryDtls/TxDtls")
    if not _came_in(element):
        return [], max(1, len(details))
    amount, currency = _money(element.find("Amt"))
    if amount == 0:
        # Some banks announce fees and interest of nothing.
        return [], 1
    if len(details) > 1:
        amounts = [_money_of_detail(each) for each in details]
        if all(each is not None and each[1] == currency for each in amounts):
            parts = [each[0] for each in amounts if each is not None]
            signs = [1 if _detail_came_in(each) else -1 for each in details]
            if sum(sign * part for sign, part in zip(signs, parts, strict=True)) == amount:
                lines = [
                    _line(entry, detail, part, currency)
                    for detail, part, sign in zip(details, parts, signs, strict=True)
                    if sign > 0 and part > 0
                ]
                return lines, len(details) - len(lines)
        return [_line(entry, None, amount, currency)], 0
    detail = details[0] if details else None
    if detail is not None and not _detail_came_in(detail):
        return [], 1
    return [_line(entry, detail, amount, currency)], 0


def _came_in(element: Element) -> bool:
    reversal = (element.findtext("RvslInd") or "").strip().lower() in {"true", "1"}
    return (element.findtext("CdtDbtInd") or "").strip() == "CRDT" and not reversal


def _detail_came_in(detail: Element) -> bool:
    """Whether a transaction brings money; a payment of ours that came back does not."""
    direction = (detail.findtext("CdtDbtInd") or "CRDT").strip()
    return direction == "CRDT" and detail.find("RtrInf") is None


def _money(element: Element | None) -> tuple[Decimal, str]:
    if element is None or not element.text:
        raise NotAStatement
    amount = Decimal(element.text.strip())
    currency = element.attrib["Ccy"].strip().upper()
    if not is_amount(amount) or not re.fullmatch("[A-Z]{3}", currency):
        raise NotAStatement
    return amount, currency


def _money_of_detail(detail: Element) -> tuple[Decimal, str] | None:
    found = detail.find("Amt")
    if found is None:
        found = detail.find("AmtDtls/TxAmt/Amt")
    return None if found is None else _money(found)


def _line(entry: _Entry, detail: Element | None, amount: Decimal, currency: str) -> BankLine:
    element = entry.element
    source = element if detail is None else detail
    debtor = source.find("RltdPties/Dbtr")
    account = source.find("RltdPties/DbtrAcct")
    name = (
        "" if debtor is None else debtor.findtext("Nm") or debtor.findtext("Pty/Nm") or ""
    ) or source.findtext("RltdPties/UltmtDbtr/Nm")
    return BankLine(
        booked_on=_day(element),
        amount=amount,
        currency=currency,
        payer=clean(name, most=200),
        payer_account="" if account is None else _account(account),
        text=_text(element, detail),
        reference=_reference(source),
        account=entry.account,
        bank_id=clean(
            source.findtext("Refs/AcctSvcrRef")
            or element.findtext("AcctSvcrRef")
            or element.findtext("NtryRef"),
            most=100,
        ),
    )


def _day(element: Element) -> date:
    """Return the booking day, or the value day where there is none."""
    for name in ("BookgDt", "ValDt"):
        if found := element.findtext(f"{name}/Dt"):
            # Some banks put a zone behind the day.
            return date.fromisoformat(found.strip()[:10])
        if found := element.findtext(f"{name}/DtTm"):
            # The bank's own day, whatever its zone.
            return datetime.fromisoformat(found.strip()).date()
    raise NotAStatement


def _account(element: Element) -> str:
    found = element.findtext("Id/IBAN") or element.findtext("Id/Othr/Id") or ""
    return clean("".join(found.split()).upper(), most=40)


def _reference(source: Element) -> str:
    for found in source.iterfind("RmtInf/Strd/CdtrRefInf/Ref"):
        if reference := clean("".join((found.text or "").split()).upper(), most=35):
            return reference
    return ""


def _text(element: Element, detail: Element | None) -> str:
    """Return what the payer wrote, else what the bank says; the payer's own identification last."""
    parts: list[str] = []
    if detail is not None:
        parts += [found.text or "" for found in detail.iterfind("RmtInf/Ustrd")]
        parts += [found.text or "" for found in detail.iterfind("RmtInf/Strd/AddtlRmtInf")]
        parts += [found.text or "" for found in detail.iterfind("RmtInf/Strd/RfrdDocInf/Nb")]
        identity = (detail.findtext("Refs/EndToEndId") or "").strip()
        if identity.upper() not in _NO_ID:
            parts.append(identity)
        parts = parts if any(parts) else [detail.findtext("AddtlTxInf") or ""]
    if not any(part.strip() for part in parts):
        parts = [element.findtext("AddtlNtryInf") or ""]
    return clean(" ".join(parts), most=500)
