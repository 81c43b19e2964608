"""The staff's pages of chargebacks, and what others show of them."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from disputes.models import Chargeback, DisputeCase
from disputes.services import reasons
from disputes.states import BankOutcome
from disputes.views import chargeback_today
from invoices.models import Invoice, Payment
from invoices.services import ending, issuing
from shopdisputes.actors import Role
from shopdisputes.links.tokens import token_of
from shopdisputes.shops.models import Shop
from tests.disputes.bank import DUE, asked, close, paid, withdraw
from tests.disputes.cases import BOSS, DESK, TECHNICIAN, fresh
from tests.factories import NOW, CustomerFactory, InvoiceFactory, staff
from tests.invoices.money import balance_of, pay

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def desk(shop: Shop, client: Client) -> Client:
    reasons.install(shop=shop, at=NOW)
    client.force_login(staff(shop, Role.ADVISOR).user, backend=BACKEND)
    return client


@pytest.fixture
def boss(shop: Shop) -> Client:
    client = Client()
    client.force_login(staff(shop, Role.MANAGER).user, backend=BACKEND)
    return client


@pytest.fixture
def payment(shop: Shop) -> Payment:
    invoice = InvoiceFactory(shop=shop, issued=True)
    return pay(invoice.customer, "120.00", (invoice, "120.00"))


def sent(payment: Payment, **changes: Any) -> dict[str, Any]:
    return {
        "kind": "chargeback",
        "amount": "120,00",
        "reference": "ARN-7",
        "network_reason": "13.1 Services not received",
        "evidence_due_by": "2026-03-30T17:00",
    } | changes


def on(number: str, act: str) -> str:
    return reverse(f"chargeback-{act}", args=[number])


def words(page: Any) -> str:
    return page.content.decode()


def test_is_recorded_from_the_payment_s_page(desk: Client, payment: Payment) -> None:
    url = reverse("chargeback-new", args=[payment.number])
    assert url in words(desk.get(reverse("payment", args=[payment.number])))
    assert 'value="120.00"' in words(desk.get(url))

    answer = desk.post(url, sent(payment, funds_withdrawn="on"))

    made = Chargeback.objects.get()
    assert (answer.status_code, answer["Location"]) == (
        303,
        reverse("chargeback", args=[made.number]),
    )
    assert (made.evidence_due_by, made.funds, made.amount) == (DUE, "withdrawn", Decimal("120.00"))
    # The form sent again is the same.
    desk.post(url, sent(payment))
    assert Chargeback.objects.count() == 1
    page = words(desk.get(reverse("payment", args=[payment.number])))
    assert "refund would pay it twice" in page
    assert reverse("payment-refund", args=[payment.number]) not in page


def test_management_reads_why_a_payment_cannot_be_annulled(
    desk: Client, boss: Client, payment: Payment
) -> None:
    page, annul = (reverse(name, args=[payment.number]) for name in ("payment", "payment-annul"))
    assert annul in words(boss.get(page))
    inquiry = asked(payment, kind="inquiry")

    blocked = words(boss.get(page))
    assert f"The bank asks about this payment in {inquiry.number}" in blocked
    assert annul not in blocked
    # Who may not annul at all has not lost it.
    assert "The bank asks about this payment" not in words(desk.get(page))
    close(inquiry, BankOutcome.CLOSED)
    assert annul in words(boss.get(page))


@pytest.mark.parametrize(
    "changes", [{"amount": "120.01"}, {"reference": ""}, {"evidence_due_by": "2026-03-01T17:00"}]
)
def test_refuses_at_the_field(desk: Client, payment: Payment, changes: dict[str, str]) -> None:
    answer = desk.post(reverse("chargeback-new", args=[payment.number]), sent(payment, **changes))

    assert answer.status_code == 422
    assert 'class="summary"' in words(answer)
    assert not Chargeback.objects.exists()
    assert not DisputeCase.objects.exists()


def test_goes_its_whole_way_on_pages(desk: Client, boss: Client, payment: Payment) -> None:
    made = asked(payment)
    page = reverse("chargeback", args=[made.number])
    assert "Evidence is due in 14 days" in words(desk.get(page))

    desk.post(on(made.number, "withdraw-funds"))
    desk.post(on(made.number, "withdrawn"), {"on": "2026-03-16"})
    assert "The evidence is due all the same" in words(desk.get(page))
    desk.post(on(made.number, "submit"), {"note": "Photos, by upload."})
    assert fresh(made).status == "under_review"
    refused = desk.post(on(made.number, "decided"), {"outcome": "accepted"})
    assert (refused.status_code, fresh(made).status) == (422, "under_review")
    desk.post(on(made.number, "decided"), {"outcome": "lost", "note": "Too late."})

    assert fresh(made).status == "lost"
    decided = words(desk.get(page))
    assert "Decide what becomes of it" in decided
    assert on(made.number, "let-go") not in decided
    assert on(made.number, "let-go") in words(boss.get(page))
    assert desk.get(on(made.number, "let-go")).status_code == 403
    refused = boss.post(on(made.number, "let-go"), {"reason": "He pays in parts."})
    assert (refused.status_code, "still contests it" in words(refused)) == (409, True)


def test_asks_for_no_decision_about_what_was_given_up(desk: Client, payment: Payment) -> None:
    made = close(asked(payment), BankOutcome.LOST)
    page = reverse("chargeback", args=[made.number])
    assert "Decide what becomes of it" in words(desk.get(page))

    invoice = made.parts.get().invoice
    ending.write_off(invoice=invoice, reason="Lost at the bank.", by=BOSS, at=NOW)

    assert "Decide what becomes of it" not in words(desk.get(page))


def test_giving_in_is_confirmed(boss: Client, payment: Payment) -> None:
    made = asked(payment)
    form = {"outcome": BankOutcome.ACCEPTED.value}

    assert boss.post(on(made.number, "decided"), form).status_code == 422
    assert fresh(made).status == "needs_response"
    assert boss.post(on(made.number, "decided"), form | {"certain": "on"}).status_code == 303
    assert (fresh(made).status, fresh(made).funds) == ("accepted", "withdrawn")


def test_is_divided_otherwise(desk: Client, payment: Payment, shop: Shop) -> None:
    other = InvoiceFactory(issued=True, customer=payment.customer)
    both = pay(payment.customer, "150.00", (other, "120.00"))
    made = asked(both, "40.00")
    url = on(made.number, "divide")
    assert 'value="10.00"' in words(desk.get(url))

    assert desk.post(url, {str(other.pk): "5.00"}).status_code == 422
    assert desk.post(url, {str(other.pk): "40.00"}).status_code == 303

    assert made.parts.get().amount == Decimal("40.00")


def test_of_a_payment_on_no_invoice_says_that_there_is_nothing_to_divide(
    desk: Client, shop: Shop
) -> None:
    kept = pay(CustomerFactory(shop=shop), "80.00")
    made = asked(kept)

    page = words(desk.get(on(made.number, "divide")))

    assert "There is nothing to divide" in page
    assert f'href="{reverse("payment-allocate", args=[kept.number])}"' in page
    assert 'class="form-actions"' not in page


def test_a_written_off_invoice_is_named_with_the_way_to_it(
    desk: Client, payment: Payment, shop: Shop
) -> None:
    invoice = InvoiceFactory(issued=True, customer=payment.customer)
    part = pay(payment.customer, "50.00", (invoice, "50.00"))
    ending.write_off(invoice=invoice, reason="Gone.", by=BOSS, at=NOW)
    new = reverse("chargeback-new", args=[part.number])
    refused = desk.post(new, sent(part, amount="50,00", funds_withdrawn="on"))
    assert (refused.status_code, Chargeback.objects.count()) == (409, 0)
    made = asked(part)

    for page in (
        words(refused),
        words(desk.get(reverse("chargeback", args=[made.number]))),
        words(desk.get(on(made.number, "withdraw-funds"))),
        words(desk.post(on(made.number, "withdraw-funds"))),
        words(desk.post(on(made.number, "decided"), {"outcome": "lost"})),
    ):
        assert "An invoice of this payment is written off" in page
        assert f'href="{reverse("invoice", args=[invoice.number])}"' in page
    assert fresh(made).funds == "with_shop"

    ending.recover(invoice=invoice, reason="The bank took it.", by=DESK, at=NOW)
    assert desk.post(on(made.number, "withdraw-funds")).status_code == 303
    assert "is written off" not in words(desk.get(reverse("chargeback", args=[made.number])))


def test_is_given_back_and_asked_about_again(desk: Client, payment: Payment) -> None:
    made = withdraw(asked(payment))
    invoice = made.parts.get().invoice

    desk.post(on(made.number, "reinstate"))
    assert balance_of(invoice) == 0
    desk.post(on(made.number, "submit"), {"note": "Photos."})
    desk.post(on(made.number, "ask-again"), {"evidence_due_by": "2026-04-10T12:00"})

    assert fresh(made).status == "needs_response"


def test_lists_what_is_asked_for(desk: Client, payment: Payment) -> None:
    first = asked(payment, "20.00", reference="ARN-1")
    later = asked(payment, "30.00", reference="ARN-2", at=NOW + timedelta(hours=1))
    second = close(later, BankOutcome.LOST)
    asked(paid()[1], reference="ARN-OTHERS")
    address = reverse("chargeback-list")

    def numbers(query: str) -> list[str]:
        return [row.number for row, _left in desk.get(f"{address}?{query}").context["rows"]]

    assert numbers("") == [second.number, first.number]
    assert numbers("show=due") == [first.number]
    assert numbers("show=away") == numbers("show=lost") == [second.number]
    assert numbers("q=arn-1") == [first.number]
    assert numbers("q=ARN-OTHERS") == []
    assert desk.get(f"{address}?sort=due").context["sums"].amount == Decimal("50.00")
    table = b"".join(desk.get(f"{reverse('chargeback-export')}?show=lost")).decode("utf-8-sig")
    assert [row.split(",")[0] for row in table.splitlines()[1:]] == [second.number]


def test_stands_on_the_case_the_invoice_and_today(
    desk: Client, payment: Payment, shop: Shop
) -> None:
    made = withdraw(asked(payment))
    assert made.case is not None
    link = reverse("chargeback", args=[made.number])
    invoice = made.parts.get().invoice

    case = words(desk.get(reverse("dispute", args=[made.case.number])))
    assert link in case
    assert "The dispute ends when the bank has decided" in case
    bill = words(desk.get(reverse("invoice", args=[invoice.number])))
    assert link in bill
    assert "Taken back by the bank" in bill
    assert desk.get(f"{reverse('search')}?q=ARN-7")["Location"] == link
    assert chargeback_today.items(shop, DESK, NOW) == []
    (row,) = chargeback_today.items(shop, DESK, DUE - timedelta(days=3))
    assert (str(row.title), row.url, row.late) == (
        f"Hand in the evidence to the bank within 3 days: {made.number}",
        link,
        False,
    )
    (row,) = chargeback_today.items(shop, DESK, DUE)
    assert row.late
    assert chargeback_today.items(shop, TECHNICIAN, DUE) == []


def test_the_customer_reads_why_the_invoice_is_open_again(
    client: Client, desk: Client, payment: Payment
) -> None:
    made = withdraw(asked(payment))
    invoice = Invoice.objects.with_everything().get(pk=made.parts.get().invoice_id)
    link = issuing.give_link(invoice=invoice, by=BOSS, at=NOW)

    page = words(Client().get(reverse("public-invoice", args=[token_of(link)])))

    assert "Your bank has taken €120.00 of your payment back" in page
    assert "Nothing is to be paid at present." in page
    assert "CB-2026" not in page


def test_says_nothing_more_of_the_bank_when_what_was_lost_is_paid(
    desk: Client, payment: Payment
) -> None:
    made = close(asked(payment), BankOutcome.LOST)
    invoice = Invoice.objects.with_everything().get(pk=made.parts.get().invoice_id)
    link = issuing.give_link(invoice=invoice, by=BOSS, at=NOW)
    public = reverse("public-invoice", args=[token_of(link)])
    own = f"{reverse('invoice-list')}?show=paid"
    assert "You need not pay it now" in words(Client().get(public))

    pay(invoice.customer, "120.00", (fresh(invoice), "120.00"))

    assert "You need not pay it now" not in words(Client().get(public))
    assert "Taken back by the bank" not in words(desk.get(own))


def test_payments_tell_what_the_bank_has(desk: Client, payment: Payment) -> None:
    withdraw(asked(payment, "20.00"))

    listed = desk.get(f"{reverse('payment-list')}?show=charged_back")
    assert listed.context["sums"].charged_back == Decimal("20.00")
    assert "€20.00 taken back by the bank" in words(listed)
    table = b"".join(desk.get(reverse("payment-export"))).decode("utf-8-sig")
    assert table.splitlines()[1].split(",")[5:10] == ["120.00", "100.00", "0.00", "0.00", "20.00"]
