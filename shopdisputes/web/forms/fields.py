"""Form fields for amounts and quantities: comma or point, and never a silent rounding."""

from decimal import Decimal, Overflow
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from shopdisputes.money import LARGEST_AMOUNT, parse_decimal


class DecimalInput(forms.Field):
    """A number as people type it; ``1 234,5`` and ``1,234.5`` are read alike.

    More places than ``decimal_places`` are refused, not rounded.
    """

    widget = forms.TextInput
    default_error_messages = {
        "invalid": _("Write a number, for example 12.50."),
    }

    def __init__(
        self,
        *,
        decimal_places: int = 3,
        min_value: Decimal | None = None,
        max_value: Decimal | None = None,
        **kwargs: Any,
    ) -> None:
        self.decimal_places = decimal_places
        super().__init__(**kwargs)
        if min_value is not None:
            self.validators.append(
                MinValueValidator(min_value, message=_("At least %(limit_value)s."))
            )
        if max_value is not None:
            self.validators.append(
                MaxValueValidator(max_value, message=_("At most %(limit_value)s."))
            )

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"inputmode": "decimal", "autocomplete": "off", "class": "number"}

    def to_python(self, value: Any) -> Decimal | None:
        if value in self.empty_values:
            return None
        if isinstance(value, Decimal):
            number = value
        else:
            try:
                number = parse_decimal(str(value))
            except ValueError as error:
                raise ValidationError(self.error_messages["invalid"], code="invalid") from error
        try:
            exponent = number.normalize().as_tuple().exponent
        except Overflow as error:
            # 1e999999999 can be written, but is more than can be reckoned with.
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error
        if isinstance(exponent, int) and -exponent > self.decimal_places:
            raise ValidationError(
                ngettext(
                    "At most %(count)s decimal place.",
                    "At most %(count)s decimal places.",
                    self.decimal_places,
                ),
                code="places",
                params={"count": self.decimal_places},
            )
        return number

    def prepare_value(self, value: Any) -> Any:
        """Show a stored number with the reader's decimal mark; leave what was typed alone."""
        if not isinstance(value, Decimal):
            return value
        return number_format(self.shown(value), use_l10n=True, force_grouping=False)

    def shown(self, value: Decimal) -> Decimal:
        """Return the number without zeros that say nothing."""
        plain = value.normalize()
        exponent = plain.as_tuple().exponent
        # 200 normalizes to 2E+2, which nobody types.
        return plain.quantize(Decimal(1)) if isinstance(exponent, int) and exponent > 0 else plain


class MoneyInput(DecimalInput):
    """An amount in the shop's currency: two places, within what a document can carry."""

    default_error_messages = {
        "invalid": _("Write an amount, for example 12.50."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("min_value", Decimal("0.00"))
        kwargs.setdefault("max_value", LARGEST_AMOUNT)
        super().__init__(decimal_places=2, **kwargs)

    def shown(self, value: Decimal) -> Decimal:
        exponent = value.as_tuple().exponent
        return value.quantize(Decimal("0.01")) if exponent != -2 else value
