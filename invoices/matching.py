"""Recognizing what an incoming payment is for, on plain values; a person confirms it.

Every suggestion says in words why it is made, and its ``score`` (0 to 100) how much speaks for it.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from invoices.references import compact
from shopdisputes.money import ZERO

#: More are no help to whoever decides.
_MOST_SUGGESTIONS = 3
#: Shorter numbers than this are found in texts by chance.
_SHORTEST_NUMBER = 6
_SHORTEST_NAME = 3
_ENOUGH_OF_A_NAME = 0.6
#: From this score on the payer named the invoice, and the amount is right.
_NAMED = 86
#: How people and banks address each other: no part of a name.
_TITLES = frozenset(
    {"m", "mr", "mrs", "ms", "mme", "mlle", "monsieur", "madame", "herr", "frau"}
    | {"and", "the", "und", "sarl", "sas", "gmbh", "ltd", "inc", "ооо", "зао", "пао"}
    | {"vir", "virement", "sepa", "transfer", "payment", "from", "перевод", "оплата"}
)


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """An open invoice: what is owed of it, and what of that nothing holds back."""

    invoice: UUID
    number: str
    reference: str
    customer: UUID
    customer_name: str
    balance: Decimal
    collectible: Decimal
    due_on: date

    def is_settled_by(self, amount: Decimal) -> bool:
        """Whether an amount is precisely what is owed, or what may be asked for now."""
        return amount in {self.balance, self.collectible}


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """A line of a bank statement. ``customer``: who paid from the same account before."""

    amount: Decimal
    payer: str = ""
    text: str = ""
    reference: str = ""
    customer: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Part:
    """What of the money would go on one invoice."""

    candidate: Candidate
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """One customer's invoices and how much would go on each; ``left`` stays on account.

    ``exact``: the full payment reference of one invoice, and the amount that it asks for.
    """

    customer: UUID
    customer_name: str
    parts: tuple[Part, ...]
    left: Decimal
    score: int
    why: tuple[str, ...]
    exact: bool = False


class Candidates:
    """The open invoices of a shop, so that many lines are looked up among them."""

    def __init__(self, candidates: Iterable[Candidate]) -> None:
        self.all = list(candidates)
        self.by_customer: dict[UUID, list[Candidate]] = defaultdict(list)
        self.by_amount: dict[Decimal, list[Candidate]] = defaultdict(list)
        for each in sorted(self.all, key=lambda one: (one.due_on, one.number)):
            self.by_customer[each.customer].append(each)
            for amount in {each.balance, each.collectible} - {ZERO}:
                self.by_amount[amount].append(each)

    @cached_property
    def by_reference(self) -> dict[str, list[Candidate]]:
        """The invoices by their reference, letters and digits alone."""
        return _by_key((compact(each.reference), each) for each in self.all)

    @cached_property
    def by_number(self) -> dict[str, list[Candidate]]:
        """The invoices by their number, letters and digits alone."""
        return _by_key((compact(each.number), each) for each in self.all)

    @cached_property
    def customers_by_word(self) -> dict[str, set[UUID]]:
        """The customers of whose name a word is part."""
        found: dict[str, set[UUID]] = defaultdict(set)
        for customer, invoices in self.by_customer.items():
            for word in words_of(invoices[0].customer_name):
                found[word].add(customer)
        return found


def suggest(incoming: Incoming, candidates: Candidates) -> list[Suggestion]:
    """Return what a payment is likely for, the likeliest first, at most three; often none."""
    found = [
        *_by_reference(incoming, candidates),
        *_by_amount(incoming, candidates),
        *_by_customer(incoming, candidates),
    ]
    best: dict[tuple[UUID, ...], Suggestion] = {}
    for each in sorted(found, key=lambda one: -one.score):
        best.setdefault(tuple(sorted(part.candidate.invoice for part in each.parts)), each)
    likeliest = list(best.values())[:_MOST_SUGGESTIONS]
    # Beside a named invoice, others that merely ask for as much are noise.
    named = likeliest and likeliest[0].score >= _NAMED
    return [each for each in likeliest if not named or each.score >= _NAMED]


@lru_cache(maxsize=20_000)
def words_of(name: str) -> frozenset[str]:
    """Return the words of a name that tell people apart, without accents, in small letters."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    bare = "".join(each for each in letters if not unicodedata.combining(each))
    return frozenset(
        word
        for word in re.findall(r"\w+", bare)
        if len(word) >= _SHORTEST_NAME and word not in _TITLES and not word.isdigit()
    )


def _by_reference(incoming: Incoming, candidates: Candidates) -> list[Suggestion]:
    """Find invoices by their reference, or by their numbers in what the payer wrote."""
    sent, text = compact(incoming.reference), compact(incoming.text)
    told: dict[UUID, tuple[int, str, Candidate]] = {}
    for score, why, invoices in (
        (
            100,
            _("The payment reference is that of %(number)s."),
            candidates.by_reference.get(sent, []) if sent else [],
        ),
        (
            96,
            _("The text holds the payment reference of %(number)s."),
            _standing_in(text, candidates.by_reference),
        ),
        (
            88,
            _("The text names %(number)s."),
            _standing_in(f"{text} {sent}", candidates.by_number),
        ),
    ):
        for each in invoices:
            told.setdefault(each.invoice, (score, why, each))
    by_customer: dict[UUID, list[tuple[int, str, Candidate]]] = defaultdict(list)
    for row in told.values():
        by_customer[row[2].customer].append(row)
    return [
        _named(incoming, sorted(rows, key=lambda row: (-row[0], row[2].due_on)))
        for rows in by_customer.values()
    ]


