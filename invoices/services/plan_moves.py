"""The steps that the acts on payment plans share; each is told a locked plan."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from invoices import collecting, emails
from invoices.models import PaymentPlan
from invoices.services import holds, ledger, positions, trail
from invoices.services.locking import lock_invoice
from invoices.states import PLAN_TRANSITIONS, HoldKind, InvoiceStatus, PlanStatus
from shopdisputes.actors import Actor
from shopdisputes.audit.models import AuditEvent
from shopdisputes.dates import local_day
from shopdisputes.errors import Conflict, Refused
from shopdisputes.links import services as links
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.outbox import queueing as outbox
from shopdisputes.signing.models import Signature


class PlanChanged(Conflict):
    """The customer looked at something else than what there is."""

    code = "plan-changed"
    default_message = _("This plan has changed since you opened the page.")


class PlanExpired(Conflict):
    """The last day to sign is over."""

    code = "plan-expired"
    default_message = _("This plan was to be signed by an earlier day. Ask for a new one.")


class PlanNoAddress(Refused):
    """The customer has no e-mail address."""

    code = "no-address"
    default_message = _(
        "This customer has no e-mail address. Add one, or let the plan be signed on the tablet."
    )


def lock(*, plan: PaymentPlan) -> PaymentPlan:
    """Lock the invoice, then the plan, and return the plan as it is now."""
    invoice = lock_invoice(plan.invoice)
    PaymentPlan.objects.lock(plan.pk)
    plan = PaymentPlan.objects.select_related("shop", "hold", "signature", "document").get(
        pk=plan.pk
    )
    plan.invoice = invoice
    return plan


def need_signable(*, plan: PaymentPlan, by: Actor, at: datetime) -> None:
    """Refuse what cannot be agreed to any more.

    Raises:
        IllegalTransition: it waits for no signature.
        PlanExpired: the last day to sign is over.
        InvoiceNotPayable: the invoice has ended.
    """
    PLAN_TRANSITIONS.target("sign", state=plan.status, by=by)
    if local_day(at, zone=plan.shop.zone) > plan.answer_by:
        raise PlanExpired
    if plan.invoice.status != InvoiceStatus.ISSUED:
        raise ledger.InvoiceNotPayable


def begin(
    *,
    plan: PaymentPlan,
    signature: Signature | None = None,
    agreed_how: str = "",
    by: Actor,
    at: datetime,
) -> None:
    """Let a locked plan run: its own hold takes the place of the one that waited for it."""
    status = PLAN_TRANSITIONS.target("sign", state=plan.status, by=by)
    invoice = plan.invoice
    release(plan=plan, reason=gettext("the plan is agreed"), by=by, at=at)
    free = collecting.standing(invoice, at=at).figures.collectible
    if free <= 0:
        raise holds.NothingOwed
    plan.hold = holds.place(
        invoice=invoice,
        kind=HoldKind.PLAN,
        # A part of it may have been paid, credited or disputed since it was offered.
        amount=min(plan.total, free),
        subject=plan.number,
        source_id=plan.pk,
        by=by,
        at=at,
    )
    plan.status, plan.signed_at = PlanStatus(status), at
    plan.signature, plan.agreed_how = signature, agreed_how
    # Where locks do nothing (SQLite), this UPDATE decides which of two answers is the first.
    won = PaymentPlan.objects.filter(pk=plan.pk, status=PlanStatus.OFFERED).update(
        status=status, signed_at=at, signature=signature, agreed_how=agreed_how, hold=plan.hold
    )
    if not won:
        raise PlanChanged
    positions.agree_anew(invoice=invoice, at=at)
    withdraw_mails(plan=plan)


def stop(*, action: str, plan: PaymentPlan, reason: str, by: Actor, at: datetime) -> None:
    """End a locked plan by an action of its table, and let go what it held.

    Raises:
        IllegalTransition, NotYourTransition: not in this state, not for this person.
        PlanChanged: somebody else was first.
    """
    before = plan.status
    status = PLAN_TRANSITIONS.target(action, state=before, by=by)
    won = PaymentPlan.objects.filter(pk=plan.pk, status=before).update(
        status=status, ended_at=at, end_reason=reason
    )
    if not won:
        raise PlanChanged
    plan.status, plan.ended_at, plan.end_reason = PlanStatus(status), at, reason
    withdraw_mails(plan=plan)
    release(plan=plan, reason=reason or str(PlanStatus(status).label), by=by, at=at)


def release(*, plan: PaymentPlan, reason: str, by: Actor, at: datetime) -> None:
    """Let go what a locked plan held."""
    hold = plan.hold
    if hold is not None and hold.released_at is None:
        holds.release_locked(invoice=plan.invoice, hold=hold, reason=reason, by=by, at=at)


def record(
    *,
    action: str,
    plan: PaymentPlan,
    data: Mapping[str, object] | None = None,
    by: Actor,
    at: datetime,
) -> AuditEvent:
    """Append an act to the plan's invoice."""
    return trail.record(
        action=action,
        invoice=plan.invoice,
        by=by,
        at=at,
        data={"plan": plan.number, **(data or {})},
    )


def mail(*, plan: PaymentPlan, by: Actor, at: datetime) -> None:
    """Mail the plan's link to its customer."""
    email = plan.invoice.customer.email
    link = give_link(plan=plan, purpose=LinkPurpose.PLAN, recipient=email, by=by, at=at)
    emails.plan_offered(plan, link=link, at=at)


def give_link(
    *, plan: PaymentPlan, purpose: LinkPurpose, recipient: str, by: Actor, at: datetime
) -> AccessLink:
    """Make a link that opens the plan for its customer."""
    customer = plan.invoice.customer
    return links.give(
        shop=plan.shop,
        purpose=purpose,
        target_id=plan.pk,
        recipient=recipient,
        recipient_name=customer.name,
        language=customer.language,
        repair_order_id=plan.invoice.repair_order_id,
        by=by,
        at=at,
    )


def withdraw_mails(*, plan: PaymentPlan) -> None:
    """Stop what asks for a signature and has not left yet."""
    outbox.withdraw(shop=plan.shop, target_id=plan.pk, kinds=emails.ASKING_TO_SIGN)
