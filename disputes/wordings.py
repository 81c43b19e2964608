"""What happened in disputes, in words for the timeline.

``%(name)s`` stands for the event's data; what an event does not carry stays empty.
"""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: Mapping[str, str | Promise] = {
    "dispute.opened": _("Dispute %(number)s opened, %(amount)s contested"),
    "dispute.accepted": _("Dispute %(number)s taken up"),
    "dispute.said": _("Message to the customer in %(number)s"),
    "dispute.noted": _("Note in %(number)s"),
    "dispute.asked": _("Question to the customer in %(number)s"),
    "dispute.answered": _("The customer wrote in %(number)s"),
    "dispute.follow_up_added": _("Follow-up of %(number)s set for %(due_on)s"),
    "dispute.follow_up_changed": _("Follow-up of %(number)s changed, now %(due_on)s"),
    "dispute.follow_up_finished": _("Follow-up of %(number)s finished"),
    "dispute.resolver_told": _("%(to)s asked about %(number)s"),
    "dispute.resolver_chased": _("%(to)s reminded of %(number)s"),
    "dispute.resolver_answered": _("The resolver answered in %(number)s"),
    "dispute.answer_taken": _("The resolver's answer taken over into %(number)s"),
    "dispute.answer_refused": _("The resolver's answer in %(number)s not taken over: %(note)s"),
    "dispute.handed_over": _("Dispute %(number)s handed to %(to)s"),
    "dispute.offer_taken_back": _("Open offer in %(number)s taken back"),
    "dispute.items_released": _("%(amount)s released from %(number)s: %(reason)s"),
    "dispute.escalated": _("Dispute %(number)s handed on to others: %(note)s"),
    "dispute.resolved": _("Dispute %(number)s resolved: %(note)s"),
    "dispute.rejected": _("Dispute %(number)s rejected: %(note)s"),
    "dispute.withdrawn": _("Dispute %(number)s withdrawn: %(note)s"),
    "dispute.reopened": _("Dispute %(number)s opened again: %(note)s"),
    "dispute_reason.saved": _("Reason of disputes saved: %(code)s"),
}
