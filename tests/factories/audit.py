"""What happened."""

from typing import Any

import factory

from shopdisputes.actors import SYSTEM
from shopdisputes.audit import services
from shopdisputes.audit.models import AuditEvent, AuditHead
from tests.factories.base import ShopOwnedFactory, now
from tests.factories.customers import CustomerFactory
from tests.factories.shops import ShopFactory


class AuditEventFactory(ShopOwnedFactory):
    """An event at the end of the shop's chain, appended by the service."""

    _parents = ("target",)

    class Meta:
        model = AuditEvent

    shop = factory.SubFactory(ShopFactory)
    action = "customer.created"
    target = factory.SubFactory(CustomerFactory, shop=factory.SelfAttribute("..shop"))
    by = SYSTEM
    at = now

    @classmethod
    def _create(cls, model_class: type[AuditEvent], *args: Any, **kwargs: Any) -> AuditEvent:
        return services.record(*args, **kwargs)


class AuditHeadFactory(ShopOwnedFactory):
    """The end of an empty chain."""

    class Meta:
        model = AuditHead

    shop = factory.SubFactory(ShopFactory)
    sequence = 0
    hash = services.GENESIS
