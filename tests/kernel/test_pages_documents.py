"""PDFs that we made: given to staff of their shop, and never as a page of ours."""

from datetime import timedelta

import pytest
from django.urls import reverse

from shopdisputes.actors import Role
from tests.factories import NOW, PDF, DocumentFactory, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, owner):
    client.force_login(owner.user)
    return client


def body(response):
    return b"".join(response.streaming_content)


def test_gives_a_pdf_to_be_saved_and_shut_in(desk, shop):
    document = DocumentFactory(shop=shop, ready=True)
    response = desk.get(reverse("document", args=[document.pk]))
    assert body(response) == PDF
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="EST-2026-0001.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert "no-store" in response["Cache-Control"]


def test_shows_a_pdf_in_the_browser_when_asked(desk, shop):
    document = DocumentFactory(shop=shop, ready=True)
    response = desk.get(reverse("document", args=[document.pk]), {"inline": "1"})
    assert response["Content-Disposition"] == 'inline; filename="EST-2026-0001.pdf"'
    assert response["Content-Security-Policy"].startswith("default-src 'none'; object-src 'self'")


def test_a_document_that_is_not_ready_says_how_far_it_is(desk, shop):
    document = DocumentFactory(
        shop=shop,
        attempts=2,
        last_error="no space left",
        next_try_at=NOW + timedelta(minutes=4),
    )
    response = desk.get(reverse("document", args=[document.pk]))
    page = response.content.decode()
    assert response.status_code == 202
    assert response["Refresh"] == "5"
    assert "The PDF is being typeset" in page
    assert "Tries so far: 2. Next one at" in page
    assert "10:34" in page
    assert "no space left" in page
    assert "unusually long" not in page


def test_says_when_typesetting_takes_too_long(desk, shop, clock):
    document = DocumentFactory(shop=shop)
    clock.shift(timedelta(minutes=6))
    page = desk.get(reverse("document", args=[document.pk])).content.decode()
    assert "unusually long" in page


def test_a_technician_may_read_papers(client, shop):
    client.force_login(staff(shop, Role.TECHNICIAN).user)
    document = DocumentFactory(shop=shop, ready=True)
    assert client.get(reverse("document", args=[document.pk])).status_code == 200


def test_nothing_of_another_shop_is_there(desk):
    foreign = DocumentFactory(ready=True)
    assert desk.get(reverse("document", args=[foreign.pk])).status_code == 404


def test_a_stranger_is_sent_to_the_log_in(client, shop):
    document = DocumentFactory(shop=shop, ready=True)
    response = client.get(reverse("document", args=[document.pk]))
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")
