"""Pages for what went wrong stand when everything else is down, the database too."""

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import RequestFactory

from shopdisputes.web import errors

PAGES = {
    400: (errors.bad_request, "This request cannot be read"),
    403: (errors.forbidden, "You are not allowed to see this"),
    404: (errors.not_found, "There is nothing at this address"),
    500: (errors.server_error, "Something went wrong on our side"),
}


@pytest.mark.parametrize("status", PAGES)
def test_it_is_said_without_a_database(status):
    handler, words = PAGES[status]
    response = handler(RequestFactory().get("/"))
    assert response.status_code == status
    assert f"<h1>{words}</h1>" in response.content.decode()
    assert response["Cache-Control"] == "no-store"


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["text", "lines"])
def test_a_form_that_is_too_large_is_called_so(client, field):
    large = "x" * (2 * 1024 * 1024) if field == "text" else ["x"] * 5001
    response = client.post("/accounts/login/", {field: large})
    assert response.status_code == 413
    assert "Nothing was saved. Go back and send less" in response.content.decode()


def test_who_is_logged_in_finds_the_way_home():
    def page(path: str) -> HttpResponse:
        request = RequestFactory().get(path)
        request.COOKIES[settings.SESSION_COOKIE_NAME] = "x"
        return errors.not_found(request)

    assert b"Go to Today" in page("/no-such-page/").content
    assert b"Go to Today" not in page("/c/no-such-page/").content


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "in 1 minute."), (60, "in 1 minute."), (61, "in 2 minutes."), (3600, "in 60 minutes.")],
)
def test_a_pause_says_how_long_it_lasts(seconds, words):
    response = errors.too_many(RequestFactory().get("/"), seconds)
    assert response.status_code == 429
    assert response["Retry-After"] == str(seconds)
    assert words in response.content.decode()
