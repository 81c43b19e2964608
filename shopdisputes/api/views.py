"""What all calls share: the shop of the token, who acts, lists in pages."""

from datetime import UTC
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework.generics import get_object_or_404
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.viewsets import GenericViewSet

from shopdisputes.actors import Actor, Role
from shopdisputes.api.authentication import Admission
from shopdisputes.api.fields import In
from shopdisputes.api.parsers import FlatJSONParser
from shopdisputes.api.schema import ShopSchema
from shopdisputes.shops.models import Shop
from shopdisputes.web.requests import client_ip


class OneRepresentation(DefaultContentNegotiation):
    """Answer in JSON whatever ``Accept`` says: there is nothing to choose from."""

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[Any, str]:
        return renderers[0], renderers[0].media_type


class ShopViewSet(GenericViewSet[Any]):
    """Calls about one kind of a shop's rows.

    A view gives ``queryset``, ``out`` and ``ordering`` (unique together); every read goes
    through ``get_queryset``, which knows the rows of the token's shop only.
    """

    out: type[Serializer[Any]]
    ordering: tuple[str, ...]
    parser_classes = [FlatJSONParser]
    http_method_names = ["get", "head", "post", "patch"]
    content_negotiation_class = OneRepresentation
    metadata_class = None
    lookup_value_converter = "uuid"
    schema = ShopSchema()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # The shop's zone, set once the token is known, must not outlive the request.
        with timezone.override(UTC):
            return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        timezone.activate(self.shop.zone)

    @property
    def admission(self) -> Admission:
        """What the token opens; asked for only behind the permission that there is one."""
        admission = self.request.auth
        assert isinstance(admission, Admission)
        return admission

    @property
    def shop(self) -> Shop:
        """The token's shop."""
        return self.admission.shop

    @property
    def actor(self) -> Actor:
        """Who acts, as services and the timeline see them."""
        return Actor(
            role=Role(self.admission.membership.role),
            name=str(self.request.user),
            user_id=self.request.user.pk,
            ip_address=client_ip(self.request._request),
            user_agent=self.request.headers.get("User-Agent", ""),
        )

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().for_shop(self.shop)  # type: ignore[attr-defined]

    def get_object(self) -> Any:
        """Return the row named in the address; another shop's does not exist (404)."""
        found = get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])
        self.check_object_permissions(self.request, found)
        return found

    def read(self, body: type[In], *, partial: bool = False) -> Any:
        """Return what was sent, as JSON or as a form, checked.

        Raises:
            ValidationError: it is not well-formed, or a value is none.
        """
        sent = self.request.data
        data = body.from_form(sent) if isinstance(sent, QueryDict) else sent
        taken = body(data=data, partial=partial, context=self.get_serializer_context())
        taken.is_valid(raise_exception=True)
        return taken.validated_data

    def answer(self, row: Any, *, status: int = 200) -> Response:
        """Write a row out."""
        written = self.out(row, context=self.get_serializer_context())
        return Response(written.data, status=status)

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "shop": self.shop}

    def list(self, request: Request) -> Response:
        """One page of the rows that the filters leave."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        written = self.out(page, many=True, context=self.get_serializer_context())
        return self.get_paginated_response(written.data)

    def retrieve(self, request: Request, pk: Any) -> Response:
        """One row."""
        return self.answer(self.get_object())
