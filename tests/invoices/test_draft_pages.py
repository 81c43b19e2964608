"""Writing an invoice: the draft and its editor, the rules that block it, and its issue."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from invoices.models import Invoice, InvoiceLine
from invoices.states import InvoiceStatus
from shopdisputes.actors import Role
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.shops.models import Membership, Shop
from tests.estimates.staff import text_of, values_of
from tests.factories import RepairOrderFactory

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


def draft_url(invoice: Invoice, verb: str = "") -> str:
    return f"/invoices/drafts/{invoice.pk}/{verb}"


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


def test_a_draft_that_somebody_else_saved_meanwhile_is_not_written_over_unseen(
    desk: Client, draft: Invoice
) -> None:
    seen = values_of(desk.get(draft_url(draft)), "based_on")[0]
    theirs = posted(draft, FEE, based_on=seen)
    mine = posted(draft, explanation="As agreed.", based_on=seen)
    # Their second click is the same again.
    assert [desk.post(draft_url(draft), theirs).status_code for _click in range(2)] == [303, 303]

    refusal = desk.post(draft_url(draft), mine)
    assert refusal.status_code == 409
    assert "Somebody else saved this draft after you opened it." in text_of(refusal)
    assert "As agreed." in refusal.content.decode()
    draft.refresh_from_db()
    assert (draft.explanation, draft.lines.count()) == ("", 3)

    again = mine | {"based_on": values_of(refusal, "based_on")[0]}
    assert desk.post(draft_url(draft), again).status_code == 303
    assert draft.lines.count() == 2


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
