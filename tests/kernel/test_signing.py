"""Signatures that claim no more than was done."""

import io
import struct
import zlib

import pytest
from django.db import DatabaseError, transaction
from PIL import Image, ImageDraw, ImageFile

from shopdisputes.actors import Actor, Role
from shopdisputes.canonical import sha256_hex
from shopdisputes.links.models import AccessLink
from shopdisputes.shops.models import Shop
from shopdisputes.signing import codes, services
from shopdisputes.signing.models import Signature, SignatureMethod
from tests.factories import NOW, AccessLinkFactory, EmailCodeFactory

pytestmark = pytest.mark.django_db

OWNER = Actor(role=Role.OWNER, name="Olga")
CUSTOMER = Actor(
    role=Role.CUSTOMER, name="Camille", ip_address="203.0.113.7", user_agent="Firefox " * 100
)


@pytest.fixture
def link(shop: Shop) -> AccessLink:
    return AccessLinkFactory(shop=shop)


def drawing(size: tuple[int, int] = (300, 100), kind: str = "PNG", mode: str = "RGBA") -> bytes:
    picture = Image.new(mode, size, (255, 255, 255, 0) if mode == "RGBA" else "white")
    ImageDraw.Draw(picture).line([(10, 10), (size[0] - 10, size[1] - 10)], "black", 3)
    file = io.BytesIO()
    picture.save(file, kind)
    return file.getvalue()


def blank(color: object, mode: str = "RGBA") -> bytes:
    file = io.BytesIO()
    Image.new(mode, (300, 100), color).save(file, "PNG")
    return file.getvalue()


