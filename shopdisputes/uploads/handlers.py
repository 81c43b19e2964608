"""Files on their way in: on disk from the first byte, their SHA-256 known with the last."""

import codecs
import hashlib
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any, cast

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig
from django.core.files import File
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

#: The largest file that anybody may bring, in bytes. Pages may allow less, never more.
LARGEST = 50 * 1024 * 1024
#: A form that announces more than so many times the largest file is not even read.
_FORM_TIMES = 4
_SUFFIX = ".upload"
#: No file takes so long to arrive; one this old was left by a server that was killed.
_LIFE = timedelta(hours=24)


class HashedUpload(TemporaryUploadedFile):
    """A file that came: its bytes lie in a temporary file, which vanishes when it is closed.

    ``size`` is how many bytes came. When that is more than ``LARGEST``, or the disk did not take
    them (``problem``), the content is gone and only that is left to be said.
    """

    file: IO[Any]

    def __init__(
        self,
        name: str | None,
        content_type: str | None = "",
        charset: str | None = None,
        content_type_extra: dict[str, bytes] | None = None,
    ) -> None:
        folder = Path(settings.FILE_UPLOAD_TEMP_DIR)
        file: IO[bytes] = BytesIO()
        self.problem: OSError | None = None
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            # The ending of its name is a stranger's text, of any length: it stays out of ours.
            file = cast(IO[bytes], NamedTemporaryFile(suffix=_SUFFIX, dir=folder))  # noqa: SIM115
        except OSError as problem:
            self.problem = problem
        # The parent would open another file, with that ending in its name.
        UploadedFile.__init__(self, file, name, content_type, 0, charset, content_type_extra)
        self.size: int = 0
        self._digest = hashlib.sha256()

    @classmethod
    def of(cls, file: File) -> "HashedUpload":
        """Return ``file`` itself when it is one, else its content as one that just came."""
        if isinstance(file, cls):
            return file
        upload = cls(file.name)
        for chunk in file.chunks():
            upload.take(chunk)
        upload.complete()
        return upload

    @property
    def sha256(self) -> str:
        """The hash of the bytes that came, as 64 hexadecimal digits."""
        return self._digest.hexdigest()

    def take(self, chunk: bytes) -> None:
        """Append a piece. What is too much, and all of a file that is, is counted and dropped."""
        self.size += len(chunk)
        if self.problem:
            return
        try:
            if self.size > LARGEST:
                self.file.truncate(0)
                return
            self._digest.update(chunk)
            self.file.write(chunk)
        except OSError as problem:
            # Raised from here it would be a server's error on whatever page has a form; the
            # service that is to keep the file says it in the page's own words.
            self.problem = problem

    def complete(self) -> None:
        """Make what came readable from its beginning."""
        try:
            self.file.flush()
            self.file.seek(0)
        except OSError as problem:
            self.problem = problem


class HashingUploadHandler(FileUploadHandler):
    """Writes every file of a form to disk as it comes; memory holds one chunk of 64 KiB."""

    def __init__(self, request: Any = None) -> None:
        """Begin without a way back to ``request``.

        When the line breaks nobody tells the handlers: the half file vanishes with the request,
        and at once only if they do not hold each other.
        """
        super().__init__()
        self.upload: HashedUpload | None = None

    def handle_raw_input(
        self,
        input_data: Any,
        META: Mapping[str, Any],  # noqa: N803 - Django's name
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        """Refuse a form that announces far more than any page takes, or is not in UTF-8.

        Raises:
            RequestDataTooBig, BadRequest: before a byte of it is read.
        """
        if content_length > _FORM_TIMES * LARGEST:
            raise RequestDataTooBig(f"A form of {content_length} bytes is not read.")
        # Some encodings give half characters, which no page and no database takes, others are
        # none of text at all. Django itself asks for the same of forms without files.
        if codecs.lookup(encoding or settings.DEFAULT_CHARSET).name != "utf-8":
            raise BadRequest("A form with files must be in UTF-8.")

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin the next file of the form."""
        super().new_file(*args, **kwargs)
        self.upload = HashedUpload(
            self.file_name, self.content_type, self.charset, self.content_type_extra
        )

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Take a piece of it; nothing is left for other handlers."""
        assert self.upload is not None
        self.upload.take(raw_data)

    def file_complete(self, file_size: int) -> HashedUpload:
        """Hand the file over to the form."""
        assert self.upload is not None
        upload, self.upload = self.upload, None
        upload.complete()
        return upload

    def upload_interrupted(self) -> None:
        """Let a half file vanish at once."""
        if self.upload is not None:
            self.upload.close()
            self.upload = None


def remove_left(*, at: datetime) -> None:
    """Remove the half files that servers left when they were killed more than a day ago."""
    oldest = (at - _LIFE).timestamp()
    for path in Path(settings.FILE_UPLOAD_TEMP_DIR).glob(f"*{_SUFFIX}"):
        # Another sweep may be at it too.
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < oldest:
                path.unlink()