def _by_key(pairs: Iterable[tuple[str, Candidate]]) -> dict[str, list[Candidate]]:
    found: dict[str, list[Candidate]] = defaultdict(list)
    for key, each in pairs:
        if len(key) >= _SHORTEST_NUMBER:
            found[key].append(each)
    return found


def _standing_in(text: str, known: dict[str, list[Candidate]]) -> list[Candidate]:
    """Return the invoices whose key stands in a text, and not as a part of a longer number."""
    lengths = {len(key) for key in known}
    found = []
    for start in range(len(text)):
        for length in lengths:
            end = start + length
            if text[end : end + 1].isdigit():
                continue
            found += known.get(text[start:end], [])
    return found


def _named(incoming: Incoming, rows: Sequence[tuple[int, str, Candidate]]) -> Suggestion:
    invoices = [each for _score, _why, each in rows]
    score, _reason, first = rows[0]
    settled = _settled(incoming.amount, invoices)
    return _suggestion(
        incoming,
        invoices,
        score=score - (0 if settled else 14),
        why=[why % {"number": each.number} for _score, why, each in rows],
        # A reference carries check digits: nobody types another invoice's by mistake.
        exact=settled and len(invoices) == 1 and score > 90 and bool(first.reference),
    )


def _by_amount(incoming: Incoming, candidates: Candidates) -> list[Suggestion]:
    """Find invoices that ask for precisely this amount."""
    same = candidates.by_amount.get(incoming.amount, [])
    found = []
    for each in same:
        if known := _knows(incoming, each):
            found.append(_suggestion(incoming, [each], score=76, why=[known]))
    if len(same) == 1:
        why = _("No other open invoice asks for this amount.")
        return found or [_suggestion(incoming, same, score=36, why=[why])]
    why = ngettext(
        "%(count)s open invoice asks for this amount.",
        "%(count)s open invoices ask for this amount.",
        len(same),
    ) % {"count": len(same)}
    others = [each for each in same if not _knows(incoming, each)][:_MOST_SUGGESTIONS]
    return [*found, *(_suggestion(incoming, [each], score=18, why=[why]) for each in others)]


def _by_customer(incoming: Incoming, candidates: Candidates) -> list[Suggestion]:
    """Find the payer among the customers who owe something."""
    words = words_of(incoming.payer or incoming.text)
    likely = {customer for word in words for customer in candidates.customers_by_word.get(word, ())}
    if incoming.customer is not None:
        likely.add(incoming.customer)
    found = []
    for customer in likely:
        invoices = candidates.by_customer.get(customer)
        known = _knows(incoming, invoices[0]) if invoices else ""
        if not invoices or not known:
            continue
        everything = sum((each.balance for each in invoices), ZERO)
        if incoming.amount == everything and len(invoices) > 1:
            why = [known, _("The amount is all that is owed.")]
            found.append(_suggestion(incoming, invoices, score=70, why=why))
        else:
            why = [known, _("No invoice asks for this amount: the oldest is paid first.")]
            found.append(_suggestion(incoming, invoices, score=30, why=why))
    return found


def _knows(incoming: Incoming, candidate: Candidate) -> str:
    """Say why the payer seems to be a candidate's customer; empty when nothing says so."""
    name = candidate.customer_name
    if incoming.customer == candidate.customer:
        return _("%(customer)s has paid from this account before.") % {"customer": name}
    own = words_of(name)
    shared = own & words_of(incoming.payer or incoming.text)
    if own and len(shared) / len(own) >= _ENOUGH_OF_A_NAME:
        return _("The payer's name is that of %(customer)s.") % {"customer": name}
    return ""


def _settled(amount: Decimal, invoices: Sequence[Candidate]) -> bool:
    if len(invoices) == 1:
        return invoices[0].is_settled_by(amount)
    return amount in {
        sum((each.balance for each in invoices), ZERO),
        sum((each.collectible for each in invoices), ZERO),
    }


def _suggestion(
    incoming: Incoming,
    invoices: Sequence[Candidate],
    *,
    score: int,
    why: Sequence[str],
    exact: bool = False,
) -> Suggestion:
    """Put the money on invoices in their order, on each no more than is owed."""
    left = incoming.amount
    parts = []
    # Where the amount is what may be asked for of several, each gets just that.
    wanted = {each.invoice: each.balance for each in invoices}
    if incoming.amount == sum((each.collectible for each in invoices), ZERO):
        wanted = {each.invoice: each.collectible for each in invoices}
    for each in invoices:
        amount = min(left, wanted[each.invoice])
        if amount > 0:
            parts.append(Part(candidate=each, amount=amount))
            left -= amount
    first = invoices[0]
    return Suggestion(
        customer=first.customer,
        customer_name=first.customer_name,
        parts=tuple(parts),
        left=left,
        score=score,
        why=(*why, *_about_amount(incoming.amount, invoices)),
        exact=exact,
    )


def _about_amount(amount: Decimal, invoices: Sequence[Candidate]) -> list[str]:
    """Say how an amount compares with what is owed."""
    owed = sum((each.balance for each in invoices), ZERO)
    asked = sum((each.collectible for each in invoices), ZERO)
    if amount > owed:
        return [_("It is more than is owed: the rest stays on account.")]
    if amount == owed:
        return [_("The amount is what is owed.")] if len(invoices) == 1 else []
    if amount == asked:
        return [_("The amount is what is not disputed or held.")]
    return [_("It is less than what is owed.")]
