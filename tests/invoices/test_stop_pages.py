"""The pages of work in the bay, of a stop at the desk, and of the customer's choice."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from estimates.states import LineKind
from invoices.models import Invoice, StopWork, WorkItem
from invoices.services import offering
from invoices.states import InvoiceKind, StopOption
from shopdisputes.actors import Role
from shopdisputes.links.tokens import token_of
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.shops.models import Shop
from tests import media
from tests.factories import NOW, staff
from tests.invoices import halted

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(shop: Shop, client: Client) -> Client:
    client.force_login(staff(shop, Role.ADVISOR).user)
    return client


@pytest.fixture
def order(shop: Shop) -> RepairOrder:
    return halted.ordered(shop=shop)


def _work(order: RepairOrder, kind: str) -> str:
    return reverse("work-note", args=[order.number, halted.key_of(order, kind)])


def _stop(order: RepairOrder, name: str = "stop-work", *more: Any) -> str:
    return reverse(name, args=[order.number, *more])


def _public(stop: StopWork, name: str = "public-stop") -> str:
    return reverse(name, args=[token_of(halted.link_of(stop))])


SIGNATURE = {"consent": "on", "signer_name": "Camille Durand", "signer_timezone": "Europe/Paris"}


def test_a_technician_notes_work_with_one_tap(
    shop: Shop, client: Client, order: RepairOrder
) -> None:
    client.force_login(staff(shop, Role.TECHNICIAN).user)
    page = client.get(reverse("work", args=[order.number]))
    assert page.status_code == 200
    assert "Replace the clutch" in page.content.decode()

    tapped = client.post(_work(order, LineKind.LABOUR), {"state": "done", "done_quantity": ""})

    assert tapped.status_code == 303
    assert tapped["Location"].startswith(reverse("work", args=[order.number]))
    assert WorkItem.objects.get().done_quantity == Decimal("3")


def test_a_script_gets_the_card_back(desk: Client, order: RepairOrder) -> None:
    taken = desk.post(
        _work(order, LineKind.LABOUR),
        {"done_quantity": "1,5", "hours_spent": "2.25"},
        headers={"HX-Request": "true"},
    )
    assert taken.status_code == 200
    assert "work-card is-in_progress" in taken.content.decode()
    assert "<html" not in taken.content.decode()
    item = WorkItem.objects.get()
    assert (item.done_quantity, item.hours_spent) == (Decimal("1.5"), Decimal("2.25"))


def test_a_part_and_its_proof_are_kept(desk: Client, order: RepairOrder) -> None:
    desk.post(
        _work(order, LineKind.PART),
        {
            "part_state": "special_order",
            "restocking_fee": "12,50",
            "supplier_proof": SimpleUploadedFile("slip.jpg", media.jpeg()),
        },
    )
    item = WorkItem.objects.get()
    assert (item.part_state, item.restocking_fee) == ("special_order", Decimal("12.50"))
    assert item.supplier_proof is not None
    assert item.supplier_proof.name == "slip.jpg"


def test_what_cannot_be_right_comes_back_with_its_words(desk: Client, order: RepairOrder) -> None:
    refused = desk.post(_work(order, LineKind.LABOUR), {"done_quantity": "4", "note": "Ask Theo"})
    assert refused.status_code == 422
    assert "more than was authorized" in refused.content.decode()
    assert "Ask Theo" in refused.content.decode()
    assert not WorkItem.objects.exists()


def test_a_stop_is_recorded_with_proof_and_progress(desk: Client, order: RepairOrder) -> None:
    assert desk.get(_stop(order)).status_code == 200
    key = halted.key_of(order, LineKind.LABOUR)
    told = {
        "happened_at": "2026-03-16T10:15",
        "channel": "email",
        "person": "Camille Durand",
        "reason": "It gets too expensive.",
        "safety": "disassembled",
        "car_state": "Gearbox out",
        f"done-{key}": "1,5",
        "files": [SimpleUploadedFile("mail.jpg", media.jpeg())],
    }

    taken = desk.post(_stop(order), told)

    assert (taken.status_code, taken["Location"]) == (303, _stop(order))
    stop = StopWork.objects.get()
    assert (stop.channel, stop.safety, stop.files.get().sent_as) == (
        "email",
        "disassembled",
        "mail.jpg",
    )
    assert WorkItem.objects.get().done_quantity == Decimal("1.5")
    page = desk.get(_stop(order)).content.decode()
    assert "€576.00" in page
    assert "€108.00" in page


def test_what_is_billed_in_full_is_not_stopped_any_more(
    desk: Client, order: RepairOrder, issued: Invoice
) -> None:
    page = desk.get(reverse("repair-order", args=[order.number])).content.decode()
    assert f'href="{_stop(order)}"' not in page
    assert "Storage" in page


def test_a_repair_order_leads_to_its_stop_by_name(desk: Client, order: RepairOrder) -> None:
    page = reverse("repair-order", args=[order.number])
    assert "Stop the repair" in desk.get(page).content.decode()

    halted.stop(order)

    words = desk.get(page).content.decode()
    assert "Stop the repair" not in words
    assert words.count(f'href="{_stop(order)}"') == 2
    assert "Not chosen yet" in words


def test_a_stop_without_reason_comes_back(desk: Client, order: RepairOrder) -> None:
    key = halted.key_of(order, LineKind.LABOUR)
    refused = desk.post(
        _stop(order),
        {"happened_at": "2026-03-16T10:15", "channel": "phone", "safety": "safe", f"done-{key}": 9},
    )
    assert refused.status_code == 422
    assert 'id="id_reason_error"' in refused.content.decode()
    assert not StopWork.objects.exists()


def test_is_offered_chosen_on_paper_and_drafted(desk: Client, order: RepairOrder) -> None:
    stop = halted.stop(halted.half_done(order))
    assert (
        desk.post(_stop(order, "stop-work-offer"), {"note": "", "how": "told"}).status_code == 303
    )
    stop.refresh_from_db()
    assert stop.option_prices["release_as_is"] == "180.00"
    chosen = desk.post(
        _stop(order, "stop-work-choice"),
        {"option": "release_as_is", "mode": "paper", "person": "Camille Durand"},
    )
    assert chosen.status_code == 303
    drafted = desk.post(reverse("invoice-new", args=[order.number]), {"kind": "partial_repair"})
    assert drafted.status_code == 303
    invoice = Invoice.objects.get()
    assert (invoice.kind, invoice.total) == (InvoiceKind.PARTIAL_REPAIR, Decimal("180.00"))
    assert desk.get(_stop(order)).status_code == 200


def test_half_a_choice_comes_back_and_a_lift_needs_its_reason(
    desk: Client, order: RepairOrder
) -> None:
    stop = halted.stop(order)
    refused = desk.post(_stop(order, "stop-work-choice"), {"mode": "oral", "person": "Camille"})
    assert refused.status_code == 422
    for no_reason in (" ", "\0"):
        refused = desk.post(_stop(order, "stop-work-lift"), {"reason": no_reason})
        assert refused.status_code == 422
    stop.refresh_from_db()
    assert (stop.chosen_at, stop.lifted_at) == (None, None)
    assert desk.post(_stop(order, "stop-work-lift"), {"reason": "A mistake"}).status_code == 303
    stop.refresh_from_db()
    assert stop.lift_reason == "A mistake"
    assert "?again=1" in desk.get(_stop(order)).content.decode()
    assert desk.get(f"{_stop(order)}?again=1").status_code == 200


def test_the_state_of_the_car_is_corrected(desk: Client, order: RepairOrder) -> None:
    stop = halted.stop(order)
    desk.post(
        _stop(order, "stop-work-describe"), {"safety": "unsafe", "car_state": "No brakes in front"}
    )
    stop.refresh_from_db()
    assert (stop.safety, stop.car_state) == ("unsafe", "No brakes in front")


def test_the_customer_sees_three_ways_of_equal_weight(client: Client) -> None:
    stop = halted.offered(note="Towing costs 90 euros.")
    page = client.get(_public(stop)).content.decode()
    assert page.count("ps-option") == 4  # The grid and three cards.
    for words in ("€576.00", "€228.00", "€180.00", "Towing costs 90 euros.", "it has to be towed"):
        assert words in page
    assert client.get(_public(stop)).status_code == 200
    stop.refresh_from_db()
    assert stop.chosen_at is None


def test_the_customer_signs_without_scripts(client: Client) -> None:
    stop = halted.offered()
    form = client.get(f"{_public(stop, 'public-stop-sign')}?option=reassemble").content.decode()
    assert "My choice: Put together again and hand over, for €228.00 including tax." in form
    signed = client.post(
        _public(stop, "public-stop-sign"),
        SIGNATURE | {"option": "reassemble", "stop_sha256": stop.sha256},
    )
    assert signed.status_code == 303
    stop.refresh_from_db()
    assert (stop.option, stop.choice_person) == (StopOption.REASSEMBLE, "Camille Durand")
    thanks = client.get(signed["Location"]).content.decode()
    assert "Thank you. Your choice has arrived." in thanks
    late = client.post(
        _public(stop, "public-stop-sign"),
        SIGNATURE | {"option": "finish", "stop_sha256": stop.sha256},
    )
    assert late.status_code == 409
    assert client.get(_public(stop, "public-stop-signed")).status_code == 503


def test_an_unsigned_choice_comes_back_with_what_was_typed(client: Client) -> None:
    stop = halted.offered()
    refused = client.post(
        _public(stop, "public-stop-sign"),
        {"option": "finish", "stop_sha256": stop.sha256, "signer_name": "Camille Durand"},
    )
    assert refused.status_code == 422
    assert 'value="Camille Durand"' in refused.content.decode()
    stop.refresh_from_db()
    assert stop.chosen_at is None


def test_who_has_an_old_page_sees_the_new_prices(client: Client) -> None:
    stop = halted.offered()
    stale = client.post(
        _public(stop, "public-stop-sign"),
        SIGNATURE | {"option": "finish", "stop_sha256": "0" * 64},
    )
    assert stale.status_code == 409
    assert "The prices have changed" in stale.content.decode()


def test_a_lifted_stop_asks_nothing_any_more(client: Client, order: RepairOrder) -> None:
    stop = halted.offered(halted.stop(order))
    StopWork.objects.filter(pk=stop.pk).update(lifted_at=NOW, lift_reason="A mistake")
    assert "The repair goes on" in client.get(_public(stop)).content.decode()


def test_the_tablet_is_handed_over(desk: Client, order: RepairOrder) -> None:
    stop = halted.stop(order)
    opened = desk.post(_stop(order, "stop-work-in-person"))
    assert opened.status_code == 303
    assert opened["Location"] == _public(stop)
    assert desk.get(opened["Location"]).status_code == 200
    assert offering.open_in_person(stop=stop, by=halted.DESK, at=NOW).recipient == ""
