"""From the front desk to the customer's kitchen table and back, with real mail in between.

The mail server, not the application, says what was sent: the link, the code and the sealed copy
are read from what it took. The pictures of the documentation are taken on the way.
"""

import re
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from estimates.models import Authorization, EstimateRevision
from shopdisputes.actors import SYSTEM
from shopdisputes.evidence import EvidenceLevel
from shopdisputes.ops.services.opening import open_shop
from shopdisputes.shops.models import Shop
from shopdisputes.signing.models import Signature
from tests.browser.post import PostOffice, link_in, pdf_in, seal_of, text_of
from tests.browser.screens import A_SIGNATURE, assert_fits, draw_by_touch
from tests.browser.screenshots import take

pytestmark = pytest.mark.django_db(transaction=True)

OWNER = "olivia@harbour-street.example"
PASSWORD = "tide-and-tyres-1987"
CUSTOMER = "margaret.ellis@customer.example"


@pytest.fixture
def shop(server: str) -> Shop:
    shop = open_shop(
        name="Harbour Street Garage",
        slug="harbour-street",
        country="IE",
        currency="EUR",
        timezone="Europe/Dublin",
        language="en",
        owner_email=OWNER,
        owner_password=PASSWORD,
        owner_name="Olivia Brandt",
        by=SYSTEM,
        at=timezone.now(),
    )
    shop.phone, shop.email = "+35315550123", "desk@harbour-street.example"
    shop.line1, shop.postal_code, shop.city = "14 Harbour Street", "D02 X285", "Dublin"
    shop.labour_rate, shop.tax_rate = Decimal("80.00"), Decimal("20.00")
    shop.save()
    return shop


def log_in(desk: Page) -> None:
    desk.goto("/")
    desk.get_by_label("E-mail").fill(OWNER)
    desk.get_by_label("Password", exact=True).fill(PASSWORD)
    desk.get_by_role("button", name="Log in").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Today")


def check_in(desk: Page) -> None:
    desk.goto("/repair-orders/new/")
    form = desk.locator("#check-in")
    for label, value in {
        "Name": "Margaret Ellis",
        "E-mail": CUSTOMER,
        "Make": "Renault",
        "Model": "Clio",
        "Plate": "191-D-48213",
        "What the customer told us": "The brakes squeal since last week.",
        "Odometer": "84210",
    }.items():
        form.get_by_label(label).fill(value)
    desk.get_by_role("button", name="Open the repair order").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("RO-")


def line(desk: Page, number: int) -> Locator:
    """Return the last visible rows of the editor by their place, from 1."""
    return desk.get_by_role("group", name=f"Line {number}", exact=True)


def fill_line(desk: Page, number: int, **fields: str) -> None:
    row = line(desk, number)
    for label, value in fields.items():
        control = row.get_by_label(LABELS[label])
        if label in ("kind", "condition", "necessity"):
            control.select_option(value)
        else:
            control.fill(value)


LABELS = {
    "kind": "Kind",
    "description": "What is to be done",
    "reason": "Why, in words for the customer",
    "quantity": "Hours or quantity",
    "price": "Rate or unit price",
    "condition": "Condition of the part",
    "necessity": "How necessary",
}
BRAKES = [
    {
        "kind": "labour",
        "description": "Replace the front brake pads",
        "reason": "The pads are down to 2 mm; below 3 mm they no longer brake safely.",
        "quantity": "1,6",
        "price": "80.00",
        "necessity": "required",
    },
    {
        "kind": "part",
        "description": "Front brake pads, set",
        "quantity": "1",
        "price": "57.90",
        "condition": "new",
        "necessity": "required",
    },
    {
        "kind": "part",
        "description": "Cabin filter",
        "reason": "It is dusty. It can be changed at the next service.",
        "quantity": "1",
        "price": "24",
        "condition": "aftermarket",
        "necessity": "optional",
    },
]
BOTH_BRAKE_LINES = {
    "Replace the front brake pads": "Authorize",
    "Front brake pads": "Authorize",
}


def write_estimate(desk: Page) -> None:
    desk.get_by_role("link", name="New estimate").first.click()
    for number, fields in enumerate(BRAKES, start=1):
        if not line(desk, number).is_visible():
            desk.get_by_role("button", name="Part", exact=True).click()
        fill_line(desk, number, **fields)
    expect(desk.locator("#totals")).to_contain_text("€251.88")


def send(desk: Page, message: str = "") -> None:
    desk.get_by_role("button", name="Save and go on to send").click()
    desk.get_by_label("Message").fill(message)
    if message:
        take(desk, "desk-send")
    desk.get_by_role("button", name="Send now").click()
    expect(desk.get_by_role("status").first).to_be_visible()


def answer(phone: Page, answers: dict[str, str]) -> None:
    for description, said in answers.items():
        group = phone.get_by_role("group", name=re.compile(f"^{description}"))
        group.get_by_role("radio", name=said, exact=True).check()


def sign(phone: Page, button: str, *, picture: str = "") -> None:
    phone.get_by_role("button", name="Check and sign").tap()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("You authorize")
    phone.get_by_label("I agree to sign and to receive this document electronically.").check()
    phone.get_by_label("Your first and last name").fill("Margaret Ellis")
    draw_by_touch(phone.locator("canvas"), A_SIGNATURE)
    expect(phone.get_by_text("Your signature is there")).to_be_visible()
    if picture:
        take(phone, picture)
    phone.get_by_role("button", name=button).tap()
    expect(phone.get_by_role("heading", level=1)).to_have_text(
        "Thank you. Your answer has arrived."
    )


