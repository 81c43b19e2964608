"""Reading what banks hand out: CAMT.053 and CSV; hostile and foreign files get one answer."""

from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invoices.bank_files import reading
from invoices.bank_files.guessing import Mapping, guess
from invoices.bank_files.lines import (
    LARGEST_FILE,
    BankLine,
    FileTooLarge,
    MappingNeeded,
    NotAStatement,
    RowUnreadable,
    fingerprints,
)
from tests.invoices.bank import CAMT, IBAN, camt, details, entry, statement, table

DAY = date(2026, 3, 13)


def only(content: bytes, mapping: Mapping | None = None) -> BankLine:
    [line] = reading.read(content, mapping).lines
    return line


# ---- CAMT.053 --------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [2, 4, 8, 13])
def test_reads_who_paid_what_and_for_what_in_every_version(version: int) -> None:
    payer = details(
        text="Invoice INV-2026-0042",
        reference="RF18 5390 0754 7034",
        end_to_end="car-42",
        newer=version >= 8,
    )
    status = "<Sts><Cd>BOOK</Cd></Sts>" if version >= 8 else "<Sts>BOOK</Sts>"
    content = camt(
        statement(entry("251.88", bank_id="B1", status=status, details=[payer])), version=version
    )

    assert only(content) == BankLine(
        booked_on=DAY,
        amount=Decimal("251.88"),
        currency="EUR",
        payer="Camille Durand",
        payer_account="FR1420041010050500013M02606",
        text="Invoice INV-2026-0042 car-42",
        reference="RF18539007547034",
        account=IBAN,
        bank_id="B1",
    )


def test_reads_several_statements_each_with_its_account() -> None:
    other = "DE89370400440532013000"
    content = camt(statement(entry("1.00")), statement(entry("2.00"), iban=other))
    found = reading.read(content)

    assert [(line.amount, line.account) for line in found.lines] == [
        (Decimal("1.00"), IBAN),
        (Decimal("2.00"), other),
    ]
    assert found.account == IBAN


def test_splits_a_batch_whose_amounts_add_up() -> None:
    parts = [details(name="Ada", amount="40.00"), details(name="Bob", amount="60.00")]
    found = reading.read(camt(statement(entry("100.00", details=parts))))

    assert [(line.payer, line.amount) for line in found.lines] == [
        ("Ada", Decimal("40.00")),
        ("Bob", Decimal("60.00")),
    ]


def test_keeps_a_batch_whole_whose_amounts_do_not_add_up() -> None:
    parts = [details(amount="40.00"), details(amount="59.00")]

    assert only(camt(statement(entry("100.00", details=parts)))).amount == Decimal("100.00")
    parts = [details(name="Ada"), details(name="Bob")]
    assert only(camt(statement(entry("100.00", details=parts)))).payer == ""


@pytest.mark.parametrize(
    "row",
    [
        entry(direction="DBIT"),
        entry(reversal="true"),
        entry(details=[details(returned=True)]),
        entry("0.00"),
    ],
    ids=["outgoing", "reversal", "returned", "nothing"],
)
def test_takes_no_money_that_did_not_come_in(row: str) -> None:
    found = reading.read(camt(statement(row, entry("5.00"))))

    assert [line.amount for line in found.lines] == [Decimal("5.00")]
    assert found.outgoing == 1


def test_leaves_out_what_is_only_announced() -> None:
    found = reading.read(camt(statement(entry(status="<Sts>PDNG</Sts>"), entry("5.00"))))

    assert [line.amount for line in found.lines] == [Decimal("5.00")]


def test_falls_back_to_the_bank_s_words_and_the_value_day() -> None:
    row = entry(more="<AddtlNtryInf>VIR RECU\nDURAND</AddtlNtryInf>").replace(
        "<BookgDt><Dt>2026-03-13</Dt></BookgDt>",
        "<ValDt><DtTm>2026-03-14T23:30:00+01:00</DtTm></ValDt>",
    )
    line = only(camt(statement(row)))

    assert (line.text, line.booked_on) == ("VIR RECU DURAND", date(2026, 3, 14))


