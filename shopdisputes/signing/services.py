"""Signing: what was accepted, by whom and how is written down once and for ever."""

import io
import warnings
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from PIL import Image

from shopdisputes.actors import Actor
from shopdisputes.canonical import sha256_hex
from shopdisputes.errors import Refused
from shopdisputes.evidence import EvidenceLevel
from shopdisputes.links.models import AccessLink
from shopdisputes.shops.models import Shop
from shopdisputes.signing.models import EmailCode, LegalText, Signature, SignatureMethod

#: 200 KB.
LARGEST_IMAGE_BYTES = 204_800
LARGEST_IMAGE_SIDE = 4000
#: Fewer dark pixels are a slip of the finger, not a signature.
FEWEST_DARK_PIXELS = 40
_DARK = 128
_PNG_HEAD = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, kw_only=True)
class DrawnSignature:
    """A drawing: a PNG, and the strokes it was made of (JSON data), if the page kept them."""

    image: bytes
    strokes: Any = None


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """The exact words that are signed, and the text they were made of."""

    text: LegalText
    words: str


class NameMissing(Refused):
    """Nobody signs without a name."""

    code = "name-missing"
    default_message = _("Write your full name.")


class SignatureImageRefused(Refused):
    """The drawing is not a PNG picture of a signature within the limits."""

    code = "signature-image-refused"
    default_message = _("The drawn signature cannot be used.")


class CodeNotVerified(Refused):
    """The code was not verified, or belongs to another link."""

    code = "code-not-verified"
    default_message = _("The code from the e-mail has not been checked.")


@transaction.atomic
def sign(
    *,
    shop: Shop,
    act: str,
    target_id: UUID,
    repair_order_id: UUID | None,
    link: AccessLink | None,
    signer_name: str,
    method: SignatureMethod,
    image: bytes | None,
    strokes: Any,
    text: LegalText | None,
    sentence: str,
    consent_text: LegalText | None,
    subject_sha256: str,
    shown_pdf_sha256: str,
    code: EmailCode | None,
    language: str,
    signer_timezone: str,
    witness: str,
    email: str,
    by: Actor,
    at: datetime,
) -> Signature:
    """Write down a signature, in the transaction of the act that it signs.

    ``sentence`` is the text exactly as it was shown; ``subject_sha256`` the hash of the
    canonical JSON of what is signed. ``code`` must come from ``codes.verify``. The evidence
    level follows from these facts and never claims more: paper is L5, with a verified code L3,
    drawn L2, typed L1. Address and browser are taken from ``by``.

    Raises:
        NameMissing: ``signer_name`` has no letter.
        SignatureImageRefused: the drawing is missing, not a PNG, too large or blank.
        CodeNotVerified: ``code`` was not verified or is of another link.
    """
    name = " ".join(signer_name.split())
    if not is_readable(name):
        raise NameMissing(fields={"signer_name": NameMissing.default_message})
    if code is not None and (code.verified_at is None or link is None or code.link_id != link.pk):
        raise CodeNotVerified(fields={"code": CodeNotVerified.default_message})
    if method == SignatureMethod.DRAWN:
        check_image(image)
    else:
        image, strokes = None, None
    return Signature.objects.create(
        shop=shop,
        act=act,
        target_id=target_id,
        repair_order_id=repair_order_id,
        link=link,
        evidence_level=_level(method, code),
        method=method,
        signer_name=name[:200],
        signer_email=email,
        language=language,
        text=text,
        sentence=sentence,
        sentence_sha256=sha256_hex(sentence),
        consent_text=consent_text,
        subject_sha256=subject_sha256,
        shown_pdf_sha256=shown_pdf_sha256,
        image=image,
        image_sha256=sha256_hex(image) if image else "",
        strokes=strokes,
        signed_at=at,
        signer_timezone=signer_timezone[:60],
        ip_address=by.ip_address,
        user_agent=by.user_agent[:400],
        code=code,
        witness=witness,
    )


def is_readable(name: str) -> bool:
    """Say whether there is a letter in a name: signs that nobody sees name nobody."""
    return any(character.isalpha() for character in name)


def _level(method: SignatureMethod, code: EmailCode | None) -> EvidenceLevel:
    if method == SignatureMethod.PAPER:
        return EvidenceLevel.L5
    if code is not None:
        return EvidenceLevel.L3
    return EvidenceLevel.L2 if method == SignatureMethod.DRAWN else EvidenceLevel.L1


def check_image(image: bytes | None) -> None:
    """Accept a PNG of at most 204,800 bytes and 4,000 × 4,000 pixels that shows something dark.

    The content decides, whatever name or type it came with.

    Raises:
        SignatureImageRefused: with the reason at the field ``signature``.
    """
    if not image:
        raise _refused(_("Draw your signature, or type your name instead."))
    if len(image) > LARGEST_IMAGE_BYTES:
        raise _refused(_("The drawn signature is larger than 200 KB."))
    if not image.startswith(_PNG_HEAD):
        raise _refused(_("The drawn signature is not a PNG picture."))
    try:
        dark = _dark_pixels(image)
    except (
        *(OSError, ValueError, SyntaxError, LookupError),
        *(Image.DecompressionBombError, Warning),
    ) as error:
        raise _refused(_("The drawn signature is not a PNG picture.")) from error
    if dark < FEWEST_DARK_PIXELS:
        raise _refused(_("The drawn signature is empty. Draw it, or type your name instead."))


def _dark_pixels(image: bytes) -> int:
    """Count the pixels that are dark on white paper.

    Raises:
        SignatureImageRefused: more than 4,000 pixels wide or high.
        OSError, ValueError, SyntaxError, LookupError: not a PNG that can be decoded.
    """
    with warnings.catch_warnings():
        # Pillow only warns of a picture that unpacks to something huge.
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with Image.open(io.BytesIO(image), formats=["PNG"]) as picture:
            # The size stands in the head: a small file that unpacks to gigabytes ends here.
            if max(picture.size) > LARGEST_IMAGE_SIDE:
                raise _refused(_("The drawn signature is larger than 4,000 × 4,000 pixels."))
            # WeasyPrint makes Pillow accept pictures that end in the middle; this does not.
            picture.verify()
        with Image.open(io.BytesIO(image), formats=["PNG"]) as picture:
            ink = picture.convert("RGBA")
    paper = Image.new("RGBA", ink.size, "white")
    grey = Image.alpha_composite(paper, ink).convert("L")
    return sum(grey.histogram()[:_DARK])


def _refused(reason: Any) -> SignatureImageRefused:
    return SignatureImageRefused(fields={"signature": reason})
