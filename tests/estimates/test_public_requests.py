"""Other ways than signing here: a call, paper."""

import pytest

from estimates.models import Authorization
from tests.estimates.customer import Holder, send_estimate
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def holder(shop) -> Holder:
    return send_estimate(shop=shop)


def test_a_call_is_asked_for_with_when_and_where(holder):
    response = holder.browser.post(holder.at("call"), {"note": "Tonight, 06 12 34 56 78"})
    assert response.status_code == 303
    assert response["Location"] == holder.url
    holder.revision.refresh_from_db()
    assert holder.revision.call_requested_at == NOW
    assert holder.revision.call_note == "Tonight, 06 12 34 56 78"
    page = holder.browser.get(holder.url).content.decode()
    assert "We will call you." in page
    assert "Tonight, 06 12 34 56 78" in page
    assert page.count('type="radio"') == 6


def test_a_note_that_is_too_long_is_refused_at_its_field_and_kept(holder):
    note = "x" * 301
    response = holder.browser.post(holder.at("call"), {"note": note})
    assert response.status_code == 422
    assert "At most 300 characters." in response.content.decode()
    assert note in response.content.decode()
    holder.revision.refresh_from_db()
    assert holder.revision.call_requested_at is None


def test_paper_is_asked_for_and_explained(holder):
    response = holder.browser.post(holder.at("paper"))
    assert response.status_code == 303
    holder.revision.refresh_from_db()
    assert holder.revision.paper_requested_at == NOW
    assert "You would like to sign on paper." in holder.browser.get(holder.url).content.decode()


def test_neither_is_an_answer(holder):
    holder.browser.post(holder.at("call"), {"note": ""})
    holder.browser.post(holder.at("paper"))
    assert not Authorization.objects.exists()
