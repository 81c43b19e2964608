"""Signing: texts in versions, codes by e-mail, and signatures that claim no more than was done."""

import io
import struct
import zlib
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from PIL import Image, ImageDraw, ImageFile

from shopdisputes.actors import Actor, Role
from shopdisputes.audit.models import AuditEvent
from shopdisputes.canonical import sha256_hex
from shopdisputes.links.models import AccessLink
from shopdisputes.shops.models import Shop
from shopdisputes.signing import codes, services, texts
from shopdisputes.signing.models import (
    EmailCode,
    LegalText,
    Signature,
    SignatureMethod,
    TextCode,
)
from tests.factories import (
    NOW,
    AccessLinkFactory,
    EmailCodeFactory,
    LegalTextFactory,
    ShopFactory,
)

pytestmark = pytest.mark.django_db

OWNER = Actor(role=Role.OWNER, name="Olga")
CUSTOMER = Actor(
    role=Role.CUSTOMER, name="Camille", ip_address="203.0.113.7", user_agent="Firefox " * 100
)


# --- texts ----------------------------------------------------------------------------------


def test_a_shop_starts_with_every_text_in_every_language(shop: Shop) -> None:
    texts.install(shop=shop, at=NOW)
    texts.install(shop=shop, at=NOW)

    rows = LegalText.objects.for_shop(shop)
    assert rows.count() == len(TextCode) * 3
    assert {(text.version, text.sha256 == sha256_hex(text.body)) for text in rows} == {(1, True)}


@pytest.mark.parametrize("language", ["en", "fr", "ru"])
def test_the_ready_made_texts_use_known_hashtags_and_name_the_amount(language: str) -> None:
    made = texts.ready_made(language)

    assert set(made) == set(TextCode)
    for body in made.values():
        assert set(texts._HASHTAG.findall(body)) <= texts.HASHTAGS
    assert {"amount", "count", "number", "revision", "shop"} == set(
        texts._HASHTAG.findall(made[TextCode.AUTHORIZATION])
    )


def test_editing_makes_the_next_version_and_keeps_the_old(shop: Shop) -> None:
    texts.install(shop=shop, at=NOW)
    first = LegalText.objects.for_shop(shop).current(code="authorization", language="fr")

    second = texts.change(
        shop=shop,
        code="authorization",
        language="fr",
        body="Je commande\r\npour #amount.  ",
        by=OWNER,
        at=NOW,
    )

    assert (second.version, second.body) == (2, "Je commande\npour #amount.")
    rows = LegalText.objects.for_shop(shop)
    assert rows.current(code="authorization", language="fr") == second
    assert rows.get(pk=first.pk).body == first.body
    event = AuditEvent.objects.get()
    assert (event.action, event.data["version"]) == ("text.changed", 2)


def test_the_same_wording_again_changes_nothing(shop: Shop) -> None:
    texts.install(shop=shop, at=NOW)
    text = LegalText.objects.for_shop(shop).current(code="authorization", language="en")

    same = texts.change(
        shop=shop, code="authorization", language="en", body=text.body, by=OWNER, at=NOW
    )

    assert same == text
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("  \n ", "Write the text."),
        ("a" * 4001, "At most 4,000 characters."),
        (
            "For #amount and #price",
            "Not a known hashtag: #price."
            " Known are #amount, #choice, #count, #number, #revision, #shop.",
        ),
    ],
)
def test_refuses_a_text_that_cannot_stand(shop: Shop, body: str, message: str) -> None:
    with pytest.raises(texts.TextRefused) as refusal:
        texts.change(shop=shop, code="authorization", language="en", body=body, by=OWNER, at=NOW)

    assert str(refusal.value.fields["body"]) == message
    assert not LegalText.objects.filter(version__gt=1).exists()
    assert not AuditEvent.objects.exists()


def test_a_version_is_frozen() -> None:
    text = LegalTextFactory()

    with pytest.raises(DatabaseError), transaction.atomic():
        LegalText.objects.filter(pk=text.pk).update(body="other")


def test_hashtags_are_replaced_once_and_values_never_again() -> None:
    text = LegalTextFactory.build(shop=None, body="#shop: #count lines, #amount. #unknown #amounts")

    assert texts.render(text, shop="#amount & Co", count=2, amount="9.00 €") == (
        "#amount & Co: 2 lines, 9.00 €. #unknown #amounts"
    )


# --- codes ----------------------------------------------------------------------------------


@pytest.fixture
def link(shop: Shop) -> AccessLink:
    return AccessLinkFactory(shop=shop)


def wrong(code: EmailCode) -> str:
    return f"{(int(codes.digits_of(code)) + 1) % 1_000_000:06d}"


def test_a_code_is_six_digits_that_are_stored_nowhere(link: AccessLink) -> None:
    code = codes.issue(link=link, at=NOW)

    digits = codes.digits_of(code)
    assert len(digits) == 6
    assert digits.isdigit()
    assert digits == codes.digits_of(EmailCode.objects.get(pk=code.pk))
    row = EmailCode.objects.filter(pk=code.pk).values().get()
    assert all(digits not in str(value) for name, value in row.items() if name != "id")


