"""The staff's pages about invoices: list, draft, issue, the invoice itself, its corrections."""

import io
from datetime import timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.test import Client

from invoices.models import Invoice, InvoiceLine, LedgerEntry, settings_of
from invoices.services import drafting, issuing
from invoices.states import InvoiceKind, InvoiceStatus
from shopdisputes.actors import Role
from shopdisputes.audit.models import AuditEvent
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.shops.models import Membership, Shop
from tests.estimates.staff import browser_of, text_of, values_of
from tests.factories import (
    ADVISOR,
    NOW,
    CustomerFactory,
    HoldFactory,
    InvoiceFactory,
    PaymentFactory,
    RepairOrderFactory,
    VehicleFactory,
    authorized_order,
)

pytestmark = pytest.mark.django_db

FEE: dict[str, str] = {
    "kind": "fee",
    "description": "Disposal of the old oil",
    "quantity": "1",
    "unit_price": "12.00",
    "tax_rate": "20",
    "part_condition": "",
    "note": "",
    "override_reason": "",
}


@pytest.fixture
def desk(shop: Shop) -> Client:
    return browser_of(shop)


@pytest.fixture
def manager(shop: Shop) -> Client:
    return browser_of(shop, Role.MANAGER)


@pytest.fixture
def order(shop: Shop) -> RepairOrder:
    return authorized_order(shop)


@pytest.fixture
def draft(order: RepairOrder) -> Invoice:
    return drafting.draft(repair_order=order, by=ADVISOR, at=NOW)


@pytest.fixture
def issued(draft: Invoice) -> Invoice:
    return issuing.issue(invoice=draft, by=ADVISOR, at=NOW)


def draft_url(invoice: Invoice, verb: str = "") -> str:
    return f"/invoices/drafts/{invoice.pk}/{verb}"


def url_of(invoice: Invoice, verb: str = "") -> str:
    return f"/invoices/{invoice.number}/{verb}"


def posted(invoice: Invoice, *added: dict[str, str], **other: Any) -> dict[str, Any]:
    """What the draft's editor posts: its own lines, then new ones, then what stands around."""
    rows = {
        str(line.pk): {
            "kind": line.kind,
            "description": line.description,
            "quantity": str(line.quantity),
            "unit_price": str(line.unit_price),
            "tax_rate": str(line.tax_rate),
            "part_condition": line.part_condition,
            "note": line.note,
            "override_reason": line.override_reason,
        }
        for line in invoice.lines.in_order()
    }
    for number, row in enumerate(added):
        rows[f"00000000-0000-4000-8000-{number:012}"] = row
    fields = {
        f"line-{key}-{name}": value for key, row in rows.items() for name, value in row.items()
    }
    around = {"due_on": invoice.due_on.isoformat(), "explanation": "", "do": "save"}
    return {"lines": list(rows), **fields, **around, **other}


def numbers_in(response: Any) -> list[str]:
    return [row.invoice.number for row in response.context["rows"]]


def invoice_for(shop: Shop, name: str, **life: Any) -> Invoice:
    customer = CustomerFactory(shop=shop, name=name)
    visit = RepairOrderFactory(
        shop=shop, customer=customer, vehicle=VehicleFactory(customer=customer)
    )
    return InvoiceFactory(repair_order=visit, shop=shop, **life)


# --- The list -----------------------------------------------------------------------------


def test_the_list_says_kindly_that_there_is_nothing(desk: Client) -> None:
    assert "No invoices yet" in text_of(desk.get("/invoices/"))


