"""Files that people bring."""

import factory
from django.core.files.base import ContentFile

from shopdisputes.canonical import sha256_hex
from shopdisputes.uploads.models import FileKind, StoredFile
from tests.factories.base import ShopOwnedFactory, now
from tests.factories.shops import ShopFactory

#: The smallest PNG: one transparent pixel.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


class StoredFileFactory(ShopOwnedFactory):
    """A kept PNG; ``content`` are its bytes."""

    class Meta:
        model = StoredFile

    class Params:
        content = factory.Sequence(lambda n: PNG + str(n).encode())

    shop = factory.SubFactory(ShopFactory)
    sha256 = factory.LazyAttribute(lambda stored: sha256_hex(stored.content))
    size = factory.LazyAttribute(lambda stored: len(stored.content))
    kind = FileKind.PNG
    name = "photo.png"
    file = factory.LazyAttribute(lambda stored: ContentFile(stored.content, name="photo.png"))
    uploaded_at = now
    uploaded_by = "Person 1"
