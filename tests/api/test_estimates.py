"""Estimates over the API: drafts, sending, what was answered."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from estimates.models import Estimate, EstimateRevision
from shopdisputes.actors import Role
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.shops.models import Shop
from tests.api.conftest import Program
from tests.factories import EstimateFactory, RepairOrderFactory

pytestmark = pytest.mark.django_db

LABOUR = {
    "kind": "labour",
    "description": "Replace the front brake pads",
    "quantity": "1.8",
    "unit_price": "80.00",
    "tax_rate": "20",
    "necessity": "required",
}
PART = {
    "kind": "part",
    "description": "Front brake pads, set",
    "quantity": "1",
    "unit_price": "57.90",
    "tax_rate": "20",
    "necessity": "recommended",
    "part_condition": "new",
}


@pytest.fixture
def order(shop: Shop) -> Any:
    return RepairOrderFactory(shop=shop)


def proposal(order: Any, **changes: Any) -> dict[str, Any]:
    return {"repair_order": str(order.pk), "lines": [LABOUR, PART]} | changes


def facts(answer: dict[str, Any], *names: str) -> list[Any]:
    return [answer[name] for name in names]


def test_a_draft_is_written_and_added_up(api: Program, order: Any) -> None:
    response = api.post(
        "estimates/", proposal(order, valid_until="2026-04-30", deposit_amount="50.00")
    )

    assert response.status_code == 201
    made = response.json()
    estimate = Estimate.objects.get()
    assert facts(made, "id", "number", "revision", "status") == [
        str(estimate.pk),
        "EST-2026-0001",
        1,
        "draft",
    ]
    assert facts(made, "subtotal", "tax", "total", "deposit_amount", "authorized_total") == [
        "201.90",
        "40.38",
        "242.28",
        "50.00",
        "0.00",
    ]
    assert facts(made, "valid_until", "sent_at", "sha256") == ["2026-04-30", None, None]
    labour, part = made["lines"]
    assert labour == LABOUR | {
        "id": labour["id"],
        "key": labour["key"],
        "position": 1,
        "quantity": "1.800",
        "tax_rate": "20.00",
        "reason": "",
        "part_condition": "",
        "contingent": False,
        "disclosure": "",
        "finding": None,
        "net": "144.00",
        "gross": "172.80",
        "answer": None,
    }
    assert facts(part, "position", "net", "gross", "part_condition") == [2, "57.90", "69.48", "new"]


def test_what_is_left_out_is_the_shops_usual(api: Program, order: Any) -> None:
    line = {"kind": "part", "description": "Wiper blades", "unit_price": "19.90"}

    made = api.post("estimates/", proposal(order, lines=[line])).json()

    assert made["valid_until"] == "2026-04-15"
    assert facts(made["lines"][0], "quantity", "tax_rate", "necessity") == [
        "1.000",
        "20.00",
        "required",
    ]


def test_numbers_may_come_as_json_numbers(api: Program, order: Any) -> None:
    line = LABOUR | {"quantity": 1.8, "unit_price": 80, "tax_rate": 5.5}

    made = api.post("estimates/", proposal(order, lines=[line], deposit_amount=10)).json()

    assert facts(made, "subtotal", "tax", "total", "deposit_amount") == [
        "144.00",
        "7.92",
        "151.92",
        "10.00",
    ]


def test_a_draft_may_be_empty_but_not_sent(api: Program, order: Any) -> None:
    made = api.post("estimates/", {"repair_order": str(order.pk)}).json()

    response = api.post(f"estimates/{made['id']}/send/")

    assert (made["total"], made["lines"]) == ("0.00", [])
    assert response.status_code == 422
    assert response.json()["code"] == "estimate-empty"
    assert EstimateRevision.objects.get().status == "draft"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"quantity": "-1"}, "lines.1.quantity"),
        ({"quantity": "0"}, "lines.1.quantity"),
        ({"quantity": "10000"}, "lines.1.quantity"),
        ({"quantity": "1.2345"}, "lines.1.quantity"),
        ({"unit_price": "1.005"}, "lines.1.unit_price"),
        ({"unit_price": "-1.00"}, "lines.1.unit_price"),
        ({"unit_price": "1e9"}, "lines.1.unit_price"),
        ({"unit_price": "free"}, "lines.1.unit_price"),
        ({"kind": "discount", "unit_price": "5.00"}, "lines.1.unit_price"),
        ({"tax_rate": "100.01"}, "lines.1.tax_rate"),
        ({"tax_rate": "-1"}, "lines.1.tax_rate"),
        ({"kind": "gift"}, "lines.1.kind"),
        ({"necessity": "urgent"}, "lines.1.necessity"),
        ({"part_condition": "rusty"}, "lines.1.part_condition"),
        ({"description": ""}, "lines.1.description"),
        ({"description": "x" * 301}, "lines.1.description"),
    ],
)
def test_a_line_with_a_wrong_value_is_422_at_its_path(
    api: Program, order: Any, change: dict[str, Any], field: str
) -> None:
    response = api.post("estimates/", proposal(order, lines=[LABOUR, PART | change]))

    assert response.status_code == 422
    assert list(response.json()["fields"]) == [field]
    assert not Estimate.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"valid_until": "2026-03-15"}, "valid_until"),
        ({"valid_until": "2027-03-17"}, "valid_until"),
        ({"valid_until": "tomorrow"}, "valid_until"),
        ({"deposit_amount": "-0.01"}, "deposit_amount"),
        ({"deposit_amount": "242.29"}, "deposit_amount"),
        ({"deposit_amount": "1.001"}, "deposit_amount"),
        ({"repair_order": str(uuid4())}, "repair_order"),
        ({"repair_order": "RO-2026-0001"}, "repair_order"),
    ],
)
def test_a_wrong_value_is_422_and_takes_no_number(
    api: Program, order: Any, change: dict[str, Any], field: str
) -> None:
    response = api.post("estimates/", proposal(order, **change))

    assert response.status_code == 422
    assert list(response.json()["fields"]) == [field]
    assert api.post("estimates/", proposal(order)).json()["number"] == "EST-2026-0001"


@pytest.mark.parametrize("lines", ["none", {}, 1, ["a line"], [[]], [LABOUR | {"quantity": True}]])
def test_lines_of_the_wrong_type_are_400(api: Program, order: Any, lines: Any) -> None:
    assert api.post("estimates/", proposal(order, lines=lines)).status_code == 400
    assert not Estimate.objects.exists()


def test_another_shops_repair_order_is_as_unknown_as_none(api: Program) -> None:
    answers = [
        api.post("estimates/", {"repair_order": str(key)})
        for key in (RepairOrderFactory().pk, uuid4())
    ]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert answers[0].content == answers[1].content
    assert not Estimate.objects.exists()


def test_a_draft_is_changed_only_where_something_is_sent(api: Program, order: Any) -> None:
    made = api.post("estimates/", proposal(order, deposit_amount="50.00")).json()
    path = f"estimates/{made['id']}/"

    dated = api.patch(path, {"valid_until": "2026-03-31"}).json()
    shortened = api.patch(path, {"lines": [PART | {"key": made["lines"][1]["key"]}]}).json()

    assert dated == made | {"valid_until": "2026-03-31"}
    assert facts(shortened, "total", "deposit_amount") == ["69.48", "50.00"]
    assert [line["id"] for line in shortened["lines"]] == [made["lines"][1]["id"]]


def test_what_an_estimate_is_made_of_cannot_be_set_from_outside(api: Program, order: Any) -> None:
    made = api.post("estimates/", proposal(order)).json()

    response = api.patch(
        f"estimates/{made['id']}/",
        {
            "id": str(uuid4()),
            "number": "EST-1",
            "revision": 7,
            "status": "answered",
            "subtotal": "1.00",
            "tax": "0.00",
            "total": "1.00",
            "authorized_total": "1.00",
            "currency": "XXX",
            "sha256": "0" * 64,
            "sent_at": "2026-01-01T00:00:00Z",
            "sent_to": "x@x.example",
            "answered_at": "2026-01-01T00:00:00Z",
            "created_at": "2026-01-01T00:00:00Z",
            "repair_order": str(RepairOrderFactory(shop=order.shop).pk),
            "signatures": [{}],
            "authorizations": [{}],
        },
    )

    assert response.status_code == 200
    assert response.json() == made


def test_a_draft_is_sent_as_asked(api: Program, order: Any) -> None:
    made = api.post("estimates/", proposal(order)).json()

    response = api.post(
        f"estimates/{made['id']}/send/",
        {
            "request_authorization": True,
            "request_signature": False,
            "message": "Please look.",
            "deposit_amount": "20.00",
        },
    )

    assert response.status_code == 200
    sent = response.json()
    assert facts(sent, "status", "message", "request_signature", "deposit_amount") == [
        "sent",
        "Please look.",
        False,
        "20.00",
    ]
    assert facts(sent, "sent_at", "sent_to") == [
        "2026-03-16T10:30:00+01:00",
        order.customer.email,
    ]
    assert len(sent["sha256"]) == 64
    assert OutgoingEmail.objects.get().recipient == order.customer.email


def test_a_sent_estimate_changes_by_revision_only(api: Program, shop: Shop) -> None:
    estimate = EstimateFactory(shop=shop, sent=True)
    path = f"estimates/{estimate.pk}"
    before = api.get(f"{path}/").json()

    changed = api.patch(f"{path}/", {"lines": []})
    sent_again = api.post(f"{path}/send/")

    for refused in (changed, sent_again):
        assert refused.status_code == 409
        assert refused.json()["code"] == "not-allowed-in-this-state"
    assert api.get(f"{path}/").json() == before


def test_a_further_revision_keeps_what_was_authorized_of_unchanged_lines(
    api: Program, shop: Shop
) -> None:
    estimate = EstimateFactory(shop=shop, answered=("authorized", "deferred"))
    lines = api.get(f"estimates/{estimate.pk}/").json()["lines"]

    response = api.post(
        f"estimates/{estimate.pk}/revise/",
        {"reason": "The discs are worn.", "lines": [*lines, PART | {"description": "Discs"}]},
    )

    assert response.status_code == 201
    draft = response.json()
    assert facts(draft, "revision", "status", "reason", "authorized_total") == [
        2,
        "draft",
        "The discs are worn.",
        "172.80",
    ]
    assert [line["answer"] for line in draft["lines"]] == ["authorized", None, None]
    assert [line["key"] for line in draft["lines"][:2]] == [line["key"] for line in lines]


def test_a_further_revision_without_lines_is_a_copy(api: Program, shop: Shop) -> None:
    estimate = EstimateFactory(shop=shop, sent=True)

    draft = api.post(f"estimates/{estimate.pk}/revise/").json()

    assert facts(draft, "revision", "total") == [2, "242.28"]
    assert api.post(f"estimates/{estimate.pk}/revise/").status_code == 409


def test_an_answered_estimate_tells_who_answered_what_and_how(api: Program, shop: Shop) -> None:
    estimate = EstimateFactory(shop=shop, answered=("authorized", "declined"))

    told = api.get(f"estimates/{estimate.pk}/").json()

    assert facts(told, "status", "authorized_total", "total") == ["answered", "172.80", "242.28"]
    assert [line["answer"] for line in told["lines"]] == ["authorized", "declined"]
    (authorization,) = told["authorizations"]
    (signature,) = told["signatures"]
    assert signature == {
        "id": signature["id"],
        "evidence_level": "L1",
        "method": "typed",
        "signer_name": estimate.repair_order.customer.name,
        "signed_at": "2026-03-16T10:30:00+01:00",
        "document_sha256": None,
    }
    assert facts(authorization, "mode", "evidence_level", "revision", "signature") == [
        "electronic",
        "L1",
        1,
        signature["id"],
    ]
    assert facts(authorization, "added_amount", "authorized_total") == ["172.80", "172.80"]
    assert authorization["answers"] == [
        {"line": line["id"], "answer": line["answer"]} for line in told["lines"]
    ]


def test_a_sent_estimate_is_mailed_again_and_taken_back(api: Program, shop: Shop) -> None:
    estimate = EstimateFactory(shop=shop, sent=True)
    path = f"estimates/{estimate.pk}"

    resent = api.post(f"{path}/resend/")
    without_reason = api.post(f"{path}/withdraw/", {"reason": " "})
    withdrawn = api.post(f"{path}/withdraw/", {"reason": "Wrong vehicle."})

    assert resent.status_code == 200
    assert OutgoingEmail.objects.count() == 2
    assert (without_reason.status_code, list(without_reason.json()["fields"])) == (422, ["reason"])
    assert withdrawn.json()["status"] == "withdrawn"
    assert set(OutgoingEmail.objects.values_list("status", flat=True)) == {"withdrawn"}


@pytest.mark.parametrize("call", ["send", "resend", "withdraw", "revise"])
def test_a_technician_reads_estimates_and_does_nothing_to_them(
    program: Callable[..., Program], call: str
) -> None:
    technician = program(Role.TECHNICIAN)
    estimate = EstimateFactory(shop=technician.membership.shop, sent=True)
    before = technician.get(f"estimates/{estimate.pk}/").json()

    response = technician.post(f"estimates/{estimate.pk}/{call}/", {"reason": "x"})

    assert before["status"] == "sent"
    assert response.status_code == 403
    assert technician.get(f"estimates/{estimate.pk}/").json() == before


def test_estimates_are_found(api: Program, shop: Shop) -> None:
    estimate = EstimateFactory(shop=shop, sent=True)
    EstimateFactory(shop=shop)
    EstimateFactory(sent=True)

    for query in (
        f"number={estimate.number}",
        "status=sent",
        f"repair_order={estimate.repair_order_id}",
        f"search={estimate.number}",
    ):
        (found,) = api.get(f"estimates/?{query}").json()["results"]
        assert found == {
            "id": str(estimate.pk),
            "number": estimate.number,
            "repair_order": str(estimate.repair_order_id),
            "revision": 1,
            "status": "sent",
            "total": "242.28",
            "valid_until": "2026-04-15",
            "created_at": "2026-03-16T10:30:00+01:00",
        }
