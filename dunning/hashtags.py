"""What stands for a fact in the texts of reminders, and how the facts are put in.

A text is everything between the shop's head and its foot: greeting and closing are in it. A
*block* stands alone on its line and may become several lines; one that has nothing to say
disappears together with its line. All other hashtags stand anywhere and become a few words.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dunning.states import Template
from shopdisputes import hashtags

LONGEST_SUBJECT = 150
LONGEST_BODY = 4000

#: What stands alone on its line.
BLOCKS: Mapping[str, str | Promise] = {
    "items": gettext_lazy("The invoices, one a line, with due day and amount"),
    "how_to_pay": gettext_lazy("Bank account and reference for a transfer"),
    "link": gettext_lazy("The link to look at the invoice, pay it, or say what is wrong"),
    "contact": gettext_lazy("How to say that something is not as agreed"),
    "disputed_note": gettext_lazy("What is under review and need not be paid now, if anything"),
    "promise_note": gettext_lazy("What was promised and when, if anything"),
    "fee_note": gettext_lazy("Charges for being late that are part of the amount, if any"),
}

#: What stands anywhere in a text.
WORDS: Mapping[str, str | Promise] = {
    "customer": gettext_lazy("The customer's name"),
    "shop": gettext_lazy("The shop's name"),
    "phone": gettext_lazy("The shop's phone number"),
    "amount": gettext_lazy("What is asked for now, with the currency"),
    "count": gettext_lazy("How many invoices"),
    "number": gettext_lazy("The invoice's number; all of them if there are several"),
    "due_on": gettext_lazy("The due day; the earliest if there are several invoices"),
    "days_late": gettext_lazy("Days since the due day; the most if there are several invoices"),
    "pay_by": gettext_lazy("The day until which the reminder gives time to pay"),
    "reference": gettext_lazy("The reference for a transfer; all of them if there are several"),
}

#: These have no meaning in a text, so a shop cannot put them into it.
_NOT_IN: Mapping[str, frozenset[str]] = {
    Template.PREVENTIVE: frozenset({"days_late", "pay_by", "fee_note"}),
    Template.FRIENDLY: frozenset({"pay_by"}),
    Template.SOMETHING_WRONG: frozenset({"pay_by"}),
    Template.LAST: frozenset(),
    Template.FORMAL_DEMAND: frozenset(),
    # Nobody clicks in what is said on the phone.
    Template.CALL: frozenset({"pay_by", "link"}),
}
#: A text that names a last day; a step that uses it must therefore give one.
GIVES_TIME = frozenset({Template.LAST, Template.FORMAL_DEMAND})

_KNOWN = frozenset({*WORDS, *BLOCKS})


@dataclass(frozen=True)
class Paragraph:
    """A part of a text between empty lines; or a block, then ``block`` names it."""

    text: str
    block: str = ""


def known(template: str) -> dict[str, str | Promise]:
    """Return the hashtags that a text may hold, words first, with what each stands for."""
    return {
        tag: meaning
        for tag, meaning in {**WORDS, **BLOCKS}.items()
        if tag not in _NOT_IN[Template(template)]
    }


def check(*, template: str, subject: str, body: str) -> dict[str, str]:
    """Return what is wrong with a text, by field; nothing when all is well."""
    problems = {}
    if problem := _about_subject(template, subject):
        problems["subject"] = problem
    if problem := _about_body(template, body):
        problems["body"] = problem
    return problems


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return ``text`` with the hashtags replaced by ``values``, a block by its lines.

    A block without a value disappears with its line, a word without one is left out; what is no
    hashtag of the product stays as it is.
    """
    return hashtags.fill(text, values, known=_KNOWN)


@lru_cache(maxsize=1024)
def paragraphs(body: str) -> tuple[Paragraph, ...]:
    """Return the text as paragraphs and blocks, for a reader that sets them apart."""
    found: list[Paragraph] = []
    lines: list[str] = []

    def end_paragraph() -> None:
        if lines:
            found.append(Paragraph("\n".join(lines)))
            lines.clear()

    for line in body.splitlines():
        tag = line.strip()
        if tag.startswith("#") and tag[1:] in BLOCKS:
            end_paragraph()
            found.append(Paragraph(tag, block=tag[1:]))
        elif tag:
            lines.append(line)
        else:
            end_paragraph()
    end_paragraph()
    return tuple(found)


def _about_subject(template: str, subject: str) -> str:
    if not subject.strip():
        return _("Write a subject.")
    if len(subject) > LONGEST_SUBJECT:
        return _("At most 150 characters.")
    if "\n" in subject or "\r" in subject:
        return _("A subject is one line.")
    tags = hashtags.tags_in(subject)
    if blocks := [tag for tag in tags if tag in BLOCKS]:
        return _("%(tags)s may become several lines: it does not fit into a subject.") % {
            "tags": _listed(blocks)
        }
    return _unknown(template, tags)


def _about_body(template: str, body: str) -> str:
    if not body.strip():
        return _("Write the text.")
    if len(body) > LONGEST_BODY:
        return _("At most 4,000 characters.")
    if problem := _unknown(template, hashtags.tags_in(body)):
        return problem
    crowded = [
        tag
        for line in body.splitlines()
        for tag in hashtags.tags_in(line)
        if tag in BLOCKS and line.strip() != f"#{tag}"
    ]
    if crowded:
        return _("%(tags)s may become several lines: put it on a line of its own.") % {
            "tags": _listed(crowded)
        }
    return ""


def _unknown(template: str, tags: list[str]) -> str:
    allowed = known(template)
    unknown = [tag for tag in tags if tag not in allowed]
    if not unknown:
        return ""
    return _("Not a hashtag of this text: %(tags)s. Known are %(known)s.") % {
        "tags": _listed(unknown),
        "known": _listed(list(allowed)),
    }


def _listed(tags: list[str]) -> str:
    return ", ".join(f"#{tag}" for tag in dict.fromkeys(tags))