def test_each_filter_shows_its_own(desk: Client, shop: Shop) -> None:
    draft = invoice_for(shop, "Draft")
    unpaid = invoice_for(shop, "Unpaid", issued=True)
    overdue = invoice_for(shop, "Late", issued=True, due_on=(NOW - timedelta(days=1)).date())
    paid = invoice_for(shop, "Paid", issued=True)
    PaymentFactory(shop=shop, on=paid, amount="120.00")
    held = invoice_for(shop, "Held", issued=True)
    HoldFactory(invoice=held, amount=Decimal("20.00"))
    credit = InvoiceFactory(original=paid, shop=shop, credit_note=True)
    found = {
        shown: set(numbers_in(desk.get("/invoices/", {"show": shown})))
        for shown in ("draft", "unpaid", "overdue", "held", "paid", "credit", "void")
    }
    assert found == {
        "draft": {draft.number},
        "unpaid": {unpaid.number, overdue.number, held.number},
        "overdue": {overdue.number},
        "held": {held.number},
        "paid": {paid.number},
        "credit": {credit.number},
        "void": set(),
    }


def test_the_list_finds_by_number_customer_and_reference(desk: Client, shop: Shop) -> None:
    first = invoice_for(shop, "Ana Silva", issued=True)
    invoice_for(shop, "Bruno Costa", issued=True)
    for words in ("silva", first.number.lower(), first.reference):
        assert numbers_in(desk.get("/invoices/", {"q": words})) == [first.number]


def test_the_list_sorts_by_what_is_asked(desk: Client, shop: Shop) -> None:
    small = invoice_for(shop, "A", issued=True, total=Decimal("12.00"))
    large = invoice_for(
        shop, "B", issued=True, due_on=(NOW + timedelta(days=30)).date(), total=Decimal("240.00")
    )
    assert numbers_in(desk.get("/invoices/", {"sort": "amount"})) == [large.number, small.number]
    assert numbers_in(desk.get("/invoices/", {"sort": "due"})) == [small.number, large.number]


def test_the_list_adds_up_what_is_filtered_less_credit_notes(desk: Client, shop: Shop) -> None:
    first = invoice_for(shop, "A", issued=True)
    InvoiceFactory(original=first, shop=shop, credit_note=True, total=Decimal("20.00"))
    invoice_for(shop, "B")
    words = text_of(desk.get("/invoices/"))
    assert "Invoiced €100.00 · open €120.00" in words
    assert "Drafts come to €120.00" in text_of(desk.get("/invoices/", {"show": "draft"}))


