"""What happened to ladders and reminders, in words for the timeline.

``%(name)s`` stands for the event's data; what an event does not carry stays empty.
"""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: Mapping[str, str | Promise] = {
    "ladder.created": _("Ladder “%(name)s” made"),
    "ladder.changed": _("Ladder “%(name)s” changed, version %(version)s"),
    "ladder.renamed": _("Ladder “%(old)s” is now called “%(name)s”"),
    "ladder.made_default": _("Ladder “%(name)s” is used unless told otherwise"),
    "ladder.retired": _("Ladder “%(name)s” retired"),
    "ladder.brought_back": _("Ladder “%(name)s” brought back"),
    "reminder_text.changed": _("Text of reminders changed, version %(version)s"),
    "reminders.paused": _("All reminders paused: %(reason)s"),
    "reminders.resumed": _("Reminders leave again"),
    "customer.ladder_chosen": _("Ladder of the customer chosen"),
    "customer.reminders_stopped": _("The customer gets no reminders"),
    "reminder.approved": _("Reminder of %(number)s over %(amount)s approved"),
    "reminder.skipped": _("Reminder of %(number)s skipped"),
    "email.bounced": _("E-mail to %(recipient)s came back"),
    "reminder.posted": _("Letter about %(number)s over %(amount)s posted"),
    "reminder.called": _("Call about %(number)s noted"),
    "invoice.fee_claimed": _("Charge of %(amount)s for being late claimed on %(number)s"),
    "invoice.fee_waived": _("Charge of %(amount)s for being late waived on %(number)s: %(reason)s"),
    "reminder.asked_for": _("Step %(step)s of %(number)s taken at once"),
    "dunning.resumed": _("Steps of %(number)s go on"),
    "dunning.restarted": _("Steps of %(number)s begun anew"),
    "dunning.stopped": _("Steps of %(number)s stopped: %(reason)s"),
}
