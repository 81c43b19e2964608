"""What is logged opens nothing."""

import logging

import pytest

from shopdisputes.links.tokens import token_of
from shopdisputes.web.logs import ScrubTokens, scrub
from tests.factories import AccessLinkFactory


def test_the_token_of_an_address_is_taken_out_and_the_rest_is_kept():
    token = token_of(AccessLinkFactory.build())
    assert scrub(f'"GET /c/estimate/{token}/pdf/ HTTP/1.1" 200') == (
        '"GET /c/estimate/…/pdf/ HTTP/1.1" 200'
    )
    assert scrub("Authorization: Token abc123") == "Authorization: Token …"


@pytest.mark.parametrize("text", ["/c/fresh-link/", "/customers/", "GET /c/estimate/ 404"])
def test_what_is_no_secret_stays(text):
    assert scrub(text) == text


def test_arguments_and_tracebacks_are_scrubbed_before_a_handler_sees_them():
    token = token_of(AccessLinkFactory.build())
    try:
        raise ValueError(f"/c/estimate/{token}/")
    except ValueError as error:
        record = logging.LogRecord(
            "django", logging.ERROR, __file__, 1, "at %s", (f"/c/estimate/{token}/",), None
        )
        record.exc_info = (ValueError, error, error.__traceback__)
    assert ScrubTokens().filter(record)
    written = logging.Formatter("%(message)s").format(record)
    assert token not in written
    assert "at /c/estimate/…/" in written
