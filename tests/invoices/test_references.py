"""How a bank transfer finds its invoice."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iso11649

from invoices import references

IBAN = "FR76 3000 6000 0112 3456 7890 189"


@pytest.mark.parametrize(
    ("number", "reference"),
    [
        ("INV-2026-0042", "RF73INV20260042"),
        ("INV-2026-0001", "RF16INV20260001"),
        ("a" * 40, references.creditor_reference("A" * 21)),
    ],
)
def test_a_number_becomes_a_reference_with_check_digits(number: str, reference: str) -> None:
    assert references.creditor_reference(number) == reference


@given(st.text(alphabet="ABCXYZ0123456789-", min_size=1, max_size=30).filter(str.strip))
def test_every_reference_is_valid_and_fits(number: str) -> None:
    if not references.compact(number):
        return
    reference = references.creditor_reference(number)
    assert iso11649.is_valid(reference)
    assert len(reference) <= 25


def test_a_reference_is_read_as_people_group_it() -> None:
    assert references.compact(" rf73-INV2/026.0042 ") == "RF73INV20260042"


def test_account_numbers_are_checked() -> None:
    assert references.check_iban(IBAN)
    assert not references.check_iban("FR76 3000 6000 0112 3456 7890 188")
    assert references.check_bic("AGRIFRPP")
    assert not references.check_bic("AGRI")


TRANSFER = {
    "holder": "Garage SARL",
    "iban": IBAN,
    "bic": "",
    "amount": Decimal("107.88"),
    "currency": "EUR",
    "reference": "RF73INV20260042",
}


def test_a_transfer_in_euros_has_a_code_to_scan() -> None:
    picture = references.epc_text_qr(**TRANSFER)
    assert picture is not None
    assert picture.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "facts",
    [
        {"currency": "USD"},
        {"iban": "FR00"},
        {"holder": " "},
        {"amount": Decimal("0.00")},
        {"amount": Decimal("1000000000.00")},
    ],
)
def test_what_is_no_sepa_transfer_has_none(facts: dict[str, object]) -> None:
    assert references.epc_text_qr(**TRANSFER | facts) is None
