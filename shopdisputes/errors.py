"""How the business says no: errors with a stable code, a message, and where they belong."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """The business refuses. The caller shows ``message``; nothing was changed.

    ``code`` is kebab-case and never changes: programs rely on it. ``fields`` maps a field's
    name to what is wrong with it, ``details`` carries plain data for programs.
    """

    code: ClassVar[str] = "refused"
    default_message: ClassVar[str | Promise] = _("This cannot be done.")

    def __init__(
        self,
        message: str | Promise | None = None,
        *,
        fields: Mapping[str, str | Promise] | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        self.message = message or self.default_message
        self.fields = dict(fields or {})
        self.details = dict(details or {})
        super().__init__(str(self.message))


class Refused(DomainError):
    """Well-formed but refused: what was asked can never be right as it stands (HTTP 422)."""


class Conflict(DomainError):
    """Not allowed in the present state, or somebody else was first (HTTP 409)."""

    code = "conflict"


class ChangedMeanwhile(Conflict):
    """Somebody else saved what a page shows since it was shown."""

    code = "changed-meanwhile"
    default_message = _(
        "Somebody else saved this draft after you opened it. Yours was not saved, and nothing you "
        "typed is lost. Look at the saved draft in another window; saving again replaces it."
    )


class Forbidden(DomainError):
    """This person may not do this (HTTP 403)."""

    code = "forbidden"
    default_message = _("You are not allowed to do this.")


class Unavailable(DomainError):
    """Something that is needed is away just now; later the same may be done (HTTP 503)."""

    code = "unavailable"
    default_message = _("This cannot be done just now. Try again in a minute.")
