"""How the calls are described: what is true of all of them is said here once."""

from typing import Any, Literal

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework import serializers

_KEY = OpenApiParameter(
    name="Idempotency-Key",
    type=OpenApiTypes.STR,
    location=OpenApiParameter.HEADER,
    description="The same key with the same body acts once and answers alike; with another "
    "body it is refused (422).",
)


class ErrorOut(serializers.Serializer[Any]):
    """What every refusal says."""

    code = serializers.CharField(help_text="kebab-case; never changes")
    message = serializers.CharField(help_text="For people, in the language of Accept-Language")
    fields = serializers.DictField(  # type: ignore[assignment]
        child=serializers.CharField(), help_text="What is wrong, by path: lines.0.quantity"
    )
    details = serializers.DictField(required=False, help_text="Plain data for programs")


_ALWAYS = {
    401: "The token is missing, unknown or revoked",
    429: "Too many requests; Retry-After says when to go on",
}
_OF_ONE = {404: "There is no such object in this shop"}
_OF_LISTS = {400: "A cursor or limit that is none", 422: "A filter that is no value"}
_OF_WRITING = {
    400: "Malformed",
    403: "Not for this role",
    409: "Not in this state, or somebody else was first",
    413: "Too large",
    415: "Not a content type or file of a kind that is taken here",
    422: "Well-formed but refused",
}


class ShopSchema(AutoSchema):
    """Adds to each call what every call has."""

    def get_override_parameters(self) -> list[Any]:
        return [_KEY] if self.method == "POST" else []

    def _get_response_bodies(
        self, direction: Literal["request", "response"] = "response"
    ) -> dict[str, Any]:
        bodies = super()._get_response_bodies(direction=direction)
        refusals = dict(_ALWAYS)
        if "{" in self.path:
            refusals |= _OF_ONE
        elif self.method == "GET":
            refusals |= _OF_LISTS
        if self.method != "GET":
            refusals |= _OF_WRITING
        for status in sorted(refusals):
            answer = OpenApiResponse(ErrorOut, description=refusals[status])
            bodies[str(status)] = self._get_response_for_code(
                answer, str(status), direction=direction
            )
        return bodies


class SchemaView(SpectacularAPIView):
    """The schema itself."""

    metadata_class = None


class DocsView(SpectacularSwaggerSplitView):
    """The page on which people read the schema and try the calls."""

    metadata_class = None
    template_name = "api/docs.html"
    url_name = "api-schema"
