"""The sentences that people sign: in versions that never change, with their hashtags."""

import pytest
from django.db import DatabaseError, transaction

from shopdisputes.actors import Actor, Role
from shopdisputes.audit.models import AuditEvent
from shopdisputes.canonical import sha256_hex
from shopdisputes.shops.models import Shop
from shopdisputes.signing import texts
from shopdisputes.signing.models import LegalText, TextCode
from tests.factories import NOW, LegalTextFactory, ShopFactory

pytestmark = pytest.mark.django_db

OWNER = Actor(role=Role.OWNER, name="Olga")
CUSTOMER = Actor(
    role=Role.CUSTOMER, name="Camille", ip_address="203.0.113.7", user_agent="Firefox " * 100
)


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
