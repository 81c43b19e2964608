"""The desk's pages of repair orders."""

import pytest
from django.urls import reverse

from shopdisputes.actors import Role
from shopdisputes.customers.models import Customer, Vehicle
from shopdisputes.repairorders import services
from shopdisputes.repairorders.models import RepairOrder
from tests.factories import (
    NOW,
    CustomerFactory,
    OutgoingEmailFactory,
    RepairOrderFactory,
    VehicleFactory,
    staff,
)

pytestmark = pytest.mark.django_db

VISIT = {"concern": "It squeals.", "odometer": "84000"}
PERSON = {
    "customer-name": "Claire Dubois",
    "customer-kind": "person",
    "customer-email": "claire@x.example",
    "customer-phone": "06 12 34 56 78",
    "customer-language": "en",
    "customer-country": "FR",
}
CAR = {"vehicle-make": "Lada", "vehicle-model": "Niva", "vehicle-plate": "AB-123-CD"}
NEW = reverse("repair-order-new")


@pytest.fixture
def desk(client, owner):
    client.force_login(owner.user)
    return client


@pytest.fixture
def bay(client, shop):
    client.force_login(staff(shop, Role.TECHNICIAN).user)
    return client


def test_an_empty_list_offers_the_first_step(desk):
    assert "No repair orders yet" in desk.get(reverse("repair-order-list")).content.decode()


def test_the_list_filters_by_status_and_searches(desk, shop):
    RepairOrderFactory(shop=shop, number="RO-2026-0101")
    RepairOrderFactory(shop=shop, number="RO-2026-0102", status="closed")
    page = desk.get(reverse("repair-order-list"), {"status": "closed"}).content.decode()
    assert "RO-2026-0102" in page
    assert "RO-2026-0101" not in page
    page = desk.get(reverse("repair-order-list"), {"q": "0101"}).content.decode()
    assert "RO-2026-0101" in page
    assert "RO-2026-0102" not in page
    page = desk.get(reverse("repair-order-list"), {"q": "zzzz"}).content.decode()
    assert "No repair order found" in page


@pytest.mark.parametrize("sort", ["newest", "oldest", "customer"])
def test_the_list_is_sorted(desk, shop, sort):
    RepairOrderFactory(shop=shop, number="RO-2026-0101")
    assert "RO-2026-0101" in desk.get(reverse("repair-order-list"), {"sort": sort}).content.decode()


def test_the_export_tells_the_shops_own_time(desk, shop):
    order = RepairOrderFactory(shop=shop, number="RO-2026-0101", status="closed", closed_at=NOW)
    RepairOrderFactory(shop=shop, number="RO-2026-0102")
    response = desk.get(reverse("repair-order-export"), {"q": "0101"})
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0] == "number,status,opened,closed,customer,plate,vehicle,VIN,odometer,concern"
    assert lines[1].startswith(
        f"RO-2026-0101,Closed,2026-03-16T10:30+01:00,2026-03-16T10:30+01:00,{order.customer.name},"
    )
    response = desk.get(reverse("repair-order-export"), {"q": "0102"})
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[1].startswith("RO-2026-0102,Open,2026-03-16T10:30+01:00,,")


def test_the_page_tells_the_whole_visit(desk, shop, by):
    vehicle = VehicleFactory(shop=shop, customer__name="Claire Dubois")
    order = services.open_order(
        customer=vehicle.customer,
        vehicle=vehicle,
        concern="It squeals.",
        odometer=84_000,
        by=by,
        at=NOW,
    )
    OutgoingEmailFactory(
        shop=shop, repair_order_id=order.pk, subject="Your estimate", text="Dear Claire"
    )
    page = desk.get(reverse("repair-order", args=[order.number])).content.decode()
    for expected in (
        "Claire Dubois",
        "It squeals.",
        "84,000",
        "General rules (GENERIC), draft, not approved by counsel",
        "Repair order opened",
        "Dear Claire",
        "Opened",
    ):
        assert expected in page


def test_the_line_of_life_shows_only_what_was_recorded(desk, shop, by):
    vehicle = VehicleFactory(shop=shop)
    order = services.open_order(
        customer=vehicle.customer, vehicle=vehicle, concern="x", by=by, at=NOW
    )
    steps = desk.get(reverse("repair-order", args=[order.number])).context["steps"]
    assert str(steps[0].label) == "Opened"
    assert steps[0].at == NOW
    assert {step.at for step in steps[1:]} == {None}
    services.cancel(repair_order=order, reason="Sold.", by=by, at=NOW)
    steps = desk.get(reverse("repair-order", args=[order.number])).context["steps"]
    assert (str(steps[-1].label), steps[-1].at) == ("Cancelled", NOW)


