"""Where files lie: a folder of this machine, or a bucket that speaks the S3 protocol."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files import File
from django.core.files.storage import FileSystemStorage
from storages.backends.s3 import S3Storage

#: A presigned address opens a file to whoever has it, so it must soon be worth nothing.
ADDRESS_SECONDS = 300
#: One part of a transfer to a bucket; how much of a file is in memory at once follows from it.
PART_BYTES = 8 * 1024 * 1024
#: What is read back from a bucket lies in memory up to this size, then in a temporary file.
_IN_MEMORY_BYTES = 1024 * 1024

_OWNER_ONLY_FILE = 0o600
_OWNER_ONLY_FOLDER = 0o700


class LocalStorage(FileSystemStorage):
    """A folder. What ``save`` has returned for is on the disk, not merely on its way there.

    A row that names a file is written afterwards, so that a power cut leaves at most a file
    without a row. Only the owner of the process can read what lies there.
    """

    def __init__(self, **options: Any) -> None:
        options.setdefault("file_permissions_mode", _OWNER_ONLY_FILE)
        options.setdefault("directory_permissions_mode", _OWNER_ONLY_FOLDER)
        super().__init__(**options)

    def save(self, name: str | None, content: Any, max_length: int | None = None) -> str:
        """Store the content and return its name; it may have got another one."""
        saved: str = super().save(name, content, max_length)
        path = self.path(saved)
        _to_disk(path)
        # A name is in its folder, which may itself be new in the one above it.
        root = os.path.abspath(self.location)
        while path != root:
            path = os.path.dirname(path)
            _to_disk(path)
        return saved

    def written_below(self, folder: str) -> Iterator[tuple[str, datetime]]:
        """Return every file below a folder: its name and when it was written."""
        for place, _folders, names in os.walk(self.path(folder)):
            for name in names:
                path = os.path.join(place, name)
                try:
                    written = os.stat(path).st_mtime
                except FileNotFoundError:
                    # Somebody took it away while we looked.
                    continue
                relative = os.path.relpath(path, self.location)
                yield relative.replace(os.sep, "/"), datetime.fromtimestamp(written, UTC)


def _to_disk(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class BucketStorage(S3Storage):
    """A bucket. Files are read through addresses that expire, never through public ones.

    Raises:
        OSError: from every call, when the bucket cannot be reached or refuses; just as a disk
            that is full or gone does.
    """

    def get_default_settings(self) -> dict[str, Any]:
        """Return what holds for every bucket; the address of this one comes on top."""
        return super().get_default_settings() | {
            # A pool of threads would hold a part of the file in each of ten.
            "transfer_config": TransferConfig(
                use_threads=False,
                multipart_threshold=PART_BYTES,
                multipart_chunksize=PART_BYTES,
            ),
            "client_config": Config(
                signature_version="s3v4",
                # An upload waits for this; somebody stands before the screen.
                connect_timeout=3,
                read_timeout=30,
                retries={"mode": "standard", "total_max_attempts": 2},
                # Servers other than Amazon's do not know the newer check sums.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
            # What the sender said it is counts for nothing, whoever opens the bucket by mistake.
            "object_parameters": {
                "ContentType": "application/octet-stream",
                "ContentDisposition": "attachment",
            },
            "max_memory_size": _IN_MEMORY_BYTES,
            "default_acl": None,
            "querystring_auth": True,
            "querystring_expire": ADDRESS_SECONDS,
            "file_overwrite": False,
        }

    def _open(self, name: str, mode: str = "rb") -> File:
        with _reached():
            opened: File = super()._open(name, mode)
            return opened

    def save(self, name: str | None, content: Any, max_length: int | None = None) -> str:
        """Store the content in parts, one at a time in this thread; return its name."""
        with _reached():
            saved: str = super().save(name, content, max_length)
            return saved

    def size(self, name: str) -> int:
        """Return how many bytes it has."""
        with _reached():
            size: int = super().size(name)
            return size

    def delete(self, name: str) -> None:
        """Remove it; what is not there is no error."""
        with _reached():
            super().delete(name)

    def written_below(self, folder: str) -> Iterator[tuple[str, datetime]]:
        """Return every object below a folder: its name and when it was written."""
        with _reached():
            for found in self.bucket.objects.filter(Prefix=f"{folder}/"):
                yield found.key, found.last_modified

    def address(self, name: str, *, content_type: str, disposition: str, caching: str) -> str:
        """Return an address that gives the file for ``ADDRESS_SECONDS``, with these headers."""
        signed: str = self.url(
            name,
            parameters={
                "ResponseContentType": content_type,
                "ResponseContentDisposition": disposition,
                "ResponseCacheControl": caching,
            },
            expire=ADDRESS_SECONDS,
        )
        return signed


@contextmanager
def _reached() -> Iterator[None]:
    """Let a bucket fail as a disk does, so that no caller has to know which it is."""
    try:
        yield
    except (BotoCoreError, ClientError, Boto3Error) as error:
        raise OSError(f"The bucket does not answer as it should: {error}") from error
