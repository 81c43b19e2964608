"""Issuing: only what is covered, numbered without gaps, frozen, owed, mailed."""

import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from estimates.states import LineKind
from invoices.models import Invoice, LedgerEntry
from invoices.services import drafting, issuing
from invoices.services.issuing import DayRefused, DueBeforeIssue, Empty, NoAddress, NotCovered
from shopdisputes.canonical import sha256_hex
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.outbox.models import EmailStatus, OutgoingEmail
from shopdisputes.transitions import IllegalTransition, NotYourTransition
from tests.factories import NOW, BillingSettingsFactory, PaymentFactory, authorized_order
from tests.invoices import halted
from tests.invoices.bills import (
    another,
    change,
    drafted,
    issue,
    issued,
    lines_of,
    refuses,
    typed,
    void,
)
from tests.invoices.money import BOSS, DESK, TECHNICIAN, events

pytestmark = pytest.mark.django_db


def mails(invoice: Invoice) -> list[OutgoingEmail]:
    return list(OutgoingEmail.objects.filter(target_id=invoice.pk).order_by("created_at", "pk"))


def test_what_is_issued_is_numbered_frozen_and_owed() -> None:
    invoice = issued()
    invoice.refresh_from_db()
    assert (invoice.status, invoice.number, invoice.reference) == (
        "issued",
        "INV-2026-0001",
        "RF16INV20260001",
    )
    assert (invoice.issued_on, invoice.performed_on) == (date(2026, 3, 16), date(2026, 3, 16))
    assert (invoice.total, invoice.balance) == (Decimal("242.28"), Decimal("242.28"))
    assert invoice.sha256 == sha256_hex(invoice.canonical_json)
    assert "rf16inv20260001" in invoice.search_text
    (entry,) = LedgerEntry.objects.filter(invoice=invoice)
    assert (entry.kind, entry.amount, entry.sequence) == ("billed", Decimal("242.28"), 1)
    assert events(invoice) == ["invoice.drafted", "invoice.issued"]
    assert invoice.document is not None


def test_the_facts_say_who_owes_what_to_whom_and_on_what_ground() -> None:
    order = authorized_order()
    BillingSettingsFactory(shop=order.shop, late_terms="Three times the legal rate.")
    facts = json.loads(issued(order).canonical_json)
    assert facts["schema"] == "shopdisputes.invoice/1"
    assert facts["invoice"]["number"] == "INV-2026-0001"
    assert facts["invoice"]["transaction"] == order.number
    assert facts["invoice"]["total"] == "242.28"
    labour = facts["invoice"]["lines"][0]
    assert (labour["quantity"], labour["net"], labour["gaps"]) == ("1.800", "144.00", [])
    assert labour["basis"]["authorization"]["estimate"] == "EST-2026-0001"
    assert facts["customer"]["name"] == order.customer.name
    assert facts["texts"]["late_terms"] == "Three times the legal rate."
    assert facts["payment"]["iban"] == "FR7630006000011234567890189"
    assert facts["payment"]["reference"] == "RF16INV20260001"


def test_the_customer_is_mailed_the_link() -> None:
    invoice = issued()
    (link,) = AccessLink.objects.filter(target_id=invoice.pk)
    (mail,) = mails(invoice)
    assert (link.purpose, link.recipient) == (LinkPurpose.INVOICE, invoice.customer.email)
    assert (mail.kind, mail.recipient) == ("invoice_sent", invoice.customer.email)
    assert (invoice.sent_to, invoice.sent_at) == (invoice.customer.email, NOW)


@pytest.mark.parametrize("by_email", [True, False])
def test_without_an_address_or_a_wish_nothing_is_mailed(by_email: bool) -> None:
    order = authorized_order()
    if by_email:
        order.customer.email = ""
        order.customer.save()
    invoice = issued(order, by_email=by_email)
    assert (invoice.sent_to, invoice.sent_at, mails(invoice)) == ("", None, [])


def test_deposits_of_the_visit_are_put_on_it_once() -> None:
    order = authorized_order()
    PaymentFactory(repair_order=order, amount="100.00")
    first = drafted(order)
    change(first, typed(first)[:1])
    assert issue(first).balance == Decimal("72.80")
    assert issued(order).balance == Decimal("69.48")


def test_lines_without_a_basis_are_named_and_nothing_is_issued() -> None:
    invoice = drafted()
    change(invoice, [*typed(invoice), another()])
    error = refuses(NotCovered, lambda: issue(invoice))
    line = lines_of(invoice)[-1]
    assert error.code == "not-covered"
    assert error.details == {
        "lines": [
            {
                "id": str(line.pk),
                "description": "Cleaning",
                "gaps": ["not_authorized", "above_total"],
                "amount": "20.00",
            }
        ],
        "above_total": "24.00",
    }
    assert list(error.fields) == ["lines.2"]


def test_what_a_manager_let_pass_is_kept_with_its_gaps_and_reason() -> None:
    invoice = drafted()
    lines = [*typed(invoice), another(override_reason="Said on the phone.")]
    invoice = issue(change(invoice, lines, by=BOSS))
    line = lines_of(invoice)[-1]
    assert (line.gaps, line.override_by) == (["not_authorized"], "Max Manager")
    assert line.basis == {"authorization": None, "disclosure": None, "work": None}
    frozen = json.loads(invoice.canonical_json)["invoice"]["lines"][-1]
    assert frozen["override"]["reason"] == "Said on the phone."


