"""A reminder as a mail: the shop's words with the figures of the moment put in.

Thousands leave in a row, so nothing here reads the database, and what is around the words is
drawn once for a shop and a language.
"""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from html import escape
from uuid import UUID

import phonenumbers
from django.template import Context, Engine
from django.utils import translation
from django.utils.translation import gettext as _

from dunning import hashtags
from dunning.missing import NOTHING, Missing
from invoices.models import BillingSettings
from shopdisputes.dates import format_day
from shopdisputes.money import ZERO, format_money
from shopdisputes.outbox.queueing import Recipient, link_mark
from shopdisputes.shops.models import Shop

#: No shop is called like this.
_CONTENT, _PREHEADER = f"@@{secrets.token_hex(16)}@@", f"@@{secrets.token_hex(16)}@@"
#: More invoices than this in a subject would be cut off in the middle of one.
_MOST_NAMED = 3
_P = '<p style="margin:0 0 16px;">'
_NOTE = '<p style="margin:0 0 16px;background:#fff7e6;border-radius:8px;padding:12px 16px;">'
_LIST = '<dl style="margin:0 0 16px;background:#f3f6f9;border-radius:8px;padding:12px 16px;">'
_TERM = '<dt style="color:#52606d;font-size:14px;">'
_FACT = '<dd style="margin:0 0 8px;font-weight:600;">'
_BUTTON = (
    '<a href="{0}" style="display:block;background:#1d5c96;border-radius:8px;color:#ffffff;'
    "font-size:18px;font-weight:700;padding:16px 20px;text-align:center;text-decoration:none;"
    '">{1}</a>'
)
_CALL = '<a href="tel:{0}" style="color:#1d5c96;white-space:nowrap;">{1}</a>'
_LINK = '<a href="{0}" style="color:#1d5c96;word-break:break-all;">{0}</a>'


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One invoice in the mail; ``amount`` is what is asked for now, tax included.

    ``disputed`` is under review, ``promised`` was promised until ``promised_on``; neither is asked
    for. ``missing`` was promised, and has not come in. ``charged`` is what of ``amount`` is for
    being late. ``link_id`` opens the invoice.
    """

    number: str
    due_on: date
    amount: Decimal
    currency: str
    reference: str = ""
    link_id: UUID | None = None
    disputed: Decimal = ZERO
    promised: Decimal = ZERO
    promised_on: date | None = None
    missing: Missing = NOTHING
    charged: Decimal = ZERO


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """Everything that a reminder says: the shop's words, and the facts of one payer.

    ``on_paper``: nobody can reply to it by e-mail.
    """

    shop: Shop
    billing: BillingSettings
    language: str
    customer_name: str
    subject: str
    body: str
    items: Sequence[Item]
    today: date
    pay_by: date | None = None
    on_paper: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Wording:
    """A reminder as it leaves."""

    subject: str
    text: str
    html: str


def worded(letter: Letter) -> Wording:
    """Put the facts into the shop's words, in the letter's language."""
    with translation.override(letter.language):
        words = words_of(letter)
        paragraphs = hashtags.paragraphs(letter.body)
        lines = {each.block: lines_of(each.block, letter) for each in paragraphs if each.block}
        says_contact = bool(lines.get("contact"))
        around = _Around.of(letter.shop, letter.language, says_contact=says_contact)
        text_shell, html_shell = _shells(around)
        body = "".join(
            _paragraph(hashtags.fill(paragraph.text, words))
            if not paragraph.block
            else _html(paragraph.block, letter, lines[paragraph.block])
            for paragraph in paragraphs
        )
        joined = {block: "\n".join(own) for block, own in lines.items()}
        text = hashtags.fill(letter.body, {**words, **joined})
    subject = subject_of(letter, words)
    return Wording(
        subject=subject,
        text=text_shell[0] + text + text_shell[1],
        html=html_shell[0] + escape(subject) + html_shell[1] + body + html_shell[2],
    )


def subject_of(letter: Letter, words: Mapping[str, str]) -> str:
    """Return the subject on one line with a letter's words; it names only a few invoices."""
    if len(letter.items) > _MOST_NAMED:
        words = {
            **words,
            "number": _few(item.number for item in letter.items),
            "reference": _few(item.reference for item in letter.items if item.reference),
        }
    return " ".join(hashtags.fill(letter.subject, words).split())[:200]


def _few(names: Iterable[str]) -> str:
    known = list(names)
    return ", ".join(known[:_MOST_NAMED] + ["…"] * (len(known) > _MOST_NAMED))