ENTITY = b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
BOMB = b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "content",
    [
        ENTITY + camt(statement(entry())).partition(b"?>")[2],
        BOMB + camt(statement(entry())).partition(b"?>")[2],
        camt("<a>" * 5000 + "</a>" * 5000),
        camt(statement(entry()))[:-30],
        camt(statement(entry()), version=1),
        camt(statement(entry()), version=14),
        camt(statement(entry()), namespace=CAMT.format(version=2).replace("053", "054")),
        camt(statement(entry("ten"))),
        camt(statement(entry("NaN"))),
        camt(statement(entry("-5.00"))),
        camt(statement(entry("1e400"))),
        camt(statement(entry("0.001"))),
        camt(statement(entry(day="2026-02-30"))),
        camt(statement(entry())).replace(b' Ccy="EUR"', b""),
        b"<html><body>Log in</body></html>",
        b"<" * 1000,
        b"",
        b" \n",
        b"%PDF-1.7 a;b;c\n1;2;3\n",
        b"PK\x03\x04" + b"\x00" * 100,
        b"\x89PNG\r\n" + b"\x00" * 100,
        b"\xd0\xcf\x11\xe0" + b"\x00" * 100,
        b"MZ\x00\x01\x02" * 100,
        b"Dear Sirs\nplease find\n",
        "день".encode("utf-16-le"),
        b'<?xml version="1.0" encoding="no-such-set"?><Document/>',
    ],
)
def test_answers_every_other_file_with_one_clear_refusal(content: bytes) -> None:
    with pytest.raises(NotAStatement) as refusal:
        reading.read(content)

    assert refusal.value.code == "not-a-statement"


@pytest.mark.parametrize("place", ["{}<Ntry/>", "<Ntry>{}</Ntry>"])
def test_refuses_a_file_of_nothing_but_elements_before_it_fills_the_memory(place: str) -> None:
    content = camt(statement(place.format("<a/>" * 600_001)))
    with pytest.raises(NotAStatement):
        reading.read(content)


def test_refuses_what_is_too_large_unread() -> None:
    with pytest.raises(FileTooLarge):
        reading.read(b"<" * (LARGEST_FILE + 1))
    with pytest.raises(FileTooLarge):
        reading.read(b"Date;Amount\n" + b"01.03.2026;1,00\n" * 20_001)


# ---- CSV -------------------------------------------------------------------------------------

FRENCH = [
    ["Compte courant", "", "", ""],
    ["Date opération", "Libellé", "Débit euros", "Crédit euros"],
    ["13/03/2026", "VIR CAMILLE DURAND INV-2026-0042", "", "1 251,88"],
    ["14/03/2026", "PRLV ELECTRICITE", "-80,00", ""],
    ["", "", "", ""],
    ["Total", "", "-80,00", "1 251,88"],
]
RUSSIAN = [
    ["Дата операции", "Плательщик", "Назначение платежа", "Сумма", "Валюта"],
    ["13.03.2026", "ООО «Ромашка»", "Оплата по счёту INV-2026-0042", "1\u00a0251,88", "EUR"],
    ["14.03.2026", "Свет", "Электричество", "-80,00", "EUR"],
]
AMERICAN = [
    ["Date", "Description", "Amount", "Running Balance"],
    ["03/13/2026", "ZELLE CAMILLE DURAND INV-2026-0042", "1,251.88", "9,251.88"],
    ["03/14/2026", "POWER", "-80.00", "9,171.88"],
]


@pytest.mark.parametrize(
    ("rows", "delimiter", "encoding"),
    [
        (FRENCH, ";", "utf-8-sig"),
        (FRENCH, ";", "cp1252"),
        (FRENCH, "\t", "utf-16"),
        (RUSSIAN, ";", "utf-8"),
        (RUSSIAN, ",", "cp1251"),
        (AMERICAN, ",", "ascii"),
    ],
)
def test_reads_tables_of_french_russian_and_american_banks(
    rows: list[list[str]], delimiter: str, encoding: str
) -> None:
    line = only(table(rows, delimiter=delimiter, encoding=encoding))

    assert (line.booked_on, line.amount) == (DAY, Decimal("1251.88"))
    assert "INV-2026-0042" in line.text


def test_counts_what_is_no_income_but_not_empty_rows() -> None:
    assert reading.read(table(FRENCH)).outgoing == 2


def test_reads_amounts_without_a_sign_by_their_direction() -> None:
    rows = [
        ["Booking date", "Amount", "Credit/Debit", "Name"],
        ["2026-03-13", "251.88", "CRDT", "Camille"],
        ["2026-03-13", "80.00", "DBIT", "Power"],
    ]

    assert only(table(rows)).payer == "Camille"


@pytest.mark.parametrize(
    ("rows", "doubts"),
    [
        ([["Date", "Amount"], ["03/04/2026", "5.00"]], ("date_order",)),
        ([["Date", "Amount"], ["13.03.2026", "1,234"]], ("mark",)),
        ([["Datum", "Wert"], ["13.03.2026", "5.00"]], ("columns", "date_order", "mark")),
        ([["Date", "Amount"], ["13.03.2026", "5.00"], ["14.03.2026", "5,00"]], ("mark",)),
    ],
    ids=["day or month", "thousands or decimals", "unknown heads", "both marks"],
)
def test_asks_a_person_instead_of_guessing(rows: list[list[str]], doubts: tuple[str, ...]) -> None:
    assert guess(table(rows)).doubts == doubts
    with pytest.raises(MappingNeeded):
        reading.read(table(rows))


