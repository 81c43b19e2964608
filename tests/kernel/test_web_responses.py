"""Answers: redirects, refusals that lose nothing, tables that compute nothing."""

from decimal import Decimal

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from shopdisputes.errors import Conflict, Refused
from shopdisputes.uploads import services as uploads
from shopdisputes.web.middleware import PrivacyMiddleware
from shopdisputes.web.responses import csv_response, file_refused, refused, safe_cell, see_other
from tests.factories import ApiTokenFactory


class NameForm(forms.Form):
    name = forms.CharField(max_length=5)


def ask(**headers: str) -> HttpRequest:
    request = RequestFactory(headers=headers).get("/")
    request.user = AnonymousUser()
    request.session = SessionStore()
    return request


def test_a_form_that_was_taken_leads_on_by_303():
    response = see_other("/customers/")
    assert (response.status_code, response["Location"]) == (303, "/customers/")


def test_htmx_is_told_to_go_to_the_page_itself():
    response = PrivacyMiddleware(lambda _request: see_other("/customers/"))(ask(hx_request="true"))
    assert (response.status_code, response["HX-Redirect"]) == (204, "/customers/")
    assert "Location" not in response


def test_pages_are_not_kept_unless_they_say_so():
    plain = PrivacyMiddleware(lambda _request: HttpResponse())(ask())
    assert plain["Cache-Control"] == "private, no-store"
    kept = PrivacyMiddleware(
        lambda _request: HttpResponse(headers={"Cache-Control": "max-age=60"})
    )(ask())
    assert kept["Cache-Control"] == "max-age=60"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (uploads.TooLarge, 413),
        (uploads.WrongType, 415),
        (uploads.EmptyFile, 422),
        (uploads.StorageAway, 503),
        (uploads.StorageFull, 507),
        (Conflict, 409),
    ],
)
def test_a_script_is_told_why_its_file_was_not_taken(error, status):
    response = file_refused(error("No.", fields={"file": "Not this file."}))
    assert response.status_code == status
    assert response.content.decode() == (f'{{"message": "Not this file.", "code": "{error.code}"}}')


def test_an_invalid_form_comes_back_with_what_was_typed_and_its_summary():
    form = NameForm({"name": "far too long"})
    assert not form.is_valid()
    response = refused(ask(), "components/form_errors.html", {}, form)
    assert response.status_code == 422
    assert "Ensure this value has at most 5 characters (it has 12)." in response.content.decode()


def test_what_the_business_says_stands_at_its_field_and_on_top():
    form = NameForm({"name": "Alix"})
    assert form.is_valid()
    error = Refused("No.", fields={"name": "Taken.", "elsewhere": "Also wrong."})
    response = refused(ask(), "components/form_errors.html", {"form": form}, error)
    body = response.content.decode()
    assert response.status_code == 422
    assert form.errors["name"] == ["Taken."]
    assert '<p class="summary-title">No.</p>' in body
    assert '<a href="#id_name">Name</a>: Taken.' in body
    assert "<li>Also wrong.</li>" in body


def test_a_conflict_is_said_as_409():
    response = refused(ask(), "components/form_errors.html", {}, Conflict("Too late."))
    assert response.status_code == 409


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+33 6 12", "'+33 6 12"),
        ("-2", "'-2"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("Dupont;=1+1", "Dupont;'=1+1"),
        ('Dupont;"=1+1', "Dupont;'\"=1+1"),
        ("Dupont\n@SUM(A1)", "Dupont\n'@SUM(A1)"),
        ("Dupont; Zoé - x", "Dupont; Zoé - x"),
        ("Dupont", "Dupont"),
        (Decimal("-12.50"), "-12.50"),
        (Decimal("392.040000000000"), "392.04"),
        (Decimal("1008"), "1008.00"),
        (Decimal("1.125"), "1.125"),
        (7, "7"),
        (None, ""),
    ],
)
def test_a_cell_is_shown_and_never_computed(value, written):
    assert safe_cell(value) == written


def test_a_table_is_read_right_by_spreadsheets():
    response = csv_response(
        "customers.csv", ["Name", "Total"], [["Zoé; “x”, y", Decimal("-1.50")], ["=2", None]]
    )
    assert b"".join(response).decode() == ('\ufeffName,Total\r\n"Zoé; “x”, y",-1.50\r\n\'=2,\r\n')
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="customers.csv"'


class LostLine:
    """The body of a request whose sender went out of reach."""

    def read(self, *_size):
        raise TimeoutError("timed out")

    readline = read


def test_a_sender_who_goes_out_of_reach_leaves_no_traceback(client, shop, owner, caplog):
    ApiTokenFactory(shop=shop, user=owner.user, key="a-key-of-this-test")
    response = client.generic(
        "POST",
        reverse("api-customer-list"),
        headers={"Authorization": "Token a-key-of-this-test"},
        CONTENT_TYPE="application/json",
        CONTENT_LENGTH="100",
        **{"wsgi.input": LostLine()},
    )
    assert response.status_code == 408
    assert not [record for record in caplog.records if record.exc_info]
