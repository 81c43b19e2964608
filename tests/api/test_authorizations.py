"""Answers that staff record over the API."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from estimates.models import Authorization, Estimate
from estimates.services import papers
from shopdisputes.actors import Role
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.shops.models import Shop
from shopdisputes.uploads.models import StoredFile
from tests.api.conftest import Program
from tests.factories import ADVISOR, NOW, PNG, EstimateFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def estimate(shop: Shop) -> Estimate:
    return EstimateFactory(shop=shop, sent=True)


def lines_of(estimate: Estimate) -> list[str]:
    revision = estimate.revisions.order_by("-number")[0]
    return [str(line.pk) for line in revision.lines.in_order()]


def said(estimate: Estimate, *answers: str, **changes: Any) -> dict[str, Any]:
    lines = lines_of(estimate)
    return {
        "mode": "oral",
        "person": "Camille Durand",
        "contact": "+33612345678",
        "at": "2026-03-16T10:15:00+01:00",
        "reason": "The pads are worn.",
        "answers": [
            {"line": line, "answer": answer}
            for line, answer in zip(lines, answers or ["authorized"] * len(lines), strict=True)
        ],
    } | changes


def test_an_oral_answer_is_l0_and_confirmed_by_mail(api: Program, estimate: Estimate) -> None:
    response = api.post(
        f"estimates/{estimate.pk}/authorizations/", said(estimate, "authorized", "deferred")
    )

    assert response.status_code == 201
    made = response.json()
    authorization = Authorization.objects.get()
    assert made == {
        "id": str(authorization.pk),
        "revision": 1,
        "mode": "oral",
        "evidence_level": "L0",
        "person": "Camille Durand",
        "contact": "+33612345678",
        "at": "2026-03-16T10:15:00+01:00",
        "recorded_at": "2026-03-16T10:30:00+01:00",
        "recorded_by": api.membership.user.name,
        "reason": "The pads are worn.",
        "added_amount": "172.80",
        "authorized_total": "172.80",
        "objection_until": "2026-03-17T10:30:00+01:00",
        "signature": None,
        "answers": made["answers"],
    }
    assert {row["line"]: row["answer"] for row in made["answers"]} == dict(
        zip(lines_of(estimate), ["authorized", "deferred"], strict=True)
    )
    assert OutgoingEmail.objects.filter(kind="oral_confirmation").count() == 1
    told = api.get(f"estimates/{estimate.pk}/").json()
    assert (told["status"], told["authorized_total"]) == ("answered", "172.80")


def test_an_answer_in_person_without_a_signature_is_l0(api: Program, estimate: Estimate) -> None:
    body = said(estimate, mode="in_person", contact="")

    made = api.post(f"estimates/{estimate.pk}/authorizations/", body).json()

    assert (made["mode"], made["evidence_level"]) == ("in_person", "L0")


def test_a_signed_paper_is_l5_with_a_signature(api: Program, estimate: Estimate) -> None:
    body = said(estimate, mode="paper", witness="Bob Brown")

    made = api.post(f"estimates/{estimate.pk}/authorizations/", body).json()

    assert made["evidence_level"] == "L5"
    (signature,) = api.get(f"estimates/{estimate.pk}/").json()["signatures"]
    assert signature == {
        "id": made["signature"],
        "evidence_level": "L5",
        "method": "paper",
        "signer_name": "Camille Durand",
        "signed_at": "2026-03-16T10:15:00+01:00",
        "document_sha256": None,
    }


def form(body: dict[str, Any], *contents: bytes) -> dict[str, Any]:
    files = [
        SimpleUploadedFile(f"scan{number}.png", content) for number, content in enumerate(contents)
    ]
    return body | {"answers": json.dumps(body["answers"]), "files": files}


def test_a_paper_comes_with_its_scans_in_a_form(
    api: Program, estimate: Estimate, picture: bytes
) -> None:
    papers.print_for_signature(revision=estimate.revisions.get(), by=ADVISOR, at=NOW)
    body = said(
        estimate, mode="paper", receipt="original_seen", location="Binder 3", unread_reason="Folds."
    )

    response = api(
        "post", f"estimates/{estimate.pk}/authorizations/", form(body, picture), form=True
    )

    assert response.status_code == 201, response.content
    authorization = Authorization.objects.get()
    assert authorization.paper_receipt == "original_seen"
    assert authorization.paper_location == "Binder 3"
    assert authorization.paper_unread_reason == "Folds."
    assert authorization.files.get().size == len(picture)


@pytest.fixture
def picture() -> bytes:
    """A PNG on which no code is to be read."""
    return PNG


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [(b"MZ\x90\x00 a program", 415, "wrong-type"), (b"", 422, "empty-file")],
)
def test_a_scan_of_no_known_kind_is_refused(
    api: Program, estimate: Estimate, content: bytes, status: int, code: str
) -> None:
    body = said(estimate, mode="paper", unread_reason="Folds.")

    response = api(
        "post", f"estimates/{estimate.pk}/authorizations/", form(body, content), form=True
    )

    assert response.status_code == status
    assert not Authorization.objects.exists()
    assert not StoredFile.objects.exists()


def test_a_scan_of_more_than_twenty_mebibytes_is_413(api: Program, estimate: Estimate) -> None:
    body = said(estimate, mode="paper", unread_reason="Folds.")
    huge = PNG + b"\0" * 20 * 1024 * 1024

    response = api("post", f"estimates/{estimate.pk}/authorizations/", form(body, huge), form=True)

    assert response.status_code == 413
    assert response.json()["code"] == "too-large"
    assert not StoredFile.objects.exists()


def test_answers_in_a_form_that_are_no_json_are_400(api: Program, estimate: Estimate) -> None:
    body = said(estimate) | {"answers": "authorized"}

    response = api("post", f"estimates/{estimate.pk}/authorizations/", body, form=True)

    assert response.status_code == 400


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"at": "2026-03-16T10:36:00+01:00"}, "at"),
        ({"at": "2026-03-16T10:15:00"}, "at"),
        ({"at": "yesterday"}, "at"),
        ({"person": ""}, "person"),
        ({"person": "x" * 201}, "person"),
        ({"contact": ""}, "contact"),
        ({"reason": ""}, "reason"),
        ({"mode": "electronic"}, "mode"),
        ({"answers": [{"line": "x", "answer": "authorized"}]}, "answers.0.line"),
        ({"receipt": "by_pigeon"}, "receipt"),
    ],
)
def test_a_fact_that_is_missing_or_wrong_is_422_at_its_field(
    api: Program, estimate: Estimate, change: dict[str, Any], field: str
) -> None:
    response = api.post(f"estimates/{estimate.pk}/authorizations/", said(estimate, **change))

    assert response.status_code == 422
    assert list(response.json()["fields"]) == [field]
    assert not Authorization.objects.exists()
    assert api.get(f"estimates/{estimate.pk}/").json()["status"] == "sent"


def test_an_answer_left_out_is_422_at_its_line(api: Program, estimate: Estimate) -> None:
    body = said(estimate)
    missing = body["answers"].pop()["line"]

    response = api.post(f"estimates/{estimate.pk}/authorizations/", body)

    assert response.status_code == 422
    assert list(response.json()["fields"]) == [f"answers.{missing}"]


def test_two_answers_to_one_line_are_422(api: Program, estimate: Estimate) -> None:
    body = said(estimate)
    body["answers"].append(body["answers"][0] | {"answer": "declined"})

    response = api.post(f"estimates/{estimate.pk}/authorizations/", body)

    assert response.status_code == 422
    assert list(response.json()["fields"]) == ["answers"]


def test_another_shops_line_is_as_unknown_as_none(api: Program, estimate: Estimate) -> None:
    foreign = lines_of(EstimateFactory(sent=True))[0]

    for line in (foreign, str(uuid4())):
        body = said(estimate)
        body["answers"].append({"line": line, "answer": "authorized"})
        response = api.post(f"estimates/{estimate.pk}/authorizations/", body)
        assert response.status_code == 422
        assert response.json()["fields"] == {f"answers.{line}": "This line waits for no answer."}


def test_a_draft_takes_no_answer(api: Program, shop: Shop) -> None:
    estimate = EstimateFactory(shop=shop)

    response = api.post(f"estimates/{estimate.pk}/authorizations/", said(estimate))

    assert response.status_code == 409
    assert response.json()["code"] == "not-allowed-in-this-state"


def test_a_deferred_line_may_be_authorized_later(api: Program, shop: Shop) -> None:
    estimate = EstimateFactory(shop=shop, answered=("authorized", "deferred"))
    body = said(estimate, at="2026-03-16T10:30:00+01:00")
    body["answers"] = body["answers"][1:]

    made = api.post(f"estimates/{estimate.pk}/authorizations/", body)

    assert made.status_code == 201
    assert (made.json()["added_amount"], made.json()["authorized_total"]) == ("69.48", "242.28")


def test_the_same_key_records_once(api: Program, estimate: Estimate) -> None:
    answers = [
        api.post(
            f"estimates/{estimate.pk}/authorizations/", said(estimate), Idempotency_Key="call-1"
        )
        for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert Authorization.objects.count() == 1


def test_the_same_key_and_scan_records_once(
    api: Program, estimate: Estimate, picture: bytes
) -> None:
    body = said(estimate, mode="paper", unread_reason="Folds.")
    path = f"estimates/{estimate.pk}/authorizations/"

    first = api("post", path, form(body, picture), form=True, Idempotency_Key="p")
    again = api("post", path, form(body, picture), form=True, Idempotency_Key="p")
    other = api("post", path, form(body, picture + b"1"), form=True, Idempotency_Key="p")

    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert first.json() == again.json()


def test_a_technician_records_nothing(program: Callable[..., Program], estimate: Estimate) -> None:
    technician = program(Role.TECHNICIAN)

    response = technician.post(f"estimates/{estimate.pk}/authorizations/", said(estimate))

    assert response.status_code == 403
    assert not Authorization.objects.exists()
