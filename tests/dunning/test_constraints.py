"""Ladders, reminders and charges that can never be absurd: the database refuses."""

import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction

from tests.factories import (
    NOW,
    DunningPositionFactory,
    DunningSettingsFactory,
    LadderFactory,
    ReminderFactory,
)
from tests.factories.dunning import (
    FeeFactory,
    LadderVersionFactory,
    ReminderTextFactory,
    StepFactory,
)

pytestmark = pytest.mark.django_db

NOTHING = Decimal("0.00")


def refuses_another(name: str, row: models.Model, /, **facts: Any) -> None:
    """Check that a copy of a row with other facts is refused, by the constraint of that name."""
    row.pk = uuid.uuid4()
    for field, value in facts.items():
        setattr(row, field, value)
    with pytest.raises(IntegrityError, match=f'"{name}"'), transaction.atomic():
        type(row)._default_manager.bulk_create([row])


CASES: list[tuple[str, Callable[..., models.Model], dict[str, Any]]] = [
    ("dunning_settings_once_a_shop", DunningSettingsFactory, {}),
    ("ladder_name_once_a_shop", LadderFactory, {}),
    ("ladder_one_default_a_shop", lambda: LadderFactory(default=True), {"name": "Another"}),
    (
        "ladder_usual_not_retired",
        LadderFactory,
        {"name": "Another", "is_default": True, "retired_at": NOW},
    ),
    ("ladder_version_once", LadderVersionFactory, {}),
    ("ladder_limits_sensible", LadderVersionFactory, {"number": 9, "min_gap_days": 0}),
    ("step_in_order", StepFactory, {"key": 9, "offset_days": 99}),
    ("step_key_once", StepFactory, {"position": 9, "offset_days": 99}),
    ("step_offset_once", StepFactory, {"position": 9, "key": 9}),
    (
        "step_fee_has_its_amount",
        StepFactory,
        {"position": 9, "key": 9, "offset_days": 99, "fee_rule": "fixed"},
    ),
    (
        "step_formal_demand_needs_a_person",
        StepFactory,
        {"position": 9, "key": 9, "offset_days": 99, "template": "formal_demand"},
    ),
    ("reminder_text_once", ReminderTextFactory, {}),
    # The net under everything: no step is ever taken twice.
    ("reminder_once_a_step_and_cycle", ReminderFactory, {}),
    ("reminder_amount_not_negative", ReminderFactory, {"cycle": 9, "amount": Decimal("-0.01")}),
    (
        "reminder_mail_is_mail",
        lambda: ReminderFactory(queued=True),
        {"cycle": 9, "channel": "call"},
    ),
    ("reminder_not_sent_has_its_reason", ReminderFactory, {"cycle": 9, "status": "skipped"}),
    ("fee_once_a_step_and_cycle", FeeFactory, {}),
    ("fee_positive", FeeFactory, {"cycle": 9, "amount": NOTHING}),
    ("fee_claimed_has_its_entry", FeeFactory, {"cycle": 9, "status": "claimed"}),
]


@pytest.mark.parametrize(("name", "make", "facts"), CASES)
def test_the_database_refuses(
    name: str, make: Callable[..., models.Model], facts: dict[str, Any]
) -> None:
    row = make()
    if name.startswith("fee_"):
        # A charge has a reminder of its own.
        facts = {"reminder": ReminderFactory(), **facts}
    refuses_another(name, row, **facts)


def test_what_was_stopped_is_not_looked_at() -> None:
    position = DunningPositionFactory()
    with (
        pytest.raises(IntegrityError, match='"dunning_stopped_is_not_looked_at"'),
        transaction.atomic(),
    ):
        type(position).objects.filter(pk=position.pk).update(stopped_at=NOW)


def test_every_constraint_is_tried() -> None:
    named = {
        constraint.name
        for model in apps.get_app_config("dunning").get_models()
        for constraint in model._meta.constraints
    }
    assert named == {name for name, _make, _facts in CASES}
