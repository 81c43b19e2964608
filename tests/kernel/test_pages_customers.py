"""The desk's pages of customers and vehicles."""

import pytest
from django.urls import reverse

from shopdisputes.actors import Role
from shopdisputes.audit.models import AuditEvent
from shopdisputes.customers.models import Customer, Vehicle
from tests.factories import (
    CustomerFactory,
    OutgoingEmailFactory,
    RepairOrderFactory,
    VehicleFactory,
    staff,
)

pytestmark = pytest.mark.django_db

NEW = {
    "name": "Claire Dubois",
    "kind": "person",
    "email": "claire@x.example",
    "phone": "06 12 34 56 78",
    "language": "fr",
    "country": "FR",
}


@pytest.fixture
def desk(client, owner):
    client.force_login(owner.user)
    return client


@pytest.fixture
def bay(client, shop):
    client.force_login(staff(shop, Role.TECHNICIAN).user)
    return client


def test_an_empty_list_offers_the_first_step(desk):
    page = desk.get(reverse("customer-list")).content.decode()
    assert "No customers yet" in page
    assert page.count(reverse("customer-new")) >= 2


def test_the_list_finds_by_plate_and_shows_who_drives_what(desk, shop):
    vehicle = VehicleFactory(
        shop=shop, plate="AB-123-CD", plate_key="AB123CD", customer__name="Claire"
    )
    CustomerFactory(shop=shop, name="Bob")
    page = desk.get(reverse("customer-list"), {"q": "ab 123"}).content.decode()
    assert reverse("customer", args=[vehicle.customer_id]) in page
    assert "Renault Clio AB-123-CD" in page
    assert "Bob" not in page


def test_the_list_says_when_nobody_is_found(desk, shop):
    CustomerFactory(shop=shop)
    assert "Nobody found" in desk.get(reverse("customer-list"), {"q": "zzz"}).content.decode()


def test_the_list_filters_by_kind(desk, shop):
    CustomerFactory(shop=shop, name="Claire")
    CustomerFactory(shop=shop, name="SARL Transport", kind="business")
    page = desk.get(reverse("customer-list"), {"kind": "business"}).content.decode()
    assert "SARL Transport" in page
    assert "Claire" not in page


def test_the_list_goes_on_by_key(desk, shop):
    for number in range(52):
        CustomerFactory(shop=shop, name=f"Customer {number:03d}")
    first = desk.get(reverse("customer-list"))
    assert "Customer 049" in first.content.decode()
    assert "Customer 050" not in first.content.decode()
    second = desk.get(reverse("customer-list") + first.context["page"].next_url)
    assert [row.name for row in second.context["page"].rows] == ["Customer 050", "Customer 051"]


def test_the_export_holds_what_the_list_finds_and_no_formula(desk, shop):
    CustomerFactory(shop=shop, name="=cmd()", email="a@x.example", phone="")
    CustomerFactory(shop=shop, name="Bob", email="b@x.example")
    response = desk.get(reverse("customer-export"), {"q": "a@x"})
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    assert response["Content-Disposition"] == 'attachment; filename="customers.csv"'
    lines = text.splitlines()
    assert lines[0].startswith("name,kind,e-mail,phone")
    assert lines[1].startswith("'=cmd(),Person,a@x.example,,en,")
    assert len(lines) == 2


def test_a_customers_page_shows_everything_about_them(desk, shop):
    vehicle = VehicleFactory(shop=shop, vin="1M8GDM9A1KP042788", customer__notes="Prefers mornings")
    order = RepairOrderFactory(shop=shop, vehicle=vehicle)
    email = OutgoingEmailFactory(shop=shop, customer=vehicle.customer, subject="Hello there")
    page = desk.get(reverse("customer", args=[vehicle.customer_id])).content.decode()
    for expected in (
        order.number,
        "Hello there",
        reverse("email", args=[email.pk]),
        "Prefers mornings",
        "The check digit of this VIN does not fit",
        reverse("vehicle-edit", args=[vehicle.pk]),
    ):
        assert expected in page


def test_a_technician_reads_and_is_offered_no_change(bay, shop):
    vehicle = VehicleFactory(shop=shop)
    page = bay.get(reverse("customer", args=[vehicle.customer_id])).content.decode()
    assert str(vehicle) in page
    assert reverse("customer-edit", args=[vehicle.customer_id]) not in page
    for url in (
        reverse("customer-new"),
        reverse("customer-export"),
        reverse("customer-edit", args=[vehicle.customer_id]),
        reverse("vehicle-edit", args=[vehicle.pk]),
    ):
        assert bay.get(url).status_code == 403
    assert bay.get(reverse("customer-list")).status_code == 200


def test_a_new_form_starts_with_the_shops_language_and_country(desk):
    page = desk.get(reverse("customer-new")).content.decode()
    assert '<option value="en" selected>' in page
    assert '<option value="FR" selected>' in page


