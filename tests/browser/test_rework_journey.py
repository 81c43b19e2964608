"""A rework that is refused: asked for on the invoice, seven days to answer, a dispute, a refund."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from disputes.models import DisputeCase, ReworkRequest
from disputes.services.rework_clockwork import rework_clocks
from disputes.states import Opening, ReworkStatus
from invoices.models import Hold, Refund
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.links.tokens import token_of
from tests.browser.screens import assert_accessible, assert_fits
from tests.browser.screenshots import take
from tests.browser.test_estimate_editor import log_in
from tests.disputes.reworks import bill
from tests.disputes.settling import offer, pay, sign
from tests.estimates.staff import browser_of
from tests.factories import BillingSettingsFactory, DisputeReasonFactory
from tests.invoices.customers import link_to as invoice_link

pytestmark = pytest.mark.django_db(transaction=True)


def held() -> list[tuple[str, Decimal | None]]:
    return [(hold.kind, hold.amount) for hold in Hold.objects.filter(released_at=None)]


def _newest(purpose: LinkPurpose) -> AccessLink:
    return AccessLink.objects.filter(purpose=purpose).latest("created_at")


def test_a_refused_rework_becomes_a_dispute_and_is_settled(
    plain_phone: Page, desk: Page, server: str
) -> None:
    invoice = bill()
    BillingSettingsFactory(shop=invoice.shop)
    DisputeReasonFactory(shop=invoice.shop, code="badly_done")
    page = plain_phone

    page.goto(f"{server}/c/invoice/{token_of(invoice_link(invoice))}/")
    page.get_by_role("link", name="I want it done again").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("What is to be done again?")
    assert_fits(page)
    page.get_by_role("button", name="Send it to the shop").tap()
    expect(page.get_by_role("alert")).to_contain_text("Tick what is to be done again.")
    page.get_by_role("checkbox", name="Brake pads").check()
    page.get_by_label("What is not right?").fill("They squeal again.")
    page.get_by_role("button", name="Send it to the shop").tap()
    expect(page.get_by_role("status")).to_contain_text("noted as RW-")
    expect(page.get_by_role("heading", level=1)).to_contain_text("answer it by")
    assert_fits(page)
    assert held() == [("rework", Decimal("120.00"))]

    rework = ReworkRequest.objects.get()
    log_in(desk, browser_of(invoice.shop))
    desk.goto(f"/reworks/{rework.number}/")
    assert_accessible(desk)
    assert_fits(desk)
    take(desk, "rework")
    desk.get_by_role("main").get_by_text("More", exact=True).click()
    desk.get_by_role("link", name="Refuse").click()
    desk.get_by_label("Another fault").check()
    desk.get_by_label("Explanation").fill("The noise comes from the rear axle.")
    assert_accessible(desk)
    desk.get_by_role("button", name="Refuse").click()
    expect(desk.get_by_text("has seven days to answer").first).to_be_visible()
    desk.goto("/reworks/")
    assert_accessible(desk)
    assert_fits(desk)

    # Six days later nothing has been closed yet: the customer has seven.
    assert rework_clocks(at=timezone.now() + timedelta(days=6))["closed"] == 0
    link = _newest(LinkPurpose.REWORK)
    page.goto(f"{server}/c/rework/{token_of(link)}/")
    expect(page.get_by_text("The noise comes from the rear axle.")).to_be_visible()
    assert_fits(page)
    take(page, "customer-rework")
    page.get_by_label("What do you answer?").fill("It began with your pads.")
    page.get_by_role("button", name="Open a dispute").tap()
    expect(page.get_by_role("heading", level=1)).to_contain_text("looking into it")
    case = DisputeCase.objects.get()
    assert (case.opening, held()) == (Opening.REWORK, [("dispute", Decimal("120.00"))])
    assert ReworkRequest.objects.get().status == ReworkStatus.DISPUTED

    # Part of what was paid meanwhile goes back, as both agree.
    at = timezone.now()
    pay(invoice, "204.00")
    made = offer(case, "40.00", kind="refund", expires_on=at.date() + timedelta(days=7), at=at)
    sign(made, link=_newest(LinkPurpose.DISPUTE), at=at)
    assert [refund.amount for refund in Refund.objects.all()] == [Decimal("40.00")]
    assert held() == []
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_contain_text("resolved")
