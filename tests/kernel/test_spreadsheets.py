"""XLSX files: what stands in a cell, and that nothing in it computes."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from django.utils import timezone

from shopdisputes.web import spreadsheets
from shopdisputes.web.spreadsheets import TooManyRows, xlsx_response

#: As a spreadsheet has it: without a time zone.
MIDNIGHT = datetime(2026, 3, 16, tzinfo=UTC).replace(tzinfo=None)


def cells_of(*rows, header=("Name",)):
    response = xlsx_response("list.xlsx", header, rows)
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    return [list(row) for row in book.active.iter_rows()]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0"])
def test_a_text_that_begins_like_a_formula_is_a_text(text):
    cell = cells_of([text])[1][0]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)


def test_a_heading_computes_nothing_either():
    assert cells_of(header=["=1+1"])[0][0].data_type == "s"


def test_amounts_are_numbers_days_are_days_and_moments_are_local():
    with timezone.override(ZoneInfo("Europe/Paris")):
        rows = cells_of(
            [Decimal("12.50"), 3, date(2026, 3, 16), datetime(2026, 3, 16, 9, 5, tzinfo=UTC), None],
            header=["a", "b", "c", "d", "e"],
        )
    assert [cell.value for cell in rows[1]] == [
        12.5,
        3,
        MIDNIGHT,
        MIDNIGHT.replace(hour=10, minute=5),
        None,
    ]
    assert [cell.data_type for cell in rows[1][:4]] == ["n", "n", "d", "d"]
    assert rows[1][0].number_format == "0.00"


def test_leaves_out_what_no_spreadsheet_can_hold():
    assert cells_of(["a\x00b\x1fc"])[1][0].value == "abc"


def test_refuses_more_rows_than_one_file_takes(monkeypatch):
    monkeypatch.setattr(spreadsheets, "MOST_ROWS", 2)
    assert len(cells_of(["a"], ["b"])) == 3
    with pytest.raises(TooManyRows):
        cells_of(["a"], ["b"], ["c"])
