"""What must hold across the kernel's rows, always; each finding is one sentence."""

import hashlib
from collections.abc import Iterator
from itertools import chain
from typing import Any

from django.apps import apps
from django.core.files import File
from django.db.models import F, QuerySet

from shopdisputes.audit import services as audit
from shopdisputes.canonical import sha256_hex
from shopdisputes.documents.models import Document
from shopdisputes.documents.states import DocumentStatus
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.shops.models import Counter, Shop, ShopOwned
from shopdisputes.signing.models import LegalText, Signature
from shopdisputes.uploads.models import StoredFile

_CHUNK = 500


def broken() -> Iterator[str]:
    """Yield a sentence for everything that is not as it must be; none when all is well."""
    for shop in Shop.objects.order_by("slug"):
        yield from audit.broken_events(shop)
        yield from broken_numbers(shop, RepairOrder.objects.for_shop(shop), series="RO")
    yield from _strangers()
    yield from _files()
    yield from _texts()


def broken_numbers(shop: Shop, rows: QuerySet[Any], *, series: str) -> Iterator[str]:
    """Yield a sentence for each year in which a series does not run from 1 to its counter."""
    for counter in Counter.objects.for_shop(shop).filter(series=series).order_by("year"):
        prefix = f"{series}-{counter.year}-"
        given = {
            int(number.removeprefix(prefix))
            for number in rows.filter(number__startswith=prefix).values_list("number", flat=True)
        }
        missing = sorted(set(range(1, counter.last + 1)) - given)
        if missing:
            yield f"{shop.slug}: {prefix} lacks the numbers {missing[:10]}"
        if given and max(given) > counter.last:
            yield f"{shop.slug}: {prefix} has numbers beyond the counter's {counter.last}"


def _strangers() -> Iterator[str]:
    """What hangs together belongs to one shop, in every app."""
    for model in apps.get_models():
        if not issubclass(model, ShopOwned):
            continue
        for field in (*model._meta.concrete_fields, *model._meta.many_to_many):
            related = field.related_model
            if not isinstance(related, type) or not issubclass(related, ShopOwned):
                continue
            rows = model._default_manager.annotate(its_shop=F(f"{field.name}__shop"))
            strangers = rows.filter(its_shop__isnull=False).exclude(its_shop=F("shop"))
            for key in strangers.order_by("pk").distinct().values_list("pk", flat=True):
                yield f"{model._meta.label_lower} {key} and its {field.name} are of two shops"


def _files() -> Iterator[str]:
    """Every stored file is there and is the one whose hash was noted."""
    ready = Document.objects.filter(status=DocumentStatus.READY).order_by("pk")
    for row in chain(_each(ready), _each(StoredFile.objects.order_by("pk"))):
        try:
            with row.file.open("rb") as file:
                digest = _hash_of(file)
        except OSError as problem:
            yield f"{row._meta.label_lower} {row.pk}: its file cannot be read: {problem}"
            continue
        if digest != row.sha256:
            yield f"{row._meta.label_lower} {row.pk}: its file is not the one that was stored"


def _texts() -> Iterator[str]:
    """What was accepted still has the hash that was noted when it was."""
    for text in _each(LegalText.objects.order_by("pk")):
        if sha256_hex(text.body) != text.sha256:
            yield f"signing.legaltext {text.pk}: the wording was changed"
    for signature in _each(Signature.objects.order_by("pk")):
        if sha256_hex(signature.sentence) != signature.sentence_sha256:
            yield f"signing.signature {signature.pk}: the sentence was changed"
        image = bytes(signature.image) if signature.image else None
        if image and sha256_hex(image) != signature.image_sha256:
            yield f"signing.signature {signature.pk}: the drawing was changed"


def _each(rows: QuerySet[Any]) -> Iterator[Any]:
    return rows.iterator(chunk_size=_CHUNK)


def _hash_of(file: File) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return digest.hexdigest()
