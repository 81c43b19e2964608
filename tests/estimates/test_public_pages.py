"""What customers read behind their link; nothing of it changes anything."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.test import Client

from estimates.models import Authorization, EstimateRevision
from estimates.pricing import LineInput
from estimates.services import sending
from shopdisputes.audit.models import AuditEvent
from shopdisputes.documents.models import Document
from shopdisputes.links.models import AccessLink
from shopdisputes.outbox.models import OutgoingEmail
from tests.estimates.customer import (
    DESK,
    Holder,
    holder_of,
    on_the_tablet,
    replace_estimate,
    send_estimate,
)
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def holder(shop) -> Holder:
    return send_estimate(shop=shop)


def everything() -> list[object]:
    """All rows that an answer, a request or a mail would leave behind."""
    return [
        [list(model.objects.order_by("pk").values()) for model in (EstimateRevision, AccessLink)],
        [model.objects.count() for model in (Authorization, AuditEvent, Document, OutgoingEmail)],
    ]


def test_says_first_what_it_is_and_what_is_asked(holder):
    page = holder.browser.get(holder.url).content.decode()
    heading = page[page.index("<h1>") : page.index("</h1>")]
    assert "proposes work for €242.28 on your" in " ".join(heading.split())
    assert "Please tell us, line by line, what you want done." in page


def test_nothing_is_ticked_beforehand(holder):
    page = holder.browser.get(holder.url).content.decode()
    assert page.count('type="radio"') == 6
    assert "checked" not in page


def test_shows_the_reason_the_hours_and_the_price_with_tax(holder):
    page = " ".join(holder.browser.get(holder.url).content.decode().split())
    assert "The pads are down to 2 mm." in page
    assert "1.8 h × €80.00" in page
    assert "€172.80" in page
    assert "Part: New" in page


def test_groups_lines_by_how_badly_they_are_needed(holder):
    page = holder.browser.get(holder.url).content.decode()
    assert page.index('id="group-required"') < page.index('id="group-recommended"')
    assert 'id="group-optional"' not in page


def test_shows_no_price_or_word_of_another_shop_s_texts(holder):
    other = send_estimate()
    page = holder.browser.get(holder.url).content.decode()
    assert other.revision.estimate.number == holder.revision.estimate.number or (
        other.revision.estimate.number not in page
    )
    assert other.link.shop.name not in page


@pytest.mark.parametrize("method", ["get", "head", "options"])
@pytest.mark.parametrize(
    "name", ["", "totals/", "sign/", "code/", "call/", "paper/", "displayed/", "pdf/", "signed/"]
)
def test_reading_changes_nothing(holder, method, name):
    before = everything()
    query = holder.answers("authorized", "declined")
    getattr(holder.browser, method)(holder.url + name, query)
    assert everything() == before


@pytest.mark.parametrize("name", ["", "totals/", "pdf/", "signed/"])
def test_what_is_only_read_takes_no_form(holder, name):
    assert holder.browser.post(holder.url + name).status_code == 405


@pytest.mark.parametrize("name", ["paper/", "displayed/"])
def test_what_only_acts_is_no_page(holder, name):
    assert holder.browser.get(holder.url + name).status_code == 405


def test_keeps_the_answers_that_stand_in_the_address(holder):
    query = holder.answers("authorized", "deferred")
    page = holder.browser.get(holder.url, query).content.decode()
    assert page.count("checked") == 2
    assert "Every line is answered" in page


@pytest.mark.parametrize(
    ("given", "amount"),
    [
        (("authorized", "authorized"), "€242.28"),
        (("authorized", "declined"), "€172.80"),
        (("deferred", "authorized"), "€69.48"),
        (("declined", "deferred"), "€0.00"),
    ],
)
def test_reckons_the_running_total(holder, given, amount):
    response = holder.browser.get(holder.at("totals"), holder.answers(*given))
    assert f"<strong>{amount}</strong>" in response.content.decode()
    assert "<html" not in response.content.decode()


def test_counts_the_lines_that_are_still_open(holder):
    response = holder.browser.get(holder.at("totals"), {"a1": "authorized"})
    assert "1 line is still open" in response.content.decode()


def test_an_answer_that_does_not_exist_counts_as_none(holder):
    response = holder.browser.get(holder.at("totals"), {"a1": "perhaps", "a2": "authorized"})
    assert "<strong>€69.48</strong>" in response.content.decode()
    assert "1 line is still open" in response.content.decode()


def test_speaks_the_link_s_language_until_another_is_chosen(shop):
    holder = send_estimate(shop=shop, repair_order__vehicle__customer__language="fr")
    assert 'lang="fr"' in holder.browser.get(holder.url).content.decode()
    assert 'lang="ru"' in holder.browser.get(holder.url, {"lang": "ru"}).content.decode()
    assert 'lang="ru"' in holder.browser.get(holder.url).content.decode()
    assert holder.browser.get(holder.at("totals"))["Content-Language"] == "ru"


def test_is_kept_out_of_caches_and_search_engines(holder):
    response = holder.browser.get(holder.url)
    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Referrer-Policy"] == "same-origin"


def test_an_estimate_for_information_asks_nothing(shop):
    holder = send_estimate(shop=shop, send={"request_authorization": False})
    page = holder.browser.get(holder.url).content.decode()
    assert "You do not have to answer." in page
    assert 'type="radio"' not in page
    response = holder.browser.get(holder.at("sign"), holder.answers("authorized", "authorized"))
    assert response.status_code == 302
    assert response["Location"] == holder.url


def test_names_the_deposit_and_that_nothing_is_paid_here(shop):
    holder = send_estimate(shop=shop, send={"deposit_amount": Decimal("50.00")})
    page = " ".join(holder.browser.get(holder.url).content.decode().split())
    assert "The shop asks for a deposit of €50.00. You do not pay anything here" in page


def test_an_estimate_past_its_last_day_says_so_and_asks_nothing(shop, clock):
    holder = send_estimate(shop=shop, valid_until=date(2026, 3, 18))
    # A quarter to midnight in Paris on the last day, and a quarter past.
    clock.move_to(datetime(2026, 3, 18, 22, 45, tzinfo=UTC))
    assert 'type="radio"' in holder.browser.get(holder.url).content.decode()
    clock.move_to(datetime(2026, 3, 18, 23, 15, tzinfo=UTC))
    page = holder.browser.get(holder.url).content.decode()
    assert "This estimate was valid until 18 Mar 2026." in page or (
        "This estimate was valid until Mar 18, 2026." in page
    )
    assert 'type="radio"' not in page


def test_a_withdrawn_estimate_says_so_and_asks_nothing(holder):
    sending.withdraw(revision=holder.revision, reason="The part is not made.", by=DESK, at=NOW)
    page = holder.browser.get(holder.url).content.decode()
    assert "The shop has withdrawn this estimate." in page
    assert 'type="radio"' not in page


def test_a_replaced_estimate_shows_what_changed_and_the_way_to_the_new_one(holder):
    newest = replace_estimate(
        holder,
        unit_price=Decimal("90.00"),
        added=[
            LineInput(
                kind="part",
                description="Front discs, pair",
                unit_price=Decimal("120.00"),
                tax_rate=Decimal("20"),
            )
        ],
    )
    page = " ".join(holder.browser.get(holder.url).content.decode().split())
    assert "This estimate was replaced by version 2." in page
    assert "The discs are worn as well." in page
    assert "Front discs, pair" in page
    assert "€172.80" in page
    assert "€194.40" in page
    assert f'href="{holder_of(newest).url}"' in page


def test_a_replaced_estimate_gives_no_way_to_somebody_else_s_link(holder):
    newest = replace_estimate(holder)
    AccessLink.objects.filter(target_id=newest.pk).update(recipient="other@customer.example")
    page = holder.browser.get(holder.url).content.decode()
    assert holder_of(newest).url not in page
    assert "You have received the new version by e-mail." in page


def test_unchanged_authorized_lines_are_shown_and_cannot_be_answered_again(holder):
    holder.browser.post(
        holder.at("sign", **holder.answers("authorized", "authorized")), holder.typed()
    )
    newest = holder_of(
        replace_estimate(
            holder,
            added=[
                LineInput(
                    kind="part",
                    description="Front discs, pair",
                    unit_price=Decimal("120.00"),
                    tax_rate=Decimal("20"),
                )
            ],
        )
    )
    page = newest.browser.get(newest.url).content.decode()
    assert page.count("You authorized this before.") == 2
    assert page.count('type="radio"') == 3
    response = newest.browser.get(newest.at("totals"), {"a3": "authorized"})
    assert "<strong>€144.00</strong>" in response.content.decode()
    assert "€386.28 with what you authorized before" in response.content.decode()


def test_the_page_of_a_pdf_that_is_not_typeset_yet_is_calm(holder):
    response = holder.browser.get(holder.at("pdf"))
    assert response.status_code == 503
    assert response["Retry-After"] == "30"
    assert "The document is being prepared." in response.content.decode()


def test_a_link_for_the_tablet_offers_no_paper(holder):
    tablet = on_the_tablet(holder.revision)
    assert "I will sign on paper" not in tablet.browser.get(tablet.url).content.decode()
    assert tablet.browser.post(tablet.at("paper")).status_code == 404


@pytest.mark.parametrize("token", ["nonsense", "bm9uc2Vuc2U.nonsense"])
def test_a_forged_link_opens_nothing(token):
    assert Client().get(f"/c/estimate/{token}/").status_code == 404


def test_the_report_that_a_person_saw_it_is_noted_once(holder):
    for _ in range(2):
        assert holder.browser.post(holder.at("displayed")).status_code == 204
    assert AuditEvent.objects.filter(action="link.displayed").count() == 1
