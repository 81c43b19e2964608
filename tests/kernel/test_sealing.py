"""The shop's seal: valid for pyHanko, broken by one changed byte, made once with one key."""

import io
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import pkcs12
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from shopdisputes.audit.models import AuditEvent
from shopdisputes.documents import sealing
from shopdisputes.documents.models import Document
from shopdisputes.documents.tasks import drain
from shopdisputes.documents.typesetting import typeset
from shopdisputes.shops.models import Shop
from tests.authority import timestamp_authority
from tests.factories import NOW, DocumentFactory, ShopFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_key_is_remembered() -> Iterator[None]:
    """Each test has a folder of keys of its own."""
    yield
    sealing._signer.cache_clear()


def again(document: Document) -> Document:
    return Document.objects.get(pk=document.pk)


def bytes_of(document: Document) -> bytes:
    with document.file.open("rb") as file:
        content: bytes = file.read()
        return content


@pytest.fixture
def sealed(shop: Shop) -> Document:
    document = DocumentFactory(shop=shop, seal_wanted=True)
    drain()
    return again(document)


def test_a_sealed_document_validates_with_pyhanko(sealed: Document) -> None:
    reader = PdfFileReader(io.BytesIO(bytes_of(sealed)))
    (signature,) = reader.embedded_regular_signatures
    status = validate_pdf_signature(
        signature, ValidationContext(trust_roots=[signature.signer_cert])
    )

    assert (status.intact, status.valid, status.trusted, status.bottom_line) == (True,) * 4
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert sealed.timestamp_state == "none"


def test_says_who_sealed_it_and_with_which_key(sealed: Document) -> None:
    check = sealing.verify(bytes_of(sealed))

    assert (check.sealed, check.intact) == (True, True)
    assert check.signer == f"{sealed.shop.legal_name} · e-seal"
    assert check.fingerprint == sealed.seal_fingerprint
    assert check.fingerprint == sealing.fingerprint_of(sealed.shop, at=NOW)
    assert check.sealed_at == NOW


def test_the_sealing_is_in_the_audit_trail(sealed: Document) -> None:
    event = AuditEvent.objects.get(action="document.sealed")

    assert (event.target_id, event.actor_role) == (sealed.pk, "system")
    assert event.data["sha256"] == sealed.sha256
    assert event.data["seal_fingerprint"] == sealed.seal_fingerprint


def test_any_changed_byte_breaks_the_seal(sealed: Document) -> None:
    content = bytes_of(sealed)
    chance = random.Random(7)

    for position in [0, 8, len(content) - 1, *chance.sample(range(len(content)), 60)]:
        changed = bytearray(content)
        changed[position] ^= 1 << chance.randrange(8)
        check = sealing.verify(bytes(changed))
        assert not check.intact, position


def test_added_and_missing_bytes_break_the_seal(sealed: Document) -> None:
    content = bytes_of(sealed)

    assert not sealing.verify(content + b"\n").intact
    assert not sealing.verify(content[:-1]).intact


def test_a_later_revision_of_the_file_breaks_the_seal(sealed: Document) -> None:
    writer = IncrementalPdfFileWriter(io.BytesIO(bytes_of(sealed)))
    writer.root["/Lang"] = writer.root["/Lang"]
    writer.update_root()
    output = io.BytesIO()
    writer.write(output)

    check = sealing.verify(output.getvalue())

    assert (check.sealed, check.intact) == (True, False)


def test_a_pdf_without_a_seal_is_called_so() -> None:
    content = typeset(DocumentFactory(), at=NOW).content

    assert sealing.verify(content) == sealing.SealCheck(sealed=False, intact=False)


@pytest.mark.parametrize("content", [b"", b"not a PDF", b"%PDF-1.7\n%%EOF\n", b"%PDF-1.7" * 99])
def test_what_is_no_pdf_has_no_seal(content: bytes) -> None:
    check = sealing.verify(content)

    assert (check.sealed, check.intact) == (False, False)
    assert check.problem


def test_the_seal_of_another_key_has_another_fingerprint(sealed: Document) -> None:
    other = DocumentFactory(shop=ShopFactory(), seal_wanted=True)
    drain()

    check = sealing.verify(bytes_of(again(other)))

    assert check.intact
    assert check.fingerprint != sealed.seal_fingerprint


def test_the_key_lies_encrypted_and_readable_by_its_owner_only(
    sealed: Document, settings: object
) -> None:
    (file,) = Path(settings.SEAL_DIR).iterdir()

    assert file.name == f"{sealed.shop_id}.p12"
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    with pytest.raises(ValueError, match="password"):
        pkcs12.load_key_and_certificates(file.read_bytes(), b"another passphrase")


def test_workers_that_make_a_key_at_once_end_with_the_same(shop: Shop, settings: object) -> None:
    with ThreadPoolExecutor(4) as pool:
        files = list(pool.map(lambda _n: sealing._key_file(shop, at=NOW), range(4)))

    assert len(set(files)) == 1
    assert [file.name for file in Path(settings.SEAL_DIR).iterdir()] == [f"{shop.pk}.p12"]


def test_a_key_that_does_not_open_is_never_replaced(sealed: Document, settings: object) -> None:
    (file,) = Path(settings.SEAL_DIR).iterdir()
    key = file.read_bytes()
    sealing._signer.cache_clear()
    settings.SEAL_PASSPHRASE = "another passphrase"
    document = DocumentFactory(shop=sealed.shop, seal_wanted=True)

    drain()

    assert file.read_bytes() == key
    assert again(document).status == "queued"
    assert "does not open with SEAL_PASSPHRASE" in again(document).last_error


def test_a_time_stamp_is_part_of_the_seal(shop: Shop, settings: object) -> None:
    with timestamp_authority() as address:
        settings.TIMESTAMP_URL = address
        document = DocumentFactory(shop=shop, seal_wanted=True)
        drain()

    assert (again(document).status, again(document).timestamp_state) == ("ready", "ok")
    check = sealing.verify(bytes_of(again(document)))
    assert (check.intact, check.timestamp_state) == (True, "ok")


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/", "http://authority.invalid/"])
def test_without_its_time_stamp_a_document_waits_and_says_so(
    shop: Shop, settings: object, address: str
) -> None:
    settings.TIMESTAMP_URL = address
    document = DocumentFactory(shop=shop, seal_wanted=True)

    drain()

    waiting = again(document)
    assert (waiting.status, waiting.timestamp_state) == ("queued", "pending")
    assert "TimestampAway" in waiting.last_error
    assert waiting.next_try_at == NOW + timedelta(minutes=1)
    assert not AuditEvent.objects.exists()

    with timestamp_authority() as there:
        settings.TIMESTAMP_URL = there
        drain(at=(NOW + timedelta(minutes=1)).isoformat())
    assert (again(document).status, again(document).timestamp_state) == ("ready", "ok")
