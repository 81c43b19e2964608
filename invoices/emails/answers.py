"""Mails about what customers promise, agree to and claim."""

from datetime import datetime
from typing import Any

from invoices.emails.addressing import about_invoice, about_invoice_to_shop
from invoices.models import Claim, PaymentPlan, Promise
from shopdisputes.links.models import AccessLink
from shopdisputes.outbox.models import OutgoingEmail

#: Untrue as soon as the plan is signed, declined or taken back; their target is the plan.
ASKING_TO_SIGN = ("plan_offered",)


def promise_noted(
    promise: Promise, *, link: AccessLink | None = None, at: datetime
) -> OutgoingEmail | None:
    """Repeat to the customer what was promised."""
    return about_invoice(
        promise.invoice,
        "promise_noted",
        key=promise.pk,
        link=link,
        context={"promise": promise},
        at=at,
    )


def promise_broken(promise: Promise, *, at: datetime) -> None:
    """Tell the shop that a promise was not kept, or only in part."""
    about_invoice_to_shop(
        promise.invoice, "promise_broken", key=promise.pk, context={"promise": promise}, at=at
    )


def plan_offered(plan: PaymentPlan, *, link: AccessLink, at: datetime) -> OutgoingEmail | None:
    """Put a payment plan before the customer, to be signed."""
    return about_invoice(
        plan.invoice,
        "plan_offered",
        key=link.pk,
        link=link,
        context=_plan(plan),
        target_id=plan.pk,
        at=at,
    )


def plan_signed(
    plan: PaymentPlan, *, link: AccessLink | None = None, at: datetime
) -> OutgoingEmail | None:
    """Mail the customer what was agreed; a signed copy waits until its PDF is sealed."""
    return about_invoice(
        plan.invoice,
        "plan_signed",
        key=plan.pk,
        link=link,
        context=_plan(plan),
        attachments=[plan.document],
        target_id=plan.pk,
        at=at,
    )


def plan_answered(plan: PaymentPlan, *, at: datetime) -> None:
    """Tell the shop that the customer signed the plan, or does not want it."""
    about_invoice_to_shop(
        plan.invoice, "plan_answered", key=plan.pk, context=_plan(plan), target_id=plan.pk, at=at
    )


def claim_received(
    claim: Claim, *, link: AccessLink | None = None, at: datetime
) -> OutgoingEmail | None:
    """Tell the customer that what was said has arrived, and what is not asked for meanwhile."""
    return about_invoice(
        claim.invoice,
        "claim_received",
        key=claim.pk,
        link=link,
        context=_claim(claim) | {"held": claim.hold.amount},
        at=at,
    )


def claim_made(claim: Claim, *, at: datetime) -> None:
    """Tell the shop what the customer says about an invoice."""
    about_invoice_to_shop(claim.invoice, "claim_made", key=claim.pk, context=_claim(claim), at=at)


def claim_answered(
    claim: Claim, *, link: AccessLink | None = None, at: datetime
) -> OutgoingEmail | None:
    """Tell the customer the shop's answer."""
    return about_invoice(
        claim.invoice, "claim_answered", key=claim.pk, link=link, context=_claim(claim), at=at
    )


def _plan(plan: PaymentPlan) -> dict[str, Any]:
    return {"plan": plan, "instalments": list(plan.instalments.order_by("position"))}


def _claim(claim: Claim) -> dict[str, Any]:
    return {"claim": claim, "file_count": claim.files.count()}