def words_of(letter: Letter) -> dict[str, str]:
    """Return what stands for the hashtags that are words, in the active language."""
    language, items = letter.language, letter.items
    due_on = min(item.due_on for item in items)
    return {
        "customer": letter.customer_name,
        "shop": letter.shop.name,
        "phone": _phone(letter.shop.phone),
        "amount": _money(_total(letter), letter),
        "count": str(len(items)),
        "number": ", ".join(item.number for item in items),
        "due_on": format_day(due_on, language=language),
        "days_late": str(max((letter.today - due_on).days, 0)),
        "pay_by": "" if letter.pay_by is None else format_day(letter.pay_by, language=language),
        "reference": ", ".join(item.reference for item in items if item.reference),
    }


def _total(letter: Letter) -> Decimal:
    return sum((item.amount for item in letter.items), ZERO)


def _money(amount: Decimal, letter: Letter) -> str:
    return format_money(amount, currency=letter.items[0].currency, language=letter.language)


@lru_cache(maxsize=1000)
def _phone(number: str) -> str:
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def lines_of(block: str, letter: Letter) -> list[str]:
    """Return what stands for a block, line by line, in the active language."""
    return _BLOCKS[block](letter)


def _items(letter: Letter) -> list[str]:
    return [
        _("%(number)s, due on %(day)s: %(amount)s")
        % {
            "number": item.number,
            "day": format_day(item.due_on, language=letter.language),
            "amount": _money(item.amount, letter),
        }
        for item in letter.items
    ]


def _how_to_pay(letter: Letter) -> list[str]:
    facts = _bank(letter)
    if facts:
        return [_("By bank transfer:"), "", *(f"{name} {value}" for name, value in facts)]
    return letter.billing.bank_details.splitlines()


def _bank(letter: Letter) -> list[tuple[str, str]]:
    billing = letter.billing
    if not billing.iban:
        return []
    holder = billing.account_holder or letter.shop.legal_name or letter.shop.name
    references = ", ".join(item.reference for item in letter.items if item.reference)
    facts = [
        *_account(letter.language, holder, billing.iban, billing.bic),
        (_("Reference, please write it on the transfer:"), references),
        (_("Amount:"), _money(_total(letter), letter)),
    ]
    return [(name, value) for name, value in facts if value]