def test_a_technician_reads_without_mails_and_buttons(bay, shop):
    order = RepairOrderFactory(shop=shop)
    OutgoingEmailFactory(shop=shop, repair_order_id=order.pk, text="Total 223.08")
    page = bay.get(reverse("repair-order", args=[order.number])).content.decode()
    assert "Total 223.08" not in page
    assert 'data-dialog="close"' not in page
    assert bay.get(reverse("repair-order-list")).status_code == 200
    assert bay.get(NEW).status_code == 403
    for action in ("close", "cancel", "reopen"):
        url = reverse(f"repair-order-{action}", args=[order.number])
        assert bay.post(url, {"reason": "x"}).status_code == 403
    order.refresh_from_db()
    assert order.status == "open"


def test_closes_cancels_and_reopens(desk, shop):
    order = RepairOrderFactory(shop=shop)
    for action, state in (("close", "closed"), ("reopen", "open"), ("cancel", "cancelled")):
        url = reverse(f"repair-order-{action}", args=[order.number])
        response = desk.post(url, {"reason": "It came back."})
        assert response.status_code == 303
        assert response["Location"] == reverse("repair-order", args=[order.number])
        order.refresh_from_db()
        assert order.status == state


def test_a_missing_reason_opens_the_dialog_again(desk, shop):
    order = RepairOrderFactory(shop=shop)
    response = desk.post(reverse("repair-order-cancel", args=[order.number]), {"reason": " "})
    page = response.content.decode()
    assert response.status_code == 422
    assert '<dialog class="sheet" id="cancel" aria-labelledby="cancel-title" open>' in page
    assert 'id="cancel-reason-error"' in page
    assert '<dialog class="sheet" id="close" aria-labelledby="close-title">' in page
    order.refresh_from_db()
    assert order.status == "open"


def test_closing_what_is_closed_is_a_conflict(desk, shop):
    order = RepairOrderFactory(shop=shop, status="closed")
    response = desk.post(reverse("repair-order-close", args=[order.number]))
    assert response.status_code == 409
    assert "not possible in the present state" in response.content.decode()


def test_a_get_ends_nothing(desk, shop):
    order = RepairOrderFactory(shop=shop)
    for action in ("close", "cancel", "reopen"):
        url = reverse(f"repair-order-{action}", args=[order.number])
        assert desk.get(url).status_code == 405
    order.refresh_from_db()
    assert order.status == "open"


def test_corrects_what_was_noted(desk, shop):
    order = RepairOrderFactory(shop=shop)
    url = reverse("repair-order-edit", args=[order.number])
    assert desk.get(url).status_code == 200
    assert desk.post(url, VISIT | {"concern": "It grinds."}).status_code == 303
    order.refresh_from_db()
    assert (order.concern, order.odometer) == ("It grinds.", 84_000)


@pytest.mark.parametrize(
    ("field", "value"), [("concern", ""), ("odometer", "-1"), ("odometer", "10000000")]
)
def test_refuses_a_correction_that_cannot_be(desk, shop, field, value):
    order = RepairOrderFactory(shop=shop, concern="It squeals.")
    url = reverse("repair-order-edit", args=[order.number])
    assert desk.post(url, VISIT | {field: value}).status_code == 422
    order.refresh_from_db()
    assert order.concern == "It squeals."


def test_what_is_closed_is_not_corrected(desk, shop):
    order = RepairOrderFactory(shop=shop, status="closed")
    response = desk.post(reverse("repair-order-edit", args=[order.number]), VISIT)
    assert response.status_code == 409
    assert "Reopen it first" in response.content.decode()


def test_checks_in_somebody_new_in_one_go(desk, shop):
    assert desk.get(NEW).status_code == 200
    response = desk.post(NEW, PERSON | CAR | VISIT)
    order = RepairOrder.objects.for_shop(shop).get()
    assert response.status_code == 303
    assert response["Location"] == reverse("repair-order", args=[order.number])
    assert order.customer.phone == "+33612345678"
    assert (order.vehicle.plate_key, order.vehicle.customer) == ("AB123CD", order.customer)


def test_everything_that_is_wrong_is_said_at_once_and_everything_typed_stays(desk, shop):
    response = desk.post(
        NEW, PERSON | CAR | VISIT | {"customer-phone": "1", "vehicle-make": "", "concern": ""}
    )
    page = response.content.decode()
    assert response.status_code == 422
    for field in ("customer-phone", "vehicle-make", "concern"):
        assert f'id="id_{field}_error"' in page
        assert f'<li><a href="#id_{field}">' in page
    assert page.count("data-summary") == 1
    for typed in ('value="Claire Dubois"', 'value="AB-123-CD"', 'value="84000"'):
        assert typed in page
    assert not Customer.objects.for_shop(shop).exists()
    assert not RepairOrder.objects.for_shop(shop).exists()