def test_digits_are_spread_over_all_numbers() -> None:
    found = [codes.digits_of(EmailCodeFactory.build(shop=None, link=None)) for _ in range(500)]

    assert len(set(found)) > 495
    assert {digits[0] for digits in found} == set("0123456789")


@pytest.mark.parametrize("form", ["{}", " {} ", "{0[0]}{0[1]}{0[2]} {0[3]}{0[4]}{0[5]}"])
def test_the_right_digits_are_noted(link: AccessLink, form: str) -> None:
    code = codes.issue(link=link, at=NOW)

    verified = codes.verify(link=link, digits=form.format(codes.digits_of(code)), at=NOW)

    assert (verified.pk, verified.verified_at, verified.attempts) == (code.pk, NOW, 0)


def test_a_double_click_finds_the_code_still_good(link: AccessLink) -> None:
    code = codes.issue(link=link, at=NOW)
    for seconds in range(8):
        verified = codes.verify(
            link=link, digits=codes.digits_of(code), at=NOW + timedelta(seconds=seconds)
        )

    assert verified.verified_at == NOW


def test_five_wrong_tries_end_a_code(link: AccessLink) -> None:
    code = codes.issue(link=link, at=NOW)
    for _ in range(5):
        with pytest.raises(codes.WrongCode) as refusal:
            codes.verify(link=link, digits=wrong(code), at=NOW)
    assert list(refusal.value.fields) == ["code"]

    with pytest.raises(codes.TooManyTries):
        codes.verify(link=link, digits=codes.digits_of(code), at=NOW)

    assert EmailCode.objects.get().verified_at is None


@pytest.mark.django_db(transaction=True)
def test_a_wrong_try_stays_counted_and_cannot_be_rolled_back(link: AccessLink) -> None:
    code = codes.issue(link=link, at=NOW)

    with pytest.raises(codes.WrongCode):
        codes.verify(link=link, digits=wrong(code), at=NOW)
    with pytest.raises(RuntimeError), transaction.atomic():
        codes.verify(link=link, digits=wrong(code), at=NOW)

    assert EmailCode.objects.get().attempts == 1


@pytest.mark.parametrize("digits", ["", "abcdef", "12345", "1234567", "٠١٢٣٤٥"])
def test_what_is_not_the_six_digits_is_wrong(link: AccessLink, digits: str) -> None:
    codes.issue(link=link, at=NOW)

    with pytest.raises(codes.WrongCode):
        codes.verify(link=link, digits=digits, at=NOW)


def test_a_code_lives_ten_minutes(link: AccessLink) -> None:
    code = codes.issue(link=link, at=NOW)
    digits = codes.digits_of(code)

    codes.verify(link=link, digits=digits, at=NOW + timedelta(minutes=9, seconds=59))
    with pytest.raises(codes.CodeExpired):
        codes.verify(link=link, digits=digits, at=NOW + timedelta(minutes=10))


def test_without_a_code_there_is_nothing_to_verify(link: AccessLink) -> None:
    with pytest.raises(codes.CodeExpired):
        codes.verify(link=link, digits="123456", at=NOW)


def test_a_new_code_replaces_the_one_before(link: AccessLink) -> None:
    first = codes.issue(link=link, at=NOW)
    second = codes.issue(link=link, at=NOW + timedelta(seconds=1))
    later = NOW + timedelta(seconds=2)

    with pytest.raises(codes.WrongCode):
        codes.verify(link=link, digits=codes.digits_of(first), at=later)
    assert codes.verify(link=link, digits=codes.digits_of(second), at=later) == second


def test_the_code_of_another_link_does_not_open_this_one(link: AccessLink) -> None:
    other = codes.issue(link=AccessLinkFactory(shop=link.shop), at=NOW)
    codes.issue(link=link, at=NOW)

    with pytest.raises(codes.WrongCode):
        codes.verify(link=link, digits=codes.digits_of(other), at=NOW)


def test_three_codes_an_hour_and_no_more(link: AccessLink) -> None:
    for minute in range(3):
        codes.issue(link=link, at=NOW + timedelta(minutes=minute))

    with pytest.raises(codes.TooManyCodes):
        codes.issue(link=link, at=NOW + timedelta(minutes=59))

    assert EmailCode.objects.count() == 3
    codes.issue(link=AccessLinkFactory(shop=link.shop), at=NOW + timedelta(minutes=59))
    codes.issue(link=link, at=NOW + timedelta(minutes=60))


# --- signatures -----------------------------------------------------------------------------


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


def test_texts_of_one_shop_are_not_those_of_another(shop: Shop) -> None:
    texts.install(shop=shop, at=NOW)
    other = ShopFactory()
    texts.install(shop=other, at=NOW)
    texts.change(
        shop=other, code="authorization", language="en", body="Only ours.", by=OWNER, at=NOW
    )

    assert (
        LegalText.objects.for_shop(shop).current(code="authorization", language="en").version == 1
    )


def test_a_text_says_which_version_in_which_language_it_is(shop: Shop) -> None:
    texts.install(shop=shop, at=NOW)
    text = LegalText.objects.for_shop(shop).current(code="authorization", language="en")
    assert str(text) == "Sentence of authorization · en · 1"