def test_the_list_adds_up_many_when_asked_and_no_more_than_it_may(
    desk: Client, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("invoices.views.lists.PAGE_SIZE", 1)
    monkeypatch.setattr("invoices.views.lists.SUMMED_AT_ONCE", 1)
    monkeypatch.setattr("invoices.views.lists.MOST_SUMMED", 2)
    invoice_for(shop, "A", issued=True)
    assert "Invoiced €120.00" in text_of(desk.get("/invoices/"))
    invoice_for(shop, "B", issued=True)
    words = text_of(desk.get("/invoices/"))
    assert "Add them up" in words
    assert "Invoiced" not in words
    assert "Invoiced €240.00 · open €240.00" in text_of(desk.get("/invoices/", {"sums": "all"}))
    part = desk.get("/invoices/", {"sums": "all"}, HTTP_HX_REQUEST="true")
    assert text_of(part) == "Invoiced €240.00 · open €240.00"
    invoice_for(shop, "C", issued=True)
    words = text_of(desk.get("/invoices/", {"sums": "all"}))
    assert "More than 2 invoices: narrow the list down to see their sum." in words


def test_the_list_shows_what_may_be_asked_for(desk: Client, shop: Shop) -> None:
    held = invoice_for(shop, "A", issued=True)
    HoldFactory(invoice=held, amount=Decimal("20.00"))
    words = text_of(desk.get("/invoices/"))
    assert "€120.00 collectible €100.00" in words
    assert "On hold" in words


def test_the_list_costs_the_same_for_one_and_for_many(
    desk: Client, shop: Shop, django_assert_num_queries: Any
) -> None:
    HoldFactory(invoice=invoice_for(shop, "A", issued=True))
    desk.get("/invoices/")
    with django_assert_num_queries(7):
        desk.get("/invoices/")
    for number in range(4):
        HoldFactory(invoice=invoice_for(shop, str(number), issued=True))
    with django_assert_num_queries(7):
        desk.get("/invoices/")


def test_exports_all_of_what_is_filtered_and_no_formula(desk: Client, shop: Shop) -> None:
    invoice_for(shop, "=cmd()", issued=True)
    csv = desk.get("/invoices/export.csv")
    rows = b"".join(csv.streaming_content).decode("utf-8-sig").splitlines()
    assert rows[0].startswith("Number,Kind,Status,Repair order,Customer")
    assert rows[1].startswith("INV-2026-0001,Invoice,Unpaid,")
    assert ",'=cmd()," in rows[1]
    assert ",100.00,20.00,120.00,120.00,0.00,0.00,120.00,EUR," in rows[1]
    xlsx = desk.get("/invoices/export.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(xlsx.streaming_content))).active
    cells = list(sheet.iter_rows())[1]
    assert (cells[4].value, cells[4].data_type) == ("=cmd()", "s")
    assert [(cell.value, cell.data_type) for cell in cells[8:12]] == [
        (100, "n"),
        (20, "n"),
        (120, "n"),
        (120, "n"),
    ]


# --- The draft ----------------------------------------------------------------------------


def test_drafts_from_the_repair_order_with_what_each_line_rests_on(
    desk: Client, order: RepairOrder
) -> None:
    response = desk.post(f"/repair-orders/{order.number}/invoices/", {"kind": "full"})
    invoice = Invoice.objects.get()
    assert response["Location"] == draft_url(invoice)
    words = text_of(desk.get(draft_url(invoice)))
    assert "Every line is authorized and done: this invoice can be issued." in words
    assert "Authorized by" in words
    assert "billing it states that it was done" in words
    assert "Authorized on this visit €242.28 Billed already €0.00" in words


def test_a_draft_that_is_there_is_opened_again(
    desk: Client, order: RepairOrder, draft: Invoice
) -> None:
    for kind in ("full", "deposit", ""):
        response = desk.post(f"/repair-orders/{order.number}/invoices/", {"kind": kind})
        assert response["Location"] == draft_url(draft)
    assert Invoice.objects.count() == 1


def test_refuses_to_draft_what_nobody_authorized(desk: Client, shop: Shop) -> None:
    order = RepairOrderFactory(shop=shop)
    response = desk.post(f"/repair-orders/{order.number}/invoices/", {"kind": "full"})
    assert response.status_code == 409
    assert "Nothing that was authorized is left to bill." in text_of(response)
    assert not Invoice.objects.exists()


def test_saves_what_was_changed(desk: Client, draft: Invoice) -> None:
    line = draft.lines.in_order()[0]
    data = posted(draft, explanation="As agreed.", due_on="2026-04-01")
    data[f"line-{line.pk}-unit_price"] = "70,00"
    response = desk.post(draft_url(draft), data)
    assert response["Location"] == draft_url(draft)
    draft.refresh_from_db()
    assert (draft.explanation, draft.due_on.isoformat(), draft.total) == (
        "As agreed.",
        "2026-04-01",
        Decimal("220.68"),
    )


def test_a_new_line_blocks_and_says_why(desk: Client, draft: Invoice) -> None:
    desk.post(draft_url(draft), posted(draft, FEE))
    words = text_of(desk.get(draft_url(draft)))
    assert "1 line keeps this invoice from being issued" in words
    assert "Disposal of the old oil : The customer has not authorized this line." in words
    assert "A manager can let this line pass with a reason." in words
    page = desk.get(draft_url(draft, "issue/"))
    assert "1 line keeps this invoice from being issued" in text_of(page)
    response = desk.post(draft_url(draft, "issue/"), {"issued_on": "2026-03-16"})
    assert response.status_code == 409
    assert Invoice.objects.get().status == InvoiceStatus.DRAFT


def test_a_managers_word_lets_a_line_pass_and_stands_there(
    manager: Client, desk: Client, draft: Invoice
) -> None:
    row = FEE | {"override_reason": "Said at the desk, in front of Theo."}
    assert manager.post(draft_url(draft), posted(draft, row)).status_code == 303
    words = text_of(desk.get(draft_url(draft)))
    assert "1 line is billed on a manager's word" in words
    assert "Said at the desk, in front of Theo." in words
    # Saved by the advisor with nothing changed, the manager's word stays the manager's.
    assert desk.post(draft_url(draft), posted(draft)).status_code == 303
    line = InvoiceLine.objects.exclude(override_reason="").get()
    assert line.override_by == str(Membership.objects.get(role=Role.MANAGER).user)
    response = desk.post(draft_url(draft, "issue/"), {"issued_on": "2026-03-16"})
    assert response["Location"] == "/invoices/INV-2026-0001/"
    assert "Billed on the word of" in text_of(desk.get(response["Location"]))


def test_an_advisor_cannot_let_a_line_pass(desk: Client, draft: Invoice) -> None:
    row = FEE | {"override_reason": "I say so."}
    response = desk.post(draft_url(draft), posted(draft, row))
    assert response.status_code == 403
    assert "Only a manager may let a line pass" in text_of(response)
    assert values_of(response, "description")[-1] == FEE["description"]
    assert draft.lines.count() == 2


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("quantity", "-1", "At least 0."),
        ("quantity", "two", "Write a number, for example 12.50."),
        ("unit_price", "10.005", "At most 2 decimal places."),
        ("unit_price", "-5", "Only a discount may be below zero."),
        ("tax_rate", "101", "At most 100."),
        ("description", "", "This field is required."),
    ],
)
def test_refuses_at_the_field_and_loses_nothing(
    desk: Client, draft: Invoice, field: str, typed: str, words: str
) -> None:
    before = list(draft.lines.order_by("pk").values())
    response = desk.post(draft_url(draft), posted(draft, FEE | {"note": "kept", field: typed}))
    assert response.status_code == 422
    assert words in text_of(response)
    assert values_of(response, field)[-1] == typed
    assert "kept" in response.content.decode()
    assert list(draft.lines.order_by("pk").values()) == before


