"""How a bank transfer finds its invoice: references, account numbers, the code to scan."""

import io
from decimal import Decimal

import segno.helpers
from stdnum import bic as bics
from stdnum import iban as ibans
from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_97_10

_CURRENCY_OF_EPC = "EUR"
_LEAST_OF_EPC = Decimal("0.01")
_MOST_OF_EPC = Decimal("999999999.99")
_LONGEST_HOLDER = 70
_LONGEST_REFERENCE = 25


def creditor_reference(number: str) -> str:
    """Return the creditor reference (ISO 11649) of a document's number.

    ``INV-2026-0042`` makes ``RFxxINV20260042``, where xx are two check digits. At most 25
    characters: of a longer number the end counts.
    """
    body = "".join(character for character in number.upper() if character.isascii())
    body = "".join(character for character in body if character.isalnum())
    body = body[-(_LONGEST_REFERENCE - len("RFxx")) :]
    return f"RF{mod_97_10.calc_check_digits(body + 'RF')}{body}"


def compact(text: str) -> str:
    """Return a reference or an account number without spaces and marks, in capitals."""
    return "".join(character for character in text.upper() if character.isalnum())


def check_iban(text: str) -> bool:
    """Say whether ``text``, however grouped, is an IBAN: country, length and check digits."""
    return bool(ibans.is_valid(compact(text), check_country=False))


def check_bic(text: str) -> bool:
    """Say whether ``text`` is well-formed as a BIC (ISO 9362)."""
    try:
        bics.validate(text)
    except ValidationError:
        return False
    return True


def epc_text_qr(
    *, holder: str, iban: str, bic: str, amount: Decimal, currency: str, reference: str
) -> bytes | None:
    """Return the code of a SEPA transfer (EPC069-12) as a PNG, which banking programs scan.

    None where there can be none: another currency than the euro, no valid IBAN, no holder, or an
    amount outside 0.01 to 999,999,999.99.
    """
    if currency != _CURRENCY_OF_EPC or not holder.strip() or not check_iban(iban):
        return None
    if not _LEAST_OF_EPC <= amount <= _MOST_OF_EPC:
        return None
    code = segno.helpers.make_epc_qr(
        name=holder.strip()[:_LONGEST_HOLDER],
        iban=compact(iban),
        bic=compact(bic) if check_bic(bic) else None,
        amount=amount,
        reference=reference,
    )
    picture = io.BytesIO()
    code.save(picture, kind="png", scale=5, border=2)
    return picture.getvalue()
