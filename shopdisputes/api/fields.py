"""Fields of ``…In`` serializers.

The wrong JSON type is malformed (400), a wrong value is refused (422).

Nothing here knows what a value means to the business; it only says whether it is one.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from shopdisputes.api.errors import WRONG_TYPE
from shopdisputes.money import LARGEST_AMOUNT

_NOT_A_VALUE = _("This must be a plain value.")


class _Plain(serializers.Field):
    """A field whose value is neither a list nor an object, and no truth value."""

    default_error_messages = {WRONG_TYPE: _NOT_A_VALUE}

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, bool | list | dict):
            self.fail(WRONG_TYPE)
        return super().to_internal_value(data)


class Text(_Plain, serializers.CharField):
    """A text; blanks around it are cut."""


class Email(_Plain, serializers.EmailField):
    """An e-mail address."""


class Whole(_Plain, serializers.IntegerField):
    """A whole number."""


class Choice(_Plain, serializers.ChoiceField):
    """One of a few words; what is none of them is not repeated, it may be no text at all."""

    default_error_messages = {"invalid_choice": _("Choose one of the list.")}


class Day(_Plain, serializers.DateField):
    """A day, ``2026-12-31``."""


class Number(_Plain, serializers.DecimalField):
    """An exact number; more places than there may be are refused, never rounded."""


class Amount(Number):
    """An amount of money with at most two places, negative only where ``min_value`` lets it."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 12)
        kwargs.setdefault("decimal_places", 2)
        kwargs.setdefault("max_value", LARGEST_AMOUNT)
        kwargs.setdefault("min_value", -LARGEST_AMOUNT)
        super().__init__(**kwargs)


class Flag(serializers.BooleanField):
    """True or false."""

    default_error_messages = {WRONG_TYPE: _("This must be true or false.")}

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail(WRONG_TYPE)
        return data


class Moment(_Plain, serializers.DateTimeField):
    """An instant with its offset, ``2026-12-01T09:00:00+01:00``."""

    default_error_messages = {"naive": _("Say the offset from UTC, as in +01:00 or Z.")}

    def enforce_timezone(self, value: datetime) -> datetime:
        if value.tzinfo is None:
            self.fail("naive")
        return super().enforce_timezone(value)


@extend_schema_field(OpenApiTypes.BINARY)
class Upload(serializers.FileField):
    """A file of a form."""


class Key(_Plain, serializers.UUIDField):
    """The ``id`` of something that the service looks up itself."""


class Reference(_Plain, serializers.UUIDField):
    """The ``id`` of a row of the caller's shop; the row itself comes out.

    What is not an id, is nobody's and is another shop's gets one and the same answer.
    """

    default_error_messages = {"unknown": _("There is no such object.")}

    def __init__(self, model: type[Model], **kwargs: Any) -> None:
        self.model = model
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail(WRONG_TYPE)
        rows = self.model._default_manager.for_shop(self.context["shop"])  # type: ignore[attr-defined]
        try:
            found = rows.filter(pk=UUID(data)).first()
        except ValueError:
            found = None
        if found is None:
            self.fail("unknown")
        return found


class In(serializers.Serializer[Any]):
    """What a call takes. It names all that can be set; whatever else is sent changes nothing."""

    default_error_messages = {WRONG_TYPE: _("This must be an object.")}

    @classmethod
    def from_form(cls, form: QueryDict) -> dict[str, Any]:
        """Return a form's fields as the plain data that JSON would bring."""
        return form.dict()

    def run_validation(self, data: Any = serializers.empty) -> Any:
        if data is not serializers.empty and not isinstance(data, dict):
            raise serializers.ValidationError(
                {"non_field_errors": [self.error_messages[WRONG_TYPE]]}, code=WRONG_TYPE
            )
        return super().run_validation(data)


class Out(serializers.Serializer[Any]):
    """What a call answers."""


def money(**kwargs: Any) -> serializers.DecimalField:
    """Return a field that writes an amount as a string with two places."""
    return serializers.DecimalField(max_digits=12, decimal_places=2, **kwargs)
