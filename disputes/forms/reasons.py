"""A reason of the shop's catalogue, with its name in every language."""

from typing import Any

from django import forms
from django.conf import settings
from django.forms.boundfield import BoundField
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from disputes.models import DisputeReason
from disputes.states import ReasonCode, Severity

_NAME = "name_"


class ReasonForm(forms.Form):
    """What a case for this reason begins with; a ready-made reason keeps its code."""

    use_required_attribute = False

    code = forms.SlugField(
        label=_("Code"),
        max_length=40,
        help_text=_("In small letters, for lists and programs. It cannot be changed later."),
    )
    follow_up_days = forms.IntegerField(
        label=_("Days until somebody follows it up"), min_value=1, max_value=60, initial=7
    )
    severity = forms.ChoiceField(
        label=_("Severity"), choices=Severity.choices, initial=Severity.NORMAL
    )
    resolver_name = forms.CharField(label=_("Resolver"), max_length=200, required=False)
    resolver_email = forms.EmailField(
        label=_("Resolver's e-mail"),
        required=False,
        help_text=_("New cases begin with this resolver."),
    )
    stops_storage = forms.BooleanField(
        label=_("Storage does not count while such a case is open"), required=False, initial=True
    )
    for_customers = forms.BooleanField(
        label=_("Customers may choose it"), required=False, initial=True
    )
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, *args: Any, reason: DisputeReason, **kwargs: Any) -> None:
        initial = {
            name: getattr(reason, name)
            for name in self.base_fields
            if hasattr(reason, name) and not (reason._state.adding and name == "code")
        }
        initial |= {
            _NAME + language: reason.names.get(language, "") for language, _n in settings.LANGUAGES
        }
        kwargs.setdefault("initial", initial)
        super().__init__(*args, **kwargs)
        self._reason = reason
        ready = reason.code in ReasonCode.values
        for language, _n in settings.LANGUAGES:
            self.fields[_NAME + language] = forms.CharField(
                label=_("Name, %(language)s")
                % {"language": get_language_info(language)["name_translated"]},
                max_length=80,
                required=False,
                help_text=_("Empty: “%(name)s”") % {"name": _product_name(reason.code, language)}
                if ready
                else "",
            )
        if not reason._state.adding:
            del self.fields["code"]

    @property
    def names(self) -> list[BoundField]:
        """The controls of its names."""
        return [self[name] for name in self.fields if name.startswith(_NAME)]

    @property
    def rest(self) -> list[BoundField]:
        """All other controls."""
        return [self[name] for name in self.fields if not name.startswith(_NAME)]

    def filled(self) -> DisputeReason:
        """Return the reason as it was filled in, unsaved; only after ``is_valid``."""
        given = dict(self.cleaned_data)
        self._reason.names = {
            language: given.pop(_NAME + language) for language, _n in settings.LANGUAGES
        }
        for name, value in given.items():
            setattr(self._reason, name, value)
        return self._reason

    def renamed(self, fields: Any) -> dict[str, Any]:
        """Return a service's problems by this form's names."""
        first = _NAME + settings.LANGUAGES[0][0]
        return {first if name == "names" else name: words for name, words in fields.items()}


def _product_name(code: str, language: str) -> str:
    return DisputeReason(code=code).name_in(language)
