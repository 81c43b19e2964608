"""One-time codes: six digits mailed to the holder of a link, derived and never stored."""

import hmac
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from shopdisputes.errors import Refused
from shopdisputes.links.models import AccessLink
from shopdisputes.signing.models import EmailCode

LIFE = timedelta(minutes=10)
TRIES = 5
CODES_PER_HOUR = 3
_SALT = "shopdisputes.signing.codes"


class WrongCode(Refused):
    """These are not the digits that were mailed last."""

    code = "wrong-code"
    default_message = _("This is not the code that we sent you last.")


class CodeExpired(Refused):
    """The code is too old, or none was asked for."""

    code = "code-expired"
    default_message = _("This code is no longer valid. Ask for a new one.")


class TooManyTries(Refused):
    """The code was guessed at too often; only a new one helps."""

    code = "too-many-tries"
    default_message = _("Too many wrong codes. Ask for a new one.")


class TooManyCodes(Refused):
    """Three codes have been mailed within the hour."""

    code = "too-many-codes"
    default_message = _("We have sent three codes within the hour. Try again later.")


def digits_of(code: EmailCode) -> str:
    """Return the six digits of a code; only the e-mail that carries them may show them."""
    digest = salted_hmac(_SALT, str(code.pk), algorithm="sha256").digest()
    return f"{int.from_bytes(digest[:8], 'big') % 1_000_000:06d}"


@transaction.atomic
def issue(*, link: AccessLink, at: datetime) -> EmailCode:
    """Make a new code for a link, valid for ten minutes; it replaces the one before.

    Raises:
        TooManyCodes: three were made within the last hour.
    """
    # Two requests at once must not both see room for the third.
    AccessLink.objects.select_for_update(of=("self",)).filter(pk=link.pk).values("pk").first()
    codes = EmailCode.objects.filter(link=link)
    if codes.filter(created_at__gt=at - timedelta(hours=1)).count() >= CODES_PER_HOUR:
        raise TooManyCodes(fields={"code": TooManyCodes.default_message})
    return EmailCode.objects.create(
        shop_id=link.shop_id, link=link, created_at=at, expires_at=at + LIFE
    )


def verify(*, link: AccessLink, digits: str, at: datetime) -> EmailCode:
    """Check what a person typed against the newest code of their link; a right one is noted.

    Must not run inside another transaction: a wrong try has to stay counted when the caller's
    own work is rolled back. Call it before the transaction that signs. The right digits may
    come again (a double click) for as long as the code lives.

    Raises:
        WrongCode: other digits; the try is counted.
        CodeExpired: older than ten minutes, or no code was made.
        TooManyTries: five wrong ones.
    """
    with transaction.atomic(durable=True):
        problem = _try(link, digits, at)
    if isinstance(problem, Refused):
        raise problem
    return problem


def _try(link: AccessLink, digits: str, at: datetime) -> EmailCode | Refused:
    code = EmailCode.objects.filter(link=link).order_by("-created_at", "-pk").first()
    if code is None or at >= code.expires_at:
        return CodeExpired(fields={"code": CodeExpired.default_message})
    row = EmailCode.objects.filter(pk=code.pk)
    # The try is taken before it is looked at: guesses made at the same moment count each.
    if not row.filter(attempts__lt=TRIES).update(attempts=F("attempts") + 1):
        return TooManyTries(fields={"code": TooManyTries.default_message})
    typed = "".join(character for character in digits if character.isdigit())
    if not hmac.compare_digest(typed.encode(), digits_of(code).encode()):
        return WrongCode(fields={"code": WrongCode.default_message})
    row.update(attempts=F("attempts") - 1)
    row.filter(verified_at=None).update(verified_at=at)
    return row.get()