def test_a_partial_repair_is_issued_with_its_explanation_frozen() -> None:
    stop = halted.stopped()
    invoice = issue(drafted(stop.repair_order, kind="partial_repair"))
    assert invoice.total == Decimal("180.00")
    facts = json.loads(invoice.canonical_json)
    assert facts["explanation"]["stop"]["reason"] == "It gets too expensive."
    assert facts["explanation"]["not_billed"]


def test_an_invoice_over_nothing_says_that_nothing_is_owed() -> None:
    order = authorized_order()
    invoice = drafted(order)
    free = {"unit_price": Decimal("0.00")}
    invoice = issue(change(invoice, typed(invoice, free, free)))
    assert (invoice.status, invoice.total, invoice.balance) == (
        "issued",
        Decimal("0.00"),
        Decimal("0.00"),
    )


def test_an_invoice_without_lines_is_none() -> None:
    invoice = change(drafted(), [])
    refuses(Empty, lambda: issue(invoice))


def test_only_a_draft_is_issued_and_only_by_the_desk() -> None:
    invoice = drafted()
    refuses(NotYourTransition, lambda: issue(invoice, by=TECHNICIAN))
    issue(invoice)
    refuses(IllegalTransition, lambda: issue(invoice))


def test_numbers_rise_with_the_days_and_the_years_count_anew() -> None:
    shop = authorized_order().shop
    days = [date(2025, 12, 31), date(2026, 3, 15), date(2026, 3, 15), date(2026, 3, 16)]
    numbers = [issued(authorized_order(shop), issued_on=day).number for day in days]
    assert numbers == ["INV-2025-0001", "INV-2026-0001", "INV-2026-0002", "INV-2026-0003"]
    late = drafted(authorized_order(shop))
    error = refuses(DayRefused, lambda: issue(late, issued_on=date(2026, 3, 15)))
    assert list(error.fields) == ["issued_on"]
    assert issue(late).number == "INV-2026-0004"


def test_the_days_of_another_shop_are_none_of_ours() -> None:
    issued()
    assert issued(issued_on=date(2026, 3, 1)).number == "INV-2026-0001"


def test_nothing_is_issued_tomorrow() -> None:
    invoice = drafted()
    refuses(DayRefused, lambda: issue(invoice, issued_on=date(2026, 3, 17)))


def test_today_is_the_shop_s_day() -> None:
    # Just after midnight in Paris, it is still yesterday in UTC.
    night = NOW.replace(hour=23, minute=30)
    assert issue(drafted(at=night), at=night).issued_on == date(2026, 3, 17)


def test_the_last_day_to_pay_is_not_over_when_it_is_issued() -> None:
    invoice = drafted(due_on=date(2026, 3, 16))
    error = refuses(DueBeforeIssue, lambda: issue(invoice, at=NOW + timedelta(days=1)))
    assert list(error.fields) == ["due_on"]


def test_a_void_number_stays_taken() -> None:
    order = authorized_order()
    void(issued(order))
    assert issued(order).number == "INV-2026-0002"


def test_the_work_was_done_on_the_day_that_is_noted_last() -> None:
    order = authorized_order()
    halted.note(order, LineKind.LABOUR, state="done")
    halted.note(order, LineKind.PART, state="done")
    later = NOW + timedelta(days=3)
    assert issue(drafted(order, at=later), at=later).performed_on == date(2026, 3, 16)


def test_it_is_mailed_again_with_what_is_owed_then() -> None:
    invoice = issued()
    before = invoice.document_id
    later = NOW + timedelta(days=1)
    invoice = issuing.resend(invoice=invoice, by=DESK, at=later)
    assert (invoice.sent_at, events(invoice)[-1]) == (later, "invoice.sent")
    assert invoice.document_id != before
    assert [mail.status for mail in mails(invoice)] == [EmailStatus.WITHDRAWN, EmailStatus.QUEUED]


def test_links_to_a_former_address_open_nothing_more() -> None:
    invoice = issued()
    invoice.customer.email = "new@customer.example"
    invoice.customer.save()
    issuing.resend(invoice=invoice, by=DESK, at=NOW)
    links = AccessLink.objects.filter(target_id=invoice.pk).order_by("revoked_at")
    assert [link.revoked_at is None for link in links] == [False, True]


def test_what_is_void_or_has_no_address_is_not_mailed_again() -> None:
    invoice = issued()
    void(invoice)
    refuses(IllegalTransition, lambda: issuing.resend(invoice=invoice, by=DESK, at=NOW))
    order = authorized_order()
    order.customer.email = ""
    order.customer.save()
    silent = issued(order)
    refuses(NoAddress, lambda: issuing.resend(invoice=silent, by=DESK, at=NOW))


def test_the_visit_is_locked_first_then_the_invoice(
    django_assert_max_num_queries: Callable[..., Any],
) -> None:
    draft = drafted()
    with django_assert_max_num_queries(400) as watched:
        issue(draft)
    locked = [query["sql"] for query in watched if re.search(r"FOR (NO KEY )?UPDATE", query["sql"])]
    assert "repairorders_repairorder" in locked[0]
    assert "invoices_invoice" in locked[1]


def test_a_changed_draft_is_what_is_issued() -> None:
    invoice = drafted()
    drafting.change(invoice=invoice, lines=typed(invoice)[1:], by=DESK, at=NOW)
    assert issue(invoice).total == Decimal("69.48")
