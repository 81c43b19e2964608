"""How the static files lie on disk for a demo."""

from typing import Any

from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage


class QuicklyCompressed(CompressedManifestStaticFilesStorage):
    """Hashed names and gzip as in production, without Brotli.

    Brotli takes nine tenths of the time of a first start, to save bytes that never leave the
    machine.
    """

    def create_compressor(self, **kwargs: Any) -> Compressor:
        """Return what compresses each file."""
        return Compressor(use_brotli=False, **kwargs)
