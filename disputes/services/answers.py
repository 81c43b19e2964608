"""What resolvers answer: it waits for the shop before it enters the case."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from disputes import emails
from disputes.models import CaseMessage, DisputeCase, ResolverAnswer
from disputes.services import filing, trail
from disputes.services.filing import Kept
from disputes.services.following_up import CaseEnded
from disputes.services.locking import lock_case
from disputes.states import AnswerStatus
from shopdisputes.actors import Actor
from shopdisputes.errors import Conflict, Refused
from shopdisputes.links.models import AccessLink
from shopdisputes.money import LARGEST_AMOUNT, to_cents

LONGEST_ANSWER = 4000
LONGEST_PROPOSAL = 500
LONGEST_NOTE = 500


class AnswerRefused(Refused):
    """Something is missing or cannot be; ``fields`` has everything that is wrong."""

    code = "answer-refused"
    default_message = _("Please look at what you have written.")


class AnswerDecided(Conflict):
    """Somebody decided about it before."""

    code = "answer-decided"
    default_message = _("This answer was decided about before.")


class NoteMissing(Refused):
    """A refusal needs words."""

    code = "note-missing"
    default_message = _("Write why, with at most 500 characters.")


def give(
    *,
    link: AccessLink,
    text: str,
    proposal: str = "",
    amount: Decimal | None = None,
    files: Sequence[File] = (),
    by: Actor,
    at: datetime,
) -> ResolverAnswer:
    """Keep what a resolver answers on his page; the shop is mailed, and decides about it.

    ``amount``, tax included, goes with the ``proposal``. All the same again through the same
    link, before it is decided about, is the same.

    Raises:
        CaseEnded: there is nothing to answer any more.
        AnswerRefused: ``fields``: text, proposal, amount.
        TooManyFiles, EmptyFile, TooLarge, WrongType, StorageAway: as ``filing.keep``.
    """
    text, proposal = text.strip().replace("\r\n", "\n"), proposal.strip()
    _check(text=text, proposal=proposal, amount=amount)
    case = DisputeCase.objects.for_link(link).select_related("shop").get()
    kept = filing.keep(shop=case.shop, files=files, by=by, at=at)
    with transaction.atomic():
        case = lock_case(case)
        if earlier := _same(case, link, kept, text=text, proposal=proposal, amount=amount):
            return earlier
        if case.has_ended:
            raise CaseEnded
        answer = ResolverAnswer.objects.create(
            shop=case.shop,
            case=case,
            text=text,
            proposal=proposal,
            proposed_amount=amount,
            given_at=at,
            given_by=by.name,
            link=link,
        )
        filing.add(
            case=case,
            files=kept,
            side=CaseMessage.Side.RESOLVER,
            answer=answer,
            by=by,
            at=at,
        )
        _record("dispute.resolver_answered", answer, by=by, at=at)
        emails.resolver_answered(answer, at=at)
    return answer


@transaction.atomic
def take(*, answer: ResolverAnswer, by: Actor, at: datetime) -> CaseMessage:
    """Take an answer over into the case, as an internal message in the resolver's words.

    What of it the customer learns is for the shop to say.

    Raises:
        AnswerDecided: it was decided about before.
    """
    answer = _decide(answer, AnswerStatus.TAKEN, note="", by=by, at=at)
    _record("dispute.answer_taken", answer, by=by, at=at)
    return CaseMessage.objects.create(
        shop=answer.shop,
        case=answer.case,
        side=CaseMessage.Side.RESOLVER,
        internal=True,
        text=answer.text,
        said_at=at,
        said_by=answer.given_by,
        link=answer.link,
    )


@transaction.atomic
def refuse(*, answer: ResolverAnswer, note: str, by: Actor, at: datetime) -> ResolverAnswer:
    """Leave an answer out of the case; its resolver can be chased for another.

    Raises:
        AnswerDecided: it was decided about before.
        NoteMissing: at ``note``.
    """
    note = note.strip()
    if not note or len(note) > LONGEST_NOTE:
        raise NoteMissing(fields={"note": NoteMissing.default_message})
    answer = _decide(answer, AnswerStatus.REFUSED, note=note, by=by, at=at)
    _record("dispute.answer_refused", answer, by=by, at=at)
    return answer


def _decide(
    answer: ResolverAnswer, status: AnswerStatus, *, note: str, by: Actor, at: datetime
) -> ResolverAnswer:
    lock_case(answer.case)
    # Conditional: of two people who decide at once, the second is told that it is decided.
    decided = ResolverAnswer.objects.filter(pk=answer.pk, status=AnswerStatus.PENDING).update(
        status=status, decided_at=at, decided_by=by.name, note=note
    )
    if not decided:
        raise AnswerDecided
    return ResolverAnswer.objects.select_related("shop", "case__shop", "link").get(pk=answer.pk)


def _same(
    case: DisputeCase,
    link: AccessLink,
    kept: Sequence[Kept],
    *,
    text: str,
    proposal: str,
    amount: Decimal | None,
) -> ResolverAnswer | None:
    """Return what the same form answered before: a double click or a reload says it once."""
    pending = ResolverAnswer.objects.filter(
        case=case,
        link=link,
        text=text,
        proposal=proposal,
        proposed_amount=amount,
        status=AnswerStatus.PENDING,
    )
    return next((each for each in pending if filing.are_in(each.files.all(), kept)), None)


def _record(action: str, answer: ResolverAnswer, *, by: Actor, at: datetime) -> None:
    trail.record(
        action=action,
        case=answer.case,
        by=by,
        at=at,
        data={"answer": str(answer.pk), "resolver": answer.given_by, "note": answer.note},
    )


def _check(*, text: str, proposal: str, amount: Decimal | None) -> None:
    fields = {}
    if not text or len(text) > LONGEST_ANSWER:
        fields["text"] = _("Write an answer of at most 4,000 characters.")
    if len(proposal) > LONGEST_PROPOSAL:
        fields["proposal"] = _("At most 500 characters.")
    if amount is not None and not (0 < amount <= LARGEST_AMOUNT and amount == to_cents(amount)):
        fields["amount"] = _("Write an amount above zero, with two decimals at most.")
    if fields:
        raise AnswerRefused(fields=fields)
