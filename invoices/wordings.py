"""What happened to money, work and vehicles, in words for the timeline.

``%(name)s`` stands for the event's data; what an event does not carry stays empty.
"""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: Mapping[str, str | Promise] = {
    "invoice.drafted": _("Draft of an invoice written, %(total)s"),
    "invoice.changed": _("Draft of an invoice changed, now %(total)s"),
    "invoice.discarded": _("Draft of an invoice thrown away"),
    "invoice.issued": _("Invoice %(number)s issued, %(total)s"),
    "invoice.sent": _("Invoice %(number)s mailed again to %(to)s"),
    "invoice.paid": _("Invoice %(number)s is settled"),
    "invoice.credited": _("Credit note %(credit_note)s over %(amount)s on %(number)s"),
    "invoice.voided": _("Invoice %(number)s voided"),
    "invoice.written_off": _("Invoice %(number)s written off"),
    "invoice.recovered": _("Write-off of %(number)s taken back"),
    "invoice.held": _("%(amount)s of %(number)s held back"),
    "invoice.released": _("Held amount of %(number)s let go"),
    "invoice.signed": _("Receipt of %(number)s signed by %(person)s"),
    "payment.recorded": _("Payment %(number)s received, %(amount)s"),
    "payment.allocated": _("%(amount)s of payment %(number)s put on %(invoice)s"),
    "payment.unallocated": _("%(amount)s of payment %(number)s taken off %(invoice)s"),
    "payment.refunded": _("%(amount)s of payment %(number)s given back"),
    "payment.annulled": _("Payment %(number)s annulled"),
    "promise.made": _("Promise to pay %(amount)s on %(number)s by %(promised_on)s"),
    "promise.kept": _("Promise to pay on %(number)s kept"),
    "promise.partly_kept": _("Promise to pay on %(number)s kept in part: %(paid)s of %(amount)s"),
    "promise.broken": _("Promise to pay on %(number)s not kept"),
    "promise.withdrawn": _("Promise to pay on %(number)s withdrawn"),
    "plan.offered": _("Payment plan %(plan)s offered for %(number)s"),
    "plan.signed": _("Payment plan %(plan)s agreed for %(number)s"),
    "plan.declined": _("Payment plan %(plan)s for %(number)s declined"),
    "plan.withdrawn": _("Payment plan %(plan)s for %(number)s withdrawn"),
    "plan.lapsed": _("Payment plan %(plan)s for %(number)s not signed in time"),
    "plan.ended": _("Payment plan %(plan)s for %(number)s ended"),
    "plan.completed": _("Payment plan %(plan)s for %(number)s paid in full"),
    "claim.made": _("Customer says something about %(number)s"),
    "claim.answered": _("Customer answered about %(number)s"),
    "work.noted": _("Work noted: %(description)s"),
    "stop.recorded": _("Repair stopped by the customer"),
    "stop.described": _("State of the stopped vehicle corrected"),
    "stop.offered": _("Ways to go on put before the customer"),
    "stop.chosen": _("Customer chose how the stopped repair ends"),
    "stop.lifted": _("Repair goes on"),
    "storage.notified": _("Storage of the vehicle announced"),
    "storage.suspended": _("Storage suspended"),
    "storage.resumed": _("Storage counts again"),
    "storage.stopped": _("Storage ended"),
    "vehicle.handed_over": _("Vehicle handed over to %(collected_by)s"),
    "bank.imported": _("Bank statement %(name)s taken in"),
    "bank.booked": _("Bank transfer booked as payment %(number)s"),
    "bank.ignored": _("Bank transfer set aside"),
    "bank.reopened": _("Bank transfer taken back to be decided"),
    "billing.changed": _("Billing settings changed"),
    "statement.sent": _("Statement of open items mailed to %(to)s"),
}
