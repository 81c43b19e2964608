"""Bank statements: taking files in once, and deciding what each line of them is."""

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from invoices.bank_files import lines as bank_lines
from invoices.bank_files import reading
from invoices.bank_files.guessing import Mapping
from invoices.models import BankImport, BankTransaction, Invoice, Payment
from invoices.services import payments, recognizing
from invoices.services.locking import lock_invoices
from invoices.states import PaymentMethod, TransactionStatus
from shopdisputes.actors import Actor
from shopdisputes.audit import services as audit
from shopdisputes.customers.models import Customer
from shopdisputes.errors import Conflict
from shopdisputes.shops.models import Shop

_CHUNK = 1000
_LONGEST_REFERENCE = 140
_LONGEST_NOTE = 300


class AlreadyImported(Conflict):
    """The same file was brought in before; ``details`` has the ``id`` of that import."""

    code = "statement-already-imported"
    default_message = _("This file was brought in before.")


class AlreadyDecided(Conflict):
    """Somebody was first."""

    code = "already-decided"
    default_message = _("Somebody has decided about this line already.")


class OtherCurrency(Conflict):
    """The money is not in the shop's currency."""

    code = "other-currency"
    default_message = _("This money is in another currency than your invoices. Set the line aside.")


class StillBooked(Conflict):
    """A line is taken back when its payment was annulled."""

    code = "still-booked"
    default_message = _("The payment of this line stands. Annul the payment first.")


class NothingToTakeBack(Conflict):
    """The line waits to be decided anyway."""

    code = "nothing-to-take-back"
    default_message = _("This line waits to be decided.")


@transaction.atomic
def take(
    *, shop: Shop, filename: str, content: bytes, mapping: Mapping | None, by: Actor, at: datetime
) -> BankImport:
    """Bring a bank's file in: its incoming money waits to be decided, line by line.

    A line that an earlier statement held already is not taken twice. ``mapping`` tells what the
    columns of a CSV file mean where that is not certain.

    Raises:
        NotAStatement, RowUnreadable, FileTooLarge, MappingNeeded: see ``bank_files.reading``.
        AlreadyImported: the same bytes were brought in before.
    """
    contents = reading.read(content, mapping)
    sha256 = hashlib.sha256(content).hexdigest()
    try:
        with transaction.atomic():
            statement = BankImport.objects.create(
                shop=shop,
                filename=bank_lines.clean(filename, most=200) or "-",
                format=contents.format,
                sha256=sha256,
                account=contents.account,
                outgoing=contents.outgoing,
                imported_at=at,
                imported_by=by.name,
            )
    except IntegrityError as error:
        earlier = BankImport.objects.for_shop(shop).get(sha256=sha256)
        raise AlreadyImported(details={"id": str(earlier.pk)}) from error
    rows = [
        BankTransaction(
            shop=shop,
            statement=statement,
            fingerprint=fingerprint,
            booked_on=line.booked_on,
            amount=line.amount,
            currency=line.currency or shop.currency,
            payer=line.payer,
            payer_account=line.payer_account,
            text=line.text,
            reference=line.reference,
        )
        for line, fingerprint in zip(
            contents.lines, bank_lines.fingerprints(contents.lines), strict=True
        )
    ]
    # The unique fingerprint decides: it also holds against somebody who imports just now.
    BankTransaction.objects.bulk_create(rows, batch_size=_CHUNK, ignore_conflicts=True)
    statement.taken = BankTransaction.objects.filter(statement=statement).count()
    statement.known = len(rows) - statement.taken
    statement.save(update_fields=["taken", "known"])
    audit.record(
        shop=shop,
        action="bank.imported",
        target=statement,
        by=by,
        at=at,
        data={
            "name": statement.filename,
            "sha256": sha256,
            "taken": statement.taken,
            "known": statement.known,
            "outgoing": statement.outgoing,
        },
    )
    return statement