def test_refuses_a_day_that_is_over(desk: Client, draft: Invoice) -> None:
    response = desk.post(draft_url(draft), posted(draft, due_on="2026-03-15"))
    assert response.status_code == 422
    assert "This day is already over." in text_of(response)


def test_rows_are_added_moved_and_taken_away_without_a_script(desk: Client, draft: Invoice) -> None:
    first, second = (str(line.pk) for line in draft.lines.in_order())
    moved = desk.post(draft_url(draft), posted(draft, do=f"down:{first}"))
    assert values_of(moved, "lines") == [second, first]
    added = desk.post(draft_url(draft), posted(draft, do="add:fee"))
    assert len(values_of(added, "lines")) == 3
    removed = desk.post(draft_url(draft), posted(draft, do=f"remove:{first}"))
    assert "Removed:" in text_of(removed)
    assert draft.lines.count() == 2


def test_reckons_while_one_types(desk: Client, draft: Invoice) -> None:
    response = desk.post(draft_url(draft, "totals/"), posted(draft, FEE))
    assert "Total €256.68" in text_of(response)
    assert draft.lines.count() == 2


def test_a_discarded_draft_is_gone(desk: Client, draft: Invoice) -> None:
    response = desk.post(draft_url(draft, "discard/"))
    assert response["Location"] == f"/repair-orders/{draft.repair_order.number}/"
    assert not Invoice.objects.exists()
    assert desk.get(draft_url(draft)).status_code == 404


# --- Issuing ------------------------------------------------------------------------------


def test_says_what_issuing_means_and_issues(desk: Client, draft: Invoice) -> None:
    words = text_of(desk.get(draft_url(draft, "issue/")))
    assert "frozen as it stands" in words
    assert "Issue €242.28" in words
    response = desk.post(draft_url(draft, "issue/"), {"issued_on": "2026-03-16", "by_email": "on"})
    assert response["Location"] == "/invoices/INV-2026-0001/"
    draft.refresh_from_db()
    assert (draft.status, draft.balance) == (InvoiceStatus.ISSUED, Decimal("242.28"))
    assert draft.sent_to == draft.customer.email
    assert desk.get(draft_url(draft, "issue/")).status_code == 404