def chunk(kind: bytes, data: bytes = b"") -> bytes:
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def bomb() -> bytes:
    """A small PNG that says it is 30,000 × 30,000 pixels."""
    head = struct.pack(">IIBBBBB", 30_000, 30_000, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 3751 * 30_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND")


def without_picture() -> bytes:
    """A PNG with a head and an end, and nothing between them."""
    head = struct.pack(">IIBBBBB", 300, 120, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IEND")


def sign(link: AccessLink | None, **given: object) -> Signature:
    shop = given.pop("shop", None) or link.shop
    facts: dict[str, object] = {
        "act": "estimate_authorization",
        "target_id": shop.pk,
        "repair_order_id": None,
        "signer_name": "Camille  Durand ",
        "method": SignatureMethod.TYPED,
        "image": None,
        "strokes": None,
        "text": None,
        "sentence": "I authorize 9.00 €.",
        "consent_text": None,
        "subject_sha256": sha256_hex("{}"),
        "shown_pdf_sha256": "",
        "code": None,
        "language": "en",
        "signer_timezone": "Europe/Paris",
        "witness": "",
        "email": "camille@customer.example",
        "by": CUSTOMER,
        "at": NOW,
    }
    return services.sign(shop=shop, link=link, **facts | given)


def test_a_typed_name_is_l1_and_keeps_no_drawing(link: AccessLink) -> None:
    made = sign(link, image=drawing(), strokes=[[1, 2]])

    kept = Signature.objects.get(pk=made.pk)
    assert (kept.evidence_level, kept.method, kept.signer_name) == ("L1", "typed", "Camille Durand")
    assert (kept.image, kept.image_sha256, kept.strokes) == (None, "", None)
    assert kept.sentence_sha256 == sha256_hex("I authorize 9.00 €.")
    assert (kept.ip_address, len(kept.user_agent)) == ("203.0.113.7", 400)
    assert (kept.signed_at, kept.signer_timezone) == (NOW, "Europe/Paris")


def test_a_drawing_is_l2_and_is_kept_as_it_came(link: AccessLink) -> None:
    image = drawing()

    made = sign(link, method=SignatureMethod.DRAWN, image=image, strokes=[{"points": [[1, 2]]}])

    kept = Signature.objects.get(pk=made.pk)
    assert (kept.evidence_level, bytes(kept.image)) == ("L2", image)
    assert kept.image_sha256 == sha256_hex(image)
    assert kept.strokes == [{"points": [[1, 2]]}]


@pytest.mark.parametrize(
    ("method", "image"), [(SignatureMethod.TYPED, None), (SignatureMethod.DRAWN, drawing())]
)
def test_with_a_verified_code_it_is_l3(
    link: AccessLink, method: SignatureMethod, image: bytes | None
) -> None:
    issued = codes.issue(link=link, at=NOW)
    code = codes.verify(link=link, digits=codes.digits_of(issued), at=NOW)

    made = sign(link, method=method, image=image, code=code)

    assert (made.evidence_level, made.method, made.code) == ("L3", method, code)


def test_on_paper_it_is_l5(shop: Shop) -> None:
    made = sign(None, shop=shop, method=SignatureMethod.PAPER, witness="Alix")

    assert (made.evidence_level, made.witness, made.link) == ("L5", "Alix", None)


def test_a_code_that_was_not_verified_proves_nothing(link: AccessLink) -> None:
    code = codes.issue(link=link, at=NOW)

    with pytest.raises(services.CodeNotVerified):
        sign(link, code=code)

    assert not Signature.objects.exists()


def test_a_code_of_another_link_proves_nothing(link: AccessLink) -> None:
    code = EmailCodeFactory(verified_at=NOW)

    with pytest.raises(services.CodeNotVerified):
        sign(link, code=code)
    with pytest.raises(services.CodeNotVerified):
        sign(None, shop=link.shop, code=code)


@pytest.mark.parametrize("name", ["", "   ", "\n\t", "\u202e\u200b", "...", "🙂"])
def test_nobody_signs_without_a_name(link: AccessLink, name: str) -> None:
    with pytest.raises(services.NameMissing) as refusal:
        sign(link, signer_name=name)

    assert list(refusal.value.fields) == ["signer_name"]
    assert not Signature.objects.exists()


EMPTY = "The drawn signature is empty. Draw it, or type your name instead."
LARGE = drawing() + b"\0" * (204_801 - len(drawing()))


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (None, "Draw your signature, or type your name instead."),
        (b"", "Draw your signature, or type your name instead."),
        (LARGE, "The drawn signature is larger than 200 KB."),
        (drawing(kind="GIF", mode="RGB"), "The drawn signature is not a PNG picture."),
        (drawing(kind="JPEG", mode="RGB"), "The drawn signature is not a PNG picture."),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "The drawn signature is not a PNG picture."),
        (drawing()[:60], "The drawn signature is not a PNG picture."),
        (drawing()[:300], "The drawn signature is not a PNG picture."),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 99, "The drawn signature is not a PNG picture."),
        (bomb(), "The drawn signature is not a PNG picture."),
        (without_picture(), "The drawn signature is not a PNG picture."),
        (drawing((4001, 50)), "The drawn signature is larger than 4,000 × 4,000 pixels."),
        (drawing((50, 4001)), "The drawn signature is larger than 4,000 × 4,000 pixels."),
        (
            blank((255, 255, 255, 0)),
            EMPTY,
        ),
        (blank((0, 0, 0, 0)), EMPTY),
        (
            blank("white", "RGB"),
            EMPTY,
        ),
        (blank(200, "L"), EMPTY),
    ],
    ids=[
        "none",
        "empty",
        "over-200-KB",
        "gif",
        "jpeg",
        "svg",
        "cut-short",
        "cut-in-the-picture",
        "only-the-head",
        "bomb",
        "without-picture",
        "too-wide",
        "too-high",
        "transparent",
        "transparent-black",
        "white",
        "pale",
    ],
)
def test_refuses_what_is_no_drawn_signature(
    link: AccessLink, image: bytes | None, message: str
) -> None:
    with pytest.raises(services.SignatureImageRefused) as refusal:
        sign(link, method=SignatureMethod.DRAWN, image=image)

    assert {name: str(text) for name, text in refusal.value.fields.items()} == {
        "signature": message
    }
    assert not Signature.objects.exists()


@pytest.mark.parametrize("tolerant", [True, False])
def test_a_picture_that_ends_in_the_middle_is_refused_however_tolerant_pillow_is(
    link: AccessLink, monkeypatch: pytest.MonkeyPatch, tolerant: bool
) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", tolerant)

    for length in (60, 300, len(drawing()) - 13):
        with pytest.raises(services.SignatureImageRefused):
            sign(link, method=SignatureMethod.DRAWN, image=drawing()[:length])


def test_takes_a_picture_of_exactly_200_kb(link: AccessLink) -> None:
    image = drawing() + b"\0" * (204_800 - len(drawing()))

    assert sign(link, method=SignatureMethod.DRAWN, image=image).evidence_level == "L2"


def test_a_signature_is_frozen(link: AccessLink) -> None:
    made = sign(link)

    with pytest.raises(DatabaseError), transaction.atomic():
        Signature.objects.filter(pk=made.pk).update(signer_name="Somebody else")
    with pytest.raises(DatabaseError), transaction.atomic():
        Signature.objects.filter(pk=made.pk).delete()
