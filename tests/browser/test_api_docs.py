"""The page on which programmers read the API."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, expect


def test_the_calls_can_be_read_under_our_policy(
    open_context: Callable[..., BrowserContext],
) -> None:
    page = open_context().new_page()

    page.goto("/api/v1/docs/")

    expect(page.get_by_role("heading", name="ShopDisputes")).to_be_visible()
    page.locator("#operations-tag-customers").click()
    call = page.locator("#operations-customers-customers_create")
    call.click()
    expect(call.get_by_text("Add a customer.").last).to_be_visible()
