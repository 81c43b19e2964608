"""Lists as XLSX files: every cell is a text, a number or a day, never a formula."""

import itertools
import tempfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import FileResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from shopdisputes.errors import Refused
from shopdisputes.web.responses import FORMULA_STARTS

#: A file is written before the first byte of it leaves, so that it cannot be of any length.
MOST_ROWS = 50_000
#: What Excel can hold in one cell.
_LONGEST_TEXT = 32_767
_WIDTH = 18
_CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class TooManyRows(Refused):
    """More rows than are written into one file."""

    code = "too-many-rows"
    default_message = _(
        "These are more rows than fit into one spreadsheet file. Narrow the list down, or take"
        " the CSV file."
    )


def xlsx_response(
    filename: str, header: Sequence[Any], rows: Iterable[Sequence[Any]]
) -> FileResponse:
    """Hand out rows as an XLSX file.

    Texts are cells of text whatever they begin with, amounts and quantities are numbers, days
    are days. Moments are written in the time zone in force.

    Raises:
        TooManyRows: there are more than ``MOST_ROWS``.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    for column in range(1, len(header) + 1):
        sheet.column_dimensions[get_column_letter(column)].width = _WIDTH
    sheet.append([_head(sheet, name) for name in header])
    cells = iter(rows)
    for row in itertools.islice(cells, MOST_ROWS):
        sheet.append([cell_of(sheet, value) for value in row])
    file = tempfile.TemporaryFile()  # noqa: SIM115 — the response closes it
    # Saving is also what takes the writer's own temporary files away.
    book.save(file)
    if next(cells, None) is not None:
        file.close()
        raise TooManyRows
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=filename, content_type=_CONTENT_TYPE)


def cell_of(sheet: Any, value: Any) -> Any:
    """Return a cell that shows ``value`` and computes nothing."""
    if value is None or value == "":
        return None
    if isinstance(value, Decimal | int | float) and not isinstance(value, bool):
        cell = WriteOnlyCell(sheet, value=value)
        if isinstance(value, Decimal):
            cell.number_format = "0.00"
        return cell
    if isinstance(value, datetime):
        # The format knows no time zones.
        local = timezone.localtime(value).replace(tzinfo=None, microsecond=0)
        cell = WriteOnlyCell(sheet, value=local)
        cell.number_format = "yyyy-mm-dd hh:mm"
        return cell
    if isinstance(value, date):
        cell = WriteOnlyCell(sheet, value=value)
        cell.number_format = "yyyy-mm-dd"
        return cell
    return _text(sheet, str(value))


def _text(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", text)[:_LONGEST_TEXT])
    # Assigning a text that begins with "=" has made the cell a formula.
    cell.data_type = "s"
    if text.startswith(FORMULA_STARTS):
        # Else it would become one as soon as somebody edits the cell.
        cell.quotePrefix = True
    return cell


def _head(sheet: Any, name: Any) -> Any:
    cell = _text(sheet, str(name))
    cell.font = Font(bold=True)
    return cell
