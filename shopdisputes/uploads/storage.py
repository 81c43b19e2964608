"""Where files lie: a folder of this machine, or a bucket that speaks the S3 protocol."""

import os
from typing import Any

from boto3.s3.transfer import TransferConfig
from django.core.files import File
from django.core.files.storage import FileSystemStorage
from storages.backends.s3 import S3Storage

#: A presigned address opens a file to whoever has it, so it must soon be worth nothing.
ADDRESS_SECONDS = 300
#: One part of a transfer to a bucket; how much of a file is in memory at once follows from it.
PART_BYTES = 8 * 1024 * 1024

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

    def _save(self, name: str, content: File) -> str:
        saved: str = super()._save(name, content)
        path = self.path(saved)
        _to_disk(path)
        # The name is in the folder, which may itself be new in the one above.
        root = os.path.abspath(self.location)
        folder = os.path.dirname(path)
        while folder.startswith(root):
            _to_disk(folder)
            if folder == root:
                break
            folder = os.path.dirname(folder)
        return saved


def _to_disk(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class BucketStorage(S3Storage):
    """A bucket. Files are read through addresses that expire, never through public ones."""

    def get_default_settings(self) -> dict[str, Any]:
        """Transfers run in this thread: a pool would hold a part of the file in each of ten."""
        return super().get_default_settings() | {
            "transfer_config": TransferConfig(
                use_threads=False,
                multipart_threshold=PART_BYTES,
                multipart_chunksize=PART_BYTES,
            ),
            "signature_version": "s3v4",
            "default_acl": None,
            "querystring_auth": True,
            "querystring_expire": ADDRESS_SECONDS,
            "file_overwrite": False,
        }

    def address(self, name: str, *, content_type: str, disposition: str, caching: str) -> str:
        """Return an address that gives the file for ``ADDRESS_SECONDS``, with these headers.

        Whoever stored the object may have given it another type; what is asked for here counts.
        """
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
