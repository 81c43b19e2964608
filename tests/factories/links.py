"""Links that let customers in."""

import uuid
from datetime import timedelta

import factory
from django.utils import timezone

from shopdisputes.links.models import AccessLink, LinkPurpose
from tests.factories.base import ShopOwnedFactory, now
from tests.factories.shops import ShopFactory


class AccessLinkFactory(ShopOwnedFactory):
    """A live link to an estimate's revision; traits ``expired`` and ``revoked``."""

    class Meta:
        model = AccessLink

    class Params:
        expired = factory.Trait(
            created_at=factory.LazyFunction(lambda: timezone.now() - timedelta(days=31)),
            expires_at=factory.LazyFunction(lambda: timezone.now() - timedelta(days=1)),
        )
        revoked = factory.Trait(revoked_at=now)

    shop = factory.SubFactory(ShopFactory)
    purpose = LinkPurpose.ESTIMATE
    target_id = factory.LazyFunction(uuid.uuid4)
    recipient = factory.Sequence(lambda n: f"camille{n}@customer.example")
    recipient_name = "Camille Durand"
    language = "en"
    created_at = now
    expires_at = factory.LazyAttribute(lambda link: link.created_at + timedelta(days=30))
