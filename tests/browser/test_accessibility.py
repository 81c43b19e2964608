"""Every page, light on a phone and dark at a desk: axe finds nothing, nothing sticks out.

The staff's pages come from the table of routes, so a new one is visited without being named here;
the customers' pages are named with each state that they can be in.
"""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page

from disputes.services import resolving
from estimates.models import EstimateRevision
from estimates.services import sending
from shopdisputes.actors import Role
from shopdisputes.dates import local_day
from shopdisputes.links.tokens import token_of
from shopdisputes.shops.models import Shop
from tests.architecture import routes
from tests.architecture.worlds import World, make_world
from tests.browser.post import PostOffice
from tests.browser.screens import DESKTOP, inspect
from tests.disputes.cases import brakes, link_to
from tests.disputes.cases import contest as contested
from tests.estimates.customer import (
    DESK,
    Holder,
    holder_of,
    on_the_tablet,
    replace_estimate,
    send_estimate,
)
from tests.factories import BRAKES, InspectionFactory, ItemMediaFactory, ShopFactory
from tests.invoices.customers import link_to as link_to_bill

pytestmark = pytest.mark.django_db(transaction=True)

#: What is given out as a file, or as the body of a mail that somebody else designed.
FILES = {
    "customer-export",
    "repair-order-export",
    "estimate-export",
    "deferred-work-export",
    "inspection-export",
    "customer-statement-export",
    "payment-export-xlsx",
    "payment-export",
    "invoice-pdf",
    "stop-work-pdf",
    "invoice-export-xlsx",
    "invoice-export",
    "reports-export",
    "dispute-export",
    "chargeback-export",
    "rework-export",
    "dispute-reports-export",
    "reminder-export",
    "letter-pdf",
    "letter-addresses",
    "dispute-agenda-export",
    # A tile of the runner for a script; by itself it leads to the runner.
    "inspection-media-describe",
    "document",
    "file",
    "email-body",
    "mfa_download_recovery_codes",
    "account_logout",
}


def log_in(page: Page, client: Client) -> None:
    """Carry a session over into the browser."""
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies(
        [{"name": cookie.key, "value": cookie.value, "domain": "localhost", "path": "/"}]
    )


@pytest.fixture
def world(server: str) -> World:
    return make_world("alpha")


@pytest.mark.parametrize("app", routes.APPS)
def test_staff_s_pages(desk: Page, world: World, app: str) -> None:
    log_in(desk, world.browsers[Role.OWNER])
    complaints: list[str] = []
    for page in routes.APPS[app].PAGES:
        if not page.get or page.name in FILES:
            continue
        address = reverse(page.name, kwargs=page.arguments(world, Role.OWNER))
        answer = desk.goto(f"{address}?{page.query}")
        assert answer is not None
        assert answer.status == 200, f"{page.name}: {answer.status}"
        inspect(desk, complaints)
    assert not complaints, "\n\n".join(complaints)


def test_pages_of_ones_own_account(desk: Page, world: World) -> None:
    log_in(desk, world.browsers[Role.OWNER])
    complaints: list[str] = []
    for page in routes.LOG_IN:
        if page.get == 302 and page.name not in FILES:
            desk.goto(reverse(page.name, kwargs=page.arguments))
            inspect(desk, complaints)
    assert not complaints, "\n\n".join(complaints)


# ---- Customers -----------------------------------------------------------------------------


@pytest.fixture
def shop(server: str) -> Shop:
    return ShopFactory(code_from_amount=Decimal("200.00"))


def today(shop: Shop) -> object:
    return local_day(timezone.now(), zone=shop.zone)


def asked(shop: Shop) -> Holder:
    return send_estimate(
        shop=shop, send={"deposit_amount": Decimal("50"), "message": "Call me.\nAny time."}
    )


def answered(shop: Shop) -> Holder:
    holder = on_the_tablet(send_estimate(shop=shop).revision)
    answer = holder.browser.post(
        holder.at("sign", **holder.answers("authorized", "deferred")), holder.typed()
    )
    assert answer.status_code == 303
    return holder


def supplemented(shop: Shop) -> Holder:
    return holder_of(replace_estimate(answered(shop), unit_price=Decimal("95.00")))


def replaced(shop: Shop) -> Holder:
    holder = send_estimate(shop=shop)
    replace_estimate(holder, unit_price=Decimal("95.00"))
    return holder


def withdrawn(shop: Shop) -> Holder:
    holder = send_estimate(shop=shop)
    sending.withdraw(revision=holder.revision, reason="Mistake.", by=DESK, at=timezone.now())
    return holder


def expired(shop: Shop) -> Holder:
    holder = send_estimate(shop=shop, valid_until=today(shop))
    EstimateRevision.objects.filter(pk=holder.revision.pk).update(status="expired")
    return holder


def waiting_for_a_call_and_paper(shop: Shop) -> Holder:
    holder = send_estimate(shop=shop)
    holder.browser.post(holder.at("call"), {"note": "Tonight after six"})
    holder.browser.post(holder.at("paper"))
    return holder


