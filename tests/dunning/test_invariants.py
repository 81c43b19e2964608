"""What must hold across reminders is told when it does not."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from dunning import invariants
from dunning.models import Reminder
from dunning.services import planning
from invoices.models import DunningPosition
from shopdisputes.outbox.models import OutgoingEmail
from tests.factories import NOW, DunningPositionFactory, LadderFactory, ShopFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("break_it", "sentence"),
    [
        (
            lambda: Reminder.objects.update(email=None),
            "it is planned, but in no e-mail that leaves",
        ),
        (
            lambda: OutgoingEmail.objects.update(status="withdrawn"),
            "it is planned, but in no e-mail that leaves",
        ),
        (
            lambda: DunningPosition.objects.update(look_on=None),
            "it is owed, but nobody looks at it again",
        ),
        (
            lambda: DunningPosition.objects.all().delete(),
            "it is owed, but stands nowhere in dunning",
        ),
    ],
)
def test_tells_what_is_forgotten(break_it: Callable[[], object], sentence: str) -> None:
    shop = ShopFactory()
    LadderFactory(shop=shop, default=True)
    position = DunningPositionFactory(shop=shop)
    DunningPosition.objects.update(base_on=NOW.date() - timedelta(days=3), look_on=NOW.date())
    assert planning.plan(at=NOW)["planned"] == 1
    assert list(invariants.broken()) == []

    break_it()

    (told,) = invariants.broken()
    assert told.startswith(position.invoice.number)
    assert told.endswith(sentence)
