"""What was seen on the car stands beside the line that mends it, on the customer's page."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from inspections.models import ItemMedia
from shopdisputes.links.tokens import token_of
from tests.estimates.customer import Holder, send_estimate
from tests.factories import BRAKES, SEEN, InspectionFactory, ItemMediaFactory, staff
from tests.inspections.stages import complete, item_of, looked

pytestmark = pytest.mark.django_db


@pytest.fixture
def media(shop) -> ItemMedia:
    """The photo of an urgent tyre, in a completed inspection."""
    inspection = looked(
        shop=shop, drawn=True, seen={"tyre_front_left": SEEN["tyre_front_left"] | {"note": "Bald."}}
    )
    tyre = item_of(inspection, "tyre_front_left")
    photo = ItemMediaFactory(item=tyre, file__jpeg=True, file__ready=True)
    complete(inspection)
    return photo


def citing(media: ItemMedia, **options: Any) -> Holder:
    """An estimate of the same visit whose first line cites the photo's item."""
    lines = [BRAKES[0] | {"finding_id": media.item_id}, *BRAKES[1:]]
    order = media.item.inspection.repair_order
    return send_estimate(repair_order=order, lines=lines, **options)


def file_url(holder: Holder, media: ItemMedia, variant: str = "thumbnail") -> str:
    return reverse("public-estimate-file", args=[token_of(holder.link), media.file_id, variant])


def test_shows_what_was_found_with_its_photos_beside_the_line(media):
    holder = citing(media)
    page = holder.browser.get(holder.url).content.decode()
    line = page[page.index('id="a1"') : page.index('id="a2"')]
    assert "What we found: Tyre, front left" in line
    assert "Bald." in line
    assert "Urgent" in line
    assert f'src="{file_url(holder, media)}"' in line
    assert f'href="{file_url(holder, media, "web")}"' in line
    assert "What we found" not in page[page.index('id="a2"') :]
    response = holder.browser.get(file_url(holder, media))
    assert (response.status_code, response["Content-Type"]) == (200, "image/jpeg")


def test_gives_no_file_that_no_line_cites(media, shop):
    holder = citing(media)
    inspection = media.item.inspection
    not_cited = ItemMedia.objects.exclude(pk=media.pk).get(item__inspection=inspection)
    assert not_cited.file.intake.status == "ready"
    elsewhere = ItemMediaFactory(
        item=item_of(InspectionFactory(looked=True), "lights"), file__jpeg=True, file__ready=True
    )
    without = send_estimate(repair_order=inspection.repair_order)
    assert holder.browser.get(file_url(holder, not_cited, "web")).status_code == 404
    assert holder.browser.get(file_url(holder, elsewhere, "web")).status_code == 404
    assert without.browser.get(file_url(without, media)).status_code == 404


def test_takes_two_queries_for_all_findings(media):
    holder = citing(media)
    plain = send_estimate(repair_order=media.item.inspection.repair_order)
    counts = []
    for each in (plain, holder):
        with CaptureQueriesContext(connection) as queries:
            each.browser.get(each.url)
        counts.append(len(queries))
    assert counts[1] == counts[0] + 2


def test_shows_staff_the_same_in_the_preview(media, shop, client):
    holder = citing(media)
    client.force_login(staff(shop).user, backend="django.contrib.auth.backends.ModelBackend")
    url = reverse("estimate-preview", args=[holder.revision.estimate.number])
    page = client.get(url).content.decode()
    assert "What we found: Tyre, front left" in page
    assert f'src="{reverse("file", args=[media.file_id, "thumbnail"])}"' in page
