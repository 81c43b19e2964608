"""The shop's policy of reminders over the API."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from dunning.models import Ladder, LadderVersion
from dunning.services import ladders
from shopdisputes.actors import Role
from shopdisputes.audit.models import AuditEvent
from shopdisputes.dates import local_day
from shopdisputes.shops.models import Shop
from tests.factories import NOW, ApiTokenFactory, staff

pytestmark = pytest.mark.django_db

URL = "/api/v1/dunning-policy/"


class Program:
    """A program with somebody's token."""

    def __init__(self, shop: Shop, role: Role) -> None:
        membership = staff(shop, role)
        key = f"sd_{membership.pk}"
        today = local_day(NOW, zone=shop.zone)
        ApiTokenFactory(shop=shop, user=membership.user, key=key, last_used_on=today)
        self.headers = {"Authorization": f"Token {key}"}

    def get(self) -> dict[str, Any]:
        answer = Client().get(URL, headers=self.headers)
        assert answer.status_code == 200
        found: dict[str, Any] = answer.json()
        return found

    def put(self, body: Any) -> HttpResponse:
        return Client().put(URL, body, content_type="application/json", headers=self.headers)


@pytest.fixture
def program(shop: Shop) -> Program:
    ladders.install(shop=shop, at=NOW)
    return Program(shop, Role.OWNER)


def versions(shop: Shop) -> int:
    return LadderVersion.objects.for_shop(shop).filter(ladder__is_default=True).count()


def test_says_the_usual_ladder_and_when_mail_leaves(program: Program) -> None:
    said = program.get()
    steps = said.pop("steps")

    assert said == {
        "ladder": "Usual",
        "version": 1,
        "send_days": [0, 1, 2, 3, 4],
        "send_from": "09:00",
        "send_until": "18:00",
        "min_gap_days": 3,
        "min_amount": "1.00",
        "interest_business": "0.00",
        "interest_person": "0.00",
    }
    assert [(step["key"], step["offset_days"], step["template"]) for step in steps] == [
        (1, -3, "preventive"),
        (2, 3, "friendly"),
        (3, 10, "something_wrong"),
        (4, 20, "last"),
        (5, 30, "formal_demand"),
    ]
    assert steps[4] == {
        "key": 5,
        "offset_days": 30,
        "channel": "letter",
        "template": "formal_demand",
        "requires_approval": True,
        "fee": None,
        "pay_within_days": 15,
    }


def test_what_was_read_can_be_put_back_and_changes_nothing(program: Program, shop: Shop) -> None:
    read = program.get()
    answer = program.put(read)
    assert (answer.status_code, answer.json()) == (200, read)
    assert versions(shop) == 1
    assert not AuditEvent.objects.for_shop(shop).exists()


def test_a_policy_is_put_in_force_with_the_hours(program: Program, shop: Shop) -> None:
    answer = program.put(
        {
            "steps": [
                {"offset_days": 20, "channel": "letter", "template": "last", "fee": "12.50"},
                {"offset_days": 4, "channel": "email", "template": "friendly"},
                {"offset_days": 12, "channel": "call", "fee": "interest"},
                {"offset_days": 40, "channel": "email", "template": "friendly"},
                {"offset_days": 30, "channel": "letter", "template": "formal_demand"},
            ],
            "send_days": [5, 0],
            "send_from": "08:30",
            "send_until": "17:00:00",
            "min_gap_days": 7,
            "min_amount": "10.00",
            "interest_business": "9.5",
        }
    )

    said = answer.json()
    assert (answer.status_code, said["version"]) == (200, 2)
    # The key says that a step is still the same one, though its day or channel is another.
    told = [
        (step["key"], step["offset_days"], step["channel"], step["template"], step["fee"])
        for step in said["steps"]
    ]
    assert told == [
        (2, 4, "email", "friendly", None),
        # No ladder of the shop has had this key.
        (17, 12, "call", "call", "interest"),
        (4, 20, "letter", "last", "12.50"),
        (5, 30, "letter", "formal_demand", None),
        (18, 40, "email", "friendly", None),
    ]
    # From the formal demand on no e-mail leaves by itself.
    assert [step["requires_approval"] for step in said["steps"]] == [False] * 3 + [True] * 2
    assert said["steps"][2]["pay_within_days"] == 7
    assert (said["send_days"], said["send_from"], said["send_until"]) == ([0, 5], "08:30", "17:00")
    assert (said["min_gap_days"], said["min_amount"]) == (7, "10.00")
    assert said["interest_business"] == "9.50"
    assert program.get() == said
    actions = AuditEvent.objects.for_shop(shop).order_by("sequence")
    assert [event.action for event in actions] == ["ladder.changed", "shop.changed"]


@pytest.mark.parametrize(
    ("changes", "status", "code", "fields"),
    [
        ({"steps": []}, 422, "invalid", ["steps"]),
        ({"steps": "none"}, 400, "malformed", ["steps"]),
        ({"send_days": [7]}, 422, "invalid", ["send_days.0"]),
        ({"send_from": "19:00"}, 422, "hours-refused", ["send_until"]),
        (
            {"send_from": "09:00:00", "send_until": "09:00:59"},
            422,
            "hours-refused",
            ["send_until"],
        ),
        ({"min_gap_days": 0}, 422, "ladder-refused", ["min_gap_days"]),
        ({"fee": "much"}, 422, "invalid", ["steps.0.fee"]),
        ({"fee": "1.005"}, 422, "invalid", ["steps.0.fee"]),
        ({"fee": "-1"}, 422, "invalid", ["steps.0.fee"]),
        ({"fee": "sNaN"}, 422, "invalid", ["steps.0.fee"]),
        ({"fee": "1E+9999999"}, 422, "invalid", ["steps.0.fee"]),
        ({"fee": "1E-9999999"}, 422, "invalid", ["steps.0.fee"]),
        ({"fee": "interest"}, 422, "ladder-refused", ["steps.0.fee_rule"]),
        ({"channel": "pigeon"}, 422, "invalid", ["steps.0.channel"]),
        (
            {"template": "formal_demand", "requires_approval": False},
            422,
            "ladder-refused",
            ["steps.0.requires_approval"],
        ),
    ],
)
def test_a_policy_that_makes_no_sense_changes_nothing(
    program: Program, shop: Shop, changes: Any, status: int, code: str, fields: list[str]
) -> None:
    before = program.get()
    step = {"offset_days": 4, "channel": "email", "template": "friendly"}
    of_step = {"fee", "channel", "template", "requires_approval"}
    body = {"steps": [step | {name: changes[name] for name in of_step & changes.keys()}]}

    answer = program.put(body | {name: changes[name] for name in changes.keys() - of_step})

    said = answer.json()
    assert (answer.status_code, said["code"], sorted(said["fields"])) == (status, code, fields)
    assert program.get() == before


def test_only_the_management_puts_a_policy_in_force(program: Program, shop: Shop) -> None:
    advisor = Program(shop, Role.ADVISOR)
    read = advisor.get()
    assert advisor.put(read | {"min_gap_days": 9}).status_code == 403
    assert versions(shop) == 1


def test_a_shop_without_a_ladder_gets_one(shop: Shop) -> None:
    program = Program(shop, Role.MANAGER)
    assert (program.get()["ladder"], program.get()["steps"]) == (None, [])

    answer = program.put(
        {"steps": [{"offset_days": 4, "channel": "email", "template": "friendly"}]}
    )

    assert (answer.json()["ladder"], answer.json()["version"]) == ("Usual", 1)
    assert Ladder.objects.for_shop(shop).get().is_default
