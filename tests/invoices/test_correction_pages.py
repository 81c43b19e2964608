"""Credits, voids and write-offs at the desk."""

from decimal import Decimal

import pytest
from django.test import Client

from invoices.models import Invoice, LedgerEntry
from invoices.states import InvoiceKind, InvoiceStatus
from shopdisputes.audit.models import AuditEvent
from tests.estimates.staff import text_of, values_of
from tests.invoices.pages import url_of

pytestmark = pytest.mark.django_db


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
