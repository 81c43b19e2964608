"""Phone numbers: kept in one form (E.164), typed in any."""

import phonenumbers
from django.utils.translation import gettext_lazy as _
from phonenumbers import ValidationResult

from shopdisputes.errors import Refused


class NotAPhoneNumber(Refused):
    """The text is no telephone number that could be dialled."""

    code = "not-a-phone-number"
    default_message = _("This is not a complete phone number. With +, any country is understood.")


def normalize(text: str, *, country: str) -> str:
    """Return a number as E.164, for example ``+33612345678``; an empty text stays empty.

    A number without ``+`` is read as one of ``country`` (ISO 3166, two letters).

    Raises:
        NotAPhoneNumber: nobody could be reached under ``text``.
    """
    if not text.strip():
        return ""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException as error:
        raise NotAPhoneNumber(fields={"phone": NotAPhoneNumber.default_message}) from error
    # By length only: the list of ranges in use is older than the newest range that is given out,
    # and a number that rings must never be refused.
    if phonenumbers.is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
        raise NotAPhoneNumber(fields={"phone": NotAPhoneNumber.default_message})
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def readable(number: str, *, country: str) -> str:
    """Write an E.164 number as people of ``country`` read it; anything else as it is."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    at_home = phonenumbers.region_code_for_number(parsed) == country
    style = (
        phonenumbers.PhoneNumberFormat.NATIONAL
        if at_home
        else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )
    return phonenumbers.format_number(parsed, style)
