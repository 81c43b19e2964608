"""Files as banks hand them out, crafted for tests."""

import csv
from collections.abc import Iterable
from io import StringIO

CAMT = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version:02}"
IBAN = "FR7630006000011234567890189"


def entry(
    amount: str = "100.00",
    *,
    direction: str = "CRDT",
    day: str = "2026-03-13",
    currency: str = "EUR",
    bank_id: str = "",
    reversal: str = "",
    status: str = "<Sts>BOOK</Sts>",
    details: Iterable[str] = (),
    more: str = "",
) -> str:
    """One entry of a statement."""
    return (
        f"<Ntry>{f'<NtryRef>{bank_id}</NtryRef>' if bank_id else ''}"
        f'<Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd>'
        f"{f'<RvslInd>{reversal}</RvslInd>' if reversal else ''}{status}"
        f"<BookgDt><Dt>{day}</Dt></BookgDt>{more}"
        f"<NtryDtls>{''.join(details)}</NtryDtls></Ntry>"
    )


def details(
    *,
    name: str = "Camille Durand",
    iban: str = "FR1420041010050500013M02606",
    text: str = "",
    reference: str = "",
    end_to_end: str = "NOTPROVIDED",
    amount: str = "",
    direction: str = "",
    returned: bool = False,
    newer: bool = False,
) -> str:
    """The details of one transaction; ``newer`` as versions from 8 on name the payer."""
    debtor = f"<Pty><Nm>{name}</Nm></Pty>" if newer else f"<Nm>{name}</Nm>"
    own_amount = f"<Amt Ccy='EUR'>{amount}</Amt>"
    structured = (
        "<Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry></Tp>"
        f"<Ref>{reference}</Ref></CdtrRefInf></Strd>"
        if reference
        else ""
    )
    return (
        f"<TxDtls><Refs><EndToEndId>{end_to_end}</EndToEndId></Refs>"
        f"{own_amount if amount else ''}"
        f"{f'<CdtDbtInd>{direction}</CdtDbtInd>' if direction else ''}"
        f"<RltdPties><Dbtr>{debtor}</Dbtr>"
        f"<DbtrAcct><Id><IBAN>{iban}</IBAN></Id></DbtrAcct></RltdPties>"
        f"<RmtInf>{f'<Ustrd>{text}</Ustrd>' if text else ''}{structured}</RmtInf>"
        f"{'<RtrInf><Rsn><Cd>AC01</Cd></Rsn></RtrInf>' if returned else ''}</TxDtls>"
    )


def statement(*entries: str, iban: str = IBAN) -> str:
    """One statement of an account."""
    return (
        f"<Stmt><Id>1</Id><Acct><Id><IBAN>{iban}</IBAN></Id></Acct>"
        f"<Bal><Amt Ccy='EUR'>5</Amt></Bal>{''.join(entries)}</Stmt>"
    )


def camt(*statements: str, version: int = 2, namespace: str = "") -> bytes:
    """A file of statements."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Document xmlns="{namespace or CAMT.format(version=version)}"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>1</MsgId></GrpHdr>{''.join(statements)}</BkToCstmrStmt></Document>"
    ).encode()


def table(rows: Iterable[Iterable[str]], *, delimiter: str = ";", encoding: str = "utf-8") -> bytes:
    """A CSV file."""
    text = StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)
