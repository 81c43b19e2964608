"""The schema: fresh, served, and without secrets."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from drf_spectacular.generators import SchemaGenerator

from tests.api.conftest import Program

pytestmark = pytest.mark.django_db

COMMITTED = Path(__file__).resolve().parents[2] / "docs" / "openapi.yaml"
SCHEMA: dict[str, Any] = yaml.safe_load(COMMITTED.read_text(encoding="utf-8"))
#: Names under which a secret, a hash of one or a token would be told.
SECRETS = re.compile(r"token|password|secret|key_sha256|^code$|salt|hint|strokes|image|(^|_)ip")
OUTSIDE_CONTRACT = {
    "/chargebacks/": {"get", "post"},
    "/chargebacks/{id}/": {"get"},
    "/chargebacks/{id}/ask-again/": {"post"},
    "/chargebacks/{id}/close/": {"post"},
    "/chargebacks/{id}/divide/": {"post"},
    "/chargebacks/{id}/let-go/": {"post"},
    "/chargebacks/{id}/reinstate/": {"post"},
    "/chargebacks/{id}/submit/": {"post"},
    "/chargebacks/{id}/withdraw-funds/": {"post"},
    "/chargebacks/{id}/withdrawn/": {"post"},
    "/disputes/{id}/offers/": {"get", "post"},
    "/disputes/{id}/offers/{position}/accept/": {"post"},
    "/disputes/{id}/offers/{position}/refuse/": {"post"},
    "/disputes/{id}/offers/{position}/take-back/": {"post"},
    "/rework-requests/": {"get", "post"},
    "/rework-requests/{id}/": {"get"},
    "/rework-requests/{id}/accept/": {"post"},
    "/rework-requests/{id}/appointment/": {"post"},
    "/rework-requests/{id}/begin/": {"post"},
    "/rework-requests/{id}/call-off/": {"post"},
    "/rework-requests/{id}/close/": {"post"},
    "/rework-requests/{id}/complain/": {"post"},
    "/rework-requests/{id}/confirm/": {"post"},
    "/rework-requests/{id}/deliver/": {"post"},
    "/rework-requests/{id}/dispute/": {"post"},
    "/rework-requests/{id}/refuse/": {"post"},
    "/rework-requests/{id}/supplement/": {"post"},
    "/dispute-reasons/": {"get"},
    "/disputes/": {"get", "post"},
    "/disputes/{id}/": {"get"},
    "/disputes/{id}/accept/": {"post"},
    "/disputes/{id}/chase/": {"post"},
    "/disputes/{id}/escalate/": {"post"},
    "/disputes/{id}/messages/": {"get", "post"},
    "/disputes/{id}/follow-ups/": {"get", "post"},
    "/disputes/{id}/follow-ups/{follow_up}/": {"patch"},
    "/disputes/{id}/follow-ups/{follow_up}/finish/": {"post"},
    "/disputes/{id}/reject/": {"post"},
    "/disputes/{id}/release-items/": {"post"},
    "/disputes/{id}/reopen/": {"post"},
    "/disputes/{id}/resolve/": {"post"},
    "/disputes/{id}/withdraw/": {"post"},
    "/dunning-policy/": {"get", "put"},
    "/invoices/{id}/remind/": {"post"},
    "/reminders/": {"get"},
    "/reminders/{id}/": {"get"},
    "/reminders/{id}/approve/": {"post"},
    "/reminders/{id}/settle/": {"post"},
    "/reminders/{id}/skip/": {"post"},
    "/customers/": {"get", "post"},
    "/customers/{id}/": {"get", "patch"},
    "/vehicles/": {"get", "post"},
    "/vehicles/{id}/": {"get", "patch"},
    "/repair-orders/": {"get", "post"},
    "/repair-orders/{id}/": {"get", "patch"},
    "/repair-orders/{id}/close/": {"post"},
    "/repair-orders/{id}/cancel/": {"post"},
    "/repair-orders/{id}/reopen/": {"post"},
    "/inspections/": {"get", "post"},
    "/inspections/{id}/": {"get", "patch"},
    "/inspections/{id}/items/": {"post"},
    "/inspections/{id}/items/{item_id}/": {"patch", "delete"},
    "/inspections/{id}/items/{item_id}/media/": {"post"},
    "/inspections/{id}/items/{item_id}/media/{media_id}/": {"get", "delete"},
    "/inspections/{id}/rest/": {"post"},
    "/inspections/{id}/complete/": {"post"},
    "/inspections/{id}/reopen/": {"post"},
    "/inspections/{id}/discard/": {"post"},
    "/inspections/{id}/share/": {"post"},
    "/inspections/{id}/reshare/": {"post"},
    "/inspections/{id}/pdf/": {"get"},
    "/inspections/{id}/signed-pdf/": {"get"},
    "/checklists/": {"get"},
    "/checklists/{id}/": {"get"},
    "/estimates/": {"get", "post"},
    "/estimates/{id}/": {"get", "patch"},
    "/estimates/{id}/send/": {"post"},
    "/estimates/{id}/resend/": {"post"},
    "/estimates/{id}/withdraw/": {"post"},
    "/estimates/{id}/revise/": {"post"},
    "/estimates/{id}/authorizations/": {"post"},
    "/estimates/{id}/pdf/": {"get"},
    "/estimates/{id}/signed-pdf/": {"get"},
    "/customers/{id}/statement/": {"get"},
    "/invoices/": {"get", "post"},
    "/invoices/{id}/": {"get", "patch"},
    "/invoices/{id}/credit-notes/": {"post"},
    "/invoices/{id}/discard/": {"post"},
    "/invoices/{id}/issue/": {"post"},
    "/invoices/{id}/pdf/": {"get"},
    "/invoices/{id}/recover/": {"post"},
    "/invoices/{id}/send/": {"post"},
    "/invoices/{id}/void/": {"post"},
    "/invoices/{id}/write-off/": {"post"},
    "/payment-plans/": {"get", "post"},
    "/payment-plans/{id}/": {"get"},
    "/payment-plans/{id}/agree/": {"post"},
    "/payment-plans/{id}/end/": {"post"},
    "/payments/": {"get", "post"},
    "/payments/{id}/": {"get"},
    "/payments/{id}/allocations/": {"post"},
    "/payments/{id}/annul/": {"post"},
    "/payments/{id}/pdf/": {"get"},
    "/payments/{id}/refunds/": {"post"},
    "/payments/{id}/take-off/": {"post"},
    "/promises/": {"get", "post"},
    "/promises/{id}/": {"get"},
    "/promises/{id}/withdraw/": {"post"},
    "/repair-orders/{id}/hand-over/": {"post"},
    "/repair-orders/{id}/stop-work/": {"get", "post"},
    "/repair-orders/{id}/stop-work/choice/": {"post"},
    "/repair-orders/{id}/stop-work/lift/": {"post"},
    "/repair-orders/{id}/stop-work/offer/": {"post"},
    "/repair-orders/{id}/storage-notice/": {"post"},
    "/repair-orders/{id}/work/": {"get"},
    "/repair-orders/{id}/work/{line}/": {"get", "patch"},
}


def test_the_committed_schema_is_what_the_code_makes() -> None:
    made = SchemaGenerator().get_schema(request=None, public=True)

    assert yaml.safe_load(yaml.safe_dump(made)) == SCHEMA


def test_the_schema_is_served_to_everybody(anonymous: Program) -> None:
    response = anonymous.get("schema/")

    assert response.status_code == 200
    assert yaml.safe_load(response.content)["paths"].keys() == SCHEMA["paths"].keys()


def test_the_page_of_the_calls_has_nothing_inline(anonymous: Program) -> None:
    page = anonymous.get("docs/")
    script = anonymous.get("docs/?script=")

    assert page.status_code == 200
    html = page.content.decode()
    assert "<style" not in html
    assert re.search(r"<script(?![^>]* src=)", html) is None
    assert re.search(r"https?://", html) is None
    assert script["Content-Type"].startswith("application/javascript")
    assert "/api/v1/schema/" in script.content.decode()


def test_every_call_is_there() -> None:
    described = {
        path.removeprefix("/api/v1"): set(calls) for path, calls in SCHEMA["paths"].items()
    }

    assert described == OUTSIDE_CONTRACT


def test_every_call_needs_the_token() -> None:
    for path, calls in SCHEMA["paths"].items():
        for method, call in calls.items():
            assert call["security"] == [{"token": []}], (method, path)


def test_every_post_takes_an_idempotency_key() -> None:
    for path, calls in SCHEMA["paths"].items():
        if "post" in calls:
            names = [parameter["name"] for parameter in calls["post"]["parameters"]]
            assert "Idempotency-Key" in names, path


def test_no_answer_tells_a_secret() -> None:
    answers = {
        name: schema
        for name, schema in SCHEMA["components"]["schemas"].items()
        if name.endswith("Out") and name != "ErrorOut"
    }

    told = {
        f"{name}.{field}"
        for name, schema in answers.items()
        for field in schema["properties"]
        # The code of a reason is its name for programs, and open.
        if SECRETS.search(field) and (name, field) != ("ReasonOut", "code")
    }

    assert len(answers) >= 10
    assert told == set()


def test_every_amount_of_money_is_a_string() -> None:
    line = SCHEMA["components"]["schemas"]["LineOut"]["properties"]

    for name in ("unit_price", "net", "gross"):
        assert line[name]["type"] == "string"
