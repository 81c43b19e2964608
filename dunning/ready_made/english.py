"""The ready-made texts in English."""

# ruff: noqa: E501 - a paragraph of a mail is one line

from collections.abc import Mapping

from dunning.ready_made.wording import Wording
from dunning.states import Template

ENGLISH: Mapping[Template, Wording] = {
    Template.PREVENTIVE: Wording(
        "To be paid by #due_on: #number",
        """Hello #customer,

Thank you for coming to #shop. This is a short note before the due day, so that nothing comes as a surprise:

#items

#amount is to be paid by #due_on. If you have paid in the meantime, there is nothing left to do.

#disputed_note

#promise_note

#link

#how_to_pay

If a line, a price or our work is not as agreed, tell us now: what is in question is set aside until it is cleared up.

#contact

Kind regards
#shop""",
    ),
    Template.FRIENDLY: Wording(
        "A reminder: #number",
        """Hello #customer,

Perhaps it slipped by: we have not found your payment yet.

#items

Please pay #amount in the next few days. If your payment is on its way, there is nothing left to do.

#disputed_note

#promise_note

#fee_note

#link

#how_to_pay

If something is not as agreed, tell us, and we look at it together.

#contact

Kind regards
#shop""",
    ),
    Template.SOMETHING_WRONG: Wording(
        "Is something wrong? #number",
        """Hello #customer,

#amount is still open with us, and we have not heard from you. Is something wrong with the invoice or with our work? Then we would like to know, so that we can put it right.

#items

There are three ways to go on:
- Everything is in order: please pay #amount.
- Something is wrong: say which line and why. You need not pay that part while we look at it.
- You cannot pay all of it at once: tell us which day or which instalments suit you.

#disputed_note

#promise_note

#fee_note

#link

#how_to_pay

#contact

Kind regards
#shop""",
    ),
    Template.LAST: Wording(
        "Last reminder, please pay by #pay_by: #number",
        """Hello #customer,

This is our last reminder for:

#items

Please pay #amount by #pay_by.

#disputed_note

#promise_note

#fee_note

#link

#how_to_pay

If you cannot pay all of it by then, or if you think that a part of it is not owed, tell us before #pay_by. We will find a way with you. If we hear nothing, a person here will look at your account after that day and decide how to go on.

#contact

Kind regards
#shop""",
    ),
    Template.FORMAL_DEMAND: Wording(
        "Formal demand for payment by #pay_by: #number",
        """Dear #customer,

In spite of our reminders, what follows is still unpaid:

#items

We formally demand payment of #amount by #pay_by.

#disputed_note

#promise_note

#fee_note

#how_to_pay

If you have paid in the meantime, please send us the day and the reference of the payment. If you contest a part of this, write to us by #pay_by which line and why: that part is not asked for while it is under review.

#link

#contact

Yours sincerely
#shop""",
    ),
    Template.CALL: Wording(
        "Call #customer about #number",
        """Good day, this is #shop. I am calling about an open invoice. Do you have two minutes?

#items

#amount is open, since #due_on. Have the invoice and our reminder reached you? Is everything in order with the car and with the invoice?

Listen first. Then:
- Already paid: ask for the day and the reference, and note it.
- Something is wrong: write down which line and why, in the customer's words. Do not argue about it now; that part is set aside.
- Cannot pay now: agree on a day and an amount, or on instalments, and note the promise.
- Wants to pay: offer to send the link again.

#disputed_note

#promise_note

#fee_note

#how_to_pay""",
    ),
}
