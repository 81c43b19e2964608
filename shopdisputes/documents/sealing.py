"""The shop's electronic seal: proves that a PDF has not changed since it left here.

Each shop has a key of its own with a self-signed certificate. It is the shop's seal, never the
customer's cryptographic signature, and the documents say so.
"""

import io
import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID
from django.conf import settings
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers, timestamps
from pyhanko.sign.validation import (
    EmbeddedPdfSignature,
    SignatureCoverageLevel,
    validate_pdf_signature,
)
from pyhanko_certvalidator import ValidationContext

from shopdisputes.documents.states import TimestampState
from shopdisputes.shops.models import Shop

_FIELD = "ShopSeal"
_DIGEST = "sha256"
_KEY_BITS = 3072
_LIFE = timedelta(days=365 * 20)
_TIMESTAMP_TIMEOUT_SECONDS = 10


class SealKeyUnreadable(Exception):
    """The shop's key is there but does not open: wrong passphrase, or a damaged file.

    A new key is never made in its place: documents sealed before would look foreign.
    """


class TimestampAway(Exception):
    """The time-stamp authority did not answer; the document is not sealed without it."""


@dataclass(frozen=True)
class SealedPdf:
    """A sealed PDF; ``fingerprint`` is the SHA-256 of the sealing certificate."""

    content: bytes
    fingerprint: str
    timestamp_state: TimestampState


@dataclass(frozen=True)
class SealCheck:
    """What a PDF's seal proves. ``intact`` covers every byte of the file.

    ``problem`` says why a file that cannot even be read as a sealed PDF cannot.
    """

    sealed: bool
    intact: bool
    fingerprint: str = ""
    signer: str = ""
    sealed_at: datetime | None = None
    timestamp_state: TimestampState = TimestampState.NONE
    problem: str = ""


def seal(pdf: bytes, shop: Shop, *, at: datetime) -> SealedPdf:
    """Seal a PDF for a shop (PAdES B-B; B-T when a time-stamp authority is set).

    Raises:
        SealKeyUnreadable: see there.
        TimestampAway: see there.
    """
    signer = _signer(_key_file(shop, at=at))
    certificate = signer.signing_cert
    assert certificate is not None  # a PKCS#12 without one does not load
    stamper = (
        timestamps.HTTPTimeStamper(settings.TIMESTAMP_URL, timeout=_TIMESTAMP_TIMEOUT_SECONDS)
        if settings.TIMESTAMP_URL
        else None
    )
    metadata = signers.PdfSignatureMetadata(
        field_name=_FIELD,
        md_algorithm=_DIGEST,
        subfilter=fields.SigSeedSubFilter.PADES,
        name=shop.legal_name or shop.name,
        reason="Seal of the shop: the document has not changed since",
    )
    output = io.BytesIO()
    try:
        signers.sign_pdf(
            IncrementalPdfFileWriter(io.BytesIO(pdf)),
            metadata,
            signer=signer,
            timestamper=stamper,
            output=output,
        )
    except (timestamps.TimestampRequestError, OSError) as problem:
        raise TimestampAway(f"time-stamp authority: {problem}") from problem
    return SealedPdf(
        content=output.getvalue(),
        fingerprint=_fingerprint(certificate),
        timestamp_state=TimestampState.OK if stamper else TimestampState.NONE,
    )


def verify(pdf: bytes) -> SealCheck:
    """Check a PDF's seal, also one that comes from outside.

    Who made the seal is said by ``fingerprint``: compare it with the one kept at the document.
    """
    try:
        found = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures
        if not found:
            return SealCheck(sealed=False, intact=False)
        embedded = found[0]
        certificate = embedded.signer_cert
        # Self-signed: trust is in the fingerprint, the validation is of the bytes.
        status = validate_pdf_signature(
            embedded, ValidationContext(trust_roots=[certificate], allow_fetching=False)
        )
        whole = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
        as_written = _gap_is_as_written(pdf, embedded)
    except Exception as problem:
        # A damaged or hostile file breaks any part of a parser in any way.
        return SealCheck(sealed=False, intact=False, problem=str(problem))
    stamped = status.timestamp_validity is not None and status.timestamp_validity.intact
    return SealCheck(
        sealed=True,
        intact=bool(status.intact and status.valid and whole and len(found) == 1 and as_written),
        fingerprint=_fingerprint(certificate),
        signer=certificate.subject.native.get("common_name", ""),
        sealed_at=status.signer_reported_dt,
        timestamp_state=TimestampState.OK if stamped else TimestampState.NONE,
    )