def test_refuses_to_issue_for_tomorrow(desk: Client, draft: Invoice) -> None:
    response = desk.post(draft_url(draft, "issue/"), {"issued_on": "2026-03-17"})
    assert response.status_code == 422
    assert "This day has not come yet." in text_of(response)
    assert values_of(response, "issued_on") == ["2026-03-17"]
    assert Invoice.objects.get().status == InvoiceStatus.DRAFT


# --- The invoice's own page ---------------------------------------------------------------


def test_the_page_says_what_may_be_asked_for_and_what_moved_the_balance(
    desk: Client, issued: Invoice
) -> None:
    PaymentFactory(shop=issued.shop, on=issued, amount="42.28")
    HoldFactory(invoice=issued, kind="dispute", amount=Decimal("50.00"), subject="D-2026-0001")
    words = text_of(desk.get(url_of(issued)))
    assert "Collectible €150.00 of €200.00" in words
    assert "€50.00 disputed (D-2026-0001)" in words
    assert "Part paid In dispute" in words
    assert "Invoiced €242.28 Paid −€42.28 Open €200.00" in words
    assert "PAY-2026-0001 Cash" in words
    assert "Authorized" in words


def test_money_on_no_invoice_is_said(desk: Client, issued: Invoice) -> None:
    PaymentFactory(shop=issued.shop, customer=issued.customer, amount="30.00")
    assert "€30.00 with the shop that is on no invoice" in text_of(desk.get(url_of(issued)))


@pytest.mark.parametrize(
    ("role", "names"),
    [
        (Role.MANAGER, {"pay", "send", "credit", "void", "write-off"}),
        (Role.ADVISOR, {"pay", "send", "credit"}),
        (Role.TECHNICIAN, set()),
    ],
)
def test_the_buttons_are_those_of_the_state_and_the_role(
    shop: Shop, issued: Invoice, role: Role, names: set[str]
) -> None:
    shown = browser_of(shop, role).get(url_of(issued)).context["actions"]
    assert {action.name for action in shown.every} == names
    assert (shown.primary.name if shown.primary else None) == ("pay" if names else None)


def test_a_paid_invoice_can_only_be_mailed_and_credited(manager: Client, issued: Invoice) -> None:
    PaymentFactory(shop=issued.shop, on=issued, amount="242.28")
    page = manager.get(url_of(issued))
    assert {action.name for action in page.context["actions"].every} == {"send", "credit"}
    assert "Nothing is owed any more of €242.28" in text_of(page)


def test_the_page_costs_the_same_for_few_lines_and_for_many(
    desk: Client, shop: Shop, django_assert_max_num_queries: Any
) -> None:
    invoice = invoice_for(shop, "A", issued=True)
    desk.get(url_of(invoice))
    with django_assert_max_num_queries(26) as few:
        desk.get(url_of(invoice))
    many = invoice_for(shop, "B", issued=True, lines=[{}] * 30)
    with django_assert_max_num_queries(26) as more:
        desk.get(url_of(many))
    assert len(few) == len(more)


# --- Corrections --------------------------------------------------------------------------


def test_credits_an_amount(desk: Client, issued: Invoice) -> None:
    assert "Can still be credited €242.28" in text_of(desk.get(url_of(issued, "credit/")))
    response = desk.post(
        url_of(issued, "credit/"), {"way": "amount", "amount": "42.28", "reason": "Too much."}
    )
    assert response["Location"] == url_of(issued)
    issued.refresh_from_db()
    note = Invoice.objects.get(kind=InvoiceKind.CREDIT_NOTE)
    assert (note.number, note.total, issued.balance) == (
        "CN-2026-0001",
        Decimal("42.28"),
        Decimal("200.00"),
    )
    words = text_of(desk.get(url_of(note)))
    assert "€42.28 taken back of invoice INV-2026-0001 · Too much." in words
    assert "Credit note CN-2026-0001 over €42.28 on INV-2026-0001" in text_of(
        desk.get(url_of(issued))
    )


