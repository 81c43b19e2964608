"""Keeping customers and their vehicles."""

import pytest
from django.db import IntegrityError, transaction

from shopdisputes.audit.models import AuditEvent
from shopdisputes.customers import services
from shopdisputes.customers.models import Customer, Vehicle
from shopdisputes.customers.phones import NotAPhoneNumber
from shopdisputes.customers.services import CustomerDetails, VehicleDetails, VinTooLong
from tests.factories import NOW, CustomerFactory, ShopFactory, VehicleFactory

pytestmark = pytest.mark.django_db


def events(shop, action):
    return list(AuditEvent.objects.for_shop(shop).filter(action=action))


def test_records_a_customer_with_the_shops_language_and_country(shop, by):
    made = services.create(
        shop=shop,
        details=CustomerDetails(name="Claire Dubois", email="c@x.example", phone="06 12 34 56 78"),
        by=by,
        at=NOW,
    )
    made.refresh_from_db()
    assert (made.shop, made.language, made.kind) == (shop, "en", "person")
    assert made.phone == "+33612345678"
    (event,) = events(shop, "customer.created")
    assert event.data == {"name": "Claire Dubois", "email": "c@x.example"}
    assert (event.actor_name, event.target_id) == (by.name, made.pk)


def test_reads_a_number_in_the_customers_own_country(shop, by):
    made = services.create(
        shop=shop,
        details=CustomerDetails(name="Ed", phone="415 555 0100", country="US", language="fr"),
        by=by,
        at=NOW,
    )
    assert (made.phone, made.language) == ("+14155550100", "fr")


def test_a_refused_number_records_nobody(shop, by):
    with pytest.raises(NotAPhoneNumber):
        services.create(shop=shop, details=CustomerDetails(name="X", phone="12"), by=by, at=NOW)
    assert not Customer.objects.for_shop(shop).exists()
    assert not events(shop, "customer.created")


def test_keeps_old_and_new_of_a_changed_address(shop, by):
    customer = CustomerFactory(shop=shop, name="Zoé", email="old@x.example", phone="", country="")
    details = CustomerDetails(
        name="Zoé",
        email="new@x.example",
        language="en",
        line1=customer.line1,
        postal_code=customer.postal_code,
        city=customer.city,
    )
    services.change(customer=customer, details=details, by=by, at=NOW)
    customer.refresh_from_db()
    assert customer.email == "new@x.example"
    (event,) = events(shop, "customer.changed")
    assert event.data == {
        "name": "Zoé",
        "changes": {"email": {"old": "old@x.example", "new": "new@x.example"}},
    }


def test_keeps_of_notes_only_that_they_changed(shop, by):
    customer = CustomerFactory(shop=shop, name="Zoé", phone="", notes="")
    details = CustomerDetails(
        name="Zoé",
        email=customer.email,
        line1=customer.line1,
        postal_code=customer.postal_code,
        city=customer.city,
        country="FR",
        notes="Pays late",
    )
    services.change(customer=customer, details=details, by=by, at=NOW)
    (event,) = events(shop, "customer.changed")
    assert event.data["changes"] == {"notes": {}}


def test_the_same_details_again_leave_no_trace(shop, by):
    details = CustomerDetails(name="Zoé", phone="+33612345678")
    customer = services.create(shop=shop, details=details, by=by, at=NOW)
    services.change(customer=customer, details=details, by=by, at=NOW)
    assert not events(shop, "customer.changed")


def test_records_a_vehicle_whose_plate_is_found_in_any_writing(shop, by):
    customer = CustomerFactory(shop=shop, name="Zoé")
    made = services.create_vehicle(
        customer=customer,
        details=VehicleDetails(
            make="Lada", model="Niva", plate="ab - 123 cd", vin="1m8gdm9axkp042788"
        ),
        by=by,
        at=NOW,
    )
    made.refresh_from_db()
    assert (made.plate, made.plate_key) == ("AB - 123 CD", "AB123CD")
    assert made.vin == "1M8GDM9AXKP042788"
    assert list(Customer.objects.for_shop(shop).search("ab-123", shop=shop)) == [customer]
    (event,) = events(shop, "vehicle.created")
    assert event.data == {"vehicle": "Lada Niva AB - 123 CD", "customer": "Zoé"}