@lru_cache(maxsize=500)
def _account(language: str, holder: str, iban: str, bic: str) -> list[tuple[str, str]]:
    with translation.override(language):
        return [
            (_("Account holder:"), holder),
            (_("IBAN:"), " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))),
            (_("BIC:"), bic),
        ]


def _link(letter: Letter) -> list[str]:
    linked = [item for item in letter.items if item.link_id is not None]
    if len(linked) == 1:
        return [_mark(linked[0])]
    return [f"{item.number}: {_mark(item)}" for item in linked]


def _mark(item: Item) -> str:
    return link_mark(item.link_id) if item.link_id is not None else ""


def _contact(letter: Letter) -> list[str]:
    shop = letter.shop
    # On paper as documents/reminder_letter.html has it, of which this is the preview.
    if letter.on_paper and shop.phone and shop.email:
        words = _("Call %(phone)s, or write to %(email)s with the number of the invoice.")
        return [words % {"phone": _phone(shop.phone), "email": shop.email}]
    if letter.on_paper and shop.phone:
        words = _("Call %(phone)s, with the number of the invoice at hand.")
        return [words % {"phone": _phone(shop.phone)}]
    if letter.on_paper:
        return [_("Write to the address above, with the number of the invoice.")]
    if shop.phone and shop.email:
        return [_("Call %(phone)s or reply to this e-mail.") % {"phone": _phone(shop.phone)}]
    if shop.phone:
        return [_("Call %(phone)s.") % {"phone": _phone(shop.phone)}]
    return [_("Reply to this e-mail.")] if shop.email else []


def _disputed(letter: Letter) -> list[str]:
    words = _("%(amount)s of %(number)s is under review and need not be paid now.")
    return [_said(words, letter, item, item.disputed) for item in letter.items if item.disputed]


def _promised(letter: Letter) -> list[str]:
    words = _("You have promised %(amount)s of %(number)s by %(day)s; that is not asked for here.")
    missing = _("%(amount)s of %(number)s, which you had promised by %(day)s, has not reached us.")
    return [
        _said(words, letter, item, item.promised, item.promised_on)
        for item in letter.items
        if item.promised and item.promised_on is not None
    ] + [
        _said(missing, letter, item, min(amount, item.amount), promised_on)
        for item in letter.items
        for amount, promised_on in [item.missing]
        if amount and item.amount
    ]


def _charged(letter: Letter) -> list[str]:
    words = _("The amount of %(number)s includes %(amount)s for late payment.")
    return [_said(words, letter, item, item.charged) for item in letter.items if item.charged]


def _said(words: str, letter: Letter, item: Item, amount: Decimal, day: date | None = None) -> str:
    return words % {
        "amount": _money(amount, letter),
        "number": item.number,
        "day": "" if day is None else format_day(day, language=letter.language),
    }


_BLOCKS: Mapping[str, Callable[[Letter], list[str]]] = {
    "items": _items,
    "how_to_pay": _how_to_pay,
    "link": _link,
    "contact": _contact,
    "disputed_note": _disputed,
    "promise_note": _promised,
    "fee_note": _charged,
}


def _html(block: str, letter: Letter, lines: Sequence[str]) -> str:
    if not lines:
        return ""
    if block == "link":
        return "".join(_button(item, letter) for item in letter.items if item.link_id is not None)
    if block == "items":
        return _facts(
            [
                (
                    _("%(number)s, due on %(day)s")
                    % {
                        "number": item.number,
                        "day": format_day(item.due_on, language=letter.language),
                    },
                    _money(item.amount, letter),
                )
                for item in letter.items
            ]
        )
    if block == "how_to_pay" and (facts := _bank(letter)):
        return f"{_P}{escape(_('By bank transfer:'))}</p>{_facts(facts)}"
    if block == "contact":
        return _callable(lines[0], letter.shop.phone)
    return _paragraph("\n".join(lines), opening=_NOTE if block.endswith("_note") else _P)


def _callable(text: str, number: str) -> str:
    """Return a paragraph whose phone number is called when it is tapped."""
    shown = escape(_phone(number))
    words = escape(text)
    if shown:
        words = words.replace(shown, _CALL.format(escape(number), shown))
    return f"{_P}{words}</p>\n"


def _paragraph(text: str, *, opening: str = _P) -> str:
    return f"{opening}{escape(text).replace(chr(10), '<br>')}</p>\n"


def _facts(facts: Sequence[tuple[str, str]]) -> str:
    rows = "".join(
        f"{_TERM}{escape(name)}</dt>{_FACT}{escape(value)}</dd>\n" for name, value in facts
    )
    return f"{_LIST}\n{rows}</dl>\n"


def _button(item: Item, letter: Letter) -> str:
    label = _("See the invoice")
    if len(letter.items) > 1:
        label = f"{label} {item.number}"
    mark = _mark(item)
    return (
        f'<p style="margin:24px 0;">{_BUTTON.format(mark, escape(label))}</p>\n'
        '<p style="margin:0 0 16px;color:#52606d;font-size:14px;">'
        f"{escape(_('If the button does not work, open this address:'))}<br>"
        f"{_LINK.format(mark)}</p>\n"
    )


@dataclass(frozen=True, slots=True)
class _Around:
    """What of a shop stands around the words, as a key under which the drawing is kept."""

    language: str
    name: str
    legal_name: str
    address_lines: tuple[str, ...]
    phone: str
    email: str
    #: The words themselves say how to reach the shop.
    says_contact: bool

    @classmethod
    def of(cls, shop: Shop, language: str, *, says_contact: bool) -> "_Around":
        return cls(
            language,
            shop.name,
            shop.legal_name,
            tuple(shop.address_lines),
            shop.phone,
            shop.email,
            says_contact,
        )


@lru_cache(maxsize=500)
def _shells(around: _Around) -> tuple[list[str], list[str]]:
    """Return what stands before, between and after the words: of the text, and of the HTML."""
    context = {
        "shop": around,
        "to": Recipient(email="", name="", language=around.language),
        "says_contact": around.says_contact,
        "content_mark": _CONTENT,
        "preheader_mark": _PREHEADER,
    }
    engine = Engine.get_default()
    with translation.override(around.language):
        text = engine.get_template("emails/reminder.txt").render(Context(context, autoescape=False))
        html = engine.get_template("emails/reminder.html").render(Context(context))
    before, after = (text.strip() + "\n").split(_CONTENT)
    opening, rest = html.split(_PREHEADER)
    middle, closing = rest.split(_CONTENT)
    return [before, after], [opening, middle, closing]
