"""Invoices over the API: drafts, issuing, corrections, what may be asked for."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.test.utils import CaptureQueriesContext

from invoices.models import Invoice
from shopdisputes.actors import Role
from shopdisputes.shops.models import Shop
from tests.api.conftest import Program
from tests.factories import (
    NOW,
    HoldFactory,
    InvoiceFactory,
    PaymentFactory,
    PromiseFactory,
    authorized_order,
)
from tests.invoices import halted

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(shop: Shop) -> Any:
    return authorized_order(shop)


def draft(api: Program, order: Any, **facts: Any) -> dict[str, Any]:
    answer = api.post("invoices/", {"repair_order": str(order.pk)} | facts)
    assert answer.status_code == 201, answer.content
    return answer.json()


def issue(api: Program, order: Any, **facts: Any) -> dict[str, Any]:
    answer = api.post(f"invoices/{draft(api, order)['id']}/issue/", facts)
    assert answer.status_code == 200, answer.content
    return answer.json()


def facts(answer: dict[str, Any], *names: str) -> list[Any]:
    return [answer[name] for name in names]


def test_a_draft_shows_its_lines_and_what_they_stand_on(api: Program, order: Any) -> None:
    invoice = draft(api, order, due_on="2026-04-01", explanation="Brakes.")
    assert facts(invoice, "number", "kind", "status", "settlement", "total", "due_on") == [
        "",
        "full",
        "draft",
        "unpaid",
        "242.28",
        "2026-04-01",
    ]
    labour, pads = invoice["lines"]
    assert facts(labour, "quantity", "unit_price", "tax_rate", "net", "gross", "gaps") == [
        "1.800",
        "80.00",
        "20.00",
        "144.00",
        "172.80",
        [],
    ]
    assert labour["basis"]["authorization"]["mode"] == "electronic"
    assert labour["basis"]["work"] == {"state": "done", "stated": True}
    assert pads["basis"]["disclosure"] is None


def test_the_whole_life_of_an_invoice(api: Program, order: Any) -> None:
    invoice = issue(api, order, issued_on="2026-03-16", by_email=False)
    path = f"invoices/{invoice['id']}/"
    assert facts(invoice, "number", "status", "total", "balance", "collectible") == [
        "INV-2026-0001",
        "issued",
        "242.28",
        "242.28",
        "242.28",
    ]
    note = api.post(f"{path}credit-notes/", {"reason": "Too much.", "amount": "42.28"})
    assert note.status_code == 201
    assert facts(note.json(), "number", "kind", "total", "original") == [
        "CN-2026-0001",
        "credit_note",
        "42.28",
        invoice["id"],
    ]
    assert facts(api.get(path).json(), "balance", "settlement") == ["200.00", "part_paid"]
    written_off = api.post(f"{path}write-off/", {"reason": "Gone."}).json()
    assert facts(written_off, "status", "balance", "end_reason") == [
        "written_off",
        "0.00",
        "Gone.",
    ]
    recovered = api.post(f"{path}recover/", {"reason": "Found."}).json()
    assert facts(recovered, "status", "balance") == ["issued", "200.00"]


def test_a_stopped_repair_is_billed_in_part(api: Program, shop: Shop) -> None:
    stop = halted.stopped(shop=shop)
    invoice = draft(api, stop.repair_order, kind="partial_repair")
    assert invoice["total"] == "180.00"
    assert api.post("invoices/", {"repair_order": str(stop.repair_order_id)}).json()["code"] == (
        "stopped"
    )


def test_lines_without_a_basis_are_named(api: Program, order: Any) -> None:
    path = f"invoices/{draft(api, order)['id']}/"
    extra = {"kind": "fee", "description": "Cleaning", "unit_price": "20.00"}
    changed = api.patch(path, {"lines": [extra]}).json()
    assert facts(changed["lines"][0], "quantity", "tax_rate", "gaps") == [
        "1.000",
        "20.00",
        ["not_authorized"],
    ]
    refused = api.post(f"{path}issue/")
    assert refused.status_code == 409
    assert refused.json()["code"] == "not-covered"
    assert refused.json()["details"]["lines"] == [
        {
            "id": changed["lines"][0]["id"],
            "description": "Cleaning",
            "gaps": ["not_authorized"],
            "amount": "20.00",
        }
    ]
    let_pass = api.patch(path, {"lines": [extra | {"override_reason": "On the phone."}]}).json()
    assert let_pass["lines"][0]["override_by"] == api.membership.user.name
    assert api.post(f"{path}issue/").json()["status"] == "issued"


def test_only_a_manager_lets_a_line_pass(program: Callable[..., Program], order: Any) -> None:
    advisor = program(Role.ADVISOR)
    path = f"invoices/{draft(advisor, order)['id']}/"
    extra = {"kind": "fee", "description": "Cleaning", "unit_price": "20.00"}
    refused = advisor.patch(path, {"lines": [extra | {"override_reason": "Please."}]})
    assert (refused.status_code, refused.json()["code"]) == (403, "override-not-allowed")
    assert advisor.get(path).json()["total"] == "242.28"


def test_lines_are_named_by_the_authorized_line_or_by_their_own_id(
    api: Program, order: Any
) -> None:
    invoice = draft(api, order)
    labour, pads = invoice["lines"]
    sent = [
        {"estimate_line": labour["estimate_line"], "quantity": "0.5"},
        {"id": pads["id"], "estimate_line": pads["estimate_line"], "note": "As agreed."},
    ]
    changed = api.patch(f"invoices/{invoice['id']}/", {"lines": sent}).json()
    assert [line["id"] for line in changed["lines"]] == [labour["id"], pads["id"]]
    assert [line["net"] for line in changed["lines"]] == ["40.00", "57.90"]


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({}, 422, "repair_order"),
        ({"repair_order": "x"}, 422, "repair_order"),
        ({"repair_order": str(uuid4())}, 422, "repair_order"),
        ({"repair_order": ["x"]}, 400, "repair_order"),
        ({"kind": "storage"}, 422, "kind"),
        ({"due_on": "soon"}, 422, "due_on"),
        ({"due_on": "2026-03-01"}, 422, "due_on"),
    ],
)
def test_what_is_no_draft_is_refused(
    api: Program, order: Any, body: dict[str, Any], status: int, field: str
) -> None:
    whole = body if "repair_order" in body or not body else body | {"repair_order": str(order.pk)}
    refused = api.post("invoices/", whole)
    assert (refused.status_code, list(refused.json()["fields"])) == (status, [field])
    assert not Invoice.objects.exists()


def test_the_same_key_drafts_and_issues_once(api: Program, order: Any) -> None:
    body = {"repair_order": str(order.pk)}
    first = api.post("invoices/", body, Idempotency_Key="a")
    again = api.post("invoices/", body, Idempotency_Key="a")
    assert (first.json(), again["Idempotency-Replayed"]) == (again.json(), "true")
    path = f"invoices/{first.json()['id']}/issue/"
    numbers = [api.post(path, Idempotency_Key="b").json()["number"] for _ in range(2)]
    assert numbers == ["INV-2026-0001", "INV-2026-0001"]
    other = api.post("invoices/", body | {"kind": "full"}, Idempotency_Key="a")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")


def test_what_is_owed_is_told_apart(api: Program, shop: Shop) -> None:
    invoice = InvoiceFactory(shop=shop, issued=True)
    PaymentFactory(on=invoice, amount="20.00")
    HoldFactory(
        invoice=invoice,
        amount="30.00",
        kind="dispute",
        subject="D-104",
        placed_at=NOW - timedelta(hours=1),
    )
    PromiseFactory(invoice=invoice, amount="10.00")
    found = api.get(f"invoices/{invoice.pk}/").json()
    assert facts(found, "total", "balance", "disputed", "promised", "held", "collectible") == [
        "120.00",
        "100.00",
        "30.00",
        "10.00",
        "0.00",
        "60.00",
    ]
    assert facts(found, "settlement", "overdue", "next_reminder") == ["part_paid", False, None]
    assert [hold["kind"] for hold in found["holds"]] == ["dispute", "promise"]
    assert found["dunning_sentence"] == (
        "No reminder is planned. €60.00 can be asked for. Held by: Dispute D-104, Promise to pay."
    )


def test_the_sentence_says_why_nothing_comes(api: Program, shop: Shop) -> None:
    def sentence(**facts: Any) -> str:
        invoice = InvoiceFactory(shop=shop, **facts)
        if facts.get("issued") and facts.get("total") != "0.00":
            HoldFactory(invoice=invoice, amount=None, kind="legal")
        return api.get(f"invoices/{invoice.pk}/").json()["dunning_sentence"]

    assert sentence() == "No reminder: it is not issued yet."
    assert sentence(issued=True) == "No reminder: all of it is held. Held by: Legal matter."
    assert sentence(issued=True, total="0.00") == "No reminder: nothing is owed."
    assert sentence(issued=True, status="void") == "No reminder: it is void."
    assert sentence(issued=True, status="written_off") == "No reminder: it is written off."


def test_a_list_is_filtered_and_reads_in_a_fixed_number_of_queries(
    api: Program, shop: Shop, django_assert_max_num_queries: Callable[..., CaptureQueriesContext]
) -> None:
    first = InvoiceFactory(shop=shop, issued=True)
    HoldFactory(invoice=first)
    with django_assert_max_num_queries(50) as few:
        assert len(api.get("invoices/").json()["results"]) == 1
    others = [InvoiceFactory(shop=shop, issued=True) for _ in range(4)]
    InvoiceFactory(issued=True)
    draft = InvoiceFactory(shop=shop)
    with django_assert_max_num_queries(50) as many:
        assert len(api.get("invoices/").json()["results"]) == 6
    assert len(few) == len(many)

    def found(query: str) -> list[str]:
        return [row["id"] for row in api.get(f"invoices/?{query}").json()["results"]]

    PaymentFactory(on=others[0], amount="120.00")
    assert found("status=draft") == [str(draft.pk)]
    assert found(f"customer={first.customer_id}") == [str(first.pk)]
    assert found(f"repair_order={others[1].repair_order_id}") == [str(others[1].pk)]
    assert found(f"number={first.number}") == [str(first.pk)]
    assert found(f"reference={first.reference}") == [str(first.pk)]
    assert str(others[0].pk) not in found("owed=true")
    assert found(f"search={first.number.lower()}+{first.customer.name.split()[0]}") == [
        str(first.pk)
    ]
    assert api.get("invoices/?status=magic").status_code == 422


def test_all_or_lines_or_nothing_twice_is_credited(api: Program, order: Any) -> None:
    invoice = issue(api, order)
    path = f"invoices/{invoice['id']}/credit-notes/"
    line = invoice["lines"][0]["id"]
    both = {"line": line, "quantity": "1", "net": "1.00"}
    assert api.post(path, {"reason": "x", "lines": [both]}).status_code == 422
    assert api.post(path, {"reason": "x", "lines": []}).status_code == 422
    two_ways = {"reason": "x", "amount": "1.00", "lines": [{"line": line}]}
    assert api.post(path, two_ways).json()["code"] == "amount-or-lines"
    note = api.post(path, {"reason": "x", "lines": [{"line": line, "quantity": "0.8"}]}).json()
    assert facts(note["lines"][0], "net", "credited_line") == ["64.00", line]
    assert api.post(path, {"reason": "x"}).json()["total"] == "165.48"
    assert api.post(path, {"reason": "x"}).json()["code"] == "more-than-billed"
    assert len(api.get(f"invoices/?original={invoice['id']}").json()["results"]) == 2


def test_an_invoice_is_voided_by_the_management_only(
    program: Callable[..., Program], shop: Shop
) -> None:
    invoice = InvoiceFactory(shop=shop, issued=True)
    path = f"invoices/{invoice.pk}/void/"
    assert program(Role.ADVISOR).post(path, {"reason": "x"}).status_code == 403
    assert program(Role.MANAGER).post(path, {"reason": "x"}).json()["status"] == "void"


def test_a_draft_is_thrown_away(api: Program, order: Any) -> None:
    invoice = draft(api, order)
    path = f"invoices/{invoice['id']}/"
    assert api.post(f"{path}discard/").json()["id"] == invoice["id"]
    assert api.get(path).status_code == 404


def test_the_pdf_is_given_out_once_it_is_typeset(api: Program, order: Any) -> None:
    invoice = issue(api, order)
    path = f"invoices/{invoice['id']}/pdf/"
    assert api.get(path).json()["code"] == "not-ready"
    call_command("tick", stdout=StringIO())
    answer = api.get(path)
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    assert 'filename="INV-2026-0001' in answer["Content-Disposition"]


def test_a_draft_has_no_pdf(api: Program, order: Any) -> None:
    assert api.get(f"invoices/{draft(api, order)['id']}/pdf/").status_code == 404


def test_it_is_mailed_again(api: Program, order: Any) -> None:
    invoice = issue(api, order, by_email=False)
    assert invoice["sent_to"] == ""
    sent = api.post(f"invoices/{invoice['id']}/send/").json()
    assert sent["sent_to"] == order.customer.email
