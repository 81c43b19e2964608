"""Frozen texts and their PDFs."""

import uuid

import factory
from django.core.files.base import ContentFile

from shopdisputes.canonical import sha256_hex
from shopdisputes.documents.models import Document, DocumentKind
from shopdisputes.documents.states import DocumentStatus
from tests.factories.base import ShopOwnedFactory, now
from tests.factories.shops import ShopFactory

PDF = b"%PDF-1.7\n%%EOF\n"


class DocumentFactory(ShopOwnedFactory):
    """A text that waits for the typesetter; trait ``ready``: with a PDF of no pages."""

    class Meta:
        model = Document

    class Params:
        ready = factory.Trait(
            status=DocumentStatus.READY,
            file=factory.LazyFunction(lambda: ContentFile(PDF, name="document.pdf")),
            sha256=sha256_hex(PDF),
            size=len(PDF),
            pages=1,
            ready_at=now,
        )

    shop = factory.SubFactory(ShopFactory)
    kind = DocumentKind.ESTIMATE
    title = "Estimate EST-2026-0001"
    filename = "EST-2026-0001.pdf"
    language = "en"
    target_id = factory.LazyFunction(uuid.uuid4)
    html = "<!doctype html><html lang='en'><title>Estimate</title><p>Estimate</p></html>"
    created_at = now
    next_try_at = now
