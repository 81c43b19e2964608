"""The signature that a customer puts under an act: a name, perhaps a drawing, and the consent."""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any, Self

from django import forms
from django.utils.translation import gettext_lazy as _

from shopdisputes.signing.services import DrawnSignature

_PNG_URL = "data:image/png;base64,"
#: More strokes than a signature has are kept out; the picture stays.
_LONGEST_STROKES = 400_000


class SignatureForm(forms.Form):
    """What is filled in to sign. What was typed and drawn survives every refusal."""

    signer_timezone = forms.CharField(max_length=60, required=False, widget=forms.HiddenInput)
    consent = forms.BooleanField(
        label=_("Electronic documents"),
        error_messages={"required": _("Tick that you agree to electronic documents.")},
    )
    signer_name = forms.CharField(
        label=_("Your first and last name"),
        max_length=200,
        error_messages={
            "required": _("Write your full name."),
            "max_length": _("At most 200 characters."),
        },
    )
    #: A PNG as a data URL; empty when only the name was typed.
    signature = forms.CharField(required=False, strip=True)
    strokes = forms.CharField(required=False)

    @classmethod
    def as_typed(cls, data: Mapping[str, Any]) -> Self:
        """Return the form filled with what was typed so far, complaining of nothing yet."""
        return cls(initial={name: data.get(name, "") for name in cls.base_fields})

    def drawn(self) -> DrawnSignature | None:
        """Return the drawing of a valid form; None when only the name was typed."""
        image = self.cleaned_data["signature"]
        return DrawnSignature(image=image, strokes=self.cleaned_data["strokes"]) if image else None

    def clean_signature(self) -> bytes | None:
        """Return the picture's bytes; whether they are a fit signature is the service's to say."""
        value = self.cleaned_data["signature"]
        if not value:
            return None
        if not value.startswith(_PNG_URL):
            raise forms.ValidationError(_("The drawn signature is not a PNG picture."))
        try:
            return base64.b64decode(value.removeprefix(_PNG_URL), validate=True)
        except (binascii.Error, ValueError) as error:
            raise forms.ValidationError(_("The drawn signature is not a PNG picture.")) from error

    def clean_strokes(self) -> Any:
        """Return the strokes as data; None when there are none or they cannot be read."""
        value = self.cleaned_data["strokes"]
        if not value or len(value) > _LONGEST_STROKES:
            return None
        try:
            strokes = json.loads(value)
            # What JSON calls a number or text and no database keeps: NaN, half a character, NUL.
            kept = json.dumps(strokes, allow_nan=False, ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            return None
        return None if b"\\u0000" in kept else strokes
