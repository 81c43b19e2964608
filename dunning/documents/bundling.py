"""Many letters as one file for the printer."""

import io
from collections.abc import Iterable

from pypdf import PdfReader, PdfWriter

from shopdisputes.documents.models import Document


def bundle(documents: Iterable[Document]) -> bytes:
    """Return finished documents as one PDF, each beginning on a front side.

    A letter of an odd number of pages gets an empty one, so that printing on both sides never
    puts one payer's letter on the back of another's.
    """
    writer = PdfWriter()
    for document in documents:
        if len(writer.pages) % 2:
            writer.add_blank_page()
        with document.file.open("rb") as file:
            writer.append(PdfReader(io.BytesIO(file.read())))
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()
