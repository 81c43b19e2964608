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
    "dispute.offer_made": _("Offer %(offer)s made in %(number)s, worth %(amount)s"),
    "dispute.offer_accepted": _("Offer %(offer)s in %(number)s accepted by %(person)s"),
    "dispute.offer_executed": _("Offer %(offer)s in %(number)s carried out"),
    "dispute.offer_failed": _("Offer %(offer)s in %(number)s not carried out: %(reason)s"),
    "dispute.offer_refused": _("Offer %(offer)s in %(number)s refused: %(answer)s"),
    "dispute.offer_expired": _("Offer %(offer)s in %(number)s has run out"),
    "dispute.offer_taken_back": _("Open offer in %(number)s taken back"),
    "dispute.items_released": _("%(amount)s released from %(number)s: %(reason)s"),
    "dispute.escalated": _("Dispute %(number)s handed on to others: %(note)s"),
    "dispute.resolved": _("Dispute %(number)s resolved: %(note)s"),
    "dispute.rejected": _("Dispute %(number)s rejected: %(note)s"),
    "dispute.withdrawn": _("Dispute %(number)s withdrawn: %(note)s"),
    "dispute.reopened": _("Dispute %(number)s opened again: %(note)s"),
    "dispute.rework_agreed": _("%(rework)s agreed in %(number)s: it is done again"),
    "dispute.from_rework": _("Dispute %(number)s came of %(rework)s"),
    "rework.asked": _("%(number)s: %(amount)s of %(invoice)s to be done again"),
    "rework.agreed": _("%(number)s: to be done again, as agreed in %(dispute)s"),
    "rework.accepted": _("%(number)s accepted: done again on %(repair_order)s"),
    "rework.appointed": _("%(number)s: the vehicle comes on %(appointment_on)s"),
    "rework.refused": _("%(number)s refused: %(explanation)s"),
    "rework.begun": _("%(number)s begun on %(repair_order)s"),
    "rework.delivered": _("%(number)s done again, to be checked until %(check_until)s: %(note)s"),
    "rework.confirmed": _("%(number)s: in order, says the customer"),
    "rework.taken_as_confirmed": _("%(number)s: nothing more heard, taken as in order"),
    "rework.not_fixed": _("%(number)s: still not right: %(note)s"),
    "rework.closed": _("%(number)s closed as it is, without prejudice"),
    "rework.called_off": _("%(number)s called off: %(note)s"),
    "rework.disputed": _("%(number)s became dispute %(dispute)s"),
    "rework.supplement_drafted": _("Estimate %(estimate)s drafted for what %(number)s leaves out"),
    "chargeback.recorded": _("%(number)s: the bank asks about %(amount)s of %(payment)s"),
    "chargeback.divided": _("%(number)s divided among the invoices"),
    "chargeback.funds_withdrawn": _("%(number)s: the bank took %(amount)s"),
    "chargeback.funds_reinstated": _("%(number)s: the bank gave %(amount)s back"),
    "chargeback.submitted": _("%(number)s: evidence handed in"),
    "chargeback.asked_again": _("%(number)s: the bank asks for evidence again"),
    "chargeback.withdrawn_by_customer": _(
        "%(number)s: withdrawn on %(withdrawn_on)s, the customer says"
    ),
    "chargeback.counted_down": _("%(number)s: evidence due in %(days_left)s days, the shop told"),
    "chargeback.won": _("%(number)s won, %(amount)s"),
    "chargeback.lost": _("%(number)s lost, %(amount)s"),
    "chargeback.accepted": _("%(number)s: the shop gave in, %(amount)s"),
    "chargeback.closed": _("%(number)s closed by the bank"),
    "chargeback.let_go": _("%(amount)s of %(number)s can be asked for again: %(reason)s"),
    "dispute_reason.saved": _("Reason of disputes saved: %(code)s"),
}
