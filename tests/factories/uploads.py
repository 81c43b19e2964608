"""Files that people bring."""

from typing import Any

import factory
from django.core.files.base import ContentFile

from shopdisputes.canonical import sha256_hex
from shopdisputes.uploads.models import FileKind, Intake, StoredFile
from shopdisputes.uploads.states import IntakeStatus
from tests import media
from tests.factories.base import ShopOwnedFactory, now
from tests.factories.shops import ShopFactory

#: The smallest PNG: one transparent pixel.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)

_NAMES = {
    FileKind.PNG: "photo.png",
    FileKind.JPEG: "photo.jpg",
    FileKind.PDF: "invoice.pdf",
    FileKind.MP4: "noise.mp4",
}


def _content(stored: Any, number: int) -> bytes:
    """Bytes of the kind that no other row of the factory has."""
    if stored.kind == FileKind.JPEG:
        return media.jpeg(160, 120, comment=str(number).encode())
    if stored.kind == FileKind.PDF:
        return media.pdf(pages=2, title=str(number))
    if stored.kind == FileKind.MP4:
        return media.mp4_of_size(len(media.mp4()) + 8 + number)
    return PNG + str(number).encode()


def _facts(stored: Any) -> dict[str, Any]:
    if stored.kind == FileKind.JPEG:
        return {"width": 160, "height": 120}
    if stored.kind == FileKind.PDF:
        return {"pages": 2}
    if stored.kind == FileKind.MP4:
        return {"width": 64, "height": 48, "duration_ms": 1000}
    return {"width": 1, "height": 1, "trailing_bytes": len(stored.content) - len(PNG)}


def preview(width: int, height: int) -> ContentFile:
    """A real JPEG as workers make them."""
    return ContentFile(media.jpeg(width, height), name="preview.jpg")


class IntakeFactory(ShopOwnedFactory):
    """What became of a file: it waits for its preview, with ``ready=True`` it has real ones."""

    _parents = ("file",)

    class Meta:
        model = Intake

    class Params:
        ready = factory.Trait(
            status=IntakeStatus.READY,
            ready_at=now,
            thumbnail=factory.LazyFunction(lambda: preview(160, 120)),
            web=factory.LazyFunction(lambda: preview(320, 240)),
            web_width=320,
            web_height=240,
        )

    file = factory.SubFactory(
        "tests.factories.uploads.StoredFileFactory",
        shop=factory.SelfAttribute("..shop"),
        intake=None,
    )
    shop = factory.SubFactory(ShopFactory)
    status = IntakeStatus.QUEUED
    created_at = now
    next_try_at = now


def _related(**traits: bool) -> factory.RelatedFactory:
    return factory.RelatedFactory(
        IntakeFactory, factory_related_name="file", shop=factory.SelfAttribute("..shop"), **traits
    )


class StoredFileFactory(ShopOwnedFactory):
    """A kept PNG that waits for its preview; ``content`` are its bytes.

    Traits: ``jpeg``, ``pdf`` (two pages), ``video`` (one second), and ``ready`` for real previews.
    Its intake is told by ``intake__…``; ``intake=None`` makes none.
    """

    class Meta:
        model = StoredFile
        skip_postgeneration_save = True

    class Params:
        number = factory.Sequence(int)
        content = factory.LazyAttribute(lambda stored: _content(stored, stored.number))
        jpeg = factory.Trait(kind=FileKind.JPEG)
        pdf = factory.Trait(kind=FileKind.PDF)
        video = factory.Trait(kind=FileKind.MP4)
        ready = factory.Trait(intake=_related(ready=True))

    shop = factory.SubFactory(ShopFactory)
    sha256 = factory.LazyAttribute(lambda stored: sha256_hex(stored.content))
    size = factory.LazyAttribute(lambda stored: len(stored.content))
    kind = FileKind.PNG
    name = factory.LazyAttribute(lambda stored: _NAMES[FileKind(stored.kind)])
    file = factory.LazyAttribute(lambda stored: ContentFile(stored.content, name=stored.name))
    facts = factory.LazyAttribute(_facts)
    uploaded_at = now
    uploaded_by = "Person 1"
    intake = _related()
