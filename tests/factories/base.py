"""What factories of rows that belong to a shop share."""

from typing import Any, ClassVar

import factory
from django.utils import timezone

now = factory.LazyFunction(timezone.now)


class ShopOwnedFactory(factory.django.DjangoModelFactory):
    """Keeps a row and what it hangs on in one shop, whichever of the two is given.

    ``_parents`` are the arguments whose ``shop`` is taken over when ``shop`` itself is not given.
    """

    _parents: ClassVar[tuple[str, ...]] = ()

    class Meta:
        abstract = True

    @classmethod
    def _generate(cls, strategy: str, params: dict[str, Any]) -> Any:
        for parent in cls._parents:
            if params.get(parent) is not None:
                params.setdefault("shop", params[parent].shop)
        return super()._generate(strategy, params)
