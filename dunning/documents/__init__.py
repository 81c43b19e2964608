"""The papers of reminders; one function each.

Each freezes its words now, in the caller's transaction; the PDF is made later.
"""

from dunning.documents.letters import address_sheet, letter, words_of

__all__ = ["address_sheet", "letter", "words_of"]
