"""What a customer asks for instead of answering: a code, a call, paper."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from estimates import emails
from estimates.models import EstimateRevision
from estimates.services import trail
from estimates.services.answering import code_needed
from estimates.services.locking import lock_revision, need_open
from estimates.services.sending import need_valid
from estimates.states import TRANSITIONS, RevisionStatus
from shopdisputes.actors import Actor
from shopdisputes.errors import Conflict, Refused
from shopdisputes.links.models import AccessLink
from shopdisputes.signing import codes
from shopdisputes.signing.models import EmailCode

_LONGEST_NOTE = 300


class NoCodeNeeded(Refused):
    """The policy asks for no code here, or there is no mailbox to send one to."""

    code = "no-code-needed"
    default_message = _("No code is needed to sign this estimate.")


class NoteTooLong(Refused):
    """The note is longer than the shop can be shown."""

    code = "note-too-long"
    default_message = _("At most 300 characters.")


class NoCallWanted(Conflict):
    """Nobody asked for a call, or it was made."""

    code = "no-call-wanted"
    default_message = _("No call is waiting to be made.")


@transaction.atomic
def send_code(*, link: AccessLink, by: Actor, at: datetime) -> EmailCode:
    """Mail a one-time code to the holder of ``link``; it replaces the one before.

    Raises:
        NoCodeNeeded: none is asked for with this link.
        IllegalTransition, RepairOrderNotOpen, Expired: it waits for no answer.
        TooManyCodes: three within the hour.
    """
    revision = _waiting(link, by=by, at=at)
    if not code_needed(revision, link):
        raise NoCodeNeeded
    code = codes.issue(link=link, at=at)
    trail.record(
        action="estimate.code_sent", revision=revision, by=by, at=at, data={"to": link.recipient}
    )
    emails.estimate_code(revision, link=link, code=code, at=at)
    return code


@transaction.atomic
def ask_for_call(*, link: AccessLink, note: str = "", by: Actor, at: datetime) -> EstimateRevision:
    """Ask the shop to call before the customer answers; asking twice is asking once.

    ``note`` says when and where the customer can be reached. No reminder leaves until the call
    was made.

    Raises:
        NoteTooLong: ``note`` is longer than 300 characters.
        IllegalTransition, RepairOrderNotOpen, Expired: it waits for no answer.
    """
    note = note.strip()
    if len(note) > _LONGEST_NOTE:
        raise NoteTooLong(fields={"note": NoteTooLong.default_message})
    revision = _waiting(link, by=by, at=at)
    no_call_waits = Q(call_requested_at=None) | Q(call_done_at__gte=F("call_requested_at"))
    asked = EstimateRevision.objects.filter(
        no_call_waits, pk=revision.pk, status=RevisionStatus.SENT
    ).update(call_requested_at=at, call_note=note, call_done_at=None)
    if asked:
        revision.call_requested_at, revision.call_note = at, note
        revision.call_done_at = None
        trail.record(
            action="estimate.call_requested", revision=revision, by=by, at=at, data={"note": note}
        )
        emails.call_requested(revision, at=at)
    return revision


@transaction.atomic
def finish_call(*, revision: EstimateRevision, by: Actor, at: datetime) -> EstimateRevision:
    """Note that the customer was called.

    Raises:
        NotYourTransition: not for this role.
        NoCallWanted: nobody asked for a call, or it was made.
    """
    revision = lock_revision(revision)
    TRANSITIONS.target("edit", state=RevisionStatus.DRAFT, by=by)
    done = EstimateRevision.objects.filter(
        pk=revision.pk, call_requested_at__isnull=False, call_done_at=None
    ).update(call_done_at=at)
    if not done:
        raise NoCallWanted
    revision.call_done_at = at
    trail.record(action="estimate.call_finished", revision=revision, by=by, at=at)
    return revision


@transaction.atomic
def ask_for_paper(*, link: AccessLink, by: Actor, at: datetime) -> EstimateRevision:
    """Tell the shop that the customer wants to sign on paper; asking twice is asking once.

    The estimate can still be answered by the link.

    Raises:
        IllegalTransition, RepairOrderNotOpen, Expired: it waits for no answer.
    """
    revision = _waiting(link, by=by, at=at)
    asked = EstimateRevision.objects.filter(
        pk=revision.pk, status=RevisionStatus.SENT, paper_requested_at=None
    ).update(paper_requested_at=at)
    if asked:
        revision.paper_requested_at = at
        trail.record(action="estimate.paper_requested", revision=revision, by=by, at=at)
        emails.paper_requested(revision, at=at)
    return revision


def _waiting(link: AccessLink, *, by: Actor, at: datetime) -> EstimateRevision:
    revision = EstimateRevision.objects.for_link(link).with_everything().get()
    revision = lock_revision(revision)
    TRANSITIONS.target("answer", state=revision.status, by=by)
    need_open(revision.estimate.repair_order)
    need_valid(revision, at=at)
    return revision