def for_information(shop: Shop) -> Holder:
    return send_estimate(shop=shop, send={"request_authorization": False})


def with_long_words(shop: Shop) -> Holder:
    long = "Bremsscheibenverschleißanzeigekontaktsensor"
    words = {
        "description": f"{long} {long * 2}",
        "reason": f"Высоковольтноеэлектрооборудование {long}",
        "unit_price": Decimal("1234567.89"),
    }
    return send_estimate(
        shop=shop,
        lines=[line | words for line in BRAKES],
        send={"message": long * 4},
    )


def citing_a_finding(shop: Shop) -> Holder:
    inspection = InspectionFactory(shop=shop, completed=True)
    bumper = inspection.items.get(pair_key="bumper_front")
    ItemMediaFactory(item=bumper, file__jpeg=True, file__ready=True)
    lines = [BRAKES[0] | {"finding_id": bumper.pk}]
    return send_estimate(repair_order=inspection.repair_order, lines=lines)


@pytest.mark.parametrize(
    ("stage", "path"),
    [
        (asked, ""),
        (asked, "?a1=authorized&a2=declined"),
        (asked, "sign/?a1=authorized"),
        (asked, "sign/?a1=authorized&a2=deferred"),
        (asked, "sign/?all=declined"),
        (asked, "pdf/"),
        (supplemented, ""),
        (answered, "?thanks=1"),
        (answered, ""),
        (replaced, ""),
        (withdrawn, ""),
        (expired, ""),
        (waiting_for_a_call_and_paper, ""),
        (for_information, ""),
        (with_long_words, ""),
        (citing_a_finding, ""),
        (with_long_words, "sign/?all=authorized"),
    ],
)
def test_customers_pages(phone: Page, shop: Shop, stage: Callable[[Shop], Holder], path: str):
    complaints: list[str] = []
    phone.goto(stage(shop).url + path)
    inspect(phone, complaints)
    assert not complaints, "\n\n".join(complaints)


@pytest.mark.parametrize("language", ["fr", "ru"])
def test_customers_pages_in_longer_languages(phone: Page, shop: Shop, language: str) -> None:
    complaints: list[str] = []
    holder = supplemented(shop)
    for path in ("?", "sign/?all=authorized&"):
        phone.goto(f"{holder.url}{path}lang={language}")
        inspect(phone, complaints)
    assert not complaints, "\n\n".join(complaints)


def test_customers_pages_after_a_refusal(phone: Page, shop: Shop, post_office: PostOffice) -> None:
    complaints: list[str] = []
    holder = asked(shop)
    phone.goto(holder.at("sign", all="authorized"))
    phone.get_by_role("button", name="Authorize €242.28").click()
    phone.get_by_role("alert").first.wait_for()
    inspect(phone, complaints)
    phone.get_by_role("button", name="Send me the code").click()
    phone.get_by_role("status").filter(has_text="The code is on its way.").wait_for()
    inspect(phone, complaints)
    replace_estimate(holder, unit_price=Decimal("95.00"))
    phone.get_by_label("Your first and last name").fill("Camille Durand")
    phone.get_by_label("I agree to sign").check()
    phone.get_by_label("The six digits").fill("123456")
    phone.get_by_role("button", name="Authorize €242.28").click()
    phone.get_by_role("heading", name="What has changed").wait_for()
    inspect(phone, complaints)
    assert not complaints, "\n\n".join(complaints)


def test_pages_about_a_dispute(phone: Page, world: World) -> None:
    complaints: list[str] = []
    contest = f"/c/invoice/{token_of(world.bill_link)}/dispute/"
    case, resolver = (token_of(link) for link in (world.case_link, world.resolver_link))
    for path in (contest, f"/c/dispute/{case}/?lang=ru", f"/r/{resolver}/"):
        phone.goto(path)
        inspect(phone, complaints)
    phone.goto(f"{contest}?lang=fr")
    phone.locator("button[form=contest]").click()
    phone.get_by_role("alert").first.wait_for()
    inspect(phone, complaints)
    ended = contested(brakes(), at=timezone.now())
    bill = token_of(link_to_bill(ended.items.get().invoice))
    phone.goto(f"/c/invoice/{bill}/contested/?thanks=mailed&lang=en")
    phone.get_by_text("The link is on its way").wait_for()
    inspect(phone, complaints)
    resolving.withdraw(case=ended, note="By phone.", by=DESK, at=timezone.now())
    phone.goto(f"/c/dispute/{token_of(link_to(ended))}/?lang=en")
    phone.get_by_text("There is something new").click()
    inspect(phone, complaints)
    assert not complaints, "\n\n".join(complaints)


def test_what_staff_see_as_a_preview(
    open_context: Callable[..., BrowserContext], world: World
) -> None:
    complaints: list[str] = []
    page = open_context(viewport=DESKTOP).new_page()
    log_in(page, world.browsers[Role.OWNER])
    page.goto(reverse("estimate-preview", args=[world.draft.number]))
    inspect(page, complaints)
    assert not complaints, "\n\n".join(complaints)
