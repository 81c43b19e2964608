"""Mail that comes back: its invoices are held until somebody mends the address."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunning.models import Reminder
from dunning.services import giving_back
from dunning.services.giving_back import Refusal
from dunning.services.replying import LONGEST_NOTE, NoteTooLong
from dunning.states import Reason, ReminderStatus
from invoices.models import Hold, Invoice
from invoices.services import holds
from invoices.services.locking import lock_invoices
from invoices.states import HoldKind, InvoiceStatus
from shopdisputes.actors import DESK, SYSTEM, Actor
from shopdisputes.audit import services as audit
from shopdisputes.customers.models import Customer
from shopdisputes.dates import add_business_days, local_day
from shopdisputes.errors import Conflict, Refused
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.outbox.states import EmailStatus
from shopdisputes.transitions import NotYourTransition

#: Business days within which somebody looks for another address.
_REVIEW_DAYS = 2
_LEFT = frozenset({EmailStatus.SENT, EmailStatus.IN_DOUBT, EmailStatus.FAILED})


class NotSent(Conflict):
    """It has not left, so it cannot have come back."""

    code = "mail-not-sent"
    default_message = _("This e-mail has not left, so it cannot have come back.")


class StillNoAddress(Refused):
    """There is no address to write to."""

    code = "no-address"
    default_message = _("This customer has no e-mail address.")


@transaction.atomic
def report_bounce(*, email: OutgoingEmail, note: str = "", by: Actor, at: datetime) -> list[Hold]:
    """Note that an e-mail came back, and hold what it asked for; return the new holds.

    ``note`` is what the returned mail says. A reminder's step is given back: it is taken again
    once the address is mended. The same e-mail again holds nothing twice.

    Raises:
        NotYourTransition: ``by`` does not work at the desk.
        NotSent: it has not left.
        NoteTooLong: ``note`` has more than 500 characters.
    """
    if by.role not in DESK:
        raise NotYourTransition
    note = note.strip()
    if len(note) > LONGEST_NOTE:
        raise NoteTooLong(fields={"note": NoteTooLong.default_message})
    if email.status not in _LEFT:
        raise NotSent
    placed = hold_invoices_of(email=email, reason=note, by=by, at=at)
    audit.record(
        shop=email.shop,
        action="email.bounced",
        target=email,
        repair_order_id=email.repair_order_id,
        by=by,
        at=at,
        data={"kind": email.kind, "recipient": email.recipient, "note": note},
    )
    return placed


@transaction.atomic
def address_mended(*, customer: Customer, by: Actor, at: datetime) -> int:
    """Let go of everything that was held because mail came back; return how much it was.

    Raises:
        NotYourTransition: ``by`` does not work at the desk.
        StillNoAddress: the customer has no e-mail address.
    """
    if by.role not in DESK:
        raise NotYourTransition
    if not Customer.objects.filter(pk=customer.pk).exclude(email="").exists():
        raise StillNoAddress(fields={"email": StillNoAddress.default_message})
    held = Hold.objects.filter(
        invoice__customer=customer, kind=HoldKind.UNDELIVERABLE, released_at=None
    )
    invoices = lock_invoices(Invoice.objects.filter(pk__in=held.values("invoice")))
    by_key = {invoice.pk: invoice for invoice in invoices}
    found = list(held.filter(invoice__in=by_key).order_by("invoice", "pk"))
    for hold in found:
        holds.release_locked(
            invoice=by_key[hold.invoice_id],
            hold=hold,
            reason=str(_("The address was mended.")),
            by=by,
            at=at,
        )
    return len(found)


@transaction.atomic
def hold_invoices_of(
    *, email: OutgoingEmail, reason: str, by: Actor = SYSTEM, at: datetime
) -> list[Hold]:
    """Hold the invoices that an e-mail speaks of, and return the steps of its reminders."""
    reminders = Reminder.objects.filter(email=email, status=ReminderStatus.QUEUED)
    about = Q(pk__in=reminders.values("invoice")) | Q(pk=email.target_id)
    invoices = lock_invoices(
        Invoice.objects.for_shop(email.shop).filter(about, status=InvoiceStatus.ISSUED)
    )
    there = _held_already(email)
    today = local_day(at, zone=email.shop.zone)
    placed = [
        holds.place(
            invoice=invoice,
            kind=HoldKind.UNDELIVERABLE,
            reason=reason[:500],
            subject=email.recipient[:40],
            source_id=email.pk,
            review_on=add_business_days(today, _REVIEW_DAYS, country=email.shop.country),
            even_on_nothing=True,
            by=by,
            at=at,
        )
        for invoice in invoices
        if invoice.pk not in there
    ]
    giving_back.give_back(
        refusals=[
            Refusal(
                reminder=reminder,
                invoice=invoice,
                reason=Reason.UNDELIVERABLE,
                detail=reason,
                look_on=today,
            )
            for reminder, invoice in reminders.values_list("pk", "invoice")
        ]
    )
    return placed


def _held_already(email: OutgoingEmail) -> set[UUID]:
    return set(
        Hold.objects.filter(
            source_id=email.pk, kind=HoldKind.UNDELIVERABLE, released_at=None
        ).values_list("invoice", flat=True)
    )
