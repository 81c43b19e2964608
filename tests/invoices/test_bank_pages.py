"""The pages on which bank statements are brought in and decided, line by line."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from invoices.forms.banking import packed, unpacked
from invoices.models import BankImport, BankTransaction, Payment
from invoices.services import banking
from shopdisputes.shops.models import Shop
from tests.estimates.staff import text_of
from tests.factories import (
    NOW,
    BankTransactionFactory,
    BillingSettingsFactory,
    CustomerFactory,
    InvoiceFactory,
)
from tests.invoices.bank import camt, details, entry, statement, table
from tests.invoices.money import DESK, fresh

pytestmark = pytest.mark.django_db


def bring(desk: Client, content: bytes, name: str = "march.xml") -> Any:
    return desk.post(reverse("bank-import-new"), {"file": SimpleUploadedFile(name, content)})


def test_a_statement_is_brought_in_and_shown(desk: Client, shop: Shop) -> None:
    invoice = InvoiceFactory(shop=shop, issued=True)
    paid = details(reference=invoice.reference, name="<b>Camille</b>".replace("<", "&lt;"))
    answer = bring(desk, camt(statement(entry("120.00", details=[paid]), entry("9.99"))))

    taken = BankImport.objects.get()
    assert (answer.status_code, answer.url) == (303, reverse("bank-import", args=[taken.pk]))
    page = desk.get(answer.url)
    words = text_of(page)
    assert "0 of 2 decided" in words
    assert f"The payment reference is that of {invoice.number}." in words
    assert "No open invoice fits." in words
    assert "1 transfer carries an invoice's exact reference and amount." in words
    assert b"<b>Camille</b>" not in page.content


def test_the_same_file_again_leads_to_the_first(desk: Client) -> None:
    content = camt(statement(entry()))
    first = bring(desk, content).url
    again = bring(desk, content)

    assert again.status_code == 409
    assert f'href="{first}"' in again.content.decode()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.pdf", b"%PDF-1.7", "cannot be read as a bank statement"),
        ("a.xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "cannot be read as a bank"),
        ("a.csv", b"", "This file is empty."),
        ("a.csv", b"<" * (10 * 1024 * 1024 + 1), "This file is too large."),
    ],
)
def test_every_other_file_gets_one_clear_answer(
    desk: Client, name: str, content: bytes, words: str
) -> None:
    answer = bring(desk, content, name)

    assert answer.status_code == 422
    assert words in text_of(answer)
    assert not BankImport.objects.exists()


def test_unclear_columns_are_asked_for_and_then_taken(desk: Client) -> None:
    rows = [["Datum", "Wer", "Wert"], ["03/04/2026", "Camille", "1234,50"]]
    asked = bring(desk, table(rows), "bank.csv")
    assert asked.status_code == 200
    assert "What the columns mean" in text_of(asked)
    assert not BankImport.objects.exists()

    form = {"content": packed(table(rows)), "filename": "bank.csv", "date_order": "mdy"}
    wrong = desk.post(reverse("bank-import-new"), form | {"date": "0", "mark": ","})
    assert wrong.status_code == 422
    assert "Say in which column the amount stands." in text_of(wrong)
    unreadable = desk.post(
        reverse("bank-import-new"), form | {"date": "0", "amount": "2", "mark": "."}
    )
    assert unreadable.status_code == 422
    assert "Line 2 cannot be read this way" in text_of(unreadable)
    assert not BankImport.objects.exists()
    said = {"date": "0", "amount": "2", "payer": "1", "mark": ","}
    answer = desk.post(reverse("bank-import-new"), form | said)

    assert answer.status_code == 303
    line = BankTransaction.objects.get()
    assert (str(line.booked_on), line.amount, line.payer) == (
        "2026-03-04",
        Decimal("1234.50"),
        "Camille",
    )
    assert line.statement.filename == "bank.csv"


@pytest.mark.parametrize("content", ["", "nonsense", "eJw=", packed(b"no table")])
def test_a_crafted_second_step_is_refused(desk: Client, content: str) -> None:
    answer = desk.post(reverse("bank-import-new"), {"content": content, "date": "0"})

    assert answer.status_code == 422
    assert not BankImport.objects.exists()


def test_what_is_packed_comes_back_whole() -> None:
    content = table([["Дата", "Сумма"]] * 3000)

    assert unpacked(packed(content)) == content


def test_a_suggestion_is_confirmed_with_one_click(desk: Client, shop: Shop) -> None:
    invoice = InvoiceFactory(shop=shop, issued=True)
    line = BankTransactionFactory(shop=shop, amount=Decimal("120.00"), reference=invoice.reference)
    page = desk.get(reverse("bank-import", args=[line.statement_id])).content.decode()
    assert f'name="{invoice.pk}" value="120.00"' in page
    answer = desk.post(
        reverse("bank-line", args=[line.pk]),
        {"customer": invoice.customer_id, str(invoice.pk): "120.00"},
    )

    assert answer.status_code == 303
    assert (fresh(line).status, fresh(invoice).balance) == ("booked", 0)
    booked = text_of(desk.get(reverse("bank-import", args=[line.statement_id]) + "?show=all"))
    assert "1 of 1 decided" in booked
    assert Payment.objects.get().number in booked


def test_money_that_another_statement_has_too_is_pointed_out(desk: Client, shop: Shop) -> None:
    first = BankTransactionFactory(shop=shop, statement__filename="camt.xml")
    line = BankTransactionFactory(shop=shop, payer="", text="camille durand 100")
    desk.post(reverse("bank-line", args=[first.pk]), {"customer": CustomerFactory(shop=shop).pk})
    said = "camt.xml has €100.00 of Mar 16, 2026 too. Make sure that it is not the same money."
    for address in (
        reverse("bank-import", args=[line.statement_id]),
        reverse("bank-line", args=[line.pk]),
    ):
        page = desk.get(address)
        assert said in text_of(page)
        assert f'href="{reverse("payment", args=[Payment.objects.get().number])}"' in (
            page.content.decode()
        )


def test_another_customer_is_searched_and_chosen(desk: Client, shop: Shop) -> None:
    marie = CustomerFactory(shop=shop, name="Marie Lefèvre")
    oldest = InvoiceFactory(issued=True, customer=marie, total="70.00")
    newest = InvoiceFactory(issued=True, customer=marie, total="90.00")
    line = BankTransactionFactory(shop=shop, amount=Decimal("100.00"))
    address = reverse("bank-line", args=[line.pk])
    found = desk.get(f"{address}?q=Marie").content.decode()
    assert f"?customer={marie.pk}" in found
    assert f"&amp;invoice={newest.pk}" in found
    chosen = desk.get(f"{address}?customer={marie.pk}&invoice={newest.pk}").content.decode()
    # What was chosen is paid first, the rest goes on the other one.
    assert f'name="{newest.pk}" value="90.00"' in chosen
    assert f'name="{oldest.pk}" value="10.00"' in chosen
    refused = desk.post(address, {"customer": marie.pk, str(newest.pk): "90.01"})
    assert refused.status_code == 422
    assert "This is more than is still owed." in text_of(refused)
    desk.post(address, {"customer": marie.pk, str(newest.pk): "90,00", str(oldest.pk): ""})

    assert (fresh(oldest).balance, fresh(newest).balance) == (Decimal("70.00"), 0)
    assert Payment.objects.get().unallocated == Decimal("10.00")


def test_nobody_chosen_is_asked_for(desk: Client, shop: Shop) -> None:
    line = BankTransactionFactory(shop=shop)
    stranger = CustomerFactory()
    for customer in ("", "nobody", str(stranger.pk)):
        answer = desk.post(reverse("bank-line", args=[line.pk]), {"customer": customer})
        assert answer.status_code == 422
        assert "Choose whose money this is." in text_of(answer)

    assert fresh(line).status == "new"


def test_a_line_is_set_aside_and_taken_back(desk: Client, shop: Shop) -> None:
    line = BankTransactionFactory(shop=shop)
    desk.post(reverse("bank-line-ignore", args=[line.pk]))
    assert fresh(line).status == "ignored"
    assert desk.post(reverse("bank-line-ignore", args=[line.pk])).status_code == 409
    assert desk.get(reverse("bank-line", args=[line.pk])).status_code == 303
    desk.post(reverse("bank-line-reopen", args=[line.pk]))

    assert fresh(line).status == "new"


def test_exact_references_are_listed_before_they_are_booked(desk: Client, shop: Shop) -> None:
    invoices = [InvoiceFactory(shop=shop, issued=True, total=f"{n}0.00") for n in (5, 6)]
    first = BankTransactionFactory(
        shop=shop, amount=Decimal("50.00"), reference=invoices[0].reference
    )
    taken = first.statement
    second = BankTransactionFactory(
        statement=taken, amount=Decimal("60.00"), reference=invoices[1].reference
    )
    address = reverse("bank-import-exact", args=[taken.pk])
    page = text_of(desk.get(address))
    assert "of 2 transfers: €110.00" in page
    assert not Payment.objects.exists()
    desk.post(address, {"line": [str(second.pk), "nonsense"]})

    assert (fresh(first).status, fresh(second).status) == ("new", "booked")


def test_the_agenda_names_lines_to_decide(desk: Client, shop: Shop) -> None:
    line = BankTransactionFactory(shop=shop)
    assert "1 bank line to decide" in text_of(desk.get(reverse("today")))
    banking.ignore(transaction=line, by=DESK, at=NOW)

    assert "bank line to decide" not in text_of(desk.get(reverse("today")))


def test_a_statement_of_another_account_is_pointed_out(desk: Client, shop: Shop) -> None:
    line = BankTransactionFactory(shop=shop, statement__account="DE89370400440532013000")
    address = reverse("bank-import", args=[line.statement_id])
    assert "not of the one on your invoices" not in text_of(desk.get(address))
    BillingSettingsFactory(shop=shop)

    assert "not of the one on your invoices" in text_of(desk.get(address))


def test_pages_take_as_many_queries_for_many_lines(
    desk: Client, shop: Shop, django_assert_max_num_queries: Any
) -> None:
    taken = BankTransactionFactory(shop=shop).statement
    for _count in range(12):
        BankTransactionFactory(statement=taken)
    for name, most in (("bank-import", 14), ("bank-import-exact", 11)):
        with django_assert_max_num_queries(most):
            desk.get(reverse(name, args=[taken.pk]))