def test_a_credit_that_is_sent_twice_is_issued_once(desk: Client, issued: Invoice) -> None:
    page = desk.get(url_of(issued, "credit/"))
    seen = page.context["form"]["seen"].value()
    data = {"way": "amount", "amount": "42.28", "reason": "Too much.", "seen": seen}

    first, second = (desk.post(url_of(issued, "credit/"), data) for _click in range(2))

    assert (seen, first.status_code, second.status_code) == ("242.28", 303, 303)
    assert Invoice.objects.get(original=issued).total == Decimal("42.28")


def test_credits_lines_and_all_that_is_left(desk: Client, issued: Invoice) -> None:
    line = issued.lines.in_order()[1]
    data = {"way": "lines", f"line-{line.pk}": "57.90", "reason": "Not fitted."}
    assert desk.post(url_of(issued, "credit/"), data).status_code == 303
    issued.refresh_from_db()
    assert issued.balance == Decimal("172.80")
    assert desk.post(url_of(issued, "credit/"), {"way": "all", "reason": "All."}).status_code == 303
    issued.refresh_from_db()
    assert issued.balance == 0


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"way": "amount", "amount": "500", "reason": "x"}, "more than was billed"),
        ({"way": "amount", "amount": "", "reason": "x"}, "Write how much is taken back."),
        ({"way": "lines", "reason": "x"}, "Write an amount at one line at least."),
        ({"way": "amount", "amount": "10", "reason": ""}, "This field is required."),
        ({"amount": "10", "reason": "x"}, "Choose what is taken back."),
    ],
)
def test_refuses_a_credit_and_keeps_what_was_typed(
    desk: Client, issued: Invoice, data: dict[str, str], words: str
) -> None:
    response = desk.post(url_of(issued, "credit/"), data)
    assert response.status_code == 422
    assert words in text_of(response)
    assert values_of(response, "amount") == [data["amount"]] if data.get("amount") else True
    assert Invoice.objects.count() == 1
    assert LedgerEntry.objects.count() == 1


def test_a_manager_voids_writes_off_and_takes_it_back(manager: Client, issued: Invoice) -> None:
    assert manager.post(url_of(issued, "write-off/"), {"reason": "Moved away."}).status_code == 303
    words = text_of(manager.get(url_of(issued)))
    assert "€242.28 was written off. Nobody is asked for it." in words
    assert manager.post(url_of(issued, "recover/"), {"reason": "Came back."}).status_code == 303
    issued.refresh_from_db()
    assert issued.balance == Decimal("242.28")
    response = manager.post(url_of(issued, "void/"), {"reason": "Wrong car."})
    assert response.status_code == 409
    assert "Credit it instead" in text_of(response)
    assert "Wrong car." in response.content.decode()


def test_voids_what_nothing_happened_to(manager: Client, issued: Invoice) -> None:
    assert manager.post(url_of(issued, "void/"), {"reason": "Wrong car."}).status_code == 303
    assert "This invoice is void." in text_of(manager.get(url_of(issued)))


@pytest.mark.parametrize("verb", ["void", "write-off"])
def test_asks_again_for_the_reason(manager: Client, issued: Invoice, verb: str) -> None:
    response = manager.post(url_of(issued, f"{verb}/"), {"reason": " "})
    assert response.status_code == 422
    assert "This field is required." in text_of(response)
    issued.refresh_from_db()
    assert (issued.status, issued.balance) == (InvoiceStatus.ISSUED, Decimal("242.28"))


def test_mails_it_again(desk: Client, issued: Invoice) -> None:
    assert desk.post(url_of(issued, "send/")).status_code == 303
    assert AuditEvent.objects.filter(action="invoice.sent", target_id=issued.pk).count() == 1


