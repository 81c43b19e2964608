"""Vehicle identification numbers: what can be said of one without asking anybody."""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LENGTH = 17
_CHECK_POSITION = 8
#: North America and China.
_REGIONS_WITH_CHECK_DIGIT = frozenset("12345L")
_SHAPE = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
#: 49 CFR 565.15, Table III: letters count as digits.
_VALUES = {str(digit): digit for digit in range(10)} | dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ", [*range(1, 9), *range(1, 6), 7, 9, *range(2, 10)], strict=True)
)
#: 49 CFR 565.15, Table IV: each position's weight; the check digit itself has none.
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def normalize(text: str) -> str:
    """Return a VIN in capitals without spaces and dashes."""
    return "".join(character for character in text.upper() if character.isalnum())


def check_digit(vin: str) -> str:
    """Return the check digit that belongs at position 9 of a well-formed VIN (49 CFR 565.15)."""
    remainder = (
        sum(_VALUES[character] * weight for character, weight in zip(vin, _WEIGHTS, strict=True))
        % 11
    )
    return "X" if remainder == 10 else str(remainder)


def warning(vin: str) -> str | Promise | None:
    """Say what looks wrong with a normalized VIN; None when nothing does, or it is empty.

    A warning, never a refusal: ISO 3779 gives 17 signs without I, O and Q, but vehicles built
    before 1981 have shorter numbers, and only North America (49 CFR 565) and China (GB 16735) ask
    for the check digit.
    """
    if not vin:
        return None
    if len(vin) != LENGTH:
        return _("A VIN has 17 signs; this one has %(count)d.") % {"count": len(vin)}
    if not _SHAPE.fullmatch(vin):
        return _("A VIN never has the letters I, O or Q. Is it a 1 or a 0?")
    if vin[_CHECK_POSITION] == check_digit(vin):
        return None
    if _has_check_digit(vin):
        return _(
            "The check digit of this VIN does not fit: a sign is mistyped. Please compare it with"
            " the vehicle."
        )
    return _(
        "The check digit of this VIN does not fit. Makers outside North America and China need not"
        " use one, so it may be right; please compare it with the vehicle."
    )


def lasting_warning(vin: str) -> str | Promise | None:
    """Say what is worth saying whenever the vehicle is looked at: what cannot be right.

    Half of Europe's vehicles have no check digit; a warning on each of them would soon be read
    by nobody.
    """
    well_formed = len(vin) == LENGTH and _SHAPE.fullmatch(vin)
    return None if well_formed and not _has_check_digit(vin) else warning(vin)


def _has_check_digit(vin: str) -> bool:
    """Say whether the maker's region (ISO 3780) must use the check digit."""
    return vin[0] in _REGIONS_WITH_CHECK_DIGIT