def test_an_estimate_is_written_mailed_signed_sealed_and_supplemented(
    desk: Page, phone: Page, shop: Shop, post_office: PostOffice
) -> None:
    log_in(desk)
    check_in(desk)
    write_estimate(desk)
    assert_fits(desk)
    take(desk, "desk-editor")
    send(desk, "Dear Mrs Ellis, here is what we found. The car is safe in our yard.")

    # The customer, by the link that really arrived.
    post_office.deliver()
    mail = post_office.newest(CUSTOMER)
    assert "Harbour Street Garage" in mail["From"]
    first_link = link_in(mail)
    phone.goto(first_link)
    expect(phone.get_by_role("heading", level=1)).to_have_text(
        "Harbour Street Garage proposes work for €251.88 on your Renault Clio."
    )
    take(phone, "customer-estimate")
    answer(phone, BOTH_BRAKE_LINES | {"Cabin filter": "Not now"})
    expect(phone.locator("#totals")).to_contain_text("€223.08")
    phone.get_by_role("group", name="Cabin filter").scroll_into_view_if_needed()
    take(phone, "customer-answers")
    sign(phone, "Authorize €223.08", picture="customer-signature")
    take(phone, "customer-thanks")
    signature = Signature.objects.get()
    assert signature.evidence_level == EvidenceLevel.L2
    assert "€223.08" in signature.sentence

    # The sealed copy, by mail and behind the link; a changed byte shows.
    post_office.deliver()
    copy = pdf_in(post_office.newest(CUSTOMER))
    check = seal_of(copy)
    assert check.intact, check.problem
    middle = len(copy) // 3
    tampered = copy[:middle] + bytes([copy[middle] ^ 1]) + copy[middle + 1 :]
    assert not seal_of(tampered).intact
    # The page looks by itself whether the copy is there.
    ready = phone.get_by_role("link", name="Download the signed copy (PDF)")
    expect(ready).to_be_visible(timeout=20_000)
    with phone.expect_download() as download:
        ready.tap()
    assert download.value.path().read_bytes() == copy

    # What the desk sees.
    desk.reload()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Answered")
    expect(desk.get_by_role("main")).to_contain_text("€223.08")
    expect(desk.get_by_role("link", name="Sealed copy")).to_be_visible()
    take(desk, "desk-answered")
    assert any(
        "Margaret Ellis" in text_of(mail) for mail in post_office.to("desk@harbour-street.example")
    )

    # Something more is found: a supplement, and the first link tells of it.
    desk.get_by_role("main").get_by_text("More", exact=True).click()
    desk.get_by_role("link", name="Change or add work").click()
    desk.get_by_label("Why, in words for the customer").last.fill(
        "With the wheels off we saw that the discs are worn below the limit."
    )
    desk.get_by_role("button", name="Begin the revision").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Edit revision 2")
    desk.get_by_role("button", name="Part", exact=True).click()
    fill_line(
        desk,
        4,
        description="Front brake discs, pair",
        reason="They are 20.1 mm thick; the limit is 20.3 mm.",
        quantity="1",
        price="118.00",
        condition="new",
        necessity="required",
    )
    expect(desk.locator("#totals")).to_contain_text("€393.48")
    send(desk)
    post_office.deliver()
    phone.goto(first_link)
    expect(phone.get_by_role("heading", level=1)).to_have_text(
        "This estimate was replaced by version 2."
    )
    expect(phone.get_by_role("main")).to_contain_text("Front brake discs, pair")
    take(phone, "customer-replaced")
    phone.get_by_role("link", name="See version 2").tap()
    phone.wait_for_url(link_in(post_office.newest(CUSTOMER)))
    expect(phone.get_by_text("You authorized this before.")).to_have_count(2)
    answer(phone, {"Cabin filter": "No", "Front brake discs": "Authorize"})
    expect(phone.locator("#totals")).to_contain_text("€141.60")
    expect(phone.locator("#totals")).to_contain_text("€364.68 with what you authorized before")
    sign(phone, "Authorize €141.60")
    post_office.deliver()
    assert seal_of(pdf_in(post_office.newest(CUSTOMER))).intact
    desk.reload()
    expect(desk.get_by_role("main")).to_contain_text("€364.68")
    desk.get_by_role("heading", name="Authorized, line by line").scroll_into_view_if_needed()
    take(desk, "desk-ledger")
    newest = Authorization.objects.order_by("-recorded_at")[0]
    assert newest.added_amount == Decimal("141.60")
    assert newest.new_total == Decimal("364.68")


def test_the_desk_hands_over_the_tablet(desk: Page, shop: Shop) -> None:
    log_in(desk)
    check_in(desk)
    write_estimate(desk)
    send(desk)
    desk.get_by_role("main").get_by_text("More", exact=True).click()
    desk.get_by_role("button", name="Answer here on the tablet").click()
    answer(desk, BOTH_BRAKE_LINES | {"Cabin filter": "No"})
    desk.get_by_role("button", name="Check and sign").click()
    desk.get_by_label("I agree to sign").check()
    desk.get_by_label("Your first and last name").fill("Margaret Ellis")
    desk.get_by_role("button", name="Authorize €223.08").click()
    expect(desk.get_by_role("status").first).to_contain_text("Please hand the tablet back.")
    assert EstimateRevision.objects.get().status == "answered"
    assert Authorization.objects.get().mode == "in_person"
