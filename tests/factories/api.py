"""Tokens of other programs, and what they have asked before."""

import factory

from shopdisputes.accounts.models import ApiToken, SavedView
from shopdisputes.api.models import IdempotencyRecord
from shopdisputes.canonical import sha256_hex
from tests.factories.accounts import UserFactory
from tests.factories.base import ShopOwnedFactory, now
from tests.factories.shops import ShopFactory


class ApiTokenFactory(ShopOwnedFactory):
    """A live token; ``key`` is what the program sends."""

    class Meta:
        model = ApiToken

    class Params:
        key = factory.Sequence(lambda n: f"key-of-a-program-number-{n:06d}")

    shop = factory.SubFactory(ShopFactory)
    user = factory.SubFactory(UserFactory)
    label = "Accounting"
    key_sha256 = factory.LazyAttribute(lambda token: sha256_hex(token.key))
    hint = factory.LazyAttribute(lambda token: token.key[:8])
    created_at = now


class SavedViewFactory(ShopOwnedFactory):
    """The unpaid invoices, kept under a name."""

    class Meta:
        model = SavedView

    shop = factory.SubFactory(ShopFactory)
    user = factory.SubFactory(UserFactory)
    page = "invoice-list"
    name = "Unpaid"
    query = "show=unpaid"
    created_at = now


class IdempotencyRecordFactory(ShopOwnedFactory):
    """An answer given to a POST."""

    class Meta:
        model = IdempotencyRecord

    shop = factory.SubFactory(ShopFactory)
    user = factory.SubFactory(UserFactory)
    key = factory.Sequence(lambda n: f"request-{n}")
    request_sha256 = sha256_hex("a request")
    status = 201
    body = factory.LazyFunction(dict)
    created_at = now
