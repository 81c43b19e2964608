"""What customers say about an invoice on its page: "I have already paid", "something is wrong".

What they say about is held in the same transaction: what is wrong until the shop has answered,
what is paid for two business days. Either stays with the shop until somebody answers.
"""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.core.files import File
from django.db import transaction
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy as _

from invoices import collecting, emails
from invoices.models import Claim, ClaimFile, Hold, Invoice
from invoices.services import holds, trail
from invoices.services.locking import lock_invoice
from invoices.states import (
    TRANSITIONS,
    ClaimKind,
    ClaimStatus,
    HoldKind,
    PaymentMethod,
)
from shopdisputes.actors import Actor
from shopdisputes.dates import add_business_days, end_of_day, local_day
from shopdisputes.errors import Conflict, Refused
from shopdisputes.links.models import AccessLink
from shopdisputes.money import LARGEST_AMOUNT, to_cents
from shopdisputes.uploads import services as uploads
from shopdisputes.uploads.models import StoredFile

MOST_FILES = 10
LONGEST_TEXT = 4000
#: Business days for finding a payment that a customer says is made.
ALREADY_PAID_DAYS = 2

_HOLDS = {
    ClaimKind.ALREADY_PAID: HoldKind.ALREADY_PAID_CLAIM,
    ClaimKind.SOMETHING_WRONG: HoldKind.REPLY_PENDING,
}


class ClaimRefused(Refused):
    """Something is missing or cannot be; ``fields`` has everything that is wrong."""

    code = "claim-refused"
    default_message = _("Please look at what you have written.")


class TooManyFiles(Refused):
    """There is no room for so many files."""

    code = "too-many-files"
    default_message = _("At most 10 files.")


class AlreadyClaimed(Conflict):
    """The same was said before and is not answered yet."""

    code = "already-claimed"
    default_message = _("You have told us so already. We will answer you.")


class ClaimAnswered(Conflict):
    """It was answered before."""

    code = "claim-answered"
    default_message = _("This was answered before.")


class AnswerMissing(Refused):
    """A refusal needs words, and no answer is longer than a page."""

    code = "answer-missing"
    default_message = _("Write what you found out: the customer reads it.")


def make(
    *,
    link: AccessLink,
    kind: ClaimKind,
    text: str = "",
    paid_on: date | None = None,
    method: str = "",
    amount: Decimal | None = None,
    files: Sequence[File] = (),
    by: Actor,
    at: datetime,
) -> Claim:
    """Keep what the customer says about the invoice that ``link`` opens, and hold it at once.

    ``amount`` is what it is about, with tax; None: all of it. ``files`` are proofs. The same again
    through the same link, before it is answered, is the same.

    Raises:
        IllegalTransition: the invoice is not issued.
        AlreadyClaimed: it was said before and is not answered.
        ClaimRefused: ``fields``: text, paid_on, method, amount.
        NothingOwed: "already paid" of an invoice that is paid.
        TooManyFiles: more than ten.
        EmptyFile, TooLarge, WrongType, StorageAway: as ``uploads.services.store``.
    """
    invoice = Invoice.objects.for_link(link).select_related("shop").get()
    kind = ClaimKind(kind)
    text = text.strip().replace("\r\n", "\n")
    if earlier := _same(invoice, link, kind, text):
        return earlier
    _need_open(invoice, kind, by=by)
    _check(kind, text=text, paid_on=paid_on, method=method, amount=amount, invoice=invoice, at=at)
    if len(files) > MOST_FILES:
        raise TooManyFiles(fields={"files": TooManyFiles.default_message})
    # Judging a file takes seconds; the locks are taken afterwards.
    stored = [(_store(link, file, by=by, at=at), uploads.name_of(file)) for file in files]
    already_paid = kind == ClaimKind.ALREADY_PAID
    claim = Claim(
        pk=uuid.uuid4(),
        shop=invoice.shop,
        invoice=invoice,
        kind=kind,
        text=text,
        paid_on=paid_on if already_paid else None,
        method=method if already_paid else "",
        amount=amount,
        link=link,
        made_at=at,
        made_by=by.name,
    )
    return _keep(claim, stored, by=by, at=at)


@transaction.atomic
def answer(*, claim: Claim, accepted: bool, answer: str, by: Actor, at: datetime) -> Claim:
    """Answer what a customer said; what it held can be asked for again.

    Accepting moves no money: record the payment or credit the invoice as well.

    Raises:
        ClaimAnswered: it was answered before.
        AnswerMissing: refused without a word, or more than 4,000 characters.
    """
    answer = answer.strip()
    if (not accepted and not answer) or len(answer) > LONGEST_TEXT:
        raise AnswerMissing(fields={"answer": AnswerMissing.default_message})
    invoice = lock_invoice(claim.invoice)
    status = ClaimStatus.ACCEPTED if accepted else ClaimStatus.REFUSED
    won = Claim.objects.filter(pk=claim.pk, status=ClaimStatus.OPEN).update(
        status=status, answered_at=at, answered_by=by.name, answer=answer
    )
    if not won:
        raise ClaimAnswered
    claim = Claim.objects.select_related("shop", "hold", "link").get(pk=claim.pk)
    claim.invoice = invoice
    trail.record(
        action="claim.answered",
        invoice=invoice,
        by=by,
        at=at,
        data={"claim": str(claim.pk), "claim_kind": claim.kind, "status": str(status)},
    )
    if claim.hold.released_at is None:
        holds.release_locked(
            invoice=invoice, hold=claim.hold, reason=str(status.label), by=by, at=at
        )
    link = claim.link
    opens = link is not None and link.recipient and not link.revoked_at and link.expires_at > at
    emails.claim_answered(claim, link=link if opens else None, at=at)
    return claim


