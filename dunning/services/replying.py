"""A customer who answers is not reminded while somebody reads it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from invoices.models import Hold, Invoice
from invoices.services import holds
from invoices.services.locking import lock_invoices
from invoices.states import HoldKind
from shopdisputes.actors import DESK, Actor
from shopdisputes.customers.models import Customer
from shopdisputes.dates import add_business_days, end_of_day, local_day
from shopdisputes.errors import Refused
from shopdisputes.transitions import NotYourTransition

#: Business days for reading what a customer wrote and answering it.
ANSWER_DAYS = 2
LONGEST_NOTE = 500


class NoteTooLong(Refused):
    """It does not fit beside a hold."""

    code = "note-too-long"
    default_message = _("At most 500 characters.")


@transaction.atomic
def note_reply(*, customer: Customer, note: str, by: Actor, at: datetime) -> list[Hold]:
    """Hold every open invoice of a customer who replied, for two business days.

    Return the new holds; an invoice that is held as long for a reply already gets no other one.

    Raises:
        NotYourTransition: ``by`` does not work at the desk.
        NoteTooLong: ``note`` has more than 500 characters.
        NothingOwed: the customer has no open invoice.
    """
    if by.role not in DESK:
        raise NotYourTransition
    note = note.strip()
    if len(note) > LONGEST_NOTE:
        raise NoteTooLong(fields={"note": NoteTooLong.default_message})
    shop = customer.shop
    last = add_business_days(local_day(at, zone=shop.zone), ANSWER_DAYS, country=shop.country)
    until = end_of_day(last, zone=shop.zone)
    lock_invoices(Invoice.objects.filter(customer=customer).open_items())
    # What was paid while the locks were waited for is not held.
    invoices = list(
        Invoice.objects.filter(customer=customer).open_items().with_everything().order_by("pk")
    )
    if not invoices:
        raise holds.NothingOwed
    there = set(
        Hold.objects.filter(
            invoice__in=invoices,
            kind=HoldKind.REPLY_PENDING,
            source_id=None,
            expires_at__gte=until,
            released_at=None,
        ).values_list("invoice", flat=True)
    )
    return [
        holds.place(
            invoice=invoice,
            kind=HoldKind.REPLY_PENDING,
            reason=note,
            review_on=last,
            expires_at=until,
            even_on_nothing=True,
            by=by,
            at=at,
        )
        for invoice in invoices
        if invoice.pk not in there
    ]
