"""Cases that come of what a customer said is wrong on an invoice's page."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext

from disputes import emails
from disputes.models import CaseMessage, DisputeCase, DisputeReason
from disputes.services import filing, opening
from disputes.services.filing import Kept
from disputes.services.opening import Contested
from invoices.models import Claim, InvoiceLine
from invoices.services import holds
from invoices.services import trail as invoice_trail
from invoices.services.claims import ClaimAnswered
from invoices.services.locking import lock_invoice
from invoices.states import ClaimStatus
from shopdisputes.actors import Actor
from shopdisputes.dates import local_day
from shopdisputes.shops import numbering


@transaction.atomic
def from_claim(
    *,
    claim: Claim,
    reason: DisputeReason,
    line: InvoiceLine | None = None,
    amount: Decimal | None = None,
    owner: Any = None,
    by: Actor,
    at: datetime,
) -> DisputeCase:
    """Make a case of what a customer said is wrong; the case holds what the claim held.

    ``amount`` is what is contested of ``line``, or of the invoice; None: all of it. The claim is
    answered by it, and its files are the case's.

    Raises:
        ClaimAnswered: it was answered before.
        CommentMissing: it has no words.
        MoreThanTheLine, MoreThanIsLeft, ContestedBefore, DoneAgain: as ``opening.open_case``.
        IllegalTransition: the invoice is not issued.
    """
    invoice = lock_invoice(claim.invoice)
    claim = Claim.objects.select_related("hold").get(pk=claim.pk)
    if claim.status != ClaimStatus.OPEN:
        raise ClaimAnswered
    # Before anything is written into the audit trail: whoever holds its end waits for no number.
    year = local_day(at, zone=invoice.shop.zone).year
    numbering.lock_series(shop=invoice.shop, series=[opening.SERIES], year=year)
    if claim.hold.released_at is None:
        with translation.override(invoice.shop.language):
            words = str(ClaimStatus.ACCEPTED.label)
        holds.release_locked(invoice=invoice, hold=claim.hold, reason=words, by=by, at=at)
    case = opening.open_case(
        customer=invoice.customer,
        reason=reason,
        comment=claim.text,
        items=[Contested(invoice=invoice, line=line, amount=amount)],
        owner=owner,
        by=by,
        at=at,
    )
    with translation.override(invoice.customer.language):
        answer = gettext("We look into it as dispute %(number)s.") % {"number": case.number}
    Claim.objects.filter(pk=claim.pk).update(
        status=ClaimStatus.ACCEPTED, answered_at=at, answered_by=by.name, answer=answer
    )
    brought = claim.files.select_related("file").order_by("added_at", "pk")
    filing.add(
        case=case,
        files=[Kept(each.file, each.sent_as) for each in brought],
        side=CaseMessage.Side.CUSTOMER,
        by=by,
        at=at,
    )
    invoice_trail.record(
        action="claim.answered",
        invoice=invoice,
        by=by,
        at=at,
        data={
            "claim": str(claim.pk),
            "claim_kind": claim.kind,
            "status": str(ClaimStatus.ACCEPTED),
            "dispute": case.number,
        },
    )
    emails.opened(case, by=by, at=at)
    return case