@transaction.atomic
def _keep(
    claim: Claim, stored: Iterable[tuple[StoredFile, str]], *, by: Actor, at: datetime
) -> Claim:
    assert claim.link is not None
    invoice = claim.invoice = lock_invoice(claim.invoice)
    # What was checked before the lock may have changed meanwhile; this time it cannot.
    if earlier := _same(invoice, claim.link, ClaimKind(claim.kind), claim.text):
        return earlier
    _need_open(invoice, ClaimKind(claim.kind), by=by)
    if invoice.claims.filter(kind=claim.kind, status=ClaimStatus.OPEN).exists():
        raise AlreadyClaimed
    claim.hold = _hold(claim, by=by, at=at)
    claim.save(force_insert=True)
    # The same bytes sent under two names are one proof.
    files = {file.pk: (file, name) for file, name in stored}
    ClaimFile.objects.bulk_create(
        ClaimFile(shop=claim.shop, claim=claim, file=file, sent_as=name, added_at=at)
        for file, name in files.values()
    )
    trail.record(
        action="claim.made",
        invoice=invoice,
        by=by,
        at=at,
        data={
            "claim": str(claim.pk),
            "claim_kind": claim.kind,
            "amount": None if claim.amount is None else str(claim.amount),
            "files": len(files),
        },
    )
    emails.claim_received(claim, at=at)
    emails.claim_made(claim, at=at)
    return claim


def _hold(claim: Claim, *, by: Actor, at: datetime) -> Hold:
    """Hold what the claim is about: of more than what can be asked for, all of that."""
    free = collecting.standing(claim.invoice, at=at).figures.collectible
    part = claim.amount is not None and claim.amount < free
    return holds.place(
        invoice=claim.invoice,
        kind=_HOLDS[ClaimKind(claim.kind)],
        amount=claim.amount if part else None,
        source_id=claim.pk,
        expires_at=_until(claim, at=at),
        even_on_nothing=True,
        by=by,
        at=at,
    )


def _until(claim: Claim, *, at: datetime) -> datetime | None:
    """Say how long it holds by itself: money on its way is found by then, or somebody asked.

    What is said to be wrong holds until it is answered.
    """
    if claim.kind != ClaimKind.ALREADY_PAID:
        return None
    shop = claim.shop
    today = local_day(at, zone=shop.zone)
    last = add_business_days(today, ALREADY_PAID_DAYS, country=shop.country)
    return end_of_day(last, zone=shop.zone)


def _same(invoice: Invoice, link: AccessLink, kind: ClaimKind, text: str) -> Claim | None:
    """Return what the same form made before: a double click or a reload says it once."""
    return Claim.objects.filter(
        invoice=invoice, link=link, kind=kind, text=text, status=ClaimStatus.OPEN
    ).first()


def _need_open(invoice: Invoice, kind: ClaimKind, *, by: Actor) -> None:
    TRANSITIONS.target("hold", state=invoice.status, by=by)
    if kind == ClaimKind.ALREADY_PAID and invoice.balance <= 0:
        raise holds.NothingOwed


def _check(
    kind: ClaimKind,
    *,
    text: str,
    paid_on: date | None,
    method: str,
    amount: Decimal | None,
    invoice: Invoice,
    at: datetime,
) -> None:
    fields: dict[str, str | LazyText] = {}
    if kind == ClaimKind.SOMETHING_WRONG and not text:
        fields["text"] = _("Please write what is wrong.")
    if len(text) > LONGEST_TEXT:
        fields["text"] = _("At most 4000 characters.")
    if kind == ClaimKind.ALREADY_PAID:
        if paid_on is None:
            fields["paid_on"] = _("Please write on which day you paid.")
        elif paid_on > local_day(at, zone=invoice.shop.zone):
            fields["paid_on"] = _("This day has not come yet.")
        if method not in PaymentMethod.values:
            fields["method"] = _("Please choose how you paid.")
    if amount is not None and not (0 < amount <= LARGEST_AMOUNT and amount == to_cents(amount)):
        fields["amount"] = _("Write an amount above zero, with two decimals at most.")
    if fields:
        raise ClaimRefused(fields=fields)


def _store(link: AccessLink, file: File, *, by: Actor, at: datetime) -> StoredFile:
    return uploads.store(
        shop=link.shop,
        upload=file,
        max_bytes=uploads.LARGEST_MEDIA,
        allowed=uploads.MEDIA_KINDS,
        by=by,
        at=at,
    )
