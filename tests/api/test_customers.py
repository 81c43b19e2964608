"""Customers and vehicles over the API."""

from typing import Any
from uuid import uuid4

import pytest

from shopdisputes.audit.models import AuditEvent
from shopdisputes.customers.models import Customer, Vehicle
from shopdisputes.links.models import AccessLink
from shopdisputes.shops.models import Shop
from tests.api.conftest import Program
from tests.factories import AccessLinkFactory, CustomerFactory, ShopFactory, VehicleFactory

pytestmark = pytest.mark.django_db

ANN = {
    "name": "Ann Lee",
    "kind": "business",
    "email": "ann@customer.example",
    "phone": "06 12 34 56 78",
    "language": "fr",
    "address": {
        "line1": "3 quai Perrache",
        "line2": "Bât. B",
        "postal_code": "69002",
        "city": "Lyon",
        "country": "FR",
    },
}


def test_a_customer_is_added_as_sent_with_the_phone_normalized(api: Program, shop: Shop) -> None:
    response = api.post("customers/", ANN)

    assert response.status_code == 201
    customer = Customer.objects.get()
    assert customer.shop == shop
    assert response.json() == {
        "id": str(customer.pk),
        **ANN,
        "phone": "+33612345678",
        "notes": "",
        "created_at": "2026-03-16T10:30:00+01:00",
    }
    event = AuditEvent.objects.get()
    assert (event.action, event.actor_user_id) == ("customer.created", api.membership.user_id)


def test_a_name_is_enough_and_the_shop_speaks_its_language(api: Program, shop: Shop) -> None:
    made = api.post("customers/", {"name": "Ann"}).json()

    assert (made["kind"], made["language"], made["email"]) == ("person", shop.language, "")
    assert set(made["address"].values()) == {""}


def test_another_address_ends_the_links_sent_to_the_old_one_unless_told_otherwise(
    api: Program, shop: Shop
) -> None:
    customer = CustomerFactory(shop=shop, email="old@mail.example")
    link = AccessLinkFactory(shop=shop, recipient=customer.email)
    path = f"customers/{customer.pk}/"

    api.patch(path, {"email": "new@mail.example", "end_links": False})
    assert AccessLink.objects.get(pk=link.pk).revoked_at is None

    AccessLink.objects.update(recipient="new@mail.example")
    api.patch(path, {"email": "newest@mail.example"})
    assert AccessLink.objects.get(pk=link.pk).revoked_at is not None


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": " "}, "name"),
        ({"name": None}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"email": "ann@"}, "email"),
        ({"phone": "12"}, "phone"),
        ({"phone": "call me"}, "phone"),
        ({"kind": "friend"}, "kind"),
        ({"language": "de"}, "language"),
        ({"address": {"country": "fr"}}, "address.country"),
        ({"address": {"line1": "x" * 201}}, "address.line1"),
    ],
)
def test_a_value_that_is_none_is_422_at_its_field(
    api: Program, sent: dict[str, Any], field: str
) -> None:
    response = api.post("customers/", {"name": "Ann"} | sent)

    assert response.status_code == 422
    assert list(response.json()["fields"]) == [field]
    assert not Customer.objects.exists()
    assert not AuditEvent.objects.exists()


def test_a_change_touches_only_what_is_sent(api: Program) -> None:
    made = api.post("customers/", ANN).json()

    response = api.patch(f"customers/{made['id']}/", {"address": {"city": "Paris"}})

    assert response.status_code == 200
    assert response.json() == made | {"address": ANN["address"] | {"city": "Paris"}}


def test_what_a_customer_is_made_of_cannot_be_set_from_outside(api: Program) -> None:
    made = api.post("customers/", ANN).json()
    other = ShopFactory()

    response = api.patch(
        f"customers/{made['id']}/",
        {
            "id": str(uuid4()),
            "shop": str(other.pk),
            "shop_id": str(other.pk),
            "created_at": "2020-01-01T00:00:00Z",
        },
    )

    assert response.status_code == 200
    assert response.json() == made
    assert Customer.objects.get().shop == api.membership.shop


@pytest.mark.parametrize("field", ["email", "phone", "search"])
def test_customers_are_found(api: Program, shop: Shop, field: str) -> None:
    ann = CustomerFactory(shop=shop, name="Ann Lee", email="ann@x.example", phone="+33611111111")
    CustomerFactory(shop=shop, name="Bob", email="bob@x.example", phone="+33622222222")
    CustomerFactory(name="Ann Lee", email="ann@x.example", phone="+33611111111")
    query = {"email": "Ann@X.example", "phone": "%2B33611111111", "search": "lee ann"}[field]

    found = api.get(f"customers/?{field}={query}").json()["results"]

    assert [row["id"] for row in found] == [str(ann.pk)]


