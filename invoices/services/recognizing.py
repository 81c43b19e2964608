"""What lines of bank statements are likely for: reads alone, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef

from invoices import collecting
from invoices.matching import Candidate, Candidates, Incoming, Suggestion, suggest
from invoices.models import BankTransaction, Hold, Invoice
from invoices.states import TransactionStatus
from shopdisputes.shops.models import Shop

#: Of a shop with more open invoices than this, the oldest are looked at.
_MOST_CANDIDATES = 10_000


def suggestions(
    lines: Sequence[BankTransaction], *, shop: Shop, at: datetime
) -> dict[UUID, list[Suggestion]]:
    """Return for each line what it is likely for, by the line's key.

    Lines in another currency than the shop's are for nothing: they cannot be booked.
    """
    own = [line for line in lines if line.currency == shop.currency]
    if not own:
        return {}
    candidates = Candidates(_open_invoices(shop, at=at))
    payers = _payers(own, shop=shop)
    return {
        line.pk: suggest(
            Incoming(
                amount=line.amount,
                payer=line.payer,
                text=line.text,
                reference=line.reference,
                customer=payers.get(line.payer_account) if line.payer_account else None,
            ),
            candidates,
        )
        for line in own
    }


def doubles(lines: Sequence[BankTransaction], *, shop: Shop) -> dict[UUID, list[BankTransaction]]:
    """Return for each line, by its key, what other statements have of its day and amount.

    The same transfer has another fingerprint where a file says it in other words: in the bank's
    other format, or in a table whose columns were told otherwise. Only a person sees whether it
    is the same money. What no other statement has is left out.
    """
    alike = defaultdict(list)
    others = BankTransaction.objects.for_shop(shop).filter(
        booked_on__in={line.booked_on for line in lines},
        amount__in={line.amount for line in lines},
    )
    for other in others.select_related("statement", "payment").order_by("id"):
        alike[other.booked_on, other.amount, other.currency].append(other)
    found = {
        line.pk: [
            other
            for other in alike[line.booked_on, line.amount, line.currency]
            if other.statement_id != line.statement_id
        ]
        for line in lines
    }
    return {key: others for key, others in found.items() if others}


def exact(
    lines: Sequence[BankTransaction],
    found: Mapping[UUID, Sequence[Suggestion]],
    twice: Container[UUID],
) -> list[tuple[BankTransaction, Suggestion]]:
    """Return the lines that carry one invoice's full reference and the amount it asks for.

    ``found`` are their ``suggestions``, ``twice`` the keys of their ``doubles``: those a person
    looks at one by one. An invoice stands here once: who pays it twice is looked at too.
    """
    taken: set[UUID] = set()
    certain = []
    for line in lines:
        first = next(iter(found.get(line.pk, [])), None)
        if first is None or not first.exact or line.pk in twice:
            continue
        invoice = first.parts[0].candidate.invoice
        if invoice not in taken:
            taken.add(invoice)
            certain.append((line, first))
    return certain


def certain(
    lines: Sequence[BankTransaction], *, shop: Shop, at: datetime
) -> list[tuple[BankTransaction, Suggestion]]:
    """Return the lines that may be booked together with what they are for: see ``exact``."""
    found = suggestions(lines, shop=shop, at=at)
    return exact(lines, found, doubles(lines, shop=shop))


def _open_invoices(shop: Shop, *, at: datetime) -> list[Candidate]:
    found = Invoice.objects.for_shop(shop).open_items()
    held = list(
        found.filter(Exists(Hold.objects.filter(invoice=OuterRef("pk"), released_at=None)))
        .select_related("shop")
        .order_by("due_on", "id")[:_MOST_CANDIDATES]
    )
    standings = collecting.of(held, at=at)
    rows = found.order_by("due_on", "id").values_list(
        *("pk", "number", "reference", "customer_id", "customer__name", "balance", "due_on")
    )
    return [
        Candidate(
            invoice=pk,
            number=number,
            reference=reference,
            customer=customer,
            customer_name=name,
            balance=balance,
            collectible=standings[pk].figures.collectible if pk in standings else balance,
            due_on=due_on,
        )
        for pk, number, reference, customer, name, balance, due_on in rows[:_MOST_CANDIDATES]
    ]


def _payers(lines: Sequence[BankTransaction], *, shop: Shop) -> dict[str, UUID]:
    """Return which customer's payments came from an account before, the newest one's."""
    accounts = {line.payer_account for line in lines if line.payer_account}
    return dict(
        BankTransaction.objects.for_shop(shop)
        .filter(payer_account__in=accounts, status=TransactionStatus.BOOKED)
        .order_by("decided_at")
        .values_list("payer_account", "payment__customer_id")
    )
