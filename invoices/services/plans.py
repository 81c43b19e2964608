"""Payment plans: offered, signed or agreed otherwise, declined, taken back, ended."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from invoices import collecting, documents, emails
from invoices.models import Instalment, Invoice, PaymentPlan, settings_of
from invoices.services import holds, ledger, plan_moves, plan_terms, signatures
from invoices.services.locking import lock_invoice
from invoices.services.reasons import reason_of
from invoices.states import TRANSITIONS, HoldKind, PlanStatus
from shopdisputes.actors import Actor, Role
from shopdisputes.canonical import sha256_hex
from shopdisputes.dates import end_of_day, local_day
from shopdisputes.errors import Conflict, Refused
from shopdisputes.links import services as links
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.money import format_money
from shopdisputes.shops import numbering
from shopdisputes.signing.models import TextCode
from shopdisputes.signing.services import DrawnSignature, Sentence

ACT = "payment_plan"
SERIES = "PLAN"
_LONGEST_HOW = 300
_LONGEST_REASON = 500


class PlanInForce(Conflict):
    """The invoice has a plan that is offered or running."""

    code = "plan-in-force"
    default_message = _("This invoice has a payment plan already.")


class HowMissing(Refused):
    """It is not said how the plan was agreed."""

    code = "how-missing"
    default_message = _("Write how the plan was agreed: who, when, on paper or in which call.")


@transaction.atomic
def offer(
    *,
    invoice: Invoice,
    instalments: Sequence[tuple[date, Decimal]],
    note: str = "",
    by_email: bool = True,
    by: Actor,
    at: datetime,
) -> PaymentPlan:
    """Offer to take what can be asked for in parts, each with its day and amount.

    Until it is signed, by the shop's last day for it, the whole is held. With ``by_email`` its
    link is mailed; without, it is signed on the shop's tablet or agreed on paper or orally.

    Raises:
        IllegalTransition: the invoice is not issued.
        PlanInForce: it has a plan that is offered or running.
        NothingOwed: there is nothing that could be asked for.
        InstalmentsRefused: at ``instalments`` or ``instalments.<index>.due_on`` or ``.amount``.
        SumWrong: they do not sum to what can be asked for.
        NoteTooLong, PlanNoAddress: as they say.
    """
    invoice = lock_invoice(invoice)
    shop = invoice.shop
    TRANSITIONS.target("hold", state=invoice.status, by=by)
    if invoice.plans.filter(status__in=[PlanStatus.OFFERED, PlanStatus.ACTIVE]).exists():
        raise PlanInForce
    total = collecting.standing(invoice, at=at).figures.collectible
    if total <= 0:
        raise holds.NothingOwed
    today = local_day(at, zone=shop.zone)
    plan_terms.check(instalments, today=today)
    plan_terms.check_sum(instalments, total=total, invoice=invoice)
    note = note.strip()
    if len(note) > plan_terms.LONGEST_NOTE:
        raise plan_terms.NoteTooLong(fields={"note": plan_terms.NoteTooLong.default_message})
    if by_email and not invoice.customer.email:
        raise plan_moves.PlanNoAddress(fields={"email": plan_moves.PlanNoAddress.default_message})
    # To be signed before the first part is due.
    answer_by = min(today + timedelta(days=settings_of(shop).plan_answer_days), instalments[0][0])
    plan = PaymentPlan(
        pk=uuid.uuid4(),
        shop=shop,
        invoice=invoice,
        number=numbering.next_number(shop=shop, series=SERIES, year=today.year),
        total=total,
        after_entry=ledger.last_sequence(invoice),
        note=note,
        answer_by=answer_by,
        created_at=at,
        created_by=by.name,
        sent_to=invoice.customer.email if by_email else "",
    )
    parts = [
        Instalment(shop=shop, plan=plan, position=position, due_on=due_on, amount=amount)
        for position, (due_on, amount) in enumerate(instalments, start=1)
    ]
    plan.canonical_json = plan_terms.text_of(plan, parts)
    plan.sha256 = sha256_hex(plan.canonical_json)
    plan.hold = holds.place(
        invoice=invoice,
        kind=HoldKind.REPLY_PENDING,
        amount=total,
        subject=plan.number,
        source_id=plan.pk,
        expires_at=end_of_day(answer_by, zone=shop.zone),
        by=by,
        at=at,
    )
    plan.save(force_insert=True)
    Instalment.objects.bulk_create(parts)
    plan.document = documents.payment_plan(plan, at=at)
    PaymentPlan.objects.filter(pk=plan.pk).update(document=plan.document)
    plan_moves.record(
        action="plan.offered",
        plan=plan,
        data={"parts": len(parts), "total": str(total)},
        by=by,
        at=at,
    )
    if by_email:
        plan_moves.mail(plan=plan, by=by, at=at)
    return plan


@transaction.atomic
def resend(*, plan: PaymentPlan, by: Actor, at: datetime) -> PaymentPlan:
    """Mail an offered plan once more, with a new link, to the address now on file.

    Raises:
        IllegalTransition: it does not wait for a signature.
        PlanExpired: the last day to sign is over.
        PlanNoAddress: the customer has no e-mail address.
    """
    plan = plan_moves.lock(plan=plan)
    plan_moves.need_signable(plan=plan, by=by, at=at)
    customer = plan.invoice.customer
    if not customer.email:
        raise plan_moves.PlanNoAddress(fields={"email": plan_moves.PlanNoAddress.default_message})
    links.revoke_for_target(shop=plan.shop, target_id=plan.pk, by=by, at=at)
    plan_moves.withdraw_mails(plan=plan)
    PaymentPlan.objects.filter(pk=plan.pk).update(sent_to=customer.email)
    plan.sent_to = customer.email
    plan_moves.mail(plan=plan, by=by, at=at)
    return plan


@transaction.atomic
def open_in_person(*, plan: PaymentPlan, by: Actor, at: datetime) -> AccessLink:
    """Make the one-hour link with which the customer signs on the shop's own tablet.

    Raises:
        IllegalTransition: it does not wait for a signature.
        PlanExpired: the last day to sign is over.
    """
    plan = plan_moves.lock(plan=plan)
    plan_moves.need_signable(plan=plan, by=by, at=at)
    return plan_moves.give_link(
        plan=plan, purpose=LinkPurpose.PLAN_IN_PERSON, recipient="", by=by, at=at
    )


def sign(
    *,
    link: AccessLink,
    plan_sha256: str,
    signer_name: str,
    drawn: DrawnSignature | None,
    consent: bool,
    signer_timezone: str = "",
    language: str = "",
    by: Actor,
    at: datetime,
) -> PaymentPlan:
    """Take the customer's signature under the plan that ``link`` opens; again it is the same.

    From then on each part is asked for from its own day on. ``language`` is the one in which the
    page was shown; empty: the link's.

    Raises:
        PlanChanged: the page showed something else.
        IllegalTransition: it waits for no signature.
        PlanExpired: the last day to sign is over.
        NotSignable, SignatureImageRefused: as ``signatures.check``.
        NothingOwed: everything was paid meanwhile.
    """
    plan = (
        PaymentPlan.objects.for_link(link)
        .select_related("shop", "signature", "invoice__customer")
        .get()
    )
    if _signed_before(plan, link, signer_name):
        return plan
    plan_moves.need_signable(plan=plan, by=by, at=at)
    if plan_sha256 != plan.sha256:
        raise plan_moves.PlanChanged
    signatures.check(signer_name=signer_name, drawn=drawn, consent=consent)
    return _sign(
        plan,
        link=link,
        signer_name=signer_name,
        drawn=drawn,
        signer_timezone=signer_timezone,
        language=language or link.language,
        by=by,
        at=at,
    )


def sentence_for(plan: PaymentPlan, *, language: str) -> Sentence:
    """Return the sentence that is signed under a plan."""
    return signatures.sentence(
        plan.shop,
        TextCode.PAYMENT_PLAN,
        language=language,
        number=plan.number,
        count=plan.instalments.count(),
        amount=format_money(plan.total, currency=plan.invoice.currency, language=language),
    )


@transaction.atomic
def record_agreement(*, plan: PaymentPlan, how: str, by: Actor, at: datetime) -> PaymentPlan:
    """Note that the customer agreed otherwise than by link: ``how`` says on paper or orally.

    Raises:
        HowMissing: ``how`` is empty or too long.
        IllegalTransition: it waits for no answer.
        PlanExpired: the last day to agree is over.
        NothingOwed: everything was paid meanwhile.
    """
    how = how.strip()
    if not how or len(how) > _LONGEST_HOW:
        raise HowMissing(fields={"how": HowMissing.default_message})
    plan = plan_moves.lock(plan=plan)
    plan_moves.need_signable(plan=plan, by=by, at=at)
    plan_moves.begin(plan=plan, by=by, at=at, agreed_how=how)
    plan_moves.record(action="plan.signed", plan=plan, data={"how": how}, by=by, at=at)
    plan.document = documents.payment_plan(plan, at=at)
    PaymentPlan.objects.filter(pk=plan.pk).update(document=plan.document)
    emails.plan_signed(plan, at=at)
    return plan


@transaction.atomic
def decline(*, plan: PaymentPlan, reason: str = "", by: Actor, at: datetime) -> PaymentPlan:
    """Note that the customer does not want the plan; the shop is told when it was by link.

    Raises:
        IllegalTransition: it waits for no answer.
    """
    plan = plan_moves.lock(plan=plan)
    plan_moves.stop(
        action="decline", plan=plan, reason=reason.strip()[:_LONGEST_REASON], by=by, at=at
    )
    plan_moves.record(
        action="plan.declined", plan=plan, data={"reason": plan.end_reason}, by=by, at=at
    )
    if by.role == Role.CUSTOMER:
        emails.plan_answered(plan, at=at)
    return plan


@transaction.atomic
def withdraw(*, plan: PaymentPlan, reason: str, by: Actor, at: datetime) -> PaymentPlan:
    """Take an offered plan back; its link says so.

    Raises:
        ReasonMissing: ``reason`` is empty.
        IllegalTransition: it is not offered any more.
    """
    reason = reason_of(reason)[:_LONGEST_REASON]
    plan = plan_moves.lock(plan=plan)
    plan_moves.stop(action="withdraw", plan=plan, reason=reason, by=by, at=at)
    plan_moves.record(action="plan.withdrawn", plan=plan, data={"reason": reason}, by=by, at=at)
    return plan


@transaction.atomic
def end(*, plan: PaymentPlan, reason: str, by: Actor, at: datetime) -> PaymentPlan:
    """End a running plan: what is owed can be asked for at once again.

    Raises:
        ReasonMissing: ``reason`` is empty.
        IllegalTransition: it does not run.
    """
    reason = reason_of(reason)[:_LONGEST_REASON]
    plan = plan_moves.lock(plan=plan)
    plan_moves.stop(action="end", plan=plan, reason=reason, by=by, at=at)
    plan_moves.record(action="plan.ended", plan=plan, data={"reason": reason}, by=by, at=at)
    return plan


@transaction.atomic
def lapse(*, plan: PaymentPlan, by: Actor, at: datetime) -> bool:
    """Note that an offered plan was not signed by the end of its last day; False: it was."""
    plan = plan_moves.lock(plan=plan)
    over = local_day(at, zone=plan.shop.zone) > plan.answer_by
    if plan.status != PlanStatus.OFFERED or not over:
        return False
    plan_moves.stop(action="lapse", plan=plan, reason="", by=by, at=at)
    plan_moves.record(action="plan.lapsed", plan=plan, by=by, at=at)
    return True


@transaction.atomic
def _sign(
    plan: PaymentPlan,
    *,
    link: AccessLink,
    signer_name: str,
    drawn: DrawnSignature | None,
    signer_timezone: str,
    language: str,
    by: Actor,
    at: datetime,
) -> PaymentPlan:
    plan = plan_moves.lock(plan=plan)
    # What was checked before the lock may have changed meanwhile; this time it cannot.
    if _signed_before(plan, link, signer_name):
        return plan
    plan_moves.need_signable(plan=plan, by=by, at=at)
    signature = signatures.write(
        link=link,
        act=ACT,
        target_id=plan.pk,
        repair_order=plan.invoice.repair_order,
        sentence=sentence_for(plan, language=language),
        subject_sha256=plan.sha256,
        shown=plan.document,
        signer_name=signer_name,
        drawn=drawn,
        signer_timezone=signer_timezone,
        language=language,
        by=by,
        at=at,
    )
    plan_moves.begin(plan=plan, by=by, at=at, signature=signature)
    event = plan_moves.record(
        action="plan.signed",
        plan=plan,
        data={
            "person": signature.signer_name,
            "evidence_level": str(signature.evidence_level),
            "sha256": plan.sha256,
        },
        by=by,
        at=at,
    )
    plan.document = documents.signed_payment_plan(plan, signature=signature, event=event, at=at)
    PaymentPlan.objects.filter(pk=plan.pk).update(document=plan.document)
    emails.plan_signed(plan, at=at)
    emails.plan_answered(plan, at=at)
    return plan


def _signed_before(plan: PaymentPlan, link: AccessLink, signer_name: str) -> bool:
    """Say whether the same post signed it before: a double click or a reload signs once."""
    signature = plan.signature
    return (
        signature is not None
        and signature.link_id == link.pk
        and signature.signer_name == signatures.tidy(signer_name)
    )
