"""Texts, codes and signatures."""

import uuid
from datetime import timedelta

import factory

from shopdisputes.canonical import sha256_hex
from shopdisputes.evidence import EvidenceLevel
from shopdisputes.signing.models import (
    EmailCode,
    LegalText,
    Signature,
    SignatureMethod,
    TextCode,
)
from tests.factories.base import ShopOwnedFactory, now
from tests.factories.links import AccessLinkFactory
from tests.factories.shops import ShopFactory


class LegalTextFactory(ShopOwnedFactory):
    """The second version of the sentence of authorization; a shop is born with the first."""

    class Meta:
        model = LegalText

    shop = factory.SubFactory(ShopFactory)
    code = TextCode.AUTHORIZATION
    language = "en"
    version = factory.Sequence(lambda n: n + 2)
    body = "I authorize #count lines for #amount."
    sha256 = factory.LazyAttribute(lambda text: sha256_hex(text.body))
    created_at = now


class EmailCodeFactory(ShopOwnedFactory):
    """A code that was not entered yet."""

    _parents = ("link",)

    class Meta:
        model = EmailCode

    shop = factory.SubFactory(ShopFactory)
    link = factory.SubFactory(AccessLinkFactory, shop=factory.SelfAttribute("..shop"))
    created_at = now
    expires_at = factory.LazyAttribute(lambda code: code.created_at + timedelta(minutes=10))


class SignatureFactory(ShopOwnedFactory):
    """A typed signature through a link."""

    _parents = ("link",)

    class Meta:
        model = Signature

    shop = factory.SubFactory(ShopFactory)
    act = "estimate_authorization"
    target_id = factory.LazyFunction(uuid.uuid4)
    link = factory.SubFactory(AccessLinkFactory, shop=factory.SelfAttribute("..shop"))
    evidence_level = EvidenceLevel.L1
    method = SignatureMethod.TYPED
    signer_name = "Camille Durand"
    signer_email = factory.LazyAttribute(lambda made: made.link.recipient if made.link else "")
    language = "en"
    sentence = "I authorize 2 lines for 223.08 €."
    sentence_sha256 = factory.LazyAttribute(lambda made: sha256_hex(made.sentence))
    subject_sha256 = sha256_hex("{}")
    signed_at = now
    signer_timezone = "Europe/Paris"
    ip_address = "203.0.113.7"
    user_agent = "Mozilla/5.0"