def test_asks_whether_it_is_the_known_owner_of_that_plate(desk, shop):
    known = VehicleFactory(shop=shop, plate="AB 123 CD", plate_key="AB123CD")
    typed = PERSON | CAR | VISIT | {"customer-phone": "", "customer-email": ""}
    response = desk.post(NEW, typed)
    assert response.status_code == 422
    assert known.customer.name in response.content.decode()
    assert not RepairOrder.objects.for_shop(shop).exists()

    # "Use": the known customer and vehicle are chosen, and what was typed comes along.
    response = desk.post(NEW, typed | {"use": str(known.customer_id)})
    page = response.content.decode()
    assert response.status_code == 200
    assert f'name="customer" value="{known.customer_id}"' in page
    assert "It squeals." in page
    assert response.context["which"].initial == {"vehicle": str(known.pk)}
    assert not RepairOrder.objects.for_shop(shop).exists()

    assert desk.post(NEW, typed | {"anyway": "yes"}).status_code == 303
    assert Customer.objects.for_shop(shop).count() == 2


def test_checks_in_a_known_customer_with_a_known_vehicle(desk, shop):
    older = VehicleFactory(shop=shop)
    newer = VehicleFactory(shop=shop, customer=older.customer)
    page = desk.get(NEW, {"customer": str(older.customer_id), "vehicle": str(older.pk)})
    assert page.context["which"].initial == {"vehicle": str(older.pk)}
    assert desk.get(NEW, {"customer": str(older.customer_id)}).status_code == 200
    response = desk.post(
        NEW, VISIT | {"customer": str(older.customer_id), "vehicle": str(newer.pk)}
    )
    assert response.status_code == 303
    assert RepairOrder.objects.for_shop(shop).get().vehicle == newer


def test_checks_in_a_known_customer_with_another_vehicle(desk, shop):
    known = VehicleFactory(shop=shop)
    facts = VISIT | {"customer": str(known.customer_id), "vehicle": "other"}
    response = desk.post(NEW, facts)
    assert response.status_code == 422
    assert 'id="id_vehicle-make_error"' in response.content.decode()
    response = desk.post(NEW, facts | CAR | {"vehicle-vin": "1M8GDM9A1KP042788"}, follow=True)
    order = RepairOrder.objects.for_shop(shop).get()
    assert (order.customer, order.vehicle.make) == (known.customer, "Lada")
    assert any("check digit" in str(message) for message in response.context["messages"])


def test_a_typed_vehicle_that_is_new_to_the_customer_is_the_other_one(desk, shop):
    known = VehicleFactory(shop=shop)
    use = {"use": str(known.customer_id)}
    response = desk.post(NEW, CAR | use)
    assert response.context["which"].initial == {"vehicle": "other"}
    response = desk.post(NEW, {"vehicle-make": "Lada"} | use)
    assert response.context["which"].initial == {"vehicle": "other"}


def test_a_vehicle_of_somebody_else_cannot_be_chosen(desk, shop):
    customer = VehicleFactory(shop=shop).customer
    other = VehicleFactory(shop=shop)
    response = desk.post(NEW, VISIT | {"customer": str(customer.pk), "vehicle": str(other.pk)})
    assert response.status_code == 422
    assert not RepairOrder.objects.for_shop(shop).exists()


def test_another_shops_customer_cannot_be_chosen(desk, shop):
    foreign = VehicleFactory()
    response = desk.get(NEW, {"customer": str(foreign.customer_id)})
    assert foreign.customer.name not in response.content.decode()
    response = desk.post(
        NEW, VISIT | {"customer": str(foreign.customer_id), "vehicle": str(foreign.pk)}
    )
    assert response.status_code == 422
    assert not RepairOrder.objects.exists()
    assert Vehicle.objects.count() == 1


def test_looks_for_a_known_customer_in_the_own_shop_only(desk, shop):
    CustomerFactory(shop=shop, name="Claire Ours")
    CustomerFactory(name="Claire Theirs")
    page = desk.get(NEW, {"q": "claire"}).content.decode()
    assert "Claire Ours" in page
    assert "Claire Theirs" not in page
    assert "Nobody found" in desk.get(NEW, {"q": "zzz"}).content.decode()


def test_nothing_of_another_shop_is_there(desk):
    foreign = RepairOrderFactory(number="RO-2026-9999")
    for name in ("repair-order", "repair-order-edit"):
        assert desk.get(reverse(name, args=[foreign.number])).status_code == 404
    for action in ("close", "cancel", "reopen"):
        url = reverse(f"repair-order-{action}", args=[foreign.number])
        assert desk.post(url, {"reason": "x"}).status_code == 404
    foreign.refresh_from_db()
    assert foreign.status == "open"
