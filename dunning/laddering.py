"""Which ladder holds for whom."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from dunning.models import CustomerLadder, Ladder, LadderVersion, Step
from shopdisputes.customers.models import Customer
from shopdisputes.shops.models import Shop


@dataclass(frozen=True)
class InForce:
    """The newest version of a ladder with its steps, in the order of their days."""

    version: LadderVersion
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Ladders:
    """The ladders of some shops as they are in force."""

    #: The usual ladder of each shop that has one.
    usual: Mapping[UUID, UUID] = field(default_factory=dict)
    by_ladder: Mapping[UUID, InForce] = field(default_factory=dict)

    def of(self, shop_id: UUID, ladder_id: UUID | None = None) -> InForce | None:
        """Return what holds in a shop, or for a customer who has a ladder of his own."""
        wanted = ladder_id or self.usual.get(shop_id)
        return None if wanted is None else self.by_ladder.get(wanted)

    def replaced(self, versions: Mapping[UUID, InForce]) -> "Ladders":
        """Return them with other versions for some ladders, as if those were in force."""
        return replace(self, by_ladder={**self.by_ladder, **versions})


def in_force(shops: Iterable[UUID]) -> Ladders:
    """Return the ladders of shops in three queries."""
    pks = set(shops)
    usual = Ladder.objects.filter(shop__in=pks, is_default=True).values_list("shop", "pk")
    versions = LadderVersion.objects.filter(shop__in=pks).in_force()
    return Ladders(
        usual=dict(usual),
        by_ladder={version.ladder_id: ordered(version) for version in versions},
    )


def ordered(version: LadderVersion) -> InForce:
    """Return a version with its steps in the order of their days."""
    steps = sorted(version.steps.all(), key=lambda step: step.offset_days)
    return InForce(version, tuple(steps))


def versions_in_force(shop: Shop) -> dict[UUID, LadderVersion]:
    """Return the newest version of each of a shop's ladders by the ladder's key."""
    versions = LadderVersion.objects.for_shop(shop).in_force()
    return {version.ladder_id: version for version in versions}


def version_for(customer: Customer) -> LadderVersion | None:
    """Return the version by which a customer is reminded; None: he gets no reminders."""
    own = CustomerLadder.objects.filter(customer=customer).first()
    if own is not None and own.ladder_id is None:
        return None
    found = in_force([customer.shop_id]).of(customer.shop_id, own.ladder_id if own else None)
    return found.version if found else None
