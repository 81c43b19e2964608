"""What customers see behind their link to an inspection; looking changes nothing."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from inspections.models import Inspection, ItemMedia
from inspections.services import clockwork
from inspections.states import InspectionStatus, Result, Stage
from shopdisputes.web.limits import LINK_FILES, LINK_READS
from tests.factories import (
    NOW,
    InspectionFactory,
    ItemMediaFactory,
    RemarkFileFactory,
    StoredFileFactory,
)
from tests.inspections.holders import Holder, holder_of, on_the_tablet, share_inspection
from tests.inspections.stages import everything, item_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def holder(shop) -> Holder:
    return share_inspection(shop=shop, drawn=True)


def words(response) -> str:
    """The text of a page, without its tags."""
    main = re.search(r"<main.*</main>", response.content.decode(), re.DOTALL).group()
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def test_says_first_what_it_is_and_what_is_asked(holder):
    response = holder.browser.get(holder.url)
    page = words(response)
    assert response.status_code == 200
    assert "This is the state of your Renault Clio when we received it on" in page
    assert ", at 84,012 km." in page
    assert "tell us whether you see it the same way" in page
    assert re.search(r"Please answer by \w+ \d+, 20\d\d \(\w+day\)\.", page)


def test_counts_what_was_seen_and_leads_to_it(holder):
    page = holder.browser.get(holder.url).content.decode()
    tyre = item_of(holder.inspection, "tyre_front_left")
    bumper = item_of(holder.inspection, "bumper_front")
    glance = page[page.index('id="summary"') : page.index("</dl>")]
    assert "1 urgent" in glance
    assert f'href="#i{tyre.position}"' in glance
    assert "1 needs attention" in glance
    assert f'href="#i{bumper.position}"' in glance
    assert "3 all right" in glance


def test_shows_each_item_with_its_result_its_measurement_and_its_limits(holder):
    page = words(holder.browser.get(holder.url))
    assert "Urgent 1.4 mm" in page.replace("&nbsp;", " ")
    assert "urgent below 1.6 mm" in page
    assert "Scratch, 12 cm." in page
    assert "1M8GDM9AXKP042788" in page


def test_says_why_something_was_not_inspected(shop):
    holder = share_inspection(
        shop=shop,
        seen={"lights": {"result": Result.NOT_INSPECTED, "reason": "The key was missing."}},
    )
    page = words(holder.browser.get(holder.url))
    assert "1 not inspected" in page
    assert page.count("The key was missing.") == 2


def test_never_shows_what_is_for_the_shop_alone(shop):
    holder = share_inspection(
        shop=shop,
        seen={"lights": {"result": Result.OK, "internal_note": "Difficult customer."}},
    )
    assert b"Difficult customer." not in holder.browser.get(holder.url).content


def test_chooses_nothing_for_the_customer(holder):
    page = holder.browser.get(holder.url).content.decode()
    assert page.count('name="answer"') == 3
    assert page.count('type="radio"') == page.count('type="checkbox"') == 0
    assert "btn-primary" not in page


@pytest.mark.parametrize("method", ["get", "head", "options"])
@pytest.mark.parametrize("name", ["", "sign/", "files/", "displayed/", "pdf/", "signed/"])
def test_looking_changes_nothing(holder, method, name):
    before = everything()
    getattr(holder.browser, method)(holder.url + name)
    assert everything() == before


def test_takes_as_many_queries_for_many_items_as_for_few(shop):
    few, many = share_inspection(shop=shop), share_inspection(shop=shop)
    item = item_of(many.inspection, "lights")
    for _ in range(4):
        ItemMediaFactory(item=item, file__ready=True)
    counts = []
    for holder in (few, many):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            holder.browser.get(holder.url)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_can_still_be_answered_after_the_last_day(holder):
    inspection = Inspection.objects.get(pk=holder.inspection.pk)
    clockwork.lapse(at=NOW + timedelta(days=inspection.shop.inspection_answer_days + 2))
    response = holder.browser.get(holder.url)
    assert "noted that there was none. You can still answer now." in words(response)
    assert b'name="answer"' in response.content


@pytest.mark.parametrize("status", [InspectionStatus.DISCARDED, InspectionStatus.IN_PROGRESS])
def test_shows_nothing_of_what_the_shop_took_back(holder, status):
    media = ItemMedia.objects.get(item__inspection=holder.inspection)
    assert holder.browser.get(holder.at("file", media.file_id, "web")).status_code == 200
    Inspection.objects.filter(pk=holder.inspection.pk).update(status=status)
    response = holder.browser.get(holder.url)
    assert response.status_code == 200
    assert b"Scratch" not in response.content
    assert b'name="answer"' not in response.content
    assert holder.browser.get(holder.at("file", media.file_id, "web")).status_code == 404
    assert holder.browser.get(holder.at("pdf")).status_code == 404


def test_speaks_the_language_of_the_link_until_another_is_chosen(shop):
    holder = share_inspection(shop=shop, repair_order__vehicle__customer__language="fr")
    page = holder.browser.get(holder.url).content.decode()
    assert 'lang="fr"' in page
    assert "Pare-chocs avant" in page
    assert 'lang="en"' in holder.browser.get(holder.url, {"lang": "en"}).content.decode()


def test_asks_for_no_address_on_the_tablet_and_names_no_day(shop):
    tablet = on_the_tablet(InspectionFactory(shop=shop, completed=True))
    response = tablet.browser.get(tablet.url)
    assert "Please answer by" not in words(response)
    assert b'data-keep="session"' in response.content


class TestFiles:
    def test_gives_the_photos_of_this_inspection(self, holder):
        item = item_of(holder.inspection, "lights")
        media = ItemMediaFactory(item=item, file__jpeg=True, file__ready=True)
        response = holder.browser.get(holder.at("file", media.file_id, "thumbnail"))
        assert response.status_code == 200
        assert response["Content-Type"] == "image/jpeg"
        assert response["Cache-Control"] == "no-store"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert holder.at("file", media.file_id, "thumbnail").encode() in (
            holder.browser.get(holder.url).content
        )

    def test_gives_parts_of_a_video(self, holder):
        media = ItemMediaFactory(item=item_of(holder.inspection, "lights"), file__video=True)
        response = holder.browser.get(
            holder.at("file", media.file_id, "original"), headers={"Range": "bytes=0-9"}
        )
        assert (response.status_code, response["Content-Length"]) == (206, "10")

    def test_gives_nothing_else_of_the_shop(self, holder, shop):
        ready = {"file__jpeg": True, "file__ready": True}
        other = share_inspection(shop=shop, drawn=True)
        taken_away = ItemMediaFactory(
            item=item_of(holder.inspection, "lights"), removed_at=NOW, removed_by="Theo", **ready
        )
        of_another_link = RemarkFileFactory(inspection=other.inspection, link=other.link, **ready)
        for stored in (
            StoredFileFactory(shop=shop, jpeg=True, ready=True),
            StoredFileFactory(jpeg=True, ready=True),
            ItemMedia.objects.get(item__inspection=other.inspection).file,
            taken_away.file,
            of_another_link.file,
        ):
            assert holder.browser.get(holder.at("file", stored.pk, "web")).status_code == 404

    def test_gives_the_customer_s_own(self, holder):
        own = RemarkFileFactory(
            inspection=holder.inspection, link=holder.link, file__jpeg=True, file__ready=True
        )
        assert holder.browser.get(holder.at("file", own.file_id, "web")).status_code == 200

    def test_is_the_same_refusal_for_a_link_to_something_else(self, holder):
        media = ItemMedia.objects.get(item__inspection=holder.inspection)
        url = holder.at("file", media.file_id, "web")
        assert holder.browser.get(url).status_code == 200
        assert Client().get(url.replace(url.split("/")[3], "nothing")).status_code == 404

    def test_is_limited_apart_from_the_pages(self, holder):
        item = item_of(holder.inspection, "lights")
        media = ItemMediaFactory(item=item, file__jpeg=True, file__ready=True)
        url = holder.at("file", media.file_id, "thumbnail")
        cache.set(LINK_READS.key(str(holder.link.pk), at=NOW), LINK_READS.hits, 60)
        assert holder.browser.get(holder.url).status_code == 429
        assert holder.browser.get(url).status_code == 200
        cache.set(LINK_FILES.key(str(holder.link.pk), at=NOW), LINK_FILES.hits, 60)
        assert holder.browser.get(url).status_code == 429


class TestCheckOut:
    @pytest.fixture
    def pair(self, shop) -> tuple[Inspection, Holder]:
        before = InspectionFactory(shop=shop, completed=True, drawn=True)
        after = InspectionFactory(
            repair_order=before.repair_order,
            stage=Stage.CHECK_OUT,
            shared=True,
            seen={
                "bumper_front": {"result": Result.OK, "note": "Polished."},
                "lights": {"result": Result.ATTENTION, "note": "One is out."},
            },
        )
        return before, holder_of(after)

    def test_shows_check_in_beside_it_and_marks_what_differs(self, pair):
        _before, holder = pair
        page = words(holder.browser.get(holder.url))
        assert "as we hand it back on" in page
        assert page.count("At check-in") == page.count("At check-out") == 5
        assert "1 is worse Lights Body 1 is better Front bumper Body" in page
        assert "Front bumper Compared with check-in: Better" in page
        assert "Lights Compared with check-in: Worse" in page
        assert "Odometer Compared with check-in: Same" in page
        assert "Scratch, 12 cm." in page
        assert "Polished." in page

    def test_gives_the_photos_of_check_in_too(self, pair):
        before, holder = pair
        media = ItemMedia.objects.get(item__inspection=before)
        assert holder.browser.get(holder.at("file", media.file_id, "web")).status_code == 200

    def test_gives_the_check_in_s_link_nothing_of_check_out(self, pair, shop):
        before, after = pair
        item = item_of(after.inspection, "lights")
        media = ItemMediaFactory(item=item, file__jpeg=True, file__ready=True)
        tablet = on_the_tablet(before)
        url = tablet.at("file", media.file_id, "web")
        assert tablet.browser.get(url).status_code == 404
