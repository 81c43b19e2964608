"""What a reminder that has not left yet would say, if it left now."""

from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from dunning import emails, items
from dunning.documents import letters
from dunning.emails import Wording
from dunning.models import Reminder
from dunning.states import Channel, ReminderStatus
from invoices.models import Invoice, settings_of
from shopdisputes.dates import local_day
from shopdisputes.outbox.queueing import link_mark

#: What stands for the link, which is made when a mail leaves.
_LINK = UUID(int=0)


def now(reminder: Reminder, *, at: datetime) -> Wording | None:
    """Word a reminder with the figures of the moment, and the others that share its e-mail.

    None: it is a call, or nothing can be asked for at present.
    """
    if reminder.channel == Channel.CALL:
        return None
    on_paper = reminder.channel == Channel.LETTER
    told = items.of(_together(reminder), link_id=None if on_paper else _LINK, at=at).values()
    found = [each for each in told if each.amount > 0]
    if not found:
        return None
    shop, customer, step = reminder.shop, reminder.customer, reminder.step
    language = customer.language
    subject, body = letters.words_of(shop, template=step.template, language=language)
    today = local_day(at, zone=shop.zone)
    days = step.pay_within_days
    wording = emails.worded(
        emails.Letter(
            shop=shop,
            billing=settings_of(shop),
            language=language,
            customer_name=customer.name,
            subject=subject,
            body=body,
            items=found,
            today=today,
            pay_by=today + timedelta(days=days) if days else None,
            on_paper=on_paper,
        )
    )
    link = _("(the customer's own link is put in when the mail leaves)")
    return Wording(
        subject=wording.subject,
        text=wording.text.replace(link_mark(_LINK), link),
        html=wording.html,
    )


def _together(reminder: Reminder) -> list[Invoice]:
    if reminder.email_id is None:
        return [reminder.invoice]
    others = Reminder.objects.for_shop(reminder.shop).filter(
        email=reminder.email_id, status=ReminderStatus.QUEUED
    )
    return list(
        Invoice.objects.for_shop(reminder.shop)
        .filter(pk__in=[reminder.invoice_id, *others.values_list("invoice", flat=True)])
        .select_related("shop")
        .order_by("due_on", "id")
    )