def test_a_vehicle_is_added_in_one_writing(api: Program, shop: Shop) -> None:
    customer = CustomerFactory(shop=shop)

    response = api.post(
        "vehicles/",
        {
            "customer": str(customer.pk),
            "vin": "1m8gdm9axkp042788",
            "plate": "ab-123-cd",
            "make": "Renault",
            "model": "Clio",
            "year": 2019,
        },
    )

    assert response.status_code == 201
    vehicle = Vehicle.objects.get()
    assert vehicle.plate_key == "AB123CD"
    assert response.json() == {
        "id": str(vehicle.pk),
        "customer": str(customer.pk),
        "vin": "1M8GDM9AXKP042788",
        "vin_warning": None,
        "plate": "AB-123-CD",
        "make": "Renault",
        "model": "Clio",
        "year": 2019,
        "created_at": "2026-03-16T10:30:00+01:00",
    }


def test_a_vin_that_looks_wrong_is_taken_with_a_warning(api: Program, shop: Shop) -> None:
    made = api.post(
        "vehicles/",
        {
            "customer": str(CustomerFactory(shop=shop).pk),
            "vin": "1M8GDM9A0KP042788",
            "make": "MCI",
            "model": "Bus",
        },
    )

    assert made.status_code == 201
    assert "check digit" in made.json()["vin_warning"]


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"vin": "A" * 18}, "vin"),
        ({"year": 1885}, "year"),
        ({"year": 2101}, "year"),
        ({"year": "soon"}, "year"),
        ({"make": ""}, "make"),
        ({"model": "x" * 81}, "model"),
        ({"customer": "somebody"}, "customer"),
    ],
)
def test_a_vehicle_with_a_wrong_value_is_422(
    api: Program, shop: Shop, sent: dict[str, Any], field: str
) -> None:
    body = {"customer": str(CustomerFactory(shop=shop).pk), "make": "Renault", "model": "Clio"}

    response = api.post("vehicles/", body | sent)

    assert response.status_code == 422
    assert list(response.json()["fields"]) == [field]
    assert not Vehicle.objects.exists()


def test_another_shops_customer_is_as_unknown_as_nobody(api: Program) -> None:
    body = {"make": "Renault", "model": "Clio"}

    foreign = api.post("vehicles/", body | {"customer": str(CustomerFactory().pk)})
    nobody = api.post("vehicles/", body | {"customer": str(uuid4())})

    assert foreign.status_code == nobody.status_code == 422
    assert foreign.content == nobody.content
    assert foreign.json()["fields"] == {"customer": "There is no such object."}


def test_a_vehicle_stays_its_customers(api: Program, shop: Shop) -> None:
    vehicle = VehicleFactory(shop=shop)
    other = CustomerFactory(shop=shop)

    response = api.patch(
        f"vehicles/{vehicle.pk}/",
        {"customer": str(other.pk), "plate_key": "X", "year": None, "plate": "zz 1"},
    )

    assert response.status_code == 200
    assert response.json()["customer"] == str(vehicle.customer_id)
    vehicle.refresh_from_db()
    assert (vehicle.plate, vehicle.plate_key, vehicle.year) == ("ZZ 1", "ZZ1", None)


def test_vehicles_are_found_by_plate_vin_and_customer(api: Program, shop: Shop) -> None:
    vehicle = VehicleFactory(shop=shop, plate="AB-123-CD", plate_key="AB123CD", vin="")
    VehicleFactory(shop=shop, plate="ZZ-999-ZZ", plate_key="ZZ999ZZ")
    VehicleFactory(plate="AB-123-CD", plate_key="AB123CD")

    for query in ("plate=ab 123 cd", f"customer={vehicle.customer_id}"):
        found = api.get(f"vehicles/?{query}").json()["results"]
        assert [row["id"] for row in found] == [str(vehicle.pk)]
    assert len(api.get("vehicles/?vin=1m8gdm9axkp042788").json()["results"]) == 1


def test_a_filter_by_a_foreign_id_finds_as_little_as_by_nobodys(api: Program, shop: Shop) -> None:
    VehicleFactory(shop=shop)
    foreign = VehicleFactory()

    for customer in (foreign.customer_id, uuid4()):
        assert api.get(f"vehicles/?customer={customer}").json()["results"] == []


def test_a_filter_that_is_no_value_is_422(api: Program) -> None:
    response = api.get("vehicles/?customer=somebody")

    assert response.status_code == 422
    assert list(response.json()["fields"]) == ["customer"]
