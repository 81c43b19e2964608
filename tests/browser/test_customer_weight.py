"""What a customer's page costs a slow phone, and whom it talks to."""

import gzip
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Response

from tests.estimates.customer import send_estimate
from tests.factories import ShopFactory

LARGEST_BYTES = 250_000


@pytest.mark.parametrize("path", ["", "sign/?a1=authorized&a2=authorized"])
def test_weighs_less_than_a_quarter_of_a_megabyte_and_asks_nobody_else(
    phone: Page, server: str, path: str
) -> None:
    holder = send_estimate(shop=ShopFactory())
    responses: list[Response] = []
    phone.on("response", lambda response: responses.append(response))
    phone.goto(holder.url + path, wait_until="networkidle")
    assert {urlsplit(response.url).netloc for response in responses} == {urlsplit(server).netloc}
    # The test's server compresses nothing; in production every one of these leaves compressed.
    weights = {
        urlsplit(response.url).path: len(gzip.compress(response.body(), 6))
        for response in responses
        if response.status == 200
    }
    assert sum(weights.values()) < LARGEST_BYTES, weights