def test_a_wrong_check_digit_does_not_stop_anybody(shop, by):
    made = services.create_vehicle(
        customer=CustomerFactory(shop=shop),
        details=VehicleDetails(make="Lada", model="Niva", vin="1M8GDM9A1KP042788"),
        by=by,
        at=NOW,
    )
    assert made.vin == "1M8GDM9A1KP042788"


def test_refuses_a_vin_that_no_vehicle_has(shop, by):
    with pytest.raises(VinTooLong) as refusal:
        services.create_vehicle(
            customer=CustomerFactory(shop=shop),
            details=VehicleDetails(make="Lada", model="Niva", vin="1" * 18),
            by=by,
            at=NOW,
        )
    assert list(refusal.value.fields) == ["vin"]
    assert not Vehicle.objects.for_shop(shop).exists()


def test_changes_a_vehicle_and_its_search_key(shop, by):
    vehicle = VehicleFactory(shop=shop, plate="AB-001-CD", vin="", make="Renault", model="Clio")
    services.change_vehicle(
        vehicle=vehicle,
        details=VehicleDetails(make="Renault", model="Clio", plate="ZZ-999-ZZ", year=2019),
        by=by,
        at=NOW,
    )
    vehicle.refresh_from_db()
    assert vehicle.plate_key == "ZZ999ZZ"
    (event,) = events(shop, "vehicle.changed")
    assert event.data["changes"] == {"plate": {"old": "AB-001-CD", "new": "ZZ-999-ZZ"}}


def test_an_unchanged_vehicle_leaves_no_trace(shop, by):
    vehicle = VehicleFactory(shop=shop, plate="AB-001-CD", vin="")
    services.change_vehicle(
        vehicle=vehicle,
        details=VehicleDetails(make="Renault", model="Clio", plate="AB-001-CD", year=2019),
        by=by,
        at=NOW,
    )
    assert not events(shop, "vehicle.changed")


@pytest.mark.parametrize(
    "words",
    [
        "dub",
        "CLAIRE dubois",
        "612 34",
        "0612",
        "c@x",
        "ab123",
        "AB-123",
        "1M8G",
        "clai 0612",
        "06 12 34 56 78",
        "ab 123 c",
    ],
)
def test_finds_a_customer_by_whatever_is_at_hand(shop, by, words):
    customer = CustomerFactory(
        shop=shop, name="Claire Dubois", email="c@x.example", phone="+33612345678"
    )
    VehicleFactory(
        shop=shop,
        customer=customer,
        plate="AB-123-CD",
        plate_key="AB123CD",
        vin="1M8GDM9AXKP042788",
    )
    CustomerFactory(shop=shop, name="Somebody Else", email="s@y.example", phone="")
    CustomerFactory(name="Claire Dubois")
    assert list(Customer.objects.for_shop(shop).search(words, shop=shop)) == [customer]


def test_no_words_find_everybody_and_only_dashes_nobody(shop):
    customer = CustomerFactory(shop=shop)
    assert list(Customer.objects.for_shop(shop).search("  ", shop=shop)) == [customer]
    assert list(Customer.objects.for_shop(shop).search("--", shop=shop)) == []


def test_looks_alike_by_address_number_plate_or_vin_within_the_shop(shop):
    customer = CustomerFactory(shop=shop, email="C@x.example", phone="+33612345678")
    VehicleFactory(shop=shop, customer=customer, plate_key="AB123CD", vin="1M8GDM9AXKP042788")
    CustomerFactory(shop=shop, email="", phone="")
    CustomerFactory(shop=ShopFactory(), email="c@x.example", phone="+33612345678")
    ours = Customer.objects.for_shop(shop)
    assert list(ours.lookalikes(email="c@X.example", phone="")) == [customer]
    assert list(ours.lookalikes(email="", phone="+33612345678")) == [customer]
    assert list(ours.lookalikes(email="", phone="", plate_key="AB123CD")) == [customer]
    assert list(ours.lookalikes(email="", phone="", vin="1M8GDM9AXKP042788")) == [customer]
    assert list(ours.lookalikes(email="", phone="")) == []


def test_a_customer_with_vehicles_cannot_be_deleted(shop):
    vehicle = VehicleFactory(shop=shop)
    with pytest.raises(IntegrityError), transaction.atomic():
        vehicle.customer.delete()
