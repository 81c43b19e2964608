"""Addresses of many pages of one kind."""

from urllib.parse import quote
from uuid import UUID

from django.urls import reverse

#: Fits whatever a route takes: a number as well as a key.
_PLACE = UUID(int=0)


class Addresses:
    """The addresses that differ in one key alone; looking each up takes as long as reading a row.

    ``Addresses("invoice").of("INV-2026-0042")`` is ``reverse("invoice", args=["INV-2026-0042"])``.
    """

    def __init__(self, url_name: str) -> None:
        self._before, _place, self._after = reverse(url_name, args=[_PLACE]).partition(str(_PLACE))

    def of(self, key: str | UUID) -> str:
        """Return the address of the page of ``key``."""
        return f"{self._before}{quote(str(key))}{self._after}"
