"""The staff's pages of disputes: the list, a case, its acts, the agenda, the reasons."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from disputes import reporting
from disputes.models import DisputeCase, DisputeReason, FollowUp
from disputes.services import opening, reasons, resolving
from disputes.services.opening import Contested
from disputes.states import CaseStatus, ItemState, ReasonCode
from disputes.views import today
from inspections.models import ItemMedia
from inspections.states import Stage
from invoices.models import Hold, Invoice
from invoices.views import agenda
from shopdisputes.actors import Actor, Role
from shopdisputes.audit.models import AuditEvent
from shopdisputes.customers.models import Customer
from shopdisputes.shops.models import Shop
from tests.disputes import settling
from tests.disputes.cases import fresh, photographed
from tests.factories import NOW, InvoiceFactory, staff
from tests.factories.disputes import (
    DisputeCaseFactory,
    FollowUpFactory,
    ResolverAnswerFactory,
)
from tests.invoices.money import euros

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"
LIST = reverse("dispute-list")


@pytest.fixture
def desk(shop: Shop, client: Client) -> Client:
    """The advisor at the browser; the shop has its reasons."""
    reasons.install(shop=shop, at=NOW)
    client.force_login(staff(shop, Role.ADVISOR).user, backend=BACKEND)
    return client


@pytest.fixture
def invoice(shop: Shop) -> Invoice:
    """Three lines of 120.00, 60.00 and 24.00, tax included."""
    made: Invoice = InvoiceFactory(
        shop=shop,
        issued=True,
        total="204.00",
        lines=[
            {"description": "Brake pads", "quantity": 1, "unit_price": euros("100.00")},
            {"description": "Brake discs", "quantity": 1, "unit_price": euros("50.00")},
            {"description": "Brake fluid", "quantity": 1, "unit_price": euros("20.00")},
        ],
    )
    return made


def opened(invoice: Invoice, *, lines: int = 1, **given: Any) -> DisputeCase:
    """A case about the first lines of an invoice, opened by the desk."""
    return opening.open_case(
        customer=invoice.customer,
        reason=DisputeReason.objects.get(shop=invoice.shop, code=ReasonCode.PRICE_ERROR),
        comment="I was told 100.00 for the pads.",
        items=[Contested(invoice=invoice, line=line) for line in invoice.lines.in_order()[:lines]],
        by=Actor(role=Role.ADVISOR, name="Ada Advisor"),
        at=NOW,
        **given,
    )


def act(desk: Client, case: DisputeCase, name: str, **data: Any) -> Any:
    return desk.post(reverse(f"dispute-{name}", args=[case.number]), data)


def test_a_case_shows_what_is_contested_and_what_of_it_is_held(
    desk: Client, invoice: Invoice
) -> None:
    case = opened(invoice, lines=2)

    page = desk.get(reverse("dispute", args=[case.number]))

    assert page.status_code == 200
    sums = page.context["sums"]
    assert (sums.contested, sums.held) == (euros("180.00"), euros("180.00"))
    assert (sums.collectible, sums.balance) == (euros("24.00"), euros("204.00"))
    assert "I was told 100.00 for the pads." in page.content.decode()


def test_a_case_shows_the_photos_of_the_contested_place(desk: Client, shop: Shop) -> None:
    case = opened(photographed(shop, Stage.CHECK_IN, Stage.CHECK_OUT))

    page = desk.get(reverse("dispute", args=[case.number])).content.decode()

    for media in ItemMedia.objects.all():
        assert reverse("file", args=[media.file_id, "thumbnail"]) in page
    assert "Front brakes · Check-out" in page


def test_amounts_that_are_ticked_leave_the_case(desk: Client, invoice: Invoice) -> None:
    case = opened(invoice, lines=2)
    _pads, discs = case.items.order_by("line__position")

    done = act(desk, case, "release", items=[str(discs.pk)], reason="The discs are right.")

    assert done.status_code == 303
    discs.refresh_from_db()
    assert (discs.state, discs.end_reason) == (ItemState.RELEASED, "The discs are right.")
    held = Hold.objects.filter(invoice=invoice, released_at=None)
    assert [hold.amount for hold in held] == [euros("120.00")]


def test_the_last_amount_cannot_leave_and_nothing_changes(desk: Client, invoice: Invoice) -> None:
    case = opened(invoice)

    refused = act(
        desk, case, "release", items=[str(case.items.get().pk)], reason="It was all a mistake."
    )

    assert refused.status_code == 409
    assert case.items.get().state == ItemState.OPEN


def test_a_case_is_closed_with_its_outcome_and_a_new_day_to_pay(
    desk: Client, invoice: Invoice, settings: Any
) -> None:
    case = opened(invoice)

    missing = act(
        desk,
        case,
        "resolve",
        closing_code="shared",
        note="We meet in the middle.",
        resume="new_due_date",
    )
    assert missing.status_code == 422
    assert "new_due_on" in missing.context["form"].errors
    case.refresh_from_db()
    assert case.status == CaseStatus.OPEN

    done = act(
        desk,
        case,
        "resolve",
        closing_code="shared",
        cause="estimate",
        note="We meet in the middle.",
        resume="keep_step",
    )

    assert done.status_code == 303
    case.refresh_from_db()
    assert (case.status, case.closing_code, case.cause) == ("resolved", "shared", "estimate")
    assert not Hold.objects.filter(invoice=invoice, released_at=None).exists()
    page = desk.get(reverse("dispute", args=[case.number])).content.decode()
    assert "We meet in the middle." in page


def test_rejecting_and_opening_again_are_for_the_management(desk: Client, invoice: Invoice) -> None:
    case = opened(invoice)

    assert act(desk, case, "reject", note="There is nothing to it.").status_code == 403
    names = [
        action.name for action in desk.get(f"/disputes/{case.number}/").context["actions"].others
    ]
    assert "reject" not in names
    case.refresh_from_db()
    assert case.status == CaseStatus.OPEN


def test_a_follow_up_is_added_and_finished_and_the_last_one_asks_how_the_case_ends(
    desk: Client, invoice: Invoice
) -> None:
    case = opened(invoice)
    first = case.follow_ups.get()
    day = first.due_on + timedelta(days=3)

    act(desk, case, "follow-up-new", due_on=day.isoformat(), note="Call her.")
    second = case.follow_ups.exclude(pk=first.pk).get()
    url = reverse("dispute-follow-up-finish", args=[case.number, first.pk])
    assert desk.post(url).status_code == 303
    last = reverse("dispute-follow-up-finish", args=[case.number, second.pk])

    asked = desk.post(last)

    assert (asked.status_code, asked.headers["Location"]) == (303, last)
    statuses = dict(case.follow_ups.values_list("pk", "status"))
    assert statuses == {first.pk: "finished", second.pk: "open"}
    form = desk.get(last).context["form"]
    assert (form["cause"].value(), form["resume"].value()) == ("billing", "keep_step")
    wordless = desk.post(last, {"closing_code": "shared", "note": "", "resume": "keep_step"})
    assert (wordless.status_code, list(wordless.context["form"].errors)) == (422, ["note"])
    done = desk.post(last, {"closing_code": "shared", "note": "Half.", "resume": "keep_step"})
    assert done.headers["Location"] == reverse("dispute", args=[case.number])
    case.refresh_from_db()
    assert (case.status, case.follow_ups.filter(status="open").count()) == ("resolved", 0)


def test_a_follow_up_without_a_person_is_for_who_looks_after_the_case(
    desk: Client, invoice: Invoice, shop: Shop
) -> None:
    owner, other = staff(shop, Role.MANAGER), staff(shop, Role.ADVISOR)
    case = opened(invoice, owner=owner.user)
    first = case.follow_ups.get()
    url = reverse("dispute-follow-up", args=[case.number, first.pk])
    facts = {"due_on": first.due_on.isoformat(), "note": "Call her."}

    desk.post(url, {**facts, "person": str(other.pk)})
    assert fresh(first).person == other.user
    desk.post(url, {**facts, "person": ""})

    assert fresh(first).person == owner.user


def test_the_list_finds_by_invoice_and_adds_up_what_is_contested(
    desk: Client, invoice: Invoice, shop: Shop
) -> None:
    case = opened(invoice, lines=2)
    DisputeCaseFactory(shop=shop, resolved=True)
    DisputeCaseFactory()

    everything = desk.get(LIST)
    running = desk.get(LIST, {"show": "running"})
    found = desk.get(LIST, {"q": invoice.number.lower()})

    assert everything.context["sums"].count == 2, "of this shop alone"
    assert [row.number for row in running.context["rows"]] == [case.number]
    assert running.context["sums"].contested == euros("180.00")
    assert [row.number for row in found.context["rows"]] == [case.number]
    assert found.context["rows"][0].contested == euros("180.00")


def test_the_list_costs_no_query_a_row(
    desk: Client, shop: Shop, django_assert_max_num_queries: Any
) -> None:
    for _index in range(6):
        DisputeCaseFactory(shop=shop)

    desk.get(LIST)
    with django_assert_max_num_queries(14):
        desk.get(LIST)


def test_the_list_is_handed_out_as_csv(desk: Client, invoice: Invoice) -> None:
    case = opened(invoice)

    text = b"".join(desk.get(reverse("dispute-export")).streaming_content).decode()

    _header, row = text.lstrip("\ufeff").splitlines()
    assert row.startswith(f"{case.number},Open,{invoice.customer.name}")
    assert ",120.00,120.00," in row


def test_what_is_contested_a_second_time_counts_once_in_the_list_and_its_file(
    desk: Client, invoice: Invoice
) -> None:
    case = opened(invoice, lines=2)
    by = Actor(role=Role.MANAGER, name="Max Manager")
    resolving.withdraw(case=case, note="By phone.", by=by, at=NOW + timedelta(hours=1))
    resolving.reopen(case=case, note="A receipt.", by=by, at=NOW + timedelta(hours=2))
    _pads, discs = case.items.filter(state=ItemState.OPEN).order_by("line__position")
    resolving.release_items(case=case, items=[discs], reason="Right.", by=by, at=NOW)

    listed = desk.get(LIST)

    [row] = listed.context["rows"]
    assert (row.contested, row.contested_first) == (euros("120.00"), euros("180.00"))
    assert listed.context["sums"].contested == euros("120.00")
    text = b"".join(desk.get(reverse("dispute-export")).streaming_content).decode()
    assert ",120.00,180.00," in text
    report = reporting.report(case.shop, since=NOW.date(), today=NOW.date())
    assert (report.whole.contested_now, report.whole.contested) == (
        euros("120.00"),
        euros("180.00"),
    )


def test_how_it_was_settled_is_worded_for_whoever_reads_it(
    desk: Client, shop: Shop, invoice: Invoice
) -> None:
    case = opened(invoice)
    Customer.objects.filter(pk=case.customer_id).update(language="fr")
    settling.sign(settling.offer(fresh(case)))

    page = desk.get(reverse("dispute", args=[case.number])).content.decode()

    assert fresh(case).closing_note == ""
    assert "We agreed on offer 1. A credit of €30.00." in page
    with translation.override("fr"):
        assert fresh(case).closing_words.startswith("Nous ")
    told = AuditEvent.objects.get(action="dispute.resolved").data["note"]
    assert told == "We agreed on offer 1. A credit of €30.00."


def test_the_agenda_is_by_person_with_the_late_ones_first(desk: Client, shop: Shop) -> None:
    olga, mia = staff(shop, Role.OWNER).user, staff(shop, Role.MANAGER).user
    case = DisputeCaseFactory(shop=shop, owner=olga)
    FollowUp.objects.filter(case=case).update(person=olga, due_on=NOW.date() + timedelta(days=400))
    FollowUpFactory(case=case, person=mia, due_on=NOW.date() - timedelta(days=2), note="Call her.")

    page = desk.get(reverse("dispute-agenda"))
    late = desk.get(reverse("dispute-agenda"), {"when": "late"})

    people = page.context["people"]
    assert [person.name for person in people] == [str(mia), str(olga)]
    assert people[0].days[0].late
    assert [person.name for person in late.context["people"]] == [str(mia)]
    text = b"".join(
        desk.get(reverse("dispute-agenda-export"), {"when": "late"}).streaming_content
    ).decode()
    assert "Call her." in text
    assert len(text.splitlines()) == 2


def test_a_reason_of_its_own_is_added_and_the_last_one_stays(shop: Shop, client: Client) -> None:
    client.force_login(staff(shop, Role.OWNER).user, backend=BACKEND)
    made = client.post(
        reverse("dispute-reason-new"),
        {
            "code": "tyres",
            "name_en": "The tyres",
            "follow_up_days": "4",
            "severity": "low",
            "resolver_email": "tyres@shop.example",
            "is_active": "on",
        },
    )
    assert made.status_code == 303
    reason = DisputeReason.objects.get(shop=shop, code="tyres")
    assert (reason.follow_up_days, reason.resolver_email) == (4, "tyres@shop.example")

    refused = client.post(
        reverse("dispute-reason", args=[reason.pk]),
        {"name_en": "The tyres", "follow_up_days": "4", "severity": "low"},
    )

    assert refused.status_code == 409
    reason.refresh_from_db()
    assert reason.is_active


def test_the_case_stands_on_the_pages_of_invoice_customer_and_order(
    desk: Client, invoice: Invoice
) -> None:
    case = opened(invoice)
    for url in (
        reverse("invoice", args=[invoice.number]),
        reverse("customer", args=[invoice.customer_id]),
        reverse("repair-order", args=[invoice.repair_order.number]),
    ):
        page = desk.get(url).content.decode()
        assert reverse("dispute", args=[case.number]) in page, url


def test_what_is_said_goes_to_the_customer_or_stays_with_us(desk: Client, invoice: Invoice) -> None:
    case = opened(invoice)

    asked = act(desk, case, "message", do="ask", text="Who told you 100.00?")
    noted = act(desk, case, "message", do="note", text="He was on the phone with Tom.")
    heard = act(desk, case, "message", do="heard", text="It was Tom, on Monday.")
    empty = act(desk, case, "message", do="say", text=" ")

    assert [reply.status_code for reply in (asked, noted, heard, empty)] == [303, 303, 303, 422]
    said = case.messages.order_by("said_at", "pk").values_list("side", "internal")
    assert sorted(said) == [("customer", False), ("shop", False), ("shop", True)]
    case.refresh_from_db()
    assert case.status == CaseStatus.OPEN, "the answer ends the waiting"


def test_an_answer_of_the_resolver_waits_for_the_desk(desk: Client, invoice: Invoice) -> None:
    case = opened(invoice, resolver_email="tom@garage.example")
    first = ResolverAnswerFactory(case=case, text="I said 120.00.")
    second = ResolverAnswerFactory(case=case, text="No, I was not there.")

    page = desk.get(reverse("dispute", args=[case.number]))
    assert page.context["actions"].primary.name == "look"
    taken = desk.post(reverse("dispute-answer-take", args=[case.number, first.pk]))
    turn_down = reverse("dispute-answer-refuse", args=[case.number, second.pk])
    asked_why = desk.get(turn_down).content.decode()
    without_words = desk.post(turn_down, {"note": ""})
    refused = desk.post(turn_down, {"note": "Tom means another car."})

    assert [taken.status_code, without_words.status_code, refused.status_code] == [303, 422, 303]
    assert [message.text for message in case.messages.all()] == ["I said 120.00."]
    assert "The resolver reads it." in asked_why
    second.refresh_from_db()
    assert (second.status, second.note) == ("refused", "Tom means another car.")


def test_a_case_is_handed_over_and_its_new_resolver_asked(desk: Client, invoice: Invoice) -> None:
    case = opened(invoice, resolver_email="tom@garage.example")
    mia = staff(case.shop, Role.MANAGER)

    done = act(
        desk,
        case,
        "hand-over",
        resolver_name="Paula",
        resolver_email="paula@parts.example",
        owner=str(mia.pk),
    )

    assert done.status_code == 303
    case.refresh_from_db()
    assert (case.resolver_email, case.owner) == ("paula@parts.example", mia.user)
    page = desk.get(reverse("dispute", args=[case.number]))
    assert page.context["actions"].primary.name == "tell-resolver"


def test_today_says_what_waits_and_says_a_held_amount_once(desk: Client, shop: Shop) -> None:
    case = DisputeCaseFactory(shop=shop, follow_up_on=NOW.date() - timedelta(days=1))
    new = DisputeCaseFactory(shop=shop, by_customer=True)
    ResolverAnswerFactory(case=new, given_by="Tom")

    waiting = today.items(shop, Actor(role=Role.ADVISOR, name="Ada"), NOW)
    money = agenda.items(shop, Actor(role=Role.ADVISOR, name="Ada"), NOW)

    assert [(str(item.title), item.late) for item in waiting] == [
        (f"Tom has answered in {new.number}", False),
        (f"{new.customer.name} contests an invoice", False),
        (f"Follow up {case.number}", True),
    ]
    assert not [item for item in money if "held back" in str(item.title)]
    assert today.items(shop, Actor(role=Role.TECHNICIAN, name="Tom"), NOW) == []


def test_the_search_goes_to_a_case_by_its_number(desk: Client, invoice: Invoice) -> None:
    case = opened(invoice)

    exact = desk.get(reverse("search"), {"q": case.number.lower()})

    assert exact.url == reverse("dispute", args=[case.number])


@pytest.mark.parametrize("query", ["reason=%00", "show=%00", "q=%00", "after=xx"])
def test_a_query_that_means_nothing_shows_the_list(query: str, desk: Client) -> None:
    assert desk.get(f"{LIST}?{query}").status_code == 200


def test_numbers_that_mean_nothing_open_no_wizard(desk: Client) -> None:
    for query in ("invoice=%00", "customer=1", "line=2", ""):
        assert desk.get(f"{reverse('dispute-new')}?{query}").url == reverse("customer-list")
