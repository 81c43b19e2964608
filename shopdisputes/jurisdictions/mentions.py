"""Sentences that a place asks for on estimates and invoices, in the words of this product."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_MENTIONS: Mapping[str, str | Promise] = {
    "no_work_without_agreement": _(
        "We do nothing, and bill nothing, beyond what you authorize. If more turns out to be"
        " needed, you get a new estimate first."
    ),
    "part_condition_stated": _(
        "Each part is marked as new, used, rebuilt, original equipment or aftermarket. A part"
        " without a mark is new."
    ),
    "replaced_parts_returned": _(
        "Parts that we replace are yours: ask for them now, and they are kept for you, except"
        " parts under warranty or exchange."
    ),
    "reused_parts_offered": _(
        "For some parts you may choose reused ones (circular economy) instead of new ones. Ask us."
    ),
    "teardown_explained": _(
        "Where the vehicle must be taken apart to find the fault, the line says what that costs,"
        " what putting it together again costs, how long that takes at most, which parts are"
        " destroyed by it, and whether it may be impossible to restore."
    ),
    "consumer_mediator": _(
        "If we do not find an agreement, you may turn to the consumer mediator named on this"
        " document, free of charge."
    ),
    "authorization_on_each_line": _(
        "Each line says when and how you authorized it, or why it stands without that."
    ),
    "contest_the_part_that_is_wrong": _(
        "If you think that a part of this is wrong, tell us which line and why. You can pay the"
        " rest; paying it is no agreement to what you contest."
    ),
    "goods_and_services": _("This bill is for services and for the goods used for them."),
    "no_discount_for_early_payment": _("No discount is given for early payment."),
    "late_payment_by_businesses": _(
        "A business that pays late owes interest on arrears and a fixed 40 euros for the costs of"
        " recovery. Consumers do not owe this charge."
    ),
    "no_storage_during_dispute": _(
        "No storage is charged for days on which the charges for the repair are disputed."
    ),
    "demand_pay_part_or_plan": _(
        "If you cannot pay at once, tell us before that day: we may agree on instalments."
    ),
    "demand_contest_with_reasons": _(
        "If you think that something is wrong, tell us which line and why before that day, and"
        " pay the rest. What you contest is not asked for while we look at it."
    ),
    "demand_court_may_follow": _(
        "Without payment or answer by that day we may ask the competent court for the amount that"
        " is then still owed."
    ),
    "demand_starts_legal_interest": _(
        "From this formal demand on, interest at the legal rate runs on the amount that is owed"
        " (articles 1231-6 and 1344-1 of the Civil Code of France)."
    ),
    "demand_payment_order_may_follow": _(
        "Without payment or answer by that day we may turn to the competent court, for instance"
        " with a request for an order to pay (injonction de payer)."
    ),
    "demand_claim_before_court": _(
        "This is a claim before going to court. Without payment or answer by that day we may ask"
        " the court for the debt, for interest under article 395 of the Civil Code of the Russian"
        " Federation and for the costs of the court."
    ),
    "checked_at_collection": _(
        "Look at the vehicle and the work when you collect it, and have your remarks written into"
        " the hand-over record."
    ),
    "cash_register_receipt": _("For what you pay as a consumer you get a cash register receipt."),
}


def keys() -> frozenset[str]:
    """Return every key that a profile may use."""
    return frozenset(_MENTIONS)


def for_estimate(frozen_profile: Mapping[str, Any]) -> list[str]:
    """Return the sentences of a repair order's frozen profile, in the active language."""
    return [str(_MENTIONS[key]) for key in frozen_profile["mentions"]]


def for_invoice(frozen_profile: Mapping[str, Any]) -> list[str]:
    """Return the sentences for an invoice, in the active language.

    A profile that was frozen before invoices had any says none.
    """
    return [str(_MENTIONS[key]) for key in frozen_profile.get("invoice_mentions", ())]


def for_demand(frozen_profile: Mapping[str, Any], *, of_consumer: bool) -> list[str]:
    """Return the sentences for a formal demand, in the active language; none where none are set.

    Mediation is offered to consumers alone.
    """
    late = frozen_profile.get("late") or {}
    return [
        str(_MENTIONS[key])
        for key in late.get("demand_mentions", ())
        if of_consumer or key != "consumer_mediator"
    ]
