"""The desk's pages about holds, promises, payment plans and what customers say."""

from decimal import Decimal

import pytest
from django.test import Client

from invoices.models import Claim, Hold, Invoice, PaymentPlan, Promise
from invoices.services import plans
from invoices.states import ClaimStatus, HoldKind, PlanStatus, PromiseStatus
from invoices.views import agenda
from shopdisputes.actors import Actor, Role
from shopdisputes.shops.models import Shop
from tests.factories import NOW, InvoiceFactory, PromiseFactory, ShopFactory, staff
from tests.invoices.customers import DESK, claim, issued, link_to, offer, promise

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    return ShopFactory()


@pytest.fixture
def invoice(shop: Shop) -> Invoice:
    return issued(shop=shop)


@pytest.fixture
def desk(shop: Shop) -> Client:
    client = Client()
    client.force_login(staff(shop, Role.ADVISOR).user)
    return client


def url(invoice: Invoice, name: str = "") -> str:
    return f"/invoices/{invoice.number}/{name}"


def test_holds_by_hand_and_lets_go(desk: Client, invoice: Invoice) -> None:
    body = {"kind": "manual", "amount": "40", "reason": "Asked.", "review_on": "2026-03-30"}

    assert desk.post(url(invoice, "hold/"), body).status_code == 303
    held = Hold.objects.get()
    assert (held.kind, held.amount) == (HoldKind.MANUAL, Decimal("40.00"))
    assert "Asked." in desk.get(url(invoice)).content.decode()
    release = url(invoice, f"holds/{held.pk}/release/")
    assert desk.post(release, {"reason": ""}).status_code == 422
    assert desk.post(release, {"reason": "Settled."}).status_code == 303
    assert Hold.objects.get().release_reason == "Settled."


def test_refuses_to_hold_more_than_there_is(desk: Client, invoice: Invoice) -> None:
    body = {"kind": "manual", "amount": "121", "reason": "Asked.", "review_on": "2026-03-30"}
    refused = desk.post(url(invoice, "hold/"), body)

    assert refused.status_code == 422
    assert "Asked." in refused.content.decode()
    assert not Hold.objects.exists()


def test_what_belongs_to_a_promise_is_not_let_go_by_hand(desk: Client, invoice: Invoice) -> None:
    made = promise(invoice)

    assert desk.get(url(invoice, f"holds/{made.hold_id}/release/")).status_code == 404


def test_notes_a_promise_and_takes_it_back(desk: Client, invoice: Invoice) -> None:
    body = {"promised_on": "2026-03-20", "amount": "50", "note": "On the phone."}

    assert desk.post(url(invoice, "promise/"), body).status_code == 303
    made = Promise.objects.get()
    back = desk.post(url(invoice, f"promises/{made.pk}/withdraw/"), {"reason": "Wrong invoice."})
    assert back.status_code == 303
    assert Promise.objects.get().status == PromiseStatus.WITHDRAWN


def test_proposes_parts_that_sum_and_offers_them(desk: Client, invoice: Invoice) -> None:
    shown = desk.get(
        url(invoice, "plan/"), {"down_payment": "20", "months": "3", "first_on": "2026-04-30"}
    ).content.decode()
    for value in ("20.00", "33.34", "33.33", "2026-03-16", "2026-04-30", "2026-05-30"):
        assert f'value="{value}"' in shown

    body = {"due_on-0": "2026-03-23", "amount-0": "20", "due_on-1": "", "amount-1": ""}
    short = desk.post(url(invoice, "plan/"), body)
    assert short.status_code == 422
    assert "it must be 120.00 EUR" in short.content.decode()
    assert not PaymentPlan.objects.exists()

    body |= {"due_on-2": "2026-04-23", "amount-2": "100,00", "by_email": "on"}
    assert desk.post(url(invoice, "plan/"), body).status_code == 303
    assert PaymentPlan.objects.get().instalments.count() == 2


def test_a_plan_is_signed_on_the_tablet_agreed_or_ended(desk: Client, invoice: Invoice) -> None:
    plan = offer(invoice)
    base = url(invoice, f"plans/{plan.number}/")

    tablet = desk.post(f"{base}tablet/")
    assert tablet.status_code == 303
    assert "/c/plan/" in tablet["Location"]
    assert desk.post(f"{base}send/").status_code == 303
    assert desk.post(f"{base}agree/", {"how": "On paper, 16 March."}).status_code == 303
    assert PaymentPlan.objects.get().status == PlanStatus.ACTIVE
    assert desk.post(f"{base}end/", {"reason": "Two parts missed."}).status_code == 303
    assert PaymentPlan.objects.get().status == PlanStatus.ENDED
    assert "Two parts missed." in desk.get(url(invoice)).content.decode()


def test_answers_a_claim(desk: Client, invoice: Invoice) -> None:
    made = claim(link_to(invoice))
    answer = url(invoice, f"claims/{made.pk}/answer/")
    assert "I never agreed to this." in desk.get(answer).content.decode()

    assert desk.post(answer, {"accepted": "no", "answer": ""}).status_code == 422
    assert desk.post(answer, {"accepted": "no", "answer": "See line 2."}).status_code == 303
    assert Claim.objects.get().status == ClaimStatus.REFUSED


def test_the_agenda_tells_of_broken_promises_and_plans_to_sign(shop: Shop) -> None:
    PromiseFactory(
        invoice=issued(shop=shop), status=PromiseStatus.BROKEN, settled_at=NOW, paid=Decimal("0")
    )
    plan = offer(issued(shop=shop))
    waiting = InvoiceFactory(shop=shop, issued=True)
    plans.withdraw(plan=offer(waiting), reason="Wrong.", by=DESK, at=NOW)
    actor = Actor(role=Role.ADVISOR, name="Ada")

    def titles(at: object) -> str:
        return " ".join(item.title for item in agenda.items(shop, actor, at))  # type: ignore[arg-type]

    assert "has not kept a promise" in titles(NOW)
    assert plan.number not in titles(NOW)
    later = NOW.replace(day=21)
    assert plan.number in titles(later)
