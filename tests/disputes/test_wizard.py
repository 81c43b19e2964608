"""The three steps in which staff open a case; the hold stands after the first, whatever follows."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from disputes.models import DisputeCase, DisputeReason
from disputes.services import asking_rework, reasons, resolving
from disputes.states import ReasonCode
from invoices.models import Hold, Invoice, InvoiceLine
from shopdisputes.actors import Role
from shopdisputes.customers.models import Customer
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.shops.models import Shop
from tests.disputes import reworks
from tests.disputes.cases import DESK, mails
from tests.estimates.staff import text_of
from tests.factories import NOW, ClaimFactory, InvoiceFactory, staff
from tests.invoices.money import euros

pytestmark = pytest.mark.django_db

NEW = reverse("dispute-new")


@pytest.fixture
def desk(shop: Shop, client: Client) -> Client:
    """The advisor at the browser; the shop has its reasons."""
    reasons.install(shop=shop, at=NOW)
    client.force_login(
        staff(shop, Role.ADVISOR).user, backend="django.contrib.auth.backends.ModelBackend"
    )
    return client


@pytest.fixture
def invoice(shop: Shop) -> Invoice:
    """Two lines of 120.00 and 60.00, tax included."""
    made: Invoice = InvoiceFactory(
        shop=shop,
        issued=True,
        total="180.00",
        lines=[
            {"description": "Brake pads", "quantity": 1, "unit_price": euros("100.00")},
            {"description": "Brake discs", "quantity": 1, "unit_price": euros("50.00")},
        ],
    )
    return made


def lines_of(invoice: Invoice) -> list[InvoiceLine]:
    return list(invoice.lines.in_order())


def given(shop: Shop, **other: Any) -> dict[str, Any]:
    reason = DisputeReason.objects.get(shop=shop, code=ReasonCode.PRICE_ERROR)
    return {"reason": str(reason.pk), "comment": "I was told 100.00.", **other}


def test_the_statement_hands_ticked_lines_over_with_their_amounts(
    desk: Client, invoice: Invoice
) -> None:
    statement = reverse("customer-statement", args=[invoice.customer_id])
    pads, discs = lines_of(invoice)

    ticks = desk.get(statement, {"lines": invoice.number}).content.decode()
    page = desk.get(NEW, {"customer": str(invoice.customer_id), "line": str(pads.pk)})

    assert f'name="line" value="{pads.pk}"' in ticks
    assert f'formaction="{NEW}"' in ticks
    (group,) = page.context["groups"]
    chosen = {row.choice.line: (row.pick.value(), row.amount.value()) for row in group.lines}
    assert chosen == {pads: (True, "120.00"), discs: (False, "60.00")}
    assert group.whole.pick.value() is False


def test_step_1_commits_the_case_and_its_hold_and_leads_to_the_resolver(
    desk: Client, invoice: Invoice, shop: Shop
) -> None:
    pads, _discs = lines_of(invoice)

    done = desk.post(
        f"{NEW}?invoice={invoice.number}",
        given(
            shop,
            resolver_email="tom@garage.example",
            **{f"pick-{pads.pk}": "on", f"amount-{pads.pk}": "20,00"},
        ),
    )

    case = DisputeCase.objects.get(shop=shop)
    assert (done.status_code, done.url) == (303, f"/disputes/{case.number}/tell-resolver/")
    item = case.items.get()
    assert (item.line, item.amount) == (pads, euros("20.00"))
    assert [hold.amount for hold in Hold.objects.filter(invoice=invoice)] == [euros("20.00")]
    left = desk.get(reverse("dispute", args=[case.number]))
    assert left.context["open_steps"] == ["tell-resolver", "step-follow-up"]


def test_the_next_steps_show_at_once_what_cannot_be_won(
    desk: Client, shop: Shop, invoice: Invoice
) -> None:
    pads = lines_of(invoice)[0]
    sent = given(shop, **{f"pick-{pads.pk}": "on", "resolver_email": "theo@garage.example"})
    desk.post(f"{NEW}?customer={invoice.customer_id}&line={pads.pk}", sent)
    number = DisputeCase.objects.get().number

    for name in ("dispute-tell-resolver", "dispute-step-follow-up"):
        words = text_of(desk.get(reverse(name, args=[number])))
        assert f"Not proved Brake pads {invoice.number}" in words
        assert "Nobody authorized this line." in words


def test_the_customer_is_told_in_his_language_when_that_is_ticked(
    desk: Client, invoice: Invoice, shop: Shop
) -> None:
    Customer.objects.update(email="camille@mail.example", language="fr")
    url = f"{NEW}?invoice={invoice.number}"
    pads, discs = lines_of(invoice)

    assert desk.get(url).context["form"]["tell_customer"].value() is True
    desk.post(url, given(shop, **{f"pick-{pads.pk}": "on"}))
    assert mails() == {}
    desk.post(url, given(shop, tell_customer="on", **{f"pick-{discs.pk}": "on"}))

    told = OutgoingEmail.objects.get(kind="dispute_opened")
    assert (told.recipient, told.language) == ("camille@mail.example", "fr")
    Customer.objects.update(email="")
    assert "tell_customer" not in desk.get(url).context["form"].fields


def test_ticked_lines_count_alone_and_without_any_the_invoice_counts(
    desk: Client, invoice: Invoice, shop: Shop
) -> None:
    pads, _discs = lines_of(invoice)
    both = {f"pick-{invoice.pk}": "on", f"pick-{pads.pk}": "on"}

    desk.post(f"{NEW}?invoice={invoice.number}", given(shop, **both))

    assert DisputeCase.objects.get(shop=shop).items.get().line == pads


def test_what_is_contested_already_is_refused_and_nothing_is_opened_twice(
    desk: Client, invoice: Invoice, shop: Shop
) -> None:
    pads, _discs = lines_of(invoice)
    data = given(shop, **{f"pick-{pads.pk}": "on"})
    url = f"{NEW}?invoice={invoice.number}"
    first = desk.post(url, data)
    twice = desk.post(url, data)
    assert (twice.status_code, twice["Location"]) == (303, first["Location"])
    whole = given(shop, **{f"pick-{invoice.pk}": "on", f"amount-{invoice.pk}": "10.00"})
    assert desk.post(url, whole)["Location"] != first["Location"]

    again = desk.post(url, data | {"comment": "And now 90.00."})

    assert again.status_code == 422
    assert DisputeCase.objects.filter(shop=shop).count() == 2
    (group,) = again.context["groups"]
    taken = [row.choice.case for row in group.lines if row.pick is None]
    assert taken == [DisputeCase.objects.earliest("opened_at").number]


def test_another_amount_or_reason_right_after_is_refused_and_not_taken_as_the_same(
    desk: Client, invoice: Invoice, shop: Shop
) -> None:
    pads, discs = lines_of(invoice)
    both = {f"pick-{line.pk}": "on" for line in (pads, discs)}
    data = given(shop, **both, **{f"amount-{pads.pk}": "20.00"})
    url = f"{NEW}?invoice={invoice.number}"
    first = desk.post(url, data)
    other = DisputeReason.objects.exclude(pk=data["reason"]).filter(shop=shop, is_active=True)
    fewer = {name: value for name, value in data.items() if name != f"pick-{discs.pk}"}

    for changed in (
        data | {f"amount-{pads.pk}": "25.00"},
        data | {f"amount-{pads.pk}": "twenty"},
        data | {"reason": str(other.earliest("position").pk)},
        fewer,
    ):
        assert desk.post(url, changed).status_code == 422
    assert desk.post(url, data | {f"amount-{pads.pk}": "20"})["Location"] == first["Location"]
    assert DisputeCase.objects.filter(shop=shop).count() == 1


def test_what_was_withdrawn_right_away_is_contested_anew_in_a_case_of_its_own(
    desk: Client, invoice: Invoice, shop: Shop
) -> None:
    data = given(shop, **{f"pick-{invoice.pk}": "on", f"amount-{invoice.pk}": "10.00"})
    url = f"{NEW}?invoice={invoice.number}"
    desk.post(url, data)
    case = DisputeCase.objects.get(shop=shop)
    resolving.withdraw(case=case, note="Said on the phone.", by=DESK, at=NOW)

    again = desk.post(url, data)

    assert again.status_code == 303
    assert DisputeCase.objects.filter(shop=shop).running().count() == 1
    assert DisputeCase.objects.filter(shop=shop).count() == 2


def test_what_is_to_be_done_again_is_not_offered_and_the_rest_of_the_invoice_is(
    desk: Client, shop: Shop
) -> None:
    invoice = reworks.bill(shop)
    rework = reworks.ask(invoice)
    asked = {"customer": str(invoice.customer_id), "invoice": invoice.number}

    (group,) = desk.get(NEW, asked).context["groups"]

    assert (group.whole.amount.value(), group.lines[0].pick) == ("84.00", None)
    assert [row.choice.rework for row in group.lines] == [rework.number, "", ""]
    asking_rework.ask(
        invoice=invoice, lines=lines_of(invoice)[1:], description="These too.", by=DESK, at=NOW
    )
    page = desk.get(NEW, asked)
    (group,) = page.context["groups"]
    assert [row.pick for row in (group.whole, *group.lines)] == [None] * 4
    assert f"to be done again in {rework.number}" in text_of(page)


def test_more_than_was_billed_is_refused_at_its_field(
    desk: Client, invoice: Invoice, shop: Shop
) -> None:
    pads, _discs = lines_of(invoice)
    data = given(shop, **{f"pick-{pads.pk}": "on", f"amount-{pads.pk}": "120.01"})

    refused = desk.post(f"{NEW}?invoice={invoice.number}", data)

    assert refused.status_code == 422
    assert f"amount-{pads.pk}" in refused.context["form"].errors
    assert not DisputeCase.objects.exists()
    assert not Hold.objects.exists()


def test_without_anything_ticked_nothing_is_opened(
    desk: Client, invoice: Invoice, shop: Shop
) -> None:
    refused = desk.post(f"{NEW}?invoice={invoice.number}", given(shop))

    assert refused.status_code == 422
    assert not DisputeCase.objects.exists()


def test_the_resolver_comes_from_the_reason_unless_somebody_else_was_typed(
    desk: Client, invoice: Invoice, shop: Shop
) -> None:
    reason = DisputeReason.objects.get(shop=shop, code=ReasonCode.PRICE_ERROR)
    DisputeReason.objects.filter(pk=reason.pk).update(resolver_email="books@garage.example")
    query = {"invoice": invoice.number, "reason": str(reason.pk)}

    usual = desk.get(NEW, query).context["form"]
    typed = desk.get(NEW, {**query, "resolver_email": "tom@garage.example"}).context["form"]

    assert usual["resolver_email"].value() == "books@garage.example"
    assert typed["resolver_email"].value() == "tom@garage.example"


def test_the_mail_is_shown_as_it_will_be_read_then_sent_and_the_follow_up_set(
    desk: Client, invoice: Invoice, shop: Shop
) -> None:
    pads, _discs = lines_of(invoice)
    desk.post(
        f"{NEW}?invoice={invoice.number}",
        given(shop, resolver_email="tom@garage.example", **{f"pick-{pads.pk}": "on"}),
    )
    case = DisputeCase.objects.get(shop=shop)
    tell = reverse("dispute-tell-resolver", args=[case.number])
    words = desk.get(tell).context["form"].initial

    preview = desk.post(tell, {**words, "subject": "About #case_number", "do": "preview"})
    refused = desk.post(tell, {**words, "body": "Without a way to answer.", "do": "send"})
    assert preview.context["preview"].subject == f"About {case.number}"
    assert "Brake pads" in preview.context["preview"].body
    assert refused.status_code == 422
    assert not OutgoingEmail.objects.filter(recipient="tom@garage.example").exists()

    sent = desk.post(tell, {**words, "do": "send"})
    step = reverse("dispute-step-follow-up", args=[case.number])
    assert sent.url == step
    assert OutgoingEmail.objects.filter(recipient="tom@garage.example").count() == 1
    usual = desk.get(step).context["form"].initial["due_on"]
    later = usual + timedelta(days=5)
    done = desk.post(step, {"due_on": later.isoformat(), "note": "Ask Tom again."})

    assert done.status_code == 303
    assert [(each.due_on, each.note) for each in case.follow_ups.all()] == [
        (later, "Ask Tom again.")
    ]
    assert Hold.objects.get(invoice=invoice).review_on == later
    assert desk.get(reverse("dispute", args=[case.number])).context["open_steps"] == []


def test_a_complaint_becomes_a_case_that_holds_what_was_held_for_it(
    desk: Client, invoice: Invoice, shop: Shop
) -> None:
    pads, _discs = lines_of(invoice)
    claim = ClaimFactory(invoice=invoice, text="The pads were to cost 100.00.")
    url = reverse("dispute-from-claim", args=[claim.pk])
    shown = desk.get(reverse("invoice", args=[invoice.number])).content.decode()
    reason = DisputeReason.objects.get(shop=shop, code=ReasonCode.PRICE_ERROR)

    done = desk.post(url, {"reason": str(reason.pk), "line": str(pads.pk), "amount": "20.00"})

    assert url in shown
    case = DisputeCase.objects.get(shop=shop)
    assert done.status_code == 303
    assert (case.comment, case.items.get().amount) == (claim.text, euros("20.00"))
    held = Hold.objects.filter(invoice=invoice, released_at=None)
    assert [hold.subject for hold in held] == [case.number]


def test_of_a_complaint_about_a_part_all_is_contested_when_the_amount_is_emptied(
    desk: Client, invoice: Invoice, shop: Shop
) -> None:
    claim = ClaimFactory(invoice=invoice, amount=euros("30.00"))
    url = reverse("dispute-from-claim", args=[claim.pk])
    reason = DisputeReason.objects.get(shop=shop, code=ReasonCode.PRICE_ERROR)

    shown = desk.get(url).context["form"]
    done = desk.post(url, {"reason": str(reason.pk), "line": "", "amount": ""})

    assert shown["amount"].value() == "30.00"
    assert done.status_code == 303
    assert DisputeCase.objects.get(shop=shop).items.get().amount == invoice.total