def test_adds_a_customer(desk, shop):
    response = desk.post(reverse("customer-new"), NEW)
    made = Customer.objects.for_shop(shop).get()
    assert response.status_code == 303
    assert response["Location"] == reverse("customer", args=[made.pk])
    assert (made.phone, made.language) == ("+33612345678", "fr")


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("phone", "12", "not a complete phone number"),
        ("email", "claire@", "valid email"),
        ("name", "", "This field is required."),
        ("language", "de", "Select a valid choice"),
        ("country", "XX", "Select a valid choice"),
    ],
)
def test_says_at_the_field_what_is_wrong_and_keeps_the_rest(desk, shop, field, value, said):
    response = desk.post(reverse("customer-new"), NEW | {field: value, "city": "Nice"})
    page = response.content.decode()
    assert response.status_code == 422
    assert said in page
    assert 'value="Nice"' in page
    assert f'id="id_{field}_error"' in page
    assert not Customer.objects.for_shop(shop).exists()


def test_asks_before_adding_somebody_who_looks_like_one_that_is_there(desk, shop):
    known = CustomerFactory(shop=shop, name="C. Dubois", phone="+33612345678")
    response = desk.post(reverse("customer-new"), NEW)
    page = response.content.decode()
    assert response.status_code == 422
    assert reverse("customer", args=[known.pk]) in page
    assert 'value="Claire Dubois"' in page
    assert Customer.objects.for_shop(shop).count() == 1
    assert desk.post(reverse("customer-new"), NEW | {"anyway": "yes"}).status_code == 303
    assert Customer.objects.for_shop(shop).count() == 2


def test_another_shops_customer_is_no_lookalike(desk, shop):
    CustomerFactory(phone="+33612345678", email="claire@x.example")
    assert desk.post(reverse("customer-new"), NEW).status_code == 303


def test_changes_a_customer_and_keeps_both_addresses_in_the_trail(desk, shop):
    customer = CustomerFactory(shop=shop, email="old@x.example")
    page = desk.get(reverse("customer-edit", args=[customer.pk])).content.decode()
    assert 'value="old@x.example"' in page
    response = desk.post(reverse("customer-edit", args=[customer.pk]), NEW)
    assert response.status_code == 303
    customer.refresh_from_db()
    assert customer.email == "claire@x.example"
    event = AuditEvent.objects.for_shop(shop).get(action="customer.changed")
    assert event.data["changes"]["email"] == {"old": "old@x.example", "new": "claire@x.example"}


def test_a_refused_change_shows_the_stored_name_on_top(desk, shop):
    customer = CustomerFactory(shop=shop, name="Stored Name")
    response = desk.post(
        reverse("customer-edit", args=[customer.pk]), NEW | {"name": "Typed", "phone": "1"}
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert "<title>Stored Name" in page
    assert 'value="Typed"' in page
    customer.refresh_from_db()
    assert customer.name == "Stored Name"


def test_adds_a_vehicle_and_warns_about_its_vin(desk, shop):
    customer = CustomerFactory(shop=shop)
    facts = {"make": "Lada", "model": "Niva", "plate": "ab 1", "vin": "1M8-GDM9A1-KP042788"}
    url = reverse("vehicle-new", args=[customer.pk])
    assert desk.get(url).status_code == 200
    response = desk.post(url, facts, follow=True)
    vehicle = Vehicle.objects.for_shop(shop).get()
    assert (vehicle.customer, vehicle.vin) == (customer, "1M8GDM9A1KP042788")
    assert response.redirect_chain == [(reverse("customer", args=[customer.pk]), 303)]
    said = [str(message) for message in response.context["messages"]]
    assert said[0] == "Lada Niva AB 1 is recorded."
    assert "check digit" in said[1]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("make", "", "This field is required."),
        ("year", "1800", "greater than or equal to 1886"),
        ("year", "new", "whole number"),
        ("vin", "1" * 18, "17 signs at most"),
    ],
)
def test_refuses_a_vehicle_that_cannot_be(desk, shop, field, value, said):
    customer = CustomerFactory(shop=shop)
    facts = {"make": "Lada", "model": "Niva", "plate": "AB 1"} | {field: value}
    response = desk.post(reverse("vehicle-new", args=[customer.pk]), facts)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not Vehicle.objects.for_shop(shop).exists()


def test_changes_a_vehicle(desk, shop):
    vehicle = VehicleFactory(shop=shop, vin="1M8GDM9A1KP042788")
    url = reverse("vehicle-edit", args=[vehicle.pk])
    assert "check digit" in desk.get(url).content.decode()
    assert desk.post(url, {"make": "", "model": "x"}).status_code == 422
    assert desk.post(url, {"make": "Lada", "model": "Niva", "plate": "Z 9"}).status_code == 303
    vehicle.refresh_from_db()
    assert (vehicle.make, vehicle.plate_key) == ("Lada", "Z9")


def test_nothing_of_another_shop_is_there(desk):
    foreign = VehicleFactory()
    for name, pk in (
        ("customer", foreign.customer_id),
        ("customer-edit", foreign.customer_id),
        ("vehicle-new", foreign.customer_id),
        ("vehicle-edit", foreign.pk),
    ):
        assert desk.get(reverse(name, args=[pk])).status_code == 404
    assert "No customers yet" in desk.get(reverse("customer-list")).content.decode()
