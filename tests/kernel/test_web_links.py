"""The gate of the customers' pages: one refusal for all causes, limits, and fresh links."""

import re
import uuid
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone, translation

from estimates.models import EstimateRevision
from shopdisputes.audit.models import AuditEvent
from shopdisputes.errors import Conflict
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.links.tokens import token_of
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.web.limits import LINK_ACTS, LINK_MISSES, LINK_READS
from shopdisputes.web.requests import CustomerRequest, customer
from tests.factories import NOW, AccessLinkFactory, EstimateFactory

pytestmark = pytest.mark.django_db


@customer(LinkPurpose.ESTIMATE)
def page(request: CustomerRequest, link: AccessLink) -> HttpResponse:
    return HttpResponse(
        f"{link.pk}|{request.shop.pk}|{request.actor.role}|{request.actor.name}|"
        f"{request.actor.user_agent}|{translation.get_language()}|"
        f"{timezone.get_current_timezone_name()}"
    )


def ask(token: str, method: str = "GET", query: str = "", **headers: str) -> HttpRequest:
    request = RequestFactory(headers=headers).generic(method, f"/c/estimate/{token}/{query}")
    request.LANGUAGE_CODE = "en"
    return request


def visit(token: str, method: str = "GET", query: str = "", **headers: str) -> HttpResponse:
    return page(ask(token, method, query, **headers), token=token)


def test_a_live_link_opens_for_its_holder_in_their_language_and_the_shops_zone():
    link = AccessLinkFactory(language="fr", recipient_name="Camille Durand")
    response = visit(token_of(link), user_agent="Safari")
    assert response.status_code == 200
    assert response.content.decode() == (
        f"{link.pk}|{link.shop_id}|customer|Camille Durand|Safari|fr|Europe/Paris"
    )


def test_the_page_is_kept_by_nobody_and_tells_no_other_site():
    response = visit(token_of(AccessLinkFactory()))
    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Referrer-Policy"] == "same-origin"


def test_a_language_is_chosen_in_the_address_and_kept_for_this_link_alone():
    link = AccessLinkFactory(language="fr")
    token = token_of(link)
    response = visit(token, query="?lang=ru")
    assert "|ru|" in response.content.decode()
    assert response["Content-Language"] == "ru"
    assert response.cookies["language"].value == "ru"
    assert response.cookies["language"]["path"] == f"/c/estimate/{token}/"
    request = ask(token)
    request.COOKIES["language"] = "ru"
    assert "|ru|" in page(request, token=token).content.decode()


def test_a_language_that_we_do_not_speak_changes_nothing():
    response = visit(token_of(AccessLinkFactory(language="fr")), query="?lang=xx")
    assert "|fr|" in response.content.decode()
    assert not response.cookies


def refused_tokens() -> dict[str, str]:
    live = token_of(AccessLinkFactory())
    return {
        "forged": live[:-4] + ("AAAA" if not live.endswith("AAAA") else "BBBB"),
        "rubbish": "rubbish",
        "expired": token_of(AccessLinkFactory(expired=True)),
        "revoked": token_of(AccessLinkFactory(revoked=True)),
        "other purpose": token_of(AccessLinkFactory(purpose=LinkPurpose.ESTIMATE_IN_PERSON)),
        "gone": token_of(AccessLinkFactory.build(pk=uuid.uuid4())),
        "other language": token_of(AccessLinkFactory(expired=True, language="ru")),
    }


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
def test_every_refusal_is_the_same_page_to_the_byte(method):
    answers = set()
    for token in refused_tokens().values():
        response = visit(token, method)
        assert response.status_code == 404
        headers = sorted(response.headers.items())
        answers.add((response.content.replace(token.encode(), b"TOKEN"), str(headers)))
    assert len(answers) == 1
    body = answers.pop()[0].decode()
    assert 'name="token" value="TOKEN"' in body
    assert "This link does not open any more" in body


def test_a_link_opens_until_the_moment_it_expires_and_not_then(clock):
    link = AccessLinkFactory()
    clock.move_to(link.expires_at - timedelta(seconds=1))
    assert visit(token_of(link)).status_code == 200
    clock.move_to(link.expires_at)
    assert visit(token_of(link)).status_code == 404


def test_reading_too_often_pauses_this_link_and_no_other(clock):
    link, other = AccessLinkFactory(), AccessLinkFactory()
    clock.move_to(NOW.replace(second=0))
    for _ in range(LINK_READS.hits):
        assert visit(token_of(link)).status_code == 200
    response = visit(token_of(link))
    assert response.status_code == 429
    assert response["Retry-After"] == "60"
    assert visit(token_of(other)).status_code == 200
    clock.shift(60)
    assert visit(token_of(link)).status_code == 200


def test_acting_too_often_pauses_acting_not_reading(clock):
    link = AccessLinkFactory()
    for _ in range(LINK_ACTS.hits):
        assert visit(token_of(link), "POST").status_code == 200
    assert visit(token_of(link), "POST").status_code == 429
    assert visit(token_of(link)).status_code == 200
    # The count outlives the shared cache's usual five minutes.
    clock.shift(400)
    assert visit(token_of(link), "POST").status_code == 429