@transaction.atomic
def book(
    *,
    transaction: BankTransaction,
    customer: Customer,
    allocations: Sequence[tuple[Invoice, Decimal]],
    by: Actor,
    at: datetime,
) -> Payment:
    """Record a line as a customer's payment; what goes on no invoice stays on account.

    Raises:
        AlreadyDecided: somebody was first.
        OtherCurrency: it is not the shop's currency.
        DomainError: what ``payments.record`` refuses.
    """
    line = _lock(transaction)
    if line.status != TransactionStatus.NEW:
        raise AlreadyDecided
    if line.currency != line.shop.currency:
        raise OtherCurrency
    payment = payments.record(
        customer=customer,
        amount=line.amount,
        method=PaymentMethod.BANK_TRANSFER,
        received_on=line.booked_on,
        reference=(line.reference or line.text)[:_LONGEST_REFERENCE],
        note=line.payer[:_LONGEST_NOTE],
        allocations=allocations,
        by=by,
        at=at,
    )
    _decide(line, TransactionStatus.BOOKED, payment=payment, by=by, at=at)
    _record(
        "bank.booked",
        line,
        by=by,
        at=at,
        data={"number": payment.number, "customer": customer.name},
    )
    return payment


@transaction.atomic
def book_exact(
    *, statement: BankImport, lines: Collection[UUID], by: Actor, at: datetime
) -> list[Payment]:
    """Record those of the named lines that carry one invoice's full reference and its amount.

    What does not fit any more — decided, paid or changed meanwhile — is left to be decided, and
    so is what another statement may hold too.

    Raises:
        DomainError: what ``payments.record`` refuses; nothing is booked then.
    """
    wanted = BankTransaction.objects.filter(statement=statement, pk__in=lines)
    rows = list(wanted.select_for_update(of=("self",)).order_by("pk"))
    rows = [row for row in rows if row.status == TransactionStatus.NEW]
    found = recognizing.certain(rows, shop=statement.shop, at=at)
    # All of them before the first payment takes the audit trail's lock: whoever holds one of
    # these invoices and waits for the trail would wait for ever.
    invoices = lock_invoices(
        Invoice.objects.filter(
            pk__in=[suggestion.parts[0].candidate.invoice for _line, suggestion in found]
        )
    )
    by_key = {invoice.pk: invoice for invoice in invoices}
    booked = []
    for line, suggestion in found:
        [part] = suggestion.parts
        invoice = by_key[part.candidate.invoice]
        if invoice.balance >= part.amount:
            booked.append(
                book(
                    transaction=line,
                    customer=invoice.customer,
                    allocations=[(invoice, part.amount)],
                    by=by,
                    at=at,
                )
            )
    return booked


@transaction.atomic
def ignore(*, transaction: BankTransaction, by: Actor, at: datetime) -> BankTransaction:
    """Set a line aside: it is no payment of a customer.

    Raises:
        AlreadyDecided: somebody was first.
    """
    line = _lock(transaction)
    _decide(line, TransactionStatus.IGNORED, payment=None, by=by, at=at)
    _record("bank.ignored", line, by=by, at=at)
    return line


@transaction.atomic
def reopen(*, transaction: BankTransaction, by: Actor, at: datetime) -> BankTransaction:
    """Take a decision back: a line that was set aside, or whose payment was annulled.

    Raises:
        NothingToTakeBack: nothing was decided.
        StillBooked: its payment stands.
    """
    line = _lock(transaction)
    if line.status == TransactionStatus.NEW:
        raise NothingToTakeBack
    if line.payment is not None and line.payment.annulled_at is None:
        raise StillBooked
    line.status, line.payment = TransactionStatus.NEW, None
    line.decided_at, line.decided_by = None, ""
    line.save(update_fields=["status", "payment", "decided_at", "decided_by"])
    _record("bank.reopened", line, by=by, at=at)
    return line


def _lock(line: BankTransaction) -> BankTransaction:
    """Lock a line, before any invoice, and return it as it is now."""
    BankTransaction.objects.lock(line.pk)
    return BankTransaction.objects.select_related("shop", "statement", "payment").get(pk=line.pk)


def _decide(
    line: BankTransaction,
    status: TransactionStatus,
    *,
    payment: Payment | None,
    by: Actor,
    at: datetime,
) -> None:
    # Conditional, for databases without row locks: one decision wins, the other is rolled back.
    won = BankTransaction.objects.filter(pk=line.pk, status=TransactionStatus.NEW).update(
        status=status, payment=payment, decided_at=at, decided_by=by.name
    )
    if not won:
        raise AlreadyDecided
    line.refresh_from_db()


def _record(
    action: str,
    line: BankTransaction,
    *,
    by: Actor,
    at: datetime,
    data: dict[str, Any] | None = None,
) -> None:
    audit.record(
        shop=line.shop,
        action=action,
        target=line,
        by=by,
        at=at,
        data={
            "amount": str(line.amount),
            "currency": line.currency,
            "payer": line.payer or "-",
            **(data or {}),
        },
    )
