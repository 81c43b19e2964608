"""What a customer's page costs a slow phone, and whom it talks to."""

import gzip
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Response

from tests.estimates.customer import send_estimate
from tests.factories import ShopFactory

LARGEST_BYTES = 250_000


def weigh(page: Page, url: str) -> dict[str, int]:
    """Open a page, and return what every answer weighs, in bytes, by its address."""
    responses: list[Response] = []
    page.on("response", lambda response: responses.append(response))
    page.goto(url, wait_until="networkidle")
    # The test's server compresses nothing; in production every one of these leaves compressed.
    return {
        response.url: len(gzip.compress(response.body(), 6))
        for response in responses
        if response.status == 200
    }


@pytest.mark.parametrize("path", ["", "sign/?a1=authorized&a2=authorized"])
def test_weighs_less_than_a_quarter_of_a_megabyte_and_asks_nobody_else(
    phone: Page, server: str, path: str
) -> None:
    holder = send_estimate(shop=ShopFactory())
    weights = weigh(phone, holder.url + path)
    assert {urlsplit(url).netloc for url in weights} == {urlsplit(server).netloc}
    assert sum(weights.values()) < LARGEST_BYTES, weights