def test_somebody_who_tries_addresses_is_told_to_wait_while_real_links_open():
    for number in range(LINK_MISSES.hits):
        assert visit(f"rubbish{number}").status_code == 404
    assert visit("rubbish").status_code == 429
    assert visit(token_of(AccessLinkFactory())).status_code == 200


def test_counters_hold_neither_tokens_nor_addresses():
    assert "203.0.113.7" not in LINK_MISSES.key("203.0.113.7", at=NOW)


def test_what_the_business_refuses_is_said_to_the_customer():
    @customer(LinkPurpose.ESTIMATE)
    def refusing(_request: CustomerRequest, link: AccessLink) -> HttpResponse:
        raise Conflict("It was answered already.")

    token = token_of(AccessLinkFactory())
    response = refusing(ask(token, "POST"), token=token)
    assert response.status_code == 409
    assert "It was answered already." in response.content.decode()


def fresh(token: str) -> HttpResponse:
    # Without a session and without a CSRF token: a customer's browser may block all cookies.
    return Client(enforce_csrf_checks=True).post("/c/fresh-link/", {"token": token})


def test_the_answer_to_a_wish_for_a_fresh_link_is_always_the_same():
    answers = {fresh(token).content for token in refused_tokens().values()}
    assert len(answers) == 1
    assert b"If this link was ours, a fresh one is on its way" in answers.pop()


@pytest.fixture
def old_link(clock) -> AccessLink:
    """The link of an estimate that was mailed 31 days ago."""
    link = AccessLink.objects.get(target_id=EstimateFactory(sent=True).revisions.get().pk)
    clock.shift(timedelta(days=31))
    return link


def fresh_emails() -> QuerySet[OutgoingEmail]:
    return OutgoingEmail.objects.filter(kind="fresh_link")


def test_an_expired_link_is_replaced_by_mail_to_the_address_on_file(old_link):
    assert visit(token_of(old_link)).status_code == 404
    assert fresh(token_of(old_link)).status_code == 200
    email = fresh_emails().get()
    assert (email.recipient, email.language) == (old_link.recipient, old_link.language)
    assert email.shop == old_link.shop
    assert email.link.pk != old_link.pk
    assert email.link.target_id == old_link.target_id
    assert email.link.expires_at == timezone.now() + timedelta(days=old_link.shop.link_life_days)
    assert visit(token_of(email.link)).status_code == 200
    assert f"[[link:{email.link.pk}]]" in email.text
    assert token_of(email.link) not in email.text
    events = AuditEvent.objects.filter(at=timezone.now()).order_by("sequence")
    assert list(events.values_list("action", "actor_role")) == [
        ("link.given", "customer"),
        ("link.renewed", "customer"),
    ]


def test_a_fresh_link_never_goes_to_an_address_that_was_corrected(old_link):
    revision = EstimateRevision.objects.get(pk=old_link.target_id)
    customer = revision.estimate.repair_order.customer
    customer.email = "right@customer.example"
    customer.save()
    fresh(token_of(old_link))
    email = fresh_emails().get()
    assert (email.recipient, email.link.recipient) == ("right@customer.example",) * 2
    assert email.customer == customer
    assert AuditEvent.objects.get(action="link.renewed").data == {
        "recipient": "right@customer.example"
    }


def test_no_fresh_link_is_mailed_where_no_address_is_on_file(old_link):
    revision = EstimateRevision.objects.get(pk=old_link.target_id)
    customer = revision.estimate.repair_order.customer
    customer.email = ""
    customer.save()
    fresh(token_of(old_link))
    assert not fresh_emails().exists()


@pytest.mark.parametrize("cause", ["forged", "rubbish", "gone"])
def test_nothing_is_mailed_for_what_was_never_ours(cause):
    fresh(refused_tokens()[cause])
    assert not OutgoingEmail.objects.exists()


def test_nothing_is_mailed_for_a_link_of_the_shops_own_tablet():
    link = AccessLinkFactory(expired=True, purpose=LinkPurpose.ESTIMATE_IN_PERSON, recipient="")
    fresh(token_of(link))
    assert not OutgoingEmail.objects.exists()


def test_nothing_is_mailed_for_what_is_no_longer_shown_to_anybody():
    fresh(token_of(AccessLinkFactory(revoked=True)))
    assert not OutgoingEmail.objects.exists()


def test_one_link_is_replaced_three_times_an_hour_at_most(old_link, clock):
    for _ in range(5):
        fresh(token_of(old_link))
    assert fresh_emails().count() == 3
    clock.shift(3601)
    fresh(token_of(old_link))
    assert fresh_emails().count() == 4


def test_asking_with_get_is_not_possible_and_changes_nothing():
    response = Client().get("/c/fresh-link/")
    assert response.status_code == 405
    assert not OutgoingEmail.objects.exists()


def test_guessing_through_the_form_is_limited_too():
    cache.set(LINK_MISSES.key("127.0.0.1", at=NOW), LINK_MISSES.hits, 3600)
    assert fresh("rubbish").status_code == 429


def test_the_refusal_shows_no_inline_script_or_style():
    body = visit("rubbish").content.decode()
    assert not re.search(r"<style|<script(?![^>]*\bsrc=)| style=| on[a-z]+=", body)
