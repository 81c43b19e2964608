"""What holds for every call: bodies, errors, types, methods."""

from collections.abc import Callable

import pytest
from django.test import Client

from shopdisputes.actors import Role
from shopdisputes.api.errors import handle
from shopdisputes.customers.models import Customer
from shopdisputes.errors import Conflict
from tests.api.conftest import Program
from tests.factories import CustomerFactory, EstimateFactory

pytestmark = pytest.mark.django_db


def test_a_body_that_is_no_json_is_400(api: Program) -> None:
    response = api("post", "customers/", "{'name': 1")

    assert response.status_code == 400
    assert response.json()["code"] == "malformed"


@pytest.mark.parametrize("body", ["[]", '"text"', "1", "null", "true"])
def test_a_body_that_is_no_object_is_400(api: Program, body: str) -> None:
    response = api("post", "customers/", body)

    assert response.status_code == 400
    assert response.json()["code"] == "malformed"


def test_not_a_number_is_no_json(api: Program) -> None:
    assert api("post", "customers/", '{"name": NaN}').status_code == 400


def test_a_body_nested_without_end_is_400(api: Program) -> None:
    assert api("post", "customers/", "[" * 100_000).status_code == 400


def test_a_body_that_is_no_text_is_400(api: Program) -> None:
    assert api("post", "customers/", b'{"name": "\xff\xfe"}').status_code == 400


@pytest.mark.parametrize("value", [True, [], {}, ["a"]])
def test_the_wrong_json_type_is_400_at_its_field(api: Program, value: object) -> None:
    response = api.post("customers/", {"name": value})

    assert response.status_code == 400
    assert response.json() == {
        "code": "malformed",
        "message": "The request is not what this call expects.",
        "fields": {"name": "This must be a plain value."},
    }
    assert not Customer.objects.exists()


def test_only_true_and_false_are_yes_and_no(api: Program) -> None:
    estimate = EstimateFactory(shop=api.membership.shop)

    response = api.post(f"estimates/{estimate.pk}/send/", {"request_signature": "yes"})

    assert response.status_code == 400
    assert response.json()["fields"] == {"request_signature": "This must be true or false."}


def test_a_reference_that_is_no_text_is_400(api: Program) -> None:
    response = api.post("estimates/", {"repair_order": 7})

    assert response.status_code == 400
    assert list(response.json()["fields"]) == ["repair_order"]


def test_what_the_business_says_keeps_its_code_fields_and_details() -> None:
    error = Conflict("No.", fields={"amount": "Too much."}, details={"left": "1.00"})

    answer = handle(error, {})

    assert answer is not None
    assert answer.status_code == 409
    assert answer.data == {
        "code": "conflict",
        "message": "No.",
        "fields": {"amount": "Too much."},
        "details": {"left": "1.00"},
    }


def test_what_nobody_foresaw_is_left_to_the_server() -> None:
    assert handle(ZeroDivisionError(), {}) is None


def test_a_part_of_the_wrong_type_is_400_at_its_path(api: Program) -> None:
    response = api.post("customers/", {"name": "Ann", "address": "3 quai Perrache"})

    assert response.status_code == 400
    assert response.json()["fields"] == {"address": "This must be an object."}


def test_a_value_that_is_refused_is_422_at_its_path(api: Program) -> None:
    response = api.post("customers/", {"email": "nobody", "address": {"country": "France"}})

    assert response.status_code == 422
    assert response.json() == {
        "code": "invalid",
        "message": "Please look at the fields.",
        "fields": {
            "name": "This field is required.",
            "email": "Enter a valid email address.",
            "address.country": "Two capital letters, as in FR.",
        },
    }
    assert not Customer.objects.exists()


@pytest.mark.parametrize("name", ["\x00", "a\x00b", "\ud800"])
def test_signs_that_no_database_keeps_are_422(api: Program, name: str) -> None:
    assert api.post("customers/", {"name": name}).status_code == 422


@pytest.mark.parametrize("word", ["diamonds", "\\ud800", "\\u0000"])
def test_a_word_that_is_not_of_the_list_is_422_and_not_repeated(api: Program, word: str) -> None:
    response = api("post", "payments/", f'{{"method": "{word}"}}')

    assert response.status_code == 422
    assert response.json()["fields"]["method"] == "Choose one of the list."


def test_a_message_speaks_the_language_asked_for(api: Program) -> None:
    response = api.post("customers/", {}, Accept_Language="fr")

    assert response.json()["fields"] == {"name": "Ce champ est obligatoire."}


def test_another_type_of_body_is_415(api: Program) -> None:
    sent = api.client.post(
        "/api/v1/customers/", "name=Ann", content_type="text/plain", headers=api.headers
    )

    assert sent.status_code == 415
    assert sent.json()["code"] == "unsupported-media-type"


def test_a_form_is_415_where_files_have_no_place(api: Program) -> None:
    assert api("post", "customers/", {"name": "Ann"}, form=True).status_code == 415


def test_a_body_of_more_than_two_mebibytes_is_413(api: Program) -> None:
    response = api.post("customers/", {"name": "Ann", "notes": "x" * 2 * 1024 * 1024})

    assert response.status_code == 413
    assert response.json()["code"] == "too-large"
    assert not Customer.objects.exists()


def test_another_method_is_405(api: Program) -> None:
    response = api("delete", "customers/")

    assert response.status_code == 405
    assert response.json()["code"] == "method-not-allowed"
    assert response["Allow"] == "GET, HEAD, POST"


def test_an_unknown_call_is_404_in_the_same_words(api: Program) -> None:
    for path in ("nothing/", "customers", "customers/not-an-id/", ""):
        response = api.get(path)

        assert response.status_code == 404, path
        assert response.json()["code"] == "not-found"


def test_a_post_to_an_address_of_which_there_is_none_is_no_forgery() -> None:
    response = Client(enforce_csrf_checks=True).post("/api/v1/nothing/", {})

    assert response.status_code == 404
    assert response.json() == {
        "code": "not-found",
        "message": "There is no such call.",
        "fields": {},
    }


def test_whatever_accept_says_the_answer_is_json(api: Program) -> None:
    response = api.get("customers/", Accept="application/xml")

    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"


def test_a_technician_reads_and_writes_nothing(program: Callable[..., Program]) -> None:
    technician = program(Role.TECHNICIAN)
    customer = CustomerFactory(shop=technician.membership.shop)

    assert technician.get(f"customers/{customer.pk}/").status_code == 200
    refused = technician.patch(f"customers/{customer.pk}/", {"name": "Changed"})

    assert refused.status_code == 403
    assert refused.json()["code"] == "forbidden"
    customer.refresh_from_db()
    assert customer.name != "Changed"


def test_answers_stay_out_of_caches(api: Program) -> None:
    assert "no-store" in api.get("customers/")["Cache-Control"]


def test_no_form_of_another_site_gets_in_with_a_session(api: Program) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(api.membership.user)

    assert browser.post("/api/v1/customers/", {"name": "Ann"}).status_code == 401
