"""Who did it: every service is told, and every audit event keeps it."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """In which capacity somebody acts."""

    OWNER = "owner", _("Owner")
    MANAGER = "manager", _("Manager")
    ADVISOR = "advisor", _("Service advisor")
    TECHNICIAN = "technician", _("Technician")
    CUSTOMER = "customer", _("Customer")
    RESOLVER = "resolver", _("Resolver")
    ADMINISTRATOR = "administrator", _("Administrator")
    SYSTEM = "system", _("System")


#: People who work at the front desk and may deal with customers' money and consent.
DESK = frozenset({Role.OWNER, Role.MANAGER, Role.ADVISOR})
#: Everybody employed by the shop.
STAFF = DESK | {Role.TECHNICIAN}
#: Those who may change how the shop works.
MANAGEMENT = frozenset({Role.OWNER, Role.MANAGER})


@dataclass(frozen=True, kw_only=True)
class Actor:
    """A person or the clockwork, as seen at the moment of acting.

    ``name`` is what the timeline shows; ``ip_address`` and ``user_agent`` are empty when the
    act did not come over the web.
    """

    role: Role
    name: str
    user_id: UUID | None = None
    ip_address: str = ""
    user_agent: str = ""


#: The clockwork: expiry, reminders, typesetting.
SYSTEM = Actor(role=Role.SYSTEM, name="ShopDisputes")
