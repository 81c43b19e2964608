"""Refusal mid-repair over the API alone: authorized, half done, stopped, billed in part."""

from collections.abc import Callable

import pytest

from estimates.states import LineKind
from invoices import progress
from shopdisputes.actors import Role
from shopdisputes.shops.models import Shop
from tests.api.conftest import Program
from tests.factories import NOW
from tests.invoices import halted

pytestmark = pytest.mark.django_db


def test_a_repair_refused_half_way_is_billed_fairly(
    shop: Shop, program: Callable[..., Program]
) -> None:
    api = program(Role.ADVISOR)
    order = halted.ordered(shop=shop)
    lines = {job.line.kind: str(job.line.pk) for job in progress.of(order)}
    api.post(
        "payments/",
        {
            "customer": str(order.customer_id),
            "repair_order": str(order.pk),
            "amount": "100.00",
            "method": "card",
            "received_on": NOW.date().isoformat(),
        },
    )
    stopped = api.post(
        f"repair-orders/{order.pk}/stop-work/",
        {
            "happened_at": NOW.isoformat(),
            "reason": "It gets too expensive.",
            "channel": "phone",
            "option": "reassemble",
            "work": [
                {"line": lines[LineKind.LABOUR], "done_quantity": "1.5"},
                {"line": lines[LineKind.TEARDOWN], "done_quantity": "1"},
            ],
        },
    )
    assert stopped.status_code == 201

    full = api.post("invoices/", {"repair_order": str(order.pk), "kind": "full"})
    assert (full.status_code, full.json()["code"]) == (409, "stopped")
    draft = api.post("invoices/", {"repair_order": str(order.pk), "kind": "partial_repair"})
    assert draft.status_code == 201
    assert [line["net"] for line in draft.json()["lines"]] == ["90.00", "0.00", "60.00", "40.00"]
    issued = api.post(f"invoices/{draft.json()['id']}/issue/", {})

    assert issued.status_code == 200
    answer = api.get(f"invoices/{draft.json()['id']}/").json()
    assert (answer["total"], answer["balance"], answer["settlement"]) == (
        "228.00",
        "128.00",
        "part_paid",
    )
