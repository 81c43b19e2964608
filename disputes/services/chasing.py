"""Asking who knows the matter, asking again, and handing the case to somebody else."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from disputes import asking, emails
from disputes.asking import Letter
from disputes.models import DisputeCase, FollowUp
from disputes.services import trail
from disputes.services.following_up import CaseEnded
from disputes.services.locking import lock_case
from disputes.states import AnswerStatus, CaseStatus, FollowUpStatus
from shopdisputes.actors import Actor
from shopdisputes.dates import is_business_day, local_day
from shopdisputes.errors import Conflict, Refused
from shopdisputes.links import services as links
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.outbox.queueing import link_mark

#: Nobody is reminded before this hour of the shop's day.
FIRST_HOUR = 8
#: Nobody means to remind twice within this time: a button was pressed twice.
_SAME_WITHIN = timedelta(minutes=1)
#: While a case waits for somebody else, its resolver is left alone.
_WAITS_FOR_RESOLVER = frozenset({CaseStatus.SUBMITTED, CaseStatus.OPEN})


class ResolverMissing(Conflict):
    """There is nobody to ask."""

    code = "resolver-missing"
    default_message = _("This case has no resolver with an e-mail address.")


class WordsRefused(Refused):
    """The mail cannot leave as it stands; ``fields`` say why."""

    code = "words-refused"
    default_message = _("Please look at this again. Nothing was changed.")


class NobodyNamed(Refused):
    """Handing over needs somebody."""

    code = "nobody-named"
    default_message = _("Say who looks into it from now on.")


def preview(*, case: DisputeCase, subject: str, body: str) -> Letter:
    """Return the mail as the resolver would read it, ``#resolver_link`` left as it is.

    Raises:
        WordsRefused: at ``subject`` and ``body``.
    """
    return asking.filled(case, _checked(subject, body), link=f"#{asking.LINK}")


@transaction.atomic
def tell_resolver(
    *, case: DisputeCase, subject: str, body: str, by: Actor, at: datetime
) -> OutgoingEmail:
    """Mail the resolver in the shop's words, with a link to the page where he answers.

    The same words again within a minute are the same mail.

    Raises:
        CaseEnded: it has ended.
        ResolverMissing: there is nobody to mail.
        WordsRefused: at ``subject`` and ``body``.
    """
    letter = _checked(subject, body)
    case = _running(case)
    if earlier := _just_told(case, letter, at=at):
        return earlier
    link = _link(case, by=by, at=at)
    words = asking.filled(case, letter, link=link_mark(link.pk))
    email = emails.told(case, subject=words.subject, body=words.body, link=link, at=at)
    _note_asked(case, "dispute.resolver_told", by=by, at=at)
    return email


@transaction.atomic
def chase(*, case: DisputeCase, by: Actor, at: datetime) -> OutgoingEmail:
    """Remind the resolver; the case and its follow-ups go on as they are.

    Again within a minute is the same mail.

    Raises:
        CaseEnded: it has ended.
        ResolverMissing: there is nobody to mail.
    """
    case = _running(case)
    return _just_mailed(case, "dispute_resolver_chased", at=at) or _chase(case, by=by, at=at)


@transaction.atomic
def chase_when_late(*, case: DisputeCase, by: Actor, at: datetime) -> bool:
    """Remind a resolver who was asked and did not answer until the follow-up's day was over.

    Once a day of the shop at most, on business days from eight o'clock; return whether he was.
    """
    if not _is_late(case, at=at):
        return False
    case = lock_case(case)
    if not _is_late(case, at=at):
        return False
    _chase(case, by=by, at=at)
    return True


@transaction.atomic
def hand_over(
    *,
    case: DisputeCase,
    resolver_name: str | None = None,
    resolver_email: str | None = None,
    owner: Any = None,
    by: Actor,
    at: datetime,
) -> DisputeCase:
    """Give a case another resolver, another owner, or both; what is None stays.

    The former resolver's page closes with it; the new one is told by ``tell_resolver``. Open
    follow-ups of the former owner become the new one's.

    Raises:
        CaseEnded: it has ended.
        NobodyNamed: nothing would change.
    """
    case = _running(case)
    name = case.resolver_name if resolver_name is None else resolver_name.strip()
    email = case.resolver_email if resolver_email is None else resolver_email.strip()
    new_resolver = (name, email) != (case.resolver_name, case.resolver_email)
    new_owner = owner is not None and owner != case.owner
    if not (new_resolver or new_owner):
        raise NobodyNamed(fields={"resolver_email": NobodyNamed.default_message})
    if email != case.resolver_email:
        links.revoke_for_target(
            shop=case.shop, target_id=case.pk, purpose=LinkPurpose.RESOLVER, by=by, at=at
        )
        case.chased_on = None
    if new_owner:
        FollowUp.objects.filter(
            Q(person=None) | Q(person=case.owner), case=case, status=FollowUpStatus.OPEN
        ).update(person=owner)
        case.owner = owner
    case.resolver_name, case.resolver_email = name, email
    case.save(update_fields=["resolver_name", "resolver_email", "owner", "chased_on"])
    told = [str(owner)] if new_owner else []
    told += [name or email] if new_resolver else []
    trail.record(
        action="dispute.handed_over",
        case=case,
        by=by,
        at=at,
        data={"to": ", ".join(each for each in told if each), "resolver_email": email},
    )
    return case


def _just_mailed(case: DisputeCase, kind: str, *, at: datetime) -> OutgoingEmail | None:
    just_sent = OutgoingEmail.objects.for_shop(case.shop).filter(
        target_id=case.pk,
        kind=kind,
        recipient=case.resolver_email,
        # What he was mailed before others had the case opens nothing any more.
        link__revoked_at=None,
        created_at__gt=at - _SAME_WITHIN,
    )
    return just_sent.order_by("-created_at", "pk").first()


def _just_told(case: DisputeCase, letter: Letter, *, at: datetime) -> OutgoingEmail | None:
    """Return the mail that brought the resolver the same words a moment ago."""
    email = _just_mailed(case, "dispute_resolver", at=at)
    if email is None or email.link_id is None:
        return None
    words = asking.filled(case, letter, link=link_mark(email.link_id))
    body, _signature, _shop = email.text.rpartition("\n-- \n")
    said = email.subject, body.strip()
    return email if said == (words.subject, words.body.strip()) else None


def _chase(case: DisputeCase, *, by: Actor, at: datetime) -> OutgoingEmail:
    email = emails.chased(case, link=_link(case, by=by, at=at), at=at)
    _note_asked(case, "dispute.resolver_chased", by=by, at=at)
    return email


def _is_late(case: DisputeCase, *, at: datetime) -> bool:
    shop = case.shop
    today = local_day(at, zone=shop.zone)
    if case.status not in _WAITS_FOR_RESOLVER or not case.resolver_email or case.chased_on == today:
        return False
    if at.astimezone(shop.zone).hour < FIRST_HOUR or not is_business_day(
        today, country=shop.country
    ):
        return False
    if not case.follow_ups.filter(status=FollowUpStatus.OPEN, due_on__lt=today).exists():
        return False
    return _was_asked(case) and not _has_answered(case)


def _was_asked(case: DisputeCase) -> bool:
    """Say whether this resolver got a way to answer; whom nobody asked is not reminded."""
    return (
        AccessLink.objects.for_shop(case.shop)
        .filter(
            purpose=LinkPurpose.RESOLVER,
            target_id=case.pk,
            recipient=case.resolver_email,
            revoked_at=None,
        )
        .exists()
    )


def _has_answered(case: DisputeCase) -> bool:
    """Say whether the latest answer stands; one that was not taken over is asked for again."""
    latest = case.answers.order_by("-given_at", "-pk").first()
    return latest is not None and latest.status != AnswerStatus.REFUSED


def _running(case: DisputeCase) -> DisputeCase:
    case = lock_case(case)
    if case.has_ended:
        raise CaseEnded
    return case


def _link(case: DisputeCase, *, by: Actor, at: datetime) -> AccessLink:
    if not case.resolver_email:
        raise ResolverMissing
    return links.give(
        shop=case.shop,
        purpose=LinkPurpose.RESOLVER,
        target_id=case.pk,
        recipient=case.resolver_email,
        recipient_name=case.resolver_name,
        language=case.shop.language,
        repair_order_id=case.repair_order_id,
        by=by,
        at=at,
    )


def _note_asked(case: DisputeCase, action: str, *, by: Actor, at: datetime) -> None:
    """Keep that he was mailed today: the clockwork does not mail him a second time."""
    case.chased_on = local_day(at, zone=case.shop.zone)
    case.save(update_fields=["chased_on"])
    trail.record(action=action, case=case, by=by, at=at, data={"to": case.resolver_email})


def _checked(subject: str, body: str) -> Letter:
    if problems := asking.check(subject=subject, body=body):
        raise WordsRefused(fields=dict(problems))
    return Letter(subject.strip(), body)
