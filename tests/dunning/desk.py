"""Reminders that wait for the desk, and what is done with them, made short."""

from typing import Any

from django.urls import reverse

from dunning.models import Reminder
from shopdisputes.shops.models import Shop
from tests.factories import DunningPositionFactory, InvoiceFactory, ReminderFactory


def waiting(shop: Shop, **of_it: Any) -> Reminder:
    """A reminder that waits for approval, of an invoice that stands on the shop's ladder."""
    invoice = InvoiceFactory(shop=shop, issued=True)
    DunningPositionFactory(invoice=invoice, look_on=None)
    made: Reminder = ReminderFactory(invoice=invoice, awaiting=True, **of_it)
    return made


def again(reminder: Reminder) -> Reminder:
    """The reminder as it is now."""
    found: Reminder = Reminder.objects.with_everything().get(pk=reminder.pk)
    return found


def on(reminder: Reminder, act: str) -> str:
    """The address of an act on a reminder."""
    return reverse(f"reminder-{act}", args=[reminder.pk])
