"""Customers and vehicles over the API."""

from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from shopdisputes.api.fields import Choice, Email, Flag, In, Out, Reference, Text, Whole
from shopdisputes.api.idempotency import idempotent
from shopdisputes.api.views import ShopViewSet
from shopdisputes.customers import services, vin
from shopdisputes.customers.models import Customer, CustomerKind, CustomerQuerySet, Vehicle
from shopdisputes.customers.services import CustomerDetails, VehicleDetails
from shopdisputes.links import readdressing
from shopdisputes.shops.models import ShopQuerySet
from shopdisputes.web.lists import LONGEST_SEARCH


class AddressIn(In):
    """A postal address."""

    line1 = Text(max_length=200, required=False, allow_blank=True)
    line2 = Text(max_length=200, required=False, allow_blank=True)
    postal_code = Text(max_length=20, required=False, allow_blank=True)
    city = Text(max_length=120, required=False, allow_blank=True)
    country = Text(
        required=False,
        allow_blank=True,
        validators=[RegexValidator(r"^[A-Z]{2}$", _("Two capital letters, as in FR."))],
    )


class CustomerIn(In):
    """What can be said of a customer."""

    name = Text(max_length=200)
    kind = Choice(choices=CustomerKind.choices, required=False)
    email = Email(required=False, allow_blank=True, max_length=254)
    phone = Text(max_length=40, required=False, allow_blank=True)
    language = Choice(choices=settings.LANGUAGES, required=False)
    address = AddressIn(required=False)
    notes = Text(max_length=4000, required=False, allow_blank=True)


class CustomerChangeIn(CustomerIn):
    """What can be said anew of a customer."""

    end_links = Flag(
        required=False,
        help_text="With another e-mail address: end the links sent to the old one. Left out: true",
    )


class AddressOut(Out):
    """A postal address."""

    line1 = serializers.CharField()
    line2 = serializers.CharField()
    postal_code = serializers.CharField()
    city = serializers.CharField()
    country = serializers.CharField()


class CustomerOut(Out):
    """A customer."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=CustomerKind.choices)
    email = serializers.EmailField(allow_blank=True)
    phone = serializers.CharField(help_text="E.164, for example +33612345678")
    language = serializers.ChoiceField(choices=settings.LANGUAGES)
    address = AddressOut(source="*")
    notes = serializers.CharField()
    created_at = serializers.DateTimeField()


class CustomerFilter(filters.FilterSet):
    """How customers are found."""

    search = filters.CharFilter(
        method="by_words",
        max_length=LONGEST_SEARCH,
        help_text="Every word in name, e-mail, phone, plate or VIN",
    )
    email = filters.CharFilter(lookup_expr="iexact")
    phone = filters.CharFilter(help_text="E.164, for example +33612345678")

    def by_words(self, rows: CustomerQuerySet, name: str, words: str) -> CustomerQuerySet:
        return rows.search(words, shop=self.request.auth.shop)


@extend_schema_view(
    list=extend_schema(responses=CustomerOut(many=True)),
    retrieve=extend_schema(responses=CustomerOut),
)
class CustomerViewSet(ShopViewSet):
    """Customers."""

    queryset = Customer.objects.all()
    out = CustomerOut
    ordering = ("name", "id")
    filterset_class = CustomerFilter

    @extend_schema(request=CustomerIn, responses={201: CustomerOut})
    @idempotent
    def create(self, request: Request) -> Response:
        """Add a customer."""
        sent = self.read(CustomerIn)
        customer = services.create(
            shop=self.shop,
            details=CustomerDetails(**_flat(sent)),
            by=self.actor,
            at=timezone.now(),
        )
        return self.answer(customer, status=201)

    @extend_schema(request=CustomerChangeIn, responses=CustomerOut)
    def partial_update(self, request: Request, pk: Any) -> Response:
        """Change what is sent; the rest stays."""
        customer = self.get_object()
        sent = _flat(self.read(CustomerChangeIn, partial=True))
        end_links = sent.pop("end_links", True)
        known = {name: getattr(customer, name) for name in asdict(CustomerDetails(name=""))}
        changed, _ended = readdressing.change_customer(
            customer=customer,
            details=CustomerDetails(**known | sent),
            end_links=end_links,
            by=self.actor,
            at=timezone.now(),
        )
        return self.answer(changed)


def _flat(sent: dict[str, Any]) -> dict[str, Any]:
    """Return the details with the address's parts among them."""
    address = sent.pop("address", {})
    return sent | address


class VehicleChangeIn(In):
    """What can be said of a vehicle."""

    vin = Text(max_length=40, required=False, allow_blank=True)
    plate = Text(max_length=20, required=False, allow_blank=True)
    make = Text(max_length=60)
    model = Text(max_length=80)
    year = Whole(min_value=1886, max_value=2100, required=False, allow_null=True)


class VehicleIn(VehicleChangeIn):
    """A customer's vehicle."""

    customer = Reference(Customer)


class VehicleOut(Out):
    """A vehicle."""

    id = serializers.UUIDField()
    customer = serializers.UUIDField(source="customer_id")
    vin = serializers.CharField()
    vin_warning = serializers.SerializerMethodField()
    plate = serializers.CharField()
    make = serializers.CharField()
    model = serializers.CharField()
    year = serializers.IntegerField(allow_null=True)
    created_at = serializers.DateTimeField()

    def get_vin_warning(self, vehicle: Vehicle) -> str | None:
        """What looks wrong with the VIN; it is taken all the same."""
        words = vin.warning(vehicle.vin)
        return None if words is None else str(words)


class VehicleFilter(filters.FilterSet):
    """How vehicles are found."""

    customer = filters.UUIDFilter(field_name="customer_id")
    vin = filters.CharFilter(method="by_vin")
    plate = filters.CharFilter(method="by_plate", help_text="In any writing")

    def by_vin(self, rows: ShopQuerySet, name: str, text: str) -> ShopQuerySet:
        return rows.filter(vin=vin.normalize(text))

    def by_plate(self, rows: ShopQuerySet, name: str, text: str) -> ShopQuerySet:
        return rows.filter(plate_key=vin.normalize(text))


@extend_schema_view(
    list=extend_schema(responses=VehicleOut(many=True)),
    retrieve=extend_schema(responses=VehicleOut),
)
class VehicleViewSet(ShopViewSet):
    """Vehicles."""

    queryset = Vehicle.objects.all()
    out = VehicleOut
    ordering = ("-created_at", "id")
    filterset_class = VehicleFilter

    @extend_schema(request=VehicleIn, responses={201: VehicleOut})
    @idempotent
    def create(self, request: Request) -> Response:
        """Add a vehicle of a customer."""
        sent = self.read(VehicleIn)
        vehicle = services.create_vehicle(
            customer=sent.pop("customer"),
            details=VehicleDetails(**sent),
            by=self.actor,
            at=timezone.now(),
        )
        return self.answer(vehicle, status=201)

    @extend_schema(request=VehicleChangeIn, responses=VehicleOut)
    def partial_update(self, request: Request, pk: Any) -> Response:
        """Change what is sent; the rest stays."""
        vehicle = self.get_object()
        sent = self.read(VehicleChangeIn, partial=True)
        known = {name: getattr(vehicle, name) for name in asdict(VehicleDetails(make="", model=""))}
        changed = services.change_vehicle(
            vehicle=vehicle,
            details=VehicleDetails(**known | sent),
            by=self.actor,
            at=timezone.now(),
        )
        return self.answer(changed)