# --- Billing settings ---------------------------------------------------------------------

SETTINGS = {
    "account_holder": "Garage SARL",
    "iban": "fr76 3000 6000 0112 3456 7890 189",
    "bic": "agrifrpp",
    "bank_details": "",
    "due_days": "30",
    "late_terms": "",
    "tax_note": "",
    "guarantee": "",
    "promise_grace_days": "3",
    "plan_answer_days": "7",
    "storage_daily_rate": "12,50",
    "storage_tax_rate": "20",
    "storage_free_days": "3",
}


def test_keeps_how_the_shop_bills(manager: Client, shop: Shop) -> None:
    assert manager.post("/settings/billing/", SETTINGS).status_code == 303
    saved = settings_of(shop)
    assert (saved.iban, saved.bic, saved.due_days, saved.storage_daily_rate) == (
        "FR7630006000011234567890189",
        "AGRIFRPP",
        30,
        Decimal("12.50"),
    )
    assert values_of(manager.get("/settings/billing/"), "iban") == [
        "FR76 3000 6000 0112 3456 7890 189"
    ]
    event = AuditEvent.objects.get(action="billing.changed")
    assert event.data["changes"]["due_days"] == {"old": 14, "new": 30}


@pytest.mark.parametrize(
    ("name", "typed", "words"),
    [
        ("iban", "FR76 3000 6000 0112 3456 7890 188", "This is no IBAN"),
        ("bic", "AGRI", "This is no BIC"),
        ("due_days", "121", "less than or equal to 120"),
    ],
)
def test_refuses_an_account_that_cannot_be(
    manager: Client, shop: Shop, name: str, typed: str, words: str
) -> None:
    response = manager.post("/settings/billing/", SETTINGS | {name: typed})
    assert response.status_code == 422
    assert words in text_of(response)
    assert values_of(response, name) == [typed]
    assert settings_of(shop).pk is None or settings_of(shop).iban == ""


# --- Elsewhere ----------------------------------------------------------------------------


def test_the_repair_order_offers_the_invoice_and_shows_it(desk: Client, order: RepairOrder) -> None:
    url = f"/repair-orders/{order.number}/"
    assert "Draft the invoice" in text_of(desk.get(url))
    invoice = issuing.issue(
        invoice=drafting.draft(repair_order=order, by=ADVISOR, at=NOW), by=ADVISOR, at=NOW
    )
    words = text_of(desk.get(url))
    assert f"{invoice.number} €242.28 · €242.28 open Unpaid" in words
    assert "€242.28 billed of €242.28 authorized" in words


def test_the_customers_page_shows_what_is_owed_and_loose(desk: Client, shop: Shop) -> None:
    invoice = invoice_for(shop, "Ana Silva", issued=True)
    PaymentFactory(shop=shop, customer=invoice.customer, amount="30.00")
    words = text_of(desk.get(f"/customers/{invoice.customer.pk}/"))
    assert "Open €120.00 on 1 invoice Collectible €120.00 On no invoice €30.00" in words


def test_the_search_jumps_to_an_invoice_by_number_and_reference(
    desk: Client, issued: Invoice
) -> None:
    for words in (issued.number.lower(), issued.reference):
        assert desk.get("/search/", {"q": words})["Location"] == url_of(issued)


def test_today_names_what_waits(shop: Shop, draft: Invoice, clock: Any) -> None:
    invoice_for(shop, "A", issued=True)
    invoice_for(shop, "B", issued=True)
    PaymentFactory(shop=shop, amount="30.00")
    clock.shift(timedelta(days=20))
    words = text_of(browser_of(shop).get("/"))
    assert "2 invoices are overdue" in words
    assert "€240.00 open, the oldest since" in words
    assert f"Invoice for {draft.customer.name} is still a draft" in words
    assert "1 payment is on no invoice, or not all of it" in words
    technician = browser_of(shop, Role.TECHNICIAN)
    assert "overdue" not in text_of(technician.get("/"))