def test_sees_the_decimal_mark_before_it_knows_the_columns() -> None:
    rows = [["Konto", "", ""], ["Wann", "Wieviel", "Wer"], ["20.11.2026", "1.250,92", "Duval"]]
    found = guess(table(rows))
    assert (found.doubts[0], found.mapping.mark) == ("columns", ",")


def test_reads_by_what_a_person_said() -> None:
    rows = [["Datum", "Wer", "Wert"], ["03/04/2026", "Camille", "1,234"]]
    said = {"delimiter": ";", "head": -1, "columns": {"date": 0, "payer": 1, "amount": 2}}
    american = Mapping(date_order="mdy", mark=".", **said)
    french = Mapping(date_order="dmy", mark=",", **said)

    line = only(table(rows), american)
    assert (line.booked_on, line.amount) == (date(2026, 3, 4), Decimal("1234"))
    with pytest.raises(RowUnreadable):
        # 1,234 with a decimal comma is finer than cents.
        only(table(rows), french)


@pytest.mark.parametrize("amount", ["12,50", "twelve", "1.2.3,4", "9" * 40])
def test_a_row_that_cannot_be_read_is_named_and_nothing_is_taken(amount: str) -> None:
    rows = [["Date", "Amount"], ["13.03.2026", "5.00"], ["13.03.2026", amount]]
    said = Mapping(
        delimiter=";", head=0, date_order="dmy", mark=".", columns={"date": 0, "amount": 1}
    )
    with pytest.raises(RowUnreadable) as refusal:
        reading.read(table(rows), said)

    assert refusal.value.details == {"row": 3}
    assert "Line 3" in str(refusal.value.message)


WORDS = st.text(
    st.characters(categories=["L", "N", "P", "Zs"], exclude_characters="'"), max_size=40
).map(lambda text: " ".join(text.split()))
AMOUNTS = st.integers(1, 99_999_999).map(lambda cents: Decimal(cents) / 100)
LINES = st.lists(
    st.tuples(st.dates(date(2000, 1, 1), date(2099, 12, 31)), AMOUNTS, WORDS, WORDS),
    min_size=1,
    max_size=8,
)
FORMATS = {"dmy": "%d/%m/%Y", "mdy": "%m/%d/%Y", "ymd": "%Y-%m-%d"}


def written(amount: Decimal, *, mark: str, thousands: str) -> str:
    return f"{amount:,.2f}".replace(",", "\x00").replace(".", mark).replace("\x00", thousands)


@settings(max_examples=150, deadline=None)
@given(
    lines=LINES,
    delimiter=st.sampled_from([";", ",", "\t", "|"]),
    order=st.sampled_from(["dmy", "mdy", "ymd"]),
    style=st.sampled_from([(",", "."), (",", " "), (",", "\u00a0"), (".", ","), (".", "")]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_every_table_that_is_written_comes_back(
    lines: list[tuple[date, Decimal, str, str]],
    delimiter: str,
    order: str,
    style: tuple[str, str],
    encoding: str,
) -> None:
    mark, thousands = style
    rows = [["Date", "Amount", "Payer", "Text"]] + [
        [day.strftime(FORMATS[order]), written(amount, mark=mark, thousands=thousands), *words]
        for day, amount, *words in lines
    ]
    said = Mapping(
        delimiter=delimiter,
        head=0,
        date_order=order,
        mark=mark,
        columns={"date": 0, "amount": 1, "payer": 2, "text": 3},
    )
    content = table(rows, delimiter=delimiter, encoding=encoding)
    found = reading.read(content, said)

    assert [(each.booked_on, each.amount, each.payer, each.text) for each in found.lines] == [
        (day, amount, payer.rstrip(), text.rstrip()) for day, amount, payer, text in lines
    ]
    # A guess that is certain is right.
    own = guess(content)
    if not own.doubts:
        assert reading.read(content).lines == found.lines


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_bytes_whatever_end_in_anything_but_a_refusal(content: bytes) -> None:
    with suppress(NotAStatement, MappingNeeded):
        reading.read(content)


def test_equal_lines_of_a_day_stay_two_in_every_statement_that_holds_both() -> None:
    line = BankLine(booked_on=DAY, amount=Decimal("5.00"), currency="EUR", payer="Ada")
    later = BankLine(
        booked_on=DAY + timedelta(days=1), amount=Decimal("5.00"), currency="EUR", payer="Ada"
    )
    first, second, third = fingerprints([line, line, later])

    assert len({first, second, third}) == 3
    assert list(fingerprints([later, line, line])) == [third, first, second]
