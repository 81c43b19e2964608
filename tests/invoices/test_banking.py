"""Bank statements taken in once, and their lines booked once."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from invoices.bank_files.lines import MappingNeeded, NotAStatement
from invoices.models import BankImport, BankTransaction, Invoice, Payment
from invoices.services import banking, ledger, payments, recognizing
from shopdisputes.audit.models import AuditEvent
from shopdisputes.shops.models import Shop
from shopdisputes.transitions import NotYourTransition
from tests.factories import (
    NOW,
    BankTransactionFactory,
    CustomerFactory,
    HoldFactory,
    InvoiceFactory,
    ShopFactory,
)
from tests.invoices.bank import camt, details, entry, statement, table
from tests.invoices.money import BOSS, DESK, TECHNICIAN, events, everything, fresh
from tests.races import overtake, without_locks

pytestmark = pytest.mark.django_db
AUDIT = "shopdisputes.audit.services.record"


def take(shop: Shop, content: bytes, filename: str = "march.xml") -> BankImport:
    return banking.take(
        shop=shop, filename=filename, content=content, mapping=None, by=DESK, at=NOW
    )


def book(line: BankTransaction, invoice: Invoice, amount: str = "120.00") -> Payment:
    return banking.book(
        transaction=line,
        customer=invoice.customer,
        allocations=[(invoice, Decimal(amount))],
        by=DESK,
        at=NOW,
    )


def line_for(invoice: Invoice, amount: str = "120.00", **other: Any) -> BankTransaction:
    return BankTransactionFactory(
        shop=invoice.shop, amount=Decimal(amount), reference=invoice.reference, **other
    )


def test_takes_in_what_came_and_tells_it(shop: Shop) -> None:
    content = camt(statement(entry("5.00", details=[details()]), entry(direction="DBIT")))
    taken = take(shop, content)

    assert (taken.format, taken.taken, taken.known, taken.outgoing) == ("camt053", 1, 0, 1)
    assert taken.account == "FR7630006000011234567890189"
    line = BankTransaction.objects.get(statement=taken)
    assert (line.amount, line.payer, line.status) == (Decimal("5.00"), "Camille Durand", "new")
    [event] = AuditEvent.objects.filter(target_id=taken.pk)
    assert (event.action, event.data["name"], event.data["taken"]) == (
        "bank.imported",
        "march.xml",
        1,
    )


def test_the_same_file_again_is_refused_and_names_the_first(shop: Shop) -> None:
    content = camt(statement(entry("5.00")))
    first = take(shop, content)
    before = everything()
    with pytest.raises(banking.AlreadyImported) as refusal:
        take(shop, content, "renamed.xml")

    assert refusal.value.details == {"id": str(first.pk)}
    assert everything() == before
    assert BankImport.objects.count() == 1
    # Another shop may well have it.
    assert take(ShopFactory(), content).taken == 1


def test_overlapping_statements_take_each_line_once(shop: Shop) -> None:
    monday, tuesday = entry("5.00", day="2026-03-09"), entry("6.00", day="2026-03-10")
    wednesday = entry("7.00", day="2026-03-11")
    # Two people pay the same on one day: both statements hold both.
    take(shop, camt(statement(monday, tuesday, tuesday)))
    second = take(shop, camt(statement(tuesday, tuesday, wednesday)))

    assert (second.taken, second.known) == (1, 2)
    amounts = BankTransaction.objects.order_by("booked_on", "pk").values_list("amount", flat=True)
    assert [str(amount) for amount in amounts] == ["5.00", "6.00", "6.00", "7.00"]


def test_a_transfer_that_another_file_says_in_other_words_is_booked_by_a_person() -> None:
    invoice = InvoiceFactory(issued=True)
    shop = invoice.shop
    paid = details(reference=invoice.reference)
    earlier = take(shop, camt(statement(entry("120.00", details=[paid]))))
    row = ["13.03.2026", "120,00", f"Camille {invoice.reference}"]
    taken = take(shop, table([["Date", "Amount", "Text"], row]), "march.csv")
    [first], [second] = (each.transactions.all() for each in (earlier, taken))

    assert recognizing.doubles([second], shop=shop) == {second.pk: [first]}
    assert banking.book_exact(statement=taken, lines=[second.pk], by=DESK, at=NOW) == []
    assert fresh(invoice).balance == Decimal("120.00")
    # A person sees that it is other money.
    book(second, invoice)
    assert fresh(invoice).balance == 0


def test_equal_money_of_one_statement_or_of_two_days_is_no_double(shop: Shop) -> None:
    line = BankTransactionFactory(shop=shop)
    BankTransactionFactory(statement=line.statement)
    BankTransactionFactory(shop=shop, booked_on=line.booked_on - timedelta(days=1))
    BankTransactionFactory(shop=shop, amount=line.amount + 1)
    BankTransactionFactory(booked_on=line.booked_on)

    assert recognizing.doubles([line], shop=shop) == {}


def test_a_csv_file_has_the_shop_s_currency(shop: Shop) -> None:
    taken = take(shop, table([["Date", "Amount"], ["13.03.2026", "5,00"]]), "march.csv")

    assert taken.format == "csv"
    assert BankTransaction.objects.get().currency == "EUR"


@pytest.mark.parametrize(
    ("content", "error"),
    [(b"%PDF-1.7", NotAStatement), (b"a;b\n1;2\n", MappingNeeded)],
)
def test_a_file_that_cannot_be_read_leaves_nothing(
    shop: Shop, content: bytes, error: type[Exception]
) -> None:
    with pytest.raises(error):
        take(shop, content)

    assert not BankImport.objects.exists()
    assert not AuditEvent.objects.filter(action="bank.imported").exists()


def test_books_a_line_as_a_payment_with_a_receipt() -> None:
    invoice = InvoiceFactory(issued=True)
    line = line_for(invoice, "150.00")
    payment = book(line, invoice)

    line = fresh(line)
    assert (line.status, line.payment, line.decided_by) == ("booked", payment, "Ada Advisor")
    assert (payment.method, payment.received_on) == ("bank_transfer", line.booked_on)
    assert (payment.reference, payment.unallocated) == (invoice.reference, Decimal("30.00"))
    assert fresh(invoice).balance == 0
    assert events(line) == ["bank.booked"]


def test_a_line_is_booked_once() -> None:
    invoice = InvoiceFactory(issued=True)
    line = line_for(invoice)
    book(line, invoice, "20.00")
    before = everything()
    with pytest.raises(banking.AlreadyDecided):
        book(line, invoice, "20.00")
    with pytest.raises(banking.AlreadyDecided):
        banking.ignore(transaction=line, by=DESK, at=NOW)

    assert everything() == before


def test_a_refused_payment_leaves_the_line_undecided() -> None:
    invoice = InvoiceFactory(issued=True)
    line = line_for(invoice, "500.00")
    before = everything()
    with pytest.raises(ledger.Overpayment):
        book(line, invoice, "120.01")
    with pytest.raises(NotYourTransition):
        banking.book(
            transaction=line, customer=invoice.customer, allocations=[], by=TECHNICIAN, at=NOW
        )

    assert everything() == before
    assert fresh(line).status == "new"


def test_another_currency_is_not_booked() -> None:
    invoice = InvoiceFactory(issued=True)
    line = line_for(invoice, currency="USD")
    with pytest.raises(banking.OtherCurrency):
        book(line, invoice)

    assert recognizing.suggestions([line], shop=invoice.shop, at=NOW) == {}
    assert not Payment.objects.exists()


def test_what_was_set_aside_can_be_taken_back() -> None:
    line = BankTransactionFactory()
    with pytest.raises(banking.NothingToTakeBack):
        banking.reopen(transaction=line, by=DESK, at=NOW)
    banking.ignore(transaction=line, by=DESK, at=NOW)
    assert fresh(line).status == "ignored"
    banking.reopen(transaction=line, by=DESK, at=NOW)

    assert (fresh(line).status, fresh(line).decided_by) == ("new", "")
    assert events(line) == ["bank.ignored", "bank.reopened"]


def test_a_booked_line_is_taken_back_when_its_payment_was_annulled() -> None:
    invoice = InvoiceFactory(issued=True)
    line = line_for(invoice)
    payment = book(line, invoice)
    with pytest.raises(banking.StillBooked):
        banking.reopen(transaction=line, by=DESK, at=NOW)
    payments.annul(payment=payment, reason="Wrong customer.", by=BOSS, at=NOW)
    banking.reopen(transaction=line, by=DESK, at=NOW)
    again = book(line, invoice)

    assert again != payment
    assert fresh(line).payment == again
    assert fresh(invoice).balance == 0


def test_books_exact_references_together_and_leaves_the_rest() -> None:
    first = InvoiceFactory(issued=True)
    shop = first.shop
    second = InvoiceFactory(shop=shop, issued=True, total="80.00")
    HoldFactory(invoice=second, amount=Decimal("30.00"))
    taken = line_for(first).statement
    lines = {
        "exact": BankTransaction.objects.get(),
        "twice": line_for(first, statement=taken),
        "collectible": line_for(second, "50.00", statement=taken),
        "other amount": line_for(second, "49.00", statement=taken),
        "no reference": BankTransactionFactory(
            shop=shop, statement=taken, amount=Decimal("120.00"), text=first.number
        ),
        "not ticked": line_for(
            InvoiceFactory(shop=shop, issued=True, total="9.00"), "9.00", statement=taken
        ),
    }
    ticked = {line.pk for name, line in lines.items() if name != "not ticked"}
    booked = banking.book_exact(statement=taken, lines=ticked, by=DESK, at=NOW)

    assert len(booked) == 2
    assert [name for name, line in lines.items() if fresh(line).status == "booked"] in (
        ["exact", "collectible"],
        ["twice", "collectible"],
    )
    assert (fresh(first).balance, fresh(second).balance) == (0, Decimal("30.00"))
    # The same click again finds nothing that is exact still.
    assert banking.book_exact(statement=taken, lines=ticked, by=DESK, at=NOW) == []


def test_an_account_that_paid_before_is_known() -> None:
    invoice = InvoiceFactory(issued=True, customer=CustomerFactory(name="Marie Lefèvre"))
    account = {"payer": "SCI Les Lilas", "payer_account": "FR1420041010050500013M02606"}
    earlier = BankTransactionFactory(shop=invoice.shop, amount=Decimal("20.00"), **account)
    book(earlier, invoice, "20.00")
    line = BankTransactionFactory(shop=invoice.shop, amount=Decimal("100.00"), **account)
    [[first]] = recognizing.suggestions([line], shop=invoice.shop, at=NOW).values()

    assert first.why[0] == "Marie Lefèvre has paid from this account before."
    assert [part.amount for part in first.parts] == [Decimal("100.00")]


def test_other_shops_invoices_are_never_suggested() -> None:
    invoice = InvoiceFactory(issued=True)
    line = BankTransactionFactory(amount=Decimal("120.00"), reference=invoice.reference)

    assert recognizing.suggestions([line], shop=line.shop, at=NOW) == {line.pk: []}


def test_suggestions_take_as_many_queries_for_many_lines(
    django_assert_num_queries: Any,
) -> None:
    first = InvoiceFactory(issued=True)
    for _count in range(3):
        HoldFactory(invoice=InvoiceFactory(shop=first.shop, issued=True), amount=Decimal("1.00"))
    lines = [line_for(first, payer_account="FR1") for _count in range(5)]
    for some in (lines[:1], lines):
        with django_assert_num_queries(5):
            recognizing.suggestions(some, shop=first.shop, at=NOW)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locks", [True, False])
def test_two_people_cannot_book_one_line(locks: bool) -> None:
    invoice = InvoiceFactory(issued=True)
    line = line_for(invoice)

    def race() -> Any:
        return overtake(
            lambda: book(line, invoice, "60.00"),
            lambda: book(line, invoice, "60.00"),
            pause_in=AUDIT,
        )

    if locks:
        first, second = race()
    else:
        # The conditional update alone holds, as where there are no row locks.
        with without_locks():
            first, second = race()

    assert first.result().amount == Decimal("120.00")
    assert isinstance(second.exception(), banking.AlreadyDecided)
    assert Payment.objects.count() == 1
    assert fresh(invoice).balance == Decimal("60.00")


@pytest.mark.django_db(transaction=True)
def test_two_people_bring_in_one_file(shop: Shop) -> None:
    content = camt(statement(entry("5.00")))
    first, second = overtake(
        lambda: take(shop, content), lambda: take(shop, content), pause_in=AUDIT
    )

    assert first.result().taken == 1
    assert isinstance(second.exception(), banking.AlreadyImported)
    assert BankTransaction.objects.count() == 1
