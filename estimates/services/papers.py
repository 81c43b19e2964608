"""Signing on paper: the print with its codes, and what came back."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from estimates import documents, paper_codes, scans
from estimates.models import EstimateRevision, PaperCopy
from estimates.paper_codes import PageCode
from estimates.services import trail
from estimates.services.locking import lock_revision, need_open
from estimates.services.sending import need_valid, terms_of
from estimates.states import TRANSITIONS
from shopdisputes.actors import Actor
from shopdisputes.errors import Refused
from shopdisputes.signing import texts
from shopdisputes.signing.models import LegalText, TextCode
from shopdisputes.signing.services import Sentence
from shopdisputes.uploads.models import StoredFile

_LONGEST_REASON = 300


class WrongPaper(Refused):
    """A page of the scan belongs to another estimate or another revision."""

    code = "wrong-paper"
    default_message = _("A scanned page belongs to another estimate or another revision.")


class PaperUnread(Refused):
    """Not every page's code could be read, and nobody said why the paper is right all the same."""

    code = "paper-unread"
    default_message = _(
        "Not every page's code could be read. Scan the pages again, or say how you checked them."
    )


@dataclass(frozen=True, kw_only=True)
class PaperReading:
    """What the machine read: codes on ``read`` different pages of ``printed``; 0: not known."""

    read: int
    printed: int
    copy: PaperCopy | None

    @property
    def complete(self) -> bool:
        """Whether every printed page was found."""
        return 0 < self.printed <= self.read


@transaction.atomic
def print_for_signature(*, revision: EstimateRevision, by: Actor, at: datetime) -> PaperCopy:
    """Queue a print of which every page carries its own code, to be signed by hand.

    Raises:
        IllegalTransition: it does not wait for an answer.
        RepairOrderNotOpen: the visit is over.
        Expired: its last day is over.
    """
    revision = lock_revision(revision)
    TRANSITIONS.target("resend", state=revision.status, by=by)
    need_open(revision.estimate.repair_order)
    need_valid(revision, at=at)
    copy_id = uuid.uuid4()
    document = documents.estimate_for_paper(
        revision,
        copy_id=copy_id,
        sentence=sentence_printed(revision, at=at).words,
        terms=terms_of(revision),
        at=at,
    )
    copy = PaperCopy.objects.create(
        id=copy_id,
        shop=revision.shop,
        revision=revision,
        document=document,
        printed_at=at,
        printed_by=by.name,
    )
    trail.record(
        action="estimate.paper_printed",
        revision=revision,
        data={"copy": str(copy.pk)},
        by=by,
        at=at,
    )
    return copy


def sentence_printed(revision: EstimateRevision, *, at: datetime) -> Sentence:
    """Return the sentence that a print made at ``at`` carries, in the customer's language."""
    language = revision.estimate.repair_order.customer.language
    text = (
        LegalText.objects.for_shop(revision.shop)
        .filter(code=TextCode.PAPER_AUTHORIZATION, language=language, created_at__lte=at)
        .order_by("-version")
        .first()
    )
    if text is None:
        text = LegalText.objects.for_shop(revision.shop).current(
            code=TextCode.PAPER_AUTHORIZATION, language=language
        )
    words = texts.render(
        text,
        number=revision.estimate.number,
        revision=revision.number,
        shop=revision.shop.name,
    )
    return Sentence(text=text, words=words)


def read_codes(files: Iterable[StoredFile]) -> frozenset[PageCode]:
    """Return the page codes in scanned files; slow, so not within a transaction."""
    return scans.read_codes(files)


def match(codes: frozenset[PageCode], *, revision: EstimateRevision) -> PaperReading:
    """Compare what was read with what was printed for ``revision``.

    Raises:
        WrongPaper: a page is another estimate's or another revision's.
    """
    copies = {
        copy.pk: copy
        for copy in PaperCopy.objects.filter(revision=revision).select_related("document")
    }
    if any(
        code.copy_id not in copies or not paper_codes.fits(code, revision.sha256) for code in codes
    ):
        raise WrongPaper(fields={"files": WrongPaper.default_message})
    if not codes:
        newest = max(copies.values(), key=lambda copy: copy.printed_at, default=None)
        return PaperReading(read=0, printed=_pages_of([newest]), copy=newest)
    # Pages of two prints of the same revision say the same.
    seen = [copies[copy_id] for copy_id in {code.copy_id for code in codes}]
    printed = _pages_of(seen)
    pages = {code.page for code in codes if code.page <= printed}
    return PaperReading(
        read=len(pages), printed=printed, copy=max(seen, key=lambda copy: copy.printed_at)
    )


def unread_reason(
    reading: PaperReading, *, reason: str, files: Sequence[StoredFile], language: str
) -> str:
    """Return why the codes were not all read, as it is kept; empty when they were.

    ``language`` is the customer's: the certificate prints it.

    Raises:
        PaperUnread: pages are missing and ``reason`` is empty, or it is too long.
    """
    reason = reason.strip()
    if len(reason) > _LONGEST_REASON:
        raise PaperUnread(fields={"unread_reason": _("At most 300 characters.")})
    if reading.complete:
        return ""
    if not reason and files:
        raise PaperUnread(fields={"unread_reason": PaperUnread.default_message})
    with translation.override(language):
        return reason or gettext("no scan attached")


def _pages_of(copies: Sequence[PaperCopy | None]) -> int:
    return max((copy.document.pages or 0 for copy in copies if copy is not None), default=0)
