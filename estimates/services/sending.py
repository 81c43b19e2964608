"""Putting an estimate before the customer: send, send again, hand over, take back."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from estimates import documents, emails, snapshot
from estimates.models import EstimateRevision
from estimates.services import lines as line_checks
from estimates.services import trail
from estimates.services.drafting import check_deposit, check_validity
from estimates.services.locking import lock_repair_order, lock_revision, mirror, need_open
from estimates.states import TRANSITIONS, LineKind, RevisionStatus
from inspections.models import InspectionItem
from inspections.services import citing
from shopdisputes import dates
from shopdisputes.actors import Actor
from shopdisputes.canonical import sha256_hex
from shopdisputes.errors import Conflict, Refused
from shopdisputes.evidence import EvidenceLevel
from shopdisputes.links import services as links
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.outbox import queueing as outbox
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.repairorders.services import ReasonMissing
from shopdisputes.shops.models import Shop
from shopdisputes.signing.models import LegalText, TextCode
from shopdisputes.transitions import IllegalTransition

_LONGEST_MESSAGE = 4000


class Empty(Refused):
    """There is nothing in it."""

    code = "estimate-empty"
    default_message = _("An estimate without a line cannot be sent.")


class NoAddress(Refused):
    """The customer has no e-mail address."""

    code = "no-address"
    default_message = _(
        "This customer has no e-mail address. Add one, or hand the estimate over in person or on"
        " paper."
    )


class DisclosureMissing(Refused):
    """A line of disassembly does not say what disassembly means."""

    code = "disclosure-missing"
    default_message = _(
        "Say what disassembly means: the cost of putting it together again, parts that cannot be"
        " used again, the longest time."
    )


class FindingReopened(Conflict):
    """An inspection that a line cites is being changed again; at ``lines.<index>.finding``."""

    code = "finding-reopened"
    default_message = _(
        "The inspection that this line cites is not completed any more. Complete it, or take the"
        " finding off the line."
    )


class MessageTooLong(Refused):
    """The message is longer than a page can show."""

    code = "message-too-long"
    default_message = _("At most 4000 characters.")


class Expired(Conflict):
    """The last day of validity is over."""

    code = "expired"
    default_message = _("This estimate is no longer valid. Ask for a new one.")


@transaction.atomic
def send(
    *,
    revision: EstimateRevision,
    request_authorization: bool = True,
    request_signature: bool = True,
    message: str = "",
    deposit_amount: Decimal | None = None,
    by_email: bool = True,
    by: Actor,
    at: datetime,
) -> EstimateRevision:
    """Freeze a draft and mail its link to the customer; earlier revisions are replaced by it.

    When the address has changed, the links mailed to the old one are revoked.
    ``deposit_amount`` None keeps the draft's. With ``by_email`` False nothing is mailed: the
    estimate is to be answered on the shop's tablet, on paper or by phone.

    Raises:
        IllegalTransition: it is not a draft any more.
        RepairOrderNotOpen: the visit is over.
        Empty: it has no line.
        DisclosureMissing: the rules of the place ask for one; at ``lines.<index>.disclosure``.
        FindingReopened: an inspection that a line cites was reopened or discarded.
        ValidityRefused, DepositRefused, MessageTooLong: as they say.
        NoAddress: the customer has no e-mail address.
    """
    revision = lock_revision(revision)
    status = TRANSITIONS.target("send", state=revision.status, by=by)
    estimate, shop = revision.estimate, revision.shop
    order = estimate.repair_order
    need_open(order)
    _check_lines(revision)
    check_validity(revision.valid_until, shop=shop, at=at)
    if deposit_amount is not None:
        revision.deposit_amount = deposit_amount
    check_deposit(revision.deposit_amount, total=revision.total)
    message = message.strip()
    if len(message) > _LONGEST_MESSAGE:
        raise MessageTooLong(fields={"message": MessageTooLong.default_message})
    customer = order.customer
    if by_email and not customer.email:
        raise NoAddress(fields={"email": NoAddress.default_message})

    _supersede_earlier(revision, by=by)
    _cite(revision, at=at)
    revision.message = message
    revision.request_authorization = request_authorization
    revision.request_signature = request_signature
    revision.required_level = level_for(
        shop, total=revision.total, request_signature=request_signature
    )
    revision.sent_at = at
    revision.sent_to = customer.email if by_email else ""
    terms = terms_of(revision)
    revision.canonical_json = snapshot.text_of(revision, terms=terms)
    revision.sha256 = sha256_hex(revision.canonical_json)
    revision.document = documents.estimate(revision, terms=terms, at=at)
    revision.status = status
    _freeze(revision)
    mirror(estimate)
    trail.record(
        action="estimate.sent",
        revision=revision,
        by=by,
        at=at,
        data={
            "to": revision.sent_to,
            "total": str(revision.total),
            "sha256": revision.sha256,
            "request_authorization": request_authorization,
            "request_signature": request_signature,
        },
    )
    if by_email:
        _close_former_addresses(revision, by=by, at=at)
        _mail(revision, by=by, at=at)
    return revision


@transaction.atomic
def resend(*, revision: EstimateRevision, by: Actor, at: datetime) -> EstimateRevision:
    """Mail the estimate once more, with a new link, to the address now on file.

    When the address has changed, the links mailed to the old one are revoked.

    Raises:
        IllegalTransition: it does not wait for an answer.
        RepairOrderNotOpen: the visit is over.
        Expired: its last day is over.
        NoAddress: the customer has no e-mail address.
    """
    revision = lock_revision(revision)
    TRANSITIONS.target("resend", state=revision.status, by=by)
    customer = revision.estimate.repair_order.customer
    need_open(revision.estimate.repair_order)
    need_valid(revision, at=at)
    if not customer.email:
        raise NoAddress(fields={"email": NoAddress.default_message})
    _close_former_addresses(revision, by=by, at=at)
    withdraw_mails(revision)
    EstimateRevision.objects.filter(pk=revision.pk).update(sent_to=customer.email)
    revision.sent_to = customer.email
    trail.record(
        action="estimate.resent", revision=revision, by=by, at=at, data={"to": customer.email}
    )
    _mail(revision, by=by, at=at)
    return revision


@transaction.atomic
def open_in_person(*, revision: EstimateRevision, by: Actor, at: datetime) -> AccessLink:
    """Make the one-hour link with which the customer answers on the shop's own tablet.

    Raises:
        IllegalTransition: it does not wait for an answer.
        RepairOrderNotOpen: the visit is over.
        Expired: its last day is over.
    """
    revision = lock_revision(revision)
    TRANSITIONS.target("answer", state=revision.status, by=by)
    order = revision.estimate.repair_order
    need_open(order)
    need_valid(revision, at=at)
    return links.give(
        shop=revision.shop,
        purpose=LinkPurpose.ESTIMATE_IN_PERSON,
        target_id=revision.pk,
        recipient="",
        recipient_name=order.customer.name,
        language=order.customer.language,
        repair_order_id=order.pk,
        by=by,
        at=at,
    )


@transaction.atomic
def withdraw(*, revision: EstimateRevision, reason: str, by: Actor, at: datetime) -> None:
    """Take a sent estimate back; its link says so, and mails still waiting do not leave.

    Raises:
        ReasonMissing: ``reason`` is empty.
        IllegalTransition: it does not wait for an answer.
    """
    reason = reason.strip()
    if not reason:
        raise ReasonMissing(fields={"reason": ReasonMissing.default_message})
    revision = lock_revision(revision)
    status = TRANSITIONS.target("withdraw", state=revision.status, by=by)
    _move(revision, status)
    withdraw_mails(revision)
    mirror(revision.estimate)
    trail.record(
        action="estimate.withdrawn", revision=revision, by=by, at=at, data={"reason": reason}
    )


def level_for(shop: Shop, *, total: Decimal, request_signature: bool) -> EvidenceLevel:
    """Return the evidence level that the shop's policy asks for.

    From the policy's amount on a code by e-mail is asked for, whether or not a signature was
    requested: a policy is not a choice of whoever sends.
    """
    if shop.code_from_amount is not None and total >= shop.code_from_amount:
        return EvidenceLevel.L3
    return EvidenceLevel(shop.signature_level) if request_signature else EvidenceLevel.L1


def need_valid(revision: EstimateRevision, *, at: datetime) -> None:
    """Refuse once the shop's last day of validity is over, whether or not a job noted it yet.

    Raises:
        Expired: it is over.
    """
    if dates.local_day(at, zone=revision.shop.zone) > revision.valid_until:
        raise Expired


def terms_of(revision: EstimateRevision) -> LegalText:
    """Return the shop's terms in force, in the customer's language."""
    return LegalText.objects.for_shop(revision.shop).current(
        code=TextCode.ESTIMATE_TERMS,
        language=revision.estimate.repair_order.customer.language,
    )


def withdraw_mails(revision: EstimateRevision) -> int:
    """Stop the mails that ask for an answer and have not left; return how many there were."""
    return outbox.withdraw(
        shop=revision.shop, target_id=revision.pk, kinds=emails.ASKING_FOR_AN_ANSWER
    )


def stop_asking(order: RepairOrder) -> None:
    """Stop all mails of a visit that is being called off that ask for an answer."""
    lock_repair_order(order)
    for revision in EstimateRevision.objects.filter(estimate__repair_order=order).proposed():
        withdraw_mails(revision)


def _check_lines(revision: EstimateRevision) -> None:
    lines = list(revision.lines.in_order())
    if not lines:
        raise Empty(fields={"lines": Empty.default_message})
    if not revision.estimate.repair_order.profile.get("teardown_disclosure"):
        return
    undisclosed = [
        index
        for index, line in enumerate(lines)
        if line.kind == LineKind.TEARDOWN and not line.disclosure
    ]
    if undisclosed:
        raise DisclosureMissing(
            fields={
                line_checks.field_name(index, "disclosure"): DisclosureMissing.default_message
                for index in undisclosed
            }
        )


def _cite(revision: EstimateRevision, *, at: datetime) -> None:
    """Hold fast what the lines cite: the customer is about to see it."""
    lines = list(revision.lines.in_order())
    cited = {line.finding_id for line in lines if line.finding_id}
    if not cited:
        return
    standing = InspectionItem.objects.for_shop(revision.shop).findings().filter(pk__in=cited)
    inspections = {item.pk: item.inspection for item in standing.select_related("inspection")}
    reopened = {
        line_checks.field_name(index, "finding"): FindingReopened.default_message
        for index, line in enumerate(lines)
        if line.finding_id and line.finding_id not in inspections
    }
    if reopened:
        raise FindingReopened(fields=reopened)
    for inspection in inspections.values():
        citing.cite(inspection=inspection, at=at)


def _supersede_earlier(revision: EstimateRevision, *, by: Actor) -> None:
    earlier = revision.estimate.revisions.proposed().exclude(status=RevisionStatus.SUPERSEDED)
    for former in earlier.with_everything():
        status = TRANSITIONS.target("supersede", state=former.status, by=by)
        _move(former, status)
        withdraw_mails(former)


def _move(revision: EstimateRevision, status: str) -> None:
    """Change a status from the one that was read.

    Raises:
        IllegalTransition: somebody was quicker, where locks do nothing (SQLite).
    """
    moved = EstimateRevision.objects.filter(pk=revision.pk, status=revision.status)
    if not moved.update(status=status):
        raise IllegalTransition


def _freeze(revision: EstimateRevision) -> None:
    """Write everything that sending fixes in one UPDATE: afterwards the database allows none."""
    names = (
        "status",
        "message",
        "request_authorization",
        "request_signature",
        "required_level",
        "deposit_amount",
        "sent_at",
        "sent_to",
        "canonical_json",
        "sha256",
        "document",
    )
    draft = EstimateRevision.objects.filter(pk=revision.pk, status=RevisionStatus.DRAFT)
    if not draft.update(**{name: getattr(revision, name) for name in names}):
        raise IllegalTransition


def _close_former_addresses(revision: EstimateRevision, *, by: Actor, at: datetime) -> None:
    """Revoke the links to any revision that went to another address than the one now on file.

    A replaced revision shows what its successor changed, so its link is one to both.
    """
    estimate = revision.estimate
    now_on_file = ("", estimate.repair_order.customer.email)
    for former in estimate.revisions.proposed().exclude(sent_to__in=now_on_file).order_by("number"):
        links.revoke_for_target(shop=revision.shop, target_id=former.pk, by=by, at=at)


def _mail(revision: EstimateRevision, *, by: Actor, at: datetime) -> None:
    link = give_link(revision=revision, by=by, at=at)
    emails.estimate_sent(revision, link=link, at=at)


def give_link(*, revision: EstimateRevision, by: Actor, at: datetime) -> AccessLink:
    """Make a link for the address that the revision was sent to."""
    order = revision.estimate.repair_order
    return links.give(
        shop=revision.shop,
        purpose=LinkPurpose.ESTIMATE,
        target_id=revision.pk,
        recipient=revision.sent_to,
        recipient_name=order.customer.name,
        language=order.customer.language,
        repair_order_id=order.pk,
        by=by,
        at=at,
    )
