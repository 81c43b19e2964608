"""Work and stopped repairs over the API."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from estimates.states import LineKind
from invoices import progress
from invoices.models import StopWork, WorkItem
from shopdisputes.actors import Role
from shopdisputes.shops.models import Shop
from tests import media
from tests.api.conftest import Program
from tests.factories import NOW
from tests.invoices import halted

pytestmark = pytest.mark.django_db

Make = Callable[..., Program]


def line_of(order: Any, kind: str) -> str:
    job = next(each for each in progress.of(order) if each.line.kind == kind)
    return str(job.line.pk)


def test_a_technician_notes_work_by_the_line(shop: Shop, program: Make) -> None:
    api = program(Role.TECHNICIAN)
    order = halted.ordered(shop=shop)
    line = line_of(order, LineKind.LABOUR)

    noted = api.patch(
        f"repair-orders/{order.pk}/work/{line}/", {"done_quantity": "1.5", "hours_spent": "2.25"}
    )

    assert noted.status_code == 200
    assert {
        name: noted.json()[name]
        for name in ("line", "description", "quantity", "state", "done_quantity", "hours_spent")
    } == {
        "line": line,
        "description": "Replace the clutch",
        "quantity": "3.000",
        "state": "in_progress",
        "done_quantity": "1.500",
        "hours_spent": "2.25",
    }
    assert api.get(f"repair-orders/{order.pk}/work/{line}/").json() == noted.json()
    every = api.get(f"repair-orders/{order.pk}/work/").json()
    assert [each["state"] for each in every] == ["in_progress"] + ["not_started"] * 3
    back = api.patch(f"repair-orders/{order.pk}/work/{line}/", {"hours_spent": None})
    assert back.json()["hours_spent"] is None


def test_what_cannot_be_done_is_422_and_what_nobody_knows_404(
    shop: Shop,
    program: Make,
) -> None:
    api = program(Role.ADVISOR)
    order = halted.ordered(shop=shop)
    line = line_of(order, LineKind.LABOUR)
    refused = api.patch(f"repair-orders/{order.pk}/work/{line}/", {"done_quantity": "4"})
    assert (refused.status_code, refused.json()["code"]) == (422, "work-refused")
    assert list(refused.json()["fields"]) == ["done_quantity"]
    assert api.get(f"repair-orders/{order.pk}/work/{order.pk}/").status_code == 404
    assert not WorkItem.objects.exists()


def test_a_repair_is_stopped_with_what_was_done(shop: Shop, program: Make) -> None:
    api = program(Role.ADVISOR)
    order = halted.ordered(shop=shop)
    body = {
        "happened_at": NOW.isoformat(),
        "reason": "It gets too expensive.",
        "channel": "phone",
        "option": "release_as_is",
        "work": [{"line": line_of(order, LineKind.LABOUR), "done_quantity": "1.5"}],
    }

    stopped = api.post(f"repair-orders/{order.pk}/stop-work/", body, Idempotency_Key="one")
    again = api.post(f"repair-orders/{order.pk}/stop-work/", body, Idempotency_Key="one")

    assert (stopped.status_code, again.status_code) == (201, 201)
    assert again.json() == stopped.json()
    answer = stopped.json()
    assert (answer["option"], answer["choice_mode"], answer["prices"]) == (
        "release_as_is",
        "oral",
        {"finish": "576.00", "reassemble": "108.00", "release_as_is": "108.00"},
    )
    assert StopWork.objects.get().pk == StopWork.objects.get(pk=answer["id"]).pk
    conflict = api.post(f"repair-orders/{order.pk}/stop-work/", body)
    assert (conflict.status_code, conflict.json()["code"]) == (409, "already-stopped")
    work = api.patch(
        f"repair-orders/{order.pk}/work/{line_of(order, LineKind.PART)}/", {"state": "done"}
    )
    assert (work.status_code, work.json()["code"]) == (409, "stopped")


def test_a_form_brings_proofs_along(shop: Shop, program: Make) -> None:
    api = program(Role.ADVISOR)
    order = halted.ordered(shop=shop)
    work = [{"line": line_of(order, LineKind.PART), "done_quantity": "1"}]
    stopped = api(
        "post",
        f"repair-orders/{order.pk}/stop-work/",
        {
            "happened_at": NOW.isoformat(),
            "reason": "Stop, please.",
            "channel": "email",
            "work": json.dumps(work),
            "attachments": [SimpleUploadedFile("mail.jpg", media.jpeg())],
        },
        form=True,
    )
    assert stopped.status_code == 201
    assert [each["name"] for each in stopped.json()["attachments"]] == ["mail.jpg"]
    assert (stopped.json()["option"], stopped.json()["prices"]) == ("undecided", None)
    assert WorkItem.objects.get().done_quantity == Decimal("1")


def test_is_offered_chosen_and_lifted(shop: Shop, program: Make) -> None:
    api = program(Role.ADVISOR)
    order = halted.ordered(shop=shop)
    halted.stop(halted.half_done(order))
    path = f"repair-orders/{order.pk}/stop-work/"

    offered = api.post(f"{path}offer/", {"note": "Until Friday."})
    assert offered.status_code == 200
    assert offered.json()["prices"]["reassemble"] == "228.00"
    refused = api.post(f"{path}choice/", {"option": "undecided", "mode": "oral", "person": "C"})
    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["option"])
    chosen = api.post(
        f"{path}choice/", {"option": "reassemble", "mode": "oral", "person": "Camille Durand"}
    )
    assert (chosen.status_code, chosen.json()["option"]) == (200, "reassemble")
    lifted = api.post(f"{path}lift/", {"reason": "He wants it after all."})
    assert lifted.json()["lift_reason"] == "He wants it after all."
    assert api.get(path).json()["lifted_at"] == lifted.json()["lifted_at"]


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"happened_at": "yesterday"}, 422, "happened_at"),
        ({"channel": "pigeon"}, 422, "channel"),
        ({"option": "sell"}, 422, "option"),
        ({"reason": ""}, 422, "reason"),
        ({"work": [{"line": "the clutch", "done_quantity": "1"}]}, 422, "work.0.line"),
    ],
)
def test_a_wrong_value_is_refused_at_its_field(
    shop: Shop,
    program: Make,
    change: dict[str, Any],
    status: int,
    field: str,
) -> None:
    order = halted.ordered(shop=shop)
    body = {"happened_at": NOW.isoformat(), "reason": "Stop.", "channel": "phone"} | change
    refused = program(Role.ADVISOR).post(f"repair-orders/{order.pk}/stop-work/", body)
    assert refused.status_code == status
    assert list(refused.json()["fields"]) == [field]
    assert not StopWork.objects.exists()