def _gap_is_as_written(pdf: bytes, embedded: EmbeddedPdfSignature) -> bool:
    """Say whether the place that holds the seal itself has not a byte changed.

    The seal cannot cover its own place: a version number, the case of a hexadecimal letter or
    anything in the padding would go unnoticed. So the place is written anew from the parts that
    the seal does prove, and compared.
    """
    _start, gap_start, gap_end, _rest = (int(number) for number in embedded.byte_range)
    found = embedded.signer_info
    certificate = embedded.signer_cert
    signer_info = {
        "version": "v1",
        "sid": cms.SignerIdentifier(
            {
                "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                    {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
                )
            }
        ),
        "digest_algorithm": {"algorithm": _DIGEST},
        "signed_attrs": found["signed_attrs"],
        "signature_algorithm": {"algorithm": f"{_DIGEST}_rsa"},
        "signature": found["signature"],
    }
    if found["unsigned_attrs"]:
        signer_info["unsigned_attrs"] = found["unsigned_attrs"]
    anew = cms.ContentInfo(
        {
            "content_type": "signed_data",
            "content": cms.SignedData(
                {
                    "version": "v1",
                    "digest_algorithms": [{"algorithm": _DIGEST}],
                    "encap_content_info": {"content_type": "data"},
                    "certificates": [certificate],
                    "signer_infos": [signer_info],
                }
            ),
        }
    )
    written = anew.dump().hex().upper().encode()
    return pdf[gap_start:gap_end] == b"<%s>" % written.ljust(gap_end - gap_start - 2, b"0")


def fingerprint_of(shop: Shop, *, at: datetime) -> str:
    """Return the SHA-256 of the shop's sealing certificate; the key is made when it has none."""
    certificate = _signer(_key_file(shop, at=at)).signing_cert
    assert certificate is not None
    return _fingerprint(certificate)


def _fingerprint(certificate: asn1_x509.Certificate) -> str:
    return str(certificate.sha256.hex())


@lru_cache(maxsize=64)
def _signer(file: Path) -> signers.SimpleSigner:
    # Opening costs a deliberately slow key derivation, so each process does it once a shop.
    signer = signers.SimpleSigner.load_pkcs12(
        str(file), passphrase=settings.SEAL_PASSPHRASE.encode()
    )
    if signer is None:
        raise SealKeyUnreadable(f"the sealing key {file.name} does not open with SEAL_PASSPHRASE")
    return signer


def _key_file(shop: Shop, *, at: datetime) -> Path:
    """Return the file with the shop's key and certificate, made on first use."""
    folder = Path(settings.SEAL_DIR)
    file = folder / f"{shop.pk}.p12"
    if file.exists():
        return file
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = folder / f".{shop.pk}.{secrets.token_hex(8)}"
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as target:
            target.write(_new_key(shop, at=at))
            target.flush()
            os.fsync(target.fileno())
        # A link succeeds for one only: two workers that make a key at once end with the same.
        try:
            os.link(draft, file)
        except FileExistsError:
            return file
    finally:
        draft.unlink(missing_ok=True)
    _sync_folder(folder)
    return file


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _new_key(shop: Shop, *, at: datetime) -> bytes:
    key = rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)
    # A common name has at most 64 characters (X.520).
    common_name = f"{(shop.legal_name or shop.name)[:50]} · e-seal"
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, (shop.legal_name or shop.name)[:64]),
            x509.NameAttribute(NameOID.COUNTRY_NAME, shop.country),
        ]
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # Clocks of two machines may differ a little.
        .not_valid_before(at.astimezone(UTC) - timedelta(days=1))
        .not_valid_after(at.astimezone(UTC) + _LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                content_commitment=True,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=False,
                crl_sign=False,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .sign(key, hashes.SHA256())
    )
    return pkcs12.serialize_key_and_certificates(
        name=b"shop e-seal",
        key=key,
        cert=certificate,
        cas=None,
        encryption_algorithm=BestAvailableEncryption(settings.SEAL_PASSPHRASE.encode()),
    )
